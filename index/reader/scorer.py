"""Which sentences of the hits answer the question, best first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from warta.corpus.language.words import query_terms
from warta.index.hit import Hit
from warta.index.query.lexicon import Lexicon
from warta.index.reader.features import FEATURES, Asked, Candidate, ask, candidates, feature_matrix
from warta.index.weights import SCORER, Logits, Rarity, Rows, Trees, read_json, read_rarity

_NO_SENTENCE = -12.0  # log-odds for a passage whose sentences stand in an earlier one
_ADDED = 0.2  # weight of a term that the conversation adds, beside 1 for the question's own


class Question(Protocol):
    """A question as the scorer reads it."""

    @property
    def text(self) -> str:
        """The question as typed."""

    @property
    def standalone(self) -> str:
        """The same with what the conversation adds."""

    @property
    def query(self) -> str:
        """What is searched: without the phrases that became conditions; may be ""."""

    @property
    def language(self) -> str:
        """Either "id" or "en"."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate sentence and the log-odds that it answers the question."""

    candidate: Candidate
    score: float

    @property
    def probability(self) -> float:
        """The same as a probability, 0..1."""
        return float(1 / (1 + np.exp(-self.score)))


@dataclass(frozen=True)
class Ranking:
    """All candidate sentences of a question, best first.

    `rows` (n, features) and `scores` (n,) are in the same order as `sentences`.
    """

    asked: Asked
    sentences: tuple[Scored, ...]
    rows: Rows
    scores: Logits


class SentenceScorer:
    """Judges question and sentence together with learnt weights; safe to share by threads."""

    def __init__(self, trees: Trees, rarity: Rarity, lexicon: Lexicon) -> None:
        self._trees = trees
        self._rarity = rarity
        self._lexicon = lexicon

    @classmethod
    def load(cls, path: Path = SCORER) -> Self:
        """Read the weights that ship, or those in `path`; raises ConfigError."""
        trees = Trees.from_dict(_sentence_weights(path), FEATURES)
        return cls(trees, read_rarity(), Lexicon.load())

    def rank(self, question: Question, hits: Sequence[Hit]) -> Ranking:
        """Return the sentences of the hits' passages, best first."""
        asked = self.ask(question)
        found = candidates(hits)
        rows = feature_matrix(asked, found)
        scores = self._trees(rows)
        order = np.argsort(-scores, kind="stable")
        sentences = tuple(Scored(found[at], float(scores[at])) for at in order)
        return Ranking(asked, sentences, rows[order], scores[order])

    def best(self, query: str, hits: Sequence[Hit], *, english: bool) -> Logits:
        """Return (n,) for each hit the log-odds of its sentence that answers `query` best."""
        asked = self._asked(query, english=english)
        found = candidates(hits)
        scores = self._trees(feature_matrix(asked, found))
        places = {id(hit): place for place, hit in enumerate(hits)}
        best = np.full(len(hits), _NO_SENTENCE)
        np.maximum.at(best, [places[id(sentence.hit)] for sentence in found], scores)
        return best

    def ask(self, question: Question) -> Asked:
        """Read the question as the features want it."""
        text = question.query or question.standalone
        asked = self._asked(text, english=question.language == "en")
        return asked if text == question.text else _attending(asked, query_terms(question.text))

    def _asked(self, text: str, *, english: bool) -> Asked:
        return ask(text, self._rarity, self._lexicon.alternatives(text) if english else None)


def _attending(asked: Asked, own: Sequence[str]) -> Asked:
    """Return `asked` with less weight on the terms that the conversation added to its `own`.

    They find the articles; which of their sentences answers is for the question itself to say.
    """
    wanted = tuple(
        group
        if any(term in own for term, _ in group)
        else tuple((term, weight * _ADDED) for term, weight in group)
        for group in asked.wanted
    )
    weights = {term: weight for group in reversed(wanted) for term, weight in reversed(group)}
    return replace(asked, wanted=wanted, weights=weights)


@lru_cache(maxsize=1)
def shipped_scorer() -> SentenceScorer:
    """Return the scorer that ships, read once."""
    return SentenceScorer.load()


@lru_cache(maxsize=2)
def _sentence_weights(path: Path) -> dict[str, object]:
    found: dict[str, object] = read_json(path)["sentences"]
    return found
