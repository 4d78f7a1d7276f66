"""Where in a sentence the answer stands, and how that is learned."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from warta.index.reader import ask
from warta.index.reader.spans import (
    COLUMNS,
    SIZE,
    SpanFinder,
    pairs_of,
    runs,
    shipped_spans,
    span_rows,
    weigh,
)
from warta.index.reader.vectors import shipped_vectors
from warta.index.training.spans import examples, is_right, learn
from warta.index.weights import Tree, Trees

TEXT = "Biaya jembatan Rp 1,5 miliar, kata Bupati Ratna, rampung dalam tiga bulan."


def said(text=TEXT):
    return [text[run.start : run.end] for run in runs(text)]


def test_numbers_with_their_unit_days_and_names_are_one_piece_and_no_run_crosses_a_comma():
    found = said()
    assert {"Rp 1,5 miliar", "Bupati Ratna", "tiga bulan"} <= set(found)
    assert "1,5" not in found
    assert not [run for run in found if ", " in run]
    assert len(found) == len(set(found))


def test_a_run_neither_begins_nor_ends_with_a_word_that_tells_nothing():
    assert "dalam tiga bulan" not in said()
    assert "rampung dalam tiga bulan" in said()


def test_what_is_quoted_is_a_run_of_its_own():
    assert "Kios, air dan lampu siap" in said('"Kios, air dan lampu siap" kata Ani.')


def test_a_run_knows_its_kind_and_what_of_the_question_stands_beside_it():
    asked, found = ask("Berapa biaya jembatan?"), runs(TEXT)
    rows = span_rows(asked, TEXT, found, np.zeros(len(found)), shipped_vectors())
    price = rows[[TEXT[r.start : r.end] for r in found].index("Rp 1,5 miliar")]
    value = dict(zip(COLUMNS, price.tolist(), strict=True))
    assert (value["is_number"], value["money"], value["fits"]) == (1, 1, 1)
    assert (value["before"], value["after"], value["gap"]) == (pytest.approx(1), 0, 1)


def test_the_likeliest_run_is_found_with_its_lead_over_the_next_apart():
    # One tree: money 2, all else -1. The log-odds: twice the lead of 3, half the score, less one.
    tree = Tree(
        np.array([COLUMNS.index("money"), -1, -1]), np.array([0.5, 0, 0], np.float32),
        np.array([1, 0, 0]), np.array([2, 0, 0]), np.array([0.0, -1.0, 2.0]), 1,
    )  # fmt: skip
    trees = Trees(COLUMNS, np.arange(len(COLUMNS)), 0.0, (tree,))
    finder = SpanFinder(
        trees, np.zeros(SIZE, np.float32), np.array([2, 0.5, -1]), shipped_vectors()
    )
    found = finder.find(ask("Berapa biaya jembatan?"), TEXT)
    assert TEXT[found.start : found.end] == "Rp 1,5 miliar"
    assert found.probability == pytest.approx(1 / (1 + np.exp(-6)))
    assert finder.find(ask("Berapa biaya jembatan?"), "") is None


def test_pairs_weigh_by_the_root_of_their_number():
    places = pairs_of(ask("Berapa biaya jembatan?"), TEXT, runs(TEXT))[0]
    assert weigh(np.full(SIZE, 0.5), places) == pytest.approx(0.5 * np.sqrt(len(places)))


def test_a_run_is_right_where_it_is_the_answer_or_holds_it_and_little_more():
    assert is_right("Rp1,5 miliar", ["Rp 1,5 miliar"])
    assert is_right("Bupati Ratna", ["Ratna"])
    assert not is_right("Bupati Ratna yang membuka pasar", ["Ratna"])
    assert not is_right("tiga bulan", ["Ratna"])


@pytest.mark.parametrize(
    ("question", "answer"),
    [("Berapa biaya jembatan?", "Rp 1,5 miliar"), ("Berapa lama jembatan dibangun?", "tiga bulan")],
)
def test_the_weights_that_ship_find_what_is_asked_for(question, answer):
    found = shipped_spans().find(ask(question), TEXT)
    assert TEXT[found.start : found.end] == answer


def test_learning_takes_right_sentences_that_hold_an_answer_and_gives_weights_that_load(tmp_path):
    pytest.importorskip("lightgbm")
    pools = [
        SimpleNamespace(
            question=SimpleNamespace(answers=(f"Rp {price} miliar",)),
            asked=ask(f"Berapa biaya jembatan {name}?"),
            found=tuple(
                SimpleNamespace(text=text)
                for text in (f"Jembatan {name} itu menelan biaya Rp {price} miliar, kata bupati.",
                             f"Jembatan {name} lain menelan Rp {price} miliar dan tujuh bulan.")
            ),
            right=np.array([True, False]),
            fold=price % 5,
        )
        for price, name in enumerate("Arum Banyu Cemara Dahlia Embun Flora Gading Hulu".split(), 2)
    ]  # fmt: skip
    found = list(examples(pools))
    assert [example.text for example in found] == [pool.found[0].text for pool in pools]
    first = found[0]
    right = [first.text[r.start : r.end] for r, is_so in zip(first.found, first.right, strict=True)
             if is_so]  # fmt: skip
    assert right == ["menelan biaya Rp 2 miliar", "biaya Rp 2 miliar", "Rp 2 miliar"]
    path = tmp_path / "spans.json"
    path.write_text(json.dumps(learn(found)))
    answer = SpanFinder.load(path).find(pools[0].asked, pools[0].found[0].text)
    assert 0 < answer.probability < 1
