"""Serving: our FastAPI app with the page, the HTTP API and what guards them.

The port is taken before anything is loaded, so that a port in use is said at once.
"""

import asyncio
import gc
import importlib
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Match

from warta.assistant.api.api import Served, build_api, describe, failure
from warta.assistant.api.arrivals import Arrivals
from warta.assistant.api.bodies import refusal
from warta.assistant.api.gate import Stops
from warta.assistant.api.mcp_tools import add_tools
from warta.assistant.api.places import Lanes
from warta.assistant.config import Settings, is_local
from warta.assistant.desk import add_desk, add_shares
from warta.assistant.desk import assets as desk_assets
from warta.assistant.page.routes import (
    add_assets,
    add_kept,
    add_page_routes,
    add_status_page,
    page_assets,
    page_head,
)
from warta.assistant.upkeep.shares import Shares
from warta.assistant.web.callers import Callers, Proxies
from warta.assistant.web.connections import (
    BACKLOG,
    Crowd,
    Hurried,
    listen,
    most_connections,
    names_of,
    ports_of,
    run_forked,
    warn_if_open,
)
from warta.assistant.web.door import Door
from warta.assistant.web.guard import Guard, RateLimit
from warta.assistant.web.login import Guesses, HeaderWall, Logins, LoginWall
from warta.assistant.web.observing import (
    Home,
    Metrics,
    Observed,
    Observing,
    RequestLog,
    keep_short,
    route_of,
)
from warta.assistant.web.tokens import ApiTokens, TokenWall
from warta.corpus.errors import ConfigError, InputError, WartaError

_PER_MINUTE = 60  # questions of one address
_AT_A_TIME = 16  # connections taken in before others are served
_SWITCH = 0.0001  # seconds; the default is fifty times that, at each read and write of the loop


