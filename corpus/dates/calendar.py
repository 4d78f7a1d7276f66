"""Names of months and weekdays in Indonesian and English, and what every date rule shares."""

import re
from datetime import date

_MONTH_FORMS = (
    "januari january jan",
    "februari pebruari february feb peb",
    "maret march mar mrt",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july jul",
    "agustus august agust agu agt ags aug",
    "september sept sep",
    "oktober october okt oct",
    "november nopember nov nop",
    "desember december des dec",
)
MONTHS: dict[str, int] = {
    form: number for number, forms in enumerate(_MONTH_FORMS, 1) for form in forms.split()
}
"""Month name or abbreviation, lower case -> 1..12."""

_WEEKDAY_FORMS = (
    "senin monday mon",
    "selasa tuesday tues tue",
    "rabu wednesday wed",
    "kamis thursday thurs thur thu",
    "jumat jum'at jum’at friday fri",
    "sabtu saturday sat",
    "minggu ahad sunday sun",
)
WEEKDAYS: dict[str, int] = {
    form: number for number, forms in enumerate(_WEEKDAY_FORMS) for form in forms.split()
}
"""Weekday name or abbreviation, lower case -> 0 (Monday) .. 6, as `date.weekday()` counts."""


def alternatives(names: dict[str, int]) -> str:
    """Return the keys as a regular expression's alternatives, longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


MONTH = f"(?:{alternatives(MONTHS)})"
WEEKDAY = f"(?:{alternatives(WEEKDAYS)})"


def make_date(year: int, month: int, day: int) -> date | None:
    """Return the day, or None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(digits: str) -> int:
    """Return a year written with two or four digits: 69..99 is last century, as in POSIX."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= 69 else 2000)
