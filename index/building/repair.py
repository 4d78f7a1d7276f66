"""Putting a damaged home in order: the archive from what is whole in it, the index from that.

The caller holds the writer's lock. Nothing damaged is thrown away that cannot be built again.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.archive.salvage import Salvaged, other_format, salvage, unknown_state
from warta.corpus.archive.withdrawn import read_withdrawn
from warta.corpus.article import Article
from warta.corpus.errors import ArchiveError, DamagedSnapshot, InputError, NoSnapshot
from warta.index.snapshot.durable import explained, settle, sync_folder
from warta.index.snapshot.shelf import (
    Opened,
    clean,
    current_name,
    index_folder,
    names,
    open_snapshot,
    point,
)
from warta.index.snapshot.snapshot import Snapshot

_FRESH = "archive.salvaging"


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a damaged archive, which `kept` holds as it was; None where there was none.

    `articles` are in the new one, of these `from_index` taken from the index; `lost` says what
    is not.
    """

    kept: Path | None
    articles: int
    from_index: int
    lost: tuple[str, ...]


def mend_archive(home: Path) -> Mended:
    """Put a new archive of all that is whole in the place of a damaged or missing one.

    What the archive has lost and the index still holds is taken from there. Raises ArchiveError
    where nothing at all can be read, or the file is of another version of Warta; then nothing
    was changed.
    """
    if other_format(home / NAME):
        raise ArchiveError(f"{home / NAME} is of another version of Warta.", "Upgrade Warta.")
    with explained(home):
        kept = _set_aside(home)
        fresh = home / _FRESH
        shutil.rmtree(fresh, ignore_errors=True)  # of a repair that was killed
        fresh.mkdir()
        try:
            salvaged = salvage(kept / NAME, fresh)
            mended = _complete(home, fresh, kept, salvaged)
            if not mended.articles:
                raise ArchiveError(
                    f"Nothing in {home / NAME} can be read.",
                    f"Restore a backup, or index the articles into a new --home. See {kept}.",
                )
            _replace(home, fresh)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        if not any(kept.iterdir()):
            kept.rmdir()
            return replace(mended, kept=None)
    return mended


def _set_aside(home: Path) -> Path:
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    kept = home / f"archive.damaged-{now}"
    kept.mkdir()
    for name in (NAME, f"{NAME}-wal"):
        if (home / name).exists():
            shutil.copyfile(home / name, kept / name)
            settle(kept / name)
    sync_folder(kept)
    sync_folder(home)
    return kept


def _complete(home: Path, fresh: Path, kept: Path, salvaged: Salvaged) -> Mended:
    lost = list(salvaged.lost)
    opened = _index(home)
    withdrawn = read_withdrawn(home)
    with Archive.open(fresh) as archive:
        if erased := archive.known(withdrawn.in_state("erasing", "erased")):
            archive.erase(erased)
        archive.forget(withdrawn.ids)
        if opened and not opened.warning:
            # What nobody can tell of is out if the index, which is whole, has it no more.
            out = salvaged.unknown - opened.snapshot.texts.hashes().keys()
            archive.forget(out)
            lost = [line for line in lost if line not in set(map(unknown_state, out))]
        snapshot = opened.snapshot if opened else None
        found = list(_from_index(snapshot, archive, kept, salvaged))
        archive.put_many((article, "") for article in found)  # "": to be read again
        for article in found:
            line = f"Version {len(archive.history(article.id))} of article {article.id!r} is lost."
            if line in lost:
                lost.remove(line)
        if wrong := archive.check():
            raise ArchiveError(f"The archive cannot be repaired: {wrong[0].what}", "Report this.")
        return Mended(kept, len(archive), len(found), tuple(lost))


def _index(home: Path) -> Opened | None:
    try:
        return open_snapshot(home)
    except NoSnapshot:
        return None


def _from_index(
    snapshot: Snapshot | None, archive: Archive, kept: Path, salvaged: Salvaged
) -> Iterator[Article]:
    if snapshot is None:
        return
    for id_ in sorted(snapshot.texts.hashes().keys() - snapshot.hidden):
        origin = str(kept)
        try:
            origin = archive.get(id_).origin
            wanted = id_ in salvaged.missing
        except InputError:
            wanted = id_ not in salvaged.gone
        if wanted:
            yield replace(snapshot.article_by_id(id_), origin=origin)


def _replace(home: Path, fresh: Path) -> None:
    settle(fresh / NAME)
    # SQLite would play a left WAL into the new file. It goes first; `kept` has it.
    for name in (f"{NAME}-wal", f"{NAME}-shm"):
        (home / name).unlink(missing_ok=True)
    sync_folder(home)
    os.replace(fresh / NAME, home / NAME)
    sync_folder(home)


def mend_index(home: Path) -> tuple[str, ...]:
    """Make the newest intact snapshot the live one and remove the damaged; return what was done.

    Building again from the archive is the next step, and the caller's.
    """
    done = []
    with explained(home):
        intact = [name for name in names(home) if _intact(home, name)]
        try:
            live = current_name(home)
        except (NoSnapshot, DamagedSnapshot):
            live = ""
        if intact and live not in intact:
            live = intact[0]
            point(home, live)
            done.append(f"Snapshot {live} is the live one.")
        damaged = sorted(set(names(home)) - set(intact))
        clean(home, set(intact))
        done += [f"Snapshot {name} was damaged and is removed." for name in damaged]
    return tuple(done)


def _intact(home: Path, name: str) -> bool:
    try:
        Snapshot.open(index_folder(home) / name)
    except DamagedSnapshot:
        return False
    return True
