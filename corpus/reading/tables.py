"""JSON, JSON Lines and CSV: rows -> items, by which column is which field of an article."""

import csv
import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Final

from warta.corpus.article import Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.encoding import LineDecoder, decode
from warta.corpus.reading.files import Line, shown
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


# How deep and how many: JSON is measured before it is parsed.
#
# A parser met by "[[[[…" ends in the interpreter's own limit, which differs from one version of
# Python to the next, and a few bytes of JSON can be an object of a hundred bytes in memory.

DEEPEST = 100
"""Objects and lists inside each other; exports of articles have fewer than ten."""
MOST_BYTES = 64 * 1024 * 1024
"""Bytes of a JSON list under the name of JSON Lines, which has to be parsed whole."""
MOST_VALUES = 4_000_000
"""Values of one file or line; 64 MB of articles have less than a million."""

# An open string ends with the text: looking for its end again from every quote would take for ever.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.S)
_BRACKET = re.compile(r"[\[\]{}]")


def check_nesting(text: str) -> None:
    """Raise InputError for JSON that is nested too deep or holds too many values to be parsed."""
    opened = text.count("[") + text.count("{")
    values = opened + text.count(",")
    if opened <= DEEPEST and values <= MOST_VALUES:  # nearly every line of nearly every file
        return
    # Commas and brackets of texts count in vain, so they are looked at again without.
    bare = _STRING.sub("", text)
    values = bare.count("[") + bare.count("{") + bare.count(",")
    if values > MOST_VALUES:
        raise InputError(
            f"It holds {values:,} values; the limit is {MOST_VALUES:,}.",
            "Split it into smaller files.",
        )
    depth = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in "[{" else -1
        if depth > DEEPEST:
            raise InputError(
                f"It is nested deeper than the limit of {DEEPEST} levels.", "Flatten it."
            )


_LISTS: Final = ("articles", "artikel", "data", "items", "results", "berita", "posts", "entries")
_GIVE_UP = 100
_FEW = 50
_MOST_BAD = 100_000  # each is kept with its reason until the file is read


def parse_json(text: str) -> object:
    """Parse JSON; raises InputError that says where it breaks or which limit it is beyond."""
    check_nesting(text)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"It is not JSON: {error.msg} at column {error.colno}, line {error.lineno}.",
            "Mend or remove it.",
        ) from error
    except ValueError as error:  # a number of thousands of digits, bytes that are not UTF-8
        raise InputError(f"It is not JSON: {error}.", "Mend or remove it.") from error


def json_items(data: bytes, origin: str, columns: Columns) -> Iterator[Item | Skipped]:
    """Yield the items of a JSON file: one object, a list, or an object with one list inside.

    An item that is the whole file has the line None. JSON Lines under the wrong ending are read
    as such. Raises InputError for what is none of it.
    """
    text = decode(data)
    try:
        found = parse_json(text)
    except InputError as error:
        cause = error.__cause__
        if not (isinstance(cause, json.JSONDecodeError) and cause.msg == "Extra data"):
            raise
        split = enumerate(text.encode("utf-8", "replace").split(b"\n"), 1)
        yield from jsonl_items((Line(number, line) for number, line in split), origin, columns)
        return
    yield from _parsed(found, origin, columns)


def _parsed(found: object, origin: str, columns: Columns) -> Iterator[Item | Skipped]:
    rows = _rows(found)
    if isinstance(rows, dict):
        columns.check(tuple(rows))
        yield dataclasses.replace(columns.item(rows, 1), line=None)
        return
    yield from _take(enumerate(rows, 1), origin, columns)


