"""Where the server listens, how many connections there may be, and an end to those in vain.

uvicorn takes all that come until no file can be opened, and waits for ever for a first request, for
the rest of one, and for a client that takes nothing of its answer. Here the house has so many
doors; where all are taken, who has asked nothing yet makes room for who comes. Who closes its own
half after the request still gets the answer: uvicorn takes it for gone.
"""

import asyncio
import errno
import gc
import logging
import os
import resource
import signal
import socket
import time
import traceback
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from warta.assistant.api.places import address_of
from warta.assistant.config import Settings, is_local
from warta.corpus.errors import ConfigError

ASKING = 20.0  # seconds that a request may take to come in, from its connection or first byte on
READING = 60.0  # seconds in which a client with a full line takes nothing
MOST = 2_000  # connections; a reader's page has one or two
RESERVE = 128  # files for the index, for what is accepted at one time, and for what is refused
OF_ADDRESS = 64  # connections of one address other than this machine's or a proxy's
LOOKS = (0.1, 15.0)  # seconds to the first look whether who closed its half is there, and at most
_WORD = 0.5  # seconds a refused client has to read that it is
_SAID = b'{"error": {"code": "busy", "what": "Busy: try again in a moment.", "remedy": ""}}'
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 2\r\n"
    b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(_SAID), _SAID)
)
_log = logging.getLogger(__name__)
_LAST_PORT = 65_535
BACKLOG = 512  # connections that the system keeps until they are taken in

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PAUSE = 1.0  # seconds before one that ended is forked again: it may end at once each time


