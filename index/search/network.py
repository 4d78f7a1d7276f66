"""The learned ranking: a small network that weighs what speaks for each passage.

For every pair of term and passage it works out some numbers, adds them up over the terms by what
each term is worth in this question, and judges the sums with what is known of the passage as a
whole. It is learned by `index/training/ranking.py`; here it is read from JSON and run with numpy.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np

from warta.corpus.errors import InputError
from warta.index.candidates import Rows, Scores
from warta.index.search.evidence import PAIR, PASSAGE, QUESTION, TERM, Evidence

FORMAT = "warta-ranking-1"
TOP = 60  # passages of the first ranking that are judged
SHIPPED = Path(__file__).with_name("ranking.json")
FEATURES = {"pair": PAIR, "term": TERM, "passage": PASSAGE, "question": QUESTION}
# What the first ranking counts beside what was learned; more under headlines, which the training
# sets have none of but invented ones.
_FIRST, _HEADED = 0.3, 0.5
LAYERS = {"worth": 2, "reading": 2, "verdict": 3}  # of each part, ReLU between them


@dataclass(frozen=True, slots=True)
class Network:
    """One network: its layers by part, each (weights (out, in), bias (out,)).

    `worth` gives what a term counts, `reading` what a term and a passage say together, `verdict`
    the score. `base`: (len(PASSAGE),) weights that are added without a network.
    """

    layers: Mapping[str, Sequence[tuple[Scores, Scores]]]
    base: Scores

    def score(self, evidence: Evidence) -> Scores:
        """Return (c,) scores, higher is better."""
        c, t = evidence.pair.shape[:2]
        question = np.broadcast_to(evidence.question, (t, len(QUESTION)))
        worth = self._run("worth", np.concatenate([evidence.term, question], 1))[:, 0]
        share = np.logaddexp(worth, 0) * evidence.term[:, TERM.index("share")]
        share = share / max(float(share.sum()), 1e-6)
        terms = np.broadcast_to(evidence.term, (c, t, len(TERM)))
        read = np.maximum(self._run("reading", np.concatenate([evidence.pair, terms], 2)), 0)
        parts = (
            evidence.passage,
            np.broadcast_to(evidence.question, (c, len(QUESTION))),
            np.einsum("cth,t->ch", read, share),
            read.max(1, initial=0),
            np.einsum("ctp,t->cp", evidence.pair, share),
        )
        verdict = self._run("verdict", np.concatenate(parts, 1))[:, 0]
        return np.asarray(verdict + evidence.passage @ self.base, np.float32)

    def _run(self, part: str, values: Scores) -> Scores:
        for place, (weights, bias) in enumerate(self.layers[part]):
            if place:
                values = np.maximum(values, 0)
            values = values @ weights.T + bias
        return values


class LearnedRanking:
    """Several networks of one make: what they agree on counts."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the weights; raises InputError where they are damaged or of other features."""
        try:
            fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            features = {name: tuple(found) for name, found in fields["features"].items()}
            if fields["format"] != FORMAT or features != FEATURES:
                raise InputError(f"{path} is made for other features than this version has.")
            return cls([_network(weights) for weights in fields["networks"]])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"The weights of the ranking in {path} cannot be read: {error!r}.",
                "Install Warta again, or train them again: "
                "`python -m warta.index.training rebuild --data FOLDER --only ranking`.",
            ) from error

    def score(self, evidence: Evidence) -> Scores:
        """Return (c,) float32, higher is better, comparable within this question."""
        scores = [network.score(evidence) for network in self._networks]
        learned = np.mean([one - one.mean() for one in scores], axis=0)
        first = _FIRST + _HEADED * evidence.headed
        mixture = evidence.passage[:, PASSAGE.index("mixture")]
        return np.asarray(learned + first * mixture, np.float32)


def _network(fields: Mapping[str, Any]) -> Network:
    layers = {
        part: [
            (np.array(layer["weights"], np.float32), np.array(layer["bias"], np.float32))
            for layer in fields[part]
        ]
        for part in LAYERS
    }
    if any(len(layers[part]) != count for part, count in LAYERS.items()):
        raise ValueError("a layer is missing")
    return Network(layers, np.array(fields["base"], np.float32))


def judged_first(order: Rows, scores: Scores, judged: Scores) -> tuple[Rows, Scores]:
    """Return `order` with its first places by `judged`, and scores (c,) that go with it.

    `order`: (c,) candidates, best first; `scores`: (c,) of each candidate; `judged`: (d,), d ≤ c,
    of order[:d]. The others follow below the lowest of those, as far apart as they were.
    """
    first, rest = order[: len(judged)], order[len(judged) :]
    place = np.argsort(-judged, kind="stable")
    given = scores.copy()
    given[first] = judged
    given[rest] = scores[rest] - scores[first[-1]] + judged.min()
    return np.concatenate([first[place], rest]), given


@cache
def shipped() -> LearnedRanking:
    """Return the ranking that ships."""
    return LearnedRanking.read(SHIPPED)
