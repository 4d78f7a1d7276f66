"""A vector for every term of a snapshot: how near two words are in meaning, without a model.

Whole passages are compared by one vector each; words are compared here, so that "banjir" in a
passage can stand for "flood" in a question. The vectors come from a static model, the one
that ships or one trained on from it, whose first dimensions carry most of the meaning (Matryoshka).
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from warta.corpus.errors import DamagedSnapshot
from warta.corpus.language.words import terms
from warta.index.candidates import Numbers, Rows, Scores
from warta.index.embedding.embedder import Embedder, SentenceTransformerEmbedder

DIM = 128  # first dimensions that are kept
_SCALE = 127.0  # a component of 1 as int8
_BATCH = 4096
_PRODUCT = 1 << 17  # multiplications up to which BLAS wakes no other core, halved to be sure
_NUMBER, _DAY = 1, 2  # bits of the last column

_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"1\d{3}|20\d{2}")
_COUNTED = frozenset(
    terms(
        "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh puluh ratus ribu juta miliar "
        "triliun persen"
    )
)
_CALENDAR = frozenset(
    terms(
        "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember "
        "Senin Selasa Rabu Kamis Jumat Sabtu Minggu January February March May June July August "
        "October December"
    )
)

Table = NDArray[np.int8]


class WordTable:
    """Vectors of the terms of a snapshot by their numbers: (v, DIM + 1) int8.

    A row is a unit vector times 127; its last column tells numbers (1) and days and years (2).
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map the file; raises DamagedSnapshot where it is no such table."""
        try:
            table = np.load(path, mmap_mode="r", allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise DamagedSnapshot(f"{path} cannot be read: {error}.") from error
        if table.ndim != 2 or table.shape[1] != DIM + 1 or table.dtype != np.int8:
            raise DamagedSnapshot(f"{path} has the shape {table.shape} of {table.dtype}.")
        return cls(table)

    def __len__(self) -> int:
        return len(self._table)

    def rows(self, numbers: Rows) -> Table:
        """(m, DIM + 1) rows as they are stored."""
        found: Table = self._table[numbers]
        return found

    def near(self, numbers: Numbers, vectors: Scores) -> Scores:
        """(m, t) cosine of m terms with t unit vectors (t, DIM), those below 0 as 0.

        In pieces that one core works out: with all of them a question waits for other questions.
        """
        own = self._table[numbers, :DIM].astype(np.float32)
        near = np.empty((len(own), len(vectors)), np.float32)
        step = max(1, _PRODUCT // max(vectors.size, 1))
        for at in range(0, len(own), step):
            np.matmul(own[at : at + step], vectors.T, out=near[at : at + step])
        return np.asarray(np.maximum(near, 0) / _SCALE, np.float32)

    def kinds(self, numbers: Numbers) -> tuple["NDArray[np.bool_]", "NDArray[np.bool_]"]:
        """Return (m,) which terms are numbers, and which are years, months or days of the week."""
        kind = self._table[numbers, DIM]
        return (kind & _NUMBER) > 0, (kind & _DAY) > 0


def word_embedder(embedder: Embedder) -> Embedder:
    """Return the model that word vectors come from beside `embedder`: itself where it is static.

    Any other would need minutes for the words of an archive, and its vectors of single words
    mean little.
    """
    return embedder if getattr(embedder, "static", False) else _shipped()


@cache
def _shipped() -> Embedder:
    return SentenceTransformerEmbedder.load()


def word_vectors(words: Sequence[str], embedder: Embedder) -> Scores:
    """(n, DIM) float32 unit vectors of the first dimensions, zero for what has none."""
    vectors = np.zeros((len(words), DIM), np.float32)
    if words:
        found = embedder.embed_passages(words)[:, :DIM]
        vectors[:, : found.shape[1]] = found
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def word_rows(words: Sequence[str], embedder: Embedder) -> Table:
    """(n, DIM + 1) int8 rows of a table for these terms."""
    rows = np.zeros((len(words), DIM + 1), np.int8)
    for begin in range(0, len(words), _BATCH):  # an archive has tens of thousands of words
        part = word_vectors(words[begin : begin + _BATCH], embedder)
        rows[begin : begin + len(part), :DIM] = np.rint(part * _SCALE)
    rows[:, DIM] = [_kind(word) for word in words]
    return rows


def _kind(term: str) -> int:
    number = bool(_DIGIT.search(term)) or term in _COUNTED
    day = bool(_YEAR.fullmatch(term)) or term in _CALENDAR
    return _NUMBER * number | _DAY * day
