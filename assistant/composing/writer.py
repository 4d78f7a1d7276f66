"""The seam between what was retrieved and what is said."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from warta.assistant.answer import Aside, Citation
from warta.corpus.language.sentences import sentences
from warta.corpus.language.words import terms
from warta.index.hit import Hit

if TYPE_CHECKING:
    from warta.assistant.question.understood import Understood


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer as far as it is written.

    `text` is plain, with a `[n]` marker after each sentence for what it rests on; every marker
    has its citation, and `citations` are in the order of their numbers, which count from 1.
    `unsupported` are the sentences of `text`, markers included, that their citations do not
    carry, None where the writer did not judge them. `writer` names who wrote it where that is
    another than was asked, and `notes` say to the reader what happened.
    `strong` are the spans (start, end) of `text` that hold what was asked for, `asides` our own
    words between quotations.
    """

    text: str
    citations: tuple[Citation, ...]
    unsupported: tuple[str, ...] | None = None
    writer: str = ""
    notes: tuple[str, ...] = ()
    strong: tuple[tuple[int, int], ...] = ()
    asides: tuple[Aside, ...] = ()


class Writer(Protocol):
    """Turns hits into an answer."""

    @property
    def name(self) -> str:
        """What the receipt calls this writer."""

    def write(self, question: "Understood", hits: Sequence[Hit]) -> Iterator[Draft]:
        """Yield the answer as it grows; the last draft is complete.

        Yields nothing where the writer finds nothing to say. A draft without text is a sign of
        life from one that still thinks: there it can be stopped. Raises WriterError when a model
        fails.
        """


# Markers and citations: every `[n]` of an answer is ours and has its quote.
#
# What an article prints in brackets is no citation. Where its text is shown in an answer, "[1]"
# becomes "［1］" with full-width brackets, which Unicode normalisation (NFKC) turns back; the
# quote of the citation itself stays as it is.

_FOREIGN = re.compile(r"\[(\s*\d+(?:\s*[,;–-]\s*\d+)*\s*)\]")
# Models write "[1]", "[1, 2]", "【1】", "[^1]" and "[1†source]" for the same thing.
WRITTEN = re.compile(r"\s*(?:\[|【)\^?\s*(\d{1,9}(?:\s*[,;]\s*\d{1,9})*)\s*(?:†[^\]】]*)?(?:\]|】)")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+[\"”’)]*|\n|$)")


def neutralise(text: str) -> str:
    """Return foreign text in which no bracketed number can be taken for a citation."""
    return _FOREIGN.sub(r"［\1］", text)


def cite(number: int, hit: Hit, start: int, end: int) -> Citation:
    """Return the citation of `hit.article.text[start:end]`."""
    assert hit.passage.start <= start < end <= hit.passage.end
    quote = hit.article.text[start:end]
    return Citation(number, hit.article, hit.passage, quote, start, end, hit.also)


class Numbers:
    """Numbers citations by first use; each quote of a passage has one number."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._hits = hits
        self._given: dict[tuple[int, int], int] = {}
        self.citations: list[Citation] = []

    def cite(self, written: int, claim: str) -> int:
        """Return the number under which hits[written − 1] is cited for `claim`."""
        hit = self._hits[written - 1]
        start, end = best_quote(claim, hit)
        number = self._given.setdefault((written, start), len(self._given) + 1)
        if number > len(self.citations):
            self.citations.append(cite(number, hit, start, end))
        return number


def resolve(text: str, hits: Sequence[Hit]) -> Draft:
    """Turn what a model wrote into a draft: its `[n]` means hits[n − 1].

    Unknown numbers are dropped, the others numbered anew by first use; the quote is the sentence
    of the passage that shares most with the sentence before the marker. A bracket that is still
    open at the end (the text is being streamed) is left out.
    """
    text = re.sub(r"\s*[\[【][^\]】\n]{0,12}$", "", text)
    numbers = Numbers(hits)
    out: list[str] = []
    position = 0
    for match in WRITTEN.finditer(text):
        out.append(text[position : match.start()])
        claim = _claim(text[: match.start()])
        out += [f" [{numbers.cite(n, claim)}]" for n in known(match, hits)]
        position = match.end()
    out.append(text[position:])
    return Draft("".join(out).strip(), tuple(numbers.citations))


def known(marker: re.Match[str], hits: Sequence[Hit]) -> list[int]:
    """Return the numbers a match of `WRITTEN` holds that are hits', in order and once each."""
    wanted = dict.fromkeys(int(number) for number in re.findall(r"\d+", marker[1]))
    return [number for number in wanted if 1 <= number <= len(hits)]


def best_quote(claim: str, hit: Hit) -> tuple[int, int]:
    """Return the span in the article of the passage's sentence that shares most with `claim`."""
    wanted = set(terms(claim))
    spans = sentences(hit.passage.text)
    if not spans:
        return hit.passage.start, hit.passage.end

    def shared(span: tuple[int, int]) -> float:
        own = set(terms(hit.passage.text[span[0] : span[1]]))
        return len(wanted & own) / math.sqrt(len(own) + 5)

    start, end = max(((span.start, span.end) for span in spans), key=shared)
    return hit.passage.start + start, hit.passage.start + end


def _claim(before: str) -> str:
    """Return the last sentence of what stands before a marker."""
    plain = WRITTEN.sub("", before).rstrip()
    found = _SENTENCE.findall(plain)
    return found[-1].strip() if found else plain
