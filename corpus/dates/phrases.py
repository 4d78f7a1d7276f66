"""Which days a question is about: date phrases in Indonesian and English, by rules, offline.

The rules for what is counted from the day of asking stand here (kemarin, pekan lalu, 3 days ago);
`absolute` has those for days that are named.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from warta.corpus.dates import absolute
from warta.corpus.dates.calendar import MONTH, WEEKDAYS, alternatives
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
    found,
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

# Numbers that look like dates and are none: laws, school years, editions, schools, durations.

_LAWS = (
    r"uu|undang-undang|pp|perpu|perppu|perpres|keppres|inpres|permen\w*|perda|pergub|perbup|"
    r"perwali|pkpu|pojk|peraturan(?: \w+){0,3}|putusan(?: \w+){0,2}|surat(?: \w+){0,3}|sk|skb|"
    r"nomor|no\.?|pasal|ayat|law|act|article|regulation|rule|decree"
)
_EDITIONS = (
    r"ajaran|pelajaran|anggaran|akademik|fiskal|buku|politik|angkatan|lulusan|kelahiran|keluaran|"
    r"produksi|musim|edisi|season|class of|model|apbn|apbnp|apbd|rapbn|rapbd|pemilu|pilpres|"
    r"pilkada|pilgub|pileg|cpns|utbk|snmptn|sbmptn|liga \d|piala \w+|sea games|asian games|"
    r"olimpiade|kurikulum|sensus|visi|agenda"
)
_PLACES = (
    r"universitas|univ|institut|stadion|jalan|jl\.?|jln\.?|gerakan|monumen|tugu|taman|gedung|rsud?|"
    r"rumah sakit|bandara|lapangan|hotel|film|lagu|novel|album|serial|masjid|gor|kampus|tragedi|"
    r"serangan(?: teror)?|proklamasi|pertempuran|alumni|reuni|kerusuhan mei|partai|boeing|airbus"
)
_BIRTHS = (
    r"(?:lahir|kelahiran|dilahirkan|didirikan|berdiri|dibangun|born|founded|established)"
    r"(?: (?:sejak|pada|di|tanggal|on|in|tahun|\w+,)){0,3}"
)
_NAMES = re.compile(
    rf"\b(?:{_LAWS})\s*(?:no\.?|nomor|number)?\s*\d[\w./-]*(?!\w|\s?{MONTH}\b)"
    r"(?:\s*(?:tahun|year|of)\s*\d{4})?"
    r"|\b\d+ tahun (?:19|20)\d\d\b"
    rf"|\b(?:{_EDITIONS})(?: \w+){{0,2}}? (?:tahun )?(?:19|20)\d\d(?:\s?[/–-]\s?\d{{2,4}})?"
    r"|\b(?:19|20)\d\d\s?/\s?(?:19|20)?\d\d\b(?!/)"
    rf"|\b(?:{_PLACES})\s+(?:\d+\s+)?{MONTH}\b(?:\s+(?:19|20)\d\d)?"
    rf"|\b(?:{_PLACES})\s+\d+\s+{MONTH}\b(?:\s+(?:19|20)\d\d)?"
    rf"|\b{_BIRTHS} (?:\d+ )?(?:{MONTH} )?(?:tahun )?(?:19|20)\d\d\b"
    rf"|\b{_BIRTHS} \d+ {MONTH}\b"
    rf"|\b(?:sebelas|sepuluh) {MONTH}\b"
    r"|\b(?:peristiwa|gerakan) 30 september\b(?! 20)"
    r"|\bsehari semalam\b|\bminggu tenang\b|\b(?:19|20)\d\d\s?an\b"
)


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

_RELATIVE: tuple[Rule, ...] = (
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


def blot_names(text: str) -> str:
    """Return lower-case `text` of the same length with names and numbers of that kind blotted out.

    "uu nomor 12 tahun 2011", "tahun ajaran 2019/2020", "universitas 17 agustus 1945" and
    "lahir 3 mei 1990" tell no time that news could be sought by.
    """
    return _NAMES.sub(lambda match: "\x00" * len(match[0]), text)


_RULES = absolute.RULES + _RELATIVE
Kind = Literal["published", "mentioned"]


@dataclass(frozen=True, slots=True)
class DateRange:
    """The days a question names, both included; None leaves a side open.

    `question[start:end] == text` is the phrase, its preposition included. `kind` is "published"
    where news of that time is asked for, "mentioned" where something of that time is. `first`
    and `last` are the days of publication to search: what happened is often reported later,
    never before; both None where nothing published can be excluded (a time to come).
    """

    since: date | None
    until: date | None
    text: str
    start: int
    end: int
    kind: Kind
    first: date | None
    last: date | None


@lru_cache(maxsize=1024)
def find_range(question: str, today: date, newest: date | None = None) -> DateRange | None:
    """Return the days a question asked on `today` is about, or None where it names none.

    Months and days without a year are the latest past ones, unless the question looks ahead: seen
    from `newest`, the archive's last day, where that lies before today. Weeks begin on Monday; a
    period that is not over ends today, for an archive has no more. Numbers may be words ("lima
    September dua ribu delapan belas"). Years and numbers in names (Pilpres 2019, UU 12 tahun
    2011), ages and durations are none.
    """
    plain, places = _in_figures(question)
    found = _found(plain, today, min(today, newest) if newest else today)
    if found is None or plain == question:
        return found
    start, end = _typed(found.start, places, 0), _typed(found.end, places, 1)
    return replace(found, text=question[start:end], start=start, end=end)


def _found(question: str, today: date, anchor: date) -> DateRange | None:
    lower = question.lower() if len(question.lower()) == len(question) else question
    ahead = bool(_AHEAD.search(lower))
    asked = PlainQuestion(blot_names(lower), question, today, ahead, anchor)
    moments = _apart(asked)
    if not moments:
        return None
    kind: Kind = "published" if _NEWS.search(lower) else "mentioned"
    return _ranged(moments, asked, kind)


_DIGITS = {
    word: n
    for n, word in enumerate("satu dua tiga empat lima enam tujuh delapan sembilan".split(), 1)
} | {"sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1000}
_UNIT_WORDS = {"belas": 10, "puluh": 10, "ratus": 100, "ribu": 1000}
_NUMBER = rf"(?:{'|'.join(_DIGITS)})(?: (?:{'|'.join([*_DIGITS, *_UNIT_WORDS])}))*"
_SPELT = re.compile(
    rf"\b(?P<first>{_NUMBER})(?= (?:(?:sampai|hingga|dan|atau|s/d) (?:tanggal )?(?:{_NUMBER}|"
    rf"\d\d?) )?"
    rf"(?:bulan )?{MONTH}\b)|(?<=tanggal )(?P<day>{_NUMBER})\b|(?<=tahun )(?P<year>{_NUMBER})\b",
    re.IGNORECASE,
)
_AFTER_MONTH = re.compile(rf"\b{MONTH}(?: tahun)? (?P<year>{_NUMBER})\b", re.IGNORECASE)
_Places = list[tuple[int, int, int, int]]


def _in_figures(question: str) -> tuple[str, _Places]:
    """Return a question with the days and years written in words in figures.

    With it where: (start, end) in the result and (start, end) as typed, in order.
    """
    if not _ANY_WORD.search(question):
        return question, []
    spans = [m.span(name) for m in _SPELT.finditer(question) for name in ("first", "day", "year")
             if m[name]]  # fmt: skip
    spans += [m.span("year") for m in _AFTER_MONTH.finditer(question)]
    text, places, end = "", [], 0
    for start, stop in sorted(set(spans)):
        value = _value(question[start:stop].lower().split())
        if start < end or not (1 <= value <= 31 or 1900 <= value <= 2100):
            continue
        text += question[end:start]
        places.append((len(text), len(text) + len(str(value)), start, stop))
        text += str(value)
        end = stop
    return text + question[end:], places


_ANY_WORD = re.compile(rf"\b(?:{'|'.join(_DIGITS)})\b", re.IGNORECASE)


def _value(spelt: list[str]) -> int:
    """Return the number that words spell: "dua ribu delapan belas" is 2018."""
    total = part = 0
    for word in spelt:
        if word == "belas":
            part = part + 10
        elif word == "puluh":
            part = part // 10 * 10 + part % 10 * 10
        elif word in ("ratus", "ribu"):
            total, part = total + part * _UNIT_WORDS[word], 0
        else:
            value = _DIGITS[word]
            total, part = (total + value, part) if value >= 100 else (total, part + value)
    return total + part


def _typed(place: int, places: _Places, side: int) -> int:
    """Return where a place in the figured text lies in the typed one; `side` 1 for an end."""
    moved = 0
    for first, last, start, stop in places:
        if place <= first and not (side and place > first):
            break
        if first < place < last:
            return stop if side else start
        moved = stop - last
    return place + moved


_AHEAD = re.compile(
    r"\b(?:depan|mendatang|akan|bakal|besok|lusa|nanti|rencana(?:nya)?|jadwal(?:nya)?|will|upcoming|"
    r"next|going to|schedule[ds]?|tomorrow|berikutnya)\b"
)
_PLANNED = re.compile(
    r"\b(?:dijadwalkan|jadwal(?:nya)?|direncanakan|rencana(?:nya)?|berencana|akan|bakal|persiapan|"
    r"bersiap|menyiapkan|ditargetkan|target(?:nya)?|diprediksi|prediksi|diperkirakan|proyeksi|"
    r"mulai berlaku|will|prepar(?:ing|es?)|plan(?:s|ned|ning)?|scheduled?|expect(?:s|ed)?|"
    r"forecast|upcoming|due)\b"
)
_NEWS = re.compile(
    r"\b(?:berita|kabar|artikel|liputan|pemberitaan|headline|tajuk|diberitakan|memberitakan|"
    r"dimuat|terbit|diterbitkan|rangkum|ringkas|rangkuman|ringkasan|apa (?:saja )?yang terjadi|"
    r"news|articles?|stories|coverage|published|happened|headlines)\b"
)


def _apart(asked: PlainQuestion) -> list[Moment]:
    """Return the moments that do not overlap, longest first choice, in order of place."""
    every = list(found(_RULES, asked))
    chosen: list[Moment] = []
    for moment in sorted(every, key=lambda m: (m.start - m.end, m.start)):
        if all(moment.end <= c.start or moment.start >= c.end for c in chosen):
            chosen.append(moment)
    return sorted(chosen, key=lambda m: m.start)


_JOIN = re.compile(
    r"^[\s,)]*(?:-|–|—|&|s/?d|s\.d\.?|sampai(?: dengan)?|hingga|ke|to|until|till|through|dan|and|"
    r"serta|atau|or|,|vs\.?|dibanding(?:kan)?(?: dengan)?|compared (?:to|with))?\s*"
    r"(?:tanggal|tgl|bulan|tahun|hari|the)?[\s,(]*$"
)
_NEAR = re.compile(
    r"^[\s,()]*(?:pada|di|tanggal|tgl|hari|bulan|atau|on|of|in|yaitu|yakni)?[\s,()]*$"
)


def _chosen(moments: list[Moment], asked: PlainQuestion) -> tuple[Moment, int]:
    """Return the first moment with those that continue it, and how many they are.

    "antara 1 dan 5 September" and "dari Agustus hingga Oktober" are one span; "kemarin (10/9)"
    names one day twice.
    """
    whole = moments[0]
    for used, other in enumerate(moments[1:], start=1):
        between = asked.text[whole.end : other.start]
        inside = _narrower(whole, other)
        if inside and _NEAR.match(between):
            whole = replace(inside, start=whole.start, end=other.end)
        elif _JOIN.match(between) and between.strip(" ,()"):
            whole = _joined(whole, other)
        else:
            return whole, used
    return whole, len(moments)


def _narrower(left: Moment, right: Moment) -> Moment | None:
    for inner, outer in ((left, right), (right, left)):
        if (
            outer.period.since <= inner.period.since and inner.period.until <= outer.period.until
        ) or (inner.guessed and not outer.guessed and outer.grain == "year"):
            return inner
    return None


def _joined(left: Moment, right: Moment) -> Moment:
    """Return the span from left to right; a guessed year follows the other's."""
    since, until = left.period.since, right.period.until
    if left.guessed and not (right.guessed and since <= until):
        since = _in_year(since, until.year)
        since = since if since <= until else _in_year(since, until.year - 1)
    elif right.guessed and until < since:
        until = _in_year(until, since.year)
        until = until if until >= since else _in_year(until, since.year + 1)
    while since > until and left.relative and left.grain == "day":
        since -= timedelta(7)  # "antara Senin dan Rabu pekan lalu"
    if since > until:  # "Juli 2019 dibanding Juli 2018"
        since, until = right.period.since, left.period.until
    grain: Grain = left.grain if left.grain == right.grain else "span"
    return Moment(left.start, right.end, Period(since, until), grain, joined=True)


