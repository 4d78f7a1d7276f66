"""FAISS behind VectorIndex, against plain numpy."""

from pathlib import Path

import faiss
import numpy as np
import pytest

from warta.corpus.errors import DamagedSnapshot, InputError
from warta.index.snapshot.vectors import VectorIndex, VectorWriter


def _writer() -> VectorWriter:
    writer = VectorWriter(2)
    writer.add(np.array([[1, 0], [0, 1], [0.5, 0.5]], np.float32))
    writer.add(np.array([[0.25, 0], [1, 0]], np.float32))
    return writer


def _index(folder: Path, writer: VectorWriter | None = None) -> VectorIndex:
    path = folder / "vectors.faiss"
    path.write_bytes(b"".join((_writer() if writer is None else writer).parts()))
    return VectorIndex.open(path)


def test_rows_come_by_inner_product_and_equal_ones_in_row_order(tmp_path: Path) -> None:
    found = _index(tmp_path).search(np.array([1, 0], np.float32), 4)
    assert found.rows.tolist() == [0, 4, 2, 3]
    assert found.scores.tolist() == [1.0, 1.0, 0.5, 0.25]


def test_only_allowed_rows_come(tmp_path: Path) -> None:
    found = _index(tmp_path).search(np.array([1, 0], np.float32), 5, np.array([3, 1]))
    assert found.rows.tolist() == [3, 1]
    assert found.scores.tolist() == [0.25, 0.0]


def test_nothing_comes_where_nothing_is_allowed_or_there(tmp_path: Path) -> None:
    query = np.array([1, 0], np.float32)
    assert len(_index(tmp_path).search(query, 5, np.array([], np.int64)).rows) == 0
    assert len(_index(tmp_path, VectorWriter(2)).search(query, 5).rows) == 0


def test_the_search_equals_all_inner_products_sorted(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    vectors = random.standard_normal((500, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    writer = VectorWriter(16)
    writer.add(vectors)
    index = _index(tmp_path, writer)
    kept = vectors.astype(np.float16).astype(np.float32)
    for query in random.standard_normal((20, 16)).astype(np.float32):
        slow = np.argsort(-(kept @ query), kind="stable")[:10]
        assert index.search(query, 10).rows.tolist() == slow.tolist()
    assert np.array_equal(index.rows(np.array([3, 499, 3])), kept[[3, 499, 3]])
    assert np.array_equal(writer.rows(np.array([3, 499, 3])), kept[[3, 499, 3]])


def test_the_file_is_the_one_that_faiss_writes(tmp_path: Path) -> None:
    vectors = np.random.default_rng(3).standard_normal((40, 8)).astype(np.float32)
    slow = faiss.IndexScalarQuantizer(8, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    slow.add(vectors)
    faiss.write_index(slow, str(tmp_path / "slow"))
    writer = VectorWriter(8)
    writer.add(vectors[:25])
    writer.add(vectors[25:])
    assert b"".join(writer.parts()) == (tmp_path / "slow").read_bytes()


@pytest.mark.parametrize("mapped", [False, True])
def test_vectors_taken_over_from_an_index_keep_every_bit(tmp_path: Path, mapped: bool) -> None:
    vectors = np.random.default_rng(1).standard_normal((50, 8)).astype(np.float32)
    first = VectorWriter(8)
    first.add(vectors)
    _index(tmp_path, first)
    last = VectorIndex.open(tmp_path / "vectors.faiss", mapped=mapped)
    second = VectorWriter(8)
    second.take(last, 0, 20)
    second.take(last, 20, 20)
    second.add(vectors[20:30])
    second.take(last, 30, 50)
    assert b"".join(second.parts()) == b"".join(first.parts())
    rows = np.array([49, 0, 20, 29, 30, 19])
    assert np.array_equal(second.rows(rows), last.rows(rows))


def test_wrong_shapes_and_numbers_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Expected 2-dim vectors, got \(1, 3\)"):
        _writer().add(np.zeros((1, 3), np.float32))
    with pytest.raises(InputError, match="not finite"):
        _writer().add(np.array([[np.nan, 0]], np.float32))
    with pytest.raises(InputError, match=r"Expected a \(2,\) query, got \(3,\)"):
        _index(tmp_path).search(np.zeros(3, np.float32), 1)


def test_a_file_that_is_no_index_is_damage(tmp_path: Path) -> None:
    (tmp_path / "vectors.faiss").write_bytes(b"nothing of the kind")
    with pytest.raises(DamagedSnapshot):
        VectorIndex.open(tmp_path / "vectors.faiss")
    with pytest.raises(DamagedSnapshot):
        VectorIndex.open(tmp_path / "none")
