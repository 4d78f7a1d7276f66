"""Word vectors of a snapshot: from which model, in which form, and kept from build to build."""

from pathlib import Path

import numpy as np
import pytest
from homes import EMBEDDER, article, fill

from warta.corpus.errors import DamagedSnapshot
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.embedding.word_vectors import (
    DIM,
    WordTable,
    word_embedder,
    word_rows,
    word_vectors,
)
from warta.index.search.retriever import Retriever
from warta.index.snapshot.manifest import MANIFEST, Manifest
from warta.index.snapshot.shelf import open_snapshot

SHIPPED = SentenceTransformerEmbedder.load()


def test_a_word_is_nearest_to_itself_and_nearer_to_its_like_than_to_another() -> None:
    words = ["banjir", "flood", "panen"]
    table = WordTable(word_rows(words, SHIPPED))
    near = table.near(np.arange(3, dtype=np.int32), word_vectors(words, SHIPPED))
    assert near.shape == (3, 3)
    assert np.diag(near) == pytest.approx(np.ones(3), abs=0.02)
    assert near[1, 0] > near[2, 0] + 0.2
    assert near.min() >= 0


def test_many_words_are_compared_in_pieces_as_at_once() -> None:
    random = np.random.default_rng(0)
    rows = random.integers(-127, 128, (5_000, DIM + 1)).astype(np.int8)
    vectors = random.standard_normal((9, DIM)).astype(np.float32)
    slow = np.maximum(rows[:, :DIM].astype(np.float32) @ vectors.T, 0) / 127
    near = WordTable(rows).near(np.arange(5_000, dtype=np.int32), vectors)
    np.testing.assert_allclose(near, slow, rtol=1e-4, atol=1e-4)


def test_numbers_and_days_are_known_by_their_terms() -> None:
    words = ["banjir", "17", "juta", "2019", "september", "80000"]
    number, day = WordTable(word_rows(words, SHIPPED)).kinds(np.arange(6, dtype=np.int32))
    assert number.tolist() == [False, True, True, True, False, True]
    assert day.tolist() == [False, False, False, True, True, False]


def test_a_static_model_gives_its_own_words_and_any_other_those_of_the_shipped_one() -> None:
    assert word_embedder(SHIPPED) is SHIPPED
    assert word_embedder(EMBEDDER).fingerprint == SHIPPED.fingerprint


def test_fewer_dimensions_are_filled_up_and_nothing_is_divided_by_nothing() -> None:
    found = word_vectors(["ab", "abc"], EMBEDDER)
    assert found.shape == (2, DIM)
    assert found[0].tolist() == [1.0] + [0.0] * (DIM - 1)
    assert word_vectors([], EMBEDDER).shape == (0, DIM)


def test_a_table_of_another_form_is_refused(tmp_path: Path) -> None:
    for name, table in (("dim", np.zeros((3, 5), np.int8)), ("type", np.zeros((3, DIM + 1)))):
        np.save(tmp_path / f"{name}.npy", table)
        with pytest.raises(DamagedSnapshot, match="shape"):
            WordTable.open(tmp_path / f"{name}.npy")
    (tmp_path / "cut.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(DamagedSnapshot, match="cannot be read"):
        WordTable.open(tmp_path / "cut.npy")


def test_every_term_of_a_snapshot_has_its_row_also_after_a_rebuild(tmp_path: Path) -> None:
    fill(tmp_path, [article("a", "Banjir merendam Tirtamaya."), article("b", "Gempa di Rawasari.")])
    fill(tmp_path, [article("b", "Gempa di Rawasari."), article("c", "Panen raya di Wanareja.")])
    snapshot = open_snapshot(tmp_path).snapshot
    vocabulary = snapshot.texts.vocabulary()
    assert snapshot.words is not None
    assert len(snapshot.words) == len(vocabulary)
    kept = snapshot.words.rows(np.arange(len(vocabulary)))
    assert kept.tolist() == word_rows(vocabulary, SHIPPED).tolist()


def _without_words(home: Path) -> None:
    """Make of the live snapshot what it was before there were word vectors."""
    folder = home / "index" / (home / "index" / "CURRENT").read_text().strip()
    manifest = (folder / MANIFEST).read_bytes()
    fields = {name: getattr(Manifest.from_bytes(manifest), name) for name in Manifest.__slots__}
    fields["files"] = {name: file for name, file in fields["files"].items() if name != "words.npy"}
    fields["versions"] = type(fields["versions"])(
        **{
            name: getattr(fields["versions"], name)
            for name in type(fields["versions"]).__slots__
            if name != "words"
        }
    )
    (folder / "words.npy").unlink()
    (folder / MANIFEST).write_bytes(Manifest(**fields).to_bytes())


def test_an_index_made_before_there_were_words_answers_and_gets_them(tmp_path: Path) -> None:
    articles = [article("a", "Banjir merendam Tirtamaya."), article("b", "Gempa di Rawasari.")]
    fill(tmp_path, articles)
    _without_words(tmp_path)
    (hit, *_) = Retriever(EMBEDDER, tmp_path).retrieve("banjir Tirtamaya")
    assert hit.article.id == "a"
    again = fill(tmp_path, articles)
    assert (again.changed, again.embedded) == (True, 0)
    assert open_snapshot(tmp_path).snapshot.words is not None
