"""`passages.sqlite`: the articles and passages of one snapshot, written once, then only read."""

import contextlib
import os
import sqlite3
import weakref
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from warta.corpus.article import Article
from warta.corpus.errors import DamagedSnapshot, InputError
from warta.index.candidates import Rows
from warta.index.forking import Lock, reopen_in_children

# The long columns come last: opening reads the short ones of all articles.
_SCHEMA = """
CREATE TABLE articles (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, published INTEGER, source TEXT NOT NULL,
  copy_of INTEGER NOT NULL, first_passage INTEGER NOT NULL, passages INTEGER NOT NULL,
  content_hash TEXT NOT NULL, url TEXT NOT NULL, language TEXT NOT NULL, title TEXT NOT NULL,
  signature BLOB NOT NULL, text TEXT NOT NULL
);
CREATE TABLE passages (
  number INTEGER PRIMARY KEY, article INTEGER NOT NULL, start INTEGER NOT NULL,
  end INTEGER NOT NULL, key BLOB NOT NULL
);
CREATE TABLE updates (article INTEGER PRIMARY KEY, day INTEGER NOT NULL);
CREATE TABLE terms (term TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
"""
_ARTICLE = "id, title, text, published, source, url, language"


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article as a snapshot holds it.

    `signature` is what near-duplicates are found by; `spans` are (start, end, key) of its
    passages, the key standing for the text that was embedded.
    """

    article: Article
    content_hash: str
    signature: bytes
    spans: tuple[tuple[int, int, bytes], ...]


_TAKE_ARTICLES = """
INSERT INTO articles SELECT number + ?1, id, published, source, number + ?1, first_passage + ?2,
  passages, content_hash, url, language, title, signature, text
