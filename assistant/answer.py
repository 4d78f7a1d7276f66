"""What the assistant returns: an answer, its citations and its receipt."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from warta.corpus.article import Article, Passage

Status = Literal["answered", "partial", "abstained"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; `role` is "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Citation:
    """`[number]` in the answer: `article.text[start:end] == quote`, inside `passage`."""

    number: int
    article: Article
    passage: Passage
    quote: str
    start: int
    end: int
    also: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """Words of Warta's own, no quotation: to be shown before `text[at]` of an answer."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """How an answer came about: enough to ask again and get the same.

    `query` is what was searched; `since` and `until` are inclusive days of publication;
    `seconds` the time from question to last word.
    """

    question: str
    query: str
    since: date | None
    until: date | None
    sources: tuple[str, ...]
    snapshot: str
    writer: str
    seconds: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer as far as it is written: `text` is plain with `[n]` markers.

    `strong` are the spans (start, end) of `text` that hold the name, date, number or place asked
    for, in order. `nearest` are articles offered where the archive does not answer. `unsupported`
    are the sentences of `text` that their citations do not carry. `asides` are what Warta adds to
    quotations, in order: whose they are and of which day, or that sources differ.
    """

    status: Status
    text: str
    language: str
    citations: tuple[Citation, ...]
    receipt: Receipt
    nearest: tuple[Article, ...] = ()
    unsupported: tuple[str, ...] = field(default=())
    strong: tuple[tuple[int, int], ...] = ()
    asides: tuple[Aside, ...] = ()
