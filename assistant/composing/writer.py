"""The seam between what was planned and what is said."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from warta.assistant.answer import Citation, Note, Role, Sentence
from warta.corpus.article import Article
from warta.index.candidates import Hit
from warta.index.reader.features import Candidate

if TYPE_CHECKING:
    from warta.assistant.question.understood import Understood


@dataclass(frozen=True, slots=True)
class Planned:
    """A quotation that an answer is to have; see `Sentence` for `role`, `lead`, `strong`, `gap`.

    `also` are other articles that say the same. Without a `sentence` it is Warta's own `said`,
    which may rest on `shown`.
    """

    sentence: Candidate | None
    role: Role = "answer"
    lead: str = ""
    strong: tuple[int, int] | None = None
    also: tuple[Article, ...] = ()
    gap: str = " "
    said: str = ""
    shown: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What an answer is made of.

    `told` is what is quoted, in order. `evidence` are the hits that report the event, best first:
    what a model is shown. `near` are articles on other events, to be offered below.
    """

    told: tuple[Planned, ...]
    evidence: tuple[Hit, ...] = ()
    near: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer as far as it is written.

    Every number in `sentences` has its citation; `citations` are in the order of their numbers,
    which count from 1. `writer` names who wrote it where that is another than was asked.
    `checked`: the writer has held its sentences against what they cite.
    """

    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    writer: str = ""
    notes: tuple[Note, ...] = ()
    checked: bool = False


class Writer(Protocol):
    """Turns a plan into an answer."""

    @property
    def name(self) -> str:
        """What the receipt calls this writer."""

    def write(self, question: "Understood", plan: Plan) -> Iterator[Draft]:
        """Yield the answer as it grows; the last draft is complete.

        Yields nothing where the writer finds nothing to say. A draft without sentences is a sign
        of life from one that still thinks: there it can be stopped. Raises WriterError when a
        model fails.
        """


class QuotingWriter:
    """Quotes what is planned, word for word, each quotation with its `[n]`."""

    name = "extractive"

    def write(self, question: "Understood", plan: Plan) -> Iterator[Draft]:
        """Yield the answer; nothing where nothing is planned."""
        if plan.told:
            yield drafted(plan.told)


def drafted(told: Sequence[Planned]) -> Draft:
    """Return what is told as sentences with their citations.

    Sentences that stand side by side in one passage share a number, whose quote spans them all;
    numbers count by first use.
    """
    citations: list[Citation] = []
    sentences = []
    for item in told:
        quoted = (item.sentence,) if item.sentence else item.shown
        numbers = tuple(_number(citations, each, item.also) for each in quoted)
        sentences.append(
            Sentence(
                text=neutralise(item.sentence.text) if item.sentence else item.said,
                citations=tuple(dict.fromkeys(numbers)),
                role=item.role,
                strong=item.strong,
                lead=item.lead,
                gap=item.gap,
            )
        )
    return Draft(tuple(sentences), tuple(citations), checked=True)


def _number(citations: list[Citation], sentence: Candidate, also: Sequence[Article]) -> int:
    """Return the number under which a sentence is cited, adding or widening its citation."""
    for at, known in enumerate(citations):
        if _touches(known, sentence):
            start, end = min(known.start, sentence.start), max(known.end, sentence.end)
            citations[at] = replace(
                known, quote=known.article.text[start:end], start=start, end=end,
                also=_merged((*known.also, *also), known.article),
            )  # fmt: skip
            return at + 1
    found = cite(len(citations) + 1, sentence.hit, sentence.start, sentence.end)
    citations.append(replace(found, also=_merged((*found.also, *also), found.article)))
    return len(citations)


def _touches(citation: Citation, sentence: Candidate) -> bool:
    """Tell a sentence that stands in a citation's passage, in its quote or right beside it."""
    passage, text = citation.passage, citation.article.text
    if citation.article.id != sentence.hit.article.id:
        return False
    if not passage.start <= sentence.start < sentence.end <= passage.end:
        return False
    low, high = sorted((citation.end, sentence.start) if sentence.start >= citation.start
                       else (sentence.end, citation.start))  # fmt: skip
    overlaps = sentence.start < citation.end and citation.start < sentence.end
    return overlaps or (high - low <= 2 and not text[low:high].strip())


def _merged(articles: Sequence[Article], cited: Article) -> tuple[Article, ...]:
    return tuple({each.id: each for each in articles if each.id != cited.id}.values())


def cite(number: int, hit: Hit, start: int, end: int) -> Citation:
    """Return the citation of `hit.article.text[start:end]`."""
    assert hit.passage.start <= start < end <= hit.passage.end
    quote = hit.article.text[start:end]
    return Citation(number, hit.article, hit.passage, quote, start, end, hit.also)


_FOREIGN = re.compile(r"\[(\s*\d+(?:\s*[,;–-]\s*\d+)*\s*)\]")


def neutralise(text: str) -> str:
    """Return foreign text in which no bracketed number can be taken for a citation.

    What an article prints in brackets is none: "[1]" becomes "［1］" with full-width brackets,
    which Unicode normalisation (NFKC) turns back; a line break becomes a space. The quote of the
    citation itself stays.
    """
    return _FOREIGN.sub(r"［\1］", text).replace("\n", " ")
