"""What was found for one question, read once: what every shape of an answer is made from."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warta.assistant.composing.beside import Weighed
from warta.assistant.texts import Language, day_text
from warta.corpus.article import Article
from warta.corpus.language.marks import marks
from warta.corpus.language.sentences import leans
from warta.corpus.language.words import fold
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

    def byline(self, article: Article) -> str:
        """Return outlet and day of publication, as far as they are known, with a colon."""
        day = day_text(self.language, article.published) if article.published else ""
        parts = (article.source.strip() or fold(article.id), day)
        return f"{', '.join(part for part in parts if part)}:"

    def introduced(self, sentence: Candidate) -> str:
        """Return what a sentence needs before it to be understood, else "".

        Outlet and day for one whose "kemarin" means nothing without them; with the headline for
        one that leans on what cannot be quoted with it.
        """
        article = sentence.hit.article
        title = " ".join(article.title.split())
        if leans(sentence.text) and title:
            return f"{self.byline(article)[:-1]}, “{title}”:"
        if _RELATIVE.search(sentence.text) is None or article.published is None:
            return ""
        named = any(fact.kind == "date" for fact in marks(sentence.text).facts)
        return "" if named else self.byline(article)
