"""What the assistant returns: an answer, made of sentences, with its citations and receipt."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from warta.assistant.refusal import Refusal
from warta.corpus.article import Article, Passage

Status = Literal["answered", "partial", "abstained"]
Role = Literal["answer", "context", "also", "own"]
NoteKind = Literal[
    "understood", "days", "outlet", "newest", "spelling", "missing", "model", "cut", "outside",
    "language",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; `role` is "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Citation:
    """`[number]` in the answer: `article.text[start:end] == quote`, inside `passage`.

    `also` are articles with nearly the same text, `corrected_by` later ones of the same outlet
    that say they correct it.
    """

    number: int
    article: Article
    passage: Passage
    quote: str
    start: int
    end: int
    also: tuple[Article, ...] = ()
    corrected_by: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement of an answer and the numbers of the citations it rests on.

    `text` is a quotation, word for word, or what a model wrote; a sentence that leans on the one
    before it in its article is quoted together with that one. `role`: it answers ("answer"), says
    what the answer lacks ("context"), what another source says of the same thing ("also"), or is
    Warta's own statement on the archive ("own"). `strong` is the span of `text` that holds the
    name, date, number or place asked for. `supported`: its citations carry it. `lead` are
    Warta's own words before it, no quotation: whose it is and of which day, yes or no. `gap`
    parts it from the sentence before; `item` is the sign of a list item ("- ").
    """

    text: str
    citations: tuple[int, ...] = ()
    role: Role = "answer"
    strong: tuple[int, int] | None = None
    supported: bool = True
    lead: str = ""
    gap: str = " "
    item: str = ""

    @property
    def marked(self) -> str:
        """The text with its `[n]` markers."""
        return self.text + "".join(f" [{number}]" for number in self.citations)


@dataclass(frozen=True, slots=True)
class Aside:
    """Words of Warta's own, no quotation: to be shown before `text[at]` of an answer."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader should know of how the answer came about, in the question's language."""

    kind: NoteKind
    text: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """How an answer came about: enough to ask again and get the same.

    `query` is what was searched; `since` and `until` are inclusive days of publication;
    `seconds` the time from question to last word. `topics` were taken over from the conversation;
    those in `without` were not, as the asker wanted.
    """

    question: str
    query: str
    since: date | None
    until: date | None
    sources: tuple[str, ...]
    snapshot: str
    writer: str
    seconds: float
    notes: tuple[Note, ...] = ()
    topics: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer as far as it is written: its sentences, or the refusal that stands for them.

    `nearest` are articles offered where the archive does not answer, and those on other events
    beside an answer. All else that is shown of it is derived from these.
    """

    status: Status
    sentences: tuple[Sentence, ...]
    language: str
    citations: tuple[Citation, ...]
    receipt: Receipt
    nearest: tuple[Article, ...] = ()
    refusal: Refusal | None = None

    @property
    def text(self) -> str:
        """The answer as plain text, each sentence with its `[n]` markers; leads left out."""
        if self.refusal is not None:
            return self.refusal.said(self.language)
        return "".join(
            f"{s.gap if at else ''}{s.item}{s.marked}" for at, s in enumerate(self.sentences)
        )

    @property
    def strong(self) -> tuple[tuple[int, int], ...]:
        """The spans (start, end) of `text` that hold what was asked for, in order."""
        return tuple(
            (at + s.strong[0], at + s.strong[1]) for at, s in self._placed() if s.strong is not None
        )

    @property
    def asides(self) -> tuple[Aside, ...]:
        """The leads, each with the place in `text` it belongs before."""
        return tuple(Aside(at - len(s.item), s.lead) for at, s in self._placed() if s.lead)

    @property
    def unsupported(self) -> tuple[str, ...]:
        """The sentences that their citations do not carry, markers included."""
        return tuple(s.marked for s in self.sentences if not s.supported)

    def _placed(self) -> Iterator[tuple[int, Sentence]]:
        """Yield each sentence with the place in `text` where its own text begins."""
        at = 0
        for number, sentence in enumerate(self.sentences):
            at += (len(sentence.gap) if number else 0) + len(sentence.item)
            yield at, sentence
            at += len(sentence.marked)
