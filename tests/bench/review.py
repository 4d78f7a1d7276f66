"""Steps of the review, against any checkout: what c6a0c26 does, and what this one does.

    git worktree add ../old c6a0c26
    python tests/bench/review.py ../old C2 H2 H3
    python tests/bench/review.py . C2 H2 H3

By command line and HTTP only, as the packages had other names there. H3 and H11 want a home of
thousands of articles that this checkout made: --home. H11 and M2 mount, which wants root; M4
sets the clock by faketime.
"""

import argparse
import gzip
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

TEXT = "Warga kampung menggelar pasar murah di alun-alun pada hari Senin pagi. " * 3
FEED = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>Kabar</title><item><title>Pasar"
    f"</title><guid>1</guid><description>{TEXT}</description></item></channel></rss>"
).encode()
MODEL_SECONDS = 20.0  # that the slow model takes for an answer


@dataclass(frozen=True)
class Checkout:
    """A checkout under review, a folder to work in, and a home with many articles."""

    root: Path
    folder: Path
    archive: Path | None

    @property
    def flat(self) -> bool:
        return '"warta.corpus"' not in (self.root / "pyproject.toml").read_text()

    def command(self, *words: object) -> list[str]:
        module = "assistant.cli" if self.flat else "warta.assistant.cli"
        return [sys.executable, "-m", module, *map(str, words)]

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: at for name, at in os.environ.items() if not name.startswith("WARTA_")}
        return kept | ({"PYTHONPATH": str(self.root)} if self.flat else {})

    def run(self, *words: object, before: tuple[str, ...] = (), seconds: float = 600) -> "Ran":
        """Run a command of Warta; `before` stands in front of it."""
        began = time.monotonic()
        with subprocess.Popen(
            [*before, *self.command(*words)], cwd=self.folder, env=self.environ, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            watching = Peak(process.pid)
            try:
                said, _ = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                said = f"killed after {seconds:g} s"
            return Ran(process.wait(), said, time.monotonic() - began, watching.most())

    @contextmanager
    def serving(self, home: Path, *words: object, config: str = "") -> Iterator["Served"]:
        (self.folder / "served.toml").write_text(config)
        command = self.command("--config", self.folder / "served.toml", "serve", "--port", 0)
        log = (self.folder / "log").open("wb")
        with log, subprocess.Popen(
            [*command, "--home", str(home), *map(str, words)], cwd=self.folder, env=self.environ,
            stdout=subprocess.PIPE, stderr=log, text=True,
        ) as process:  # fmt: skip
            try:
                assert process.stdout
                yield Served(process.stdout.readline().split()[3], process.pid)
            finally:
                process.kill()

    def indexed(self, *rows: dict[str, str], before: tuple[str, ...] = ()) -> "Ran":
        file = self.folder / "news.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return self.run("index", file, "--home", self.folder / "home", before=before)


@dataclass(frozen=True)
class Ran:
    code: int
    said: str
    seconds: float
    peak: int  # MiB

    def __str__(self) -> str:
        last = (self.said.strip().splitlines() or [""])[-1][:160]
        return f"exit {self.code}, {self.seconds:.1f} s, {self.peak} MiB: {last}"


class Peak:
    """The highest memory of a process, in MiB, looked at while it runs."""

    def __init__(self, pid: int) -> None:
        self._status, self._most = Path(f"/proc/{pid}/status"), 0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        with suppress(OSError, TypeError):  # it ended
            while True:
                self._most = int(re.search(r"VmHWM:\s+(\d+)", self._status.read_text())[1]) // 1024
                time.sleep(0.05)

    def most(self) -> int:
        self._thread.join()
        return self._most


@dataclass(frozen=True)
class Served:
    address: str
    pid: int

    def ask(self, path: str, body: object = None, seconds: float = 60) -> tuple[int, bytes]:
        """Return status and body; 0 where no answer came in time."""
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        }
        sent = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(self.address + path, sent, headers), timeout=seconds) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def peak(self) -> int:
        said = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", said)[1]) // 1024

    def processor(self) -> float:
        """Seconds of a processor that it took so far."""
        said = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")

    def event(self) -> int:
        config = re.search(rb"window\.gradio_config = (\{.*?\});</script>", self.ask("/")[1])[1]
        each = json.loads(config)["dependencies"]
        return next(one["id"] for one in each if "request()" in (one.get("js") or ""))


