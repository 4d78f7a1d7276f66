"""A search for other programs: its feed, and its list as CSV and RIS."""

from dataclasses import replace
from typing import Final, Literal

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response

from warta.assistant.desk.frame import Frame
from warta.assistant.desk.query import DeskSearch
from warta.assistant.desk.search import Searchable
from warta.assistant.desk.texts import text
from warta.assistant.exporting.lists import to_atom, to_csv, to_ris

MOST: Final = 1_000  # articles of a list that is taken along
_IN_FEED = 50
Kind = Literal["csv", "ris"]


def feed(frame: Frame, view: Searchable, given: DeskSearch, request: Request) -> Response:
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


def taken_along(view: Searchable, given: DeskSearch, kind: Kind) -> Response:
    """Return a search's first thousand articles as a file; 400 for what cannot be searched."""
    if given.faults:
        return _refused(given)
    hits = view.listing(replace(given.wanted, offset=0, limit=MOST)).hits
    if kind == "csv":  # table programs know UTF-8 by the mark at its beginning
        written, media = "\ufeff" + to_csv(hits), "text/csv"
    else:
        written, media = to_ris(hits), "application/x-research-info-systems"
    headers = {"content-disposition": f'attachment; filename="warta.{kind}"'}
    return Response(written, media_type=f"{media}; charset=utf-8", headers=headers)


def _refused(given: DeskSearch) -> Response:
    return PlainTextResponse("\n".join(given.faults) + "\n", 400)
