"""Questions of the page between their coming in and their being answered.

Gradio takes a question with one request and sends its answer over another. A question whose
answer nobody came to hear is not begun, and given up after some seconds.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator

from warta.assistant.api.places import Gate, Ticket
from warta.assistant.config import is_local

MOST = 256  # questions that nobody listens to yet: two seconds of what Gradio can take in
_OF_ADDRESS = 8  # of these, of one address other than this machine's
_PATIENCE = 5.0  # seconds in which somebody has to come and listen
_ITS_TIME = 1.0  # seconds of it that a question has also while others press
_LATE = 256  # readers who are told "busy" where they come to listen too late
_STREAMS = 2  # of one reader: the one before may not have been noticed to be gone


class _Question:
    """One that came in; `heard` is set once somebody listens, or nobody will."""

    def __init__(self, name: str, ticket: Ticket) -> None:
        self.name = name
        self.ticket = ticket
        self.heard = asyncio.Event()
        self.given_up = False
        self.begun = False


class _Reader:
    """One reader's questions that are not answered yet, and the streams for their answers."""

    def __init__(self) -> None:
        self.questions: deque[_Question] = deque()
        self.streams = 0


class Arrivals:
    """Who asked on the page, by the name that Gradio gives each reader; for one event loop."""

    def __init__(
        self,
        gate: Gate,
        clock: Callable[[], float] = time.monotonic,
        patience: float = _PATIENCE,
    ) -> None:
        self._gate = gate
        self._clock = clock
        self._patience = patience
        self._readers: dict[str, _Reader] = {}
        self._unheard: dict[_Question, None] = {}  # oldest first
        self._late: deque[str] = deque(maxlen=_LATE)

    def take(self, name: str, address: str = "") -> Callable[[], None] | None:
        """Count a reader's question that is on its way; None where too many come unheard.

        What is returned takes it back, for a question that Gradio does not take.
        """
        mine = sum(one.ticket.address == address for one in self._unheard)
        if address and not is_local(address) and mine >= _OF_ADDRESS:
            return None
        if len(self._unheard) >= MOST:
            oldest = next(iter(self._unheard))
            if self._clock() - oldest.ticket.taken < _ITS_TIME:
                return None
            self._give_up(oldest)
        question = _Question(name, self._gate.announce(address))
        reader = self._readers.setdefault(name, _Reader())
        reader.questions.append(question)
        if reader.streams:
            question.heard.set()
        else:
            self._unheard[question] = None
        return lambda: self._give_up(question)

    def may_listen(self, name: str) -> bool:
        """Tell whether there is something to hear for this reader, over one more stream."""
        reader = self._readers.get(name)
        if reader is None:
            return name in self._late
        return reader.streams < _STREAMS

    @contextlib.contextmanager
    def stream(self, name: str) -> Iterator[None]:
        """Note that the reader listens; with the last stream end the questions not begun."""
        with contextlib.suppress(ValueError):
            self._late.remove(name)
        reader = self._readers.setdefault(name, _Reader())
        reader.streams += 1
        for question in reader.questions:
            self._unheard.pop(question, None)
            question.heard.set()
        try:
            yield
        finally:
            reader.streams -= 1
            if not reader.streams:
                for question in [one for one in reader.questions if not one.begun]:
                    self._give_up(question)
            self._forget(name)

    @contextlib.asynccontextmanager
    async def begun(self, name: str) -> AsyncIterator[Ticket | None]:
        """Wait until the reader listens; give the question's ticket, None where nobody does.

        Who comes later yet finds what is said then. The ticket is for the caller to end in the
        moment in which the question takes its place.
        """
        waiting = self._readers[name].questions if name in self._readers else ()
        question = next((one for one in waiting if not one.begun), None)
        if question is None:
            self._late.append(name)
            yield None
            return
        question.begun = True
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    await question.heard.wait()
            heard = question.heard.is_set() and not question.given_up
            if not heard:
                self._late.append(name)
            yield question.ticket if heard else None
        finally:
            self._give_up(question)

    def _give_up(self, question: _Question) -> None:
        question.ticket.end()
        question.given_up = True
        question.heard.set()
        self._unheard.pop(question, None)
        reader = self._readers.get(question.name)
        if reader and question in reader.questions:
            reader.questions.remove(question)
        self._forget(question.name)

    def _forget(self, name: str) -> None:
        reader = self._readers.get(name)
        if reader and not reader.questions and not reader.streams:
            del self._readers[name]
