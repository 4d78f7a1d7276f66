"""Killed, or refused by the disk, at every call of a build that touches the home (F1, F2, F4).

strace counts the calls of one build, then a build is killed or given an error at each of them:
the old or the new snapshot answers, and the next build needs no help. `WARTA_FAULTS=full` takes
every call, otherwise every fifteenth.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from homes import EMBEDDER, article, fill

from index.retriever import Retriever
from index.shelf import check

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

ROOT = Path(__file__).resolve().parents[2]
STEP = 1 if os.environ.get("WARTA_FAULTS") == "full" else 15
CALLS = "fsync fdatasync rename unlink unlinkat rmdir mkdir pwrite64 ftruncate write".split()
CODE = """
import sys
from pathlib import Path
sys.path[:0] = ["tests", "."]
from homes import fill
from test_syscalls import articles
from corpus.errors import WartaError
try:
    fill(Path(sys.argv[1]), articles("baru"))
except WartaError as error:
    sys.exit(str(error))
"""


def articles(word: str) -> list[object]:
    return [article(f"a{n}", f"Berita {word} nomor {n} tentang banjir. " * 30) for n in range(5)]


def _build(home: Path, *traced: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*traced, sys.executable, "-c", CODE, str(home)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "tests/faults"},
        capture_output=True,
        text=True,
    )


def _served(home: Path) -> str:
    retriever = Retriever.load(home, EMBEDDER)
    assert retriever.warning == ""
    (word,) = {retriever.view().article(f"a{n}").text.split()[1] for n in range(5)}
    return word


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("syscalls") / "base"
    fill(home, articles("mula"))
    fill(home, articles("lama"))
    return home


@pytest.fixture(scope="module")
def trace(base: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("trace")
    shutil.copytree(base, folder / "home")
    calls = ",".join([*CALLS, "openat"])
    result = _build(folder / "home", "strace", "-f", "-yo", str(folder / "trace"), "-e", calls)
    assert result.returncode == 0, result.stderr
    return (folder / "trace").read_text(errors="replace").splitlines()


def _points(trace: list[str]) -> list[tuple[str, int]]:
    """Call and how often one thread makes it."""
    made: Counter[tuple[str, str]] = Counter()
    for line in trace:
        if found := re.match(r"(\d+) +(\w+)\(", line):
            made[found[1], found[2]] += 1
    most = {call: max(n for (_, c), n in made.items() if c == call) for _, call in made}
    return [(call, k) for call in CALLS for k in range(1, most.get(call, 0) + 1)]


@pytest.mark.parametrize("harm", ["signal=KILL", "error=ENOSPC", "error=EIO"])
def test_harm_at_any_call_leaves_the_old_or_the_new_snapshot(
    base: Path, trace: list[str], tmp_path: Path, harm: str
) -> None:
    points = _points(trace)
    assert len(points) >= 100
    ends: Counter[str] = Counter()
    for number, (call, k) in enumerate(points[::STEP]):
        home = tmp_path / str(number)
        shutil.copytree(base, home)
        inject = f"inject={call}:{harm}:when={k}"
        result = _build(home, "strace", "-fo", "/dev/null", "-e", f"trace={call}", "-e", inject)
        served = _served(home)
        ends[served] += 1
        assert served in ("lama", "baru")
        assert result.returncode != 0 or served == "baru", (call, k)
        assert _build(home).returncode == 0
        assert _served(home) == "baru"
        assert check(home) == []
        shutil.rmtree(home)
    assert ends["lama"] > 0


def test_everything_is_synced_before_the_pointer_is_renamed_and_the_folder_after(
    trace: list[str],
) -> None:
    renames = [n for n, line in enumerate(trace) if "rename(" in line and "CURRENT.tmp" in line]
    (commit,) = renames
    synced = [line for line in trace[:commit] if "fsync(" in line]
    for name in (
        "passages.sqlite",
        "vectors.faiss",
        "tokens.npy",
        "offsets.npy",
        "terms/meta.json",
    ):
        assert any(f"/000003/{name}>" in line for line in synced), name
    order = [
        max(n for n, line in enumerate(trace[:commit]) if "fsync(" in line and name in line)
        for name in ("/000003/vectors.faiss>", "/000003/MANIFEST.json>", "/index/CURRENT.tmp>")
    ]
    assert order == sorted(order)
    assert any("fsync(" in line and line.split("<")[1].split(">")[0].endswith("/index")
               for line in trace[commit:])  # fmt: skip
