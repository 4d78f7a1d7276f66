"""What two articles report of one thing: when they are held against each other, how it is said.

A false contradiction is worse than a missed one. Two reports are compared only where both hold
the question's words, come from articles near in time and from passages that tell of one event;
a copy of a report says nothing further.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from warta.assistant.texts import Language, day_text
from warta.corpus.article import Article
from warta.corpus.language.marks import marks, stem_list
from warta.corpus.language.words import fold
from warta.index.reader.features import Asked, Candidate

CLOCK = re.compile(r"\b\d{1,2}[.:]\d{2}\b(?= ?(?:WIB|WITA|WIT))")
# What happens again and again has many days and places.
RECURS = re.compile(
    r"\b(?:gempa|banjir|longsor|kebakaran|terbakar|erupsi|letusan|meletus|laga|pertandingan|"
    r"bertanding|lawan|melawan|menghadapi|menjamu|vs|bertemu|main|"
    r"sidang|rapat|demo|unjuk rasa|ujian|konser|jadwal|"
    r"earthquake|quake|flood|fire|eruption|match|game|play|hearing|trial|meeting|protest|concert)\b",
    re.IGNORECASE,
)
# What was not so, or should have been.
UNDONE = re.compile(
    r"\b(?:seharusnya|semestinya|batal|gagal|tidak|tak|bukan|belum|not|cancelled)\b", re.IGNORECASE
)
_EVENT = 0.3  # share of the shorter passage's words that two reports of one event share
_ALIKE = 0.3  # share of their other words that two sentences must have in common
_NEAR = 60  # days of one event: what is further apart is hardly the same
_COPY = 0.85  # share of all their words from which two long passages are one report
_LONG = 30  # words from which that can be told
DIFFER: dict[Language, str] = {"id": "Sumber berbeda", "en": "Sources differ"}
_MENURUT: dict[Language, str] = {"id": "menurut", "en": "according to"}


@dataclass(frozen=True, slots=True)
class Report:
    """A sentence as one article gives it; `when` are the hours, or hours and days, it names."""

    sentence: Candidate
    when: frozenset[str]

    @property
    def article(self) -> Article:
        """The article it stands in."""
        return self.sentence.hit.article

    @property
    def stems(self) -> frozenset[str]:
        """Stems of the sentence."""
        return frozenset(term for term, _ in marks(self.sentence.text).stems)

    @property
    def told_with(self) -> frozenset[str]:
        """Stems of the passage around it."""
        return frozenset(stem_list(self.sentence.hit.passage.text))


@dataclass(frozen=True, slots=True)
class Telling:
    """What a report answers: `shown` as it stands there, `value` in its parts for comparing."""

    report: Report
    shown: str
    value: tuple[str, ...]


def names_asked(asked: Asked, quoted: Sequence[Candidate]) -> frozenset[str]:
    """Return the stems of what a question names, but for the outlets of what is quoted."""
    outlets = fold(" ".join(sentence.hit.article.source for sentence in quoted))
    return frozenset(
        term
        for name in marks(asked.text).names
        if fold(name.text) not in outlets and (" " in name.text or not name.initial)
        for term in stem_list(name.text)
        if not any(char.isdigit() for char in name.text)
    )


def cover(asked: Asked, held: frozenset[str]) -> float:
    """Return the share 0..1 of the question's words, by rarity, that `held` has."""
    met = sum(group[0][1] for group in asked.wanted if any(term in held for term, _ in group))
    return met / asked.total if asked.total else 0.0


def of_one_event(one: Report, other: Report) -> bool:
    """Tell reports of two articles on one event that do not go back to one text."""
    days = (one.article.published, other.article.published)
    if one.article.id == other.article.id or _copies(one, other):
        return False
    if days[0] and days[1] and abs((days[0] - days[1]).days) > _NEAR:
        return False
    if one.when and other.when and not one.when & other.when:
        return False  # "pukul 14.06" and "pukul 14.31" are two earthquakes
    event = len(one.told_with & other.told_with)
    if event < _EVENT * min(len(one.told_with), len(other.told_with)):
        return False
    return len(one.stems & other.stems) >= _ALIKE * max(1, min(len(one.stems), len(other.stems)))


def _copies(one: Report, other: Report) -> bool:
    ids = [{r.article.id, *(copy.id for copy in r.sentence.hit.also)} for r in (one, other)]
    if ids[0] & ids[1]:
        return True
    either = one.told_with | other.told_with
    shared = len(one.told_with & other.told_with)
    return len(either) >= _LONG and shared >= _COPY * len(either)


def told_apart(
    found: Sequence[Telling],
    differ: Callable[[Telling, Telling], bool],
    followed: Callable[[Telling, Telling], bool],
    language: Language,
) -> str:
    """Return who tells what, "" where they agree or where it may not be the same thing.

    Reports of one day, give or take one, of two outlets contradict each other where they
    `differ`. Later ones tell of a change where the newer has `followed` on the older; what else
    differs after days is nothing that can be told.
    """
    if not found:
        return ""
    same = [t for t in found if t is found[0] or of_one_event(found[0].report, t.report)]
    told: list[Telling] = []
    for telling in sorted(same, key=lambda t: str(t.report.article.published)):
        if all(differ(other, telling) for other in told):
            told.append(telling)
    days = [t.report.article.published for t in told]
    dated = [day for day in days if day]
    if len(told) < 2 or len(dated) < len(days):
        return ""
    if (dated[-1] - dated[0]).days > 1:
        return _in_turn(told, language) if len(told) == 2 and followed(*told) else ""
    outlets = {fold(t.report.article.source) for t in told}
    if len(outlets) < len(told) or any(
        followed(a, b) or followed(b, a) for a in told for b in told
    ):
        return ""
    return said(DIFFER[language], [(t.shown, t.report.article) for t in told], language)


def said(lead: str, told: Sequence[tuple[str, Article]], language: Language) -> str:
    """Return what is told with its outlets and days, after a lead."""
    parts = (f"{shown} ({byline(article, language)})" for shown, article in told)
    return f"{lead}: {', '.join(parts)}."


def _in_turn(told: Sequence[Telling], language: Language) -> str:
    parts = (f"{_MENURUT[language]} {byline(t.report.article, language)}: {t.shown}" for t in told)
    line = "; ".join(parts)
    return f"{line[0].upper()}{line[1:]}."


def byline(article: Article, language: Language) -> str:
    """Return outlet and day of publication, as far as they are known."""
    day = day_text(language, article.published) if article.published else ""
    return ", ".join(part for part in (article.source or fold(article.id), day) if part)
