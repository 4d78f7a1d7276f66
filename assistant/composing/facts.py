"""The shapes of an answer to one question: a fact, a reason, words, yes or no, a list."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from warta.assistant.answer import Role
from warta.assistant.composing.beside import NEARLY, Weighed, belongs, log_odds, shared
from warta.assistant.composing.events import NEAR, likeness
from warta.assistant.composing.quotable import (
    LONGEST,
    after_its_name,
    following,
    in_order,
    quotable,
    siblings,
    spanning,
    torn,
)
from warta.assistant.composing.story import Story, tells_who, voice
from warta.assistant.composing.story import speaker as who_speaks
from warta.assistant.composing.telling import said
from warta.assistant.composing.writer import Planned
from warta.corpus.article import Article
from warta.corpus.language.aliases import other_names
from warta.corpus.language.marks import marks, stem_list
from warta.corpus.language.numbers import Fact
from warta.corpus.language.offices import is_a_body
from warta.corpus.language.quotations import quotations as read_quotations
from warta.corpus.language.sentences import leans
from warta.corpus.language.words import fold, terms, words
from warta.corpus.passages import passages
from warta.index.candidates import Hit
from warta.index.reader.features import Candidate

if TYPE_CHECKING:
    from warta.index.reader.asked import Head

MOST = 3
_MOST_TOLD_ON = 4
_MOST_LISTED = 6
_FIGURE = re.compile(r"\d+")
# Share of chance and of terms with which a later count stands for the best one; not measured.
_GROWN = 0.5
# Share of the first one's chance that another item has. Of 77 lists of train that the encoder did
# not learn from, 52, 54, 52, 50 hold what is asked at 0.3, 0.5, 0.7, 0.9, in 313, 272, 247, 228
# sentences, of which 0.24, 0.26, 0.26, 0.26 are wanted.
_ITEM = 0.5
_MOST_NUMBERED = 20
_SAME = 0.8  # share of the shorter sentence's terms that makes two of them one statement
_ALIKE = 0.3  # the same where both hold the value that is asked for
_SPOKEN = 250  # characters before a sentence in which its speaker is named
# The same with which more of somebody's words stand beside the first. Of 52 kept questions for them
# 0.46 of the answers hold what is asked at 0.9, 0.52 at 0.7, 0.56 at 0.5, 0.58 at 0.3, in 1.2 to
# 2.2 sentences, of which 0.41 to 0.30 are annotated; 0.77 to 0.85 tell of the event.
_MORE_WORDS = 0.7
# Shares of the best one's chance. Of 119 questions of train for somebody's words that the encoder
# did not learn from, first sentences right: with a direct quotation first from 0.7, 0.5, 0.35,
# 0.25, 0.1 on 73, 73, 74, 74, 74, in 1.35 to 1.49 sentences; with others' words left out where his
# own reach any share, 0.1, 0.25, 0.5 of it 73, 75, 76, 75: he may be called otherwise there.
_CLOSE = 0.35
_OWN = 0.25
_CALLED = 4  # letters from which a word may be short for another: "Nova", "Novarita"


def fact(story: Story) -> list[Planned]:
    """The sentence that answers, and what belongs beside it of the same event."""
    if not story.pool:
        return []
    lead = _newest(story)
    if story.part.head == "person":
        lead = _named(lead, story.part.text)
    lead = marked(lead, story.part.head)
    return _around(story, lead, MOST)


def _newest(story: Story) -> Weighed:
    """Return the best sentence; of a count that grows the newest one that is as likely."""
    lead = story.pool[0]
    if story.part.head != "count":
        return lead
    later = [
        other for other in story.pool
        if belongs(lead, other, _GROWN)
        and shared(lead.sentence.text, other.sentence.text) >= _GROWN
        and set(_FIGURE.findall(other.sentence.text)) - set(_FIGURE.findall(lead.sentence.text))
    ]  # fmt: skip
    return max([lead, *later], key=lambda other: other.article.published or date.min)


def _named(lead: Weighed, question: str) -> Weighed:
    """Return the lead with the sentence before it where that one names who is meant."""
    sentence = after_its_name(lead.sentence, frozenset(re.findall(r"[^\W_]+", fold(question))))
    return replace(lead, sentence=sentence)


def told_on(story: Story) -> list[Planned]:
    """A reason, a way, a purpose, and what belongs beside it in its own article.

    Of 25 sentences beside 236 of them 5 are wanted, of the 18 from another report of the event 3.
    """
    if not story.pool:
        return []
    lead = story.pool[0]
    own = tuple(each for each in story.pool if each.article.id == lead.article.id)
    others = (e for e in story.pool if e.article.id != lead.article.id and _says_the_same(lead, e))
    return _around(replace(story, pool=(*own, *others)), lead, _MOST_TOLD_ON)


def quoted(story: Story) -> list[Planned]:
    """What somebody said, in his words where they are there, with day and outlet.

    A sentence that passes on what was said without quoting it is labelled so.
    """
    speaker = set(terms(story.part.speaker))
    own = [
        each for each in story.pool
        if speaker & around(each.sentence) or is_said_by(each.sentence, speaker)
    ]  # fmt: skip
    pool = tuple(own) or story.pool
    pool = _heard(pool, speaker)
    direct = next((each for each in pool if is_direct(each.sentence.text)), None)
    if direct and direct.probability >= _CLOSE * pool[0].probability:
        pool = (direct, *(each for each in pool if each is not direct))
    if not pool:
        return []
    lead = _with_its_words(pool[0], speaker)
    told = _around(replace(story, pool=pool), lead, _MOST_TOLD_ON, _MORE_WORDS)
    return [replace(item, lead=_attributed(story, item)) if at == 0 else item
            for at, item in enumerate(told)]  # fmt: skip


def _heard(pool: tuple[Weighed, ...], speaker: set[str]) -> tuple[Weighed, ...]:
    """Return a pool without the words of others, where a speaker's own are nearly as likely."""
    voices = [is_said_by(each.sentence, speaker) for each in pool]
    own = (each.probability for each, voice in zip(pool, voices, strict=True) if voice)
    if max(own, default=0.0) < _OWN * max((each.probability for each in pool), default=1.0):
        return pool
    return tuple(e for e, voice in zip(pool, voices, strict=True) if voice is not False)


