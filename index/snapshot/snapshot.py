"""One immutable snapshot: articles, passages, vectors and terms, verified before use."""

import copy
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from warta.corpus.article import Article, Passage
from warta.corpus.errors import DamagedSnapshot, InputError
from warta.index.candidates import Filter, Nearest, Numbers, Rows, Scores, fold_source
from warta.index.embedding.word_vectors import WordTable
from warta.index.snapshot.durable import WatchedFiles
from warta.index.snapshot.manifest import Manifest, read_manifest, verify
from warta.index.snapshot.terms import LexicalIndex
from warta.index.snapshot.text_store import Stretch, TextStore
from warta.index.snapshot.tokens import TokenTable
from warta.index.snapshot.vectors import VectorIndex
from warta.index.stories.links import Links
from warta.index.stories.pairs import Openings

VECTORS, TEXTS, TERMS = "vectors.faiss", "passages.sqlite", "terms"
SKETCHES = "sketches.faiss"  # only of many passages
TOKENS, OFFSETS, WORDS = "tokens.npy", "offsets.npy", "words.npy"
LINKS = "links.npy"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an index covers: `first` and `last` day of publication, articles by outlet."""

    articles: int
    passages: int
    first: date | None
    last: date | None
    sources: dict[str, int]
    built: datetime


class Snapshot:
    """Articles 0..m-1 and their passages 0..n-1 with vectors and terms, never changed.

    `hidden` are the ids of articles that it holds and shows to nobody: they were taken down after
    it was built. `texts`, `lexical` and `vectors` still have them. `words` and `links` are None in
    an index made before there were word vectors or links between articles on one event.
    """

    def __init__(
        self,
        manifest: Manifest,
        vectors: VectorIndex,
        lexical: LexicalIndex,
        texts: TextStore,
        tokens: TokenTable,
        words: WordTable | None,
        links: Links | None,
        watched: WatchedFiles,
    ) -> None:
        self.manifest = manifest
        self._watched = watched
        self.vectors = vectors
        self.lexical = lexical
        self.texts = texts
        self.tokens = tokens
        self.words = words
        self.links = links
        self.hidden: frozenset[str] = frozenset()
        columns = texts.columns()
        self.article_of, self.first_passage = columns.article_of, columns.first_passage
        self.copy_of = columns.copy_of
        self.published, self.sources = columns.published, columns.sources
        self.mean_length = self._mean_length()
        folded = {source: fold_source(source) for source in set(self.sources)}
        self._source_codes = {name: code for code, name in enumerate(sorted(set(folded.values())))}
        codes = {source: self._source_codes[name] for source, name in folded.items()}
        self.source_of = np.array([codes[source] for source in self.sources], np.int64)
        self._shown = np.ones(len(self.published), np.bool_)  # (m,)
        self._check_counts()

    def without(self, ids: Collection[str]) -> "Snapshot":
        """Return this snapshot as if it did not hold the articles with these ids."""
        numbers = self.texts.numbers(ids)
        if numbers.keys() == self.hidden:
            return self
        other = copy.copy(self)
        other.__dict__.pop("_coverage", None)
        other.hidden = frozenset(numbers)
        other._shown = np.ones(len(self.published), np.bool_)
        other._shown[list(numbers.values())] = False
        return other

    @cached_property
    def source_names(self) -> list[str]:
        """The outlets by their code in `source_of`, each as most of its articles spell it."""
        spelt = Counter(zip(self.source_of.tolist(), self.sources, strict=True))
        names = {code: name for (code, name), _ in reversed(spelt.most_common())}
        return [names[code] for code in range(len(self._source_codes))]

    @classmethod
    def open(cls, folder: Path, verified: Manifest | None = None) -> Self:
        """Verify every file, then open; raises DamagedSnapshot.

        `verified` is for the builder alone, which has just read every file back from the disk.
        """
        # Held before they are verified: what changes from here on is seen.
        manifest = verified or read_manifest(folder)
        watched = WatchedFiles([folder / name for name in manifest.files])
        if verified is None and verify(folder) != manifest:
            raise DamagedSnapshot(f"{folder} changed while it was opened.")
        sketches = folder / SKETCHES if SKETCHES in manifest.files else None
        return cls(
            manifest,
            VectorIndex.open(folder / VECTORS, sketches),
            LexicalIndex.open(folder / TERMS),
            TextStore(folder / TEXTS),
            TokenTable.open(folder / TOKENS, folder / OFFSETS),
            WordTable.open(folder / WORDS) if manifest.versions.words else None,
            Links.open(folder / LINKS, manifest.articles) if manifest.versions.stories else None,
            watched,
        )

    def _check_counts(self) -> None:
        articles, passages = self.manifest.articles, self.manifest.passages
        found = {
            "vectors": len(self.vectors),
            "sketches": passages if self.vectors.sketches is None else len(self.vectors.sketches),
            "terms": len(self.lexical),
            "passages": self.texts.passages() if len(self) == passages else len(self),
            "tokens": len(self.tokens) - articles,
        }
        wrong = [f"{count} {name}" for name, count in found.items() if count != passages]
        if wrong or len(self.published) != articles:
            raise DamagedSnapshot(
                f"Snapshot {self.name} should hold {articles} articles and {passages} passages, "
                f"found {len(self.published)} articles, {', '.join(wrong)}."
            )

    def _mean_length(self) -> float:
        """Mean terms of a passage with its headline."""
        own = self.tokens.lengths(np.arange(len(self)))
        headlines = self.tokens.lengths(len(self) + self.article_of)
        return float((own + headlines).mean()) if len(self) else 0.0

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self.manifest.name

    @property
    def embedder(self) -> str:
        """Fingerprint of what made its vectors."""
        return self.manifest.versions.embedder

    @property
    def identity(self) -> str:
        """Name and content: two homes give the same name to what may be different articles."""
        return f"{self.name}-{self.manifest.checksum[:12]}"

    def untouched(self) -> bool:
        """Tell whether the files are as they were when they were verified."""
        return self._watched.untouched()

    def __len__(self) -> int:
        return len(self.article_of)

    def run(self, first: int, last: int) -> Stretch:
        """Return articles `first` to before `last` with the passages they have."""
        count = len(self.first_passage)
        begin, end = (
            int(self.first_passage[at]) if at < count else len(self) for at in (first, last)
        )
        return Stretch(first, last, (begin, end))

    def article(self, number: int) -> Article:
        """Return an article by its number."""
        return self.texts.articles([number])[number]

    def article_by_id(self, article_id: str) -> Article:
        """Return an article by its id; raises InputError where there is none."""
        if article_id in self.hidden:
            raise InputError(f"There is no article {article_id!r} in this index.")
        return self.texts.by_id(article_id)

    def passage(self, number: int) -> Passage:
        """Return a passage by its number."""
        return self.passages([number])[0][0]

    def passages(self, numbers: Sequence[int]) -> list[tuple[Passage, Article]]:
        """Return passages with their articles, in the given order."""
        owners = self.article_of[list(numbers)].tolist()
        articles = self.texts.articles(sorted(set(owners)))
        spans = self.texts.spans(numbers)
        found = []
        for number, owner in zip(numbers, owners, strict=True):
            article = articles[owner]
            start, end = spans[number]
            ordinal = number - int(self.first_passage[owner])
            passage = Passage(article.id, ordinal, article.text[start:end], start, end)
            found.append((passage, article))
        return found

    def term_numbers(self, terms: Sequence[str]) -> Numbers:
        """(t,) int32 number of each term, for those that occur nowhere ones of no term."""
        known = self.texts.term_numbers(terms)
        return np.array([known.get(term, -1 - i) for i, term in enumerate(terms)], np.int32)

    def allowed_articles(self, only: Filter) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """(m,) whether each article passes the filter."""
        allowed = self._shown.copy()
        if only.first_day:
            allowed &= (self.published >= only.first_day) & (self.published <= only.last_day)
        if only.sources is not None:
            codes = [self._source_codes[name] for name in only.sources & set(self._source_codes)]
            allowed &= np.isin(self.source_of, codes)
        return allowed

    def allowed(self, only: Filter) -> Rows | None:
        """Return the passages of the articles that pass the filter; None for all."""
        if not only and not self.hidden:
            return None
        return np.flatnonzero(self.allowed_articles(only)[self.article_of])

    def nearest(self, vector: Scores, k: int, only: Filter | None = None) -> Nearest:
        """Return the k passages nearest to `vector` (dim,) that pass the filter."""
        return self.vectors.search(vector, k, self.allowed(only or Filter()))

    def matching(self, terms: Sequence[str], k: int, only: Filter | None = None) -> Nearest:
        """Return the k best passages that hold any of `terms`; see `LexicalIndex.search`."""
        if not self.hidden:
            return self.lexical.search(terms, k, only)
        covered = int((~self._shown[self.article_of]).sum())
        found = self.lexical.search(terms, k + covered, only)
        shown = self._shown[self.article_of[found.rows]]
        return Nearest(found.rows[shown][:k], found.scores[shown][:k])

    def copies(self, article: int, only: Filter | None = None) -> Rows:
        """Return the numbers of the other articles with (nearly) the same text, oldest first.

        `only` those that pass a filter.
        """
        by_group, groups = self._groups
        first, last = np.searchsorted(groups, self.copy_of[article] + np.arange(2))
        same = by_group[first:last]
        same = same[self._shown[same] & (same != article)]
        if only and len(same):
            same = same[self.allowed_articles(only)[same]]
        days = np.where(self.published[same] < 0, date.max.toordinal(), self.published[same])
        oldest_first: Rows = same[np.argsort(days, kind="stable")]
        return oldest_first

    @cached_property
    def _groups(self) -> tuple[Rows, Rows]:
        """The articles by their groups of copies, and the group of each: (m,) both."""
        order = np.argsort(self.copy_of, kind="stable")
        return order, self.copy_of[order]

    def story(self, number: int) -> list[tuple[int, list[int], int]]:
        """Return the articles of the story an article belongs to, itself among them.

        Of nearly equal ones the first with the others and its links within the story; by day,
        those without one last. The article alone where the index has no links.
        """
        found = self.links.story(number) if self.links else np.array([number], np.int64)
        shown = {int(article) for article in found if self._shown[article]} | {number}
        groups: dict[int, list[int]] = {}
        for article in sorted(shown, key=lambda at: (self._day(at), at)):
            groups.setdefault(int(self.copy_of[article]), []).append(article)
        return [(own[0], own[1:], self._ties(own[0], shown)) for own in groups.values()]

    def _day(self, number: int) -> int:
        return int(self.published[number]) if self.published[number] > 0 else date.max.toordinal()

    def _ties(self, number: int, story: set[int]) -> int:
        beside = self.links.beside(number)[0].tolist() if self.links else []
        return len(story.intersection(beside))

    def openings(self) -> Openings:
        """Return what the links between articles are judged by."""
        passages = len(self)
        return Openings(
            self.tokens.rows(0, len(self.tokens))[0],
            np.concatenate([[0], np.cumsum(self.tokens.lengths(np.arange(len(self.tokens))))]),
            self.first_passage,
            passages + np.arange(len(self.published)),
            self.texts.vocabulary(),
            self.published,
            self.sources,
            lambda numbers: self.vectors.rows(self.first_passage[numbers]),
        )

    def recent(self, count: int, only: Filter | None = None) -> list[Article]:
        """Return the newest articles, newest first; of copies the first, undated ones last.

        `only` those that pass a filter.
        """
        shown = np.flatnonzero(self._shown)
        own = shown[np.unique(self.copy_of[shown], return_index=True)[1]]
        if only:
            own = own[self.allowed_articles(only)[own]]
        newest = own[np.lexsort((-own, -self.published[own]))][:count].tolist()
        found = self.texts.articles(newest)
        return [found[number] for number in newest]

    def counted(self, rows: Rows, only: Filter) -> tuple[int, date | None, date | None]:
        """Count the articles of passages, copies once, and tell their first and last day."""
        articles = np.unique(self.article_of[rows])
        if only:
            articles = articles[self.allowed_articles(only)[articles]]
        days = self.published[articles]
        days = days[days > 0]
        return (
            len(np.unique(self.copy_of[articles])),
            date.fromordinal(int(days.min())) if len(days) else None,
            date.fromordinal(int(days.max())) if len(days) else None,
        )

    def leads(self, articles: Sequence[Article]) -> list[Passage]:
        """Return the first passage of each article, in order."""
        number = self.texts.numbers([article.id for article in articles])
        first = [int(self.first_passage[number[article.id]]) for article in articles]
        found = self.texts.spans(first)
        return [
            Passage(article.id, 0, article.text[slice(*found[at])], *found[at])
            for article, at in zip(articles, first, strict=True)
        ]

    def days(self) -> dict[date, int]:
        """Count articles by their day of publication, oldest first."""
        found, counts = np.unique(
            self.published[(self.published > 0) & self._shown], return_counts=True
        )
        pairs = zip(found.tolist(), counts.tolist(), strict=True)
        return {date.fromordinal(day): count for day, count in pairs}

    def coverage(self) -> Coverage:
        """Tell what the snapshot covers."""
        return self._coverage

    @cached_property
    def _coverage(self) -> Coverage:  # asked for with every question, and the same each time
        dated = self.published[(self.published > 0) & self._shown]
        counts: dict[str, int] = {}
        for number in np.flatnonzero(self._shown).tolist():
            source = self.sources[number]
            counts[source] = counts.get(source, 0) + 1
        return Coverage(
            articles=int(self._shown.sum()),
            passages=int(self._shown[self.article_of].sum()),
            first=date.fromordinal(int(dated.min())) if len(dated) else None,
            last=date.fromordinal(int(dated.max())) if len(dated) else None,
            sources=dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
            built=datetime.fromisoformat(self.manifest.built),
        )
