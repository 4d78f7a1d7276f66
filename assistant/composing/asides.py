"""What Warta itself says around quotations: whose they are, that sources differ, yes or no.

These words are kept apart from the text, so that all of the text stays a quotation.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from warta.assistant.answer import Aside
from warta.assistant.composing.aspects import BESIDE_EACH_OTHER
from warta.assistant.composing.differing import remark
from warta.assistant.composing.reports import byline
from warta.assistant.composing.shapes import SURE, broken, covers, hedged
from warta.assistant.texts import Language
from warta.corpus.language.marks import marks
from warta.corpus.language.words import fold
from warta.index.reader.features import Asked, Candidate

if TYPE_CHECKING:
    from warta.assistant.question.understood import Understood

_NEGATION = re.compile(r"\b(?:tidak|tak|bukan|belum|tanpa|batal|membantah|dibantah|gagal)\b")
_OPEN = re.compile(
    r"\b(?:apakah|jika|kalau|bila|akan|bisa|dapat|mungkin|diperkirakan|diduga|berpotensi|"
    r"harus|perlu|belum tentu|rencana\w*|whether|if|may|might|could)\b"
)
_TODAY = re.compile(
    r"\b(?:hari ini|kemarin|besok|lusa|tadi (?:malam|pagi|siang|sore)|semalam|nanti malam|"
    r"(?:pekan|minggu|bulan|tahun) (?:ini|lalu|depan)|sore ini|pagi ini|malam ini|siang ini|"
    r"today|yesterday|tomorrow|last (?:night|week|month|year)|(?:this|next) (?:week|month|year))\b",
    re.IGNORECASE,
)
_LEAD: dict[Language, tuple[str, str]] = {
    "id": ("Ya, menurut {source}:", "Tidak, menurut {source}:"),
    "en": ("Yes, according to {source}:", "No, according to {source}:"),
}


def house_words(
    question: "Understood", asked: Asked, quoted: Sequence[Candidate]
) -> tuple[Aside, ...]:
    """Return what is said before an answer, () where nothing can be said for certain."""
    if not quoted:
        return ()
    said = remark(asked, quoted, question.language)
    if not said and question.first.head == "decision":
        said = _decided(asked, quoted[0], question.language)
    if not said and question.task not in BESIDE_EACH_OTHER and _says_today(quoted[0]):
        said = f"{byline(quoted[0].hit.article, question.language)}:"
    return (Aside(0, said),) if said else ()


def bylines(text: str, quoted: Sequence[Candidate], language: Language) -> tuple[Aside, ...]:
    """Return outlet and day before the first quotation of each article, in the order of `text`."""
    found, at, last = [], 0, ""
    for sentence in quoted:
        start = text.find(sentence.text[:40].split("[")[0], at)
        if start < 0:
            continue
        if sentence.hit.article.id != last:
            found.append(Aside(start, f"{byline(sentence.hit.article, language)}:"))
        at, last = start + 1, sentence.hit.article.id
    return tuple(found)


def _decided(asked: Asked, sentence: Candidate, language: Language) -> str:
    """Return "yes" or "no" with its source where the sentence says or denies just what is asked.

    What is possible, planned, asked or rumoured decides nothing, and neither does a sentence
    that leaves out a word of the question or holds a number the question does not.
    """
    found = marks(sentence.text)
    unsure = found.question or found.quoted or hedged(sentence.text) or broken(sentence.text)
    if unsure or covers(asked, sentence.text) < SURE:
        return ""
    folded, question = fold(sentence.text), fold(asked.text)
    if set(_OPEN.findall(folded)) - set(_OPEN.findall(question)) or _NEGATION.search(question):
        return ""
    denied = len(_NEGATION.findall(folded))
    if denied > 1 or (denied and not _denies_the_asked(asked, sentence.text)):
        return ""
    lead = _LEAD[language][bool(denied)]
    return lead.format(source=byline(sentence.hit.article, language))


def _says_today(sentence: Candidate) -> bool:
    """Tell a sentence whose "kemarin" means nothing without the day it was published."""
    dated = any(fact.kind == "date" for fact in marks(sentence.text).facts)
    published = sentence.hit.article.published is not None
    return published and not dated and _TODAY.search(sentence.text) is not None


def _denies_the_asked(asked: Asked, sentence: str) -> bool:
    """Tell whether the word right after the negation is one of the question's."""
    negation = _NEGATION.search(fold(sentence))
    assert negation is not None
    after = [term for term, place in marks(sentence).stems if place >= negation.end()]
    return bool(after) and after[0] in asked.weights
