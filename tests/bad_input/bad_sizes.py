"""Files that are too much of something: deep, long, slow to match, or unpacking without end."""

import gzip
import random
from collections.abc import Callable, Iterator
from itertools import islice

import bad_bases

Made = tuple[str, bytes]
_MIB = 2**20
_TEXT = bad_bases.TEXT

_DEEP_TAGS = (
    "p div span a b i font table ul li blockquote svg math template form object select "
    "details section article x-y"
).split()
_LEVELS = (300, 100_000)


def _nested(opening: str, inner: str, closing: str, levels: int) -> str:
    return opening * levels + inner + closing * levels


def _deep() -> Iterator[Made]:
    for levels in (150, 300, 990, 5_000, 100_000, 1_000_000):
        for opening, closing in (("[", "]"), ('{"text":', "}"), ('[{"articles":', "}]")):
            whole = _nested(opening, '"x"', closing, levels)
            yield ".json", whole.encode()
            yield (".jsonl", (whole + "\n" + opening * levels).encode())
    for tag in _DEEP_TAGS:
        for levels in _LEVELS:
            page = f"<html><body>{_nested(f'<{tag}>', _TEXT, f'</{tag}>', levels)}"
            yield (".html", page.encode())
            yield (".html", f"<html>{f'<{tag}>' * levels}{_TEXT}".encode())
    for levels in _LEVELS:
        for tag in ("a", "item", "entry", "channel", "description", "content"):
            inner = _nested(f"<{tag}>", _TEXT, f"</{tag}>", levels)
            yield (".xml", f"<rss version='2.0'><channel>{inner}".encode())
        for opening in ("[", "![", "(", "*", "_", "> ", "- ", "`", "<b>", "[x](", "**a __b "):
            yield (".md", (opening * levels + _TEXT).encode())


# Each is repeated to 400,000 characters: what a pattern might try again from every place.
UNITS = (
    "a", "A", "1", " ", "\n", "\t", ".", ",", "-", "–", "“", '"', "'", "(", "[", "<", "&", "#", "/",
    ":", ";", "!", "?", "_", "*", "\u200b", "\u0301", "\u202e", "é", "漢", "😀", "ﷺ", "\ufffd",
    "a ", "A ", "a.", "A. ", "a\n", ". ", "1.", "1,", "1 ", "1/", "1-", "1:", "a,", "a-", "\n\n",
    " \n", "a  ", "- ", "— ", "Dr. ", "No. ", "Rp1.", "PT ", "St. ", "U.S. ", "www.", "http://",
    "https://a.b/", "a@b.c ", "@a ", "#a ", "Baca juga: ", "Baca Juga", "Simak ", "(7/2/2026) ",
    "7/2/", "2026-02-07", "1 Januari ", "Senin, ", "Senin (1/1) ", "kemarin ", "pukul 10.00 ",
    "Copyright ", "© 2026 ", "diperbarui ", "updated ", "Editor: ", "Penulis: ", "(*)", "JAKARTA, ",
    "JAKARTA, KOMPAS.com - ", "A. B. ", "“a” ", '"a" ', "’", "M.Sc. ", "a.b.c.", "...", "…", "?!",
    "<p>", "<p>a", "</p>", "<br>", "<a href=x>", "<!--", "-->", "<![CDATA[", "<script>", "<style>",
    "&amp;", "&#65;", "&lt;p&gt;", "<p ", "<p a=", "<a b='", "</", "<title>", "<time>", "<meta ",
    "[a](b)", "![", "](", "[[", "# a\n", "> ", "---\n", "**a", "__a", "*a* ", "_a ", "a: b\n", "\\",
    "Iklan\n", "Komentar\n", "Share\n", "Tags: a\n", "1. a\n", "• a\n", "A\n", "a a a a a a a a\n",
    "ANTARA\n", "Kata kunci\n", "a | b | c\n", "10.000 ", "3,5 persen ", "Rp 4 miliar ", "ke-1 ",
)  # fmt: skip
_SLOW_ENDINGS = (".txt", ".html", ".md", ".rss")


