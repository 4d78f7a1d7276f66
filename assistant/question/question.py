"""What is asked, by rules and offline: subject, days, outlets, kind of answer, language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from warta.assistant.answer import Message
from warta.assistant.question.followup import StandAlone, stand_alone
from warta.assistant.question.kinds import Kind, kind_of
from warta.assistant.question.outlets import Restriction, find_sources
from warta.assistant.texts import Language, day_text
from warta.corpus.dates.phrases import DateRange, find_range
from warta.corpus.language.words import is_english, query_terms, terms


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood.

    `text` is as typed, `standalone` the same with what the conversation adds, `query` what is
    searched: without the phrases that became conditions. `since` and `until` are the days of
    publication to search (inclusive, None is open); `days` what the question itself named.
    `date_kind` is "mentioned" where something of that time is asked for, which may be reported
    later, "published" for news of that time, "" for no time. `latest`: the newest counts.
    `notes` say all this in the question's language, one condition each. `today` is the day of
    asking.
    """

    text: str
    standalone: str
    query: str
    language: Language
    kind: Kind
    since: date | None = None
    until: date | None = None
    date_text: str = ""
    date_kind: Literal["published", "mentioned", ""] = ""
    days: DateRange | None = None
    sources: tuple[str, ...] = ()
    latest: bool = False
    followup: bool = False
    notes: tuple[str, ...] = ()
    today: date | None = None


def understand(
    question: str, history: Sequence[Message], today: date, sources: Sequence[str] = ()
) -> Question:
    """Return what `question` asks on `today`, after the turns of `history` (oldest first).

    `sources` are the outlets of the archive: only they can be asked for by name.
    """
    text = " ".join(question.split())
    language = _language(text, history)
    alone = stand_alone(text, history, today)
    days = _days(alone.conditions, today)
    outlets = find_sources(alone.conditions, sources)
    return Question(
        text=text,
        standalone=alone.text,
        query=_query(alone, today, sources),
        language=language,
        kind=kind_of(alone.conditions if alone.text == alone.conditions else text),
        since=days.first if days else None,
        until=days.last if days else None,
        date_text=days.text if days else "",
        date_kind=days.kind if days else "",
        days=days,
        sources=outlets.sources if outlets else (),
        latest=bool(_LATEST.search(text)),
        followup=alone.followup,
        notes=tuple(_notes(alone, days, outlets, bool(_LATEST.search(text)), language)),
        today=today,
    )


_MONTHS = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
).split()
_BYGONE = 10  # years after which an event is told of in later news, not found in that of its day


def _days(text: str, today: date) -> DateRange | None:
    days = find_range(text, today)
    if days and days.kind == "mentioned" and days.until and days.until.year < today.year - _BYGONE:
        return replace(days, first=None, last=None)
    return days


_NEWEST = (
    r"\b(?:terbaru|terkini|paling baru|teranyar|baru-baru ini|akhir-akhir ini|belakangan ini|"
    r"sekarang|saat ini|kini|skrg|latest|newest|most recent|recent|recently|currently|right now|"
    r"lately)\b"
)
_LATEST = re.compile(
    rf"{_NEWEST}|\b(?:update|perkembangan) (?:terakhir|soal|kasus)\b", re.IGNORECASE
)
# Articles seldom say of themselves that they are the newest: those that do are of another kind.
_TAKEN_OFF = re.compile(rf"\b(?:(?:kabar|berita|info|news)\W+)?{_NEWEST}", re.IGNORECASE)


def _language(text: str, history: Sequence[Message]) -> Language:
    if is_english(text):
        return "en"
    asked = [m.content for m in history if m.role == "user"]
    if asked and not _INDONESIAN.search(text) and is_english(asked[-1]):
        return "en"
    return "id"


_INDONESIAN = re.compile(
    r"\b(?:apa|siapa|kapan|mana|berapa|brp|mengapa|kenapa|bagaimana|gimana|yang|yg|di|dan|itu|ini|"
    r"kalau|kalo|dengan|untuk|dari|pada|nya|terus|saja|\w+nya)\b",
    re.IGNORECASE,
)


def _query(alone: StandAlone, today: date, sources: Sequence[str]) -> str:
    """Take off what became a condition, unless nothing would be left to search."""
    query = alone.query
    outlets = find_sources(query, sources)
    if outlets:
        query = _cut(query, outlets.start, outlets.end)
    days = find_range(query, today)
    if days and not _is_content(days):
        query = f"{_cut(query, days.start, days.end)} {_as_printed(days)}".strip()
    shorter = " ".join(_TAKEN_OFF.sub(" ", query).split())
    if terms(shorter):
        return shorter
    return query if query_terms(query) else alone.query


def _is_content(days: DateRange) -> bool:
    """Tell a date that articles themselves may print from one counted from today."""
    return any(c.isdigit() for c in days.text) and days.kind == "mentioned"


def _as_printed(days: DateRange) -> str:
    """Return the one day of a phrase like "kemarin" as articles write it, else ""."""
    if days.kind == "published" or days.since is None or days.since != days.until:
        return ""
    return f"{days.since.day} {_MONTHS[days.since.month - 1]} {days.since.year}"


def _cut(text: str, start: int, end: int) -> str:
    joined = f"{text[:start].rstrip()} {text[end:].lstrip()}"
    return re.sub(r"\s+([,?.!])", r"\1", joined).strip(" ,")


def _notes(
    alone: StandAlone,
    days: DateRange | None,
    outlets: Restriction | None,
    latest: bool,
    language: Language,
) -> list[str]:
    english = language == "en"
    notes = []
    if alone.followup:
        notes.append(f"{'understood as' if english else 'dipahami sebagai'}: {alone.text}")
    if days:
        notes.append(_date_note(days, language))
    if outlets:
        notes.append(f"{'only' if english else 'hanya'}: {', '.join(outlets.sources)}")
    if latest:
        notes.append("newest first" if english else "yang terbaru didahulukan")
    return notes


def _date_note(days: DateRange, language: Language) -> str:
    english = language == "en"
    named = _span(days.since, days.until, language)
    if days.first is None and days.last is None:
        bounds = "articles of any day" if english else "artikel dari tanggal mana pun"
        return f"{days.text}: {named} ({bounds})"
    window = _span(days.first, days.last, language)
    if window == named:
        return f"{days.text}: {named}"
    searched = "articles searched" if english else "artikel yang dicari"
    return f"{days.text}: {named} ({searched}: {window})"


def _span(since: date | None, until: date | None, language: Language) -> str:
    english = language == "en"
    if since and until:
        if since == until:
            return day_text(language, since)
        return f"{day_text(language, since)} – {day_text(language, until)}"
    if since:
        return f"{'from' if english else 'sejak'} {day_text(language, since)}"
    if until:
        return f"{'until' if english else 'sampai'} {day_text(language, until)}"
    return ""
