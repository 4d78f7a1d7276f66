"""The log of requests and questions, as lines of JSON, where one is wished for.

A path is written without its query and a question without its text, unless that is wished for, too:
what somebody asks a newsroom's archive may be its next story.
"""

import contextvars
import json
import logging
import os
import re
import secrets
import sys
import time
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warta.assistant.answer import Answer
from warta.assistant.web.callers import Callers

_log = logging.getLogger(__name__)
_SILENT = ("/healthz", "/readyz", "/metrics")  # asked for every few seconds, by machines
_LONGEST = 500  # characters of a path
_SHARED = re.compile(r"^/share/.*", re.DOTALL)  # who knows the address may read the answer
_ID = re.compile(r"[\w.-]{1,64}")
REQUEST_ID: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")


class _Private(WatchedFileHandler):
    """Opens its file for its owner alone: it tells who asked when."""

    def _open(self) -> Any:
        return open(
            self.baseFilename,
            "a",
            encoding="utf-8",
            opener=lambda path, flags: os.open(path, flags, 0o600),
        )


class RequestLog:
    """Writes lines to a file, "-" for stdout, "" for nowhere; follows a file that is rotated."""

    def __init__(self, place: str = "", *, questions: bool = False) -> None:
        """With `questions` their text is written, too. Raises OSError for a file it cannot open."""
        self._questions = questions
        self._handler: logging.Handler | None = None
        if place:
            out = logging.StreamHandler(sys.stdout) if place == "-" else _Private(place)
            weakref.finalize(self, out.close)
            out.handleError = _say_that_it_fails  # type: ignore[method-assign]
            self._handler = out

    def write(self, kind: str, **said: Any) -> None:
        """Write one line: kind, time (UTC) and what is said."""
        if self._handler is None:
            return
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "kind": kind, **said}
        text = json.dumps(line, ensure_ascii=True)
        record = logging.LogRecord("warta.requests", logging.INFO, "", 0, text, None, None)
        self._handler.handle(record)

    def question(self, text: str, status: str, seconds: float, answer: Answer | None) -> None:
        """Write what became of a question."""
        said: dict[str, Any] = {"id": REQUEST_ID.get(), "status": status}
        said["seconds"] = round(seconds, 3)
        if answer is not None:
            said |= {"writer": answer.receipt.writer, "snapshot": answer.receipt.snapshot}
            said |= {"citations": len(answer.citations), "language": answer.language}
        self.write("question", **said, **({"question": text} if self._questions else {}))


def _say_that_it_fails(record: logging.LogRecord) -> None:
    _log.warning("The log of requests cannot be written: %s", sys.exc_info()[1])


class Observing:
    """ASGI middleware, the outermost: gives each request an id, counts, times and logs it.

    A listed proxy's X-Request-Id is kept, anybody else's is not.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        log: RequestLog,
        callers: Callers,
        count: Callable[[str, int, float], None],
    ) -> None:
        """`count` is told each request's path, status and seconds."""
        self._app = app
        self._log = log
        self._callers = callers
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass every request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, sent = time.monotonic(), 0, 0
        noted: dict[str, str] = {}  # what walls inside find out
        named = self._name(scope)
        token = REQUEST_ID.set(named)

        async def observed(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = named
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app({**scope, "warta.noted": noted}, receive, observed)
        finally:
            REQUEST_ID.reset(token)
            seconds = time.monotonic() - began
            self._count(scope["path"], status, seconds)
            if scope["path"] not in _SILENT:
                self._log.write(
                    "request",
                    id=named,
                    method=scope["method"],
                    path=_SHARED.sub("/share/…", scope["path"][:_LONGEST]),
                    status=status,  # 0 where the client left before there was one
                    seconds=round(seconds, 3),
                    bytes=sent,
                    address=self._callers.address(scope),
                    **noted,
                )

    def _name(self, scope: Scope) -> str:
        given = Headers(scope=scope).get("x-request-id", "")
        if _ID.fullmatch(given) and self._callers.believes(scope):
            return given
        return secrets.token_hex(8)
