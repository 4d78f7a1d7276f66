"""Learns which sentence answers a question, and whether any does.

    python -m warta.index.training.reader --data DATA --out OUT

DATA holds news/click_id.jsonl.gz, which is indexed first (`--home` names an index of it that is
there already), and qa/. Everything that is judged of a question is judged by weights that
never saw its event: the trees in five folds, the cues on what the trees leave over, the verdict on
all; the encoder, how much it says beside them and in the verdict, on one fold. What is not the
encoder's comes out as the same bytes each time on one kind of machine.
"""

import argparse
import json
import logging
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warta.index.building.ingest import index_paths
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.reader.cues import SIZE, asking, places
from warta.index.reader.features import feature_matrix
from warta.index.reader.interaction import meetings, pool_of
from warta.index.reader.passage_reader import Scores
from warta.index.reader.reader import (
    COLUMNS,
    HEARD_VERDICT,
    VERDICT,
    blended,
    heard_row,
    verdict_row,
)
from warta.index.reader.vectors import shipped_vectors
from warta.index.search.retriever import Retriever
from warta.index.training.models import passage_reader
from warta.index.training.models.fitting import boost, boost_ranking, listwise, together
from warta.index.training.models.pretrained import packed_file
from warta.index.training.reader_pools import (
    FOLDS,
    MORE,
    QUESTIONS,
    Events,
    TrainingPool,
    auxiliary_pools,
    context_pools,
    few_pools,
    read_questions,
    training_pools,
)
from warta.index.weights import Logits, Rows, Trees

_Aside = Mapping[int, tuple[NDArray[np.int64], Scores, Logits]]
"""Rows of questions that the encoder never saw, what it and all together say of them."""
_log = logging.getLogger(__name__)
_ROUNDS = 150
_VERDICT_ROUNDS, _HEARD_ROUNDS = 120, 240
_RANKING = 0.5  # weight of the trees that rank beside those that judge
_AUXILIARY = 1.2  # what a question of another set weighs beside one of our own
_NEAR_MISS = 0.4  # weight of a question of another set without its answer, for the verdict
_ELSEWHERE = 1.2  # of one with it: at 0.4 0.04 of FacQA's are declined out of fold, so 0.002
_CUE = 0.7  # weight of the cues beside the trees; 0.5 and 1.0 measured the same within 0.003
_RIDGE, _STEPS = 1e-4, 40  # of 1e-3 … 3e-5 the best among three on the folds
_DEEP = 25  # sentences of a question that the cues learn from
_DECLINED = 0.05  # share of the answerable questions that may be declined
_ABSENT = 0.01
_LEAST = 8  # sentences of a pool from which on every question weighs the same


Encode = Callable[[Sequence[TrainingPool], Sequence[Logits]], dict[int, Scores]]