def _with_its_words(lead: Weighed, speaker: set[str]) -> Weighed:
    """Return a sentence that announces somebody's words with the next one, where they stand there.

    "Ratna terdiam, sampai ia menjawab." answers nothing by itself: of 12 such sentences that came
    first, for 119 questions, one was right, and two are so.
    """
    sentence = lead.sentence
    behind = following(sentence, 1)
    if is_direct(sentence.text) or not behind or not behind[0].text.startswith(('"', "“")):
        return lead
    words = quotable(behind[0])
    if words is None or words.start < sentence.start or is_said_by(words, speaker) is False:
        return lead
    alone = words.text.endswith(('"', "”"))
    if not tells_who(sentence, words) or not (alone or who_speaks(words)):
        return lead
    joined = spanning(sentence, words)
    return replace(lead, sentence=joined) if len(joined.text) <= LONGEST else lead


def around(sentence: Candidate) -> set[str]:
    """Return the terms of a sentence, and of its passage up to it: who speaks may stand there."""
    passage = sentence.hit.passage
    before = passage.text[max(0, sentence.start - passage.start - _SPOKEN) :][:_SPOKEN]
    return {*stem_list(before), *stem_list(sentence.text), *stem_list(sentence.hit.article.title)}


def is_direct(text: str) -> bool:
    """Tell a sentence that quotes more than a word or two."""
    return any(len(found.split()) > 3 for found in re.findall(r"[\"“]([^\"“”]+)[\"”]", text))


def agree(speaker: set[str], named: str) -> bool:
    """Tell a name that may be the speaker's: one of them is within the other, by any name."""
    others = chain.from_iterable(other for _, other in other_names(named, words(named)))
    each = [set(terms(name)) for name in (named, *others)]
    if any(own and (own <= speaker or speaker <= own) for own in each):
        return True
    return _is_short(each[0], speaker) or _is_short(speaker, each[0])


def _is_short(name: set[str], other: set[str]) -> bool:
    """Tell a name each word of which begins one of the other's: "Alex", "Alexander Marwata"."""
    return 0 < len(name) <= len(other) and all(
        any(whole == one or (len(one) >= _CALLED and whole.startswith(one)) for whole in other)
        for one in name
    )


def is_said_by(sentence: Candidate, speaker: set[str]) -> bool | None:
    """Tell whether its direct words are those of a speaker, by the terms of the name.

    None where it has none, or where the article leaves open whose they are. Many ask for an office
    or a mother: held to always, 0.63 of 300 questions of train for somebody's words are answered
    instead of 0.69.
    """
    named = [
        agree(speaker, each.speaker)
        for each in read_quotations(sentence.hit.article.text)
        if each.speaker and each.start < sentence.end and sentence.start < each.end
    ]
    return any(named) if named and speaker else None


