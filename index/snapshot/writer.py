"""A snapshot while it is written: articles go in by id, files come out.

Nearly equal articles are grouped here, of all signatures at once: what `warta.corpus.duplicates`
says of two texts is worked out for a whole archive. Texts come from the longest on, and each joins
the longest one, a leader, that it shares enough with. Who leads depends on who leads before it, so
a guess is put right until it stands; from the groups of the last snapshot one round does.
"""

import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from warta.corpus.duplicates import COMMON, LEAST, OTHER_OUTLET, RESEMBLANCE, SAME_OUTLET, SEEDS
from warta.corpus.duplicates import SIZE as _SIZE
from warta.index.candidates import Numbers, Rows
from warta.index.embedding.embedder import Embedder
from warta.index.embedding.word_vectors import DIM, Table, word_embedder, word_rows
from warta.index.snapshot.durable import Fingerprint, write_durably
from warta.index.snapshot.snapshot import (
    LINKS,
    OFFSETS,
    SKETCHES,
    TERMS,
    TEXTS,
    TOKENS,
    VECTORS,
    WORDS,
    Snapshot,
)
from warta.index.snapshot.terms import LexicalWriter, can_be_taken_over
from warta.index.snapshot.text_store import ArticleRow, Stretch, TextWriter
from warta.index.snapshot.tokens import Tokens, TokenWriter
from warta.index.snapshot.vectors import EXACT, Sketches, Vectors, VectorWriter
from warta.index.stories.links import STORIES_VERSION, Pairs, linked, moved, read_model
from warta.index.stories.pairs import Openings

_BATCH = 4096  # passages embedded at a time

Flags = NDArray[np.bool_]
_NONE: Final = -1
_PAD: Final = np.uint64(2**63)  # behind the hashes of a short signature: equals none


@dataclass(frozen=True, slots=True)
class Entry:
    """A new or changed article with what is searched of it.

    `headline`: its terms; `terms`: those of each passage; `embedded`: the text of each passage
    as the embedder gets it, or None where its vector is `known`: the row in the last snapshot.
    """

    row: ArticleRow
    headline: Sequence[str]
    terms: Sequence[Sequence[str]]
    embedded: Sequence[str | None]
    known: Sequence[int]


