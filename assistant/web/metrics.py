"""Figures for Prometheus at /metrics: what is asked, how long it takes, who waits, how fresh it is.

No figure is by reader, question or address. Each process has its own; they begin with its start.
"""

import logging
import time
from collections.abc import Iterable, Iterator
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

from warta.assistant.answer import Answer
from warta.assistant.api.api import SeenIndex, Served
from warta.assistant.api.places import Lanes
from warta.assistant.config import Settings
from warta.assistant.upkeep.status import last_run
from warta.assistant.web.logs import RequestLog
from warta.corpus.errors import InputError, WartaError

_log = logging.getLogger(__name__)
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
