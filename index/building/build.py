"""From the archive to the next snapshot, taking over all that did not change.

What a snapshot holds depends on the articles alone, never on what was there before: a build from
nothing and one that took everything over give the same passages, terms, vectors and ranking.
"""

import hashlib
import itertools
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from warta.corpus.archive.archive import Archive
from warta.corpus.article import Article
from warta.corpus.cleaning.intake import INTAKE_VERSION
from warta.corpus.duplicates import DUPLICATES_VERSION, signature
from warta.corpus.errors import (
    DamagedSnapshot,
    EmbedderMismatch,
    InputError,
    NoSnapshot,
    Unbuildable,
)
from warta.corpus.language.words import ANALYSIS_VERSION, terms
from warta.corpus.passages import CHUNKING_VERSION, passages
from warta.corpus.reading.timing import within
from warta.index.building.pool import in_order
from warta.index.embedding.embedder import Embedder
from warta.index.embedding.word_vectors import word_embedder
from warta.index.snapshot.durable import explained, make_folder, writer_lock
from warta.index.snapshot.manifest import Manifest, Versions, read_manifest, verify
from warta.index.snapshot.shelf import (
    clean,
    commit,
    current_name,
    discard,
    index_folder,
    names,
    next_name,
    open_snapshot,
    seal,
)
from warta.index.snapshot.snapshot import Snapshot
from warta.index.snapshot.text_store import ArticleRow, Stretch
from warta.index.snapshot.writer import Entry, SnapshotDraft
from warta.index.stories.links import STORIES_VERSION

