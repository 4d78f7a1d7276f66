"""Markers and citations: every `[n]` of an answer is ours and has its quote.

What an article prints in brackets is no citation. Where its text is shown in an answer, "[1]"
becomes "［1］" with full-width brackets, which Unicode normalisation (NFKC) turns back; the
quote of the citation itself stays as it is.
"""

import math
import re
from collections.abc import Sequence

from assistant.answer import Citation
from assistant.writer import Draft
from corpus.sentences import sentences
from index.analysis import terms
from index.hit import Hit

_FOREIGN = re.compile(r"\[(\s*\d+(?:\s*[,;–-]\s*\d+)*\s*)\]")
# Models write "[1]", "[1, 2]", "【1】", "[^1]" and "[1†source]" for the same thing.
_WRITTEN = re.compile(
    r"\s*(?:\[|【)\^?\s*(\d{1,9}(?:\s*[,;]\s*\d{1,9})*)\s*(?:†[^\]】]*)?(?:\]|】)"
)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+[\"”’)]*|\n|$)")


def neutralise(text: str) -> str:
    """Return foreign text in which no bracketed number can be taken for a citation."""
    return _FOREIGN.sub(r"［\1］", text)


def cite(number: int, hit: Hit, start: int, end: int) -> Citation:
    """Return the citation of `hit.article.text[start:end]`."""
    assert hit.passage.start <= start < end <= hit.passage.end
    quote = hit.article.text[start:end]
    return Citation(number, hit.article, hit.passage, quote, start, end, hit.also)


def resolve(text: str, hits: Sequence[Hit]) -> Draft:
    """Turn what a model wrote into a draft: its `[n]` means hits[n − 1].

    Unknown numbers are dropped, the others numbered anew by first use; the quote is the sentence
    of the passage that shares most with the sentence before the marker. A bracket that is still
    open at the end (the text is being streamed) is left out.
    """
    text = re.sub(r"\s*[\[【][^\]】\n]{0,12}$", "", text)
    numbers: dict[tuple[int, int], int] = {}
    citations: list[Citation] = []
    out: list[str] = []
    position = 0
    for match in _WRITTEN.finditer(text):
        out.append(text[position : match.start()])
        claim = _claim(text[: match.start()])
        wanted = dict.fromkeys(int(n) for n in re.findall(r"\d+", match[1]))
        for written in (n for n in wanted if 1 <= n <= len(hits)):
            start, end = best_quote(claim, hits[written - 1])
            key = (written, start)
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                citations.append(cite(numbers[key], hits[written - 1], start, end))
            out.append(f" [{numbers[key]}]")
        position = match.end()
    out.append(text[position:])
    return Draft("".join(out).strip(), tuple(citations))


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
    plain = _WRITTEN.sub("", before).rstrip()
    found = _SENTENCE.findall(plain)
    return found[-1].strip() if found else plain
