"""Which of the articles found report the same event.

Two reports of one event are near in time and alike in headline and opening: cosine of their terms,
weighted by rarity. Against the events of the training questions (tf-idf over the whole archive,
which no answer has the time for) that cosine takes 0.82 right at 0.35, finding 0.95 of them, and
0.93 at 0.40, finding 0.82.
"""

import math
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from warta.corpus.article import Article
from warta.corpus.language.words import terms
from warta.index.weights import Rarity, read_rarity

SAME = 0.40  # cosine from which a sentence may stand beside another article's
NEAR = 0.35  # cosine from which an article is offered as one on the same event
_DAYS = 7
_OPENING = 900  # characters of an article that tell what it is about
_COMMON = 2.3  # rarity below which a term tells nothing: in one text of ten


@lru_cache(maxsize=1)
def _rarity() -> Rarity:
    return read_rarity()


def likeness(one: Article, other: Article) -> float:
    """Return the cosine, 0..1, of two articles near in time; 0 where they are not."""
    if one.id == other.id:
        return 1.0
    if one.published and other.published:
        if abs((one.published - other.published).days) > _DAYS:
            return 0.0
    left, right = (
        _weights(one.title, one.text[:_OPENING]),
        _weights(other.title, other.text[:_OPENING]),
    )
    return sum(weight * right.get(term, 0.0) for term, weight in left.items())


@lru_cache(maxsize=2048)
def _weights(title: str, text: str) -> Mapping[str, float]:
    """Return the terms of headline (twice) and opening, as a vector of length 1."""
    rarity, found = _rarity(), {}
    for term, count in Counter(terms(f"{title} {title} {text}")).items():
        rare = rarity.by_term.get(term, rarity.unseen)
        if rare > _COMMON:
            found[term] = (1 + math.log(count)) * rare
    length = math.sqrt(sum(weight * weight for weight in found.values())) or 1.0
    return {term: weight / length for term, weight in found.items()}
