"""Taking out of a damaged archive what is whole, into a new one.

As SQLite's own `.recover` does, but every version is accepted only if it has the content its hash
says, so that nothing damaged gets into the new archive.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from warta.corpus.archive.archive import Archive
from warta.corpus.archive.database import APPLICATION_ID, FORMAT, guarded
from warta.corpus.archive.rows import COLUMNS, to_article, unpack
from warta.corpus.errors import InputError
from warta.corpus.reading.files import place

# Rows out of the bare pages of an SQLite file, where SQLite itself no longer finds the way.
#
# A damaged page high in a table's tree hides all rows below it, and a damaged first page hides
# everything. The leaves hold whole rows all the same; they are read as the file format describes
# (https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1). What comes out may be an old
# state or garbage: the caller checks each row.

_TABLE_LEAF: Final = 0x0D
_WIDTHS: Final = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # bytes of serial types 0 to 9
_MOST: Final = 1 << 30  # bytes of one row
Value = int | bytes | str | None


@dataclass(frozen=True, slots=True)
class _File:
    data: bytes
    page: int  # bytes

    def at(self, number: int) -> bytes:
        """Return a page, counted from 1."""
        return self.data[(number - 1) * self.page : number * self.page]


def rows(data: bytes, columns: int) -> Iterator[tuple[Value, ...]]:
    """Yield every row of `columns` values that a leaf of any table holds, page by page.

    Text that is not UTF-8 ends the row it stands in; floating-point numbers come as None.
    """
    file = _File(data, _page_size(data))
    for number in range(1, len(data) // file.page + 1):
        begin = 100 if number == 1 else 0
        page = file.at(number)
        if page[begin] != _TABLE_LEAF:
            continue
        for cell in range(int.from_bytes(page[begin + 3 : begin + 5])):
            at = begin + 8 + 2 * cell
            try:
                payload = _payload(file, page, int.from_bytes(page[at : at + 2]))
                found = _values(payload, columns)
            except (IndexError, UnicodeDecodeError):
                continue
            if found:
                yield found


def _page_size(data: bytes) -> int:
    size = int.from_bytes(data[16:18])
    size = 65_536 if size == 1 else size
    return size if size >= 512 and not size & (size - 1) else 4096  # 4096: as SQLite makes it


def _payload(file: _File, page: bytes, at: int) -> bytes:
    """Return the bytes of one row, those on overflow pages included; IndexError where cut off."""
    size, at = _varint(page, at)
    _, at = _varint(page, at)
    usable = file.page
    here = size
    if size > usable - 35:
        least = (usable - 12) * 32 // 255 - 23
        here = least + (size - least) % (usable - 4)
        here = least if here > usable - 35 else here
    if size > _MOST or at + here > len(page):
        raise IndexError
    if here == size:
        return page[at : at + size]
    parts, left = [page[at : at + here]], size - here
    following = int.from_bytes(page[at + here : at + here + 4])
    while left > 0:
        more = file.at(following) if following else b""
        if len(more) < file.page:
            raise IndexError
        parts.append(more[4 : 4 + left])
        left -= len(parts[-1])
        following = int.from_bytes(more[:4])
    return b"".join(parts)


def _values(payload: bytes, columns: int) -> tuple[Value, ...] | None:
    """Return the values of a row; None where it has another number of columns."""
    end, at = _varint(payload, 0)
    types: list[int] = []
    while at < end and len(types) <= columns:
        kind, at = _varint(payload, at)
        types.append(kind)
    if len(types) != columns or at != end:
        return None
    found: list[Value] = []
    for kind in types:
        width = _WIDTHS[kind] if kind < len(_WIDTHS) else (kind - 12) // 2
        if kind in (10, 11) or at + width > len(payload):
            return None
        found.append(_value(kind, payload[at : at + width]))
        at += width
    return tuple(found)


def _value(kind: int, data: bytes) -> Value:
    if kind in (0, 7):
        return None
    if kind in (8, 9):
        return kind - 8
    if kind < 7:
        return int.from_bytes(data, signed=True)
    return data.decode() if kind % 2 else data


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of one to nine bytes and where it ends."""
    number = 0
    for nth in range(8):
        byte = data[at + nth]
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at + nth + 1
    return number << 8 | data[at + 8], at + 9