def _rows(found: object, depth: int = 0) -> dict[str, object] | list[object]:
    if isinstance(found, list):
        only = found[0] if len(found) == 1 else None
        is_dump = isinstance(only, dict) and any(plain(key) in _LISTS for key in only)
        if isinstance(only, dict) and is_dump and depth < 3 and not _has_text(only):
            inner = _rows(only, depth + 1)  # a dump of a whole system, wrapped in a list
            return inner if isinstance(inner, list) else found
        return found
    if not isinstance(found, dict):
        raise InputError("It holds neither an object nor a list of objects.", "")
    check_width(len(found))
    lists = {key: value for key, value in found.items() if _holds_objects(value)}
    usual = [key for key in lists if plain(key) in _LISTS]
    names = usual if len(usual) == 1 else list(lists)
    if _has_text(found) or depth > 3:
        return found
    if len(names) == 1:
        return _rows(found[names[0]], depth + 1)
    if len(names) > 1:
        raise InputError(
            f"It has several lists of objects: {listed(tuple(names))}.",
            "Keep the articles' list only.",
        )
    inner = [found[key] for key in found if plain(key) in _LISTS and isinstance(found[key], dict)]
    return _rows(inner[0], depth + 1) if len(inner) == 1 else found


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _has_text(found: dict[str, object]) -> bool:
    titled = any(plain(key) in ALIASES["title"] and value for key, value in found.items())
    return any(
        plain(key) in ALIASES["text"]
        and (not _holds_objects(value) or (titled and _is_body(value)))
        for key, value in found.items()
    )


def _is_body(value: object) -> bool:
    """True for the blocks of one article; articles in a list have headlines of their own."""
    return isinstance(value, list) and not any(
        isinstance(each, dict) and any(plain(key) in ALIASES["title"] for key in each)
        for each in value[:_FEW]
    )


def jsonl_items(
    found: Iterable[Line | Skipped], origin: str, columns: Columns
) -> Iterator[Item | Skipped]:
    """Yield the items of lines that are JSON objects; empty lines do not count.

    A JSON list under the name of JSON Lines is read as the list it is, within `MOST_BYTES`.
    """
    # No empty one is kept: a packed file of kilobytes may hold thousands of millions.
    lines = (line for line in found if isinstance(line, Skipped) or line.data.strip())
    held = list(islice(lines, 1))
    first = held[0] if held else None
    if isinstance(first, Line) and first.data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        held += _up_to(lines, MOST_BYTES)
        whole = b"\n".join(line.data for line in held if isinstance(line, Line))
        if (listed := _as_list(whole)) is not None:
            yield from _parsed(listed, origin, columns)
            yield from (line for line in held if isinstance(line, Skipped))
            return
    yield from _take(_objects(chain(held, lines), origin), origin, columns)


def _up_to(lines: Iterator[Line | Skipped], limit: int) -> Iterator[Line | Skipped]:
    size = 0
    for line in lines:
        yield line
        size += len(line.data) if isinstance(line, Line) else 0
        if size > limit:
            return


def _as_list(data: bytes) -> list[object] | None:
    """Return a whole list of objects, None where it is none: then its lines are tried."""
    try:
        found = parse_json(decode(data))
    except InputError:
        return None
    return found if isinstance(found, list) and any(isinstance(e, dict) for e in found) else None


def _objects(
    found: Iterable[Line | Skipped], origin: str
) -> Iterator[tuple[int, object] | Skipped]:
    decoder = LineDecoder()
    for line in found:
        if isinstance(line, Skipped):
            yield line
        elif line.data.strip():
            text = decoder.text(line.data).strip()
            if text in ("[", "]"):  # of a list that is not whole
                continue
            try:
                yield line.number, parse_json(text.removesuffix(","))
            except InputError as error:
                yield Skipped(origin, line.number, error.what, error.remedy)


def _take(
    rows: Iterable[tuple[int, object] | Skipped], origin: str, columns: Columns
) -> Iterator[Item | Skipped]:
    """Turn rows into items; a file whose first rows are all bad, or too many, is given up."""
    bad, limit, what = 0, _GIVE_UP, f"None of the first {_GIVE_UP} lines could be used"
    for row in columns.checked(rows):
        result = row if isinstance(row, Skipped) else _item(row[0], row[1], origin, columns)
        yield result
        if isinstance(result, Item):
            limit, what = _MOST_BAD, f"The limit of {_MOST_BAD:,} lines that are no use is reached"
        else:
            bad += 1
        if bad == limit:
            line = (result.line or 0) + 1
            reason = f"{what}; this and all after it were not read."
            yield Skipped(origin, line, reason, "Mend the file; see its first lines.", rest=True)
            return


