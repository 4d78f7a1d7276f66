"""Files that are one article each: plain text, Markdown, HTML."""

import re
from typing import Final

from corpus.columns import Columns
from corpus.encoding import decode, sound
from corpus.errors import InputError
from corpus.items import Item, as_line, is_page

_FRONT = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_PAIR = re.compile(r"([A-Za-z_][\w -]{0,40}):[ \t]*(.*)")
_HEADING = re.compile(r"\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_PLAIN: Final = (
    (re.compile(r"!\[([^\]\n]{0,300})\]\([^)\n]{0,2000}\)"), ""),
    (re.compile(r"\[([^\]\n]{1,300})\]\([^)\n]{0,2000}\)"), r"\1"),
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.M), r"\1"),
    (re.compile(r"^[ \t]{0,3}>[ \t]?", re.M), ""),
    (re.compile(r"^[ \t]{0,3}(?:[-*_][ \t]*){3,}$", re.M), ""),
    (re.compile(r"(\*\*|__)(?=\S)([^\n]{1,2000}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,2000}?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]{1,2000}?)(?<=\S)_(?!\w)"), r"\1"),
)


def text_item(data: bytes) -> Item:
    """Return a .txt file as an item; a whole HTML page under that name is taken as one."""
    text = sound(decode(data))
    return Item(text=text, format="html" if is_page(text) else "text")


def html_item(data: bytes) -> Item:
    """Return an HTML page as an item; its fields are found when it is cleaned."""
    return Item(text=sound(decode(data, page=True)), format="html")


def markdown_item(data: bytes, columns: Columns) -> Item:
    """Return a Markdown file as an item: front matter, a first heading, text without markup."""
    text = sound(decode(data)).replace("\r\n", "\n").lstrip()
    front = _FRONT.match(text)
    given: dict[str, object] = {}
    if front:
        text = text[front.end() :]
        for line in front[1].split("\n"):
            if pair := _PAIR.match(line):
                given[pair[1].strip()] = pair[2].strip().strip("\"'")
    heading = _HEADING.match(text)
    title = as_line(columns.value(given, "title"))
    if heading and (not title or as_line(heading[1]) == title):
        title, text = as_line(_strip(heading[1])), text[heading.end() :]
    if not text.strip():
        raise InputError("It has no text below its heading.", "")
    return Item(
        id=as_line(columns.value(given, "id")),
        title=title,
        text=_strip(text),
        date=as_line(columns.value(given, "date")),
        source=as_line(columns.value(given, "source")),
        url=as_line(columns.value(given, "url")),
    )


def _strip(text: str) -> str:
    for pattern, replacement in _PLAIN:
        text = pattern.sub(replacement, text)
    return text
