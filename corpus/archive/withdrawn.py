"""What was taken down, by whom and why: the list that every index and every run consults.

    <home>/withdrawn.jsonl    one event a line, each with a checksum; replaced as a whole

It lies beside the archive, not in it, so that it holds whatever happens to the archive or an
index: an older snapshot, a repaired archive and a restored backup obey it. It knows ids and
fingerprints of texts, never a text.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

from warta.corpus.archive.rows import Finding
from warta.corpus.errors import ArchiveError

LIST: Final = "withdrawn.jsonl"
State = Literal["removed", "erasing", "erased", "restored"]
_STATES: Final = ("removed", "erasing", "erased", "restored")
_WORD: Final = re.compile(r"\w+")
_FEWEST: Final = 8  # words; a shorter text, such as a caption, is not one article's own


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One event of an article: `at` is UTC, ISO; `prints` are those of its texts.

    "removed" is out of every answer, "erasing" is so and its text is about to go, "erased" has no
    text left anywhere, "restored" may be shown again.
    """

    id: str
    state: State
    at: str
    by: str
    reason: str
    prints: tuple[str, ...] = ()

    def to_line(self) -> str:
        """Return the line of the list, with a checksum over the rest of it."""
        fields = asdict(self)
        return json.dumps({**fields, "sum": _checksum(fields)}, ensure_ascii=True) + "\n"

    def told(self) -> str:
        """Say it in a sentence: what happened, when, by whom and why."""
        what = {"removed": "removed", "restored": "let in again"}.get(self.state, "erased")
        by = f" by {self.by}" if self.by else ""
        why = f": {self.reason}" if self.reason else ""
        return f"It was {what} on {self.at[:10]}{by}{why}"


def _checksum(fields: dict[str, Any]) -> str:
    text = json.dumps(fields, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def text_print(text: str) -> str:
    """Return what stands for a text: case, marks and spacing make no difference.

    "" for a text of less than eight words: too many articles could have it.
    """
    words = _WORD.findall(text.casefold())
    if len(words) < _FEWEST:
        return ""
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Withdrawn:
    """All events of a home, oldest first, and what holds now."""

    events: tuple[Withdrawal, ...] = ()

    @cached_property
    def now(self) -> dict[str, Withdrawal]:
        """The last event of each article that is withdrawn."""
        last = {event.id: event for event in self.events}
        return {id_: event for id_, event in last.items() if event.state != "restored"}

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of what nobody is to be shown."""
        return frozenset(self.now)

    @cached_property
    def _by_print(self) -> dict[str, Withdrawal]:
        return {one: event for event in self.now.values() for one in event.prints}

    def in_state(self, *states: State) -> list[str]:
        """Return the withdrawn ids in one of these states, sorted."""
        return sorted(id_ for id_, event in self.now.items() if event.state in states)

    def of_text(self, text: str) -> Withdrawal | None:
        """Return the withdrawal of an article with this text, whatever its id is."""
        if not self._by_print:
            return None
        return self._by_print.get(text_print(text))

    def history(self, id_: str) -> list[Withdrawal]:
        """Return the events of one article, oldest first."""
        return [event for event in self.events if event.id == id_]

    def with_events(self, events: Iterable[Withdrawal]) -> "Withdrawn":
        """Return the list with these events behind its own."""
        return Withdrawn((*self.events, *events))

    def joined(self, other: "Withdrawn") -> "Withdrawn":
        """Return both lists as one, in the order of time; events that both have come once."""
        both = dict.fromkeys((*self.events, *other.events))
        return Withdrawn(tuple(sorted(both, key=lambda event: event.at)))

    def write(self, home: Path) -> None:
        """Make this the list of `home`, durably and in one step."""
        path = home / LIST
        pending = path.with_name(f"{LIST}.tmp")
        data = "".join(event.to_line() for event in self.events).encode()
        try:
            pending.unlink(missing_ok=True)
            handle = os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
            os.replace(pending, path)
            _sync(home)
        except OSError as error:
            why = error.strerror or str(error)
            raise ArchiveError(f"{path} cannot be written: {why}.", "Nothing was done.") from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_withdrawn(home: Path) -> Withdrawn:
    """Return the list of a home; a damaged line of it is passed over and found by `check`."""
    return Withdrawn(tuple(event for event in _lines(home) if event))


def check_withdrawn(home: Path) -> list[Finding]:
    """Return what is wrong with the list of a home."""
    damaged = [number for number, event in enumerate(_lines(home), 1) if event is None]
    found = [
        Finding(
            f"Line {number} of {home / LIST} is damaged: an article that was taken down may not "
            "be known any more.",
            "Run warta check --repair, then look through `warta list --gone`.",
        )
        for number in damaged
    ]
    if unfinished := read_withdrawn(home).in_state("erasing"):
        found.append(
            Finding(
                f"Erasing {len(unfinished)} articles was interrupted; they are in no answer, but "
                "their text is still on the disk.",
                "The next `warta index`, `warta remove` or `warta check --repair` finishes it.",
            )
        )
    return found


def _lines(home: Path) -> list[Withdrawal | None]:
    path = home / LIST
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        why = error.strerror or str(error)
        raise ArchiveError(f"{path} cannot be read: {why}.", "Check its rights.") from error
    return [_event(line) for line in text.splitlines() if line.strip()]


def _event(line: str) -> Withdrawal | None:
    try:
        fields = json.loads(line)
        checksum = fields.pop("sum")
        event = Withdrawal(**{**fields, "prints": tuple(fields["prints"])})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if event.state not in _STATES or _checksum(asdict(event)) != checksum:
        return None
    return event


def events_for(
    ids: Sequence[str],
    state: State,
    by: str,
    reason: str,
    prints: dict[str, tuple[str, ...]],
) -> list[Withdrawal]:
    """Return one event of this state for each id, all of one time."""
    at = datetime.now(UTC).isoformat()
    return [Withdrawal(id_, state, at, by, reason, prints.get(id_, ())) for id_ in ids]
