"""Which articles hold the words of a query, all of them, counted by month and outlet.

Retrieval gives the few passages that answer best; a list is exact instead: it has every article
that holds every word (or, where none does, any), so that its total and its counts are true.
Copies count once, as everywhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from warta.corpus.language.aliases import other_names
from warta.corpus.language.words import is_english, query_terms, stems, terms, words
from warta.index.candidates import Filter, Hit, Rows, Scores
from warta.index.query.lexicon import Lexicon
from warta.index.query.wording import Wording
from warta.index.search.phrases import holds, phrases, spans
from warta.index.snapshot.snapshot import Snapshot

Match = Literal["all", "any"]
Order = Literal["relevance", "day"]
Flags = NDArray[np.bool_]
Sought = tuple[tuple[str, ...], ...]
"""One word of a query: what may stand for it, each the terms an article must hold then."""

JUDGED = 40  # hits by which the head of a list is ordered
_READ_AT_ONCE = 500  # articles held while phrases are looked for
MOST_ALSO = 50  # copies that come with a hit; of 38,425 articles none has more than four
_K1, _B = 1.2, 0.75  # as tantivy's
_HEADLINE = 3.0  # what a word of the headline counts
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What is to be listed; `query` may be empty: everything then, newest first.

    `since`, `until` and `sources` as in `View.retrieve`. `match`: with "all" every word has to be
    in an article, and where that is so of none, any; with "any" one is enough. `among`: only
    articles with these ids.
    """

    query: str = ""
    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    match: Match = "all"
    order: Order = "relevance"
    offset: int = 0
    limit: int = 20
    among: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """A part of a list: `hits` with the ranks `offset` + 1 on, of `total` articles.

    `match` tells how its articles hold the query. `months` (by their first day) and `outlets`
    count the articles that the list would have were it of that month or outlet alone; `copies`
    in `hits` are folded into one. Every article holds all of `phrases`, what the query has in
    quotation marks (function words alone are none), word for word in headline or text. `terms` are
    those of the query, to mark them; `corrected` the words that no article has: (as typed, as
    searched instead).
    """

    hits: tuple[Hit, ...]
    offset: int
    total: int
    match: Match
    months: dict[date, int]
    outlets: dict[str, int]
    terms: frozenset[str] = frozenset()
    corrected: tuple[tuple[str, str], ...] = ()
    phrases: tuple[str, ...] = ()


def listed(
    snapshot: Snapshot,
    wanted: ListRequest,
    wording: Wording | None,
    only: Filter,
    judge: Callable[[], list[Hit]],
) -> Results:
    """Return what `View.listing` does; `wording` is None where nothing is searched.

    `judge` gives the hits whose order the head of the list takes over.
    """
    groups = sought(wording.text, snapshot.lexical.frequency) if wording else []
    matches = Matches.of(snapshot, groups)
    quoted = phrases(wanted.query)
    exact = _word_for_word(snapshot, quoted)
    held, match = matches.articles(wanted.match) & exact, wanted.match
    if not held.any() and match == "all":
        held, match = matches.articles("any") & exact, "any"
    if wanted.among is not None:
        held = held & _with_ids(snapshot, wanted.among)
    chosen = Selection(snapshot, held, only)
    keys: list[NDArray[Any]] = [-chosen.numbers, -matches.scores[chosen.numbers]]
    by_day = wording is None or wanted.order == "day"
    if by_day:
        keys.append(-snapshot.published[chosen.numbers])
    hits = judge() if len(chosen.numbers) and not by_day else []
    ranked = chosen.numbers[np.lexsort(keys)].tolist()
    judged = _by_group(snapshot, hits, held)
    if judged:
        ranked = _judged_first(ranked, judged, snapshot.copy_of)
    terms = list(dict.fromkeys(term for group in groups for form in group for term in form))
    part = ranked[wanted.offset : wanted.offset + wanted.limit]
    rows = best_passages(snapshot, part, terms)
    if quoted:
        rows = [_with_phrase(snapshot, row, quoted) for row in rows]
        judged = {}  # their order is taken over; their passages may not hold the phrase
    below = min((0.0, *(hit.score for hit in hits)))
    shown = _hits(snapshot, part, rows, only, matches.scores, below)
    return Results(
        hits=tuple(
            replace(judged.get(int(snapshot.copy_of[number]), hit), rank=wanted.offset + at)
            for at, (number, hit) in enumerate(zip(part, shown, strict=True), 1)
        ),
        offset=wanted.offset,
        total=len(ranked),
        match=match,
        months=chosen.months(),
        outlets=chosen.outlets(),
        terms=frozenset(terms),
        corrected=wording.corrected if wording and not quoted else (),
        phrases=quoted,
    )


