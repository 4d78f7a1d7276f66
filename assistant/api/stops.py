"""A reader presses stop: the answer under way ends, and the next question is not touched by it.

Gradio's own cancelling ends whatever the reader's session runs by the time it is heard, which may
be the next question already, and tells the page of a failure at a time of its own. Here questions
have numbers, and a stopped one comes to its end like any other.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import TypeVar

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
