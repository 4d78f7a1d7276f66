"""`warta check` and `warta check --repair`: what is wrong with a home, and putting it in order."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warta.assistant.config import Settings
from warta.assistant.exporting.printing import counted
from warta.assistant.upkeep.removal import finish_interrupted
from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.archive.database import disk_problem
from warta.corpus.archive.rows import Finding
from warta.corpus.archive.withdrawn import check_withdrawn, read_withdrawn
from warta.corpus.errors import ArchiveError, DiskError, NoSnapshot
from warta.index.building.build import Progress, build_locked
from warta.index.building.repair import mend_archive, mend_index
from warta.index.snapshot import shelf
from warta.index.snapshot.durable import writer_lock
from warta.index.snapshot.own_models import embedder_to_index, trained


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
