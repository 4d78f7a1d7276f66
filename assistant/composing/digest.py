"""Questions for the news itself: "Apa yang terjadi kemarin?", "berita hari ini", "halo"."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from warta.assistant.composing.extractive import choose, draft_of
from warta.assistant.composing.writer import Draft
from warta.corpus.language.words import query_terms, stems
from warta.index.hit import Hit
from warta.index.reader.features import candidates
from warta.index.reader.reader import Scored

if TYPE_CHECKING:
    from warta.assistant.question.question import Question

_NEWS = frozenset(
    stems(
        "berita kabar warta peristiwa kejadian terjadi ringkasan rangkuman rangkum info informasi "
        "update headline yang baru terbaru terkini news happened happen happening events summary "
        "latest"
    )
)
_GREETING = re.compile(
    r"(?:halo|hai|hi|hello|hey|selamat (?:pagi|siang|sore|malam)|assalamu\W?alaikum|apa kabar|"
    r"terima ?kasih|makasih|thanks?|thank you|ok|oke|tes|test|good (?:morning|evening))"
    r"(?: (?:warta|semua|banyak|kamu|you|there|very much))*\W*",
    re.IGNORECASE,
)
_SHORTEST = 40  # characters of a sentence that tells something


def is_greeting(text: str) -> bool:
    """Tell whether a question greets or thanks, and asks nothing."""
    return _GREETING.fullmatch(text.strip()) is not None


def asks_for_news(question: "Question") -> bool:
    """Tell whether a question names days, or the newest, and no subject beside them."""
    if question.followup or not (question.days or question.latest):
        return False
    named = question.date_text or "\n"  # no question holds a line break
    return _NEWS.issuperset(query_terms(question.text.replace(named, " ")))


def openings(hits: Sequence[Hit], most: int = 5) -> Draft:
    """Return the opening sentences of up to `most` articles, newest first; empty where none is."""
    first = [hit for hit in hits if hit.passage.ordinal == 0 and hit.article.published]
    newest = sorted(first, key=lambda hit: str(hit.article.published), reverse=True)
    leads = []
    for place, hit in enumerate(newest):
        told = [found for found in candidates([hit]) if _tells(found.text)]
        if told:
            leads.append(Scored(told[0], float(len(newest) - place)))
    return draft_of(choose(leads, most))


def _tells(sentence: str) -> bool:
    """Tell a sentence by itself from a caption or what a scraper left of one."""
    return len(sentence) >= _SHORTEST and (sentence[0].isupper() or sentence[0].isdigit())
