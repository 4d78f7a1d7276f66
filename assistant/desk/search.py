"""The search page: what is found, what it counts, and how to narrow it; no HTML of its own."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Protocol

from fastapi.responses import HTMLResponse

from warta.assistant.desk.frame import Frame, page
from warta.assistant.desk.query import PER_PAGE, DeskSearch
from warta.assistant.desk.texts import text
from warta.assistant.page.overview import month_range
from warta.assistant.texts import day_text, month_text
from warta.corpus.article import Article
from warta.corpus.language.words import words
from warta.index.candidates import Hit, fold_source
from warta.index.search.listing import ListRequest, Results
from warta.index.search.phrases import spans
from warta.index.snapshot.snapshot import Coverage

_SNIPPET = 320  # characters of a passage in a list
_LEAD = 60  # of those before the first word found
_MOST_MONTHS = 14  # bars; of more months years are shown first
_OUTLETS = 10  # outlets that are listed at once
_MOST_OUTLETS = 100

Run = tuple[str, bool]
"""Text, and whether it is marked."""


class Searchable(Protocol):
    """What the desk needs of a pinned snapshot."""

    def coverage(self) -> Coverage:
        """Tell what the snapshot covers."""

    def listing(self, wanted: ListRequest) -> Results:
        """Return a part of a list."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One filter with what it would leave: `share` 0..100 of the largest beside it."""

    label: str
    count: int
    share: float
    link: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One result: the hit, its address, its passage in runs, and who else has it."""

    hit: Hit
    link: str
    runs: tuple[Run, ...]
    elsewhere: tuple[str, ...]
    versions: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use and the address without it."""

    label: str
    link: str


