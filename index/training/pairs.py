"""Training texts as one long row of token ids, and pairs of pieces of it that belong together.

Nothing here needs a label: a headline belongs to its article, a sentence to its surroundings.
A pair is only a handful of offsets into the row, drawn afresh for every batch, so that no two
passes over the data are alike; `gather` turns the offsets into token ids.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]
Offsets = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]?\s+(?=[\"“‘(]?[A-Z0-9])|\n+")
QUESTION_WORDS = (
    "apa", "apakah", "siapa", "siapakah", "kapan", "kapankah", "di mana", "dimanakah", "berapa",
    "berapakah", "mengapa", "kenapa", "bagaimana", "yang mana", "apa yang dimaksud dengan",
    "apa itu", "tahun berapa", "pada tahun berapakah", "dari mana", "ke mana", "apa nama",
    "siapa nama", "di manakah letak", "berapa jumlah", "apa penyebab", "who", "what", "when",
    "where", "how many", "why", "which",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """One text to draw pairs from: a news article, a lead, the passage of a question."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """All documents as token ids, one after the other.

    `titles`: (d, 2) offsets of each document's title in `ids`; `bodies`: (d, 2) of its text;
    `sentences`: (s, 2) ascending and `owner`: (s,) document of each; `starts_word`: (vocabulary,)
    whether a token begins a word, so that words are dropped whole.
    """

    ids: Ids
    titles: Offsets
    bodies: Offsets
    sentences: Offsets
    owner: Offsets
    starts_word: Flags


@dataclass(frozen=True, slots=True)
class Pairs:
    """n pairs as ranges of the row.

    `queries`: (n, 3, 2) offsets, joined in order; `keep`: (n, 3) chance of each word to stay;
    `passages`: (n, 3, 2); `group`: (n,) pairs of one group are never each other's negatives.
    """

    queries: Offsets
    keep: NDArray[np.float64]
    passages: Offsets
    group: Offsets

    def __len__(self) -> int:
        return len(self.group)

    def take(self, order: Offsets) -> "Pairs":
        """The pairs at these positions."""
        return Pairs(self.queries[order], self.keep[order], self.passages[order], self.group[order])

    @staticmethod
    def join(parts: Sequence["Pairs"]) -> "Pairs":
        """All pairs of all parts, in order."""
        return Pairs(
            np.concatenate([part.queries for part in parts]),
            np.concatenate([part.keep for part in parts]),
            np.concatenate([part.passages for part in parts]),
            np.concatenate([part.group for part in parts]),
        )


Tokenize = Callable[[Sequence[str]], list[list[int]]]


def lay_out(documents: Iterable[Document], tokenize: Tokenize, starts_word: Flags) -> Row:
    """Tokenise the documents into one row; sentences are cut by a plain rule."""
    texts: list[str] = []
    owner: list[int] = []
    for number, document in enumerate(documents):
        texts.append(document.title)
        owner.append(-1)
        pieces = [piece for piece in _SENTENCE_END.split(document.text) if piece.strip()]
        texts.extend(pieces or [""])
        owner.extend([number] * max(1, len(pieces)))
    chunks: list[Ids] = []
    lengths: list[int] = []
    for begin in range(0, len(texts), 50_000):
        encoded = tokenize(texts[begin : begin + 50_000])
        lengths.extend(len(ids) for ids in encoded)
        chunks.append(np.concatenate([np.asarray(ids, dtype=np.int32) for ids in encoded]))
    ends = np.cumsum(np.asarray(lengths, dtype=np.int64))
    spans = np.stack([ends - lengths, ends], axis=1)
    owners = np.asarray(owner, dtype=np.int64)
    sentences = spans[owners >= 0]
    owners_of_sentences = owners[owners >= 0]
    first = np.flatnonzero(np.diff(owners_of_sentences, prepend=-1))
    last = np.append(first[1:], len(owners_of_sentences)) - 1
    bodies = np.stack([sentences[first, 0], sentences[last, 1]], axis=1)
    return Row(
        np.concatenate(chunks), spans[owners < 0], bodies, sentences, owners_of_sentences,
        starts_word,
    )  # fmt: skip


def whole(row: Row, queries: Offsets, documents: Offsets, keep: float = 1.0) -> Pairs:
    """Query document's text -> whole text of another document: questions, translations."""
    n = len(documents)
    asked = np.zeros((n, 3, 2), dtype=np.int64)
    asked[:, 0] = row.bodies[queries]
    passages = np.zeros((n, 3, 2), dtype=np.int64)
    passages[:, 0] = row.bodies[documents]
    return Pairs(asked, np.full((n, 3), keep), passages, documents.copy())


