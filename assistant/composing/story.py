"""What was found for one question, read once: what every shape of an answer is made from."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warta.assistant.composing.beside import Weighed
from warta.assistant.texts import Language, day_text
from warta.corpus.article import Article
from warta.corpus.language.marks import marks
from warta.corpus.language.quotations import quotations
from warta.corpus.language.sentences import leans
from warta.corpus.language.words import fold, terms
from warta.index.candidates import Hit
from warta.index.reader.features import Candidate

if TYPE_CHECKING:
    from warta.assistant.question.retrieval import Count
    from warta.assistant.question.understood import Part, Understood
    from warta.index.reader import Reading

_RELATIVE = re.compile(
    r"\b(?:hari ini|kemarin|besok|lusa|tadi (?:malam|pagi|siang|sore)|semalam|nanti malam|"
    r"(?:pekan|minggu|bulan|tahun) (?:ini|lalu|depan)|(?:sore|pagi|malam|siang) ini|"
    r"today|yesterday|tomorrow|last (?:night|week|month|year)|(?:this|next) (?:week|month|year))\b",
    re.IGNORECASE,
)
_SAID = re.compile(r"[\"“][^\"“”]*[\"”]")
_DESCRIBED = re.compile(
    r"\b(?:kata|ujar|tutur|ucap|ungkap|jelas|tegas|imbuh|papar|terang|lanjut|tambah|sambung|sebut|"
    r"tandas|beber|cetus|cerita|said|says) (?!dia\b|ia\b|beliau\b|he\b|she\b)\w+"
)


@dataclass(frozen=True, slots=True)
class Story:
    """A question with one part, its hits in the order its task wants, and what can be quoted."""

    question: "Understood"
    hits: tuple[Hit, ...]
    pool: tuple[Weighed, ...]
    reading: "Reading"
    count: "Count | None" = None

    @property
    def part(self) -> "Part":
        """The question that is asked."""
        return self.question.first

    @property
    def language(self) -> Language:
        """The language it is asked in."""
        return self.question.language

    def byline(self, article: Article, who: str = "") -> str:
        """Return who speaks, outlet and day of publication, as far as known, with a colon."""
        day = day_text(self.language, article.published) if article.published else ""
        parts = (who, article.source.strip() or fold(article.id), day)
        return f"{', '.join(part for part in parts if part)}:"

    def introduced(self, sentence: Candidate) -> str:
        """Return what a sentence needs before it to be understood, else "".

        Outlet and day for one whose "kemarin" means nothing without them, with who speaks for one
        that quotes a person it does not name, with the headline for one that leans on what cannot
        be quoted with it.
        """
        article, who = sentence.hit.article, voice(sentence)
        title = " ".join(article.title.split())
        if leans(sentence.text) and title:
            return f"{self.byline(article, who)[:-1]}, “{title}”:"
        relative = _RELATIVE.search(sentence.text) is not None and article.published is not None
        named = any(fact.kind == "date" for fact in marks(sentence.text).facts)
        return self.byline(article, who) if who or (relative and not named) else ""


def voice(sentence: Candidate) -> str:
    """Return who says the direct words of a sentence that does not name him, "" where it does.

    Nobody where `speaker` is nobody, or the sentence describes him ("ujar pria yang memimpin
    partai itu").
    """
    bare, who = _SAID.sub("", sentence.text), speaker(sentence)
    return "" if _DESCRIBED.search(bare) or set(terms(who)) & set(terms(bare)) else who


def speaker(sentence: Candidate) -> str:
    """Return who says the direct words of a sentence, "" where nobody does or it is left open."""
    speakers = {
        each.speaker
        for each in quotations(sentence.hit.article.text)
        if each.start < sentence.end and sentence.start < each.end
    }
    return speakers.pop() if len(speakers) == 1 else ""


def tells_who(before: Candidate, sentence: Candidate) -> bool:
    """Tell whether who speaks is known from the sentence before: the same, or it is about him."""
    own, who = speaker(before), speaker(sentence)
    return own == who if own else set(terms(who)) <= set(terms(_SAID.sub("", before.text)))
