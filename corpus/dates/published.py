"""The day an article was published: read from its date field, its address and its text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from urllib.parse import urlsplit

from warta.corpus.dates.calendar import MONTH, MONTHS, WEEKDAY, WEEKDAYS, full_year, make_date

JAKARTA = timezone(timedelta(hours=7), "WIB")
"""Machines write UTC; the outlets we read publish by this clock."""

EARLIEST = date(1990, 1, 1)
WRITTEN_AHEAD = 3
"""Days between the making of an address and the appearance that are taken as usual."""
OPENING = 600
"""Characters in which a date without a weekday is taken for the article's own."""

_ISO = re.compile(
    r"\b((?:19|20)\d\d)[-/.](\d\d?)[-/.](\d\d?)(?!\d)"
    r"(?:[T ](\d\d):(\d\d)(?::\d\d(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]00:?00)?)?"
)
_COMPACT = re.compile(
    r"^((?:19|20)\d\d)(\d\d)(\d\d)"
    r"(?:[T ]?(\d\d)\d{2,4}(?:\.\d+)?\s?(Z|UTC|[+-]00:?00)?(?:[+-]\d\d:?\d\d)?)?$"
)
# Seconds, milli-, micro- and nanoseconds; MongoDB and .NET write milliseconds in words around.
_EPOCH = re.compile(r"^(?:\\?/Date\()?(\d{9,10})(?:\d{3}){0,3}(?:\.\d+)?(?:[+-]\d{4})?(?:\)\\?/)?$")
_NAMED = re.compile(
    rf"(?<!\d)(\d\d?)(?:st|nd|rd|th)?[\s./-]{{0,3}}(?:of\s+)?({MONTH})\b[.,]?"
    rf"[\s./'’-]{{0,3}}(\d{{4}}|\d\d)(?![\d:])",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"\b({MONTH})\b\.?[\s-]{{0,2}}(\d\d?)(?:st|nd|rd|th)?\s*(?:,\s*|[\s-])(\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"(?<!\d)(\d\d?)\s?([/.-])\s?(\d\d?)\s?\2\s?(\d{4}|\d\d)(?!\d)")
_UNITS = {
    word: value
    for value, word in enumerate("satu dua tiga empat lima enam tujuh delapan sembilan".split(), 1)
}
_TENS = {"sepuluh": 10, "sebelas": 11, "seratus": 100, "seribu": 1000}
_NUMBER_WORD = f"(?:{'|'.join([*_UNITS, *_TENS, 'puluh', 'belas', 'ratus', 'ribu'])})"
_WORDED = re.compile(
    rf"\b({_NUMBER_WORD}(?:\s{_NUMBER_WORD}){{0,3}})\s(?:bulan\s)?({MONTH})\s(?:tahun\s)?"
    rf"({_NUMBER_WORD}(?:\s{_NUMBER_WORD}){{1,7}})\b"
)
_WEEKDAY_DATE = re.compile(rf"\b{WEEKDAY}\W{{1,3}}(?:(?:tanggal|tgl)\W)?\d", re.IGNORECASE)
_NEAR = 3
"""Days by which an event in the opening usually lies before or after the article's day."""
_UTC_CLOCK = re.compile(r"(\d\d?):(\d\d)(?::\d\d)?\s*(?:GMT|UTC|UT|Z|[+-]00:?00)\b")

# Dates inside running text.
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"

# Each begins with what is rare in a text (a digit, a month), so that scanning stays fast; the
# weekday before it is looked for only where something was found.
_NUMERIC_INSIDE = re.compile(
    rf"(?<![\w/,.-]){_DAY}\s?(?P<mark>[/.-])\s?(?P<month>0?[1-9]|1[0-2])"
    r"(?:\s?(?P=mark)\s?(?P<year>(?:19|20)\d\d|\d\d))?(?![\d/]|[.,-]\d|\s?%)"
)
_NAMED_INSIDE = re.compile(
    rf"(?<![\w/,.-]){_DAY}(?:st|nd|rd|th)?[\s./-]{{0,2}}(?:of\s+)?(?P<month>{MONTH})\b\.?"
    rf"(?:,?[\s./-]{{1,2}}{_YEAR})?",
    re.IGNORECASE,
)
_MONTH_FIRST_INSIDE = re.compile(
    rf"(?<!\w)(?P<month>{MONTH})\b\.?\s+{_DAY}(?:st|nd|rd|th)?(?!\d|[.:,]\d)(?:,?\s+{_YEAR})?",
    re.IGNORECASE,
)
_ISO_INSIDE = re.compile(
    r"(?<![\w/-])(?P<year>(?:19|20)\d\d)(?P<mark>[-/])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)(?!\d)"
)
_BEFORE = re.compile(
    rf"(?:(?<!\w)(?P<weekday>{WEEKDAY})\.?,?\s*(?:(?:tanggal|tgl)\.?\s*)?)?(?P<open>\(\s*)?$",
    re.IGNORECASE,
)
_REACH = 24
"""Characters before a date in which its weekday is looked for."""


def parse_date(text: str) -> date | None:
    """Return the day a date field names, or None where it names none for certain.

    Reads ISO 8601, RFC 822, Indonesian and English forms, epoch seconds and milliseconds;
    numbers with slashes as day and month unless only the other order is a day of the
    calendar. A clock given in UTC is taken to the day in Jakarta; other zones keep the
    day as written. What our rules cannot read is given to dateparser.
    """
    text = text.strip()
    if not text or len(text) > 120:
        return None
    if not any(c.isdigit() for c in text):
        return _in_words(text)
    for rule in _RULES:
        found = rule(text)
        if found is not None:
            return found
    if not any(c.isalpha() for c in text):
        return None  # all forms in bare numbers are ours
    return _by_dateparser(text)


def _iso(text: str) -> date | None:
    match = _ISO.search(text)
    if not match:
        return None
    year, month, day, hour, _, zone = match.groups()
    return _in_jakarta(make_date(int(year), int(month), int(day)), hour if zone else None)


def _compact(text: str) -> date | None:
    match = _COMPACT.match(text)
    if not match:
        return None
    year, month, day, hour, zone = match.groups()
    return _in_jakarta(make_date(int(year), int(month), int(day)), hour if zone else None)


def _epoch(text: str) -> date | None:
    match = _EPOCH.match(text)
    return datetime.fromtimestamp(int(match[1]), JAKARTA).date() if match else None


def _named(text: str) -> date | None:
    match = _NAMED.search(text)
    if match:
        day, month, year = match.groups()
    else:
        match = _MONTH_FIRST.search(text)
        if not match:
            return None
        month, day, year = match.groups()
    clock = _UTC_CLOCK.search(text, match.end())
    found = make_date(full_year(year), MONTHS[month.lower()], int(day))
    return _in_jakarta(found, clock[1] if clock else None)


def _numeric(text: str) -> date | None:
    match = _NUMERIC.search(text)
    if not match:
        return None
    day, _, month, year = match.groups()
    found = make_date(full_year(year), int(month), int(day))
    return found or make_date(full_year(year), int(day), int(month))


def _in_words(text: str) -> date | None:
    """Read "lima September dua ribu sembilan belas", as deeds and speeches write it."""
    match = _WORDED.search(text.lower())
    if not match:
        return None
    day, year = _number(match[1]), _number(match[3])
    return make_date(year, MONTHS[match[2]], day) if day and year >= EARLIEST.year else None


def _number(words: str) -> int:
    """Return the value of Indonesian number words up to the thousands, 0 for none."""
    total = group = digit = 0
    for word in words.split():
        if word in _UNITS:
            digit = _UNITS[word]
        elif word in _TENS:
            group += _TENS[word]
        elif word == "belas":
            group, digit = group + 10 + digit, 0
        elif word == "ribu":
            total, group, digit = total + 1000 * (group + digit), 0, 0
        else:
            group, digit = group + digit * {"puluh": 10, "ratus": 100}[word], 0
    return total + group + digit


_RULES: tuple[Callable[[str], date | None], ...] = (_iso, _compact, _epoch, _named, _numeric)
# Days in words are read by `_in_words`, where a text has no digit.


def _in_jakarta(day: date | None, utc_hour: str | None) -> date | None:
    if day is None or utc_hour is None or int(utc_hour) < 17:
        return day
    return day + timedelta(days=1)


@lru_cache(maxsize=4096)
def _by_dateparser(text: str) -> date | None:
    """Read rarer forms; imported late, for it costs half a second that most runs never need."""
    import dateparser

    found = dateparser.parse(
        text,
        languages=["id", "en"],
        settings={
            "DATE_ORDER": "DMY",
            "STRICT_PARSING": True,
            "REQUIRE_PARTS": ["day", "month", "year"],
            "PARSERS": ["absolute-time"],
        },
    )
    return found.date() if found else None


_URL_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d\d)"
    r"(?:/(\d\d?)/(\d\d?)(?=/|$)|[-_](\d\d?)[-_](\d\d?)(?!\d)|(\d\d)(\d\d)(?:\d{4,6})?(?!\d))"
)
_URL_EPOCH = re.compile(r"[-/_](1\d{9})(?:\.html?)?/?$")


