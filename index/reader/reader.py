"""Reads a question with the sentences of its hits: which answers, and whether any does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from warta.corpus.article import Passage
from warta.corpus.language.words import is_english, query_terms
from warta.index.candidates import Hit
from warta.index.forking import Lock
from warta.index.query.lexicon import Lexicon
from warta.index.reader.cues import Cues
from warta.index.reader.features import FEATURES, Asked, Candidate, candidates, feature_matrix
from warta.index.reader.features import ask as _ask
from warta.index.reader.interaction import MEETINGS, meetings, pool_of
from warta.index.reader.passage_reader import Found, PassageReader, Scores
from warta.index.reader.vectors import WordVectors, shipped_vectors
from warta.index.weights import Logits, Rows, Trees, read_json, read_rarity

READER = Path(__file__).with_name("reader.json")
COLUMNS = (*FEATURES, *MEETINGS)
_POOLED = ("score", "second", "third", "margin", "expected", "sentences", "cue", "trees")
VERDICT = (*_POOLED, *(f"first_{name}" for name in COLUMNS), *(f"best_{name}" for name in COLUMNS))
_HEARD = (
    "before", "heard", "heard_margin", "heard_third", "heard_expected", "heard_of_first",
    "whole", "whole_margin", "raw_of_first",
)  # fmt: skip
HEARD_VERDICT = (*_HEARD, *VERDICT)
_UNHEARD = -9.0  # log-odds of a sentence that the encoder did not read
_ADDED = 0.2  # weight of a term that the conversation adds, beside 1 for the question's own

Said = Literal["said", "near", "absent"]
"""The answer stands there; the thing is spoken of, but not this; neither."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Probabilities that the best sentence answers: below `near` "absent", below `said` "near"."""

    near: float
    said: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate sentence and the log-odds that it answers the question.

    `previous`: the sentence before it in its article, "" where there is none; `found`: where in
    it the answer would stand, None where it was not read so closely.
    """

    candidate: Candidate
    score: float
    previous: str = ""
    found: Found | None = None

    @property
    def probability(self) -> float:
        """The same as a probability, 0..1."""
        return float(1 / (1 + np.exp(-self.score)))


@dataclass(frozen=True)
class Reading:
    """All candidate sentences of a question, best first, and whether the best one answers.

    `answerable`: probability, 0..1, that the hits hold the answer. `rows` (n, features) and
    `scores` (n,) are in the same order as `sentences`.
    """

    asked: Asked
    sentences: tuple[Scored, ...]
    rows: Rows
    scores: Logits
    answerable: float = 0.0
    verdict: Said = "absent"


def ask(text: str, own: str = "", language: str = "id") -> Asked:
    """Read a question as the reader wants it.

    `text`: what is searched, with what the conversation adds and without what became a condition;
    `own`: the question as typed. Terms that only the conversation adds count less: they find the
    articles, which of their sentences answers is for the question itself to say.
    """
    lexicon = Lexicon.load()
    translated = lexicon.alternatives(text) if language == "en" else None
    return attending(_ask(text, read_rarity(), translated), own or text)


def attending(asked: Asked, own: str) -> Asked:
    """Return `asked` with less weight on the terms that are not of the question's `own` text."""
    if own == asked.text:
        return replace(asked, own=own)
    terms = frozenset(query_terms(own))
    wanted = tuple(
        group
        if any(term in terms for term, _ in group)
        else tuple((term, weight * _ADDED) for term, weight in group)
        for group in asked.wanted
    )
    weights = {term: weight for group in reversed(wanted) for term, weight in reversed(group)}
    return replace(asked, wanted=wanted, weights=weights, own=own)


