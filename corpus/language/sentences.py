"""Sentence boundaries with offsets, for Indonesian and English news.

A full stop ends a sentence unless what stands before it is an abbreviation, an initial, an academic
title or a list number, or what stands after it cannot begin one. Two habits of scraped archives are
read as boundaries too: paragraphs joined by a comma (`selesai., Namun`) and paragraphs glued
together (`selesai.Namun`). Short quotations stay in one piece with the words that introduce them.
Which openings lean on the sentence before stands in the table beside this file, counted by
`warta.index.training.leaning`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

LEANING: Final = Path(__file__).with_name("leaning.txt")
LONGEST_QUOTE = 300
"""Characters up to which a quotation of several sentences is kept whole."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text, end exclusive."""

    start: int
    end: int


_OPENING_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# What joins a sentence to the one before it and hangs without it. Annotators want that one beside
# 0.28 of 137 such sentences, as beside 0.29 of all; yet nobody opens an answer with "Dan".
_JOINING = frozenset(
    ("dan", "padahal", "sebaliknya", "contohnya", "akibatnya", "pihaknya", "selain itu",
     "karena itu", "oleh karena", "oleh sebab", "meski begitu", "meski demikian", "kedua orang",
     "sedangkan", "he", "she", "they", "it", "this", "but")
)  # fmt: skip


def leans(sentence: str) -> bool:
    """Tell a sentence that means little without the one before it, by how it opens."""
    return any(found in _leaning() or found in _JOINING for found in openings(sentence))


def openings(sentence: str) -> tuple[str, ...]:
    """Return by what a sentence opens: its first word, the first two, "… tersebut".

    The last where that is among its second to fourth word.
    """
    found = islice(_OPENING_WORD.finditer(sentence), 4)
    words = [word[0].lower() for word in found]
    two = [" ".join(words[:2])] if len(words) > 1 else []
    return (*words[:1], *two, *(["… tersebut"] if "tersebut" in words[1:] else []))


@cache
def _leaning() -> frozenset[str]:
    return frozenset(LEANING.read_text("utf-8").splitlines())


# Never the end of a sentence: a name, number or address follows.
_TITLES = frozenset(
    """a.n adm alm almh an bp bpk brigjen bripda bripka capt cq cv d.a dr dra drg drh drs e.g fa
    gen gg gov h hj hon i.e ig insp ir irjen jend jl jln kab kap kapt kec kel kep kh kol kombes
    komjen kompol ks lt letjen mayjen messrs mgr moh mr mrs ms muh ny nn nyonya op pdt pgs pjs plh
    plt prof prov ps pt r rev rm s.d sdr sdri sen sgt spk st sr tgk tn tuan u.p ud ust vs yang yth
    laks marsda marsdya serda serka sertu aipda aiptu akbp akp iptu ipda briptu bripol
    ph""".split()
) - {"yang", "an", "op", "st"}
_BEFORE_NUMBERS = frozenset(
    """no nos nomor hal hlm hlmn vol art psl pasal ay ayat telp tel fax pp p ed rp tgl bab fig sec
    jan feb mar apr jun jul aug agu agt sep sept oct okt nov dec des kav blok rt rw km""".split()
)
# May end one: a boundary only where the next word opens sentences.
_COMPANIES = frozenset("inc ltd co corp tbk llc plc jr sr bros dept est st".split())
_LISTS = frozenset("dll dkk dsb dst etc dlsb dsj".split())
_OPENERS = frozenset(
    """ada adapun agar akan akibat akibatnya aku anda apa apabila apakah artinya atas bagi bahkan
    banyak baru begitu belum berdasarkan berikut bila bukan dalam dan dari demikian dengan dia di
    dua dulu hal hari hasil hingga ia ini itu jadi jangan jika juga kalau kalian kami kamu karena
    kata kedua kemudian kepada ketika kini kita lalu lantas lebih maka masih melalui memang menurut
    mereka meski meskipun misalnya mulai nah namun nantinya oleh pada padahal para pertama pihak
    pihaknya pun rencananya saat saya sebab sebagai sebanyak sebelum sebelumnya sebelumnya sebuah
    sedangkan sehingga sejak sejauh sejumlah sekarang sekitar selain selama selanjutnya seluruh
    semua sementara semoga seorang seperti serta sesuai setelah setiap siapa sudah tak tapi telah
    tentu terakhir terkait termasuk ternyata tetapi tidak tiga untuk usai walau warga yakni yang
    a after all also although an and another as at because before both but by during each even
    finally first for from he her his how however i if in it its last many meanwhile most my no not
    of on one our she since so some still such that the their then there these they this those
    though to two under until we what when where which while who why with you""".split()
)
_LETTERED = frozenset(
    """vitamin grup group golongan kelas blok hepatitis tipe type plan seri series liga kategori
    category class kelompok paket ruang gedung terminal poin huruf opsi rencana virus""".split()
)
# What in capitals ends a name behind a full stop: "data.PDF", "Node.JS", "Kemendag.RI".
_NO_OPENINGS = frozenset("tv us ri js pdf jpg png doc xls tbk".split())
_DOMAINS = frozenset("com co id net org go ac tv info biz".split())

