"""Sentences that a scraper broke at their links, put together again.

Some scrapers write every link on a line of its own: "Rapat dipimpin / Gubernur Maluku / , Senin.".
Judged line by line the pieces look like menus and captions; joined they are a paragraph.
"""

import re
from collections.abc import Sequence

from corpus.furniture import is_furniture, words

_CONTINUES = re.compile(r"[a-z]|[,.;:)?!%](?:\s|$)|[–—-]\s")
_FINISHED = re.compile(r"[.!?:;…][\"”’)\]]*$|[\"”)]$")
_ENDS_CHAIN = re.compile(r"[.!?…:,][\"”’)\]]*$")
_ITEM = re.compile(r"[-•*#]|\d+[.)]")
_LONGEST_LINK = 70
_GLUED = ",.;:)?!%"


def rejoin(lines: Sequence[str]) -> list[str]:
    """Join the pieces of broken sentences with spaces; all other lines stay as they are.

    A chain begins with an unfinished line, goes on with lines that start in the middle of a
    sentence or with short lines between such, and must end as a sentence ends.
    """
    joined: list[str] = []
    at = 0
    while at < len(lines):
        end = _chain_end(lines, at)
        joined.append(_glue(lines[at : end + 1]) if end > at else lines[at])
        at = end + 1
    return joined


def _chain_end(lines: Sequence[str], at: int) -> int:
    """Index of the last line of the chain that begins at `at`; `at` itself where there is none."""
    accepted = end = at
    if _ITEM.match(lines[at]):
        return at
    while end + 1 < len(lines) and _is_open(lines[end], is_first=end == at):
        if _goes_on(lines, end + 1):
            end += 1
        elif end + 2 < len(lines) and _is_link(lines[end + 1]) and _goes_on(lines, end + 2):
            end += 2
        else:
            break
        if _ENDS_CHAIN.search(lines[end]) and len(lines[end]) > 1:
            accepted = end
        elif lines[end] in _GLUED:
            accepted = end
    return accepted


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


def _is_link(line: str) -> bool:
    return 0 < len(line) <= _LONGEST_LINK and not _FINISHED.search(line) and not _ITEM.match(line)


def _glue(pieces: Sequence[str]) -> str:
    text = pieces[0]
    for piece in pieces[1:]:
        is_tight = piece[0] in _GLUED or text[-1] in "(“"
        text += piece if is_tight else " " + piece
    return text
