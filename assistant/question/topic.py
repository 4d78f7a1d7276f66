"""What of a request is its topic: those of its terms that the best articles found for it share.

"masalah Koperasi BLN" is on "Koperasi BLN", "brp berita mpok alpa yg masuk" on "Mpok Alpa": an
article that holds "masalah" or "masuk", too, is no nearer to the topic than others.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from warta.corpus.language.words import query_terms, terms
from warta.index.candidates import Hit
from warta.index.weights import read_rarity

# By these limits 0.86 of 100 overviews of train bring an article asked for, 0.457 of those brought
# are asked for; 0.84 and 0.436 by the words of the whole request.
_LEADING = 5  # articles that say what the topic is
_SCALE = 2.0  # difference of scores at which an article counts e times less in that
_MOST = 0.5  # share of them, so weighed, that holds what is the topic
ON_TOPIC = 0.8  # of the best passage's share of the topic, what another on it has


def topic_terms(hits: Sequence[Hit], texts: Iterable[str]) -> list[str]:
    """Return the terms of `texts` that most of the best articles of `hits` hold, all if none is.

    `hits` are of one search; an article counts the less, the lower its score is.
    """
    wanted = list(dict.fromkeys(term for text in texts for term in query_terms(text)))
    held: dict[str, set[str]] = {}
    scores: dict[str, float] = {}
    for hit in sorted(hits, key=lambda hit: -hit.score):
        if hit.article.id in held or len(held) < _LEADING:
            held.setdefault(hit.article.id, set()).update(_held(hit))
            scores.setdefault(hit.article.id, hit.score)
    best = max(scores.values(), default=0.0)
    weights = {name: math.exp((score - best) / _SCALE) for name, score in scores.items()}
    least = _MOST * sum(weights.values())
    return [
        term
        for term in wanted
        if sum(weight for name, weight in weights.items() if term in held[name]) >= least
    ] or wanted


def on_topic(hits: Sequence[Hit], topic: Sequence[str], least: float = ON_TOPIC) -> list[Hit]:
    """Return the hits that hold nearly as much of a topic as the best one, with that as coverage.

    Nearly: `least` of it, weighted by rarity.
    """
    rarity = read_rarity()
    weights = {term: rarity.by_term.get(term, rarity.unseen) for term in topic}
    total = sum(weights.values()) or 1.0
    shares = [sum(weights[term] for term in weights.keys() & _held(hit)) / total for hit in hits]
    floor = least * max(shares, default=0.0)
    return [
        replace(hit, coverage=share)
        for hit, share in zip(hits, shares, strict=True)
        if share >= floor
    ]


def _held(hit: Hit) -> set[str]:
    return set(terms(f"{hit.article.title} {hit.passage.text}"))
