"""Names of months and weekdays in Indonesian and English, and when the holidays fall."""

import re
from datetime import date, timedelta
from functools import cache

from warta.corpus.dates.periods import Period, days_from

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


# When the holidays fall that Indonesians date events by, 2015 to 2030.
#
# Moving days to 2026 are the official ones (joint decrees and the isbat sessions); from 2027 on the
# Islamic ones are computed by the criteria in force there (moon 3° high, 6.4° from the sun), and
# may be decided a day off.

_FIRST = 2015
# One entry a year from 2015 on, month and day; two in one year parted by "+".
_MOVING = {
    "ramadan": "0618 0606 0527 0517 0506 0424 0413 0403 0323 0312 0301 0219 0208 0128 0116 "
    "0106+1226",
    "idul fitri": "0717 0706 0625 0615 0605 0524 0513 0502 0422 0410 0331 0321 0310 0227 0215 0204",
    "idul adha": "0924 0912 0901 0822 0811 0731 0720 0710 0629 0617 0606 0527 0517 0505 0425 0414",
    "muharam": "1014 1002 0921 0911 0901 0820 0810 0730 0719 0707 0627 0616 0606 0526 0515 0504",
    "maulid": "0103+1224 1212 1201 1120 1109 1029 1019 1008 0928 0916 0905 0825 0815 0804 0724 "
    "0713",
    "isra mikraj": "0516 0506 0424 0414 0403 0322 0311 0228 0218 0208 0127 0116 0106+1226 1214 "
    "1204 1123",
    "nyepi": "0321 0309 0328 0317 0307 0325 0314 0303 0322 0311 0329 0319 0308 0326 0315 0305",
    "waisak": "0602 0522 0511 0529 0519 0507 0526 0516 0604 0523 0512 0531 0520 0509 0527 0516",
    "imlek": "0219 0208 0128 0216 0205 0125 0212 0201 0122 0210 0129 0217 0206 0126 0213 0203",
}
_FIXED = {
    "tahun baru": "0101", "malam tahun baru": "1231", "valentine": "0214", "kartini": "0421",
    "buruh": "0501", "pendidikan nasional": "0502", "kebangkitan nasional": "0520",
    "lahir pancasila": "0601", "bhayangkara": "0701", "anak nasional": "0723",
    "kemerdekaan": "0817", "kesaktian pancasila": "1001", "batik": "1002", "tni": "1005",
    "santri": "1022", "sumpah pemuda": "1028", "pahlawan": "1110", "guru": "1125", "ibu": "1222",
    "natal": "1225",
}  # fmt: skip
_AFTER_EASTER = {"paskah": 0, "jumat agung": -2, "kenaikan": 39}

HOLIDAYS = {
    "ramadan": r"(?:bulan (?:suci )?)?(?:ramadh?an|ramadhon|puasa)|fasting month",
    "idul fitri": r"lebaran(?! haji)|(?:hari raya )?(?:idul|id[iu]l|aidil) ?fitri|hari raya|"
    r"ei?d(?: al| ul)?[- ]?fitr|eid",
    "idul adha": r"(?:hari raya )?(?:idul ?adha|kurban|qurban)|lebaran haji|"
    r"ei?d(?: al| ul)?[- ]?adha",
    "muharam": r"tahun baru (?:islam|hijriah)|1 muharr?am|islamic new year",
    "maulid": r"maulid(?: nabi)?(?: muhammad)?",
    "isra mikraj": r"isra[’'` ]* ?mi[’'`]?[kr]+aj",
    "nyepi": r"(?:hari (?:raya |suci )?)?nyepi|day of silence",
    "waisak": r"(?:hari (?:raya )?)?waisak|vesak",
    "imlek": r"(?:tahun baru )?imlek|(?:chinese|lunar) new year",
    "malam tahun baru": r"malam (?:pergantian )?tahun(?: baru)?|new year[’']?s eve",
    "tahun baru": r"tahun baru(?: masehi)?|new year(?:[’']?s(?: day)?)?",
    "kemerdekaan": r"hari kemerdekaan(?: ri| indonesia)?|(?:hut|hari) (?:ke-?\d+ )?(?:ri|"
    r"kemerdekaan|proklamasi)(?: ri)?|17 ?agustusan|agustusan|independence day",
    "natal": r"(?:hari (?:raya )?)?natal|christmas(?: day)?",
    "jumat agung": r"jumat agung|good friday",
    "paskah": r"(?:hari (?:raya )?)?paskah|easter(?: sunday)?",
    "kenaikan": r"kenaikan (?:isa al ?masih|yesus kristus)|ascension day",
    "valentine": r"(?:hari )?valentine(?:[’']?s day)?",
    "kartini": r"hari kartini|kartini day",
    "buruh": r"hari buruh(?: internasional)?|may day|labou?r day",
    "pendidikan nasional": r"hardiknas|hari pendidikan nasional",
    "kebangkitan nasional": r"harkitnas|hari kebangkitan nasional",
    "lahir pancasila": r"hari (?:lahir )?pancasila|pancasila day",
    "kesaktian pancasila": r"hari kesaktian pancasila",
    "bhayangkara": r"(?:hari|hut) bhayangkara",
    "anak nasional": r"hari anak nasional",
    "batik": r"hari batik(?: nasional)?",
    "tni": r"(?:hut|hari) tni",
    "santri": r"hari santri(?: nasional)?",
    "sumpah pemuda": r"hari sumpah pemuda|sumpah pemuda",
    "pahlawan": r"hari pahlawan|heroes[’']? day",
    "guru": r"hari guru(?: nasional)?",
    "ibu": r"hari ibu",
}
"""Holiday -> regular expression of the names it goes by, lower case; the first that fits counts."""


@cache
def holiday(name: str, year: int) -> tuple[Period, ...]:
    """Return when a holiday of `HOLIDAYS` falls in a year: mostly once, none outside 2015–2030.

    Ramadan is its whole month, Idul Fitri two days; the others are one day.
    """
    if name in _FIXED:
        return (days_from(_in_year(year, _FIXED[name])),)
    if name in _AFTER_EASTER:
        return (days_from(_easter(year) + timedelta(_AFTER_EASTER[name])),)
    starts = _starts(name, year)
    if name == "ramadan":
        return tuple(Period(start, _day_before_idul_fitri(start)) for start in starts)
    length = 1 if name == "idul fitri" else 0
    return tuple(days_from(start, after=length) for start in starts)


def _starts(name: str, year: int) -> tuple[date, ...]:
    entries = _MOVING[name].split()
    if not 0 <= year - _FIRST < len(entries):
        return ()
    return tuple(_in_year(year, text) for text in entries[year - _FIRST].split("+"))


def _day_before_idul_fitri(start: date) -> date:
    ends = _starts("idul fitri", start.year) + _starts("idul fitri", start.year + 1)
    after = [end for end in ends if end > start]
    return (after[0] if after else start + timedelta(30)) - timedelta(1)


def _in_year(year: int, month_day: str) -> date:
    return date(year, int(month_day[:2]), int(month_day[2:]))


def _easter(year: int) -> date:
    """Return Easter Sunday by the anonymous Gregorian computus (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)
