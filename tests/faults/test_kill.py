"""kill -9 in the middle of a build: the old or the new snapshot, and no manual step afterwards.

Builds are first ones and such that renew a seventh of the articles, each with its clean-up (F3).
`WARTA_FAULTS=full` kills 500 of them, otherwise six.
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
from tracing import AT_A_TIME, FULL, ROOT, side_by_side

from warta.corpus.errors import NoSnapshot
from warta.index.embedding.embedder import LengthEmbedder
from warta.index.search.retriever import Retriever
from warta.index.snapshot.shelf import check

pytestmark = pytest.mark.faults

KILLS = 500 if FULL else 6
ANEW = 8  # every so many builds begin with an empty home
CODE = """
import sys
from pathlib import Path
from warta.index.embedding.embedder import LengthEmbedder
from warta.index.building.ingest import index_paths
if __name__ == "__main__":
    print("started", flush=True)
    index_paths(Path(sys.argv[1]), [Path(sys.argv[2])], embedder=LengthEmbedder(4))
    print("finished", flush=True)
"""
ARTICLES = 300


def _rounds(round_: int) -> list[int]:
    """The round that each article's text names once this round is indexed."""
    return [round_ if n % 7 == round_ % 7 else 0 for n in range(ARTICLES)]


def _write(path: Path, round_: int) -> None:
    rows = (
        {
            "id": f"n{n}",
            "title": f"Berita {n}",
            "text": f"Putaran {named}. Warga kampung {n} menggelar pasar murah dan kerja bakti "
            "pada hari Senin bersama camat.",
            "source": "Contoh.id",
        }
        for n, named in enumerate(_rounds(round_))
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _start(home: Path, news: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CODE, str(home), str(news)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def _served(home: Path, candidates: set[int]) -> int:
    """Return the round whose articles answer, all of them and nothing else, without a warning.

    0 stands for none, where the first build was killed. That one may be whole without its pointer:
    it answers, and that is said.
    """
    try:
        retriever = Retriever.load(home, LengthEmbedder(4))
    except NoSnapshot:
        assert 0 in candidates
        return 0
    view = retriever.view()
    assert retriever.warning == "" or (
        0 in candidates and "CURRENT is missing" in retriever.warning
    )
    for hit in view.retrieve("pasar murah di kampung 17", k=5):
        assert hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text
        assert view.article(hit.article.id) == hit.article
    texts = [view.article(f"n{n}").text for n in range(ARTICLES)]
    found = [int(text.split(".")[0].removeprefix("Putaran ")) for text in texts]
    (served,) = [round_ for round_ in candidates if round_ and _rounds(round_) == found]
    return served


def _run(home: Path, news: Path, limit: float = 600.0) -> float | None:
    """Index, but kill -9 after `limit` seconds of work; return how long it worked to the end."""
    with _start(home, news) as process:
        assert process.stdout is not None
        process.stdout.readline()
        begun = time.monotonic()
        try:
            assert process.wait(limit) == 0
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return None
        return time.monotonic() - begun


def _kill_often(folder: Path, times: int, chance: random.Random) -> Counter[str]:
    """Kill `times` builds in one home; count which snapshot answered then."""
    home, news = folder / "home", folder / "news.jsonl"
    _write(news, 1)
    usual = _run(home, news)
    assert usual is not None
    ends: Counter[str] = Counter()
    served, round_ = _served(home, {1}), 1
    while ends.total() < times:
        round_ += 1
        assert round_ < 10 * times + 50
        if round_ % ANEW == 0:
            shutil.rmtree(home)
            served = 0
        _write(news, round_)
        took = _run(home, news, chance.random() * usual)
        usual = took or usual  # the machine may have become faster or slower
        before, served = served, _served(home, {served, round_} if took is None else {round_})
        if took is None:
            ends["new" if served == round_ else "old" if before else "none yet"] += 1
            if not before:  # or it would be one first build after the other
                _run(home, news)
                served = _served(home, {round_})
    _run(home, news)
    assert _served(home, {round_}) == round_
    assert check(home) == []
    return ends


def test_kills_at_random_moments_leave_the_old_or_the_new_snapshot(tmp_path: Path) -> None:
    def kill(number: int) -> Counter[str]:
        folder = tmp_path / str(number)
        folder.mkdir()
        return _kill_often(folder, KILLS // AT_A_TIME, random.Random(number))

    ends: Counter[str] = sum(side_by_side(kill, range(AT_A_TIME)), Counter())
    print(f"{KILLS} kills: {dict(ends)}")
    assert ends["old"] > 0
