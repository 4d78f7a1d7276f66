"""Learns which words of a sentence answer, from the training questions and FacQA and TyDi QA.

    python -m warta.index.training.spans --data DATA --out OUT

DATA as for the reader. A run of words is right where it is an accepted answer, or holds one with
at most two words more. The pairs of words are learned listwise, the trees on what pairs that never
saw a question's event say of it, and the odds on both.
"""

import argparse
import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warta.corpus.language.numbers import canonical, contains
from warta.index.reader.features import Asked
from warta.index.reader.spans import COLUMNS, SIZE, WordRun, judged, pairs_of, runs, span_rows
from warta.index.reader.vectors import shipped_vectors
from warta.index.training.models.boosting import boost, listwise
from warta.index.training.reader import _own_pools as own_pools
from warta.index.training.reader_pools import FOLDS, QUESTIONS, TrainingPool, auxiliary_pools
from warta.index.weights import Logits, Rows

_log = logging.getLogger(__name__)
_ROUNDS = 120
_RIDGE, _STEPS = 1e-4, 40
_SENTENCES = 3  # of a question that are learned from
_ALIKE = 0.75  # F1 of the words of a run and an answer from which on it is right
_MORE = 2  # words beside an answer that a right run may hold
_TREES: dict[str, Any] = {"num_leaves": 15, "learning_rate": 0.1}


@dataclass(frozen=True, slots=True)
class SpanExample:
    """A sentence that holds an accepted answer, its runs, and which of them are right."""

    asked: Asked
    text: str
    found: tuple[WordRun, ...]
    right: NDArray[np.bool_]
    fold: int


def examples(pools: Iterable[TrainingPool]) -> Iterator[SpanExample]:
    """Yield the first right sentences of each answerable question with a run that answers."""
    for pool in pools:
        answers = pool.question.answers
        holding = (
            candidate.text
            for candidate, right in zip(pool.found, pool.right.tolist(), strict=True)
            if right and any(contains(candidate.text, answer) for answer in answers)
        )
        for text in list(dict.fromkeys(holding))[:_SENTENCES]:
            found = tuple(runs(text))
            right = np.array([is_right(text[r.start : r.end], answers) for r in found], np.bool_)
            if right.any():
                yield SpanExample(pool.asked, text, found, right, pool.fold)


def is_right(run: str, answers: Sequence[str]) -> bool:
    """Tell a run that is an accepted answer, or holds one and little more."""
    own = Counter(canonical(run))
    for answer in answers:
        wanted = Counter(canonical(answer))
        shared, total = (own & wanted).total(), own.total() + wanted.total()
        if total and 2 * shared / total >= _ALIKE:
            return True
        if own.total() <= wanted.total() + _MORE and contains(run, answer):
            return True
    return False


def learn(found: Sequence[SpanExample]) -> dict[str, Any]:
    """Return the weights as JSON values."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    indices, ends = [], [0]
    for example in found:
        for places in pairs_of(example.asked, example.text, example.found):
            indices.append(places)
            ends.append(ends[-1] + len(places))
    lengths = np.diff(ends)
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths)
    pairs = csr_matrix((values, np.concatenate(indices), ends), shape=(len(lengths), SIZE))
    of = np.repeat(np.arange(len(found)), [len(example.found) for example in found])
    right = np.concatenate([example.right for example in found])
    fold = np.array([example.fold for example in found])[of]

    def paired(chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        nothing = np.zeros(int(chosen.sum()))
        return listwise(pairs[chosen], nothing, right[chosen], of[chosen], _RIDGE, _STEPS)

    spoken = np.zeros(len(of))
    for held in range(FOLDS):
        here = fold == held
        if here.any():
            spoken[here] = pairs[here] @ paired(~here)
    rows = _rows(found, spoken, of)
    scores = np.zeros(len(of))
    for held in range(FOLDS):
        here = fold == held
        if here.any():
            scores[here] = _trees(rows[~here], right[~here])(rows[here])
    parts = np.split(scores, np.searchsorted(of, np.arange(1, len(found))))
    tops = [judged(each.found, part) for each, part in zip(found, parts, strict=True)]
    hit = np.array([bool(e.right[at]) for e, (at, _) in zip(found, tops, strict=True)])
    _log.info("the likeliest run is right in %.3f of %d", hit.mean(), len(hit))
    odds = np.array([1.0, 0.0, 0.0])
    if not hit.all():  # of the few questions of a toy run all may be
        sure = np.stack([values for _, values in tops])
        odds = LogisticRegression(fit_intercept=False, max_iter=1000).fit(sure, hit).coef_[0]
    return _packed(paired(np.ones(len(of), np.bool_))) | {
        "trees": _trees(rows, right).to_dict(),
        "odds": odds.round(4).tolist(),
    }


def _rows(found: Sequence[SpanExample], spoken: Logits, of: NDArray[np.int64]) -> Rows:
    vectors = shipped_vectors()
    parts = np.split(spoken, np.searchsorted(of, np.arange(1, len(found))))
    return np.concatenate(
        [
            span_rows(each.asked, each.text, each.found, part, vectors)
            for each, part in zip(found, parts, strict=True)
        ]
    )


def _trees(rows: Rows, right: NDArray[np.bool_]) -> Any:
    return boost(rows, right, np.ones(len(right)), COLUMNS, _ROUNDS, **_TREES)


def _packed(weights: NDArray[np.float64]) -> dict[str, Any]:
    """Return the weights of the pairs as int8 with one scale, without those that are nothing."""
    scale = float(np.abs(weights).max() / 127) or 1.0
    small = np.rint(weights / scale).astype(int)
    places = np.flatnonzero(small)
    return {"scale": scale, "places": places.tolist(), "weights": small[places].tolist()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, learn and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with news/ and qa/")
    parser.add_argument(
        "--home", type=Path, help="an index over CLICK-ID; made where none is given"
    )
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    parser.add_argument("--toy", action="store_true", help="learn from qa/ alone, in seconds")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    pools = list(auxiliary_pools(options.data / "qa"))
    if not options.toy:
        pools = [*own_pools(options.data, options.home, QUESTIONS), *pools]
    text = json.dumps(learn(list(examples(pools))), separators=(",", ":"))
    options.out.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
