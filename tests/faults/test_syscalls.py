"""Killed, or refused by the disk, at every call of `warta index` that touches the home.

strace lists the calls of one run, then a run is killed or given an error at each of them (F1, F2):
the old or the new snapshot answers, and the next run needs no help. The list also shows the order
of fsync and rename (F4). `WARTA_FAULTS=full` takes every call, otherwise every thirtieth.
"""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from homes import EMBEDDER
from tracing import CHANGING, FULL, READING, Point, harmed, points, run, side_by_side, traced

from warta.corpus.archive.archive import Archive
from warta.index.building.ingest import index_paths
from warta.index.search.retriever import Retriever
from warta.index.snapshot.shelf import check

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

STEP = 1 if FULL else 30
ARTICLES = 5
CODE = """
import sys
from pathlib import Path
from homes import EMBEDDER
from warta.corpus.errors import WartaError
from warta.index.building.ingest import index_paths
try:
    index_paths(Path(sys.argv[1]), [sys.argv[2]], embedder=EMBEDDER)
except WartaError as error:
    sys.exit(str(error))
"""


def _news(folder: Path, word: str) -> Path:
    path = folder / "news.jsonl"
    rows = [
        {"id": f"a{n}", "title": f"Berita {n}", "text": f"Berita {word} nomor {n}, banjir. " * 30}
        for n in range(ARTICLES)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _served(home: Path) -> str:
    retriever = Retriever.load(home, EMBEDDER)
    assert retriever.warning == ""
    (word,) = {retriever.view().article(f"a{n}").text.split()[1] for n in range(ARTICLES)}
    return word


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two snapshots, beside it the news that make the third."""
    folder = tmp_path_factory.mktemp("syscalls")
    for word in ("mula", "lama"):
        index_paths(folder / "home", [_news(folder, word)], embedder=EMBEDDER)
    _news(folder, "baru")
    return folder


@pytest.fixture(scope="module")
def trace(base: Path) -> list[str]:
    home = base / "traced"
    shutil.copytree(base / "home", home)
    return traced(CODE, home, base / "news.jsonl", into=base / "trace")


def _end(base: Path, home: Path, point: Point, harm: str) -> str:
    """Harm one run; return the snapshot that answers then, or what is wrong."""
    shutil.copytree(base / "home", home)
    news = base / "news.jsonl"
    result, reached = harmed(CODE, home, news, point=point, harm=harm, log=home / "strace")
    if not reached:
        return "missed"
    served = _served(home)
    if "Traceback" in result.stderr:
        return f"{point}: {result.stderr[-200:]}"
    if served == "lama" and result.returncode == 0:
        return f"{point}: said to be done, but the old snapshot answers"
    index_paths(home, [news], embedder=EMBEDDER)
    with Archive.open(home, readonly=True) as archive:
        left = [*archive.check(), *check(home)]
    if left or _served(home) != "baru":
        return f"{point}: the next run does not mend it: {left}"
    shutil.rmtree(home)
    return served


@pytest.mark.parametrize(
    ("harm", "calls"),
    [
        ("signal=KILL", CHANGING),
        ("error=ENOSPC", CHANGING),
        ("error=EIO", CHANGING),
        ("error=EIO", READING),
    ],
    ids=["killed", "disk full", "cannot write", "cannot read"],
)
def test_harm_at_any_call_leaves_the_old_or_the_new_snapshot(
    base: Path, trace: list[str], tmp_path: Path, harm: str, calls: list[str]
) -> None:
    places = points(trace, base / "traced", calls)
    assert len(places) >= 150
    taken = list(enumerate(places))[::STEP]
    ends = Counter(side_by_side(lambda at: _end(base, tmp_path / str(at[0]), at[1], harm), taken))
    print(f"{harm} at {len(taken)} of {len(places)} calls: {dict(ends)}")
    assert [end for end in ends if end not in ("lama", "baru", "missed")] == []
    assert ends["lama"] > 0
    assert ends["missed"] <= len(taken) // 10  # threads do not always take turns alike


def test_a_build_that_is_not_harmed_ends_well(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base / "home", tmp_path / "home")
    result = run(CODE, tmp_path / "home", base / "news.jsonl")
    assert (result.returncode, result.stderr) == (0, "")
    assert _served(tmp_path / "home") == "baru"


def test_everything_is_synced_before_the_pointer_is_renamed_and_the_folder_after(
    base: Path, trace: list[str]
) -> None:
    renames = [n for n, line in enumerate(trace) if "rename(" in line and "CURRENT.tmp" in line]
    (commit,) = renames
    synced = [line for line in trace[:commit] if "fsync(" in line]
    written = [path for path in (base / "traced" / "index" / "000003").rglob("*") if path.is_file()]
    assert len(written) >= 10
    for path in written:
        assert any(f"{path}>" in line for line in synced), path
    order = [
        max(n for n, line in enumerate(trace[:commit]) if "fsync(" in line and name in line)
        for name in ("/000003/vectors.faiss>", "/000003/MANIFEST.json>", "/index/CURRENT.tmp>")
    ]
    assert order == sorted(order)
    assert any("fsync(" in line and line.split("<")[1].split(">")[0].endswith("/index")
               for line in trace[commit:])  # fmt: skip
