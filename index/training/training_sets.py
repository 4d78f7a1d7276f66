"""The texts the shipped weights may learn from, laid out as one row, and how batches mix them."""

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warta.index.training.pairs import (
    QUESTION_WORDS,
    Document,
    Offsets,
    Pairs,
    Row,
    sentences_in_windows,
    titles_to_windows,
    whole,
)

_HELD_OUT = 40  # every 40th article and sentence pair is kept for measuring
_CENTRES = 1024
_TOGETHER = 32  # like documents drawn together


@dataclass(frozen=True, slots=True)
class Sets:
    """Documents in the order they are laid out, and where each set begins and ends in it.

    `links`: (n, 2) document numbers of query and passage for sets that come as pairs.
    """

    documents: list[Document]
    ranges: dict[str, range]
    links: dict[str, Offsets]


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def half_of(passage: str) -> int:
    """Return which half (0 or 1) of the questions those on this passage belong to.

    An embedder that has learned a question finds its passage better than it finds others: what
    is trained on top of it would trust it too much. So each half is kept from an embedder that is
    made for training the ranking alone.
    """
    return hashlib.sha256(_plain(passage).encode()).digest()[0] % 2


def questions(data: Path) -> Iterator[tuple[str, str]]:
    """Question and passage of the training splits that may be used.

    TyDi QA is where IDK-MRC's questions come from: whatever occurs in a validation split of
    either, question or passage, is left out.
    """
    kept_aside = set()
    for name in ("idk_mrc", "tydiqa_id", "facqa", "squad2_id"):
        for record in _records(data / "qa" / f"{name}.jsonl.gz"):
            if record["split"] != "train":
                kept_aside |= {_plain(record["question"]), _plain(record["context"])}
    for name in ("facqa", "tydiqa_id"):
        for record in _records(data / "qa" / f"{name}.jsonl.gz"):
            seen = {_plain(record["question"]), _plain(record["context"])}
            if record["split"] == "train" and not seen & kept_aside:
                yield record["question"], record["context"]


