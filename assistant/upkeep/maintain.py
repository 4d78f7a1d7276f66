"""What a maintainer does with a home: index into it, once or again and again, and mend it; samples.

To mend it the archive is made of what is whole in it, the index of that. Nothing damaged is thrown
away that cannot be built again.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warta.assistant.config import Settings
from warta.assistant.exporting.printing import counted, one_line, skipped_summary
from warta.assistant.upkeep.publishing import publish_home, retriever_of
from warta.assistant.upkeep.removal import finish_interrupted
from warta.assistant.upkeep.status import open_archive
from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.archive.database import disk_problem
from warta.corpus.archive.rows import Finding
from warta.corpus.archive.salvage import Salvaged, other_format, salvage, unknown_state
from warta.corpus.archive.withdrawn import check_withdrawn, read_withdrawn
from warta.corpus.article import Article, Skipped
from warta.corpus.errors import (
    ArchiveError,
    DamagedSnapshot,
    DiskError,
    InputError,
    LockedError,
    NoSnapshot,
    WartaError,
)
from warta.corpus.reading.files import is_address, place, walk
from warta.corpus.samples import sample_ids, samples_path
from warta.index.building.build import Progress, build_locked
from warta.index.building.ingest import IndexReport, index_paths
from warta.index.snapshot import shelf
from warta.index.snapshot.durable import explained, settle, sync_folder, writer_lock
from warta.index.snapshot.own_models import embedder_to_index, forget_older, next_folder, trained
from warta.index.snapshot.snapshot import Snapshot

if TYPE_CHECKING:
    from warta.assistant.answering.assistant import Assistant
    from warta.index.training.embedder import TrainReport


_LONGEST = 3_600.0  # seconds until what keeps failing is tried again
_LOCKED = 10.0  # seconds until the next try where another process writes
_NAP = 1.0  # seconds: how quickly a stop is noticed while nothing is due

_FRESH = "archive.salvaging"


@dataclass(frozen=True, slots=True)
class IndexOutcome:
    """What `warta index` did: `report.retired` invented articles made room.

    `generation`: what is live in Milvus now, "" where the settings name none.
    """

    report: IndexReport
    skipped: tuple[Skipped, ...]
    complaint: InputError | None
    generation: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the shape of `warta index --json`; `indexed + unchanged + skipped == seen`."""
        return asdict(self.report)

    def lines(self) -> list[str]:
        """Return what a maintainer wants to read of it."""
        report = self.report
        lines = [
            f"{counted(report.seen, 'item')} seen in {report.seconds:.1f} s: "
            f"{report.indexed:,} indexed, {report.unchanged:,} unchanged, "
            f"{report.skipped:,} skipped, {report.removed:,} removed. "
            f"Snapshot {report.snapshot or 'none'}."
        ]
        if self.generation:
            lines.append(f"Generation {self.generation} is live in Milvus.")
        if report.retired:
            lines.append(f"The {counted(report.retired, 'invented sample article')} made room.")
        if self.skipped and not self.complaint:
            lines += ["Skipped (all with `warta status --skipped`):"]
            lines += [f"  {line}" for line in skipped_summary(self.skipped)]
        return lines


def index(
    settings: Settings,
    paths: Sequence[str],
    *,
    fields: Mapping[str, str],
    source: str,
    prune: bool,
    allow_local: bool,
    download: bool,
    rebuild: bool,
    progress: Progress,
) -> IndexOutcome:
    """Index `paths` into the home; the samples leave once there are articles of its own.

    `complaint` is set where nothing could be taken, or a file that was named not to its end:
    what could be is indexed all the same.
    """
    home, named = settings.home, settings.embedder
    finish_interrupted(settings, progress)
    embedder = embedder_to_index(home, named, download=download)
    report = index_paths(
        home,
        paths,
        embedder=embedder,
        fields=fields,
        source=source,
        prune=prune,
        allow_local=allow_local,
        new_embedder=rebuild or bool(trained(home) and not named),
        retiring=() if _only_samples(paths) else sample_ids(),
        progress=progress,
    )
    forget_older(home)
    skipped = tuple(_skipped_under(home, paths)) if report.skipped else ()
    generation = publish_home(settings, progress) if report.snapshot else ""
    return IndexOutcome(report, skipped, _complaint(report, paths, skipped), generation)


