"""Where the server listens, who could reach it there, and the processes that serve one home.

They are forked from one that has loaded, so that they share it. Each has a port of its own, and
reads, follows CURRENT and counts for itself. One that ends is forked again. All go on where the
first is killed; where it is told to stop, it tells them.
"""

import errno
import gc
import logging
import os
import signal
import socket
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from warta.assistant.config import Settings, is_local
from warta.corpus.errors import ConfigError

_log = logging.getLogger(__name__)
_LAST_PORT = 65_535
BACKLOG = 512  # connections that the system keeps until they are taken in

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PAUSE = 1.0  # seconds before one that ended is forked again: it may end at once each time


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
