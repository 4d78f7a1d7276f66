"""One article at a time: `warta list` and `warta show`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from warta.assistant.exporting.printing import counted, iso, one_line, table
from warta.assistant.upkeep.status import open_archive
from warta.corpus.archive.archive import Order
from warta.corpus.archive.rows import Listed, Version, Wanted
from warta.corpus.archive.withdrawn import Withdrawal, Withdrawn, read_withdrawn
from warta.corpus.article import Article
from warta.corpus.errors import InputError


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: rows from `offset` on of `total`."""

    total: int
    offset: int
    rows: tuple[dict[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the shape of `warta list --json`."""
        return {"total": self.total, "offset": self.offset, "articles": list(self.rows)}

    def lines(self) -> list[str]:
        """Return the list as it is read on a terminal."""
        lines = [_line(row) for row in self.rows]
        last = self.offset + len(self.rows)
        if not self.rows:
            return [f"None of {counted(self.total, 'article')} here." if self.total else "None."]
        if len(self.rows) < self.total:
            lines.append(f"{self.offset + 1:,} to {last:,} of {self.total:,} (--offset, --limit).")
        return lines


def _line(row: dict[str, Any]) -> str:
    parts = [row["published"] or "(no day)", row["source"], row["title"]]
    if row["updated"]:
        parts.append(f"updated {row['updated']}")
    if row["state"] != "live":
        parts.append(row["state"] + (f": {row['reason']}" if row["reason"] else ""))
    return " · ".join(one_line(part) for part in (row["id"], *parts) if part)


def list_articles(
    home: Path, wanted: Wanted, order: Order = "published", offset: int = 0, limit: int = 50
) -> Page:
    """List articles of the archive; raises NoSnapshot where there is none.

    With `wanted.gone` those that were pruned, removed or erased; of the erased ones nothing but
    the id is known, and they come last.
    """
    listed = read_withdrawn(home)
    with open_archive(home) as archive:
        updates = archive.updates()
        known = (_row(item, listed, updates.get(item.id)) for item in archive.listed(wanted, order))
        erased = _erased(listed) if wanted == Wanted(gone=True) else iter(())
        total, rows = 0, []
        for row in chain(known, erased):
            if offset <= total < offset + limit:
                rows.append(row)
            total += 1
    return Page(total, offset, tuple(rows))


def _row(item: Listed, listed: Withdrawn, updated: date | None) -> dict[str, Any]:
    event = listed.now.get(item.id)
    return {
        "id": item.id,
        "title": item.title,
        "published": iso(item.published),
        "source": item.source,
        "url": item.url,
        "versions": item.version,
        "read_at": item.read_at.isoformat(),
        "updated": iso(updated),
        **_state(event, gone=item.gone),
    }


def _erased(listed: Withdrawn) -> Iterator[dict[str, Any]]:
    empty = {"title": "", "published": None, "source": "", "url": "", "versions": 0}
    for id_ in listed.in_state("erased"):
        state = _state(listed.now[id_], gone=True)
        yield {"id": id_, **empty, "read_at": None, "updated": None, **state}


def _state(event: Withdrawal | None, *, gone: bool) -> dict[str, Any]:
    """Return what stands of an article, and of one that was taken down who did it and why."""
    if event is None:
        return {"state": "left" if gone else "live", "by": "", "reason": "", "at": None}
    return {"state": event.state, "by": event.by, "reason": event.reason, "at": event.at}


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the home knows of one article; `newest` is None for an erased one."""

    id: str
    newest: Article | None
    live: bool
    place: str
    updated: date | None
    versions: tuple[Version, ...]
    events: tuple[Withdrawal, ...]

    @property
    def state(self) -> str:
        """One of "live", "left" (its file went), "removed", "erasing" and "erased"."""
        if self.events and self.events[-1].state != "restored":
            return self.events[-1].state
        return "live" if self.live else "left"

    def to_dict(self) -> dict[str, Any]:
        """Return the shape of `warta show --json`."""
        article = self.newest
        own = {} if article is None else _article_dict(article, self.place)
        return {
            "id": self.id,
            "state": self.state,
            **own,
            "updated": iso(self.updated),
            "versions": [_version_dict(version) for version in self.versions],
            "events": [
                {"state": e.state, "at": e.at, "by": e.by, "reason": e.reason} for e in self.events
            ],
        }

    def lines(self) -> list[str]:
        """Return what a maintainer wants to read of it."""
        rows = [("id", self.id), ("state", self.state)]
        told = [event for event in self.events if event.state != "erasing"]  # done: "erased" next
        if self.state == "erasing":
            told.append(self.events[-1])
        rows += [("", f"{event.told()}.") for event in told]
        article = self.newest
        if article is None:
            return table(rows)
        day = iso(article.published) or "(none)"
        rows += [
            ("title", one_line(article.title)),
            ("published", day + (f" ({article.date_note})" if article.date_note else "")),
            ("updated", iso(self.updated) or ""),
            ("outlet", one_line(article.source)),
            ("address", one_line(article.url)),
            ("language", article.language),
            ("read from", one_line(article.origin)),
        ]
        rows += [("version", _version_line(version)) for version in self.versions]
        lines = [*table([row for row in rows if row[1]]), "", article.text]
        if article.removed:
            lines += ["", "Taken out by cleaning:", *(f"  {line}" for line in article.removed)]
        return lines


def _article_dict(article: Article, place: str) -> dict[str, Any]:
    return {
        "title": article.title,
        "text": article.text,
        "published": iso(article.published),
        "date_note": article.date_note,
        "source": article.source,
        "url": article.url,
        "language": article.language,
        "origin": article.origin,
        "place": place,
        "removed": list(article.removed),
    }


def _version_dict(version: Version) -> dict[str, Any]:
    article = version.article
    return {
        "version": version.number,
        "read_at": version.read_at.isoformat(),
        "title": article.title,
        "published": iso(article.published),
        "characters": len(article.text),
        "origin": article.origin,
    }


def _version_line(version: Version) -> str:
    read: datetime = version.read_at
    length = len(version.article.text)
    return f"{version.number}, read {read:%Y-%m-%d %H:%M} UTC, {length:,} characters"


def read_since(home: Path, moment: datetime) -> frozenset[str]:
    """Return the ids of articles that were read for the first time after a moment.

    Raises NoSnapshot where there is no archive.
    """
    with open_archive(home) as archive:
        return frozenset(archive.read_since(moment))


def show_article(home: Path, id_: str, version: int = 0) -> Shown:
    """Look at one article, in an older `version` where one is given.

    Raises NoSnapshot where there is no archive, InputError for an id or version it never had.
    """
    events = tuple(read_withdrawn(home).history(id_))
    with open_archive(home) as archive:
        versions = tuple(archive.history(id_))
        if not versions and not events:
            raise InputError(f"There is no article {id_!r} in {home}.", "`warta list` shows ids.")
        newest = _chosen(versions, version, id_) if versions else None
        return Shown(
            id=id_,
            newest=newest,
            live=archive.is_live(id_),
            place=archive.place_of(id_),
            updated=archive.updates().get(id_),
            versions=versions,
            events=events,
        )


def _chosen(versions: tuple[Version, ...], number: int, id_: str) -> Article:
    if not number:
        return versions[-1].article
    for version in versions:
        if version.number == number:
            return version.article
    has = ", ".join(str(version.number) for version in versions)
    raise InputError(f"Article {id_!r} has no version {number}; it has {has}.")
