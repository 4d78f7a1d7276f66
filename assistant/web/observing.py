"""What is seen of the server: the log of requests, its own log, and figures at /metrics.

Requests are written as lines of JSON where that is wished for.
An attacker writes nothing into a log that nobody else could, but could fill the disk with it: the
same message is written once a minute. A path is written without its query and a question without
its text, unless that is wished for, too: what somebody asks a newsroom's archive may be its next
story.

Figures for Prometheus say what is asked, how long it takes, who waits and how fresh it is; none is
by reader, question or address. Each process has its own; they begin with its start.
"""

import json
import logging
import os
import re
import secrets
import sys
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warta.assistant.answer import Answer
from warta.assistant.api.api import SeenIndex, Served
from warta.assistant.api.places import Lanes
from warta.assistant.config import Settings
from warta.assistant.upkeep.status import last_run
from warta.assistant.web.callers import Callers
from warta.assistant.web.guard import REQUEST_ID
from warta.corpus.errors import InputError, WartaError

_log = logging.getLogger(__name__)
_SILENT = ("/healthz", "/readyz", "/metrics")  # asked for every few seconds, by machines
_LONGEST = 500  # characters of a path
# Who knows the address of a shared answer may read it; a person's holds what was asked.
_TOLD = re.compile(r"^/(share|person)/.*", re.DOTALL)
_ID = re.compile(r"[\w.-]{1,64}")

_EVERY = 60.0  # seconds
_MOST = 256  # messages remembered; who invents new ones makes no more than these a minute
_LONGEST_SAID = 4_000  # characters of one message with its trace
_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0)
_FEW = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
# What a request asked for, by its path: a fixed set, for anybody may ask for any path.
_EXACT = frozenset(
    (
        *("/", "/status", "/search", "/mcp", "/metrics", "/healthz", "/readyz"),
        *("/feed", "/search.csv", "/search.ris"),
        *("/api/ask", "/api/search", "/api/status", "/api/feedback", "/api/openapi.json"),
    )
)
_BELOW = (
    "/api/articles/",
    "/article",
    "/story",
    "/person",
    "/share/",
    "/warta/",
    "/gradio_api/",
    "/assets/",
    "/static/",
)


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


def route_of(path: str) -> str:
    """Return the name under which a path counts."""
    if path in _EXACT:
        return path
    return next((name.rstrip("/") for name in _BELOW if path.startswith(name)), "other")


