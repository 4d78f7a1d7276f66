"""Question text to hits, from what is live in Milvus: articles, passages, vectors and terms.

Ranking asks a generation what it asks of a snapshot on the disk. Held in memory are its short
columns, its vocabulary and the vectors of its words; all else is fetched for the passages that are
looked at.
"""

import base64
import io
import json
import logging
import time
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from warta.corpus.article import Article
from warta.corpus.errors import DamagedSnapshot, EmbedderMismatch, InputError, SnapshotError
from warta.index.candidates import Filter, Nearest, Numbers, Ranker, Rows, Scores
from warta.index.distributed.milvus import ARTICLES, MOST, PASSAGES, Milvus
from warta.index.distributed.publish import PARTS, article_of, key_of, read_files
from warta.index.embedding.embedder import Embedder, SentenceTransformerEmbedder
from warta.index.embedding.word_vectors import WordTable
from warta.index.forking import Lock
from warta.index.search.fusion import rarity
from warta.index.search.reranker import Reranker
from warta.index.search.retriever import Retriever
from warta.index.search.view import View
from warta.index.snapshot.manifest import Manifest
from warta.index.snapshot.snapshot import Snapshot
from warta.index.snapshot.text_store import ShortColumns
from warta.index.snapshot.tokens import TokenTable
from warta.index.stories.links import Links

_LOOK = 2.0  # seconds between two looks at what is live
_log = logging.getLogger(__name__)

_KEPT = 5000  # passages and articles that were read last
_FIELDS = ("number", "vector", "start", "end", "tokens")
_FILES = (
    "manifest", "passages_of", "published", "copy_of", "sources", "hidden", "lengths", "vocabulary",
    "frequency", "words", "links",
)  # fmt: skip


class MilvusRetriever(Retriever):
    """Answers from the generation that is live in Milvus; keeps nothing on this machine.

    Which one is live is looked at every two seconds (`look_every`), by the caller that is due; the
    others go on with the one before. Where Milvus does not answer the one before goes on being
    asked, and `warning` says so.
    """

    def __init__(
        self,
        embedder: Embedder,
        milvus: Milvus,
        ranker: Ranker | None = None,
        reranker: Reranker | None = None,
        look_every: float = _LOOK,
    ) -> None:
        super().__init__(embedder, "", ranker, reranker)
        self._milvus = milvus
        self._generation = ""
        self._looked = 0.0
        self._every = look_every

    @classmethod
    def connect(
        cls,
        address: str,
        token: str = "",
        embedder: Embedder | None = None,
        reranker: Reranker | None = None,
    ) -> Self:
        """Open what is live in the Milvus at `address`; see `Milvus.connect`.

        Raises ConfigError where pymilvus is missing, NoSnapshot where nothing was published,
        EmbedderMismatch where it is of another embedder (the shipped one, where none is given),
        SnapshotError where Milvus cannot be asked.
        """
        milvus = Milvus.connect(address, token)
        chosen = embedder or SentenceTransformerEmbedder.load(None)
        retriever = cls(chosen, milvus, reranker=reranker)
        retriever.view()
        return retriever

    def view(self) -> View:
        """Pin the live generation."""
        view = self._view
        if view is not None and time.monotonic() - self._looked < self._every:
            return view
        if not self._opening.acquire(blocking=view is None):
            assert view is not None
            return view
        try:
            return self._look()
        finally:
            self._looked = time.monotonic()
            self._opening.release()

    def _look(self) -> View:
        try:
            live = self._milvus.live()
            if self._view is None or live != self._generation:
                self._view, self._generation = self._open(live), live
            self._warning = ""
        except SnapshotError as error:
            if self._view is None:
                raise
            self._warning = f"{error} Generation {self._generation} goes on being used."
            _log.warning(self._warning)
        return self._view

    def _open(self, generation: str) -> View:
        snapshot = open_generation(self._milvus, generation)
        if snapshot.embedder != self._embedder.fingerprint:
            raise EmbedderMismatch(
                f"What is in Milvus at {self._milvus.address} was made by embedder "
                f"{snapshot.embedder}, in use is {self._embedder.fingerprint}.",
                "Name the embedder it was made with: --embedder.",
            )
        return View(snapshot, self._embedder, self._ranker, self._reranker)


