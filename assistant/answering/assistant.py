"""From a question to an answer with citations, on one snapshot."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Self

from warta.assistant.answer import Answer, Message, Receipt
from warta.assistant.composing.abstain import Judge, Verdict, nearest, refusal
from warta.assistant.composing.digest import asks_for_news, is_greeting, openings
from warta.assistant.composing.extractive import ExtractiveWriter
from warta.assistant.composing.latest import DEPTH, latest
from warta.assistant.composing.writer import Draft, Writer
from warta.assistant.question.question import Question, understand
from warta.assistant.writing.support import unsupported
from warta.assistant.writing.writers import FallbackWriter
from warta.corpus.errors import InputError
from warta.index.embedding.embedder import Embedder
from warta.index.hit import Hit
from warta.index.query.lexicon import Lexicon
from warta.index.reader.scorer import SentenceScorer
from warta.index.search.reranker import Reranker
from warta.index.search.retriever import Retriever
from warta.index.snapshot.own_models import embedder_to_read

if TYPE_CHECKING:
    from warta.index.search.view import View

LONGEST_QUESTION = 2000
PASSAGES = 12
_NOTHING = Draft("", ())


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with the conditions that hold: the reader's own before those understood."""

    question: Question
    since: date | None
    until: date | None
    sources: tuple[str, ...]

    @property
    def query(self) -> str:
        return self.question.query or self.question.standalone

    @property
    def dated(self) -> bool:
        return self.since is not None or self.until is not None


class Assistant:
    """Answers questions from the live snapshot; safe to use from several threads."""

    def __init__(
        self, retriever: Retriever, writer: Writer, scorer: SentenceScorer, judge: Judge
    ) -> None:
        self.retriever = retriever
        self.writer = writer
        self._scorer = scorer
        self._judge = judge

    @classmethod
    def load(
        cls,
        home: str | Path,
        *,
        embedder: Embedder | None = None,
        writer: Writer | None = None,
        reranker: Reranker | None = None,
    ) -> Self:
        """Open the home's live snapshot; without a writer the answers are quotations.

        With one they are, too, where it fails or writes nothing that the sources carry. A
        reranker reorders the first passages of each search.

        Raises NoSnapshot where nothing is indexed, EmbedderMismatch where the index is of
        another embedder, ConfigError where the weights cannot be read.
        """
        embedder = embedder or embedder_to_read(Path(home))
        scorer = SentenceScorer.load()
        retriever = Retriever.load(home, embedder, reranker)
        quoting = ExtractiveWriter(scorer)
        chosen = FallbackWriter(writer, quoting) if writer else quoting
        return cls(retriever, chosen, scorer, Judge.load())

    def answer(
        self,
        question: str,
        history: Sequence[Message] = (),
        today: date | None = None,
        since: date | None = None,
        until: date | None = None,
        sources: Sequence[str] | None = None,
    ) -> Answer:
        """Return the complete answer; see `stream`."""
        return list(self.stream(question, history, today, since, until, sources))[-1]

    def stream(
        self,
        question: str,
        history: Sequence[Message] = (),
        today: date | None = None,
        since: date | None = None,
        until: date | None = None,
        sources: Sequence[str] | None = None,
    ) -> Iterator[Answer]:
        """Yield the answer as it grows; the last one is complete, and there is at least one.

        `today` is the asker's day, the machine's where none is given. `since` and `until`
        (inclusive days of publication) and `sources` (outlets) win over what the question says:
        no outlets are all of them, `date.min` to `date.max` all days.

        Raises InputError for an empty or oversized question or a range that ends before it
        begins, WriterError where a model fails.
        """
        began = time.monotonic()
        _check(question)
        view = self.retriever.view()
        asked = _ask(question, history, today, since, until, sources, view)
        if is_greeting(question):
            yield self._refuse(asked, view, Verdict("abstained", 0.0, "greeting"), (), began)
            return
        hits = _retrieve(view, asked)
        news = openings(hits) if asks_for_news(asked.question) else _NOTHING
        if news.text:
            yield self._answer(asked, view, Verdict("answered", 1.0), news, began)
            return
        if not hits:
            yield self._refuse(asked, view, Verdict("abstained", 0.0, "nothing"), hits, began)
            return
        asked = _spelt(asked, view)
        ranking = self._scorer.rank(asked.question, hits)
        verdict = self._judge.decide(asked.question, ranking, hits)
        said = False
        if verdict.status != "abstained":
            for draft in self.writer.write(asked.question, hits):
                said = said or bool(draft.text)
                yield self._answer(asked, view, verdict, draft, began)
        if not said:
            yield self._refuse(asked, view, verdict, hits, began)

    def _answer(
        self, asked: _Asked, view: "View", verdict: Verdict, draft: Draft, began: float
    ) -> Answer:
        judged = draft.unsupported
        if judged is None:  # what a writer did not hold against its citations, we do
            judged = unsupported(draft.text, draft.citations)
        return Answer(
            status=verdict.status,
            text=draft.text,
            language=asked.question.language,
            citations=draft.citations,
            receipt=self._receipt(asked, view, began, draft),
            unsupported=judged,
            strong=draft.strong,
            asides=draft.asides,
        )

    def _refuse(
        self, asked: _Asked, view: "View", verdict: Verdict, hits: Sequence[Hit], began: float
    ) -> Answer:
        offered = nearest(hits)
        if asked.dated and not hits:
            # Nothing in those days: what there is outside them helps more than nothing.
            outside = view.retrieve(_search_text(asked), 6, sources=asked.sources or None)
            offered = nearest(outside)
            verdict = replace(verdict, reason="outside")
        language = asked.question.language
        days = (asked.since, asked.until)
        return Answer(
            status="abstained",
            text=refusal(verdict, language, view.coverage(), offered, days),
            language=language,
            citations=(),
            receipt=self._receipt(asked, view, began),
            nearest=offered,
        )

    def _receipt(
        self, asked: _Asked, view: "View", began: float, draft: Draft = _NOTHING
    ) -> Receipt:
        return Receipt(
            question=asked.question.text,
            query=asked.query,
            since=asked.since,
            until=asked.until,
            sources=asked.sources,
            snapshot=view.name,
            writer=draft.writer or self.writer.name,
            seconds=time.monotonic() - began,
            notes=(*asked.question.notes, *draft.notes),
        )


