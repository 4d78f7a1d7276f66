"""Taking articles down, erasing them, and letting them in again.

An article is out of every answer from the moment the list of the withdrawn is replaced, which
happens in one step; all that follows, archive, feedback, index, can be interrupted and is done
again by the next command that writes to the home.
"""

import getpass
import logging
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from warta.assistant.config import Settings
from warta.assistant.exporting.printing import counted
from warta.assistant.upkeep.feedback import blank_feedback
from warta.assistant.upkeep.publishing import publish_home
from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.archive.withdrawn import State, Withdrawn, events_for, read_withdrawn, text_print
from warta.corpus.errors import InputError
from warta.index.building.build import Progress, build_locked, check_embedder, live_manifest
from warta.index.embedding.embedder import Embedder
from warta.index.snapshot import shelf
from warta.index.snapshot.durable import explained, writer_lock
from warta.index.snapshot.own_models import embedder_to_index, trained

_DAMAGED = "archive.damaged-*"  # what repairs kept: files of the archive as it was
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Removal:
    """What was done: `opinions` lines of feedback quoted the articles and were blanked."""

    ids: tuple[str, ...]
    state: str
    by: str
    reason: str
    snapshot: str
    opinions: int = 0
    kept_aside: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the shape of `warta remove --json` and `warta restore-article --json`."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return what a maintainer wants to read of it."""
        what = {"removed": "out of every answer", "restored": "searched again"}
        state = what.get(self.state, "erased: no text of it is left in the home")
        are = "is" if len(self.ids) == 1 else "are"
        lines = [f"{counted(len(self.ids), 'article')} {are} {state}. Snapshot {self.snapshot}."]
        if self.state == "erased":
            lines += [f"Deleted as well: {path}" for path in self.kept_aside]
            if self.opinions:
                lines.append(f"{counted(self.opinions, 'opinion')} quoted it and {are} blanked.")
            lines.append("Backups made before hold it still: make a new one and delete those.")
        return lines