def slow(chance: random.Random, number: int) -> Made:
    """A long run of one small piece, as text, page, Markdown or feed."""
    unit = UNITS[number // len(_SLOW_ENDINGS) % len(UNITS)]
    ending = _SLOW_ENDINGS[number % len(_SLOW_ENDINGS)]
    body = unit * (400_000 // len(unit))
    if ending == ".html":
        return ending, f"<html><body><article><p>{_TEXT}</p>{body}</article></body></html>".encode()
    if ending == ".rss":
        inside = body.replace("&", "&amp;").replace("<", "&lt;")
        return ending, bad_bases.rss({**bad_bases.FIELDS, "text": inside}).encode()
    return ending, f"{_TEXT}\n{body}\n{_TEXT}".encode()


def _lines() -> Iterator[Made]:
    """One line of 50 MB, and fields, names, columns, rows and tags by the million."""
    word, row = b"a" * (50 * _MIB), bad_bases.table().encode()
    for ending in (".txt", ".md", ".rss"):
        yield ending, word
    yield ".html", b"<p>" + word
    yield ".json", b'"' + word + b'"'
    yield ".jsonl", b'{"text": "' + word + b'"}'
    yield ".csv", b"text\n" + word
    yield ".jsonl.gz", gzip.compress(b'{"text": "' + word + b'"}', 1)
    yield ".csv", b"text," * 1_000_000 + b"\n"
    yield ".csv", row + b"," * 8_000_000
    yield ".csv", row + b'"' + b"a\n" * 3_000_000
    yield ".csv", row * 200_000
    yield ".csv", b"text\n" + b'"a""' * 900_000
    yield ".csv", b"text\n" + b"a,b\n" * 500_000
    yield ".jsonl", b"{}\n" * 500_000
    yield ".jsonl", b'{"text": "Satu kalimat."}\n' + b"x\n" * 2_000_000
    yield ".jsonl", b'{"text": "' + b"a " * 600_000 + b'"}'
    yield ".json", b'{"' + b"k" * 4_000_000 + b'": 1, "text": "x"}'
    yield ".json", b"{" + b",".join(b'"k%d": 1' % n for n in range(500_000)) + b"}"
    yield ".jsonl", b"{" + b",".join(b'"k%d": 1' % n for n in range(200_000)) + b"}"
    yield ".html", b"<p>" + b"<a b=c>" * 55_000
    yield ".html", b"<p " + b"a=b " * 1_500_000 + b">x"
    yield ".html", b"<p>" * 59_000 + _TEXT.encode()
    yield ".html", b"<tr><td>a" * 29_000
    yield ".html", b"<p>x</p>" * 29_000
    yield ".rss", b"<rss><channel>" + b"<item/>" * 190_000
    yield ".rss", b"<rss><channel>" + b"<item><title>a</title></item>" * 49_000
    yield ".rss", b"<rss><channel><item " + b"".join(b"a%d='b' " % n for n in range(200_000))
    yield ".atom", b"<feed xmlns='http://www.w3.org/2005/Atom'>" + b"<entry><link/>" * 90_000


def _values() -> Iterator[Made]:
    """JSON just below the limit of bytes, each a few of which make an object in memory."""
    size = 60 * _MIB
    for piece in (b"[],", b"{},", b"1,", b"1.5,", b'"ab",', b"[[]],", b'{"a":1},'):
        yield ".json", b"[" + piece * (size // len(piece)) + b"1]"


def _bombs() -> Iterator[Made]:
    """A few hundred kilobytes that unpack to as much as 9 GiB."""
    line = b'{"text": "Satu kalimat saja."}\n'
    yield ".jsonl.gz", gzip.compress(bytes(16 * _MIB)) * 600
    yield ".jsonl.gz", gzip.compress(b"\n" * 16 * _MIB) * 600
    yield ".jsonl.gz", gzip.compress(b"{}\n" * 5_000_000) * 10
    yield ".jsonl.gz", gzip.compress(line + b"x\n" * 8_000_000)
    yield ".jsonl.gz", gzip.compress(b"\xff\xfe" + b"\x00\n" * 8_000_000) * 20
    yield ".jsonl.gz", gzip.compress(b"") * 1_000_000
    yield ".jsonl.gz", gzip.compress(b"[" * _MIB * 200)
    yield ".jsonl.gz", gzip.compress(gzip.compress(bytes(200 * _MIB)))


_LISTS: dict[str, Callable[[], Iterator[Made]]] = {
    "deep": _deep, "lines": _lines, "values": _values, "bombs": _bombs,
}  # fmt: skip


def listed(family: str, number: int) -> Made:
    """Return the case of a family that is a list; the others of it are not kept."""
    return next(islice(_LISTS[family](), number, None))


def length(family: str) -> int:
    """Count the cases of a family that is a list."""
    return sum(1 for _ in _LISTS[family]())
