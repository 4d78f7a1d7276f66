"""Normal forms of numbers, amounts and dates, in Indonesian and English.

"lima tahun" = "5 tahun" = "five years", "7/8/2024" = "7 Agustus 2024" = "August 7, 2024",
"Rp 21,05 triliun" = "Rp21,05 triliun". Dates in digits are read day/month/year.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from warta.corpus.dates.calendar import MONTHS
from warta.corpus.language.words import fold

_DIGITS = (
    "nol satu dua tiga empat lima enam tujuh delapan sembilan".split(),
    "zero one two three four five six seven eight nine".split(),
)
_SMALL = {word: value for words in _DIGITS for value, word in enumerate(words)}
_SMALL |= {"sepuluh": 10, "sebelas": 11, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13}
_SMALL |= {"fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18}
_SMALL |= {"nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
_SMALL |= {"seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {"ribu": 3, "rb": 3, "seribu": 3, "thousand": 3, "juta": 6, "jt": 6, "sejuta": 6}
_SCALES |= {"million": 6, "mn": 6, "miliar": 9, "milyar": 9, "semiliar": 9, "billion": 9, "bn": 9}
_SCALES |= {"triliun": 12, "trilyun": 12, "trillion": 12}
_WITHIN = {"belas", "puluh", "ratus", "seratus", "hundred"}
_NUMBER_WORDS = frozenset(_SMALL) | frozenset(_SCALES) | _WITHIN | {"setengah", "half"}
_UNITS = {
    "tahun": "tahun thn th year years",
    "bulan": "bulan bln month months",
    "minggu": "minggu pekan week weeks",
    "hari": "hari day days",
    "jam": "jam hour hours",
    "menit": "menit minute minutes",
    "detik": "detik second seconds",
    "orang": "orang jiwa people persons person",
    "kali": "kali times",
    "gol": "gol goal goals",
    "persen": "persen percent pct %",
    "hektare": "hektare hektar ha hectare hectares",
    "km": "km kilometer kilometre kilometers kilometres",
    "meter": "meter m metre meters metres",
    "cm": "cm sentimeter centimeter centimeters",
    "kg": "kg kilogram kilograms kilo",
    "gram": "gram gr g grams",
    "ton": "ton tons tonnes",
    "liter": "liter litre liters litres",
    "unit": "unit units",
    "poin": "poin point points",
    "rupiah": "rupiah rp idr",
    "dolar": "dolar dollar dollars usd us$ $",
    "euro": "euro euros eur €",
    "yuan": "yuan cny",
    "ringgit": "ringgit rm myr",
    "yen": "yen jpy ¥",
    "pound": "pound pounds gbp £ poundsterling",
}
UNITS = {form: unit for unit, forms in _UNITS.items() for form in forms.split()}
# "setahun" is one year: the prefix counts.
_ONE_OF = {"se" + unit: unit for unit in "tahun bulan minggu hari jam menit".split()}
_ONE_OF |= {"sepekan": "minggu"}
_MONEY = {"rupiah", "dolar", "euro", "yuan", "ringgit", "yen", "pound"}

_MONTH = r"(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DATE = re.compile(
    rf"""
    \b(?P<iy>(?:1[5-9]|20)\d\d)-(?P<im>\d\d)-(?P<id>\d\d)\b
  | \b(?P<nd>\d{{1,2}})(?P<sep>[/.-])(?P<nm>\d{{1,2}})(?P=sep)(?P<ny>(?:1[5-9]|20)?\d\d)\b
  | (?<=\()(?P<pd>\d{{1,2}})/(?P<pm>\d{{1,2}})(?=\))
  | \b(?P<from>\d{{1,2}})\s?(?:-|–|—|hingga|sampai|s/d|dan|to)\s?(?P<rd>\d{{1,2}})\s
      (?P<rm>{_MONTH})(?:,?\s(?P<ry>(?:1[5-9]|20)\d\d)\b)?
  | \b(?P<td>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<tm>{_MONTH})
      (?:,?\s(?P<ty>(?:1[5-9]|20)\d\d)\b)?
  | \b(?P<em>{_MONTH})\s(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)
      (?:,?\s(?P<ey>(?:1[5-9]|20)\d\d)\b)?
  | \b(?P<mm>{_MONTH}),?\s(?P<my>(?:1[5-9]|20)\d\d)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NUMERAL = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_TOKEN = re.compile(rf"US\$|[$€£¥%]|(?:{_NUMERAL})|[^\W\d_]+(?:['’][^\W\d_]+)*")