def _word_for_word(snapshot: Snapshot, quoted: Sequence[str]) -> Flags:
    """(m,) whether an article holds all phrases; only those with all their words are read."""
    found = np.ones(len(snapshot.published), np.bool_)
    if not quoted:
        return found
    wanted = dict.fromkeys(term for phrase in quoted for term in terms(phrase))
    rows = Matches.of(snapshot, [((term,),) for term in wanted]).articles("all")
    found[:] = False
    candidates = np.flatnonzero(rows).tolist()
    for at in range(0, len(candidates), _READ_AT_ONCE):
        part = snapshot.texts.articles(candidates[at : at + _READ_AT_ONCE])
        good = [n for n, one in part.items() if holds(f"{one.title}\n{one.text}", quoted)]
        found[good] = True
    return found


def _with_phrase(snapshot: Snapshot, row: int, quoted: Sequence[str]) -> int:
    """Return the first passage of the same article that holds a phrase, else this one."""
    article = int(snapshot.article_of[row])
    first = int(snapshot.first_passage[article])
    rows = np.flatnonzero(snapshot.article_of[first:] == article) + first
    found = snapshot.passages([row, *rows.tolist()])
    chosen = (passage.ordinal for passage, _ in found if spans(passage.text, quoted))
    return next((first + ordinal for ordinal in chosen), row)


def _with_ids(snapshot: Snapshot, ids: frozenset[str]) -> Flags:
    """(m,) whether an article has one of these ids."""
    found = np.zeros(len(snapshot.published), np.bool_)
    found[list(snapshot.texts.numbers(ids).values())] = True
    return found


def _by_group(snapshot: Snapshot, hits: Sequence[Hit], held: Flags) -> dict[int, Hit]:
    """Return hits on the list by the group of copies of their articles, the best of each."""
    numbers = snapshot.texts.numbers([hit.article.id for hit in hits])
    found: dict[int, Hit] = {}
    for hit in hits:
        number = numbers[hit.article.id]
        if held[number]:
            found.setdefault(int(snapshot.copy_of[number]), hit)
    return found


def _judged_first(ranked: list[int], judged: Mapping[int, Hit], copy_of: Rows) -> list[int]:
    """Put the articles of hits first, in their order; only those on the list."""
    by_group = {int(copy_of[number]): number for number in ranked}
    first = [by_group[group] for group in judged if group in by_group]
    taken = set(first)
    return first + [number for number in ranked if number not in taken]


def _hits(
    snapshot: Snapshot,
    articles: Sequence[int],
    rows: Sequence[int],
    only: Filter,
    scores: Scores,
    below: float,
) -> list[Hit]:
    """Return articles with one passage of each as hits; their scores are below those judged."""
    most = float(scores.max(initial=0.0)) or 1.0
    found = []
    for number, (passage, article) in zip(articles, snapshot.passages(rows), strict=True):
        copies = snapshot.copies(number, only)
        also = snapshot.texts.articles(copies[:MOST_ALSO].tolist())
        in_order = tuple(also[at] for at in copies[:MOST_ALSO].tolist())
        score = below - 1.0 + float(scores[number]) / most
        found.append(Hit(passage, article, score, 0, also=in_order, copies=len(copies)))
    return found


def sought(text: str, frequency: Callable[[str], int]) -> list[Sought]:
    """Return the words of a query, each with what may stand for it.

    Other names ("KPK" for its full form) and, of a word of an English query or one that is in no
    passage by its `frequency`, the Indonesian ones.
    """
    lexicon, english = Lexicon.load(), is_english(text)
    found: list[Sought] = []
    for term in query_terms(text):
        others = lexicon.words.get(term, ()) if english or not frequency(term) else ()
        found.append(((term,), *(tuple(query_terms(word)) for word in others)))
    for name, listed_names in other_names(text, words(text)):
        own = set(query_terms(name)) or set(stems(name))
        inside = [group for group in found if set(group[0]) <= own]
        if inside:
            at = found.index(inside[0])
            found = [group for group in found if group not in inside]
            forms = [tuple(sorted(own)), *(tuple(query_terms(o)) for o in listed_names)]
            found.insert(at, tuple(form for form in forms if form))
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Matches:
    """The m articles of a snapshot held against words: `held` (w, m), `scores` (m,) by BM25."""

    snapshot: Snapshot
    held: Flags
    scores: Scores

    @classmethod
    def of(cls, snapshot: Snapshot, groups: Sequence[Sought]) -> "Matches":
        """Count the words in every article, its headline included."""
        count = len(snapshot.published)
        terms = list(dict.fromkeys(term for group in groups for form in group for term in form))
        tallied = _tally(snapshot, terms)
        worth = _worth(snapshot, tallied)
        place = {term: at for at, term in enumerate(terms)}
        held = np.zeros((len(groups), count), np.bool_)
        scores = np.zeros(count, np.float32)
        for at, group in enumerate(groups):
            best = np.zeros(count, np.float32)
            for form in group:
                rows = [place[term] for term in form]
                holds = (tallied[rows] > 0).all(0)
                held[at] |= holds
                best = np.maximum(best, np.where(holds, worth[rows].sum(0), 0))
            scores += best
        return cls(snapshot, held, scores)

    def articles(self, match: Match) -> Flags:
        """(m,) whether an article is on the list; of no words every one is."""
        if not len(self.held):
            return np.ones(len(self.scores), np.bool_)
        least = len(self.held) if match == "all" else 1
        found: Flags = self.held.sum(0) >= least
        return found


