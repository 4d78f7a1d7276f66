"""The shapes of an answer on a topic: a summary, a timeline, the newest, quotations, a count."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from warta.assistant.composing.beside import Judged, shared
from warta.assistant.composing.events import likeness
from warta.assistant.composing.facts import MOST, fact, is_direct
from warta.assistant.composing.quotable import opening
from warta.assistant.composing.story import Story
from warta.assistant.composing.writer import Planned
from warta.assistant.texts import Language, day_text, number_text
from warta.corpus.article import Article
from warta.corpus.language.marks import marks, stem_list
from warta.corpus.language.words import terms
from warta.index.hit import Hit
from warta.index.reader.features import Candidate

_SUMMARY, _TIMELINE, _NEWEST, _QUOTES, _FOUND = 5, 8, 4, 6, 4
_ON_TOPIC = 0.7  # share of the best passage's coverage that an article of the topic has
_ONE_REPORT = 0.6  # likeness from which two articles tell the same development
_SAME = 0.7  # share of the shorter opening's terms that makes two of them one
_LATELY = 10  # days before its report within which a day named in an opening is the event's


def summary(story: Story) -> list[Planned]:
    """The openings of the distinct developments, by day; of one report its first sentences."""
    leads = _developments(story, _SUMMARY)
    if len(leads) == 1:
        return _one_report(story, leads[0])
    return _by_day(story, leads, "\n")


def timeline(story: Story) -> list[Planned]:
    """One line a day, by the day of the event."""
    lines: dict[date | None, Candidate] = {}
    for lead in _developments(story, 2 * _TIMELINE):
        lines.setdefault(_day(lead), lead)
    return _by_day(story, list(lines.values())[:_TIMELINE], "\n")


def newest(story: Story) -> list[Planned]:
    """The openings of the newest articles on the topic, newest first."""
    leads = _developments(story, 2 * _NEWEST)
    ordered = sorted(leads, key=lambda lead: lead.hit.article.published or date.min, reverse=True)
    return [
        Planned(lead, lead=story.byline(lead.hit.article), gap="\n") for lead in ordered[:_NEWEST]
    ]


def found_articles(story: Story) -> list[Planned]:
    """The articles that are looked for, each with headline, outlet and day before its opening."""
    told = []
    for article, lead in _openings(story.hits).items():
        if len(told) < _FOUND and (not told or _on_topic(story, lead.hit)):
            title = " ".join(article.title.split())
            line = story.byline(article)
            told.append(Planned(lead, lead=f"“{title}”, {line}" if title else line, gap="\n"))
    return told


def counted(story: Story) -> list[Planned]:
    """How many articles the archive holds on the topic and since when; then the newest."""
    if story.count is None or not story.hits:
        return newest(story)
    leads = [item.sentence for item in newest(story) if item.sentence]
    own = Planned(None, "own", said=_sum(story), shown=tuple(leads[:MOST]))
    return [own] if not leads else [
        own, *(Planned(lead, "context", story.byline(lead.hit.article), gap="\n")
               for lead in leads[:MOST])
    ]  # fmt: skip


_COUNTED: dict[Language, tuple[str, str]] = {
    "id": ("Arsip ini memuat {n} artikel tentang {topic}", ", terbit {first} sampai {last}"),
    "en": ("The archive holds {n} articles on {topic}", ", published {first} to {last}"),
}


def _sum(story: Story) -> str:
    assert story.count is not None
    said, days = _COUNTED[story.language]
    first, last = story.count.first, story.count.last
    shown = said.format(
        n=number_text(story.language, story.count.articles),
        topic=(story.part.subject or story.part.query).replace("[", "(").replace("]", ")"),
    )
    if first and last:
        shown += days.format(
            first=day_text(story.language, first), last=day_text(story.language, last)
        )
    return f"{shown}."


_SPEAKS = re.compile(
    r"\b(?:kata|ujar|ucap|tutur|ungkap|jelas|tegas|imbuh|papar|tulis|terang|sebut|cetus|beber|"
    r"lanjut|tambah|kisah|curhat|aku)(?:nya)?\b|\bmen(?:gatakan|yatakan|egaskan|jelaskan|uturkan|"
    r"yebut\w*|gungkap\w*|ilai|gaku|ambahkan|erangkan)\b|\bmenurut\w*\b|\bsaid\b|\bsays\b"
)


def quotations(story: Story) -> list[Planned]:
    """What somebody said, direct words first by article, each with outlet and day."""
    speaker = set(terms(story.part.speaker))
    spoken = [
        each for each in story.pool
        if _SPEAKS.search(each.sentence.text.lower()) or is_direct(each.sentence.text)
    ]  # fmt: skip
    own = [each for each in spoken if not speaker or speaker & _around(each.sentence)]
    direct = [each for each in own or spoken if is_direct(each.sentence.text)]
    chosen = _distinct(direct or own or spoken, _QUOTES)
    placed = sorted(
        chosen,
        key=lambda each: (str(each.article.published or ""), each.article.id, each.sentence.start),
    )
    last, told = "", []
    for each in placed:
        line = story.byline(each.article) if each.article.id != last else ""
        told.append(Planned(each.sentence, lead=line, gap="\n\n" if line else " "))
        last = each.article.id
    return told


def _around(sentence: Candidate) -> set[str]:
    """Return the terms of a sentence, and of its passage up to it: who speaks may stand there."""
    passage = sentence.hit.passage
    before = passage.text[max(0, sentence.start - passage.start - 250) : sentence.end]
    return set(stem_list(before)) | set(stem_list(sentence.hit.article.title))


def compared(story: Story) -> list[Planned]:
    """For each side its best sentence, side by side; without two sides what answers as a whole."""
    told: list[Planned] = []
    used: set[tuple[str, int]] = set()
    for side in story.part.sides:
        own = set(terms(side))
        others = {t for other in story.part.sides if other != side for t in terms(other)} - own
        found = [
            each for each in story.pool
            if own & set(stem_list(each.sentence.text))
            and (each.article.id, each.sentence.start) not in used
        ]  # fmt: skip
        alone = [e for e in found if not others & set(stem_list(e.sentence.text))]
        for each in (alone or found)[:1]:
            used.add((each.article.id, each.sentence.start))
            told.append(Planned(each.sentence, lead=story.byline(each.article), gap="\n"))
    both = _both(story, used)
    return [*told, *both] if told else fact(story)


def _both(story: Story, used: set[tuple[str, int]]) -> list[Planned]:
    """Return the best sentence that names two sides, where it is not told yet."""
    sides = [set(terms(side)) for side in story.part.sides]
    for each in story.pool:
        held = set(stem_list(each.sentence.text))
        if (each.article.id, each.sentence.start) in used or len(sides) < 2:
            continue
        if all(side & held for side in sides):
            return [Planned(each.sentence, lead=story.byline(each.article), gap="\n")]
    return []


def _developments(story: Story, most: int) -> list[Candidate]:
    """Return the openings of articles on the topic that tell different things, best first."""
    kept: list[Candidate] = []
    for lead in _openings(story.hits).values():
        if not kept or (
            _on_topic(story, lead.hit) and not any(_one_development(lead, k) for k in kept)
        ):
            kept.append(lead)
        if len(kept) == most:
            break
    return kept


def _one_development(one: Candidate, other: Candidate) -> bool:
    if likeness(one.hit.article, other.hit.article) >= _ONE_REPORT:
        return True
    return shared(one.text, other.text) >= _SAME


def _openings(hits: Sequence[Hit]) -> dict[Article, Candidate]:
    """Return each article once with its opening sentence, in the order of the hits."""
    found: dict[str, Candidate] = {}
    for hit in hits:
        if hit.article.id not in found and (lead := opening(hit)):
            found[hit.article.id] = lead
    return {lead.hit.article: lead for lead in found.values()}


def _on_topic(story: Story, hit: Hit) -> bool:
    best = max((other.coverage for other in story.hits), default=0.0)
    return hit.coverage >= _ON_TOPIC * best


def _by_day(story: Story, leads: Iterable[Candidate], gap: str) -> list[Planned]:
    ordered = sorted(leads, key=lambda lead: _day(lead) or date.max)
    return [Planned(lead, lead=_line(story, lead), gap=gap) for lead in ordered]


def _line(story: Story, lead: Candidate) -> str:
    day = _day(lead)
    source = lead.hit.article.source.strip()
    shown = day_text(story.language, day) if day else ""
    return f"{', '.join(part for part in (shown, source) if part)}:" if shown or source else ""


def _day(lead: Candidate) -> date | None:
    """Return the day an opening tells of: one it names that lies shortly before its report."""
    published = lead.hit.article.published
    if published is None:
        return None
    for fact_ in marks(lead.text).facts:
        day = _whole_day(fact_.value, published) if fact_.kind == "date" else None
        if day and timedelta(0) <= published - day <= timedelta(days=_LATELY):
            return day
    return published


def _whole_day(value: str, published: date) -> date | None:
    """Return the day that a date names, in the year of its report where it names none."""
    parts = value.removeprefix("--").split("-")
    numbers = [int(part) for part in parts if part.isdigit()]
    if len(numbers) == 2 and value.startswith("--"):
        numbers = [published.year, *numbers]
    try:
        return date(*numbers) if len(numbers) == 3 else None
    except ValueError:
        return None


def _one_report(story: Story, lead: Candidate) -> list[Planned]:
    """Return the opening of the only report and the best of what it goes on to say."""
    later = [
        each for each in story.pool
        if each.article.id == lead.hit.article.id and each.sentence.start >= lead.end
    ]  # fmt: skip
    chosen = sorted(_distinct(later, MOST), key=lambda each: each.sentence.start)
    first = Planned(lead, lead=_line(story, lead))
    return [first, *(Planned(each.sentence, "context") for each in chosen)]


def _distinct(found: Sequence[Judged], most: int) -> list[Judged]:
    kept: list[Judged] = []
    for each in found:
        if not any(shared(each.sentence.text, k.sentence.text) >= _SAME for k in kept):
            kept.append(each)
    return kept[:most]
