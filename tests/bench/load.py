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
from dataclasses import dataclass, field
from pathlib import Path

import httpx

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


async def event_of(client: httpx.AsyncClient) -> int:
    """Return the number of the event that asks, from the page's own configuration."""
    page = (await client.get("/")).text
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", page)[1])
    return next(d["id"] for d in config["dependencies"] if "request()" in (d.get("js") or ""))


async def by_page(client: httpx.AsyncClient, event: int, question: str, tally: Tally) -> None:
    """Ask as the page does."""
    session, began, first = secrets.token_hex(6), time.monotonic(), 0.0
    data = {"data": [json.dumps({"question": question})], "fn_index": event}
    joined = await client.post("/gradio_api/queue/join", json=data | {"session_hash": session})
    if joined.status_code != 200:
        (tally.busy if joined.status_code == 503 else tally.failed).append(
            time.monotonic() - began if joined.status_code == 503 else joined.text[:200]
        )
        return
    shown = ""
    url = f"/gradio_api/queue/data?session_hash={session}"
    async with client.stream("GET", url) as stream:
        async for line in stream.aiter_lines():
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


async def by_api(client: httpx.AsyncClient, event: int, question: str, tally: Tally) -> None:
    """Ask over the HTTP API."""
    began = time.monotonic()
    answered = await client.post("/api/ask", json={"question": question})
    taken = time.monotonic() - began
    if answered.status_code == 200:
        tally.whole.append(taken)
    elif answered.status_code == 503:
        tally.busy.append(taken)
    else:
        tally.failed.append(answered.text[:200])


async def reader(ask, client, event, questions: list[str], until: float, tally: Tally) -> None:
    """Ask one question after the other; who is told "busy" waits two seconds."""
    for question in questions * 10_000:
        if time.monotonic() > until:
            return
        refused = len(tally.busy)
        try:
            await ask(client, event, question, tally)
        except httpx.HTTPError as error:
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
    limits = httpx.Limits(max_connections=None)
    tally = Tally()
    async with httpx.AsyncClient(base_url=chosen.address, limits=limits, timeout=60) as client:
        event = await event_of(client)
        until = time.monotonic() + chosen.seconds
        ask = by_api if chosen.api else by_page
        await asyncio.gather(
            *(
                reader(ask, client, event, questions[n:] + questions[:n], until, tally)
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
