"""How questions reach the assistant: what a request may hold, how many run, how fast they show.

The page and the HTTP API share one `Gate`, so that neither can crowd the machine past the
other, and one `paced`, so that no reader is sent more than ten pictures of an answer a second.
"""

import asyncio
import contextlib
import re
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Protocol, TypeVar

import anyio.to_thread
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
    field_validator,
)

from warta.assistant.answer import Answer, Message
from warta.assistant.api.places import Gate
from warta.assistant.texts import Language
from warta.corpus.errors import InputError

# A reader presses stop: the answer under way ends, and the next question is not touched by it.
#
# Gradio's own cancelling ends whatever the reader's session runs by the time it is heard, which may
# be the next question already, and tells the page of a failure at a time of its own. Here questions
# have numbers, and a stopped one comes to its end like any other.

_EARLY = 256  # stops kept that came before their question
T = TypeVar("T")


class Stops:
    """The questions that can be stopped, by number; for one event loop."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Event] = {}
        self._early: deque[str] = deque(maxlen=_EARLY)

    def stop(self, number: str) -> None:
        """Stop a question, also one that is still on its way."""
        if number in self._running:
            self._running[number].set()
        else:
            self._early.append(number)

    @contextlib.contextmanager
    def running(self, number: str) -> Iterator[asyncio.Event]:
        """Give what is set as soon as the question is stopped; "" cannot be."""
        stopped = asyncio.Event()
        if number in self._early:
            self._early.remove(number)
            stopped.set()
        if number:
            self._running[number] = stopped
        try:
            yield stopped
        finally:
            self._running.pop(number, None)


async def until(stopped: asyncio.Event, source: AsyncGenerator[T]) -> AsyncIterator[T]:
    """Yield what `source` does until `stopped` is set, then close it, waiting or not."""
    waiting = asyncio.ensure_future(stopped.wait())
    coming: asyncio.Future[T] | None = None
    try:
        while not stopped.is_set():
            coming = asyncio.ensure_future(anext(source))
            await asyncio.wait((coming, waiting), return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                break
            try:
                found = coming.result()
            except StopAsyncIteration:
                break
            yield found
    finally:
        waiting.cancel()
        if coming and not coming.done():
            coming.cancel()
            with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                await coming
        await source.aclose()


MAX_TURNS = 24
LONGEST = 2_000  # characters of a question; settings may take fewer
_MAX_CONTENT = 8_000  # characters of one message that a follow-up may look back on
_PACE = 0.1  # seconds between two pictures of a growing answer


class Answering(Protocol):
    """What the page and the API need of an assistant."""

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
        """Yield the answer as it grows; the last one is complete."""


def _iso_day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return value
    if value is None or isinstance(value, date):
        return value
    raise ValueError("a day is written as 2026-01-31")  # pydantic takes 0 for 1970-01-01


Day = Annotated[date, BeforeValidator(_iso_day), Field(examples=["2026-01-31"])]
_YEARS = range(1900, 2201)  # of today: "tahun lalu" and "tahun depan" have to be years, too
Outlet = Annotated[str, Field(max_length=500)]
TakenOff = Annotated[str, Field(max_length=LONGEST)]  # a topic is never longer than its question
_MOST_OFF = 10  # a question takes over two topics: each can be taken off, and what comes instead


class Turn(BaseModel):
    """One earlier message of the conversation."""

    model_config = ConfigDict(extra="forbid")

    role: str = Field(pattern="^(user|assistant)$")
    content: str

    @field_validator("content")
    @classmethod
    def _short(cls, content: str) -> str:
        return content[:_MAX_CONTENT]


class AskRequest(BaseModel):
    """A question with what narrows it: days of publication (inclusive) and outlets."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"question": "Klub mana juara Piala Gubernur 2026?", "since": "2026-01-01"}
        },
    )

    question: str = Field(min_length=1, max_length=LONGEST, pattern=r"\S")
    history: list[Turn] = Field(default_factory=list, max_length=4 * MAX_TURNS)
    since: Day | None = None
    until: Day | None = None
    sources: list[Outlet] | None = Field(
        default=None,
        max_length=1_000,
        description="Outlets; an empty list is all of them, whatever the question names.",
    )
    without: list[TakenOff] = Field(
        default_factory=list,
        max_length=_MOST_OFF,
        description="Topics that are not taken over from the history, as `receipt.topics` of an "
        "answer names them.",
    )
    today: Day | None = Field(
        default=None, description="The day that “yesterday” is counted from; the server's own."
    )
    language: Language = Field(default="id", description="Of what surrounds the answer.")

    def ask(self, assistant: Answering) -> Iterator[Answer]:
        """Put the question; the answer grows in what is returned.

        Raises InputError for a `today` of another age.
        """
        if self.today and self.today.year not in _YEARS:
            raise InputError(
                f"today is {self.today}.", f"Give a day from {_YEARS[0]} to {_YEARS[-1]}."
            )
        messages = [Message(turn.role, turn.content) for turn in self.history[-MAX_TURNS:]]
        return assistant.stream(
            self.question.strip(),
            history=messages,
            today=self.today,
            since=self.since,
            until=self.until,
            sources=self.sources,
            without=self.without,
        )


def ask_request(longest: int) -> type[AskRequest]:
    """Return AskRequest for questions of up to `longest` characters; its schema says so."""
    if longest == LONGEST:
        return AskRequest
    question = Field(min_length=1, max_length=longest, pattern=r"\S")
    return create_model(
        "AskRequest", __base__=AskRequest, __doc__=AskRequest.__doc__, question=(str, question)
    )


async def paced(
    gate: Gate,
    begin: Callable[[], Iterator[Answer]],
    clock: Callable[[], float] = time.monotonic,
    address: str = "",
) -> AsyncGenerator[tuple[Answer, bool]]:
    """Yield (answer, whether it is the last), at most ten a second and always the last one.

    The assistant works in a thread, one place of `gate` held for all of it; leaving the loop
    early closes its generator, which is what stops a language model. Whoever asks from `address`
    waits for a place in turn. Raises BusyError.
    """
    async with gate.place(address):
        answers: Iterator[Answer] | None = None
        working = threading.Lock()
        try:
            answers = await anyio.to_thread.run_sync(begin)
            newest: Answer | None = None
            shown = -1.0
            while True:
                # A hop between threads costs the loop more than most drafts: none too many.
                patience = _PACE if gate.crowded else 0.0
                following = await anyio.to_thread.run_sync(_next, answers, working, patience, clock)
                if following is None:
                    break
                newest = following
                if clock() - shown >= _PACE:
                    yield newest, False
                    shown = clock()
            if newest is not None:
                yield newest, True
        finally:
            if working.locked():  # cancelled while the thread was at work, which nothing stops
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(_close, answers, working)
            else:
                _close(answers, working)


def _close(answers: Iterator[Answer] | None, working: threading.Lock) -> None:
    """Stop the writer, once the thread that listens to it has its next words."""
    close: Any = getattr(answers, "close", None)
    if close is not None:
        with working:
            close()


def _next(
    answers: Iterator[Answer],
    working: threading.Lock,
    patience: float,
    clock: Callable[[], float],
) -> Answer | None:
    """Return the newest answer there is after `patience` seconds, None where no more come."""
    with working:
        began = clock()
        newest = next(answers, None)
        while newest is not None and clock() - began < patience:
            following = next(answers, None)
            if following is None:
                break
            newest = following
        return newest
