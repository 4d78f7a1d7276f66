"""Learns which sentence answers, and whether any does, from question sets.

    python -m warta.assistant.evaluation.learning --data ../shared/data --out assistant

Sentences are taken as they will be met: from the passages that terms alone retrieve among all
passages of the set. An embedder trained on the same questions would put the right passage first
more surely than it ever will for a new one, so none takes part. Trees are scikit-learn's
histogram gradient boosting (Ke et al. 2017, LightGBM); what ships is JSON that numpy reads.
"""

import argparse
import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warta.assistant.composing.abstain import DIRECTIONS, VERDICT_FEATURES, verdict_row
from warta.assistant.evaluation.learning_sets import (
    Pool,
    general_texts,
    near_misses,
    pools,
    rarity_table,
    training_questions,
)
from warta.index.reader.features import FEATURES
from warta.index.reader.reader import Reading as Ranking
from warta.index.reader.reader import Scored
from warta.index.weights import RARITY, SCORER, Rarity, Rows, Tree, Trees, read_json, read_rarity

_FOLDS = 2
_OWN = " own"  # ends the name of a set whose questions are put to their own passage
_CANDIDATES = 14  # wrong sentences of a question to learn from
# Of the answerable questions at most this share is declined, out of fold. Rules decline more.
_DECLINED = 0.025
_UNSURE = 0.2
# News is what will be asked, the encyclopaedia is what there is most of.
_WORTH = {"facqa": 1.5}
_log = logging.getLogger(__name__)


def fit(
    rows: Rows,
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    names: Sequence[str],
    **settings: Any,
) -> Trees:
    """Boost trees on (n, features) rows and export them."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]

    chosen = {"max_iter": 200, "learning_rate": 0.06, "max_leaf_nodes": 15} | settings
    model = HistGradientBoostingClassifier(
        l2_regularization=2.0, max_bins=63, random_state=0, early_stopping=False, **chosen
    ).fit(rows, labels, sample_weight=weights)
    trees = tuple(_export(predictor[0].nodes) for predictor in model._predictors)
    bias = float(np.ravel(model._baseline_prediction)[0])
    return Trees(tuple(names), np.arange(len(names)), bias, trees)


def _export(nodes: NDArray[Any]) -> Tree:
    leaf = nodes["is_leaf"].astype(bool)
    return Tree(
        np.where(leaf, -1, nodes["feature_idx"]).astype(np.int64),
        np.where(leaf, 0.0, nodes["num_threshold"]).astype(np.float32),
        np.where(leaf, 0, nodes["left"]).astype(np.int64),
        np.where(leaf, 0, nodes["right"]).astype(np.int64),
        np.where(leaf, nodes["value"], 0.0),
        int(nodes["depth"].max()),
    )


def fit_sentences(found: Sequence[Pool]) -> Trees:
    """Learn which sentence of a pool answers; every question weighs the same."""
    near = FEATURES.index("cover_near")
    taken = [_telling(pool.rows[:, near], pool.right) for pool in found]
    rows = np.concatenate([pool.rows[at] for pool, at in zip(found, taken, strict=True)])
    labels = np.concatenate([pool.right[at] for pool, at in zip(found, taken, strict=True)])
    weights = np.concatenate(
        [
            np.full(len(at), _WORTH.get(pool.set_name, 1.0) / max(len(at), 8))
            for pool, at in zip(found, taken, strict=True)
        ]
    )
    return fit(rows, labels, weights / weights.mean(), FEATURES)


def _telling(near: NDArray[np.float32], right: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the right sentences and the wrong ones most like them, every other of the rest."""
    order = np.argsort(-near, kind="stable")
    wrong = order[~right[order]]
    kept = np.concatenate([wrong[:_CANDIDATES], wrong[_CANDIDATES::4]])
    return np.concatenate([np.flatnonzero(right), kept])


