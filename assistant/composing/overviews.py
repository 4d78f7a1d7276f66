"""The shapes of an answer on a topic: a summary, a timeline, the newest, quotations, a count."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from warta.assistant.composing.beside import Weighed, shared
from warta.assistant.composing.events import NEAR, likeness
from warta.assistant.composing.facts import around, fact, is_direct
from warta.assistant.composing.quotable import in_order, opened, opening, standing
from warta.assistant.composing.story import Story
from warta.assistant.composing.writer import Planned
from warta.assistant.texts import Language, day_text, number_text
from warta.corpus.language.marks import marks, stem_list
from warta.corpus.language.words import terms
from warta.index.hit import Hit
from warta.index.reader.features import Candidate

_SUMMARY, _TIMELINE, _NEWEST, _QUOTES, _FOUND = 6, 8, 6, 6, 8  # sentences, days, articles
_BESIDE_BEST = 3  # openings of other reports of one story
_REPORTS = 4  # reports that open the summary of a topic
_WORTH = 0.25  # share of the best one's chance from which a sentence goes before it
_OF_ONE = 2  # sentences of one of them, where there are more
_OF_A_SIDE = 2
_OF_A_DAY, _FEW_DAYS = 2, 3  # sentences of a day; of so few days each has one more
_LOOKED_AT = 24  # lines, most telling first, by whose days that is judged
_A_LEAD = 0.5  # what an opening counts more
_COUNTED_LEADS = 3  # articles on which a count rests, all told
_NAMED = 0.4  # share of its headline's terms with which an opening says what it is about
_BROAD = 3  # developments from which on a topic is told by its openings
_SHORT = 3  # terms that a topic has at most
_ON_TOPIC = 0.9  # share of the best passage's coverage that an article of the topic has
_ONE_REPORT = 0.6  # likeness from which two articles tell the same development
_ONE_DAY = 0.35  # the same of two of one day
_SAME = 0.7  # share of the shorter opening's terms that makes two of them one
_OPENERS = 3  # sentences among which the one that opens a report is chosen
_OPENING = 2  # sentences of a passage that open it
_LATELY = 10  # days before its report within which a day named in an opening is the event's
_STORY = timedelta(days=400)  # days before its report that a story goes back; a birthday does not
_FACTS = 3  # figures and days of a sentence that count
# What a sentence tells: a figure counts a fifth of holding all of the topic, and a place further
# down among those that could open its report a seventh; the best chance to answer counts twice,
# and what somebody says a third less than what is told.
_AFTER_NAME, _BEFORE_NAME = 60, 40  # characters from a name in which it is said who that is
_A_FACT, _A_PLACE, _A_CHANCE, _SPEECH = 0.2, 0.15, 2.0, 0.3


def summary(story: Story) -> list[Planned]:
    """What the reports of it open with, and what they say that tells most, by day."""
    return _digest(story, _anchored(story), _SUMMARY)


def timeline(story: Story) -> list[Planned]:
    """One line a day, by the day of the event: of dated sentences and openings the most telling."""
    leads = _developments(story, 2 * _TIMELINE)
    top = max((each.probability for each in story.pool), default=1.0) or 1.0
    told = {hit.article.id for hit in story.hits}
    found = [(_tells(story, lead) + _A_LEAD, lead) for lead in leads]
    found += [
        (_tells(story, each.sentence) + _A_CHANCE * each.probability / top, each.sentence)
        for each in story.pool
        if _names_topic(story, each.sentence)
        and (each.article.id in told or _named_day(each.sentence))
    ]
    found.sort(key=lambda item: -item[0])
    days = {_told_day(line) for _, line in found[:_LOOKED_AT]}
    of_a_day = _OF_A_DAY if len(days) > _FEW_DAYS else _OF_A_DAY + 1
    lines: dict[date | None, list[Candidate]] = {}
    for _, line in found:
        day = _told_day(line)
        if day not in lines and len(lines) == _TIMELINE:
            continue
        own = lines.setdefault(day, [])
        if len(own) < of_a_day and not _said(line, [s for day in lines.values() for s in day]):
            own.append(line)
    ordered = sorted(lines.items(), key=lambda item: item[0] or date.max)
    return [item for _, own in ordered if own for item in _one_day(story, own)]


def _one_day(story: Story, told: Sequence[Candidate]) -> list[Planned]:
    """Return the line of a day: its sentences, those of one report together."""
    return [
        Planned(
            sentence,
            lead=_line(story, sentence) if at == 0 else story.introduced(sentence),
            gap=" " if at else "\n",
        )
        for at, sentence in enumerate(in_order(told))
    ]


def keyword(story: Story) -> list[Planned]:
    """The newest on a name or topic; of one story what its reports say of it."""
    return _digest(story, _anchored(story), _SUMMARY)


_TELLS = re.compile(
    r"\b(?:adalah|merupakan|ialah|lahir|kelahiran|putr[ai]|anak|istri|suami|lulusan|menjabat|jabatan|"
    r"dikenal|pernah|karier|pengusaha|politikus|politisi|pemain|penyanyi|aktor|aktris|mantan|"
    r"anggota|ketua|pendiri|asal|usia|berusia|\d+ tahun|tokoh|aktivis|remaja|komedian|menteri|"
    r"presiden|gubernur|direktur|bupati|wali kota|pelatih|penulis|atlet|is|was|born)\b",
    re.IGNORECASE,
)


def background(story: Story) -> list[Planned]:
    """An explanation: what answers, and what the reports of it say that tells most."""
    return _digest(story, _anchored(story), _SUMMARY)


def profile(story: Story) -> list[Planned]:
    """Who somebody or what some body is: the sentences that say so, then the newest."""
    own = set(terms(" ".join(story.part.names) or story.part.subject))
    known = {(e.article.id, e.sentence.start) for e in story.pool}
    named = [e.sentence for e in story.pool]
    named += [
        s for hit in story.hits for s in standing(hit) if (s.hit.article.id, s.start) not in known
    ]
    named = [s for s in named if 2 * len(own & set(stem_list(s.text))) >= len(own)]
    chances = {_place(e.sentence): e.probability for e in story.pool}
    top = max(chances.values(), default=1.0) or 1.0

    def worth(sentence: Candidate) -> float:
        headed = bool(own & set(terms(sentence.hit.article.title)))
        return _says_who(sentence.text, own) + chances.get(_place(sentence), 0.0) / top + headed / 2

    chosen: list[Candidate] = []
    for sentence in sorted(named, key=worth, reverse=True):
        if len(chosen) < _SUMMARY and not _said(sentence, chosen):
            chosen.append(sentence)
    chosen = chosen or [each.sentence for each in story.pool[:1]]
    return [
        Planned(sentence, lead=story.introduced(sentence), gap="\n" if at else " ")
        for at, sentence in enumerate(in_order(chosen))
    ]


def _says_who(text: str, own: set[str]) -> bool:
    """Tell a sentence in which what somebody is stands near the name."""
    place = {at for term, at in marks(text).stems if term in own}
    return any(
        -_AFTER_NAME <= at - found.start() <= _BEFORE_NAME
        for found in _TELLS.finditer(text)
        for at in place
    )


def _is_broad(story: Story, leads: Sequence[Candidate]) -> bool:
    """Tell a topic ("revisi UU KPK") from one story ("penangkapan JAD Bekasi oleh Densus 88")."""
    words = terms(story.part.subject or story.part.query)
    return len(leads) >= _BROAD and len(words) <= _SHORT


def newest(story: Story) -> list[Planned]:
    """The openings of the newest articles on the topic, newest first."""
    return _newest_first(story, _developments(story, 2 * _NEWEST))[:_NEWEST]


def _anchored(story: Story) -> list[Hit]:
    """Return the reports of a story, the one that answers best ahead.

    Of a topic of few words all on it, of one story those of its event.
    """
    reports = list({hit.article.id: hit for hit in reversed(story.hits)}.values())[::-1]
    best = story.pool[0].article.id if story.pool else ""
    first = [hit for hit in reports if hit.article.id == best]
    order = list({hit.article.id: hit for hit in (*first, *reports)}.values())
    developments = _developments(story, _SUMMARY)
    if _is_broad(story, developments):
        leads = {lead.hit.article.id for lead in developments}
        return [hit for hit in order if hit.article.id in leads] or order
    told = [hit.article for hit in (*order[:1], *reports[:1])]
    return [h for h in order if any(likeness(one, h.article) >= NEAR for one in told)]


def _digest(story: Story, reports: Sequence[Hit], most: int) -> list[Planned]:
    """Return the openings of some reports and what else tells most of them.

    A topic is told by day, one story from the report that answers best on.
    """
    broad = _is_broad(story, _developments(story, _SUMMARY))
    leads = _distinct_openings(story, reports) if broad else []
    if not broad:
        best = [each.sentence for each in story.pool[:1]]
        others = [h for h in reports if not best or h.article.id != best[0].hit.article.id]
        leads = [*best, *_distinct_openings(story, others)[:_BESIDE_BEST]]
    cited = {hit.article.id for hit in reports}
    chosen = list(leads)
    chances = {_place(e.sentence): e.probability for e in story.pool}
    top = max(chances.values(), default=1.0) or 1.0
    rest = [e.sentence for e in story.pool if e.article.id in cited]
    told = {lead.hit.article.id for lead in leads}
    first = leads[:0] if broad else leads[:1]
    rest += [s for hit in story.hits if hit.article.id in told for s in standing(hit)]
    for sentence in sorted(
        rest, key=lambda s: -_tells(story, s) - _A_CHANCE * chances.get(_place(s), 0.0) / top
    ):
        held = sum(one.hit.article.id == sentence.hit.article.id for one in chosen)
        likely = chances.get(_place(sentence), 0.0) >= _WORTH * top
        if any(_before(sentence, one) for one in first) and not likely:
            continue
        if len(chosen) < most and (held < _OF_ONE or len(reports) == 1):
            if not _said(sentence, chosen):
                chosen.append(sentence)
    days: dict[str, Candidate] = {}
    for one in chosen:
        days.setdefault(one.hit.article.id, one)
    if broad:
        chosen.sort(key=lambda s: days[s.hit.article.id].hit.article.published or date.max)
    planned: list[Planned] = []
    last = ""
    for sentence in in_order(chosen):
        new = sentence.hit.article.id != last
        lead_in = _line(story, sentence) if new else story.introduced(sentence)
        planned.append(Planned(sentence, lead=lead_in, gap="\n" if new and planned else " "))
        last = sentence.hit.article.id
    return planned


def _before(one: Candidate, other: Candidate) -> bool:
    """Tell a sentence that stands before another one in its article."""
    return one.hit.article.id == other.hit.article.id and one.start < other.start


def _distinct_openings(story: Story, reports: Sequence[Hit]) -> list[Candidate]:
    kept: list[Candidate] = []
    for lead in _openings(story, reports):
        if len(kept) < _REPORTS and not _said(lead, kept):
            kept.append(lead)
    return kept


def _place(sentence: Candidate) -> tuple[str, int]:
    return sentence.hit.article.id, sentence.start


def _said(sentence: Candidate, told: Sequence[Candidate]) -> bool:
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


def _tells(story: Story, sentence: Candidate, asked: set[str] | None = None) -> float:
    """Return how much a sentence tells: the share of the topic it holds, and its figures.

    `asked` are the terms of the topic where they are not those of the question.
    """
    wanted = asked or set(terms(story.part.subject or story.part.query))
    held = len(wanted & set(stem_list(sentence.text))) / max(1, len(wanted))
    figures = _A_FACT * min(_FACTS, len(marks(sentence.text).facts))
    return held + figures - _SPEECH * sentence.text.startswith(('"', "“"))


def _names_topic(story: Story, sentence: Candidate) -> bool:
    wanted = terms(story.part.subject or story.part.query)
    return not {*wanted}.isdisjoint(stem_list(sentence.text))


def _opens(story: Story, sentence: Candidate) -> float:
    """Return how well a sentence tells what its report is about: a figure counts little."""
    figures = min(_FACTS, len(marks(sentence.text).facts))
    return _tells(story, sentence) - _A_FACT * figures * 3 / 4


def _newest_first(story: Story, leads: Sequence[Candidate]) -> list[Planned]:
    ordered = sorted(leads, key=lambda lead: lead.hit.article.published or date.min, reverse=True)
    return [Planned(lead, lead=_headed(story, lead), gap="\n") for lead in ordered]


def found_articles(story: Story) -> list[Planned]:
    """The articles that are looked for, each with headline, outlet and day before its opening."""
    told: list[Planned] = []
    for lead in _openings(story, story.hits):
        if len(told) < _FOUND and (not told or _on_topic(story, lead.hit)):
            told.append(Planned(lead, lead=_headed(story, lead), gap="\n"))
    return told


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
        _openings(story, story.hits),
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


_SAID_BY = re.compile(
    r"\b(?:kata|ujar|tutur|ucap|ungkap|jelas|tegas|imbuh|tambah|lanjut|sambung|papar|terang|sebut|"
    r"beber|pungkas|tukas|cetus|said|says)\s+((?:[A-Z][\w.'’-]*\s*){1,5})"
)
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
    own = [each for each in spoken if not speaker or speaker & around(each.sentence)]
    # Of 121 quotations of train that name who speaks, 104 do so by a word of the name asked for.
    own = [each for each in own if not _by_another(each.sentence.text, speaker)] or own
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


def _by_another(text: str, speaker: set[str]) -> bool:
    """Tell whether a sentence names who says it, by no word of the speaker's name."""
    named = [set(terms(name)) for name in _SAID_BY.findall(text)]
    return bool(speaker and named) and not any(speaker & name for name in named)


