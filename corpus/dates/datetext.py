"""Dates written inside running text, with their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from warta.corpus.dates.calendar import MONTH, MONTHS, WEEKDAY, WEEKDAYS, full_year, make_date

_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"

# Each begins with what is rare in a text (a digit, a month), so that scanning stays fast; the
# weekday before it is looked for only where something was found.
_NUMERIC = re.compile(
    rf"(?<![\w/,.-]){_DAY}\s?(?P<mark>[/.-])\s?(?P<month>0?[1-9]|1[0-2])"
    r"(?:\s?(?P=mark)\s?(?P<year>(?:19|20)\d\d|\d\d))?(?![\d/]|[.,-]\d|\s?%)"
)
_NAMED = re.compile(
    rf"(?<![\w/,.-]){_DAY}(?:st|nd|rd|th)?[\s./-]{{0,2}}(?:of\s+)?(?P<month>{MONTH})\b\.?"
    rf"(?:,?[\s./-]{{1,2}}{_YEAR})?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"(?<!\w)(?P<month>{MONTH})\b\.?\s+{_DAY}(?:st|nd|rd|th)?(?!\d|[.:,]\d)(?:,?\s+{_YEAR})?",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"(?<![\w/-])(?P<year>(?:19|20)\d\d)(?P<mark>[-/])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)(?!\d)"
)
_BEFORE = re.compile(
    rf"(?:(?<!\w)(?P<weekday>{WEEKDAY})\.?,?\s*(?:(?:tanggal|tgl)\.?\s*)?)?(?P<open>\(\s*)?$",
    re.IGNORECASE,
)
_REACH = 24
"""Characters before a date in which its weekday is looked for."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date that stands in a text: `text[start:end]` is what was read, weekday included.

    `is_dateline`: the weekday stands beside it and is that day's, as news datelines have it
    ("Selasa (10/9/2019)"); such a date is near the day of publication, others may be any day.
    """

    date: date
    start: int
    end: int
    is_dateline: bool


def dates_in(text: str, year: int | None = None) -> list[DateMention]:
    """Return the dates named in `text`, in order of place; numbers are read day/month/year.

    A date without a year ("(11/9)", "11 September") is read only where `year` is given, and a
    bare "11/9" only beside a weekday or in parentheses, for it may be a fraction or a score.
    """
    found: list[DateMention] = []
    for mention in sorted(_candidates(text, year), key=lambda m: (m.start, -m.end)):
        if not found or mention.start >= found[-1].end:
            found.append(mention)
    return found


def _candidates(text: str, year: int | None) -> Iterator[DateMention]:
    for pattern in (_NUMERIC, _NAMED, _MONTH_FIRST, _ISO):
        for match in pattern.finditer(text):
            mention = _mention(match, year, month_first=pattern is _MONTH_FIRST)
            if mention is not None:
                yield mention


def _mention(match: re.Match[str], hint: int | None, month_first: bool) -> DateMention | None:
    offset = max(0, match.start() - _REACH)
    before = _BEFORE.search(match.string[offset : match.start()])
    weekday = before["weekday"].lower() if before and before["weekday"] else ""
    marked = bool(weekday or (before and before["open"]))
    year = _year(match, hint, marked, month_first)
    month = MONTHS.get(match["month"].lower()) or int(match["month"])
    day = make_date(year, month, int(match["day"])) if year else None
    if day is None:
        return None
    start = offset + before.start() if before else match.start()
    closes = before is not None and before["open"] and match.string[match.end() :][:1] == ")"
    agrees = bool(weekday) and WEEKDAYS[weekday] == day.weekday()
    return DateMention(day, start, match.end() + bool(closes), agrees)


def _year(match: re.Match[str], hint: int | None, marked: bool, month_first: bool) -> int | None:
    """Return the year as written, else the hint where what was found can only be a date."""
    if match["year"]:
        return full_year(match["year"])
    if match["month"].isalpha():
        certain = marked or not month_first  # "September 10 orang" is no date
    else:
        certain = marked and match["mark"] == "/"  # "12.30" is an hour, "1-2" a score
    return hint if certain else None
