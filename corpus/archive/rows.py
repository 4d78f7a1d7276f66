"""What the archive gives out, and how an article stands in a row."""

import json
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from warta.corpus.article import Article, Record

COLUMNS: Final = "title, text, published, source, url, language, origin, removed, date_note"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of all that one run saw: indexed + unchanged + skipped == seen."""

    seen: int = 0
    indexed: int = 0
    unchanged: int = 0
    skipped: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One call of `warta index`, from the first file to the index that holds it.

    `seconds` is None while it runs, and for ever where it was interrupted or its index could not
    be built; `was_read` tells whether it had read everything by then.
    """

    number: int
    started: datetime
    seconds: float | None
    roots: tuple[str, ...]
    counts: Counts
    was_read: bool = True


@dataclass(frozen=True, slots=True)
class Version:
    """One state of an article: `number` counts from 1, `read_at` is when we first read it."""

    number: int
    read_at: datetime
    article: Article


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles a list is to show: `since` and `until` are inclusive days of publication.

    `sources` in any case, () for all; `title` stands somewhere in the headline, in any case;
    `gone` asks for those that were taken out instead of the live ones.
    """

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    title: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """An article in a list: read first at `read_at`, in its newest version at `changed_at`."""

    id: str
    title: str
    published: date | None
    source: str
    url: str
    version: int
    read_at: datetime
    changed_at: datetime
    gone: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """Something `check` found wrong, and what helps."""

    what: str
    remedy: str


def to_row(article: Article) -> tuple[str, ...]:
    """Return an article's values in the order of `COLUMNS`."""
    return (
        article.title,
        article.text,
        article.published.isoformat() if article.published else "",
        article.source,
        article.url,
        article.language,
        article.origin,
        json.dumps(article.removed, ensure_ascii=False) if article.removed else "",
        article.date_note,
    )


def to_article(id_: str, *row: str) -> Article:
    """Return the article of one row, `COLUMNS` after its id."""
    title, text, published, source, url, language, origin, removed, note = row
    return Article(
        id_,
        title,
        text,
        date.fromisoformat(published) if published else None,
        source,
        url,
        language,
        origin,
        tuple(json.loads(removed)) if removed else (),
        note,
    )


def pack(record: Record) -> bytes:
    """Return a record as it is kept: compressed, lightly, for speed counts more than size."""
    values = (
        *(record.id, record.title, record.text, record.date, record.source),
        *(record.url, record.origin, record.line, record.format, record.fingerprint),
    )
    return zlib.compress(json.dumps(values, ensure_ascii=False).encode(), 1)


def unpack(data: bytes) -> Record:
    """Return the record of `pack`; raises ValueError for what is none."""
    try:
        return Record(*json.loads(zlib.decompress(data)))
    except (zlib.error, TypeError) as error:
        raise ValueError(f"It is no record: {error}.") from error
