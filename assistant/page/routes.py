"""What the page asks of the server beside answers, and the status page for maintainers.

That is style and scripts, an overview, whole articles, kept turns to show and files of them. What
a browser kept comes back as data: checked, escaped, its articles looked up again.
"""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Header, Query
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from warta.assistant.api.api import Served, failure
from warta.assistant.api.gate import Stops
from warta.assistant.config import Settings
from warta.assistant.exporting.export import Told, to_json, to_markdown, to_text
from warta.assistant.exporting.formats import to_docx, to_html
from warta.assistant.exporting.stored import unpack
from warta.assistant.page.markup import escape, label, whole_article
from warta.assistant.page.overview import (
    Overview,
    coverage_line,
    examples,
    filters,
    glance,
    recent_cards,
    topics,
)
from warta.assistant.page.render import notice, turn
from warta.assistant.texts import (
    Language,
    age_text,
    day_text,
    language_of,
    number_text,
    table,
    text,
)
from warta.assistant.upkeep.feedback import DECLINED, one_each, read_feedback
from warta.assistant.upkeep.shares import Shares
from warta.assistant.upkeep.status import Seen, Status, open_archive, status_of
from warta.corpus.archive.rows import Run
from warta.corpus.archive.withdrawn import read_withdrawn
from warta.corpus.errors import InputError
from warta.index.snapshot import shelf

_RECENT = 6
_NEWS = 80  # newest articles: who is named in several of them is in the news
# in the order in which they run: each adds to window.warta what the next ones use
SCRIPTS = ("base.js", "store.js", "panel.js", "out.js", "history.js", "page.js")
_FRESH = 3.0  # seconds in which the status page says the same
_MOST = 4_000  # sentences of one file: a second of work
Kind = Literal["txt", "md", "json", "html", "docx"]
_TYPES: dict[str, str] = {
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "html": "text/plain; charset=utf-8",  # for the clipboard; no page of ours
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_LAST_RUNS = 12
_LAST_OPINIONS = 30
_MOST_COUNTED = 15
_LONGEST = 300  # characters of a question or reason; `warta feedback` has all of it
_DAYS = 184  # bars
_FEEDBACK = 2 * 2**20  # bytes of opinions that are counted, the newest


def page_assets() -> dict[str, bytes]:
    """Return our style sheets and scripts by their names."""
    folder = files("warta.assistant.page")
    names = ("page.css", "status.css", *SCRIPTS)
    return {name: folder.joinpath(name).read_bytes() for name in names}


def page_head(settings: Settings, assets: dict[str, bytes]) -> str:
    """Return what the document's head gets: our style, our texts, our scripts in their order."""
    texts = json.dumps({"id": table("id"), "en": table("en")}).replace("<", "\\u003c")
    chosen = settings.language or ""
    scripts = "".join(
        f'<script defer src="warta/{name}?{_version(assets[name])}"></script>' for name in SCRIPTS
    )
    return (
        "<title>Warta</title>"
        f'<link rel="stylesheet" href="warta/page.css?{_version(assets["page.css"])}">'
        f'<script type="application/json" id="w-texts" data-language="{chosen}">{texts}</script>'
        f"{scripts}"
    )


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def add_assets(app: FastAPI, assets: dict[str, bytes]) -> None:
    """Add /warta/NAME, each kept by the browser for good: its version stands in the address."""
    kinds = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}

    @app.get("/warta/{name}.{kind}", include_in_schema=False)
    def asset(name: str, kind: str) -> Response:
        content = assets.get(f"{name}.{kind}")
        if content is None:
            return Response(status_code=404)
        kept = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(content, media_type=kinds[kind], headers=kept)


