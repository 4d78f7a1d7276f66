"""The process that `test_growth.py` watches: asks and indexes what it is told, and says the cost.

python growing.py HOME SCRATCH < lines of [field, piece, length]
"""

import asyncio
import csv
import html
import io
import json
import re
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

TODAY = date(2026, 2, 15)
TEXT = "Warga kampung menggelar pasar murah di alun-alun pada hari Senin pagi. " * 3
ROW = {"id": "a1", "title": "Pasar murah digelar", "text": TEXT, "date": "2026-01-05",
       "source": "Contoh.id", "url": "https://contoh.id/a1"}  # fmt: skip


def main(home: Path, scratch: Path) -> None:
    from warta.corpus.errors import WartaError
    from warta.index.embedding.embedder import SentenceTransformerEmbedder

    ask = asking(home)
    embedder = SentenceTransformerEmbedder.load()
    for line in sys.stdin:
        field, piece, length = json.loads(line)
        value = (piece * (length // len(piece) + 1))[:length]
        work: Callable[[], Any]
        if field in ask:
            work = lambda: ask[field](value)  # noqa: E731, B023
        else:
            work = indexing(field, value, scratch, embedder)
        before = memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")
        began = time.process_time()
        with suppress(WartaError, SystemExit):
            work()
        spent = time.process_time() - began
        print(json.dumps([spent, (memory("VmHWM") - before) // 1024]), flush=True)


def memory(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1])


def asking(home: Path) -> dict[str, Callable[[str], Any]]:
    """Return the ways to ask, by field."""
    from click.testing import CliRunner

    from warta.assistant.answer import Message
    from warta.assistant.answering.assistant import Assistant
    from warta.assistant.cli.commands import main as command

    assistant = Assistant.load(home)
    retriever = assistant.retriever

    def run(*arguments: str) -> None:
        said = CliRunner().invoke(command, [*arguments])
        assert said.exit_code == 0 or not arguments[-1].strip("\n-"), said.output

    def answer(question: str, history: str = "") -> None:
        past = [Message("user", history), Message("assistant", history)] if history else []
        assistant.answer(question, past, TODAY)

    ways: dict[str, Callable[[str], Any]] = {
        "answer.question": answer,
        "answer.history": lambda value: answer("Kapan itu terjadi?", value),
        "retrieve.query": lambda value: retriever.retrieve(value, k=50),
        "retrieve.sources": lambda value: retriever.retrieve("pasar", sources=[value]),
        "cli.search": lambda value: run("search", "--home", str(home), "--", value),
        "cli.ask": lambda value: run("ask", "--home", str(home), "--", value),
    }
    return ways | tools(assistant)


def tools(assistant: Any) -> dict[str, Callable[[str], Any]]:
    """Return the calls of the MCP server, or none where its SDK is not installed."""
    from warta.assistant.api.gate import Gate
    from warta.assistant.api.mcp_tools import build_tools
    from warta.corpus.errors import ConfigError

    try:
        server = build_tools(assistant, Gate(2, waiting=8))
    except ConfigError:
        return {"mcp.query": assistant.retriever.retrieve, "mcp.question": assistant.answer}

    def call(name: str, **values: Any) -> None:
        with suppress(Exception):  # what it refuses, it raises in its SDK's own way
            asyncio.run(server.call_tool(name, values))

    return {
        "mcp.query": lambda value: call("search", query=value),
        "mcp.question": lambda value: call("ask", question=value),
    }


def indexing(field: str, value: str, scratch: Path, embedder: Any) -> Callable[[], Any]:
    """Return how a file with `value` in one field is indexed into a home of its own."""
    from warta.index.building.ingest import index_paths

    home, folder = scratch / "home", scratch / "news"
    for path in (home, folder):
        shutil.rmtree(path, ignore_errors=True)
    folder.mkdir(parents=True)
    kind, name = field.split(".")
    data = WRITERS[kind](name, value)
    path = folder / {"feed": "a.xml"}.get(kind, f"a.{kind}")
    path.write_bytes(data.encode("utf-8", "replace"))
    return lambda: index_paths(home, [path], embedder=embedder)


def as_jsonl(name: str, value: str) -> str:
    return json.dumps({**ROW, name: value}) + "\n"


def as_csv(name: str, value: str) -> str:
    into = io.StringIO()
    rows = csv.DictWriter(into, list(ROW))
    rows.writeheader()
    rows.writerow({**ROW, name: value})
    return into.getvalue()


def as_html(name: str, value: str) -> str:
    title, body = (value, TEXT) if name == "title" else ("Pasar murah", value)
    return f"<html><head><title>{title}</title></head><body><p>{TEXT}</p>{body}</body></html>"


def as_feed(name: str, value: str) -> str:
    fields = {"title": ROW["title"], "description": TEXT, "guid": "a1", "link": ROW["url"],
              "pubDate": "Mon, 05 Jan 2026 07:00:00 +0700"}  # fmt: skip
    fields[name] = value
    inside = "".join(f"<{key}>{html.escape(kept)}</{key}>" for key, kept in fields.items())
    return f'<?xml version="1.0"?><rss version="2.0"><channel><item>{inside}</item></channel></rss>'


WRITERS: dict[str, Callable[[str, str], str]] = {
    "jsonl": as_jsonl,
    "csv": as_csv,
    "html": as_html,
    "md": lambda _, value: f"# Pasar murah\n\n{TEXT}\n\n{value}\n",
    "txt": lambda _, value: f"Pasar murah\n\n{TEXT}\n\n{value}\n",
    "feed": as_feed,
}

if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
