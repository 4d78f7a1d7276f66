"""Learnt trees as JSON and numpy."""

import json

import numpy as np
import pytest

from warta.assistant.composing.abstain import VERDICT_FEATURES
from warta.assistant.evaluation.learning import fit
from warta.corpus.errors import ConfigError
from warta.index.reader.features import FEATURES
from warta.index.weights import RARITY, SCORER, Trees, read_json, read_rarity

STUMP = {"features": ["b"], "bias": 0.5,
         "trees": [[[0, -1, -1], [2.0, 0, 0], [1, 0, 0], [2, 0, 0], [0, -1.0, 1.0]]]}  # fmt: skip


def test_a_stump_adds_its_leaf_to_the_bias():
    trees = Trees.from_dict(STUMP, ("a", "b"))
    rows = np.array([[9, 1.9], [9, 2.0], [9, 2.1]], dtype=np.float32)
    assert trees(rows).tolist() == [-0.5, -0.5, 1.5]


def test_weights_survive_json():
    trees = Trees.from_dict(json.loads(json.dumps(STUMP)), ("a", "b"))
    assert trees.to_dict() == STUMP


def test_weights_on_an_unknown_feature_are_refused():
    with pytest.raises(ConfigError, match="'b'"):
        Trees.from_dict(STUMP, ("a",))


def test_exported_trees_say_what_the_library_says():
    from sklearn.ensemble import HistGradientBoostingClassifier

    rng = np.random.default_rng(0)
    rows = rng.normal(size=(600, 4)).astype(np.float32)
    labels = rows[:, 0] * rows[:, 1] > rows[:, 2]
    settings = {"max_iter": 20, "max_leaf_nodes": 7, "learning_rate": 0.1}
    ours = fit(rows, labels, np.ones(len(rows)), ("a", "b", "c", "d"), **settings)
    theirs = HistGradientBoostingClassifier(
        l2_regularization=2.0, max_bins=63, random_state=0, early_stopping=False, **settings
    ).fit(rows, labels)
    assert ours(rows) == pytest.approx(theirs.decision_function(rows), abs=1e-6)
    again = Trees.from_dict(ours.to_dict(), ("a", "b", "c", "d"))
    assert again(rows) == pytest.approx(ours(rows), abs=1e-3)


def test_what_ships_fits_the_features_of_this_version():
    found = read_json(SCORER)
    assert set(Trees.from_dict(found["sentences"], FEATURES).features) <= set(FEATURES)
    assert set(Trees.from_dict(found["answerable"], VERDICT_FEATURES).features) <= set(
        VERDICT_FEATURES
    )
    assert 0 < found["answerable"]["abstain"] < found["answerable"]["partial"] < 1


def test_common_terms_are_less_rare_than_others():
    rarity = read_rarity(RARITY)
    assert rarity.by_term["indonesia"] < rarity.by_term["jembatan"] < rarity.unseen


def test_a_missing_file_of_weights_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.json"):
        read_json(tmp_path / "none.json")