def train(home: Path, progress: Progress) -> "TrainReport":
    """Train on the home's articles; raises TrainingError where nothing is gained."""
    from warta.index.training.embedder import train_on_archive

    with open_archive(home) as archive:
        articles = list(archive.articles())
    return train_on_archive(articles, next_folder(home), progress=progress)


def load_assistant(settings: Settings) -> "Assistant":
    """Open the home or the Milvus of the settings for questions, with the writer they name."""
    # What answers is not imported by a run that only indexes: it takes longer than the run.
    from warta.assistant.answering.assistant import Assistant
    from warta.assistant.writing.writers import load_writer
    from warta.index.reader import shipped_reader
    from warta.index.search.reranker import load_reranker

    retriever = retriever_of(settings, load_reranker(settings.reranker))
    return Assistant(retriever, shipped_reader(), load_writer(settings))


def is_empty(home: Path) -> bool:
    """Tell whether nothing was ever indexed into `home`."""
    if shelf.names(home):
        return False
    if not (home / NAME).exists():
        return True
    with Archive.open(home, readonly=True) as archive:
        return len(archive) == 0


def index_samples(settings: Settings, progress: Progress) -> int:
    """Index the invented sample articles; return how many."""
    embedder = embedder_to_index(settings.home, settings.embedder)
    report = index_paths(settings.home, [samples_path()], embedder=embedder, progress=progress)
    return report.indexed + report.unchanged


def _only_samples(paths: Sequence[str]) -> bool:
    own = samples_path().resolve()
    return all(Path(path).resolve() in (own, own.parent) for path in paths)


def _skipped_under(home: Path, paths: Sequence[str]) -> list[Skipped]:
    asked = [place(path) for path in paths]
    with Archive.open(home, readonly=True) as archive:
        return [
            item
            for item in archive.skipped()
            if any(Path(place(item.origin)).is_relative_to(root) for root in asked)
        ]


def _complaint(
    report: IndexReport, paths: Sequence[str], skipped: Sequence[Skipped]
) -> InputError | None:
    named = {place(path) for path in paths}
    cut = [item for item in skipped if place(item.origin) in named and item.rest]
    if cut:
        return InputError("Not read to the end: " + " ".join(skipped_summary(cut)))
    if report.indexed + report.unchanged:
        return None
    where = ", ".join(paths)
    if not report.seen:
        return InputError(
            f"There is nothing to index in {where}.",
            "Give it .txt, .md, .html, .json, .jsonl, .csv, .xml, .rss or .atom files.",
        )
    reasons = " ".join(skipped_summary(skipped))
    return InputError(
        f"None of the {counted(report.seen, 'item')} in {where} is an article: {reasons}"
    )


# Folders and feeds, looked at again and again, one line a run. A folder is only read when a name,
# size or time in it changed; a feed is fetched each time. What fails or vanishes is tried again,
# later each time, and never stops the others.


@dataclass(slots=True)
class Watched:
    """A folder, file or feed: when it is due (monotonic seconds) and how often it failed."""

    origin: str
    every: float
    due: float = 0.0
    failures: int = 0
    seen: str = ""  # the state of a folder that was last read

    def put_off(self, now: float) -> float:
        """Make it due later, later each time; return in how many seconds."""
        self.failures += 1
        wait = max(self.every, min(self.every * 2.0**self.failures, _LONGEST))
        self.due = now + wait
        return wait


