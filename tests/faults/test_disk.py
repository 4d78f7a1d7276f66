"""Full and read-only disks are named as that, and what can be done on them is done (H11, M1, M2).

Needs root to mount a tmpfs.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from test_full import small  # noqa: F401 -- the fixture

from warta.assistant.upkeep.backup import opened, write_backup
from warta.assistant.upkeep.feedback import add_feedback
from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.errors import DiskError, LockedError

pytestmark = pytest.mark.faults

ROOT = Path(__file__).resolve().parents[2]


def warta(*command: str, seconds: float = 120.0) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "warta.assistant.cli", *command],
        cwd=ROOT,
        env={name: at for name, at in os.environ.items() if not name.startswith("WARTA_")},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@pytest.fixture
def home(small, samples_home) -> Path:  # noqa: F811
    """The samples on a disk of their own."""
    subprocess.run(["mount", "-o", "remount,size=32m", str(small)], check=True)
    shutil.copytree(samples_home, small / "home")
    return small / "home"


def fill_up(home: Path) -> None:
    with open(home.parent / "rest", "wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    with pytest.raises(OSError, match="No space"):
        (home.parent / "one-more").write_bytes(bytes(8192))


def left_open(home: Path) -> None:
    """Leave a log of writes that nobody has put into the archive, as after a kill."""
    code = (
        "import os, sys; from warta.corpus.archive.archive import Archive\n"
        "archive = Archive.open(sys.argv[1]); archive.begin_run(['x'])\n"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(home)], cwd=ROOT, check=True)
    assert (home / f"{NAME}-wal").stat().st_size
    (home / f"{NAME}-shm").unlink()


@pytest.mark.parametrize("log", ["no log", "empty log", "log with writes"])
def test_on_a_full_disk_all_that_reads_goes_on_and_check_finds_no_damage(home, tmp_path, log):
    if log == "empty log":
        (home / f"{NAME}-wal").touch()
    elif log == "log with writes":
        left_open(home)
    fill_up(home)
    checked = warta("check", "--home", str(home), "--json")
    said = json.loads(checked.stdout)
    assert (checked.returncode, said["ok"], said["findings"]) == (0, True, [])
    assert "The disk is full" in said["disk"]
    status = warta("status", "--home", str(home))
    assert status.returncode == 0
    assert "Warning: The disk is full" in status.stdout
    repaired = warta("check", "--repair", "--home", str(home))
    assert (repaired.returncode, list(home.parent.glob("*.damaged*"))) == (0, [])
    backed = warta("backup", str(tmp_path / "out.zip"), "--home", str(home))
    assert backed.returncode == 0, backed.stderr
    with opened(tmp_path / "out.zip") as (_, contents):
        assert contents.articles == 40
    refused = warta("backup", str(home.parent / "out.zip"), "--home", str(home))
    assert refused.returncode == 1
    assert "disk" in refused.stderr
    assert "damaged" not in refused.stderr
    assert "Traceback" not in checked.stderr + status.stderr + refused.stderr


def test_an_opinion_that_cannot_be_kept_is_an_error_with_its_reason(home):
    add_feedback(home, {"verdict": "up", "question": "a"})
    before = (home / "feedback.jsonl").read_bytes()
    fill_up(home)
    opinion = {"verdict": "up", "question": "b" * 5000}
    with pytest.raises(DiskError, match="The disk is full"):
        add_feedback(home, opinion)
    lines = (home / "feedback.jsonl").read_bytes()
    assert lines.startswith(before)
    assert lines.endswith(b"\n")
    assert all(json.loads(line)["verdict"] == "up" for line in lines.splitlines())


def test_a_read_only_home_with_a_log_is_backed_up_and_its_disk_is_named(home, tmp_path):
    code = (
        "import os, sys; from warta.corpus.archive.archive import Archive\n"
        "print(len(Archive.open(sys.argv[1], readonly=True))); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(home)], cwd=ROOT, check=True)
    assert (home / f"{NAME}-wal").stat().st_size == 0
    subprocess.run(["mount", "-o", "remount,ro", str(home.parent)], check=True)
    try:
        backed = warta("backup", str(tmp_path / "out.zip"), "--home", str(home))
        assert backed.returncode == 0, backed.stderr
        with opened(tmp_path / "out.zip") as (_, contents):
            assert contents.articles == 40
        status = warta("status", "--home", str(home))
        assert "mounted read-only" in status.stdout
        checked = warta("check", "--home", str(home), "--json")
        assert json.loads(checked.stdout)["findings"] == []
        with pytest.raises(DiskError, match="read-only"):
            add_feedback(home, {"verdict": "up"})
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(home.parent)], check=True)


WRITER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
print("on", flush=True)
while True:
    db.execute("INSERT INTO runs (started, roots) VALUES ('x', '[]')")
"""


def test_a_backup_ends_beside_a_writer_that_never_pauses(samples_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(samples_home, home)
    with sqlite3.connect(home / NAME) as db:  # large enough for many steps of a thousand pages
        db.execute("CREATE TEMP TABLE n AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1"
                   " FROM c WHERE x < 400) SELECT x FROM c")  # fmt: skip
        db.execute("INSERT INTO skipped SELECT 1, 'p', 'o', x, hex(randomblob(20000)), '', 0"
                   " FROM n")  # fmt: skip
    db.close()
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home / NAME)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout
    try:
        assert writer.stdout.readline() == "on\n"
        assert write_backup(home, tmp_path / "out.zip").articles == 40
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()


def test_a_backup_of_an_archive_that_somebody_keeps_to_himself_gives_up(samples_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(samples_home, home)
    holder = sqlite3.connect(home / NAME, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(LockedError), Archive.open(home, readonly=True) as archive:
            archive.backup(tmp_path / "copy.sqlite")
        assert os.listdir(tmp_path) == ["home"]
    finally:
        holder.close()
