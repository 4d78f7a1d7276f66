import shutil
from pathlib import Path

import pytest

from warta.corpus.samples import samples_path
from warta.index.building.ingest import index_paths
from warta.index.embedding.embedder import SHIPPED, StaticTable
from warta.index.search.retriever import Retriever
from warta.index.snapshot.own_models import (
    embedder_to_index,
    embedder_to_read,
    forget_older,
    next_folder,
    trained,
)
from warta.index.training.embedder import save_model


def train_something(home: Path) -> None:
    """Put weights that differ from the shipped ones where training puts its own."""
    shipped = StaticTable.read(SHIPPED)
    table = shipped.table.copy()
    table[len(trained(home))] += 1.0
    save_model(next_folder(home), table, shipped.tokenizer)


@pytest.fixture
def home(samples_home: Path, tmp_path: Path) -> Path:
    return shutil.copytree(samples_home, tmp_path / "home")


def test_without_training_the_shipped_weights_are_used(home):
    assert trained(home) == []
    assert embedder_to_index(home).fingerprint == embedder_to_read(home).fingerprint


def test_after_training_the_old_index_is_read_with_the_weights_that_made_it(home):
    shipped = embedder_to_read(home).fingerprint
    train_something(home)
    assert embedder_to_read(home).fingerprint == shipped
    assert embedder_to_index(home).fingerprint != shipped
    assert Retriever.load(home).retrieve("banjir Lembayung")


def test_the_next_index_is_made_and_read_with_the_new_weights(home):
    train_something(home)
    own = embedder_to_index(home)
    index_paths(home, [samples_path()], embedder=own, new_embedder=True)
    train_something(home)
    assert embedder_to_read(home).fingerprint == own.fingerprint
    assert embedder_to_index(home).fingerprint != own.fingerprint


def test_who_serves_goes_on_with_the_new_weights_once_an_index_was_made_with_them(home):
    serving = Retriever.load(home)
    before = serving.view().name
    train_something(home)
    own = embedder_to_index(home)
    index_paths(home, [samples_path()], embedder=own, new_embedder=True)
    assert serving.view().name != before
    assert serving.warning == ""
    fresh = Retriever.load(home, own)
    for query in ("banjir Lembayung", "juara Piala Gubernur"):
        found, expected = (one.retrieve(query) for one in (serving, fresh))
        assert [(hit.article.id, hit.score) for hit in found] == [
            (hit.article.id, hit.score) for hit in expected
        ]


def test_folders_are_numbered_and_the_newest_is_kept(home):
    train_something(home)
    train_something(home)
    assert [path.name for path in trained(home)] == ["000002", "000001"]
    forget_older(home)
    assert [path.name for path in trained(home)] == ["000002"]
    assert next_folder(home).name == "000003"