def open_generation(milvus: Milvus, generation: str) -> Snapshot:
    """Read what a page server needs of a generation; raises SnapshotError, DamagedSnapshot."""
    milvus.load(generation)
    files = read_files(milvus, generation, _FILES)
    if missing := set(_FILES) - {"words", "links"} - files.keys():
        raise DamagedSnapshot(f"Generation {generation} lacks {', '.join(sorted(missing))}.")
    source = _Source(milvus, generation, files)
    manifest, hidden = Manifest.from_bytes(files["manifest"]), json.loads(files["hidden"])
    return RemoteSnapshot(manifest, source).without(hidden)


class RemoteSnapshot(Snapshot):
    """A snapshot that is a generation in Milvus: what is searched and read is asked for there."""

    def __init__(self, manifest: Manifest, source: "_Source") -> None:
        self._source = source
        tokens = cast(Any, _FetchedTokens(source))
        words = source.files.get("words")
        links = source.files.get("links")
        # They answer as the parts on a disk do, as far as a question asks; building asks for more.
        super().__init__(
            manifest,
            cast(Any, _FetchedVectors(source)),
            cast(Any, _FetchedTerms(source)),
            cast(Any, _FetchedTexts(source)),
            tokens,
            WordTable(_read(words)) if words else None,
            Links(_read(links)) if links else None,
            cast(Any, _Unchanging()),
        )
        source.files.clear()

    def _check_counts(self) -> None:
        held = self._source.milvus.count(self._source.generation, PASSAGES)
        expected = (self.manifest.articles, self.manifest.passages, self.manifest.passages)
        if (found := (len(self.published), len(self), held)) != expected:
            raise DamagedSnapshot(
                f"Generation {self._source.generation} has (articles, passages, rows) {found}, "
                f"expected were {expected}."
            )

    def nearest(self, vector: Scores, k: int, only: Filter | None = None) -> Nearest:
        """Return the k passages nearest to `vector` (dim,) that pass the filter."""
        return self._source.search(vector, k, self._condition(only))

    def matching(self, terms: Sequence[str], k: int, only: Filter | None = None) -> Nearest:
        """Return the k best passages that hold any of `terms`, highest BM25 first."""
        known = sorted({number for term in terms if (number := self._source.number(term)) >= 0})
        if not known:
            return Nearest(np.empty(0, np.int64), np.empty(0, np.float32))
        weights = rarity(self._source.frequency[known].astype(np.float32), len(self))
        query = dict(zip(known, weights.tolist(), strict=True))
        return self._source.search(query, k, self._condition(only))

    def _condition(self, only: Filter | None) -> str:
        parts = []
        if only and only.first_day:
            parts.append(f"day >= {only.first_day} and day <= {only.last_day}")
        if only and only.sources is not None:
            codes = [self._source_codes[name] for name in only.sources & set(self._source_codes)]
            parts.append(f"outlet in {sorted(codes)}" if codes else "outlet < 0")
        if self.hidden:
            parts.append(f"article not in {sorted(self.texts.numbers(self.hidden).values())}")
        return " and ".join(parts)


def _read(data: bytes) -> NDArray[Any]:
    found: NDArray[Any] = np.load(io.BytesIO(data), allow_pickle=False)
    return found


@dataclass(frozen=True, slots=True)
class _FetchedPassage:
    """`vector` (dim,); `terms`: those of the passage, then those of the headline."""

    vector: Scores
    start: int
    end: int
    terms: Numbers


