"""Date phrases counted from the day of asking: kemarin, pekan lalu, 3 days ago, last Tuesday."""

import re
from datetime import date, timedelta

from warta.corpus.dates.calendar import WEEKDAYS, alternatives
from warta.corpus.dates.moments import (
    NUMBERS,
    PART,
    PART_OF_DAY,
    PARTS,
    SHIFT,
    Grain,
    Moment,
    PlainQuestion,
    Rule,
    compiled,
    number,
    shift,
)
from warta.corpus.dates.periods import Period, days_from, month, months, months_before, third, week

_YESTERDAY = r"(?:kemarin|kmrn|kemaren|kmarin|kmaren|kmren|wingi|kamari)"
_DAYS = (
    (-2, rf"{_YESTERDAY} (?:lusa|dulu)|selumbari|(?:the )?day before yesterday"),
    (
        -1,
        rf"(?:hari )?{_YESTERDAY}(?: {PART_OF_DAY})?|(?:tadi|td|tdi) (?:malam|mlm|malem)|"
        rf"mala?em? tadi|malem tadi|mau bengi|(?<!sehari )semal[ae]m|last night|yesterday(?: "
        rf"{PART_OF_DAY})?",
    ),
    (
        0,
        r"(?:hari|hr|hri) ini|dina iki|barusan|baru saja|(?:pagi|siang|sore|petang|malam|dini "
        r"hari|subuh) ini|today|tonight|"
        r"this (?:morning|afternoon|evening)|"
        r"(?:tadi|td) (?:pagi|siang|sore|petang|subuh|dini hari)|"
        r"(?:pagi|siang|sore|petang|subuh|dini hari) tadi|(?:nanti|ntar) (?:siang|sore|malam|"
        r"malem)",
    ),
    (1, rf"(?:besok|esok|bsk|sesuk)(?: {PART_OF_DAY})?|tomorrow(?: {PART_OF_DAY})?"),
    (2, r"(?:besok )?lusa|(?:the )?day after tomorrow"),
)

_UNITS: dict[str, Grain] = {
    "hari": "day", "malam": "day", "hr": "day", "day": "day", "days": "day", "jam": "day",
    "hours": "day", "hour": "day", "minggu": "week", "pekan": "week", "mgg": "week", "week": "week",
    "weeks": "week", "bulan": "month", "bln": "month", "month": "month", "months": "month",
    "kuartal": "quarter", "triwulan": "quarter", "quarter": "quarter", "tahun": "year",
    "thn": "year", "year": "year", "years": "year",
}  # fmt: skip
_UNIT = alternatives(dict.fromkeys(_UNITS, 0))
_COUNT = rf"(?P<count>\d{{1,3}}|{alternatives(NUMBERS)}|beberapa|several|(?:a )?few)\s?"
_TODAY_ALONE = ("jam", "hour", "hours")


def _day(offset: int) -> Rule:
    def read(match: re.Match[str], asked: PlainQuestion) -> Moment:
        period = days_from(asked.today).moved(offset)
        return Moment(match.start(), match.end(), period, "day", relative=True)

    return compiled(rf"(?:{dict(_DAYS)[offset]})"), read


