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
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
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


async def reader(ask, address, event, questions: list[str], until: float, tally: Tally) -> None:
    """Ask one question after the other; who is told "busy" waits two seconds."""
    for question in questions * 10_000:
        if time.monotonic() > until:
            return
        refused = len(tally.busy)
        try:
            await ask(address, event, question, tally)
        except (OSError, TimeoutError) as error:
            tally.failed.append(repr(error))
        if len(tally.busy) > refused:
            await asyncio.sleep(2)


async def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("address")
    options.add_argument("--readers", type=int, default=10)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--questions", type=Path, default=QUESTIONS)
    options.add_argument("--api", action="store_true")
    chosen = options.parse_args()
    lines = chosen.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    tally = Tally()
    event = await event_of(chosen.address)
    until = time.monotonic() + chosen.seconds
    ask = by_api if chosen.api else by_page
    await asyncio.gather(
        *(
            reader(ask, chosen.address, event, questions[n:] + questions[:n], until, tally)
            for n in range(chosen.readers)
        )
    )
    for name in ("first", "whole", "busy"):
        found = getattr(tally, name)
        print(
            f"{name:6} {len(found):6}  median {share(found, 0.5):.2f} s  "
            f"p95 {share(found, 0.95):.2f} s  longest {max(found, default=0):.2f} s"
        )
    print(f"failed {len(tally.failed):6}  {tally.failed[:3]}")


if __name__ == "__main__":
    asyncio.run(main())
