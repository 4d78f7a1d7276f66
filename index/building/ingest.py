"""`warta index`: files and feeds into the archive, and the archive into the next snapshot."""

import contextlib
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from warta.corpus.archive.archive import Archive, is_under
from warta.corpus.archive.rows import Counts, pack
from warta.corpus.archive.withdrawn import Withdrawal, Withdrawn, read_withdrawn
from warta.corpus.article import Article, Record, Skipped
from warta.corpus.cleaning.intake import INTAKE_VERSION, to_article
from warta.corpus.dates.published import IMPOSSIBLE
from warta.corpus.errors import ArchiveError, InputError
from warta.corpus.reading.files import is_address, place, walk
from warta.corpus.reading.readers import read
from warta.corpus.reading.timing import within
from warta.index.building.build import (
    Progress,
    build_locked,
    check_embedder,
    live_manifest,
    whole_manifest,
)
from warta.index.building.pool import in_order
from warta.index.embedding.embedder import Embedder
from warta.index.snapshot.durable import sync_folder, write_durably, writer_lock

_BATCH = 1000  # articles a transaction
_NO_FIELDS: Mapping[str, str] = {}
_log = logging.getLogger(__name__)
SEEN: Final = "SEEN"
_YOUNG: Final = 2.0  # seconds
_MOST: Final = 16  # sets of paths that are kept


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one run saw and did: indexed + unchanged + skipped == seen.

    `removed` articles were pruned, `retired` ones made room. `snapshot` is the one now live, ""
    where nothing was ever indexed.
    """

    seen: int
    indexed: int
    unchanged: int
    skipped: int
    removed: int
    retired: int
    snapshot: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Glance:
    """What the files under some paths look like: `asked` names paths and options, `files` them.

    `files` is "" where that cannot tell whether they change: among them is a feed or a file that
    was just written.
    """

    asked: str
    files: str


@dataclass(frozen=True, slots=True)
class LastRun:
    """How many items the last run over these files saw, and how many of them it skipped."""

    seen: int
    skipped: int


def index_paths(
    home: Path,
    paths: Sequence[str | Path],
    *,
    embedder: Embedder,
    fields: Mapping[str, str] = _NO_FIELDS,
    source: str = "",
    prune: bool = False,
    new_embedder: bool = False,
    allow_local: bool = False,
    retiring: Collection[str] = (),
    progress: Progress | None = None,
) -> IndexReport:
    """Read what `paths` hold into the archive of `home` and make it searchable.

    What did not change since it was last read is only counted, and what was taken down is skipped,
    by its id and by its text. `prune` takes out the articles whose file has left the given
    folders, but nothing for a folder that holds no file at all: a disk that is not mounted looks
    so. The articles with the ids in `retiring` leave as soon as the run took any: the snapshot it
    builds is the first with the new ones and without those. Interrupted at any point, a next run
    goes on.

    Raises InputError for a path that does not exist, LockedError where another process writes,
    EmbedderMismatch, ArchiveError and SnapshotError; see `build`.
    """
    begun = time.monotonic()
    read(paths, fields=fields, source=source, allow_local=allow_local)  # complains of the paths
    with writer_lock(home), ThreadPoolExecutor(1) as beside:
        check_embedder(live_manifest(home), embedder, new_embedder=new_embedder)
        whole = beside.submit(whole_manifest, home)  # its hashes, while files are read
        with Archive.open(home) as archive:
            withdrawn = read_withdrawn(home)
            archive.forget(withdrawn.ids)  # also where taking them out was interrupted
            options = {"fields": dict(fields), "source": source, "prune": prune}
            seen = glance(paths, options, retiring)
            if last := last_run(home, archive, seen):
                counts, retired = _settled(archive, paths, last), 0
            else:
                found = read(
                    paths,
                    fields=fields,
                    source=source,
                    allow_local=allow_local,
                    known=archive.places(gone=True),
                    held=_held_by(archive),
                    prints=archive.fingerprints(),
                )
                run = _Intake(archive, withdrawn, progress)
                own = place(str(home)) + os.sep
                counts, retired = _taken(
                    archive, run, paths, _outside(found, own), retiring, prune=prune
                )
                if not run.to_be_retaken:
                    remember(home, archive, seen, LastRun(counts.seen, counts.skipped))
            anything = bool(len(archive))
        live = live_manifest(home)
        snapshot, aside = "", 0
        if anything or live is not None:
            built = build_locked(
                home, embedder, progress, new_embedder=new_embedder, verified=whole.result
            )
            snapshot, aside = built.snapshot, min(built.set_aside, counts.indexed)
        seconds = time.monotonic() - begun
        _note_finished(home, seconds)
    return IndexReport(
        seen=counts.seen,
        indexed=counts.indexed - aside,
        unchanged=counts.unchanged,
        skipped=counts.skipped + aside,
        removed=counts.removed,
        retired=retired,
        snapshot=snapshot,
        seconds=seconds,
    )


def _taken(
    archive: Archive,
    run: "_Intake",
    paths: Sequence[str | Path],
    found: Iterator[Record | Skipped],
    retiring: Collection[str],
    *,
    prune: bool,
) -> tuple[Counts, int]:
    """Take what was found into the archive; return the counts and how many articles retired."""
    archive.begin_run(paths)
    run.take(found)
    run.renew()
    full = [path for path in paths if not _is_hollow(Path(path))]
    removed = len(archive.prune(run.ids, full)) if prune else 0
    retired = _retire(archive, retiring) if run.indexed + run.unchanged else 0
    counts = Counts(run.seen, run.indexed, run.unchanged, run.skipped, removed)
    archive.end_run(counts)
    return counts, retired


def _settled(archive: Archive, paths: Sequence[str | Path], last: LastRun) -> Counts:
    """Note a run over files that are as they were: it would say the same of each item."""
    roots = [place(str(path)) for path in paths]
    again = [item for item in archive.skipped() if is_under(place(item.origin), roots)]
    archive.begin_run(paths)
    archive.skip(again)
    counts = Counts(last.seen, 0, last.seen - last.skipped, last.skipped, 0)
    archive.end_run(counts)
    return counts


def _retire(archive: Archive, ids: Collection[str]) -> int:
    present = [name for name in archive.hashes() if name in ids] if ids else []
    archive.forget(present)
    return len(present)


def _held_by(archive: Archive) -> Callable[[str], tuple[str, str] | None]:
    def held(id_: str) -> tuple[str, str] | None:
        article = archive.get(id_)
        return article.title, article.text

    return held


def _outside(found: Iterator[Record | Skipped], own: str) -> Iterator[Record | Skipped]:
    """Leave out what lies in the home: `warta index .` beside ./warta-data."""
    origin, is_inside = "", False
    for item in found:
        if item.origin != origin:
            origin, is_inside = item.origin, place(item.origin).startswith(own)
        if not is_inside:
            yield item


def _note_finished(home: Path, seconds: float) -> None:
    """Keep how long the last run took, its build included; the caller holds the writer's lock."""
    try:
        with Archive.open(home) as archive:
            archive.finish_run(seconds)
    except ArchiveError as error:  # the index is live: that is what the run was for
        _log.warning("The index is live, but how long it took cannot be kept: %s", error)


