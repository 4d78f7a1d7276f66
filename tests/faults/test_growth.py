"""What a request or an article costs grows as its length does, and stays below promise 15.

Each field of each way in is filled with one piece repeated to n, 2n and 4n characters, and asked
or indexed (archive, build and all) in a process of its own. Processor time and the highest memory
are read there. `WARTA_FAULTS=full` tries every pair of field and piece, otherwise some twenty.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import pytest

pytestmark = pytest.mark.faults

FULL = os.environ.get("WARTA_FAULTS") == "full"
STEP = 1 if FULL else 19
ROOT = Path(__file__).resolve().parents[2]
REQUESTS = (
    "answer.question", "answer.history", "retrieve.query", "retrieve.sources", "mcp.query",
    "mcp.question", "cli.search", "cli.ask",
)  # fmt: skip
INDEXED = (
    "jsonl.title", "jsonl.text", "jsonl.date", "jsonl.source", "jsonl.url", "jsonl.id", "csv.title",
    "csv.text", "html.title", "html.body", "md.text", "txt.text", "feed.title", "feed.description",
    "feed.guid", "feed.link", "feed.pubDate",
)  # fmt: skip
PIECES = (
    "q", "siapa? ", "S.Pd. ", "Baca juga: ", "1 Januari 2020 ", "(", "[1] ", "A. ", "Rp1.000,5 ",
    "á", "😀", "http://a.id/ ", "<p>", "&amp;", "dan ", "kemarin ", "PT Maju Jaya ", "\n", "-",
    "Wali Kota Bandung Budi Santoso ", "x1y2", "“kata” ", "10/11/2020, ", "kabupaten",
)  # fmt: skip
LENGTH = {"request": 500, "indexed": 50_000}  # n; four times that is what a question may have
GROWTH = 2.4  # a doubling
NOISE = 0.25  # seconds below which growth is not told from chance
MOST_SECONDS = 2.0  # of processor time a request
MOST_MIB = {"request": 100, "indexed": 1000}


@dataclass(frozen=True)
class Cost:
    """Seconds of processor time and MiB above the idle process."""

    seconds: float
    memory: int


class Worker:
    """A process that asks and indexes, and says what each costs."""

    def __init__(self, home: Path, scratch: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("growing.py")), str(home), str(scratch)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def cost(self, field: str, piece: str, length: int) -> Cost:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([field, piece, length]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"{field} with {piece!r} to {length:,} characters ended the process"
        return Cost(*json.loads(line))

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=60)


@pytest.fixture
def worker(samples_home, tmp_path):
    working = Worker(samples_home, tmp_path)
    yield working
    working.close()


def growth(costs: list[Cost], idle: float) -> float:
    """Return the worst growth of a doubling that is told from chance, 0 for none."""
    took = [max(cost.seconds - idle, 0.0) for cost in costs]
    told = [(less, more) for less, more in pairwise(took) if more > NOISE]
    return max((more / max(less, NOISE / 4) for less, more in told), default=0.0)


def test_cost_grows_as_length_does_and_stays_within_what_is_promised(worker):
    cases = [
        (kind, field, piece)
        for kind, fields in (("request", REQUESTS), ("indexed", INDEXED))
        for field, piece in product(fields, PIECES)
    ]
    assert len(cases) >= 300
    # The command line opens the home anew each time: that is what it costs idle.
    idle = {field: worker.cost(field, "a ", 20) for field in (*REQUESTS, *INDEXED)}
    wrong: list[str] = []
    slowest = {"request": 0.0, "indexed": 0.0}
    largest = {"request": 0, "indexed": 0}
    steepest = 0.0
    for kind, field, piece in cases[::STEP]:
        least: list[Cost] = []
        grown = 0.0
        for _ in range(4):  # the least of several: others work on this machine, too
            costs = [worker.cost(field, piece, LENGTH[kind] * times) for times in (1, 2, 4)]
            least = [min(two, key=lambda cost: cost.seconds)
                     for two in zip(costs, least or costs, strict=True)]  # fmt: skip
            grown = growth(least, idle[field].seconds)
            over = kind == "request" and least[-1].seconds > MOST_SECONDS
            if grown <= GROWTH and not over:
                break
        memory = max(cost.memory for cost in costs)
        memory -= idle[field].memory if field.startswith("cli.") else 0
        steepest = max(steepest, grown)
        slowest[kind] = max(slowest[kind], least[-1].seconds)
        largest[kind] = max(largest[kind], memory)
        if grown > GROWTH or over or memory > MOST_MIB[kind]:
            spent = " ".join(f"{cost.seconds:.2f}" for cost in least)
            wrong.append(f"{field} {piece!r}: {spent} s, x{grown:.1f}, {memory} MiB")
    print(
        f"{len(cases[::STEP])} pairs: steepest x{steepest:.1f} a doubling; request "
        f"{slowest['request']:.2f} s, {largest['request']} MiB; indexed "
        f"{slowest['indexed']:.1f} s, {largest['indexed']} MiB"
    )
    assert wrong == []


@pytest.mark.parametrize("field", [field for field in REQUESTS if field != "retrieve.sources"])
def test_a_word_of_thousands_of_letters_costs_no_more_than_others(worker, field):
    idle = worker.cost(field, "a ", 20)
    cost = worker.cost(field, "wkqzjxvhfpblcmtrgdnsaoeiuy", 2_000)
    assert cost.seconds <= MOST_SECONDS
    own = idle.memory if field.startswith("cli.") else 0
    assert cost.memory - own <= MOST_MIB["request"]


@pytest.mark.parametrize("field", INDEXED if FULL else INDEXED[::6])
def test_what_no_field_can_hold_is_a_reason_or_text_and_the_build_stays_small(worker, field):
    cost = worker.cost(field, "judul panjang ", 2_100_000)
    assert cost.memory <= MOST_MIB["indexed"]
    assert cost.seconds <= 60
