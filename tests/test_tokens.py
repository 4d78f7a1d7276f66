"""Term numbers by row: counting against a slow reference."""

import io
import random
from pathlib import Path

import numpy as np
import pytest

from warta.corpus.errors import DamagedSnapshot
from warta.index.snapshot.tokens import TokenTable, TokenWriter


def _table(rows: list[list[str]]) -> tuple[TokenTable, dict[str, int]]:
    writer = TokenWriter()
    for row in rows:
        writer.add(row)
    tokens = writer.finish()
    numbers = {term: number for number, term in enumerate(tokens.vocabulary)}
    return TokenTable(tokens.numbers, tokens.offsets), numbers


def test_terms_are_numbered_by_the_alphabet() -> None:
    table, vocabulary = _table([["b", "a", "b"], [], ["c"]])
    assert vocabulary == {"a": 0, "b": 1, "c": 2}
    assert [table.row(i).tolist() for i in range(3)] == [[1, 0, 1], [], [2]]
    assert table.lengths(np.array([2, 0, 1])).tolist() == [1, 3, 0]


def test_rows_taken_over_are_numbered_as_if_they_were_new() -> None:
    writer = TokenWriter(["gone", "b", "a"])
    writer.add(["d", "b"])
    writer.take(np.array([2, 1, 2], np.int32), np.array([1, 0, 2]))
    tokens = writer.finish()
    assert tokens.vocabulary == ["a", "b", "d"]
    assert tokens.numbers.tolist() == [2, 1, 0, 1, 0]
    assert tokens.offsets.tolist() == [0, 2, 3, 3, 5]
    table = TokenTable(tokens.numbers, tokens.offsets)
    numbers, lengths = table.rows(1, 4)
    assert (numbers.tolist(), lengths.tolist()) == ([0, 1, 0], [1, 0, 2])


def test_many_terms_are_numbered_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[random.Random(row).choice("hgfedcba") for _ in range(row % 5)] for row in range(40)]
    whole, vocabulary = _table(rows)
    monkeypatch.setattr("warta.index.snapshot.tokens._AT_ONCE", 7)
    parts, same = _table(rows)
    assert same == vocabulary
    assert parts.rows(0, 40)[0].tolist() == whole.rows(0, 40)[0].tolist()
    assert parts.rows(0, 40)[0].tolist() == [vocabulary[term] for row in rows for term in row]


def test_counts_equal_counting_word_by_word() -> None:
    chance = random.Random(3)
    rows = [[chance.choice("abcdefgh") for _ in range(chance.randrange(9))] for _ in range(60)]
    table, vocabulary = _table(rows)
    asked = ["c", "a", "never", "h", "b"]
    numbers = np.array([vocabulary.get(term, -1 - i) for i, term in enumerate(asked)], np.int32)
    wanted = np.array([5, 0, 59, 5, 17, 30], np.int64)
    slow = [[rows[row].count(term) for term in asked] for row in wanted]
    assert table.counts(wanted, numbers).tolist() == slow
    assert table.counts(wanted, numbers[:0]).shape == (6, 0)


def test_files_that_do_not_fit_together_are_damage(tmp_path: Path) -> None:
    np.save(tmp_path / "tokens.npy", np.zeros(3, np.int32))
    np.save(tmp_path / "offsets.npy", np.array([0, 2], np.int64))
    with pytest.raises(DamagedSnapshot, match="fit together"):
        TokenTable.open(tmp_path / "tokens.npy", tmp_path / "offsets.npy")
    (tmp_path / "tokens.npy").write_bytes(io.BytesIO(b"junk").read())
    with pytest.raises(DamagedSnapshot):
        TokenTable.open(tmp_path / "tokens.npy", tmp_path / "offsets.npy")
