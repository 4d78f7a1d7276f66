"""What the HTTP API returns, as pydantic models; the OpenAPI description comes of them."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from warta.corpus.errors import BusyError, InputError, NoSnapshot, WartaError, WriterError

# What pydantic found wrong with a request, said as every error of Warta: what, value, remedy.

_LONGEST = 80  # characters of a value that is said again
_SEE = "See /api/openapi.json."
_BLANK = ("string_too_short", "string_pattern_mismatch")
_DATES = re.compile(r"date_|value_error")


def refusal(fault: Mapping[str, Any]) -> InputError:
    """Return one element of pydantic's `errors()` in words: the value's name, the value, a way."""
    named = (str(part) for part in fault["loc"] if part not in ("body", "query"))
    where = _printed(".".join(named))
    kind, value = str(fault["type"]), fault.get("input")
    if kind == "json_invalid":
        at = fault["loc"][-1]
        return InputError(f"The body is not JSON: it breaks off or errs at character {at}.", _SEE)
    if kind == "missing":
        return InputError(f"{where or 'The body'} is missing.", _SEE)
    if kind == "extra_forbidden":
        return InputError(f"{where} is not known here.", f"Leave it out. {_SEE}")
    if kind == "string_too_long":
        most = fault["ctx"]["max_length"]
        return InputError(
            f"{where} has {len(str(value))} characters.", f"At most {most} are taken."
        )
    if kind in _BLANK and isinstance(value, str) and not value.strip():
        return InputError(f"{where} is empty: {_shown(value)}.", "Write what to look for.")
    return InputError(f"{where or 'The body'} is {_shown(value)}.", _remedy(kind, fault))


def _shown(value: object) -> str:
    said = _printed(repr(value))
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def _printed(foreign: str) -> str:
    """Return text that can be sent: JSON may spell half a character, UTF-8 cannot."""
    return foreign.encode("utf-8", "backslashreplace").decode("utf-8")


def _remedy(kind: str, fault: Mapping[str, Any]) -> str:
    limits: Mapping[str, Any] = fault.get("ctx", {})
    ways: dict[str, Callable[[], str]] = {
        "literal_error": lambda: f"Use {limits['expected']}.",
        "string_pattern_mismatch": lambda: f"It has to be like {limits['pattern']}.",
        "less_than_equal": lambda: f"At most {limits['le']}.",
        "greater_than_equal": lambda: f"At least {limits['ge']}.",
        "too_long": lambda: f"At most {limits['max_length']} are taken.",
        "int_parsing": lambda: "Give a whole number.",
        "int_type": lambda: "Give a whole number.",
        "string_type": lambda: "Give a text in quotation marks.",
        "list_type": lambda: "Give a list.",
    }
    if kind in ways:
        return ways[kind]()
    if _DATES.match(kind):
        return "A day is written as 2026-01-31."
    return f"{fault['msg']}. {_SEE}"


_KEPT = 10_000  # characters of an answer that somebody had an opinion on


_DEPTH = 8  # levels of a receipt, which has two


def _check_plain(value: object, depth: int) -> None:
    """Raise ValueError for what is nested deeply, and for numbers that JSON has no word for."""
    if depth < 0:
        raise ValueError("it is nested too deeply")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("it holds a number that is none")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        _check_plain(one, depth - 1)


Code = Literal[
    "bad_request", "unauthorized", "forbidden", "not_found", "no_such_method", "too_slow",
    "conflict", "too_large", "invalid", "too_many", "failed", "busy", "no_index", "model_failed",
    "unavailable",
]  # fmt: skip
_CODES: dict[int, Code] = {
    401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "no_such_method",
    408: "too_slow", 409: "conflict", 413: "too_large", 422: "invalid", 429: "too_many",
    500: "failed", 503: "busy",
}  # fmt: skip


def problem(error: WartaError, status: int) -> dict[str, Any]:
    """Return the body that says an error, with the word for it that programs go by."""
    code = _CODES.get(status, "bad_request")
    if status == 503 and not isinstance(error, BusyError):
        code = "no_index" if isinstance(error, NoSnapshot) else "unavailable"
        code = "model_failed" if isinstance(error, WriterError) else code
    return {"error": {"code": code, "what": error.what, "remedy": error.remedy}}


class Problem(BaseModel):
    """What happened, with the value, and what to do; `code` is for programs and never reworded."""

    code: Code
    what: str
    remedy: str = ""


class Failure(BaseModel):
    """The body of every response that is not a success."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "error": {
                    "code": "invalid",
                    "what": "since is 'kemarin'.",
                    "remedy": "A day is written as 2026-01-31.",
                }
            }
        }
    )
    error: Problem


