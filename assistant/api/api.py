"""The HTTP API under /api: search, ask (at once or as server-sent events), articles, status.

The same answers as the page and the command line, in the shapes of `warta … --json`. The
description is at /api/openapi.json.
"""

import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import date
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, StreamingResponse

from warta.assistant.answer import Answer
from warta.assistant.api.bodies import (
    AnswerBody,
    ArticleBody,
    Failure,
    Opinion,
    ResultsBody,
    StatusBody,
    StoryBody,
    problem,
)
from warta.assistant.api.gate import Answering, AskRequest, Day, Outlet, ask_request, paced
from warta.assistant.api.places import Gate, address_of
from warta.assistant.config import Settings
from warta.assistant.exporting.export import article_dict, to_json_dict
from warta.assistant.exporting.printing import iso, results_dict
from warta.assistant.upkeep.feedback import add_feedback
from warta.corpus.article import Article
from warta.corpus.errors import BusyError, DiskError, InputError, WartaError
from warta.index.candidates import Hit, Report
from warta.index.search.listing import ListRequest, Match, Order, Results
from warta.index.snapshot.snapshot import Coverage

_log = logging.getLogger(__name__)

API_VERSION = "1.1.0"
ABOUT = """Ask a news archive; every sentence opens its source.

**Versions.** Within version 1 fields, operations and error codes are added and never renamed,
removed or given another meaning: read what you know and pass over the rest. A change that breaks
this would come under /api/v2, beside /api for at least one release.

**Errors.** All have the body `Failure`; `code` is for programs, `what` and `remedy` are for people
and may be reworded. `busy` and `too_many` come with `Retry-After`.
"""
_WAYS_IN: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `warta tokens add`: scope read opens all but /api/feedback, "
        "scope feedback that.",
    },
    "login": {"type": "http", "scheme": "basic", "description": "A login of `warta login`."},
}


class SeenIndex(Protocol):
    """One snapshot, pinned."""

    @property
    def name(self) -> str:
        """Name of the snapshot."""

    @property
    def embedder(self) -> str:
        """Fingerprint of what made its vectors."""

    @property
    def identity(self) -> str:
        """Its name and a part of the checksum over its content."""

    def article(self, article_id: str) -> Article:
        """Return an article; raises InputError where there is none."""

    def copies(self, article_id: str) -> list[Article]:
        """Return the other articles with (nearly) the same text, oldest first."""

    @property
    def linked(self) -> bool:
        """Whether the index knows which articles are on one event; an old one does not."""

    def story(self, article_id: str) -> list[Report]:
        """Return the articles of the story one belongs to, by day."""

    def opened(self, articles: Sequence[Article]) -> list[Hit]:
        """Return articles as hits: their first passages."""

    def corrected_by(self, article: Article) -> tuple[Article, ...]:
        """Return the later articles that say they correct this one."""

    def coverage(self) -> Coverage:
        """Tell what the snapshot covers."""

    def recent(self, count: int) -> Sequence[Article]:
        """Return the newest articles, newest first."""

    def days(self) -> dict[date, int]:
        """Count articles by their day of publication."""

    def listing(self, wanted: ListRequest) -> Results:
        """Return a part of the list of all articles that hold the words of a query."""


class Searched(Protocol):
    """What the API needs of a retriever."""

    def retrieve(
        self,
        query: str,
        k: int = 5,
        since: date | None = None,
        until: date | None = None,
        sources: Sequence[str] | None = None,
        read: bool = False,
    ) -> list[Hit]:
        """Return the best passages, ordered by reading where that is asked for."""

    def view(self) -> SeenIndex:
        """Return the snapshot in use."""

    @property
    def warning(self) -> str:
        """Why not the snapshot is in use that should be; "" where all is well."""


class Served(Answering, Protocol):
    """An assistant with its retriever."""

    @property
    def retriever(self) -> Searched:
        """Where its passages come from."""


_FAILURES: dict[int | str, dict[str, Any]] = {
    400: {"model": Failure, "description": "Not JSON, or a host that is not ours."},
    401: {"model": Failure, "description": "A login or a token is needed, or is wrong."},
    403: {
        "model": Failure,
        "description": "Another site's page asks, or a token of another scope.",
    },
    413: {"model": Failure, "description": "A body that is too large."},
    422: {"model": Failure, "description": "A value that cannot be used."},
    429: {"model": Failure, "description": "Too many questions from one address."},
    503: {"model": Failure, "description": "Busy, or no index yet."},
}
_UNFIT: dict[int | str, dict[str, Any]] = {
    409: {
        "model": Failure,
        "description": "Values of the right form that do not go together, or not with this "
        "archive: days that end before they begin, an outlet it does not have.",
    }
}


def build_api(assistant: Served, settings: Settings, gate: Gate) -> APIRouter:
    """Return the routes under /api; the app turns raised WartaErrors into `failure`."""
    router = APIRouter(
        prefix="/api",
        responses=_FAILURES,
        generate_unique_id_function=lambda route: route.name,  # programs' methods are called so
    )
    _add_ask(router, assistant, settings, gate)
    _add_search(router, assistant, settings.max_question)
    _add_reading(router, assistant)

    @router.post("/feedback", status_code=204)
    def feedback(body: Opinion) -> Response:
        """Keep what a reader thought of an answer."""
        try:
            add_feedback(settings.home, body.model_dump())
        except DiskError as error:  # paths of the server are for its log
            _log.warning("%s", error)
            said = WartaError("Opinions cannot be kept now.", "The server's log says why.")
            return failure(said, 503)
        return Response(status_code=204)

    return router