def create_app(assistant: Served, settings: Settings) -> FastAPI:
    """Return the app: `/` the page, `/api` the HTTP API, `/healthz`, `/warta/…` for the page."""
    from warta.assistant.page.page import build_page, mount_page, public_event

    app = FastAPI(openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    describe(app, settings)
    lanes, stops, metrics = Lanes.of(settings), Stops(), Metrics()
    log = _open_log(settings)
    assistant = Observed(assistant, metrics, log)
    app.state.lanes = lanes
    arrivals = Arrivals(lanes.ask)
    _add_api(app, build_api(assistant, settings, lanes.ask))
    add_page_routes(app, assistant, stops)
    _add_health(app, assistant)
    if is_local(settings.host) or settings.asks_login:
        if not settings.milvus:  # it shows the archive, which lies elsewhere then
            add_status_page(app, assistant, settings)
        _add_metrics(app, metrics, Home(assistant, settings, lanes), lanes)
    _add_handlers(app)
    shares = Shares(settings.home, settings.share_days) if settings.share_days else None
    add_desk(app, assistant, settings)
    add_shares(app, settings, shares)
    add_kept(app, assistant, settings.home, shares)
    assets = page_assets()
    add_assets(app, assets | desk_assets())
    if settings.mcp:
        add_tools(app, assistant, settings, lanes)
    page = build_page(assistant, settings, lanes.ask, stops, arrivals, shares)
    mount_page(app, page)
    head = page_head(settings, assets)
    # Added last runs first: the guard dresses every answer, also a refused host's; who may come in
    # is asked before anything takes a place.
    proxies = Proxies(settings.proxies)
    app.add_middleware(CORSMiddleware, allow_origins=[])  # keeps Gradio from adding its own
    app.add_middleware(
        Door, lanes=lanes, arrivals=arrivals, event=public_event(page), max_body=settings.max_body
    )
    app.add_middleware(RateLimit, per_minute=_PER_MINUTE)
    _add_walls(app, settings, proxies)
    beyond = not is_local(settings.host)
    app.add_middleware(Guard, head=head, hosts=names_of(settings), literals=beyond)

    _observe(app, metrics, log, proxies)
    return app


def _observe(app: FastAPI, metrics: Metrics, log: RequestLog, proxies: Proxies) -> None:
    """Count and log every request, those that the guard refuses, too."""

    def count(path: str, status: int, seconds: float) -> None:
        metrics.requests.labels(route_of(path), str(status)).inc()
        metrics.request_seconds.labels(route_of(path)).observe(seconds)

    callers = Callers(app, proxies=proxies)
    app.add_middleware(Observing, log=log, callers=callers, count=count)


def _add_walls(app: FastAPI, settings: Settings, proxies: Proxies) -> None:
    """Let in by token, by login or by the word of a proxy; a token is looked at in one place."""
    guesses, tokens = Guesses(time.monotonic), settings.tokens is not None
    if settings.tokens:
        alone = not (settings.auth or settings.auth_header)
        known = ApiTokens(settings.tokens)
        app.add_middleware(TokenWall, tokens=known, guesses=guesses, alone=alone)
    if settings.auth:
        logins = Logins.load(settings.auth)
        app.add_middleware(LoginWall, logins=logins, guesses=guesses, tokens=tokens)
    app.add_middleware(Callers, proxies=proxies)
    if settings.auth_header:
        named = settings.auth_header
        app.add_middleware(HeaderWall, header=named, proxies=proxies, tokens=tokens)


def serve(
    assistant: Served | Callable[[], Served],
    settings: Settings,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve until interrupted; `ready` is told the address once questions are taken.

    A function as `assistant` is called after the ports are taken, while Gradio is imported
    beside it. With several `settings.processes` as many serve, at ports that follow each other;
    call it in the main thread then. Raises ConfigError for a port in use and for an address
    beyond this machine without a login or `open`.
    """
    warn_if_open(settings)
    if settings.auth:
        Logins.load(settings.auth)  # a bad file is said before anything is loaded
    if settings.tokens:
        ApiTokens(settings.tokens)
    each = [replace(settings, port=port) for port in ports_of(settings)]
    with ExitStack() as open_:
        sockets = [open_.enter_context(listen(one.host, one.port)) for one in each]
        importing = threading.Thread(target=_import_page, daemon=True)
        importing.start()
        served = assistant() if callable(assistant) else assistant
        importing.join()
        works = [
            partial(_serve_at, listening, served, one, ready)
            for listening, one in zip(sockets, each, strict=True)
        ]
        if len(works) == 1:
            works[0]()
        else:
            run_forked(works)


def _serve_at(
    listening: socket.socket, served: Served, settings: Settings, ready: Callable[[str], None]
) -> None:
    app = create_app(served, settings)
    # Writers compute in threads; the loop that refuses and streams must not wait for them.
    sys.setswitchinterval(_SWITCH)
    if settings.log_level:
        logging.getLogger().setLevel(settings.log_level.upper())
    keep_short()
    gc.collect()
    gc.freeze()  # what is loaded stays: nobody waits while it is looked through
    crowd = Crowd(most_connections(), Proxies(settings.proxies))
    name, port = listening.getsockname()[:2]
    ready(f"http://{f'[{name}]' if ':' in name else name}:{port}")
    _run(app, listening, Hurried.within(crowd))


def _run(app: FastAPI, listening: socket.socket, protocol: type[asyncio.Protocol]) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            listening.listen(BACKLOG)  # that many may wait, while fewer are taken in at a time

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app.state.lanes.close()  # who waits hears "busy" now instead of nothing in the end
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app,
        http=protocol,
        backlog=_AT_A_TIME,
        log_config=None,  # what it says goes by way of `keep_short`, too
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=3,
        lifespan="on",
    )
    Server(config).run(sockets=[listening])


def _import_page() -> None:
    importlib.import_module("warta.assistant.page.page")  # and Gradio with it


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


def _add_health(app: FastAPI, assistant: Served) -> None:
    """Add /healthz, by which a process is started anew, and /readyz, by which it is asked."""

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, str]:
        try:
            view = assistant.retriever.view()
        except WartaError:  # to start it anew would not help
            return {"status": "ok", "snapshot": "", "content": ""}
        content = view.identity.removeprefix(f"{view.name}-")
        return {"status": "ok", "snapshot": view.name, "content": content}

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> dict[str, str]:
        return {"status": "ready", "snapshot": assistant.retriever.view().name}


def _add_metrics(app: FastAPI, metrics: Metrics, home: Home, lanes: Lanes) -> None:
    """Add /metrics; like the status page it is not there on an open server."""
    metrics.registry.register(home)
    for name in ("ask", "long", "search", "look", "status", "tools"):
        getattr(lanes, name).waited = metrics.wait_seconds.labels(name).observe

    @app.get("/metrics", include_in_schema=False)
    def text() -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _open_log(settings: Settings) -> RequestLog:
    try:
        return RequestLog(settings.request_log, questions=settings.log_questions)
    except OSError as error:
        raise ConfigError(
            f"The log {settings.request_log} cannot be opened: {error.strerror}.",
            "Name a file that can be written, or - for stdout.",
        ) from error


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
