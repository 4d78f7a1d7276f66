"""What is said where nothing of the archive is asked for: help, greetings, thanks, elsewhere."""

from collections.abc import Sequence

from warta.assistant.question.understood import Understood
from warta.corpus.article import Article
from warta.index.snapshot.snapshot import Coverage

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