def _in_year(day: date, year: int) -> date:
    return day.replace(year=year, day=min(day.day, 28) if day.month == 2 else day.day)


_FILL = r"(?:\s+(?:tanggal|tgl|bulan|tahun|hari|libur|masa|the|around))?[\s(]*$"
_OPENERS = (
    (
        "since",
        r"(?:sejak|semenjak|mulai(?: dari)?|terhitung(?: sejak)?|since|starting(?: from| on)?)",
    ),
    ("after", r"(?:setelah|sesudah|seusai|usai|pasca|after|following)"),
    ("eve", r"(?:menjelang|jelang|ahead of)"),
    ("before", r"(?:sebelum|before|prior to)"),
    ("until", r"(?:hingga|sampai(?: dengan)?|s/?d|until|till|up to|by)"),
)
_OPENING = tuple((name, re.compile(rf"(?<!\w){rule}{_FILL}")) for name, rule in _OPENERS)
_PREPOSITION = re.compile(
    r"(?<!\w)(?:(?:antara|dari|pada|di|selama|sepanjang|dalam|per|saat|waktu|ketika|between|from|in|"
    r"on|during|throughout|over|within|for|at|as of|of)"
    r"(?:\s+(?:tanggal|bulan|tahun|hari|periode|the))?|tanggal|bulan|tahun|hari)?[\s(]*$"
)
_NOW = re.compile(r"\s*(?:-|–|hingga|sampai|s/?d|until|till|to)\s+(?:sekarang|kini|saat ini|now)\b")
_GONE = re.compile(r"\s+(?:yang |yg )?(?:lalu|silam)\b")
_EVE = 14
"""Days before a day that "menjelang" means."""


