"""A server in a process of its own, asked over loopback as tests/bench/load.py asks."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from warta.assistant.cli.console import Progress
from warta.assistant.config import Settings
from warta.assistant.upkeep.maintain import index

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("WARTA_FAULTS") == "full"
READY = os.environ.get("WARTA_LOAD_HOME")
sys.path.insert(0, str(ROOT / "tests" / "bench"))


@dataclass(frozen=True)
class Server:
    """`warta serve` under way."""

    address: str
    pid: int

    def memory(self) -> int:
        """Bytes that are in memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def share(self) -> int:
        """Bytes that are in memory, those that processes share shared out among them."""
        said = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return int(said.split("\nPss:")[1].split()[0]) * 1024

    def children(self) -> list[int]:
        """The processes it has forked, the first first."""
        said = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in said.split()]

    def peak(self) -> int:
        """Bytes that were in memory when they were most."""
        said = Path(f"/proc/{self.pid}/status").read_text()
        return int(said.split("VmHWM:")[1].split()[0]) * 1024

    def processor(self) -> float:
        """Seconds of a processor that it took so far."""
        said = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")

    def files(self) -> int:
        """How many files and connections are open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def sent(self, data: bytes) -> socket.socket:
        """Return a connection on which `data` was sent, and of which little can be taken."""
        at = urlsplit(self.address)
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect((at.hostname, at.port))
        line.sendall(data)
        return line

    def request(self, path: str, body: bytes, *headers: str) -> bytes:
        """Return a POST as it goes over the line."""
        head = f"POST {path} HTTP/1.1\r\nhost: {urlsplit(self.address).netloc}\r\n"
        lines = [*headers, "content-type: application/json", f"content-length: {len(body)}"]
        return (head + "\r\n".join(lines) + "\r\n\r\n").encode() + body


def real_home(folder: Path) -> Path | None:
    """Return a home with the real archive, made in `folder`; None where it is not wanted or here.

    WARTA_LOAD_HOME names one that lies ready: it is copied.
    """
    news = ROOT.parent / "shared" / "data" / "news" / "click_id.jsonl.gz"
    if not FULL or not (READY or news.exists()):
        return None
    home = folder / "home"
    if READY:
        return Path(shutil.copytree(READY, home))
    none: dict[str, str] = {}
    index(
        Settings(home=home), [str(news)], fields=none, source="", prune=False, allow_local=False,
        download=False, rebuild=False, progress=Progress(shown=False),
    )  # fmt: skip
    return home


@contextlib.contextmanager
def serving(
    home: Path, *, files: int | None = None, log: IO[bytes] | None = None
) -> Iterator[Server]:
    """Serve `home` on a free port until the end of the block.

    The server may have so many `files` open, and writes its log to `log`.
    """
    command = _command(home, "0")
    if files:  # of all, the hard limit too: as `ulimit -n` has it
        command = ["prlimit", f"--nofile={files}:{files}", "--", *command]
    with subprocess.Popen(
        command, cwd=ROOT, env=_environ(), stdout=subprocess.PIPE, stderr=log, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("Warta is at "), said
            yield Server(said.split()[3], process.pid)
        finally:
            process.terminate()


@contextlib.contextmanager
def forked(home: Path, count: int) -> Iterator[list[Server]]:
    """Serve `home` by so many processes; yield the one that watches, then each that serves."""
    port = _free_ports(count)
    command = [*_command(home, str(port)), "--processes", str(count)]
    with subprocess.Popen(
        command, cwd=ROOT, env=_environ(), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(count)]
            assert all(line.startswith("Warta is at ") for line in said), said
            parent = Server("", process.pid)
            pairs = zip(range(port, port + count), parent.children(), strict=True)
            yield [parent, *(Server(f"http://127.0.0.1:{at}", pid) for at, pid in pairs)]
        finally:
            process.terminate()


def _command(home: Path, port: str) -> list[str]:
    module = "warta.assistant.cli.commands"
    return [sys.executable, "-m", module, "serve", "--port", port, "--home", str(home)]


def _environ() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("WARTA_")}


def _free_ports(count: int) -> int:
    """Return the first of so many ports in a row that nobody has."""
    while True:
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            first = held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            for port in range(first + 1, first + count):
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            return first