def _tally(snapshot: Snapshot, terms: Sequence[str]) -> NDArray[np.float32]:
    """(t, m) how often each term stands in each article, in its headline three times."""
    articles = len(snapshot.published)
    rows, which = snapshot.tokens.postings(snapshot.term_numbers(terms))
    headed = rows >= len(snapshot)
    owner = np.where(headed, rows - len(snapshot), 0)
    owner[~headed] = snapshot.article_of[rows[~headed]]
    cells = which * articles + owner
    weights = np.where(headed, _HEADLINE, 1.0)
    found = np.bincount(cells, weights, minlength=len(terms) * articles)
    return found.reshape(len(terms), articles).astype(np.float32)


def _worth(snapshot: Snapshot, tallied: NDArray[np.float32]) -> NDArray[np.float32]:
    """(t, m) BM25 of each term in each article."""
    articles = tallied.shape[1]
    own = snapshot.tokens.lengths(np.arange(len(snapshot)))
    lengths = np.bincount(snapshot.article_of, own, minlength=articles)
    norm = _K1 * (1 - _B + _B * lengths / max(float(lengths.mean()), 1.0)) if articles else lengths
    holding = (tallied > 0).sum(1, keepdims=True)
    rarity = np.log1p((articles - holding + 0.5) / (holding + 0.5))
    worth: NDArray[np.float32] = (rarity * tallied * (_K1 + 1) / (tallied + norm)).astype(
        np.float32
    )
    return worth


@dataclass(frozen=True)
class Selection:
    """The articles of a list, copies folded: `of` (m,) who is on it whatever the filters say."""

    snapshot: Snapshot
    of: Flags
    only: Filter

    @cached_property
    def numbers(self) -> Rows:
        """Numbers of the articles on the list, of copies the oldest, ascending."""
        inside = np.flatnonzero(self.of & self.snapshot.allowed_articles(self.only))
        days = self.snapshot.published[inside]
        age = np.lexsort((inside, np.where(days < 0, date.max.toordinal(), days)))
        first = np.unique(self.snapshot.copy_of[inside][age], return_index=True)[1]
        found: Rows = np.sort(inside[age][first])
        return found

    def months(self) -> dict[date, int]:
        """Count by month, oldest first, the days that were asked for left aside."""
        inside = self._inside(Filter(sources=self.only.sources))
        inside = inside[self.snapshot.published[inside] > 0]
        days = (self.snapshot.published[inside] - _EPOCH).astype("datetime64[D]")
        months = days.astype("datetime64[M]").astype(np.int64)
        counted = self._counted(inside, months)
        return {date(1970 + at // 12, at % 12 + 1, 1): n for at, n in sorted(counted.items())}

    def outlets(self) -> dict[str, int]:
        """Count by outlet, most first, the outlets that were asked for left aside."""
        inside = self._inside(Filter(self.only.since, self.only.until))
        counted = self._counted(inside, self.snapshot.source_of[inside])
        names = self.snapshot.source_names
        pairs = [(names[code], count) for code, count in counted.items()]
        return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))

    def _inside(self, only: Filter) -> Rows:
        found: Rows = np.flatnonzero(self.of & self.snapshot.allowed_articles(only))
        return found

    def _counted(self, articles: Rows, kinds: Rows) -> dict[int, int]:
        """Count by kind, copies of one kind once."""
        groups = len(self.snapshot.published)
        pairs = np.unique(kinds * groups + self.snapshot.copy_of[articles])
        found, counts = np.unique(pairs // max(groups, 1), return_counts=True)
        return dict(zip(found.tolist(), counts.tolist(), strict=True))


def best_passages(snapshot: Snapshot, articles: Sequence[int], terms: Sequence[str]) -> list[int]:
    """Return of each article the passage that holds most of `terms`, of equals the first."""
    ends = np.append(snapshot.first_passage, len(snapshot))
    chosen = []
    numbers = snapshot.term_numbers(terms)
    for article in articles:
        rows = np.arange(ends[article], ends[article + 1])
        counts = snapshot.tokens.counts(rows, numbers)
        chosen.append(int(rows[np.argmax((counts > 0).sum(1) + counts.sum(1) / 1e4)]))
    return chosen
