"""Clients that do not ask, or do not read, are let go; others never notice."""

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from warta.assistant.web.callers import Proxies
from warta.assistant.web.connections import Crowd, Hurried, listen

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
def serving(app: App, protocol: type[Hurried] = Quick) -> Iterator[tuple[str, int]]:
    config = uvicorn.Config(
        app, http=protocol, log_level="critical", lifespan="off", timeout_keep_alive=1
    )
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


@pytest.mark.parametrize("pause", [0.0, 0.6])
@pytest.mark.parametrize("times", [1, 3])
def test_who_closes_its_half_after_asking_gets_all_of_the_answer(pause, times):
    """It got nothing: uvicorn took it for gone."""
    app = App(LARGE // times, pause)
    with serving(app, Hurried) as address, socket.create_connection(address) as line:
        line.sendall(WHOLE * times)
        line.shutdown(socket.SHUT_WR)
        got = said(line)
    assert got.count(b"HTTP/1.1 200 OK\r\n") == times
    assert got.count(b"\0") == app.size * times
    assert got.endswith(b"\r\n0\r\n\r\n")


def test_who_closes_its_half_amid_a_request_gets_no_answer():
    with serving(App(5)) as address, socket.create_connection(address) as line:
        line.sendall(HEAD + b"content-length: 9\r\n\r\nhal")
        line.shutdown(socket.SHUT_WR)
        began = time.monotonic()
        assert said(line) == b""
        assert time.monotonic() - began < 10


class Patient(Hurried):
    asking = 30.0


def opened(
    address: tuple[str, int], stack: contextlib.ExitStack, count: int
) -> list[socket.socket]:
    return [stack.enter_context(socket.create_connection(address)) for _ in range(count)]


def test_where_all_doors_are_taken_who_says_nothing_makes_room():
    """1,100 silent connections took every file of the server, and its log grew by 72 MB."""
    crowd = Crowd(8)
    with serving(App(5), Patient.within(crowd)) as address, contextlib.ExitStack() as stack:
        silent = opened(address, stack, 30)
        asking = stack.enter_context(socket.create_connection(address))
        asking.sendall(WHOLE.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        assert said(asking).startswith(b"HTTP/1.1 200")
        for one in silent[:20]:  # those that were silent longest
            assert said(one) == b""
        assert len(crowd._all) <= 8


def test_where_all_are_being_served_the_next_is_told_and_nothing_is_taken_from_them():
    app, crowd = App(5, pause=1.0), Crowd(4)
    with serving(app, Patient.within(crowd)) as address, contextlib.ExitStack() as stack:
        served = opened(address, stack, 4)
        for one in served:
            one.sendall(WHOLE.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        while len(crowd._all) < 4 or crowd._idle:
            time.sleep(0.01)
        (late,) = opened(address, stack, 1)
        told = said(late)
        assert told.startswith(b"HTTP/1.1 503")
        assert b"Busy: try again in a moment." in told
        assert all(b"\0\0\0\0\0" in said(one) for one in served)


def test_the_address_with_most_connections_makes_room_first():
    crowd, gone = Crowd(6), []

    class One:
        def __init__(self, host: str) -> None:
            self.host = self.address = host
            self.transport = self

        def abort(self) -> None:
            gone.append(self.host)

    everybody = [One(host) for host in ("127.0.0.2", "127.0.0.9", *["127.0.0.3"] * 4)]
    assert all(crowd.enter(one) for one in everybody)
    assert crowd.enter(One("127.0.0.4"))
    assert gone == ["127.0.0.3"]
    for one in everybody[:2]:
        crowd.asks(one)
    for _ in range(3):
        assert crowd.enter(One("127.0.0.5"))
    assert gone == ["127.0.0.3"] * 3 + ["127.0.0.5"]  # both had three by then


def test_one_address_has_so_many_connections_but_this_machine_and_proxies_more():
    class One:
        def __init__(self, host: str) -> None:
            self.host = self.address = host
            self.transport = self

        def abort(self) -> None:
            raise AssertionError("all of them are being served")

    def most(host: str) -> int:
        crowd = Crowd(200, Proxies(["10.0.0.7"]))
        got = 0
        while got < 100 and crowd.enter(one := One(host)):
            crowd.asks(one)
            got += 1
        return got

    counts = [most(host) for host in ("203.0.113.7", "127.0.0.1", "10.0.0.7")]
    assert counts == [64, 100, 100]


def test_the_limit_of_files_is_raised_and_leaves_some_for_the_index():
    code = (
        "import resource; from warta.assistant.web.connections import most_connections as most; "
        "print(most(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )

    def told(limits: str) -> str:
        command = ["prlimit", f"--nofile={limits}", "--", sys.executable, "-c", code]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert told("256:1024") == "896 1024"
    assert told("512:20000") == "2000 2128"
    assert told("100:100") == "16 100"