def date_from_url(url: str) -> date | None:
    """Return the day an address carries, or None.

    Reads `/2019/09/10/`, `2019-09-10`, `20190910`, `20190910143025` and a closing epoch second
    (`…-1568474327`), year before month before day. Query and fragment are not looked at.
    """
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    for match in _URL_DAY.finditer(path):
        year, month, day = (int(part) for part in match.groups() if part)
        found = make_date(year, month, day)
        if found is not None and found.year >= 1990:
            return found
    second = _URL_EPOCH.search(path)
    return _epoch(second[1]) if second else None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The day believed, and why where its sources disagree ("" where they agree)."""

    published: date | None
    note: str


IMPOSSIBLE = "which cannot be"
"""In the note of a day that is before all news or, by the clock of that hour, still to come."""


def reconcile(field: str, url: str, text: str, today: date | None = None) -> Reconciled:
    """Choose the day of publication from the date field, the address and the text.

    The field is believed unless it is impossible, or the address shows it to be wrong: an
    address is made when the article is, so the field may be up to three days later (written
    in advance) but not earlier, and day and month may be swapped in it. Text dates decide
    only where neither is there, or between a field and its swapped reading, for they may
    name other days. `today` bounds what can have been published (two days of grace).
    """
    latest = (today or datetime.now(JAKARTA).date()) + timedelta(days=2)
    read, addressed = parse_date(field), date_from_url(url)
    stated, address = _possible(read, latest), _possible(addressed, latest)
    swapped = _possible(_swapped(read, field), latest)
    if stated is None and read is not None:
        return _instead_of_impossible(read, swapped, address, text, latest)
    if stated and address:
        chosen = _field_against_address(stated, swapped, address)
        return _with_datelines(chosen, text) if chosen.note else chosen
    if stated:
        return _field_against_text(stated, swapped, text)
    if address:
        return Reconciled(address, "")
    return _from_text(text, latest)


def _possible(day: date | None, latest: date) -> date | None:
    return day if day is not None and EARLIEST <= day <= latest else None


def _swapped(day: date | None, field: str) -> date | None:
    """Return the other reading of a date in numbers; a month in letters has none."""
    if day is None or day.day == day.month or any(name in field.lower() for name in MONTHS):
        return None
    return make_date(day.year, day.day, day.month)


def _field_against_address(stated: date, swapped: date | None, address: date) -> Reconciled:
    if stated == address:
        return Reconciled(stated, "")
    said = f"The date field says {stated}, the address {address}"
    if swapped == address:
        return Reconciled(address, f"{said}: day and month are swapped in the field; {address}.")
    late = (stated - address).days
    if 0 < late <= WRITTEN_AHEAD:
        why = "an address is made when an article is written, the field when it appears"
        return Reconciled(stated, f"{said}: {why}; {stated}.")
    why = "no article appears before its address" if late < 0 else f"{late} days lie between"
    return Reconciled(address, f"{said}: {why}, the address is believed; {address}.")


def _with_datelines(chosen: Reconciled, text: str) -> Reconciled:
    """Add to a note what the text itself is dated, where that is the day believed."""
    assert chosen.published is not None
    for mention in dates_in(text, chosen.published.year):
        if mention.is_dateline and mention.date == chosen.published:
            words = " ".join(text[mention.start : mention.end].split())
            return Reconciled(chosen.published, f"{chosen.note} The text says {words!r}.")
    return chosen


def _field_against_text(stated: date, swapped: date | None, text: str) -> Reconciled:
    if swapped is None:
        return _with_other_dateline(stated, text)
    days = [m.date for m in dates_in(text, stated.year) if m.is_dateline]
    near = [day for day in days if -3 <= (day - swapped).days <= 1]
    if not near or any(abs((day - stated).days) <= 7 for day in days):
        return Reconciled(stated, "")
    said = f"The date field says {stated}, the text is dated {near[0]}"
    return Reconciled(swapped, f"{said}: day and month are swapped in the field; {swapped}.")


def _with_other_dateline(stated: date, text: str) -> Reconciled:
    """Note where the text's opening is dated, and on no day near the one that is believed."""
    opening = text[:OPENING]
    if not _WEEKDAY_DATE.search(opening):
        return Reconciled(stated, "")
    lines = [mention for mention in dates_in(opening, stated.year) if mention.is_dateline]
    apart = [abs((mention.date - stated).days) for mention in lines]
    if not lines or min(apart) <= _NEAR:
        return Reconciled(stated, "")
    words = " ".join(opening[lines[0].start : lines[0].end].split())
    note = f"The date says {stated}, the text is dated {words!r}; the date is believed, {stated}."
    return Reconciled(stated, note)


