"""`warta watch`: what changed is read, what fails waits longer, and it ends when it is told to."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from warta.assistant.cli.commands import main
from warta.assistant.config import Settings
from warta.assistant.upkeep.maintain import IndexOutcome, Watched, Watcher, watched_of
from warta.corpus.article import Skipped
from warta.corpus.errors import LockedError
from warta.index.building.ingest import IndexReport
from warta.index.search.retriever import Retriever

FEED = "https://example.org/feed.xml"


class Bench:
    """A watcher with a clock that is set by hand, and an index that only notes what it gets."""

    def __init__(self, *watched: Watched) -> None:
        self.now = 1000.0
        self.calls: list[list[str]] = []
        self.lines: list[str] = []
        self.answer: IndexOutcome | Exception = outcome()
        self.watcher = Watcher(watched, self.index, self.lines.append, lambda: self.now)

    def index(self, paths: Sequence[str]) -> IndexOutcome:
        self.calls.append(list(paths))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def turn(self, later: float = 0.0) -> list[list[str]]:
        self.now += later
        self.calls = []
        self.watcher.turn()
        return self.calls


def outcome(*skipped: Skipped) -> IndexOutcome:
    return IndexOutcome(IndexReport(3, 1, 2, 0, 0, 0, "000007", 1.25), skipped, None)


def test_a_folder_is_read_again_only_when_something_in_it_changed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("satu")
    bench = Bench(Watched(str(tmp_path), 60))
    assert bench.turn() == [[str(tmp_path)]]
    assert bench.lines == [
        f"{tmp_path}: 3 items, 1 indexed, 2 unchanged, 0 skipped, 0 removed in 1.2 s. "
        "Snapshot 000007."
    ]
    assert bench.turn(later=61) == []
    (tmp_path / "b.txt").write_text("dua")
    assert bench.turn(later=59) == []
    assert bench.turn(later=2) == [[str(tmp_path)]]
    (tmp_path / "a.txt").unlink()
    assert bench.turn(later=61) == [[str(tmp_path)]]


def test_a_feed_is_fetched_each_time_and_what_is_due_together_is_one_run(tmp_path: Path) -> None:
    bench = Bench(Watched(str(tmp_path), 60), Watched(FEED, 600))
    assert bench.turn() == [[str(tmp_path), FEED]]
    assert bench.turn(later=599) == []
    assert bench.turn(later=1) == [[FEED]]


def test_what_keeps_failing_is_tried_later_each_time_until_it_works(tmp_path: Path) -> None:
    bench = Bench(Watched(FEED, 600))
    bench.answer = outcome(Skipped(FEED, None, "It cannot be fetched: 503.", "", rest=True))
    waits = []
    for _ in range(4):
        bench.turn(later=3600)
        waits.append(bench.lines[-1].rpartition("Again in ")[2])
    assert waits == ["20 min.", "40 min.", "60 min.", "60 min."]
    assert "It cannot be fetched: 503." in bench.lines[-1]
    bench.answer = outcome()
    assert bench.turn(later=3600) == [[FEED]]
    assert bench.turn(later=600) == [[FEED]]


def test_a_folder_that_vanishes_is_looked_for_again_and_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    bench = Bench(Watched(str(folder), 60), Watched(FEED, 600))
    assert bench.turn() == [[FEED]]
    assert bench.lines[0] == f"{folder}: it is not there; again in 2 min."
    folder.mkdir()
    assert bench.turn(later=120) == [[str(folder)]]


def test_where_another_process_writes_it_waits_and_goes_on(tmp_path: Path) -> None:
    bench = Bench(Watched(str(tmp_path), 60))
    bench.answer = LockedError("Process 7 is already writing.", "Wait.")
    bench.turn()
    assert bench.lines == ["Process 7 is already writing. Again in 10 s."]
    bench.answer = outcome()
    assert bench.turn(later=9) == []
    assert bench.turn(later=1) == [[str(tmp_path)]]


def test_a_full_disk_is_said_and_the_same_state_is_tried_again(tmp_path: Path) -> None:
    bench = Bench(Watched(str(tmp_path), 60))
    bench.answer = OSError(28, "No space left on device")
    bench.turn()
    assert bench.lines == ["[Errno 28] No space left on device Again in 2 min."]
    bench.answer = outcome()
    assert bench.turn(later=120) == [[str(tmp_path)]]


def test_paths_of_the_call_win_over_those_of_the_settings() -> None:
    settings = Settings(watch=("berita",), feeds=(FEED,), watch_seconds=5, feed_seconds=50)
    assert watched_of(settings, []) == [Watched("berita", 5), Watched(FEED, 50)]
    assert watched_of(settings, ["lain", "lain"]) == [Watched("lain", 5)]
    result = CliRunner().invoke(main, ["watch"])
    assert result.exit_code == 2
    assert "Name a folder or feed" in result.output


def _write(folder: Path, name: str, text: str) -> None:
    row = {"id": name, "title": f"Berita {name}", "text": text, "source": "Sagara Pos"}
    (folder / f"{name}.json").write_text(json.dumps(row), "utf-8")


TEXT = "Pasar Sagara dibuka kembali pada hari Senin setelah diperbaiki selama tiga bulan penuh."


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_new_file_can_be_searched_and_a_signal_ends_it_cleanly(
    tmp_path: Path, stop: signal.Signals
) -> None:
    news, home = tmp_path / "news", tmp_path / "home"
    news.mkdir()
    _write(news, "satu", TEXT)
    command = [sys.executable, "-m", "warta.assistant.cli", "watch", str(news), "--home", str(home)]
    environment = {**os.environ, "WARTA_WATCH_SECONDS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert "1 indexed" in process.stdout.readline()
        _write(news, "dua", TEXT.replace("Pasar", "Terminal"))
        line = process.stdout.readline()
        assert "1 indexed, 1 unchanged" in line
        assert line.endswith("Snapshot 000002.\n")
        process.send_signal(stop)
        rest, _ = process.communicate(timeout=60)
        assert rest == "Stopped. What was indexed is whole.\n"
        assert process.returncode == 0
    found = Retriever.load(home).retrieve("Kapan terminal dibuka?", k=1)
    assert [hit.article.id for hit in found] == ["dua"]


def test_once_looks_a_single_time(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    _write(news, "satu", TEXT)
    arguments = ["watch", str(news), "--once", "--home", str(tmp_path / "home")]
    begun = time.monotonic()
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "1 indexed" in result.output
    assert time.monotonic() - begun < 60
