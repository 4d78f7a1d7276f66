"""The newest of what a question is about, where it asks for the latest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from warta.index.hit import Hit

DEPTH = 3  # times as many passages are looked at: the newest is seldom the most alike
_ON_TOPIC = 0.8  # share of the best passage's coverage
_SPAN = timedelta(days=3)  # what one event keeps being reported for


def latest(hits: Sequence[Hit], most: int) -> list[Hit]:
    """Return up to `most` of `hits` (best first) that are on the topic and of its last days.

    On the topic is what covers nearly as much of the question as the best passage does. Ranks
    are counted anew. All hits stay where none of them has a date.
    """
    floor = _ON_TOPIC * max((hit.coverage for hit in hits), default=0.0)
    dated = [hit for hit in hits if hit.article.published and hit.coverage >= floor]
    newest = max((hit.article.published for hit in dated if hit.article.published), default=None)
    if newest is None:
        return list(hits[:most])
    kept = [
        hit for hit in dated if hit.article.published and newest - hit.article.published <= _SPAN
    ]
    return [replace(hit, rank=rank) for rank, hit in enumerate(kept[:most], start=1)]
