"""Which articles report the same event or its follow-ups: links, made with the index.

Only pairs whose vectors are near and whose days are not far apart are looked at; a small learned
model decides (`links.json`, made by `python -m warta.index.training.stories`). The links of
articles that did not change are taken over, so that a run compares what is new.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from warta.corpus.errors import ConfigError, DamagedSnapshot
from warta.index.candidates import Rows
from warta.index.stories.pairs import FEATURES, Openings, Table, Vectors, Weights
from warta.index.weights import read_json

STORIES_VERSION: Final = "2"
"""Changes when the same articles would be linked otherwise: all links are made anew then."""

WEIGHTS = Path(__file__).with_name("links.json")
Pairs = NDArray[np.int32]
_SLACK = 1e-3  # what a matrix product may be off: the cosine that counts is worked out by itself
_FEWEST, _SHARE = 2, 1 / 2  # links to a story's first articles that make one more of it
_FEW = 1000  # new articles of which all near pairs are held at once
_BLOCK, _BESIDE = 1024, 4096  # vectors compared at a time


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model over `FEATURES`: `weights` (f,), `bias`; a link from chance `least` on.

    Pairs are looked at from `cosine` on, and up to `days` apart.
    """

    weights: Weights
    bias: float
    least: float
    cosine: float
    days: int

    def chances(self, rows: Weights) -> Weights:
        """(p,) chance 0..1 that the pairs with these features (p, f) report one event."""
        return np.asarray(1 / (1 + np.exp(-((rows * self.weights).sum(axis=1) + self.bias))))


@cache
def read_model(path: Path = WEIGHTS) -> Model:
    """Read the learned model; raises ConfigError where it is of other features."""
    found = read_json(path)
    if tuple(found["weights"]) != FEATURES:
        raise ConfigError(
            f"{path} weighs {tuple(found['weights'])}, expected {FEATURES}.",
            "Learn it again: `python -m warta.index.training rebuild --only stories`.",
        )
    return Model(
        np.array(list(found["weights"].values()), np.float64),
        float(found["bias"]), float(found["least"]), float(found["cosine"]), int(found["days"]),
    )  # fmt: skip


def linked(openings: Openings, fresh: NDArray[np.bool_], known: Pairs, model: Model) -> Pairs:
    """Return all links (e, 3): lower number, higher number, chance in thousandths; ascending.

    `fresh` (m,): the articles to be compared with all others; `known` (k, 3): the links between
    the others. An article without a day is linked to none. The result depends on the articles
    alone, not on which of them are fresh.
    """
    pairs: Iterable[tuple[Rows, Rows]] = _near(openings.days, fresh, openings.vectors, model)
    own: Rows = np.arange(len(openings.days))
    if fresh.sum() <= _FEW:  # what is to be known of an article is then worked out for these alone
        pairs = list(pairs)
        own = np.unique(np.concatenate([own[:0], *(end for pair in pairs for end in pair)]))
    table = Table(openings.of(own))
    found = [known.reshape(-1, 3)]
    for one, other in pairs:
        mine, theirs = np.searchsorted(own, one), np.searchsorted(own, other)
        rows = table.features(mine, theirs)
        chance = model.chances(rows)
        same = (chance >= model.least) & (rows[:, 0] >= model.cosine)
        same[same] = ~table.instalments(mine[same], theirs[same])
        low, high = np.minimum(one, other)[same], np.maximum(one, other)[same]
        found.append(np.stack([low, high, np.rint(1000 * chance[same])], 1).astype(np.int32))
    links = np.concatenate(found)
    return links[np.lexsort((links[:, 1], links[:, 0]))]


def _near(
    days: Rows, fresh: NDArray[np.bool_], vectors: Callable[[Rows], Vectors], model: Model
) -> Iterator[tuple[Rows, Rows]]:
    """Yield pairs with a fresh article whose vectors are near, each once, some thousands a time."""
    order = np.argsort(days, kind="stable")
    order = order[days[order] > 0]
    new = fresh[order]
    for at in range(0, int(new.sum()), _BLOCK):
        places = np.flatnonzero(new)[at : at + _BLOCK]
        own = order[places]
        first = np.searchsorted(days[order], days[own[0]] - model.days)
        last = np.searchsorted(days[order], days[own[-1]] + model.days, side="right")
        beside = np.arange(first, last)
        # Of two that are fresh the later one in order is found from the earlier one.
        beside = beside[~new[beside] | (beside >= places[0])]
        mine = vectors(own)
        for begin in range(0, len(beside), _BESIDE):
            part = beside[begin : begin + _BESIDE]
            row, column = np.nonzero(mine @ vectors(order[part]).T >= model.cosine - _SLACK)
            once = ~new[part[column]] | (part[column] > places[row])
            one, other = own[row[once]], order[part[column[once]]]
            close = np.abs(days[one] - days[other]) <= model.days
            yield one[close], other[close]


def moved(links: Pairs, numbers: Rows) -> Pairs:
    """Return links under new numbers: `numbers` (old m,), −1 for an article that is gone."""
    if not len(links):
        return np.empty((0, 3), np.int32)
    ends = numbers[links[:, :2]]
    kept = (ends >= 0).all(axis=1)
    # Numbers keep their order: both snapshots go by id.
    return np.column_stack([ends[kept], links[kept, 2]]).astype(np.int32)


class Links:
    """The links of one snapshot, read-only."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        both = np.concatenate([pairs, pairs[:, [1, 0, 2]]])
        order = np.lexsort((both[:, 1], both[:, 0]))
        self._from, self._to, self._chance = both[order].T

    @classmethod
    def open(cls, path: Path, articles: int) -> Self:
        """Read the file of a snapshot with so many articles; raises DamagedSnapshot."""
        try:
            pairs = np.load(path, allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise DamagedSnapshot(f"{path} cannot be read: {error}.") from error
        fits = pairs.ndim == 2 and pairs.shape[1] == 3 and pairs.dtype == np.int32
        if not fits or (
            len(pairs) and not 0 <= pairs[:, :2].min() <= pairs[:, :2].max() < articles
        ):
            raise DamagedSnapshot(f"{path} does not fit the articles of its snapshot.")
        return cls(pairs)

    def beside(self, article: int) -> tuple[Rows, Weights]:
        """Return the articles linked to one, ascending, and the chance 0..1 of each link."""
        first, last = np.searchsorted(self._from, [article, article + 1])
        return self._to[first:last].astype(np.int64), self._chance[first:last] / 1000.0

    def story(self, article: int) -> Rows:
        """Return the articles of the story an article belongs to, itself among them, ascending.

        Those it is linked to, and those that are linked to at least two and half of them: the
        follow-up of a follow-up belongs to it, what one of them mentions does not.
        """
        direct = self.beside(article)[0]
        own = np.concatenate([[article], direct])
        entries = np.flatnonzero(np.isin(self._from, direct))
        further, times = np.unique(self._to[entries], return_counts=True)
        enough = times >= max(_FEWEST, len(own) * _SHARE)
        return np.unique(np.concatenate([own, further[enough]])).astype(np.int64)
