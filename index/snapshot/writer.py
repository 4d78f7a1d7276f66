"""A snapshot while it is written: articles go in by id, files come out."""

import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from warta.index.candidates import Numbers, Rows
from warta.index.embedding.embedder import Embedder
from warta.index.embedding.word_vectors import DIM, Table, word_embedder, word_rows
from warta.index.snapshot.copies import copies_of
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
