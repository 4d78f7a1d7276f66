"""kill -9 while an article is erased: it is removed or not at all, and the next run finishes it.

`WARTA_FAULTS=full` kills a hundred times, spread over the run, and at every call that touches the
home, otherwise six times and at every fortieth call.
"""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from tracing import CHANGING, FULL, ROOT, Point, harmed, points, side_by_side, traced

from warta.assistant.config import Settings
from warta.assistant.upkeep import maintain
from warta.assistant.upkeep.feedback import add_feedback
from warta.assistant.upkeep.removal import finish_interrupted
from warta.corpus.archive.archive import Archive
from warta.corpus.archive.withdrawn import LIST, read_withdrawn
from warta.index.building.ingest import index_paths
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.search.retriever import Retriever

pytestmark = pytest.mark.faults

KILLS = 100 if FULL else 6
STEP = 1 if FULL else 40
CODE = """
import sys
from pathlib import Path
from warta.assistant.config import Settings
from warta.assistant.upkeep.removal import remove
print("started", flush=True)
sys.stdin.read(1)
settings = Settings(home=Path(sys.argv[1]))
remove(settings, sys.argv[2:], erase=True, by="a", reason="b", progress=lambda *_: None)
"""
GONE = ["n3", "n40", "n77"]


def _text(number: int) -> str:
    return (
        f"Nomor {number} ditulis warga kampung {number}: pasar murah ke-{number} digelar pada hari "
        f"Senin bersama camat ke-{number}, dan {number} orang datang membawa payung kuning."
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of 120 articles with two snapshots and opinions that quote two of them."""
    folder = tmp_path_factory.mktemp("erasing")
    home, news = folder / "home", folder / "news.jsonl"
    embedder = SentenceTransformerEmbedder.load(None)
    for count in (119, 120):
        rows = [{"id": f"n{n}", "title": f"Berita {n}", "text": _text(n)} for n in range(count)]
        news.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        index_paths(home, [news], embedder=embedder)
    add_feedback(home, {"verdict": "up", "question": "?", "answer": _text(3)})
    add_feedback(home, {"verdict": "up", "question": "?", "answer": _text(5)})
    return home


def _holding(home: Path) -> set[str]:
    pieces = [_text(int(id_[1:]))[at : at + 40].encode() for id_ in GONE for at in range(30)]
    return {
        path.name
        for path in home.rglob("*")
        if path.is_file() and any(piece in path.read_bytes() for piece in pieces)
    }


def _searched(home: Path) -> set[str]:
    view = Retriever.load(home).view()
    return {item.id for item in view.recent(200)}


def _run(home: Path, limit: float, *, listed: bool = False) -> float | None:
    """Erase, but kill -9 after `limit` seconds; return how long it worked to the end.

    With `listed` the time counts from when the list of what is withdrawn is there.
    """
    with subprocess.Popen(
        [sys.executable, "-c", CODE, str(home), *GONE],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        begun = time.monotonic()
        process.stdin.write("\n")
        process.stdin.flush()
        while listed and not (home / LIST).exists():
            time.sleep(0.002)
            begun = time.monotonic()
        try:
            assert process.wait(limit) == 0
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return None
        return time.monotonic() - begun


def _ended(home: Path) -> str:
    """Tell whether a killed run came "before" or "after" taking the articles down: all of them.

    What it began is finished then.
    """
    everything = {f"n{n}" for n in range(120)}
    listed = read_withdrawn(home)
    if not listed.ids:
        assert _searched(home) == everything
        with Archive.open(home, readonly=True) as archive:
            assert len(archive) == 120
        return "before"
    assert listed.ids == set(GONE)
    assert _searched(home) == everything - set(GONE)
    finish_interrupted(Settings(home=home), lambda *_: None)
    assert _holding(home) == set()
    assert _searched(home) == everything - set(GONE)
    assert read_withdrawn(home).in_state("erased") == sorted(GONE)
    assert maintain.check(home).findings == ()
    return "after"


def test_a_kill_at_any_moment_leaves_articles_erased_or_as_they_were(
    whole: Path, tmp_path: Path
) -> None:
    shutil.copytree(whole, tmp_path / "first")
    usual = _run(tmp_path / "first", 600)
    shutil.copytree(whole, tmp_path / "second")
    behind = _run(tmp_path / "second", 600, listed=True)
    assert usual is not None
    assert behind is not None
    chance = random.Random(7)
    ends = {"before": 0, "after": 0, "done": 0}
    for number in range(KILLS):
        home = tmp_path / str(number)
        shutil.copytree(whole, home)
        share = (number + chance.random()) / KILLS
        late = bool(number % 2)  # what follows on the list takes a small part of the time
        took = _run(home, share * (behind if late else usual), listed=late)
        end = _ended(home)
        ends["done" if end == "after" and took else end] += 1
        shutil.rmtree(home)
    print(f"{KILLS} kills: {ends}")
    assert ends["before"] + ends["after"] > 0


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_kill_at_any_call_leaves_articles_erased_or_as_they_were(
    whole: Path, tmp_path: Path
) -> None:
    shutil.copytree(whole, tmp_path / "traced")
    trace = traced(CODE, tmp_path / "traced", *GONE, into=tmp_path / "trace")
    places = points(trace, tmp_path / "traced", CHANGING)
    assert len(places) >= 150

    def end(at: tuple[int, Point]) -> str:
        home = tmp_path / str(at[0])
        shutil.copytree(whole, home)
        log = tmp_path / f"{at[0]}.strace"
        _, reached = harmed(CODE, home, *GONE, point=at[1], harm="signal=KILL", log=log)
        found = _ended(home)
        shutil.rmtree(home)
        return found if reached else "missed"

    taken = list(enumerate(places))[::STEP]
    ends = Counter(side_by_side(end, taken))
    print(f"killed at {len(taken)} of {len(places)} calls: {dict(ends)}")
    assert ends["before"] > 0
    assert ends["after"] > 0
    assert ends["missed"] <= len(taken) // 10  # threads do not always take turns alike