def windows(
    row: Row, sentence: Offsets, rng: np.random.Generator, tokens: tuple[int, int] = (60, 180)
) -> Offsets:
    """A stretch of whole sentences around each given one, inside its document: (n, 2) offsets."""
    n = len(sentence)
    body = row.bodies[row.owner[sentence]]
    length = rng.integers(tokens[0], tokens[1], n)
    begin = row.sentences[sentence, 0] - (rng.random(n) * length).astype(np.int64)
    begin = np.maximum(begin, body[:, 0])
    end = np.minimum(begin + length, body[:, 1])
    begins = row.sentences[:, 0]
    first = np.searchsorted(begins, begin, side="right") - 1
    last = np.searchsorted(begins, np.maximum(end, begin + 1), side="left") - 1
    first = np.minimum(np.maximum(first, np.searchsorted(begins, body[:, 0])), sentence)
    last = np.maximum(last, sentence)
    return np.stack([row.sentences[first, 0], row.sentences[last, 1]], axis=1)


def sentences_in_windows(
    row: Row, sentence: Offsets, question_words: Offsets, rng: np.random.Generator,
    hole: float = 0.5, titled: float = 0.3, headed: float = 0.2,
) -> Pairs:  # fmt: skip
    """Some words of a sentence, asked like a question -> the stretch of text around it.

    With chance `hole` the sentence is cut out of the stretch (only its meaning is left to match);
    with chance `titled` the title is in the query and the fewer of the sentence's words, else
    with chance `headed` it stands before the stretch, as in the index.
    """
    n = len(sentence)
    document = row.owner[sentence]
    stretch = windows(row, sentence, rng)
    asked = np.zeros((n, 3, 2), dtype=np.int64)
    asked[:, 0] = question_words[rng.integers(len(question_words), size=n)]
    asked[:, 0, 1] -= (asked[:, 0, 1] - asked[:, 0, 0]) * (rng.random(n) < 0.3)
    with_title = rng.random(n) < titled
    asked[:, 1] = row.titles[document] * with_title[:, None]
    asked[:, 2] = row.sentences[sentence]
    keep = np.ones((n, 3))
    keep[:, 1] = 0.8
    keep[:, 2] = np.where(with_title, rng.uniform(0.1, 0.5, n), rng.uniform(0.25, 1.0, n))
    cut = (rng.random(n) < hole) & (row.sentences[sentence, 1] - row.sentences[sentence, 0]
                                    < 0.6 * (stretch[:, 1] - stretch[:, 0]))  # fmt: skip
    passages = np.zeros((n, 3, 2), dtype=np.int64)
    passages[:, 0] = row.titles[document] * (~with_title & (rng.random(n) < headed))[:, None]
    passages[:, 1, 0] = stretch[:, 0]
    passages[:, 1, 1] = np.where(cut, row.sentences[sentence, 0], stretch[:, 1])
    passages[:, 2, 0] = np.where(cut, row.sentences[sentence, 1], stretch[:, 1])
    passages[:, 2, 1] = stretch[:, 1]
    return Pairs(asked, keep, passages, document.copy())


def titles_to_windows(row: Row, sentence: Offsets, rng: np.random.Generator) -> Pairs:
    """Title -> a stretch of its document around the given sentence."""
    n = len(sentence)
    document = row.owner[sentence]
    asked = np.zeros((n, 3, 2), dtype=np.int64)
    asked[:, 0] = row.titles[document]
    passages = np.zeros((n, 3, 2), dtype=np.int64)
    passages[:, 0] = windows(row, sentence, rng)
    return Pairs(asked, np.full((n, 3), 0.9), passages, document.copy())


def gather(
    row: Row, ranges: Offsets, keep: NDArray[np.float64] | None, rng: np.random.Generator
) -> tuple[Offsets, Offsets]:
    """Token ids of (n, r, 2) ranges, and the (n,) position where each item begins in them.

    `keep`: (n, r) chance of a word to stay; None keeps all.
    """
    flat = ranges.reshape(-1, 2)
    lengths = flat[:, 1] - flat[:, 0]
    before = np.cumsum(lengths) - lengths
    places = np.repeat(flat[:, 0] - before, lengths) + np.arange(lengths.sum())
    ids = row.ids[places].astype(np.int64)
    item = np.repeat(np.arange(len(ranges)).repeat(ranges.shape[1]), lengths)
    if keep is not None:
        word = np.cumsum(row.starts_word[ids])
        stays = rng.random(len(ids) + 1)[word] < np.repeat(keep.reshape(-1), lengths)
        ids, item = ids[stays], item[stays]
    return ids, np.searchsorted(item, np.arange(len(ranges)))
