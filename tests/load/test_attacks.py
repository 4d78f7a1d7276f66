"""One reader asks on while others attack, each attack alone and all together.

The server may open 1,024 files, as most systems allow. `WARTA_FAULTS=full` takes the real archive
where it lies beside the checkout (or the home that WARTA_LOAD_HOME names, copied), attacks for a
minute each and holds what is promised on two quiet cores; otherwise a few seconds each on the
sample articles, where no time is held but that of the first answer afterwards.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from attacks import ATTACKS
from serving import FULL, Server, real_home, serving

import load  # isort: skip (tests/bench/load.py, found by way of `serving`)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="there is no /proc"),
]

SECONDS = float(os.environ.get("WARTA_LOAD_SECONDS", 60 if FULL else 3))
AT_ONCE = 1.0  # seconds to an answer or to "busy"
AFTERWARDS = 6.0  # seconds to an answer once the attack is over
MEMORY = 1_500 * 10**6  # bytes, at the peak
LOG = 10**6  # bytes, of all attacks
FILES = 1_024


@pytest.fixture(scope="module")
def attacked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Path]]:
    """A server of its own, and where its log goes."""
    folder = tmp_path_factory.mktemp("attacked")
    home = real_home(folder)
    if home is None:  # the page writes opinions into it
        home = Path(shutil.copytree(request.getfixturevalue("samples_home"), folder / "home"))
    log = folder / "log"
    with log.open("wb") as written, serving(home, files=FILES, log=written) as server:
        asyncio.run(ask_on(server, Asked(), until=time.monotonic() + 3))
        yield server, log


@dataclass
class Asked:
    """Seconds to an answer or "busy" of each question, and what went wrong."""

    tally: load.Tally = field(default_factory=load.Tally)

    @property
    def told(self) -> list[float]:
        return sorted(self.tally.whole + self.tally.busy)

    def in_time(self) -> float:
        """Share that was answered or told "busy" at once."""
        whole = len(self.told) + len(self.tally.failed)
        return sum(seconds <= AT_ONCE for seconds in self.told) / whole if whole else 0.0


async def ask_on(server: Server, asked: Asked, until: float) -> None:
    """Ask twice a second, on the page and over the API in turn, however long answers take."""
    event, questions = await load.event_of(server.address), load.sample_questions()
    coming: list[asyncio.Task[None]] = []
    while time.monotonic() < until:
        way = (load.by_api, load.by_page)[len(coming) % 2]
        question = questions[len(coming) % len(questions)]
        coming.append(asyncio.create_task(one(way, server.address, event, question, asked)))
        await asyncio.sleep(0.5)
    await asyncio.gather(*coming)


async def one(way: load.Ask, address: str, event: int, question: str, asked: Asked) -> None:
    try:
        await way(address, event, question, asked.tally)
    except (OSError, TimeoutError, IndexError) as error:  # cut off, or never answered
        asked.tally.failed.append(repr(error))


def first_answer(server: Server) -> float:
    """Return the seconds until a question is answered, asked again while it is not."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        asked = Asked()
        event = asyncio.run(load.event_of(server.address))
        asyncio.run(one(load.by_api, server.address, event, "Apa penyebab kebakaran?", asked))
        if asked.tally.whole:
            return time.monotonic() - began
        time.sleep(0.2)
    return 60.0


def called(names: tuple[str, ...]) -> str:
    return "+".join(names) or "nobody"


@pytest.mark.parametrize("names", [(), *((name,) for name in ATTACKS), tuple(ATTACKS)], ids=called)
def test_a_reader_is_answered_or_told_at_once_under(
    attacked: tuple[Server, Path], names: tuple[str, ...]
) -> None:
    server, log = attacked
    script = Path(__file__).with_name("attacks.py")
    command = [sys.executable, str(script), server.address, "--seconds", str(SECONDS)]
    command += [part for name in names for part in ("--attack", name)]
    asked, worked = Asked(), server.processor()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as attacking:
        assert attacking.stdout is not None
        assert attacking.stdout.readline() == "begun\n"
        asyncio.run(ask_on(server, asked, until=time.monotonic() + SECONDS - 0.5))
        told = json.loads(attacking.stdout.readline())
    afterwards = first_answer(server)
    tally, took = asked.tally, server.processor() - worked
    print(
        f"\n{called(names)}, {SECONDS:g} s: {len(tally.whole)} answered, {len(tally.busy)} busy, "
        f"{len(tally.failed)} failed; {asked.in_time():.1%} within {AT_ONCE:g} s, "
        f"p50 {load.share(asked.told, 0.5):.2f} s, p99 {load.share(asked.told, 0.99):.2f} s; "
        f"answered {afterwards:.2f} s after the end; processor {took:.0f} s, "
        f"peak {server.peak() / 1e6:.0f} MB, log {log.stat().st_size:,} bytes; "
        f"attackers {told}, {tally.failed[:2]}"
    )
    assert log.stat().st_size < LOG
    assert server.peak() < MEMORY
    assert afterwards <= AFTERWARDS
    assert len(asked.told) >= len(asked.tally.failed)
    if FULL:
        assert asked.in_time() >= 0.99