class SnapshotDraft:
    """Writes the files of one snapshot into an empty folder; articles come in the order of ids.

    `last` is the snapshot to take over from, with `everything` if all of its articles are. Of more
    than `exact` passages sketches are written, too.
    """

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        last: Snapshot | None,
        *,
        everything: bool = False,
        exact: int = EXACT,
    ) -> None:
        self._folder = folder
        self._exact = exact
        self._embedder = embedder
        self._last = last
        before = folder.parent / last.name if last else None
        self._goes_on = everything and before is not None and can_be_taken_over(before / TERMS)
        self._vectors = VectorWriter(embedder.dim, folder)
        self._texts = TextWriter(folder / TEXTS, before / TEXTS if before else None)
        self._lexical = LexicalWriter(
            folder / TERMS, before / TERMS if before and self._goes_on else None
        )
        self._old = last.texts.vocabulary() if last else []
        self._tokens = TokenWriter(self._old)
        self._headlines: list[Sequence[str] | Stretch] = []
        self._signatures: list[bytes] = []
        self._outlets: list[str] = []
        self._groups: list[Rows] = []  # which articles are likely to be copies of each other
        self._days: list[int] = []
        self._first: list[int] = []  # the first passage of each article
        self._taken: list[Stretch] = []  # articles of the last snapshot, and
        self._begins: list[int] = []  # the number that the first of each stretch has here
        self._moved: list[Rows] = []  # number of each old passage in this snapshot
        self._pending: list[tuple[str | None, int]] = []
        self.embedded = 0
        self.newest = ""

    @property
    def articles(self) -> int:
        """Articles so far."""
        return self._texts.articles

    @property
    def passages(self) -> int:
        """Passages so far."""
        return self._texts.passages

    def add(self, entry: Entry) -> None:
        """Append a new article."""
        article = entry.row.article
        first = self._texts.passages
        self._groups.append(np.array([-1 - self._texts.articles]))
        self._texts.add(entry.row)
        self._headlines.append(entry.headline)
        self._signatures.append(entry.row.signature)
        self._outlets.append(article.source)
        self._days.append(article.published.toordinal() if article.published else -1)
        self._first.append(first)
        self.newest = max(self.newest, article.published.isoformat() if article.published else "")
        for number, terms in enumerate(entry.terms, first):
            self._tokens.add(terms)
            everything = [*terms, *entry.headline]
            self._lexical.add(number, everything, article.published, article.source)
        self._pending += zip(entry.embedded, entry.known, strict=True)
        if len(self._pending) >= _BATCH:
            self._embed()

    def take(self, run: Stretch) -> None:
        """Append articles of the last snapshot that follow each other."""
        last = self._last
        assert last is not None
        self._embed()
        begin, end = run.passages
        by = self._texts.passages - begin
        self._moved.append(np.arange(begin, end) + by)
        self._taken.append(run)
        self._begins.append(self._texts.articles)
        self._days += last.published[run.first : run.last].tolist()
        self._first += (last.first_passage[run.first : run.last] + by).tolist()
        if not self._goes_on:
            self._index(run, last)
        self._texts.take(run)
        self._tokens.take(*last.tokens.rows(begin, end))
        self._vectors.take(last.vectors, begin, end)
        self._headlines.append(run)
        self._signatures += self._known_signatures[run.first : run.last]
        self._outlets += last.sources[run.first : run.last]
        self._groups.append(last.copy_of[run.first : run.last])
        newest = int(last.published[run.first : run.last].max(initial=-1))
        if newest > 0:
            self.newest = max(self.newest, date.fromordinal(newest).isoformat())

    @cached_property
    def _known_signatures(self) -> list[bytes]:
        return self._last.texts.signatures() if self._last else []

    def _index(self, run: Stretch, last: Snapshot) -> None:
        """Add the terms of passages that are taken over to terms that are made anew."""
        number = self._texts.passages
        for article in range(run.first, run.last):
            headline = [self._old[t] for t in last.tokens.row(len(last) + article).tolist()]
            ordinal = int(last.published[article])
            day = date.fromordinal(ordinal) if ordinal > 0 else None
            begin, end = last.run(article, article + 1).passages
            for row in range(begin, end):
                terms = [self._old[t] for t in last.tokens.row(row).tolist()]
                self._lexical.add(number, [*terms, *headline], day, last.sources[article])
                number += 1

    def _embed(self) -> None:
        pending, self._pending = self._pending, []
        vectors: Vectors = np.zeros((len(pending), self._embedder.dim), np.float32)
        new = [i for i, (text, _) in enumerate(pending) if text is not None]
        texts = [text for text, _ in pending if text is not None]
        if texts:
            vectors[new] = self._embedder.embed_passages(texts)
            self.embedded += len(texts)
        taken = [i for i, (text, _) in enumerate(pending) if text is None]
        if taken and self._last is not None:
            rows: Rows = np.array([pending[i][1] for i in taken], np.int64)
            vectors[taken] = self._last.vectors.rows(rows)
        self._vectors.add(vectors)

    def finish(self, updates: Mapping[str, date]) -> dict[str, Fingerprint]:
        """Write what is left, and which articles are copies of another.

        `updates`: by id, the day the last change of an article was read. Returns the files that
        are durable already, by their names.
        """
        self._embed()
        guess = np.concatenate(self._groups) if self._groups else np.empty(0, np.int64)
        with ThreadPoolExecutor(1) as beside:  # while the disk and the hashes are waited for
            copies = beside.submit(copies_of, self._signatures, self._outlets, guess)
            moved = np.concatenate(self._moved) if self._moved and self._goes_on else None
            self._lexical.finish(moved)
            tokens = self._tokens_of_all()
            written = {
                VECTORS: self._vectors.parts(),
                TOKENS: _npy(tokens.numbers),
                OFFSETS: _npy(tokens.offsets),
                WORDS: _npy(self._words(tokens)),
                LINKS: _npy(self._links(tokens)),
            }
            if len(self._vectors) > self._exact:
                written[SKETCHES] = Sketches.of(self._vectors).parts()
            durable = {
                name: write_durably(self._folder / name, *parts) for name, parts in written.items()
            }
            self._texts.add_rest(tokens.vocabulary, updates)
            self._texts.finish(copies.result())
        return durable

    def _tokens_of_all(self) -> Tokens:
        """Number the terms of the passages, and of the headlines behind them."""
        last = self._last
        for headline in self._headlines:
            if last and isinstance(headline, Stretch):
                first = len(last) + headline.first
                self._tokens.take(*last.tokens.rows(first, len(last) + headline.last))
            elif not isinstance(headline, Stretch):
                self._tokens.add(headline)
        return self._tokens.finish()

    def _links(self, tokens: Tokens) -> Pairs:
        """Return which articles report one event, comparing those that are new with all."""
        fresh = np.ones(self.articles, np.bool_)
        known = np.empty((0, 3), np.int32)
        last = self._last
        if last and last.links and last.manifest.versions.stories == STORIES_VERSION:
            numbers = np.full(len(last.published), -1, np.int64)
            for run, begin in zip(self._taken, self._begins, strict=True):
                numbers[run.first : run.last] = np.arange(run.last - run.first) + begin
            fresh[numbers[numbers >= 0]] = False
            known = moved(last.links.pairs, numbers)
        first = np.array(self._first, np.int64)
        openings = Openings(
            tokens.numbers,
            tokens.offsets,
            first,
            self.passages + np.arange(self.articles),
            tokens.vocabulary,
            np.array(self._days, np.int64),
            self._outlets,
            lambda numbers: self._vectors.rows(first[numbers]),
        )
        return linked(openings, fresh, known, read_model())

    def _words(self, tokens: Tokens) -> Table:
        """Return the rows of the word table, those of the last snapshot taken over."""
        embedder = word_embedder(self._embedder)
        table: Table = np.zeros((len(tokens.vocabulary), DIM + 1), np.int8)
        known = np.zeros(len(table), np.bool_)
        last = self._last
        if last and last.words and last.manifest.versions.words == embedder.fingerprint:
            known = tokens.was < len(self._old)
            table[known] = last.words.rows(tokens.was[known])
        new = [tokens.vocabulary[number] for number in np.flatnonzero(~known).tolist()]
        table[~known] = word_rows(new, embedder)
        return table

    def abandon(self) -> None:
        """Let go of all files; the folder is left for the next build to remove."""
        self._texts.abandon()
        self._lexical.abandon()


