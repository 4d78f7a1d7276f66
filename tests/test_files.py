"""Durable writing, hashing and the lock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from warta.corpus.errors import DamagedSnapshot, LockedError, SnapshotError
from warta.index.snapshot import durable as files
from warta.index.snapshot.durable import (
    Fingerprint,
    fingerprint_file,
    settle,
    write_durably,
    writer_lock,
)

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_what_is_written_is_what_the_fingerprint_says(tmp_path: Path) -> None:
    data = os.urandom(3 << 20)
    found = write_durably(tmp_path / "a", data)
    assert (tmp_path / "a").read_bytes() == data
    assert found == fingerprint_file(tmp_path / "a") == settle(tmp_path / "a")
    assert found.size == 3 << 20


def test_an_empty_file_has_the_known_hash(tmp_path: Path) -> None:
    assert write_durably(tmp_path / "a", b"") == Fingerprint(0, EMPTY)


def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(FileExistsError):
        write_durably(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_text() == "old"


def test_a_disk_that_gives_back_something_else_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(files.os, "write", lambda handle, data: write(handle, data) and len(data))
    monkeypatch.setattr(files.os, "write", lambda handle, data: write(handle, bytes(len(data))))
    with pytest.raises(SnapshotError, match="reads back"):
        write_durably(tmp_path / "a", b"abc")


def test_links_folders_missing_and_forbidden_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    (tmp_path / "folder").mkdir()
    (tmp_path / "forbidden").write_bytes(b"a")
    (tmp_path / "forbidden").chmod(0)
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "folder", "forbidden", "pipe", "missing"):
        with pytest.raises(DamagedSnapshot):
            fingerprint_file(tmp_path / name)


def test_a_second_writer_is_told_the_pid_of_the_first(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from warta.index.snapshot.durable import writer_lock\n"
        f"with writer_lock(Path({str(tmp_path)!r})): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=rf"Process {holder.pid} is"):
            with writer_lock(tmp_path):
                pass
        holder.kill()
    with writer_lock(tmp_path):
        assert (tmp_path / "index" / "LOCK").read_text() == f"{os.getpid()}\n"


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"):
        with writer_lock(tmp_path):
            raise ValueError("inside")
    with writer_lock(tmp_path):
        pass