@dataclass(frozen=True)
class _Set:
    """All pools in one: `rows` (n, COLUMNS), `pairs` (n, SIZE) sparse, `of` (n,) the pool."""

    pools: Sequence[TrainingPool]
    rows: Rows
    pairs: Any
    of: NDArray[np.int64]
    right: NDArray[np.bool_]
    used: NDArray[np.bool_]
    """Rows to learn from: of answerable questions that have a right sentence, but unsure ones."""
    fold: NDArray[np.int64]
    worth: NDArray[np.float64]
    """What each pool weighs, (pools,)."""

    def weights(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the weights of the chosen rows; every question weighs the same."""
        counts = np.bincount(self.of[chosen], minlength=len(self.pools))
        weights = self.worth[self.of[chosen]] / np.maximum(counts, _LEAST)[self.of[chosen]]
        return np.asarray(weights / weights.mean(), np.float64)


def _gathered(pools: Sequence[TrainingPool], auxiliary: int = 0) -> _Set:
    """Read all pools; the last `auxiliary` of them are of other sets."""
    from scipy.sparse import csr_matrix

    vectors = shipped_vectors()
    rows, indices, ends = [], [], [0]
    for done, pool in enumerate(pools):
        found = list(pool.found)
        met = meetings(pool.asked, pool_of(found), vectors)
        rows.append(np.hstack([feature_matrix(pool.asked, found), met]))
        asks = asking(pool.asked)
        for candidate in found:
            at = places(asks, candidate.text)
            indices.append(at)
            ends.append(ends[-1] + len(at))
        if done % 500 == 0:
            _log.info("%d of %d questions read", done, len(pools))
    lengths = np.diff(ends)
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths)
    of = np.repeat(np.arange(len(pools)), [len(pool.found) for pool in pools])
    right = np.concatenate([pool.right for pool in pools])
    unsure = np.concatenate([pool.unsure for pool in pools])
    known = np.array([pool.right.any() for pool in pools])
    return _Set(
        pools,
        np.concatenate(rows),
        csr_matrix((values, np.concatenate(indices), ends), shape=(len(of), SIZE)),
        of,
        right,
        known[of] & ~unsure,
        np.array([pool.fold for pool in pools])[of],
        np.where(np.arange(len(pools)) < len(pools) - auxiliary, 1.0, _AUXILIARY),
    )


def _trees(data: _Set, chosen: NDArray[np.bool_]) -> Trees:
    rows, right = data.rows[chosen], data.right[chosen]
    each = boost(rows, right, data.weights(chosen), COLUMNS, _ROUNDS)
    order = boost_ranking(rows, right, data.of[chosen], COLUMNS, _ROUNDS, _RANKING)
    return together(each, order)


def _cues(data: _Set, trees: Logits, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    chosen = chosen & (_deep(data, trees) | data.right)
    return listwise(
        data.pairs[chosen], trees[chosen], data.right[chosen], data.of[chosen], _RIDGE, _STEPS
    )


def _deep(data: _Set, scores: Logits) -> NDArray[np.bool_]:
    """Return which rows are among the first of their question."""
    order = np.lexsort((-scores, data.of))
    first = np.flatnonzero(np.r_[True, data.of[1:] != data.of[:-1]])
    kept = np.zeros(len(scores), np.bool_)
    kept[order] = np.arange(len(order)) - first[data.of[order]] < _DEEP
    return kept


@dataclass(frozen=True)
class _Judged:
    """Scores of all rows by weights that never saw their event."""

    trees: Logits
    cues: Logits

    @property
    def raw(self) -> Logits:
        return self.trees + _CUE * self.cues


def _out_of_fold(data: _Set) -> _Judged:
    trees, cues = np.zeros(len(data.of)), np.zeros(len(data.of))
    for fold in range(FOLDS):
        here = data.fold == fold
        trees[here] = _trees(data, data.used & ~here)(data.rows[here])
        _log.info("trees of fold %d", fold)
    for fold in range(FOLDS):
        here = data.fold == fold
        cues[here] = data.pairs[here] @ _cues(data, trees, data.used & ~here)
        _log.info("cues of fold %d", fold)
    return _Judged(trees, cues)


@dataclass(frozen=True)
class _Verdicts:
    """What the verdict learns from, (v, VERDICT): whether the hits answer, and its weight.

    The archive's own questions come first, `own` of them, each as it is. Those of other sets come
    as they are and without the sentences that answer: near misses.
    """

    rows: Rows
    labels: NDArray[np.bool_]
    weights: NDArray[np.float64]
    fold: NDArray[np.int64]
    own: int


def _verdicts(data: _Set, judged: _Judged, own: int) -> _Verdicts:
    rows, labels, weights, folds = [], [], [], []
    for at, pool in enumerate(data.pools):
        here = np.arange(*np.searchsorted(data.of, [at, at + 1]))
        cases = [(here, pool.question.answerable)]
        if at >= own:
            cases.append((here[~pool.right], False))
        for kept, answerable in cases:
            if not len(kept):
                continue
            cues = judged.cues[kept].astype(np.float32)
            rows.append(verdict_row(data.rows[kept], judged.raw[kept], judged.trees[kept], cues))
            labels.append(answerable)
            elsewhere = _ELSEWHERE if answerable else _NEAR_MISS
            weights.append(elsewhere if at >= own else 0.5 if answerable else 1.0)
            folds.append(pool.fold)
    return _Verdicts(
        np.concatenate(rows), np.array(labels), np.array(weights), np.array(folds), own
    )


def _answerable(found: _Verdicts, chosen: NDArray[np.bool_]) -> Trees:
    return boost(
        found.rows[chosen], found.labels[chosen], found.weights[chosen], VERDICT, _VERDICT_ROUNDS,
        num_leaves=8, min_data_in_leaf=40, feature_fraction=0.2, learning_rate=0.05,
    )  # fmt: skip


def _heard_answerable(
    rows: Rows,
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    chosen: NDArray[np.bool_],
) -> Trees:
    """Boost what the encoder adds to the verdict without it."""
    return boost(
        rows[chosen], labels[chosen], weights[chosen], HEARD_VERDICT, _HEARD_ROUNDS,
        start=rows[chosen, 0].astype(np.float64),
        num_leaves=8, min_data_in_leaf=40, feature_fraction=0.2, learning_rate=0.05,
    )  # fmt: skip


def _alike(data: _Set, pools: Sequence[int], labels: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what each pool weighs, so that no way of asking tells that an answer is there.

    Plain questions, English ones and those that lean on a conversation then have the same odds.
    Without it no English one was ever declined.
    """
    asked = [data.pools[at].asked for at in pools]
    way = np.array([2 if one.english else one.own != one.text for one in asked], np.int64)
    weights = np.where(labels, 0.5, 1.0)
    odds = [labels[way == one].sum() / max((~labels[way == one]).sum(), 1) for one in range(3)]
    for one in (1, 2):
        if odds[one]:
            weights[labels & (way == one)] *= odds[0] / odds[one]
    return weights


def _verdict(data: _Set, judged: _Judged, own: int, aside: _Aside) -> dict[str, Any]:
    """Return the weights of the verdict and its limits, by what never saw a question's event."""
    found = _verdicts(data, judged, own)
    before = np.zeros(len(found.labels))
    for held in range(FOLDS):
        fold = found.fold == held
        before[fold] = _answerable(found, ~fold)(found.rows[fold])
    rows = np.concatenate([
        heard_row(before[at], found.rows[at : at + 1], judged.raw[here], read, whole)
        for at, (here, read, whole) in aside.items()
    ])  # fmt: skip
    labels = found.labels[list(aside)]
    articles = [data.pools[at].question.article_ids[0] for at in aside]
    part = np.unique(articles, return_inverse=True)[1] % FOLDS
    weights = _alike(data, list(aside), labels)
    chances = rows[:, 0].astype(np.float64)
    for held in np.unique(part) if part.any() else ():
        here = part == held
        chances[here] += _heard_answerable(rows, labels, weights, ~here)(rows[here])
    chances = _sigmoid(chances)
    near, said = np.quantile(chances[labels], [_ABSENT, _DECLINED])
    _log.info("%d of %d unanswerable declined", (chances[~labels] < said).sum(), (~labels).sum())
    return {
        "answerable": _answerable(found, np.ones(len(before), np.bool_)).to_dict(),
        "heard": _heard_answerable(rows, labels, weights, np.ones(len(rows), np.bool_)).to_dict(),
        "near": round(float(near), 4),
        "said": round(float(said), 4),
    }


def learn(
    own: Sequence[TrainingPool],
    others: Sequence[TrainingPool],
    encode: Encode,
) -> tuple[dict[str, Any], NDArray[np.float64]]:
    """Return the weights as JSON values, and those of the cues, (SIZE,).

    `own` are the archive's questions, which alone tell when to decline; `others` of other sets.
    `encode` makes the encoder and returns what it says of those of `own` that it did not see.
    """
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    data = _gathered([*own, *others], len(others))
    judged = _out_of_fold(data)
    starts = np.searchsorted(data.of, np.arange(1, len(data.pools)))
    heard = encode(own, np.split(judged.raw, starts)[: len(own)])
    here = np.isin(data.of, list(heard))
    parts = blended(judged.raw[here], np.concatenate([heard[at] for at in sorted(heard)]))
    used, of, right = data.used[here], data.of[here], data.right[here]
    blend = listwise(
        csr_matrix(parts[used]), np.zeros(used.sum()), right[used], of[used], _RIDGE, _STEPS
    )
    whole = parts @ blend
    _report("trees and cues", data, judged.raw, range(len(own)))
    _report("trees and cues", data, judged.raw, heard)
    _report("with the encoder", data, _placed(here, whole), heard)
    aside = {
        at: (np.flatnonzero(data.of == at), heard[at], whole[of == at]) for at in sorted(heard)
    }
    odds = LogisticRegression().fit(whole[:, None], right)
    weights = {
        "sentences": _trees(data, data.used).to_dict(),
        "cue": _CUE,
        "blend": blend.round(6).tolist(),
        "odds": [round(float(odds.coef_[0, 0]), 6), round(float(odds.intercept_[0]), 6)],
        **_verdict(data, judged, len(own), aside),
    }
    return weights, _cues(data, judged.trees, data.used)


def _sigmoid(logits: Logits) -> Logits:
    return np.asarray(1 / (1 + np.exp(-logits)), np.float64)


def _placed(here: NDArray[np.bool_], scores: Logits) -> Logits:
    whole = np.zeros(len(here))
    whole[here] = scores
    return whole


def _report(name: str, data: _Set, scores: Logits, chosen: Iterable[int]) -> None:
    """Log how often a right sentence is the first, among three and seven, out of fold."""
    ranks = []
    for at in chosen:
        if data.pools[at].question.answerable:
            here = slice(*np.searchsorted(data.of, [at, at + 1]))
            right = data.right[here][np.argsort(-scores[here], kind="stable")]
            ranks.append(int(right.argmax()) if right.any() else len(right) + FOLDS)
    shares = [float(np.mean(np.array(ranks) < k)) for k in (1, 3, 7)]
    _log.info(
        "%s, %d questions: first %.3f, of three %.3f, of seven %.3f", name, len(ranks), *shares
    )


def save(weights: dict[str, Any], cues: NDArray[np.float64], out: Path) -> None:
    """Write reader.json and cues.npz, its weights as int8 with one scale."""
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(weights, separators=(",", ":")) + "\n"
    (out / "reader.json").write_text(text, "utf-8")
    scale = np.float32(np.abs(cues).max() / 127 or 1.0)
    np.savez_compressed(
        out / "cues.npz", weights=np.rint(cues / scale).astype(np.int8), scale=scale
    )


def _own_pools(data: Path, home: Path | None) -> list[TrainingPool]:
    """Return the archive's own questions with what searching brings, then those aside with few."""
    with tempfile.TemporaryDirectory() as made:
        if home is None:
            home = Path(made)
            news = data / "news" / "click_id.jsonl.gz"
            index_paths(home, [news], embedder=SentenceTransformerEmbedder.load())
        view = Retriever.load(home, SentenceTransformerEmbedder.load()).view()
        articles = view.recent(sum(view.days().values()))
        begun, more = read_questions(QUESTIONS), read_questions(MORE)
        own = list(training_pools([*begun, *more], view, Events(articles), len(begun)))
        return [*own, *few_pools([pool for pool in own if pool.fold == passage_reader.ASIDE])]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, learn and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with news/ and qa/")
    parser.add_argument(
        "--home", type=Path, help="an index over CLICK-ID; made where none is given"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the weights")
    parser.add_argument("--device", default="cpu", help="where the encoder learns: cpu or cuda")
    parser.add_argument("--toy", action="store_true", help="learn from qa/ alone, in seconds")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    # Before hours of work: it may be missing.
    base = None if options.toy else packed_file()
    others = list(auxiliary_pools(options.data / "qa"))
    contexts = list(context_pools(options.data / "qa"))
    recipes: Sequence[passage_reader.Recipe] = passage_reader.RECIPES
    if options.toy:
        recipes = [passage_reader.Recipe(2, 1, share=0.1), passage_reader.Recipe(3, 2, share=0.1)]
    own = others if options.toy else _own_pools(options.data, options.home)

    def encode(pools: Sequence[TrainingPool], raw: Sequence[Logits]) -> dict[int, Scores]:
        return passage_reader.learn(
            pools, raw, contexts, base, options.out, recipes, options.device
        )

    save(*learn(own, () if options.toy else others, encode), options.out)


if __name__ == "__main__":
    main()
