"""A server in a process of its own, asked over loopback as tests/bench/load.py asks."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("WARTA_FAULTS") == "full"
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


@contextlib.contextmanager
def serving(home: Path) -> Iterator[Server]:
    """Serve `home` on a free port until the end of the block."""
    command = [
        sys.executable,
        "-m",
        "warta.assistant.cli.commands",
        "serve",
        "--port",
        "0",
        "--home",
        str(home),
    ]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("WARTA_")}
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("Warta is at "), said
            yield Server(said.split()[3], process.pid)
        finally:
            process.terminate()
