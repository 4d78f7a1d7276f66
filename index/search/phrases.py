"""Exact phrases of a query: what stands in quotation marks has to stand so in an article."""

import re
from collections.abc import Sequence
from functools import lru_cache

from warta.corpus.language.words import terms

_QUOTED = re.compile(r'"([^"“”]{2,400})"|“([^"“”]{2,400})”')
_WORD = re.compile(r"\w+")
_MOST = 8  # phrases of one query

Span = tuple[int, int]


def phrases(query: str) -> tuple[str, ...]:
    """Return what stands in quotation marks in a query, in order.

    Function words alone are none: they stand in every article.
    """
    found = [match[1] or match[2] for match in _QUOTED.finditer(query)]
    return tuple(dict.fromkeys(said for said in found if terms(said)))[:_MOST]


def spans(text: str, said: Sequence[str]) -> list[Span]:
    """Return where phrases stand in a text, ascending and apart.

    Case, marks and spaces between the words make no difference; the words are whole and in order.
    """
    found = sorted(match.span() for phrase in said for match in _pattern(phrase).finditer(text))
    apart: list[Span] = []
    for start, end in found:
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart


def holds(text: str, said: Sequence[str]) -> bool:
    """Tell whether every phrase stands in a text."""
    return all(_pattern(phrase).search(text) for phrase in said)


@lru_cache(maxsize=256)
def _pattern(phrase: str) -> re.Pattern[str]:
    words = r"[\W_]{1,8}".join(map(re.escape, _WORD.findall(phrase)))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
