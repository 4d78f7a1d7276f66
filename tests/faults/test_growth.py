"""What a request or an article costs grows as its length does, and stays below promise 15.

Each field of each way in is filled with one piece repeated to n, 2n and 4n characters, and asked
or indexed (archive, build and all) in a process of its own. Processor time and the highest memory
are read there. `WARTA_FAULTS=full` tries every pair of field and piece, otherwise one a field.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

pytestmark = pytest.mark.faults

FULL = os.environ.get("WARTA_FAULTS") == "full"
ROUNDS = 8
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
    "and what ",
)  # fmt: skip
LENGTH = {"request": 500, "indexed": 100_000}  # n; four times that is what a question may have
GROWTH = 2.4  # a doubling
NOISE = {"request": 0.25, "indexed": 0.5}  # seconds below which growth is not told from chance
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
            env={name: at for name, at in os.environ.items() if not name.startswith("WARTA_")},
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


@pytest.fixture(scope="module")
def worker(samples_home, tmp_path_factory):
    working = Worker(samples_home, tmp_path_factory.mktemp("growing"))
    yield working
    working.close()


@dataclass(frozen=True)
class Grown:
    """What one pair of field and piece costs at full length, and the worst growth of a doubling."""

    kind: str
    named: str
    seconds: float
    growth: float
    memory: int

    @property
    def wrong(self) -> bool:
        slow = self.kind == "request" and self.seconds > MOST_SECONDS
        return slow or self.growth > GROWTH or self.memory > MOST_MIB[self.kind]

    def __str__(self) -> str:
        return f"{self.named}: {self.seconds:.2f} s, x{self.growth:.1f}, {self.memory} MiB"


def growth(took: list[float], noise: float) -> float:
    """Return the worst growth of a doubling that is told from chance, 0 for none."""
    told = [(less, more) for less, more in pairwise(took) if more > noise]
    return max((more / max(less, noise / 4) for less, more in told), default=0.0)


def grown(worker: Worker, idle: Cost, field: str, piece: str) -> Grown:
    """Measure a pair: the least of several rounds, as others work on this machine, too.

    Where the full length costs no more than what chance may, the shorter ones say nothing.
    """
    kind = "request" if field in REQUESTS else "indexed"
    least: dict[int, float] = {}
    memory = 0
    for _ in range(ROUNDS):
        for times in (4, 1, 2):
            cost = worker.cost(field, piece, LENGTH[kind] * times)
            memory = max(memory, cost.memory - (idle.memory if field.startswith("cli.") else 0))
            least[times] = min(cost.seconds, least.get(times, cost.seconds))
            if least[4] - idle.seconds <= NOISE[kind]:
                break
        took = [max(least.get(times, 0.0) - idle.seconds, 0.0) for times in (1, 2, 4)]
        found = Grown(kind, f"{field} {piece!r}", least[4], growth(took, NOISE[kind]), memory)
        if not found.wrong:
            break
    return found


def test_at_least_300_pairs_are_held():
    assert len(REQUESTS + INDEXED) * len(PIECES) == 625


@pytest.mark.parametrize("field", REQUESTS + INDEXED)
def test_cost_grows_as_length_does_and_stays_within_what_is_promised(worker, field):
    # The command line opens the home anew each time: that is what it costs idle.
    idle = min((worker.cost(field, "a ", 20) for _ in range(3)), key=lambda cost: cost.seconds)
    first = (REQUESTS + INDEXED).index(field)
    pieces = PIECES if FULL else (PIECES[first % len(PIECES)],)
    found = [grown(worker, idle, field, piece) for piece in pieces]
    seconds, memory = max(one.seconds for one in found), max(one.memory for one in found)
    steepest = max(one.growth for one in found)
    print(f"\n{field}, {len(found)} pairs: x{steepest:.2f}, {seconds:.2f} s, {memory} MiB")
    assert [str(one) for one in found if one.wrong] == []


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
