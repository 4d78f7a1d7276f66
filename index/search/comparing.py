"""The same questions under several settings: what each finds, and what sets them apart."""

import time
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from warta.index.candidates import Ranker
from warta.index.hit import Hit
from warta.index.metrics import Change, Figure, Judged, by_kind, changes_by_kind, measure
from warta.index.search.fusion import Mixture
from warta.index.search.view import View

_DEPTH = 10  # articles looked at for each question
_PASSAGES = 20  # two of one article come at most

# Plain BM25 and plain cosine over what both sides found: a passage that only the other side found
# scores lowest, so the first places are those of each side by itself.
RANKERS: Mapping[str, Ranker] = MappingProxyType(
    {
        "terms": Mixture(vectors=0.0, english=0.0, headline=1.0, covered=0.0),
        "vectors": Mixture(vectors=1.0, english=1.0, covered=0.0),
        "mixture": Mixture(),
    }
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one setting found.

    `values`: (questions, measures) float64, in the order of `questions` and `Measures.names`.
    `seconds`: (questions,) float64, what each search took.
    """

    setting: str
    questions: tuple[Judged, ...]
    values: NDArray[np.float64]
    seconds: NDArray[np.float64]

    def figures(self) -> list[Figure]:
        """Return each measure for all answerable questions and for each kind of them."""
        return by_kind(self.questions, self.values)

    def gains_over(self, other: "Measured") -> list[Change]:
        """Return what this setting gains over another on the same questions, by kind."""
        return changes_by_kind(self.questions, other.values, self.values)


def measure_setting(
    setting: str,
    view: View,
    questions: Sequence[Judged],
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Measured:
    """Search for each question, its history before it as plain text, and judge by article.

    An article stands for its copies: they are shown with it, as carried by others too.
    """
    rankings, seconds = [], []
    for number, question in enumerate(questions, start=1):
        began = time.perf_counter()
        hits = view.retrieve(question.text, k=_PASSAGES)
        seconds.append(time.perf_counter() - began)
        found = [_listed(hit, set(question.relevant)) for hit in hits]
        rankings.append(list(dict.fromkeys(found))[:_DEPTH])
        progress(f"questions, {setting}", number, len(questions))
    values = measure(questions, rankings)
    return Measured(setting, tuple(questions), values, np.asarray(seconds))


def _listed(hit: Hit, relevant: Set[str]) -> str:
    """Return the id of a hit's article, or of its copy where that one is asked for."""
    copies = (copy.id for copy in hit.also if copy.id in relevant)
    return hit.article.id if hit.article.id in relevant else next(copies, hit.article.id)
