"""What was learnt about sentences and answers, as readable JSON or packed numbers, in numpy."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warta.corpus.errors import ConfigError

RARITY = Path(__file__).parent / "reader" / "rarity.json"

Rows = NDArray[np.float32]
Logits = NDArray[np.float64]
# Of the same type as the rows: nine digits bring a float32 back exactly, a float64 not.
Thresholds = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tree:
    """One decision tree: at node i go to `left[i]` where feature <= `threshold[i]`.

    All (nodes,); `feature` is −1 at a leaf, whose `value` is added to the sum.
    """

    feature: NDArray[np.int64]
    threshold: Thresholds
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float64]
    depth: int


@dataclass(frozen=True)
class Trees:
    """Boosted trees over named features: the sum of their leaves is a log-odds.

    `columns` (f,) are the places of `features` in the rows they are given.
    """

    features: tuple[str, ...]
    columns: NDArray[np.int64]
    bias: float
    trees: tuple[Tree, ...]

    def __call__(self, rows: Rows) -> Logits:
        """Return (n,) log-odds for (n, features) rows."""
        rows = rows[:, self.columns]
        feature, threshold, left, right, value, roots = self._flat
        at = np.tile(roots, (len(rows), 1))
        row = np.arange(len(rows))[:, None]
        for _ in range(max((tree.depth for tree in self.trees), default=0)):
            # A leaf leads to itself, so that shallow trees wait for deep ones.
            goes_left = rows[row, feature[at]] <= threshold[at]
            at = np.where(goes_left, left[at], right[at])
        return np.asarray(self.bias + value[at].sum(axis=1), dtype=np.float64)

    @cached_property
    def _flat(self) -> tuple[NDArray[Any], ...]:
        sizes = [len(tree.feature) for tree in self.trees]
        roots = np.cumsum([0, *sizes[:-1]]) if sizes else np.zeros(0, dtype=np.int64)
        leaf = [tree.feature < 0 for tree in self.trees]
        own = [np.arange(size) for size in sizes]
        pairs = list(zip(self.trees, roots, leaf, own, strict=True))
        left = [np.where(end, i, tree.left) + root for tree, root, end, i in pairs]
        right = [np.where(end, i, tree.right) + root for tree, root, end, i in pairs]
        return (
            np.concatenate([np.maximum(tree.feature, 0) for tree in self.trees]),
            np.concatenate([tree.threshold for tree in self.trees]),
            np.concatenate(left),
            np.concatenate(right),
            np.concatenate([tree.value for tree in self.trees]),
            roots,
        )

    @classmethod
    def from_dict(cls, found: Mapping[str, Any], features: Sequence[str]) -> "Trees":
        """Read what `to_dict` wrote, for rows of `features`; raises ConfigError."""
        named = tuple(found["features"])
        if unknown := set(named) - set(features):
            raise ConfigError(
                f"The weights were learnt on features this version does not have: {unknown}.",
                "Train them again: "
                "`python -m warta.index.training rebuild --data FOLDER --only reader`.",
            )
        columns = np.array([features.index(name) for name in named], dtype=np.int64)
        return cls(named, columns, float(found["bias"]), tuple(map(_tree, found["trees"])))

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values; a tree is a list of columns in the order of `Tree`."""
        return {
            "features": list(self.features),
            "bias": round(self.bias, 6),
            "trees": [
                [
                    tree.feature.tolist(),
                    [float(f"{x:.9g}") for x in tree.threshold],
                    tree.left.tolist(),
                    tree.right.tolist(),
                    [round(float(x), 5) for x in tree.value],
                ]
                for tree in self.trees
            ],
        }


def _tree(columns: Sequence[Sequence[float]]) -> Tree:
    feature, threshold, left, right, value = columns
    tree = Tree(
        np.asarray(feature, dtype=np.int64),
        np.asarray(threshold, dtype=np.float32),
        np.asarray(left, dtype=np.int64),
        np.asarray(right, dtype=np.int64),
        np.asarray(value, dtype=np.float64),
        0,
    )
    return Tree(tree.feature, tree.threshold, tree.left, tree.right, tree.value, _depth(tree))


def _depth(tree: Tree) -> int:
    depths = np.zeros(len(tree.feature), dtype=np.int64)
    # Children stand behind their parents.
    for node in range(len(tree.feature)):
        if tree.feature[node] >= 0:
            depths[[tree.left[node], tree.right[node]]] = depths[node] + 1
    return int(depths.max(initial=0))


