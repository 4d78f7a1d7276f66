"""Several processes that serve one home: forked from one that has loaded, so that they share it.

Each has a port of its own, and reads, follows CURRENT and counts for itself. One that ends is
forked again. All go on where the first is killed; where it is told to stop, it tells them.
"""

import gc
import logging
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

_log = logging.getLogger(__name__)
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PAUSE = 1.0  # seconds before one that ended is forked again: it may end at once each time


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
