"""The archive: every article in every version it had, in one SQLite file.

It is the only thing in a home that cannot be rebuilt, so every transaction is synced in full,
what is pruned stays, and a file is checked to be an archive before it is trusted.
"""

import json
import logging
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal

from warta.corpus.archive.database import connect, copy_to, guarded
from warta.corpus.archive.rows import (
    COLUMNS,
    Counts,
    Finding,
    Listed,
    Run,
    Version,
    Wanted,
    to_article,
    to_row,
    unpack,
)
from warta.corpus.article import Article, Record, Skipped
from warta.corpus.errors import ArchiveError, DiskError, InputError, LockedError
from warta.corpus.reading.files import is_address, place

NAME: Final = "archive.sqlite"
_log = logging.getLogger(__name__)
_BATCH: Final = 1000
_NO_ORIGINALS: Final[Mapping[str, bytes]] = {}
_NEWEST: Final = (
    f"SELECT a.id, {COLUMNS} FROM articles a "
    "JOIN versions v ON v.id = a.id AND v.version = a.version"
)


Order = Literal["published", "read", "title", "id"]
ORDERS: Final[tuple[Order, ...]] = ("published", "read", "title", "id")
_ORDERS: Final = {
    "published": "v.published DESC",
    "read": "v.read_at DESC",
    "title": "fold(v.title)",
    "id": "a.id",
}


def _now() -> datetime:
    return datetime.now(UTC)


