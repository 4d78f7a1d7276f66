"""Question text to hits, from one snapshot at a time, following the live one."""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from warta.corpus.archive.withdrawn import LIST, read_withdrawn
from warta.corpus.errors import EmbedderMismatch, SnapshotError
from warta.index.candidates import AnyDay, Hit, Ranker
from warta.index.embedding.embedder import Embedder
from warta.index.forking import Lock, unforked
from warta.index.reader import shipped_reader
from warta.index.search.reranker import Reranker
from warta.index.search.view import PER_ARTICLE, View
from warta.index.snapshot.own_models import embedder_called, embedder_to_read
from warta.index.snapshot.shelf import CURRENT, Opened, index_folder, open_snapshot

_log = logging.getLogger(__name__)
_READ = 12  # passages that are read to tell which are best, as many as for an answer


class Retriever:
    """Answers from the live snapshot of a home; safe to use from several threads.

    A new snapshot is noticed by one `stat` a call and opened by the caller that noticed, while
    the others go on with the one before; also one of the same name, in a home that was removed
    and made anew. One whose files were changed under it is given up before it is read. An old
    one is closed when its last view is gone. A new one that was made with the home's own, newly
    trained weights is read with those.
    """

    def __init__(
        self,
        embedder: Embedder,
        home: str | Path,
        ranker: Ranker | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._embedder = embedder
        self._home = Path(home)
        self._ranker = ranker
        self._reranker = reranker
        self._opening = Lock()
        self._view: View | None = None
        self._seen: tuple[int, ...] = ()
        self._listing = Lock()
        self._listed: tuple[int, ...] = ()
        self._fallen: frozenset[str] = frozenset()  # hidden because an older snapshot is served
        self._warning = ""

    @classmethod
    def load(
        cls,
        home: str | Path,
        embedder: Embedder | None = None,
        reranker: Reranker | None = None,
    ) -> Self:
        """Open the live snapshot of `home`; without an embedder with the one it was made by.

        A reranker reorders the first passages of the ranking.

        Raises NoSnapshot where nothing is indexed or intact, EmbedderMismatch where the index
        is of another embedder.
        """
        retriever = cls(embedder or embedder_to_read(Path(home)), home, reranker=reranker)
        retriever.view()
        return retriever

    @property
    def warning(self) -> str:
        """Why not the snapshot is served that should be live; "" where all is well."""
        return self._warning

    def view(self) -> View:
        """Pin the live snapshot."""
        self._hide()
        view = self._view
        whole = view is not None and view.untouched()
        if view is not None and whole and self._pointer() == self._seen:
            return view
        # One caller opens; the others go on with what there is, or wait where there is nothing.
        if not self._opening.acquire(blocking=not whole):
            assert view is not None
            return view
        try:
            return self._follow()
        finally:
            self._opening.release()

    def retrieve(
        self,
        query: str,
        k: int = 5,
        since: AnyDay | None = None,
        until: AnyDay | None = None,
        sources: Sequence[str] | None = None,
        read: bool = False,
    ) -> list[Hit]:
        """Return the k passages of the live snapshot that answer `query` best, best first.

        Args:
            query: A question or words, in Indonesian or English.
            k: At most so many passages; at most two of one article, unless there is nothing else.
            since: Only of this day of publication or later: a date or "2026-01-31".
            until: Only of this day or before.
            sources: Only of these outlets, in any case; None for all.
            read: Whether the reader that answers questions orders the first twelve by their best
                sentence: that of a question's article comes first more often, a tenth of a second
                later. Ranks and scores go by place then. The first call loads its weights.

        Raises:
            InputError: An empty query, k < 1, what is no day, a range that ends before it
                begins, or an outlet that has no article.
            NoSnapshot: Nothing is indexed.
            ConfigError: The reader's weights cannot be read.
        """
        return _retrieved(self.view(), query, k, since, until, sources, read)

    def retrieve_many(
        self,
        queries: Iterable[str],
        k: int = 5,
        since: AnyDay | None = None,
        until: AnyDay | None = None,
        sources: Sequence[str] | None = None,
        read: bool = False,
    ) -> list[list[Hit]]:
        """Return for each query what `retrieve` does, all from one snapshot, in their order."""
        view = self.view()
        return [_retrieved(view, query, k, since, until, sources, read) for query in queries]

    async def aretrieve(
        self,
        query: str,
        k: int = 5,
        since: AnyDay | None = None,
        until: AnyDay | None = None,
        sources: Sequence[str] | None = None,
        read: bool = False,
    ) -> list[Hit]:
        """Return what `retrieve` does, from a thread, so that an event loop goes on meanwhile."""
        return await asyncio.to_thread(self.retrieve, query, k, since, until, sources, read)

    def _pointer(self) -> tuple[int, ...]:
        return _stamp(index_folder(self._home) / CURRENT)

    def _hide(self) -> None:
        """Leave out at once what was taken down since the snapshot was opened."""
        stamp = _stamp(self._home / LIST)
        if self._view is None or stamp == self._listed:
            return
        with self._listing:  # all wait: what is taken down is in no answer from now on
            view = self._view
            if stamp != self._listed and view is not None:
                self._view = view.without(read_withdrawn(self._home).ids | self._fallen)
                self._listed = stamp

    def _follow(self) -> View:
        pointer = self._pointer()
        whole = self._view is not None and self._view.untouched()
        if self._view is not None and whole and pointer == self._seen:
            return self._view
        listed = _stamp(self._home / LIST)  # before it is read: a later change is noticed
        try:
            opened = open_snapshot(self._home)
            embedder = self._embedder_of(opened)
        except SnapshotError as error:
            if self._view is None or not whole:
                raise
            # What is being served is whole: better than nothing, and the status says so.
            self._seen = pointer
            self._warning = f"{error} Snapshot {self._view.name} goes on being used."
            _log.warning(self._warning)
            return self._view
        with self._listing:
            self._listed = listed
            self._fallen = opened.snapshot.hidden if opened.warning else frozenset()
            # By content, not by name: a home that was made anew begins with 000001 again.
            if self._view is None or not whole or self._view.identity != opened.snapshot.identity:
                self._embedder = embedder
                self._view = View(opened.snapshot, embedder, self._ranker, self._reranker)
            elif self._view.hidden != opened.snapshot.hidden:
                self._view = self._view.without(opened.snapshot.hidden)
        self._seen, self._warning = pointer, opened.warning
        return self._view

    def _embedder_of(self, opened: Opened) -> Embedder:
        made_by = opened.snapshot.manifest.versions
        if made_by.embedder == self._embedder.fingerprint:
            return self._embedder
        # Who opens an index with another embedder is told; who served it before is to go on.
        trained = embedder_called(self._home, made_by.embedder) if self._view else None
        if trained is None:
            raise EmbedderMismatch(
                f"The index in {self._home} was made by embedder {made_by.embedder} with "
                f"{made_by.dim} dimensions, in use is {self._embedder.fingerprint} with "
                f"{self._embedder.dim}.",
                "Name the embedder it was made with, or run `warta index FOLDER --rebuild`.",
            )
        return trained


def _retrieved(
    view: View,
    query: str,
    k: int,
    since: AnyDay | None,
    until: AnyDay | None,
    sources: Sequence[str] | None,
    read: bool,
) -> list[Hit]:
    if not read or k < 1:
        return view.retrieve(query, k, since, until, sources)
    hits = view.retrieve(query, max(k, _READ), since, until, sources)
    with unforked():
        ordered = [*shipped_reader().ordered(query, hits[:_READ]), *hits[_READ:]]
    return [
        replace(hit, rank=place.rank, score=place.score)
        for hit, place in zip(_varied(ordered)[:k], hits, strict=False)
    ]


def _varied(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with the third and later ones of an article behind all others."""
    taken: Counter[str] = Counter()
    first: list[Hit] = []
    rest: list[Hit] = []
    for hit in hits:
        taken[hit.article.id] += 1
        (first if taken[hit.article.id] <= PER_ARTICLE else rest).append(hit)
    return [*first, *rest]


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what changes when a file is replaced; () where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return ()
    return (status.st_ino, status.st_mtime_ns, status.st_size)
