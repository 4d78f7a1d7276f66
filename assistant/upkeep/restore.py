"""`warta restore`: a home made of a backup, complete with its index before it takes its place."""

import ctypes
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from warta.assistant.upkeep.backup import Contents, opened, unpack
from warta.corpus.archive.archive import Archive
from warta.corpus.errors import ArchiveError, InputError, WartaError
from warta.index.building.build import Progress, build_locked
from warta.index.embedding.embedder import Embedder
from warta.index.snapshot.durable import make_folder, sync_folder, writer_lock
from warta.index.snapshot.shelf import index_folder, names

_AT_FDCWD, _EXCHANGE = -100, 2  # <fcntl.h>, <linux/fs.h>


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: `kept` is where the home that was there lies now, None where none was.

    `problem` says why the index could not be built, "" where it was.
    """

    contents: Contents
    home: Path
    kept: Path | None
    snapshot: str
    problem: str

    def lines(self) -> list[str]:
        """Return what a maintainer wants to read of it."""
        made, count = self.contents.made, self.contents.articles
        lines = [f"{count:,} articles of {made} are in {self.home}."]
        lines += [f"What was there is kept in {self.kept}."] if self.kept else []
        if self.problem:
            return [*lines, f"The index is not built: {self.problem}", "Run warta check --repair."]
        return [*lines, f"Snapshot {self.snapshot}."]


def restore(
    file: Path,
    home: Path,
    load: Callable[[Path], Embedder],
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> Restored:
    """Make `home` of the backup `file`; it is whole, with its index, or as it was.

    `load` gives the embedder for the folder it is called with, which holds the home's weights.
    `force` lets a home that is not empty be replaced; it is kept beside. Raises InputError for a
    damaged file or a home that is not empty, LockedError where another process writes.
    """
    home = home.resolve()
    _refuse_used(home, force)
    with opened(file) as (entries, contents):
        home.parent.mkdir(parents=True, exist_ok=True)
        stage = home.with_name(f".{home.name}.restoring")
        with writer_lock(stage):  # its holder may have been killed: what lies there is no one's
            _empty(stage)
            unpack(entries, contents, stage)
            with Archive.open(stage) as archive:
                if found := archive.check():
                    raise InputError(f"The archive in {file} is damaged: {found[0].what}")
                anything = bool(len(archive))
            for newest in names(home)[:1]:  # a page that is up tells snapshots apart by name
                make_folder(index_folder(stage) / newest)
            snapshot, problem = _index(stage, load, progress) if anything else ("", "")
            kept = _take_place(stage, home, force)
    return Restored(contents, home, kept, snapshot, problem)


def _refuse_used(home: Path, force: bool) -> None:
    if home.exists() and not home.is_dir():
        raise InputError(f"{home} is a file.", "Name another --home.")
    if not force and home.is_dir() and any(home.iterdir()):
        raise InputError(
            f"{home} is not empty.", "Name another --home, or replace it with --force."
        )


def _empty(stage: Path) -> None:
    for path in stage.iterdir():
        if path.name == "index":
            for below in path.iterdir():
                if below.name != "LOCK":
                    _remove(below)
        else:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _index(
    stage: Path, load: Callable[[Path], Embedder], progress: Progress | None
) -> tuple[str, str]:
    try:
        return build_locked(stage, load(stage), progress).snapshot, ""
    except WartaError as error:
        return "", str(error)


def _take_place(stage: Path, home: Path, force: bool) -> Path | None:
    """Put the folder `stage` where `home` is; return where that home went."""
    replaced = force and home.is_dir() and any(home.iterdir())
    try:
        # Whoever is writing to the home that goes must not lose what it writes.
        with writer_lock(home) if replaced else nullcontext():
            if not replaced:
                stage.rename(home)  # refused by the system where something came in meanwhile
                sync_folder(home.parent)
                return None
            now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
            kept = _unused(home.with_name(f"{home.name}.before-{now}"))
            if _exchange(stage, home):
                stage.rename(kept)
            else:  # not on this system: for an instant there is no home, never half of one
                home.rename(kept)
                stage.rename(home)
            sync_folder(home.parent)
            return kept
    except OSError as error:
        why = error.strerror or str(error)
        raise ArchiveError(
            f"{home} cannot be replaced: {why}.",
            "Where it is a mounted volume, name a folder below it as --home.",
        ) from error


def _unused(path: Path) -> Path:
    """Return `path`, or with a number behind it where two came in the same second."""
    names = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return path if not path.exists() else next(name for name in names if not name.exists())


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, as Linux can; False where that is not known."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    done = call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE)
    return bool(done == 0)