def _add_ask(router: APIRouter, assistant: Served, settings: Settings, gate: Gate) -> None:
    ours = ask_request(settings.max_question)

    @router.post(
        "/ask",
        response_model=AnswerBody,
        responses={200: {"content": {"text/event-stream": {}}}, **_UNFIT},
    )
    async def ask(
        body: ours,  # type: ignore[valid-type]
        request: Request,
        accept: Annotated[str, Header()] = "",
    ) -> Response:
        """Answer a question; with `Accept: text/event-stream` as it grows.

        Events are called `answer`, the last one `done`; each holds the whole answer so far.
        """
        asked: AskRequest = body
        address = address_of(request.client.host if request.client else "")
        lane = gate.lane(len(asked.question))
        pictures = paced(lane, lambda: asked.ask(assistant), address=address)
        if "text/event-stream" in accept:
            first = await anext(pictures)  # what cannot be answered at all has its own status
            return StreamingResponse(_events(first, pictures), media_type="text/event-stream")
        last: dict[str, Any] = {}
        async with aclosing(pictures):
            async for answer, done in pictures:
                if await request.is_disconnected():
                    break
                if done:
                    last = to_json_dict(answer)
        return JSONResponse(last)


def _add_search(router: APIRouter, assistant: Served, longest: int) -> None:
    @router.get("/search", response_model=ResultsBody, responses=_UNFIT)
    def search(
        q: Annotated[
            str | None,
            Query(
                min_length=1,
                max_length=longest,
                pattern=r"\S",
                description="What to search; without it all articles are listed, newest first.",
                examples=["banjir Lembayung"],
            ),
        ] = None,
        k: Annotated[int, Query(ge=1, le=50, description="At most so many.")] = 5,
        offset: Annotated[int, Query(ge=0, le=10_000_000, description="Leave out so many.")] = 0,
        sort: Annotated[Order, Query(description="By relevance, or newest first.")] = "relevance",
        match: Annotated[
            Match,
            Query(description="Articles that hold any of the words, or every one where some do."),
        ] = "any",
        since: Day | None = None,
        until: Day | None = None,
        source: Annotated[list[Outlet] | None, Query(max_length=100)] = None,
    ) -> dict[str, Any]:
        """List the articles that hold the words of q, each with its best passage, best first.

        The head of the list has the order of questions' searches, by words and meaning. `total`
        and `facets` are exact.
        """
        outlets = tuple(source or ())
        wanted = ListRequest(q or "", since, until, outlets, match, sort, offset, k)
        return results_dict(assistant.retriever.view().listing(wanted))


def _add_reading(router: APIRouter, assistant: Served) -> None:
    @router.get("/status", response_model=StatusBody)
    def status() -> dict[str, Any]:
        """Tell what the index covers and when it was built."""
        return coverage_dict(assistant.retriever.view())

    @router.get(
        "/articles/{article_id:path}/story",
        response_model=StoryBody,
        responses={404: {"model": Failure, "description": "No such article."}},
    )
    def story(article_id: str) -> Any:
        """Return the articles on the event an article reports and on its follow-ups, by day.

        Copies stand with the first of them. Alone, and not `linked`, where the index was made
        before there were links.
        """
        view = assistant.retriever.view()
        try:
            reports = view.story(article_id)
        except InputError as error:
            return failure(error, 404)
        told = [
            {
                **article_dict(report.article),
                "also": [article_dict(copy) for copy in report.copies],
                "links": report.links,
            }
            for report in reports
        ]
        return {"linked": view.linked, "reports": told}

    @router.get(
        "/articles/{article_id:path}",
        response_model=ArticleBody,
        responses={404: {"model": Failure, "description": "No such article."}},
    )
    def article(article_id: str) -> Any:
        """Return one article of the index in use."""
        try:
            found = assistant.retriever.view().article(article_id)
        except InputError as error:
            return failure(error, 404)
        return {**article_dict(found), "text": found.text, "language": found.language}


def coverage_dict(view: SeenIndex) -> dict[str, Any]:
    """Return what the index covers, in the shape of `StatusBody`, as JSON has it."""
    seen = view.coverage()
    return {
        "snapshot": view.name,
        "articles": seen.articles,
        "first": iso(seen.first),
        "last": iso(seen.last),
        "sources": seen.sources,
        "built": seen.built.isoformat(),
    }


def failure(error: WartaError, status: int | None = None) -> JSONResponse:
    """Return an error as every error of this server looks.

    503 for busy; 409 for input that has the right form, which was looked at before, and still
    cannot be used: 422 would say that the form is wrong.
    """
    code = status or _status(error)
    headers = {"retry-after": "2"} if isinstance(error, BusyError) else None
    return JSONResponse(problem(error, code), code, headers=headers)


def _status(error: WartaError) -> int:
    return 409 if isinstance(error, InputError) else 503


async def _events(
    first: tuple[Answer, bool], others: AsyncGenerator[tuple[Answer, bool]]
) -> AsyncIterator[str]:
    answer, done = first
    try:
        async with aclosing(others):  # whoever leaves in the middle gives the place back
            yield _event("done" if done else "answer", to_json_dict(answer))
            async for answer, done in others:
                yield _event("done" if done else "answer", to_json_dict(answer))
    except WartaError as error:
        yield _event("error", problem(error, _status(error)))


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def describe(app: FastAPI, settings: Settings) -> None:
    """Let the app describe its API with the ways in that these settings ask for."""
    ways = ["token"] * bool(settings.tokens) + ["login"] * bool(settings.auth)

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            said = get_openapi(
                title="Warta",
                version=API_VERSION,
                description=ABOUT,
                routes=app.routes,
                servers=[{"url": "/", "description": "This server."}],
            )
            said["components"]["securitySchemes"] = _WAYS_IN
            if ways:
                said["security"] = [{way: []} for way in ways]
            app.openapi_schema = said
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]
