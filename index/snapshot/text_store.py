"""`passages.sqlite`: the articles and passages of one snapshot, written once, then only read."""

import sqlite3
import weakref
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from warta.corpus.article import Article
from warta.corpus.errors import DamagedSnapshot, InputError
from warta.index.candidates import Rows
from warta.index.forking import Lock

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


class TextWriter:
    """Fills a new `passages.sqlite`, articles and passages in the order of their numbers."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        # Nothing is in danger: a file that is not finished is never opened.
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        self._db.execute("BEGIN")
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
        self._db.executemany(
            "INSERT INTO passages VALUES (?,?,?,?,?)",
            [(first + i, number, *span) for i, span in enumerate(row.spans)],
        )
        self.articles += 1
        self.passages += len(row.spans)

    def finish(self, copies: Iterable[tuple[int, int]], vocabulary: Sequence[str]) -> None:
        """Write (article, first of its copies) where that is another article, and the terms."""
        self._db.executemany("UPDATE articles SET copy_of = ?2 WHERE number = ?1", copies)
        self._db.executemany(
            "INSERT INTO terms VALUES (?,?)",
            ((term, number) for number, term in enumerate(vocabulary)),
        )
        self._db.execute("COMMIT")
        self._db.close()

    def abandon(self) -> None:
        """Close without finishing."""
        self._db.close()


class TextStore:
    """Articles and passages by number, from any thread.

    One connection for all threads, opened at once: a thread that comes late still reads after a
    later build has removed the folder. What is asked for is small, so the lock is held shortly.
    """

    def __init__(self, path: Path) -> None:
        address = f"file:{quote(str(path))}?mode=ro&immutable=1"
        self._lock = Lock()
        try:
            self._db = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise DamagedSnapshot(f"{path} cannot be opened: {error}.") from error
        weakref.finalize(self, self._db.close)

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._db.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:  # it was whole when it was opened
            raise DamagedSnapshot(
                f"The articles of the index can no longer be read: {error}.",
                "Never copy over a home that is in use; run `warta check --repair`.",
            ) from error

    def column(self, table: str, name: str) -> Rows:
        """Return one whole-number column in the order of numbers; −1 stands for no value."""
        rows = self._rows(f"SELECT coalesce({name}, -1) FROM {table} ORDER BY number")
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def sources(self) -> list[str]:
        """Return the outlet of each article in the order of numbers."""
        return [row[0] for row in self._rows("SELECT source FROM articles ORDER BY number")]

    def articles(self, numbers: Sequence[int]) -> dict[int, Article]:
        """Return the articles with these numbers."""
        marks = ",".join("?" * len(numbers))
        rows = self._rows(
            f"SELECT number, {_ARTICLE} FROM articles WHERE number IN ({marks})", list(numbers)
        )
        return {row[0]: _article(row[1:]) for row in rows}

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
        return _article(rows[0])

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

    def rows(self, numbers: Collection[int]) -> Iterator[ArticleRow]:
        """Yield articles with all that the next snapshot takes over, by ascending number.

        For the one thread that builds: one pass over all rows is faster than a query for each.
        """
        spans = self._db.execute("SELECT start, end, key FROM passages ORDER BY number")
        rows = self._db.execute(
            f"SELECT number, content_hash, signature, passages, {_ARTICLE}"
            " FROM articles ORDER BY number"
        )
        for number, content_hash, signature, count, *rest in rows:
            own = tuple(islice(spans, count))
            if number in numbers:
                yield ArticleRow(_article(rest), content_hash, signature, own)


def _article(row: Sequence[Any]) -> Article:
    article_id, title, text, published, source, url, language = row
    day = date.fromordinal(published) if published is not None else None
    return Article(article_id, title, text, day, source, url, language)
