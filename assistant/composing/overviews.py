"""The shapes of an answer on a topic: a summary, a timeline, a profile, the newest, a count."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from warta.assistant.composing.beside import Weighed
from warta.assistant.composing.dated import line, named_day, told_day
from warta.assistant.composing.events import NEAR, likeness
from warta.assistant.composing.quotable import in_order, opened, standing
from warta.assistant.composing.story import Story
from warta.assistant.composing.telling import (
    Worth,
    developments,
    is_broad,
    names_topic,
    on_topic,
    openings,
    place,
    said,
    tellable,
    tells,
)
from warta.assistant.composing.writer import Planned
from warta.assistant.texts import Language, day_text, number_text
from warta.corpus.language.marks import marks, stem_list
from warta.corpus.language.offices import ROLES
from warta.corpus.language.words import terms, words
from warta.corpus.passages import passages
from warta.index.candidates import Hit
from warta.index.reader.features import Candidate

_SUMMARY, _TIMELINE, _NEWEST, _FOUND = 8, 8, 6, 8  # sentences, days, articles
_REPORTS = 4  # reports that open the summary of a topic
_OF_ONE, _OF_THE_BEST = 2, 4  # sentences of a report of a topic, of one story's best report
_OF_ALL_DAYS, _OF_A_DAY = 16, (2, 5)  # sentences of a timeline, least and most of a day of it
_LOOKED_AT = 24  # lines, most telling first, by whose days that is judged
_A_LEAD = 0.5  # what an opening counts more
_A_CHANCE = 2.0  # what the best chance to answer counts beside holding all of the topic
_NO_CHANCE = 0.1  # of the best chance, below which a sentence tells of something else
_TOLD_MORE = 3  # articles, listed one by one, of which a second sentence is told
_COUNTED_LEADS = 3  # articles on which a count rests, all told
_UNNAMED = 0.5  # what a sentence of somebody's life counts that does not name them
_AFTER_NAME, _BEFORE_NAME = 60, 40  # characters from a name in which it is said who that is


def summary(story: Story) -> list[Planned]:
    """What the reports of it open with, and what they say that tells most, by day."""
    return _digest(story)


def timeline(story: Story) -> list[Planned]:
    """By the day of the event: of dated sentences and openings those that tell most of each day.

    The fewer days, the more of each.
    """
    leads = developments(story, 2 * _TIMELINE)
    top = max((each.probability for each in story.pool), default=1.0) or 1.0
    told = {hit.article.id for hit in story.hits}
    best = story.pool[0].article.id if story.pool else ""
    found = [(tells(story, lead) + _A_LEAD, lead) for lead in leads]
    found += [
        (tells(story, each.sentence) + _A_CHANCE * each.probability / top, each.sentence)
        for each in story.pool
        if (names_topic(story, each.sentence) or each.article.id == best)
        and (each.article.id in told or _is_of_story(each, top))
    ]
    known = {place(sentence) for _, sentence in found}
    found += [
        (tells(story, sentence), sentence)
        for sentence in _dated(story)
        if place(sentence) not in known
    ]
    found.sort(key=lambda item: -item[0])
    days = {told_day(each) for _, each in found[:_LOOKED_AT]}
    least, most = _OF_A_DAY
    of_a_day = max(least, min(most, math.ceil(_OF_ALL_DAYS / max(1, min(len(days), _TIMELINE)))))
    lines: dict[date | None, list[Candidate]] = {}
    for _, each in found:
        day = told_day(each)
        if day not in lines and len(lines) == _TIMELINE:
            continue
        own = lines.setdefault(day, [])
        if len(own) < of_a_day and not said(each, [s for day in lines.values() for s in day]):
            own.append(each)
    ordered = sorted(lines.items(), key=lambda item: item[0] or date.max)
    return [item for _, own in ordered if own for item in _one_day(story, own)]


def _dated(story: Story) -> list[Candidate]:
    """Return the sentences with a day of their own of the report that answers best, all of it."""
    hits = [each.sentence.hit for each in story.pool[:1]]
    whole = (replace(hit, passage=passage) for hit in hits for passage in passages(hit.article))
    return [sentence for each in whole for sentence in standing(each) if named_day(sentence)]


def _is_of_story(each: Weighed, top: float) -> bool:
    """Tell a dated sentence of an article that was found for the question, not on its topic."""
    return each.probability >= _NO_CHANCE * top and named_day(each.sentence) is not None


def _one_day(story: Story, told: Sequence[Candidate]) -> list[Planned]:
    """Return the line of a day: its sentences, those of one report together."""
    return [
        Planned(
            sentence,
            lead=line(story, sentence) if at == 0 else story.introduced(sentence),
            gap=" " if at else "\n",
        )
        for at, sentence in enumerate(in_order(told))
    ]


def keyword(story: Story) -> list[Planned]:
    """The newest on a name or topic; of one story what its reports say of it."""
    return _digest(story)


_TELLS = re.compile(
    r"\b(?:adalah|merupakan|ialah|lahir|kelahiran|putr[ai]|anak|istri|suami|lulusan|menjabat|jabatan|"
    r"dikenal|pernah|karier|pengusaha|politikus|politisi|pemain|penyanyi|aktor|aktris|mantan|"
    r"anggota|ketua|pendiri|asal|usia|berusia|\d+ tahun|tokoh|aktivis|remaja|komedian|menteri|"
    r"presiden|gubernur|direktur|bupati|wali kota|pelatih|penulis|atlet|is|was|born)\b",
    re.IGNORECASE,
)


def background(story: Story) -> list[Planned]:
    """An explanation: what answers, and what the reports of it say that tells most."""
    return _digest(story)


def profile(story: Story) -> list[Planned]:
    """Who somebody or what some body is: the sentences that say so, by article."""
    who, _, rest = story.part.subject.partition(",")  # "Syahril, pelaku penusukan Wiranto"
    own = set(terms((rest and who) or " ".join(story.part.names) or who))
    chances = {place(each.sentence): each.probability for each in story.pool}
    top = max(chances.values(), default=1.0) or 1.0

    def worth(sentence: Candidate) -> float:
        headed = not own.isdisjoint(terms(sentence.hit.article.title))
        said_of = _says_who(sentence.text, own) + _names_as(sentence.text, own)
        life = _UNNAMED * (headed and not said_of and _TELLS.search(sentence.text) is not None)
        return said_of + life + chances.get(place(sentence), 0.0) / top + headed / 2

    chosen: list[Candidate] = []
    for sentence in sorted(_on_somebody(story, own), key=worth, reverse=True):
        if len(chosen) < _SUMMARY and not said(sentence, chosen):
            chosen.append(sentence)
    chosen = chosen or [each.sentence for each in story.pool[:1]]
    return [
        Planned(sentence, lead=story.introduced(sentence), gap="\n" if at else " ")
        for at, sentence in enumerate(in_order(chosen))
    ]


def _on_somebody(story: Story, own: set[str]) -> list[Candidate]:
    """Return what can be quoted of articles with the whole name, of all where none holds it.

    Who shares a surname with somebody is told of in other articles.
    """
    found = {place(each.sentence): each.sentence for each in story.pool}
    more = (s for hit in story.hits for s in standing(hit))
    for sentence in (*more, *_naming(story, own)):
        found.setdefault(place(sentence), sentence)
    articles = {s.hit.article.id: s.hit.article for s in found.values()}
    whole = {name for name, one in articles.items() if own <= set(terms(f"{one.title} {one.text}"))}
    of_whole = [s for s in found.values() if not whole or s.hit.article.id in whole]
    return [s for s in of_whole if _is_of(s, own)]


def _naming(story: Story, own: set[str]) -> list[Candidate]:
    """Return the sentences that name somebody as what they are, of the articles found, whole."""
    hits = {hit.article.id: hit for hit in story.hits}.values()
    whole = (replace(hit, passage=one) for hit in hits for one in passages(hit.article))
    return [s for each in whole for s in standing(each) if _names_as(s.text, own)]


def _is_of(sentence: Candidate, own: set[str]) -> bool:
    """Tell a sentence that holds half of a name, or stands in an article headed by all of it."""
    headline = set(terms(sentence.hit.article.title))
    return 2 * len(own & set(stem_list(sentence.text))) >= len(own) or own <= headline


_IS = frozenset(("adalah", "merupakan", "ialah", "lahir", "is", "was"))


def _names_as(text: str, own: set[str]) -> bool:
    """Tell a sentence that names somebody as what they are, or by their age.

    "sutradara Livi", "Livi, sutradara", "Livi adalah", "Livi (30)".
    """
    found = words(text)
    named = [not own.isdisjoint(word.terms) for word in found]
    for at, (before, after) in enumerate(pairwise(found)):
        if named[at + 1] and not named[at] and before.folded in ROLES:
            return True
        if named[at] and not named[at + 1]:
            between = text[before.end : after.start].strip()
            comma = between == "," and after.folded in ROLES
            aged = between == "(" and after.folded.isdigit()
            if comma or aged or (not between and after.folded in _IS):
                return True
    return False


def _says_who(text: str, own: set[str]) -> bool:
    """Tell a sentence in which what somebody is stands near the name."""
    place = {at for term, at in marks(text).stems if term in own}
    return any(
        -_AFTER_NAME <= at - found.start() <= _BEFORE_NAME
        for found in _TELLS.finditer(text)
        for at in place
    )


def newest(story: Story) -> list[Planned]:
    """The newest articles on the topic, newest first: of each its opening and what answers best.

    Reports of one day are told side by side: the later of two may be the one with the figure.
    """
    read = {each.article.id for each in story.pool}
    leads = openings(story, story.hits)
    about = [lead for lead in leads if lead.hit.article.id in read or on_topic(story, lead.hit)]
    about.sort(key=lambda lead: lead.hit.article.published or date.min, reverse=True)
    told: list[Candidate] = []
    planned: list[Planned] = []
    for lead in about or leads[:1]:
        articles = len({sentence.hit.article.id for sentence in told})
        new: list[Candidate] = []
        for sentence in _of_article(story, lead, whole=articles < _TOLD_MORE):
            if articles < _NEWEST and not said(sentence, [*told, *new]):
                new.append(sentence)
        if new:
            told += new
            headed = Planned(new[0], lead=_headed(story, new[0]), gap="\n")
            planned += [headed, *(Planned(s, lead=story.introduced(s)) for s in new[1:])]
    return planned


def _of_article(story: Story, lead: Candidate, *, whole: bool) -> list[Candidate]:
    """Return what says the headline of an article and what answers best, as they stand.

    Of the `whole` ones the opening, too.
    """
    name = lead.hit.article.id
    best = next((each.sentence for each in story.pool if each.article.id == name), lead)
    news = max([lead, *standing(opened(lead.hit))], key=_headline_held)
    kept: list[Candidate] = []
    for sentence in (best, news, *[lead] * whole):
        if not said(sentence, kept):
            kept.append(sentence)
    return in_order(kept)


def _headline_held(sentence: Candidate) -> float:
    headline = set(terms(sentence.hit.article.title))
    return len(headline & set(stem_list(sentence.text))) / max(1, len(headline))


def _opened_one_by_one(story: Story, leads: Sequence[Candidate]) -> list[Planned]:
    """Return articles by headline and opening, the first ones with what else tells most."""
    worth = Worth(story)
    told = list(leads)
    planned: list[Planned] = []
    for at, lead in enumerate(leads):
        planned.append(Planned(lead, lead=_headed(story, lead), gap="\n"))
        more = tellable(story, [lead.hit]) if at < _TOLD_MORE else []
        later = [s for s in more if s.start > lead.start and not said(s, told)]
        if later:
            told.append(max(later, key=worth))
            planned.append(Planned(told[-1], lead=story.introduced(told[-1])))
    return planned


def _anchored(story: Story) -> list[Hit]:
    """Return the reports of a story, the one that answers best ahead.

    Of a topic of few words all on it, of one story those of its event.
    """
    reports = list({hit.article.id: hit for hit in reversed(story.hits)}.values())[::-1]
    best = story.pool[0].article.id if story.pool else ""
    first = [hit for hit in reports if hit.article.id == best]
    order = list({hit.article.id: hit for hit in (*first, *reports)}.values())
    distinct = developments(story, _SUMMARY)
    if is_broad(story, distinct):
        leads = {lead.hit.article.id for lead in distinct}
        return [hit for hit in order if hit.article.id in leads] or order
    told = [hit.article for hit in (*order[:1], *reports[:1])]
    return [h for h in order if any(likeness(one, h.article) >= NEAR for one in told)]


def _digest(story: Story) -> list[Planned]:
    """Return what an editor wants of the reports of a story.

    A topic is told by day, from the openings of its developments on; one story by the report that
    answers best and the newest one, from their openings on, with what others add.
    """
    reports = _anchored(story)
    broad = is_broad(story, developments(story, _SUMMARY))
    chosen = _distinct_openings(story, reports) if broad else _first_and_last(story, reports)
    most = _OF_ONE if broad else _OF_THE_BEST if len(reports) > 1 else _SUMMARY
    for sentence in sorted(tellable(story, reports), key=Worth(story), reverse=True):
        held = sum(one.hit.article.id == sentence.hit.article.id for one in chosen)
        if len(chosen) < _SUMMARY and held < most and not said(sentence, chosen):
            chosen.append(sentence)
    if broad:
        chosen.sort(key=lambda s: s.hit.article.published or date.max)
    return _by_report(story, chosen)


def _by_report(story: Story, chosen: Sequence[Candidate]) -> list[Planned]:
    """Return sentences with those of one report together, each report on a line of its own."""
    planned: list[Planned] = []
    last = ""
    for sentence in in_order(chosen):
        new = sentence.hit.article.id != last
        lead_in = line(story, sentence) if new else story.introduced(sentence)
        planned.append(Planned(sentence, lead=lead_in, gap="\n" if new and planned else " "))
        last = sentence.hit.article.id
    return planned


def _distinct_openings(story: Story, reports: Sequence[Hit]) -> list[Candidate]:
    kept: list[Candidate] = []
    for lead in openings(story, reports):
        if len(kept) < _REPORTS and not said(lead, kept):
            kept.append(lead)
    return kept


def _first_and_last(story: Story, reports: Sequence[Hit]) -> list[Candidate]:
    """Return what opens the report that answers best, and the newest report of its story."""
    by_day = sorted(reports, key=lambda hit: hit.article.published or date.min)
    kept: list[Candidate] = []
    for lead in openings(story, [*reports[:1], *by_day[-1:]]):
        if not said(lead, kept):
            kept.append(lead)
    return kept


def found_articles(story: Story) -> list[Planned]:
    """The articles that are looked for, each with headline, outlet and day before its opening."""
    found: list[Candidate] = []
    for lead in openings(story, story.hits):
        if len(found) < _FOUND and (not found or on_topic(story, lead.hit)):
            found.append(lead)
    return _opened_one_by_one(story, found)


def _headed(story: Story, lead: Candidate) -> str:
    """Return headline, outlet and day of an article, to stand before its opening."""
    title = " ".join(lead.hit.article.title.split())
    line = story.byline(lead.hit.article)
    return f"“{title}”, {line}" if title else line


def counted(story: Story) -> list[Planned]:
    """How many articles the archive holds on the topic and since when; then the newest."""
    if story.count is None or not story.hits:
        return newest(story)
    every = sorted(
        openings(story, story.hits),
        key=lambda lead: lead.hit.article.published or date.min,
        reverse=True,
    )
    leads = every[:_COUNTED_LEADS]
    own = Planned(None, "own", said=_sum(story), shown=tuple(leads))
    return [own] if not leads else [
        own, *(Planned(lead, "context", _headed(story, lead), gap="\n")
               for lead in leads)
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
