"""Opening the archive's SQLite file, and what its errors mean to a user."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from warta.corpus.errors import ArchiveError, LockedError, WartaError

# The archive's tables, and what tells an archive from any other file.

# "WART": `file` and every tool for SQLite show it.
APPLICATION_ID: Final = 0x57415254
FORMAT: Final = 2

_ORIGINALS: Final = """
CREATE TABLE originals (
    id TEXT PRIMARY KEY,
    record BLOB NOT NULL           -- what the newest version was made from, packed
)
"""
MIGRATIONS: Final[Mapping[int, str]] = {2: _ORIGINALS}
"""What makes each format out of the one before: statements, parted by ";" at a line's end."""

TABLES: Final = """
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,      -- the newest one
    content_hash TEXT NOT NULL,    -- of that version
    fingerprint TEXT NOT NULL,     -- of the record it was made from
    place TEXT NOT NULL,           -- absolute path or address it was last seen at
    gone INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX articles_by_place ON articles (place);
CREATE TABLE versions (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,      -- counted from 1
    content_hash TEXT NOT NULL,
    read_at TEXT NOT NULL,         -- UTC, ISO 8601
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    published TEXT NOT NULL,       -- ISO 8601 or ''
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    language TEXT NOT NULL,
    origin TEXT NOT NULL,
    removed TEXT NOT NULL,         -- lines, joined by newlines
    date_note TEXT NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    seconds REAL,                  -- until it could be searched; NULL where it did not get there
    roots TEXT NOT NULL,           -- JSON list of places
    seen INTEGER, indexed INTEGER, unchanged INTEGER, skipped INTEGER, removed INTEGER
);
CREATE TABLE skipped (
    run INTEGER NOT NULL,
    place TEXT NOT NULL,
    origin TEXT NOT NULL,
    line INTEGER,
    reason TEXT NOT NULL,
    remedy TEXT NOT NULL,
    rest INTEGER NOT NULL
);
CREATE INDEX skipped_by_place ON skipped (place, run);
"""  # format 1; all that came later is in MIGRATIONS


_WAIT_SECONDS: Final = 5.0
_SETTINGS: Final = (
    "PRAGMA synchronous = FULL",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA temp_store = MEMORY",
)


def connect(path: Path, readonly: bool = False) -> sqlite3.Connection:
    """Open an archive, making one where there is none and `readonly` is not asked.

    An older format is brought to the present one, unless `readonly`: then it is read as it is.
    Raises ArchiveError when the file is no archive, damaged, of a newer format or not there.
    """
    if readonly and not path.is_file():
        raise ArchiveError(f"There is no archive at {path}.", "Run warta index PATH first.")
    with guarded(path):
        fresh = not path.exists()
        if not readonly:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = _connection(path, readonly)
        try:
            for setting in _SETTINGS:
                connection.execute(setting)
            if not readonly:
                _make(connection)
                _migrate(connection)
            _verify(connection, path)
        except BaseException:
            connection.close()
            raise
        if fresh:
            _sync(path.parent)
    return connection


def _connection(path: Path, readonly: bool) -> sqlite3.Connection:
    address = path.absolute().as_uri() + ("?mode=ro" if readonly else "?mode=rwc")
    wal = path.with_name(path.name + "-wal")
    if readonly and not os.access(path.parent, os.W_OK) and not wal.exists():
        # SQLite wants to write its shared memory beside the file; where nobody can write,
        # nobody can change the file either.
        address += "&immutable=1"
    return sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)


def _make(connection: sqlite3.Connection) -> None:
    """Make the tables in a file that is new, or was left empty by a killed first run."""
    if not _is_empty(connection):
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if _is_empty(connection):  # nobody was quicker
        _apply(connection, TABLES)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
        _grow(connection)
    connection.execute("COMMIT")


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring an archive of an older format to this one, wholly or not at all."""
    if _number(connection, "application_id") != APPLICATION_ID:
        return
    if 0 < _number(connection, "user_version") < FORMAT:
        connection.execute("BEGIN IMMEDIATE")
        _grow(connection)
        connection.execute("COMMIT")


def _grow(connection: sqlite3.Connection) -> None:
    for number in range(_number(connection, "user_version") + 1, FORMAT + 1):
        _apply(connection, MIGRATIONS[number])
        connection.execute(f"PRAGMA user_version = {number}")


def _apply(connection: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";\n"):
        connection.execute(statement)


def _is_empty(connection: sqlite3.Connection) -> bool:
    return (
        _number(connection, "application_id") == 0
        and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    )


def _verify(connection: sqlite3.Connection, path: Path) -> None:
    if _number(connection, "application_id") != APPLICATION_ID:
        raise ArchiveError(f"{path} is not a Warta archive.", "Choose another --home.")
    found = _number(connection, "user_version")
    if found > FORMAT:
        raise ArchiveError(
            f"{path} has format {found}; this Warta knows up to {FORMAT}.", "Upgrade Warta."
        )
    if found < 1:
        raise ArchiveError(
            f"{path} has format {found}; this Warta needs {FORMAT}.",
            "Index the articles again into a new --home.",
        )


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def copy_to(connection: sqlite3.Connection, target: Path) -> None:
    """Write a consistent copy of an open database; it stands at `target` whole or not at all."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    copy = sqlite3.connect(part)
    try:
        connection.backup(copy, pages=1000)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
    _sync(part)
    os.replace(part, target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Raise what SQLite and the system report about `path` as errors of ours."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _meaning(error, path) from error
    except UnicodeEncodeError as error:
        raise ArchiveError(f"A text cannot be stored: {error}.", "Report this.") from error
    except OSError as error:
        why = error.strerror or str(error)
        raise ArchiveError(f"{path} cannot be used: {why}.", "Check the folder.") from error


def _meaning(error: sqlite3.DatabaseError, path: Path) -> WartaError:
    # The low byte is the kind of error, the rest its detail.
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LockedError(f"Another process is writing to {path}.", "Try again later.")
    if code == sqlite3.SQLITE_FULL:
        return ArchiveError(f"The disk of {path} is full.", "Free space, then run again.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return ArchiveError(f"{path} cannot be opened or written: {error}.", "Check its rights.")
    if code == sqlite3.SQLITE_IOERR:
        return ArchiveError(f"Reading or writing {path} failed: {error}.", "Check the disk.")
    if code == sqlite3.SQLITE_NOTADB:
        return ArchiveError(f"{path} is not a Warta archive: {error}.", "Choose another --home.")
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
        raise error
    return ArchiveError(
        f"The archive {path} is damaged: {error}.", "Restore a backup, or run warta check --repair."
    )
