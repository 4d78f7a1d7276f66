"""Files that survive a power cut: durable writing, re-reading, hashing, and the writer's lock."""

import contextlib
import fcntl
import hashlib
import os
import sqlite3
import stat
import time
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from warta.corpus.archive.database import HOME_MODE
from warta.corpus.errors import DamagedSnapshot, LockedError, SnapshotError

_CHUNK = 1 << 20
_PID_WAIT = 0.5  # seconds a holder may take between taking the lock and writing its pid


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Size in bytes and SHA-256 (hex) of one file."""

    size: int
    sha256: str


def write_durably(path: Path, *parts: bytes | memoryview) -> Fingerprint:
    """Write `parts` one after the other to a new file, fsync it, read it back and compare.

    Raises FileExistsError where the file exists, OSError where the disk refuses, and
    SnapshotError where what was read back is not what was written.
    """
    digest, size = hashlib.sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        for view in [memoryview(part).cast("B") for part in parts if len(part)]:
            digest.update(view)
            size += len(view)
            written = 0
            while written < len(view):
                written += os.write(handle, view[written : written + (_CHUNK << 4)])
        os.fsync(handle)
    finally:
        os.close(handle)
    expected = Fingerprint(size, digest.hexdigest())
    _compare(path, expected, fingerprint_file(path, from_disk=True))
    return expected


def settle(path: Path) -> Fingerprint:
    """Fsync a file that a library has written and read it back from the disk.

    The file is hashed before and after its pages were dropped from memory; SnapshotError where
    the two differ.
    """
    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    before = fingerprint_file(path)
    _compare(path, before, fingerprint_file(path, from_disk=True))
    return before


def _compare(path: Path, expected: Fingerprint, found: Fingerprint) -> None:
    if found != expected:
        raise SnapshotError(
            f"{path} reads back as {found.size} bytes {found.sha256[:12]}, "
            f"written were {expected.size} bytes {expected.sha256[:12]}.",
            "Check the disk; the index in use was not touched.",
        )


@contextlib.contextmanager
def plain_file(path: Path) -> Iterator[int]:
    """Open a regular file for reading and yield its descriptor.

    Raises DamagedSnapshot for a link, a missing or unreadable file or anything not a plain file,
    and where reading it fails.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(handle)
            # Root may read anything: a file forbidden to all is damage for root too.
            if not stat.S_ISREG(status.st_mode) or not status.st_mode & 0o444:
                raise DamagedSnapshot(f"{path} is not a readable plain file.")
            yield handle
        finally:
            os.close(handle)
    except OSError as error:
        raise DamagedSnapshot(f"{path} cannot be read: {error.strerror}.") from error


class WatchedFiles:
    """Files that are read while they lie on the disk, and whether they are still as they were.

    What is mapped into memory ends the process that reads it where somebody cuts the file off,
    which no error handling can meet. Looking first, at the open files, costs a microsecond each
    and meets all but what happens within the search itself.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._handles: list[int] = []
        weakref.finalize(self, _close_all, self._handles)
        try:
            for path in paths:
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
                self._handles.append(os.open(path, flags))
            self._seen = self._look()
        except OSError as error:
            raise DamagedSnapshot(f"{path} cannot be read: {error.strerror}.") from error

    def untouched(self) -> bool:
        """Tell whether every file has the length and the time of change it had."""
        return self._look() == self._seen

    def _look(self) -> list[tuple[int, int]]:
        found = map(os.fstat, self._handles)
        return [(status.st_size, status.st_mtime_ns) for status in found]


def _close_all(handles: list[int]) -> None:
    for handle in handles:
        os.close(handle)


def fingerprint_file(path: Path, *, from_disk: bool = False) -> Fingerprint:
    """Hash a plain file; `from_disk` asks the system to forget its cached pages first.

    Raises DamagedSnapshot as `plain_file` does.
    """
    with plain_file(path) as handle:
        if from_disk and hasattr(os, "posix_fadvise"):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        return _hash(handle)


def _hash(handle: int) -> Fingerprint:
    digest = hashlib.sha256()
    size = 0
    buffer = bytearray(_CHUNK)
    view = memoryview(buffer)
    while count := os.readv(handle, [buffer]):
        digest.update(view[:count])
        size += count
    return Fingerprint(size, digest.hexdigest())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Create a folder of `mode` and the missing ones above it, each durable in its parent."""
    missing = [folder, *folder.parents]
    missing = [path for path in missing if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode if path == folder else 0o777, exist_ok=True)
        sync_folder(path.parent)


@contextlib.contextmanager
def explained(home: Path) -> Iterator[None]:
    """Turn a refusal of the disk under `home` into a SnapshotError that says what to do."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise SnapshotError(
            f"The index in {home} cannot be written: {error}.",
            "The one in use is untouched. Free some space or mend the disk and run it again.",
        ) from error


@contextlib.contextmanager
def writer_lock(home: Path) -> Iterator[None]:
    """Hold `<home>/index/LOCK`; the system releases it however the process ends.

    Raises LockedError at once, with the holder's pid, where another process holds it.
    """
    folder = home / "index"
    with explained(home):
        make_folder(home, HOME_MODE)
        make_folder(folder)
        handle = os.open(folder / "LOCK", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        with explained(home):
            _take(home, handle)
        yield
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _take(home: Path, handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _locked(home, handle) from None
    with contextlib.suppress(OSError):  # the lock holds without it, also on a full disk
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)


def is_written_to(home: Path) -> bool:
    """Tell whether a process is writing to `home`, as far as its pid in LOCK tells."""
    try:
        os.kill(int((home / "index" / "LOCK").read_bytes()), 0)
    except PermissionError:  # it lives, and is another user's
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _locked(home: Path, handle: int) -> LockedError:
    deadline = time.monotonic() + _PID_WAIT
    pid = os.pread(handle, 32, 0).strip()
    while not pid and time.monotonic() < deadline:
        time.sleep(0.02)
        pid = os.pread(handle, 32, 0).strip()
    holder = pid.decode("ascii", "replace") or "unknown"
    return LockedError(
        f"Process {holder} is already writing to {home}.",
        "Wait until it has finished; readers are not affected.",
    )
