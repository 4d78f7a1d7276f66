"""Work on many small things in two processes, in order, without letting one bad thing stop it.

Processes are spawned, never forked: a fork after FAISS or torch used their threads hangs.
"""

import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing.connection import wait
from typing import Generic, TypeVar

_FEW = 500  # below this two processes take longer to start than they save
_CHUNK = 50
_AHEAD = 3  # chunks waiting for each worker
_log = logging.getLogger(__name__)

In = TypeVar("In")
Out = TypeVar("Out")


def in_order(
    work: Callable[[list[In]], list[Out]],
    items: Iterable[In],
    crashed: Callable[[In], Out],
    workers: int | None = None,
) -> Iterator[tuple[In, Out]]:
    """Yield each item with its result, in order; many are worked on in up to two processes.

    `work` takes a list and returns as many results; it must be importable by name. `crashed`
    gives the result of an item that ends the process working on it.
    """
    rest = iter(items)
    first = list(islice(rest, _FEW))
    count = min(2, os.cpu_count() or 1) if workers is None else workers
    if len(first) < _FEW or count < 2:
        for item in chain(first, rest):
            yield item, work([item])[0]
        return
    yield from _Pool(work, crashed, count).run(chain(first, rest))


class _Pool(Generic[In, Out]):
    """Keeps a few chunks in flight, and finds the culprit where a process dies."""

    def __init__(
        self, work: Callable[[list[In]], list[Out]], crashed: Callable[[In], Out], workers: int
    ) -> None:
        self._work = work
        self._crashed = crashed
        self._workers = workers
        self._executor = _executor(workers)
        self._answered = False
        self._is_in_vain = False

    def run(self, items: Iterator[In]) -> Iterator[tuple[In, Out]]:
        flying: deque[tuple[list[In], Future[list[Out]]]] = deque()
        try:
            while True:
                while len(flying) < self._workers * _AHEAD and (
                    chunk := list(islice(items, _CHUNK))
                ):
                    flying.append((chunk, self._submit(chunk)))
                if not flying:
                    return
                chunk, future = flying.popleft()
                yield from zip(chunk, self._results(chunk, future, flying), strict=True)
        finally:
            self._executor.shutdown(wait=False, cancel_futures=True)

    def _submit(self, chunk: list[In]) -> "Future[list[Out]]":
        try:
            return self._executor.submit(self._work, chunk)
        except BrokenProcessPool as error:
            broken: Future[list[Out]] = Future()
            broken.set_exception(error)
            return broken

    def _results(
        self,
        chunk: list[In],
        future: "Future[list[Out]]",
        flying: "deque[tuple[list[In], Future[list[Out]]]]",
    ) -> list[Out]:
        try:
            found = future.result()
            self._answered = True
            return found
        except BrokenProcessPool:
            if not (self._answered or self._starts()):
                return self._here(chunk)
        _log.warning("A worker process died; what it had is done again one by one.")
        found = self._one_by_one(chunk)
        self._executor = _executor(self._workers)
        for place, (waiting, _) in enumerate(flying):
            flying[place] = (waiting, self._submit(waiting))
        return found

    def _starts(self) -> bool:
        """Tell whether a worker starts at all: one may have died before any answered."""
        if not self._is_in_vain:
            with _executor(1) as executor:
                try:
                    self._answered = executor.submit(os.getpid).result() > 0
                except BrokenProcessPool:
                    pass
        return self._answered

    def _here(self, chunk: list[In]) -> list[Out]:
        """Do without workers: none starts, as in a script without a main guard."""
        if not self._is_in_vain:
            self._is_in_vain = True
            _log.warning("No worker process can start here; all is done in this one.")
        return self._work(chunk)

    def _one_by_one(self, chunk: list[In]) -> list[Out]:
        """Do a chunk in one process, and in a new one after each item that ends it."""
        executor, found = _executor(1), []
        try:
            for item in chunk:
                try:
                    found.append(executor.submit(self._work, [item]).result()[0])
                except BrokenProcessPool:
                    found.append(self._crashed(item))
                    executor.shutdown()
                    executor = _executor(1)
        finally:
            executor.shutdown()
        return found


def _executor(workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_settle_in)


def _settle_in() -> None:
    """Leave Ctrl-C to the parent, and end when it is gone, even killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