_ORDINAL = re.compile(r"ke(satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh)")
_ENGLISH_ORDINALS = {"third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}
_ENGLISH_ORDINALS |= {"ninth": 9, "tenth": 10}
# Most sentences hold no number at all: they are not read word by word.
_NUMERIC = re.compile(
    r"\d|\b(?:"
    + "|".join(sorted(_NUMBER_WORDS | _ONE_OF.keys() | _ENGLISH_ORDINALS.keys()))
    + r"|ke(?:satu|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh))\b"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A number or date as it stands in a text, `text[start:end]`.

    `value`: a number without grouping ("21050000000000", "5.7"), or a date "2024-08-07",
    "2024-08", "--08-07" where no year is given. `unit` is "" where none follows.
    """

    kind: Literal["number", "date"]
    value: str
    unit: str
    start: int
    end: int


class _Token(NamedTuple):
    text: str
    start: int
    end: int


@lru_cache(maxsize=1024)
def facts(text: str) -> tuple[Fact, ...]:
    """Return the numbers and dates of `text` in order; overlapping readings are not given."""
    if not _NUMERIC.search(text.lower()):
        return ()
    found = [fact for match in _DATE.finditer(text) for fact in _date_facts(match)]
    taken = [(fact.start, fact.end) for fact in found]
    tokens = [
        _Token(match[0].lower(), match.start(), match.end())
        for match in _TOKEN.finditer(text)
        if not any(start <= match.start() < end for start, end in taken)
    ]
    found += _number_facts(tokens, text)
    return tuple(sorted(found, key=lambda fact: (fact.start, fact.end)))


def canonical(text: str) -> list[str]:
    """Return the words of `text`, folded, with numbers, units and dates in normal form."""
    out: list[str] = []
    position = 0
    for fact in facts(text):
        out += _plain_words(text[position : fact.start])
        out.append(fact.value)
        if fact.unit:
            out.append(fact.unit)
        position = max(position, fact.end)
    return out + _plain_words(text[position:])


def contains(text: str, accepted: str) -> bool:
    """Tell whether `text` holds `accepted`, literally or in normal form.

    Case, accents, punctuation and spacing are left aside; a number never matches inside
    another number or word.
    """
    if _contains_literally(text, accepted):
        return True
    wanted, present = canonical(accepted), canonical(text)
    if not wanted:
        return False
    width = len(wanted)
    return any(
        all(_same(want, have) for want, have in zip(wanted, present[at : at + width], strict=True))
        for at in range(len(present) - width + 1)
    )


def same_date(wanted: str, have: str) -> bool:
    """Tell whether a date value answers for another: a missing year or day asks for less."""
    if wanted == have:
        return True
    if wanted.startswith("--"):
        return have[-5:] == wanted[2:] and len(have) == 10
    return len(wanted) == 7 and len(have) == 10 and have.startswith(wanted)


def _same(want: str, have: str) -> bool:
    return want == have or ("-" in want and "-" in have and same_date(want, have))


def _contains_literally(text: str, accepted: str) -> bool:
    pieces = re.findall(r"[^\W_]+", fold(accepted))
    if not pieces:
        return False
    pattern = r"[\W_]*".join(map(re.escape, pieces))
    before = r"(?<![^\W_])(?<!\d[.,])" if pieces[0][0].isdigit() else r"(?<![^\W_])"
    after = r"(?![^\W_])(?![.,]\d)" if pieces[-1][-1].isdigit() else r"(?![^\W_])"
    return re.search(before + pattern + after, fold(text)) is not None


def _plain_words(text: str) -> list[str]:
    return [UNITS.get(word, word) for word in re.findall(r"[^\W_]+|%", fold(text))]


def _date_value(year: str | None, month: int, day: str | None) -> str | None:
    if not 1 <= month <= 12 or (day and not 1 <= int(day) <= 31):
        return None
    if year and len(year) == 2:
        year = ("20" if int(year) < 50 else "19") + year
    if day is None:
        return f"{year}-{month:02d}"
    return f"{year or '-'}-{month:02d}-{int(day):02d}"


def _date_facts(match: re.Match[str]) -> list[Fact]:
    got = match.groupdict()
    for prefix in "inprtem":
        month_text = got[prefix + "m"]
        if month_text:
            break
    month = int(month_text) if month_text.isdigit() else MONTHS[fold(month_text).rstrip(".")]
    year = got.get(prefix + "y")
    days = [got["from"], got["rd"]] if prefix == "r" else [got.get(prefix + "d")]
    values = [_date_value(year, month, day) for day in days]
    return [Fact("date", value, "", *match.span()) for value in values if value]


def _numeral(text: str) -> Decimal:
    """Read "1.500" and "1,500" as 1500, "21,05" and "21.05" as 21.05, "0,750" as 0.75."""
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", text):
        return Decimal(text.replace(",", ""))
    if text.count(".") + text.count(",") > 1:  # "0.500.000" as a table or a typing error has it
        last = max(text.rfind("."), text.rfind(","))
        point = "." if text[last] not in text[:last] else ""
        return Decimal(re.sub("[.,]", "", text[:last]) + point + text[last + 1 :])
    return Decimal(text.replace(",", "."))


def _plain(value: Decimal) -> str:
    shown = format(value.normalize(), "f")
    return shown if shown != "-0" else "0"


def _number_facts(tokens: list[_Token], text: str) -> list[Fact]:
    found: list[Fact] = []
    at = 0
    while at < len(tokens):
        fact, step = _number_at(tokens, at, text)
        if fact is not None:
            found.append(fact)
        at += step
    return found


def _number_at(tokens: list[_Token], at: int, text: str) -> tuple[Fact | None, int]:
    token = tokens[at]
    if token.text in _ONE_OF:
        return Fact("number", "1", _ONE_OF[token.text], token.start, token.end), 1
    if token.text in _ENGLISH_ORDINALS:
        value = str(_ENGLISH_ORDINALS[token.text])
        return Fact("number", value, "", token.start, token.end), 1
    if match := _ORDINAL.fullmatch(token.text):
        # "kedua" is more often "both" than "second": only the others count.
        value = str(_SMALL[match[1]])
        return (None if value == "2" else Fact("number", value, "", token.start, token.end)), 1
    if token.text[0].isdecimal() or token.text in _NUMBER_WORDS:
        return _quantity(tokens, at, text)
    return None, 1


def _quantity(tokens: list[_Token], at: int, text: str) -> tuple[Fact | None, int]:
    stop = at + 1
    while stop < len(tokens) and _goes_on(tokens, stop, text):
        stop += 1
    value = _value([token.text for token in tokens[at:stop]])
    if value is None or _is_no_count(tokens, at, stop):
        return None, stop - at
    unit, start, end = "", tokens[at].start, tokens[stop - 1].end
    if at and UNITS.get(tokens[at - 1].text) in _MONEY and start - tokens[at - 1].end <= 2:
        unit, start = UNITS[tokens[at - 1].text], tokens[at - 1].start
    if stop < len(tokens) and tokens[stop].start - end <= 1 and tokens[stop].text in UNITS:
        following = UNITS[tokens[stop].text]
        if not unit or unit == following:
            unit, end, stop = following, tokens[stop].end, stop + 1
    return Fact("number", _plain(value), unit, start, end), stop - at


def _goes_on(tokens: list[_Token], at: int, text: str) -> bool:
    between = text[tokens[at - 1].end : tokens[at].start]
    if tokens[at].text not in _NUMBER_WORDS or between.strip(" \t-") or len(between) > 2:
        return False
    # Two digits in a row ("dua tiga hari") are two numbers, and so are "2 lima".
    previous, word = tokens[at - 1].text, tokens[at].text
    if word in _SMALL and previous[0].isdecimal():
        return False
    if word in _SMALL and previous in _SMALL:
        return _SMALL[previous] >= 20 and _SMALL[word] < 10
    return True


def _is_no_count(tokens: list[_Token], at: int, stop: int) -> bool:
    """Tell "salah satu" and "one of" apart from counts."""
    if stop - at > 1:
        return False
    before = tokens[at - 1].text if at else ""
    after = tokens[stop].text if stop < len(tokens) else ""
    word = tokens[at].text
    return (
        (word == "satu" and (before == "salah" or after in ("sama", "satunya")))
        or (word == "one" and (after == "of" or before in ("no", "any", "the", "this", "that")))
        or (word in _SCALES and not word.startswith("se"))
    )


def _value(words: list[str]) -> Decimal | None:
    total, current, seen = Decimal(0), Decimal(0), False
    for word in words:
        if word[0].isdecimal():
            current += _numeral(word)
        elif word in ("setengah", "half"):
            current += Decimal("0.5")
        elif word == "belas":
            current += 10
        elif word == "puluh":
            ones = current % 10
            current += (ones if ones else Decimal(1)) * 10 - ones
        elif word in ("ratus", "hundred"):
            current = max(current, Decimal(1)) * 100
        elif word == "seratus":
            current += 100
        elif word in _SMALL:
            current += _SMALL[word]
        elif word in _SCALES:
            total += (current if current else Decimal(1)) * 10 ** _SCALES[word]
            current = Decimal(0)
        seen = True
    return total + current if seen else None