def passages_of(data: Path, name: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return all passages of a set, and question and passage of its answerable training split."""
    records = list(_records(data / "qa" / f"{name}.jsonl.gz"))
    asked = [r for r in records if r["answerable"] and r["split"] == "train"]
    texts = list(dict.fromkeys(record["context"] for record in records))
    return texts, [(record["question"], record["context"]) for record in asked]


def sentence_pairs(data: Path) -> Iterator[tuple[str, str]]:
    """English and Indonesian sentences, in the order that `held_out` counts."""
    for record in _records(data / "train" / "parallel_en_id.jsonl.gz"):
        yield record["en"], record["id"]


def held_out(number: int) -> bool:
    """Whether the article or sentence pair at this place of its file is kept for measuring."""
    return number % _HELD_OUT == _HELD_OUT - 1


def load_sets(data: Path, *, without: int | None = None) -> Sets:
    """Read every set that may go into the shipped weights; order and content are fixed.

    `without` leaves out one half of the questions (see `half_of`).
    """
    documents: list[Document] = []
    ranges: dict[str, range] = {}
    links: dict[str, Offsets] = {}

    def add(name: str, new: list[Document]) -> None:
        ranges[name] = range(len(documents), len(documents) + len(new))
        documents.extend(new)

    def add_linked(name: str, pairs: list[tuple[str, str]]) -> None:
        numbers: dict[str, int] = {}
        begin = len(documents)
        table = [[numbers.setdefault(text, len(numbers)) for text in pair] for pair in pairs]
        add(name, [Document("", text) for text in numbers])
        links[name] = np.asarray(table, dtype=np.int64) + begin

    add("words", [Document("", words) for words in QUESTION_WORDS])
    add(
        "news",
        [
            Document(r["title"] or "", r["text"])
            for number, r in enumerate(_records(data / "news" / "click_id.jsonl.gz"))
            if not held_out(number)
        ],
    )
    add(
        "wiki",
        [Document(r["a"], r["b"]) for r in _records(data / "train" / "wiki_title_lead.jsonl.gz")],
    )
    add_linked("asked", [pair for pair in questions(data) if half_of(pair[1]) != without])
    add_linked(
        "english",
        [pair for number, pair in enumerate(sentence_pairs(data)) if not held_out(number)],
    )
    add_linked(
        "implied",
        [
            (r["b"], r["a"])
            for r in _records(data / "train" / "indonli.jsonl.gz")
            if r["label"] == "entailment" and r["split"] == "train"
        ],
    )
    return Sets(documents, ranges, links)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PairMix:
    """Draws one batch: so many pairs of each kind, chosen anew every time.

    `shares`: set, kind of pair, share of the batch. `orders`: documents of a set such that like
    stand near each other; then `near` of its pairs come in groups of like documents, which makes
    them hard negatives of each other.
    """

    row: Row
    sets: Sets
    batch: int
    shares: tuple[tuple[str, str, float], ...] = (
        ("news", "title", 0.10),
        ("news", "sentence", 0.24),
        ("wiki", "title", 0.12),
        ("wiki", "sentence", 0.26),
        ("asked", "link", 0.10),
        ("english", "link", 0.16),
        ("implied", "link", 0.02),
    )
    orders: Mapping[str, Offsets] = field(default_factory=dict)
    near: float = 0.5

    def __call__(self, rng: np.random.Generator) -> Pairs:
        """Draw the pairs of one batch."""
        return Pairs.join(
            [
                self._links(name, round(share * self.batch), rng)
                if kind == "link"
                else self._texts(name, kind, round(share * self.batch), rng)
                for name, kind, share in self.shares
            ]
        )

    def _links(self, name: str, count: int, rng: np.random.Generator) -> Pairs:
        table = self.sets.links[name]
        chosen = table[rng.integers(len(table), size=count)]
        keep = 1.0 if name == "english" else 0.85
        return whole(self.row, chosen[:, 0], chosen[:, 1], keep)

    def _texts(self, name: str, kind: str, count: int, rng: np.random.Generator) -> Pairs:
        bounds = self.sets.ranges[name]
        first, last = np.searchsorted(self.row.owner, [bounds.start, bounds.stop])
        order = self.orders.get(name)
        if order is None and kind == "sentence":
            return self._sentences(name, rng.integers(first, last, count), rng)
        if order is None:
            document = rng.integers(bounds.start, bounds.stop, count)
        else:
            document = self.row.owner[rng.integers(first, last, count)]
            close = round(self.near * count)
            document[:close] = _neighbours(order, close, rng)
        begin = np.searchsorted(self.row.owner, document)
        reach = np.searchsorted(self.row.owner, document, side="right") - begin
        if kind == "title":
            # Mostly the first sentences, now and then any: leads carry what titles say.
            reach = np.where(rng.random(count) < 0.6, np.minimum(reach, 3), reach)
        sentence = begin + (rng.random(count) * reach).astype(np.int64)
        if kind == "title":
            return titles_to_windows(self.row, sentence, rng)
        return self._sentences(name, sentence, rng)

    def _sentences(self, name: str, sentence: Offsets, rng: np.random.Generator) -> Pairs:
        words = self.row.bodies[np.asarray(self.sets.ranges["words"])]
        headed = 0.6 if name == "news" else 0.2
        return sentences_in_windows(self.row, sentence, words, rng, headed=headed)


def _neighbours(order: Offsets, count: int, rng: np.random.Generator) -> Offsets:
    """Groups of documents that stand near each other in the order."""
    starts = rng.integers(len(order), size=-(-count // _TOGETHER))
    places = starts[:, None] + rng.integers(2 * _TOGETHER, size=(len(starts), _TOGETHER))
    chosen: Offsets = order[places.reshape(-1)[:count] % len(order)]
    return chosen


def like_near_like(
    row: Row, table: NDArray[np.float32], documents: range, rng: np.random.Generator
) -> Offsets:
    """Order documents so that like ones stand together: (n,) document numbers.

    Each goes to the nearest of some documents drawn as centres, in the vectors of the table as
    trained so far.
    """
    numbers = np.asarray(documents, dtype=np.int64)
    centres = _document_vectors(row, table, rng.choice(numbers, min(_CENTRES, len(numbers)), False))
    nearest = np.concatenate(
        [
            (_document_vectors(row, table, part) @ centres.T).argmax(axis=1)
            for part in np.array_split(numbers, -(-len(numbers) // 4096))
        ]
    )
    shuffled = rng.permutation(len(numbers))
    return numbers[shuffled[np.argsort(nearest[shuffled], kind="stable")]]


def _document_vectors(
    row: Row, table: NDArray[np.float32], numbers: Offsets
) -> NDArray[np.float32]:
    vectors = np.zeros((len(numbers), table.shape[1]), dtype=np.float32)
    for vector, (begin, end) in zip(vectors, row.bodies[numbers], strict=True):
        vector += table.take(row.ids[begin : min(end, begin + 200)], axis=0).sum(axis=0)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.maximum(lengths, np.float32(1e-9))
    return vectors