def _is_hollow(path: Path) -> bool:
    return path.is_dir() and next(walk(path), None) is None


class _Intake:
    """Takes what was read into the archive and counts it."""

    def __init__(self, archive: Archive, withdrawn: Withdrawn, progress: Progress | None) -> None:
        self._archive = archive
        self._withdrawn = withdrawn
        self._progress = progress
        self._known = archive.fingerprints()
        self._places = archive.places()
        notes = archive.date_notes().items()
        self._impossible = {id_ for id_, note in notes if IMPOSSIBLE in note}
        self._unread: list[Skipped] = []
        self.ids: set[str] = set()
        self.seen = self.indexed = self.unchanged = self.skipped = 0

    @property
    def to_be_retaken(self) -> bool:
        """Whether a later run may make something else of the same files: by another clock."""
        return any(IMPOSSIBLE in note for note in self._archive.date_notes().values())

    def take(self, found: Iterator[Record | Skipped]) -> None:
        results = in_order(_cleaned, self._changed(found), _crashed)
        while batch := list(islice(results, _BATCH)):
            articles: list[tuple[Article, str]] = []
            originals: dict[str, bytes] = {}
            for record, (result, original) in batch:
                if isinstance(result, Skipped):
                    self._skip(result)
                elif held := self._withdrawn.of_text(result.text):
                    self._skip(_held_back(record, held))
                else:
                    articles.append((result, _fingerprint(record)))
                    originals[record.id] = original
            self._archive.put_many(articles, originals)
            self.indexed += len(articles)
        self._archive.skip(self._unread)

    def renew(self) -> None:
        """Make articles anew that an older version cleaned and this run did not read."""
        current = f"-{INTAKE_VERSION}"
        old = [
            id_
            for id_, made in self._known.items()
            if not made.endswith(current) and id_ not in self.ids
        ]
        done = 0
        results = in_order(_cleaned, self._archive.originals(old), _crashed)
        while batch := list(islice(results, _BATCH)):
            self._archive.renew(
                (result, _fingerprint(record))
                for record, (result, _) in batch
                if isinstance(result, Article)
            )
            done += len(batch)
            if self._progress:
                self._progress("renewing", done, len(old))
        if done < len(old):
            _log.info(
                "%d articles are as an earlier version cleaned them: what they were made from is "
                "not in the archive. Index their files again.",
                len(old) - done,
            )

    def _changed(self, found: Iterator[Record | Skipped]) -> Iterator[Record]:
        """Yield the records that have to be cleaned; count and keep the rest."""
        for item in found:
            self.seen += 1
            if self._progress and self.seen % 50 == 0:
                self._progress("reading", self.seen, 0)
            if isinstance(item, Skipped):
                self._skip(item)
                continue
            if held := self._withdrawn.now.get(item.id):
                self._skip(_held_back(item, held))
                continue
            self.ids.add(item.id)
            if self._known.get(item.id) == _fingerprint(item) and not self._dated_anew(item):
                self.unchanged += 1
            elif not item.source.strip() and self._is_from_there(item):
                # An outlet given once with `--source` need not be given with every run.
                yield replace(item, source=self._archive.get(item.id).source)
            else:
                yield item

    def _is_from_there(self, item: Record) -> bool:
        """True where the article came from the same place, or from one that has moved here."""
        before = self._places.get(item.id)
        if before is None:
            return False
        return before == place(item.origin) or not (is_address(before) or os.path.exists(before))

    def _dated_anew(self, record: Record) -> bool:
        """Tell whether an article whose day could not be is another one by today's clock.

        What a clock that was set back has undated must not stay so for ever.
        """
        if record.id not in self._impossible:
            return False
        before, found = self._archive.get(record.id), _clean(record)
        if isinstance(found, Article) and not record.source.strip():
            found = replace(found, source=before.source)
        return isinstance(found, Article) and found.content_hash != before.content_hash

    def _skip(self, item: Skipped) -> None:
        self.skipped += 1
        self._unread.append(item)


