"""Sentences that a scraper broke at their links, put together again.

Some scrapers write every link on a line of its own: "Rapat dipimpin / Gubernur Maluku / , Senin.".
Judged line by line the pieces look like menus and captions; joined they are a paragraph.
"""

import re
from collections.abc import Sequence

from warta.corpus.cleaning.furniture import is_furniture, words

_CONTINUES = re.compile(r"[a-z]|[,.;:)?!%](?:\s|$)|[–—-]\s")
_FINISHED = re.compile(r"[.!?:;…][\"”’)\]]*$|[\"”)]$")
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
    while end + 1 < limit and _is_open(lines[end], is_first=end == at):
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
    return line.rsplit(" ", 1)[-1].lower() in _WAITING


def _is_open(line: str, is_first: bool) -> bool:
    """True for a line a sentence can go on from: not finished, no headline."""
    if not line or _FINISHED.search(line):
        return False
    found = words(line)
    if not found or (len(found) > 2 and is_furniture(line)):
        return False
    if not is_first:
        return True
    capitals = sum(word[0].isupper() for word in found)
    return len(found) < 5 or capitals < 0.7 * len(found)


def _goes_on(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if not _CONTINUES.match(line):
        return False
    return len(words(line)) <= 2 or not is_furniture(line)


def _is_link(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if line == lines[at - 1]:
        return False  # a caption that stands twice
    return 0 < len(line) <= _LONGEST_LINK and not _FINISHED.search(line) and not _ITEM.match(line)


def _glue(pieces: Sequence[str]) -> str:
    text = pieces[0]
    for piece in pieces[1:]:
        is_tight = piece[0] in _GLUED or text[-1] in "(“"
        text += piece if is_tight else " " + piece
    return text