def _ranged(moments: list[Moment], asked: PlainQuestion, kind: Kind) -> DateRange:
    moment, used = _chosen(moments, asked)
    closing = _closing(moments[used:], asked) if used < len(moments) else None
    rest = [m.period for m in moments[used:] if not m.relative]
    before = asked.text[: moment.start]
    opening, opener = next(
        ((name, m) for name, rule in _OPENING if (m := rule.search(before))), ("", None)
    )
    opener = opener or _PREPOSITION.search(before)
    opening = "" if moment.joined else opening
    start = opener.start() if opener else moment.start
    now, gone = (rule.match(asked.text, moment.end) for rule in (_NOW, _GONE))
    end = now.end() if now else gone.end() if gone else moment.end
    if now:
        opening = "since"
    if asked.text[end : end + 1] == ")" and "(" in asked.text[start:end]:
        end += 1
    since, until = _opened(moment.period, opening, asked.today)
    if closing and opening in ("since", "after") and since and closing[0] >= since:
        until, end = closing
        opening, rest = "", []
    if since and until and not moment.relative:  # "dibanding 10 September, harga 20 September"
        since = min([since, *(period.since for period in rest)])
        until = max([until, *(period.until for period in rest)])
    if since and until and since <= asked.today < until and not (asked.ahead and not opening):
        until = asked.today
    first, last = _window(since, until, moment.grain, kind, asked.today, opening)
    if kind == "mentioned" and _PLANNED.search(asked.text):
        first = None  # what is planned is reported before it comes
    return DateRange(since, until, asked.original[start:end], start, end, kind, first, last)


