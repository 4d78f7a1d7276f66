"""No reader takes more than a fair share: so many questions a minute from one address."""

import asyncio
import time
from collections.abc import Callable

import h11
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from warta.assistant.config import is_local

# Connections that come to nothing are closed: a client that does not ask, or does not read.
#
# uvicorn waits for ever for a first request, for the rest of one, and for a client that takes
# nothing of its answer; each such client holds an open file, the last one perhaps a writer, too.

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


_COUNTED = ("/gradio_api/queue/join", "/api/ask", "/api/search", "/api/feedback", "/mcp")
_MOST_CLIENTS = 10_000


class RateLimit:
    """ASGI middleware: 429 for who asks more than `per_minute`; this machine itself may.

    A bucket for each address holds `per_minute` drops and fills up again within a minute. Behind
    a reverse proxy all come from one address, often this machine's: there the proxy counts.
    """

    def __init__(
        self, app: ASGIApp, *, per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._most = float(per_minute)
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # drops left, at what time

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 429, or pass the request on."""
        client = (scope.get("client") or ("",))[0]
        if scope["type"] == "http" and scope["path"] in _COUNTED and not is_local(client):
            if not self._take(client):
                body = {"error": {"what": "Too many questions.", "remedy": "Wait a minute."}}
                refused = JSONResponse(body, 429, headers={"retry-after": "60"})
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _take(self, client: str) -> bool:
        now = self._clock()
        left, then = self._buckets.pop(client, (self._most, now))
        left = min(self._most, left + (now - then) * self._most / 60)
        while len(self._buckets) >= _MOST_CLIENTS:  # who was silent longest has a full one anyway
            self._buckets.pop(next(iter(self._buckets)))
        self._buckets[client] = (max(left - 1, 0.0) if left >= 1 else left, now)
        return left >= 1