def search_page(
    frame: Frame, view: Searchable, given: DeskSearch, fresh: frozenset[str] | None = None
) -> HTMLResponse:
    """Return the page of a search; one that had to leave something out answers 400.

    `fresh` are the ids of what was read since its reader last looked, None where nothing tells.
    """
    results = view.listing(given.wanted)
    last = max(1, -(-results.total // PER_PAGE))
    if given.page > last:
        fault = text(frame.language, "bad_page", value=given.page, last=last)
        wanted = replace(given.wanted, offset=(last - 1) * PER_PAGE)
        given = replace(given, wanted=wanted, page=last, faults=(*given.faults, fault))
        results = view.listing(wanted)
    return page(
        "search.html",
        frame,
        status=400 if given.faults else 200,
        asked=given,
        results=results,
        last=last,
        found=[_found(frame, hit, given.wanted.query, results) for hit in results.hits],
        chips=_chips(frame, given),
        periods=_periods(frame, given, results.months),
        outlets=_outlets(frame, given, results.outlets),
        covered=view.coverage(),
        new=_new(view, given, fresh),
        now=f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}",
        alone=len(given.wanted.query.split()) == 1 or bool(results.phrases),
    )


def _new(view: Searchable, given: DeskSearch, fresh: frozenset[str] | None) -> int | None:
    """Count what is new of a search, None where nobody asks."""
    if fresh is None:
        return None
    return view.listing(replace(given.wanted, among=fresh, order="day", offset=0, limit=1)).total


def _found(frame: Frame, hit: Hit, query: str, results: Results) -> ResultRow:
    outlets, versions = elsewhere(hit.article, hit.also)
    runs = snippet(hit.passage.text, results.terms, phrases=results.phrases)
    return ResultRow(hit, frame.article(hit.article, query), runs, outlets, versions)


def elsewhere(article: Article, also: Collection[Article]) -> tuple[tuple[str, ...], int]:
    """Return the other outlets that have an article, by name, and how often its own has it."""
    own = fold_source(article.source)
    named = {fold_source(copy.source): copy.source.strip() for copy in also}
    others = sorted((name for key, name in named.items() if key != own), key=str.casefold)
    return tuple(others), sum(fold_source(copy.source) == own for copy in also)


def snippet(
    passage: str, terms: Collection[str], longest: int = _SNIPPET, phrases: Sequence[str] = ()
) -> tuple[Run, ...]:
    """Return the part of a passage that holds most of `terms`, their words marked.

    Where `phrases` are asked for, they alone are marked: none where they stand elsewhere.
    """
    flat = re.sub(r"\s+", " ", passage).strip()
    hot = [(start, end, {flat[start:end]}) for start, end in spans(flat, phrases)]
    if not phrases:
        found = (w for w in words(flat) if not set(terms).isdisjoint(w.terms))
        hot = [(w.start, w.end, set(w.terms)) for w in found]
    begin = _densest(hot, longest) if hot else 0
    begin = 0 if begin <= _LEAD else flat.rfind(" ", 0, begin - _LEAD) + 1
    end = min(len(flat), begin + longest)
    if end < len(flat):
        end = max(flat.rfind(" ", begin, end), begin + 1)
    inside = [(start, stop) for start, stop, _ in hot if begin <= start and stop <= end]
    runs = marked(flat, inside, begin, end)
    before = [("… ", False)] if begin else []
    after = [(" …", False)] if end < len(flat) else []
    return (*before, *runs, *after)


def _densest(hot: list[tuple[int, int, set[str]]], longest: int) -> int:
    """Return where the stretch begins that holds most different words; the first of equals."""
    best, most = hot[0][0], 0
    for start, _, _ in hot:
        within = [terms for at, end, terms in hot if start <= at and end <= start + longest - _LEAD]
        count = len(set().union(*within)) if within else 0
        if count > most:
            best, most = start, count
    return best


def marked(
    said: str, spans: Collection[tuple[int, int]], begin: int = 0, end: int | None = None
) -> tuple[Run, ...]:
    """Return `said[begin:end]` in runs, those in `spans` (ascending, apart) marked."""
    runs, at = [], begin
    for start, stop in spans:
        runs += [(said[at:start], False), (said[start:stop], True)]
        at = stop
    runs.append((said[at:end], False))
    return tuple(run for run in runs if run[0])


def _chips(frame: Frame, given: DeskSearch) -> list[Chip]:
    wanted, chips = given.wanted, []
    if wanted.since or wanted.until:
        label = _period(frame, wanted.since, wanted.until)
        chips.append(Chip(label, _link(frame, given, since=None, until=None)))
    for name in wanted.sources:
        rest = tuple(other for other in wanted.sources if other != name)
        chips.append(Chip(name, _link(frame, given, sources=rest)))
    return chips


def _period(frame: Frame, since: date | None, until: date | None) -> str:
    language = frame.language
    if since and until:
        if (since, until) == month_range(since.replace(day=1)):
            return month_text(language, since)
        if (since.month, since.day, until.month, until.day) == (1, 1, 12, 31):
            years = {since.year, until.year}
            return "–".join(map(str, sorted(years)))
        return f"{day_text(language, since)} – {day_text(language, until)}"
    if since:
        return text(language, "since", day=day_text(language, since))
    return text(language, "until", day=day_text(language, until or date.max))


def _link(frame: Frame, given: DeskSearch, **changes: object) -> str:
    return frame.link("search", given.pairs(**changes))


def _periods(frame: Frame, given: DeskSearch, months: Mapping[date, int]) -> list[Bar]:
    """Return a bar a month; of more than fourteen only those of the year that is asked for."""
    wanted = given.wanted
    spans = [(month_range(month), month_text(frame.language, month), month) for month in months]
    if len(spans) > _MOST_MONTHS:
        year = wanted.since.year if wanted.since else None
        if year is None or not wanted.until or wanted.until.year != year:
            return _years(frame, given, months)
        spans = [span for span in spans if span[2].year == year]
    most = max((months[span[2]] for span in spans), default=1)
    bars = []
    for (since, until), label, month in spans:
        chosen = (wanted.since, wanted.until) == (since, until)
        days = (None, None) if chosen else (since, until)
        link = _link(frame, given, since=days[0], until=days[1])
        bars.append(Bar(label, months[month], 100 * months[month] / most, link, chosen))
    return bars


def _years(frame: Frame, given: DeskSearch, months: Mapping[date, int]) -> list[Bar]:
    counts: dict[int, int] = {}
    for month, count in months.items():
        counts[month.year] = counts.get(month.year, 0) + count
    most = max(counts.values(), default=1)
    return [
        Bar(
            str(year),
            count,
            100 * count / most,
            _link(frame, given, since=date(year, 1, 1), until=date(year, 12, 31)),
            False,
        )
        for year, count in counts.items()
    ]


def _outlets(
    frame: Frame, given: DeskSearch, counts: Mapping[str, int]
) -> tuple[list[Bar], list[Bar]]:
    """Return the outlets to be shown at once, those chosen among them, and the others."""
    wanted = given.wanted
    most = max(counts.values(), default=1)
    bars = []
    for name, count in list(counts.items())[:_MOST_OUTLETS]:
        if not name:
            continue
        chosen = name in wanted.sources
        rest = tuple(other for other in wanted.sources if other != name)
        link = _link(frame, given, sources=rest if chosen else (*rest, name))
        bars.append(Bar(name, count, 100 * count / most, link, chosen))
    first = [bar for at, bar in enumerate(bars) if at < _OUTLETS or bar.chosen]
    return first, [bar for bar in bars if bar not in first]
