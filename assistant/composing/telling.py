"""How much a sentence tells of a topic, and which articles tell different things of it."""

import math
from collections.abc import Sequence
from dataclasses import replace

from warta.assistant.composing.beside import shared
from warta.assistant.composing.events import likeness
from warta.assistant.composing.quotable import opened, opening, standing
from warta.assistant.composing.story import Story
from warta.corpus.language.marks import marks, stem_list
from warta.corpus.language.words import terms
from warta.corpus.passages import passages
from warta.index.candidates import Hit
from warta.index.reader.features import Candidate

_BROAD = 3  # developments from which on a topic is told by its openings
_SHORT = 3  # terms that a topic has at most
_ON_TOPIC = 0.9  # share of the best passage's coverage that an article of the topic has
_ONE_REPORT = 0.6  # likeness from which two articles tell the same development
_ONE_DAY = 0.35  # the same of two of one day
_SAME = 0.7  # share of the shorter sentence's terms that makes two of them one
_OPENERS = 3  # sentences among which the one that opens a report is chosen
_FACTS = 3  # figures and days of a sentence that count
# What a sentence tells: a figure counts a fifth of holding all of the topic, a place further down
# among those that could open its report a seventh, and what somebody says a third less.
_A_FACT, _A_PLACE, _SPEECH = 0.2, 0.15, 0.3
# Log-odds that an editor wants a sentence in an overview: logistic regression over 9,900 sentences
# found for the 120 overviews of train. Six sentences so chosen, four of one article at most, hold
# 0.46 of what is to be said, over folds, and any of it in 0.82; two of one article at most 0.35.
_WANTED = {
    "chance": 0.89, "unread": 1.62, "length": 0.54, "depth": -0.41, "opens": -0.84,
    "headline": 0.46, "speech": -0.32, "first": 1.35, "place": -1.61,
}  # fmt: skip
_LEAST = -5.0  # log-odds of a sentence that was not judged; none counts as less likely


class Worth:
    """What each sentence of a story is worth in an overview of it, in log-odds."""

    def __init__(self, story: Story) -> None:
        self._chances = {place(each.sentence): each.probability for each in story.pool}
        every = (each.article.id for each in story.pool)
        self._places = {name: at for at, name in enumerate(dict.fromkeys(every))}

    def __call__(self, sentence: Candidate) -> float:
        """Return how much an editor wants a sentence."""
        article = sentence.hit.article
        chance = self._chances.get(place(sentence))
        at = self._places.get(article.id, len(self._places))
        headline = set(terms(article.title))
        held = len(headline & set(stem_list(sentence.text))) / max(1, len(headline))
        values = {
            "chance": _LEAST if chance is None else max(_LEAST, _odds(chance)),
            "unread": float(chance is None),
            "length": math.log(len(sentence.text)),
            "depth": math.log1p(sentence.start / 100),
            "opens": float(sentence.hit.passage.ordinal == 0),
            "headline": held,
            "speech": float(sentence.text.startswith(('"', "“"))),
            "first": float(at == 0),
            "place": math.log1p(at),
        }
        return sum(_WANTED[name] * value for name, value in values.items())


def _odds(chance: float) -> float:
    bounded = min(max(chance, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded))


def tellable(story: Story, reports: Sequence[Hit]) -> list[Candidate]:
    """Return what can be quoted of some reports, of the one that answers best all of it."""
    names = {hit.article.id for hit in reports}
    best = story.pool[0].article.id if story.pool else ""
    found = [each.sentence for each in story.pool if each.article.id in names]
    for hit in story.hits:
        if hit.article.id in names:
            found += [*standing(opened(hit)), *standing(hit)]
    if best in names:
        hit = story.pool[0].sentence.hit
        for passage in passages(hit.article):
            found += standing(replace(hit, passage=passage))
    return list({place(sentence): sentence for sentence in reversed(found)}.values())


def place(sentence: Candidate) -> tuple[str, int]:
    """Return where a sentence stands: its article and its first character there."""
    return sentence.hit.article.id, sentence.start


def said(sentence: Candidate, told: Sequence[Candidate]) -> bool:
    """Tell a sentence that is told already, or stands within one."""
    return any(
        shared(sentence.text, other.text) >= _SAME
        or (
            sentence.hit.article.id == other.hit.article.id
            and sentence.start < other.end
            and other.start < sentence.end
        )
        for other in told
    )


def tells(story: Story, sentence: Candidate, asked: set[str] | None = None) -> float:
    """Return how much a sentence tells: the share of the topic it holds, and its figures.

    `asked` are the terms of the topic where they are not those of the question.
    """
    wanted = asked or set(terms(story.part.subject or story.part.query))
    held = len(wanted & set(stem_list(sentence.text))) / max(1, len(wanted))
    figures = _A_FACT * min(_FACTS, len(marks(sentence.text).facts))
    return held + figures - _SPEECH * sentence.text.startswith(('"', "“"))


def names_topic(story: Story, sentence: Candidate) -> bool:
    """Tell a sentence that holds any term of the topic."""
    wanted = terms(story.part.subject or story.part.query)
    return not {*wanted}.isdisjoint(stem_list(sentence.text))


def _opens(story: Story, sentence: Candidate) -> float:
    """Return how well a sentence tells what its report is about: a figure counts little."""
    figures = min(_FACTS, len(marks(sentence.text).facts))
    return tells(story, sentence) - _A_FACT * figures * 3 / 4


def is_broad(story: Story, leads: Sequence[Candidate]) -> bool:
    """Tell a topic ("revisi UU KPK") from one story ("penangkapan JAD Bekasi oleh Densus 88")."""
    words = terms(story.part.subject or story.part.query)
    return len(leads) >= _BROAD and len(words) <= _SHORT


def developments(story: Story, most: int) -> list[Candidate]:
    """Return the openings of articles on the topic that tell different things, best first."""
    kept: list[Candidate] = []
    for lead in openings(story, story.hits):
        if not kept or (
            on_topic(story, lead.hit) and not any(_one_development(lead, k) for k in kept)
        ):
            kept.append(lead)
        if len(kept) == most:
            break
    return kept


def _one_development(one: Candidate, other: Candidate) -> bool:
    same_day = one.hit.article.published == other.hit.article.published
    if likeness(one.hit.article, other.hit.article) >= (_ONE_DAY if same_day else _ONE_REPORT):
        return True
    return shared(one.text, other.text) >= _SAME


def openings(story: Story, hits: Sequence[Hit]) -> list[Candidate]:
    """Return of each article the sentence that opens it and tells most, in the order of hits."""
    found: dict[str, Candidate] = {}
    for hit in hits:
        if hit.article.id in found:
            continue
        lead = opening(hit)
        if lead is None:
            continue
        near = [s for s in standing(opened(hit)) if s.start >= lead.start][:_OPENERS] or [lead]
        found[hit.article.id] = max(
            enumerate(near), key=lambda item: _opens(story, item[1]) - _A_PLACE * item[0]
        )[1]
    return list(found.values())


def on_topic(story: Story, hit: Hit) -> bool:
    """Tell an article that covers nearly as much of the topic as the best one."""
    best = max((other.coverage for other in story.hits), default=0.0)
    return hit.coverage >= _ON_TOPIC * best
