"""Telling at a glance that nothing changed since the last run over the same paths.

    <home>/index/SEEN    for each set of paths and options: what all files looked like, and how
                         many items the run that read them saw and skipped

As `make` and `git` do, a file of the same size, times and inode is taken for the same. One that was
written within two seconds of being read is not: its next change might not show. Feeds are always
fetched. Without the file, or with a damaged one, everything is read.
"""

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from warta.corpus.archive.archive import Archive
from warta.corpus.article import Skipped
from warta.corpus.cleaning.intake import INTAKE_VERSION
from warta.corpus.errors import ArchiveError
from warta.corpus.reading.files import is_address, place, walk
from warta.index.snapshot.durable import sync_folder, write_durably

SEEN: Final = "SEEN"
_YOUNG: Final = 2.0  # seconds
_MOST: Final = 16  # sets of paths that are kept


@dataclass(frozen=True, slots=True)
class Glance:
    """What the files under some paths look like: `asked` names paths and options, `files` them.

    `files` is "" where that cannot tell whether they change: among them is a feed or a file that
    was just written.
    """

    asked: str
    files: str


@dataclass(frozen=True, slots=True)
class LastRun:
    """How many items the last run over these files saw, and how many of them it skipped."""

    seen: int
    skipped: int


def glance(
    paths: Sequence[str | Path],
    options: Mapping[str, Any],
    retiring: Collection[str],
    now: float | None = None,
) -> Glance:
    """Look at what `paths` hold without reading it; `now` is Unix time."""
    places = [place(str(path)) for path in paths]
    asked = _digest(places, sorted(options.items()), sorted(retiring), INTAKE_VERSION, _code())
    if any(is_address(str(path)) for path in paths):
        return Glance(asked, "")
    limit = (time.time() if now is None else now) - _YOUNG
    digest = hashlib.sha256()
    for found in _entries(paths):
        if isinstance(found, Skipped):
            digest.update(repr(found).encode("utf-8", "surrogatepass"))
            continue
        try:
            status = os.stat(found)
        except OSError:
            return Glance(asked, "")
        if max(status.st_mtime, status.st_ctime) > limit:
            return Glance(asked, "")
        known = (str(found), status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        digest.update(repr(known).encode("utf-8", "surrogatepass"))
    return Glance(asked, digest.hexdigest())


def _entries(paths: Sequence[str | Path]) -> Iterator[Path | Skipped]:
    for given in paths:
        path = Path(given)
        if path.is_dir():
            yield from walk(path)
        else:
            yield path


@cache
def _code() -> str:
    """Hash of the code that reads and cleans: another one may take what this one skipped."""
    import warta.corpus

    digest = hashlib.sha256()
    folder = Path(warta.corpus.__file__).parent
    for room in ("reading", "cleaning", "dates", "language"):
        for path in sorted((folder / room).glob("*.*")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _state(home: Path, archive: Archive) -> str:
    """Return what changes with the live articles and with what is withdrawn."""
    withdrawn = home / "withdrawn.jsonl"
    listed = withdrawn.read_bytes() if withdrawn.is_file() else b""
    return _digest(archive.fingerprints(), listed)


def last_run(home: Path, archive: Archive, seen: Glance) -> LastRun | None:
    """Return what the last run over these files said, None where anything may have changed."""
    if not seen.files:
        return None
    entry = _read(home).get(seen.asked)
    if entry is None or entry[:2] != [seen.files, _state(home, archive)]:
        return None
    return LastRun(int(entry[2]), int(entry[3]))


def remember(home: Path, archive: Archive, seen: Glance, run: LastRun) -> None:
    """Keep what a run said of the files it read to their end; `seen` was taken before it."""
    entries = _read(home)
    entries.pop(seen.asked, None)
    if seen.files:
        entries[seen.asked] = [seen.files, _state(home, archive), run.seen, run.skipped]
    kept = dict(list(entries.items())[-_MOST:])
    data = json.dumps({"runs": kept, "sum": _digest(kept)}).encode()
    path = home / "index" / SEEN
    pending = path.with_name(f"{SEEN}.tmp")
    with contextlib.suppress(OSError, ArchiveError):  # without it the next run reads everything
        pending.unlink(missing_ok=True)
        write_durably(pending, data)
        pending.rename(path)
        sync_folder(path.parent)


def _read(home: Path) -> dict[str, list[Any]]:
    try:
        found = json.loads((home / "index" / SEEN).read_bytes())
        runs: dict[str, list[Any]] = found["runs"]
        return runs if _digest(runs) == found["sum"] else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
