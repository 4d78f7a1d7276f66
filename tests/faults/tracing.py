"""A process whose system calls are listed, or made to fail one by one, with strace."""

import compileall
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("WARTA_FAULTS") == "full"
AT_A_TIME = 2

# What changes a folder or a file, and opening; `READING` is for a disk that cannot be read.
CHANGING = (
    "openat mkdir rmdir write pwrite64 ftruncate fsync fdatasync rename renameat renameat2 "
    "unlink unlinkat"
).split()
READING = "read readv pread64".split()

_PATHS = {
    "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]),
    "PYTHONDONTWRITEBYTECODE": "1",
}
_LINE = re.compile(r"(\d+) +(\w+)\(")

In = TypeVar("In")
Out = TypeVar("Out")


class Point(NamedTuple):
    """The k-th time that a thread makes a call, whatever the file."""

    call: str
    k: int


def run(
    code: str, *arguments: object, by: Iterable[str] = ()
) -> "subprocess.CompletedProcess[str]":
    """Run Python code with `arguments`, started by the command `by`."""
    return subprocess.run(
        [*by, sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **_PATHS},
        capture_output=True,
        text=True,
    )


def traced(code: str, *arguments: object, into: Path) -> list[str]:
    """Run the code to its end; return all its calls that can touch a file, with paths.

    Compiled before: what is compiled meanwhile by who looks on is read by fewer calls later.
    """
    for part in ("corpus", "index", "assistant", "tests"):
        compileall.compile_dir(ROOT / part, quiet=2)
    calls = ",".join([*CHANGING, *READING])
    strace = ["strace", "-f", "-y", "-o", str(into), "-e", f"trace={calls}"]
    result = run(code, *arguments, by=strace)
    assert result.returncode == 0, result.stderr
    return into.read_text(errors="replace").splitlines()


def points(trace: Iterable[str], folder: Path, calls: Iterable[str]) -> list[Point]:
    """Return the points at which `calls` touch `folder`, in the order of the trace."""
    made: Counter[tuple[str, str]] = Counter()
    found: dict[Point, None] = {}
    wanted = set(calls)
    for line in trace:
        if match := _LINE.match(line):
            made[match[1], match[2]] += 1
            if match[2] in wanted and str(folder) in line:
                found[Point(match[2], made[match[1], match[2]])] = None
    return list(found)


def harmed(
    code: str, folder: Path, *arguments: object, point: Point, harm: str, log: Path
) -> tuple["subprocess.CompletedProcess[str]", bool]:
    """Run the code on `folder` and do `harm` to it at `point`; return also whether it met `folder`.

    Python does not open its own files equally often in every run, so that the k-th call of one run
    can be beside the folder in another, which says nothing of what the code does to the folder.
    """
    inject = f"inject={point.call}:{harm}:when={point.k}"
    strace = ["strace", "-f", "-y", "-o", str(log), "-e", f"trace={point.call}", "-e", inject]
    # The quicker way to watch one call; strace 6.1 sends no signal on it.
    strace += [] if harm.startswith("signal") else ["--seccomp-bpf"]
    result = run(code, folder, *arguments, by=strace)
    lines = log.read_text(errors="replace").splitlines()
    log.unlink()
    return result, any(str(folder) in call for call in _hit(lines))


def _hit(lines: Iterable[str]) -> Iterator[str]:
    """Yield the calls that an error was returned from, or that each thread was killed in."""
    begun: dict[str, str] = {}
    for line in lines:
        thread = line.split(maxsplit=1)[0]
        if line.endswith("(INJECTED)"):  # "<... read resumed>" does not name the file
            yield begun[thread] if " resumed>" in line else line
        elif "+++ killed by SIGKILL" in line and thread in begun:
            yield begun[thread]
        elif _LINE.match(line):
            begun[thread] = line


def side_by_side(work: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
    """Do `work` on all items, two at a time; the first failure is raised."""
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        yield from threads.map(work, items)
