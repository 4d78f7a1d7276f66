"""Two builders at the same time: one wins, the other stops and names it (F7).

`WARTA_FAULTS=full` runs fifty races, otherwise three.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from homes import article, fill

from warta.corpus.archive.archive import Archive
from warta.index.snapshot.shelf import check, current_name

pytestmark = pytest.mark.faults

ROOT = Path(__file__).resolve().parents[2]
RACES = 50 if os.environ.get("WARTA_FAULTS") == "full" else 3
# The winner embeds until it is told to go on: the other always meets a held lock.
CODE = """
import sys
from pathlib import Path
from warta.corpus.errors import LockedError
from warta.index.building.build import build
from warta.index.embedding.embedder import LengthEmbedder

class Waiting(LengthEmbedder):
    def embed_passages(self, texts):
        print("won", flush=True)
        sys.stdin.readline()
        return super().embed_passages(texts)

for line in sys.stdin:
    try:
        print(build(Path(line.strip()), Waiting(4)).snapshot, flush=True)
    except LockedError as error:
        print("locked", error.what.split()[1], flush=True)
"""


def _builder() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CODE],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _say(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def _hear(process: "subprocess.Popen[str]") -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def test_of_two_builders_exactly_one_wins_each_race(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill(home, [article("a", "Warga menggelar kerja bakti.")])
    with _builder() as one, _builder() as other:
        for race in range(RACES):
            with Archive.open(home) as archive:
                archive.put(article("a", f"Kerja bakti putaran {race}."), f"{race}")
            _say(one, str(home))
            _say(other, str(home))
            answers = {process: _hear(process) for process in (one, other)}
            (winner,) = [process for process in answers if answers[process] == ["won"]]
            (loser,) = [process for process in answers if process is not winner]
            assert answers[loser] == ["locked", str(winner.pid)]
            _say(winner, "go on")
            assert _hear(winner) == [current_name(home)]
        for process in (one, other):
            assert process.stdin is not None
            process.stdin.close()
    assert current_name(home) == f"{RACES + 1:06d}"
    assert check(home) == []
    assert fill(home, [article("a", f"Kerja bakti putaran {RACES - 1}.")]).changed is False
