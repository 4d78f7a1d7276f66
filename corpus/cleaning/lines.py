"""The kind of one line of a page, judged without its neighbours."""

import re
from enum import IntEnum
from functools import lru_cache

from warta.corpus.cleaning.furniture import (
    LONGEST,
    QUOTES,
    addresses_reader,
    is_credit,
    is_furniture,
    is_inline,
    is_section,
    is_timestamp,
    speaks_of_page,
    web_share,
    words,
)

_PARAGRAPH = 80  # characters from which a line with an end mark is a paragraph
_ENDS_SENTENCE = re.compile(r"[.!?…][\"”’')\]]*$|[\"”]$")
_ENDS_PARAGRAPH = re.compile(r"[.!?…:;,][\"”’')\]]*$|[\"”)]$")
_CAPTION_CUES = re.compile(
    r"\(\d{1,2}/\d|^(?:suasana|ilustrasi|foto|seorang|sejumlah|warga|petugas|para)\b", re.I
)
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d\b")


class Kind(IntEnum):
    """What a line looks like on its own."""

    BLANK = 0
    FURNITURE = 1  # surely not of the article
    INLINE = 2  # surely not of the article, but often between its paragraphs
    EDGE = 3  # furniture if it stands at an edge of the page
    PLAIN = 4  # headline, sub-heading, caption, list item, name
    SENTENCE = 5
    PARAGRAPH = 6


def judge(line: str) -> Kind:
    """The kind of one stripped line, judged without its neighbours."""
    if not line:
        return Kind.BLANK
    if len(line) > LONGEST:
        return Kind.PARAGRAPH
    return _judge_short(line)


@lru_cache(maxsize=8192)
def _judge_short(line: str) -> Kind:
    if line[0] in QUOTES:
        return _shape(line)
    if is_furniture(line):
        return Kind.INLINE if is_inline(line) else Kind.FURNITURE
    if is_credit(line):
        return Kind.FURNITURE
    if len(line) > 2 * _PARAGRAPH and not speaks_of_page(line):
        return _shape(line)
    if is_section(line) or is_timestamp(line):
        return Kind.EDGE
    shape = _shape(line)
    share = web_share(line)
    if share >= 0.5 and (shape == Kind.PLAIN or share >= 0.6):
        return Kind.EDGE
    if share >= 0.15 and addresses_reader(line):
        return Kind.EDGE
    return shape


def _shape(line: str) -> Kind:
    """PLAIN, SENTENCE or PARAGRAPH by length, final punctuation and small letters."""
    found = [word for word in words(line) if len(word) > 2]
    small = sum(word[0].islower() for word in found) / (len(found) or 1)
    is_speech = line[0] in QUOTES
    is_lax = len(line) >= 2 * _PARAGRAPH or line[-1] == "."
    if small < (0.1 if is_lax else 0.4) and not (is_speech and len(found) > 2):
        return Kind.PLAIN
    if len(line) >= (_PARAGRAPH if _ENDS_PARAGRAPH.search(line) else 1.5 * _PARAGRAPH):
        return Kind.PARAGRAPH
    return Kind.SENTENCE if found and _ENDS_SENTENCE.search(line) else Kind.PLAIN


def looks_like_caption(line: str, kind: Kind) -> bool:
    """True where a line that stands twice is a caption rather than a paragraph copied twice."""
    return kind <= Kind.PLAIN or (len(line) <= 2 * _PARAGRAPH and bool(_CAPTION_CUES.search(line)))


def stands_beside_text(line: str, is_edge: bool) -> bool:
    """True for a line between paragraphs that a raw page, but no article, has there.

    Marks without a word, buttons and clock times; but not what could be a sub-heading, a date
    that heads a chronicle, or a sentence.
    """
    if line[0] in QUOTES:
        return False
    if not is_edge:
        return len(line) <= 12 and not any(len(word) > 1 for word in words(line))
    if is_timestamp(line):
        return bool(_CLOCK.search(line))
    return not is_section(line) and _shape(line) == Kind.PLAIN
