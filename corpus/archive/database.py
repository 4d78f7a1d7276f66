"""Opening the archive's SQLite file, and what its errors mean to a user."""

import errno
import os
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from warta.corpus.errors import ArchiveError, DiskError, LockedError, WartaError

HOME_MODE: Final = 0o750
"""Of a home that Warta makes: what readers asked and articles kept are not for all the machine."""

# The archive's tables, and what tells an archive from any other file.

# "WART": `file` and every tool for SQLite show it.
APPLICATION_ID: Final = 0x57415254
FORMAT: Final = 3

_ORIGINALS: Final = """
CREATE TABLE originals (
    id TEXT PRIMARY KEY,
    record BLOB NOT NULL           -- what the newest version was made from, packed
)
"""
_UPDATES: Final = """
CREATE TABLE updates (
    id TEXT PRIMARY KEY,
    day TEXT NOT NULL              -- ISO 8601: when the outlet's last change of it was read
)
"""
MIGRATIONS: Final[Mapping[int, str]] = {2: _ORIGINALS, 3: _UPDATES}
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
_LITTLE: Final = 256 * 1024  # bytes free on a disk that counts as full
# Errors that say something of what is on the disk; all others of its kind of the disk itself.
_READING_FAILED: Final = frozenset(
    {
        sqlite3.SQLITE_IOERR_READ,
        sqlite3.SQLITE_IOERR_SHORT_READ,
        sqlite3.SQLITE_IOERR_CORRUPTFS,
        sqlite3.SQLITE_IOERR_DATA,
    }
)
_REFUSED: Final = frozenset({errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO})
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
            path.parent.mkdir(HOME_MODE, parents=True, exist_ok=True)
        try:
            connection = _opened(path, "mode=ro" if readonly else "mode=rwc", readonly)
        except sqlite3.OperationalError as error:
            if not readonly or not _lacks_shared_memory(error):
                raise
            connection = _opened_alone(path)
        if fresh:
            _sync(path.parent)
    return connection


def _opened(path: Path, how: str, readonly: bool, first: Sequence[str] = ()) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?{how}"
    connection = sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)
    try:
        for setting in (*first, *_SETTINGS):
            connection.execute(setting)
        if not readonly:
            _make(connection)
            _migrate(connection)
        _verify(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _opened_alone(path: Path) -> sqlite3.Connection:
    """Open an archive where SQLite cannot make its shared memory beside it.

    On a full or read-only disk nobody can write, so nobody has to be told that we read: without
    a log of writes the file is all there is, and with one it is read by this process alone.
    """
    wal = path.with_name(path.name + "-wal")
    if not wal.exists() or not wal.stat().st_size:
        return _opened(path, "mode=ro&immutable=1", readonly=True)
    return _opened(path, "mode=rw", True, ["PRAGMA locking_mode = EXCLUSIVE"])


def _lacks_shared_memory(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None) or 0
    kind = code & 0xFF
    on_disk = kind == sqlite3.SQLITE_IOERR and code not in _READING_FAILED
    return on_disk or kind in (
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_FULL,
    )


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
    if strange := foreign(connection):
        raise ArchiveError(
            f"{path} holds {strange}, which no archive of Warta has and which could change what is "
            "read or written.",
            "Take a backup that Warta made, or run warta check --repair.",
        )
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


def foreign(connection: sqlite3.Connection) -> str:
    """Name the first trigger, view, index or table that is not as we make it; "" for none."""
    ours = _ours()
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master"):
        if kind == "index" and sql is None and str(name).startswith("sqlite_autoindex_"):
            continue
        if ours.get((kind, name)) != _plain(sql):
            return f"the {kind} {str(name)[:60]!r}"
    return ""


@cache
def _ours() -> dict[tuple[str, str], str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        for statements in (TABLES, *MIGRATIONS.values()):
            connection.executescript(statements)
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    return {(kind, name): _plain(sql) for kind, name, sql in rows if sql is not None}


def _plain(sql: object) -> str:
    """Return a definition without comments and spaces, as SQLite reads it."""
    return "".join(re.sub(r"--[^\n]*", "", str(sql)).split())


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def copy_to(connection: sqlite3.Connection, target: Path) -> None:
    """Write a consistent copy of an open database; it stands at `target` whole or not at all."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    copy = sqlite3.connect(part)
    given_up = time.monotonic() + _WAIT_SECONDS

    def look(status: int, remaining: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > given_up:
            raise LockedError("Another process keeps the archive to itself.", "Try again later.")

    try:
        # All of it in one step under one read: in steps the copy begins anew whenever somebody
        # has written in between, and, of a file on a read-only disk with a log beside it, always.
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connection.backup(copy, pages=-1, progress=look)
        finally:
            connection.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode = DELETE")
    except BaseException:
        copy.close()
        part.unlink(missing_ok=True)
        raise
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


def disk_problem(path: Path) -> str:
    """Say what is wrong with the disk under `path`, "" where it is neither full nor read-only."""
    try:
        state = os.statvfs(path if path.exists() else path.parent)
    except OSError:
        return ""
    free = state.f_bavail * state.f_frsize
    if state.f_flag & os.ST_RDONLY:
        return "The disk is mounted read-only: what is there can be read, nothing can be added."
    if free < _LITTLE:
        return f"The disk is full ({free:,} bytes are free): free some space."
    return ""


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
        kind = DiskError if error.errno in _REFUSED else ArchiveError
        remedy = disk_problem(path) or "Check the folder."
        raise kind(f"{path} cannot be used: {why}.", remedy) from error


def _meaning(error: sqlite3.DatabaseError, path: Path) -> WartaError:
    # The low byte is the kind of error, the rest its detail.
    whole = getattr(error, "sqlite_errorcode", None) or 0
    code = whole & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LockedError(f"Another process is writing to {path}.", "Try again later.")
    if code == sqlite3.SQLITE_FULL:
        return DiskError(f"The disk of {path} is full.", "Free space, then run again.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        remedy = disk_problem(path) or "Check its rights."
        return DiskError(f"{path} cannot be opened or written: {error}.", remedy)
    if code == sqlite3.SQLITE_IOERR and whole in _READING_FAILED:
        return ArchiveError(f"Reading {path} failed: {error}.", "Check the disk.")
    if code == sqlite3.SQLITE_IOERR:
        remedy = disk_problem(path) or "Check the disk."
        return DiskError(f"Reading or writing {path} failed: {error}.", remedy)
    if code == sqlite3.SQLITE_NOTADB:
        return ArchiveError(f"{path} is not a Warta archive: {error}.", "Choose another --home.")
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
        raise error
    return ArchiveError(
        f"The archive {path} is damaged: {error}.", "Restore a backup, or run warta check --repair."
    )
