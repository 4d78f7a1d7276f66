"""What flows out of the corpus: records as found, articles as cleaned, passages as cited."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal

from warta.corpus.errors import InputError

Format = Literal["text", "html"]

PAGE_BREAK = "\n<!-- warta: the next page of the same article -->\n"
"""Stands between the HTML pages of one article in a record."""


@dataclass(frozen=True, slots=True)
class Record:
    """One news item as it was found, before anything is cleaned or decided.

    `origin` is the file's path as given by the user or the feed's address; `line` the 1-based
    line, row or entry inside it, None for a file that is one item. `fingerprint` is a SHA-256
    over all that was found: while it stays, the item need not be cleaned again.
    """

    id: str
    title: str
    text: str
    date: str
    source: str
    url: str
    origin: str
    line: int | None
    format: Format
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, line or item that was not taken: where, why, and what would help.

    `rest`: nothing after `line` in this origin was read either.
    """

    origin: str
    line: int | None
    reason: str
    remedy: str
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """One cleaned news item.

    `removed` lists the lines cleaning took out, in order. `date_note` says how `published`
    was chosen where its sources disagree, "" where they agree. `language` is "id", "en" or
    "" where the text is too short to tell. `updated` is the day its outlet's change of it was first
    read, None for an article that stayed as it was; it is no part of the content.
    """

    id: str
    title: str
    text: str
    published: date | None = None
    source: str = ""
    url: str = ""
    language: str = ""
    origin: str = ""
    removed: tuple[str, ...] = ()
    date_note: str = ""
    updated: date | None = None

    def __post_init__(self) -> None:
        if not self.id.strip():
            raise InputError("An article has an empty id.", "Give each article an id.")
        if not self.text.strip():
            raise InputError(f"Article {self.id!r} has no text.", "Give it a text.")

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) over everything a reader can see of the article."""
        published = self.published.isoformat() if self.published else ""
        parts = (self.id, self.title, self.text, published, self.source, self.url, self.language)
        return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded, retrieved and cited: `article.text[start:end] == text`.

    `ordinal` counts the passages of one article from 0.
    """

    article_id: str
    ordinal: int
    text: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or self.end - self.start != len(self.text):
            raise InputError(
                f"Passage {self.ordinal} of {self.article_id!r} spans {self.start}..{self.end} "
                f"but its text has {len(self.text)} characters.",
                "Offsets are characters into the cleaned article.",
            )