def most_connections() -> int:
    """Raise the limit of open files as far as it may be; return how many may be connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + RESERVE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return MOST
    return max(16, min(MOST, soft - RESERVE))


class Crowd:
    """All connections there are; where they are too many, the one that goes."""

    def __init__(self, most: int, proxies: Container[str] = ()) -> None:
        """Take at most `most`; those from this machine and `proxies` count in all only."""
        self._most = most
        self._proxies = proxies
        self._all: dict[Hurried, None] = {}
        self._idle: dict[Hurried, None] = {}  # ask nothing; longest so first
        self._stuck: dict[Hurried, None] = {}  # take nothing of their answers; longest so first
        self._of_address: Counter[str] = Counter()
        self.refused: set[Hurried] = set()

    def enter(self, one: "Hurried") -> bool:
        """Count a connection, in place of one that comes to nothing; False where none does."""
        if len(self._all) >= self._most and not self._make_room():
            return False
        of_address = self._of_address[one.address]
        if of_address >= OF_ADDRESS and not (is_local(one.host) or one.host in self._proxies):
            if not self._make_room(one.address):
                return False
        self._all[one] = self._idle[one] = None
        self._of_address[one.address] += 1
        return True

    def leave(self, one: "Hurried") -> None:
        """Forget a connection."""
        self.refused.discard(one)
        if one in self._all:
            del self._all[one]
            self.asks(one)
            self.reads(one)
            self._of_address[one.address] -= 1
            if not self._of_address[one.address]:
                del self._of_address[one.address]

    def asks(self, one: "Hurried") -> None:
        """Note that its request came whole."""
        self._idle.pop(one, None)

    def rests(self, one: "Hurried") -> None:
        """Note that it has its answer and asks nothing more, or not yet."""
        if one in self._all:
            self._idle.setdefault(one)

    def sticks(self, one: "Hurried") -> None:
        """Note that it takes nothing of its answer."""
        if one in self._all:
            self._stuck.setdefault(one)

    def reads(self, one: "Hurried") -> None:
        """Note that it takes some of it."""
        self._stuck.pop(one, None)

    def _make_room(self, address: str | None = None) -> bool:
        """Let one go that comes to nothing, of `address` or of the one that has most."""
        from_where = address or next((one for one, _ in self._of_address.most_common(1)), "")
        for some in (self._idle, self._stuck):
            found = next((one for one in some if one.address == from_where), None)
            goes = found or (next(iter(some), None) if address is None else None)
            if goes is not None:
                self.leave(goes)
                goes.transport.abort()
                return True
        return False


class Hurried(H11Protocol):
    """uvicorn's HTTP with an end to waiting, and to coming."""

    asking = ASKING
    reading = READING
    crowd = Crowd(MOST)
    host = address = ""  # where it comes from, and what of that counts as one
    _asked: asyncio.TimerHandle | None = None
    _read: asyncio.TimerHandle | None = None
    _half_closed = False
    _sends_events = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer = self.app

        async def noting(scope: Any, receive: Any, send: Any) -> None:
            async def sending(message: Any) -> None:
                if message["type"] == "http.response.start":
                    kind = dict(message.get("headers", ())).get(b"content-type", b"")
                    self._sends_events = kind.startswith(b"text/event-stream")
                await send(message)

            await answer(scope, receive, sending)

        self.app = noting

    @classmethod
    def within(cls, crowd: Crowd) -> "type[Hurried]":
        """Return the protocol of one server, whose connections are counted in `crowd`."""
        return type("Hurried", (cls,), {"crowd": crowd})

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, but not for ever."""
        super().connection_made(transport)
        self.host = self.client[0] if self.client else ""
        self.address = address_of(self.host)
        if self.crowd.enter(self):
            self._await_request()
        else:
            self._turn_away()

    def data_received(self, data: bytes) -> None:
        """Take in what came; a request that is complete has all time to be answered."""
        if self in self.crowd.refused or self.transport.is_closing():
            return
        super().data_received(data)
        self._await_request()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer on where only the client's half was closed; True keeps ours open."""
        self._half_closed = self._is_answering() and self.scope["http_version"] == "1.1"
        if self._half_closed:
            self._look(LOOKS[0])
        return self._half_closed

    def on_response_complete(self) -> None:
        """Note that the client has what it asked for."""
        self.crowd.rests(self)
        super().on_response_complete()
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self.crowd.asks(self)
        if self._half_closed and not self._is_answering():
            self.transport.close()

    def pause_writing(self) -> None:
        """Note that the line is full."""
        super().pause_writing()
        self.crowd.sticks(self)
        self._read = self._read or self.loop.call_later(self.reading, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that the client reads."""
        super().resume_writing()
        self.crowd.reads(self)
        self._stop_reading_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clocks."""
        self.crowd.leave(self)
        self._stop_asking_clock()
        self._stop_reading_clock()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        asked = self.cycle is not None and not self.cycle.more_body
        return asked and not self.cycle.response_complete

    def _look(self, pause: float) -> None:
        """Say a word that means nothing: who left altogether resets the line, and the next fails.

        Until the answer begins that is "100 Continue", in a stream of events a comment.
        """
        if self.transport.is_closing() or not self._is_answering():
            return
        if not self.cycle.response_started:
            word = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            self.transport.write(self.conn.send(word) or b"")
        elif self._sends_events:
            self.transport.write(self.conn.send(h11.Data(data=b":\n\n")) or b"")
        self.loop.call_later(pause, self._look, min(2 * pause, LOOKS[1]))

    def _turn_away(self) -> None:
        if len(self.crowd.refused) >= RESERVE // 4:
            self.transport.abort()
            return
        self.crowd.refused.add(self)
        self.transport.write(_BUSY)
        self.loop.call_later(_WORD, self.transport.close)

    def _await_request(self) -> None:
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_asking_clock()
            self.crowd.asks(self)
        elif self._asked is None:
            self._asked = self.loop.call_later(self.asking, self.transport.abort)

    def _stop_asking_clock(self) -> None:
        if self._asked:
            self._asked.cancel()
        self._asked = None

    def _stop_reading_clock(self) -> None:
        if self._read:
            self._read.cancel()
        self._read = None


# The processes that serve one home are forked from one that has loaded, so that they share it. Each
# has a port of its own, and reads, follows CURRENT and counts for itself. One that ends is forked
# again. All go on where the first is killed; where it is told to stop, it tells them.


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raises ConfigError where the address cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise ConfigError(
            f"The host {host!r} is not known.", "Give this machine's name."
        ) from error
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(
                f"Port {port} on {host} is in use.",
                "Stop the program that has it, or choose another with --port.",
            ) from error
        raise ConfigError(
            f"Port {port} on {host} cannot be had: {error.strerror}.",
            "Choose another --host or --port.",
        ) from error
    return listening


def ports_of(settings: Settings) -> list[int]:
    """Return the port of each process that serves; raises ConfigError where they are too few."""
    if not settings.port:
        return [0] * settings.processes
    ports = list(range(settings.port, settings.port + settings.processes))
    if ports[-1] > _LAST_PORT:
        raise ConfigError(
            f"{settings.processes} processes from port {settings.port} on need ports up to "
            f"{ports[-1]}, the last is {_LAST_PORT}.",
            "Choose a lower --port or fewer --processes.",
        )
    return ports


def warn_if_open(settings: Settings) -> None:
    """Refuse an address beyond this machine without login or `open`; warn of what it lacks."""
    if is_local(settings.host):
        return
    if settings.auth or settings.tokens:
        _log.warning(
            "Logins and tokens go to %s as clear text: Warta speaks no TLS. Put a proxy that does "
            "before it, and list it under proxies.",
            settings.host,
        )
    if settings.asks_login:
        return
    if not settings.open:
        raise ConfigError(
            f"{settings.host} can be reached from other machines, and no login is set.",
            "Add --auth FILE or --tokens FILE, or --open to let everybody in.",
        )
    _log.warning(
        "Everybody who can reach %s can read this archive: there is no login.", settings.host
    )


def names_of(settings: Settings) -> list[str]:
    """Return the names under which this server may be called; beyond it also IP addresses.

    Another name could be anybody's who makes it lead here: the reader's browser would take his
    page and this one for the same site.
    """
    local = ["127.0.0.1", "localhost", "[::1]"]
    own = [] if is_local(settings.host) else [name := socket.gethostname(), f"{name}.local"]
    return list(dict.fromkeys([*local, settings.host, *own, *settings.hosts]))


def run_forked(works: Sequence[Callable[[], None]]) -> None:
    """Do each of `works` in a process of its own until this one is told to stop.

    Call it in the main thread, while no other one runs.
    """
    Processes(works).run()


class Processes:
    """The processes by their ids, and the one that watches over them."""

    def __init__(self, works: Sequence[Callable[[], None]]) -> None:
        self._works = works
        self._places: dict[int, int] = {}  # process -> place in works
        self._told = 0  # the signal to stop

    def run(self) -> None:
        """Fork all, and again those that end; after a signal, when all have, end by it."""
        gc.collect()
        gc.freeze()  # else a collection writes to every object, and nothing stays shared
        before = {number: signal.signal(number, self._stop) for number in _SIGNALS}
        try:
            for place in range(len(self._works)):
                self._fork(place)
            while self._places:
                pid, status = os.wait()
                place = self._places.pop(pid)
                if not self._told:
                    code = os.waitstatus_to_exitcode(status)
                    _log.warning("Server %d ended with %d: started again.", place + 1, code)
                    time.sleep(_PAUSE)
                    self._fork(place)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            gc.unfreeze()
        signal.raise_signal(self._told)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._told = number
        for pid in self._places:
            with suppress(ProcessLookupError):  # it has just ended, and is not noted yet
                os.kill(pid, signal.SIGTERM)

    def _fork(self, place: int) -> None:
        with _held_back():  # a signal finds the process either among those it is told to, or not
            if self._told:
                return
            pid = os.fork()
            if pid:
                self._places[pid] = place
                return
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_DFL)
        _end_with(self._works[place])


@contextmanager
def _held_back() -> Iterator[None]:
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _end_with(work: Callable[[], None]) -> None:
    """Do `work` in this child and end it, without going back to what its parent was doing."""
    code = 1
    try:
        os.setpgid(0, 0)  # Ctrl-C of a terminal goes to the parent alone, which tells this one
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