def _held_back(record: Record, held: Withdrawal) -> Skipped:
    if held.state == "removed":
        remedy = f"`warta restore-article {held.id}` lets it in again."
    else:
        remedy = "Nothing needs to be done."
    return Skipped(record.origin, record.line, f"{held.told()}.", remedy)


def _fingerprint(record: Record) -> str:
    """Return what stays the same as long as cleaning the record again would change nothing."""
    return f"{record.fingerprint}-{INTAKE_VERSION}"


def _cleaned(records: list[Record]) -> list[tuple[Article | Skipped, bytes]]:
    """Clean each; beside the article comes its record as the archive keeps it."""
    return [(_clean(record), pack(record)) for record in records]


def _clean(record: Record) -> Article | Skipped:
    try:
        with within():
            return to_article(record)
    except InputError as error:
        return Skipped(record.origin, record.line, error.what, error.remedy)
    except Exception as error:  # one strange page never stops the others
        what = f"It cannot be cleaned: {type(error).__name__}: {error}."
        return Skipped(record.origin, record.line, what, "Report it with the file.")


def _crashed(record: Record) -> tuple[Article | Skipped, bytes]:
    what = "Cleaning it ended the process that did it."
    return Skipped(record.origin, record.line, what, "Report it with the file."), b""


# Telling at a glance that nothing changed since the last run over the same paths.
#
#     <home>/index/SEEN    for each set of paths and options: what all files looked like, and how
#                          many items the run that read them saw and skipped
#
# As make and git do, a file of the same size, times and inode is taken for the same. One that was
# written within two seconds of being read is not: its next change might not show. Feeds are always
# fetched. Without the file, or with a damaged one, everything is read.