_HEADLINE = 500  # characters of a headline that are searched: it travels with every passage
Progress = Callable[[str, int, int], None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: `embedded` passages were new, the others were taken over.

    `set_aside` articles could not be built, and are among the skipped now.
    """

    snapshot: str
    changed: bool
    articles: int
    passages: int
    embedded: int
    seconds: float
    set_aside: int = 0


def build(
    home: Path,
    embedder: Embedder,
    progress: Progress | None = None,
    *,
    new_embedder: bool = False,
) -> BuildReport:
    """Make the archive of `home` searchable; changes nothing where it already is.

    Raises LockedError where another process writes, EmbedderMismatch where the index is of
    another embedder and `new_embedder` does not allow to embed everything anew, and
    SnapshotError where the disk refuses. The snapshot in use stays whole in every case.
    """
    with writer_lock(home):
        return build_locked(home, embedder, progress, new_embedder=new_embedder)


def build_locked(
    home: Path,
    embedder: Embedder,
    progress: Progress | None = None,
    *,
    new_embedder: bool = False,
    verified: Callable[[], Manifest | None] | None = None,
) -> BuildReport:
    """Do what `build` does for a caller that holds the writer's lock.

    `verified` gives what `whole_manifest` gives of this home, for a caller that asked it since it
    took the lock. An article that cannot be built is set aside with its reason, and the others
    are built without it: it stands in nobody's way, now or later.
    """
    for count in itertools.count():
        try:
            live = verified() if verified else whole_manifest(home)
            built = _built(home, embedder, progress, live, new_embedder=new_embedder)
            return replace(built, set_aside=count)
        except Unbuildable as error:
            _log.warning("%s It is left out.", error)
            with Archive.open(home) as archive:
                archive.set_aside(error.article_id, error.what, error.remedy)
    raise AssertionError("every article was set aside, and still one could not be built")


def _built(
    home: Path,
    embedder: Embedder,
    progress: Progress | None,
    live: Manifest | None,
    *,
    new_embedder: bool,
) -> BuildReport:
    begun = time.monotonic()
    versions = current_versions(embedder)
    with explained(home), Archive.open(home, readonly=True) as archive:
        hashes = archive.hashes()
        check_embedder(live, embedder, new_embedder=new_embedder)
        if live and live.versions == versions and live.content == content_digest(hashes):
            clean(home, {live.name, *_previous(home, live.name)})
            seconds = time.monotonic() - begun
            return BuildReport(live.name, False, live.articles, live.passages, 0, seconds)
        last = _last_snapshot(home, live)
        # Chosen before the clean-up: a reader may still hold what is removed, under its name.
        folder = index_folder(home) / next_name(home)
        clean(home, {last.name} if last else set())
        try:
            return _write(home, folder, embedder, archive, hashes, last, progress or silent, begun)
        except BaseException:
            discard(home, folder.name)
            raise


def current_versions(embedder: Embedder) -> Versions:
    """Return what a snapshot built now would depend on."""
    return Versions(
        embedder=embedder.fingerprint,
        dim=embedder.dim,
        cleaning=INTAKE_VERSION,
        chunking=CHUNKING_VERSION,
        analysis=ANALYSIS_VERSION,
        duplicates=DUPLICATES_VERSION,
        words=word_embedder(embedder).fingerprint,
        stories=STORIES_VERSION,
    )


def check_embedder(live: Manifest | None, embedder: Embedder, *, new_embedder: bool) -> None:
    """Raise EmbedderMismatch where `live` is of another embedder and that is not wanted."""
    if live is None or new_embedder or live.versions.embedder == embedder.fingerprint:
        return
    raise EmbedderMismatch(
        f"The index was made by embedder {live.versions.embedder} with {live.versions.dim} "
        f"dimensions, asked for is {embedder.fingerprint} with {embedder.dim}.",
        "Name the embedder it was made with, or run `warta index FOLDER --rebuild` to embed all "
        "anew.",
    )


def content_digest(hashes: Mapping[str, str]) -> str:
    """Return one SHA-256 over ids and content hashes."""
    digest = hashlib.sha256()
    for article_id, content_hash in sorted(hashes.items()):
        digest.update(f"{article_id}\0{content_hash}\n".encode())
    return digest.hexdigest()


def embedded_text(title: str, text: str) -> str:
    """Return what the embedder gets of a passage: the headline travels with it."""
    return f"{title[:_HEADLINE]}\n{text}" if title else text


def silent(stage: str, done: int, total: int) -> None:
    """Show nothing."""


def live_manifest(home: Path) -> Manifest | None:
    """Return what the live snapshot says it is, its files not looked at; None where it is not."""
    try:
        return read_manifest(index_folder(home) / current_name(home))
    except (NoSnapshot, DamagedSnapshot):
        return None


def whole_manifest(home: Path) -> Manifest | None:
    """Return the manifest of the live snapshot, verified; None where it is missing or damaged."""
    try:
        return verify(index_folder(home) / current_name(home))
    except NoSnapshot:
        return None
    except DamagedSnapshot as error:
        _log.warning("%s It is built again.", error)
        return None


def _last_snapshot(home: Path, live: Manifest | None) -> Snapshot | None:
    if live is not None:  # just verified
        return Snapshot.open(index_folder(home) / live.name, live)
    try:
        return open_snapshot(home).snapshot
    except NoSnapshot:
        return None


def _write(
    home: Path,
    folder: Path,
    embedder: Embedder,
    archive: Archive,
    hashes: Mapping[str, str],
    last: Snapshot | None,
    progress: Progress,
    begun: float,
) -> BuildReport:
    make_folder(folder)
    versions = current_versions(embedder)
    known = _unchanged(hashes, last, versions)
    everything = last is not None and len(known) == last.manifest.articles
    draft = SnapshotDraft(folder, embedder, last, everything=everything)
    try:
        _fill(draft, archive, hashes, known, last, versions, progress)
        written = draft.finish(archive.updates())
    except BaseException:
        draft.abandon()
        raise
    manifest = Manifest(
        name=folder.name,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=versions,
        articles=draft.articles,
        passages=draft.passages,
        newest=draft.newest,
        content=content_digest(hashes),
        files=seal(folder, written),
    )
    commit(home, manifest)
    try:
        clean(home, {manifest.name, *([last.name] if last else [])})
    except OSError as error:
        _log.warning("The new snapshot is live, but an old one cannot be removed: %s", error)
    seconds = time.monotonic() - begun
    return BuildReport(manifest.name, True, draft.articles, draft.passages, draft.embedded, seconds)


def _previous(home: Path, live: str) -> list[str]:
    """Return the name of the snapshot kept beside the live one."""
    return [name for name in names(home) if int(name) < int(live)][:1]


def _fill(
    draft: SnapshotDraft,
    archive: Archive,
    hashes: Mapping[str, str],
    known: Mapping[str, int],
    last: Snapshot | None,
    versions: Versions,
    progress: Progress,
) -> None:
    """Put in all articles by id: unchanged ones from the last snapshot, others analysed."""
    same_vectors = last is not None and last.manifest.versions.embedder == versions.embedder
    keys = last.texts.keys() if last and same_vectors and len(known) < len(hashes) else {}
    changed = archive.articles([name for name in hashes if name not in known])
    analysed = in_order(_analysed, changed, _crashed)
    for taken, ids in groupby(sorted(hashes), known.__contains__):
        if taken and last is not None:
            for run in _runs(last, [known[id_] for id_ in ids]):
                draft.take(run)
                progress("articles", draft.articles, len(hashes))
            continue
        for _ in ids:
            draft.add(_entry(*next(analysed), keys))
            if draft.articles % 100 == 0 or draft.articles == len(hashes):
                progress("articles", draft.articles, len(hashes))


def _runs(last: Snapshot, numbers: Sequence[int]) -> Iterator[Stretch]:
    """Yield ascending numbers of articles as the runs that follow each other."""
    begin = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
            yield last.run(numbers[begin], numbers[at - 1] + 1)
            begin = at


def _unchanged(
    hashes: Mapping[str, str], last: Snapshot | None, versions: Versions
) -> dict[str, int]:
    """Return id -> number in the last snapshot of what can be taken over whole."""
    if last is None:
        return {}
    made_by = replace(
        last.manifest.versions,
        cleaning=versions.cleaning,
        words=versions.words,
        stories=versions.stories,
    )
    if made_by != versions:
        return {}
    return {
        article_id: number
        for article_id, (content_hash, number) in last.texts.hashes().items()
        if hashes.get(article_id) == content_hash
    }


@dataclass(frozen=True, slots=True)
class _Analysis:
    """What a build works out of one article; `spans` and `terms` are those of its passages.

    The article itself stays where it is read: it need not travel back from a worker.
    """

    signature: bytes
    spans: tuple[tuple[int, int, bytes], ...]
    headline: Sequence[str]
    terms: Sequence[Sequence[str]]


def _analysed(articles: list[Article]) -> list[_Analysis | Unbuildable]:
    """Analyse each; what fails or takes too long is told instead."""
    return [_analysis_or_reason(article) for article in articles]


def _analysis_or_reason(article: Article) -> _Analysis | Unbuildable:
    try:
        with within():
            return _analysis(article)
    except InputError as error:
        return Unbuildable(article.id, f"It cannot be searched: {error.what}", error.remedy)
    except Exception as error:
        what = f"It cannot be searched: {type(error).__name__}: {error}."
        return Unbuildable(article.id, what, "Report it with the article.")


def _crashed(article: Article) -> _Analysis | Unbuildable:
    what = "It cannot be searched: analysing it ended the process that did it."
    return Unbuildable(article.id, what, "Report it with the article.")


def _analysis(article: Article) -> _Analysis:
    parts = passages(article)
    keys = [
        hashlib.sha256(embedded_text(article.title, part.text).encode()).digest()[:16]
        for part in parts
    ]
    return _Analysis(
        signature=signature(article.text),
        spans=tuple((part.start, part.end, key) for part, key in zip(parts, keys, strict=True)),
        headline=terms(article.title[:_HEADLINE]),
        terms=[terms(part.text) for part in parts],
    )


def _entry(article: Article, found: _Analysis | Unbuildable, known: Mapping[bytes, int]) -> Entry:
    """Return what is written of an article; raises Unbuildable where it could not be analysed.

    `known`: the row in the last snapshot of what is embedded already.
    """
    if isinstance(found, Unbuildable):
        raise found
    return Entry(
        row=ArticleRow(article, article.content_hash, found.signature, found.spans),
        headline=found.headline,
        terms=found.terms,
        embedded=[
            None if key in known else embedded_text(article.title, article.text[start:end])
            for start, end, key in found.spans
        ],
        known=[known.get(key, -1) for _, _, key in found.spans],
    )