def row(id_: str, **other: str) -> dict[str, str]:
    return {"id": id_, "title": "Pasar murah digelar", "text": TEXT, "date": "2026-01-05",
            "source": "Contoh.id", **other}  # fmt: skip


def c2(checkout: Checkout) -> str:
    """A headline of two million characters, then a run with one good article."""
    limit = ("prlimit", "--as=6000000000", "--")
    long = row("long", title="judul panjang " * 150_000, text="teks panjang " * 70_000)
    first = checkout.indexed(long, before=limit)
    return f"{first}; then {checkout.indexed(row('good'), long, before=limit)}"


@contextmanager
def slow_model() -> Iterator[str]:
    """A server of a language model that takes its time."""

    class Model(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            time.sleep(MODEL_SECONDS)
            said = json.dumps({"choices": [{"delta": {"content": "Di alun-alun. [1]"}}]})
            with suppress(OSError):
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                self.wfile.write(f"data: {said}\n\ndata: [DONE]\n\n".encode())

        def log_message(self, *args: object) -> None:
            pass

    with answering(Model) as address:
        yield address + "/v1"


@contextmanager
def answering(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def h2(checkout: Checkout) -> str:
    """52 questions of the page that nobody listens to, then one over the API."""
    checkout.indexed(row("a"))
    with ExitStack() as opened:
        model = opened.enter_context(slow_model())
        config = f'writer = "endpoint"\nmodel = "m"\nendpoint = "{model}"\n'
        server = opened.enter_context(checkout.serving(checkout.folder / "home", config=config))
        event, question = server.event(), json.dumps({"question": "Di mana pasar murah digelar?"})
        sent = {"data": [question], "fn_index": event}
        joined = [
            server.ask("/gradio_api/queue/join", {**sent, "session_hash": f"s{number}"})[0]
            for number in range(52)
        ]
        time.sleep(MODEL_SECONDS / 4)
        began = time.monotonic()
        status, _ = server.ask("/api/ask", {"question": "Di mana pasar murah digelar?"}, 120)
        took = time.monotonic() - began
    return f"{joined.count(200)} of 52 taken; asked then: status {status} after {took:.1f} s"


def h3(checkout: Checkout) -> str:
    """The status ten times at once, and searches of 60,000 characters by MCP."""
    assert checkout.archive, "H3 wants --home"
    home = Path(shutil.copytree(checkout.archive, checkout.folder / "home"))
    with checkout.serving(home, config="mcp = true\n") as server:
        server.ask("/api/search?" + urlencode({"q": "gempa"}))
        idle = server.peak()
        with ThreadPoolExecutor(10) as at_once:
            began = server.processor()
            told = list(at_once.map(lambda _: server.ask("/status")[0], range(10)))
            took, peak = server.processor() - began, server.peak()
        query = " ".join(f"gempa{number} bumi" for number in range(6_000))[:60_000]
        call = {"name": "search", "arguments": {"query": query}}
        began = server.processor()
        asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        status, said = server.ask("/mcp", asked, 300)
        searched = server.processor() - began
    return (
        f"status {told}: {took:.1f} s of processor, {idle} -> {peak} MiB; MCP {status}, "
        f"{searched:.1f} s of processor: {said[:160].decode()}"
    )


def h9(checkout: Checkout) -> str:
    """A feed in gzip in gzip that unpacks to 512 MB, and one that drips."""
    inner = gzip.compress(FEED + b" " * (512 << 20), 1)
    bomb = gzip.compress(inner, 9)

    class Feeds(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            if self.path == "/bomb":
                self.send_header("content-encoding", "gzip, gzip")
            self.send_header("content-length", str(len(bomb)))
            self.end_headers()
            with suppress(OSError):
                if self.path == "/bomb":
                    self.wfile.write(bomb)
                else:
                    for at in range(len(FEED)):
                        self.wfile.write(FEED[at : at + 1])
                        self.wfile.flush()
                        time.sleep(2)

        def log_message(self, *args: object) -> None:
            pass

    with answering(Feeds) as address:
        index = partial(checkout.run, "index", "--allow-local", "--home", checkout.folder / "h")
        packed, drip = index(f"{address}/bomb"), index(f"{address}/drip", seconds=100)
    return f"bomb of {len(bomb):,} bytes: {packed}; drip: {drip}"


def h11(checkout: Checkout) -> str:
    """A backup of a home on a read-only mount, with the empty log that a server left."""
    assert checkout.archive, "H11 wants --home"
    home = checkout.folder / "home"
    shutil.copytree(checkout.archive, home)
    with checkout.serving(home) as server:
        server.ask("/status")
    left = {path.name: path.stat().st_size for path in home.glob("archive.sqlite-*")}
    subprocess.run(["mount", "--bind", str(home), str(home)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(home)], check=True)
        limit = ("prlimit", "--cpu=20", "--")  # seconds of processor: others may hold the cores
        backed = checkout.run("backup", checkout.folder / "b.zip", "--home", home, before=limit)
    finally:
        subprocess.run(["umount", str(home)], check=True)
    return f"left {left}; {backed}"


def m2(checkout: Checkout) -> str:
    """An opinion while the home's disk is full."""
    home = checkout.folder / "home"
    home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(home)], check=True)
    try:
        checkout.indexed(row("a"))
        with checkout.serving(home) as server:
            with suppress(OSError), (home / "rest").open("wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass
            opinion = {"verdict": "up", "question": "b" * 1500, "answer": "c" * 4000}
            status, said = server.ask("/api/feedback", opinion)
    finally:
        subprocess.run(["umount", "-l", str(home)], check=True)
    traced = b"Traceback" in (checkout.folder / "log").read_bytes()
    return f"status {status}: {said[:160].decode()}; stack trace in the log: {traced}"


def m4(checkout: Checkout) -> str:
    """A run with a clock at 1999, then one with the right one."""
    past = ("faketime", "-f", "@1999-12-31 12:00:00")
    first = checkout.indexed(row("a", date="2019-09-10"), before=past)
    again = checkout.indexed(row("a", date="2019-09-10"))
    shown = checkout.run("search", "pasar", "--home", checkout.folder / "home", "--json")
    days = re.findall(r'"(?:published|date)": ([^,]*)', shown.said)
    return f"{first}; then {again}; days {days}"


def m10(checkout: Checkout) -> str:
    """Two thousand near-copies: what a search by the HTTP API carries."""
    varied = [
        row(f"c{n}", source=f"Outlet {n}", text=f"{TEXT * 4} Dilaporkan wartawan nomor {n}.")
        for n in range(2_000)
    ]
    checkout.indexed(*varied)
    with checkout.serving(checkout.folder / "home") as server:
        status, said = server.ask("/api/search?" + urlencode({"q": "pasar murah"}))
        _, answer = server.ask("/api/ask", {"question": "Di mana pasar murah digelar?"})
    return f"status {status}: search {len(said):,} bytes, answer {len(answer):,} bytes"


STEPS: dict[str, Callable[[Checkout], str]] = {
    step.__name__.upper(): step for step in (c2, h2, h3, h9, h11, m2, m4, m10)
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("checkout", type=Path)
    options.add_argument("findings", nargs="*", default=list(STEPS))
    options.add_argument("--home", type=Path)
    chosen = options.parse_args()
    for name in chosen.findings:
        with tempfile.TemporaryDirectory() as folder:
            home = chosen.home and chosen.home.resolve()
            checkout = Checkout(chosen.checkout.resolve(), Path(folder), home)
            print(f"{name}: {STEPS[name](checkout)}", flush=True)


if __name__ == "__main__":
    main()
