"""The texts the shipped weights may learn from, laid out as one row, and how batches mix them."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.pairs import (
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


def held_out(number: int) -> bool:
    """Whether the article or sentence pair at this place of its file is kept for measuring."""
    return number % _HELD_OUT == _HELD_OUT - 1


def load_sets(data: Path) -> Sets:
    """Read every set that may go into the shipped weights; order and content are fixed."""
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
    add_linked("asked", list(questions(data)))
    add_linked(
        "english",
        [
            (r["en"], r["id"])
            for number, r in enumerate(_records(data / "train" / "parallel_en_id.jsonl.gz"))
            if not held_out(number)
        ],
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
class Mixture:
    """Draws one batch: so many pairs of each kind, chosen anew every time."""

    row: Row
    sets: Sets
    batch: int
    shares: tuple[tuple[str, str, float], ...] = (
        ("news", "title", 0.12),
        ("news", "sentence", 0.24),
        ("wiki", "title", 0.14),
        ("wiki", "sentence", 0.26),
        ("asked", "link", 0.08),
        ("english", "link", 0.14),
        ("implied", "link", 0.02),
    )

    def __call__(self, rng: np.random.Generator) -> Pairs:
        """Draw the pairs of one batch."""
        words = self.row.bodies[np.asarray(self.sets.ranges["words"])]
        parts = []
        for name, kind, share in self.shares:
            count = round(share * self.batch)
            if kind == "link":
                table = self.sets.links[name]
                chosen = table[rng.integers(len(table), size=count)]
                keep = 1.0 if name == "english" else 0.85
                parts.append(whole(self.row, chosen[:, 0], chosen[:, 1], keep))
                continue
            bounds = self.sets.ranges[name]
            first, last = np.searchsorted(self.row.owner, [bounds.start, bounds.stop])
            if kind == "title":
                document = rng.integers(bounds.start, bounds.stop, count)
                begin = np.searchsorted(self.row.owner, document)
                after = np.searchsorted(self.row.owner, document, side="right")
                # Mostly the first sentences, now and then any: leads carry what titles say.
                reach = np.where(rng.random(count) < 0.6, np.minimum(after - begin, 3),
                                 after - begin)  # fmt: skip
                sentence = begin + (rng.random(count) * reach).astype(np.int64)
                parts.append(titles_to_windows(self.row, sentence, rng))
            else:
                sentence = rng.integers(first, last, count)
                parts.append(sentences_in_windows(self.row, sentence, words, rng))
        return Pairs.join(parts)