def _ago(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "dua hari lalu": that day; of weeks, months and years the whole one."""
    unit = _UNITS[match["unit"]]
    if match["count"] in ("beberapa", "several", "few", "a few"):
        return _lasting(match, asked)
    count = number(match["count"])
    if match["unit"] in _TODAY_ALONE:
        period = days_from(asked.today - timedelta(hours=count) * (count >= 24))
    elif unit == "day":
        period = days_from(asked.today).moved(-count)
    else:
        period = _whole(unit, asked.today, -count)
    return Moment(match.start(), match.end(), period, unit, relative=True)


def _lasting(match: re.Match[str], asked: PlainQuestion) -> Moment:
    """Read "3 hari terakhir": so many days, today the last; months and years to the same day."""
    unit = _UNITS[match["unit"]]
    words = match.groupdict().get("count", "few") or "1"
    few = words in ("beberapa", "several", "few", "a few")
    count = (7 if unit == "day" else 3) if few else number(words)
    if match["unit"] in _TODAY_ALONE:
        since = asked.today - timedelta(1 + (count - 1) // 24 if count >= 12 else 0)
    elif unit in ("day", "week"):
        since = asked.today - timedelta(count * (7 if unit == "week" else 1) - 1)
    else:
        since = months_before(asked.today, count * {"month": 1, "quarter": 3, "year": 12}[unit])
    return Moment(match.start(), match.end(), Period(since, asked.today), "span", relative=True)


def _ahead(match: re.Match[str], asked: PlainQuestion) -> Moment:
    """Read "3 hari lagi", "dua pekan ke depan": from tomorrow to then."""
    unit, count = _UNITS[match["unit"]], number(match["count"])
    days = count * {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}[unit]
    single = match["ahead"] in ("lagi", "from now") and unit == "day"
    since = asked.today + timedelta(days if single else 1)
    period = Period(since, asked.today + timedelta(days))
    return Moment(match.start(), match.end(), period, unit, relative=True)


def _whole(unit: Grain, day: date, step: int) -> Period:
    """Return the week, month, quarter or year `step` after that of `day`."""
    if unit == "day":
        return days_from(day + timedelta(step))
    if unit == "week":
        return week(day + timedelta(7 * step))
    if unit == "month":
        return month(day.year, day.month + step)
    if unit == "quarter":
        return months(day.year, (day.month - 1) // 3 * 3 + 1 + 3 * step, 3)
    return months(day.year + step, 1, 12)


def _shifted(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "pekan lalu", "akhir bulan lalu", "last year", "early this month"."""
    step = shift(match)
    groups = match.groupdict()
    unit = _UNITS[match["unit"]]
    period = _whole(unit, asked.today, step or 0)
    if groups.get("part"):
        period = third(period, PARTS[match["part"]])
    return Moment(match.start(), match.end(), period, unit, relative=True)


_PREPARED = re.compile(
    r"(?:sejak|semenjak|mulai|pada|di|dari|hingga|sampai|sebelum|setelah|per|since|at|by|until|"
    r"before|after|from) (?:the )?$"
)


def _bare_part(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "sejak awal tahun", "at the end of the month": the latest that has begun."""
    if not _PREPARED.search(asked.text[: match.start()]):
        return None
    unit, part = _UNITS[match["unit"]], PARTS[match["part"]]
    period = third(_whole(unit, asked.today, 0), part)
    if period.since > asked.today and not asked.ahead:
        period = third(_whole(unit, asked.today, -1), part)
    return Moment(match.start(), match.end(), period, unit, relative=True)


def _weekend(match: re.Match[str], asked: PlainQuestion) -> Moment:
    """Read "akhir pekan lalu": the weekend of last week; bare, the latest that has begun."""
    step = shift(match)
    if step is None:
        step = 0 if asked.ahead or asked.today.weekday() >= 5 else -1
    period = third(week(asked.today + timedelta(7 * step)), 2)
    return Moment(match.start(), match.end(), period, "week", relative=True)


_HABITS = re.compile(r"(?<!\w)(?:setiap|tiap|saban|every|each|per|black|super|bloody) $")
_NO_DAY = re.compile(
    r" (?:abu|agung|keramat|berkah|bersih|putih|suci|palma|curhat|times|sunday|the 13th)\b"
)


def _weekday(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "Senin lalu", "hari Senin", "Senin pekan lalu", "last Tuesday"."""
    if _HABITS.search(asked.text[: match.start()]) or _NO_DAY.match(asked.text, match.end("day")):
        return None
    groups = match.groupdict()
    if match["day"] == "minggu" and not _means_sunday(match, asked):
        return None
    weekday, step = WEEKDAYS[match["day"]], shift(match)
    if groups.get("week"):
        start = _whole("week", asked.today, step or 0).since
        day = start + timedelta(weekday)
    else:
        day = _nearest(weekday, step, asked)
    return Moment(match.start(), match.end(), days_from(day), "day", relative=True)


def _nearest(weekday: int, step: int | None, asked: PlainQuestion) -> date:
    back = (asked.today.weekday() - weekday) % 7
    if step == 1:
        return asked.today + timedelta((7 - back) if back else 7)
    if step == 0:
        return _whole("week", asked.today, 0).since + timedelta(weekday)
    if step == -1:
        return asked.today - timedelta(back or 7)
    if asked.ahead and back:
        return asked.today + timedelta(7 - back)
    return asked.today - timedelta(back)


def _means_sunday(match: re.Match[str], asked: PlainQuestion) -> bool:
    """Tell Sunday from week: "hari Minggu", "Minggu malam", or a capital where none need be."""
    if match["named"] or match["part"] or match.groupdict().get("week"):
        return True
    if shift(match) is not None:
        return (
            asked.text[: match.start()].endswith("pada ")
            and asked.original[match.start("day")].isupper()
        )
    return match.start() > 0 and asked.original[match.start("day")].isupper()


def _eve(match: re.Match[str], asked: PlainQuestion) -> Moment | None:
    """Read "malam Minggu" as people mean it: the evening before that day."""
    if _HABITS.search(asked.text[: match.start()]) or _NO_DAY.match(asked.text, match.end("day")):
        return None
    weekday, step = WEEKDAYS[match["day"]], shift(match)
    if match.groupdict().get("week"):
        day = _whole("week", asked.today, step or 0).since + timedelta(weekday - 1)
    else:
        day = _nearest((weekday - 1) % 7, step, asked)
    return Moment(match.start(), match.end(), days_from(day), "day", relative=True)


_INDONESIAN_DAY = r"(?P<day>senin|selasa|rabu|kamis|jum[’']?at|sabtu|minggu|ahad)"
_ENGLISH_DAY = r"(?P<day>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_ENGLISH_SHIFT = (
    r"(?:the )?(?:(?P<past>last|previous)|(?P<this>this|current)|(?P<next>next|coming|upcoming))"
)

RULES: tuple[Rule, ...] = (
    *(_day(offset) for offset, _ in _DAYS),
    (compiled(rf"{_COUNT}(?P<unit>{_UNIT})\s+(?:(?:yang |yg )?(?:lalu|silam)|ago|back)"), _ago),
    (
        compiled(
            rf"(?:(?:dalam|selama|kurun|in the|for the|over the) )?{_COUNT}(?P<unit>{_UNIT})\s+"
            r"(?:terakhir|belakangan(?: ini)?|ke ?belakang|ini)"
        ),
        _lasting,
    ),
    (
        compiled(
            rf"(?:(?:in|for|over|during|within) )?(?:the )?(?:past|last|previous)\s+{_COUNT}"
            rf"(?P<unit>{_UNIT})"
        ),
        _lasting,
    ),
    (
        compiled(
            r"(?:(?:in|for|over|during|within) the (?:past|last)|(?:the )?past)\s+(?P<count>)"
            rf"(?P<unit>{_UNIT})"
        ),
        _lasting,
    ),
    (compiled(r"(?:in |over )?(?:the )?recent (?P<unit>days|weeks|months)"), _lasting),
    (compiled(r"(?P<unit>hari|minggu|bulan)-(?:hari|minggu|bulan) (?:terakhir|ini)"), _lasting),
    (
        compiled(r"(?P<count>beberapa) (?P<unit>hari) (?:terakhir|belakangan|lalu|yang lalu|ini)"),
        _lasting,
    ),
    (
        compiled(rf"{_COUNT}(?P<unit>{_UNIT})\s+(?P<ahead>lagi|ke ?depan|mendatang|from now)"),
        _ahead,
    ),
    (
        compiled(
            rf"(?:(?P<part>{PART})\s+)?(?P<unit>minggu|pekan|mgg|bulan|bln|kuartal|triwulan|tahun|"
            rf"thn)\s+(?:{SHIFT})"
        ),
        _shifted,
    ),
    (
        compiled(
            rf"(?:(?:in |at )?(?:the )?(?P<part>{PART})[ -])?(?:earlier |later )?{_ENGLISH_SHIFT}"
            r"[ -]?(?P<unit>week|month|quarter|year)"
        ),
        _shifted,
    ),
    (
        compiled(rf"(?:akhir (?:pekan|minggu)|weekend)(?:\s+(?:{SHIFT}))?"),
        _weekend,
    ),
    (compiled(rf"{_ENGLISH_SHIFT} weekend"), _weekend),
    (
        compiled(rf"(?P<part>{PART}) (?:the )?(?P<unit>bulan|tahun|month|year|pekan|minggu)"),
        _bare_part,
    ),
    (
        compiled(
            rf"(?:malam|malem|mlm) {_INDONESIAN_DAY}(?: (?P<week>pekan|minggu))?(?: (?:{SHIFT}))?"
        ),
        _eve,
    ),
    (
        compiled(
            rf"(?P<named>hari )?{_INDONESIAN_DAY}(?: (?P<part>{PART_OF_DAY}))?"
            rf"(?: (?P<week>pekan|minggu))?(?: (?:{SHIFT}))"
        ),
        _weekday,
    ),
    (
        compiled(rf"(?P<named>hari )?{_INDONESIAN_DAY}(?: (?P<part>{PART_OF_DAY}))?"),
        _weekday,
    ),
    (compiled(rf"(?:{_ENGLISH_SHIFT} )?{_ENGLISH_DAY}(?: {PART_OF_DAY})?"), _weekday),
    (
        compiled(rf"{_ENGLISH_DAY}(?: {PART_OF_DAY})?(?: of)? {_ENGLISH_SHIFT} (?P<week>week)"),
        _weekday,
    ),
)
