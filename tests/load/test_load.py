"""Many readers at once, ten thousand questions, and readers who do not behave (L1 to L4).

Over loopback against a server of its own. `WARTA_FAULTS=full` takes the real archive where it lies
beside the checkout, asks 10,000 questions and holds the times that are promised on two quiet
cores; otherwise some hundred questions to the sample articles, and no time is held.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from serving import FULL, Server, real_home, serving

import load  # isort: skip (tests/bench/load.py, found by way of `serving`)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="there is no /proc"),
]

SECONDS = 40 if FULL else 3
ANSWERED = {1: 1.0, 10: 2.0, 50: 6.0, 200: 8.0}  # readers -> p95 of whole answers, in seconds
REFUSED = 1.0  # seconds
QUESTIONS, SETTLED = (10_000, 1_000) if FULL else (300, 150)
GROWTH = 1.05 if FULL else 1.2  # so early it still grows
ROUNDS = 20 if FULL else 2
JOIN = "/gradio_api/queue/join"


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home to serve."""
    home = real_home(tmp_path_factory.mktemp("load"))
    return home or request.getfixturevalue("samples_home")


@pytest.fixture(scope="module")
def server(served: Path) -> Iterator[Server]:
    with serving(served) as server:
        ask(server, 20)  # what is loaded on first use is loaded
        yield server


def ask(server: Server, count: int, readers: int = 4, way: "load.Ask" = load.by_page) -> load.Tally:
    """Put `count` questions, no two alike, from some readers; none may fail."""
    numbered = (
        f"{question} {number}" for number, question in enumerate(load.sample_questions() * count)
    )
    shared = islice(numbered, count)
    tally = asyncio.run(load.crowd(server.address, [shared] * readers, way))
    assert tally.failed == []
    assert len(tally.whole) + len(tally.busy) == count
    return tally


@pytest.mark.parametrize("readers", ANSWERED)
def test_readers_are_answered_or_told_at_once_that_the_house_is_full(
    server: Server, readers: int
) -> None:
    questions = load.sample_questions()
    asked = [load.for_seconds(questions, SECONDS, n) for n in range(readers)]
    tally = asyncio.run(load.crowd(server.address, asked))
    print(f"\n{readers} readers, {SECONDS} s:", *load.summary(tally), sep="\n  ")
    assert tally.failed == []
    assert len(tally.whole) >= readers / 4
    assert bool(tally.busy) == (readers > 50)
    if FULL:
        assert load.share(tally.whole, 0.95) <= ANSWERED[readers]
        assert load.share(tally.busy, 0.95) <= REFUSED


def test_memory_stays_as_it_is_over_thousands_of_questions(server: Server) -> None:
    for way in (load.by_page, load.by_api):
        ask(server, SETTLED // 2, way=way)
    before = server.memory()
    for way in (load.by_page, load.by_api):
        ask(server, (QUESTIONS - SETTLED) // 2, way=way)
    after = server.memory()
    print(f"\n{before / 1e6:.0f} MB after {SETTLED} questions, {after / 1e6:.0f} MB of {QUESTIONS}")
    assert after <= before * GROWTH


def _silent(server: Server) -> list[bytes]:
    """What clients send who ask nothing in the end: more of them than the house has places."""
    question = server.request(JOIN, b"{" * 500)
    return [b"", question[:40], question[:-400]] * 25


def _deaf(server: Server) -> list[bytes]:
    """What clients send who ask, and take nothing of their answers."""
    event = asyncio.run(load.event_of(server.address))
    question = json.dumps({"question": "Apa penyebab kebakaran?"})
    joining = {"data": [question], "fn_index": event}
    return [
        request
        for number in range(20)
        for request in (
            server.request(JOIN, json.dumps({**joining, "session_hash": f"s{number}"}).encode()),
            server.request("/api/ask", question.encode(), "accept: text/event-stream"),
        )
    ]


def _let_go(server: Server, files: int) -> bool:
    """Tell whether the server comes back to about so many open files within three minutes."""
    for _ in range(1800):
        if server.files() <= files + 5:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("behaviour", [_silent, _deaf])
def test_who_does_not_behave_keeps_nobody_from_being_answered(server: Server, behaviour) -> None:
    files, memory = server.files(), server.memory()
    for _ in range(ROUNDS):
        with contextlib.ExitStack() as lines:
            for data in behaviour(server):
                lines.enter_context(server.sent(data))
            assert ask(server, 10).busy == []
        assert ask(server, 10).busy == []  # they have left, in the middle of what they were at
    assert ask(server, 45, readers=45).busy == []  # none of them has one of the fifty places
    assert _let_go(server, files)
    assert server.memory() <= memory * 1.1


@pytest.mark.skipif(not FULL, reason="takes a minute: WARTA_FAULTS=full")
def test_who_does_not_leave_is_let_go(server: Server) -> None:
    files = server.files()
    with contextlib.ExitStack() as lines:
        for data in _silent(server):
            lines.enter_context(server.sent(data))
        assert _let_go(server, files)


def test_a_reader_who_leaves_is_forgotten(server: Server) -> None:
    for data in _deaf(server) * (10 if FULL else 1):
        with server.sent(data) as line:
            line.recv(12)
    while ask(server, 4).busy:  # those still in line come first
        pass
    assert ask(server, 45, readers=45).busy == []