@dataclass(frozen=True, slots=True)
class Packed:
    """Weights (rows, width) as blocks of numbers of 4 or 6 bits that share a scale.

    `lower` (rows, blocks, block / 2) uint8: four bits of the block's first half, then of its
    second in the upper half of each byte. `upper` (rows, blocks, block / 4): two more bits each of
    its quarters, the first the lowest; None where there are but four. `scales` (rows, blocks, 1)
    float16.
    """

    lower: NDArray[np.uint8]
    upper: NDArray[np.uint8] | None
    scales: NDArray[np.float16]

    @classmethod
    def of(cls, weight: Rows, bits: int) -> "Packed":
        """Pack (rows, width) weights by 4 or 6 `bits`.

        By four it is GGML's Q4_0: of 32 weights the greatest is −8 times the scale, and what was
        unpacked from it is found again without loss. By six, 128 weights lie evenly around 0.
        Raises ValueError where a row is no multiple of the block wide.
        """
        blocks = weight.reshape(len(weight), -1, _BLOCKS[bits])
        greatest = np.take_along_axis(blocks, np.abs(blocks).argmax(2)[..., None], 2)
        scales = (greatest / -8 if bits == 4 else np.abs(greatest) / 31).astype(np.float16)
        known = np.where(scales == 0, np.float32(1), scales.astype(np.float32))
        middle = 1 << (bits - 1)
        numbers = np.clip(np.rint(blocks / known) + middle, 0, 2 * middle - 1).astype(np.uint8)
        upper = _put_together(numbers >> 4, 2) if bits == 6 else None
        return cls(_put_together(numbers & 15, 4), upper, scales)

    def whole(self) -> Rows:
        """Return (rows, width) float32."""
        numbers, middle = _taken_apart(self.lower, 4).astype(np.float32), 8
        if self.upper is not None:
            numbers, middle = numbers + 16 * _taken_apart(self.upper, 2), 32
        values = (numbers - middle) * self.scales.astype(np.float32)
        return values.reshape(len(values), -1)


_BLOCKS = {4: 32, 6: 128}  # weights that share a scale, by bits


def _put_together(numbers: NDArray[np.uint8], bits: int) -> NDArray[np.uint8]:
    """Return (rows, blocks, n) bytes of several numbers each, those of the first part lowest."""
    parts = np.split(numbers, 8 // bits, axis=2)
    whole = np.zeros_like(parts[0])
    for place, part in enumerate(parts):
        whole |= part << (bits * place)
    return whole


def _taken_apart(whole: NDArray[np.uint8], bits: int) -> NDArray[np.uint8]:
    parts = [whole >> by & ((1 << bits) - 1) for by in range(0, 8, bits)]
    return np.concatenate(parts, axis=2)


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model over named features: scores of classes, a bias each and a weight a feature.

    `weights`: feature -> (c,) weights in the order of `classes` (log-odds); what is not there
    weighs nothing. Of two classes the one score is that of the second, the first has 0.
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
        if len(scores) == 1:
            return self.classes[scores[0] > 0]
        return self.classes[max(range(len(scores)), key=scores.__getitem__)]

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> "Linear":
        """Read what `to_dict` wrote."""
        return cls(
            tuple(found["classes"]),
            tuple(value / 100 for value in found["bias"]),
            {key: tuple(v / 100 for v in row) for key, row in found["weights"].items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values: weights in whole hundredths, features in order."""
        return {
            "classes": list(self.classes),
            "bias": [round(100 * value) for value in self.bias],
            "weights": {
                key: [round(100 * v) for v in row] for key, row in sorted(self.weights.items())
            },
        }


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare a term is in general text: natural log of texts over texts with it."""

    by_term: Mapping[str, float]
    unseen: float


def read_json(path: Path) -> Any:
    """Read a file of weights; raises ConfigError where it is missing or not JSON."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"The weights {path} cannot be read: {error}.", "Install Warta again."
        ) from error


@cache
def read_rarity(path: Path = RARITY) -> Rarity:
    """Read the table of rarities; its values are tenths."""
    found = read_json(path)
    by_term = {
        term: int(tenths) / 10
        for tenths, listed in found["tenths"].items()
        for term in listed.split()
    }
    return Rarity(by_term, float(found["unseen"]))
