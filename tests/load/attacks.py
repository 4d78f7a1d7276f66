"""Attacks on a server over loopback, each for some seconds; run as a program of its own.

    python tests/load/attacks.py http://127.0.0.1:7860 --attack searchers --attack posts

In a process of its own, because what attacks would otherwise slow what measures.
"""

import argparse
import asyncio
import contextlib
import json
import random
import resource
import string
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import load  # isort: skip (tests/bench/load.py)

PAUSE = 0.1  # seconds that who was refused waits
Told = Counter[str]


class Attacker:
    """What one address sends, until its time is over; counts what came back."""

    def __init__(self, address: str, seconds: float) -> None:
        self.at = urlsplit(address)
        self.until = time.monotonic() + seconds
        self.told: Told = Counter()
        self.event = 0

    @property
    def over(self) -> bool:
        return time.monotonic() > self.until

    async def send(self, path: str, body: object = None, source: str = "127.0.0.1") -> str:
        """Return the status of one request, "" where there was none."""
        sent = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nhost: {self.at.netloc}\r\n"
            f"connection: close\r\ncontent-type: application/json\r\ncontent-length: {len(sent)}"
        )
        status = ""
        with contextlib.suppress(OSError, TimeoutError):
            reading, writing = await asyncio.wait_for(
                asyncio.open_connection(self.at.hostname, self.at.port, local_addr=(source, 0)), 10
            )
            try:
                writing.write(head.encode() + b"\r\n\r\n" + sent)
                line = await asyncio.wait_for(reading.readline(), 30)
                status = line.split()[1].decode() if line else ""
                while await asyncio.wait_for(reading.read(1 << 16), 30):
                    pass
            finally:
                writing.close()
        self.told[status] += 1
        return status

    async def again(self, once: Callable[[], Awaitable[str]]) -> None:
        """Do it until the time is over; who is refused waits a moment."""
        while not self.over:
            if await once() != "200":
                await asyncio.sleep(PAUSE)


async def searchers(attacker: Attacker) -> None:
    """60 who search for 1,900 characters, no two searches alike."""
    words = " ".join(load.sample_questions()).split()

    async def once() -> str:
        query = ""
        while len(query) < 1_900:
            query += random.choice(words) + " "
        return await attacker.send(f"/api/search?{urlencode({'q': query[:1_900], 'k': 50})}")

    await asyncio.gather(*(attacker.again(once) for _ in range(60)))


async def statuses(attacker: Attacker) -> None:
    """30 who look at the status page."""
    await asyncio.gather(*(attacker.again(lambda: attacker.send("/status")) for _ in range(30)))


async def silent(attacker: Attacker) -> None:
    """1,100 who connect and say nothing, and come back when they are let go."""

    async def once() -> str:
        with contextlib.suppress(OSError, TimeoutError):
            reading, writing = await asyncio.wait_for(
                asyncio.open_connection(attacker.at.hostname, attacker.at.port), 10
            )
            left = max(0.1, attacker.until - time.monotonic())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reading.read(1), left)
            writing.close()
        await asyncio.sleep(random.uniform(0.5, 1.5))
        return "200"

    await asyncio.gather(*(attacker.again(once) for _ in range(1_100)))


async def posts(attacker: Attacker) -> None:
    """50 questions a second that are none, or that nobody listens to."""
    event, good = attacker.event, [json.dumps({"question": "Apa penyebab kebakaran?"})]
    bad: list[dict[str, object]] = [
        {"data": [None], "fn_index": event}, {"data": [], "fn_index": event},
        {"data": good, "fn_index": 0}, {"data": good, "fn_index": 99},
        {"data": good, "fn_index": event}, {"data": [[1]], "fn_index": event},
    ]  # fmt: skip

    async def one(number: int) -> None:
        name = {"session_hash": f"s{number}x{random.random()}".replace(".", "")}
        await attacker.send("/gradio_api/queue/join", bad[number % len(bad)] | name)

    sent: set[asyncio.Task[None]] = set()
    number = 0
    while not attacker.over:
        sent.add(task := asyncio.create_task(one(number)))
        task.add_done_callback(sent.discard)
        number += 1
        await asyncio.sleep(0.02)
    await asyncio.gather(*sent)


async def words(attacker: Attacker) -> None:
    """40 with words of 2,000 letters: 30 search, 10 at another address ask."""

    def word() -> str:
        return "".join(random.choices(string.ascii_lowercase, k=2_000))

    async def search() -> str:
        return await attacker.send(f"/api/search?{urlencode({'q': word()})}")

    async def ask() -> str:
        return await attacker.send("/api/ask", {"question": word()}, "127.0.0.2")

    ways = [search] * 30 + [ask] * 10
    await asyncio.gather(*(attacker.again(way) for way in ways))


ATTACKS = {one.__name__: one for one in (searchers, statuses, silent, posts, words)}


async def main() -> None:
    """Attack, and print what came back as JSON: a status and how often."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("address")
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--attack", action="append", default=[], choices=ATTACKS)
    chosen = options.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    event = await load.event_of(chosen.address)
    attackers = {name: Attacker(chosen.address, chosen.seconds) for name in chosen.attack}
    for attacker in attackers.values():
        attacker.event = event
    print("begun", flush=True)
    waiting = asyncio.sleep(chosen.seconds)  # also where nobody attacks
    await asyncio.gather(waiting, *(ATTACKS[name](one) for name, one in attackers.items()))
    print(json.dumps({name: attacker.told for name, attacker in attackers.items()}))


if __name__ == "__main__":
    asyncio.run(main())
