"""BM25, standardising and mixing with numbers worked out by hand."""

import math

import numpy as np
import pytest

from warta.index.candidates import Candidates, Query
from warta.index.search.fusion import Mixture, bm25, coverage, rarity, standardise


def _query(english: bool = False) -> Query:
    return Query("banjir bandung", ("banjir", "bandung"), np.array([1, 3], np.float32), english)


def _candidates() -> Candidates:
    return Candidates(
        rows=np.array([4, 7, 9]),
        articles=np.array([1, 2, 2]),
        cosine=np.array([0.1, 0.2, 0.9], np.float32),
        counts=np.array([[1, 0], [0, 2], [0, 0]], np.float32),
        headline=np.array([[0, 1], [0, 0], [0, 0]], np.float32),
        lengths=np.array([10, 10, 10], np.float32),
        mean_length=10.0,
        ordinals=np.array([0, 0, 1]),
    )


def test_rarity_is_the_inverse_passage_frequency() -> None:
    found = rarity(np.array([0, 3], np.float32), 4)
    assert found.tolist() == pytest.approx([math.log(1 + 4.5 / 0.5), math.log(1 + 1.5 / 3.5)])


def test_bm25_follows_its_formula() -> None:
    counts = np.array([[2, 0], [0, 1]], np.float32)
    found = bm25(counts, np.array([20, 5], np.float32), 10.0, np.array([1, 2], np.float32))
    first = 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 2))
    second = 2 * 2.2 / (1 + 1.2 * (0.25 + 0.75 / 2))
    assert found.tolist() == pytest.approx([first, second])


def test_standardised_scores_have_mean_nothing_and_spread_one() -> None:
    found = standardise(np.array([1, 2, 3], np.float32))
    assert found.tolist() == pytest.approx([-math.sqrt(1.5), 0, math.sqrt(1.5)])
    assert standardise(np.array([5, 5], np.float32)).tolist() == [0, 0]
    assert standardise(np.array([], np.float32)).tolist() == []


def test_coverage_weighs_terms_by_rarity_and_counts_the_headline() -> None:
    assert coverage(_query(), _candidates()).tolist() == [1.0, 0.75, 0.0]
    nothing = Query("", (), np.array([], np.float32), False)
    empty = Candidates(
        **{
            **{name: getattr(_candidates(), name) for name in Candidates.__slots__},
            "counts": np.zeros((3, 0), np.float32),
            "headline": np.zeros((3, 0), np.float32),
        }
    )
    assert coverage(nothing, empty).tolist() == [0, 0, 0]


def test_words_alone_and_vectors_alone_rank_as_each_side_does() -> None:
    words = Mixture(vectors=0, covered=0)(_query(), _candidates())
    vectors = Mixture(vectors=1, covered=0)(_query(), _candidates())
    assert np.argsort(-words).tolist() == [0, 1, 2]
    assert np.argsort(-vectors).tolist() == [2, 1, 0]


def test_an_english_question_listens_more_to_the_vectors() -> None:
    mixture = Mixture(vectors=0.1, english=0.9)
    assert np.argmax(mixture(_query(english=False), _candidates())) == 0
    assert np.argmax(mixture(_query(english=True), _candidates())) == 2
