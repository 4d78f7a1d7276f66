"""Learnt trees as JSON and numpy."""

import json

import numpy as np
import pytest

from warta.corpus.errors import ConfigError
from warta.index.weights import RARITY, Trees, read_json, read_rarity

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


def test_common_terms_are_less_rare_than_others():
    rarity = read_rarity(RARITY)
    assert rarity.by_term["indonesia"] < rarity.by_term["jembatan"] < rarity.unseen


def test_a_missing_file_of_weights_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.json"):
        read_json(tmp_path / "none.json")
