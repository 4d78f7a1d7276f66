"""The address of a search -> what is to be listed, and what in it could not be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from starlette.datastructures import QueryParams

from warta.assistant.desk.texts import text
from warta.assistant.texts import Language
from warta.index.candidates import fold_source
from warta.index.search.listing import ListRequest, Match, Order

PER_PAGE: Final = 20
_ORDERS: Final[dict[str, Order]] = {"relevance": "relevance", "day": "day"}
_MATCHES: Final[dict[str, Match]] = {"all": "all", "any": "any"}
_MOST_SOURCES = 50
_SHOWN = 80  # characters of a value that is said again


@dataclass(frozen=True, slots=True)
class DeskSearch:
    """A search as it can be made; `faults` say what was left out of it, with the remedy.

    `seen` is when its reader last looked; with `new` only what was read since then is listed.
    """

    wanted: ListRequest
    page: int
    faults: tuple[str, ...]
    seen: datetime | None = None
    new: bool = False

    def pairs(self, **changes: object) -> list[tuple[str, object]]:
        """Return the parameters of this search with `changes`; the first page again."""
        wanted = replace(self.wanted, **changes) if changes else self.wanted  # type: ignore[arg-type]
        return [
            ("q", wanted.query),
            ("since", wanted.since),
            ("until", wanted.until),
            *(("source", name) for name in wanted.sources),
            ("sort", wanted.order if wanted.order != "relevance" else ""),
            ("match", wanted.match if wanted.match != "all" else ""),
            *self.since_seen(new=self.new),
        ]

    def since_seen(self, *, new: bool) -> list[tuple[str, object]]:
        """Return the parameters that tell when its reader last looked, none where nothing does."""
        if self.seen is None:
            return []
        return [("seen", f"{self.seen:%Y-%m-%dT%H:%MZ}"), ("new", "1" if new else "")]

    @property
    def plain(self) -> "DeskSearch":
        """The same search for somebody who never looked, best first."""
        return replace(self, wanted=replace(self.wanted, order="relevance"), seen=None, new=False)


class _Parameters:
    """Reads parameters one by one and keeps what was wrong with them."""

    def __init__(self, given: QueryParams, language: Language) -> None:
        self._given = given
        self._language = language
        self.faults: list[str] = []

    def fault(self, key: str, **values: object) -> None:
        said = {
            name: f"{value[:_SHOWN]}…" if isinstance(value, str) and len(value) > _SHOWN else value
            for name, value in values.items()
        }
        self.faults.append(text(self._language, key, **said))

    def one(self, name: str) -> str:
        found = self._given.getlist(name)
        if len(found) > 1:
            self.fault("too_many", name=name, n=len(found))
        return found[0].strip() if found else ""

    def query(self, longest: int) -> str:
        typed = " ".join(self.one("q").split())
        if len(typed) > longest:
            self.fault("too_long_query", n=len(typed), max=longest)
        return typed[:longest]

    def day(self, name: str) -> date | None:
        value = self.one(name)
        if not value:
            return None
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.fault("bad_day", value=value)
        return None

    def choice(self, name: str, known: Mapping[str, str], usual: str) -> str:
        value = self.one(name)
        if value and value not in known:
            self.fault("bad_choice", value=value, name=name, choices=" / ".join(known))
        return value if value in known else usual

    def sources(self, outlets: Mapping[str, int]) -> tuple[str, ...]:
        spelt = {fold_source(name): name for name in reversed(list(outlets))}
        found: dict[str, None] = {}
        for value in self._given.getlist("source")[:_MOST_SOURCES]:
            if not value.strip():
                continue
            if fold_source(value) in spelt:
                found[spelt[fold_source(value)]] = None
            else:
                self.fault("bad_source", value=value)
        return tuple(found)

    def moment(self, name: str) -> datetime | None:
        value = self.one(name)
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z", value, re.ASCII):
                return datetime.fromisoformat(value)
        except ValueError:
            pass
        if value:
            self.fault("bad_moment", value=value)
        return None

    def page(self) -> int:
        value = self.one("page")
        if re.fullmatch(r"\d{1,6}", value, re.ASCII) and int(value):
            return int(value)
        if value:
            self.fault("bad_page", value=value, last="…")
        return 1


def read_query(
    given: QueryParams, language: Language, outlets: Mapping[str, int], longest: int
) -> DeskSearch:
    """Read the parameters of /search; what cannot be used is left out and said.

    `outlets` counts the articles of those that there are, `longest` is that of a query.
    """
    reading = _Parameters(given, language)
    query = reading.query(longest)
    since, until = reading.day("since"), reading.day("until")
    if since and until and since > until:
        reading.fault("bad_range", since=since, until=until)
        since = until = None
    page = reading.page()
    wanted = ListRequest(
        query=query,
        since=since,
        until=until,
        sources=reading.sources(outlets),
        match=_MATCHES[reading.choice("match", _MATCHES, "all")],
        order=_ORDERS[reading.choice("sort", _ORDERS, "relevance")],
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    seen = reading.moment("seen")
    new = seen is not None and given.get("new") == "1"
    return DeskSearch(wanted, page, tuple(reading.faults), seen, new)