def _closing(moments: list[Moment], asked: PlainQuestion) -> tuple[date, int] | None:
    """Return the last day and the end of "… dan sebelum 10 September", None for no such bound."""
    moment = moments[0]
    before = asked.text[: moment.start]
    name = next((name for name, rule in _OPENING if rule.search(before)), "")
    if name == "before":
        return moment.period.since - timedelta(1), moment.end
    return (moment.period.until, moment.end) if name == "until" else None


def _opened(period: Period, opening: str, today: date) -> tuple[date | None, date | None]:
    day = timedelta(1)
    if opening == "since":
        return period.since, max(today, period.since)
    if opening == "after":
        return period.until + day, max(today, period.until + day)
    if opening == "eve":
        return period.since - timedelta(_EVE), period.since - day
    if opening == "before":
        return None, period.since - day
    if opening == "until":
        return None, period.until
    return period.since, period.until


_REPORTED_WITHIN = {"day": 2, "week": 3, "month": 45, "span": 2}
"""Days in which what happened in such a time is reported; figures of longer ones any time after."""


def _window(
    since: date | None, until: date | None, grain: Grain, kind: Kind, today: date, opening: str
) -> tuple[date | None, date | None]:
    """Return the days of publication to search for a range."""
    if since and since > today:
        return None, None
    if kind == "published" or opening in ("since", "before", "after"):
        return since, until
    if grain == "holiday":
        around = timedelta(10)
        return since and since - around, until and min(until + around, today)
    if until is None or grain in ("quarter", "year"):
        return since, max(today, until) if until else None
    return since, min(until + timedelta(_REPORTED_WITHIN[grain]), max(today, until))
