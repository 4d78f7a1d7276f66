"""What the rules for date phrases share: the day of asking, what was found, small words."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from warta.corpus.dates.calendar import full_year
from warta.corpus.dates.periods import Period

Grain = Literal["day", "week", "month", "quarter", "year", "span", "holiday"]


@dataclass(frozen=True, slots=True)
class PlainQuestion:
    """The question as the rules see it: lower case, of equal length, names blotted out.

    `original` is as typed. `ahead`: it speaks of what is to come, so that a date without a
    year may be the next one. `anchor` is the day from which a missing year is guessed: that of
    asking, or the archive's last one where that lies before it.
    """

    text: str
    original: str
    today: date
    ahead: bool
    anchor: date


@dataclass(frozen=True, slots=True)
class Moment:
    """A date expression at `text[start:end]` and the days it names.

    `guessed`: no year was given and the nearest past one was taken; a neighbour's year counts
    for more. `relative`: counted from the day of asking. `joined`: from one expression to another.
    """

    start: int
    end: int
    period: Period
    grain: Grain
    guessed: bool = False
    relative: bool = False
    joined: bool = False


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], PlainQuestion], Moment | None]]


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that begins and ends where words do."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)")


def found(rules: tuple[Rule, ...], asked: PlainQuestion) -> Iterator[Moment]:
    """Yield what each rule finds, overlapping ones included."""
    for pattern, read in rules:
        for match in pattern.finditer(asked.text):
            moment = read(match, asked)
            if moment is not None:
                yield moment


_ONES = "satu dua tiga empat lima enam tujuh delapan sembilan".split()
_TEENS = "sepuluh sebelas".split() + [f"{ones} belas" for ones in _ONES[1:]]
_ENGLISH = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
).split()
NUMBERS: dict[str, int] = (
    {word: n for n, word in enumerate(_ONES + _TEENS, 1)}
    | {f"{ones} puluh": 10 * n for n, ones in enumerate(_ONES[1:], 2)}
    | {word: n for n, word in enumerate(_ENGLISH, 1)}
    | {"se": 1, "a": 1, "an": 1, "a couple of": 2, "couple of": 2, "twenty": 20, "thirty": 30}
)
"""Number words that count days, weeks, months and years."""

_ORDINALS = (
    "pertama kesatu ke-1 ke1 i 1 first 1st",
    "kedua ke-2 ke2 ii 2 second 2nd",
    "ketiga ke-3 ke3 iii 3 third 3rd",
    "keempat ke-4 ke4 iv 4 fourth 4th",
    "kelima ke-5 ke5 v 5 fifth 5th",
)
ORDINALS: dict[str, int] = {
    form: number for number, forms in enumerate(_ORDINALS, 1) for form in forms.split()
} | {"terakhir": -1, "last": -1}

PAST = (
    r"(?:(?:yang |yg )?(?:lalu|silam|lewat|kepungkur)|kemarin ini|kemarin|kmrn|kemaren|kmarin|"
    r"wingi)"
)
THIS = r"(?:ini|sekarang|berjalan)"
NEXT = r"(?:depan|mendatang|(?:yang |yg )?akan datang|berikutnya)"
SHIFT = rf"(?P<past>{PAST})|(?P<this>{THIS})|(?P<next>{NEXT})"
YEAR = r"(?P<year>(?:19|20)\d\d)"
_YEAR_SHIFT = (
    r"(?:(?P<lastyear>(?:tahun|thn) (?:lalu|kemarin|silam)|last year)|"
    r"(?P<thisyear>(?:tahun|thn) ini|this year)|(?P<nextyear>(?:tahun|thn) depan|next year))"
)
OF_YEAR = rf"(?:,?[\s/]*(?:tahun |thn |of |in )?(?:{YEAR}|{_YEAR_SHIFT}))"
PART_OF_DAY = (
    r"(?:dini hari|pagi|siang|sore|petang|malam|malem|subuh|mlm|morning|afternoon|evening|night)"
)
PARTS = {
    "awal": 0, "early": 0, "beginning of": 0, "start of": 0, "permulaan": 0,
    "pertengahan": 1, "tengah": 1, "medio": 1, "mid": 1, "middle of": 1, "mid of": 1,
    "akhir": 2, "penghujung": 2, "pengujung": 2, "late": 2, "end of": 2,
}  # fmt: skip
PART = "|".join(sorted(PARTS, key=len, reverse=True))


def number(words: str) -> int:
    """Return the value of a number in figures or `NUMBERS`."""
    words = " ".join(words.split())
    return int(words) if words.isdigit() else NUMBERS[words]


def shift(match: re.Match[str]) -> int | None:
    """Return −1, 0, 1 for "lalu", "ini", "depan" among the groups of `SHIFT`; None for none."""
    groups = match.groupdict()
    steps = {"past": -1, "this": 0, "next": 1}
    return next((step for name, step in steps.items() if groups.get(name)), None)


def year_of(match: re.Match[str], asked: PlainQuestion) -> int | None:
    """Return the year as written or counted from today, None where none stands there."""
    groups = match.groupdict()
    if groups.get("year"):
        return full_year(groups["year"])
    steps = {"lastyear": -1, "thisyear": 0, "nextyear": 1}
    return next((asked.today.year + n for name, n in steps.items() if groups.get(name)), None)


def nearest_year(since: date, asked: PlainQuestion, step: int | None, whole: bool = False) -> int:
    """Return the years to move a date guessed in today's year: to the past, unless told ahead.

    `whole`: a month or quarter, of which "lalu" means one that is over.
    """
    today = asked.anchor
    begun = since <= today
    if step == 0:
        return 0
    if step == 1:
        return 1 if begun else 0
    if step == -1 and whole:
        return 0 if (since.year, since.month) < (today.year, today.month) else -1
    if begun or (asked.ahead and (since - today).days <= 183):
        return 0
    return -1
