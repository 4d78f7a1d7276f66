"""Writes by quoting: the sentence that answers, then what else may answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from warta.assistant.answer import Citation
from warta.assistant.composing.asides import bylines, house_words
from warta.assistant.composing.aspects import BESIDE_EACH_OTHER, beside_each_other
from warta.assistant.composing.emphasis import answering_words
from warta.assistant.composing.shapes import shaped
from warta.assistant.composing.writer import Draft, cite, neutralise
from warta.corpus.article import Article
from warta.corpus.language.words import terms
from warta.index.hit import Hit
from warta.index.reader.features import Candidate
from warta.index.reader.scorer import Ranking, Scored, SentenceScorer

if TYPE_CHECKING:
    from warta.assistant.question.understood import Understood

MOST_SENTENCES = 7
MOST_CHARACTERS = 900  # beyond them only the first sentences are quoted
_ROOM = 1200  # characters for answers of several parts
_AT_LEAST = 3
# A further sentence is worth its space only when it may answer, too: this share of the first
# one's probability.
_WORTH = 0.05
_SAME = 0.8  # share of the shorter sentence's terms that makes two of them one


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence to quote and the other articles that say (nearly) the same."""

    sentence: Candidate
    also: tuple[Article, ...] = ()


class ExtractiveWriter:
    """Quotes up to seven short sentences or three long ones, verbatim, each with its `[n]`."""

    name = "extractive"

    def __init__(self, scorer: SentenceScorer) -> None:
        self._scorer = scorer

    def write(self, question: "Understood", hits: Sequence[Hit]) -> Iterator[Draft]:
        """Yield the answer sentence by sentence; nothing where the hits hold no sentence."""
        ranking = self._scorer.rank(question, hits)
        chosen = self._told(question, hits, ranking)
        quoted = [item.sentence for item in chosen]
        opening = house_words(question, ranking.asked, quoted)
        bold = quoted and question.first.head != "decision" and question.task != "list"
        words = answering_words(ranking.asked, quoted[0].text) if bold else None
        for count in range(1, len(chosen) + 1):
            draft = draft_of(chosen[:count], apart=question.task in BESIDE_EACH_OTHER)
            dated = quoted[:count] if question.task in BESIDE_EACH_OTHER else ()
            yield replace(
                draft,
                strong=(words,) if words else (),
                asides=(*opening, *bylines(draft.text, dated, question.language)),
            )

    def _told(self, question: "Understood", hits: Sequence[Hit], whole: Ranking) -> list[Chosen]:
        """Return what to quote; what a question holds beside each other is told oldest first."""
        if question.task not in BESIDE_EACH_OTHER:
            return choose(shaped(whole.asked, whole.sentences))
        found = beside_each_other(question, whole.asked, whole.sentences)
        return _oldest_first(choose(found, 8, _ROOM))


def choose(
    ranked: Sequence[Scored], most: int = MOST_SENTENCES, characters: int = MOST_CHARACTERS
) -> list[Chosen]:
    """Return the sentences to quote, in the order given; near-same ones count once.

    Three are quoted however long they are, then those that fit into so many characters in all.
    """
    chosen: list[Chosen] = []
    left = characters
    for scored in ranked:
        if chosen and scored.probability < _WORTH * ranked[0].probability:
            continue
        sentence = scored.candidate
        twin = next(
            (at for at, c in enumerate(chosen) if _near_same(sentence.text, c.sentence.text)), None
        )
        if twin is not None:
            chosen[twin] = _with_copy(chosen[twin], sentence.hit.article)
        elif len(chosen) < min(most, _AT_LEAST) or (
            len(chosen) < most and len(sentence.text) <= left
        ):
            chosen.append(Chosen(sentence))
            left -= len(sentence.text)
    return chosen


def _oldest_first(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Return the sentences by day of publication, undated ones last, an article's together."""
    articles = [item.sentence.hit.article for item in chosen]
    place = {article.id: at for at, article in reversed(list(enumerate(articles)))}

    def key(item: Chosen) -> tuple[str, int]:
        article = item.sentence.hit.article
        return (article.published.isoformat() if article.published else "~", place[article.id])

    return sorted(chosen, key=key)


def draft_of(chosen: Sequence[Chosen], *, apart: bool = False) -> Draft:
    """Return the quotations with their markers, `apart`: a line for each article.

    Sentences that stand side by side in one passage share a number, whose quote spans them all;
    numbers count by first use.
    """
    citations: list[Citation] = []
    text = ""
    for place, item in enumerate(chosen):
        at = next((n for n, c in enumerate(citations) if _beside(c, item.sentence)), None)
        if at is None:
            at = len(citations)
            citations.append(_cited(at + 1, item))
        else:
            citations[at] = _widened(citations[at], item)
        same = place and item.sentence.hit.article.id == chosen[place - 1].sentence.hit.article.id
        gap = "\n\n" if apart and not same else " "
        text += f"{gap if place else ''}{neutralise(item.sentence.text)} [{at + 1}]"
    return Draft(text, tuple(citations), unsupported=())  # quotations carry themselves


def _near_same(one: str, other: str) -> bool:
    left, right = set(terms(one)), set(terms(other))
    if not left or not right:
        return one == other
    return len(left & right) >= _SAME * max(len(left), len(right))


def _with_copy(chosen: Chosen, article: Article) -> Chosen:
    known = {chosen.sentence.hit.article.id, *(copy.id for copy in chosen.also)}
    return chosen if article.id in known else replace(chosen, also=(*chosen.also, article))


def _cited(number: int, item: Chosen) -> Citation:
    sentence = item.sentence
    found = cite(number, sentence.hit, sentence.start, sentence.end)
    return replace(found, also=_merged(found.also, item.also, found.article))


def _beside(citation: Citation, sentence: Candidate) -> bool:
    if citation.article.id != sentence.hit.article.id:
        return False
    passage, text = citation.passage, citation.article.text
    if not passage.start <= sentence.start < sentence.end <= passage.end:
        return False
    between = (
        text[citation.end : sentence.start]
        if sentence.start >= citation.end
        else text[sentence.end : citation.start]
    )
    return sentence.start != citation.start and len(between) <= 2 and not between.strip()


def _widened(citation: Citation, item: Chosen) -> Citation:
    start = min(citation.start, item.sentence.start)
    end = max(citation.end, item.sentence.end)
    quote = citation.article.text[start:end]
    also = _merged(citation.also, item.also, citation.article)
    return replace(citation, quote=quote, start=start, end=end, also=also)


def _merged(
    one: Sequence[Article], other: Sequence[Article], cited: Article
) -> tuple[Article, ...]:
    found = {article.id: article for article in (*one, *other) if article.id != cited.id}
    return tuple(found.values())
