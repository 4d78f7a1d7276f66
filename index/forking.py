"""Processes that are forked from one that has asked before: what they cannot take over as it is.

A child has one thread. The pools that FAISS and torch compute with are gone in it, yet both would
go on waiting for them; and a lock that another thread held at that moment, one of ours or one in
numpy's BLAS, would be held for ever. So children compute with one thread, and a fork waits for the
searches and the locks of the other threads. A connection of SQLite must not be used by two
processes, which may share its position in the file: children open theirs anew.
"""

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

_WAIT = 2.0  # seconds a fork waits; what it does not wait for is lost to the child


class Lock:
    """A lock that is free in every child: a fork waits until its holder has let go of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder = 0  # thread
        _locks.add(self)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take it; False where it is another's and `blocking` is off or the time is up."""
        taken = self._lock.acquire(blocking, timeout)
        if taken:
            self._holder = threading.get_ident()
        return taken

    def release(self) -> None:
        """Let go of it."""
        self._holder = 0
        self._lock.release()


class Reopening(Protocol):
    """What holds a file in a way that two processes must not share."""

    def reopen(self) -> None:
        """Open the file anew, in a child that has just been forked."""


def reopen_in_children(holder: Reopening) -> None:
    """Call `holder.reopen()` in every process forked from now on, as long as it lives."""
    _holders.add(holder)


class _Work:
    """How many searches are under way, and in which threads."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.forking = False
        self.depths: dict[int, int] = {}  # thread -> sections it is in

    def others(self) -> bool:
        return any(thread != threading.get_ident() for thread in self.depths)


_holders: "weakref.WeakSet[Reopening]" = weakref.WeakSet()
_locks: "weakref.WeakSet[Lock]" = weakref.WeakSet()
_work = _Work()
_one_fork = threading.Lock()  # two at a time would wait for each other
_taken: list[Lock] = []
_told: set[str] = set()


@contextmanager
def unforked() -> Iterator[None]:
    """Let no fork happen under this `with` but one from this thread; wait for one that is due."""
    own, work = threading.get_ident(), _work
    with work.changed:
        if own not in work.depths:
            work.changed.wait_for(lambda: not work.forking, _WAIT)
        work.depths[own] = work.depths.get(own, 0) + 1
    try:
        yield
    finally:
        work = _work  # another one in a child that was forked here
        with work.changed:
            work.depths[own] -= 1
            if not work.depths[own]:
                del work.depths[own]
                work.changed.notify_all()


def _before() -> None:
    _one_fork.acquire()
    with _work.changed:
        _work.forking = True
        _work.changed.wait_for(lambda: not _work.others(), _WAIT)
    own = threading.get_ident()
    for lock in list(_locks):
        if lock._holder != own and lock.acquire(timeout=_WAIT):
            _taken.append(lock)


def _in_parent() -> None:
    while _taken:
        _taken.pop().release()
    with _work.changed:
        _work.forking = False
        _work.changed.notify_all()
    _one_fork.release()


def _in_child() -> None:
    global _work
    own = threading.get_ident()
    depth = _work.depths.get(own, 0)
    _work = _Work()
    if depth:
        _work.depths[own] = depth
    for lock in list(_locks):
        if lock._holder != own or lock in _taken:  # not one under whose `with` it was forked
            lock._lock, lock._holder = threading.Lock(), 0
    _taken.clear()
    for holder in list(_holders):
        holder.reopen()
    _one_fork.release()


def single_threaded_in_children(name: str, set_threads: Callable[[int], Any]) -> None:
    """Call `set_threads(1)` in every process forked from now on; once for each `name`."""
    if name not in _told and hasattr(os, "register_at_fork"):
        _told.add(name)
        os.register_at_fork(after_in_child=lambda: set_threads(1))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
