"""English terms by Indonesian words, so that English questions meet Indonesian articles."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.weights import read_json
from index.analysis import query_terms, terms

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

    def weighted_terms(self, question: str) -> dict[str, float]:
        """Return the terms an English question may be met by, with their weights 0..1.

        A term that has translations counts little by itself, one that has none (a name, a
        number) fully.
        """
        found: dict[str, float] = {}
        for term in query_terms(question):
            translated = [t for word in self.words.get(term, ()) for t in terms(word)]
            found[term] = max(found.get(term, 0.0), 0.3 if translated else 1.0)
            for rank, other in enumerate(translated):
                found[other] = max(found.get(other, 0.0), 1.0 / (1 + rank))
        return found


@lru_cache(maxsize=2)
def _load(path: Path) -> Lexicon:
    return Lexicon({term: tuple(words.split()) for term, words in read_json(path).items()})
