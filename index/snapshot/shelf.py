"""The folder of snapshots: which is live, which are intact, and how the next one goes live."""

import logging
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from warta.corpus.archive.archive import Archive
from warta.corpus.archive.rows import Finding
from warta.corpus.archive.withdrawn import read_withdrawn
from warta.corpus.errors import DamagedSnapshot, NoSnapshot, WartaError
from warta.index.snapshot.durable import (
    Fingerprint,
    is_written_to,
    settle,
    sync_folder,
    write_durably,
)
from warta.index.snapshot.manifest import MANIFEST, Manifest, read_manifest
from warta.index.snapshot.snapshot import Snapshot

CURRENT = "CURRENT"
_NAME = re.compile(r"\d{6,}")
_TRIES = 5  # a reader may meet a folder that a builder is just removing
_AGAIN = "Run `warta check --repair` to build it again from the archive."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A snapshot and, where it is not the one that should be live, why."""

    snapshot: Snapshot
    warning: str


def index_folder(home: Path) -> Path:
    """Return where the snapshots of a home lie."""
    return home / "index"


def names(home: Path) -> list[str]:
    """Return the names of all snapshot folders, whole or not, newest first."""
    folder = index_folder(home)
    if not folder.is_dir():
        return []
    found = [path.name for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return sorted(found, key=int, reverse=True)


def current_name(home: Path) -> str:
    """Return the name `CURRENT` holds; raises NoSnapshot or DamagedSnapshot."""
    path = index_folder(home) / CURRENT
    try:
        text = path.read_bytes().decode("ascii", "replace")
    except FileNotFoundError:
        raise NoSnapshot(
            f"There is no index in {home}.", "Run `warta index FOLDER` first."
        ) from None
    except OSError as error:
        raise DamagedSnapshot(f"{path} cannot be read: {error.strerror}.") from error
    name = text.removesuffix("\n")
    if not _NAME.fullmatch(name):
        raise DamagedSnapshot(f"{path} holds {text[:40]!r}, which is no snapshot's name.")
    return name


def open_snapshot(home: Path) -> Opened:
    """Open the live snapshot, or the newest intact one with a warning.

    What was taken down is hidden in it, and in an older one also what has left the archive since.
    Raises NoSnapshot where nothing was indexed or nothing is intact.
    """
    for tries in range(_TRIES):
        seen = _pointer(home)
        try:
            opened = _open_best(home)
        except NoSnapshot:
            if tries == _TRIES - 1 or _pointer(home) == seen:
                raise
            continue
        # A builder may have committed and removed what was being opened.
        if not opened.warning or _pointer(home) == seen:
            break
    if opened.warning:
        _log.warning(opened.warning)
    hidden = read_withdrawn(home).ids | (_left(home, opened.snapshot) if opened.warning else set())
    return Opened(opened.snapshot.without(hidden), opened.warning)


def _left(home: Path, snapshot: Snapshot) -> set[str]:
    """Return the articles of a snapshot that the archive has no more, as far as it can be read."""
    try:
        with Archive.open(home, readonly=True) as archive:
            return snapshot.texts.hashes().keys() - archive.hashes().keys()
    except WartaError as error:
        _log.warning("Whether articles were taken out since is not known: %s", error)
        return set()


def _pointer(home: Path) -> bytes:
    try:
        return (index_folder(home) / CURRENT).read_bytes()
    except OSError:
        return b""


def _open_best(home: Path) -> Opened:
    problems: list[str] = []
    live = ""
    try:
        live = current_name(home)
    except NoSnapshot:
        if not names(home):
            raise
        problems.append(f"{index_folder(home) / CURRENT} is missing.")
    except DamagedSnapshot as error:
        problems.append(str(error))
    order = ([live] if live else []) + [name for name in names(home) if name != live]
    for name in order:
        folder = index_folder(home) / name
        if name != live and not (folder / MANIFEST).exists():
            continue  # the rest of an interrupted build: never was an index
        try:
            return Opened(Snapshot.open(folder), _warning(problems, name))
        except DamagedSnapshot as error:
            problems.append(str(error))
    raise NoSnapshot(
        f"No intact index in {home}: {' '.join(problems) or 'a first build was interrupted.'}",
        "Run `warta check --repair` to build it again from the archive.",
    )


def _warning(problems: list[str], name: str) -> str:
    if not problems:
        return ""
    return (
        f"{' '.join(problems)} Using snapshot {name} instead. Run `warta check --repair` to build "
        "a new one."
    )


def check(home: Path) -> list[Finding]:
    """Verify every snapshot of a home in full; an empty list where all is well.

    What a build under way is just writing or removing is none of it.
    """
    live, findings = "", []
    try:
        live = current_name(home)
    except (NoSnapshot, DamagedSnapshot) as error:
        missing = isinstance(error, NoSnapshot) and names(home)
        what = f"{index_folder(home) / CURRENT} is missing." if missing else error.what
        findings.append(Finding(what, _AGAIN))
    for name in dict.fromkeys(([live] if live else []) + names(home)):
        found = _look_at(home, index_folder(home) / name)
        if found:
            findings.append(found)
    return findings


@dataclass(frozen=True, slots=True)
class _State:
    """What a builder changes of a snapshot: whether it is live and there, and its manifest."""

    pointer: bytes
    there: bool
    manifest: tuple[int, ...]  # () where there is none

    @classmethod
    def of(cls, home: Path, folder: Path) -> "_State":
        try:
            found = os.lstat(folder / MANIFEST)
            manifest: tuple[int, ...] = (found.st_ino, found.st_mtime_ns, found.st_size)
        except OSError:
            manifest = ()
        return cls(_pointer(home), folder.exists(), manifest)

    def in_work(self, name: str) -> bool:
        """Tell whether a builder that is at work makes or removes this snapshot."""
        live = self.pointer.strip()
        newer = not live.isdigit() or int(name) > int(live)
        return name.encode() != live and (newer or not self.manifest)


def _look_at(home: Path, folder: Path) -> Finding | None:
    """Verify one snapshot, again where a builder went on meanwhile."""
    for _ in range(_TRIES):
        seen = _State.of(home, folder)
        try:
            Snapshot.open(folder)
            return None
        except DamagedSnapshot as error:
            found = Finding(error.what, error.remedy or _AGAIN)
        # Asked before the second look: who writes when asked cannot have ended unseen.
        written_to = is_written_to(home)
        if _State.of(home, folder) == seen:
            break
    is_live = seen.pointer == f"{folder.name}\n".encode()
    if not is_live and (not seen.there or (written_to and seen.in_work(folder.name))):
        return None
    if not is_live and not seen.manifest:
        what = f"{folder} is the rest of an interrupted build."
        return Finding(what, "The next `warta index` or `warta check --repair` removes it.")
    return found


def next_name(home: Path) -> str:
    """Return a name that no snapshot in `home` has or had since the last clean-up."""
    numbers = [int(name) for name in names(home)]
    try:
        numbers.append(int(current_name(home)))
    except (NoSnapshot, DamagedSnapshot):
        pass
    return f"{max(numbers, default=0) + 1:06d}"


def seal(folder: Path, durable: Mapping[str, Fingerprint]) -> dict[str, Fingerprint]:
    """Make every file of a new snapshot durable; return what each was written as.

    Those in `durable` are so already, and were read back.
    """
    files = {}
    for parent, _, found in os.walk(folder):
        for name in sorted(found):
            path = Path(parent) / name
            inside = path.relative_to(folder).as_posix()
            files[inside] = durable.get(inside) or settle(path)
        sync_folder(Path(parent))
    return files


def commit(home: Path, manifest: Manifest) -> None:
    """Make a sealed snapshot the live one: manifest, trial opening, then one atomic rename."""
    folder = index_folder(home) / manifest.name
    write_durably(folder / MANIFEST, manifest.to_bytes())
    sync_folder(folder)
    sync_folder(index_folder(home))
    Snapshot.open(folder, read_manifest(folder))  # its files were read back when they were sealed
    point(home, manifest.name)


def point(home: Path, name: str) -> None:
    """Make a snapshot that is whole the live one."""
    pending = index_folder(home) / f"{CURRENT}.tmp"
    pending.unlink(missing_ok=True)
    write_durably(pending, f"{name}\n".encode("ascii"))
    pending.rename(index_folder(home) / CURRENT)
    sync_folder(index_folder(home))


def clean(home: Path, keep: set[str]) -> None:
    """Remove all snapshots but those to keep; the caller holds the writer's lock."""
    for name in names(home):
        if name in keep:
            continue
        folder = index_folder(home) / name
        # First what makes it a snapshot: killed in between, the rest is no candidate any more.
        (folder / MANIFEST).unlink(missing_ok=True)
        sync_folder(folder)
        shutil.rmtree(folder)
    (index_folder(home) / f"{CURRENT}.tmp").unlink(missing_ok=True)


def discard(home: Path, name: str) -> None:
    """Remove what a failed build has written, unless it may have gone live."""
    try:
        if current_name(home) == name:
            return
    except NoSnapshot:
        pass
    except DamagedSnapshot:
        return
    shutil.rmtree(index_folder(home) / name, ignore_errors=True)
