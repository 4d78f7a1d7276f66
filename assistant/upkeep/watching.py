"""`warta watch`: folders and feeds, looked at again and again, one line a run.

A folder is only read when a name, size or time in it changed; a feed is fetched each time. What
fails or vanishes is tried again, later each time, and never stops the others.
"""

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warta.assistant.config import Settings
from warta.assistant.exporting.printing import counted, one_line
from warta.assistant.upkeep import maintain
from warta.assistant.upkeep.maintain import IndexOutcome
from warta.corpus.article import Skipped
from warta.corpus.errors import LockedError, WartaError
from warta.corpus.reading.files import is_address, place, walk

_LONGEST = 3_600.0  # seconds until what keeps failing is tried again
_LOCKED = 10.0  # seconds until the next try where another process writes
_NAP = 1.0  # seconds: how quickly a stop is noticed while nothing is due

Index = Callable[[Sequence[str]], IndexOutcome]


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
        index: Index,
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

    def index(paths: Sequence[str]) -> IndexOutcome:
        return maintain.index(
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

    watcher = Watcher(watched, index, timed)
    if once:
        watcher.turn()
    else:
        watcher.run()
