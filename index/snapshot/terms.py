"""BM25 over stemmed terms with filters by day and source: the one file that knows tantivy."""

import contextlib
import os
import shutil
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Self

import numpy as np
import tantivy
from numpy.typing import NDArray

from warta.corpus.errors import DamagedSnapshot, SnapshotError
from warta.index.candidates import Filter, Nearest, Rows, fold_source

_HEAP = 160_000_000  # bytes; one segment up to some 500,000 passages
_SMALL_HEAP = 20_000_000
_MARGIN = 20  # more than asked for: most ties end within
_DIGITS = 4  # of a score that mean something: sums of floats differ in their last ones
_EQUAL = 10.0**-_DIGITS
ROWS = "rows.npy"
_UNDATED = 0  # date.toordinal() starts at 1


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    # Our own terms, already folded and stemmed: tantivy only splits them at the spaces.
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_unsigned_field("number", fast=True)
    return builder.build()


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Turn what tantivy raises when the disk fails into our own error."""
    try:
        yield
    except (ValueError, RuntimeError) as error:
        raise SnapshotError(
            f"The terms cannot be written: {error}.", "Free some space and run it again."
        ) from error


class LexicalWriter:
    """Writes the terms of passages into a folder.

    `last`, the folder of the last snapshot, is taken over whole: only what is new in this one is
    to be added then. tantivy knows each passage by the order in which it was once added;
    `rows.npy` tells which number it has now. Raises SnapshotError where tantivy cannot write,
    OSError where there is no folder to be had.
    """

    def __init__(self, folder: Path, last: Path | None = None) -> None:
        folder.mkdir()
        self._folder = folder
        self._rows = _known_rows(last) if last else np.empty(0, np.int64)
        self._new = array("q")
        for path in last.iterdir() if last else ():
            if path.suffix != ".lock":
                shutil.copyfile(path, folder / path.name)
        (folder / ROWS).unlink(missing_ok=True)
        with _explained():
            if last:
                self._index = tantivy.Index.open(str(folder))
            else:
                self._index = tantivy.Index(_schema(), path=str(folder), reuse=False)
            # One thread: a small archive is one segment, whose passages keep their order.
            heap = _SMALL_HEAP if last else _HEAP
            self._writer = self._index.writer(heap_size=heap, num_threads=1)

    def add(self, row: int, terms: Sequence[str], published: date | None, source: str) -> None:
        """Add the passage with number `row`; `terms` without spaces in them."""
        number = len(self._rows) + len(self._new)
        self._new.append(row)
        document = tantivy.Document()
        document.add_text("terms", " ".join(terms))
        document.add_text("source", fold_source(source))
        document.add_integer("day", published.toordinal() if published else _UNDATED)
        document.add_unsigned("number", number)
        with _explained():
            self._writer.add_document(document)

    def finish(self, moved: Rows | None = None) -> None:
        """Write everything and wait for the merges; raises SnapshotError where it cannot.

        `moved` (n,): which number each passage of the last snapshot has in this one.
        """
        with _explained():
            self._writer.commit()
            self._writer.wait_merging_threads()
        old = self._rows if moved is None else moved[self._rows]
        rows = np.concatenate([old, np.frombuffer(self._new, np.int64)])
        np.save(self._folder / ROWS, rows.astype(np.int64), allow_pickle=False)

    def abandon(self) -> None:
        """Drop what was added since the last commit."""
        # A writer that has failed cannot even go back; its folder is removed all the same.
        with contextlib.suppress(ValueError, RuntimeError):
            self._writer.rollback()


def _known_rows(folder: Path) -> Rows:
    try:
        rows: Rows = np.load(folder / ROWS, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise DamagedSnapshot(f"{folder / ROWS} cannot be read: {error}.") from error
    return rows


def can_be_taken_over(folder: Path) -> bool:
    """Tell whether a later snapshot can go on from these terms; not from those before 0.1."""
    return (folder / ROWS).is_file()


@contextlib.contextmanager
def _writable(folder: Path) -> Iterator[Path]:
    """Give a folder of links to these files: tantivy takes a lock file even to read."""
    with tempfile.TemporaryDirectory(prefix="warta-") as linked:
        for path in folder.iterdir():
            if path.suffix != ".lock":
                (Path(linked) / path.name).symlink_to(path.resolve())
        yield Path(linked)


class LexicalIndex:
    """Read-only BM25 (k1 1.2, b 0.75) over the terms of passages."""

    def __init__(self, index: Any, rows: Rows | None = None) -> None:
        index.config_reader("manual")  # a snapshot never changes: no thread that watches it
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()
        self._rows = rows  # None: passages are known by their numbers
        if rows is not None and len(rows) != len(self):
            raise ValueError(f"{len(rows)} rows for {len(self)} passages")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what LexicalWriter wrote; raises DamagedSnapshot where tantivy cannot."""
        rows = _known_rows(folder) if can_be_taken_over(folder) else None
        try:
            if os.access(folder, os.W_OK):
                return cls(tantivy.Index.open(str(folder)), rows)
            with _writable(folder) as linked:  # all files are open, and stay so, once it is read
                return cls(tantivy.Index.open(str(linked)), rows)
        except (ValueError, OSError) as error:
            raise DamagedSnapshot(f"tantivy cannot read {folder}: {error}.") from error

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def frequency(self, term: str) -> int:
        """Return the number of passages that hold `term`."""
        return int(self._searcher.doc_freq("terms", term))

    def together(self, terms: Sequence[str]) -> bool:
        """Tell whether one passage holds all of `terms`; True for none."""
        if not all(map(self.frequency, terms)):
            return False
        different = list(dict.fromkeys(terms))
        if len(different) < 2:
            return True
        wanted = [(tantivy.Occur.Must, self._term("terms", term, "basic")) for term in different]
        query = tantivy.Query.boolean_query(wanted)
        return bool(self._searcher.search(query, 1, count=False).hits)

    def holding(self, terms: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of all passages that hold all of `terms`; of none no passage."""
        if not terms or not all(map(self.frequency, terms)):
            return np.empty(0, np.int64)
        wanted = [(tantivy.Occur.Must, self._term("terms", term, "basic")) for term in terms]
        query = tantivy.Query.boolean_query(wanted)
        hits = self._searcher.search(query, max(1, len(self)), count=False).hits
        numbers = self._searcher.fast_field_values("number", [place for _, place in hits])
        rows: NDArray[np.int64] = np.array(numbers, np.int64)
        return rows if self._rows is None else self._rows[rows]

    def search(self, terms: Sequence[str], k: int, only: Filter | None = None) -> Nearest:
        """Return the k best passages that hold any of `terms`, highest BM25 first.

        Equal scores stand in the order of passage numbers.
        """
        if not terms or k < 1 or not len(self):
            return Nearest(np.empty(0, np.int64), np.empty(0, np.float32))
        query, depth = self._query(terms, only), k + _MARGIN
        hits = self._searcher.search(query, depth, count=False).hits
        # All that score like the last one wanted: which of them comes is decided by number, not
        # by the segment that a passage happens to stand in.
        while len(hits) == depth and hits[-1][0] > hits[k - 1][0] - _EQUAL:
            depth *= 2
            hits = self._searcher.search(query, depth, count=False).hits
        numbers = self._searcher.fast_field_values("number", [place for _, place in hits])
        rows: NDArray[np.int64] = np.array(numbers, np.int64)
        if self._rows is not None:
            rows = self._rows[rows]
        scores = np.array([score for score, _ in hits], np.float32)
        order = np.lexsort((rows, -np.round(scores, _DIGITS)))[:k]
        return Nearest(rows[order], scores[order])

    def _query(self, terms: Sequence[str], only: Filter | None) -> Any:
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, self._term("terms", term, "freq"))
                for term in dict.fromkeys(terms)
            ]
        )
        conditions = self._conditions(only) if only else []
        if not conditions:
            return query
        # Constant zero: a filter decides who may come, never who comes first.
        must = [tantivy.Query.const_score_query(condition, 0.0) for condition in conditions]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in [query, *must]])

    def _conditions(self, only: Filter) -> list[Any]:
        conditions = []
        if only.first_day > _UNDATED:
            conditions.append(
                tantivy.Query.range_query(
                    self._schema,
                    "day",
                    tantivy.FieldType.Integer,
                    lower_bound=only.first_day,
                    upper_bound=only.last_day,
                )
            )
        if only.sources is not None:
            names = sorted(only.sources)
            conditions.append(tantivy.Query.term_set_query(self._schema, "source", names))
        return conditions

    def _term(self, field: str, term: str, option: str) -> Any:
        return tantivy.Query.term_query(self._schema, field, term, option)
