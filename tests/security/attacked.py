"""A real server to be attacked, and requests as no library would send them."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Reply:
    """What came back; `status` is 0 where the connection was closed without an answer."""

    status: int
    headers: str
    body: str


@contextmanager
def serving(*command: str) -> Iterator[int]:
    """Run a server until the tests are done; yields the port it says it is at."""
    process = subprocess.Popen(
        [*command],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # strace, where it stands before, passes no signal on
    )
    assert process.stdout
    try:
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"Warta is at http://127\.0\.0\.1:(\d+)", line):
                yield int(found[1])
                break
        else:
            raise AssertionError(f"the server ended: {''.join(said)}")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def warta(home: Path) -> list[str]:
    """Return the command that serves a home on a free port."""
    return [
        sys.executable,
        "-m",
        "warta.assistant.cli.commands",
        "serve",
        "--home",
        str(home),
        "--port",
        "0",
    ]


def sent(port: int, raw: bytes, *, wait: float = 15.0) -> Reply:
    """Send these bytes and return the answer up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        connection.sendall(raw)
        got = b""
        try:
            while piece := connection.recv(65_536):
                got += piece
        except (TimeoutError, ConnectionResetError):
            pass
    head, _, body = got.decode("utf-8", "replace").partition("\r\n\r\n")
    status = re.match(r"HTTP/1\.1 (\d+)", head)
    return Reply(int(status[1]) if status else 0, head.lower(), body)


def request(
    port: int,
    target: str,
    *headers: str,
    method: str = "GET",
    body: str = "",
    host: str | None = None,
) -> Reply:
    """Send one request whose target and headers are put in as they are."""
    named = f"127.0.0.1:{port}" if host is None else host
    lines = [f"{method} {target} HTTP/1.1", f"host: {named}", "connection: close", *headers]
    if body:
        lines.append(f"content-length: {len(body.encode())}")
    return sent(port, "\r\n".join([*lines, "", body]).encode("utf-8", "surrogateescape"))
