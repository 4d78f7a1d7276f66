"""The log of requests, as lines of JSON where one is wished for, and the server's own under attack.

An attacker writes nothing into a log that nobody else could, but could fill the disk with it: the
same message is written once a minute. A path is written without its query and a question without
its text, unless that is wished for, too: what somebody asks a newsroom's archive may be its next
story.
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
# Who knows the address of a shared answer may read it; a person's holds what was asked.
_TOLD = re.compile(r"^/(share|person)/.*", re.DOTALL)
_ID = re.compile(r"[\w.-]{1,64}")
REQUEST_ID: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

_EVERY = 60.0  # seconds
_MOST = 256  # messages remembered; who invents new ones makes no more than these a minute
_LONGEST_SAID = 4_000  # characters of one message with its trace


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
                    path=_TOLD.sub(r"/\1/…", scope["path"][:_LONGEST]),
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


class OnceAMinute(logging.Filter):
    """Lets a message pass once a minute; the next to pass says how many did not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._last: dict[tuple[str, str], tuple[float, int]] = {}  # at what time, how many since

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the message is to be written."""
        now, key = self._clock(), _kind(record)
        passed, since = self._last.get(key, (-_EVERY, 0))
        if now - passed < _EVERY:
            self._last[key] = (passed, since + 1)
            return False
        if key not in self._last and len(self._last) >= _MOST and not self._forget(now):
            return False
        self._last[key] = (now, 0)
        if since:
            said = f"{record.getMessage()} ({since} more like it in the last minutes)"
            record.__dict__.update(msg=said, args=None)
        return True

    def _forget(self, now: float) -> bool:
        """Forget what was not said for a minute; False where nothing is that old."""
        old = [key for key, (passed, _) in self._last.items() if now - passed >= _EVERY]
        for key in old:
            del self._last[key]
        return bool(old)


class _Short(logging.Formatter):
    """The usual form, cut where it is long: a trace of a deep recursion has a thousand lines."""

    def format(self, record: logging.LogRecord) -> str:
        said = super().format(record)
        cut = len(said) - _LONGEST_SAID
        if cut <= 0:
            return said
        return f"{said[: _LONGEST_SAID // 2]}\n… {cut} characters …\n{said[-_LONGEST_SAID // 2 :]}"


def keep_short() -> None:
    """Let everything that is logged in this process pass by way of one filter."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler(sys.stderr))
    once = OnceAMinute()
    for handler in root.handlers:
        handler.addFilter(once)
        form = handler.formatter
        handler.setFormatter(_Short(form._fmt if form else "warta: %(message)s"))


def _kind(record: logging.LogRecord) -> tuple[str, str]:
    """Return what makes two messages the same: where they come from, not what they name."""
    error = record.exc_info[1] if record.exc_info else None
    place = ""
    if error is not None:
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return f"{record.name}:{record.lineno}", f"{type(error).__name__} {place}"
