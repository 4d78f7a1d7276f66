"""Vector search, exact or by sketches first: the one file that knows FAISS."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from warta.corpus.errors import DamagedSnapshot, InputError
from warta.index.candidates import Nearest, Rows
from warta.index.forking import single_threaded_in_children

Vectors = NDArray[np.float32]
Codes = NDArray[np.uint8]
_COUNT: Final = 8  # bytes of a number in FAISS' file
# Rows up to which all are compared exactly: of 512 dimensions 54,000 take 3 ms and 326,000 take 19,
# by sketches 4.5 (one core; tests/bench/LOG.md).
EXACT: Final = 100_000
_RESCORED = 4  # times as many rows as are wanted that sketches propose
_LEAST = 300  # rows that they propose at least
_BATCH = 16_384  # rows sketched at a time
_HELD = 64 << 20  # bytes of new vectors that a build keeps in memory

_faiss: Any = faiss  # its stubs describe the C++ side, not what Python is given
single_threaded_in_children("faiss", _faiss.omp_set_num_threads)


@contextmanager
def _on_one_core() -> Iterator[None]:
    """Search with this thread alone: one question has nothing to share, and waits for all cores."""
    before = _faiss.omp_get_max_threads()
    _faiss.omp_set_num_threads(1)  # OpenMP keeps this for each thread
    try:
        yield
    finally:
        _faiss.omp_set_num_threads(before)


class VectorWriter:
    """The vectors of a new snapshot: 16-bit codes one after the other, none of them moved.

    What is taken over stays where it lies: it is written from there, and takes no memory. Of what
    is new, `held` bytes do; more than that wait in a file without a name in `folder`.
    """

    def __init__(self, dim: int, folder: Path | None = None, held: int = _HELD) -> None:
        self._index = _empty(dim)
        self._pieces: list[Codes] = []
        self._ends: list[int] = []
        self._folder = folder
        self._held = held
        self._new: list[int] = []  # places of the pieces that are in memory

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def add(self, vectors: Vectors) -> None:
        """Append (n, dim) float32 as the next n rows."""
        if vectors.ndim != 2 or vectors.shape[1] != self.dim:
            raise InputError(
                f"Expected {self.dim}-dim vectors, got {vectors.shape}.",
                "Build the index with one embedder only.",
            )
        if not np.isfinite(vectors).all():
            raise InputError("An embedder gave vectors that are not finite.", "Use another one.")
        if not len(vectors):
            return
        self._new.append(len(self._pieces))
        self._put(self._index.sa_encode(np.ascontiguousarray(vectors, dtype=np.float32)))
        if self._folder and sum(self._pieces[at].nbytes for at in self._new) > self._held:
            self._put_down(self._folder)

    def _put_down(self, folder: Path) -> None:
        """Replace the pieces in memory by their like in a file, which goes with this object."""
        with tempfile.TemporaryFile(dir=folder) as file:
            for at in self._new:
                file.write(self._pieces[at].data)
            file.flush()
            mapped = np.memmap(file, np.uint8, "r")
        begin = 0
        for at in self._new:
            shape = self._pieces[at].shape
            end = begin + self._pieces[at].nbytes
            self._pieces[at] = mapped[begin:end].reshape(shape)
            begin = end
        self._new = []

    def take(self, other: "VectorIndex", first: int, last: int) -> None:
        """Append rows `first` to before `last` of another index, as they are kept."""
        self._put(other.codes[first:last])

    def _put(self, codes: Codes) -> None:
        if len(codes):
            self._pieces.append(codes)
            self._ends.append(len(self) + len(codes))

    def rows(self, rows: Rows) -> Vectors:
        """Return the vectors (m, dim) of the given rows (m,), as they are kept."""
        codes = np.empty((len(rows), int(self._index.code_size)), np.uint8)
        which = np.searchsorted(self._ends, rows, side="right")
        for piece in np.unique(which).tolist():
            own = which == piece
            begin = self._ends[piece] - len(self._pieces[piece])
            codes[own] = self._pieces[piece][rows[own] - begin]
        return np.asarray(self._index.sa_decode(codes), np.float32)

    def parts(self) -> list[memoryview]:
        """Return, in order, the parts of the file that FAISS would write of these vectors."""
        self._index.ntotal = len(self)
        head = bytes(_faiss.serialize_index(self._index))
        self._index.ntotal = 0
        # It ends with the number of bytes of the codes, which follow.
        size = len(self) * int(self._index.code_size)
        head = head[:-_COUNT] + size.to_bytes(_COUNT, "little")
        return [memoryview(head), *(piece.data.cast("B") for piece in self._pieces)]


class Sketches:
    """One bit a dimension of each row (RaBitQ, Gao and Long 2024): which may be the nearest.

    Around the origin instead of a centre that is learned: nothing is trained, so that equal
    vectors give equal bytes in whatever order they came, and 0.9995 of the ten nearest of 326,000
    are among the 600 first either way.
    """

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: "VectorWriter") -> Self:
        """Sketch all rows: 7 s a million."""
        index = _faiss.IndexRaBitQFastScan(vectors.dim, faiss.METRIC_INNER_PRODUCT)
        _faiss.copy_array_to_vector(np.zeros(vectors.dim, np.float32), index.center)
        index.is_trained = True
        for at in range(0, len(vectors), _BATCH):
            index.add(vectors.rows(np.arange(at, min(at + _BATCH, len(vectors)))))
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read the file of a snapshot; check its SHA-256 first, FAISS does not notice damage."""
        return cls(_mapped(path))

    def parts(self) -> list[memoryview]:
        """Return the sketches as `sketches.faiss` holds them."""
        return [_faiss.serialize_index(self._index).data]

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def nearest(self, query: Vectors, k: int) -> Rows:
        """Return k rows that are likely the nearest to `query` (dim,), in ascending order."""
        with _on_one_core():
            rows = self._index.search(np.ascontiguousarray(query[None], np.float32), k)[1][0]
        return np.sort(rows[rows >= 0])


