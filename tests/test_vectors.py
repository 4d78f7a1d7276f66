"""FAISS behind VectorIndex, against plain numpy."""

import numpy as np
import pytest

from warta.corpus.errors import DamagedSnapshot, InputError
from warta.index.snapshot.vectors import VectorIndex


def _index() -> VectorIndex:
    index = VectorIndex(2)
    index.add(np.array([[1, 0], [0, 1], [0.5, 0.5]], np.float32))
    index.add(np.array([[0.25, 0], [1, 0]], np.float32))
    return index


def test_rows_come_by_inner_product_and_equal_ones_in_row_order() -> None:
    found = _index().search(np.array([1, 0], np.float32), 4)
    assert found.rows.tolist() == [0, 4, 2, 3]
    assert found.scores.tolist() == [1.0, 1.0, 0.5, 0.25]


def test_only_allowed_rows_come() -> None:
    found = _index().search(np.array([1, 0], np.float32), 5, np.array([3, 1]))
    assert found.rows.tolist() == [3, 1]
    assert found.scores.tolist() == [0.25, 0.0]


def test_nothing_comes_where_nothing_is_allowed_or_there() -> None:
    query = np.array([1, 0], np.float32)
    assert len(_index().search(query, 5, np.array([], np.int64)).rows) == 0
    assert len(VectorIndex(2).search(query, 5).rows) == 0


def test_the_search_equals_all_inner_products_sorted() -> None:
    random = np.random.default_rng(7)
    vectors = random.standard_normal((500, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = VectorIndex(16)
    index.add(vectors)
    kept = vectors.astype(np.float16).astype(np.float32)
    for query in random.standard_normal((20, 16)).astype(np.float32):
        slow = np.argsort(-(kept @ query), kind="stable")[:10]
        assert index.search(query, 10).rows.tolist() == slow.tolist()
    assert np.array_equal(index.rows(np.array([3, 499, 3])), kept[[3, 499, 3]])


def test_saved_and_read_back_it_finds_the_same() -> None:
    index = _index()
    again = VectorIndex.from_bytes(bytes(index.to_bytes()))
    query = np.array([0.3, 0.7], np.float32)
    assert again.search(query, 5).rows.tolist() == index.search(query, 5).rows.tolist()
    assert bytes(again.to_bytes()) == bytes(index.to_bytes())


def test_vectors_taken_over_from_an_index_keep_every_bit() -> None:
    random = np.random.default_rng(1)
    first = VectorIndex(8)
    first.add(random.standard_normal((50, 8)).astype(np.float32))
    second = VectorIndex(8)
    second.add(first.rows(np.arange(50)))
    assert bytes(second.to_bytes()) == bytes(first.to_bytes())


def test_wrong_shapes_and_numbers_are_named() -> None:
    with pytest.raises(InputError, match=r"Expected 2-dim vectors, got \(1, 3\)"):
        _index().add(np.zeros((1, 3), np.float32))
    with pytest.raises(InputError, match="not finite"):
        _index().add(np.array([[np.nan, 0]], np.float32))
    with pytest.raises(InputError, match=r"Expected a \(2,\) query, got \(3,\)"):
        _index().search(np.zeros(3, np.float32), 1)


def test_bytes_that_are_no_index_are_damage() -> None:
    with pytest.raises(DamagedSnapshot):
        VectorIndex.from_bytes(b"nothing of the kind")
