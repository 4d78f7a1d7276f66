"""Serving: our FastAPI app with the page, the HTTP API and what guards them.

The port is taken before anything is loaded, so that a port in use is said at once.
"""

import hashlib
import json
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Match

from warta.assistant.api.api import Served, build_api, failure
from warta.assistant.api.bodies import refusal
from warta.assistant.api.gate import Gate, Stops
from warta.assistant.api.mcp_tools import add_tools
from warta.assistant.config import Settings, is_local
from warta.assistant.page.markup import whole_article
from warta.assistant.page.overview import Overview, coverage_line, filters, glance, recent_cards
from warta.assistant.texts import Language, language_of, table
from warta.assistant.web.guard import Guard
from warta.assistant.web.limits import RateLimit
from warta.assistant.web.listening import listen, warn_if_open
from warta.assistant.web.login import HeaderWall, Logins, LoginWall
from warta.corpus.errors import InputError, WartaError

_LOCAL = ("127.0.0.1", "localhost", "[::1]")
_RECENT = 6
_PER_MINUTE = 60  # questions of one address
_SWITCH = 0.0005  # seconds, a tenth of the default


def create_app(assistant: Served, settings: Settings) -> FastAPI:
    """Return the app: `/` the page, `/api` the HTTP API, `/healthz`, `/warta/…` for the page."""
    from warta.assistant.page.page import build_page, mount_page

    app = FastAPI(
        title="Warta",
        description="Ask a news archive; every sentence opens its source.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    gate, stops = Gate(settings.workers, settings.queue), Stops()
    _add_api(app, build_api(assistant, settings, gate))
    _add_page_routes(app, assistant, stops)
    _add_status_page(app, assistant, settings)
    _add_handlers(app)
    style, script = _asset("page.css"), _asset("page.js")
    _add_assets(app, {"page.css": style, "page.js": script, "status.css": _asset("status.css")})
    if settings.mcp:
        add_tools(app, assistant, settings, gate)
    mount_page(app, build_page(assistant, settings, gate, stops))
    head = _head(settings, style, script)
    # Added last runs first: the guard dresses every answer, also a refused host's.
    app.add_middleware(CORSMiddleware, allow_origins=[])  # keeps Gradio from adding its own
    app.add_middleware(RateLimit, per_minute=_PER_MINUTE)
    if settings.auth:
        app.add_middleware(LoginWall, logins=Logins.load(settings.auth))
    if settings.auth_header:
        app.add_middleware(HeaderWall, header=settings.auth_header, proxies=settings.proxies)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(settings))
    app.add_middleware(Guard, max_body=settings.max_body, head=head, gate=gate)
    return app


def serve(
    assistant: Served | Callable[[], Served],
    settings: Settings,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve until interrupted; `ready` is told the address once questions are taken.

    A function as `assistant` is called after the port is taken, while Gradio is imported
    beside it. Raises ConfigError for a port in use and for an address beyond this machine
    without a login or `open`.
    """
    import uvicorn

    from warta.assistant.web.limits import Hurried

    warn_if_open(settings)
    if settings.auth:
        Logins.load(settings.auth)  # a bad file is said before anything is loaded
    with listen(settings.host, settings.port) as listening:
        importing = threading.Thread(target=_import_page, daemon=True)
        importing.start()
        served = assistant() if callable(assistant) else assistant
        importing.join()
        app = create_app(served, settings)
        # Writers compute in threads; the loop that refuses and streams must not wait for them.
        sys.setswitchinterval(_SWITCH)
        config = uvicorn.Config(
            app,
            http=Hurried,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=3,
            lifespan="on",
        )
        name, port = listening.getsockname()[:2]
        ready(f"http://{f'[{name}]' if ':' in name else name}:{port}")
        uvicorn.Server(config).run(sockets=[listening])


def _hosts(settings: Settings) -> list[str]:
    if not is_local(settings.host) and not settings.hosts:
        return ["*"]  # bound beyond this machine: its names are the operator's to list
    return list(dict.fromkeys([*_LOCAL, settings.host, *settings.hosts]))


def _import_page() -> None:
    pass


def _asset(name: str) -> bytes:
    return files("warta.assistant.page").joinpath(name).read_bytes()


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _head(settings: Settings, style: bytes, script: bytes) -> str:
    """Return what the document's head gets: our style, our texts, our script."""
    texts = json.dumps({"id": table("id"), "en": table("en")}).replace("<", "\\u003c")
    chosen = settings.language or ""
    return (
        "<title>Warta</title>"
        f'<link rel="stylesheet" href="warta/page.css?{_version(style)}">'
        f'<script type="application/json" id="w-texts" data-language="{chosen}">{texts}</script>'
        f'<script defer src="warta/page.js?{_version(script)}"></script>'
    )


def _add_assets(app: FastAPI, assets: dict[str, bytes]) -> None:
    kinds = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}

    @app.get("/warta/{name}.{kind}", include_in_schema=False)
    def asset(name: str, kind: str) -> Response:
        content = assets.get(f"{name}.{kind}")
        if content is None:
            return Response(status_code=404)
        kept = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(content, media_type=kinds[kind], headers=kept)