def _instead_of_impossible(
    read: date, swapped: date | None, address: date | None, text: str, latest: date
) -> Reconciled:
    said = f"The date field says {read}, {IMPOSSIBLE}"
    if address:
        return Reconciled(address, f"{said}; the address says {address}.")
    if swapped and abs((swapped - latest).days) < 400:
        return Reconciled(swapped, f"{said}; with day and month swapped it is {swapped}.")
    found = _from_text(text, latest)
    return Reconciled(found.published, f"{said}. {found.note}".strip())


def _from_text(text: str, latest: date) -> Reconciled:
    """Believe the first dateline, else the first date of the opening: news begins with its day."""
    mentions = [m for m in dates_in(text) if _possible(m.date, latest)]
    datelines = [m for m in mentions if m.is_dateline]
    for mention in datelines + [m for m in mentions if m.start < OPENING]:
        words = " ".join(text[mention.start : mention.end].split())
        return Reconciled(mention.date, f"Neither field nor address; the text says {words!r}.")
    return Reconciled(None, "")


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
    for pattern in (_NUMERIC_INSIDE, _NAMED_INSIDE, _MONTH_FIRST_INSIDE, _ISO_INSIDE):
        for match in pattern.finditer(text):
            mention = _mention(match, year, month_first=pattern is _MONTH_FIRST_INSIDE)
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
