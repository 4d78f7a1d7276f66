"""What a maintainer does with a home: index into it, once or again and again; samples."""

import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warta.assistant.config import Settings
from warta.assistant.exporting.printing import counted, one_line, skipped_summary
from warta.assistant.upkeep.publishing import publish_home, retriever_of
from warta.assistant.upkeep.removal import finish_interrupted
from warta.assistant.upkeep.status import open_archive
from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.article import Skipped
from warta.corpus.errors import InputError, LockedError, WartaError
from warta.corpus.reading.files import is_address, place, walk
from warta.corpus.samples import sample_ids, samples_path
from warta.index.building.build import Progress
from warta.index.building.ingest import IndexReport, index_paths
from warta.index.snapshot import shelf
from warta.index.snapshot.own_models import embedder_to_index, forget_older, next_folder, trained

if TYPE_CHECKING:
    from warta.assistant.answering.assistant import Assistant
    from warta.index.training.adapting import TrainReport

_LONGEST = 3_600.0  # seconds until what keeps failing is tried again
_LOCKED = 10.0  # seconds until the next try where another process writes
_NAP = 1.0  # seconds: how quickly a stop is noticed while nothing is due


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
    from warta.index.training.adapting import train_on_archive

    with open_archive(home) as archive:
        articles = list(archive.articles())
    return train_on_archive(articles, next_folder(home), progress=progress)


def load_assistant(settings: Settings) -> "Assistant":
    """Open the home or the Milvus of the settings for questions, with the writer they name."""
    # What answers is not imported by a run that only indexes: it takes longer than the run.
    from warta.assistant.answering.assistant import Assistant
    from warta.assistant.writing.writers import load_writer
    from warta.index.reader import Reader
    from warta.index.search.reranker import load_reranker

    retriever = retriever_of(settings, load_reranker(settings.reranker))
    return Assistant(retriever, Reader.load(), load_writer(settings))


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
