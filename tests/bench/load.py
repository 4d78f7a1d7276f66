"""How the page holds under load: N readers ask over loopback, each its next question at once.

    python tests/bench/load.py http://127.0.0.1:7860 --readers 10 --seconds 60

Speaks what the browser speaks (join the queue, read the stream), or with --api the HTTP API. Prints
first words and whole answers in seconds, what was told to be busy and how soon, and failures.
"""

import argparse
import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

QUESTIONS = Path(__file__).parents[1] / "samples_questions.jsonl"


@dataclass
class Tally:
    """Seconds, by what became of the question."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


Ask = Callable[[str, int, str, Tally], Awaitable[None]]


def share(seconds: list[float], part: float) -> float:
    """Return the value below which `part` of the sorted seconds lie."""
    return sorted(seconds)[min(len(seconds) - 1, int(part * len(seconds)))] if seconds else 0.0


async def lines(address: str, path: str, body: dict | None = None) -> AsyncIterator[str]:
    """Yield the status, then the lines of the answer.

    By hand: httpx looks through all its connections for each request, and with 200 of them
    measures itself.
    """
    server = urlsplit(address)
    sent = json.dumps(body).encode() if body else b""
    head = f"{'POST' if body else 'GET'} {path} HTTP/1.1\r\nhost: {server.netloc}\r\n"
    head += f"connection: close\r\ncontent-type: application/json\r\ncontent-length: {len(sent)}"
    reading, writing = await asyncio.open_connection(server.hostname, server.port, limit=2**24)
    try:
        writing.write(head.encode() + b"\r\n\r\n" + sent)
        yield (await reading.readline()).split()[1].decode()
        while line := await asyncio.wait_for(reading.readline(), 60):
            yield line.decode("utf-8", "replace").rstrip()
    finally:
        writing.close()


async def event_of(address: str) -> int:
    """Return the number of the event that asks, from the page's own configuration."""
    page = "\n".join([line async for line in lines(address, "/")])
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page)[1])
    return next(d["id"] for d in config["dependencies"] if "request()" in (d.get("js") or ""))


def note(tally: Tally, said: list[str], taken: float) -> None:
    """Count a question that came to nothing: "busy", or failed."""
    if said[0] == "503":
        tally.busy.append(taken)
    else:
        tally.failed.append(" ".join(said)[-200:])


async def by_page(address: str, event: int, question: str, tally: Tally) -> None:
    """Ask as the page does."""
    session, began, first = secrets.token_hex(6), time.monotonic(), 0.0
    body = {"data": [json.dumps({"question": question})], "fn_index": event}
    body["session_hash"] = session
    joined = [line async for line in lines(address, "/gradio_api/queue/join", body)]
    if joined[0] != "200":
        note(tally, joined, time.monotonic() - began)
        return
    shown = ""
    async for line in lines(address, f"/gradio_api/queue/data?session_hash={session}"):
        if not line.startswith("data: "):
            continue
        message = json.loads(line[6:])
        if message["msg"] in ("process_generating", "process_completed"):
            first = first or time.monotonic() - began
            shown += json.dumps(message.get("output", {}))
        if message["msg"] == "process_completed":
            if not message.get("success"):
                tally.failed.append(str(message)[:200])
            break
    taken = time.monotonic() - began
    if "Sedang banyak yang bertanya" in shown:
        tally.busy.append(taken)
    elif "w-answer" in shown:
        tally.first.append(first)
        tally.whole.append(taken)
    else:
        tally.failed.append(f"no answer to {question!r}: {shown[:200]}")


async def by_api(address: str, event: int, question: str, tally: Tally) -> None:
    """Ask over the HTTP API."""
    began = time.monotonic()
    answered = [line async for line in lines(address, "/api/ask", {"question": question})]
    taken = time.monotonic() - began
    if answered[0] == "200":
        tally.whole.append(taken)
    else:
        note(tally, answered, taken)


async def reader(
    ask: Ask, address: str, event: int, questions: Iterable[str], tally: Tally
) -> None:
    """Ask one question after the other; who is told "busy" waits two seconds."""
    for question in questions:
        refused = len(tally.busy)
        try:
            await ask(address, event, question, tally)
        except (OSError, TimeoutError) as error:
            tally.failed.append(repr(error))
        if len(tally.busy) > refused:
            await asyncio.sleep(2)


def for_seconds(questions: list[str], seconds: float, first: int = 0) -> Iterator[str]:
    """Yield questions from place `first` on, again and again, until the time is over."""
    until = time.monotonic() + seconds
    for question in cycle(questions[first:] + questions[:first]):
        if time.monotonic() > until:
            return
        yield question


async def crowd(address: str, asked: Sequence[Iterable[str]], ask: Ask = by_page) -> Tally:
    """Let readers put the questions of `asked`, one item a reader, and count how it went."""
    tally = Tally()
    event = await event_of(address)
    await asyncio.gather(*(reader(ask, address, event, questions, tally) for questions in asked))
    return tally


def summary(tally: Tally) -> list[str]:
    """Return a line for each way in which questions ended, in seconds."""
    lines = [
        f"{name:6} {len(found):6}  median {share(found, 0.5):.2f} s  "
        f"p95 {share(found, 0.95):.2f} s  longest {max(found, default=0):.2f} s"
        for name, found in (("first", tally.first), ("whole", tally.whole), ("busy", tally.busy))
    ]
    return [*lines, f"failed {len(tally.failed):6}  {tally.failed[:3]}"]


def sample_questions(file: Path = QUESTIONS) -> list[str]:
    """Return the questions of a question file."""
    return [json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines()]


async def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("address")
    options.add_argument("--readers", type=int, default=10)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--questions", type=Path, default=QUESTIONS)
    options.add_argument("--api", action="store_true")
    chosen = options.parse_args()
    questions = sample_questions(chosen.questions)
    asked = [for_seconds(questions, chosen.seconds, n) for n in range(chosen.readers)]
    tally = await crowd(chosen.address, asked, by_api if chosen.api else by_page)
    print(*summary(tally), sep="\n")


if __name__ == "__main__":
    asyncio.run(main())
