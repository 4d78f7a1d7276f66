"""One snapshot as it is asked: question text to hits."""

import copy
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np

from warta.corpus.article import Article, Passage
from warta.corpus.errors import InputError
from warta.corpus.language.aliases import other_names
from warta.corpus.language.words import is_english, stems, terms, words
from warta.index.candidates import (
    NO_TERM,
    AnyDay,
    Candidates,
    Filter,
    Hit,
    Query,
    Ranker,
    Report,
    Rows,
    Scores,
    day_of,
    fold_source,
)
from warta.index.embedding.embedder import Embedder
from warta.index.embedding.word_vectors import word_embedder, word_vectors
from warta.index.forking import unforked
from warta.index.query.lexicon import Lexicon
from warta.index.query.spelling import Speller
from warta.index.query.wording import WordingReader, check_sources
from warta.index.search.corrections import Correction, corrected_by, corrections
from warta.index.search.evidence import Evidence, PassageReading, evidence
from warta.index.search.fusion import Mixture, coverage, rarity
from warta.index.search.listing import JUDGED, MOST_ALSO, ListRequest, Results, listed
from warta.index.search.network import TOP, LearnedRanking, judged_first, shipped
from warta.index.search.reranker import DEPTH, Reranker, reordered
from warta.index.snapshot.snapshot import Coverage, Snapshot

_DEPTH = 150  # candidates of each side
_MOST_TERMS = 64  # the rarest of a very long question
_LAST_READ = 64  # wordings kept: one question is searched, then asked for its corrections
PER_ARTICLE = 2  # passages of one article, as long as others are left


