"""Linear models over named features, as they ship: readable JSON, evaluated with plain sums."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Self

WEIGHTS = "weights.json"


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores of classes: a bias each, and for each feature a weight a class (log-odds).

    `weights`: feature -> (c,) weights in the order of `classes`; what is not there weighs nothing.
    """

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def scores(self, features: Iterable[str]) -> list[float]:
        """Return (c,) the score of each class for a set of features."""
        totals = list(self.bias)
        size = range(len(totals))
        found = self.weights
        for feature in features:
            row = found.get(feature)
            if row is not None:
                for at in size:
                    totals[at] += row[at]
        return totals

    def sums(self, features: Iterable[str]) -> list[float]:
        """Return (c,) the score without the bias, to be added to another part of the features."""
        scores = self.scores(features)
        return [score - bias for score, bias in zip(scores, self.bias, strict=True)]

    def best(self, features: Iterable[str]) -> str:
        """Return the class that scores highest."""
        scores = self.scores(features)
        return self.classes[max(range(len(scores)), key=scores.__getitem__)]

    @classmethod
    def from_dict(cls, found: Mapping[str, object]) -> Self:
        """Read what `to_dict` wrote: weights in hundredths."""
        classes, bias, rows = found["classes"], found["bias"], found["weights"]
        assert isinstance(classes, list)
        assert isinstance(bias, list)
        assert isinstance(rows, dict)
        return cls(
            tuple(classes),
            tuple(value / 100 for value in bias),
            {key: tuple(value / 100 for value in row) for key, row in rows.items()},
        )


def to_dict(
    classes: Sequence[str], bias: Sequence[float], rows: Mapping[str, Sequence[float]]
) -> dict[str, object]:
    """Return a model as JSON values, weights in whole hundredths, features in order."""
    return {
        "classes": list(classes),
        "bias": [round(100 * value) for value in bias],
        "weights": {
            key: [round(100 * value) for value in row] for key, row in sorted(rows.items())
        },
    }


@cache
def read_weights() -> dict[str, Any]:
    """Return all that was learned for reading messages, as it lies in the file."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath(WEIGHTS).read_text("utf-8"))
    return found


@cache
def shipped(name: str) -> Linear:
    """Return the model of that name that ships: "asking", "task", "role" or "leaning"."""
    return Linear.from_dict(read_weights()[name])
