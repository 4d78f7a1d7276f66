"""What belongs beside the sentence that answers.

Learned on the training questions: the chance that an editor wants a sentence beside another one,
because it answers too, or is annotated as its context.
"""

import math
from dataclasses import dataclass

from warta.assistant.composing.events import SAME, likeness
from warta.assistant.composing.quotable import leans
from warta.corpus.article import Article
from warta.corpus.language.marks import stem_list
from warta.index.reader.features import Candidate
from warta.index.reader.passage_reader import Found

# Logistic regression over 8,165 pairs of train (the first sentence with each of the next thirteen
# of its event, the reader's scores out of fold): AUC 0.73 over folds. Learned anew on a quarter of
# train with the reader's present scores it tells no more (0.717 and 0.718). There, from a chance of
# 0.2, 0.25, 0.3, 0.35 on, 0.83, 0.59, 0.41, 0.28 sentences stand beside the first one, of which
# 0.29, 0.34, 0.34, 0.34 are wanted; an answer holds what is asked in 0.545, 0.527, 0.497, 0.479
# instead of 0.434. What an answer's head or the chance of any answer adds is nothing (0.706).
_BIAS = -1.98
_WEIGHTS = {
    "odds": 1.23, "lead_odds": -0.59, "gap": -0.73, "event": 1.33, "same_article": -0.42,
    "follows": 0.40, "shared": 1.71, "leans": 0.10, "length": 0.17, "place": -0.16,
}  # fmt: skip
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


def chance(lead: Weighed, other: Weighed) -> float:
    """Return the chance, 0..1, that `other` belongs beside `lead`; 0 for another event's."""
    event = likeness(lead.sentence.hit.article, other.sentence.hit.article)
    if event < SAME:
        return 0.0
    values = features(lead, other, event)
    odds = _BIAS + sum(_WEIGHTS[name] * value for name, value in values.items())
    return 1 / (1 + math.exp(-odds))


def features(lead: Weighed, other: Weighed, event: float) -> dict[str, float]:
    """Return what the chance is judged by; `event` is the likeness of the two articles."""
    one, two = lead.sentence, other.sentence
    same = one.hit.article.id == two.hit.article.id
    return {
        "odds": log_odds(other.probability),
        "lead_odds": log_odds(lead.probability),
        "gap": math.log(max(other.probability, 1e-4) / max(lead.probability, 1e-4)),
        "event": event,
        "same_article": float(same),
        "follows": float(same and 0 <= two.start - one.end <= 3),
        "shared": shared(one.text, two.text),
        "leans": float(leans(two.text)),
        "length": math.log(len(two.text)),
        "place": math.log(other.place),
    }


def shared(one: str, other: str) -> float:
    """Return the share 0..1 of the terms of the text with fewer that the other has, too."""
    left, right = set(stem_list(one)), set(stem_list(other))
    return len(left & right) / max(1, min(len(left), len(right)))


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability, held within bounds."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return max(-_FURTHEST, min(_FURTHEST, math.log(bounded / (1 - bounded))))
