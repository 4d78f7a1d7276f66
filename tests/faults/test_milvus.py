"""kill -9 in the middle of a rebuild in Milvus: what was live is served, then and afterwards.

Once with Milvus, here milvus-lite, in a process of its own under a reader that never stops, where
who publishes is killed; once with milvus-lite within who publishes, so that both end at once, as a
machine does. `WARTA_FAULTS=full` kills forty of each, otherwise four.
"""

import contextlib
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from homes import EMBEDDER, article, fill
from tracing import FULL, ROOT

from warta.corpus.errors import SnapshotError
from warta.index.distributed.milvus import Milvus
from warta.index.distributed.retriever import MilvusRetriever, open_generation

pytestmark = pytest.mark.faults
pytest.importorskip("milvus_lite", reason="pip install milvus-lite")

KILLS = 40 if FULL else 4
ARTICLES = 150
CODE = """
import sys
from pathlib import Path
from warta.index.distributed.milvus import Milvus
from warta.index.distributed.publish import publish
from warta.index.snapshot.shelf import open_snapshot
snapshot, milvus = open_snapshot(Path(sys.argv[1])).snapshot, Milvus.connect(sys.argv[2])
print("started", flush=True)
publish(snapshot, milvus)
print("finished", flush=True)
"""


LOOK = """
import sys
sys.path[:0] = ["..", "."]
from test_milvus import _served
from warta.index.distributed.milvus import Milvus
print(_served(Milvus.connect(sys.argv[1])))
"""


def _fill(home: Path, round_: int) -> None:
    """Let every article's text name the round, and the day and number of passages go by it."""
    fill(
        home,
        [
            article(
                f"n{n}",
                f"Putaran {round_}. " + f"Warga kampung {n} menggelar pasar murah. " * (1 + n % 7),
                title=f"Berita {n}",
                day=date(2026, 1, 1 + round_ % 28),
            )
            for n in range(ARTICLES + round_ % 3)
        ],
    )


def _run(home: Path, address: str, limit: float = 600.0) -> float | None:
    """Publish, but kill -9 after `limit` seconds of it; return how long it worked to the end."""
    command = [sys.executable, "-c", CODE, str(home), address]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        began = time.monotonic()
        try:
            assert process.wait(limit) == 0
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return None
        return time.monotonic() - began


def _served(milvus: Milvus) -> int:
    """Return the round that is live: all of its articles, and nothing else."""
    snapshot = open_generation(milvus, milvus.live())
    numbers = list(range(len(snapshot.published)))
    rounds = Counter(one.text.split(".")[0] for one in snapshot.texts.articles(numbers).values())
    ((said, count),) = rounds.items()
    round_ = int(said.removeprefix("Putaran "))
    assert count == ARTICLES + round_ % 3
    assert len(snapshot.matching(["kampung"], 10_000).rows) == len(snapshot)
    return round_


class Reader(threading.Thread):
    """Asks without end; keeps what was wrong and how many answers were of each round."""

    def __init__(self, milvus: Milvus) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.read: Counter[int] = Counter()
        self._ended = threading.Event()
        self._retriever = MilvusRetriever(EMBEDDER, milvus, look_every=0)

    def run(self) -> None:
        while not self._ended.is_set():
            try:
                hits = self._retriever.view().retrieve("pasar murah di kampung", 10)
                found = {hit.article.text.split(".")[0] for hit in hits}
                (said,) = found
                self.read[int(said.removeprefix("Putaran "))] += 1
            except Exception as error:
                self.wrong.append(f"{type(error).__name__}: {error}")
            if self._retriever.warning:
                self.wrong.append(self._retriever.warning)

    def end(self) -> None:
        self._ended.set()
        self.join()


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """milvus-lite in a process of its own."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = str(line.getsockname()[1])
    command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", str(folder)]
    with subprocess.Popen([*command, "--port", port], stdout=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            yield address
        finally:
            process.kill()


def _connected(address: str) -> Milvus:
    for _ in range(60):
        with contextlib.suppress(SnapshotError):
            return Milvus.connect(address)
        time.sleep(1)
    return Milvus.connect(address)


def _kill_often(home: Path, address: str, look: Callable[[], int]) -> Counter[str]:
    """Publish round after round and kill each; count what was live then."""
    _fill(home, 1)
    usual = _run(home, address)
    assert usual is not None
    live, round_, chance = look(), 1, random.Random(3)
    assert live == 1
    ends: Counter[str] = Counter()
    while ends.total() < KILLS:
        round_ += 1
        assert round_ < 10 * KILLS + 20
        _fill(home, round_)
        took = _run(home, address, chance.random() * usual)
        usual = took or usual
        before, live = live, look()
        assert live in ({before, round_} if took is None else {round_})
        if took is None:
            ends["new" if live == round_ else "old"] += 1
    assert _run(home, address) is not None
    assert look() == round_
    return ends


def test_whoever_publishes_may_be_killed_anywhere_while_milvus_is_read(tmp_path: Path) -> None:
    with server(tmp_path / "milvus") as address:
        milvus = _connected(address)
        reader: list[Reader] = []

        def look() -> int:
            if not reader:
                reader.append(Reader(milvus))
                reader[0].start()
            return _served(milvus)

        try:
            ends = _kill_often(tmp_path / "home", address, look)
        finally:
            for one in reader:
                one.end()
        print(f"{KILLS} publishers killed: {dict(ends)}; {reader[0].read.total()} answers read")
        assert reader[0].wrong == []
        assert len(reader[0].read) > 1  # it followed
        assert len(milvus.generations()) <= 2
        milvus.close()
    assert ends["old"] > 0


def test_milvus_lite_may_be_killed_with_who_publishes(tmp_path: Path) -> None:
    address = str(tmp_path / "milvus.db")
    look = [sys.executable, "-c", LOOK, address]

    def live() -> int:
        """In a process of its own: one holds the files at a time."""
        done = subprocess.run(
            look, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    ends = _kill_often(tmp_path / "home", address, live)
    print(f"{KILLS} killed with their Milvus: {dict(ends)}")
    assert ends["old"] > 0
