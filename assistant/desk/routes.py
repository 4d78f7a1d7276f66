"""Where the pages of the desk are; gate, limits and login of the app stand before them.

A search is given to other programs, too: as a feed, and as lists in CSV and RIS. An answer is
shared as it is, where the maintainer allows it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from warta.assistant.answer import Citation, Sentence
from warta.assistant.api.api import SeenIndex, Served
from warta.assistant.config import Settings
from warta.assistant.desk.frame import Frame, page
from warta.assistant.desk.pages import article_page, person_page, story_page
from warta.assistant.desk.query import DeskSearch, read_query
from warta.assistant.desk.search import Searchable, search_page
from warta.assistant.desk.texts import text
from warta.assistant.exporting.export import paragraphs
from warta.assistant.exporting.formats import to_atom, to_csv, to_ris
from warta.assistant.texts import Language
from warta.assistant.upkeep.articles import read_since
from warta.assistant.upkeep.shares import LARGEST, Share, Shares, find
from warta.corpus.archive.withdrawn import read_withdrawn
from warta.corpus.errors import InputError, WartaError

_MOST: Final = 1_000  # articles of a list that is taken along
_IN_FEED: Final = 50

_FREE = ("0001-01-01", "9999-12-31")  # days that limit nothing


def add_desk(app: FastAPI, assistant: Served, settings: Settings) -> None:
    """Add the pages of the desk to the app."""

    def read(request: Request) -> tuple[Frame, SeenIndex, DeskSearch]:
        view = assistant.retriever.view()
        frame = Frame.of(request, settings.language)
        outlets = view.coverage().sources
        asked = read_query(request.query_params, frame.language, outlets, settings.max_question)
        return frame, view, asked

    @app.get("/search", include_in_schema=False)
    def search(request: Request) -> Response:
        frame, view, asked = read(request)
        fresh = _fresh(settings.home, asked) if asked.seen else None
        if asked.new:
            asked = replace(asked, wanted=replace(asked.wanted, among=fresh))
        return search_page(frame, view, asked, fresh)

    @app.get("/feed", include_in_schema=False)
    def followed(request: Request) -> Response:
        return _feed(*read(request), request)

    @app.get("/search.csv", include_in_schema=False)
    def as_csv(request: Request) -> Response:
        return _taken_along(*read(request)[1:], "csv")

    @app.get("/search.ris", include_in_schema=False)
    def as_ris(request: Request) -> Response:
        return _taken_along(*read(request)[1:], "ris")

    _add_pages(app, assistant, settings)


def _add_pages(app: FastAPI, assistant: Served, settings: Settings) -> None:
    """Add the pages of an article, a story and a person, by path, and by query for odd ids."""

    def article(request: Request, name: str) -> Response:
        frame = Frame.of(request, settings.language)
        span = request.query_params.get("q", "").strip()
        wanted = request.query_params.get("words", "")[: settings.max_question]
        view = assistant.retriever.view()
        return article_page(frame, view, settings.home, name, span, wanted)

    def story(request: Request, name: str) -> Response:
        frame = Frame.of(request, settings.language)
        plain = request.query_params.get("as") == "text"
        return story_page(frame, assistant.retriever.view(), name, plain=plain)

    def person(request: Request, name: str) -> Response:
        return person_page(Frame.of(request, settings.language), assistant.retriever.view(), name)

    for kind, key, shown in (
        ("article", "id", article),
        ("story", "id", story),
        ("person", "name", person),
    ):
        _add_page(app, f"/{kind}", key, shown)


def _add_page(app: FastAPI, at: str, key: str, shown: Callable[[Request, str], Response]) -> None:
    app.get(f"{at}/{{name:path}}", include_in_schema=False)(shown)

    @app.get(at, include_in_schema=False)
    def by_query(request: Request) -> Response:
        return shown(request, request.query_params.get(key, ""))


def _feed(frame: Frame, view: Searchable, given: DeskSearch, request: Request) -> Response:
    """Return the newest articles of a search as an Atom feed; 400 for what cannot be searched."""
    if given.faults:
        return _refused(given)
    wanted = replace(given.wanted, order="day", offset=0, limit=_IN_FEED)
    found = view.listing(wanted)
    base = str(request.base_url)
    query = given.wanted.query
    key = "results_for" if query else "browse"
    own = given.plain.pairs()
    content = to_atom(
        found.hits,
        title=f"Warta: {text(frame.language, key, q=query)}",
        address=base + frame.link("feed", own).removeprefix(frame.root),
        page=base + frame.link("search", own).removeprefix(frame.root),
        links=[base + frame.article(hit.article).removeprefix(frame.root) for hit in found.hits],
    )
    return Response(content, media_type="application/atom+xml; charset=utf-8")


def _taken_along(view: Searchable, given: DeskSearch, kind: Literal["csv", "ris"]) -> Response:
    """Return a search's first thousand articles as a file; 400 for what cannot be searched."""
    if given.faults:
        return _refused(given)
    hits = view.listing(replace(given.wanted, offset=0, limit=_MOST)).hits
    if kind == "csv":  # table programs know UTF-8 by the mark at its beginning
        written, media = "\ufeff" + to_csv(hits), "text/csv"
    else:
        written, media = to_ris(hits), "application/x-research-info-systems"
    headers = {"content-disposition": f'attachment; filename="warta.{kind}"'}
    return Response(written, media_type=f"{media}; charset=utf-8", headers=headers)