_VERSION: Final = f"id, version, content_hash, read_at, {COLUMNS}"
_STATE: Final = "id, version, content_hash, fingerprint, place, gone"
_ORIGINAL: Final = "id, record"
_LOGS: Final = {
    "runs": "run, started, seconds, roots, seen, indexed, unchanged, skipped, removed",
    "skipped": "run, place, origin, line, reason, remedy, rest",
}
_UPDATE: Final = "id, day"
_TABLES: Final = frozenset({"articles", "versions", "originals", "updates", *_LOGS})
_WIDTH: Final = 13  # columns of `versions`
_MOST_ROWS: Final = 1 << 32
_TRIES: Final = 20_000  # of reading a range; a tree without its root has no readable one
_MOST_VERSIONS: Final = 100_000  # of one article; more is a damaged number
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What became of a damaged archive.

    `versions` and `articles` are in the new one. `missing` are the ids of live articles whose
    newest version is not, an older one standing in where there is one; `gone` those of articles
    that were taken out; `unknown` those of which that cannot be told: they are live. `lost` says
    all that is lost.
    """

    versions: int
    articles: int
    missing: frozenset[str]
    gone: frozenset[str]
    unknown: frozenset[str]
    lost: tuple[str, ...]


def salvage(damaged: Path, folder: Path) -> Salvaged:
    """Read the archive file `damaged` as far as it goes; write a new archive into `folder`.

    An article whose state cannot be read is live, and the next run over its source reads it
    again. `damaged` is only read; what stands in its WAL counts. Raises ArchiveError where the
    new archive cannot be written.
    """
    versions, states, logs = _read(damaged)
    lost = _without_hash(versions)
    taken: dict[str, list[int]] = {}
    for id_, number in sorted(versions):
        taken.setdefault(id_, []).append(number)
    newest = {id_: state[1] for id_, state in states.items()}
    for id_, number in lost:
        newest[id_] = max(newest.get(id_, 0), number)
    gone = frozenset(id_ for id_, state in states.items() if state[5])
    missing = {id_ for id_, number in newest.items() if taken.get(id_, [0])[-1] < number}
    with Archive.open(folder) as new, guarded(new.path):
        new._db.execute("BEGIN IMMEDIATE")
        _insert(new, "versions", _VERSION, list(versions.values()))
        _insert(new, "articles", _STATE, [_state(versions, states, id_, taken) for id_ in taken])
        for table, found in logs.items():
            columns = {**_LOGS, "originals": _ORIGINAL, "updates": _UPDATE}[table]
            _insert(new, table, columns, found)
        new._db.execute("COMMIT")
    gaps = tuple(_gaps(lost, states, taken))
    return Salvaged(
        versions=len(versions),
        articles=len(taken),
        missing=frozenset(missing - gone),
        gone=gone,
        unknown=frozenset(taken.keys() - states.keys()),
        lost=gaps,
    )


def other_format(path: Path) -> bool:
    """Tell whether a file is an archive of another version of Warta: not damaged, but not ours."""
    try:
        with path.open("rb") as file:
            head = file.read(72)
    except OSError:
        return False
    own = int.from_bytes(head[68:72]) == APPLICATION_ID and head.startswith(b"SQLite format 3\0")
    return own and int.from_bytes(head[60:64]) > FORMAT


def _read(damaged: Path) -> tuple[dict[tuple[str, int], Row], dict[str, Row], dict[str, list[Row]]]:
    versions: dict[tuple[str, int], Row] = {}
    states: dict[str, Row] = {}
    logs: dict[str, list[Row]] = {}
    if not damaged.exists():
        return versions, states, logs
    db = sqlite3.connect(damaged.absolute().as_uri() + "?mode=ro", uri=True, isolation_level=None)
    # Bytes that are no UTF-8 are damage to one row, not to the query.
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    try:
        if _has_tables(db):
            for row in _range(db, "versions", _VERSION):
                if _is_version(row):
                    _keep(versions, row)
            for table, columns in _LOGS.items():
                logs[table] = list(_range(db, table, columns))
            logs["originals"] = [row for row in _range(db, "originals", _ORIGINAL) if _packed(row)]
            logs["updates"] = [row for row in _range(db, "updates", _UPDATE) if _is_day(row[1])]
            _read_states(db, states, {id_ for id_, _ in versions})
    finally:
        db.close()
    for row in rows(damaged.read_bytes(), _WIDTH):
        if _is_version(row):
            _keep(versions, row)
    return versions, states, logs


def _is_day(value: object) -> bool:
    try:
        return bool(date.fromisoformat(str(value)))
    except ValueError:
        return False


def _has_tables(db: sqlite3.Connection) -> bool:
    """Tell whether what bears our tables' names is none of it a view, which may have no end."""
    query = "SELECT name FROM sqlite_master WHERE type = 'view' OR sql LIKE 'CREATE VIRTUAL%'"
    try:
        return {row[0] for row in db.execute(query)}.isdisjoint(_TABLES)
    except sqlite3.DatabaseError:  # the first page is damaged: nothing is read by name
        return True


