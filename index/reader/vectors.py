"""A unit vector for every word, from the token table of the embedder that ships.

A word is the mean of its tokens, as a text is; the first dimensions carry most of the meaning
(Matryoshka). English and Indonesian words lie in one space: "price" is near "harga".
"""

from collections.abc import Iterable, Sequence
from functools import cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from warta.index.embedding.embedder import StaticTable, shipped_table

DIM = 256
_MOST = 40_000  # words kept: 40 MB

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]


class WordVectors:
    """Words by numbers into one growing table; safe to use from several threads."""

    def __init__(self, table: StaticTable) -> None:
        self._source = table
        self._lock = Lock()
        self._number: dict[str, int] = {}
        self._vectors: Vectors = np.zeros((2048, min(DIM, table.dim)), np.float32)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._vectors.shape[1])

    def of(self, words: Sequence[str]) -> Vectors:
        """Return (n, DIM) float32 unit vectors of folded words, zero for what has no token."""
        number = self._number
        try:
            rows = [number[word] for word in words]
            return self._vectors[rows] if rows else self._vectors[:0]
        except KeyError:
            pass
        with self._lock:
            if len(self._number) + len(words) > _MOST:
                self._number = {}
            self._add(dict.fromkeys(word for word in words if word not in self._number))
            return self._vectors[[self._number[word] for word in words]]

    def _add(self, words: Iterable[str]) -> None:
        new = list(words)
        begin = len(self._number)
        if begin + len(new) > len(self._vectors):
            grown = np.zeros((2 * (begin + len(new)), self._vectors.shape[1]), np.float32)
            grown[:begin] = self._vectors[:begin]
            self._vectors = grown
        found = self._source.encode(new, "")[:, : self._vectors.shape[1]]
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        self._vectors[begin : begin + len(new)] = found / np.maximum(lengths, 1e-9)
        # Numbers last: who reads without the lock finds only rows that are filled.
        self._number = self._number | {word: begin + at for at, word in enumerate(new)}


@cache
def shipped_vectors() -> WordVectors:
    """Return the vectors of the embedder that ships, read once."""
    return WordVectors(shipped_table())
