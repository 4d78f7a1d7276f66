"""Writes by quoting: the sentence that answers, then what is needed beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.citations import cite, neutralise
from assistant.features import Candidate
from assistant.selecting import Scored, SentenceScorer
from assistant.writer import Draft
from corpus.article import Article
from index.analysis import terms
from index.hit import Hit

if TYPE_CHECKING:
    from assistant.question import Question

MOST_SENTENCES = 5
# A further sentence is worth its space only when it may answer too.
_WORTH = 0.02
_SAME = 0.8


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A run of neighbouring sentences, quoted as one."""

    hit: Hit
    start: int
    end: int
    also: tuple[Article, ...]


class ExtractiveWriter:
    """Quotes at most five sentences, verbatim, each with its `[n]`."""

    name = "extractive"

    def __init__(self, scorer: SentenceScorer) -> None:
        self._scorer = scorer

    def write(self, question: "Question", hits: Sequence[Hit]) -> Iterator[Draft]:
        """Yield the answer sentence by sentence; nothing where the hits hold no sentence."""
        chosen = choose(self._scorer.rank(question, hits).sentences)
        for count in range(1, len(chosen) + 1):
            yield _draft(chosen[:count])


def choose(ranked: Sequence[Scored], most: int = MOST_SENTENCES) -> list[Candidate]:
    """Return the sentences to quote, the answering one first; near-same ones count once."""
    chosen: list[Candidate] = []
    for scored in ranked:
        if len(chosen) == most or (chosen and scored.probability < _WORTH):
            break
        if not any(_near_same(scored.candidate.text, other.text) for other in chosen):
            chosen.append(scored.candidate)
    return chosen


def _near_same(one: str, other: str) -> bool:
    left, right = set(terms(one)), set(terms(other))
    return len(left & right) > _SAME * max(1, min(len(left), len(right))) if left else one == other


def _draft(chosen: Sequence[Candidate]) -> Draft:
    parts, citations = [], []
    for number, candidate in enumerate(chosen, start=1):
        citations.append(cite(number, candidate.hit, candidate.start, candidate.end))
        parts.append(f"{neutralise(candidate.text)} [{number}]")
    return Draft(" ".join(parts), tuple(citations))
