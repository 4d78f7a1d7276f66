"""`warta check` and `warta check --repair`: what is wrong with a home, and putting it in order.

The archive is made of what is whole in it, the index of that. Nothing damaged is thrown away that
cannot be built again.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warta.assistant.config import Settings
from warta.assistant.exporting.printing import counted
from warta.assistant.upkeep.removal import finish_interrupted
from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.archive.database import disk_problem
from warta.corpus.archive.rows import Finding
from warta.corpus.archive.salvage import Salvaged, other_format, salvage, unknown_state
from warta.corpus.archive.withdrawn import check_withdrawn, read_withdrawn
from warta.corpus.article import Article
from warta.corpus.errors import ArchiveError, DamagedSnapshot, DiskError, InputError, NoSnapshot
from warta.index.building.build import Progress, build_locked
from warta.index.snapshot import shelf
from warta.index.snapshot.durable import explained, settle, sync_folder, writer_lock
from warta.index.snapshot.own_models import embedder_to_index, trained
from warta.index.snapshot.snapshot import Snapshot

_FRESH = "archive.salvaging"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong, what a repair did, and what it could not bring back.

    `disk` says that there is no room or no right to write, which is no damage; "" otherwise.
    """

    findings: tuple[Finding, ...]
    done: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    disk: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the shape of `warta check --json`, of a repair with `repaired` and `lost`."""
        findings = [{"what": item.what, "remedy": item.remedy} for item in self.findings]
        shape: dict[str, Any] = {"ok": not findings, "findings": findings}
        if self.done:
            shape |= {"repaired": list(self.done), "lost": list(self.lost)}
        if self.disk:
            shape["disk"] = self.disk
        return shape

    def lines(self) -> list[str]:
        """Return what a maintainer wants to read of it."""
        found = [f"{item.what} {item.remedy}" for item in self.findings]
        found = found or ["All files are as they were written."]
        return [*self.done, *self.lost, *found, *([self.disk] if self.disk else [])]


def check(home: Path) -> Checked:
    """Verify archive and index in full.

    Raises NoSnapshot where there is neither, DiskError where the disk does not let them be read.
    """
    found = (*_archive_findings(home), *check_withdrawn(home), *shelf.check(home))
    return Checked(found, disk=disk_problem(home / NAME))


def _archive_findings(home: Path) -> list[Finding]:
    remedy = "Restore a backup, or run warta check --repair."
    if not (home / NAME).exists():
        if shelf.names(home):
            return [Finding(f"There is no archive in {home}.", remedy)]
        raise NoSnapshot(f"There is no archive in {home}.", "Run `warta index FOLDER` first.")
    try:
        with Archive.open(home, readonly=True) as archive:
            return archive.check()
    except DiskError:
        raise
    except ArchiveError as error:
        return [Finding(error.what, remedy)]


def repair(settings: Settings, progress: Progress) -> Checked:
    """Bring back what can be: the archive from its whole rows and the index, the index from it.

    Raises LockedError where another process writes, ArchiveError where nothing of the archive
    can be read, EmbedderMismatch and InputError as a build does.
    """
    home = settings.home
    before = check(home)
    if not before.findings:
        return before
    done: list[str] = []
    lost: tuple[str, ...] = ()
    with writer_lock(home):
        if _archive_findings(home):
            mended = mend_archive(home)
            lost = mended.lost
            done.append(
                f"The archive is new, with {counted(mended.articles, 'article')}, "
                f"{mended.from_index:,} of them from the index."
                + (f" The damaged one is kept in {mended.kept}." if mended.kept else "")
            )
        done += mend_index(home)
        listed = read_withdrawn(home)
        if listed.events:
            listed.write(home)  # without its damaged lines, which no longer say anything
        with Archive.open(home, readonly=True) as archive:
            anything = bool(len(archive))
        if anything or shelf.names(home):
            named = settings.embedder
            report = build_locked(
                home,
                embedder_to_index(home, named),
                progress,
                new_embedder=bool(trained(home) and not named),
            )
            built = "is built" if report.changed else "was whole"
            done.append(f"Snapshot {report.snapshot} {built}.")
    if finished := finish_interrupted(settings, progress):
        done.append(f"Erasing {counted(finished, 'article')} is finished.")
    return Checked(check(home).findings, tuple(done), lost)


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
            _put_in_place(home, fresh)
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


def _index(home: Path) -> shelf.Opened | None:
    try:
        return shelf.open_snapshot(home)
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


def _put_in_place(home: Path, fresh: Path) -> None:
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
        intact = [name for name in shelf.names(home) if _intact(home, name)]
        try:
            live = shelf.current_name(home)
        except (NoSnapshot, DamagedSnapshot):
            live = ""
        if intact and live not in intact:
            live = intact[0]
            shelf.point(home, live)
            done.append(f"Snapshot {live} is the live one.")
        damaged = sorted(set(shelf.names(home)) - set(intact))
        shelf.clean(home, set(intact))
        done += [f"Snapshot {name} was damaged and is removed." for name in damaged]
    return tuple(done)


def _intact(home: Path, name: str) -> bool:
    try:
        Snapshot.open(shelf.index_folder(home) / name)
    except DamagedSnapshot:
        return False
    return True