def _refused(given: DeskSearch) -> Response:
    return PlainTextResponse("\n".join(given.faults) + "\n", 400)


def _fresh(home: Path, asked: DeskSearch) -> frozenset[str] | None:
    """Return what was read since a reader last looked; None where the archive cannot tell."""
    try:
        return read_since(home, asked.seen) if asked.seen else None
    except WartaError:
        return None


class Shared(BaseModel):
    """An answer as the page kept it, sealed, and the language of the page."""

    model_config = ConfigDict(extra="forbid")

    answer: Annotated[str, Field(max_length=LARGEST)]
    language: Language = "id"


def add_shares(app: FastAPI, settings: Settings, shares: Shares | None) -> None:
    """Add POST /warta/share and GET /share/ID where answers may be shared, else neither."""
    if shares is None:
        return

    @app.post("/warta/share", include_in_schema=False)
    def store(given: Shared) -> JSONResponse:
        """Store the answer and return its path below the root and its last day."""
        share = shares.store(given.answer, given.language)
        return JSONResponse({"path": f"share/{share.id}", "until": share.last.isoformat()}, 201)

    @app.get("/share/{share_id}", include_in_schema=False)
    def read(request: Request, share_id: str) -> Response:
        frame = Frame.of(request, settings.language)
        gone = read_withdrawn(settings.home).ids
        try:
            share = find(settings.home, share_id)
            return _page(frame, share, gone)
        except InputError:  # expired, revoked, mistyped: nobody is told which
            title, said = (text(frame.language, key) for key in ("no_share", "no_share_more"))
            return page("message.html", frame, 404, title=title, lines=[said])


def _page(frame: Frame, share: Share, gone: frozenset[str]) -> Response:
    whole, answer = share.answer(()), share.answer(gone)
    receipt = answer.receipt
    days = [("since", receipt.since), ("until", receipt.until)]
    limits = [(key, day) for key, day in days if str(day) not in _FREE]
    again: list[tuple[str, object]] = [("q", receipt.question), *limits]
    known = {cited.number: cited for cited in answer.citations}
    return page(
        "share.html",
        frame,
        share=share,
        answer=answer,
        blocks=[
            (listed, [[_said(sentence, known) for sentence in line] for line in lines])
            for listed, lines in paragraphs(answer)
        ],
        fewer=len(answer.sentences) < len(whole.sentences),
        written="" if receipt.writer.startswith("extractive") else receipt.writer,
        again=frame.link("", [*again, *(("source", name) for name in receipt.sources)]),
    )


def _said(
    sentence: Sentence, known: Mapping[int, Citation]
) -> tuple[Sentence, tuple[str, str, str], list[int]]:
    """Return a sentence, its text before, in and behind what was asked for, and its numbers."""
    low, high = sentence.strong or (0, 0)
    parts = (sentence.text[:low], sentence.text[low:high], sentence.text[high:])
    return sentence, parts, [number for number in sentence.citations if number in known]
