"""What the learned ranking reads, with two passages and two terms worked out by hand."""

import numpy as np
import pytest

from warta.index.candidates import NO_TERM, Candidates, Query
from warta.index.search.evidence import (
    PAIR,
    PASSAGE,
    QUESTION,
    TERM,
    Evidence,
    PassageReading,
    _around,
    evidence,
)

# Terms: 0 banjir, 1 bandung, 2 genangan (near to banjir), 3 2019, 4 filler.
TOKENS = np.array([[0, 1, 4, 4, 3], [2, 4, 4, NO_TERM, NO_TERM]], np.int32)


def _evidence(
    text: str = "Kapan banjir Bandung?", *, numbers: tuple[int, int] = (0, 1)
) -> Evidence:
    query = Query(text, ("banjir", "bandung"), np.array([3, 1], np.float32), False)
    found = Candidates(
        rows=np.array([4, 7]),
        articles=np.array([1, 1]),
        cosine=np.array([0.1, 0.3], np.float32),
        counts=np.array([[1, 1], [0, 0]], np.float32),
        headline=np.array([[0, 0], [0, 1]], np.float32),
        lengths=np.array([5, 5], np.float32),
        mean_length=5.0,
        ordinals=np.array([0, 1]),
    )
    near = np.zeros((2, 5, 2), np.float32)
    near[1, 0, 0] = 0.8
    reading = PassageReading(
        tokens=TOKENS,
        numbers=np.array(numbers, np.int32),
        near=near,
        headline_near=np.array([[0, 0], [0.6, 0.1]], np.float32),
        headed=0.5,
        number=TOKENS == 3,
        day=TOKENS == 3,
    )
    return evidence(query, found, np.array([0, 1]), reading)


def _of(found: Evidence, name: str) -> list[float]:
    return [pytest.approx(value) for value in found.passage[:, PASSAGE.index(name)].tolist()]


def test_every_feature_has_its_place() -> None:
    found = _evidence()
    assert found.pair.shape == (2, 2, len(PAIR))
    assert found.term.shape == (2, len(TERM))
    assert found.passage.shape == (2, len(PASSAGE))
    assert found.question.shape == (len(QUESTION),)


def test_a_term_is_as_near_as_the_nearest_of_the_passage_or_itself() -> None:
    near = _evidence().pair[:, :, PAIR.index("near")]
    assert near.tolist() == [[1, 1], [pytest.approx(0.8), 1]]  # "bandung" stands in the headline
    assert _of(_evidence(), "near") == [1, 0.75 * 0.8 + 0.25]


def test_windows_count_the_terms_that_stand_together_by_rarity() -> None:
    assert _of(_evidence(), "narrow") == [1, 0]
    assert _of(_evidence(), "near_wide") == [1, 0.75 * 0.8]
    assert _of(_evidence(), "followed") == [0.75, 0]


def test_coverage_the_rarest_term_and_the_rest_of_the_article_are_told() -> None:
    found = _evidence()
    assert _of(found, "covered") == [1, 0.25]
    assert _of(found, "covered_gap") == [0, -0.75]
    assert _of(found, "rarest_missing") == [0, 1]
    assert _of(found, "article_covered") == [1, 1]
    assert _of(found, "siblings") == [np.log(2)] * 2
    assert found.pair[:, :, PAIR.index("elsewhere")].tolist() == [[0, 0], [1, 0]]


def test_a_day_near_the_terms_speaks_for_a_passage_but_not_one_of_the_question() -> None:
    assert _of(_evidence(), "days_near") == [1, 0]
    assert _of(_evidence(numbers=(0, 3)), "days_near") == [0, 0]


def test_what_is_behind_the_end_of_a_passage_is_no_term_of_the_question() -> None:
    unknown = _evidence(numbers=(-1, -2))
    assert _of(unknown, "narrow") == [0, 0]
    assert unknown.term[:, TERM.index("absent")].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Kapan banjir Bandung?", {"when"}),
        ("Tahun berapa banjir Bandung?", {"when"}),
        ("Berapa rumah terendam?", {"how_many"}),
        ("How many houses were flooded?", {"how_many", "yes_no"}),
        ("Di mana banjir?", {"where"}),
        ("Siapa nama wali kota?", {"who", "which"}),
        ("Mengapa banjir?", {"why"}),
        ("Banjir Bandung", set()),
    ],
)
def test_what_is_asked_for_is_known_by_its_words(text: str, kinds: set[str]) -> None:
    asked = _evidence(text).question
    assert {name for name, value in zip(QUESTION[3:], asked[3:], strict=True) if value} == kinds


def test_capitals_count_but_not_that_of_the_first_word() -> None:
    capital = TERM.index("capital")
    assert _evidence("Banjir Bandung").term[:, capital].tolist() == [0, 1]


def test_the_greatest_around_a_place_reaches_as_far_as_asked() -> None:
    row = np.zeros((1, 9, 1), np.float32)
    row[0, 4] = 1
    assert np.flatnonzero(_around(row, 3)[0, :, 0]).tolist() == [2, 3, 4, 5, 6]
    assert np.flatnonzero(_around(row, 1)[0, :, 0]).tolist() == [4]
    assert _around(row, 20).all()
