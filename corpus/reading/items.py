"""One news item as a table row, feed entry or page gives it, before it has an id of ours."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlsplit

from warta.corpus.article import Format
from warta.corpus.reading.encoding import sound

# Any element of HTML, opened with attributes as pages have them or closed. A letter in angle
# brackets of a plain text ("<i class>", "a < b") has neither.
_TAGS = re.compile(
    r"</(?:p|div|span|a|h[1-6]|li|ul|ol|strong|em|b|i|u|s|article|section|body|td|tr|table|figure|"
    r"figcaption|blockquote|iframe|font|center|video|picture|small|sup|sub|pre)\s*>"
    r"|<(?:br|hr|p|div|ul|ol|li|table|tr|td|section|article|blockquote|figure|h[1-6]|center|u)\s*/?>"
    r"|<(?:img|a|p|div|span|figure|iframe|font|video|audio|source|embed|section|article|table|"
    r"blockquote|h[1-6]|script|style|link|amp-[a-z]+)\s[^<>]{0,2000}?[\w-]+\s*=\s*[\"'\w]"
    r"|<!--|<!\[CDATA\[",
    re.I,
)
_PAGE = re.compile(r"\s*(?:<!doctype html|<html|<head|<body|<article)[\s>]", re.I)
_WESTERN_INDONESIA = timezone(timedelta(hours=7))
# Where other systems keep the text of a nested value: WordPress, NewsAPI, MongoDB, JSON-LD.
_DOT_NET = re.compile(r"\\?/Date\((-?\d{9,16})(?:[+-]\d{4})?\)\\?/")
_LONG = re.compile(r"\d{13,19}")  # milliseconds and finer, written as text
_INNER = ("rendered", "name", "$oid", "$date", "text", "value", "@id", "href", "title")
# What editors keep paragraphs under: Editor.js, Gutenberg, Arc, Contentful, Quill, ProseMirror.
_BLOCKS = (
    *("content", "innerHTML", "body", "data", "html", "insert", "ops", "children", "blocks"),
    *("paragraphs", "items", "root", "paragraph", "paragraf", "p", "basic"),
)
_INSIDE = ("children", "content")  # what a block consists of: words, where some of it is text
_BREAKS = frozenset("hardBreak hard_break hardbreak linebreak lineBreak break br".split())
_CLOCKS = ("time", "clock", "jam", "waktu", "pukul")  # of an entry in a live report
_SHORT = 40
_MOMENTS = ("$date", "$numberLong", "$numberInt", "$numberDouble", *_INNER)


@dataclass(frozen=True, slots=True)
class Item:
    """One news item; every field "" where it was not given. `line` as in `Record`."""

    line: int | None = None
    id: str = ""
    title: str = ""
    text: str = ""
    date: str = ""
    source: str = ""
    url: str = ""
    format: Format = "text"


def as_text(value: object, depth: int = 0) -> str:
    """Return a JSON value as text: lists as lines, objects by their usual inner name.

    A body may be a list of paragraphs or of blocks as editors keep them.
    """
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, bool) or value is None or depth > 8:
        return ""
    if isinstance(value, int):
        return _digits(value)
    if isinstance(value, float):
        return f"{value:.15g}" if math.isfinite(value) else ""
    if isinstance(value, list):
        by = "" if _is_inline(value) else "\n"
        return by.join(part for each in value[:10_000] if (part := as_text(each, depth + 1)))
    if isinstance(value, dict):
        return _of_block(value, depth)
    return ""


def _is_inline(value: list[object]) -> bool:
    """True for the pieces of one paragraph, parted where their style changes."""
    return all(_is_piece(each) for each in value)


def _is_piece(value: object) -> bool:
    """True for words with one style, as the formats of editors name them."""
    if not isinstance(value, dict):
        return False
    kind = value.get("type") or value.get("_type") or value.get("nodeType")
    is_words = isinstance(value.get("text", value.get("value")), str)
    return "insert" in value or (kind in ("text", "span") and is_words)


def _is_leaf(value: object) -> bool:
    """True for a piece inside a block, where it needs no name of its kind."""
    if not isinstance(value, dict):
        return False
    return _is_piece(value) or ("type" not in value and isinstance(value.get("text"), str))


def _of_block(value: dict[str, object], depth: int) -> str:
    """Return the text of an object; of an editor's block with what stands inside it."""
    if str(value.get("type")) in _BREAKS:
        return "\n"
    for key in _INSIDE:
        inside = value.get(key)
        if isinstance(inside, list) and any(map(_is_leaf, inside)):  # links stand among words
            return "".join(as_text(each, depth + 1) for each in inside[:10_000])
    for key in _INNER:
        if key in value and (text := as_text(value[key], depth + 1)):
            clock = next((value[name] for name in _CLOCKS if isinstance(value.get(name), str)), "")
            is_entry = isinstance(clock, str) and 0 < len(clock) <= _SHORT
            return f"{clock}\n{text}" if is_entry and key in ("rendered", "text") else text
    for key in _BLOCKS:
        if isinstance(value.get(key), dict | list | str) and (
            text := as_text(value[key], depth + 1)
        ):
            return text
    return ""