class ArticleRef(BaseModel):
    """What identifies an article."""

    article_id: str
    title: str
    published: date | None
    updated: date | None = Field(
        default=None, description="The day the outlet's last change of it was read."
    )
    source: str
    url: str


class HitBody(BaseModel):
    """One article with one passage; start and end count characters of the article's text."""

    rank: int
    score: float = Field(description="Higher is better; comparable within one query only.")
    article_id: str
    title: str
    published: date | None
    source: str
    url: str
    text: str
    start: int
    end: int
    also: list[ArticleRef] = Field(
        description="Articles with nearly the same text, oldest first, at most fifty."
    )
    copies: int = Field(description="How many those are in all.")


class CorrectedBody(BaseModel):
    """A word that no article has, and what was searched instead."""

    typed: str
    searched: str


class MonthBody(BaseModel):
    """Articles of one month; `month` is 2026-01."""

    month: str
    articles: int


class OutletBody(BaseModel):
    """Articles of one outlet; "" for those that name none."""

    source: str
    articles: int


class FacetsBody(BaseModel):
    """How many articles the list would have were it of one month or one outlet alone."""

    months: list[MonthBody]
    outlets: list[OutletBody]


class ResultsBody(BaseModel):
    """A part of the list of all articles that hold the words; copies count once."""

    total: int
    offset: int
    match: Literal["all", "any"] = Field(
        description="Whether the articles hold every word or, where none does or any were asked "
        "for, at least one."
    )
    corrected: list[CorrectedBody]
    facets: FacetsBody
    hits: list[HitBody]


class ArticleBody(ArticleRef):
    """One article as it was cleaned."""

    text: str
    language: str


class ReportBody(ArticleRef):
    """One article of a story."""

    also: list[ArticleRef] = Field(description="Articles with nearly the same text, oldest first.")
    links: int = Field(description="How many articles of the story report the same event as it.")


class StoryBody(BaseModel):
    """The articles on one event and its follow-ups, by day, undated ones last."""

    linked: bool
    reports: list[ReportBody]


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
    corrected_by: list[ArticleRef] = Field(
        default=[], description="Later articles of its outlet that say they correct this one."
    )


class AsideBody(BaseModel):
    """Words of Warta's own, to be shown before `text[at]` of the answer."""

    at: int
    text: str


class SentenceBody(BaseModel):
    """One sentence of the answer: `lead` are Warta's own words before it, no quotation."""

    text: str
    citations: list[int]
    role: Literal["answer", "context", "also", "own"]
    lead: str
    strong: tuple[int, int] | None
    supported: bool


class RefusalBody(BaseModel):
    """Why the archive does not answer; `missing` names what it lacks."""

    reason: Literal["nothing", "unnamed", "not_this", "outside", "outlet"]
    missing: list[str]
    nearest: str | None


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
    topics: list[str] = Field(description="What was taken over from the conversation.")
    without: list[str] = Field(description="Topics that were not to be taken over.")


class AnswerBody(BaseModel):
    """An answer: its sentences, the same as plain text with `[n]` markers, and what each n is.

    `strong` are the spans [start, end] of the text that hold the name, date, number or place
    that was asked for, `asides` what Warta itself adds to quotations.
    """

    status: Literal["answered", "partial", "abstained"]
    text: str
    sentences: list[SentenceBody]
    refusal: RefusalBody | None
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

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"verdict": "down", "reason": "salah tahun", "question": "Siapa juaranya?"}
        },
    )

    verdict: Literal["up", "down"]
    reason: str = Field(default="", max_length=500)
    question: str = Field(default="", max_length=2_000)
    answer: str = Field(default="", description="Its first 10,000 characters are kept.")
    status: str = Field(default="", max_length=20)
    receipt: dict[str, Any] | None = None
    number: str = Field(
        default="",
        max_length=40,
        description="The same for all opinions on one answer: the last one counts.",
    )

    @field_validator("answer")
    @classmethod
    def _short(cls, answer: str) -> str:
        return answer[:_KEPT]

    @field_validator("receipt")
    @classmethod
    def _plain(cls, receipt: dict[str, Any] | None) -> dict[str, Any] | None:
        _check_plain(receipt, _DEPTH)
        return receipt