def _keep(versions: dict[tuple[str, int], Row], row: Row) -> None:
    """Take a row unless a whole one of the same version is there."""
    key = (row[0], row[1])
    if key not in versions or (not _whole(versions[key]) and _whole(row)):
        versions[key] = row


def _is_version(row: Row) -> bool:
    texts = (value for place, value in enumerate(row) if place != 1)
    return row[1] in range(1, _MOST_VERSIONS) and all(isinstance(value, str) for value in texts)


def _packed(row: Row) -> bool:
    try:
        return bool(unpack(row[1]).id == row[0])
    except (ValueError, TypeError):
        return False


def _whole(row: Row) -> bool:
    try:
        return bool(to_article(row[0], *row[4:]).content_hash == row[2])
    except (InputError, ValueError, TypeError):
        return False


def _range(db: sqlite3.Connection, table: str, columns: str) -> Iterator[Row]:
    """Yield the rows of a table that can be read, halving the range where a page cannot be."""
    try:
        db.execute(f"SELECT {columns} FROM {table} LIMIT 0")
    except sqlite3.DatabaseError:  # without the first page no range is found, however short
        return
    query = f"SELECT {columns} FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
    waiting, failed = [(0, _MOST_ROWS)], 0
    while waiting and failed < _TRIES:
        first, last = waiting.pop()
        try:
            found = db.execute(query, (first, last)).fetchall()
        except sqlite3.DatabaseError:
            failed += 1
            if first < last:
                middle = (first + last) // 2
                waiting += [(middle + 1, last), (first, middle)]
            continue
        yield from found


def _read_states(db: sqlite3.Connection, states: dict[str, Row], known: set[str]) -> None:
    """Read the state of each article: on in order as far as it goes, then one by one."""
    for order in ("ASC", "DESC"):
        try:
            for row in db.execute(f"SELECT {_STATE} FROM articles ORDER BY id {order}"):
                _keep_state(states, row)
        except sqlite3.DatabaseError:
            continue
        return
    for id_ in sorted(known - states.keys()):
        try:
            for row in db.execute(f"SELECT {_STATE} FROM articles WHERE id = ?", (id_,)):
                _keep_state(states, row)
        except sqlite3.DatabaseError:
            continue


def _keep_state(states: dict[str, Row], row: Row) -> None:
    texts = all(isinstance(row[place], str) for place in (0, 2, 3, 4))
    if texts and row[5] in (0, 1) and row[1] in range(1, _MOST_VERSIONS):
        states[row[0]] = row


def _without_hash(versions: dict[tuple[str, int], Row]) -> list[tuple[str, int]]:
    """Take out the versions that are not what their hash says; return which."""
    lost = [key for key, row in versions.items() if not _whole(row)]
    for key in lost:
        del versions[key]
    return sorted(lost)


def _state(
    versions: dict[tuple[str, int], Row],
    states: dict[str, Row],
    id_: str,
    taken: dict[str, list[int]],
) -> Row:
    """Return an article's row; without a fingerprint, what has to be read again."""
    newest = versions[id_, taken[id_][-1]]
    state = states.get(id_)
    if state and state[1:3] == newest[1:3]:
        return state
    at = state[4] if state else place(newest[10])
    return (id_, newest[1], newest[2], "", at, state[5] if state else 0)


def _insert(new: Archive, table: str, columns: str, found: Sequence[Row]) -> None:
    marks = ",".join("?" * (columns.count(",") + 1))
    query = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"
    for row in found:
        try:
            new._db.execute(query, row)
        except UnicodeEncodeError:  # a line of the log with damaged text
            continue


def _gaps(
    lost: Sequence[tuple[str, int]], states: dict[str, Row], taken: dict[str, list[int]]
) -> Iterator[str]:
    """Say what is lost, by article: also versions that nothing but their number is known of."""
    numbers: dict[str, set[int]] = {}
    for id_, number in lost:
        numbers.setdefault(id_, set()).add(number)
    for id_ in sorted(states.keys() | taken.keys() | numbers.keys()):
        held = taken.get(id_, [])
        last = max([*held, *numbers.get(id_, ()), states[id_][1] if id_ in states else 0])
        for number in sorted(set(range(1, last + 1)) - set(held)):
            yield f"Version {number} of article {id_!r} is lost."
        if id_ not in states:
            yield unknown_state(id_)


def unknown_state(id_: str) -> str:
    """Say of an article that it may have been taken out."""
    return f"Whether article {id_!r} was taken out is not known; it is live."
