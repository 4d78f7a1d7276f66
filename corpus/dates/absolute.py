"""Date phrases that name their days: 11 September, awal Oktober 2019, kuartal III, Lebaran 2019."""

import re
from datetime import date, timedelta

from warta.corpus.dates.calendar import (
    HOLIDAYS,
    MONTH,
    MONTHS,
    WEEKDAY,
    alternatives,
    full_year,
    holiday,
    make_date,
)
from warta.corpus.dates.moments import (
    NUMBERS,
    OF_YEAR,
    ORDINALS,
    PART,
    PART_OF_DAY,
    PARTS,
    SHIFT,
    YEAR,
    Grain,
    Moment,
    PlainQuestion,
    Rule,
    compiled,
    nearest_year,
    number,
    shift,
    year_of,
)
from warta.corpus.dates.periods import Period, days_from, month, months, third, week, week_of

_TO = (
    r"(?:\s?(?:-|–|—|&|,)\s?|\s(?:s/?d|s\.d\.?|sampai(?: dengan)?|hingga|dan|and|to|until|through|"
    r"atau|or|ke)\s)"
)
_D = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_DAY_LIST = (
    rf"(?P<first>{_D})(?:(?:{_TO}(?:tanggal |tgl )?{_D}){{0,5}}?"
    rf"(?:,?{_TO}(?:tanggal |tgl |the )?(?P<last>{_D})))?"
)
_DATE_LEAD = (
    rf"(?:(?:hari )?{WEEKDAY}\b\.?,?\s*(?:{PART_OF_DAY},?\s*)?\(?\s*)?"
    r"(?:(?:tanggal|tgl\.?)\s*)?(?:the )?"
)
_TAIL = rf"(?:\)?\s+{PART_OF_DAY}(?! ini))?"
_ENGLISH_MONTH = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept sep oct nov dec"
)
_MONTH_EN = f"(?:{'|'.join(_ENGLISH_MONTH.split())})"
_FULL = [name for name in MONTHS if len(name) > 3 and name not in ("sept", "agust", "may")]
_FULL_MONTH = f"(?:{alternatives(dict.fromkeys([*_FULL, 'mei', 'may'], 0))})"
_LUNAR_YEAR = 0.970224  # of a solar one
_WHEN = (
    r"(?P<when>saat|pada|ketika|selama|sejak|setelah|sesudah|sebelum|menjelang|jelang|usai|seusai|"
    r"pasca|sepanjang|waktu|hingga|sampai|during|on|before|after|at|since|over|around|until|last|"
    r"this|by|for)(?:\s+(?:libur(?:an)?|arus mudik|arus balik|mudik|cuti(?: bersama)?|masa|momen|"
    r"perayaan|the|hari))?"
)
_NAME = "|".join(f"(?:{rule})" for rule in HOLIDAYS.values())