def rank(trees: Trees, pool: Pool) -> Ranking:
    """Return the pool's sentences as the scorer would rank them."""
    scores = trees(pool.rows)
    order = np.argsort(-scores, kind="stable")
    sentences = tuple(Scored(pool.found[at], float(scores[at])) for at in order)
    return Ranking(pool.asked, sentences, pool.rows[order], scores[order])


def out_of_fold(found: Sequence[Pool], unlike: Sequence[Pool]) -> Iterator[tuple[Pool, Ranking]]:
    """Yield every pool ranked by trees that never saw its passage, as new questions will be."""
    groups = {name: at % _FOLDS for at, name in enumerate(sorted({p.group for p in found}))}
    for fold in range(_FOLDS):
        trees = fit_sentences([p for p in found if groups[p.group] != fold])
        for pool in (*found, *unlike):
            if groups.get(pool.group, 0) == fold:
                yield pool, rank(trees, pool)


def fit_answerable(ranked: Sequence[tuple[Pool, Ranking]]) -> Trees:
    """Learn whether a ranking holds the answer at all; both cases weigh the same in each set."""
    rows = np.concatenate([verdict_row(ranking) for _, ranking in ranked])
    labels = np.array([bool(pool.right.any()) for pool, _ in ranked])
    sets = np.array([pool.set_name for pool, _ in ranked])
    weights = np.ones(len(labels))
    for name in set(sets):
        for label in (False, True):
            these = (sets == name) & (labels == label)
            weights[these] = len(labels) / max(these.sum(), 1)
    return fit(
        rows,
        labels,
        weights / weights.mean(),
        VERDICT_FEATURES,
        max_iter=100,
        max_leaf_nodes=8,
        min_samples_leaf=60,
        learning_rate=0.05,
        monotonic_cst=list(DIRECTIONS),
    )


def thresholds(trees: Trees, ranked: Sequence[tuple[Pool, Ranking]]) -> dict[str, float]:
    """Return the probabilities below which is declined, and below which is warned."""
    rows = np.concatenate([verdict_row(r) for pool, r in ranked if pool.right.any()])
    chances = 1 / (1 + np.exp(-trees(rows)))
    low, high = np.quantile(chances, [_DECLINED, _UNSURE])
    return {"abstain": round(float(low), 4), "partial": round(float(high), 4)}


def learn(folder: Path, rarity: Rarity, sentences: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return all weights as JSON values, from the question sets in `folder`.

    With `sentences`, the trees that rank sentences, only the verdict is learnt.
    """
    found: list[Pool] = []
    own: list[Pool] = []
    for name, (every, chosen) in training_questions(folder).items():
        answerable = [trial for trial in chosen if trial.answers]
        met = list(pools(name, every, answerable, rarity))
        found += met
        own += near_misses(f"{name}{_OWN}", answerable, rarity)
        _log.info("%s: %d questions, %d sentences", name, len(met), sum(len(p.rows) for p in met))
    ranked = list(out_of_fold(found, own))
    trees = fit_answerable([judged for judged in ranked if judged[0].set_name.endswith(_OWN)])
    met_later = [judged for judged in ranked if not judged[0].set_name.endswith(_OWN)]
    return {
        "sentences": sentences or fit_sentences(found).to_dict(),
        "answerable": trees.to_dict() | thresholds(trees, met_later),
    }


def main() -> None:
    """Count rarities, learn and write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/, news/, train/")
    parser.add_argument("--out", type=Path, default=SCORER, help="file for the weights")
    parser.add_argument("--rarity", action="store_true", help="count the rarities anew, too")
    parser.add_argument("--verdict", action="store_true", help="keep the sentence trees of --out")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if options.rarity:
        table = rarity_table(general_texts(options.data))
        RARITY.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", "utf-8")
    kept = read_json(options.out)["sentences"] if options.verdict else None
    weights = learn(options.data / "qa", read_rarity(), kept)
    options.out.write_text(json.dumps(weights, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
