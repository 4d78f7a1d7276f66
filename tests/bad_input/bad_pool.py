"""Runs cases in two worker processes; one that dies or does not answer is replaced."""

import json
import os
import select
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
SECONDS = 300.0
"""Wall-clock time after which a case counts as hanging."""


@dataclass(frozen=True)
class Verdict:
    """What came of one case; `wrong` is empty where every promise was kept."""

    name: str
    seconds: float  # by the clock on the wall
    busy: float = 0.0  # seconds of a processor
    grown: int = 0  # bytes of memory beyond what the worker had before
    kinds: dict[str, int] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


class _Worker:
    def __init__(self) -> None:
        paths = os.pathsep.join([str(_HERE), os.environ.get("PYTHONPATH", "")])
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(_HERE / "bad_worker.py")],
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )

    def ask(self, name: str) -> Verdict | str:
        """Return the verdict, or why there is none: then this worker is no more."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(f"{name}\n".encode())
        except BrokenPipeError:
            return f"the worker ended with {self._process.wait()}"
        ready, _, _ = select.select([self._process.stdout], [], [], SECONDS)
        if not ready:
            self.close()
            return f"no verdict within {SECONDS:g} seconds"
        line = self._process.stdout.readline()
        if not line:
            return f"the worker ended with {self._process.wait()}"
        said: dict[str, Any] = json.loads(line)
        return Verdict(
            said["name"], said["seconds"], said["busy"], said["grown"], said["kinds"],
            tuple(said["reasons"]), tuple(said["wrong"]),
        )  # fmt: skip

    def close(self) -> None:
        """End it, whatever it is at."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream
            stream.close()
        self._process.wait()


def run(names: list[str], workers: int = 2) -> list[Verdict]:
    """Return a verdict for each name, in the order of `names`."""
    waiting: SimpleQueue[str] = SimpleQueue()
    for name in names:
        waiting.put(name)
    found: dict[str, Verdict] = {}

    def work() -> None:
        worker = _Worker()
        try:
            while True:
                name = waiting.get_nowait()
                said = worker.ask(name)
                if isinstance(said, str):
                    worker.close()
                    worker = _Worker()
                    said = Verdict(name, SECONDS, wrong=(said,))
                found[name] = said
        except Empty:
            worker.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[name] for name in names]
