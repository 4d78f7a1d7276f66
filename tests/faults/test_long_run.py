"""Build after build under questions: memory, open files and disk stay as they are.

Each build follows some random edits. At times what was grown so is held against a build from
nothing. `WARTA_FAULTS=full` makes 2,000 builds, otherwise forty.
"""

import os
import shutil
import threading
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from edits import Script
from homes import contents, fill
from tracing import FULL

from warta.assistant.answering.assistant import Assistant
from warta.corpus.archive.archive import Archive
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.snapshot.shelf import check, index_folder

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="there is no /proc"),
]

BUILDS = 2000 if FULL else 40
ASKERS = 2
PAUSE = 0.02  # seconds between two questions of one: builds get their turn, too
READINGS = 20
GROWTH = 1.05 if FULL else 1.5  # the first two hundred builds it still grows
QUESTIONS = ("Di mana banjir?", "Siapa wali kota yang menang?", "harga cabai pekan lalu")


class State(NamedTuple):
    """Bytes in memory, files that stay open, bytes of the index on disk."""

    memory: int
    files: int
    disk: int


def _open_files() -> int:
    """Files open a moment from now: an answer under way may hold the snapshot before it."""
    time.sleep(5 * PAUSE)
    return len(os.listdir("/proc/self/fd"))


def _state(home: Path) -> State:
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    files = min(_open_files() for _ in range(READINGS))
    disk = sum(p.stat().st_size for p in index_folder(home).rglob("*") if p.is_file())
    return State(resident, files, disk)


def test_builds_under_questions_leave_memory_files_and_disk_as_they_are(tmp_path: Path) -> None:
    home, script, embedder = tmp_path / "home", Script(7), SentenceTransformerEmbedder.load()
    fill(home, script.articles.values(), embedder)
    assistant = Assistant.load(home, embedder=embedder)
    done, errors, snapshots = threading.Event(), [], set()

    def ask() -> None:
        turn = 0
        while not done.wait(PAUSE):
            try:
                answer = assistant.answer(QUESTIONS[turn % len(QUESTIONS)], today=date(2026, 3, 1))
                snapshots.add(answer.receipt.snapshot)
            except BaseException as error:
                errors.append(error)
                return
            turn += 1

    askers = [threading.Thread(target=ask) for _ in range(ASKERS)]
    for asker in askers:
        asker.start()
    states = []
    try:
        for number in range(1, BUILDS + 1):
            for _ in range(script.chance.randrange(1, 5)):
                script.edit()
            fill(home, script.articles.values(), embedder)
            if number % (BUILDS // 5) == 0:
                fill(tmp_path / "clean", script.articles.values(), embedder)
                assert contents(home) == contents(tmp_path / "clean")
                shutil.rmtree(tmp_path / "clean")
                states.append(_state(home))
    finally:
        done.set()
        for asker in askers:
            asker.join()
    print(f"{BUILDS} builds, {len(snapshots)} snapshots asked: {states}")
    assert errors == []
    assert len(snapshots) > BUILDS // 2
    first, *later = states
    assert max(state.memory for state in later) < first.memory * GROWTH
    assert max(state.files for state in later) <= first.files + 10
    assert max(state.disk for state in later) < first.disk * 2
    assert len(list(index_folder(home).glob("0*"))) == 2
    assert check(home) == []
    with Archive.open(home) as archive:
        assert archive.check() == []
