"""tantivy behind LexicalIndex, against BM25 worked out by hand."""

import math
import os
import resource
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from warta.corpus.errors import DamagedSnapshot, SnapshotError
from warta.index.candidates import Filter
from warta.index.snapshot.terms import LexicalIndex, LexicalWriter

PASSAGES = [
    (["banjir", "jakarta", "banjir"], date(2019, 9, 10), "Kompas.com"),
    (["banjir", "bandung"], date(2019, 9, 12), "Tempo.co"),
    (["gempa", "ambon"], None, "kompas.com"),
    (["banjir", "bandung"], date(2019, 9, 12), "Tempo.co"),
]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    writer = LexicalWriter(tmp_path / "terms")
    for number, (terms, day, source) in enumerate(PASSAGES):
        writer.add(number, terms, day, source)
    writer.finish()
    return LexicalIndex.open(tmp_path / "terms")


def test_scores_are_those_of_bm25(index: LexicalIndex) -> None:
    found = index.search(["banjir"], 10)
    idf = math.log(1 + (4 - 3 + 0.5) / (3 + 0.5))
    mean = (3 + 2 + 2 + 2) / 4

    def score(count: int, length: int) -> float:
        return idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / mean))

    assert found.rows.tolist() == [0, 1, 3]
    assert found.scores.tolist() == pytest.approx([score(2, 3), score(1, 2), score(1, 2)], rel=1e-5)


def test_terms_are_taken_as_they_are_and_never_as_a_query_language(index: LexicalIndex) -> None:
    assert index.search(["banjir OR gempa"], 10).rows.tolist() == []
    assert index.search(["*", "banjir~", '"', "ambon"], 10).rows.tolist() == [2]


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter(), [0, 1, 3, 2]),
        (Filter(since=date(2019, 9, 11)), [1, 3]),
        (Filter(until=date(2019, 9, 11)), [0]),
        (Filter(since=date(2019, 9, 10), until=date(2019, 9, 10)), [0]),
        (Filter(sources=frozenset({"kompas.com"})), [0, 2]),
        (Filter(until=date(2020, 1, 1), sources=frozenset({"kompas.com"})), [0]),
        (Filter(sources=frozenset()), []),
    ],
)
def test_filters_decide_who_comes_and_not_in_which_order(
    index: LexicalIndex, only: Filter, expected: list[int]
) -> None:
    everything = index.search(["banjir", "bandung", "ambon"], 10)
    order = {row: i for i, row in enumerate(everything.rows.tolist())}
    found = index.search(["banjir", "bandung", "ambon"], 10, only)
    assert sorted(found.rows.tolist()) == sorted(expected)
    assert found.rows.tolist() == sorted(found.rows.tolist(), key=order.__getitem__)
    for row, score in zip(found.rows.tolist(), found.scores.tolist(), strict=True):
        assert score == pytest.approx(float(everything.scores[order[row]]))


def test_how_many_passages_hold_a_term(index: LexicalIndex) -> None:
    assert [index.frequency(term) for term in ("banjir", "ambon", "tsunami")] == [3, 1, 0]
    assert len(index) == 4


def test_what_holds_all_terms_is_known_by_its_number_of_today(
    index: LexicalIndex, tmp_path: Path
) -> None:
    assert sorted(index.holding(["bandung", "banjir"]).tolist()) == [1, 3]
    later = LexicalWriter(tmp_path / "later", tmp_path / "terms")
    later.add(0, ["banjir", "bandung", "surut"], None, "Tempo.co")
    later.finish(np.array([1, 2, 3, 4]))
    moved = LexicalIndex.open(tmp_path / "later")
    assert sorted(moved.holding(["bandung", "banjir"]).tolist()) == [0, 2, 4]
    assert moved.holding(["surut"]).tolist() == [0]


def test_no_passages_at_all_can_be_searched(tmp_path: Path) -> None:
    LexicalWriter(tmp_path / "terms").finish()
    assert LexicalIndex.open(tmp_path / "terms").search(["banjir"], 3).rows.tolist() == []


def test_reading_leaves_the_folder_as_it_was(index: LexicalIndex, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in (tmp_path / "terms").iterdir()}
    LexicalIndex.open(tmp_path / "terms").search(["banjir"], 3)
    assert {path.name: path.read_bytes() for path in (tmp_path / "terms").iterdir()} == before


def test_a_folder_without_an_index_is_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedSnapshot):
        LexicalIndex.open(tmp_path)


def test_a_system_that_refuses_a_file_is_said_as_an_error_of_ours(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))  # no file can be opened
    try:
        with pytest.raises(SnapshotError, match="cannot be written"):
            LexicalWriter(tmp_path / "terms")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
