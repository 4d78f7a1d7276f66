"""Several servers on one home, and the end of one: killed, or told to stop.

`WARTA_FAULTS=full` builds twenty times under fifty readers and holds the seconds of a stop.
"""

import asyncio
import json
import os
import shutil
import signal
import threading
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from serving import FULL, Server, forked, serving

from warta.assistant.cli.console import Progress
from warta.assistant.config import Settings
from warta.assistant.upkeep.maintain import index
from warta.index.snapshot.shelf import current_name

import load  # isort: skip (tests/bench/load.py, found by way of `serving`)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="there is no /proc"),
]

BUILDS, READERS = (20, 50) if FULL else (3, 4)
STOPPED = 5.0 if FULL else 30.0  # seconds


@pytest.fixture
def home(samples_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(samples_home, tmp_path / "home"))


def read(server: Server, path: str) -> str:
    with urllib.request.urlopen(server.address + path, timeout=30) as answer:
        return answer.read().decode()


def build(home: Path, number: int) -> None:
    """Index one more article; the invented samples leave with the first."""
    folder = home.parent / "articles"
    folder.mkdir(exist_ok=True)
    text = f"Jembatan nomor {number} di Kali Mendira dibuka pada Senin pagi. Warga menyambutnya."
    (folder / f"{number}.txt").write_text(f"Jembatan {number} dibuka\n\n{text}\n", "utf-8")
    none: dict[str, str] = {}
    index(
        Settings(home=home), [str(folder)], fields=none, source="Contoh", prune=False,
        allow_local=False, download=False, rebuild=False, progress=Progress(shown=False),
    )  # fmt: skip


def build_and_kill(
    home: Path, killed: Server, readers: list[threading.Thread], done: threading.Event
) -> None:
    """Build under questions, kill a server half way, and let the readers end after the last."""
    for thread in readers:
        thread.start()
    for number in range(BUILDS):
        build(home, number)
        if number == BUILDS // 2:
            os.kill(killed.pid, signal.SIGKILL)
    done.set()
    for thread in readers:
        thread.join()


def test_two_servers_follow_one_home_and_one_serves_on_when_the_other_is_killed(home):
    failed: list[str] = []
    done = threading.Event()

    def reader(server: Server) -> None:
        number = 0
        while not done.is_set():
            number += 1
            tally = load.Tally()
            asyncio.run(
                load.by_api(server.address, number, f"Kapan jembatan {number} dibuka?", tally)
            )
            failed.extend(tally.failed)

    with serving(home) as first, serving(home) as second:
        assert read(first, "/readyz") == read(second, "/readyz")
        readers = [threading.Thread(target=reader, args=(second,)) for _ in range(READERS)]
        build_and_kill(home, first, readers, done)
        assert failed == []
        newest = current_name(home)
        assert json.loads(read(second, "/readyz"))["snapshot"] == newest
        figures = {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(read(second, "/metrics"))
            for sample in family.samples
        }
        assert figures["warta_articles",] == BUILDS
        assert figures["warta_last_run_items", "indexed"] == 1
        assert sum(value for key, value in figures.items() if key[0] == "warta_questions_total") > 0


def ask(server: Server, questions: Iterable[str], tally: load.Tally) -> None:
    for number, question in enumerate(questions):
        asyncio.run(load.by_api(server.address, number, question, tally))


def test_processes_of_one_server_share_their_memory(home):
    asked = [f"Kapan jembatan {number} dibuka?" for number in range(6)]
    tally = load.Tally()
    with serving(home) as alone:
        ask(alone, asked, tally)
        one = alone.share()
    with forked(home, 2) as (parent, first, second):
        ask(first, asked, tally)
        ask(second, asked, tally)
        assert second.share() <= 0.6 * one
        assert sum(server.share() for server in (parent, first, second)) <= 1.6 * one
    assert tally.failed == []


def test_a_process_that_is_killed_is_started_again_while_the_other_serves(home):
    tally, done = load.Tally(), threading.Event()

    def reader(server: Server) -> None:
        while not done.is_set():
            ask(server, ["Kapan jembatan 1 dibuka?"], tally)

    with forked(home, 2) as (parent, first, second):
        readers = [threading.Thread(target=reader, args=(second,)) for _ in range(READERS)]
        build_and_kill(home, first, readers, done)
        newest = current_name(home)
        assert json.loads(read(second, "/readyz"))["snapshot"] == newest
        # The new one takes the connections that waited for it.
        assert json.loads(read(first, "/readyz"))["snapshot"] == newest
        assert first.pid not in parent.children()
        began = time.monotonic()
        os.kill(parent.pid, signal.SIGTERM)
        _wait_for_end(parent.pid)
        assert time.monotonic() - began < STOPPED
        assert not Path(f"/proc/{second.pid}").exists()
    assert tally.failed == []


def test_a_server_that_is_told_to_stop_ends_soon_and_cuts_no_answer(home):
    async def whole(server: Server, number: int) -> tuple[str, dict]:
        body = {"question": f"Siapa juara Piala Gubernur 2026? {number}"}
        found = [line async for line in load.lines(server.address, "/api/ask", body)]
        return found[0], json.loads(found[-1])

    async def stopped(server: Server) -> list[tuple[str, dict]]:
        asking = [asyncio.create_task(whole(server, number)) for number in range(12)]
        for _ in range(1_000):  # until the first is being answered
            if '"ask"} 0.0' not in await asyncio.to_thread(_working, server):
                break
        os.kill(server.pid, signal.SIGTERM)
        return await asyncio.gather(*asking)

    with serving(home) as server:
        answers = asyncio.run(stopped(server))
        began = time.monotonic()
        _wait_for_end(server.pid)
        assert time.monotonic() - began < STOPPED
    served = [answer for status, answer in answers if status == "200"]
    assert all(answer["status"] == "answered" for answer in served)
    assert served
    told = [(status, answer["error"]["code"]) for status, answer in answers if status != "200"]
    assert told == [("503", "busy")] * (12 - len(served))


def _working(server: Server) -> str:
    return next(
        line for line in read(server, "/metrics").splitlines() if line.startswith("warta_working{")
    )


def _wait_for_end(pid: int) -> None:
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # `serving` takes the exit status