class Watcher:
    """Indexes what changed, until it is told to stop.

    `say` gets one line a run, `clock` gives monotonic seconds, `sleep` waits.
    """

    def __init__(
        self,
        watched: Sequence[Watched],
        index: Callable[[Sequence[str]], IndexOutcome],
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._watched = list(watched)
        self._index = index
        self._say = say
        self._clock = clock
        self._sleep = sleep

    def run(self) -> None:
        """Go on for ever; Ctrl-C or a signal that raises KeyboardInterrupt ends it."""
        while True:
            self.turn()
            now = self._clock()
            soonest = min(item.due for item in self._watched)
            self._sleep(min(max(soonest - now, 0.01), _NAP))

    def turn(self) -> None:
        """Index what is due and changed, all in one run."""
        now = self._clock()
        due = [item for item in self._watched if item.due <= now]
        there = [item for item in due if self._is_there(item, now)]
        states = {item.origin: _state(item.origin) for item in there}
        changed = []
        for item in there:
            if is_address(item.origin) or states[item.origin] != item.seen:
                changed.append(item)
            else:
                item.due, item.failures = now + item.every, 0
        if changed:
            self._run(changed, states)

    def _is_there(self, item: Watched, now: float) -> bool:
        if is_address(item.origin) or os.path.lexists(item.origin):
            return True
        wait = item.put_off(now)
        self._say(f"{one_line(item.origin)}: it is not there; again in {_spoken(wait)}.")
        return False

    def _run(self, changed: list[Watched], states: dict[str, str]) -> None:
        try:
            outcome = self._index([item.origin for item in changed])
        except LockedError as error:
            for item in changed:
                item.due = self._clock() + _LOCKED
            self._say(f"{error.what} Again in {_spoken(_LOCKED)}.")
            return
        except (WartaError, OSError) as error:
            wait = max(item.put_off(self._clock()) for item in changed)
            self._say(f"{one_line(str(error))} Again in {_spoken(wait)}.")
            return
        now = self._clock()
        failed = {place(item.origin): item for item in outcome.skipped if item.rest}
        troubles = [self._settle(item, states, failed, now) for item in changed]
        report = outcome.report
        names = ", ".join(one_line(item.origin) for item in changed)
        self._say(
            f"{names}: {counted(report.seen, 'item')}, {report.indexed:,} indexed, "
            f"{report.unchanged:,} unchanged, {report.skipped:,} skipped, {report.removed:,} "
            f"removed in {report.seconds:.1f} s. Snapshot {report.snapshot or 'none'}."
            + "".join(trouble for trouble in troubles if trouble)
        )

    def _settle(
        self, item: Watched, states: dict[str, str], failed: dict[str, Skipped], now: float
    ) -> str:
        """Note when it is due again; return what went wrong with it as a whole."""
        trouble = failed.get(place(item.origin))
        if trouble is None:
            item.due, item.failures, item.seen = now + item.every, 0, states[item.origin]
            return ""
        wait = item.put_off(now)
        why = one_line(trouble.reason)
        return f" {one_line(item.origin)}: {why} Again in {_spoken(wait)}."


def _state(origin: str) -> str:
    """Return what changes when a file in a folder comes, goes or is written; "" for a feed."""
    if is_address(origin):
        return ""
    path = Path(origin)
    digest = hashlib.sha256()
    for found in walk(path) if path.is_dir() else [path]:
        if isinstance(found, Skipped):
            digest.update(repr(found).encode("utf-8", "surrogatepass"))
            continue
        try:
            status = os.stat(found)
        except OSError:  # it vanished meanwhile
            continue
        known = (str(found), status.st_size, status.st_mtime_ns, status.st_ino)
        digest.update(repr(known).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def watched_of(settings: Settings, paths: Sequence[str]) -> list[Watched]:
    """Return what to watch: `paths` where there are any, else what the settings name."""
    origins = list(dict.fromkeys(paths or (*settings.watch, *settings.feeds)))
    return [
        Watched(
            origin, float(settings.feed_seconds if is_address(origin) else settings.watch_seconds)
        )
        for origin in origins
    ]


def watch(
    settings: Settings,
    watched: Sequence[Watched],
    say: Callable[[str], None],
    *,
    source: str,
    prune: bool,
    allow_local: bool,
    once: bool,
) -> None:
    """Index `watched` as it changes, for ever or (`once`) a single time."""

    def taken(paths: Sequence[str]) -> IndexOutcome:
        return index(
            settings,
            paths,
            fields={},
            source=source,
            prune=prune,
            allow_local=allow_local,
            download=False,
            rebuild=False,
            progress=lambda stage, done, total: None,
        )

    def timed(line: str) -> None:
        say(f"{datetime.now():%Y-%m-%d %H:%M:%S} {line}")

    watcher = Watcher(watched, taken, timed)
    if once:
        watcher.turn()
    else:
        watcher.run()


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
