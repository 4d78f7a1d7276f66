"""The kind of one line of a page, judged without its neighbours."""

import re
from collections.abc import Sequence
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
from warta.corpus.cleaning.table_rows import is_row

# Sentences that a scraper broke at their links, put together again.
#
# Some scrapers write every link on a line of its own: "Rapat dipimpin / Gubernur / , Senin.".
# Judged line by line the pieces look like menus and captions; joined they are a paragraph.

_CONTINUES = re.compile(r"[a-z]|[,.;:)?!%](?:\s|$)|[–—-]\s|[\"”](?:[,.;]|\s[a-z(])")
_FINISHED = re.compile(r"[.!?:;…][\"”’)\]]*$|[\"”)]$")
_MIDDLE = re.compile(r"[a-z]|[\"”](?:[,.;]|\s[a-z(])")  # no line of its own begins so
_ENDS_CHAIN = re.compile(r"[.!?…:,][\"”’)\]]*$")
_ITEM = re.compile(r"[-•*#]|\d+[.)]")
_LONGEST_LINK = 70
_MOST_PIECES = 40
_WAITING = frozenset(
    """di ke dari dan atau yang dengan untuk pada oleh dalam sebagai kepada terhadap bagi tentang
    para sang si adalah bahwa saat ketika serta hingga antara seperti the a an of in on at by for to
    and or with from that as""".split()
)
_GLUED = ",.;:)?!%"


def rejoin(lines: Sequence[str]) -> list[str]:
    """Join the pieces of broken sentences with spaces; all other lines stay as they are.

    A chain begins with an unfinished line, goes on with lines that start in the middle of a
    sentence or with short lines between such, and must end as a sentence ends.
    """
    joined: list[str] = []
    at = 0
    while at < len(lines):
        reached = _reach(lines, at)
        end = next((end for end in reversed(reached) if _ends_as_one(lines, at, end)), at)
        if end > at:
            joined.append(_glue(lines[at : end + 1]))
        else:  # no line of the chain can begin one that ends better
            end = max(at, reached[-1] - 1 if reached else at)
            joined.extend(lines[at : end + 1])
        at = end + 1
    return joined


def _reach(lines: Sequence[str], at: int) -> list[int]:
    """Indices of the lines a sentence that begins at `at` could go on to, in order."""
    reached: list[int] = []
    end = at
    if not lines[at] or _ITEM.match(lines[at]):
        return reached
    limit = min(len(lines), at + _MOST_PIECES)
    while end + 1 < limit and _is_open(lines[end], lines[end + 1], is_first=end == at):
        if _goes_on(lines, end + 1):
            end += 1
        elif end + 2 < limit and _is_link(lines, end + 1) and _goes_on(lines, end + 2):
            end += 2
        else:
            break
        reached.append(end)
    return reached


def _ends_as_one(lines: Sequence[str], at: int, end: int) -> bool:
    last = lines[end]
    if not (last in _GLUED or (len(last) > 1 and _ENDS_CHAIN.search(last))):
        return False
    return end > at + 1 or _is_cut_off(lines[at], last)


def _is_cut_off(line: str, following: str) -> bool:
    """True where two lines alone are one sentence for sure: the first waits for a word."""
    if not following[0].islower() or line[-1] == ",":
        return True
    if len(following) >= _PARAGRAPH and is_held_open(line, following):
        return True
    return line.rsplit(" ", 1)[-1].lower() in _WAITING


def _is_open(line: str, following: str, is_first: bool) -> bool:
    """True for a line a sentence can go on from: not finished, no headline.

    A quotation mark or bracket alone finishes none that goes on with a small letter.
    """
    if not line or (_FINISHED.search(line) and not is_held_open(line, following)):
        return False
    found = words(line)
    if not found or (len(found) > 2 and is_furniture(line)):
        return False
    if not is_first:
        return True
    capitals = sum(word[0].isupper() for word in found)
    return len(found) < 5 or capitals < 0.7 * len(found)


def is_held_open(line: str, following: str) -> bool:
    """True where a line that ends in a quotation mark or bracket goes on in the next one."""
    return line[-1] in '"”)' and line[-2:-1] not in ".!?…," and bool(_MIDDLE.match(following))


def _goes_on(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if not _CONTINUES.match(line):
        return False
    return len(words(line)) <= 2 or not is_furniture(line)


def _is_link(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if line == lines[at - 1]:
        return False  # a caption that stands twice
    if len(words(line)) > 2 and is_furniture(line):
        return False  # "Dengarkan artikel ini" above a lead that begins with a small letter
    return 0 < len(line) <= _LONGEST_LINK and not _FINISHED.search(line) and not _ITEM.match(line)


def _glue(pieces: Sequence[str]) -> str:
    text = pieces[0]
    for piece in pieces[1:]:
        is_tight = piece[0] in _GLUED or text[-1] in "(“"
        text += piece if is_tight else " " + piece
    return text


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
    ROW = 7  # of a table: says nothing of the body's ends, and stays


def judge(line: str) -> Kind:
    """The kind of one stripped line, judged without its neighbours."""
    if not line:
        return Kind.BLANK
    if len(line) > LONGEST:
        return Kind.PARAGRAPH
    return _judge_short(line)


@lru_cache(maxsize=8192)
def _judge_short(line: str) -> Kind:
    if is_row(line):
        return Kind.ROW
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
    is_sentence = line[-1] == "." and len(line) >= _PARAGRAPH  # one with many names has one verb
    least = 0.01 if is_sentence else 0.1 if is_lax else 0.4
    if small < least and not (is_speech and len(found) > 2):
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
