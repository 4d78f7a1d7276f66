"""Finding files and reading their bytes without being led astray.

Whatever lies in a folder may be a link out of it, a pipe, a device, a file that is still being
written or one that unpacks without end. All of it is met here; what comes out is bytes and lines
within `Limits`. A file that cannot be used raises `InputError`, which readers turn into `Skipped`.
"""

import gzip
import io
import os
import stat
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from warta.corpus.article import Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.encoding import as_utf8

MIB = 1024 * 1024
GROWN = "The file changed while it was read."
GROWN_REMEDY = "Index again when it is complete."


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one input may cost before it is given up.

    `page_bytes` for a file that is one text, `json_bytes` for one that must be parsed whole,
    `feed_bytes` for a feed, `line_bytes` for a line, `stream_bytes` for all lines of a file
    after unpacking, `item_chars` for the text of one article, `page_chars` for one in HTML,
    `seconds` from one item to the next, `feed_seconds` to fetch a feed. `document_bytes` and
    `document_pages` for a PDF or DOCX, `unpacked_bytes` for what a DOCX holds.
    """

    page_bytes: int = 8 * MIB
    json_bytes: int = 64 * MIB
    feed_bytes: int = 4 * MIB
    line_bytes: int = 8 * MIB
    stream_bytes: int = 8 * 1024 * MIB
    item_chars: int = 1_000_000
    page_chars: int = 4_000_000
    seconds: float = 30.0
    feed_seconds: float = 25.0
    document_bytes: int = 32 * MIB
    document_pages: int = 500
    unpacked_bytes: int = 64 * MIB


class Watch:
    """Raises once more than `seconds` have passed since the last `start`."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self.start()

    def start(self) -> None:
        """Begin anew: an item was handed over and its reader came back for the next."""
        self._deadline = self._clock() + self._seconds

    def check(self) -> None:
        """Raise InputError when the time is up."""
        if self._clock() > self._deadline:
            raise InputError(
                f"Reading on took more than the limit of {self._seconds:g} seconds.",
                "Split the file into smaller ones.",
            )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, counted from 1, without its line end."""

    number: int
    data: bytes


def is_address(origin: str) -> bool:
    """Tell an http(s) address from a path."""
    return origin.lower().startswith(("http://", "https://"))


def shown(path: str | Path) -> str:
    """Return a path as it can be printed and stored: odd characters and bytes are escaped."""
    text = str(path)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def place(origin: str) -> str:
    """Return the same text for every way to one origin: addresses as they are, paths whole.

    A file that is reached through a link is where the link leads.
    """
    return origin if is_address(origin) else shown(os.path.realpath(origin))


def walk(folder: Path) -> Iterator[Path | Skipped]:
    """Yield every file below `folder` in sorted order, each folder's files where it stands.

    Entries whose name begins with "." are not looked at: they belong to other programs
    (`.git`, `.DS_Store`). Links are not followed, so nothing outside the folder is read and
    nothing is read twice.
    """
    waiting = [folder]  # a stack, for folders can be nested deeper than calls
    while waiting:
        path = waiting.pop()
        if path is not folder and path.is_symlink():
            yield _link(path)
        elif path.is_dir():
            entries = _entries(path)
            if isinstance(entries, Skipped):
                yield entries
            else:
                waiting += reversed(entries)
        else:
            yield path


def _entries(folder: Path) -> list[Path] | Skipped:
    try:
        names = [name for name in os.listdir(folder) if not name.startswith(".")]
    except OSError as error:
        why = f"The folder cannot be read: {_why(error)}."
        return Skipped(shown(folder), None, why, "Check its rights.", rest=True)
    return [folder / name for name in sorted(names, key=os.fsencode)]


def _link(path: Path) -> Skipped:
    try:
        target = os.readlink(path)
    except OSError:
        target = "?"
    return Skipped(
        shown(path),
        None,
        f"It is a link to {shown(target)!r}; links inside a folder are not followed.",
        "Give the link's target as a path of its own if it is to be read.",
    )


@contextmanager
def opened(path: Path, limit: int) -> Iterator[io.BufferedReader]:
    """Open a regular file of at most `limit` bytes; only what it holds now can be read.

    Raises InputError for pipes, devices, unreadable and over-long files, and at the end when
    the file changed meanwhile.
    """
    # O_NONBLOCK: opening a pipe without a writer would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise InputError(f"It cannot be opened: {_why(error)}.", "Check its rights.") from error
    with os.fdopen(handle, "rb", buffering=0) as raw:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise InputError("It is not a regular file.", "Only files and folders are read.")
        if before.st_size > limit:
            raise _too_large("The file", before.st_size, limit)
        try:
            yield io.BufferedReader(_Bounded(raw, before.st_size), 1 << 18)
        except OSError as error:
            raise InputError(f"Reading failed: {_why(error)}.", "Check the disk.") from error
        after = os.fstat(handle)
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise InputError(GROWN, GROWN_REMEDY)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _too_large(what: str, size: int, limit: int) -> InputError:
    return InputError(
        f"{what} has {size:,} bytes; the limit is {limit:,}.", "Split it into smaller ones."
    )


class _Bounded(io.RawIOBase):
    """The first `size` bytes of a raw stream, so that a growing file comes to an end."""

    def __init__(self, raw: IO[bytes], size: int) -> None:
        self._raw = raw
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._raw.read(min(len(buffer), self._left))
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)


def read_whole(path: Path, limit: int) -> bytes:
    """Return all bytes of a file; raises InputError as `opened` does, and for an empty file."""
    with opened(path, limit) as stream:
        data = stream.read()
    if not data.strip():
        raise InputError("The file is empty.", "")
    return data


def lines(
    stream: io.BufferedReader, origin: str, limits: Limits, watch: Watch
) -> Iterator[Line | Skipped]:
    """Yield the lines of a stream, packed or not; what cannot be read is Skipped in its place.

    An over-long line is dropped. When the stream is damaged, cut off, too long or too slow,
    the last thing is a Skipped with `rest` set: nothing from that line on was read.
    """
    number = total = 0
    limit = limits.line_bytes
    try:
        stream = as_utf8(stream)
        while data := stream.readline(limit + 1):
            total += len(data)
            long = len(data) > limit and not data.endswith(b"\n")
            while long and (more := stream.readline(limit)):
                total += len(more)
                _check(total, limits, watch)
                if more.endswith(b"\n"):
                    break
            _check(total, limits, watch)
            number += 1
            if long:
                reason = f"The line is longer than the limit of {limit:,} bytes."
                yield Skipped(origin, number, reason, "Put one article on each line.")
            else:
                yield Line(number, data.rstrip(b"\r\n"))
    except (InputError, EOFError, zlib.error, OSError) as error:
        fault = _fault(error)
        reason = f"{fault.what} From this line on nothing was read."
        yield Skipped(origin, number + 1, reason, fault.remedy, rest=True)


def _check(total: int, limits: Limits, watch: Watch) -> None:
    watch.check()
    if total > limits.stream_bytes:
        raise InputError(
            f"The file unpacks to more than the limit of {limits.stream_bytes:,} bytes.",
            "Split it into smaller ones.",
        )


def _fault(error: Exception) -> InputError:
    if isinstance(error, InputError):
        return error
    if isinstance(error, EOFError):
        what = "The file ends in the middle of its compressed data."
        return InputError(what, "Copy it again, in full.")
    if isinstance(error, zlib.error | gzip.BadGzipFile):
        what = f"The compressed data is damaged ({error})."
        return InputError(what, "Copy it again from its source.")
    return InputError(f"Reading failed ({_why(error)}).", "Check the disk.")


@contextmanager
def unpacked(stream: IO[bytes]) -> Iterator[io.BufferedReader]:
    """Wrap a gzip stream; `lines` meets its damage."""
    with gzip.GzipFile(fileobj=stream) as packed:
        yield io.BufferedReader(_Eager(packed), 1 << 18)


class _Eager(io.RawIOBase):
    """Hands on what could be unpacked before the damage; filling a whole buffer loses it."""

    def __init__(self, packed: gzip.GzipFile) -> None:
        self._packed = packed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._packed.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)
