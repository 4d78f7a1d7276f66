"""What was understood, in words: one condition a note, in the language of the question."""

from datetime import date

from warta.assistant.question.understood import Language, Understood
from warta.assistant.texts import day_text
from warta.corpus.dates.phrases import DateRange


def notes_of(understood: Understood) -> tuple[str, ...]:
    """Return the notes on topics, days, outlets, order and spelling of a message."""
    english = understood.language == "en"
    notes = []
    if understood.followup:
        said = "understood as" if english else "dipahami sebagai"
        notes.append(f"{said}: {understood.standalone}")
    for part in understood.parts:
        if part.days:
            notes.append(_date_note(part.days, understood.language))
    if understood.outlets:
        notes.append(f"{'only' if english else 'hanya'}: {', '.join(understood.outlets)}")
    for outlet in understood.unknown_outlets:
        lacking = "is not among this archive's outlets" if english else "bukan media arsip ini"
        notes.append(f"{outlet}: {lacking}")
    if any(part.newest for part in understood.parts):
        notes.append("newest first" if english else "yang terbaru didahulukan")
    for typed, meant in understood.corrected:
        notes.append(f"{typed}: {'read as' if english else 'dibaca sebagai'} {meant}")
    return tuple(dict.fromkeys(notes))


def _date_note(days: DateRange, language: Language) -> str:
    english = language == "en"
    named = _span(days.since, days.until, language)
    first = "first, others are found, too" if english else "didahulukan, yang lain tetap dicari"
    return f"{days.text}: {named} ({first})"


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
