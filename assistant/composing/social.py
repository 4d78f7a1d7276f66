"""What Warta says of itself: help, thanks, and what no archive can know."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from warta.assistant.answer import Sentence
from warta.assistant.texts import Language
from warta.corpus.article import Article

if TYPE_CHECKING:
    from warta.assistant.question.understood import Understood

_EXAMPLES = 3

_SAID: dict[Language, dict[str, str]] = {
    "id": {
        "greeting": "Halo. Tanyakan sesuatu tentang isi arsip ini.",
        "thanks": "Sama-sama. Silakan tanya lagi.",
        "farewell": "Sampai jumpa.",
        "help": "Warta menjawab pertanyaan dari arsip berita dan menunjukkan sumber setiap "
        "kalimatnya. Tanyakan siapa, kapan, di mana, berapa, mengapa, atau bagaimana; minta "
        "ringkasan, linimasa, kabar terbaru, kutipan seseorang, perbandingan, jumlah artikel, atau "
        "artikelnya sendiri.",
        "example": "Ringkas berita “{title}”",
        "examples": "Misalnya:",
        "weather": "Warta hanya membaca arsip berita dan tidak tahu cuaca saat ini.",
        "clock": "Warta hanya membaca arsip berita dan tidak tahu jam berapa sekarang.",
        "elsewhere": "Warta hanya menjawab dari arsip berita; yang ini tidak dapat dijawab dari "
        "sana.",
        "chat": "Warta hanya membaca arsip berita. Tanyakan sesuatu tentang isinya.",
    },
    "en": {
        "greeting": "Hello. Ask something about what this archive holds.",
        "thanks": "You are welcome. Ask again whenever you like.",
        "farewell": "Goodbye.",
        "help": "Warta answers questions from a news archive and shows where every sentence comes "
        "from. Ask who, when, where, how many, why or how; ask for a summary, a timeline, the "
        "latest, what somebody said, a comparison, how many articles there are, or the articles "
        "themselves.",
        "example": "Summarise “{title}”",
        "examples": "For example:",
        "weather": "Warta only reads a news archive and does not know the weather now.",
        "clock": "Warta only reads a news archive and does not know what time it is.",
        "elsewhere": "Warta only answers from a news archive; this cannot be answered from there.",
        "chat": "Warta only reads a news archive. Ask something about what it holds.",
    },
}


def reply(question: "Understood", recent: Sequence[Article]) -> tuple[Sentence, ...]:
    """Return what is said where nothing of the archive is asked for, () where something is.

    `recent` are the newest articles: help takes its examples from them.
    """
    said = _SAID[question.language]
    if question.task == "courtesy":
        return (Sentence(said[question.courtesy or "greeting"], role="own"),)
    if question.task == "elsewhere":
        return (Sentence(said.get(question.elsewhere, said["elsewhere"]), role="own"),)
    if question.task != "help":
        return ()
    titles = [article.title.strip() for article in recent if article.title.strip()][:_EXAMPLES]
    examples = [
        Sentence(said["example"].format(title=_plain(title)), role="own", gap="\n", item="- ")
        for title in titles
    ]
    intro = [Sentence(said["examples"], role="own", gap="\n\n")] if examples else []
    return (Sentence(said["help"], role="own"), *intro, *examples)


def _plain(title: str) -> str:
    return " ".join(title.split()).replace("[", "［").replace("]", "］")
