"""Both halves and their mixture over the same questions, by rankings worked out by hand."""

import numpy as np
import pytest
from homes import EMBEDDER, article, fill

from warta.assistant.evaluation.evaluate import RANKERS, Measured, measure_setting
from warta.index.search.metrics import Judged, Measures
from warta.index.search.retriever import Retriever

# The fake embedder compares word lengths, so "like" is near the question and "named" shares words.
LIKE = article("like", "Gunung besar itu meletus.")
NAMED = article("named", "Ombak setinggi rumah menerjang pantai selatan kemarin sore.")


@pytest.fixture
def home(tmp_path):
    fill(tmp_path / "home", [LIKE, NAMED])
    return tmp_path / "home"


def first(home, setting: str, question: str) -> str:
    return Retriever(EMBEDDER, home, RANKERS[setting]).retrieve(question)[0].article.id


def test_terms_alone_and_vectors_alone_each_follow_their_own_side(home):
    assert first(home, "terms", "selatan pantai rumah ombak") == "named"
    assert first(home, "vectors", "pantai rumah laut selatan") == "like"
    assert first(home, "terms", "pantai rumah laut selatan") == "named"


def test_a_setting_is_judged_by_article_with_kinds_and_times(home):
    questions = [
        Judged("1", "pantai rumah selatan", {"named": 1}, "fact"),
        Judged("2", "gunung meletus", {"named": 1}, "fact"),
        Judged("3", "apa", {}, "unanswerable"),
    ]
    seen = []
    view = Retriever(EMBEDDER, home, RANKERS["terms"]).view()
    found = measure_setting("terms", view, questions, lambda *step: seen.append(step))
    assert found.values[:2, 0].tolist() == [1.0, 0.0]
    assert found.seconds.shape == (3,)
    assert seen[-1] == ("questions, terms", 3, 3)
    assert [(f.kind, f.interval.n) for f in found.figures()][::5] == [("all", 2), ("fact", 2)]


def test_gains_are_paired_by_question():
    questions = (Judged("1", "a", {"x": 1}, "fact"), Judged("2", "b", {"x": 1}, "time"))
    width = len(Measures().names)
    low, high = np.zeros((2, width)), np.zeros((2, width))
    high[0] = 1
    one = Measured("one", questions, low, np.zeros(2))
    other = Measured("other", questions, high, np.zeros(2))
    gains = {(g.kind, g.measure): g.comparison for g in other.gains_over(one)}
    assert gains["all", "recall@1"].difference.mean == 0.5
    assert (gains["fact", "MRR@10"].better, gains["time", "MRR@10"].better) == (1, 0)
    assert gains["fact", "recall@1"].beyond_chance
    assert not gains["time", "recall@1"].beyond_chance


def test_an_article_stands_for_its_copies(home):
    text = " ".join(f"Ombak setinggi {number} meter menerjang pantai." for number in range(30))
    copies = [article("first", text), article("second", f"{text} Tamat.", source="Tempo.co")]
    fill(home, [*copies, LIKE])
    view = Retriever(EMBEDDER, home, RANKERS["terms"]).view()
    (hit,) = [hit for hit in view.retrieve("ombak meter", k=1)]
    assert [copy.id for copy in hit.also] == ["second"]
    for wanted in ("first", "second"):
        found = measure_setting("terms", view, [Judged("1", "ombak meter", {wanted: 1}, "fact")])
        assert found.values[0, 0] == 1.0
