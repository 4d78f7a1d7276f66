"""A home in one file and back: `warta backup` and `warta restore`.

The file is a ZIP, which every system can open without Warta, with a manifest of SHA-256:

    warta-backup.json     format, time, counts; size and SHA-256 of every other entry
    archive.sqlite        every version of every article
    feedback.jsonl        what readers thought
    withdrawn.jsonl       what was taken down
    shares/ID.json        answers that readers share
    models/000001/…       the newest weights trained on the archive

The index is not in it: it is built from the archive when that is restored.
"""

import ctypes
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from stat import S_IMODE
from typing import IO, Any, Final

from warta.assistant.upkeep.feedback import FEEDBACK, blank_feedback
from warta.assistant.upkeep.shares import SHARES, copy_shares, forget_in_shares
from warta.assistant.upkeep.status import open_archive
from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.archive.database import disk_problem
from warta.corpus.archive.withdrawn import LIST, read_withdrawn
from warta.corpus.errors import ArchiveError, DiskError, InputError, WartaError
from warta.index.building.build import Progress, build_locked
from warta.index.embedding.embedder import Embedder
from warta.index.snapshot.durable import (
    Fingerprint,
    fingerprint_file,
    make_folder,
    sync_folder,
    writer_lock,
)
from warta.index.snapshot.own_models import MODELS, trained
from warta.index.snapshot.shelf import index_folder, names

