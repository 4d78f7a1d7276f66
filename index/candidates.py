"""What search hands to ranking, passages with all that is known of them so far; what it returns."""

import contextlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from warta.corpus.article import Article, Passage
from warta.corpus.errors import InputError

AnyDay = date | str  # "2026-01-31" or the day itself; "" is none
Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Numbers = NDArray[np.int32]
NO_TERM = -(2**31)  # no term of a snapshot, nor the number of a term that is in none


@dataclass(frozen=True, slots=True)
class Nearest:
    """Passage numbers and their scores, highest first, both (k,) or shorter."""

    rows: Rows
    scores: Scores


@dataclass(frozen=True, slots=True)
class Filter:
    """What may be returned: inclusive days of publication, outlets by folded name.

    An article without a date is left out as soon as a day is asked for.
    """

    since: date | None = None
    until: date | None = None
    sources: frozenset[str] | None = None

    @property
    def first_day(self) -> int:
        """First allowed day as an ordinal, 0 where undated articles may come too."""
        return self.since.toordinal() if self.since else int(self.until is not None)

    @property
    def last_day(self) -> int:
        """Last allowed day as an ordinal."""
        return (self.until or date.max).toordinal()

    def __bool__(self) -> bool:
        return self.sources is not None or self.first_day > 0


def day_of(name: str, value: AnyDay | None) -> date | None:
    """Return the day that argument `name` gives, None for "" and None.

    Raises InputError for what is no day written as 2026-01-31.
    """
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    written = value.strip() if isinstance(value, str) else None
    if written == "":
        return None
    with contextlib.suppress(ValueError):
        if written and re.fullmatch(r"\d{4}-\d{2}-\d{2}", written, re.ASCII):
            return date.fromisoformat(written)
    raise InputError(f"{name} is {value!r}.", "Write a day as 2026-01-31.")


@lru_cache(maxsize=10_000)
def fold_source(name: str) -> str:
    """Return the form in which outlet names are compared."""
    return " ".join(name.casefold().split())


@dataclass(frozen=True, slots=True)
class Query:
    """One question as it is searched.

    `terms`: t distinct terms. `rarity`: (t,) their inverse passage frequencies, natural log.
    `english`: whether it is asked in English.
    """

    text: str
    terms: tuple[str, ...]
    rarity: Scores
    english: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """c passages that either side found, in the order of their numbers.

    `rows`: (c,) passage numbers; `articles`: (c,) article numbers. `cosine`: (c,) of query and
    passage. `counts`: (c, t) how often each query term stands in the passage, `headline` the
    same for its headline. `lengths`: (c,) terms in passage and headline together.
    `mean_length`: that of all passages. `ordinals`: (c,) place of the passage in its article.
    """

    rows: Rows
    articles: Rows
    cosine: Scores
    counts: Scores
    headline: Scores
    lengths: Scores
    mean_length: float
    ordinals: Rows

    def __len__(self) -> int:
        return len(self.rows)


class Ranker(Protocol):
    """Gives each candidate its score for this query."""

    def __call__(self, query: Query, candidates: Candidates) -> Scores:
        """Return (c,) float32, higher is better, comparable within this query."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One retrieved passage with its article.

    `score`: higher is better, comparable only within one query. `rank` counts from 1.
    `cosine`: query and passage vector, −1..1. `coverage`: share 0..1 of the query's terms,
    weighted by their rarity, that occur in the passage or its headline.
    `also`: other articles that carry (nearly) the same text, oldest first, at most fifty;
    `copies`: how many there are in all.
    """

    passage: Passage
    article: Article
    score: float
    rank: int
    cosine: float = 0.0
    coverage: float = 0.0
    also: tuple[Article, ...] = ()
    copies: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """An article of a story: with those that carry (nearly) the same text, oldest first.

    `links`: how many of the story's other articles report the same event as it does.
    """

    article: Article
    copies: tuple[Article, ...]
    links: int
