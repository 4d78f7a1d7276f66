"""Requests that are no plain questions, told by the openings of their articles and quotations."""

from collections.abc import Sequence
from dataclasses import replace

from warta.assistant.composing.asides import bylines
from warta.assistant.composing.extractive import Chosen, choose, draft_of
from warta.assistant.composing.writer import Draft
from warta.assistant.question.ellipsis import own_words
from warta.assistant.question.retrieval import Count
from warta.assistant.question.understood import Part, Understood
from warta.index.hit import Hit
from warta.index.reader.features import Candidate, candidates
from warta.index.reader.scorer import Scored, SentenceScorer

SHAPES = frozenset(
    "summary timeline latest quotes comparison count profile find keyword".split()
)  # fmt: skip
_MOST = {"timeline": 8, "find": 8, "quotes": 7, "comparison": 8, "latest": 5, "count": 3}
_ROOM = 2400  # characters of such an answer
_SHORTEST = 40  # characters of a sentence that tells something
_QUOTED = ('"', "“", "”")
_EACH = 2  # sentences of an article's opening


def told(
    understood: Understood, hits: Sequence[Hit], scorer: SentenceScorer, count: Count | None
) -> Draft:
    """Return the answer to a request, empty where no article has anything to tell."""
    part = understood.first
    most = _MOST.get(part.task, 5)
    if part.task == "quotes":
        chosen = _said(understood, part, hits, scorer)
    elif part.task == "comparison":
        ranked = scorer.rank(understood, hits).sentences
        chosen = choose(ranked, most, _ROOM)
    else:
        chosen = choose(_openings(hits, most), most * _EACH, _ROOM)
    if not chosen:
        return Draft("", ())
    draft = draft_of(chosen, apart=True)
    quoted = [item.sentence for item in chosen]
    draft = replace(draft, asides=bylines(draft.text, quoted, understood.language))
    return _counting(draft, count, understood) if count else draft


def _openings(hits: Sequence[Hit], most: int) -> list[Scored]:
    leads: list[Scored] = []
    for hit in hits[:most]:
        sentences = [found for found in candidates([hit]) if _tells(found)]
        leads += [Scored(found, 0.0) for found in sentences[:_EACH]]
    return leads


def _tells(sentence: Candidate) -> bool:
    """Tell a sentence by itself from a caption or what a scraper left of one."""
    text = sentence.text
    return len(text) >= _SHORTEST and (text[0].isupper() or text[0].isdigit() or text[0] in _QUOTED)


def _said(
    understood: Understood, part: Part, hits: Sequence[Hit], scorer: SentenceScorer
) -> list[Chosen]:
    """Return sentences with a quotation, those that name the speaker first."""
    who = set(own_words(part.speaker))
    ranked = scorer.rank(understood, hits).sentences
    quoting = [s for s in ranked if any(mark in s.candidate.text for mark in _QUOTED)]
    named = [s for s in quoting if who & set(own_words(s.candidate.text))]
    rest = [s for s in ranked if s not in named]
    return choose([*named, *quoting, *rest][: 3 * _MOST["quotes"]], _MOST["quotes"], _ROOM)


def _counting(draft: Draft, count: Count, understood: Understood) -> Draft:
    """Return a draft with how many articles there are before it."""
    english = understood.language == "en"
    subject = understood.first.query
    said = (
        f"The archive holds {count.articles} articles that mention “{subject}”"
        if english
        else f"Arsip ini memuat {count.articles} artikel yang menyebut “{subject}”"
    )
    if count.first and count.last:
        said += f", {'published' if english else 'terbit'} {count.first} – {count.last}"
    opening = f"{said}.\n\n"
    moved = tuple(replace(aside, at=aside.at + len(opening)) for aside in draft.asides)
    return replace(draft, text=opening + draft.text, asides=moved)