class View:
    """One snapshot, pinned: everything asked of it comes from the same articles."""

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        ranker: Ranker | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._embedder = embedder
        self._word_embedder = word_embedder(embedder)
        self._ranker = ranker or Mixture()
        self._learned = None if ranker else self._ranking()
        self._reranker = reranker
        frequency = snapshot.lexical.frequency
        reader = WordingReader(Speller(snapshot.texts.vocabulary, frequency), frequency)
        self._wording = lru_cache(_LAST_READ)(reader.read)
        self._amended: tuple[Correction, ...] | None = None

    @property
    def name(self) -> str:
        """Name of the snapshot."""
        return self._snapshot.name

    @property
    def hidden(self) -> frozenset[str]:
        """Ids of articles in the snapshot that were taken down after it was built."""
        return self._snapshot.hidden

    def without(self, ids: Collection[str]) -> "View":
        """Return this view as if its snapshot did not hold the articles with these ids."""
        other = copy.copy(self)
        other._snapshot = self._snapshot.without(ids)
        return other

    @property
    def embedder(self) -> str:
        """Fingerprint of what made its vectors."""
        return self._snapshot.embedder

    @property
    def identity(self) -> str:
        """Name and content of the snapshot, to tell it from one of the same name."""
        return self._snapshot.identity

    def untouched(self) -> bool:
        """Tell whether the snapshot's files are as they were when it was opened."""
        return self._snapshot.untouched()

    def coverage(self) -> Coverage:
        """Tell what the archive covers."""
        return self._snapshot.coverage()

    def recent(
        self,
        count: int,
        since: date | None = None,
        until: date | None = None,
        sources: Sequence[str] | None = None,
    ) -> list[Article]:
        """Return the newest articles, newest first; filters as in `retrieve`."""
        return self._snapshot.recent(count, _filter("-", max(count, 1), since, until, sources))

    def leads(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return each hit's article once, by its first passage; ranks count anew."""
        first = {hit.article.id: hit for hit in reversed(hits)}
        order = list(dict.fromkeys(hit.article.id for hit in hits))
        passages = self._snapshot.leads([first[name].article for name in order])
        return [
            replace(first[name], passage=passage, rank=rank)
            for rank, (name, passage) in enumerate(zip(order, passages, strict=True), 1)
        ]

    def opened(self, articles: Sequence[Article]) -> list[Hit]:
        """Return articles as hits: their first passages, without a score."""
        passages = self._snapshot.leads(articles)
        pairs = zip(passages, articles, strict=True)
        return [
            Hit(passage, article, 0.0, rank) for rank, (passage, article) in enumerate(pairs, 1)
        ]

    def days(self) -> dict[date, int]:
        """Count articles by their day of publication, oldest first."""
        return self._snapshot.days()

    def article(self, article_id: str) -> Article:
        """Return an article by its id; raises InputError where there is none."""
        return self._snapshot.article_by_id(article_id)

    def copies(self, article_id: str) -> list[Article]:
        """Return the other articles with (nearly) the same text as one, oldest first.

        At most fifty; raises InputError where there is no article of this id.
        """
        self.article(article_id)
        number = self._snapshot.texts.numbers([article_id])[article_id]
        others = self._snapshot.copies(number)[:MOST_ALSO].tolist()
        found = self._snapshot.texts.articles(others)
        return [found[other] for other in others]

    def corrected_by(self, article: Article) -> tuple[Article, ...]:
        """Return the later articles of its outlet that say they correct this one, oldest first."""
        if self._amended is None:  # read with the first article asked for
            self._amended = corrections(self._snapshot)
        return corrected_by(article, self._amended, self._snapshot)

    @property
    def linked(self) -> bool:
        """Whether the index knows which articles are on one event; an old one does not."""
        return self._snapshot.links is not None

    def story(self, article_id: str) -> list[Report]:
        """Return the articles of the story an article belongs to, itself among them, by day.

        Raises InputError where there is no article of this id.
        """
        self.article(article_id)
        texts = self._snapshot.texts
        rows = self._snapshot.story(texts.numbers([article_id])[article_id])
        found = texts.articles([number for first, copies, _ in rows for number in (first, *copies)])
        return [
            Report(found[first], tuple(found[copy] for copy in copies), links)
            for first, copies, links in rows
        ]

    def corrections(self, query: str) -> tuple[tuple[str, str], ...]:
        """Tell which words of a query no article has: (as typed, as searched instead)."""
        return self._wording(query).corrected

    def holds(self, name: str) -> bool:
        """Tell whether any passage, with its headline, has all words of a name, or of another one.

        Other names are acronyms and full forms and Indonesian and English ones ("Jerman",
        "Germany"). False only where the whole archive lacks it. Under 2 ms
        (tests/bench/understanding.py).
        """
        others = other_names(name, words(name), foreign=True)
        forms = [name, *(other for _, listed in others for other in listed)]
        if any(self._snapshot.lexical.together(terms(form) or stems(form)) for form in forms):
            return True
        groups = Lexicon.load().alternatives(name)
        translated = any(len(group) > 1 for group in groups)
        frequency = self._snapshot.lexical.frequency
        return translated and all(any(frequency(term) for term, _ in group) for group in groups)

    def count(
        self,
        wanted: Sequence[str],
        since: date | None = None,
        until: date | None = None,
        sources: Sequence[str] | None = None,
    ) -> tuple[int, date | None, date | None]:
        """Return how many articles hold all terms `wanted`, and the first and last of their days.

        All terms in one passage or its headline; copies count once. Filters as in `retrieve`.
        """
        rows = self._snapshot.lexical.holding(wanted)
        return self._snapshot.counted(rows, _filter("-", 1, since, until, sources))

    def missing(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return those of `names` that no article mentions, see `holds`."""
        return tuple(name for name in dict.fromkeys(names) if not self.holds(name))

    def retrieve(
        self,
        query: str,
        k: int = 5,
        since: AnyDay | None = None,
        until: AnyDay | None = None,
        sources: Sequence[str] | None = None,
    ) -> list[Hit]:
        """Return the k passages that answer `query` best, best first.

        `since` and `until` are inclusive days of publication, as dates or as "2026-01-31",
        `sources` names of outlets in any case. At most two passages of one article come, unless
        there is nothing else; articles with nearly the same text come once, the others in
        `Hit.also`.

        Raises InputError for an empty query, k < 1, what is no day, a range that ends before it
        begins or an outlet that has no article.
        """
        only = _filter(query, k, since, until, sources)
        check_sources(sources or (), self.coverage().sources)
        with unforked():
            return self._retrieve(query, k, only)

    def listing(self, wanted: ListRequest) -> Results:
        """Return a part of the list of all articles that hold the words of a query.

        By relevance its first come in the order of `retrieve`, the others by BM25; by day, and
        without a query, the newest come first and undated ones last. Raises InputError as
        `retrieve` does, and for an offset below 0.
        """
        only = _filter("-", wanted.limit, wanted.since, wanted.until, wanted.sources or None)
        check_sources(wanted.sources, self.coverage().sources)
        if wanted.offset < 0:
            raise InputError(f"The offset is {wanted.offset}.", "Count from 0.")

        def judge() -> list[Hit]:
            outlets = wanted.sources or None
            return self.retrieve(wanted.query, JUDGED, wanted.since, wanted.until, outlets)

        wording = self._wording(wanted.query) if wanted.query.strip() else None
        return listed(self._snapshot, wanted, wording, only, judge)

    def _retrieve(self, query: str, k: int, only: Filter) -> list[Hit]:
        asked = self._query(query)
        candidates = self._candidates(asked, max(_DEPTH, 4 * k), only)
        if not len(candidates):
            return []
        scores = self._ranker(asked, candidates)
        order = np.lexsort((candidates.rows, -scores))
        if self._learned is not None:
            judged = self._learned.score(self._evidence(asked, candidates, order[:TOP]))
            order, scores = judged_first(order, scores, judged)
        if self._reranker is not None:
            judged = self._reranker.score(query, self._read(candidates.rows[order[:DEPTH]]))
            order, scores = reordered(order, scores, judged)
        chosen = order[self._choose(candidates.articles[order], k)]
        return self._hits(candidates, chosen, scores, coverage(asked, candidates), only)

    def _query(self, text: str) -> Query:
        wording = self._wording(text)
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
        near = snapshot.nearest(vector, depth, only)
        matching = snapshot.matching(query.terms, depth, only)
        rows = np.union1d(near.rows, matching.rows)
        articles = snapshot.article_of[rows]
        headlines = len(snapshot) + articles
        numbers = snapshot.term_numbers(query.terms)
        tokens = snapshot.tokens
        lengths = tokens.lengths(rows) + tokens.lengths(headlines)
        return Candidates(
            rows=rows,
            articles=articles,
            cosine=np.einsum("cd,d->c", snapshot.vectors.rows(rows), vector),
            counts=tokens.counts(rows, numbers),
            headline=tokens.counts(headlines, numbers),
            lengths=lengths.astype(np.float32),
            mean_length=snapshot.mean_length,
            ordinals=rows - snapshot.first_passage[articles],
        )

    def evidence(self, query: str) -> tuple[list[Passage], Evidence]:
        """Return the c passages that the learned ranking judges, and what it reads of them.

        For training it; raises InputError for an empty query or an index without word vectors.
        """
        if self._snapshot.words is None:
            raise InputError(
                f"Snapshot {self.name} has no word vectors.", "Run `warta index` on it again."
            )
        asked = self._query(query)
        candidates = self._candidates(asked, _DEPTH, _filter(query, 1, None, None, None))
        top = np.argsort(-Mixture()(asked, candidates), kind="stable")[:TOP]
        pairs = self._snapshot.passages(candidates.rows[top].tolist())
        return [passage for passage, _ in pairs], self._evidence(asked, candidates, top)

    def _ranking(self) -> LearnedRanking | None:
        """Return the learned ranking where this snapshot has the word vectors it reads."""
        made_by = self._snapshot.manifest.versions.words
        return shipped() if made_by == self._word_embedder.fingerprint else None

    def _evidence(self, query: Query, found: Candidates, top: Rows) -> Evidence:
        snapshot = self._snapshot
        table, rows = snapshot.words, found.rows[top]
        assert table is not None
        headlines = snapshot.tokens.padded(len(snapshot) + found.articles[top])
        tokens = snapshot.tokens.padded(rows)
        vectors = word_vectors(query.terms, self._word_embedder)
        # Each term of these passages once: they share most of their words.
        terms, places = np.unique(np.concatenate([tokens, headlines], 1), return_inverse=True)
        none = terms == NO_TERM
        terms = np.where(none, 0, terms)
        near = table.near(terms, vectors) * ~none[:, None]
        number, day = (kind & ~none for kind in table.kinds(terms))
        places = places.reshape(len(rows), -1)
        own, above = places[:, : tokens.shape[1]], places[:, tokens.shape[1] :]
        return evidence(
            query,
            found,
            top,
            PassageReading(
                tokens=tokens,
                numbers=snapshot.term_numbers(query.terms),
                near=near[own],
                headline_near=near[above].max(1, initial=0),
                headed=float((headlines != NO_TERM).any(1).mean()),
                number=number[own],
                day=day[own],
            ),
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
            (first if taken[article] <= PER_ARTICLE else rest).append(place)
            if len(first) == k:
                break
        return sorted(first + rest[: k - len(first)])

    def _hits(
        self, found: Candidates, chosen: Rows, scores: Scores, covered: Scores, only: Filter
    ) -> list[Hit]:
        rows = found.rows[chosen].tolist()
        pairs = self._snapshot.passages(rows)
        copies = {
            article: self._snapshot.copies(article, only)
            for article in set(found.articles[chosen].tolist())
        }
        shown = self._snapshot.texts.articles(
            sorted({number for each in copies.values() for number in each[:MOST_ALSO].tolist()})
        )
        return [
            Hit(
                passage=passage,
                article=article,
                score=float(scores[place]),
                rank=rank,
                cosine=float(found.cosine[place]),
                coverage=float(covered[place]),
                also=tuple(shown[number] for number in others[:MOST_ALSO].tolist()),
                copies=len(others),
            )
            for rank, (place, (passage, article)) in enumerate(
                zip(chosen.tolist(), pairs, strict=True), start=1
            )
            for others in [copies[int(found.articles[place])]]
        ]


def _filter(
    query: str, k: int, since: AnyDay | None, until: AnyDay | None, sources: Sequence[str] | None
) -> Filter:
    if not isinstance(query, str):
        raise InputError(f"The query is {query!r}.", "Give a text.")
    if not query.strip():
        raise InputError("The question is empty.", "Type what you want to know.")
    if k < 1:
        raise InputError(f"k is {k}.", "Ask for at least one passage.")
    since, until = day_of("since", since), day_of("until", until)
    if since and until and since > until:
        raise InputError(f"The range {since} to {until} ends before it begins.", "Swap the days.")
    if isinstance(sources, str):
        raise InputError(f"sources is the text {sources!r}.", "Give a list of outlets.")
    names = None if sources is None else frozenset(map(fold_source, sources))
    return Filter(since, until, names)
