"""Clients that do not ask, or do not read, are let go; others never notice."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from warta.assistant.web.connections import Hurried
from warta.assistant.web.listening import listen

HEAD = b"POST /x HTTP/1.1\r\nhost: 127.0.0.1\r\n"
WHOLE = b"GET /x HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
LARGE = 64 << 20


class Quick(Hurried):
    asking = 0.2
    reading = 0.2


class App:
    """Answers with as many bytes as it was made with, in pieces, after `pause` seconds."""

    def __init__(self, size: int, pause: float = 0.0) -> None:
        self.size, self.pause, self.ended = size, pause, threading.Event()

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(self.pause)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for begin in range(0, self.size, 1 << 16):
            size = min(1 << 16, self.size - begin)
            await send({"type": "http.response.body", "body": bytes(size), "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        self.ended.set()


@contextlib.contextmanager
def serving(app: App) -> Iterator[tuple[str, int]]:
    config = uvicorn.Config(app, http=Quick, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            server.should_exit = True
            thread.join()


def said(line: socket.socket) -> bytes:
    """All that comes until the server closes the line."""
    line.settimeout(60)
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := line.recv(1 << 20):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize(
    "sent", [b"", HEAD, HEAD + b"content-length: 9\r\n\r\nhal", WHOLE + HEAD], ids=repr
)
def test_a_client_that_does_not_come_to_the_end_of_its_request_is_let_go(sent):
    with serving(App(5)) as address, socket.create_connection(address) as line:
        line.sendall(sent)
        assert said(line).count(b"HTTP/1.1 200") == sent.count(WHOLE)


def test_who_asked_may_wait_for_an_answer():
    with serving(App(5, pause=0.6)) as address, socket.create_connection(address) as line:
        line.sendall(WHOLE.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        assert said(line).endswith(b"\0\0\0\0\0\r\n0\r\n\r\n")


def test_a_client_that_takes_nothing_of_its_answer_is_let_go():
    app = App(LARGE)
    with serving(app) as address, socket.create_connection(address) as line:
        line.sendall(WHOLE)
        assert app.ended.wait(60)  # what is sent after the client is gone goes nowhere
        assert len(said(line)) < LARGE


def test_a_client_that_reads_slowly_gets_all_of_it():
    app = App(4 << 20)
    with serving(app) as address, socket.create_connection(address) as line:
        line.sendall(WHOLE.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        time.sleep(0.05)
        assert said(line).count(b"\0") == app.size