def _npy(values: Numbers | Rows | Table | Pairs) -> list[memoryview]:
    """Return the parts of the file that `np.save` would write."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(values))
    return [head.getbuffer(), np.ascontiguousarray(values).data]


def copies_of(
    signatures: Sequence[bytes],
    sources: Sequence[str] | None = None,
    guess: Rows | None = None,
) -> list[tuple[int, int]]:
    """Group nearly equal texts; return (number, lowest number of its group), ascending.

    Numbers count `signatures` from 0; texts without a copy and the lowest of each group are
    left out. `sources` are the outlets, in the same order: two texts of one outlet must agree
    more, or they are follow-ups; None takes all for different ones. A text joins the longest
    one that it shares enough with, not a chain of similar ones: a round-up of several stories
    does not make them one. `guess` (n,), the group each text may belong to, changes nothing but
    the time it takes: the result depends on the other arguments alone.
    """
    texts = _Signatures.of(signatures, sources)
    if not len(texts.numbers):
        return []
    leads = np.ones(len(texts.numbers), np.bool_) if guess is None else texts.first_of(guess)
    shared = _Shared.of(texts)
    while True:
        leader = _leaders(texts, shared, leads)
        settled = leader == _NONE
        if (settled == leads).all():
            break
        leads = settled
    leader = np.where(leads, np.arange(len(leader)), leader)
    return _pairs(texts, leader)


@dataclass(frozen=True, slots=True)
class _Signatures:
    """The u different signatures from the longest text on, each with its first article.

    `hashes` (u, 128) ascending, padded; `counts`, `bounds` (u,): how many they are and up to
    which they are complete; `outlets` (u,) numbers of outlets, −1 for none; `numbers` (u,) the
    articles; `rank` (n,) place of each article's signature, −1 for one without words.
    """

    hashes: NDArray[np.uint64]
    counts: Rows
    bounds: NDArray[np.uint64]
    outlets: Rows
    numbers: Rows
    rank: Rows

    @classmethod
    def of(cls, signatures: Sequence[bytes], sources: Sequence[str] | None) -> "_Signatures":
        counts = np.array([len(one) // 4 for one in signatures], np.int64)
        hashes = _table(signatures, counts)
        full = counts >= _SIZE
        last = hashes[:, -1].astype(np.float64) if len(hashes) else np.zeros(0)
        bounds = np.where(full, hashes[:, -1], np.uint64(2**32))
        lengths = np.where(full, counts * 2.0**32 / (last + 1), counts.astype(np.float64))
        keys = zip((-lengths).tolist(), signatures, range(len(signatures)), strict=True)
        order = [key[2] for key in sorted(keys) if key[1]]
        places: dict[bytes, int] = {}
        numbers: list[int] = []
        rank = np.full(len(signatures), _NONE, np.int64)
        for number in order:
            place = places.setdefault(signatures[number], len(places))
            if place == len(numbers):
                numbers.append(number)
            rank[number] = place
        chosen = np.array(numbers, np.int64)
        outlets = _outlets(sources, len(signatures))
        return cls(hashes[chosen], counts[chosen], bounds[chosen], outlets[chosen], chosen, rank)

    def first_of(self, groups: Rows) -> Flags:
        """(u,) whether a text is the first of the articles in its group."""
        leads = np.zeros(len(self.numbers), np.bool_)
        known = np.flatnonzero(self.rank >= 0)
        ranks = self.rank[known]
        order = np.lexsort((ranks, groups[known]))
        first = np.unique(groups[known][order], return_index=True)[1]
        leads[ranks[order][first]] = True
        return leads


def _table(signatures: Sequence[bytes], counts: Rows) -> NDArray[np.uint64]:
    flat = np.frombuffer(b"".join(signatures), np.dtype("<u4")).astype(np.uint64)
    table = np.full((len(counts), _SIZE), _PAD, np.uint64)
    table[np.arange(_SIZE) < counts[:, None]] = flat
    return table


def _outlets(sources: Sequence[str] | None, count: int) -> Rows:
    names: dict[str, int] = {"": _NONE}
    folded = [name.casefold() for name in sources or []] or [""] * count
    return np.array([names.setdefault(name, len(names)) for name in folded], np.int64)


@dataclass(frozen=True, slots=True)
class _Shared:
    """Every hash that several texts have with each of them, by hash and then by text.

    `ranks` (e,): the texts; `begins` (e,): where the entries of the same hash begin.
    """

    ranks: Rows
    begins: Rows

    @classmethod
    def of(cls, texts: _Signatures) -> "_Shared":
        inside = np.arange(_SIZE) < texts.counts[:, None]
        ranks = np.broadcast_to(np.arange(len(inside), dtype=np.uint64)[:, None], inside.shape)
        entries = np.sort((texts.hashes[inside] << np.uint64(32)) | ranks[inside])
        values = entries >> np.uint64(32)
        same = values[1:] == values[:-1]
        several = np.zeros(len(values), np.bool_)
        several[1:] |= same
        several[:-1] |= same
        entries, values = entries[several], values[several]
        first = np.ones(len(values), np.bool_)
        first[1:] = values[1:] != values[:-1]
        starts = np.flatnonzero(first)
        begins = np.repeat(starts, np.diff(np.append(starts, len(values))))
        return cls((entries & np.uint64(0xFFFFFFFF)).astype(np.int64), begins)


def _leaders(texts: _Signatures, shared: _Shared, leads: Flags) -> Rows:
    """(u,) the leader each text joins if just those that `leads` says lead; −1 where none."""
    count = len(leads)
    leading = leads[shared.ranks]
    before = np.concatenate([[0], np.cumsum(leading)])  # leaders ahead of each entry
    holders = shared.ranks[leading]
    ahead = before[:-1] - before[shared.begins]  # of them those with the same hash
    phrase = ahead > COMMON
    phrases = np.bincount(shared.ranks[phrase], minlength=count)
    usable = np.flatnonzero((ahead >= 1) & ~phrase)
    parts = []
    width = np.uint32 if count**2 < 2**32 else np.int64  # half as wide, sorted twice as fast
    ranks, holders = shared.ranks.astype(width), holders.astype(width)
    for back in range(1, COMMON + 1):
        usable = usable[ahead[usable] >= back]
        parts.append(ranks[usable] * width(count) + holders[before[usable] - back])
    pairs, times = np.unique(np.concatenate(parts), return_counts=True)
    one, other = (pairs // width(count)).astype(np.int64), (pairs % width(count)).astype(np.int64)
    enough = np.maximum(SEEDS, OTHER_OUTLET * LEAST - phrases[one])
    kept = times >= enough
    return _best(texts, one[kept], other[kept], times[kept] + phrases[one[kept]])


def _best(texts: _Signatures, one: Rows, other: Rows, most: Rows) -> Rows:
    """(u,) of the pairs that are copies the leader with most of each text; −1 where none."""
    bounds = np.minimum(texts.bounds[one], texts.bounds[other])
    mine, theirs = _within(texts, one, bounds), _within(texts, other, bounds)
    least = np.minimum(mine, theirs)
    near = (most >= OTHER_OUTLET * least) & (least >= LEAST)
    one, other, mine, theirs, least = (x[near] for x in (one, other, mine, theirs, least))
    both = np.sort(np.concatenate([texts.hashes[one], texts.hashes[other]], axis=1), axis=1)
    common = ((both[:, 1:] == both[:, :-1]) & (both[:, 1:] != _PAD)).sum(1)
    contained = common / np.maximum(least, 1)
    resemblance = common / np.maximum(mine + theirs - common, 1)
    same = (texts.outlets[one] == texts.outlets[other]) & (texts.outlets[one] != _NONE)
    copied = (contained >= np.where(same, SAME_OUTLET, OTHER_OUTLET)) & (resemblance >= RESEMBLANCE)
    one, other, contained = one[copied], other[copied], contained[copied]
    order = np.lexsort((texts.numbers[other], -contained, one))
    found: Rows = np.full(len(texts.numbers), _NONE, np.int64)
    texts_found, first = np.unique(one[order], return_index=True)
    found[texts_found] = other[order][first]
    return found


def _within(texts: _Signatures, ranks: Rows, bounds: NDArray[np.uint64]) -> Rows:
    """(p,) how many hashes of each text lie below the bound."""
    parts = [
        (texts.hashes[ranks[at : at + 4096]] <= bounds[at : at + 4096, None]).sum(1)
        for at in range(0, len(ranks), 4096)
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _pairs(texts: _Signatures, leader: Rows) -> list[tuple[int, int]]:
    known = np.flatnonzero(texts.rank >= 0)
    group = leader[texts.rank[known]]
    lowest = np.full(len(leader), np.iinfo(np.int64).max)
    np.minimum.at(lowest, group, known)
    found = lowest[group]
    other: Any = found != known
    return list(zip(known[other].tolist(), found[other].tolist(), strict=True))
