"""A reader who leaves in the middle of an answer: the work on it ends and its place is free."""

import asyncio
import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from page_fake import FakeAssistant

from warta.assistant.config import Settings
from warta.assistant.web.connections import Hurried, listen
from warta.assistant.web.server import create_app

ENDLESS = "Tolong jawab lambat sekali"  # the fake says the same until it is stopped


class Endless(FakeAssistant):
    """Tells when it begins to answer and when it was stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped = threading.Event()

    def stream(self, question, **limits):
        try:
            yield from super().stream(question, **limits)
        finally:
            self.stopped.set()


@pytest.fixture
def served(tmp_path) -> Iterator[tuple[Endless, int]]:
    """A server with one place."""
    assistant = Endless()
    ready = threading.Event()
    servers: list[uvicorn.Server] = []

    async def run(listening: socket.socket) -> None:  # Gradio wants a loop that runs
        app = create_app(assistant, Settings(home=tmp_path, workers=1, queue=1))
        config = uvicorn.Config(
            app, http=Hurried, log_level="critical", timeout_graceful_shutdown=1
        )
        servers.append(uvicorn.Server(config))
        ready.set()
        await servers[0].serve(sockets=[listening])

    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=lambda: asyncio.run(run(listening)))
        thread.start()
        assert ready.wait(60)
        yield assistant, listening.getsockname()[1]
        assistant.stopped.set()
        servers[0].should_exit = True
        thread.join()


def post(port: int, path: str, body: dict, accept: str = "*/*") -> socket.socket:
    """Send a request and return its connection, unread."""
    sent = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"accept: {accept}\r\ncontent-length: {len(sent)}\r\n\r\n"
    )
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.sendall(head.encode() + sent)
    return line


def read_until(line: socket.socket, wanted: bytes) -> None:
    seen = b""
    while wanted not in seen:
        piece = line.recv(1 << 16)
        assert piece, f"it ended before {wanted!r}: {seen[-300:]!r}"
        seen += piece


def rest_of(line: socket.socket) -> bytes:
    """All that comes until the server closes the line."""
    return b"".join(iter(lambda: line.recv(1 << 16), b""))


def answered(port: int) -> bool:
    """Ask something short, which the one place has to be free for."""
    asked = {"question": "Festival?"}
    got = httpx.post(f"http://127.0.0.1:{port}/api/ask", json=asked, timeout=30)
    return got.json()["status"] == "answered"


def test_who_leaves_a_stream_of_the_api_frees_its_place(served):
    assistant, port = served
    endless = {"question": ENDLESS}
    with contextlib.closing(post(port, "/api/ask", endless, "text/event-stream")) as line:
        read_until(line, b"event: answer")
        assert not assistant.stopped.is_set()
    assert assistant.stopped.wait(30)
    assert answered(port)


def test_who_leaves_before_an_answer_in_one_piece_frees_its_place(served):
    assistant, port = served
    with contextlib.closing(post(port, "/api/ask", {"question": ENDLESS})):
        while not assistant.asked:
            time.sleep(0.02)
    assert assistant.stopped.wait(30)
    assert answered(port)


@pytest.mark.parametrize("accept", ["*/*", "text/event-stream"])
def test_who_closes_its_half_gets_the_answer_of_the_api(served, accept):
    _, port = served
    asked = {"question": "Festival?"}
    with contextlib.closing(post(port, "/api/ask", asked, accept)) as line:
        line.shutdown(socket.SHUT_WR)
        said = rest_of(line)
    assert said.count(b"HTTP/1.1 200 OK") == 1
    assert b"answered" in said
    assert said.endswith(b"\n0\r\n\r\n" if accept != "*/*" else b"}")
    assert answered(port)


@pytest.mark.parametrize("accept", ["*/*", "text/event-stream"])
def test_who_closes_its_half_and_leaves_later_frees_its_place(served, accept):
    assistant, port = served
    endless = {"question": ENDLESS}
    with contextlib.closing(post(port, "/api/ask", endless, accept)) as line:
        line.shutdown(socket.SHUT_WR)
        read_until(line, b"100 Continue" if accept == "*/*" else b"event: answer")
        time.sleep(0.5)
        assert not assistant.stopped.is_set()
    assert assistant.stopped.wait(30)
    assert answered(port)


def test_who_closes_the_page_frees_its_place(served):
    assistant, port = served
    base = f"http://127.0.0.1:{port}"
    join = {
        "data": [json.dumps({"question": ENDLESS})],
        "fn_index": answering(base),
        "session_hash": "reader",
    }
    assert httpx.post(f"{base}/gradio_api/queue/join", json=join, timeout=30).status_code == 200
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as line:
        line.sendall(
            f"GET /gradio_api/queue/data?session_hash=reader HTTP/1.1\r\nhost: 127.0.0.1:{port}"
            "\r\n\r\n".encode()
        )
        read_until(line, b"process_generating")
        assert not assistant.stopped.is_set()
    assert assistant.stopped.wait(30)
    assert answered(port)


def test_who_closes_its_half_gets_the_answer_of_the_page(served):
    _, port = served
    base = f"http://127.0.0.1:{port}"
    asked = {"data": [json.dumps({"question": "Festival?"})], "fn_index": answering(base)}
    join = {**asked, "session_hash": "reader"}
    assert httpx.post(f"{base}/gradio_api/queue/join", json=join, timeout=30).status_code == 200
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as line:
        line.sendall(
            f"GET /gradio_api/queue/data?session_hash=reader HTTP/1.1\r\nhost: 127.0.0.1:{port}"
            "\r\n\r\n".encode()
        )
        line.shutdown(socket.SHUT_WR)
        said = rest_of(line)
    assert b"process_completed" in said
    assert "Festival perahu hias" in said.decode()
    assert answered(port)


def answering(base: str) -> int:
    """Return the number by which Gradio knows the function that answers: the queued one."""
    document = httpx.get(f"{base}/", timeout=60).text
    found = re.search(r"window\.gradio_config = (\{.*?\});", document)
    assert found
    functions = json.loads(found[1])["dependencies"]
    (number,) = (one["id"] for one in functions if one["queue"] and one["types"]["generator"])
    return number
