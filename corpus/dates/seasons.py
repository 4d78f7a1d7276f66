"""Quarters, halves of a year and holidays: kuartal III 2019, semester pertama, saat Lebaran."""

import re

from warta.corpus.dates.calendar import alternatives
from warta.corpus.dates.holidays import NAMES, holiday
from warta.corpus.dates.moments import (
    OF_YEAR,
    ORDINALS,
    SHIFT,
    YEAR,
    Asked,
    Moment,
    Rule,
    compiled,
    nearest_year,
    shift,
    year_of,
)
from warta.corpus.dates.periods import Period, months

_LUNAR_YEAR = 0.970224  # of a solar one
_ORDINAL = alternatives(ORDINALS)
_WHEN = (
    r"(?P<when>saat|pada|ketika|selama|sejak|setelah|sesudah|sebelum|menjelang|jelang|usai|seusai|"
    r"pasca|sepanjang|waktu|hingga|sampai|during|on|before|after|at|since|over|around|until|last|"
    r"this|by|for)(?:\s+(?:libur(?:an)?|arus mudik|arus balik|mudik|cuti(?: bersama)?|masa|momen|"
    r"perayaan|the|hari))?"
)
_NAME = "|".join(f"(?:{rule})" for rule in NAMES.values())


def _part_of_year(match: re.Match[str], asked: Asked) -> Moment | None:
    """Read "kuartal III 2019", "Q3", "semester pertama", "first half of 2019"."""
    groups = match.groupdict()
    length: int = 6 if groups.get("half") else 3
    number = ORDINALS[groups.get("ordinal") or groups.get("digit") or ""]
    if not 1 <= number <= 12 // length:
        return None
    year = year_of(match, asked)
    guess = asked.today.year if year is None else year
    period = months(guess, 1 + length * (number - 1), length)
    if year is None:
        guess += nearest_year(period.since, asked, None)
        period = months(guess, 1 + length * (number - 1), length)
    return Moment(match.start(), match.end(), period, "quarter", year is None)


def _festive(match: re.Match[str], asked: Asked) -> Moment | None:
    """Read a holiday where it tells the time: with its year, or after "saat", "sejak", "libur"."""
    name = next((n for n, rule in NAMES.items() if re.fullmatch(rule, match["name"])), "")
    year = year_of(match, asked)
    if match["anniversary"]:
        name, year = "kemerdekaan", 1945 + int(match["anniversary"])
    step = shift(match)
    told = step is not None or match["when"] or len(match[0]) >= len(asked.text.strip(" ?.!"))
    if match["hijri"]:
        began = 621.57 if name in ("muharam", "maulid") else 622.2  # early and late in that year
        year = int(int(match["hijri"]) * _LUNAR_YEAR + began)
    if not name or (year is None and not told):
        return None
    if year and name == "malam tahun baru" and "eve" not in match["name"]:
        year -= 1  # "malam tahun baru 2020" is in 2019
    years = range(year, year + 1) if year else range(asked.today.year - 2, asked.today.year + 2)
    days = [p for y in years for p in holiday(name, y)]
    if year is None:
        days = _nearest_holidays(days, step, asked)
    if not days:
        return None
    return Moment(match.start("name"), match.end(), days[-1], "holiday", year is None)


def _nearest_holidays(days: list[Period], step: int | None, asked: Asked) -> list[Period]:
    if step == 0:
        return [p for p in days if p.since.year == asked.today.year]
    coming = [p for p in days if p.since > asked.today][:1]
    if step == 1 or (asked.ahead and coming and (coming[0].since - asked.today).days < 120):
        return coming
    return [p for p in days if p.since <= asked.today]


RULES: tuple[Rule, ...] = (
    (compiled(rf"(?:kuartal|triwulan|tw|kw)[ -]?(?:ke\s?)?(?P<ordinal>{_ORDINAL}){OF_YEAR}?"),
     _part_of_year),
    (compiled(rf"q(?P<digit>[1-4]){OF_YEAR}?"), _part_of_year),
    (compiled(rf"(?:the )?(?P<ordinal>{_ORDINAL}) quarter{OF_YEAR}?"), _part_of_year),
    (compiled(rf"(?P<half>semester)[ -]?(?:ke\s?)?(?P<ordinal>{_ORDINAL}){OF_YEAR}?"),
     _part_of_year),
    (compiled(rf"(?P<half>paruh)\s+(?P<ordinal>{_ORDINAL}){OF_YEAR}"), _part_of_year),
    (compiled(rf"(?:the )?(?P<ordinal>{_ORDINAL}) (?P<half>half){OF_YEAR}"), _part_of_year),
    (compiled(rf"(?P<half>h)(?P<digit>[12])\s*{YEAR}"), _part_of_year),
    (compiled(rf"(?:{_WHEN}\s+)?(?P<name>hut ri ke-?(?P<anniversary>\d\d\d?)|"
              rf"{_NAME})(?:{OF_YEAR}|\s+(?:{SHIFT})|\s+(?P<hijri>14\d\d)(?: h(?:ijriah)?)?)?"),
        _festive),
)  # fmt: skip