def _attributed(story: Story, item: Planned) -> str:
    assert item.sentence is not None
    line = story.byline(item.sentence.hit.article, voice(item.sentence))
    own = item.sentence.text.endswith(('"', "”"))  # "Sulit dijelaskan." behind what announces it
    if own or is_direct(item.sentence.text) or who_speaks(item.sentence):
        return line
    label = "bukan kutipan langsung" if story.language == "id" else "not his own words"
    return f"{line[:-1]} ({label}):"


_ANNOUNCES = re.compile(
    r"(?:berikut\b.{0,60}|antara lain|di antaranya|yaitu|yakni|meliputi|terdiri (?:dari|atas)|"
    r"as follows|following|include)[:.]?$|:$",
    re.IGNORECASE,
)


_CLAUSES = re.compile(r"[.:;](?=\s|$)")
_PIECES = re.compile(r",\s+(?:(?:dan|serta|hingga|and|atau|or)\s+)?|\s+(?:dan|serta|hingga|and)\s+")
_SHORT = 5  # words of one thing among others
_FEWEST = 3  # things side by side that are an enumeration
_ENUMERATIONS = 2  # sentences with one that are added to a list
_NUMBERED = re.compile(r"\W{0,2}(\d{1,2})[.)] ?\S")
_PARTED = re.compile(r"(?<!\d)(\d{1,2})[.)]$")  # the number of the item that follows
_LEAST_LISTED = 2
_LOOKED_THROUGH = 2  # articles, by their best sentence, in which a numbered run is looked for
_BETWEEN = 12  # sentences that tell of an item before the next one
_HEADS_LIST = 0.5  # share of the question's terms that the headline and what announces it hold


def enumerated(story: Story) -> list[Planned]:
    """The items asked for: a numbered run, those a sentence announces, or a sentence with all."""
    run = _numbered(story)
    if run:
        return [_planned(story, run[0], "answer", None), *(Planned(s, gap="\n") for s in run[1:])]
    if story.pool and _ANNOUNCES.search(story.pool[0].sentence.text):
        lead = story.pool[0]
        items = [s for s in following(lead.sentence, _MOST_LISTED) if not torn(s.text)]
        return [_planned(story, lead.sentence, "answer", lead.strong),
                *(Planned(item, gap="\n") for item in items)]  # fmt: skip
    told = _around(story, story.pool[0], _MOST_LISTED, _ITEM) if story.pool else []
    told = [replace(item, strong=None) for item in told]
    return _with_enumerations(story, told) if told and story.part.task == "list" else told


def _with_enumerations(story: Story, told: Sequence[Planned]) -> list[Planned]:
    """Return what is told with up to two sentences of the event that name things side by side.

    Of 74 new questions for a list 55 are answered so, 50 without, by 3.7 sentences, not 2.7.
    """
    known = {item.sentence: item for item in told if item.sentence is not None}
    chosen = list(known)
    asked = set(terms(story.part.subject or story.part.query))
    lead = story.pool[0].sentence
    first = lead.hit
    reports = {hit.article.id: hit for hit in (*reversed(story.hits), first)}
    order = dict.fromkeys((first.article.id, *(hit.article.id for hit in story.hits)))
    found: list[tuple[float, Candidate]] = []
    for at, hit in enumerate(reports[name] for name in order):
        if likeness(first.article, hit.article) < NEAR:
            continue
        titled = asked & set(terms(hit.article.title))
        for sentence in filter(None, map(quotable, _whole(hit))):
            things = _side_by_side(sentence.text)
            ahead = hit.article.id == first.article.id and sentence.start < lead.start
            if things >= _FEWEST and not ahead and not leans(sentence.text):
                share = len(titled | asked & set(stem_list(sentence.text))) / max(1, len(asked))
                found.append((min(things, 6) / 6 + 2 * share - at / 10, sentence))
    most = min(_MOST_LISTED, len(told) + _ENUMERATIONS)
    for _, sentence in sorted(found, key=lambda item: -item[0]):
        if len(chosen) < most and not said(sentence, chosen):
            chosen.append(sentence)
    ordered = in_order(chosen)
    items = [known.get(each) or _planned(story, each, "context", None) for each in ordered]
    return [_introduced_once(item, items[at - 1] if at else None) for at, item in enumerate(items)]


