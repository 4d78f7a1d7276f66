"""The terms of every passage and headline as numbers: what ranking counts, memory-mapped."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self

import numpy as np

from warta.corpus.errors import DamagedSnapshot
from warta.index.candidates import NO_TERM, Numbers, Rows, Scores

_AT_ONCE = 1 << 22  # numbers that are looked up at a time


class TokenWriter:
    """Collects the terms of rows, as they come or by their numbers in `vocabulary`.

    `vocabulary` is that of the last snapshot: rows taken over from it need no looking up.
    """

    def __init__(self, vocabulary: Sequence[str] = ()) -> None:
        following = count(len(vocabulary)).__next__  # the number of a term that is not there yet
        self._numbers = defaultdict(following, zip(vocabulary, count()))
        self._tokens = array("i")
        self._lengths = array("q")

    def add(self, terms: Sequence[str]) -> None:
        """Append the terms of the next row."""
        self._tokens.extend(map(self._numbers.__getitem__, terms))
        self._lengths.append(len(terms))

    def take(self, numbers: Numbers, lengths: Rows) -> None:
        """Append rows of the last snapshot: their terms one after the other, how many in each."""
        self._tokens.frombytes(np.ascontiguousarray(numbers, np.int32).tobytes())
        self._lengths.frombytes(np.ascontiguousarray(lengths, np.int64).tobytes())

    def finish(self) -> "Tokens":
        """Number the terms that occur in alphabetical order, however they came in; once only."""
        tokens = np.frombuffer(self._tokens, np.int32) if self._tokens else np.empty(0, np.int32)
        # In place and in parts: numpy makes eight bytes of each number that it looks up.
        parts = [tokens[at : at + _AT_ONCE] for at in range(0, len(tokens), _AT_ONCE)]
        terms = list(self._numbers)
        occurs = np.zeros(len(terms), np.bool_)
        for part in parts:
            occurs[part] = True
        used = sorted(np.flatnonzero(occurs).tolist(), key=terms.__getitem__)
        final = np.zeros(len(terms), np.int32)
        final[used] = np.arange(len(used), dtype=np.int32)
        for part in parts:
            part[:] = final[part]
        vocabulary = [terms[number] for number in used]
        offsets = np.concatenate([[0], np.cumsum(np.frombuffer(self._lengths, np.int64))])
        was = np.array(used, np.int64)
        return Tokens(tokens, offsets.astype(np.int64), vocabulary, was)


@dataclass(frozen=True, slots=True)
class Tokens:
    """All rows one after the other: row r is `numbers[offsets[r] : offsets[r + 1]]`.

    `numbers`: int32 places in `vocabulary`; `offsets`: (rows + 1,) int64. `was` (v,): the place
    of each term in the vocabulary of the last snapshot; new ones have numbers behind its end.
    """

    numbers: Numbers
    offsets: Rows
    vocabulary: list[str]
    was: Rows


class TokenTable:
    """Read-only rows of term numbers: passage p is row p, the headline of article a row n + a."""

    def __init__(self, tokens: Numbers, offsets: Rows) -> None:
        self._tokens = tokens
        self._offsets = offsets

    @classmethod
    def open(cls, tokens: Path, offsets: Path) -> Self:
        """Map the two files; raises DamagedSnapshot where they do not fit together."""
        try:
            table = cls(
                np.load(tokens, mmap_mode="r", allow_pickle=False),
                np.load(offsets, mmap_mode="r", allow_pickle=False),
            )
        except (ValueError, OSError, EOFError) as error:
            raise DamagedSnapshot(f"{tokens} cannot be read: {error}.") from error
        if table._offsets[-1] != len(table._tokens):
            raise DamagedSnapshot(f"{tokens} and {offsets} do not fit together.")
        return table

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def row(self, row: int) -> Numbers:
        """The term numbers of one row."""
        return self._tokens[self._offsets[row] : self._offsets[row + 1]]

    def rows(self, first: int, last: int) -> tuple[Numbers, Rows]:
        """Rows `first` to before `last`: their terms one after the other, how many in each."""
        offsets = self._offsets[first : last + 1]
        return self._tokens[offsets[0] : offsets[-1]], np.diff(offsets)

    def lengths(self, rows: Rows) -> Rows:
        """(m,) how many terms each row has."""
        return np.asarray(self._offsets[rows + 1] - self._offsets[rows])

    def padded(self, rows: Rows, longest: int = 256) -> Numbers:
        """(m, l) the term numbers of each row, NO_TERM behind its end; l at most `longest`."""
        lengths = np.minimum(self.lengths(rows), longest)
        within = np.arange(int(lengths.max(initial=0)))
        inside = within < lengths[:, None]
        places = np.where(inside, self._offsets[rows][:, None] + within, 0)
        found = self._tokens[places] if inside.any() else np.zeros(inside.shape, np.int32)
        return np.where(inside, found, np.int32(NO_TERM))

    def postings(self, terms: Numbers) -> tuple[Rows, Rows]:
        """(p,) row and (p,) place in `terms` of each occurrence of distinct `terms`, by row."""
        if not len(terms):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        places = np.flatnonzero(np.isin(self._tokens, terms))
        order = np.argsort(terms)
        which = order[np.searchsorted(terms[order], self._tokens[places])]
        return np.searchsorted(self._offsets, places, side="right") - 1, which

    def counts(self, rows: Rows, terms: Numbers) -> Scores:
        """(m, t) how often each of the distinct `terms` (t,) stands in each row."""
        lengths = self.lengths(rows)
        if not len(terms) or not lengths.sum():
            return np.zeros((len(rows), len(terms)), np.float32)
        order = np.argsort(terms)
        wanted = terms[order]
        # All rows in one flat array: where each comes from, and whose it is.
        owner = np.repeat(np.arange(len(rows)), lengths)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        flat = self._tokens[np.repeat(self._offsets[rows], lengths) + within]
        place = np.minimum(np.searchsorted(wanted, flat), len(wanted) - 1)
        same = wanted[place] == flat
        cells = owner[same] * len(terms) + order[place[same]]
        found = np.bincount(cells, minlength=len(rows) * len(terms))
        return found.reshape(len(rows), len(terms)).astype(np.float32)
