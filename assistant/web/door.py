"""The door: every request that costs something gets its place here, by kind and by address.

What the page, the API and other programs ask goes on to the gate of questions; searches, looks and
the status page wait here, each kind in a lane of its own. A page that is added later is a look.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import Coroutine
from typing import Any
from urllib.parse import parse_qs

from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warta.assistant.api.arrivals import Arrivals
from warta.assistant.api.places import Gate, Lanes, Place, address_of
from warta.assistant.web.callers import refuse
from warta.corpus.errors import BusyError

SEARCHES = ("/api/search", "/search", "/search.csv", "/search.ris", "/feed")
_JOIN, _DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"
_ASK = "/api/ask"
_ENTERING = 2  # questions that Gradio takes in at a time
_PATIENCE = 10.0  # seconds for 64 KB
_BUSY = 503, "Busy: try again in a moment."
_HELD, _EACH = 0.4, 0.02  # seconds until a refusal is said, and of these for each that waits
# What costs next to nothing: files of the page, and what tells whether the server is there.
_FREE = re.compile(
    r"/(gradio_api/|assets/|static/|theme\.css|warta/[\w.-]+\.(css|js)$|warta/stop$"
    r"|healthz$|readyz$|api/openapi\.json$|favicon\.ico$)"
)
_READER = re.compile(r"[\w-]{1,64}")


class Door:
    """ASGI middleware: 503 at once for who finds no place, 408, 413, 422 for a bad body.

    A body must come within `patience` seconds: a question on its way holds a place. Questions
    reach Gradio a few at a time: taking one in costs as much as refusing twenty, and who is
    refused waits least. Of Gradio's events only `event` passes, with one text.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        lanes: Lanes,
        arrivals: Arrivals,
        event: int,
        max_body: int,
        patience: float = _PATIENCE,
    ) -> None:
        self._app = app
        self._lanes = lanes
        self._arrivals = arrivals
        self._event = event
        self._max_body = max_body
        self._patience = patience
        self._entering = asyncio.Semaphore(_ENTERING)
        self._refused = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on once it has its place."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, address = scope["path"], _address(scope)
        asks = scope["method"] == "POST" and path in (_JOIN, _ASK)
        if asks and self._lanes.ask.refuses(address):  # unread
            await self._refuse(scope, receive, send)
            return
        if scope["method"] == "POST":
            held = await self._held(scope, receive, send)
            if held is None:
                return
            if path == _JOIN:
                await self._let_in(held.body, address, scope, receive, send)
                return
            receive = held
        if path == _DATA:
            await self._listen(scope, receive, send)
        elif (lane := self._lane(path)) is None:
            await self._app(scope, receive, send)
        else:
            await self._at_a_place(lane, address, scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say "busy", the later the more hear it: to say it all day is work that keeps others."""
        self._refused += 1
        try:
            await asyncio.sleep(min(_HELD, _EACH * (self._refused - 1)))
        finally:
            self._refused -= 1
        await refuse(*_BUSY, scope, receive, send)

    def _lane(self, path: str) -> Gate | None:
        if path == _ASK or _FREE.match(path):  # questions wait at their gate, in `paced`
            return None
        if path in SEARCHES:
            return self._lanes.search
        if path in ("/status", "/metrics"):
            return self._lanes.status
        if path == "/mcp":
            return self._lanes.tools
        return self._lanes.look

    async def _at_a_place(
        self, lane: Gate, address: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Pass a request on at a place that ends as its answer begins: the work is done then.

        So who reads slowly keeps no place, and who leaves the line gives it up.
        """
        still = receive if isinstance(receive, Replayed) else Replayed(b"", receive, read=False)
        place = await _unless_gone(Place.of(lane, address), still)
        if isinstance(place, BusyError):
            await self._refuse(scope, receive, send)
        if not isinstance(place, Place):
            return

        async def ending(message: Message) -> None:
            place.end()
            await send(message)

        try:
            await self._app(scope, still, ending)
        finally:
            place.end()

    async def _held(self, scope: Scope, receive: Receive, send: Send) -> "Replayed | None":
        """Return the request with its body read, None where that is too large or too slow."""
        try:
            async with asyncio.timeout(self._patience):
                body = await _body(receive, Headers(scope=scope), self._max_body)
        except TimeoutError:
            what = f"The body did not come within {self._patience:g} seconds."
            await refuse(408, what, scope, receive, send)
            return None
        if body is not None:
            return Replayed(body, receive)
        await refuse(413, f"A request may have {self._max_body} bytes.", scope, receive, send)
        return None

    async def _let_in(
        self, body: bytes, address: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Hand a question to Gradio once it is here whole: until then it takes nobody's place."""
        asked = _asked(body, self._event)
        if asked is None:
            await refuse(422, "This is no question of the page.", scope, receive, send)
            return
        reader = asked["session_hash"]
        # without a wait since it was looked at, or many would pass a last place
        refused = self._lanes.ask.refuses(address)
        taken = None if refused else self._arrivals.take(reader, address)
        if taken is None:
            await self._refuse(scope, receive, send)
            return
        clean = json.dumps(asked).encode()
        scope = _with_length(scope, len(clean))
        answered = _Watched(send)
        try:
            async with self._entering:
                await self._app(scope, Replayed(clean, receive), answered)
        finally:
            if answered.status == 200:
                taken.ticket.wait()
            else:  # it did not get as far as to be answered
                self._arrivals.give_up(taken)

    async def _listen(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on who comes to hear an answer; there has to be one to hear."""
        names = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("session_hash", [])
        if len(names) != 1 or not self._arrivals.may_listen(names[0]):
            await refuse(404, "There is no question to be answered here.", scope, receive, send)
            return
        with self._arrivals.stream(names[0]):
            await self._app(scope, receive, send)


class Replayed:
    """The body once more, then whatever the connection says next.

    With `read` False the body has not been read: it comes from the connection.
    """

    def __init__(self, body: bytes, receive: Receive, *, read: bool = True) -> None:
        self.body = body
        self._next: Message | None = None
        if read:
            self._next = {"type": "http.request", "body": body, "more_body": False}
        self._read = read
        self._receive = receive

    async def __call__(self) -> Message:
        """Return the next message."""
        if self._next is None:
            return await self._receive()
        message, self._next = self._next, None
        return message

    async def gone(self) -> None:
        """Return when the client has left."""
        if not self._read:
            self._next, self._read = await self._receive(), True
        message = self._next
        if message and message.get("more_body"):
            await asyncio.Event().wait()  # a body that goes on is for the app to read
        while message is None or message["type"] != "http.disconnect":
            message = await self._receive()


class _Watched:
    """Sends on, and keeps the status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


async def _unless_gone(
    coming: Coroutine[Any, Any, Place], still: Replayed
) -> Place | BusyError | None:
    """Return the place, or why there is none; None where the client left before."""
    waiting = asyncio.create_task(coming)
    await asyncio.sleep(0)
    leaving = None if waiting.done() else asyncio.create_task(still.gone())
    try:
        if leaving:
            await asyncio.wait((waiting, leaving), return_when=asyncio.FIRST_COMPLETED)
        return waiting.result() if waiting.done() else None
    except BusyError as error:
        return error
    except BaseException:
        if waiting.done() and not waiting.cancelled() and not waiting.exception():
            waiting.result().end()
        raise
    finally:
        for task in (waiting, leaving):
            if task and not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


def _asked(body: bytes, event: int) -> dict[str, Any] | None:
    """Return a question of the page as Gradio is to see it; None for anything else."""
    try:
        said = from_json(body, allow_inf_nan=False)  # refuses what is nested deeply
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("fn_index") != event:
        return None
    data, reader, pressed = said.get("data"), said.get("session_hash"), said.get("trigger_id")
    if not isinstance(data, list) or len(data) != 1 or not isinstance(data[0], str):
        return None
    if not isinstance(reader, str) or not _READER.fullmatch(reader):
        return None
    clean = {"data": data, "fn_index": event, "session_hash": reader, "event_data": None}
    return {**clean, "trigger_id": pressed if type(pressed) is int else None}


def _with_length(scope: Scope, length: int) -> Scope:
    left_out = (b"content-length", b"transfer-encoding", b"content-type")
    kept = [pair for pair in scope["headers"] if pair[0] not in left_out]
    kept += [(b"content-length", str(length).encode()), (b"content-type", b"application/json")]
    return {**scope, "headers": kept}


def _address(scope: Scope) -> str:
    return address_of((scope.get("client") or ("",))[0])


async def _body(receive: Receive, headers: Headers, limit: int) -> bytes | None:
    """Return the whole body, None where it is longer than `limit` bytes."""
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > limit:
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(body)
