"""What is fitted: boosted trees, a listwise linear model, and a linear one over named features."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warta.index.weights import Linear, Logits, Rows, Tree, Trees

Flags = NDArray[np.bool_]
Groups = NDArray[np.int64]
_SETTINGS: dict[str, Any] = {
    "objective": "binary", "num_leaves": 31, "min_data_in_leaf": 30, "lambda_l2": 2.0,
    "learning_rate": 0.08, "feature_fraction": 0.4, "bagging_fraction": 0.8, "bagging_freq": 1,
    "max_bin": 63, "seed": 0, "num_threads": 1, "deterministic": True, "force_row_wise": True,
    "verbose": -1,
}  # fmt: skip


def boost(
    rows: Rows,
    labels: Flags,
    weights: NDArray[np.float64],
    names: Sequence[str],
    rounds: int,
    start: Logits | None = None,
    **settings: Any,
) -> Trees:
    """Boost trees on (n, features) rows; the same bytes each time on one kind of machine.

    `start`: (n,) log-odds that the trees add to, 0 each where none is given.
    """
    import lightgbm

    data = lightgbm.Dataset(rows, labels, weight=weights, init_score=start)
    return _boosted(data, names, rounds, settings)


def boost_ranking(
    rows: Rows, labels: Flags, group: Groups, names: Sequence[str], rounds: int, share: float
) -> Trees:
    """Boost trees that put the right rows of each group first (LambdaMART), their sum by `share`.

    `group`: (n,) rising.
    """
    import lightgbm

    sizes = np.unique(group, return_counts=True)[1]
    settings = {"objective": "lambdarank", "lambdarank_truncation_level": 8, "seed": 1}
    data = lightgbm.Dataset(rows, labels.astype(np.int64), group=sizes)
    found = _boosted(data, names, rounds, settings)
    trees = tuple(replace(tree, value=tree.value * share) for tree in found.trees)
    return replace(found, trees=trees)


def together(one: Trees, other: Trees) -> Trees:
    """Return the sum of two models over the same columns."""
    return replace(one, trees=one.trees + other.trees)


def _boosted(data: Any, names: Sequence[str], rounds: int, settings: dict[str, Any]) -> Trees:
    import lightgbm

    model = lightgbm.train(_SETTINGS | settings, data, rounds)
    trees = tuple(_tree(found["tree_structure"]) for found in model.dump_model()["tree_info"])
    return Trees(tuple(names), np.arange(len(names)), 0.0, trees)


def _tree(root: dict[str, Any]) -> Tree:
    """Lay a tree out in rows, children behind their parents."""
    rows: list[list[float]] = []
    depth = 0

    def walk(node: dict[str, Any], level: int) -> int:
        nonlocal depth
        depth = max(depth, level)
        at = len(rows)
        rows.append([-1, 0.0, 0, 0, 0.0])
        if "split_feature" not in node:
            rows[at][4] = node["leaf_value"]
            return at
        left, right = walk(node["left_child"], level + 1), walk(node["right_child"], level + 1)
        rows[at] = [node["split_feature"], node["threshold"], left, right, 0.0]
        return at

    walk(root, 0)
    table = np.array(rows)
    return Tree(
        table[:, 0].astype(np.int64),
        table[:, 1].astype(np.float32),
        table[:, 2].astype(np.int64),
        table[:, 3].astype(np.int64),
        table[:, 4],
        depth,
    )


def listwise(
    pairs: Any, offset: Logits, right: Flags, group: Groups, ridge: float, steps: int
) -> NDArray[np.float64]:
    """Return the weights (d,) under which each group's right rows get most of its probability.

    `pairs`: (n, d) sparse; `offset`: (n,) what is known of the rows already; `group`: (n,) rising.
    The loss is −log of the share of the right ones in the softmax over a group.
    """
    from scipy.optimize import minimize

    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    owner = np.cumsum(np.r_[0, group[1:] != group[:-1]])
    turned, good = pairs.T.tocsr(), right.astype(np.float64)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = offset + pairs @ weights
        raised = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        total = np.add.reduceat(raised, starts)
        hit = np.add.reduceat(raised * good, starts)
        value = float(-(np.log(hit) - np.log(total)).mean()) + ridge * float(weights @ weights) / 2
        slope = turned @ (raised / total[owner] - raised * good / hit[owner])
        return value, slope / len(starts) + ridge * weights

    found = minimize(
        loss, np.zeros(pairs.shape[1]), jac=True, method="L-BFGS-B",
        options={"maxiter": steps, "maxcor": 5},
    )  # fmt: skip
    return np.asarray(found.x, np.float64)


def fitted(
    rows: Sequence[Sequence[str]], labels: Sequence[str], *, least: int, smallest: float,
    strength: float, steps: int = 80, weights: Sequence[float] | None = None,
) -> Linear:  # fmt: skip
    """Return the multinomial logistic regression of rows of features and their labels.

    Features of fewer than `least` rows are left out, and those whose weights stay below
    `smallest`. `strength` is the inverse of the penalty; `weights` (n,) what each row weighs.
    """
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    count = Counter(name for row in rows for name in set(row))
    kept = [{name: 1.0 for name in row if count[name] >= least} for row in rows]
    reader = DictVectorizer(dtype=np.float32)
    matrix = reader.fit_transform(kept)
    model = LogisticRegression(C=strength, max_iter=steps)
    model.fit(matrix, np.array(labels), sample_weight=weights)
    found, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # one row for two classes: the score is that of the second
        found, bias = found[:1], bias[:1]
    kept_weights = {
        str(name): tuple(float(value) for value in found[:, at])
        for at, name in enumerate(reader.get_feature_names_out())
        if np.abs(found[:, at]).max() >= smallest
    }
    return Linear(tuple(str(c) for c in model.classes_), tuple(bias.tolist()), kept_weights)