FROM last.articles WHERE number BETWEEN ?3 AND ?4 ORDER BY number
"""
_TAKE_PASSAGES = """
INSERT INTO passages SELECT number + ?2, article + ?1, start, end, key
FROM last.passages WHERE number BETWEEN ?3 AND ?4 ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Articles of the last snapshot that follow each other: `first` to before `last`.

    `passages`: the first of theirs and the one behind their last.
    """

    first: int
    last: int
    passages: tuple[int, int]


class TextWriter:
    """Fills a new `passages.sqlite`, articles and passages in the order of their numbers.

    `last` is the file of the last snapshot, to take over from.
    """

    def __init__(self, path: Path, last: Path | None = None) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, uri=True)
        # Nothing is in danger: a file that is not finished is never opened.
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        if last:
            self._db.execute("ATTACH ? AS last", (_address(last),))
        self._db.execute("BEGIN")
        # All articles are written before the passages: the file is the same however it came.
        self._later: list[Callable[[], object]] = []
        self.articles = 0
        self.passages = 0

    def add(self, row: ArticleRow) -> None:
        """Append an article and its passages."""
        article = row.article
        number, first = self.articles, self.passages
        day = article.published.toordinal() if article.published else None
        self._db.execute(
            "INSERT INTO articles VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (number, article.id, day, article.source, number, first, len(row.spans),
             row.content_hash, article.url, article.language, article.title, row.signature,
             article.text),
        )  # fmt: skip
        keys = b"".join(key for _, _, key in row.spans)
        places = array("q", (at for start, end, _ in row.spans for at in (start, end)))
        self._later.append(partial(self._insert, number, first, places, keys))
        self.articles += 1
        self.passages += len(row.spans)

    def _insert(self, number: int, first: int, places: "array[int]", keys: bytes) -> None:
        count = len(places) // 2
        size = len(keys) // count if count else 0
        self._db.executemany(
            "INSERT INTO passages VALUES (?,?,?,?,?)",
            [
                (first + i, number, *places[2 * i : 2 * i + 2], keys[i * size : (i + 1) * size])
                for i in range(count)
            ],
        )

    def take(self, run: Stretch) -> None:
        """Append articles and passages of the last snapshot."""
        begin, end = run.passages
        by, further = self.articles - run.first, self.passages - begin
        self._db.execute(_TAKE_ARTICLES, (by, further, run.first, run.last - 1))
        shifted = (by, further, begin, end - 1)
        self._later.append(partial(self._db.execute, _TAKE_PASSAGES, shifted))
        self.articles += run.last - run.first
        self.passages += end - begin

    def add_rest(self, vocabulary: Sequence[str], updates: Mapping[str, date]) -> None:
        """Write the passages, the terms and the days of updates.

        `updates`: by id, the day an article's last change was read; others may be among them.
        """
        self._db.executemany(
            "INSERT INTO updates SELECT number, ?2 FROM articles WHERE id = ?1",
            ((id_, day.toordinal()) for id_, day in sorted(updates.items())),
        )
        for write in self._later:
            write()
        self._db.executemany(
            "INSERT INTO terms VALUES (?,?)",
            ((term, number) for number, term in enumerate(vocabulary)),
        )

    def finish(self, copies: Iterable[tuple[int, int]]) -> None:
        """Write (article, first of its copies) where that is another article, and close."""
        self._db.executemany("UPDATE articles SET copy_of = ?2 WHERE number = ?1", copies)
        self._db.execute("COMMIT")
        self._db.close()

    def abandon(self) -> None:
        """Close without finishing."""
        self._db.close()


@dataclass(frozen=True, slots=True)
class ShortColumns:
    """The short columns, in the order of numbers.

    Of each article (m,): the number of its first passage, the lowest number of its copies, its
    day (an ordinal, −1 for none), its outlet; of each passage (n,) its article.
    """

    first_passage: Rows
    article_of: Rows
    copy_of: Rows
    published: Rows
    sources: list[str]


class TextStore:
    """Articles and passages by number, from any thread.

    One connection for all threads, opened at once: a thread that comes late still reads after a
    later build has removed the folder. What is asked for is small, so the lock is held shortly.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._db = self._connected()
        self._file = self._identity()
        reopen_in_children(self)
        self._updates = self._read_updates()

    def _connected(self) -> sqlite3.Connection:
        try:
            opened = sqlite3.connect(_address(self._path), uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise DamagedSnapshot(f"{self._path} cannot be opened: {error}.") from error
        weakref.finalize(self, opened.close)
        return opened

    def _identity(self) -> tuple[int, int]:
        with contextlib.suppress(OSError):
            status = os.stat(self._path)
            return status.st_dev, status.st_ino
        return 0, 0

    def reopen(self) -> None:
        """Open the file anew where it is still there; see `forking`."""
        if self._identity() == self._file:
            self._db = self._connected()

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._db.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:  # it was whole when it was opened
            raise DamagedSnapshot(
                f"The articles of the index can no longer be read: {error}.",
                "Never copy over a home that is in use; run `warta check --repair`.",
            ) from error

    def _read_updates(self) -> dict[str, date]:
        if not self._rows("SELECT 1 FROM sqlite_master WHERE name = 'updates'"):
            return {}  # made before they were kept
        query = "SELECT id, day FROM updates JOIN articles ON number = article"
        return {id_: date.fromordinal(day) for id_, day in self._rows(query)}

    def _article(self, row: Sequence[Any]) -> Article:
        article_id, title, text, published, source, url, language = row
        return Article(
            id=article_id,
            title=title,
            text=text,
            published=date.fromordinal(published) if published is not None else None,
            source=source,
            url=url,
            language=language,
            updated=self._updates.get(article_id),
        )

    def columns(self) -> ShortColumns:
        """Return the short columns of all articles."""
        rows = self._rows(
            "SELECT passages, copy_of, coalesce(published, -1), source FROM articles "
            "ORDER BY number"
        )
        counts, *found = list(zip(*rows, strict=True)) or [(), (), (), ()]
        ends = np.cumsum(np.array(counts, np.int64))
        return ShortColumns(
            first_passage=ends - np.array(counts, np.int64),
            article_of=np.repeat(np.arange(len(rows)), counts),
            copy_of=np.array(found[0], np.int64),
            published=np.array(found[1], np.int64),
            sources=list(found[2]),
        )

    def passages(self) -> int:
        """Count the passages."""
        return int(self._rows("SELECT count(*) FROM passages")[0][0])

    def articles(self, numbers: Sequence[int]) -> dict[int, Article]:
        """Return the articles with these numbers."""
        marks = ",".join("?" * len(numbers))
        rows = self._rows(
            f"SELECT number, {_ARTICLE} FROM articles WHERE number IN ({marks})", list(numbers)
        )
        return {row[0]: self._article(row[1:]) for row in rows}

    def spans(self, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return (start, end) of the passages with these numbers."""
        marks = ",".join("?" * len(numbers))
        rows = self._rows(
            f"SELECT number, start, end FROM passages WHERE number IN ({marks})", list(numbers)
        )
        return {number: (start, end) for number, start, end in rows}

    def by_id(self, article_id: str) -> Article:
        """Return the article with this id; raises InputError where the snapshot has none."""
        rows = self._rows(f"SELECT {_ARTICLE} FROM articles WHERE id = ?", [article_id])
        if not rows:
            raise InputError(f"There is no article {article_id!r} in this index.")
        return self._article(rows[0])

    def term_numbers(self, terms: Sequence[str]) -> dict[str, int]:
        """Return the numbers of those terms that occur."""
        marks = ",".join("?" * len(terms))
        rows = self._rows(f"SELECT term, number FROM terms WHERE term IN ({marks})", list(terms))
        return dict(rows)

    def vocabulary(self) -> list[str]:
        """Return all terms by number."""
        return [row[0] for row in self._rows("SELECT term FROM terms ORDER BY number")]

    def keys(self) -> dict[bytes, int]:
        """Return passage key -> number, for building the next snapshot."""
        return dict(self._rows("SELECT key, number FROM passages ORDER BY number DESC"))

    def hashes(self) -> dict[str, tuple[str, int]]:
        """Return id -> (content hash, number) of all articles."""
        rows = self._rows("SELECT id, content_hash, number FROM articles")
        return {row[0]: (row[1], row[2]) for row in rows}

    def numbers(self, ids: Iterable[str]) -> dict[str, int]:
        """Return id -> number of those of `ids` that the snapshot has."""
        found: dict[str, int] = {}
        for id_ in ids:
            found.update(self._rows("SELECT id, number FROM articles WHERE id = ?", [id_]))
        return found

    def signatures(self) -> list[bytes]:
        """Return what near-duplicates are found by, of each article in the order of numbers."""
        return [row[0] for row in self._rows("SELECT signature FROM articles ORDER BY number")]


def _address(path: Path) -> str:
    return f"file:{quote(str(path))}?mode=ro&immutable=1"
