"""The kind of one line of a page, judged without its neighbours, and which line is the headline."""

import re
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache

from warta.corpus.cleaning.furniture import (
    LONGEST,
    QUOTES,
    addresses_reader,
    bare,
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
_SUFFIX = re.compile(r"\s+(?:[|»›·•]|::|[-–—])\s+")
_PREFIX = re.compile(r"(?:meng|peng|meny|mem|men|pem|pen|ber|ter|di|me|se)(?=.{4})")
_NO_LETTER = re.compile(r"[\W_]+")
_STOP = frozenset(
    """yang dengan untuk dalam dari pada adalah tersebut sebagai juga akan oleh tidak sudah telah
    karena mereka kepada bahwa seperti saat hingga setelah dapat lebih para this that with from have
    will were been their which about after into said""".split()
)
_FEWEST_WORDS = 3


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


# The headline among the lines that stand above a body. Menus, site titles and captions stand there
# too. What tells a headline from them is that its words come back in the body, that it says much in
# one line, and that it is not a sentence.


def stems(text: str) -> set[str]:
    """Content words cut to five letters: enough to match "resmikan" with "diresmikan" rarely wrong.

    A common Indonesian prefix is cut off first, so that headline verbs meet their body forms.
    """
    found = set()
    for word in words(text):
        low = word.lower()
        if len(low) < 4 or low in _STOP:
            continue
        found.add(_cut(low))
    return found


@lru_cache(maxsize=1024)
def key(line: str) -> str:
    """Letters and digits of a line, folded: equal for lines that differ in punctuation only."""
    return _NO_LETTER.sub("", line.casefold())


def _cut(word: str) -> str:
    prefix = _PREFIX.match(word)
    return word[prefix.end() if prefix else 0 :][:5]


def without_site(line: str, body: set[str]) -> str:
    """Cut " - Kabar Desa" or "Kabar Desa | " off a page title: a part the body never speaks of."""
    parts = _SUFFIX.split(line)
    if len(parts) < 2:
        return line
    best = max(parts, key=lambda part: (len(stems(part) & body), len(part)))
    if len(words(best)) < _FEWEST_WORDS + 1:
        return line
    start = line.index(best)
    before, after = line[:start], line[start + len(best) :]
    if before and _is_site(before, body):
        line = line[start:]
    if after and _is_site(after, body):
        line = line[: len(line) - len(after)]
    return line.strip()


def _is_site(part: str, body: set[str]) -> bool:
    """A name of at most five words the body does not use, or of three in capitals."""
    found = words(part)
    if len(found) <= 5 and not stems(part) & body:
        return True
    return len(found) <= 3 and all(word[0].isupper() for word in found) and ":" not in part


def score(line: str, body: set[str], is_repeated: bool) -> float:
    """How headline-like a line above the body is, 0–1."""
    found = stems(line)
    if len(words(line)) < _FEWEST_WORDS or not 12 <= len(line) <= 220 or not found:
        return 0.0
    shared = len(found & body)
    value = (0.1 + 0.9 * shared / len(found)) * min(1.0, (len(found) + 2) / 8)
    value *= 1.0 - 0.6 * web_share(line)
    if is_repeated:
        value *= 0.5
    if line.endswith(".") and not line.endswith("..."):
        value *= 0.4
    if len(line) > 130:
        value *= 0.7
    if _SUFFIX.search(line):
        value *= 0.6 if "|" in line else 0.8
    return value


def choose(lines: Sequence[str], body: set[str]) -> int | None:
    """Index of the headline among the lines above a body of these stems, None where none is one.

    The earliest line wins among near equals: what follows a headline (deck, caption) speaks of the
    same things.
    """
    keys = [bare(line).casefold() for line in lines]
    scores = [
        score(without_site(line, body), body, keys.count(key) > 1 and _is_beside_its_copy(keys, at))
        for at, (line, key) in enumerate(zip(lines, keys, strict=True))
    ]
    best = max(scores, default=0.0)
    if best < 0.12:
        return None
    return next(at for at, value in enumerate(scores) if value >= 0.85 * best)


def _is_beside_its_copy(keys: Sequence[str], at: int) -> bool:
    return keys[at] in (keys[at - 1] if at else "", keys[at + 1] if at + 1 < len(keys) else "")
