"""What is said in our own words: notes on how a question was understood, help, courtesies."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from warta.assistant.answer import Note
from warta.assistant.question.understood import Understood
from warta.assistant.texts import Language, day_text
from warta.corpus.article import Article
from warta.index.snapshot.snapshot import Coverage

if TYPE_CHECKING:
    from warta.corpus.dates.phrases import DateRange

_NOTED: dict[Language, dict[str, str]] = {
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
    said, notes = _NOTED[question.language], []
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
    said = _NOTED[language]
    if since and until:
        first, last = day_text(language, since), day_text(language, until)
        return first if since == until else f"{first} – {last}"
    if since:
        return said["from"].format(day=day_text(language, since))
    return said["until"].format(day=day_text(language, until)) if until else ""


_SAID = {
    "id": {
        "greeting": "Halo. Tanyakan sesuatu tentang isi arsip ini.",
        "thanks": "Sama-sama. Silakan bertanya lagi.",
        "farewell": "Sampai jumpa.",
        "help": "Warta menjawab dari arsip berita dan menunjukkan sumber setiap kalimat. Anda "
        "dapat "
        "bertanya (siapa, kapan, berapa, mengapa), meminta ringkasan, linimasa, kutipan seseorang, "
        "perbandingan, profil, kabar terbaru atau daftar artikel, dalam bahasa Indonesia atau "
        "Inggris. Jika arsip tidak memuat jawabannya, Warta mengatakannya.",
        "examples": "Contoh: {examples}.",
        "covers": "Arsip ini memuat {articles} artikel dari {outlets} media{days}.",
        "days": ", terbit {first} sampai {last}",
        "weather": "Warta tidak mengetahui cuaca saat ini; ia hanya menjawab dari arsip berita.",
        "clock": "Warta tidak menunjukkan waktu; ia hanya menjawab dari arsip berita.",
        "sum": "Warta tidak berhitung; ia hanya menjawab dari arsip berita.",
        "booking": "Warta tidak dapat memesan atau mengirim sesuatu; ia hanya menjawab dari arsip "
        "berita.",
        "other": "Itu tidak dapat dijawab dari arsip berita. Tanyakan sesuatu yang mungkin pernah "
        "diberitakan.",
        "asks": ("Ringkas berita “{0}”", "Kabar terbaru soal “{1}”", "Linimasa “{2}”"),
    },
    "en": {
        "greeting": "Hello. Ask something about what this archive holds.",
        "thanks": "You are welcome. Ask again whenever you like.",
        "farewell": "Goodbye.",
        "help": "Warta answers from a news archive and shows where every sentence comes from. Ask "
        "who, when, how much or why, or for a summary, a timeline, somebody's quotes, a "
        "comparison, "
        "a profile, the latest news or a list of articles, in Indonesian or English. Where the "
        "archive has no answer, Warta says so.",
        "examples": "Examples: {examples}.",
        "covers": "This archive holds {articles} articles of {outlets} outlets{days}.",
        "days": ", published {first} to {last}",
        "weather": "Warta does not know the weather now; it answers from a news archive only.",
        "clock": "Warta does not tell the time; it answers from a news archive only.",
        "sum": "Warta does not calculate; it answers from a news archive only.",
        "booking": "Warta cannot book or send anything; it answers from a news archive only.",
        "other": "That cannot be answered from a news archive. Ask about something that may have "
        "been in the news.",
        "asks": ("Summarise the news on “{0}”", "The latest on “{1}”", "Timeline of “{2}”"),
    },
}  # fmt: skip


def social(understood: Understood, coverage: Coverage, examples: Sequence[Article] = ()) -> str:
    """Return what Warta says to help, courtesy and what lies elsewhere; no quotation is in it.

    `examples` are articles of the archive whose headlines the examples of the help use.
    """
    said = _SAID[understood.language]
    if understood.task == "courtesy":
        return str(said[understood.courtesy or "greeting"])
    if understood.task == "elsewhere":
        return str(said.get(understood.elsewhere, said["other"]))
    days = ""
    if coverage.first and coverage.last:
        days = str(said["days"]).format(first=coverage.first, last=coverage.last)
    covers = str(said["covers"]).format(
        articles=coverage.articles, outlets=len(coverage.sources), days=days
    )
    asks = tuple(said["asks"])
    headlines = [article.title.strip() for article in examples if article.title.strip()]
    if len(headlines) < len(asks):
        return f"{said['help']} {covers}"
    shown = "; ".join(ask.format(*headlines) for ask in asks)
    return f"{said['help']} {covers} {str(said['examples']).format(examples=shown)}"
