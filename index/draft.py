"""A snapshot while it is written: articles go in by id, files come out."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.candidates import Rows
from index.embedder import Embedder
from index.files import write_durably
from index.lexical import LexicalWriter
from index.snapshot import OFFSETS, TERMS, TEXTS, TOKENS, VECTORS
from index.texts import ArticleRow, TextWriter
from index.tokens import TokenWriter
from index.vectors import VectorIndex, Vectors

_BATCH = 4096  # passages embedded at a time


@dataclass(frozen=True, slots=True)
class Entry:
    """An article with what is searched of it.

    `headline`: its terms; `terms`: those of each passage; `embedded`: the text of each passage
    as the embedder gets it, or None where its vector is `known`: the row in the last snapshot.
    """

    row: ArticleRow
    headline: Sequence[str]
    terms: Sequence[Sequence[str]]
    embedded: Sequence[str | None]
    known: Sequence[int]


class Draft:
    """Writes the files of one snapshot into an empty folder.

    Vectors are taken from `old` where an entry says so, all others are embedded.
    """

    def __init__(self, folder: Path, embedder: Embedder, old: VectorIndex | None) -> None:
        self._folder = folder
        self._embedder = embedder
        self._old = old
        self._vectors = VectorIndex(embedder.dim)
        self._texts = TextWriter(folder / TEXTS)
        self._lexical = LexicalWriter(folder / TERMS)
        self._tokens = TokenWriter()
        self._headlines: list[Sequence[str]] = []
        self._pending: list[tuple[str | None, int]] = []
        self.embedded = 0

    @property
    def articles(self) -> int:
        """Articles so far."""
        return self._texts.articles

    @property
    def passages(self) -> int:
        """Passages so far."""
        return self._texts.passages

    def add(self, entry: Entry) -> None:
        """Append an article; ids come in ascending order."""
        article = entry.row.article
        first = self._texts.passages
        self._texts.add(entry.row)
        for i, terms in enumerate(entry.terms):
            self._tokens.add(terms)
            everything = [*terms, *entry.headline]
            self._lexical.add(first + i, everything, article.published, article.source)
        self._headlines.append(entry.headline)
        self._pending += zip(entry.embedded, entry.known, strict=True)
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
        if taken and self._old is not None:
            rows: Rows = np.array([pending[i][1] for i in taken], np.int64)
            vectors[taken] = self._old.rows(rows)
        self._vectors.add(vectors)

    def finish(self, copies: Sequence[tuple[int, int]]) -> None:
        """Write what is left; `copies` are (article, first article with nearly its text)."""
        self._embed()
        for headline in self._headlines:
            self._tokens.add(headline)
        self._lexical.finish()
        self._texts.finish(copies, self._tokens.vocabulary)
        write_durably(self._folder / VECTORS, self._vectors.to_bytes())
        write_durably(self._folder / TOKENS, _npy(self._tokens.tokens()))
        write_durably(self._folder / OFFSETS, _npy(self._tokens.offsets()))

    def abandon(self) -> None:
        """Let go of all files; the folder is left for the next build to remove."""
        self._texts.abandon()
        self._lexical.abandon()


def _npy(values: "np.ndarray[tuple[int], np.dtype[np.int32]] | Rows") -> memoryview:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getbuffer()
