"""A snapshot while it is written: articles go in by id, files come out."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from warta.corpus.article import Article
from warta.corpus.duplicates import copies_of
from warta.index.candidates import Numbers, Rows
from warta.index.embedding.embedder import Embedder
from warta.index.embedding.word_vectors import DIM, Table, word_embedder, word_rows
from warta.index.snapshot.durable import write_durably
from warta.index.snapshot.snapshot import OFFSETS, TERMS, TEXTS, TOKENS, VECTORS, WORDS, Snapshot
from warta.index.snapshot.terms import LexicalWriter
from warta.index.snapshot.text_store import ArticleRow, TextWriter
from warta.index.snapshot.tokens import TokenWriter
from warta.index.snapshot.vectors import VectorIndex, Vectors

_BATCH = 4096  # passages embedded at a time


@dataclass(frozen=True, slots=True)
class Entry:
    """A new or changed article with what is searched of it.

    `headline`: its terms; `terms`: those of each passage; `embedded`: the text of each passage
    as the embedder gets it, or None where its vector is `known`: the row in the last snapshot.
    """

    row: ArticleRow
    headline: Sequence[str]
    terms: Sequence[Sequence[str]]
    embedded: Sequence[str | None]
    known: Sequence[int]


class SnapshotDraft:
    """Writes the files of one snapshot into an empty folder; articles come in the order of ids.

    `last` is the snapshot to take over from.
    """

    def __init__(self, folder: Path, embedder: Embedder, last: Snapshot | None) -> None:
        self._folder = folder
        self._embedder = embedder
        self._last = last
        self._vectors = VectorIndex(embedder.dim)
        self._texts = TextWriter(folder / TEXTS)
        self._lexical = LexicalWriter(folder / TERMS)
        self._old = last.texts.vocabulary() if last else []
        self._tokens = TokenWriter(self._old)
        self._headlines: list[Sequence[str]] = []
        self._signatures: list[bytes] = []
        self._outlets: list[str] = []
        self._pending: list[tuple[str | None, int]] = []
        self.embedded = 0
        self.newest = ""

    @property
    def articles(self) -> int:
        """Articles so far."""
        return self._texts.articles

    @property
    def passages(self) -> int:
        """Passages so far."""
        return self._texts.passages

    def add(self, entry: Entry) -> None:
        """Append a new article."""
        first = self._begin(entry.row, entry.headline)
        for number, terms in enumerate(entry.terms, first):
            self._tokens.add(terms)
            self._index(number, terms, entry.row.article)
        self._queue(zip(entry.embedded, entry.known, strict=True))

    def take(self, number: int, row: ArticleRow) -> None:
        """Append article `number` of the last snapshot, which holds it as `row`."""
        last = self._last
        assert last is not None
        headline = [self._old[t] for t in last.tokens.row(len(last) + number).tolist()]
        first = self._begin(row, headline)
        begin = int(last.first_passage[number])
        for i in range(len(row.spans)):
            terms = self._tokens.take(last.tokens.row(begin + i))
            self._index(first + i, terms, row.article)
        self._queue((None, begin + i) for i in range(len(row.spans)))

    def _begin(self, row: ArticleRow, headline: Sequence[str]) -> int:
        """Append an article without its terms; return the number of its first passage."""
        first = self._texts.passages
        self._texts.add(row)
        self._headlines.append(headline)
        self._signatures.append(row.signature)
        self._outlets.append(row.article.source)
        published = row.article.published
        self.newest = max(self.newest, published.isoformat() if published else "")
        return first

    def _index(self, number: int, terms: Sequence[str], article: Article) -> None:
        everything = [*terms, *self._headlines[-1]]
        self._lexical.add(number, everything, article.published, article.source)

    def _queue(self, vectors: Iterable[tuple[str | None, int]]) -> None:
        self._pending += vectors
        if len(self._pending) >= _BATCH:
            self._embed()

    def _embed(self) -> None:
        pending, self._pending = self._pending, []
        vectors: Vectors = np.zeros((len(pending), self._embedder.dim), np.float32)
        new = [i for i, (text, _) in enumerate(pending) if text is not None]
        texts = [text for text, _ in pending if text is not None]
        if texts:
            vectors[new] = self._embedder.embed_passages(texts)
            self.embedded += len(texts)
        taken = [i for i, (text, _) in enumerate(pending) if text is None]
        if taken and self._last is not None:
            rows: Rows = np.array([pending[i][1] for i in taken], np.int64)
            vectors[taken] = self._last.vectors.rows(rows)
        self._vectors.add(vectors)

    def finish(self) -> None:
        """Write what is left, and which articles are copies of another."""
        self._embed()
        for headline in self._headlines:
            self._tokens.add(headline)
        self._lexical.finish()
        tokens = self._tokens.finish()
        copies = copies_of(self._signatures, self._outlets)
        self._texts.finish(copies, tokens.vocabulary)
        write_durably(self._folder / VECTORS, self._vectors.to_bytes())
        write_durably(self._folder / TOKENS, _npy(tokens.numbers))
        write_durably(self._folder / OFFSETS, _npy(tokens.offsets))
        write_durably(self._folder / WORDS, _npy(self._words(tokens.vocabulary)))

    def _words(self, vocabulary: Sequence[str]) -> Table:
        """Return the rows of the word table, those of the last snapshot taken over."""
        embedder = word_embedder(self._embedder)
        table: Table = np.zeros((len(vocabulary), DIM + 1), np.int8)
        last = self._last.words if self._last else None
        known: dict[str, int] = {}
        if self._last and self._last.manifest.versions.words == embedder.fingerprint:
            known = {term: number for number, term in enumerate(self._old)}
        taken = [number for number, term in enumerate(vocabulary) if term in known]
        if last is not None and taken:
            table[taken] = last.rows(np.array([known[vocabulary[i]] for i in taken], np.int64))
        new = [number for number, term in enumerate(vocabulary) if term not in known]
        table[new] = word_rows([vocabulary[number] for number in new], embedder)
        return table

    def abandon(self) -> None:
        """Let go of all files; the folder is left for the next build to remove."""
        self._texts.abandon()
        self._lexical.abandon()


def _npy(values: Numbers | Rows | Table) -> memoryview:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getbuffer()
