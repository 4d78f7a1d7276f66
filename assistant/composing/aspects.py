"""Questions with several answers: two asked in one, days or articles held beside each other.

Each aspect has its own best sentences; they are told in turn, so that none is crowded out by the
others.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from warta.assistant.composing.shapes import broken, shaped
from warta.assistant.question.understood import Task
from warta.corpus.language.marks import marks
from warta.corpus.language.numbers import facts
from warta.index.reader.features import Asked
from warta.index.reader.scorer import Scored

if TYPE_CHECKING:
    from warta.assistant.question.understood import Understood

BESIDE_EACH_OTHER: frozenset[Task] = frozenset(("comparison", "timeline"))
_JOINED = re.compile(r"\?\s+|(?:,\s*|\s)(?:dan|serta|lalu|and)\s+", re.IGNORECASE)
_MOST_DAYS = 10  # of a stretch that are looked at one by one
_NUMBERED = 0.7  # log-odds for a number where something developed
_ON_THE_DAY = 0.5  # log-odds for a sentence of that very day, or one that names it
_ARTICLES = 4
_ON_TOPIC = 0.08  # share of the best one's probability that every sentence needs there
_WORTH = 0.4  # share of the best one's probability with which an article says something of it


def beside_each_other(question: "Understood", asked: Asked, ranked: Sequence[Scored]) -> list[Scored]:
    """Return the sentences for a comparison or development: days in turn, else articles in turn."""
    days = _days(question)
    every = shaped(asked, ranked)
    # Many are told here: there are others than those that a scraper tore.
    order = [scored for scored in every if not broken(scored.candidate.text)] or every
    if len(days) > 1:
        aspects = [_of_day(order, day, question.task) for day in days]
        if sum(map(bool, aspects)) > 1:
            return in_turn(aspects)
    by_article: dict[str, Scored] = {}
    for scored in order:
        if scored.probability >= _WORTH * ranked[0].probability:
            by_article.setdefault(scored.candidate.hit.article.id, scored)
    told = [scored for scored in order if scored.probability >= _ON_TOPIC * ranked[0].probability]
    return in_turn([[*list(by_article.values())[:_ARTICLES], *told]])


def in_turn(aspects: Iterable[Sequence[Scored]]) -> list[Scored]:
    """Return the first of each, then the second of each and so on, none twice."""
    found: dict[tuple[str, int], Scored] = {}
    for scored in chain.from_iterable(zip_longest(*aspects)):
        if scored is not None:
            sentence = scored.candidate
            found.setdefault((sentence.hit.article.id, sentence.start), scored)
    return list(found.values())


def _days(question: "Understood") -> list[date]:
    """Return the days that are held beside each other, in order."""
    named = [d for fact in facts(question.text) if (d := _day(fact.value, question.today))]
    span = question.days
    if question.task == "timeline" and span and span.since and span.until:
        count = (span.until - span.since).days + 1
        if 1 < count <= _MOST_DAYS:
            return [span.since + timedelta(days=n) for n in range(count)]
    return sorted(set(named))


def _day(value: str, today: date | None) -> date | None:
    """Return the day of a date in normal form; one without a year is of the last twelve months."""
    year = today.year if today else None
    if value.startswith("--") and year:
        value = f"{year}{value[1:]}"
    try:
        found = date.fromisoformat(value) if len(value) == len("2019-09-10") else None
        return found.replace(year=found.year - 1) if found and today and found > today else found
    except ValueError:
        return None


def _of_day(order: Sequence[Scored], day: date, kind: Task) -> list[Scored]:
    """Return the sentences of one day: published then or on the next, or naming it."""
    found = []
    for scored in order:
        article = scored.candidate.hit.article
        named = [f.value for f in marks(scored.candidate.text).facts if f.kind == "date"]
        on_it = article.published == day or any(
            _day(value, article.published) == day for value in named
        )
        others = any(_day(value, article.published) not in (day, None) for value in named)
        if on_it or (article.published == day + timedelta(days=1) and not others):
            value = scored.score + _ON_THE_DAY * on_it + _numbered(scored, kind)
            found.append((value, scored))
    return [scored for _, scored in sorted(found, key=lambda pair: -pair[0])]


def _numbered(scored: Scored, kind: Task) -> float:
    held = any(f.kind == "number" and f.unit for f in marks(scored.candidate.text).facts)
    return _NUMBERED * (held and kind == "timeline")
