"""Files that are one article each: plain text, Markdown, HTML."""

import re
from typing import Final

from warta.corpus.errors import InputError
from warta.corpus.reading.columns import Columns
from warta.corpus.reading.encoding import decode, sound
from warta.corpus.reading.items import Item, as_line, is_page

_FRONT = re.compile(r"---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_PAIR = re.compile(r"([A-Za-z_][\w -]{0,40}):[ \t]*(.*)")
_HEADING = re.compile(r"#[ \t]+([^\n]+)")
# No pattern can run past the next mark of its own kind: the time is in proportion to the text.
_PLAIN: Final = (
    (re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]\n]{1,300})\]\([^()\n]{0,2000}\)"), r"\1"),
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.M), ""),
    (re.compile(r"^[ \t]{0,3}>[ \t]?", re.M), ""),
    (re.compile(r"^[ \t]{0,3}(?:-{3,}|\*{3,}|_{3,})[ \t]*$", re.M), ""),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,2000})(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=[^\s_])([^_\n]{1,2000})(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"\*\*(?=[^\s*])([^*\n]{1,2000})(?<=\S)\*\*"), r"\1"),
    (re.compile(r"__(?=[^\s_])([^_\n]{1,2000})(?<=\S)__"), r"\1"),
)


def text_item(data: bytes) -> Item:
    """Return a .txt file as an item; a whole HTML page under that name is taken as one."""
    text = sound(decode(data))
    return Item(text=text, format="html" if is_page(text) else "text")


def html_item(data: bytes) -> Item:
    """Return an HTML page as an item; its fields are found when it is cleaned."""
    return Item(text=sound(decode(data, page=True)), format="html")


def markdown_item(data: bytes, columns: Columns, limit: int) -> Item:
    """Return a Markdown file as an item: front matter, a first heading, text without markup.

    A text of more than `limit` characters keeps its markup: it is too long for an article.
    """
    text = sound(decode(data)).replace("\r\n", "\n").lstrip()
    if len(text) > limit:
        return Item(text=text)
    front = _FRONT.match(text)
    given: dict[str, object] = {}
    if front:
        text = text[front.end() :]
        for line in front[1].split("\n"):
            if pair := _PAIR.match(line):
                given[pair[1].strip()] = pair[2].strip().strip("\"'")
    heading = _HEADING.match(text := text.lstrip())
    title = as_line(columns.value(given, "title"))
    if heading and (not title or as_line(heading[1]) == title):
        title, text = as_line(_strip(heading[1]).rstrip(" \t#")), text[heading.end() :].lstrip()
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