# End marks, quotes and brackets that close with them, then what parts the sentences.
_MARKS = re.compile(
    r"(?P<marks>[.!?…]+)(?P<close>[\"”’'»)\]]*)(?P<comma>\s?,(?=\s?[\"“‘(A-Z-]))?(?P<gap>\s*)"
)
_TOKEN = re.compile(r"[^\s\"“”‘’'()\[\],;:/]*$")
_PREVIOUS = re.compile(r"([^\W\d_]+)\W*$")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,5}\.)+[^\W\d_]{1,6}")
_OPENING = re.compile(r"[\"“‘'«(\[•*#@–—-]*\s?")
_QUOTES = re.compile(r"[“”\"]")
_WORD = re.compile(r"[^\W_]+")
_LINE = re.compile(r"[^\n]+")
_CLOCK = re.compile(r"\b(?:pukul|jam|at) \d\d?\. ?\d\d", re.I)
_HAS_WORD = re.compile(r"[^\W_]")
_LOOK_BACK = 40


def sentences(text: str) -> list[Span]:
    """Sentences of `text`, in order and disjoint, without outer spaces.

    None crosses a newline. Every character but spaces and the commas that join paragraphs lies in
    one of them; marks without a word belong to the sentence before (or after, at the beginning).
    """
    found: list[Span] = []
    for line in _LINE.finditer(text):
        found.extend(_of_paragraph(line.group(), line.start()))
    return found


