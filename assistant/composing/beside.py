"""What belongs beside the sentence that answers."""

import math
from dataclasses import dataclass

from warta.assistant.composing.events import SAME, likeness
from warta.corpus.article import Article
from warta.corpus.language.marks import stem_list
from warta.index.reader.features import Candidate
from warta.index.reader.passage_reader import Found

# Of 248 answered questions that nothing was learned from, with 0.7, 0.8, 0.9 of the first one's
# chance, and with none beside it: 1.56, 1.45, 1.42, 1.36 sentences, of which 0.51, 0.52, 0.53, 0.53
# are wanted; an answer holds what is asked in 0.66, 0.65, 0.65, 0.63. Of 19 that an
# editor read at 0.7, 8 helped and 4 misled. A regression over pairs of sentences did no better.
NEARLY = 0.9
_FURTHEST = 6.0  # log-odds beyond which one is as sure as another


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence to quote, the chance that it answers, and its place among all by that chance.

    `found` is where the reader sees the answer in it. `strong` is the span of its text that holds
    what is asked for, None where that is not sure; `value` its numbers or words, also where only
    the sentence is unsure.
    """

    sentence: Candidate
    probability: float
    place: int
    found: Found | None = None
    strong: tuple[int, int] | None = None
    value: frozenset[str] = frozenset()

    @property
    def article(self) -> Article:
        """The article it stands in."""
        return self.sentence.hit.article


def belongs(lead: Weighed, other: Weighed, least: float = NEARLY) -> bool:
    """Tell a sentence of the same event that is nearly as likely to answer: by that share."""
    if other.probability < least * lead.probability:
        return False
    return likeness(lead.article, other.article) >= SAME


def shared(one: str, other: str) -> float:
    """Return the share 0..1 of the terms of the text with fewer that the other has, too."""
    left, right = set(stem_list(one)), set(stem_list(other))
    return len(left & right) / max(1, min(len(left), len(right)))


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability, held within bounds."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return max(-_FURTHEST, min(_FURTHEST, math.log(bounded / (1 - bounded))))