def _add_api(app: FastAPI, api: APIRouter) -> None:
    """Add the API and, after it, an answer in its own shape for what it does not have.

    Without that Gradio, mounted at `/`, would be asked and answer in its own.
    """
    app.include_router(api)

    @app.api_route("/api/{rest:path}", methods=["GET", "HEAD", "POST"], include_in_schema=False)
    def missing(request: Request) -> JSONResponse:
        for route in api.routes:
            if route.matches(request.scope)[0] is Match.PARTIAL:
                allowed = sorted(getattr(route, "methods", None) or ())
                said = InputError(f"There is no {request.method} here.", f"Use {allowed[0]}.")
                answer = failure(said, 405)
                answer.headers["allow"] = ", ".join(allowed)
                return answer
        return failure(InputError(f"There is no {request.url.path}.", "See openapi.json."), 404)


def _add_page_routes(app: FastAPI, assistant: Served, stops: Stops) -> None:
    @app.post("/warta/stop", include_in_schema=False, status_code=204)
    async def stop(number: Annotated[str, Query(max_length=40)]) -> Response:
        stops.stop(number)
        return Response(status_code=204)

    @app.get("/warta/overview", include_in_schema=False)
    def overview(language: Language = "id") -> dict[str, str]:
        view = assistant.retriever.view()
        seen = Overview(view.coverage(), tuple(view.recent(_RECENT)), view.days())
        return {
            "coverage": coverage_line(seen, language, datetime.now(UTC)),
            "recent": recent_cards(seen, language),
            "filters": filters(seen, language),
            "glance": glance(seen, language),
        }

    @app.get("/warta/article", include_in_schema=False)
    def article(
        id: Annotated[str, Query(max_length=2_000)],
        start: int = 0,
        end: int = 0,
        language: Language = "id",
    ) -> Response:
        try:
            found = assistant.retriever.view().article(id)
        except InputError as error:
            return failure(error, 404)
        return HTMLResponse(whole_article(found, language, start, end))

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, str]:
        view = assistant.retriever.view()
        content = view.identity.removeprefix(f"{view.name}-")
        return {"status": "ok", "snapshot": view.name, "content": content}


def _add_status_page(app: FastAPI, assistant: Served, settings: Settings) -> None:
    """Add /status, which shows readers' questions: on an open server it is not there."""
    if not is_local(settings.host) and not settings.asks_login:
        return
    from warta.assistant.page.statuspage import examine, status_page

    @app.get("/status", include_in_schema=False)
    def status(
        language: Language | None = None, accept_language: Annotated[str, Header()] = ""
    ) -> HTMLResponse:
        seen = examine(settings.home, assistant.retriever.view().days())
        spoken = language or language_of(accept_language)
        return HTMLResponse(status_page(seen, spoken, datetime.now(UTC)))


def _add_handlers(app: FastAPI) -> None:
    @app.exception_handler(WartaError)
    def warta_error(request: Request, error: WartaError) -> JSONResponse:
        return failure(error)

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> JSONResponse:
        return failure(InputError(str(error.detail)), error.status_code)

    @app.exception_handler(RequestValidationError)
    def bad_value(request: Request, error: RequestValidationError) -> JSONResponse:
        return failure(refusal(error.errors()[0]), 422)
