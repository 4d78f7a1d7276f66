"""Requests that are no plain questions, told by the openings of their articles and quotations."""

from collections.abc import Sequence
from dataclasses import replace

from warta.assistant.composing.asides import bylines
from warta.assistant.composing.extractive import Chosen, choose, draft_of
from warta.assistant.composing.writer import Draft
from warta.assistant.question.ellipsis import own_words
from warta.assistant.question.retrieval import Count, side_queries
from warta.assistant.question.understood import Part, Understood
from warta.index.hit import Hit
from warta.index.reader.features import Candidate, candidates
from warta.index.reader.scorer import Scored, SentenceScorer

SHAPES = frozenset(
    "summary timeline latest quotes comparison count profile find keyword".split()
)  # fmt: skip
_MOST = {"timeline": 8, "find": 8, "quotes": 7, "comparison": 8, "latest": 5, "count": 3}
_ROOM = 3000  # characters of such an answer
_SHORTEST = 40  # characters of a sentence that tells something
_QUOTED = ('"', "“", "”")
_EACH = 2  # ranked sentences an article that are looked at
_BEST = 6  # of them that stand beside the openings
_EACH_SIDE = 4


def told(
    understood: Understood, hits: Sequence[Hit], scorer: SentenceScorer, count: Count | None
) -> Draft:
    """Return the answer to a request, empty where no article has anything to tell."""
    part = understood.first
    most = _MOST.get(part.task, 5)
    if part.task == "quotes":
        chosen = _said(understood, part, hits, scorer)
    elif part.task == "comparison" and part.sides:
        chosen = _beside(understood, part, hits, scorer)
    elif part.task in ("list", "comparison"):
        chosen = choose(scorer.rank(understood, hits).sentences, 8, _ROOM)
    else:
        chosen = _openings(understood, hits, most, scorer)
    if not chosen:
        return Draft("", ())
    draft = draft_of(chosen, apart=True)
    quoted = [item.sentence for item in chosen]
    draft = replace(draft, asides=bylines(draft.text, quoted, understood.language))
    return _counting(draft, count, understood) if count else draft


def _openings(
    understood: Understood, hits: Sequence[Hit], most: int, scorer: SentenceScorer
) -> list[Chosen]:
    """Return of each article its first sentence, and the best ones of all beside them."""
    articles = list(dict.fromkeys(hit.article.id for hit in hits))[:most]
    own = [hit for hit in hits if hit.article.id in articles]
    leads: dict[str, Scored] = {}
    for found in candidates(own):
        if _tells(found):
            leads.setdefault(found.hit.article.id, Scored(found, 0.0))
    ranked = [s for s in scorer.rank(understood, own).sentences if _tells(s.candidate)]
    chosen = choose([*leads.values(), *ranked[:_EACH * most]], most + _BEST, _ROOM)
    place = {name: at for at, name in enumerate(articles)}
    return sorted(chosen, key=lambda item: (place[item.sentence.hit.article.id], item.sentence.start))


def _beside(
    understood: Understood, part: Part, hits: Sequence[Hit], scorer: SentenceScorer
) -> list[Chosen]:
    """Return the best sentences of each side in turn."""
    chosen: list[Scored] = []
    for side in side_queries(part):
        own = replace(understood, text=side, parts=(replace(part, query=side, standalone=side),))
        chosen += scorer.rank(own, hits).sentences[:_EACH_SIDE]
    return choose(chosen, _EACH_SIDE * len(part.sides), _ROOM)


def _tells(sentence: Candidate) -> bool:
    """Tell a sentence by itself from a caption or what a scraper left of one."""
    text = sentence.text
    return len(text) >= _SHORTEST and (text[0].isupper() or text[0].isdigit() or text[0] in _QUOTED)


def _said(
    understood: Understood, part: Part, hits: Sequence[Hit], scorer: SentenceScorer
) -> list[Chosen]:
    """Return sentences with a quotation, those that name the speaker first."""
    who = set(own_words(part.speaker))
    asking = f"Apa kata {part.query}?" if understood.language == "id" else part.query
    asked = replace(part, query=asking, standalone=asking)
    ranked = scorer.rank(replace(understood, text=asking, parts=(asked,)), hits).sentences
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