FORMAT: Final = "warta-backup-1"
MANIFEST: Final = "warta-backup.json"
_CHUNK: Final = 1 << 20
_LARGEST: Final = 16 << 20  # bytes of a manifest
_ALLOWED: Final = re.compile(
    rf"{re.escape(NAME)}|{re.escape(FEEDBACK)}|{re.escape(LIST)}|{MODELS}/\d{{6}}(/[\w-][\w.-]*)+"
    rf"|{SHARES}/[\w-]{{32}}\.json",
    re.ASCII,
)
_INDEXED: Final = 4  # times its archive a home has on the disk, the index included
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # ZIP knows no earlier time; the manifest has the real one


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds: `made` is UTC, ISO; `files` path -> size and SHA-256."""

    made: str
    articles: int
    files: dict[str, Fingerprint]

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(file.size for file in self.files.values())


def write_backup(home: Path, file: Path) -> Contents:
    """Write a consistent copy of `home` to `file`, also while it is served or indexed.

    The copy is checked before it replaces an older `file`, in one rename. Raises NoSnapshot
    where there is no archive, ArchiveError where it is damaged or the disk refuses.
    """
    listed = read_withdrawn(home)
    if listed.in_state("erasing"):
        raise ArchiveError(
            f"{home} holds articles whose erasing was interrupted; no backup was written.",
            "Finish it with warta check --repair, then back up.",
        )
    with open_archive(home) as archive, _explained(file):
        part = Path(tempfile.mkdtemp(dir=file.absolute().parent, prefix=f".{file.name}."))
        try:
            archive.backup(part / NAME)
            articles = _whole(part, archive.path)
            if listed.events:
                listed.write(part)
            _copy_feedback(home, part)
            copy_shares(home, part)
            _copy_weights(home, part)
            made = datetime.now(UTC).isoformat(timespec="seconds")
            contents = Contents(made, articles, _fingerprints(part))
            packed = part / "packed"
            _pack(part, contents, packed)
            with opened(packed) as (_, found):
                assert found == contents
            os.replace(packed, file)
            sync_folder(file.absolute().parent)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return contents


def _whole(folder: Path, origin: Path) -> int:
    """Count the articles of a copied archive; a damaged one never replaces a good backup."""
    with Archive.open(folder, readonly=True) as copy:
        if found := copy.check():
            what = found[0].what.replace(str(copy.path), str(origin))
            raise ArchiveError(
                f"No backup of {origin} was written: {what}",
                "Restore an older backup, or run warta check --repair.",
            )
        return len(copy)


def _copy_feedback(home: Path, part: Path) -> None:
    with suppress(FileNotFoundError):
        data = (home / FEEDBACK).read_bytes()
        # A line that is being written is left to the next backup.
        (part / FEEDBACK).write_bytes(data[: data.rfind(b"\n") + 1])


def _copy_weights(home: Path, part: Path) -> None:
    for folder in trained(home)[:1]:
        shutil.copytree(folder, part / MODELS / folder.name)


def _fingerprints(part: Path) -> dict[str, Fingerprint]:
    names = sorted(p.relative_to(part).as_posix() for p in part.rglob("*") if p.is_file())
    if strange := [name for name in names if not _ALLOWED.fullmatch(name)]:
        raise InputError(f"{strange[0]!r} in the home cannot be backed up.", "Move it elsewhere.")
    return {name: fingerprint_file(part / name) for name in names}


def _pack(part: Path, contents: Contents, packed: Path) -> None:
    fields = {"format": FORMAT, **asdict(contents)}
    with open(packed, "xb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as into:
            into.writestr(zipfile.ZipInfo(MANIFEST, _EPOCH), json.dumps(fields, indent=1))
            for name in contents.files:
                into.write(part / name, name)
        file.flush()
        os.fsync(file.fileno())
    packed.chmod(0o600)  # it holds what readers asked


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Contents]]:
    """Open a backup with every byte verified; raises InputError for a damaged or other file."""
    with _explained(file), zipfile.ZipFile(file) as entries:
        contents = _contents(entries, file)
        for name, expected in contents.files.items():
            with entries.open(name) as data:
                _compare(name, file, expected, _copied(data, None, expected.size))
        yield entries, contents


def unpack(entries: zipfile.ZipFile, contents: Contents, folder: Path) -> None:
    """Write the files of an opened backup into an empty folder, durably.

    Raises InputError where what was written is not what the manifest says.
    """
    for name, expected in contents.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = 0o644 if name == NAME or name.startswith(f"{MODELS}/") else 0o600
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with entries.open(name) as data, os.fdopen(handle, "wb") as into:
            _copied(data, into, expected.size)
            into.flush()
            os.fsync(into.fileno())
        _compare(name, path, expected, fingerprint_file(path, from_disk=True))
    for below, _, _ in os.walk(folder):
        sync_folder(Path(below))


def _contents(entries: zipfile.ZipFile, file: Path) -> Contents:
    try:
        with entries.open(MANIFEST) as data:
            fields: dict[str, Any] = json.loads(data.read(_LARGEST))
        found = fields["format"]
        files = {name: Fingerprint(**item) for name, item in fields["files"].items()}
        contents = Contents(str(fields["made"]), int(fields["articles"]), files)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(f"{file} is no backup of Warta: {error}.", "Name another file.") from error
    if found != FORMAT:
        raise InputError(f"{file} has the format {found!r}, known is {FORMAT!r}.", "Upgrade Warta.")
    for item in entries.infolist():  # before a byte of it is unpacked
        if item.filename in files and item.file_size != files[item.filename].size:
            raise InputError(
                f"{item.filename} in {file} is not as it was written: it says that it unpacks to "
                f"{item.file_size:,} bytes.",
                "Name another backup.",
            )
    listed = sorted(entries.namelist())
    wrong = [name for name in files if not _ALLOWED.fullmatch(name)]
    if wrong or NAME not in files or listed != sorted([MANIFEST, *files]):
        raise InputError(
            f"{file} does not hold what its manifest says: {', '.join(wrong or listed[:9])}.",
            "Name another backup.",
        )
    return contents


def _copied(data: IO[bytes], into: IO[bytes] | None, most: int) -> Fingerprint:
    """Copy and hash; stops beyond `most` bytes, for an entry may unpack to anything."""
    digest, size = hashlib.sha256(), 0
    while size <= most and (piece := data.read(_CHUNK)):
        digest.update(piece)
        size += len(piece)
        if into:
            into.write(piece)
    return Fingerprint(size, digest.hexdigest())


def _compare(name: str, file: Path, expected: Fingerprint, found: Fingerprint) -> None:
    if found != expected:
        raise InputError(f"{name} in {file} is not as it was written.", "Name another backup.")


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        what = f"{file} is no backup of Warta, or it is damaged: {error}."
        raise InputError(what, "Name another file.") from error
    except OSError as error:
        why = error.strerror or str(error)
        at = Path(error.filename) if isinstance(error.filename, str) else file
        raise DiskError(
            f"{at}: {why}.", disk_problem(at) or "Check the path and the space on its disk."
        ) from error


# `warta restore`: a home made of a backup, complete with its index before it takes its place.

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
            try:
                if home.is_dir():
                    stage.chmod(S_IMODE(home.stat().st_mode))
                _empty(stage)
                _refuse_lack_of_space(contents, home.parent)
                unpack(entries, contents, stage)
                anything = _checked(file, stage, home)
                for newest in names(home)[:1]:  # what reads the home may hold one of that name
                    make_folder(index_folder(stage) / newest)
                snapshot, problem = _index(stage, load, progress) if anything else ("", "")
            except BaseException:
                shutil.rmtree(stage, ignore_errors=True)  # half a home must not fill the disk
                raise
            kept = _take_place(stage, home, force)
    return Restored(contents, home, kept, snapshot, problem)


def _withdraw(home: Path, stage: Path, archive: Archive) -> None:
    """Take out of a restored archive what was taken down, before the backup or after it."""
    listed = read_withdrawn(stage).joined(read_withdrawn(home))
    if not listed.events:
        return
    if erased := archive.known(listed.in_state("erasing", "erased")):
        texts = [part for _, title, text in archive.texts(erased) for part in (title, text)]
        blank_feedback(stage, texts)
        forget_in_shares(stage, erased, texts)
        archive.erase(erased)
    archive.forget(listed.ids)
    listed.write(stage)


def _refuse_lack_of_space(contents: Contents, folder: Path) -> None:
    """Raise DiskError where files and index will not fit; an index is 2.5 times its archive."""
    needed, free = contents.size * _INDEXED, shutil.disk_usage(folder).free
    if needed > free:
        raise DiskError(
            f"The backup unpacks to {contents.size:,} bytes and needs about {needed:,} with its "
            f"index; {free:,} are free in {folder}.",
            "Free some space, or name a --home on another disk.",
        )


def _checked(file: Path, stage: Path, home: Path) -> bool:
    """Take out what was taken down and tell whether articles are left.

    Raises InputError for an archive that is not whole, or not of ours alone.
    """
    try:
        with Archive.open(stage) as archive:
            if found := archive.check():
                raise InputError(f"The archive in {file} is damaged: {found[0].what}")
            _withdraw(home, stage, archive)
            return bool(len(archive))
    except DiskError:
        raise
    except ArchiveError as error:
        what = error.what.replace(str(stage / NAME), f"The archive in {file}")
        raise InputError(what, "Name another backup.") from error


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
