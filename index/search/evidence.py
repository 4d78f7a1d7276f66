"""What speaks for each candidate, term by term and as a whole: what the learned ranking reads.

Soft late interaction: a term of the question is as near as the nearest term of the passage, by the
cosine of their vectors (MaxSim of ColBERT, Khattab and Zaharia 2020, here over a static table).
Every number is comparable between archives and embedders: scores come standardised.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warta.corpus.language.words import words
from warta.index.candidates import Candidates, Numbers, Query, Rows, Scores
from warta.index.search.fusion import Mixture, standardise

PAIR = (
    "matched", "headline", "near", "headline_near", "narrow", "wide", "near_wide", "followed",
    "first", "elsewhere", "alike",
)  # fmt: skip
TERM = ("rarity", "share", "absent", "number", "capital", "place")
PASSAGE = (
    "words", "words_gap", "vectors", "vectors_gap", "mixture", "mixture_gap", "covered",
    "covered_gap", "near", "near_gap", "narrow", "wide", "wide_gap", "near_narrow", "near_wide",
    "near_wide_gap", "followed", "rarest_missing", "rarest_near", "opening", "length", "headline",
    "article_best", "article_covered", "siblings", "numbers", "days", "numbers_near", "days_near",
)  # fmt: skip
ASKED = ("when", "how_many", "who", "where", "which", "why", "yes_no")
QUESTION = ("english", "terms", "known", *ASKED)

_NARROW, _WIDE, _SOFT = 8, 24, 20  # terms on either side
_ALIKE = 0.55  # cosine from which two terms count as alike

_PATTERNS = {
    "when": r"kapan\w*|tahun (?:ke)?berapa\w*|tanggal (?:ke)?berapa\w*|bulan apa|hari apa|when"
    r"|what (?:year|date|day)",
    "how_many": r"berapa\w*|brp|how (?:many|much|long|old|far|big|large)",
    "who": r"siapa\w*|whom?|whose",
    "where": r"(?:di|ke|dari) ?mana\w*|where|letak"
    r"|(?:negara|kota|pulau|provinsi|kabupaten|daerah) (?:apa|mana)\w*",
    "which": r"nama\w*|mana|which|name",
    "why": r"mengapa|kenapa|bagaimana\w*|why|how",
    "yes_no": r"apakah|adakah|benarkah|is|are|was|were|did|does|do|has|have",
}
_ASKS = {name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for name, words in _PATTERNS.items()}
# A more special question is not also the more general one that its words contain.
_COVERS = {"when": "how_many", "where": "which", "how_many": "why"}


@dataclass(frozen=True, slots=True)
class PassageReading:
    """c passages read word by word against the t terms of a question.

    `tokens`: (c, l) term numbers, NO_TERM behind the end. `numbers`: (t,) those of the question.
    `near`: (c, l, t) cosine of each token with each term, 0 at least; `headline_near`: (c, t) that
    of the nearest term of the headline. `headed`: share of the passages that have a headline, 0..1.
    `number`, `day`: (c, l) which tokens are numbers, and
    years, months or days of the week.
    """

    tokens: Numbers
    numbers: Numbers
    near: Scores
    headline_near: Scores
    headed: float
    number: NDArray[np.bool_]
    day: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Features of c passages and t terms, in the orders of PAIR, TERM, PASSAGE and QUESTION.

    `pair`: (c, t, len(PAIR)); `term`: (t, len(TERM)); `passage`: (c, len(PASSAGE)); `question`:
    (len(QUESTION),). `headed`: share of the passages that have a headline.
    """

    pair: Scores
    term: Scores
    passage: Scores
    question: Scores
    headed: float = 0.0


def evidence(query: Query, found: Candidates, top: Rows, reading: PassageReading) -> Evidence:
    """Gather what speaks for the candidates at the places `top` (c,), read as `reading`."""
    share = query.rarity / max(float(query.rarity.sum()), 1e-6)
    exact = np.asarray(reading.tokens[:, :, None] == reading.numbers, np.float32)
    near = np.maximum(reading.near, exact)
    windows = {
        "narrow": _around(exact, _NARROW) @ share,
        "wide": _around(exact, _WIDE) @ share,
        "near_narrow": _around(near, _NARROW) @ share,
        "near_wide": _around(near, _SOFT) @ share,
    }
    holds = (found.counts[top] + found.headline[top]) > 0
    articles, own = np.unique(found.articles[top], return_inverse=True)
    in_article = np.zeros((len(articles), len(share)), np.bool_)
    np.logical_or.at(in_article, own, holds)
    pair = _pairs(found, top, reading, exact, near, windows)
    pair[:, :, PAIR.index("elsewhere")] = in_article[own] & ~holds
    passage = _firsts(query, found, top) | {
        "covered": holds @ share,
        "near": pair[:, :, [PAIR.index("near"), PAIR.index("headline_near")]].max(2) @ share,
        **{name: window.max(1, initial=0) for name, window in windows.items()},
        "followed": pair[:, :, PAIR.index("followed")] @ share,
        "opening": found.ordinals[top] == 0,
        "length": np.log1p(found.lengths[top]) / 5,
        "headline": (found.headline[top] > 0) @ share,
        "article_covered": in_article[own] @ share,
        "siblings": np.log(np.bincount(own)[own]),
    }
    if len(share):
        rarest = int(np.argmax(share))
        passage["rarest_missing"] = ~holds[:, rarest]
        passage["rarest_near"] = pair[:, rarest, PAIR.index("near")]
    best = np.full(len(articles), -np.inf)
    np.maximum.at(best, own, passage["mixture"])
    passage["article_best"] = best[own]
    passage |= _answers(reading, exact, windows["near_wide"])
    for name in ("covered", "near", "wide", "near_wide"):
        passage[f"{name}_gap"] = passage[name] - passage[name].max(initial=0)
    return Evidence(
        pair,
        _terms(query, reading, share),
        _stacked(passage, PASSAGE, len(top)),
        _question(query, reading),
        reading.headed,
    )


