"""English terms by Indonesian words, so that English questions meet Indonesian articles."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from warta.corpus.language.words import query_terms, terms
from warta.index.weights import read_json

Alternatives = tuple[tuple[str, float], ...]
"""Terms any of which will do, with their weights 0..1, highest first."""

LEXICON = Path(__file__).with_name("lexicon.json")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """English search term -> Indonesian words, likeliest first."""

    words: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls, path: Path = LEXICON) -> "Lexicon":
        """Read the lexicon that ships, or the one in `path`; raises ConfigError."""
        return _load(path)

    def words_for(self, question: str) -> list[str]:
        """Return the Indonesian words for the terms of an English question, in order."""
        found = (self.words.get(term, ()) for term in query_terms(question))
        return list(dict.fromkeys(word for listed in found for word in listed))

    def alternatives(self, question: str) -> list[Alternatives]:
        """Return for each term of an English question the terms that may stand for it.

        With their weights 0..1, likeliest first. A term that has translations counts little by
        itself, one that has none (a name, a number) fully.
        """
        found = []
        for term in query_terms(question):
            translated = [t for word in self.words.get(term, ()) for t in terms(word)]
            weights = {other: 1.0 / (1 + rank) for rank, other in enumerate(translated)}
            weights.setdefault(term, 0.3 if translated else 1.0)
            found.append(tuple(sorted(weights.items(), key=lambda pair: -pair[1])))
        return found


@lru_cache(maxsize=2)
def _load(path: Path) -> Lexicon:
    return Lexicon({term: tuple(words.split()) for term, words in read_json(path).items()})
