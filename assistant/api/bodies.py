"""What the HTTP API returns, as pydantic models; the OpenAPI description comes of them."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

_KEPT = 10_000  # characters of an answer that somebody had an opinion on


class Problem(BaseModel):
    """What happened, with the value, and what to do."""

    what: str
    remedy: str = ""


class Failure(BaseModel):
    """The body of every response that is not a success."""

    error: Problem


class HitBody(BaseModel):
    """One passage; start and end count characters of the article's text."""

    rank: int
    score: float
    article_id: str
    title: str
    published: date | None
    source: str
    url: str
    text: str
    start: int
    end: int


class ArticleRef(BaseModel):
    """What identifies an article."""

    article_id: str
    title: str
    published: date | None
    source: str
    url: str


class ArticleBody(ArticleRef):
    """One article as it was cleaned."""

    text: str
    language: str


class CitationBody(ArticleRef):
    """`[number]` in the answer: `article.text[start:end] == quote`."""

    number: int
    quote: str
    start: int
    end: int
    also: list[ArticleRef] = Field(
        description="Articles with nearly the same text: of other outlets, which carried it too, "
        "and of the same one, which are other versions of it and no second source."
    )


class AsideBody(BaseModel):
    """Words of Warta's own, to be shown before `text[at]` of the answer."""

    at: int
    text: str


class ReceiptBody(BaseModel):
    """How the answer came about."""

    question: str
    query: str
    since: date | None
    until: date | None
    sources: list[str]
    snapshot: str
    writer: str
    seconds: float
    notes: list[str]


class AnswerBody(BaseModel):
    """An answer: plain text with `[n]` markers, and what each n is.

    `strong` are the spans [start, end] of the text that hold the name, date, number or place
    that was asked for, `asides` what Warta itself adds to quotations.
    """

    status: Literal["answered", "partial", "abstained"]
    text: str
    language: str
    citations: list[CitationBody]
    nearest: list[ArticleRef]
    unsupported: list[str]
    strong: list[tuple[int, int]]
    asides: list[AsideBody]
    receipt: ReceiptBody


class StatusBody(BaseModel):
    """What the index covers."""

    snapshot: str
    articles: int
    first: date | None
    last: date | None
    sources: dict[str, int]
    built: str


class Opinion(BaseModel):
    """What a reader thought of an answer."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["up", "down"]
    reason: str = Field(default="", max_length=500)
    question: str = Field(default="", max_length=2_000)
    answer: str = Field(default="", description="Its first 10,000 characters are kept.")
    status: str = Field(default="", max_length=20)
    receipt: dict[str, Any] | None = None

    @field_validator("answer")
    @classmethod
    def _short(cls, answer: str) -> str:
        return answer[:_KEPT]
