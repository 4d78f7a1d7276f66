"""Sources that give different figures, days or names for the same thing, and what changed.

A false contradiction is worse than a missed one. Two figures are held against each other only
where both stand beside what is asked for, have the same unit and the same word next to them, and
come from passages that tell of one event. Of 450 questions made from articles on accidents,
earthquakes, budgets and prices hardly any are remarked on. Days and names are held against each
other in `differing_dates` and `differing_names`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from warta.assistant.composing.differing_dates import dates, dates_differ, moved
from warta.assistant.composing.differing_names import (
    NAME_FORMS,
    names,
    persons_differ,
    places_differ,
    relocated,
    taken_over,
)
from warta.assistant.composing.emphasis import answering_words
from warta.assistant.composing.reports import (
    CLOCK,
    DIFFER,
    Report,
    cover,
    names_asked,
    of_one_event,
    said,
    told_apart,
)
from warta.assistant.texts import Language
from warta.corpus.article import Article
from warta.corpus.language.marks import marks, stem_list
from warta.corpus.language.words import words
from warta.index.reader.features import Asked, Candidate

_FORMS = frozenset(("count", "money", "percent", "duration"))
_REACH = 40  # characters around a figure in which a word of the question must stand
_COVERED = 0.6  # share of the question's words, by rarity, that sentence and headline must hold
_ROUNDED = Decimal("0.02")  # figures no further apart than this share are one, rounded
# A difference, an addition, a part, or what happened in another year is another figure.
_OTHER_FIGURE = re.compile(
    r"\b(?:selisih|lebih (?:mahal|murah|tinggi|rendah|banyak|sedikit|besar|kecil)|tambahan|naik|"
    r"turun|menambah|bertambah|di ?antaranya|masing-masing|rata-rata|lagi|lain|lainnya|sebelumnya|"
    r"pertama|kedua|ketiga|susulan|difference|more|another|other|additional|first|second)\b",
    re.IGNORECASE,
)
_RECENT = 7  # days between an event and the report of its figure
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_GROWS = frozenset(
    stem_list(
        "tewas meninggal korban luka hilang mengungsi pengungsi terjangkit terinfeksi positif "
        "kasus terbakar rusak ditangkap tersangka dirawat died killed dead injured missing cases"
    )
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure as one article gives it."""

    report: Report
    shown: str
    value: Decimal
    unit: str
    beside: frozenset[str]

    @property
    def article(self) -> Article:
        """The article that gives it."""
        return self.report.article


def remark(asked: Asked, quoted: Sequence[Candidate], language: Language) -> str:
    """Return who gives which answer and when, "" where the sources agree or it cannot be told."""
    named = names_asked(asked, quoted)
    if asked.form == "date":
        return told_apart(dates(asked, quoted, named), dates_differ, moved, language)
    if asked.form == "place":
        return told_apart(names(asked, quoted, named), places_differ, relocated, language)
    if asked.form in NAME_FORMS:
        return told_apart(names(asked, quoted, named), persons_differ, taken_over, language)
    return _figures(asked, quoted, named, language)


def _figures(
    asked: Asked, quoted: Sequence[Candidate], named: frozenset[str], language: Language
) -> str:
    found = [reading for sentence in quoted if (reading := _reading(asked, sentence, named))]
    if not found:
        return ""
    same = [reading for reading in found if _on_one_thing(found[0], reading)]
    dated = sorted(same, key=lambda r: r.article.published or date.min)
    told: list[Reading] = []
    for reading in dated:
        if not any(_rounded(reading.value, other.value) for other in told):
            told.append(reading)
    if len(told) < 2:
        return ""
    days = [r.article.published for r in told]
    if any(day is None for day in days):
        return ""
    figures = [(reading.shown, reading.article) for reading in told]
    if _grew(told):
        return said(_GREW[language], figures, language)
    span = max(d for d in days if d) - min(d for d in days if d)
    return said(DIFFER[language], figures, language) if span.days <= 1 else ""


_GREW: dict[Language, str] = {
    "id": "Angkanya bertambah dari hari ke hari",
    "en": "The figure grew from day to day",
}


def _reading(asked: Asked, sentence: Candidate, named: frozenset[str]) -> Reading | None:
    if asked.form not in _FORMS or not sentence.hit.article.published:
        return None
    span = answering_words(asked, sentence.text)
    found = marks(sentence.text)
    if span is None or not _meant(asked, sentence, named, span):
        return None
    facts = [f for f in found.facts if f.kind == "number" and span[0] <= f.start < span[1]]
    # Two figures of one unit in a sentence: which is meant cannot be told.
    others = [f for f in found.facts if f.kind == "number" and facts and f.unit == facts[0].unit]
    if len(facts) != 1 or len({f.value for f in others}) != 1:
        return None
    fact = facts[0]
    when = frozenset((*CLOCK.findall(sentence.text), *_days(sentence)))
    return Reading(
        report=Report(sentence, when),
        shown=sentence.text[fact.start : fact.end],
        value=Decimal(fact.value),
        unit=fact.unit,
        beside=_beside(sentence.text, fact.start, fact.end),
    )


def _meant(asked: Asked, sentence: Candidate, named: frozenset[str], span: tuple[int, int]) -> bool:
    """Tell whether a figure is the one asked for: of those named, of these days, in full."""
    held = frozenset(stem_list(f"{sentence.text} {sentence.hit.article.title}"))
    around = sentence.text[max(0, span[0] - _REACH) : span[1] + _REACH]
    beside = set(stem_list(around)) - set(asked.names)
    return (
        cover(asked, held) >= _COVERED
        and held >= named
        and not beside.isdisjoint(asked.stems)
        and not _tells_of_another_time(sentence)
        and _OTHER_FIGURE.search(around) is None
    )


def _tells_of_another_time(sentence: Candidate) -> bool:
    published = sentence.hit.article.published
    assert published is not None
    if set(_YEAR.findall(sentence.text)) - {str(published.year)}:
        return True
    for day in _days(sentence):
        try:
            named = date.fromisoformat(f"{published.year}-{day}")
        except ValueError:
            continue
        if abs((published - named).days) > _RECENT:
            return True
    return False


def _days(sentence: Candidate) -> list[str]:
    """Return month and day of the dates a sentence names, without the year."""
    return [f.value[-5:] for f in marks(sentence.text).facts if f.kind == "date"]


def _beside(text: str, start: int, end: int) -> frozenset[str]:
    """Return the terms of the two words before a figure and the two after it."""
    before, after = words(text[:start])[-2:], words(text[end:])[:2]
    return frozenset(term for word in (*before, *after) for term in word.terms)


def _on_one_thing(one: Reading, other: Reading) -> bool:
    if one is other:
        return True
    alike = one.unit == other.unit and bool(one.beside & other.beside)
    return alike and of_one_event(one.report, other.report)


def _rounded(one: Decimal, other: Decimal) -> bool:
    """Tell figures that are one: rounded, or with "62,208" read as a decimal and as thousands."""
    return any(
        abs(one * scale - other) <= _ROUNDED * max(abs(one * scale), abs(other))
        for scale in (1, 1000, Decimal("0.001"))
    )


def _grew(told: Sequence[Reading]) -> bool:
    """Tell a toll that rose with every day; `told` is oldest first."""
    counted = bool(_GROWS.intersection(*(reading.report.stems for reading in told)))
    return counted and all(
        one.value < other.value and str(one.article.published) < str(other.article.published)
        for one, other in pairwise(told)
    )