def whoever() -> str:
    """Return the name of the user at work, "" where the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


def remove(
    settings: Settings,
    ids: Sequence[str],
    *,
    erase: bool,
    by: str,
    reason: str,
    progress: Progress,
) -> Removal:
    """Take articles out of every answer; with `erase` their text out of the home, too.

    What is read again under one of these ids, or with the text of one, stays out. Raises
    InputError for an id that the archive does not have; then nothing is done. LockedError,
    ArchiveError and SnapshotError as a build does: the articles are in no answer then, and the
    next command that writes to the home goes on.
    """
    home = settings.home
    embedder = embedder_to_index(home, settings.embedder)
    wanted = list(dict.fromkeys(ids))
    with writer_lock(home):
        new_embedder = _own(settings)
        check_embedder(live_manifest(home), embedder, new_embedder=new_embedder)
        listed = read_withdrawn(home)
        with Archive.open(home) as archive:
            _refuse_unknown(wanted, archive, listed)
            prints = _prints(archive, wanted)
        state: State = "erasing" if erase else "removed"
        todo = [id_ for id_ in wanted if _is_new(id_, erase, listed)]
        if todo:
            listed = listed.with_events(events_for(todo, state, by, reason, prints))
            listed.write(home)
        opinions, aside, snapshot = _finish(
            home, listed, embedder, progress, new_embedder=new_embedder
        )
    publish_home(settings, progress, keep_last=False)
    done = "erased" if erase else "removed"
    return Removal(tuple(wanted), done, by, reason, snapshot, opinions, aside)


def _own(settings: Settings) -> bool:
    return bool(trained(settings.home) and not settings.embedder)


def _refuse_unknown(ids: Sequence[str], archive: Archive, listed: Withdrawn) -> None:
    known = archive.known(ids) | listed.ids
    if unknown := [id_ for id_ in ids if id_ not in known]:
        more = f" and {len(unknown) - 5:,} more" if len(unknown) > 5 else ""
        raise InputError(
            f"There is no article {', '.join(map(repr, unknown[:5]))}{more} in {archive.path}; "
            "nothing was done.",
            "`warta list` shows the ids.",
        )


def _is_new(id_: str, erase: bool, listed: Withdrawn) -> bool:
    """Tell whether there is something to note of an article: nothing of what is erased."""
    event = listed.now.get(id_)
    return event is None or (erase and event.state == "removed")


def _prints(archive: Archive, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for id_, _, text in archive.texts(ids):
        if one := text_print(text):
            found.setdefault(id_, set()).add(one)
    return {id_: tuple(sorted(prints)) for id_, prints in found.items()}


def _finish(
    home: Path,
    listed: Withdrawn,
    embedder: Embedder,
    progress: Progress,
    *,
    new_embedder: bool,
) -> tuple[int, tuple[str, ...], str]:
    """Do all that the list says and is not done yet; the caller holds the writer's lock.

    Returns how many opinions were blanked, which folders were deleted, and the live snapshot.
    """
    opinions = 0
    aside: tuple[str, ...] = ()
    erasing = listed.in_state("erasing")
    with Archive.open(home) as archive:
        archive.forget(listed.ids)
        if erasing:
            texts = [part for _, title, text in archive.texts(erasing) for part in (title, text)]
            opinions = blank_feedback(home, texts)
            # What answers is imported by few runs: it takes as long as one that changes nothing.
            from warta.assistant.upkeep.shares import forget_in_shares

            forget_in_shares(home, erasing, texts)
            archive.erase(erasing)
    snapshot = build_locked(home, embedder, progress, new_embedder=new_embedder).snapshot
    if erasing:
        with explained(home):
            shelf.clean(home, {snapshot})  # an older one holds it
            aside = _delete_damaged(home)
        done = [listed.now[id_] for id_ in erasing]
        prints = {event.id: event.prints for event in done}
        listed = listed.with_events(
            event
            for last in done
            for event in events_for([last.id], "erased", last.by, last.reason, prints)
        )
        listed.write(home)
        for event in done:
            _log.info("Article %r: erased by %s: %s", event.id, event.by, event.reason)
    return opinions, aside, snapshot


def _delete_damaged(home: Path) -> tuple[str, ...]:
    found = sorted(home.glob(_DAMAGED))
    for folder in found:
        shutil.rmtree(folder)
    return tuple(map(str, found))


def finish_interrupted(settings: Settings, progress: Progress) -> int:
    """Finish erasing what an interrupted run began; return how many articles that were.

    Raises as `remove` does.
    """
    home = settings.home
    pending = len(read_withdrawn(home).in_state("erasing")) if (home / NAME).exists() else 0
    if pending:
        embedder = embedder_to_index(home, settings.embedder)
        with writer_lock(home):
            listed = read_withdrawn(home)
            _finish(home, listed, embedder, progress, new_embedder=_own(settings))
    return pending


def restore_article(settings: Settings, id_: str, *, by: str, progress: Progress) -> Removal:
    """Let an article that was removed, but not erased, into answers again.

    Raises InputError for one that is erased, was not removed or is not in the archive.
    """
    home = settings.home
    embedder = embedder_to_index(home, settings.embedder)
    with writer_lock(home):
        new_embedder = _own(settings)
        check_embedder(live_manifest(home), embedder, new_embedder=new_embedder)
        listed = read_withdrawn(home)
        event = listed.now.get(id_)
        if event is None:
            raise InputError(f"Article {id_!r} was not removed.", "`warta list --gone` shows ids.")
        if event.state != "removed":
            raise InputError(f"Article {id_!r} cannot come back. {event.told()}.")
        with Archive.open(home) as archive:
            archive.get(id_)
            archive.bring_back([id_])
        restored = events_for([id_], "restored", by, "", {})
        listed.with_events(restored).write(home)
        snapshot = build_locked(home, embedder, progress, new_embedder=new_embedder).snapshot
    publish_home(settings, progress)
    return Removal((id_,), "restored", by, "", snapshot)