def compared(story: Story) -> list[Planned]:
    """For each side its best sentences, side by side; without two sides what answers as a whole."""
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
        alone = [e.sentence for e in found if not others & set(stem_list(e.sentence.text))]
        asked = own | set(terms(story.part.subject)) - others
        rest = [
            s for hit in story.hits for s in standing(hit)
            if own & set(stem_list(s.text)) and not others & set(stem_list(s.text))
        ]  # fmt: skip
        rest.sort(key=lambda s: -_tells(story, s, asked))
        first = alone[:1] or [e.sentence for e in found[:1]]
        chosen: list[Candidate] = []
        for sentence in (*first, *rest):
            if len(chosen) < _OF_A_SIDE and _place(sentence) not in used:
                if not _said(sentence, chosen):
                    chosen.append(sentence)
        for at, sentence in enumerate(in_order(chosen)):
            used.add(_place(sentence))
            line = story.byline(sentence.hit.article)
            told.append(Planned(sentence, lead=line, gap=" " if at else "\n"))
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
    for lead in _openings(story, story.hits):
        if not kept or (
            _on_topic(story, lead.hit) and not any(_one_development(lead, k) for k in kept)
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


def _openings(story: Story, hits: Sequence[Hit]) -> list[Candidate]:
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


def _on_topic(story: Story, hit: Hit) -> bool:
    best = max((other.coverage for other in story.hits), default=0.0)
    return hit.coverage >= _ON_TOPIC * best


def _line(story: Story, lead: Candidate) -> str:
    day = _told_day(lead)
    source = lead.hit.article.source.strip()
    shown = day_text(story.language, day) if day else ""
    title = " ".join(lead.hit.article.title.split())
    titled = title and shared(title, lead.text) < _NAMED
    parts = (shown, source, f"“{title}”" if titled else "")
    line = ", ".join(part for part in parts if part)
    return f"{line}:" if line else ""


def _day(lead: Candidate) -> date | None:
    """Return the day an opening tells of: one it names that lies shortly before its report."""
    published, named = lead.hit.article.published, _named_day(lead)
    if published and named and timedelta(0) <= published - named <= timedelta(days=_LATELY):
        return named
    return published


def _named_day(sentence: Candidate) -> date | None:
    """Return the first whole day that a sentence names, None where its report has none."""
    published = sentence.hit.article.published
    if published is None:
        return None
    found = (_whole_day(f.value, published) for f in marks(sentence.text).facts if f.kind == "date")
    return next((day for day in found if day and published - day <= _STORY), None)


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


def _told_day(sentence: Candidate) -> date | None:
    """Return the day under which a line stands: for what opens its article see `_day`."""
    return _day(sentence) if sentence.ordinal < _OPENING else _named_day(sentence) or _day(sentence)


def _distinct(found: Sequence[Weighed], most: int) -> list[Weighed]:
    kept: list[Weighed] = []
    for each in found:
        if not any(shared(each.sentence.text, k.sentence.text) >= _SAME for k in kept):
            kept.append(each)
    return kept[:most]
