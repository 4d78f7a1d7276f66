"""Question text to hits, from one snapshot at a time, following the live one."""

import logging
import os
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np

from corpus.article import Article
from corpus.errors import EmbedderMismatch, InputError, SnapshotError
from index.analysis import is_english
from index.candidates import Candidates, Filter, Query, Ranker, Rows, Scores, fold_source
from index.embedder import Embedder
from index.fusion import Mixture, coverage, rarity
from index.hit import Hit
from index.own import embedder_called, embedder_to_read
from index.reranker import DEPTH, Reranker, reordered
from index.shelf import CURRENT, Opened, index_folder, open_snapshot
from index.snapshot import Coverage, Snapshot
from index.sources import check_sources
from index.spelling import Speller
from index.wording import Reader

_DEPTH = 150  # candidates of each side
_MOST_TERMS = 64  # the rarest of a very long question
_PER_ARTICLE = 2  # passages of one article, as long as others are left
_log = logging.getLogger(__name__)


class View:
    """One snapshot, pinned: everything asked of it comes from the same articles."""

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        ranker: Ranker,
        reranker: Reranker | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._embedder = embedder
        self._ranker = ranker
        self._reranker = reranker
        frequency = snapshot.lexical.frequency
        self._reader = Reader(Speller(snapshot.texts.vocabulary, frequency), frequency)

    @property
    def name(self) -> str:
        """Name of the snapshot."""
        return self._snapshot.name

    def coverage(self) -> Coverage:
        """Tell what the archive covers."""
        return self._snapshot.coverage()

    def recent(self, count: int) -> list[Article]:
        """Return the newest articles, newest first."""
        return self._snapshot.recent(count)

    def days(self) -> dict[date, int]:
        """Count articles by their day of publication, oldest first."""
        return self._snapshot.days()

    def article(self, article_id: str) -> Article:
        """Return an article by its id; raises InputError where there is none."""
        return self._snapshot.article_by_id(article_id)

    def corrections(self, query: str) -> tuple[tuple[str, str], ...]:
        """Tell which words of a query no article has: (as typed, as searched instead)."""
        return self._reader.read(query).corrected

    def retrieve(
        self,
        query: str,
        k: int = 5,
        since: date | None = None,
        until: date | None = None,
        sources: Sequence[str] | None = None,
    ) -> list[Hit]:
        """Return the k passages that answer `query` best, best first.

        `since` and `until` are inclusive days of publication, `sources` names of outlets in any
        case. At most two passages of one article come, unless there is nothing else; articles
        with nearly the same text come once, the others in `Hit.also`.

        Raises InputError for an empty query, k < 1, a range that ends before it begins or an
        outlet that has no article.
        """
        only = _filter(query, k, since, until, sources)
        check_sources(sources or (), self.coverage().sources)
        asked = self._query(query)
        candidates = self._candidates(asked, max(_DEPTH, 4 * k), only)
        if not len(candidates):
            return []
        scores = self._ranker(asked, candidates)
        order = np.lexsort((candidates.rows, -scores))
        if self._reranker is not None:
            judged = self._reranker.score(query, self._read(candidates.rows[order[:DEPTH]]))
            order, scores = reordered(order, scores, judged)
        chosen = order[self._choose(candidates.articles[order], k)]
        return self._hits(candidates, chosen, scores, coverage(asked, candidates), only)

    def _query(self, text: str) -> Query:
        wording = self._reader.read(text)
        terms = list(wording.terms)
        counts = np.array([self._snapshot.lexical.frequency(term) for term in terms], np.float32)
        weights = rarity(counts, len(self._snapshot)) * wording.shares
        if len(terms) > _MOST_TERMS:
            kept = np.sort(np.argsort(-weights, kind="stable")[:_MOST_TERMS])
            terms, weights = [terms[i] for i in kept], weights[kept]
        return Query(wording.text, tuple(terms), weights, is_english(text))

    def _candidates(self, query: Query, depth: int, only: Filter) -> Candidates:
        snapshot = self._snapshot
        vector = self._embedder.embed_queries([query.text])[0]
        near = snapshot.vectors.search(vector, depth, snapshot.allowed(only))
        matching = snapshot.lexical.search(query.terms, depth, only)
        rows = np.union1d(near.rows, matching.rows)
        articles = snapshot.article_of[rows]
        headlines = len(snapshot) + articles
        numbers = snapshot.term_numbers(query.terms)
        tokens = snapshot.tokens
        lengths = tokens.lengths(rows) + tokens.lengths(headlines)
        return Candidates(
            rows=rows,
            articles=articles,
            cosine=snapshot.vectors.rows(rows) @ vector,
            counts=tokens.counts(rows, numbers),
            headline=tokens.counts(headlines, numbers),
            lengths=lengths.astype(np.float32),
            mean_length=snapshot.mean_length,
            ordinals=rows - snapshot.first_passage[articles],
        )

    def _read(self, rows: Rows) -> list[str]:
        pairs = self._snapshot.passages(rows.tolist())
        return [f"{article.title}\n{passage.text}".lstrip() for passage, article in pairs]

    def _choose(self, articles: Rows, k: int) -> list[int]:
        """Return the places to take of `articles` (c,), best first: varied, then the rest."""
        shown: dict[int, int] = {}
        taken: dict[int, int] = {}
        first: list[int] = []
        rest: list[int] = []
        for place, article in enumerate(articles.tolist()):
            if shown.setdefault(int(self._snapshot.copy_of[article]), article) != article:
                continue
            taken[article] = taken.get(article, 0) + 1
            (first if taken[article] <= _PER_ARTICLE else rest).append(place)
            if len(first) == k:
                break
        return sorted(first + rest[: k - len(first)])

    def _hits(
        self, found: Candidates, chosen: Rows, scores: Scores, covered: Scores, only: Filter
    ) -> list[Hit]:
        rows = found.rows[chosen].tolist()
        pairs = self._snapshot.passages(rows)
        also = {
            article: self._also(article, only) for article in set(found.articles[chosen].tolist())
        }
        return [
            Hit(
                passage=passage,
                article=article,
                score=float(scores[place]),
                rank=rank,
                cosine=float(found.cosine[place]),
                coverage=float(covered[place]),
                also=also[int(found.articles[place])],
            )
            for rank, (place, (passage, article)) in enumerate(
                zip(chosen.tolist(), pairs, strict=True), start=1
            )
        ]

    def _also(self, article: int, only: Filter) -> tuple[Article, ...]:
        copies = self._snapshot.copies(article)
        if not len(copies):
            return ()
        if only:
            copies = copies[self._snapshot.allowed_articles(only)[copies]]
        found = self._snapshot.texts.articles(copies.tolist())
        return tuple(found[number] for number in copies.tolist())