class VectorIndex:
    """Vectors numbered 0..n-1, kept as 16-bit floats, compared by inner product.

    Sixteen bits halve memory and time (75,000 × 256: 1.2 ms against 2.4 ms, the same ten
    nearest) and need no training, so that equal vectors give equal bytes. They are mapped from the
    disk, so that processes share their pages. `sketches` choose which rows are compared.
    """

    def __init__(self, index: Any, sketches: Sketches | None = None) -> None:
        self._index = index
        self.sketches = sketches

    @classmethod
    def open(cls, path: Path, sketches: Path | None = None) -> Self:
        """Map the files of a snapshot; check their SHA-256 first, FAISS does not notice damage.

        Whoever reads looks first whether they are still as they were (`WatchedFiles`). Raises
        DamagedSnapshot.
        """
        return cls(_mapped(path), Sketches.open(sketches) if sketches else None)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def codes(self) -> Codes:
        """(n, bytes of a vector) what the index keeps of each row; it must outlive this view."""
        size = len(self) * int(self._index.code_size)
        flat: Codes = _faiss.rev_swig_ptr(self._index.codes.data(), size)
        return flat.reshape(len(self), int(self._index.code_size))

    def search(self, query: Vectors, k: int, allowed: Rows | None = None) -> Nearest:
        """Return the k rows nearest to `query` (dim,), among `allowed` (m,) where given.

        Fewer than k where there are fewer. Equal scores stand in row order. Scores are exact;
        with sketches, and unless few are allowed, a near row may be missing.
        """
        if query.shape != (self.dim,):
            raise InputError(f"Expected a ({self.dim},) query, got {query.shape}.")
        count = len(self) if allowed is None else len(allowed)
        k = min(k, count)
        if k < 1:
            return Nearest(np.empty(0, np.int64), np.empty(0, np.float32))
        many = allowed is None or count > EXACT
        likely = self._likely(query, k, allowed) if self.sketches and many else None
        if likely is None:
            rows, scores = self._compared(query, k, allowed)
        else:
            rows, scores = likely, np.einsum("cd,d->c", self.rows(likely), query)
        order = np.lexsort((rows, -scores))[:k]
        return Nearest(rows[order], scores[order])

    def _compared(self, query: Vectors, k: int, allowed: Rows | None) -> tuple[Rows, Vectors]:
        with _on_one_core():
            scores, rows = self._index.search(
                np.ascontiguousarray(query[None], dtype=np.float32), k, params=self._only(allowed)
            )
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def _likely(self, query: Vectors, k: int, allowed: Rows | None) -> Rows | None:
        """Return the allowed among the rows that sketches propose; None where they are too few."""
        assert self.sketches is not None
        wanted = max(_LEAST, _RESCORED * k)
        if allowed is None:
            return self.sketches.nearest(query, wanted)
        # As many more as others stand between; FAISS cannot leave these out itself.
        found = self.sketches.nearest(query, min(wanted * len(self) // len(allowed), len(self)))
        found = found[self._flags(allowed)[found]]
        return found if len(found) >= wanted // 2 else None

    def _flags(self, allowed: Rows) -> NDArray[np.bool_]:
        flags = np.zeros(len(self), np.bool_)
        flags[allowed] = True
        return flags

    def _only(self, allowed: Rows | None) -> Any:
        if allowed is None:
            return None
        bitmap = np.packbits(self._flags(allowed), bitorder="little")
        # FAISS borrows the bitmap: the parameters keep both objects alive.
        return _faiss.SearchParameters(sel=_faiss.IDSelectorBitmap(bitmap))

    def rows(self, rows: Rows) -> Vectors:
        """Return the vectors (m, dim) of the given rows (m,), as they are kept."""
        if not len(rows):
            return np.empty((0, self.dim), np.float32)
        return np.asarray(self._index.reconstruct_batch(np.ascontiguousarray(rows)), np.float32)


def _mapped(path: Path) -> Any:
    try:
        return _faiss.read_index(str(path), _faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise DamagedSnapshot(f"FAISS cannot read {path}: {error}.") from error


def _empty(dim: int) -> Any:
    if dim < 1:
        raise InputError(f"An embedder gives vectors of length {dim}.", "Use another embedder.")
    return _faiss.IndexScalarQuantizer(
        dim, _faiss.ScalarQuantizer.QT_fp16, _faiss.METRIC_INNER_PRODUCT
    )