def _side_by_side(text: str) -> int:
    """Return how many short pieces stand beside each other, parted by commas and "dan"."""
    most = 0
    for clause in _CLAUSES.split(text):
        run = 0
        for piece in _PIECES.split(clause) if clause.count(",") > 1 else ():
            words = len(piece.split())
            run = run + 1 if 0 < words <= _SHORT else min(words, 1)
            most = max(most, run)
    return most


def _numbered(story: Story) -> list[Candidate]:
    """Return what announces a numbered run and its items, of the article that fits best."""
    asked = set(terms(story.part.subject or story.part.query))
    best: list[Candidate] = []
    most = (0.0, 0.0)
    hits = (*(each.sentence.hit for each in story.pool), *story.hits)
    reports = dict.fromkeys(hit.article.id for hit in hits)
    first = {hit.article.id: hit for hit in reversed(hits)}
    for hit in [first[name] for name in reports][:_LOOKED_THROUGH]:
        own = _whole(hit)
        titled = asked & set(terms(hit.article.title))
        for at, sentence in enumerate(own):
            items = _items(own, at)
            if len(items) < _LEAST_LISTED or torn(sentence.text):
                continue
            held = asked & set(stem_list(sentence.text))
            share = len(held | titled) / max(1, len(asked))
            fits = (share, len(held) / max(1, len(asked)))
            announced = bool(held) or any(char.isdigit() for char in hit.article.title)
            if share >= _HEADS_LIST and announced and fits > most:
                best, most = [_without_number(sentence), *items[:_MOST_NUMBERED]], fits
    return best


def _whole(hit: Hit) -> list[Candidate]:
    """Return the sentences of a hit's article, each in its passage."""
    every = passages(hit.article)
    return [sentence for each in every for sentence in siblings(replace(hit, passage=each))]


def _items(own: Sequence[Candidate], at: int) -> list[Candidate]:
    """Return the items numbered 1, 2, … after a sentence, without what tells of each.

    A number stands before its item or, where a sentence was parted there, ends the one before.
    """
    if _NUMBERED.match(own[at].text):
        return []
    items: list[Candidate] = []
    last = at
    for place in range(at + 1, len(own)):
        before, begun = _PARTED.search(own[place - 1].text), _NUMBERED.match(own[place].text)
        number = before[1] if before else begun[1] if begun else ""
        if number == str(len(items) + 1):
            items.append(_without_number(own[place]))
            last = place
        elif place - last > (_BETWEEN if items else 0):
            break
    return items


def _without_number(sentence: Candidate) -> Candidate:
    """Return a sentence without the number of the next item at its end."""
    found = _PARTED.search(sentence.text)
    kept = sentence.text[: found.start()].rstrip() if found else sentence.text
    return replace(sentence, end=sentence.start + len(kept), text=kept) if kept else sentence


def _around(story: Story, lead: Weighed, most: int, least: float = NEARLY) -> list[Planned]:
    """Return the first sentence and up to `most` − 1 that belong beside it."""
    beside: list[Weighed] = []
    also: list[Article] = []
    for other in story.pool:
        if other.sentence is lead.sentence or other.place == lead.place:
            continue
        if _says_the_same(lead, other):
            also.append(other.article)
        elif (
            len(beside) + 1 < most
            and belongs(lead, other, least)
            and not _goes_before(lead, other)
            and not any(_says_the_same(known, other) for known in beside)
        ):
            beside.append(other)
    found = {id(each.sentence): each for each in beside}
    ordered = in_order([lead.sentence, *found_in(found)])
    told = [
        _planned(story, lead.sentence, "answer", lead.strong, also)
        if sentence is lead.sentence
        else _planned(story, sentence, "context", None)
        for sentence in ordered
    ]
    return [_introduced_once(item, told[at - 1] if at else None) for at, item in enumerate(told)]


def _introduced_once(item: Planned, before: Planned | None) -> Planned:
    """Return `item` without outlet and day where the sentence before it is of the same article.

    Who speaks stays where that sentence does not tell it.
    """
    if before is None or before.sentence is None or item.sentence is None:
        return item
    if before.sentence.hit.article.id != item.sentence.hit.article.id:
        return item
    who = voice(item.sentence)
    told = not who or tells_who(before.sentence, item.sentence)
    return replace(item, lead="" if told else f"{who}:")


