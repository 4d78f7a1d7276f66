"""The learned ranking: read, run, refused where damaged, and the same as what was trained."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from homes import article, fill

from warta.corpus.errors import InputError
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.search.evidence import PAIR, PASSAGE, QUESTION, TERM, Evidence
from warta.index.search.fusion import Mixture
from warta.index.search.network import SHIPPED, LearnedRanking, _network, judged_first, shipped
from warta.index.search.retriever import Retriever
from warta.index.training.ranking import (
    Example,
    RankingRecipe,
    _padded,
    _TrainedNetwork,
    train_network,
    write_ranking,
)

SMALL = RankingRecipe(networks=1, hidden=4, wide=6, dropout=0.0, epochs=20, batch=8, rate=2e-2)


def _evidence(c: int, t: int, rng: np.random.Generator) -> Evidence:
    term = rng.random((t, len(TERM)), np.float32)
    term[:, TERM.index("share")] = 1 / max(t, 1)
    return Evidence(
        rng.random((c, t, len(PAIR)), np.float32),
        term,
        rng.random((c, len(PASSAGE)), np.float32),
        rng.random(len(QUESTION), np.float32),
    )


def _example(rng: np.random.Generator) -> Example:
    """One passage is right: that in which the terms follow each other."""
    evidence, right = _evidence(6, 2, rng), np.arange(6) == rng.integers(6)
    evidence.pair[:, :, PAIR.index("followed")] = right[:, None]
    return Example(evidence, right, 1.0)


def test_what_is_written_scores_as_what_was_trained(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    torch.manual_seed(1)
    network = _TrainedNetwork(SMALL).eval()
    write_ranking(tmp_path / "ranking.json", [network.weights()])
    read = LearnedRanking.read(tmp_path / "ranking.json")
    chosen = [Example(_evidence(c, t, rng), np.arange(c) == 0, 1.0) for c, t in ((5, 3), (3, 1))]
    scores = network(_padded(chosen)).detach().numpy()
    for own, example in zip(scores, chosen, strict=True):
        kept = own[: len(example.right)]
        first = 0.3 * example.evidence.passage[:, PASSAGE.index("mixture")]
        assert read.score(example.evidence) == pytest.approx(kept - kept.mean() + first, abs=2e-3)


def test_the_first_ranking_counts_more_under_headlines() -> None:
    evidence = _evidence(5, 2, np.random.default_rng(0))
    under = replace(evidence, headed=1.0)
    mixture = evidence.passage[:, PASSAGE.index("mixture")]
    assert shipped().score(under) - shipped().score(evidence) == pytest.approx(
        0.5 * mixture, abs=1e-5
    )


def test_a_network_learns_which_passages_are_right_and_always_the_same() -> None:
    rng = np.random.default_rng(2)
    found = [_example(rng) for _ in range(200)]
    weights = train_network(found[:150], SMALL, seed=3)
    assert _recall(weights, found[150:]) > 0.8  # by chance 0.17
    once, again = (train_network(found[:40], replace(SMALL, epochs=4), seed=3) for _ in range(2))
    assert once == again


def _recall(weights: dict, found: list[Example]) -> float:
    ranking = LearnedRanking([_network(weights)])
    hits = [bool(one.right[np.argmax(ranking.score(one.evidence))]) for one in found]
    return float(np.mean(hits))


def test_a_question_without_terms_is_ranked_too() -> None:
    found = shipped().score(_evidence(4, 0, np.random.default_rng(0)))
    assert found.shape == (4,)
    assert np.isfinite(found).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda fields: fields | {"format": "warta-ranking-0"}, "other features"),
        (lambda fields: fields | {"features": fields["features"] | {"term": []}}, "other features"),
        (lambda fields: {"format": fields["format"]}, "cannot be read"),
        (lambda fields: fields | {"networks": [{}]}, "cannot be read"),
    ],
)
def test_weights_of_another_make_are_refused(tmp_path: Path, change, message: str) -> None:
    fields = change(json.loads(SHIPPED.read_text()))
    (tmp_path / "ranking.json").write_text(json.dumps(fields))
    with pytest.raises(InputError, match=message):
        LearnedRanking.read(tmp_path / "ranking.json")
    with pytest.raises(InputError, match="cannot be read"):
        LearnedRanking.read(tmp_path / "none.json")


def test_the_judged_come_first_and_the_others_below_them() -> None:
    order, scores = np.array([2, 0, 1, 3]), np.array([5, 1, 9, 0], np.float32)
    new, given = judged_first(order, scores, np.array([-0.5, 2.0], np.float32))
    assert new.tolist() == [0, 2, 1, 3]
    assert given.tolist() == [2.0, -4.5, -0.5, -5.5]
    assert (np.diff(given[new]) <= 0).all()


def test_the_passage_that_says_it_in_one_place_comes_before_one_that_scatters_the_words(
    tmp_path: Path,
) -> None:
    filler = " ".join(f"Kalimat {word} mengisi halaman." for word in "satu dua tiga empat".split())
    scattered = f"Gubernur berpidato. {filler} Jembatan tua. {filler} Acara diresmikan. {filler}"
    fill(
        tmp_path,
        [
            article("a", f"{scattered} Rawasari ramai."),
            article("b", f"{filler} {filler} Jembatan Rawasari diresmikan gubernur. {filler}"),
            article("c", "Panen raya di Wanareja."),
        ],
        embedder := SentenceTransformerEmbedder.load(),
    )
    question = "Siapa yang meresmikan jembatan Rawasari? Diresmikan gubernur?"
    learned = Retriever(embedder, tmp_path).retrieve(question, k=3)
    plain = Retriever(embedder, tmp_path, Mixture()).retrieve(question, k=3)
    assert learned[0].article.id == "b"
    assert [hit.score for hit in learned] == sorted((hit.score for hit in learned), reverse=True)
    assert [hit.score for hit in learned] != [hit.score for hit in plain]
