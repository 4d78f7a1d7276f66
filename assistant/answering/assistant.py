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
from warta.assistant.composing.extractive import ExtractiveWriter
from warta.assistant.composing.requests import SHAPES, told
from warta.assistant.composing.social import social
from warta.assistant.composing.writer import Draft, Writer
from warta.assistant.question.notes import notes_of
from warta.assistant.question.retrieval import counted, found
from warta.assistant.question.understanding import spelt, understand
from warta.assistant.question.understood import Archive, Understood
from warta.assistant.writing.support import unsupported
from warta.assistant.writing.writers import FallbackWriter
from warta.corpus.article import Article
from warta.corpus.errors import InputError
from warta.index.embedding.embedder import Embedder
from warta.index.hit import Hit
from warta.index.reader.scorer import SentenceScorer
from warta.index.search.reranker import Reranker
from warta.index.search.retriever import Retriever
from warta.index.snapshot.own_models import embedder_to_read

if TYPE_CHECKING:
    from warta.index.search.view import View

LONGEST_QUESTION = 2000
_NOTHING = Draft("", ())


@dataclass(frozen=True, slots=True)
class _Asked:
    """A message with the asker's own conditions; those hold strictly."""

    question: Understood
    since: date | None
    until: date | None
    sources: tuple[str, ...]

    @property
    def query(self) -> str:
        return "; ".join(part.query or part.standalone for part in self.question.parts)

    @property
    def dated(self) -> bool:
        return self.since is not None or self.until is not None


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said to one part so far: where it is refused, `draft` has no text."""

    verdict: Verdict
    draft: Draft
    hits: tuple[Hit, ...] = ()


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
        without: Sequence[str] = (),
    ) -> Answer:
        """Return the complete answer; see `stream`."""
        return list(self.stream(question, history, today, since, until, sources, without))[-1]

    def stream(
        self,
        question: str,
        history: Sequence[Message] = (),
        today: date | None = None,
        since: date | None = None,
        until: date | None = None,
        sources: Sequence[str] | None = None,
        without: Sequence[str] = (),
    ) -> Iterator[Answer]:
        """Yield the answer as it grows; the last one is complete, and there is at least one.

        `today` is the asker's day, the machine's where none is given. `since` and `until`
        (inclusive days of publication) and `sources` (outlets) win over what the question says:
        no outlets are all of them, `date.min` to `date.max` all days. Topics in `without` are not
        taken over from the conversation.

        Raises InputError for an empty or oversized question or a range that ends before it
        begins, WriterError where a model fails.
        """
        began = time.monotonic()
        _check(question)
        view = self.retriever.view()
        asked = _ask(question, history, today, since, until, sources, without, view)
        if asked.question.task in _SOCIAL:
            examples = view.recent(3) if asked.question.task == "help" else ()
            said = Draft(social(asked.question, view.coverage(), examples), (), unsupported=())
            yield self._answer(asked, view, Verdict("answered", 1.0), said, began)
            return
        done: list[_Told] = []
        for part in asked.question.parts:
            one = replace(asked, question=asked.question.only(part))
            last = _Told(Verdict("abstained", 0.0, "nothing"), _NOTHING)
            for last in self._tell(one, view):
                if last.draft.text and len(asked.question.parts) == 1:
                    yield self._answer(asked, view, last.verdict, last.draft, began)
            done.append(last)
        if not any(told.draft.text for told in done):
            yield self._refuse(asked, view, done[0].verdict, done[0].hits, began)
        elif len(done) > 1:
            yield self._together(asked, view, done, began)

    def _tell(self, asked: _Asked, view: "View") -> Iterator[_Told]:
        """Yield what is said to a message of one part as it grows; the last one is complete."""
        hits = tuple(found(view, asked.question, asked.since, asked.until, asked.sources))
        if not hits:
            yield _Told(Verdict("abstained", 0.0, "nothing"), _NOTHING)
            return
        listed = asked.question.task == "list" and not asked.question.first.word
        if asked.question.task in SHAPES or listed or not asked.question.query:
            yield self._requested(asked, view, hits)
            return
        ranking = self._scorer.rank(asked.question, hits)
        verdict = self._judge.decide(asked.question, ranking, hits)
        missing = view.missing(verdict.missing)
        reason = "not_this" if verdict.reason == "unnamed" and not missing else verdict.reason
        verdict = replace(verdict, missing=missing, reason=reason)
        yield _Told(verdict, _NOTHING, hits)
        if verdict.status != "abstained":
            for draft in self.writer.write(asked.question, hits):
                yield _Told(verdict, draft, hits)

    def _requested(self, asked: _Asked, view: "View", hits: tuple[Hit, ...]) -> _Told:
        """Return the answer to a request; refused where the archive lacks what it is about."""
        part = asked.question.first
        missing = view.missing(part.names)
        if missing and len(missing) == len(part.names):
            return _Told(Verdict("abstained", 0.0, "unnamed", missing), _NOTHING, hits)
        own = (asked.since, asked.until, asked.sources)
        count = counted(view, asked.question, *own) if part.task == "count" else None
        draft = told(asked.question, hits, self._scorer, count)
        if not draft.text:
            return _Told(Verdict("abstained", 0.0, "not_this"), _NOTHING, hits)
        return _Told(Verdict("answered", 1.0), draft, hits)

    def _together(
        self, asked: _Asked, view: "View", done: Sequence[_Told], began: float
    ) -> Answer:
        """Return one answer of several parts: a block each, in the order they were asked."""
        whole = Draft("", (), unsupported=())
        for part, told_ in zip(asked.question.parts, done, strict=True):
            draft = told_.draft
            if not draft.text:
                one = replace(asked, question=asked.question.only(part))
                said = self._refusal(one, view, told_.verdict, told_.hits)
                draft = Draft(f"{part.text.rstrip(' ?')}? {said}", (), unsupported=())
            whole = _after(whole, draft)
        whole_answered = all(told_.verdict.status == "answered" for told_ in done)
        verdict = Verdict("answered" if whole_answered else "partial", 1.0)
        return self._answer(asked, view, verdict, whole, began)

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
            offered = nearest(found(view, asked.question, None, None, asked.sources))
            verdict = replace(verdict, reason="outside")
        return Answer(
            status="abstained",
            text=self._refusal(asked, view, verdict, hits, offered),
            language=asked.question.language,
            citations=(),
            receipt=self._receipt(asked, view, began),
            nearest=offered,
        )

    def _refusal(
        self,
        asked: _Asked,
        view: "View",
        verdict: Verdict,
        hits: Sequence[Hit],
        offered: Sequence[Article] = (),
    ) -> str:
        days = (asked.since, asked.until)
        near = offered or nearest(hits)
        return refusal(verdict, asked.question.language, view.coverage(), near, days)

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
            notes=(*notes_of(asked.question), *draft.notes),
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
    without: Sequence[str],
    view: "View",
) -> _Asked:
    coverage = view.coverage()
    archive = Archive(tuple(coverage.sources), coverage.first, coverage.last)
    understood = understand(question, history, today or date.today(), archive, without)
    understood = spelt(understood, view.corrections)
    if (since, until) == (date.min, date.max):  # all days, also undated articles, none first
        since = until = None
        parts = tuple(replace(part, days=None) for part in understood.parts)
        understood = replace(understood, parts=parts)
    named = understood.outlets if sources is None else tuple(sources)
    return _Asked(understood, since, until, named)


_MARKER = re.compile(r"\[(\d+)\]")
_SOCIAL = frozenset(("help", "courtesy", "elsewhere"))


def _after(first: Draft, second: Draft) -> Draft:
    """Return one draft of two, the second below the first, its citations counted on."""
    if not first.text:
        return second
    known = len(first.citations)
    text = _MARKER.sub(lambda match: f"[{int(match[1]) + known}]", second.text)
    places = _shifts(second.text, known)
    start = len(first.text) + 2

    def moved(at: int) -> int:
        return start + at + sum(more for place, more in places if place <= at)

    return replace(
        first,
        text=f"{first.text}\n\n{text}",
        citations=(
            *first.citations,
            *(replace(c, number=c.number + known) for c in second.citations),
        ),
        unsupported=(*(first.unsupported or ()), *(second.unsupported or ())),
        notes=tuple(dict.fromkeys((*first.notes, *second.notes))),
        strong=(*first.strong, *((moved(a), moved(b)) for a, b in second.strong)),
        asides=(*first.asides, *(replace(a, at=moved(a.at)) for a in second.asides)),
    )


def _shifts(text: str, known: int) -> list[tuple[int, int]]:
    """Return where markers end and by how much they grow when their numbers rise by `known`."""
    return [
        (match.end(), len(str(int(match[1]) + known)) - len(match[1]))
        for match in _MARKER.finditer(text)
    ]
