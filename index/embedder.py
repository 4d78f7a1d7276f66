"""Texts to unit vectors: the protocol and a fake whose scores can be worked out by hand."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors.

    `fingerprint` changes whenever the same text would get another vector; vectors of unlike
    fingerprints are never compared.
    """

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def fingerprint(self) -> str:
        """Identity of the weights and settings."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, rows of length one (all zero for a text without tokens)."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, rows of length one (all zero for a text without tokens)."""