class Metrics:
    """The figures of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        ProcessCollector(registry=registry)  # memory, files, processor; of Linux only
        self.questions = Counter(
            "warta_questions", "Questions by what became of them.", ["status"], registry=registry
        )
        self.refusals = Counter(
            "warta_refusals",
            "Questions the archive does not answer.",
            ["reason"],
            registry=registry,
        )
        self.question_seconds = Histogram(
            "warta_question_seconds",
            "From a question's place to its first and to its last words.",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.stage_seconds = Histogram(
            "warta_stage_seconds",
            "Understanding a question, searching, reading, composing and writing its answer.",
            ["stage"],
            buckets=_FEW,
            registry=registry,
        )
        for stage in ("understand", "search", "read", "compose", "write"):
            self.stage_seconds.labels(stage)
        self.wait_seconds = Histogram(
            "warta_wait_seconds", "Waiting for a place.", ["lane"], buckets=_FEW, registry=registry
        )
        self.requests = Counter(
            "warta_requests", "Requests by what they asked for.", ["route", "status"],
            registry=registry,
        )  # fmt: skip
        self.request_seconds = Histogram(
            "warta_request_seconds",
            "From a request to the end of its answer.",
            ["route"],
            buckets=_FEW,
            registry=registry,
        )

    def text(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        return generate_latest(self.registry)


class Home(Collector):
    """What is as it is when it is asked for: places, the index, the last run of `warta index`."""

    def __init__(self, assistant: Served, settings: Settings, lanes: Lanes) -> None:
        self._retriever = assistant.retriever
        self._home = None if settings.milvus else settings.home
        self._lanes = {
            "ask": lanes.ask, "long": lanes.long, "search": lanes.search, "look": lanes.look,
            "status": lanes.status, "tools": lanes.tools,
        }  # fmt: skip

    def collect(self) -> Iterable[Metric]:
        """Return the gauges; what cannot be told now is left out."""
        for name, said in (("working", "Being served."), ("waiting", "Waiting for a place.")):
            gauge = GaugeMetricFamily(f"warta_{name}", said, labels=["lane"])
            for lane, gate in self._lanes.items():
                gauge.add_metric([lane], getattr(gate, name))
            yield gauge
        try:
            yield from _of_index(self._retriever.view())
            yield GaugeMetricFamily(
                "warta_snapshot_fallen_back",
                "1 where another snapshot than the newest is served.",
                value=bool(self._retriever.warning),
            )
            yield from self._of_run()
        except WartaError as error:
            _log.warning("Figures are left out: %s", error)

    def _of_run(self) -> Iterator[Metric]:
        run = last_run(self._home) if self._home else None
        if run is None:
            return
        counts = GaugeMetricFamily(
            "warta_last_run_items", "What the last run of warta index saw.", labels=["became"]
        )
        for name in ("indexed", "unchanged", "skipped", "removed"):
            counts.add_metric([name], getattr(run.counts, name))
        yield counts
        yield GaugeMetricFamily(
            "warta_last_run_timestamp_seconds", "When it began.", value=run.started.timestamp()
        )
        yield GaugeMetricFamily(
            "warta_last_run_complete",
            "0 where it is under way or did not come to its end.",
            value=run.seconds is not None,
        )


def _of_index(view: SeenIndex) -> Iterator[Metric]:
    seen = view.coverage()
    built = seen.built.timestamp()
    for name, said, value in (
        ("articles", "Articles in the index.", seen.articles),
        ("passages", "Passages in the index.", seen.passages),
        ("snapshot_timestamp_seconds", "When the index was built.", built),
        ("snapshot_age_seconds", "How long ago that was.", max(0.0, time.time() - built)),
    ):
        yield GaugeMetricFamily(f"warta_{name}", said, value=value)


class Observed:
    """An assistant whose questions are counted, timed and written to the log."""

    def __init__(self, assistant: Served, metrics: Metrics, log: RequestLog) -> None:
        self._assistant = assistant
        self._metrics = metrics
        self._log = log
        told: Any = assistant
        if hasattr(told, "timed"):
            told.timed = self._timed

    @property
    def retriever(self) -> Any:
        """Where its passages come from."""
        return self._assistant.retriever

    def stream(self, question: str, *args: Any, **conditions: Any) -> Iterator[Answer]:
        """Yield what the assistant does."""
        began, status = time.monotonic(), "stopped"
        answer: Answer | None = None
        answers: Any = None
        try:
            answers = self._assistant.stream(question, *args, **conditions)
            for answer in answers:
                if status == "stopped":
                    status = "begun"
                    self._took("first", began)
                yield answer
            status = answer.status if answer else "failed"
        except GeneratorExit:
            status = "stopped"
            raise
        except InputError:
            status = "invalid"
            raise
        except Exception:
            status = "failed"
            raise
        finally:
            if close := getattr(answers, "close", None):  # stops a model that is still writing
                close()
            self._note(question, status, began, answer)

    def _timed(self, stage: str, seconds: float) -> None:
        self._metrics.stage_seconds.labels(stage).observe(seconds)

    def _took(self, stage: str, began: float) -> None:
        self._metrics.question_seconds.labels(stage).observe(time.monotonic() - began)

    def _note(self, question: str, status: str, began: float, answer: Answer | None) -> None:
        self._metrics.questions.labels(status).inc()
        if answer and answer.refusal and status == answer.status:
            self._metrics.refusals.labels(answer.refusal.reason).inc()
        if answer and status == answer.status:
            self._took("whole", began)
        self._log.question(question, status, time.monotonic() - began, answer)
