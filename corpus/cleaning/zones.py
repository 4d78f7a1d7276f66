"""A scraped page -> the article on it: headline, body, and the lines that were taken out.

A page is read in three zones. Above the first paragraph stand site title, menus, headline, byline
and share bar; below the last one tags, related headlines, comment form and footer; between them
pointers to other articles, advertisement marks and captions. Lines that are surely furniture go
wherever they stand. A line nobody can judge alone goes only where its zone shows furniture: so a
text that was extracted cleanly keeps every line, and a raw page loses what surrounds the body.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from warta.corpus.cleaning.furniture import heads_a_list, heads_comments, is_timestamp, words
from warta.corpus.cleaning.lines import (
    Kind,
    choose,
    is_held_open,
    judge,
    key,
    looks_like_caption,
    rejoin,
    stands_beside_text,
    stems,
    without_site,
)
from warta.corpus.cleaning.table_rows import is_number, rows_in, tidy
from warta.corpus.cleaning.webpage import feed_line
from warta.corpus.language.characters import normalise

_EMPTY_POINTER = re.compile(r"\bbaca juga ?:? ?, ?", re.I)
_CLOCK = re.compile(r"(?<!\d)[0-2]?\d[.:][0-5]\d(?!\d)")
_LONGEST_CLOCK = 40
_FEWEST_ENTRIES = 3
_TOLD = (Kind.SENTENCE, Kind.PARAGRAPH)
_SHORTEST_REPEAT = 15
_LONGEST_CAPTION = 220
_FEWEST_ON_PAGE = 3  # furniture lines that make a text a raw page
_SENTENCE = 0.9  # what a short sentence is worth in the balance of a body
_OUTSIDE = (Kind.FURNITURE, Kind.EDGE)
_LISTED = (Kind.PLAIN, Kind.EDGE)
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


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned article: `removed` holds the lines taken out, in the order of the page.

    `above` are those of them that stood above the body, where pages put their date.
    """

    title: str
    text: str
    removed: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


@dataclass(slots=True)
class _Line:
    text: str
    kind: Kind
    is_kept: bool = True
    is_copy: bool = False  # the same line stands next to it
    is_title: bool = False
    cut: str = ""  # furniture inside the line that was taken out of it


def clean(text: str, title: str = "") -> Cleaned:
    """Separate an article from the page around it.

    `title` is the headline where it is known already; otherwise it is looked for above the body
    and stays "" where there is none. Any text is taken; "" comes back where all was furniture.
    """
    title = " ".join(normalise(title).split())
    lines = [_line(line) for line in rejoin(unwrap(tidy(_stripped(normalise(text)))))]
    _mark_rows(lines)
    _mark_copies(lines)
    first, last = _body(lines)
    _drop_furniture(lines, first, last)
    _drop_tail(lines, last)
    title = _settle_headline(lines, first, title)
    _drop_repeats(lines, first)
    above = tuple(_removed(lines[:first]))
    return Cleaned(title, _join(lines), tuple(_removed(lines)), above)


def _line(text: str) -> _Line:
    """Judge one line, after cutting pointers whose link text the scraper lost out of it."""
    cuts = _EMPTY_POINTER.findall(text)
    rest = _EMPTY_POINTER.sub("", text).strip() if cuts else text
    if closing := feed_line(rest):
        cuts.append(closing)
        rest = rest.removesuffix(closing).strip()
        if not rest:
            return _Line(closing.strip(), Kind.FURNITURE)
    if not rest:
        return _Line(text, judge(text))
    return _Line(rest, judge(rest), cut=" ".join(cut.strip() for cut in cuts))


def _mark_rows(lines: list[_Line]) -> None:
    for at in rows_in([line.text for line in lines]):
        text = lines[at].text
        if lines[at].kind < Kind.SENTENCE and (is_number(text) or not is_timestamp(text)):
            lines[at].kind = Kind.ROW
    for at in _clocks(lines):
        lines[at].kind = Kind.ROW


def _clocks(lines: list[_Line]) -> list[int]:
    """Return the lines with the clock of an entry in a live report: a clock above each sentence."""
    found: list[int] = []
    texts = [(at, line) for at, line in enumerate(lines) if line.kind != Kind.BLANK]
    for (at, line), (_, following) in pairwise(texts):
        is_clock = len(line.text) <= _LONGEST_CLOCK and _CLOCK.search(line.text)
        if is_clock and is_timestamp(line.text) and following.kind in _TOLD:
            found.append(at)
    return found if len({lines[at].text for at in found}) >= _FEWEST_ENTRIES else []


def _removed(lines: list[_Line]) -> Iterator[str]:
    for line in lines:
        if line.cut:
            yield line.cut
        if not line.is_kept and not line.is_title and line.text:
            yield line.text


def _stripped(text: str) -> list[str]:
    """Lines without outer spaces; of blank lines in a row only one stays."""
    lines: list[str] = []
    for line in text.split("\n"):
        line = line.strip()
        if line or (lines and lines[-1]):
            lines.append(line)
    return lines