def glance(
    paths: Sequence[str | Path],
    options: Mapping[str, Any],
    retiring: Collection[str],
    now: float | None = None,
) -> Glance:
    """Look at what `paths` hold without reading it; `now` is Unix time."""
    places = [place(str(path)) for path in paths]
    asked = _digest(places, sorted(options.items()), sorted(retiring), INTAKE_VERSION, _code())
    if any(is_address(str(path)) for path in paths):
        return Glance(asked, "")
    limit = (time.time() if now is None else now) - _YOUNG
    digest = hashlib.sha256()
    for found in _entries(paths):
        if isinstance(found, Skipped):
            digest.update(repr(found).encode("utf-8", "surrogatepass"))
            continue
        try:
            status = os.stat(found)
        except OSError:
            return Glance(asked, "")
        if max(status.st_mtime, status.st_ctime) > limit:
            return Glance(asked, "")
        known = (str(found), status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        digest.update(repr(known).encode("utf-8", "surrogatepass"))
    return Glance(asked, digest.hexdigest())


def _entries(paths: Sequence[str | Path]) -> Iterator[Path | Skipped]:
    for given in paths:
        path = Path(given)
        if path.is_dir():
            yield from walk(path)
        else:
            yield path


@cache
def _code() -> str:
    """Hash of the code that reads and cleans: another one may take what this one skipped."""
    import warta.corpus

    digest = hashlib.sha256()
    folder = Path(warta.corpus.__file__).parent
    for room in ("reading", "cleaning", "dates", "language"):
        for path in sorted((folder / room).glob("*.*")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _state(home: Path, archive: Archive) -> str:
    """Return what changes with the live articles and with what is withdrawn."""
    withdrawn = home / "withdrawn.jsonl"
    listed = withdrawn.read_bytes() if withdrawn.is_file() else b""
    return _digest(archive.fingerprints(), listed)


def last_run(home: Path, archive: Archive, seen: Glance) -> LastRun | None:
    """Return what the last run over these files said, None where anything may have changed."""
    if not seen.files:
        return None
    entry = _read(home).get(seen.asked)
    if entry is None or entry[:2] != [seen.files, _state(home, archive)]:
        return None
    return LastRun(int(entry[2]), int(entry[3]))


def remember(home: Path, archive: Archive, seen: Glance, run: LastRun) -> None:
    """Keep what a run said of the files it read to their end; `seen` was taken before it."""
    entries = _read(home)
    entries.pop(seen.asked, None)
    if seen.files:
        entries[seen.asked] = [seen.files, _state(home, archive), run.seen, run.skipped]
    kept = dict(list(entries.items())[-_MOST:])
    data = json.dumps({"runs": kept, "sum": _digest(kept)}).encode()
    path = home / "index" / SEEN
    pending = path.with_name(f"{SEEN}.tmp")
    with contextlib.suppress(OSError, ArchiveError):  # without it the next run reads everything
        pending.unlink(missing_ok=True)
        write_durably(pending, data)
        pending.rename(path)
        sync_folder(path.parent)


def _read(home: Path) -> dict[str, list[Any]]:
    try:
        found = json.loads((home / "index" / SEEN).read_bytes())
        runs: dict[str, list[Any]] = found["runs"]
        return runs if _digest(runs) == found["sum"] else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
