"""Connections that come to nothing are closed: a client that does not ask, or does not read.

uvicorn waits for ever for a first request, for the rest of one, and for a client that takes
nothing of its answer; each such client holds an open file, the last one perhaps a writer, too.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

ASKING = 20.0  # seconds that a request may take to come in, from its connection or first byte on
READING = 60.0  # seconds in which a client with a full line takes nothing


class Hurried(H11Protocol):
    """uvicorn's HTTP with an end to waiting."""

    asking = ASKING
    reading = READING
    _asked: asyncio.TimerHandle | None = None
    _read: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, but not for ever."""
        super().connection_made(transport)
        self._await_request()

    def data_received(self, data: bytes) -> None:
        """Take in what came; a request that is complete has all time to be answered."""
        super().data_received(data)
        self._await_request()

    def pause_writing(self) -> None:
        """Note that the line is full."""
        super().pause_writing()
        self._read = self._read or self.loop.call_later(self.reading, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that the client reads."""
        super().resume_writing()
        self._stop_reading_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clocks."""
        self._stop_asking_clock()
        self._stop_reading_clock()
        super().connection_lost(exc)

    def _await_request(self) -> None:
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_asking_clock()
        elif self._asked is None:
            self._asked = self.loop.call_later(self.asking, self.transport.abort)

    def _stop_asking_clock(self) -> None:
        if self._asked:
            self._asked.cancel()
        self._asked = None

    def _stop_reading_clock(self) -> None:
        if self._read:
            self._read.cancel()
        self._read = None
