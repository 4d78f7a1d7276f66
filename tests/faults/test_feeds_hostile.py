"""Feeds that unpack without end, drip or lead in circles cost a bounded time and memory (H9).

Each is fetched over loopback in a process of its own, as `warta index ADDRESS` does, whose highest
memory is read afterwards; then another process takes the writer's lock and indexes a good feed.
`WARTA_FAULTS=full` takes twenty of each kind with the limit of 25 seconds that holds for users,
otherwise one or two with three seconds.
"""

import bz2
import gzip
import http.server
import lzma
import os
import random
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.faults

FULL = os.environ.get("WARTA_FAULTS") == "full"
ROOT = Path(__file__).resolve().parents[2]
EACH = 20 if FULL else 2
SECONDS = 25.0 if FULL else 3.0
MOST_MIB = 200
GOOD = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Kabar</title><item><title>Pasar'
    b"</title><guid>1</guid><description>Wali kota membuka pasar di alun-alun pagi ini."
    b"</description></item></channel></rss>"
)
CHILD = """
import re, sys, time
from pathlib import Path
from warta.corpus.reading import files, readers
from warta.index.building.ingest import index_paths
from warta.index.embedding.embedder import LengthEmbedder
import httpx, feedparser
limits = files.InputLimits(feed_seconds=float(sys.argv[3]))
real = readers.read
def read(paths, **how):
    return real(paths, **how, limits=limits)
import warta.index.building.ingest as ingest
ingest.read = read
def highest():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
idle = highest()
began = time.monotonic()
report = index_paths(Path(sys.argv[1]), [sys.argv[2]], embedder=LengthEmbedder(4), allow_local=True)
peak = highest()
print(report.indexed, report.skipped, (peak - idle) // 1024, round(time.monotonic() - began, 1))
"""


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers each path with what its server holds for it; a function writes as it likes."""

    protocol_version = "HTTP/1.1"
    answers: dict[str, Callable[["Handler"], None]]

    def do_GET(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # whom it sends to has left
            self.answers[self.path](self)

    def head(self, *headers: tuple[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("connection", "close")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def serving(answers: dict[str, Callable[[Handler], None]]) -> Iterator[str]:
    handler = type("Answering", (Handler,), {"answers": answers})
    server = Quiet(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def packed_times(times: int, size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    data = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(size >> 20)) + packer.flush()
    for _ in range(times - 1):
        data = gzip.compress(data, 9)
    return data


def bomb(rng: random.Random) -> Callable[[Handler], None]:
    """gzip of much, gzip in gzip, other encodings by their names, and false ones."""
    kind = rng.choice(["gzip", "twice", "many", "brotli", "deflate", "zstd", "identities", "lie"])
    size = rng.choice([64 << 20, 512 << 20])
    if kind in ("gzip", "twice"):
        times = 1 + (kind == "twice")
        body, encoding = packed_times(times, size), ", ".join(["gzip"] * times)
    elif kind == "many":
        body, encoding = packed_times(3, 16 << 20), ", ".join(["gzip"] * 100)
    elif kind == "brotli":
        brotli = pytest.importorskip("brotli")
        body, encoding = brotli.compress(b" " * (64 << 20), quality=1), "br"
    elif kind == "deflate":
        body, encoding = zlib.compress(b" " * (64 << 20), 9), "deflate"
    elif kind == "zstd":
        body, encoding = rng.randbytes(1000), "zstd"
    elif kind == "identities":
        body, encoding = GOOD, ", ".join(["identity"] * 5000)
    else:
        body = rng.choice([bz2.compress(GOOD), lzma.compress(GOOD), rng.randbytes(9999)])
        encoding = "gzip"

    def answer(self: Handler) -> None:
        self.head(("content-encoding", encoding), ("content-length", str(len(body))))
        self.wfile.write(body)

    return answer


def slowly(rng: random.Random, data: bytes) -> Callable[[Handler], None]:
    pause, piece = rng.choice([0.2, 0.5, 1.0]), rng.choice([1, 7])

    def answer(self: Handler) -> None:
        for at in range(0, len(data), piece):
            self.wfile.write(data[at : at + piece])
            self.wfile.flush()
            time.sleep(pause)

    return answer


def drip_in_body(rng: random.Random) -> Callable[[Handler], None]:
    dripping = slowly(rng, GOOD * 100)
    chunked = rng.random() < 0.5

    def answer(self: Handler) -> None:
        if chunked:
            self.head(("transfer-encoding", "chunked"))
            for byte in GOOD * 100:
                self.wfile.write(b"1\r\n" + bytes([byte]) + b"\r\n")
                self.wfile.flush()
                time.sleep(0.4)
        self.head(("content-length", str(len(GOOD) * 100)))
        dripping(self)

    return answer


def drip_in_head(rng: random.Random) -> Callable[[Handler], None]:
    line = rng.choice([b"x-a: b\r\n", b"set-cookie: a=b\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
    start = b"" if line.startswith(b"HTTP") else b"HTTP/1.1 200 OK\r\n"
    return slowly(rng, start + line * 2000)


def endless(rng: random.Random) -> Callable[[Handler], None]:
    piece = rng.choice([b" ", b"<item>", b"\x00"]) * (1 << 14)

    def answer(self: Handler) -> None:
        self.head(("content-type", "application/rss+xml"))
        while True:
            self.wfile.write(piece)

    return answer


def redirect(rng: random.Random) -> Callable[[Handler], None]:
    """Rings, ever longer addresses, and hops of which each is slow."""
    kind = rng.choice(["ring", "longer", "slow"])

    def answer(self: Handler) -> None:
        if kind == "slow":
            time.sleep(SECONDS / 2)
        there = self.path + "x" * 5000 if kind == "longer" else self.path
        self.answers[there] = answer
        self.head(("location", there), ("content-length", "0"), status=302)

    return answer


KINDS = (bomb, drip_in_body, drip_in_head, endless, redirect)


def index(home: Path, address: str, seconds: float) -> tuple[int, int, int, float]:
    """Return how many were indexed and skipped, MiB beyond the idle process, and seconds."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(home), address, str(seconds)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    indexed, skipped, peak, took = done.stdout.split()
    return int(indexed), int(skipped), int(peak), float(took)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_hostile_feed_costs_no_more_than_its_limits_and_frees_the_lock(kind, tmp_path):
    rng = random.Random(kind.__name__)
    answers = {f"/{number}": kind(rng) for number in range(EACH)}
    answers["/good"] = lambda self: (self.head(), self.wfile.write(GOOD))[1]

    def tried(number: int) -> tuple[float, int]:
        home = tmp_path / str(number)
        found = index(home, f"{address}/{number}", SECONDS)
        assert found[:2] in ((0, 1), (1, 0)), (kind.__name__, number, found)
        assert index(home, f"{address}/good", SECONDS)[0] == 1
        return found[3], found[2]

    with serving(answers) as address, ThreadPoolExecutor(5) as several:
        found = list(several.map(tried, range(EACH)))
    slowest, largest = max(took for took, _ in found), max(peak for _, peak in found)
    print(f"{kind.__name__}: {EACH} feeds, slowest {slowest} s, largest {largest} MiB")
    assert slowest <= SECONDS + 3
    assert largest <= MOST_MIB