def _check(question: str) -> None:
    if not question.strip():
        raise InputError("The question is empty.", "Type what you want to know.")
    if len(question) > LONGEST_QUESTION:
        raise InputError(
            f"The question has {len(question)} characters; up to {LONGEST_QUESTION} are read.",
            "Shorten it to what you want to know.",
        )


def _ask(
    question: str,
    history: Sequence[Message],
    today: date | None,
    since: date | None,
    until: date | None,
    sources: Sequence[str] | None,
    view: "View",
) -> _Asked:
    coverage = view.coverage()
    outlets = tuple(coverage.sources)
    understood = understand(question, history, today or date.today(), outlets)
    # In an archive without dates a day that the question names cannot choose among articles.
    if since is None and until is None and coverage.first is not None:
        since, until = understood.since, understood.until
    elif (since, until) == (date.min, date.max):  # all days, also undated articles
        since = until = None
    named = tuple(understood.sources) if sources is None else tuple(sources)
    return _Asked(understood, since, until, named)


def _retrieve(view: "View", asked: _Asked) -> list[Hit]:
    newest = asked.question.latest
    count = PASSAGES * DEPTH if newest or asks_for_news(asked.question) else PASSAGES
    sources = list(asked.sources) or None
    # The writer judges every sentence itself: what orders the passages must not be that once more.
    hits = view.retrieve(
        _search_text(asked), count, asked.since, asked.until, sources, reread=False
    )
    return latest(hits, PASSAGES) if newest else hits


def _spelt(asked: _Asked, view: "View") -> _Asked:
    """Read misspelt words as they were searched, and say so: the hits are judged by words, too."""
    question = asked.question
    slips = view.corrections(asked.query) if question.language == "id" else ()
    for typed, meant in slips:
        right = meant.title() if typed[0].isupper() else meant
        word = re.compile(rf"\b{re.escape(typed)}\b")
        question = replace(
            question,
            query=word.sub(right, question.query),
            standalone=word.sub(right, question.standalone),
            notes=(*question.notes, f"{typed}: dibaca sebagai {right}"),
        )
    return replace(asked, question=question)


def _search_text(asked: _Asked) -> str:
    """Return the query, in English with the Indonesian words for its terms beside it."""
    if asked.question.language != "en":
        return asked.query
    return " ".join([asked.query, *Lexicon.load().words_for(asked.query)])