def found_in(found: dict[int, Weighed]) -> list[Candidate]:
    """Return the sentences of what was judged, in that order."""
    return [each.sentence for each in found.values()]


def _says_the_same(one: Weighed, other: Weighed) -> bool:
    """Tell two sentences of one event that make one statement."""
    share = shared(one.sentence.text, other.sentence.text)
    if share < (_ALIKE if holds(other.sentence.text, one.value) else _SAME):
        return False
    return likeness(one.article, other.article) >= NEAR


def _goes_before(lead: Weighed, other: Weighed) -> bool:
    """Tell a sentence that stands before the first one in its article: there it cannot go."""
    return lead.article.id == other.article.id and other.sentence.start < lead.sentence.start


def _planned(
    story: Story,
    sentence: Candidate,
    role: Role,
    strong: tuple[int, int] | None,
    also: Sequence[Article] = (),
) -> Planned:
    others = tuple({a.id: a for a in also if a.id != sentence.hit.article.id}.values())
    return Planned(
        sentence,
        "answer" if role == "answer" else "context",
        story.introduced(sentence),
        strong,
        others,
    )


# Fitted on 474 first sentences of newer questions that the encoders never saw; 0.71 of their spans
# are right. From 0.65, 0.7, 0.75 on both together 0.61, 0.56, 0.48 have some in bold, right in
# 0.84, 0.86, 0.86; of facts 0.63, 0.58, 0.52, right in 0.87, 0.91, 0.90 (five folds).
_SURE, _BOTH = 0.5, 0.7
_BIAS, _SENTENCE, _SPAN = 0.52, 0.62, 0.27  # log-odds that both are right
# A reason, a way, words or a decision are a clause or all of the sentence: of their likeliest
# words on train 0.5 are right.
_BRIEF: frozenset["Head"] = frozenset(
    ("person", "office", "place", "day", "duration", "age", "price", "share", "rank", "score",
     "count", "measure", "meaning", "name", "thing")
)  # fmt: skip


_NUMBERS: frozenset["Head"] = frozenset(
    ("duration", "age", "price", "share", "rank", "score", "count", "measure")
)
_NAMES: frozenset["Head"] = frozenset(("person", "office", "place"))
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
_CLOCK = re.compile(r"(?:pukul|jam) $", re.IGNORECASE)


def marked(lead: Weighed, head: "Head") -> Weighed:
    """Return the lead with the value that it tells, and in bold where it surely answers."""
    sentence, found = lead.sentence, lead.found
    if found is None or head not in _BRIEF or found.probability < _SURE:
        return lead
    start, end = max(found.start, sentence.start), min(found.end, sentence.end)
    if start >= end:
        return lead
    span = _of_its_kind(sentence.text, (start - sentence.start, end - sentence.start), head)
    odds = _BIAS + _SENTENCE * log_odds(lead.probability) + _SPAN * log_odds(found.probability)
    said = value(sentence.text, span)
    return replace(lead, strong=span if odds >= log_odds(_BOTH) else None, value=said)


def _of_its_kind(text: str, span: tuple[int, int], head: "Head") -> tuple[int, int] | None:
    """Return the span, from its number on where one is asked for, None for another kind.

    A number is no place, and no name or time of day is a number.
    """
    start, end = span
    seen = marks(text)
    if head in _NAMES:
        named = [text[max(start, n.start) : min(end, n.end)] for n in seen.names]
        if head == "person":  # a committee is who, and nobody
            named = [part for part in named if not is_a_body(part)]
        return span if any(_LETTER.search(part) for part in named) else None
    if head in _NUMBERS:
        at = [fact.start for fact in seen.facts if start <= fact.start and fact.end <= end]
        return (at[0], end) if at and not _CLOCK.search(text[: at[0]]) else None
    return span


def value(text: str, span: tuple[int, int] | None) -> frozenset[str]:
    """Return the numbers and days in a span of a text, its words where it has none."""
    if span is None:
        return frozenset()
    facts = {_plain(f) for f in marks(text).facts if span[0] < f.end and f.start < span[1]}
    return frozenset(facts or _WORD.findall(fold(text[slice(*span)])))


def holds(text: str, wanted: frozenset[str]) -> bool:
    """Tell a text that holds every part of a value, however it writes it: "6", "enam"."""
    own = {_plain(fact) for fact in marks(text).facts}
    return bool(wanted) and wanted <= own.union(_WORD.findall(fold(text)))


def _plain(fact: Fact) -> str:
    return f"{fact.value} {fact.unit}"