def _day_number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _dated(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "11 September", "10–12 September 2019", "September 10, 2019"."""
    number, year = MONTHS[match["month"]], year_of(match, asked)
    first = _day_number(match["first"])
    last = _day_number(match["last"]) if match["last"] else first
    guess = asked.anchor.year if year is None else year
    for candidate in (guess, guess - 1, guess - 2, guess - 3):  # back to a leap year
        since, until = make_date(candidate, number, first), make_date(candidate, number, last)
        if since is None or until is None or until < since:
            if year is not None:
                return None
            continue
        if year is None and candidate == guess:
            moved = nearest_year(since, asked, shift(match))
            since, until = _in(since, moved), _in(until, moved)
        if "week" in match[0]:
            since, until = week(since).since, week(since).until
        return Moment(match.start(), match.end(), Period(since, until), "day", year is None)
    return None


def _in(day: date, years: int) -> date:
    return make_date(day.year + years, day.month, day.day) or date(day.year + years, 3, 1)


def _numeric(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "7/8/2024" and, beside a word that makes it a date, "11/9"."""
    year = full_year(match["year"]) if match["year"] else None
    day = make_date(year or asked.anchor.year, int(match["month"]), int(match["first"]))
    if day is None:
        return None
    if year is None:
        day = _in(day, nearest_year(day, asked, None))
    return Moment(match.start(), match.end(), days_from(day), "day", year is None)


def _numeric_days(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "5-7/9/2019"."""
    year, number = full_year(match["year"]), int(match["month"])
    since = make_date(year, number, int(match["first"]))
    until = make_date(year, number, int(match["last"]))
    if since is None or until is None or until < since:
        return None
    return Moment(match.start(), match.end(), Period(since, until), "day")


def _numeric_span(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "5/9 sampai 7/9"."""
    year = asked.anchor.year
    since = make_date(year, int(match["month"]), int(match["first"]))
    until = make_date(year, int(match["month2"]), int(match["last"]))
    if since is None or until is None:
        return None
    moved = nearest_year(since, asked, None)
    since, until = _in(since, moved), _in(until, moved)
    if until < since:
        return None
    return Moment(match.start(), match.end(), Period(since, until), "day", guessed=True)


def _iso(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    day = make_date(int(match["year"]), int(match["month"]), int(match["first"]))
    return Moment(match.start(), match.end(), days_from(day), "day") if day else None


def _day_of_month(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "tanggal 14", "tanggal 10-12 bulan lalu": of this month, else of the last."""
    groups = match.groupdict()
    first = _day_number(match["first"])
    last = _day_number(match["last"]) if match["last"] else first
    base = (shift(match) or 0) if groups.get("month") else 0
    near = asked.anchor
    if not groups.get("month") and first > near.day and not asked.ahead:
        base = -1
    start = month(near.year, near.month + base).since
    since, until = (make_date(start.year, start.month, day) for day in (first, last))
    if since is None or until is None or until < since:
        return None
    return Moment(match.start(), match.end(), Period(since, until), "day", relative=True)


_BEFORE_MONTH = re.compile(
    r"(?:pada|bulan|sejak|semenjak|mulai|hingga|sampai|sebelum|setelah|selama|sepanjang|di|awal|"
    r"akhir|pertengahan|antara|dan|per|in|since|until|till|by|before|after|during|of|early|late|"
    r"mid|from|to|and|between|last|this|next|through|throughout|for|ke|dari|medio|tengah) ?$"
)


def _monthly(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "September 2019", "awal Oktober", "last August", "minggu pertama September"."""
    groups = match.groupdict()
    named, year = MONTHS[match["month"]], year_of(match, asked)
    bare = year is None and shift(match) is None and not groups.get("part")
    told = groups.get("ordinal") or groups.get("half") or groups.get("count")
    if bare and not told and not _is_month(match, asked):
        return None
    guess = asked.anchor.year if year is None else year
    whole = month(guess, named)
    if year is None:
        guess += nearest_year(whole.since, asked, shift(match), whole=True)
        whole = month(guess, named)
    period, grain = _part_of_month(groups, whole)
    if year is None and shift(match) is None and period.since > asked.anchor and not asked.ahead:
        period, grain = _part_of_month(groups, month(guess - 1, named))
    return Moment(match.start(), match.end(), period, grain, year is None)


def _part_of_month(groups: dict[str, str | None], whole: Period) -> tuple[Period, Grain]:
    if groups.get("half"):
        middle = whole.since + timedelta(15)
        first = ORDINALS[groups["half"] or ""] == 1
        return Period(
            *((whole.since, middle - timedelta(1)) if first else (middle, whole.until))
        ), ("week")
    if groups.get("count"):
        days = number(groups["count"] or "") * (1 if groups["unit"] in ("hari", "days") else 7)
        if groups["side"] in ("terakhir", "last"):
            return Period(whole.until - timedelta(days - 1), whole.until), "week"
        return Period(whole.since, min(whole.since + timedelta(days - 1), whole.until)), "week"
    if groups.get("part2"):
        opening = third(whole, PARTS[groups["part"] or ""])
        return Period(opening.since, third(whole, PARTS[groups["part2"] or ""]).until), "week"
    if groups.get("ordinal"):
        return week_of(whole, ORDINALS[groups["ordinal"] or ""]), "week"
    if groups.get("part"):
        return third(whole, PARTS[groups["part"] or ""]), "week"
    return whole, "month"


def _is_month(match: re.Match[str], asked: PlainQuestion) -> bool:
    """Tell a month from a name ("April Jasmine") or an English verb ("may", "march")."""
    start, end = match.span("month")
    prepared = bool(_BEFORE_MONTH.search(asked.text[:start]) or "bulan" in match[0])
    if match["month"] in ("may", "march"):
        return prepared and asked.original[start].isupper()
    following = asked.original[end + 1 : end + 2]
    named = asked.original[start].isupper() and following.isupper() and asked.text[end] == " "
    return prepared or not named


def _week_of_shifted_month(match: re.Match[str], asked: PlainQuestion) -> Moment:
    whole = month(asked.today.year, asked.today.month + (shift(match) or 0))
    period = week_of(whole, ORDINALS[match["ordinal"]])
    return Moment(match.start(), match.end(), period, "week", relative=True)


def _numeric_month(match: re.Match[str], asked: PlainQuestion) -> Moment:
    period = month(int(match["year"]), int(match["month"]))
    return Moment(match.start(), match.end(), period, "month")


def _yearly(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "tahun 2019", "awal 2019", "sejak 2018", "tahun 2018–2020", "tahun 1990-an"."""
    groups = match.groupdict()
    first = int(match["year"])
    last = int(groups["until"]) if groups.get("until") else first
    if groups.get("decade"):
        last = first + 9
    if not first <= last <= first + 30:
        return None
    period = Period(date(first, 1, 1), date(last, 12, 31))
    if groups.get("part"):
        period = third(period, PARTS[match["part"]])
    named = groups.get("part") or match[0].startswith(("tahun", "thn", "the year"))
    start = match.start() if named else match.start("year")
    return Moment(start, match.end(), period, "year", joined=last > first)


_ORDINAL = alternatives(ORDINALS)
_FROM_YEAR = (
    r"(?:tahun|thn|pada|di|selama|sepanjang|sejak|semenjak|mulai|hingga|sampai|sebelum|setelah|"
    r"sesudah|antara|dari|per|in|during|since|throughout|until|till|before|after|by|between|from|"
    r"of|the year|for|berita|kejadian|peristiwa|news)"
)
_NOT_COUNTED = (
    r"(?![.,]?\d|\s?(?:orang|rumah|unit|kasus|ha|hektare|km|meter|kg|ton|warga|people)\b|/)"
)

_DATE_RULES: tuple[Rule, ...] = (
    (compiled(rf"{_DATE_LEAD}{_DAY_LIST}\s?[-/]?\s?(?:of )?(?:bulan )?(?P<month>{MONTH})\.?"
              rf"(?:-?{OF_YEAR}|(?:\s+(?:{SHIFT})(?! tahun)))?{_TAIL}"), _dated),
    (compiled(rf"(?:{WEEKDAY}\b\.?,?\s*|the week of )?"
              rf"(?P<month>{_MONTH_EN})\.?\s+(?:the )?{_DAY_LIST}"
              rf"{OF_YEAR}"), _dated),
    (compiled(rf"(?:{WEEKDAY}\b\.?,?\s*|the week of )?"
              rf"(?P<month>{_MONTH_EN})\.?\s+(?:the )?{_DAY_LIST}"
              r"(?P<year>)(?=\s*(?:$|[?.!,)]|(?:and|to|in|at|or)\b))"),
     _dated),
    (compiled(rf"{_DATE_LEAD}(?P<first>{_D})\s?(?P<mark>[/.-])\s?(?P<month>0?[1-9]|1[0-2])\s?"
              rf"(?P=mark)\s?(?P<year>(?:19|20)\d\d|\d\d)\)?{_TAIL}"), _numeric),
    (compiled(rf"(?:(?:hari )?{WEEKDAY}\b,?\s*\(?|(?:tanggal|tgl\.?|pada|per|sejak|hingga|sampai|"
              rf"sebelum|setelah)\s+|\()(?P<first>{_D})/(?P<month>0?[1-9]|1[0-2])(?P<year>)(?![/\d])"
              r"\)?"), _numeric),
    (compiled(rf"(?:(?:tanggal|tgl\.?)\s+)?(?P<first>{_D})/(?P<month>0?[1-9]|"
         rf"1[0-2]){_TO}(?:tanggal |tgl )?"
              rf"(?P<last>{_D})/(?P<month2>0?[1-9]|1[0-2])(?![/\d])"), _numeric_span),
    (compiled(rf"(?P<first>{_D}){_TO}(?P<last>{_D})/(?P<month>0?[1-9]|1[0-2])/"
              r"(?P<year>(?:19|20)\d\d|\d\d)"), _numeric_days),
    (compiled(r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d?)-(?P<first>\d\d?)"), _iso),
    (compiled(rf"(?:tanggal|tgl\.?)\s*{_DAY_LIST}(?P<month>\s+bulan)?(?:\s+(?:{SHIFT}))?"
              rf"(?!\s?(?:{MONTH}\b|[/.-]\d))"), _day_of_month),
    (compiled(r"on the (?P<first>\d\d?(?:st|nd|rd|th))(?P<last>)"
              r"(?=\s*(?:$|[?.!,]))"), _day_of_month),
    (compiled(rf"(?:(?P<part>{PART})[ -](?:bulan )?|bulan )?(?P<month>{_FULL_MONTH})"
              rf"(?:(?:-?{OF_YEAR})|\s+(?:{SHIFT})(?! tahun))?"), _monthly),
    (compiled(rf"(?:(?P<part>{PART})[ -](?:bulan )?|(?:bulan )?)"
              rf"(?P<month>{MONTH})\.?[- ]'?{YEAR}"), _monthly),
    (compiled(rf"(?:(?P<past>last|past)|(?P<this>this)|(?P<next>next)) (?P<month>{_MONTH_EN})"),
     _monthly),
    (compiled(rf"(?:minggu|pekan)\s+(?:ke\s?)?(?P<ordinal>{_ORDINAL})\s+(?:di |pada )?(?:bulan )?"
              rf"(?P<month>{MONTH}){OF_YEAR}?"), _monthly),
    (compiled(rf"(?:the )?(?P<ordinal>{_ORDINAL}) week (?:of|in) (?P<month>{_MONTH_EN})"
              rf"{OF_YEAR}?"), _monthly),
    (compiled(rf"(?P<part>{PART})[ -]?(?:hingga|sampai|dan|ke|until|to|and|-|–|s/?d)[ "
         rf"-]?(?P<part2>{PART})"
              rf"[ -](?:bulan )?(?P<month>{MONTH}){OF_YEAR}?"), _monthly),
    (compiled(rf"(?:se)?paruh (?P<half>pertama|kedua|i|ii) (?:bulan )?(?P<month>{MONTH})"
              rf"{OF_YEAR}?"), _monthly),
    (compiled(rf"(?:the )?(?P<half>first|second) half of (?P<month>{_MONTH_EN}){OF_YEAR}?"),
     _monthly),
    (compiled(rf"(?P<count>\d\d?|{alternatives(NUMBERS)}) (?P<unit>hari|minggu|pekan) "
         rf"(?P<side>pertama|"
              rf"awal|terakhir) (?:di |pada |dari )?(?:bulan )?(?P<month>{MONTH})"
              rf"{OF_YEAR}?"), _monthly),
    (compiled(rf"(?:the )?(?P<side>first|last) (?P<count>\d\d?|{alternatives(NUMBERS)}) "
         rf"(?P<unit>days|weeks) "
              rf"(?:of|in) (?P<month>{_MONTH_EN}){OF_YEAR}?"), _monthly),
    (compiled(rf"(?:minggu|pekan)\s+(?:ke\s?)?(?P<ordinal>{_ORDINAL})\s+bulan\s+(?:{SHIFT})"),
     _week_of_shifted_month),
    (compiled(rf"(?:the )?(?P<ordinal>{_ORDINAL}) week (?:of|in) (?:the )?(?:(?P<past>last|"
              r"previous)|(?P<this>this)|(?P<next>next)) month"), _week_of_shifted_month),
    (compiled(r"(?:bulan|pada|periode|per|sejak|hingga|in|since)\s+(?P<month>0?[1-9]|1[0-2])[/-]"
              r"(?P<year>(?:19|20)\d\d)"), _numeric_month),
    (compiled(rf"(?:(?P<part>{PART})[ -](?:tahun )?|{_FROM_YEAR}\s+)"
              rf"(?P<year>(?:19|20)\d\d)(?P<decade>-?an)?"
              rf"(?:{_TO}(?:tahun )?(?P<until>(?:19|20)\d\d))?{_NOT_COUNTED}"), _yearly),
    (re.compile(rf"^\W*{YEAR}\W*$"), _yearly),
    (compiled(rf"{YEAR}(?=\s(?:lalu|silam)\b)"), _yearly),
)  # fmt: skip


# Quarters, halves of a year and holidays: kuartal III 2019, semester pertama, saat Lebaran.


def _part_of_year(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "kuartal III 2019", "Q3", "semester pertama", "first half of 2019"."""
    groups = match.groupdict()
    length: int = 6 if groups.get("half") else 3
    number = ORDINALS[groups.get("ordinal") or groups.get("digit") or ""]
    if not 1 <= number <= 12 // length:
        return None
    year = year_of(match, asked)
    guess = asked.anchor.year if year is None else year
    period = months(guess, 1 + length * (number - 1), length)
    if year is None:
        guess += nearest_year(period.since, asked, None)
        period = months(guess, 1 + length * (number - 1), length)
    return Moment(match.start(), match.end(), period, "quarter", year is None)


def _festive(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read a holiday where it tells the time: with its year, or after "saat", "sejak", "libur"."""
    name = next((n for n, rule in HOLIDAYS.items() if re.fullmatch(rule, match["name"])), "")
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
    days = _holidays(name, year, step, asked)
    if not days:
        return None
    return Moment(match.start("name"), match.end(), days[-1], "holiday", year is None)


def _counted(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "H-1 Lebaran", "H+3 Idul Adha 2019", "dua hari setelah Natal"."""
    groups = match.groupdict()
    name = next((n for n, rule in HOLIDAYS.items() if re.fullmatch(rule, match["name"])), "")
    year = year_of(match, asked)
    if not name:
        return None
    found = _holidays(name, year, None, asked)
    if not found:
        return None
    count = number(match["count"])
    before = groups.get("sign") in ("-", "–", "min") or groups.get("side") in (
        "sebelum", "jelang", "menjelang", "before",
    )  # fmt: skip
    holiday_ends = found[-1].since if groups.get("sign") else found[-1].until  # H is its first day
    day = found[-1].since - timedelta(count) if before else holiday_ends + timedelta(count)
    return Moment(match.start(), match.end(), Period(day, day), "day", year is None)


def _holidays(name: str, year: int | None, step: int | None, asked: PlainQuestion) -> list[Period]:
    """Return a holiday of that year; without one those that may be meant, the nearest last."""
    years = range(year, year + 1) if year else range(asked.anchor.year - 2, asked.anchor.year + 2)
    days = [period for each in years for period in holiday(name, each)]
    if year is not None:
        return days
    if step == 0:
        return [p for p in days if p.since.year == asked.anchor.year]
    coming = [p for p in days if p.since > asked.anchor][:1]
    if step == 1 or (asked.ahead and coming and (coming[0].since - asked.anchor).days < 120):
        return coming
    return [p for p in days if p.since <= asked.anchor]


_SEASON_RULES: tuple[Rule, ...] = (
    (compiled(rf"h\s?(?P<sign>[-–+]|min|plus)\s?(?P<count>\d\d?)\s+(?:hari (?:raya )?|"
         rf"libur(?:an)? )?"
              rf"(?P<name>{_NAME}){OF_YEAR}?"), _counted),
    (compiled(rf"(?P<count>\d\d?|{alternatives(NUMBERS)})\s?hari (?P<side>sebelum|setelah|sesudah|"
              rf"usai|jelang|menjelang) (?:hari (?:raya )?)?(?P<name>{_NAME})"
              rf"{OF_YEAR}?"), _counted),
    (compiled(rf"(?P<count>\d\d?|{alternatives(NUMBERS)}) days? (?P<side>before|after) "
              rf"(?P<name>{_NAME}){OF_YEAR}?"), _counted),
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

RULES = _DATE_RULES + _SEASON_RULES