def add_page_routes(app: FastAPI, assistant: Served, stops: Stops) -> None:
    """Add what the page's script asks for: an end to an answer, the overview, one article."""

    @app.post("/warta/stop", include_in_schema=False, status_code=204)
    async def stop(number: Annotated[str, Query(max_length=40)]) -> Response:
        stops.stop(number)
        return Response(status_code=204)

    @app.get("/warta/overview", include_in_schema=False)
    def overview(language: Language = "id") -> dict[str, str]:
        view = assistant.retriever.view()
        newest = tuple(view.recent(_NEWS))
        seen = Overview(view.coverage(), newest[:_RECENT], view.days(), topics(newest))
        return {
            "coverage": coverage_line(seen, language, datetime.now(UTC)),
            "recent": examples(seen, language) + recent_cards(seen, language),
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


class KeptTurn(BaseModel):
    """A question with its packed answer; `day` is the one it was asked on."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(max_length=20_000)]
    answer: str
    day: date | None = None


class KeptTurns(BaseModel):
    """Turns of one conversation, in order, and the language of the page."""

    model_config = ConfigDict(extra="forbid")

    turns: Annotated[list[KeptTurn], Field(min_length=1, max_length=300)]
    language: Language = "id"


def add_kept(app: FastAPI, assistant: Served, home: Path, shares: Shares | None = None) -> None:
    """Add POST /warta/turns and /warta/export to `app`; `shares` where answers may be shared."""

    @app.post("/warta/turns", include_in_schema=False)
    def turns(kept: KeptTurns) -> JSONResponse:
        """Return each turn as HTML, one that cannot be read as a notice."""
        gone = read_withdrawn(home).ids
        find = assistant.retriever.view().article
        shown = []
        for each in kept.turns:
            try:
                before = unpack(each.answer, find)
                answer = unpack(each.answer, find, gone)
            except InputError:
                shown.append(notice(kept.language, "failed"))
                continue
            less = len(answer.sentences) < len(before.sentences)
            sealed = "" if less else _sealed(each.answer, shares)
            shown.append(turn(answer, kept.language, done=True, withdrawn=less, sealed=sealed))
        return JSONResponse(shown)

    @app.post("/warta/export/{kind}", include_in_schema=False)
    def export(kind: Kind, kept: KeptTurns) -> Response:
        """Return the turns as one file; a turn that cannot be read is a 409."""
        gone = read_withdrawn(home).ids
        find = assistant.retriever.view().article
        told = [
            Told(unpack(each.answer, find, gone), each.question, each.day, kept.language)
            for each in kept.turns
        ]
        if sum(len(each.answer.sentences) for each in told) > _MOST:
            raise InputError(f"That is more than {_MOST:,} sentences.", "Take fewer answers.")
        return Response(_file(kind, told), media_type=_TYPES[kind])


def _sealed(kept: str, shares: Shares | None) -> str:
    """Return what was kept where it may be shared, "" where not."""
    try:
        return kept if shares and shares.opened(kept) else ""
    except InputError:
        return ""


def _file(kind: Kind, told: Sequence[Told]) -> bytes:
    if kind == "docx":
        return to_docx(told)
    if kind == "html":
        return to_html(told).encode()
    if kind == "json":
        return to_json(told[0].answer).encode()
    shape = to_text if kind == "txt" else to_markdown
    return "\n\n".join(map(shape, told)).encode("utf-8", "replace")


def add_status_page(app: FastAPI, assistant: Served, settings: Settings) -> None:
    """Add /status, which shows readers' questions: on an open server it is not there."""
    kept: dict[str, tuple[float, Health]] = {}  # by identity; one place, so one request at a time

    @app.get("/status", include_in_schema=False)
    def status(
        language: Language | None = None, accept_language: Annotated[str, Header()] = ""
    ) -> HTMLResponse:
        view = assistant.retriever.view()
        looked, seen = kept.get(view.identity, (0.0, None))
        if seen is None or time.monotonic() - looked > _FRESH:
            seen = examine(settings.home, view, assistant.retriever.warning)
            kept.clear()
            kept[view.identity] = (time.monotonic(), seen)
        spoken = language or language_of(accept_language)
        return HTMLResponse(status_page(seen, spoken, datetime.now(UTC)))


# The status page: what is indexed, what was not, what readers say; read-only.


@dataclass(frozen=True, slots=True)
class Health:
    """All that the status page shows; `reasons` and `declined` come most frequent first."""

    status: Status
    days: dict[date, int]
    snapshots: tuple[str, ...]
    runs: tuple[Run, ...]
    reasons: tuple[tuple[str, int], ...]
    opinions: tuple[dict[str, Any], ...]
    declined: tuple[tuple[str, int], ...]


def examine(home: Path, view: Seen, warning: str = "") -> Health:
    """Look at a home whose snapshot `view` is open. Raises NoSnapshot where nothing is indexed."""
    with open_archive(home) as archive:
        runs = tuple(archive.runs()[:_LAST_RUNS])
        reasons = Counter(item.reason for item in archive.skipped())
    said = one_each(read_feedback(home, newest=_FEEDBACK))
    asked = Counter(_plain(item) for item in said if item.get("verdict") == DECLINED)
    return Health(
        status=status_of(home, view, warning),
        days=view.days(),
        snapshots=tuple(shelf.names(home)),
        runs=runs,
        reasons=tuple(reasons.most_common(_MOST_COUNTED)),
        opinions=tuple(item for item in said if item.get("verdict") in ("up", "down")),
        declined=tuple((what, count) for what, count in asked.most_common(_MOST_COUNTED) if what),
    )


def status_page(seen: Health, language: Language, now: datetime) -> str:
    """Return the whole page; it runs no script."""
    held = seen.status
    warning = f'<p class="s-warning">{escape(held.warning)}</p>' if held.warning else ""
    parts = (
        _figures(seen, language, now),
        _plot(seen.days, language),
        _section(language, "s_runs", _runs(seen.runs, language)),
        _section(language, "s_skipped", _counts(seen.reasons, language)),
        _section(language, "outlet", _counts(list(held.sources.items())[:_MOST_COUNTED], language)),
        _section(language, "s_declined", _counts(seen.declined, language), wide=True),
        _section(language, "s_feedback", _opinions(seen.opinions, language)),
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Warta · {text(language, 'status')}</title>"
        '<link rel="stylesheet" href="warta/status.css"></head><body><main>'
        f"<header><h1>Warta · {text(language, 'status')}</h1>"
        f'<a href="./">{text(language, "s_to_page")}</a></header>{warning}{"".join(parts)}'
        "</main></body></html>"
    )


def _figures(seen: Health, language: Language, now: datetime) -> str:
    held = seen.status
    covers = "–"
    if held.first and held.last:
        covers = f"{day_text(language, held.first)} – {day_text(language, held.last)}"
    pairs = (
        ("s_articles", number_text(language, held.articles)),
        ("s_passages", number_text(language, held.passages)),
        ("s_covers", covers),
        ("s_snapshot", _kept(held.snapshot, seen.snapshots, language)),
        ("s_built", age_text(language, (now - held.built).total_seconds())),
        ("s_skipped", number_text(language, held.skipped)),
        ("s_dates", number_text(language, held.dates_decided)),
        ("s_embedder", held.embedder[:8]),
    )
    rows = "".join(
        f"<div><dt>{label(language, key)}</dt><dd>{escape(value)}</dd></div>"
        for key, value in pairs
    )
    return f'<dl class="s-figures">{rows}</dl>'


def _kept(live: str, names: Sequence[str], language: Language) -> str:
    """Return the live snapshot's number and those that are kept: 3 (tersimpan: 2, 3)."""
    short = [name.lstrip("0") or "0" for name in (live, *sorted(names))]
    return text(language, "s_kept", name=short[0], names=", ".join(short[1:]))


def _plot(days: dict[date, int], language: Language) -> str:
    """Draw articles a day as an SVG of bars, the last half year that has any."""
    if not days:
        return ""
    last = max(days)
    first = max(min(days), date.fromordinal(last.toordinal() - _DAYS + 1))
    span = [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]
    tallest = max(days.get(day, 0) for day in span)
    bars = "".join(
        f'<rect x="{at}" y="{100 - 100 * days.get(day, 0) / tallest:.1f}" width="0.8" '
        f'height="{100 * days.get(day, 0) / tallest:.1f}"><title>{day_text(language, day)}: '
        f"{number_text(language, days.get(day, 0))}</title></rect>"
        for at, day in enumerate(span)
        if days.get(day)
    )
    named = escape(text(language, "s_per_day"))
    return (
        f'<section><h2>{label(language, "s_per_day")}</h2><svg class="s-plot" role="img" '
        f'aria-label="{named}" viewBox="0 0 {len(span)} 100" '
        f'preserveAspectRatio="none">{bars}</svg>'
        f'<p class="s-ends"><span>{day_text(language, first)}</span>'
        f"<span>{day_text(language, last)}</span></p></section>"
    )


def _section(language: Language, key: str, inside: str, *, wide: bool = False) -> str:
    shown = inside or f'<p class="s-none">{label(language, "s_none")}</p>'
    kind = ' class="s-wide"' if wide else ""
    return f"<section{kind}><h2>{label(language, key)}</h2>{shown}</section>"


def _took(run: Run, language: Language) -> str:
    """Return how long a run took, reading and building; of one without an end how far it came."""
    if run.seconds is None:
        return text(language, "s_not_built" if run.was_read else "s_not_read")
    said = f"{run.seconds:.1f}"
    return said.replace(".", ",") if language == "id" else said


def _runs(runs: Iterable[Run], language: Language) -> str:
    keys = ("s_when", "s_seconds", "s_seen", "s_indexed", "s_unchanged", "s_skipped", "s_removed")
    rows = [
        (
            run.started.strftime("%Y-%m-%d %H:%M"),
            _took(run, language),
            *(
                number_text(language, count) if run.was_read else "–"
                for count in (
                    run.counts.seen,
                    run.counts.indexed,
                    run.counts.unchanged,
                    run.counts.skipped,
                    run.counts.removed,
                )
            ),
        )
        for run in runs
    ]
    return _table([text(language, key) for key in keys], rows)


def _opinions(said: Sequence[dict[str, Any]], language: Language) -> str:
    if not said:
        return ""
    liked = sum(item["verdict"] == "up" for item in said)
    rows = [
        (
            str(item.get("at", ""))[:16].replace("T", " "),
            "+" if item["verdict"] == "up" else "−",
            _opening(str(item.get("question", ""))),
            _opening(str(item.get("reason", ""))),
        )
        for item in reversed(said[-_LAST_OPINIONS:])
    ]
    keys = ("s_when", "s_verdict", "question", "s_reason")
    total = text(language, "s_opinions", up=liked, down=len(said) - liked)
    return f"<p>{escape(total)}</p>{_table([text(language, key) for key in keys], rows)}"


def _opening(said: str) -> str:
    """Return what a reader wrote, of much the beginning."""
    return f"{said[:_LONGEST]}…" if len(said) > _LONGEST else said or "–"


def _counts(counted: Sequence[tuple[str, int]], language: Language) -> str:
    if not counted:
        return ""
    most = max(count for _, count in counted) or 1
    items = "".join(
        f"<li><span>{escape(what) or label(language, 'unnamed')}</span>"
        f'<progress max="{most}" value="{count}" aria-hidden="true"></progress>'
        f"<b>{number_text(language, count)}</b></li>"
        for what, count in counted
    )
    return f'<ul class="s-counts">{items}</ul>'


def _table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    if not body:
        return ""
    heads = "".join(f'<th scope="col">{escape(said)}</th>' for said in head)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="s-scroll">{table}</div>'


def _plain(item: dict[str, Any]) -> str:
    return " ".join(str(item.get("question", "")).lower().split()).rstrip("?!. ")
