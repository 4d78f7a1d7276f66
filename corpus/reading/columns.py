"""Which column of a table is which field of an article."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from warta.corpus.article import Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.items import (
    Item,
    as_address,
    as_date,
    as_line,
    as_name,
    as_text,
    format_of,
)

# As `plain` writes them, the likeliest first.
_USUAL: Final = {
    "id": "id articleid idartikel idberita guid uuid docid uri",
    "title": "title judul headline judulberita judulartikel newstitle headlines",
    "text": "text body content isi isiberita isiartikel articlebody articletext fulltext konten "
    "bodytext contenttext teks artikel bodyhtml contenthtml bodyxhtml maintext storybody "
    "paragraphs paragraf blocks bodies contentelements html",
    "date": "date published tanggal publishedat pubdate datepublished tgl publishdate "
    "publisheddate publicationdate publishedon publishedtime tanggalterbit tanggalpublikasi "
    "tanggalberita tglterbit tglpublikasi datetime waktu timestamp firstcreated datepublish "
    "publishdatetime displaydate firstpublishdate versioncreated createdat",
    "source": "source outlet media sumber publisher sitename portal provider",
    "url": "url link permalink tautan canonicalurl articleurl sourceurl",
}
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    field: tuple(names.split()) for field, names in _USUAL.items()
}
_STATUSES = ("status", "poststatus", "wpstatus", "pubstatus")
_UNPUBLISHED = frozenset(
    "draft draf auto-draft pending private future scheduled trash canceled cancelled "
    "withheld".split()
)
# Where other systems keep the fields of an article, beside what they keep about it.
_WRAPPERS = ("fields", "attributes", "_source", "node", "article", "post")
_LOOK_AHEAD = 20
_MAX_SHAPES = 256
_MAX_COLUMNS = 1000
_LONGEST_PLACEHOLDER = 24


def check_fields(fields: Mapping[str, str]) -> None:
    """Raise InputError for a field in `--map` that an article does not have."""
    for field, column in fields.items():
        if field not in ALIASES:
            raise InputError(
                f"There is no field {field!r} to map.", f"The fields are {', '.join(ALIASES)}."
            )
        if not column.strip():
            raise InputError(
                f"The field {field!r} is mapped to no column.", f"Write --map {field}=COLUMN."
            )


class Columns:
    """Finds an article's fields in rows by `fields` (ours -> column), else by their usual names.

    Names are compared without case, spaces, "_" and "-". Where several columns could be one
    field, the first of the usual names that is not empty in a row is taken.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self._plans: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}

    def plan(self, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Return for each field the columns to try; raises InputError without a text column."""
        found = self._plans.get(names)
        if found is None:
            check_width(len(names))
            found = {field: self._columns(field, names) for field in ALIASES}
            if len(self._plans) < _MAX_SHAPES:
                self._plans[names] = found
        if not found["text"]:
            raise self._no_text(names)
        return found

    def _columns(self, field: str, names: tuple[str, ...]) -> tuple[str, ...]:
        wanted = (self._fields[field],) if field in self._fields else ALIASES[field]
        if field in self._fields and self._fields[field] in names:
            return wanted
        by_name = {plain(name): name for name in reversed(names)}
        return tuple(by_name[plain(alias)] for alias in wanted if plain(alias) in by_name)

    def value(self, row: Mapping[str, object], field: str) -> object:
        """Return one field of a row, "" where the row does not have it."""
        names = self._columns(field, tuple(row))
        return next((row[name] for name in names if row[name]), "")

    def known(self, names: tuple[str, ...]) -> int:
        """Count the fields that `names` have a column for."""
        return sum(bool(self._columns(field, names)) for field in ALIASES)

    def check(self, names: tuple[str, ...]) -> None:
        """Raise InputError when a mapped column is not among `names`."""
        for field, column in self._fields.items():
            if not self._columns(field, names):
                raise InputError(
                    f"There is no column {column!r}; the columns are {listed(names)}.",
                    f"Use --map {field}=COLUMN with one of them.",
                )

    def checked(
        self, rows: Iterable[tuple[int, object] | Skipped]
    ) -> Iterator[tuple[int, object] | Skipped]:
        """Pass rows on; raise InputError when none of the first ones has a mapped column.

        Objects may leave columns out, so one row without it proves nothing.
        """
        rest = iter(rows)
        held: list[tuple[int, object] | Skipped] = []
        names: dict[str, None] = {}
        while self._fields and len(held) < _LOOK_AHEAD:
            row = next(rest, None)
            if row is None:
                break
            held.append(row)
            if not isinstance(row, Skipped) and isinstance(row[1], dict):
                names.update(dict.fromkeys(islice(row[1], _MAX_COLUMNS)))
                if all(self._columns(field, tuple(names)) for field in self._fields):
                    break
        if names:
            self.check(tuple(names))
        yield from held
        yield from rest

    def _unwrapped(self, row: Mapping[str, object]) -> Mapping[str, object]:
        """Return a row with the fields that stand one level deeper, where its text is there."""
        if self._columns("text", tuple(row)):
            return row
        for name in _WRAPPERS:
            inner = row.get(name)
            if isinstance(inner, dict) and self._columns("text", tuple(inner)):
                return {**row, **inner}
        return row

    def _no_text(self, names: tuple[str, ...]) -> InputError:
        mapped = self._fields.get("text")
        what = f"There is no column {mapped!r}" if mapped else "There is no text column"
        return InputError(f"{what}; the columns are {listed(names)}.", "Use --map text=COLUMN.")

    def item(self, row: Mapping[str, object], line: int) -> Item:
        """Return one row as an item; raises InputError when it has no text or is not published."""
        row = self._unwrapped(row)
        plan = self.plan(tuple(row))
        if status := _unpublished(row):
            raise InputError(
                f"It is not published: its status is {status!r}.",
                "Publish it, or give its text as a file of its own.",
            )
        given = {
            field: next((row[name] for name in names if _is_given(row[name])), "")
            for field, names in plan.items()
        }
        text = _body(given["text"])
        if not text.strip():
            raise InputError(f"The text ({plan['text'][0]!r}) is empty.", "")
        return Item(
            line=line,
            id=as_name(given["id"]),
            title=as_line(given["title"]),
            text=text,
            date=as_date(given["date"]),
            source=as_name(given["source"]),
            url=as_address(given["url"]),
            format=format_of(text),
        )


def _body(value: object) -> str:
    """Return the text of an article; paragraphs of a list stay apart where some hold markup."""
    text = as_text(value)
    if not isinstance(value, list) or format_of(text) == "text":
        return text
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line if line.startswith("<") else f"<p>{line}</p>" for line in lines if line)


def _unpublished(row: Mapping[str, object]) -> str:
    """Return the status of a row that is not for readers, "" where it may be."""
    for name in row:
        value = row[name]
        if isinstance(value, str) and len(value) <= 12 and plain(name) in _STATUSES:
            if value.strip().casefold() in _UNPUBLISHED:
                return value.strip()
    return ""


def _is_given(value: object) -> bool:
    """False for what stands in a table where nothing is."""
    if isinstance(value, str):
        return len(value) > _LONGEST_PLACEHOLDER or bool(as_name(value))
    return value not in (None, [], {})


def check_width(count: int) -> None:
    """Raise InputError for more columns than any table of articles has."""
    if count > _MAX_COLUMNS:
        raise InputError(
            f"It has {count:,} columns; the limit is {_MAX_COLUMNS:,}.",
            "Keep the columns of an article only.",
        )


def plain(name: str) -> str:
    """Return a column name as it is compared: letters and digits, case folded."""
    return re.sub(r"[\W_]+", "", name).casefold()


def listed(names: tuple[str, ...]) -> str:
    """Return column names for a message."""
    shown = ", ".join(repr(name[:40]) for name in names[:12])
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")
