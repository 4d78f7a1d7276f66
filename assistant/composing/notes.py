"""What a reader should know of how a question was understood."""

from datetime import date
from typing import TYPE_CHECKING

from warta.assistant.answer import Note
from warta.assistant.texts import Language, day_text

if TYPE_CHECKING:
    from warta.assistant.question.understood import Understood
    from warta.corpus.dates.phrases import DateRange

_SAID: dict[Language, dict[str, str]] = {
    "id": {
        "outlet": "hanya: {names}", "unknown": "tidak ada di arsip: {names}",
        "newest": "yang terbaru didahulukan", "spelling": "{typed}: dibaca sebagai {meant}",
        "from": "sejak {day}", "until": "sampai {day}",
        "language": "dikutip dalam bahasa Indonesia",
    },
    "en": {
        "outlet": "only: {names}", "unknown": "not in the archive: {names}",
        "newest": "newest first", "spelling": "{typed}: read as {meant}",
        "from": "from {day}", "until": "until {day}",
        "language": "quoted in Indonesian",
    },
}  # fmt: skip


def notes_of(question: "Understood") -> tuple[Note, ...]:
    """Return one note for each condition, correction and topic taken over."""
    said, notes = _SAID[question.language], []
    if question.followup:
        notes.append(Note("understood", question.standalone))
    if question.days:
        notes.append(Note("days", _days(question.days, question.language)))
    if question.outlets:
        notes.append(Note("outlet", said["outlet"].format(names=", ".join(question.outlets))))
    if question.unknown_outlets:
        names = ", ".join(question.unknown_outlets)
        notes.append(Note("missing", said["unknown"].format(names=names)))
    if question.first.newest:
        notes.append(Note("newest", said["newest"]))
    for typed, meant in question.corrected:
        notes.append(Note("spelling", said["spelling"].format(typed=typed, meant=meant)))
    if question.language == "en":
        notes.append(Note("language", said["language"]))
    return tuple(notes)


def _days(days: "DateRange", language: Language) -> str:
    return f"{days.text}: {span(days.since, days.until, language)}"


def span(since: date | None, until: date | None, language: Language) -> str:
    """Return inclusive days as they are read: "3 Sep 2019 – 5 Sep 2019", "sejak 3 Sep 2019"."""
    said = _SAID[language]
    if since and until:
        first, last = day_text(language, since), day_text(language, until)
        return first if since == until else f"{first} – {last}"
    if since:
        return said["from"].format(day=day_text(language, since))
    return said["until"].format(day=day_text(language, until)) if until else ""
