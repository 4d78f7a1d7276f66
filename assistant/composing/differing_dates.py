"""Days and years that sources give for one thing asked, and appointments that were moved.

Days are compared as far as both are named: a month contradicts no day in it, and a day of the
week alone contradicts nothing.
"""

import re
from collections.abc import Sequence
from datetime import date

from warta.assistant.composing.emphasis import answering_words
from warta.assistant.composing.reports import CLOCK, RECURS, UNDONE, Report, Telling, cover
from warta.assistant.composing.shapes import broken, hedged
from warta.corpus.language.marks import marks, stem_list
from warta.corpus.language.numbers import Fact
from warta.corpus.language.words import fold
from warta.index.reader.features import Asked, Candidate

_REACH = 60  # characters around a date in which what was asked must stand
_COVERED = 0.8  # share of the question's words, by rarity, that the sentence must hold
_NEAR_DAYS, _NEAR_YEARS = 31, 3  # what is further apart is hardly the same thing
_MONTH_DAYS = 30
# The day on which somebody says something stands in the same place as that of what they say.
_SPEECH = re.compile(
    r"\b(?:kata|ujar|ucap|tutur|jelas|ungkap|sebut|terang|papar|tulis|imbuh|tambah)(?:nya)?\b|"
    r"\b(?:me(?:ngatakan|ngungkapkan|njelaskan|nyebutkan|nyampaikan|nuturkan|nyatakan|nerangkan|"
    r"mastikan)|dikutip|dikonfirmasi|keterangan|jumpa pers|konferensi pers|rilis|wartawan|said|"
    r"told|according to)\b",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:akan|bakal|rencana\w*|direncanakan|dijadwalkan|ditargetkan|target|diperkirakan|"
    r"diharapkan|will|planned|scheduled|expected|due)\b",
    re.IGNORECASE,
)
# Another day than that of the thing itself, or one of several.
_OTHER_DAY = re.compile(
    r"\b(?:semula|awalnya|sebelumnya|sejak|hingga|sampai|paling lambat|sebelum|setelah|usai|"
    r"menjelang|lagi|kembali|kedua|ketiga|terakhir|masing-masing|pemberitaan|originally|since|"
    r"until|before|after|again|second)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"\b(?:waktu (?:setempat|indonesia)|local time|GMT|UTC)\b", re.IGNORECASE)
_MOVED = re.compile(
    r"\b(?:diundur|mundur|ditunda|tertunda|dimajukan|digeser|dipindah\w*|dijadwal(?:kan)? ulang|"
    r"postponed|rescheduled|delayed|brought forward)\b",
    re.IGNORECASE,
)
_FROM_TO = re.compile(r"\)? (?:menjadi|ke|to)(?: (?:tanggal|hari))?(?: \w+,?)? \(?", re.IGNORECASE)


def dates(asked: Asked, quoted: Sequence[Candidate], named: frozenset[str]) -> list[Telling]:
    """Return the day each sentence gives for what is asked; none where two could be meant."""
    if RECURS.search(asked.text) or not named:
        return []
    found = (_telling(asked, sentence, named) for sentence in quoted)
    return [telling for telling in found if telling]


def _telling(asked: Asked, sentence: Candidate, named: frozenset[str]) -> Telling | None:
    text = sentence.text
    span = answering_words(asked, text)
    if span is None or not sentence.hit.article.published or not _tells(asked, sentence, named):
        return None
    found = [fact for fact in marks(text).facts if fact.kind == "date" or _is_year(fact)]
    if len(found) == 2 and _MOVED.search(text):
        between = text[found[0].end : found[1].start]
        found = found[1:] if _FROM_TO.fullmatch(between) else found
        span = (found[-1].start, found[-1].end)
    if len(found) != 1 or not span[0] <= found[0].start < span[1]:
        return None
    fact = found[0]
    around = set(stem_list(text[max(0, fact.start - _REACH) : fact.end + _REACH]))
    if (around & set(asked.weights)) <= set(asked.names):
        return None
    hours = frozenset(CLOCK.findall(sentence.hit.passage.text))
    parts = _parts(fact.value)
    return Telling(Report(sentence, hours), text[fact.start : fact.end].rstrip("."), parts)


def _tells(asked: Asked, sentence: Candidate, named: frozenset[str]) -> bool:
    """Tell a sentence that says all that is asked, firmly, and of that day alone."""
    text = sentence.text
    own = frozenset(stem_list(text))
    title = sentence.hit.article.title
    numbers = {fact.value for part in (text, title) for fact in marks(part).facts}
    predicate = next((g for g in reversed(asked.wanted) if g[0][0] not in asked.names), ())
    return (
        cover(asked, own) >= _COVERED
        and own | set(stem_list(title)) >= named
        and numbers >= asked.numbers
        and any(term in own for term, _ in predicate)
        and not any(rule.search(text) for rule in (_SPEECH, _ELSEWHERE, RECURS, UNDONE))
        and (not _OTHER_DAY.search(text) or bool(_MOVED.search(text)))
        and not hedged(text)
        and not broken(text)
        and not marks(text).question
    )


def _is_year(fact: Fact) -> bool:
    return not fact.unit and re.fullmatch(r"1[5-9]\d\d|20\d\d", fact.value) is not None


def _parts(value: str) -> tuple[str, ...]:
    """Return year, month and day, "" for what a date leaves open."""
    year, month, day = [*value.replace("--", "-", 1).split("-"), "", ""][:3]
    return year, month, day


def dates_differ(one: Telling, other: Telling) -> bool:
    """Tell two days, months or years that cannot be the same one, but may be of one thing."""
    if bool(_PLANNED.search(_text(one))) != bool(_PLANNED.search(_text(other))):
        if not _MOVED.search(_text(other)):
            return False
    if _on_own_day(one) is not None and _on_own_day(one) == _on_own_day(other):
        return False  # each tells of its own yesterday
    both = [(a, b) for a, b in zip(one.value, other.value, strict=True) if a and b]
    if not both or all(a == b for a, b in both):
        return False
    days = [_day(telling) for telling in (one, other)]
    if days[0] and days[1]:
        return abs((days[0] - days[1]).days) <= _NEAR_DAYS
    if one.value[0] and other.value[0]:
        years = abs(int(one.value[0]) - int(other.value[0]))
        return years <= _NEAR_YEARS
    return False


def _text(telling: Telling) -> str:
    return telling.report.sentence.text


def _day(telling: Telling) -> date | None:
    """Return the day meant, in the year nearest to its report where none is named."""
    published = telling.report.article.published
    year, month, day = telling.value
    if not published or not month or not day:
        return None
    years = [int(year)] if year else [published.year + step for step in (-1, 0, 1)]
    found = []
    for each in years:
        try:
            found.append(date(each, int(month), int(day)))
        except ValueError:
            continue
    return min(found, key=lambda d: abs((d - published).days), default=None)


def _on_own_day(telling: Telling) -> int | None:
    """Return how many days before its report a day lies, None where it cannot be told."""
    day, published = _day(telling), telling.report.article.published
    return (published - day).days if day and published else None


def moved(older: Telling, newer: Telling) -> bool:
    """Tell an appointment that the newer sentence says was moved."""
    days = (_day(older), _day(newer))
    later = str(older.report.article.published) < str(newer.report.article.published)
    return later and None not in days and _MOVED.search(fold(_text(newer))) is not None