def _item(line: int, row: object, origin: str, columns: Columns) -> Item | Skipped:
    try:
        if not isinstance(row, dict):
            raise InputError(
                "It is not a JSON object.", "Put one object with a text in each place."
            )
        return columns.item(row, line)
    except InputError as error:
        return Skipped(origin, line, error.what, error.remedy)


def csv_items(
    found: Iterable[Line | Skipped], origin: str, columns: Columns, field_chars: int
) -> Iterator[Item | Skipped]:
    """Yield the rows of a CSV file under its header; the delimiter is told from the header.

    `field_chars` bounds one field. Raises InputError where the header has no text column or
    lacks a mapped one.
    """
    text = _CsvText(found)
    csv.field_size_limit(field_chars)
    header, delimiter = _header(text, columns)
    if text.stop and not header:
        yield text.stop
        return
    if not any(header):
        raise InputError("It has no header.", "Name the columns in the first line.")
    columns.plan(tuple(header))
    columns.check(tuple(header))
    yield from _take(_csv_rows(text, header, delimiter, origin), origin, columns)
    if text.stop:
        yield text.stop


class _CsvText:
    """The decoded lines as the csv module wants them; `stop` says why they ended early."""

    def __init__(self, found: Iterable[Line | Skipped]) -> None:
        self._found = iter(found)
        self._decoder = LineDecoder()
        self.stop: Skipped | None = None
        self.line = 0

    def __iter__(self) -> "_CsvText":
        return self

    def __next__(self) -> str:
        line = next(self._found)
        if isinstance(line, Skipped):
            # Without this line the quotes of all that follow cannot be told apart.
            self.stop = dataclasses.replace(line, rest=True)
            raise StopIteration
        self.line = line.number
        return self._decoder.text(line.data) + "\n"


def _header(text: _CsvText, columns: Columns) -> tuple[list[str], str]:
    """Return the column names and the delimiter that finds most of an article's fields."""
    first = next(text, "").strip("\ufeff\n")
    chosen = re.fullmatch(r"sep=(.)", first)  # Excel writes it, and reads it back
    if chosen:
        first = next(text, "").rstrip("\n")
    best: tuple[int, int] = (-1, -1)
    header: list[str] = []
    delimiter = ","
    for candidate in chosen[1] if chosen else ",;\t|":
        try:
            names = [n.strip() for n in next(csv.reader([first], delimiter=candidate), [])]
        except csv.Error:
            continue
        check_width(len(names))
        score = (columns.known(tuple(names)), len(names))
        if score > best:
            best, header, delimiter = score, names, candidate
    return header, delimiter


def _csv_rows(
    text: _CsvText, header: list[str], delimiter: str, origin: str
) -> Iterator[tuple[int, object] | Skipped]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        start = text.line + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            fault = _csv_fault(error, start, origin)
            yield fault
            if fault.rest:
                return
            continue
        if row is None:
            return
        while len(row) > len(header) and not row[-1].strip():
            row.pop()  # spreadsheets close every row with the commas of their widest
        if len(row) > len(header):
            reason = f"The row has {len(row)} fields, the header {len(header)}."
            yield Skipped(origin, start, reason, "Put fields with the delimiter in quotes.")
        elif row:
            row += [""] * (len(header) - len(row))
            # Of columns with one name the first counts.
            yield start, dict(zip(reversed(header), reversed(row), strict=True))


def _csv_fault(error: csv.Error, line: int, origin: str) -> Skipped:
    if "field larger than field limit" in str(error):
        reason = f"A field is over-long ({error}); this and all after it were not read."
        return Skipped(origin, line, reason, "Look for a quote that is not closed.", rest=True)
    if "unexpected end of data" in str(error):
        reason = "A quote is opened and never closed; this and all after it were not read."
        return Skipped(origin, line, reason, "Close the quote.", rest=True)
    # The message quotes the delimiter, which can be a tab.
    return Skipped(origin, line, shown(f"The row is not CSV: {error}."), "Mend its quotes.")