def _mark_copies(lines: list[_Line]) -> None:
    """Mark lines that stand twice in a row, furniture between them aside."""
    previous: _Line | None = None
    for line in lines:
        if line.kind in (Kind.BLANK, Kind.FURNITURE, Kind.INLINE, Kind.ROW):
            continue
        if previous and previous.text == line.text and len(line.text) >= _SHORTEST_REPEAT:
            previous.is_copy = line.is_copy = True
        previous = line


def _body(lines: list[_Line]) -> tuple[int, int]:
    """Indices of the body's first and last line; (0, end) where no paragraph stands out."""
    paragraphs = [
        at
        for at, line in enumerate(lines)
        if line.kind == Kind.PARAGRAPH and not (line.is_copy and len(line.text) < _LONGEST_CAPTION)
    ]
    if not paragraphs:
        return 0, len(lines) - 1
    first, last = paragraphs[0], _last_of_body(lines, paragraphs)
    first = _begin(lines, first)
    for at in range(last + 1, len(lines)):
        if lines[at].kind in _OUTSIDE:
            break
        if lines[at].kind == Kind.SENTENCE:
            last = at
    return first, last


def _begin(lines: list[_Line], first: int) -> int:
    """Where the body begins: short sentences above the first paragraph, and pieces of it."""
    at, beside = first, 0
    while at > 0:
        at -= 1
        line = lines[at]
        if line.kind == Kind.BLANK:
            continue
        if line.kind in (Kind.FURNITURE, Kind.INLINE) and not beside:
            beside = at  # an advertisement may stand between the pieces of a sentence
            continue
        if line.kind == Kind.ROW or line.is_copy:
            break
        if not (at == first - 1 and _leads_into_body(line)) and not is_held_open(
            line.text, lines[first].text
        ):
            break
        first, beside = at, 0
    return first


def _leads_into_body(line: _Line) -> bool:
    """Short sentences right above the first paragraph are its beginning; headlines have no dot."""
    is_sentence = line.kind == Kind.SENTENCE and not line.is_copy
    return is_sentence and (line.text[0].islower() or line.text.rstrip("\"”'").endswith("."))


def _last_of_body(lines: list[_Line], paragraphs: list[int]) -> int:
    """The last line that is the article's own.

    Paragraphs add to a balance and furniture lines take from it; the body ends where the balance
    is highest. So an advertisement between two paragraphs ends nothing, while a teaser, a reader's
    comment or a legal note cannot make up for the furniture above it.
    """
    start, end = paragraphs[0], paragraphs[-1]
    if all(line.kind not in _OUTSIDE for line in lines[start:end]):
        return end
    worth = _worth_of_paragraphs([lines[at].text for at in paragraphs])
    gains = dict(zip(paragraphs, worth, strict=True))
    balance = best = 0.0
    last = start
    for at in range(start, end + 1):
        is_sentence = lines[at].kind == Kind.SENTENCE
        balance += gains.get(at, _SENTENCE if is_sentence else 0.0) - _cost(lines[at])
        if balance >= best and (at in gains or is_sentence):
            best, last = balance, at
    return last


def _worth_of_paragraphs(texts: list[str]) -> list[float]:
    """What each adds: by its length, and by how many of its words the others use too (0.5–1.5)."""
    found = [stems(text) for text in texts]
    counts = Counter(stem for stems_of_one in found for stem in stems_of_one)
    worth = []
    for text, own in zip(texts, found, strict=True):
        shared = sum(counts[stem] > 1 for stem in own) / (len(own) or 1)
        worth.append(min(5.0, 1.5 + len(text) / 150) * (0.5 + shared))
    return worth


def _cost(line: _Line) -> float:
    if line.kind == Kind.FURNITURE:
        return 2.5 if heads_a_list(line.text) or heads_comments(line.text) else 1.5
    return {Kind.EDGE: 1.0, Kind.PLAIN: 0.25}.get(line.kind, 0.0)


def _drop_furniture(lines: list[_Line], first: int, last: int) -> None:
    """Drop sure furniture anywhere, and the lists of links it heads."""
    in_list = False
    is_raw = _is_raw_page(lines)
    for at, line in enumerate(lines):
        in_list = in_list and at != first  # a list above the body ends there
        if line.kind in (Kind.FURNITURE, Kind.INLINE):
            line.is_kept = False
            in_list = heads_a_list(line.text) or (in_list and line.kind == Kind.FURNITURE)
        elif line.kind in _LISTED:
            is_edge = line.kind == Kind.EDGE
            if (
                (in_list and first <= at <= last)
                or (is_edge and _touches_furniture(lines, at))
                or (is_raw and stands_beside_text(line.text, is_edge))
            ):
                line.is_kept = False
        elif line.kind != Kind.BLANK:
            in_list = False


def _touches_furniture(lines: list[_Line], at: int) -> bool:
    for step in (-1, 1):
        other = at + step
        while 0 <= other < len(lines) and lines[other].kind == Kind.BLANK:
            other += step
        if 0 <= other < len(lines) and lines[other].kind == Kind.FURNITURE:
            return True
    return False


