"""Whether sentences hold a number that can be a count: "SMA Negeri 3" and "lima tahun" are none."""

import re
from collections.abc import Iterable

from warta.corpus.language.numbers import facts

_TIMES = frozenset("detik menit jam hari pekan minggu bulan tahun second minute hour".split()) | {
    "day", "week", "month", "year", "seconds", "minutes", "hours", "days", "weeks", "months",
    "years",
}  # fmt: skip
# "di Lantai 9"; the first word of a sentence has its capital for another reason.
_NAMED = re.compile(r"[^.!?\s] (?!No\b|Nomor\b|Rp\b)[A-Z][\w’'-]* $")


def holds_a_count(question: str, texts: Iterable[str]) -> bool:
    """Tell whether some text holds a number that is no part of a name, a date or a time.

    A stretch of time counts where the question asks for one.
    """
    asked = question.lower()
    return any(
        fact.kind == "number"
        and not _NAMED.search(text[: fact.start])
        and (fact.unit not in _TIMES or fact.unit in asked)
        for text in texts
        for fact in facts(text)
    )
