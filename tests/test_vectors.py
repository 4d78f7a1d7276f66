"""FAISS behind VectorIndex, against plain numpy."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from homes import EMBEDDER, article

from warta.corpus.errors import DamagedSnapshot, InputError, NoSnapshot
from warta.index.snapshot.manifest import Manifest, Versions, verify
from warta.index.snapshot.shelf import commit, open_snapshot, seal
from warta.index.snapshot.snapshot import SKETCHES
from warta.index.snapshot.text_store import ArticleRow
from warta.index.snapshot.vectors import EXACT, Sketches, VectorIndex, VectorWriter
from warta.index.snapshot.writer import Entry, SnapshotDraft


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


def test_vectors_taken_over_from_an_index_keep_every_bit(tmp_path: Path) -> None:
    vectors = np.random.default_rng(1).standard_normal((50, 8)).astype(np.float32)
    first = VectorWriter(8)
    first.add(vectors)
    last = _index(tmp_path, first)
    second = VectorWriter(8)
    second.take(last, 0, 20)
    second.take(last, 20, 20)
    second.add(vectors[20:30])
    second.take(last, 30, 50)
    assert b"".join(second.parts()) == b"".join(first.parts())
    rows = np.array([49, 0, 20, 29, 30, 19])
    assert np.array_equal(second.rows(rows), last.rows(rows))


def test_new_vectors_wait_in_a_file_where_they_are_too_many_to_hold(tmp_path: Path) -> None:
    vectors = np.random.default_rng(5).standard_normal((90, 8)).astype(np.float32)
    held, put_down = VectorWriter(8), VectorWriter(8, tmp_path, held=200)  # 12 rows
    last = _index(tmp_path, _held(vectors[:40]))
    (tmp_path / "vectors.faiss").rename(tmp_path / "last")
    for writer in (held, put_down):
        writer.take(last, 0, 10)
        for at in range(10, 90, 8):
            writer.add(vectors[at : at + 8])
        writer.take(last, 10, 30)
    assert sum(put_down._pieces[at].nbytes for at in put_down._new) <= 200
    assert [path.name for path in tmp_path.iterdir()] == ["last"]
    assert b"".join(put_down.parts()) == b"".join(held.parts())
    rows = np.array([109, 0, 20, 89, 30, 19, 11])
    assert np.array_equal(put_down.rows(rows), held.rows(rows))


def _held(vectors: np.ndarray) -> VectorWriter:
    writer = VectorWriter(vectors.shape[1])
    writer.add(vectors)
    return writer


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


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    """More rows than are compared exactly, saved with their sketches and read back."""
    random = np.random.default_rng(3)
    topics = np.repeat(random.standard_normal((1_010, 64)), 100, axis=0)
    vectors = (topics + 0.7 * random.standard_normal(topics.shape)).astype(np.float32)
    assert len(vectors) > EXACT
    writer = VectorWriter(64)
    writer.add(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    folder = tmp_path_factory.mktemp("many")
    (folder / "vectors").write_bytes(b"".join(writer.parts()))
    (folder / "sketches").write_bytes(b"".join(Sketches.of(writer).parts()))
    return VectorIndex.open(folder / "vectors", folder / "sketches")


def test_sketches_leave_the_nearest_and_their_scores_as_they_are(many: VectorIndex) -> None:
    random = np.random.default_rng(4)
    own = random.integers(0, len(many), 50)
    near = many.rows(own) + 0.05 * random.standard_normal((50, 64)).astype(np.float32)
    same = 0
    for row, query in zip(own.tolist(), near, strict=True):
        found = many.search(query, 10)
        rows, scores = many._compared(query, 10, None)
        assert found.rows[0] == row
        assert found.scores[0] == pytest.approx(scores[0], abs=1e-5)
        assert np.all(np.diff(found.scores) <= 0)
        same += len(set(found.rows.tolist()) & set(rows.tolist()))
    assert same >= 0.985 * 500


def test_with_sketches_only_allowed_rows_come_and_all_that_are_wanted(
    many: VectorIndex,
) -> None:
    query = many.rows(np.array([7]))[0]
    few = np.arange(1, 2_000)
    assert many.search(query, 5, few).rows.tolist() == many._compared(query, 5, few)[0].tolist()
    most = np.delete(np.arange(len(many)), 7)
    found = many.search(query, 200, most).rows
    assert len(found) == 200
    assert 7 not in found
    everything = many.search(query, 1).rows
    assert everything.tolist() == [7]


def test_sketches_are_the_same_however_the_rows_came(many: VectorIndex) -> None:
    assert many.sketches is not None
    again = VectorWriter(64)
    again.take(many, 0, 40_000)
    again.add(many.rows(np.arange(40_000, len(many))))
    assert b"".join(Sketches.of(again).parts()) == b"".join(many.sketches.parts())


def test_a_search_leaves_the_number_of_threads_as_it_was(tmp_path: Path) -> None:
    before = faiss.omp_get_max_threads()
    _index(tmp_path).search(np.array([1, 0], np.float32), 4)
    assert faiss.omp_get_max_threads() == before


def _entry(number: int) -> Entry:
    item = article(f"a{number}", "satu dua tiga " + "x" * (number + 1))
    row = ArticleRow(item, item.id, b"", ((0, len(item.text), item.id.encode()),))
    return Entry(row, ["satu"], [["dua", "tiga"]], [item.text], [-1])


def test_a_snapshot_of_many_passages_has_sketches_and_is_damaged_without_them(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "index" / "000001"
    folder.mkdir(parents=True)
    draft = SnapshotDraft(folder, EMBEDDER, None, exact=2)
    for number in range(3):
        draft.add(_entry(number))
    files = seal(folder, draft.finish({}))
    versions = Versions(EMBEDDER.fingerprint, 4, "", "", "", "")
    commit(tmp_path, Manifest("000001", "2026-01-01T00:00:00+00:00", versions, 3, 3, "", "", files))
    found = open_snapshot(tmp_path).snapshot.vectors
    assert found.sketches is not None
    assert len(found.sketches) == 3
    assert found.search(EMBEDDER.embed_queries(["satu dua tiga xx"])[0], 3).rows[0] == 1
    data = bytearray((folder / SKETCHES).read_bytes())
    data[-1] ^= 1
    (folder / SKETCHES).write_bytes(data)
    with pytest.raises(DamagedSnapshot, match=SKETCHES):
        verify(folder)
    with pytest.raises(NoSnapshot):
        open_snapshot(tmp_path)