class Reader:
    """Judges question and sentence together with learnt weights; safe to share by threads."""

    def __init__(
        self, weights: Mapping[str, Any], cues: Cues, vectors: WordVectors, encoder: PassageReader
    ) -> None:
        self._trees = Trees.from_dict(weights["sentences"], COLUMNS)
        self._answerable = Trees.from_dict(weights["answerable"], VERDICT)
        self._heard = Trees.from_dict(weights["heard"], HEARD_VERDICT)
        self._cue = float(weights["cue"])
        self._blend = np.array(weights["blend"])
        self._scale, self._bias = (float(value) for value in weights["odds"])
        self._limits = Limits(float(weights["near"]), float(weights["said"]))
        self._cues = cues
        self._vectors = vectors
        self._encoder = encoder

    @classmethod
    def load(cls, path: Path = READER) -> Self:
        """Read the weights that ship; raises ConfigError."""
        return cls(read_json(path), Cues.load(), shipped_vectors(), PassageReader.load())

    def read(self, asked: Asked, hits: Sequence[Hit]) -> Reading:
        """Return every sentence of the hits' passages, best first."""
        found = candidates(hits)
        if not found:
            return Reading(asked, (), np.zeros((0, len(COLUMNS)), np.float32), np.zeros(0))
        pool = pool_of(found)
        rows = np.hstack([feature_matrix(asked, found), meetings(asked, pool, self._vectors)])
        trees, cues = self._trees(rows), self._cues(asked, found)
        raw = trees + self._cue * cues
        read, places = self._encoder(asked.text, found, raw)
        whole = blended(raw, read) @ self._blend
        order = np.argsort(-whole, kind="stable")
        odds = self._scale * whole + self._bias
        sentences = tuple(
            Scored(found[at], float(odds[at]), pool.previous[at], places[at])
            for at in order.tolist()
        )
        chance = self._chance(verdict_row(rows, raw, trees, cues), raw, read, whole)
        return Reading(asked, sentences, rows[order], odds[order], chance, self._said(chance))

    def ordered(self, query: str, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits by their best sentence; one without any comes last."""
        asked = ask(query, language="en" if is_english(query) else "id")
        sentences = self.read(asked, hits).sentences
        best: dict[Passage, int] = {}
        for place, scored in enumerate(sentences):
            best.setdefault(scored.candidate.hit.passage, place)
        return sorted(hits, key=lambda hit: best.get(hit.passage, len(sentences)))

    def _chance(self, row: Rows, raw: Logits, read: Scores, whole: Logits) -> float:
        before = float(self._answerable(row)[0])
        heard = heard_row(before, row, raw, read, whole)
        return float(1 / (1 + np.exp(-before - self._heard(heard)[0])))

    def _said(self, chance: float) -> Said:
        if chance < self._limits.near:
            return "absent"
        return "said" if chance >= self._limits.said else "near"


def shipped_reader() -> Reader:
    """Return the one reader with the weights that ship; raises ConfigError."""
    with _LOADING:
        return _loaded()


_LOADING = Lock()
_loaded = cache(Reader.load)


def blended(raw: Logits, read: Scores) -> Logits:
    """Return (n, 3) what a sentence's score is the weighted sum of.

    What the trees and cues say; what the encoder says, 0 where it did not read; whether it did not.
    """
    unread = np.isnan(read)
    return np.stack([raw, np.where(unread, 0.0, read), unread], axis=1).astype(np.float64)


def verdict_row(rows: Rows, raw: Logits, trees: Logits, cues: NDArray[np.float32]) -> Rows:
    """Return (1, len(VERDICT)) float32 of at least one sentence, in any order."""
    order = np.argsort(-raw, kind="stable")
    top = order[0]
    first, second, third = [*raw[order[:3]], -9.0, -9.0][:3]
    expected = float((1 / (1 + np.exp(-raw))).sum())
    pooled = [first, second, third, first - second, expected, len(raw), cues[top], trees[top]]
    return np.concatenate([pooled, rows[top], rows.max(0)]).astype(np.float32)[None]


def heard_row(before: float, row: Rows, raw: Logits, read: Scores, whole: Logits) -> Rows:
    """Return (1, len(HEARD_VERDICT)) float32: `row` of `verdict_row` and what the encoder adds.

    `before`: log-odds by that row; `raw`, `read` and `whole` (n,): what trees and cues, the
    encoder, and all together say of each sentence.
    """
    at = int(np.argmax(whole))
    heard = np.nan_to_num(read.astype(np.float64), nan=_UNHEARD)
    one, two, three = [*np.sort(heard)[::-1][:3], _UNHEARD, _UNHEARD][:3]
    best, next_best = [*np.sort(whole)[::-1][:2], _UNHEARD][:2]
    expected = float(np.log((1 / (1 + np.exp(-heard))).sum() + 1e-3))
    pooled = [before, one, one - two, three, expected, heard[at], best, best - next_best, raw[at]]
    return np.concatenate([pooled, row[0]]).astype(np.float32)[None]
