"""An article -> the passages that are embedded, retrieved and cited."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from warta.corpus.article import Article, Passage
from warta.corpus.language.sentences import Span, sentences

CHUNKING_VERSION = "3"
"""Changes when the same text would be cut otherwise: passages and vectors are made anew then."""

TARGET = 100
"""Words a passage aims at."""
FEWEST = 40
"""Words below which the last passage joins the one before."""
LONGEST = 250
"""Words above which one sentence is split at its clauses."""
LONGEST_WORD = 2000
"""Characters above which a run without clause or space is split anywhere."""

_CLAUSE = re.compile(r"[;:,)–—|]\s*|\s[-•*]\s?|\s")
_STRONG = ";:,)–—|-•*"


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    words: int


def passages(article: Article) -> list[Passage]:
    """Cut an article into passages of whole sentences, about 100 words each, in reading order.

    A passage closes where the next sentence would take it further from the target. A sentence of
    over 250 words, as lists and lyrics without full stops make, is split at its clauses.
    """
    groups = _grouped(_pieces(article.text))
    return [
        Passage(article.id, ordinal, article.text[start:end], start, end)
        for ordinal, (start, end) in enumerate((group[0].start, group[-1].end) for group in groups)
    ]


def _pieces(text: str) -> Iterator[_Piece]:
    for span in sentences(text):
        words = _size(text[span.start : span.end])
        if words > LONGEST or span.end - span.start > LONGEST_WORD * 2:
            yield from _split(text, span)
        else:
            yield _Piece(span.start, span.end, words)


def _size(piece: str) -> int:
    """Words of a piece; where they run without spaces, twenty characters count as one."""
    return max(len(piece.split()), len(piece) // 20)


def _split(text: str, span: Span) -> Iterator[_Piece]:
    """Clauses of an overlong sentence gathered to about the target; nothing of it is left out."""
    start = span.start
    while start < span.end:
        end = _cut(text, start, span.end)
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            yield _Piece(left, right, _size(piece))
        start = end


def _cut(text: str, start: int, limit: int) -> int:
    """Where to end a piece that begins at `start`: after a clause mark near the target, if any."""
    words, space, clause = 0, 0, 0
    window = min(limit, start + LONGEST_WORD)
    for match in _CLAUSE.finditer(text, start, window):
        mark = match.group()
        words += any(char.isspace() for char in mark)
        if mark.strip() and mark.strip()[0] in _STRONG and words >= TARGET // 2:
            clause = match.end() if mark[0] in ";:,)–—|" else match.start()
        space = match.end()
        if words >= TARGET and clause:
            return clause
        if words >= TARGET + TARGET // 2:
            return space
    if window == limit:
        return limit
    return clause or space or window


def _grouped(pieces: Iterator[_Piece]) -> list[list[_Piece]]:
    groups: list[list[_Piece]] = []
    size = 0
    for piece in pieces:
        if groups and abs(size + piece.words - TARGET) <= abs(size - TARGET):
            groups[-1].append(piece)
            size += piece.words
        else:
            groups.append([piece])
            size = piece.words
    if len(groups) > 1 and size < FEWEST:
        last = groups.pop()
        groups[-1].extend(last)
    return groups