class Retriever:
    """Answers from the live snapshot of a home; safe to use from several threads.

    A new snapshot is noticed by one `stat` a call and opened by the caller that noticed, while
    the others go on with the one before. An old one is closed when its last view is gone. A new
    one that was made with the home's own, newly trained weights is read with those.
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
        self._ranker = ranker or Mixture()
        self._reranker = reranker
        self._opening = threading.Lock()
        self._view: View | None = None
        self._seen: tuple[int, ...] = ()
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
        view = self._view
        if view is not None and self._pointer() == self._seen:
            return view
        # One caller opens; the others go on with what there is, or wait where there is nothing.
        if not self._opening.acquire(blocking=view is None):
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
        since: date | None = None,
        until: date | None = None,
        sources: Sequence[str] | None = None,
    ) -> list[Hit]:
        """Return the k passages of the live snapshot that answer best; see `View.retrieve`."""
        return self.view().retrieve(query, k, since, until, sources)

    def _pointer(self) -> tuple[int, ...]:
        try:
            status = os.stat(index_folder(self._home) / CURRENT)
        except OSError:
            return ()
        return (status.st_ino, status.st_mtime_ns, status.st_size)

    def _follow(self) -> View:
        pointer = self._pointer()
        if self._view is not None and pointer == self._seen:
            return self._view
        try:
            opened = open_snapshot(self._home)
            embedder = self._embedder_of(opened)
        except SnapshotError as error:
            if self._view is None:
                raise
            # What is being served is whole: better than nothing, and the status says so.
            self._seen = pointer
            self._warning = f"{error} Snapshot {self._view.name} goes on being used."
            _log.warning(self._warning)
            return self._view
        if self._view is None or self._view.name != opened.snapshot.name:
            self._embedder = embedder
            self._view = View(opened.snapshot, embedder, self._ranker, self._reranker)
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


def _filter(
    query: str, k: int, since: date | None, until: date | None, sources: Sequence[str] | None
) -> Filter:
    if not query.strip():
        raise InputError("The question is empty.", "Type what you want to know.")
    if k < 1:
        raise InputError(f"k is {k}.", "Ask for at least one passage.")
    if since and until and since > until:
        raise InputError(f"The range {since} to {until} ends before it begins.", "Swap the days.")
    if isinstance(sources, str):
        raise InputError(f"sources is the text {sources!r}.", "Give a list of outlets.")
    names = None if sources is None else frozenset(map(fold_source, sources))
    return Filter(since, until, names)
