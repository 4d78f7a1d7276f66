"""Which sentences of the hits answer the question, best first."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from warta.index.hit import Hit
from warta.index.query.lexicon import Lexicon
from warta.index.reader.features import FEATURES, Asked, ask, candidates, feature_matrix
from warta.index.reader.reader import Reader, Reading, shipped_reader
from warta.index.reader.reader import ask as ask_reader
from warta.index.weights import SCORER, Logits, Rarity, Trees, read_json, read_rarity

_NO_SENTENCE = -12.0  # log-odds for a passage whose sentences stand in an earlier one


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


class SentenceScorer:
    """Judges question and sentence together with learnt weights; safe to share by threads."""

    def __init__(self, trees: Trees, rarity: Rarity, lexicon: Lexicon, reader: Reader) -> None:
        self._trees = trees
        self._rarity = rarity
        self._lexicon = lexicon
        self._reader = reader

    @classmethod
    def load(cls, path: Path = SCORER) -> Self:
        """Read the weights that ship, or those in `path`; raises ConfigError."""
        trees = Trees.from_dict(_sentence_weights(path), FEATURES)
        return cls(trees, read_rarity(), Lexicon.load(), shipped_reader())

    def rank(self, question: Question, hits: Sequence[Hit]) -> Reading:
        """Return the sentences of the hits' passages, best first."""
        return self._reader.read(self.ask(question), hits)

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
        """Read the question as the reader wants it."""
        text = question.query or question.standalone
        return ask_reader(text, question.text, question.language)

    def _asked(self, text: str, *, english: bool) -> Asked:
        return ask(text, self._rarity, self._lexicon.alternatives(text) if english else None)


@lru_cache(maxsize=1)
def shipped_scorer() -> SentenceScorer:
    """Return the scorer that ships, read once."""
    return SentenceScorer.load()


@lru_cache(maxsize=2)
def _sentence_weights(path: Path) -> dict[str, object]:
    found: dict[str, object] = read_json(path)["sentences"]
    return found