def _of_paragraph(line: str, offset: int) -> Iterator[Span]:
    start = 0
    held: Span | None = None
    for end, after in [*_boundaries(line), (len(line), len(line))]:
        piece = line[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        start = after
        if left >= right:
            continue
        if held and not (
            _HAS_WORD.search(line, left, right) and _HAS_WORD.search(line, held.start, held.end)
        ):
            held = Span(held.start, right)
            continue
        if held:
            yield Span(held.start + offset, held.end + offset)
        held = Span(left, right)
    if held:
        yield Span(held.start + offset, held.end + offset)


def _boundaries(line: str) -> Iterator[tuple[int, int]]:
    """(end of a sentence, beginning of what follows) for each boundary inside a paragraph."""
    quotes = _quotations(line)
    starts = [span.start for span in quotes]
    begun = counted = quote_marks = 0
    for match in _MARKS.finditer(line):
        quote_marks += line.count('"', counted, match.start())
        counted = match.start()
        end, after = match.end("close"), match.end()
        if after >= len(line):
            return
        if not match["gap"] and not match["comma"]:
            glued = _glued(line, match, is_open=quote_marks % 2 == 1)
            if glued is None:
                continue
            end = after = glued
        elif not _parts(line, match, begun):
            continue
        inside = bisect_right(starts, end - 1) - 1
        if inside >= 0 and end < quotes[inside].end:
            continue
        yield end, after
        begun = after


def _quotations(line: str) -> list[Span]:
    """Quotations short enough to be kept whole."""
    spans: list[Span] = []
    opened = -1
    for match in _QUOTES.finditer(line):
        at, mark = match.start(), match.group()
        if mark == "“" or (mark == '"' and _opens(line, at, opened >= 0)):
            opened = at
        elif opened >= 0:
            if at - opened <= LONGEST_QUOTE:
                spans.append(Span(opened, at + 1))
            opened = -1
    return spans


def _opens(line: str, at: int, is_open: bool) -> bool:
    """True where a straight mark opens a quotation: by the spaces around it, else by turns."""
    is_left_free = at == 0 or line[at - 1] in " (["
    is_right_free = at + 1 == len(line) or not line[at + 1].isalnum()
    if is_left_free != is_right_free:
        return is_left_free
    return not is_open and not is_right_free


def _parts(line: str, match: re.Match[str], begun: int) -> bool:
    """True where the marks, followed by a gap or a joining comma, end a sentence."""
    opening = _OPENING.match(line, match.end())
    after = opening.end() if opening else match.end()
    word = _WORD.match(line, after)
    if word is None:
        return False
    first = word.group()[0]
    if first.islower():
        return False
    if match["marks"] != ".":
        return True
    token = _TOKEN.search(line, max(begun, match.start() - _LOOK_BACK), match.start())
    before = token.group() if token else ""
    if match["close"]:
        return not match["comma"] or len(before) > 2
    is_plain = not (word.start() > match.end() and line[match.end()] in '"“‘')
    opens = not is_plain or word.group().lower() in _OPENERS
    return _ends(line, match.start(), before, begun, opens, first.isdigit(), bool(match["comma"]))


def _ends(
    line: str, at: int, before: str, begun: int, opens: bool, is_number: bool, is_joined: bool
) -> bool:
    """True where a full stop after the token `before`, at `at`, ends a sentence."""
    low = before.lower().lstrip("-–—•*#")
    if low in _TITLES or (low in _BEFORE_NUMBERS and is_number):
        return False
    if low in _COMPANIES:
        return opens and not is_joined
    if low in _LISTS:
        return not is_joined
    if len(low) == 1 and low.isalpha():
        return not is_joined and _is_no_initial(line, at, begun, opens)
    if _DOTTED.fullmatch(low):
        return opens and not is_joined
    if low.isdigit() and len(low) <= 3 and not line[begun : at - len(before)].strip():
        return False  # "1. Jembatan": the number of a list item
    if low.isdigit() and len(low) <= 2 and is_number and _CLOCK.search(line, begun, at + 5):
        return False  # "pukul 10. 30"
    return bool(low) or at > begun


def _is_no_initial(line: str, at: int, begun: int, opens: bool) -> bool:
    """True for "vitamin C. Selain itu", False for "J. K. Rowling" and for "a. Syarat umum"."""
    if not line[begun : at - 1].strip():
        return False
    previous = _PREVIOUS.search(line, max(begun, at - _LOOK_BACK), at - 1)
    return opens or bool(previous and previous[1].lower() in _LETTERED)


def _glued(line: str, match: re.Match[str], is_open: bool) -> int | None:
    """Where the next sentence begins that was glued to this one, None where none was.

    A straight quotation mark after the full stop closes this sentence where a quotation
    `is_open` and opens the next one otherwise.
    """
    if match["marks"] != "." and set(match["marks"]) - set("!?"):
        return None
    after = match.end("close")
    if match["close"] == '"' and not is_open:
        after = match.end("marks")
    word = _WORD.match(line, after + (line[after] in '“"'))
    if word is None or len(word.group()) < 2:
        return None
    in_capitals = word.group().isupper() and word.group().lower() not in _NO_OPENINGS
    if not word.group().istitle() and not in_capitals:
        return None
    token = _TOKEN.search(line, max(0, match.start() - _LOOK_BACK), match.start())
    stem = (token.group() if token else "").lower()
    if word.group().lower() in _DOMAINS or stem in _TITLES | _BEFORE_NUMBERS | _COMPANIES:
        return None
    before = line[match.start() - 1 : match.start()]
    is_word = before.islower() and len(stem) >= 3 and "." not in stem
    is_number = stem.isdigit() and len(stem) > 1 and not in_capitals  # "pukul 19.WIB"
    return after if before in ')]”"' or is_word or is_number else None
