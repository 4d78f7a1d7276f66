"""Questions as the verdict learns on them."""

import numpy as np
import pytest

from warta.assistant.composing.abstain import verdict_row
from warta.assistant.evaluation.learning import fit_answerable, rank, thresholds
from warta.assistant.evaluation.learning_sets import near_misses
from warta.assistant.evaluation.trials import Trial
from warta.index.weights import Rarity, Trees

RARITY = Rarity({}, 2.0)
ALIKE = Trees.from_dict(
    {"features": [], "bias": 0.0, "trees": [[[-1], [0.0], [0], [0], [0.0]]]}, ()
)


def trial(number: int) -> Trial:
    town = f"Kota{chr(97 + number % 26)}{chr(97 + number // 26)}"
    text = f"Pasar {town} dibuka Senin. Pedagang {town} senang. Hujan turun di pelabuhan."
    return Trial(f"q{number}", f"Kapan pasar {town} dibuka?", ("Senin",), text, "train")


def test_each_question_is_met_as_it_is_without_its_answer_and_with_another_word():
    found = near_misses("x own", [trial(1), trial(2)], RARITY)
    assert [bool(pool.right.any()) for pool in found] == [True, False, False] * 2
    whole, without, other = found[:3]
    assert "Senin" not in " ".join(candidate.text for candidate in without.found)
    assert whole.asked.text == without.asked.text != other.asked.text
    assert {pool.group for pool in found[:3]} == {trial(1).context}


def test_the_verdict_tells_what_is_left_out_and_its_limit_leaves_few_behind():
    pools = near_misses("x own", [trial(number) for number in range(120)], RARITY)
    ranked = [(pool, rank(ALIKE, pool)) for pool in pools]
    verdict = fit_answerable(ranked)
    limits = thresholds(verdict, ranked)
    assert 0 < limits["abstain"] <= limits["partial"] < 1
    chances = {True: [], False: []}
    for pool, ranking in ranked:
        chances[bool(pool.right.any())].append(float(verdict(verdict_row(ranking))[0]))
    assert np.median(chances[True]) > np.median(chances[False])
    assert np.mean(np.array(chances[True]) > 0) == pytest.approx(1.0, abs=0.05)
