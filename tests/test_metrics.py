"""Measures by hand, intervals against what is known, question files read and refused."""

import json

import numpy as np
import pytest

from warta.corpus.errors import InputError
from warta.index.search.metrics import (
    Judged,
    Measures,
    bootstrap,
    by_kind,
    changes_by_kind,
    compare,
    found_at_k,
    measure,
    ndcg_at_k,
    read_questions,
    reciprocal_rank,
)

RANKED = ["d", "a", "d", "c", "b"]  # three passages of articles d, a, c, b; d twice


def test_an_article_counts_once_however_many_of_its_passages_are_found():
    assert found_at_k(RANKED, {"c": 1}, 2) == 0.0
    assert found_at_k(RANKED, {"c": 1}, 3) == 1.0
    assert reciprocal_rank(RANKED, {"c": 1}, 10) == pytest.approx(1 / 3)


def test_reciprocal_rank_is_zero_beyond_k():
    assert reciprocal_rank(RANKED, {"b": 1}, 3) == 0.0
    assert reciprocal_rank(RANKED, {"b": 1}, 4) == 0.25


def test_ndcg_discounts_by_the_logarithm_of_the_rank():
    got = ndcg_at_k(RANKED, {"a": 3, "b": 1}, 10)
    found = 3 / np.log2(3) + 1 / np.log2(5)
    best = 3 / np.log2(2) + 1 / np.log2(3)
    assert got == pytest.approx(found / best)
    assert ndcg_at_k(["a", "b"], {"a": 3, "b": 1}, 10) == pytest.approx(1.0)


def test_the_interval_of_a_share_is_the_binomial_one():
    values = [1.0] * 80 + [0.0] * 20
    interval = bootstrap(values)
    assert interval.mean == pytest.approx(0.8)
    assert interval.low == pytest.approx(0.8 - 1.96 * 0.04, abs=0.015)
    assert interval.high == pytest.approx(0.8 + 1.96 * 0.04, abs=0.015)
    assert interval == bootstrap(values)
    assert str(bootstrap([1.0, 1.0])) == "1.000 [1.000, 1.000]"


def test_no_questions_give_no_figure():
    assert np.isnan(bootstrap([]).mean)


def test_a_comparison_looks_at_the_same_questions():
    before = np.asarray([0.0, 1.0] * 50)
    after = np.asarray([1.0, 1.0] * 50)
    comparison = compare(before, after)
    assert comparison.difference.mean == pytest.approx(0.5)
    assert (comparison.better, comparison.worse) == (50, 0)
    assert comparison.beyond_chance
    assert not compare(before, before).beyond_chance
    with pytest.raises(InputError, match="got 100 and 99"):
        compare(before, after[:-1])


def test_figures_come_for_all_answerable_questions_and_for_each_kind():
    questions = [
        Judged("1", "a?", {"x": 1}, kind="fact"),
        Judged("2", "b?", {"y": 1}, kind="english"),
        Judged("3", "c?", {}, kind="unanswerable"),
    ]
    measures = Measures(ks=(1, 2))
    values = measure(questions, [["x"], ["x", "y"], ["x"]], measures)
    np.testing.assert_allclose(values, [[1, 1, 1, 1], [0, 1, 0.5, 1 / np.log2(3)], [0, 0, 0, 0]])
    figures = {(f.kind, f.measure): f.interval for f in by_kind(questions, values, measures)}
    assert figures["all", "recall@1"].mean == 0.5
    assert figures["all", "recall@1"].n == 2
    assert figures["english", "MRR@10"].mean == 0.5
    assert ("unanswerable", "recall@1") not in figures


def test_the_gold_format_is_read_with_what_was_said_before(tmp_path):
    history = [{"role": "user", "content": "Siapa?"}, {"role": "assistant", "content": "Dia."}]
    record = {
        "id": "q1", "kind": "followup", "lang": "id", "question": "Kapan?",
        "today": "2019-10-15", "article_ids": ["a", "b"], "history": history,
    }  # fmt: skip
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(record) + "\n\n", encoding="utf-8")
    (question,) = read_questions(path)
    assert question.text == "Siapa? Kapan?"
    assert question.relevant == {"a": 1, "b": 1}
    assert (question.kind, question.language, question.today) == ("followup", "id", "2019-10-15")


def test_a_beir_folder_is_read_with_its_grades(tmp_path):
    (tmp_path / "qrels").mkdir()
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "1", "text": "satu"}\n{"_id": "2", "text": "tanpa penilaian"}\n'
    )
    (tmp_path / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\n1\tz\t1\n")
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t2\n1\tb\t0\n")
    assert read_questions(tmp_path) == [Judged("1", "satu", {"a": 2, "b": 0})]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id": "1"}', "line 1: KeyError"),
        ("{", "line 1 is not JSON"),
        ("[1]", "line 1 is no JSON object"),
        ("\n", "holds no questions"),
    ],
)
def test_a_question_file_that_cannot_be_used_is_refused_with_its_line(tmp_path, content, message):
    path = tmp_path / "q.jsonl"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        read_questions(path)


def test_a_missing_question_file_and_an_odd_folder_are_named(tmp_path):
    with pytest.raises(InputError, match="No question file"):
        read_questions(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="not a BEIR folder"):
        read_questions(tmp_path)


@pytest.mark.shared
def test_the_gold_questions_are_all_read(shared):
    questions = read_questions(shared / "gold" / "dev.jsonl")
    assert len(questions) == 150
    assert sum(bool(question.relevant) for question in questions) == 135


def test_changes_are_grouped_as_the_figures_are():
    questions = [
        Judged("1", "a", {"x": 1}, "fact"),
        Judged("2", "b", {"x": 1}, "time"),
        Judged("3", "c", {}, "unanswerable"),
    ]
    before = np.zeros((3, len(Measures().names)))
    after = before.copy()
    after[0] = 1.0
    found = [
        (c.kind, c.comparison.difference.mean) for c in changes_by_kind(questions, before, after)
    ]
    assert found[::5] == [("all", 0.5), ("fact", 1.0), ("time", 0.0)]
    assert [kind for kind, _ in found] == [figure.kind for figure in by_kind(questions, after)]
