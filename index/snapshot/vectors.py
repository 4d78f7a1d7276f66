"""Exact vector search: the one file that knows FAISS."""

from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from warta.corpus.errors import DamagedSnapshot, InputError
from warta.index.candidates import Nearest, Rows
from warta.index.forking import single_threaded_in_children

Vectors = NDArray[np.float32]

_faiss: Any = faiss  # its stubs describe the C++ side, not what Python is given
single_threaded_in_children("faiss", _faiss.omp_set_num_threads)


class VectorIndex:
    """Vectors numbered 0..n-1, kept as 16-bit floats, searched exactly by inner product.

    Sixteen bits halve memory and time (75,000 × 256: 1.2 ms against 2.4 ms, the same ten
    nearest) and need no training, so that equal vectors give equal bytes.
    """

    def __init__(self, dim: int) -> None:
        if dim < 1:
            raise InputError(f"An embedder gives vectors of length {dim}.", "Use another embedder.")
        self._index: Any = faiss.IndexScalarQuantizer(
            dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` gave; check its SHA-256 first, FAISS does not notice damage."""
        vectors = cls.__new__(cls)
        try:
            vectors._index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        except RuntimeError as error:
            raise DamagedSnapshot(f"FAISS cannot read the vectors: {error}.") from error
        return vectors

    def to_bytes(self) -> memoryview:
        """Return the index as `vectors.faiss` holds it."""
        data: memoryview = _faiss.serialize_index(self._index).data
        return data

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, vectors: Vectors) -> None:
        """Append (n, dim) float32 as the next n rows."""
        if vectors.ndim != 2 or vectors.shape[1] != self.dim:
            raise InputError(
                f"Expected {self.dim}-dim vectors, got {vectors.shape}.",
                "Build the index with one embedder only.",
            )
        if not np.isfinite(vectors).all():
            raise InputError("An embedder gave vectors that are not finite.", "Use another one.")
        if len(vectors):
            self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def take(self, other: "VectorIndex", first: int, last: int) -> None:
        """Append rows `first` to before `last` of another index of this kind, as they are kept."""
        if last > first:
            self._index.add_sa_codes(np.ascontiguousarray(other.codes[first:last]))

    @property
    def codes(self) -> NDArray[np.uint8]:
        """(n, bytes of a vector) what the index keeps of each row."""
        size = len(self) * int(self._index.code_size)
        flat: NDArray[np.uint8] = _faiss.rev_swig_ptr(self._index.codes.data(), size)
        return flat.reshape(len(self), -1)

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> Nearest:
        """Return the k rows nearest to `query` (dim,), among `allowed` (m,) where given.

        Fewer than k where there are fewer. Equal scores stand in row order.
        """
        if query.shape != (self.dim,):
            raise InputError(f"Expected a ({self.dim},) query, got {query.shape}.")
        k = min(k, len(self) if allowed is None else len(allowed))
        if k < 1:
            return Nearest(np.empty(0, np.int64), np.empty(0, np.float32))
        scores, rows = self._index.search(
            np.ascontiguousarray(query[None], dtype=np.float32), k, params=self._only(allowed)
        )
        found = rows[0] >= 0
        rows, scores = rows[0][found], scores[0][found]
        order = np.lexsort((rows, -scores))
        return Nearest(rows[order], scores[order])

    def _only(self, allowed: Rows | None) -> Any:
        if allowed is None:
            return None
        flags = np.zeros(len(self), np.bool_)
        flags[allowed] = True
        bitmap = np.packbits(flags, bitorder="little")
        # FAISS borrows the bitmap: the parameters keep both objects alive.
        return _faiss.SearchParameters(sel=_faiss.IDSelectorBitmap(bitmap))

    def rows(self, rows: Rows) -> Vectors:
        """Return the vectors (m, dim) of the given rows (m,), as they are kept."""
        if not len(rows):
            return np.empty((0, self.dim), np.float32)
        return np.asarray(self._index.reconstruct_batch(np.ascontiguousarray(rows)), np.float32)