def _digits(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to write out integers of more than 4,300 digits
        return ""


def as_line(value: object) -> str:
    """Return a JSON value as one line without control characters."""
    text = " ".join(as_text(value).split())
    return text if text.isprintable() else "".join(c for c in text if c.isprintable())


_NOTHING = frozenset(
    r"""- -- --- – — . .. ... … / \ \n # ? * _ null nil none nan n/a n.a. na #n/a #value! #ref!
    #name? undefined (null) (none) <null> <none> [null] kosong false about:blank
    javascript:void(0) javascript:; http:// https:// 0000-00-00 tba -1""".split()
)


_LONGEST_NOTHING = max(map(len, _NOTHING))


def as_name(value: object) -> str:
    """Return what names something (id, outlet, address) as a line, "" for a placeholder.

    Tables and dumps write "-", NULL, nan or N/A where they have nothing; taken as a name, it would
    make one article of many.
    """
    line = as_line(value)
    return "" if len(line) <= _LONGEST_NOTHING and line.casefold() in _NOTHING else line


def as_address(value: object) -> str:
    """Return an address of one page, "" for a placeholder and for the front page of a site."""
    line = as_name(value)
    if _PAGE_ADDRESS.match(line):
        return line  # as nearly all are: a path below a host
    if not line.lower().startswith(("http://", "https://", "//")):
        # A path or a bare host says where on a site, and names an article there.
        return line if "/" in line.strip("/") or "." not in line else ""
    try:
        parts = urlsplit(line)
    except ValueError:
        return line
    path = parts.path.strip("/").lower()
    is_front = not parts.query and (not path or _FRONT_PAGE.fullmatch(path))
    return "" if is_front and not parts.fragment.strip("!/") else line


_PAGE_ADDRESS = re.compile(r"https?://[^/?#\s]+/[^/?#]{3,}/[^/?#]{3,}", re.I)
_FRONT_PAGE = re.compile(r"(?:index|default|home|beranda)(?:\.\w{3,5})?")


def as_date(value: object, depth: int = 0) -> str:
    """Return a date as it was written; Unix time as ISO 8601 in WIB (UTC+7).

    Unix time may be seconds, milliseconds, micro- or nanoseconds, bare, as MongoDB writes it
    (`$date`, `$numberLong`) or as .NET does (`/Date(1567683000000+0700)/`).
    """
    if isinstance(value, dict) and depth < 4:
        inner = next((value[key] for key in _MOMENTS if key in value), "")
        return as_date(inner, depth + 1)
    if isinstance(value, str):
        if found := _DOT_NET.fullmatch(value.strip()):
            value = int(found[1])
        elif _LONG.fullmatch(value.strip()):
            value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 1e8 < value < 4e18:
        seconds = float(value)
        while seconds > 1e11:
            seconds /= 1000
        if seconds < 4e9:
            moment = datetime.fromtimestamp(seconds, UTC).astimezone(_WESTERN_INDONESIA)
            return moment.isoformat(timespec="seconds")
    return as_name(value)


def format_of(text: str) -> Format:
    """Tell HTML from plain text by its tags: any element of HTML, a picture as well."""
    if "<" not in text:
        return "text"
    return "html" if _TAGS.search(text[:50_000]) else "text"


def is_page(text: str) -> bool:
    """Tell a whole HTML page that was saved under another name."""
    return _PAGE.match(text[:1000]) is not None
