"""The shapes of an answer that sets voices or sides together: quotations, a comparison."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

from warta.assistant.composing.beside import Weighed, shared
from warta.assistant.composing.facts import agree, around, fact, is_direct, is_said_by
from warta.assistant.composing.quotable import in_order, quotable, siblings, standing
from warta.assistant.composing.story import Story, tells_who, voice
from warta.assistant.composing.story import speaker as said_by
from warta.assistant.composing.telling import place, said, tells
from warta.assistant.composing.writer import Planned
from warta.corpus.article import Article
from warta.corpus.language.marks import stem_list
from warta.corpus.language.quotations import quotations as read_quotations
from warta.corpus.language.words import terms
from warta.corpus.passages import passages
from warta.index.reader.features import Candidate

_QUOTES = 6
_OF_A_SIDE = 2
_COMPARES = 0.5  # what a sentence of an article on both sides counts more
_OPENING = 400  # characters of an article that tell what it is about
_BEFORE = 250  # characters before a quotation in which its topic is named
_SAME = 0.7  # share of the shorter sentence's terms that makes two of them one
_SPEAKS = re.compile(
    r"\b(?:kata|ujar|ucap|tutur|ungkap|jelas|tegas|imbuh|papar|tulis|terang|sebut|cetus|beber|"
    r"lanjut|tambah|kisah|curhat|aku)(?:nya)?\b|\bmen(?:gatakan|yatakan|egaskan|jelaskan|uturkan|"
    r"yebut\w*|gungkap\w*|ilai|gaku|ambahkan|erangkan)\b|\bmenurut\w*\b|\bsaid\b|\bsays\b"
)


def quotations(story: Story) -> list[Planned]:
    """What somebody said, direct words first by article, each with outlet and day."""
    speaker = set(terms(story.part.speaker))
    if not speaker and len(voices_of_many := _of_many(story)) > 1:
        return _told(story, voices_of_many)
    spoken = [
        each for each in story.pool
        if _SPEAKS.search(each.sentence.text.lower()) or is_direct(each.sentence.text)
    ]  # fmt: skip
    own = [each for each in spoken if not speaker or speaker & around(each.sentence)]
    voices = [is_said_by(each.sentence, speaker) for each in own]
    sure = [each for each, is_own in zip(own, voices, strict=True) if is_own]
    if speaker:
        sure += _elsewhere(story, speaker, {place(each.sentence) for each in sure})
    open_ = [each for each, is_own in zip(own, voices, strict=True) if is_own is None]
    own = sure or open_ or own
    own = _on_that(story, own or spoken, speaker)
    direct = [each for each in own if is_direct(each.sentence.text)]
    return _told(story, _distinct(direct or own, _QUOTES))


def _told(story: Story, chosen: Sequence[Weighed]) -> list[Planned]:
    """Return quotations by day and article, each with who speaks where it does not tell."""
    placed = sorted(
        chosen,
        key=lambda each: (str(each.article.published or ""), each.article.id, each.sentence.start),
    )
    told: list[Planned] = []
    for before, each in pairwise([None, *placed]):
        assert each is not None
        who = voice(each.sentence)
        new = before is None or before.article.id != each.article.id
        known = before is not None and tells_who(before.sentence, each.sentence)
        beside = f"{who}:" if who and not known else ""
        line = story.byline(each.article, who) if new else beside
        told.append(Planned(each.sentence, lead=line, gap="\n\n" if new else " "))
    return told


def _of_many(story: Story) -> list[Weighed]:
    """Return one quotation of each who is named as speaking in the articles on the topic.

    Of an article whose headline and opening hold half as much of the topic as the best one's; of
    a speaker the first one that has most of the topic, the articles in the order they were found.
    """
    topic = set(terms(story.part.subject))
    articles = {hit.article.id: hit for hit in reversed(story.hits)}
    order = [articles[name] for name in dict.fromkeys(hit.article.id for hit in story.hits)]
    held = [len(topic & set(terms(_about(hit.article)))) for hit in order]
    least = max(held, default=0) / 2
    best: dict[frozenset[str], tuple[int, Candidate]] = {}
    for hit, own in zip(order, held, strict=True):
        for passage in passages(hit.article) if own >= max(least, 1) else ():
            for each in siblings(replace(hit, passage=passage)):
                sentence = quotable(each) if is_direct(each.text) else None
                name = frozenset(terms(said_by(each))) if sentence else frozenset()
                if sentence is None or not name:
                    continue
                on_it = len(topic & _around(sentence))
                known = next((who for who in best if who <= name or name <= who), name)
                if known not in best or on_it > best[known][0]:
                    best[known] = on_it, sentence
    return _distinct([Weighed(s, 0.0, at) for at, (_, s) in enumerate(best.values())], _QUOTES)


def _about(article: Article) -> str:
    return f"{article.title} {article.text[:_OPENING]}"


def _elsewhere(
    story: Story, speaker: set[str], known: Collection[tuple[str, int]]
) -> list[Weighed]:
    """Return what a speaker says in the articles found, also where it was not read."""
    articles = {hit.article.id: hit for hit in reversed(story.hits)}
    order = dict.fromkeys(hit.article.id for hit in story.hits)
    found: list[Weighed] = []
    for hit in (articles[name] for name in order):
        if not any(agree(speaker, q.speaker) for q in read_quotations(hit.article.text)):
            continue
        for passage in passages(hit.article):
            for each in siblings(replace(hit, passage=passage)):
                if not is_direct(each.text) or not is_said_by(each, speaker):
                    continue
                sentence = quotable(each)
                if sentence is not None and place(sentence) not in known:
                    found.append(Weighed(sentence, 0.0, len(story.pool) + len(found) + 1))
    return found


def _on_that(story: Story, found: Sequence[Weighed], speaker: set[str]) -> list[Weighed]:
    """Return what is said on the topic, where one stands beside the speaker, without the rest.

    Of 226 questions of train for somebody's words on a topic, the sentence that answers, what
    stands before it and its headline hold half of the topic's terms in 0.77, any of them in 0.996.
    """
    topic = set(terms(story.part.subject)) - speaker
    held = [len(topic & _around(each.sentence)) for each in found]
    least = min(max(held, default=0), (len(topic) + 1) // 2)
    return [each for each, own in zip(found, held, strict=True) if own >= least]


def _around(sentence: Candidate) -> set[str]:
    """Return the terms of a sentence, of what stands before it, of headline and opening.

    An article on a topic seldom names it again beside each quotation.
    """
    end = sentence.start - sentence.hit.passage.start
    before = sentence.hit.passage.text[max(0, end - _BEFORE) : end]
    article = sentence.hit.article
    about = f"{article.title} {article.text[: min(_OPENING, sentence.start)]}"
    return {*stem_list(before), *stem_list(sentence.text), *terms(about)}


def _distinct(found: Sequence[Weighed], most: int) -> list[Weighed]:
    kept: list[Weighed] = []
    for each in found:
        if not any(shared(each.sentence.text, k.sentence.text) >= _SAME for k in kept):
            kept.append(each)
    return kept[:most]


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
        rest.sort(key=lambda s: -tells(story, s, asked) - _COMPARES * _compares(story, s))
        first = alone[:1] or [e.sentence for e in found[:1]]
        chosen: list[Candidate] = []
        for sentence in (*first, *rest):
            if len(chosen) < _OF_A_SIDE and place(sentence) not in used:
                if not said(sentence, chosen):
                    chosen.append(sentence)
        for at, sentence in enumerate(in_order(chosen)):
            used.add(place(sentence))
            line = story.byline(sentence.hit.article)
            told.append(Planned(sentence, lead=line, gap=" " if at else "\n"))
    both = _both(story, used)
    return [*told, *both] if told else fact(story)


def _compares(story: Story, sentence: Candidate) -> bool:
    """Tell a sentence of an article whose headline or opening names every side."""
    article = sentence.hit.article
    about = {*terms(article.title), *stem_list(article.text[:_OPENING])}
    return all(about & set(terms(side)) for side in story.part.sides)


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