def _drop_tail(lines: list[_Line], last: int) -> None:
    """Drop all that follows the first furniture line below the body.

    One such line alone is no tail: only what is surely furniture goes then.
    """
    outside = [at for at in range(last + 1, len(lines)) if lines[at].kind in _OUTSIDE]
    if not outside:
        return
    opening = lines[outside[0]]
    heads_more = opening.kind == Kind.FURNITURE and (
        heads_a_list(opening.text) or heads_comments(opening.text)
    )
    if len(outside) > 1 or heads_more or _is_raw_page(lines):
        for line in lines[outside[0] :]:
            line.is_kept = line.kind == Kind.BLANK


def _is_raw_page(lines: list[_Line]) -> bool:
    return sum(line.kind == Kind.FURNITURE for line in lines) >= _FEWEST_ON_PAGE


def _settle_headline(lines: list[_Line], first: int, title: str) -> str:
    """Find the headline where it is not given, and clear the lines around it."""
    head, body = lines[:first], lines[first:]
    found = _headline_line(head, body, title)
    if found is not None:
        title = title or without_site(found.text, _stems_of(body))
        for line in head[: head.index(found)]:
            line.is_kept = line.kind == Kind.BLANK
        found.is_kept, found.is_title = False, True
    is_page = found is not None or _is_raw_page(lines) or _is_page_head(head)
    if is_page and not _outweighs(head, body):
        _clear_head(head, found, is_titled=bool(title))
    for line in lines:
        if title and line.is_kept and line.text and _is_title(line.text, title):
            line.is_kept = False
    return title


def _headline_line(head: list[_Line], body: list[_Line], title: str) -> _Line | None:
    candidates = [line for line in head if Kind.EDGE <= line.kind < Kind.PARAGRAPH]
    if title:
        return next((line for line in candidates if _is_title(line.text, title)), None)
    if not candidates:
        return None
    chosen = choose([line.text for line in candidates], _stems_of(body))
    return None if chosen is None else candidates[chosen]


def _stems_of(body: list[_Line]) -> set[str]:
    return stems("\n".join(line.text for line in body if line.is_kept)[:6000])


def _clear_head(head: list[_Line], found: _Line | None, is_titled: bool) -> None:
    """Drop what stands above the body, but for sentences of it below the headline."""
    below = head.index(found) if found is not None else -1 if is_titled else len(head)
    for at, line in enumerate(head):
        is_lead = at > below and (line.kind == Kind.ROW or _leads_into_body(line))
        line.is_kept = line.kind == Kind.BLANK or (is_lead and line.is_kept)


def _outweighs(head: list[_Line], body: list[_Line]) -> bool:
    """True where more text stands above the first paragraph than below: a list, not a page."""
    above = sum(len(line.text) for line in head if line.is_kept and line.kind > Kind.EDGE)
    return above > 600 and above > sum(len(line.text) for line in body if line.is_kept)


def _is_page_head(head: list[_Line]) -> bool:
    """True where the lines above the body are furniture for the most part."""
    if any(line.kind == Kind.FURNITURE or line.is_copy for line in head):
        return True
    return sum(line.kind in (Kind.EDGE, Kind.INLINE) for line in head) > 1


def _is_title(line: str, title: str) -> bool:
    """True where a line is the headline, alone or with a short site name beside it."""
    if len(line) < 8 or not 0.8 * len(title) <= len(line) <= len(title) + 40:
        return False
    line_key, title_key = key(line), key(title)
    if line_key == title_key:
        return True
    return (
        len(title_key) > 20
        and len(line_key) < len(title_key) + 30
        and (line_key.startswith(title_key) or line_key.endswith(title_key))
    )


def _drop_repeats(lines: list[_Line], first: int) -> None:
    """Drop captions that stand twice, and all but the first of paragraphs that do."""
    seen: set[str] = {line.text for line in lines[:first] if not line.is_kept and line.text}
    for line in lines:
        if not line.is_kept or len(line.text) < _SHORTEST_REPEAT or line.kind == Kind.ROW:
            continue
        is_caption = line.is_copy and looks_like_caption(line.text, line.kind)
        is_again = line.text in seen and (line.is_copy or line.kind == Kind.PARAGRAPH)
        if is_caption or is_again:
            line.is_kept = False
        seen.add(line.text)


def _join(lines: list[_Line]) -> str:
    return "\n".join(_stripped("\n".join(line.text for line in lines if line.is_kept))).strip()


# Text whose lines were broken at a fixed width, as wires, mail and terminals do, made whole. Judged
# line by line, the pieces of a paragraph look like captions and headlines. What tells broken text
# from short lines: a line ends where the next word would not have fitted any more.


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
            is_titled = is_titled or (bool(joined) and _may_be_title(joined[-1]))
            joined.append(line)
        before = line
    return joined


def _may_be_title(line: str) -> bool:
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
