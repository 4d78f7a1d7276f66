"""Text whose lines were broken at a fixed width, as wires, mail and terminals do, made whole.

Judged line by line, the pieces of a paragraph look like captions and headlines. What tells broken
text from short lines: a line ends where the next word would not have fitted any more.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from warta.corpus.cleaning.furniture import words
from warta.corpus.cleaning.lines import Kind, judge

NARROWEST, WIDEST = 50, 120
"""Characters of the widths that are looked for; news comes at 60 to 100."""
_FEWEST = 2
"""Lines that must end at the width: short paragraphs break but twice. Of 38,000 texts that were not
broken two are then taken for such, of 300 broken at 100 columns four leads more stay."""
_SHARE = 0.6
"""Of the lines that end in the middle of a sentence, how many end near the width. In 300 news
articles broken at 60 to 100 columns at least 0.83 do, in 3,000 that are not at most 0.4."""
_MOST_LONG = 0.25  # of all characters may stand in longer lines: a footer, an address
_SLACK = 8  # a width's part that a line may fall short, where a program evens lines out
_OVER = 4  # characters by which a line may be longer: widths are counted with and without marks
_ENDS = re.compile(r"[.!?:;…][\"”’')\]]*$")
_ITEM = re.compile(r"(?:[-•*#>|]|\d{1,3}[.)])\s|[|+]")
_BESIDE = (Kind.FURNITURE, Kind.INLINE, Kind.EDGE)
# A long word in small letters that headlines with capitals do not have.
_RUNNING = re.compile(
    r"\b(?!(?:untuk|dengan|hingga|karena|sebagai|setelah|dalam|tidak|kepada|tentang|terhadap|"
    r"antara|seperti|bahwa)\b)[a-z]{5,}"
)
_SMALL = re.compile(r"\b[a-z]{4,}")
_NUMBER = re.compile(r"\d{1,3}\. [^\W\d_]")
_SPLIT_WORD = re.compile(r"[^\W\d_]-$")


def unwrap(lines: Sequence[str]) -> list[str]:
    """Join the lines of paragraphs that were broken at a fixed width; others stay as they are.

    `lines` are stripped, blank ones "". Table rows and list items are never joined to what
    stands above them.
    """
    width = _width(lines)
    if not width:
        return list(lines)
    is_parted = _is_parted(lines)
    joined: list[str] = []
    before = ""
    is_titled = is_parted  # a blank line stands below the headline
    for line in lines:
        is_one = bool(before and line) and _continues(before, line, width, is_parted)
        if is_one and not is_parted and before == joined[-1] and _is_headline(before):
            is_one = line[-1] == "." or judge(line) not in _BESIDE
            if is_one and not is_titled and not _RUNNING.search(before):
                is_one, is_titled = not _SMALL.search(line), True
        if is_one:
            tight = _SPLIT_WORD.search(before) and (line[0].islower() or line[0].isdigit())
            joined[-1] += line if tight else " " + line
        else:
            is_titled = is_titled or (bool(joined) and _is_title(joined[-1]))
            joined.append(line)
        before = line
    return joined


def _is_title(line: str) -> bool:
    return not line or (len(words(line)) > 3 and judge(line) == Kind.PLAIN)


def _width(lines: Sequence[str]) -> int:
    """Return the width the text was broken at, 0 where it was not."""
    sizes = [len(line) for line in lines]
    if _longer(sizes, WIDEST) > _MOST_LONG:
        return 0  # nearly every article: one line a paragraph
    possible = [at for at in range(NARROWEST, WIDEST + 1) if _longer(sizes, at) <= _MOST_LONG]
    pairs = [
        (len(a), len(a) + 1 + _first_word(b), not _ENDS.search(a) and not _is_headline(a))
        for a, b in pairwise(lines)
        if a and b and not _ITEM.match(a) and not _ITEM.match(b)
    ]
    filled = [0] * (WIDEST + 2)  # by how many lines each width would be filled
    for size, needed, _ in pairs:
        for width in range(max(size, NARROWEST), min(needed, WIDEST + 1)):
            filled[width] += 1
    width = max(possible, key=lambda at: filled[at])
    open_ = [needed for size, needed, is_open in pairs if is_open and width // 2 <= size <= width]
    near = sum(needed > width - width // _SLACK for needed in open_)
    return width if near >= max(_FEWEST, _SHARE * len(open_)) else 0


def _longer(sizes: Sequence[int], width: int) -> float:
    """Return the share of all characters that stand in lines longer than this."""
    return sum(size for size in sizes if size > width) / max(1, sum(sizes))


def _is_headline(line: str) -> bool:
    """True where most words have a capital, as in headlines and lists of them."""
    found = [word for word in words(line) if len(word) > 3]
    return len(found) > 2 and sum(word[0].isupper() for word in found) >= 0.7 * len(found)


def _first_word(line: str) -> int:
    return len(line.partition(" ")[0])


def _is_parted(lines: Sequence[str]) -> bool:
    """True where blank lines part the paragraphs, so that lines without one belong together."""
    blank = sum(not line for line in lines)
    return blank >= 2 and 4 * blank <= 3 * (len(lines) - blank)


def _continues(before: str, line: str, width: int, is_parted: bool) -> bool:
    needed = len(before) + 1 + _first_word(line)
    if _NUMBER.match(line) and needed > width and not _ENDS.search(before):
        # "… dan realme / 5. Harganya …": a sentence ends with a number, and none begins a list.
        return not _ITEM.match(before) and len(before) <= width + _OVER
    if _ITEM.match(line) or before[0] in "|+" or len(before) > width + _OVER:
        return False
    if not _ENDS.search(before):
        return needed > width - width // _SLACK
    # A full stop where the line is full ends the paragraph as often as not.
    return is_parted and needed > width