class _Source:
    """One generation: its files, and what was read of its rows last."""

    def __init__(self, milvus: Milvus, generation: str, files: dict[str, bytes]) -> None:
        self.milvus, self.generation, self.files = milvus, generation, files
        self.vocabulary: list[str] = json.loads(files["vocabulary"])  # in the order of its letters
        self.frequency: Numbers = _read(files["frequency"])
        self.lengths: Numbers = _read(files["lengths"])
        counts = _read(files["passages_of"])
        ends = np.cumsum(counts)
        self.columns = ShortColumns(
            first_passage=ends - counts,
            article_of=np.repeat(np.arange(len(counts)), counts),
            copy_of=_read(files["copy_of"]),
            published=_read(files["published"]),
            sources=json.loads(files["sources"]),
        )
        self._passages: OrderedDict[int, _FetchedPassage] = OrderedDict()
        self._articles: OrderedDict[int, Article] = OrderedDict()
        self._lock = Lock()

    def number(self, term: str) -> int:
        """Return the number of a term, −1 where it occurs nowhere."""
        at = bisect_left(self.vocabulary, term)
        return at if at < len(self.vocabulary) and self.vocabulary[at] == term else -1

    def search(self, vector: Any, k: int, only: str) -> Nearest:
        if k < 1 or not len(self.columns.article_of):
            return Nearest(np.empty(0, np.int64), np.empty(0, np.float32))
        return self.milvus.nearest(self.generation, vector, k, only)

    def holding(self, numbers: Sequence[int]) -> Rows:
        """Return all passages that hold every term, ascending; the rarest is looked up first."""
        wanted = sorted(set(numbers), key=lambda number: int(self.frequency[number]))
        found = self._with(wanted[0])
        for number in wanted[1:]:
            if not len(found):
                break
            parts = [
                self._among(number, found[at : at + MOST // 4])
                for at in range(0, len(found), MOST // 4)
            ]
            found = np.sort(np.concatenate(parts))
        return found

    def _with(self, term: int) -> Rows:
        count, passages = int(self.frequency[term]), len(self.columns.article_of)
        if count <= MOST:
            return np.sort(self.search({term: 1.0}, max(count, 1), "").rows)
        parts = [  # Milvus gives out so many at once: stretch by stretch
            self.search({term: 1.0}, MOST, f"number >= {at} and number < {at + MOST}").rows
            for at in range(0, passages, MOST)
        ]
        return np.sort(np.concatenate(parts))

    def _among(self, term: int, rows: Rows) -> Rows:
        return self.search({term: 1.0}, len(rows), f"number in {rows.tolist()}").rows

    def passages(self, numbers: Iterable[int]) -> dict[int, _FetchedPassage]:
        """Return passages by number, from memory or fetched at once."""
        wanted = list(dict.fromkeys(numbers))
        with self._lock:
            found = {n: self._passages[n] for n in wanted if n in self._passages}
        missing = [number for number in wanted if number not in found]
        for row in self.milvus.rows(self.generation, PASSAGES, missing, _FIELDS):
            terms = np.frombuffer(base64.b64decode(row["tokens"]), "<i4").astype(np.int32)
            vector = np.asarray(row["vector"], np.float32)
            found[row["number"]] = _FetchedPassage(vector, row["start"], row["end"], terms)
        if absent := [number for number in wanted if number not in found]:
            raise DamagedSnapshot(f"Generation {self.generation} lacks passage {absent[0]}.")
        self._keep(self._passages, found)
        return found

    def articles(self, numbers: Iterable[int]) -> dict[int, Article]:
        """Return articles by number, from memory or fetched at once."""
        wanted = list(dict.fromkeys(numbers))
        with self._lock:
            found = {n: self._articles[n] for n in wanted if n in self._articles}
        missing = [number for number in wanted if number not in found]
        firsts = self._parts([number * PARTS for number in missing])
        further = [
            part * PARTS + at
            for part, (last, _) in ((p // PARTS, v) for p, v in firsts.items())
            for at in range(1, last + 1)
        ]
        rest = self._parts(further)
        for part, (last, data) in firsts.items():
            record = data + "".join(rest[part + at][1] for at in range(1, last + 1))
            found[part // PARTS] = article_of(record)
        self._keep(self._articles, found)
        return found

    def _parts(self, keys: Sequence[int]) -> dict[int, tuple[int, str]]:
        """Return key -> (the number of the article's last part, the text of this one)."""
        rows = self.milvus.rows(self.generation, ARTICLES, keys, ("part", "last", "data"))
        found = {row["part"]: (row["last"], row["data"]) for row in rows}
        if absent := [key for key in keys if key not in found]:
            raise DamagedSnapshot(f"Generation {self.generation} lacks article part {absent[0]}.")
        return found

    def _keep(self, kept: "OrderedDict[int, Any]", found: dict[int, Any]) -> None:
        with self._lock:
            for number, item in found.items():
                kept[number] = item
                kept.move_to_end(number)
            while len(kept) > _KEPT:
                kept.popitem(last=False)


class _FetchedVectors:
    """The vectors as they were indexed."""

    def __init__(self, source: _Source) -> None:
        self._source = source

    def rows(self, rows: Rows) -> Scores:
        found = self._source.passages(rows.tolist())
        return np.array([found[row].vector for row in rows.tolist()], np.float32)


class _FetchedTerms:
    """Which passages hold terms, those of the headline included."""

    def __init__(self, source: _Source) -> None:
        self._source = source

    def frequency(self, term: str) -> int:
        number = self._source.number(term)
        return int(self._source.frequency[number]) if number >= 0 else 0

    def together(self, terms: Sequence[str]) -> bool:
        different = list(dict.fromkeys(terms))
        if not all(map(self.frequency, different)):
            return False
        return len(different) < 2 or bool(len(self.holding(different)))

    def holding(self, terms: Sequence[str]) -> Rows:
        if not terms or not all(map(self.frequency, terms)):
            return np.empty(0, np.int64)
        return self._source.holding([self._source.number(term) for term in terms])


class _FetchedTexts:
    """Articles and passages by number."""

    def __init__(self, source: _Source) -> None:
        self._source = source

    def columns(self) -> ShortColumns:
        return self._source.columns

    def vocabulary(self) -> list[str]:
        return self._source.vocabulary

    def term_numbers(self, terms: Sequence[str]) -> dict[str, int]:
        found = ((term, self._source.number(term)) for term in terms)
        return {term: number for term, number in found if number >= 0}

    def articles(self, numbers: Sequence[int]) -> dict[int, Article]:
        return self._source.articles(numbers)

    def spans(self, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
        found = self._source.passages(numbers)
        return {number: (passage.start, passage.end) for number, passage in found.items()}

    def numbers(self, ids: Iterable[str]) -> dict[str, int]:
        by_key = {key_of(id_): id_ for id_ in ids}
        source = self._source
        rows = source.milvus.named(source.generation, ARTICLES, list(by_key))
        return {by_key[row["name"]]: row["part"] // PARTS for row in rows}

    def by_id(self, article_id: str) -> Article:
        numbers = self.numbers([article_id])
        if not numbers:
            raise InputError(f"There is no article {article_id!r} in this index.")
        return next(iter(self.articles(list(numbers.values())).values()))


class _FetchedTokens:
    """The terms of passages and headlines, in the rows of `TokenTable`."""

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._passages = len(source.columns.article_of)

    def lengths(self, rows: Rows) -> Rows:
        return self._source.lengths[rows].astype(np.int64)

    def counts(self, rows: Rows, terms: Numbers) -> Scores:
        return self._table(rows).counts(np.arange(len(rows)), terms)

    def padded(self, rows: Rows) -> Numbers:
        return self._table(rows).padded(np.arange(len(rows)))

    def postings(self, terms: Numbers) -> tuple[Rows, Rows]:
        """As in `TokenTable`; one request for each term and one for 1,000 passages that hold it."""
        known = [number for number in terms.tolist() if number >= 0]
        found = [self._source.holding([number]) for number in known]
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        passages = np.unique(np.concatenate(found))
        articles = np.unique(self._source.columns.article_of[passages])
        rows = np.concatenate([passages, self._passages + articles])
        at, which = self._table(rows).postings(terms)
        return rows[at], which

    def _table(self, rows: Rows) -> TokenTable:
        columns = self._source.columns
        headline = rows >= self._passages
        passages = rows.copy()
        passages[headline] = columns.first_passage[rows[headline] - self._passages]
        found = self._source.passages(passages.tolist())
        parts = []
        for passage, above in zip(passages.tolist(), headline.tolist(), strict=True):
            own = int(self._source.lengths[passage])
            parts.append(found[passage].terms[own:] if above else found[passage].terms[:own])
        offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
        flat = np.concatenate(parts) if parts else np.empty(0, np.int32)
        return TokenTable(flat.astype(np.int32), offsets)


class _Unchanging:
    """A generation is never written to once it is live."""

    def untouched(self) -> bool:
        return True