class Archive:
    """The articles of one home. Open it in the thread that uses it: one connection, one thread.

    Any number of readers may have it open while one process writes. All methods raise
    ArchiveError when the file turns out damaged or cannot be written, LockedError when another
    process keeps writing for over five seconds.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, now: Callable[[], datetime] = _now
    ) -> None:
        self._db = connection
        self.path = path
        self._now = now
        self._run = 0
        self._roots: tuple[str, ...] = ()

    @classmethod
    def open(cls, home: Path | str, readonly: bool = False) -> "Archive":
        """Open the archive in `home`, making it where there is none.

        Raises ArchiveError when the file is no archive, is damaged or of another format, and
        for `readonly` when there is none.
        """
        path = Path(home) / NAME
        return cls(connect(path, readonly), path)

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was put is already safe."""
        self._db.close()

    # -- articles ---------------------------------------------------------------------------

    def put(self, article: Article, fingerprint: str) -> None:
        """Store one article as `put_many` does."""
        self.put_many([(article, fingerprint)])

    def put_many(
        self, found: Iterable[tuple[Article, str]], originals: Mapping[str, bytes] = _NO_ORIGINALS
    ) -> None:
        """Store articles with the fingerprints of their records, a thousand a transaction.

        A changed article becomes a new version. One with the content it had keeps its version
        and is live again if it was gone. `originals`: by id, the packed records they were made
        from, stored with them; of an article that has none here the stored one stays.
        """
        rest = iter(found)
        at: dict[str, str] = {}
        while batch := list(islice(rest, _BATCH)):
            with self._transaction():
                for article, fingerprint in batch:
                    if article.origin not in at:
                        at[article.origin] = place(article.origin)
                    self._put(article, fingerprint, at[article.origin])
                    if article.id in originals:
                        self._db.execute(
                            "INSERT OR REPLACE INTO originals (id, record) VALUES (?, ?)",
                            (article.id, originals[article.id]),
                        )

    def renew(self, found: Iterable[tuple[Article, str]]) -> None:
        """Store articles made anew from their originals; where each was found stays."""
        at = self.places()
        rest = iter(found)
        while batch := list(islice(rest, _BATCH)):
            with self._transaction():
                for article, fingerprint in batch:
                    if article.id in at:
                        self._put(article, fingerprint, at[article.id])

    def _put(self, article: Article, fingerprint: str, at: str) -> None:
        query = "SELECT version, content_hash, fingerprint FROM articles WHERE id = ?"
        version, old, made_from = self._db.execute(query, (article.id,)).fetchone() or (0, "", "")
        new = article.content_hash
        if new == old:
            # Where it was found and what cleaning noted may change without the content.
            self._db.execute(
                "UPDATE versions SET origin = ?, removed = ?, date_note = ? "
                "WHERE id = ? AND version = ?",
                (*to_row(article)[6:], article.id, version),
            )
        else:
            version += 1
            now = self._now()
            self._db.execute(
                f"INSERT INTO versions (id, version, content_hash, read_at, {COLUMNS}) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (article.id, version, new, now.isoformat(), *to_row(article)),
            )
            if made_from and _record(made_from) != _record(fingerprint):
                day = now.astimezone().date().isoformat()
                query = "INSERT OR REPLACE INTO updates (id, day) VALUES (?, ?)"
                self._db.execute(query, (article.id, day))
        self._db.execute(
            "INSERT OR REPLACE INTO articles (id, version, content_hash, fingerprint, place, gone)"
            " VALUES (?, ?, ?, ?, ?, 0)",
            (article.id, version, new, fingerprint, at),
        )

    def original(self, id_: str) -> Record | None:
        """Return what an article's newest version was made from, None where it was not kept."""
        for record in self.originals([id_]):
            return record
        return None

    def originals(self, ids: Iterable[str]) -> Iterator[Record]:
        """Yield the records that articles were made from; what is not kept or damaged is missing.

        Articles archived by an early Warta have none until their files are read again.
        """
        for id_ in ids:
            try:
                for (data,) in self._rows("SELECT record FROM originals WHERE id = ?", (id_,)):
                    yield unpack(data)
            except ValueError:
                _log.warning("What article %r was made from is damaged; index its file again.", id_)

    def forget(self, ids: Iterable[str]) -> None:
        """Take articles out of the live ones; their versions stay."""
        with self._transaction():
            self._db.executemany(
                "UPDATE articles SET gone = 1 WHERE id = ? AND NOT gone", ((i,) for i in ids)
            )

    def bring_back(self, ids: Iterable[str]) -> None:
        """Make articles live again that were taken out; their text has to be here still."""
        with self._transaction():
            self._db.executemany("UPDATE articles SET gone = 0 WHERE id = ?", ((i,) for i in ids))

    def texts(self, ids: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Yield (id, title, text) of every version of these articles."""
        for part in _parts(ids):
            marks = ",".join("?" * len(part))
            yield from self._rows(
                f"SELECT id, title, text FROM versions WHERE id IN ({marks})", part
            )

    def known(self, ids: Iterable[str]) -> set[str]:
        """Return those of `ids` that the archive has, live or gone."""
        found: set[str] = set()
        for part in _parts(ids):
            marks = ",".join("?" * len(part))
            found |= {
                row[0] for row in self._rows(f"SELECT id FROM articles WHERE id IN ({marks})", part)
            }
        return found

    def erase(self, ids: Iterable[str]) -> None:
        """Take every version and record of these articles out of the file, and of its WAL.

        Raises LockedError where another process goes on reading an old state for over five
        seconds: the articles are gone then, but their bytes may not be.
        """
        wanted = [(id_,) for id_ in ids]
        with guarded(self.path):
            self._db.execute("PRAGMA secure_delete = ON")
            with self._transaction():
                for table in ("updates", "originals", "versions", "articles"):
                    self._db.executemany(f"DELETE FROM {table} WHERE id = ?", wanted)
            self._compact()

    def _compact(self) -> None:
        """Write the file anew without its free pages, and empty the WAL.

        What was deleted before, by a new note on an old version, too, may stand in both.
        """
        with guarded(self.path):
            self._db.execute("VACUUM")
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise LockedError(
                f"Another process goes on reading {self.path}: erased texts are still in its log.",
                "Run the same command again when it has ended.",
            )

    def prune(self, seen: Iterable[str], roots: Iterable[str | Path]) -> list[str]:
        """Forget the live articles from under `roots` that are not in `seen`; return their ids.

        Articles from a file or folder that this run could not read to its end are kept, and so
        are those of feeds at an address: what leaves a feed is old, not withdrawn.
        """
        asked = [place(str(root)) for root in roots if not is_address(str(root))]
        unread = self._places_not_read()
        kept = set(seen)
        left = [
            id_
            for id_, at in self.places().items()
            if id_ not in kept and is_under(at, asked) and not is_under(at, unread)
        ]
        self.forget(left)
        return left

    def _places_not_read(self) -> list[str]:
        query = "SELECT DISTINCT place FROM skipped WHERE run = ? AND rest"
        return [row[0] for row in self._rows(query, (self._run,))]

    def __len__(self) -> int:
        """Count the live articles."""
        return int(next(self._rows("SELECT count(*) FROM articles WHERE NOT gone"))[0])

    def fingerprints(self) -> dict[str, str]:
        """Return for each live id the fingerprint its article was put with, in id order."""
        return self._live("fingerprint")

    def hashes(self) -> dict[str, str]:
        """Return for each live id the content hash of its newest version, in id order."""
        return self._live("content_hash")

    def places(self, *, gone: bool = False) -> dict[str, str]:
        """Return for each live id the absolute path or address it was last seen at.

        `gone`: those of articles that were taken out as well.
        """
        if gone:
            return dict(self._rows("SELECT id, place FROM articles ORDER BY id"))
        return self._live("place")

    def _live(self, column: str) -> dict[str, str]:
        query = f"SELECT id, {column} FROM articles WHERE NOT gone ORDER BY id"
        with guarded(self.path):
            return dict(self._db.execute(query).fetchall())

    def articles(self, ids: Iterable[str] | None = None) -> Iterator[Article]:
        """Yield the newest versions of live articles in id order; of `ids` only where given."""
        wanted = self._live("place") if ids is None else ids
        for part in _parts(wanted):
            marks = ",".join("?" * len(part))
            query = f"{_NEWEST} WHERE a.id IN ({marks}) AND NOT a.gone ORDER BY a.id"
            yield from [to_article(*row) for row in self._rows(query, part)]

    def get(self, id_: str) -> Article:
        """Return an article's newest version, gone or not; raises InputError if never seen."""
        for row in self._rows(f"{_NEWEST} WHERE a.id = ?", (id_,)):
            return to_article(*row)
        raise InputError(f"There is no article {id_!r} in {self.path}.", "Check the id.")

    def listed(self, wanted: Wanted, order: Order = "published") -> Iterator[Listed]:
        """Yield the articles that are wanted: newest first, by "title" and "id" from A to Z.

        "published" orders by day of publication, undated ones last, "read" by when the newest
        version was read.
        """
        self._db.create_function("fold", 1, str.casefold, deterministic=True)
        where, values = _conditions(wanted)
        query = (
            "SELECT a.id, v.title, v.published, v.source, v.url, a.version, "
            "(SELECT min(read_at) FROM versions WHERE id = a.id), v.read_at, a.gone "
            "FROM articles a JOIN versions v ON v.id = a.id AND v.version = a.version "
            f"WHERE {where} ORDER BY {_ORDERS[order]}, a.id"
        )
        for id_, title, day, source, url, version, read_at, changed_at, gone in self._rows(
            query, values
        ):
            yield Listed(
                id=id_,
                title=title,
                published=date.fromisoformat(day) if day else None,
                source=source,
                url=url,
                version=version,
                read_at=datetime.fromisoformat(read_at),
                changed_at=datetime.fromisoformat(changed_at),
                gone=bool(gone),
            )

    def place_of(self, id_: str) -> str:
        """Return the absolute path or address an article was last seen at; "" if never seen."""
        query = "SELECT place FROM articles WHERE id = ?"
        return next((str(row[0]) for row in self._rows(query, (id_,))), "")

    def is_live(self, id_: str) -> bool:
        """Tell whether an article is among the live ones."""
        return any(self._rows("SELECT 1 FROM articles WHERE id = ? AND NOT gone", (id_,)))

    def updates(self) -> dict[str, date]:
        """Return for each article that its outlet changed the day the last change was read.

        Another way of cleaning makes a new version, but no update.
        """
        if not next(self._rows("SELECT count(*) FROM sqlite_master WHERE name = 'updates'"))[0]:
            return {}  # read-only, of an earlier Warta
        rows = self._rows("SELECT id, day FROM updates ORDER BY id")
        return {id_: date.fromisoformat(day) for id_, day in rows}

    def history(self, id_: str) -> list[Version]:
        """Return all versions of an article, oldest first; [] where it was never seen."""
        query = (
            f"SELECT version, read_at, id, {COLUMNS} FROM versions WHERE id = ? ORDER BY version"
        )
        return [
            Version(number, datetime.fromisoformat(read_at), to_article(*row))
            for number, read_at, *row in self._rows(query, (id_,))
        ]

    def read_since(self, moment: datetime) -> list[str]:
        """Return the live articles that were read for the first time after a moment in UTC."""
        query = (
            "SELECT a.id FROM articles a JOIN versions v ON v.id = a.id WHERE NOT a.gone "
            "GROUP BY a.id HAVING min(v.read_at) > ? ORDER BY a.id"
        )
        return [id_ for (id_,) in self._rows(query, (moment.astimezone(UTC).isoformat(),))]

    def date_notes(self) -> dict[str, str]:
        """Return the live articles whose date had to be decided, with how, in id order."""
        return dict(
            self._rows(
                "SELECT a.id, v.date_note FROM articles a "
                "JOIN versions v ON v.id = a.id AND v.version = a.version "
                "WHERE NOT a.gone AND v.date_note <> '' ORDER BY a.id"
            )
        )

    # -- runs -------------------------------------------------------------------------------

    def begin_run(self, roots: Sequence[str | Path] = ()) -> int:
        """Note that a run over `roots` begins; return its number."""
        self._roots = tuple(place(str(root)) for root in roots)
        with self._transaction():
            cursor = self._db.execute(
                "INSERT INTO runs (started, roots) VALUES (?, ?)",
                (self._now().isoformat(), json.dumps(self._roots)),
            )
        self._run = cursor.lastrowid or 0
        return self._run

    def skip(self, found: Iterable[Skipped]) -> None:
        """Store what the present run did not take."""
        rows = (
            (self._run, place(s.origin), s.origin, s.line, s.reason, s.remedy, s.rest)
            for s in found
        )
        with self._transaction():
            self._db.executemany("INSERT INTO skipped VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def set_aside(self, id_: str, reason: str, remedy: str) -> None:
        """Take a live article out as skipped by the last run: what it is made of cannot be used."""
        origin = self.get(id_).origin
        with self._transaction():
            self._db.execute("UPDATE articles SET gone = 1 WHERE id = ?", (id_,))
            self._db.execute(
                "INSERT INTO skipped SELECT coalesce(max(run), 0), ?, ?, NULL, ?, ?, 0 FROM runs",
                (place(origin), origin, f"Article {id_!r}: {reason}", remedy),
            )

    def end_run(self, counts: Counts) -> None:
        """Note what was read; what earlier runs skipped under the same roots is settled."""
        with self._transaction():
            query = "SELECT DISTINCT place FROM skipped WHERE run < ?"
            old = [row[0] for row in self._db.execute(query, (self._run,))]
            self._db.executemany(
                "DELETE FROM skipped WHERE place = ? AND run < ?",
                [(at, self._run) for at in old if is_under(at, self._roots)],
            )
            self._db.execute(
                "UPDATE runs SET seen = ?, indexed = ?, unchanged = ?, skipped = ?, removed = ? "
                "WHERE run = ?",
                (
                    *(counts.seen, counts.indexed, counts.unchanged),
                    *(counts.skipped, counts.removed, self._run),
                ),
            )

    def finish_run(self, seconds: float) -> None:
        """Note how long the last run took once what it read can be searched."""
        with self._transaction():
            self._db.execute(
                "UPDATE runs SET seconds = ? WHERE run = (SELECT max(run) FROM runs)", (seconds,)
            )

    def skipped(self) -> list[Skipped]:
        """Return what the last run over each origin did not take, by origin and line."""
        query = (
            "SELECT origin, line, reason, remedy, rest FROM skipped s WHERE run = "
            "(SELECT max(run) FROM skipped WHERE place = s.place) ORDER BY origin, line, reason"
        )
        return [
            Skipped(origin, line, reason, remedy, bool(rest))
            for origin, line, reason, remedy, rest in self._rows(query)
        ]

    def runs(self) -> list[Run]:
        """Return all runs, the last one first."""
        query = (
            "SELECT run, started, seconds, roots, seen, indexed, unchanged, skipped, removed "
            "FROM runs ORDER BY run DESC"
        )
        return [
            Run(
                number,
                datetime.fromisoformat(started),
                seconds,
                tuple(json.loads(roots)),
                Counts(*(count or 0 for count in counts)),
                was_read=counts[0] is not None,
            )
            for number, started, seconds, roots, *counts in self._rows(query)
        ]

    # -- safety -----------------------------------------------------------------------------

    def check(self) -> list[Finding]:
        """Verify the file's structure and every version against its content hash."""
        remedy = "Restore a backup, or run warta check --repair."
        try:
            faults = [str(row[0]) for row in self._rows("PRAGMA integrity_check(20)")]
            found = [Finding(f"{self.path}: {fault}", remedy) for fault in faults if fault != "ok"]
            found += [Finding(what, remedy) for what in self._damaged_versions()]
        except DiskError:
            raise  # of the disk: nothing says that the archive is damaged
        except ArchiveError as error:
            return [Finding(error.what, remedy)]
        return found

    def _damaged_versions(self) -> Iterator[str]:
        query = f"SELECT id, version, content_hash, {COLUMNS} FROM versions"
        for id_, version, expected, *row in self._rows(query):
            try:
                whole = to_article(id_, *row).content_hash == expected
            except (InputError, ValueError):
                whole = False
            if not whole:
                yield f"Version {version} of article {id_!r} does not match its hash."
        query = (
            "SELECT a.id FROM articles a LEFT JOIN versions v "
            "ON v.id = a.id AND v.version = a.version AND v.content_hash = a.content_hash "
            "WHERE v.id IS NULL"
        )
        for (id_,) in self._rows(query):
            yield f"The newest version of article {id_!r} is missing."

    def backup(self, path: Path | str) -> None:
        """Write a consistent copy to `path`, also while others write; replaces the file at once.

        Raises ArchiveError when it cannot be written.
        """
        with guarded(Path(path)):
            copy_to(self._db, Path(path))

    # -- plumbing ---------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with guarded(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _rows(self, query: str, values: Sequence[object] = ()) -> Iterator[Any]:
        with guarded(self.path):
            yield from self._db.execute(query, values)


def _conditions(wanted: Wanted) -> tuple[str, list[object]]:
    conditions = ["a.gone = ?"]
    values: list[object] = [wanted.gone]
    if wanted.since:
        conditions.append("v.published >= ?")
        values.append(wanted.since.isoformat())
    if wanted.until:
        conditions.append("v.published <= ? AND v.published <> ''")
        values.append(wanted.until.isoformat())
    if wanted.sources:
        marks = ",".join("?" * len(wanted.sources))
        conditions.append(f"fold(v.source) IN ({marks})")
        values += [source.casefold() for source in wanted.sources]
    if wanted.title:
        conditions.append("instr(fold(v.title), ?) > 0")
        values.append(wanted.title.casefold())
    return " AND ".join(conditions), values


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    """Yield the ids in order, as many at a time as one query takes."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):
        yield wanted[start : start + 500]


def _record(fingerprint: str) -> str:
    """Return the part of a fingerprint that stands for the record, not for how it is cleaned."""
    return fingerprint.partition("-")[0]


def is_under(at: str, roots: Sequence[str]) -> bool:
    """Tell whether a place is one of `roots` or lies below one."""
    return any(at == root or at.startswith(root.rstrip(os.sep) + os.sep) for root in roots)
