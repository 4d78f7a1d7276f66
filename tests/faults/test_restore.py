"""A restore killed at every call that moves, makes or syncs: the home before or the new one.

strace kills a restore over a home that is not empty at each of them.
`WARTA_FAULTS=full` takes every call, otherwise those of the exchange and every twentieth.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from homes import article, fill

from warta.assistant.upkeep.backup import write_backup
from warta.corpus.archive.archive import Archive

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

ROOT = Path(__file__).resolve().parents[2]
STEP = 1 if os.environ.get("WARTA_FAULTS") == "full" else 20
CALLS = "rename renameat renameat2 unlink unlinkat mkdir fsync"
CODE = """
import sys
from pathlib import Path
from warta.assistant.upkeep.backup import restore
from warta.index.embedding.embedder import LengthEmbedder
restore(Path(sys.argv[1]), Path(sys.argv[2]), lambda _: LengthEmbedder(4), force=True)
"""


def _restore(file: Path, home: Path, *traced: str) -> int:
    command = [*traced, sys.executable, "-c", CODE, str(file), str(home)]
    return subprocess.run(command, cwd=ROOT, capture_output=True).returncode


def _ids(home: Path) -> list[str]:
    with Archive.open(home, readonly=True) as archive:
        assert archive.check() == []
        return list(archive.hashes())


def test_a_killed_restore_leaves_the_home_before_or_the_new_one(tmp_path: Path) -> None:
    old, new, file, trace = (tmp_path / name for name in ("old", "new", "b.zip", "trace"))
    fill(old, [article("lama", "Banjir merendam desa.")])
    fill(new, [article("baru", "Pasar dibuka kembali.")])
    write_backup(new, file)
    shutil.copytree(old, tmp_path / "0")
    calls = CALLS.replace(" ", ",")
    assert _restore(file, tmp_path / "0", "strace", "-fo", str(trace), "-e", calls) == 0
    made = re.findall(r"^\d+ +(\w+)\(", trace.read_text(errors="replace"), re.M)
    points, counts = [], dict.fromkeys(CALLS.split(), 0)
    for place, call in enumerate(made):
        counts[call] += 1
        if call in ("rename", "renameat2") or place % STEP == 0:
            points.append((call, counts[call]))
    exchanges = counts["renameat2"]
    ends = []
    for number, (call, k) in enumerate(dict.fromkeys(points), start=1):
        home = tmp_path / str(number)
        shutil.copytree(old, home)
        inject = f"inject={call}:signal=KILL:when={k}"
        _restore(file, home, "strace", "-fo", "/dev/null", "-e", f"trace={call}", "-e", inject)
        if exchanges or home.exists():
            ends.append(_ids(home)[0])
        assert _restore(file, home) == 0
        assert _ids(home) == ["baru"]
    assert set(ends) == {"lama", "baru"}
    print(f"{len(ends)} kills: {ends.count('lama')} ended old, {ends.count('baru')} new")
