"""Fits linear models over named features: multinomial logistic regression (scikit-learn's)."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from warta.index.weights import Linear


def fitted(
    rows: Sequence[Sequence[str]], labels: Sequence[str], *, least: int, smallest: float,
    strength: float, steps: int = 80, weights: Sequence[float] | None = None,
) -> Linear:  # fmt: skip
    """Return the model of rows of features and their labels.

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