def _stacked(columns: "dict[str, NDArray[np.generic]]", names: tuple[str, ...], n: int) -> Scores:
    """Columns in the order of `names`, those that are not there 0: (n, len(names))."""
    stacked = np.zeros((n, len(names)), np.float32)
    for place, name in enumerate(names):
        if name in columns:
            stacked[:, place] = columns[name]
    return stacked


def _around(values: Scores, reach: int) -> Scores:
    """Return the greatest of `values` (c, l, t) less than `reach` places away along axis 1.

    By doubling: the greatest of 2w places is that of two times w.
    """
    edge = np.full((values.shape[0], reach - 1, values.shape[2]), -np.inf, values.dtype)
    greatest, width = np.concatenate([edge, values, edge], 1), 1
    while width < 2 * reach - 1:
        step = min(width, 2 * reach - 1 - width)
        greatest = np.maximum(greatest[:, :-step], greatest[:, step:])
        width += step
    return greatest


def _greatest(values: Scores) -> Scores:
    """Return (c, t) the greatest of `values` (c, l, t) along axis 1, at least 0.

    Turned round first: numpy looks through neighbours in memory five times as fast.
    """
    turned = np.ascontiguousarray(values.transpose(0, 2, 1))
    return np.asarray(turned.max(2, initial=0), np.float32)


def _pairs(
    found: Candidates,
    top: Rows,
    reading: PassageReading,
    exact: Scores,
    near: Scores,
    windows: dict[str, Scores],
) -> Scores:
    """Return (c, t, len(PAIR)) what each passage has of each term; "elsewhere" is left 0."""
    counts, headline = found.counts[top], found.headline[top]
    norm = 1.2 * (0.25 + 0.75 * found.lengths[top] / max(found.mean_length, 1e-9))
    often = counts + 1.5 * headline
    pair = np.zeros((*counts.shape, len(PAIR)), np.float32)
    at = {name: pair[:, :, place] for place, name in enumerate(PAIR)}
    at["matched"][:] = often / (often + norm[:, None])
    at["headline"][:] = headline > 0
    at["near"][:] = np.maximum(_greatest(near), headline > 0)
    at["headline_near"][:] = np.maximum(reading.headline_near, headline > 0)
    for name, marks in (("narrow", exact), ("wide", exact), ("near_wide", near)):
        at[name][:] = _greatest(marks * windows[name][:, :, None])
    for gap in (1, 2):
        together = _greatest(exact[:, :-gap, :-1] * exact[:, gap:, 1:])
        np.maximum(at["followed"][:, :-1], together, out=at["followed"][:, :-1])
    if exact.shape[1]:
        at["first"][:] = np.where(exact.any(1), np.exp(-exact.argmax(1) / 30), 0)
    at["alike"][:] = np.log1p((near > _ALIKE).sum(1)) / 3
    return pair


def _firsts(query: Query, found: Candidates, top: Rows) -> "dict[str, NDArray[np.generic]]":
    """Return what the first ranking says of `top`, standardised over all that was found."""
    mixture = Mixture()
    words_, vectors = mixture.halves(query, found)
    scores = {"words": words_, "vectors": vectors, "mixture": standardise(mixture(query, found))}
    gaps = {f"{name}_gap": score[top] - score.max(initial=0) for name, score in scores.items()}
    return {name: score[top] for name, score in scores.items()} | gaps


def _answers(
    reading: PassageReading, exact: Scores, window: Scores
) -> "dict[str, NDArray[np.generic]]":
    """Return whether numbers and days stand in the passage that the question does not name."""
    fresh = ~exact.any(2)
    found: dict[str, NDArray[np.generic]] = {}
    for name, marked in (("numbers", reading.number & fresh), ("days", reading.day & fresh)):
        found[name] = np.asarray(marked.any(1))
        found[f"{name}_near"] = (marked * window).max(1, initial=0)
    return found


def _terms(query: Query, reading: PassageReading, share: Scores) -> Scores:
    """Return (t, len(TERM)) what each term of the question is."""
    text = query.text
    capitals = {
        term
        for place, word in enumerate(words(text))
        if place and text[word.start].isupper()
        for term in word.terms
    }
    count = len(query.terms)
    columns: dict[str, NDArray[np.generic]] = {
        "rarity": query.rarity / 10,
        "share": share,
        "absent": reading.numbers < 0,
        "number": np.array([any(map(str.isdigit, term)) for term in query.terms], np.bool_),
        "capital": np.array([term in capitals for term in query.terms], np.bool_),
        "place": np.arange(count) / max(count - 1, 1),
    }
    return _stacked(columns, TERM, count)


def _question(query: Query, reading: PassageReading) -> Scores:
    """Return (len(QUESTION),) what the question is."""
    asked = [name for name in ASKED if _ASKS[name].search(query.text)]
    asked = [name for name in asked if name not in {_COVERS.get(other) for other in asked}]
    count = len(query.terms)
    known = float((reading.numbers >= 0).mean()) if count else 0.0
    return np.array(
        [query.english, min(count, 12) / 12, known, *(name in asked for name in ASKED)], np.float32
    )
