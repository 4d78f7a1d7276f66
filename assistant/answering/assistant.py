"""From a question to an answer with citations, on one snapshot."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypedDict, Unpack

from warta.assistant.answer import Answer, Message, Note, Receipt, Sentence, Status
from warta.assistant.composing.notices import notes_of, social
from warta.assistant.composing.plan import plan, together
from warta.assistant.composing.verdict import refused
from warta.assistant.composing.writer import Draft, Plan, QuotingWriter, Writer
from warta.assistant.question.retrieval import Count, counted, found, life_query
from warta.assistant.question.understanding import spelt, understand
from warta.assistant.question.understood import Holdings, Understood
from warta.assistant.refusal import Refusal
from warta.assistant.writing.support import judged
from warta.assistant.writing.writers import FallbackWriter
from warta.corpus.errors import InputError
from warta.index.candidates import AnyDay, Hit, day_of
from warta.index.embedding.embedder import Embedder
from warta.index.reader import Asked, Reader, Reading, ask, shipped_reader
from warta.index.search.reranker import Reranker
from warta.index.search.retriever import Retriever
from warta.index.snapshot.own_models import embedder_to_read

if TYPE_CHECKING:
    from warta.index.search.view import View

LONGEST_QUESTION = 2000
_YEARS = range(1900, 2201)  # of `today`: "tahun lalu" and "tahun depan" have to be years, too
_NEAREST = 3
# Share of the first hit's score with which another is offered below a refusal. Of those offered to
# 78 kept questions 0.64 report the event, of all first three 0.52; 3 of 121 that do are lost.
_AS_NEAR = 0.5
_PLAIN = frozenset(("question", "list", "explain", "quotes", "comparison"))
_SOCIAL = frozenset(("help", "courtesy", "elsewhere"))
_LACKING = {"id": "Jawaban bagian ini tidak ditemukan di arsip: {part}",
            "en": "No answer to this part was found in the archive: {part}"}  # fmt: skip


class Conditions(TypedDict, total=False):
    """What `Assistant.stream` takes beside question and history."""

    today: AnyDay | None
    since: AnyDay | None
    until: AnyDay | None
    sources: Sequence[str] | None
    without: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with the asker's own conditions, which win over what it says itself."""

    question: Understood
    since: date | None
    until: date | None
    sources: tuple[str, ...]
    without: tuple[str, ...]

    @property
    def narrowed(self) -> bool:
        return bool(self.since or self.until or self.sources)


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of a question with what was found for it: a plan, or why there is none."""

    question: Understood
    hits: tuple[Hit, ...]
    plan: Plan
    refusal: Refusal | None


class Assistant:
    """Answers questions from the live snapshot; safe to use from several threads.

    `timed` is told how many seconds each stage took: understand, search, read, compose, write.
    """

    def __init__(self, retriever: Retriever, reader: Reader, writer: Writer | None = None) -> None:
        self.retriever = retriever
        self._reader = reader
        quoting = QuotingWriter()
        self.writer: Writer = FallbackWriter(writer, quoting) if writer else quoting
        self.timed: Callable[[str, float], None] = _untold

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
        return cls(Retriever.load(home, embedder, reranker), shipped_reader(), writer)

    def answer(
        self,
        question: str,
        history: Sequence[Message] = (),
        today: AnyDay | None = None,
        since: AnyDay | None = None,
        until: AnyDay | None = None,
        sources: Sequence[str] | None = None,
        without: Sequence[str] = (),
    ) -> Answer:
        """Return the complete answer; see `stream`."""
        return list(self.stream(question, history, today, since, until, sources, without))[-1]

    async def aanswer(
        self, question: str, history: Sequence[Message] = (), **conditions: Unpack[Conditions]
    ) -> Answer:
        """Return what `answer` does, from a thread, so that an event loop goes on meanwhile."""
        return await asyncio.to_thread(self.answer, question, history, **conditions)

    async def astream(
        self, question: str, history: Sequence[Message] = (), **conditions: Unpack[Conditions]
    ) -> AsyncGenerator[Answer]:
        """Yield what `stream` does; who leaves early stops the writer at its next word."""
        answers = self.stream(question, history, **conditions)
        coming: asyncio.Task[Answer | None] | None = None
        try:
            while True:
                coming = asyncio.create_task(asyncio.to_thread(next, answers, None))
                answer = await asyncio.shield(coming)  # nothing stops a thread at its work
                if answer is None:
                    return
                yield answer
        finally:
            if coming is not None and not coming.done():
                await asyncio.wait((coming,))
            answers.close()

    def stream(
        self,
        question: str,
        history: Sequence[Message] = (),
        today: AnyDay | None = None,
        since: AnyDay | None = None,
        until: AnyDay | None = None,
        sources: Sequence[str] | None = None,
        without: Sequence[str] = (),
    ) -> Generator[Answer]:
        """Yield the answer as it grows; the last one is complete, and there is at least one.

        Days are dates or "2026-01-31". `today` is the asker's, the machine's where none is given.
        `since` and `until` (inclusive days of publication) and `sources` (outlets) win over what
        the question says: no outlets are all of them, `date.min` to `date.max` all days. Topics
        in `without` are not taken over from the conversation. Where a model writes, the quoted
        answer comes first and is replaced when the model's is written and checked.

        Raises InputError for an empty or oversized question, what is no day or a range that ends
        before it begins, WriterError where a model fails.
        """
        began = time.monotonic()
        today, since, until = day_of("today", today), day_of("since", since), day_of("until", until)
        _check(question, today)
        view = self.retriever.view()
        with self._stage("understand"):
            asked = _ask(question, history, today, since, until, sources, without, view)
        if asked.question.task in _SOCIAL:
            examples = view.recent(_NEAREST) if asked.question.task == "help" else ()
            said = Sentence(social(asked.question, view.coverage(), examples), role="own")
            yield self._answer(asked, view, "answered", Draft((said,), checked=True), began)
            return
        parts = [self._part(asked, each, view) for each in _parts(asked.question)]
        answered = [part for part in parts if part.refusal is None]
        if not answered:
            yield self._refuse(asked, view, parts[0], began)
            return
        status: Status = "answered" if len(answered) == len(parts) else "partial"
        notes = _lacking(parts) if status == "partial" else ()
        whole = together([part.plan for part in answered])
        for draft in self._written(asked.question, whole):
            if draft.sentences:
                yield self._answer(asked, view, status, draft, began, whole, notes)

    def _written(self, question: Understood, planned: Plan) -> Iterator[Draft]:
        """Yield what the writer does; what is done with a draft meanwhile is not its time."""
        spent, drafts = 0.0, iter(self.writer.write(question, planned))
        try:
            while True:
                began = time.monotonic()
                draft = next(drafts, None)
                spent += time.monotonic() - began
                if draft is None:
                    return
                yield draft
        finally:
            self.timed("write", spent)

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.timed(name, time.monotonic() - began)

    def _part(self, asked: _Asked, question: Understood, view: "View") -> _Part:
        """Search, read and plan one part."""
        conditions = (asked.since, asked.until, asked.sources)
        part = question.first
        with self._stage("search"):
            passages = hits = tuple(found(view, question, *conditions))
            if part.task not in _PLAIN:  # what answers is read in passages, whatever the task lists
                query = life_query(part) if part.task == "profile" else part.query
                plain = question.only(replace(part, task="question", query=query))
                passages = tuple(found(view, plain, *conditions))
        with self._stage("read"):
            reading = self._reader.read(_asked_as(question), passages)
        with self._stage("compose"):
            return self._composed(question, hits, reading, view, conditions)

    def _composed(
        self,
        question: Understood,
        hits: tuple[Hit, ...],
        reading: Reading,
        view: "View",
        conditions: tuple[date | None, date | None, tuple[str, ...]],
    ) -> _Part:
        """Judge and plan one part of what was found and read."""
        refusal = refused(question, hits, reading, view, *conditions)
        if refusal is not None:
            return _Part(question, hits, Plan(()), refusal)
        count: Count | None = None
        if question.first.task == "count":
            count = counted(view, question, *conditions)
        planned = plan(question, hits, reading, count)
        if not planned.told:
            refusal = refused(question, (), reading, view, *conditions)
        return _Part(question, hits, planned, refusal)

    def _answer(
        self,
        asked: _Asked,
        view: "View",
        status: Status,
        draft: Draft,
        began: float,
        planned: Plan | None = None,
        notes: tuple[Note, ...] = (),
    ) -> Answer:
        sentences: tuple[Sentence, ...] = draft.sentences
        if not draft.checked:  # what a writer did not hold against its citations, we do
            sentences = judged(sentences, draft.citations)
        return Answer(
            status=status,
            sentences=sentences,
            language=asked.question.language,
            citations=tuple(
                replace(each, corrected_by=view.corrected_by(each.article))
                for each in draft.citations
            ),
            receipt=self._receipt(asked, view, began, draft, notes),
            nearest=planned.near if planned else (),
        )

    def _refuse(self, asked: _Asked, view: "View", part: _Part, began: float) -> Answer:
        hits = part.hits
        refusal = part.refusal
        assert refusal is not None
        if not hits and asked.narrowed:
            # Nothing under those conditions: what there is outside them helps more than nothing.
            hits = tuple(found(view, part.question))
        first = (refusal.nearest,) if refusal.nearest else ()
        best = max((hit.score for hit in hits), default=0.0)
        least = min(best, _AS_NEAR * best)
        others = (hit.article for hit in hits if hit.score >= least)
        near = {each.id: each for each in (*first, *others)}
        nearest = tuple(near.values())[:_NEAREST]
        return Answer(
            status="abstained",
            sentences=(),
            language=asked.question.language,
            citations=(),
            receipt=self._receipt(asked, view, began),
            nearest=nearest,
            refusal=refusal,
        )

    def _receipt(
        self,
        asked: _Asked,
        view: "View",
        began: float,
        draft: Draft | None = None,
        notes: tuple[Note, ...] = (),
    ) -> Receipt:
        question = asked.question
        written = draft.writer if draft else ""
        return Receipt(
            question=question.text,
            query=question.query,
            since=asked.since,
            until=asked.until,
            sources=asked.sources,
            snapshot=view.name,
            writer=written or self.writer.name,
            seconds=time.monotonic() - began,
            notes=(*notes_of(question), *notes, *(draft.notes if draft else ())),
            topics=tuple(topic.text for topic in question.topics),
            without=asked.without,
        )


_ASKED_AS = {
    "profile": ("Siapa {subject}?", "Who is {subject}?"),
    "explain": ("Apa itu {subject}?", "What is {subject}?"),
    "list": ("Apa saja {subject}?", "Which are {subject}?"),
    "quotes": ("Apa kata {speaker} soal {subject}?", "What did {speaker} say on {subject}?"),
}


def _asked_as(question: Understood) -> Asked:
    """Return what the sentences are read for: a request as the question that it stands for."""
    part, english = question.first, question.language == "en"
    said = _ASKED_AS.get(part.task)
    lacks = (part.task == "quotes" and not part.speaker) or (part.task == "list" and part.word)
    asks = part.task == "explain" and part.head in ("reason", "way", "purpose")
    if said is None or not part.subject or lacks or asks:
        text = part.query or part.standalone
        return ask(text, own=part.text, language=question.language)
    text = said[english].format(subject=part.subject, speaker=part.speaker)
    return ask(text, own=text, language=question.language)


def _untold(stage: str, seconds: float) -> None:
    """Tell nobody."""


def _parts(question: Understood) -> list[Understood]:
    return [question.only(part) for part in question.parts]


def _lacking(parts: Sequence[_Part]) -> tuple[Note, ...]:
    return tuple(
        Note("missing", _LACKING[part.question.language].format(part=part.question.first.text))
        for part in parts
        if part.refusal is not None
    )


def _check(question: str, today: date | None) -> None:
    if today is not None and today.year not in _YEARS:
        raise InputError(
            f"today is {today}.", f"Give a day from {_YEARS.start} to {_YEARS.stop - 1}."
        )
    if not isinstance(question, str):
        raise InputError(f"The question is {question!r}.", "Give a text.")
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
    without: Sequence[str],
    view: "View",
) -> _Asked:
    coverage = view.coverage()
    archive = Holdings(tuple(coverage.sources), coverage.first, coverage.last)
    understood = understand(question, history, today or date.today(), archive, without)
    if (since, until) == (date.min, date.max):  # all days, also undated articles
        since = until = None
        bare = tuple(replace(part, days=None) for part in understood.parts)
        understood = replace(understood, parts=bare)
    named = tuple(understood.outlets) if sources is None else tuple(sources)
    return _Asked(spelt(understood, view.corrections), since, until, named, tuple(without))
