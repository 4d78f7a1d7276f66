"""Offsets into the row of tokens, against what can be read off by eye."""

import numpy as np
import pytest

from warta.index.training.pairs import (
    Document,
    Pairs,
    gather,
    lay_out,
    sentences_in_windows,
    titles_to_windows,
    whole,
    windows,
)

DOCUMENTS = [
    Document("banjir besar", "Hujan turun lama. Sungai meluap malam itu. Warga mengungsi."),
    Document("", "Harga beras naik."),
]


def by_words(texts):
    """A token per word: its length; a continuing piece for each capital-free double letter."""
    return [[len(word) for word in text.split()] for text in texts]


@pytest.fixture
def row():
    return lay_out(DOCUMENTS, by_words, np.ones(20, dtype=bool))


def test_documents_are_laid_out_title_first_sentence_by_sentence(row):
    assert row.ids.tolist() == [6, 5, 5, 5, 5, 6, 6, 5, 4, 5, 10, 5, 5, 5]
    assert row.titles.tolist() == [[0, 2], [11, 11]]
    assert row.sentences.tolist() == [[2, 5], [5, 9], [9, 11], [11, 14]]
    assert row.bodies.tolist() == [[2, 11], [11, 14]]
    assert row.owner.tolist() == [0, 0, 0, 1]


def test_a_window_is_made_of_whole_sentences_of_one_document_around_the_given_one(row):
    rng = np.random.default_rng(0)
    sentence = rng.integers(4, size=500)
    found = windows(row, sentence, rng, tokens=(2, 6))
    begins, ends = set(row.sentences[:, 0].tolist()), set(row.sentences[:, 1].tolist())
    for number, (begin, end) in zip(sentence, found.tolist(), strict=True):
        assert begin in begins
        assert end in ends
        assert begin <= row.sentences[number, 0] < row.sentences[number, 1] <= end
        body = row.bodies[row.owner[number]]
        assert body[0] <= begin < end <= body[1]


def test_gathering_equals_slicing_item_by_item(row):
    ranges = np.asarray([[[0, 2], [5, 9], [3, 3]], [[11, 14], [0, 0], [2, 5]]])
    ids, begins = gather(row, ranges, None, np.random.default_rng(0))
    expected = [np.concatenate([row.ids[a:b] for a, b in item]).tolist() for item in ranges]
    assert np.split(ids, begins[1:])[0].tolist() == expected[0]
    assert np.split(ids, begins[1:])[1].tolist() == expected[1]


def test_words_are_dropped_whole(row):
    flags = np.asarray([True, False] * 10)  # an odd id continues the word before it
    row = lay_out([Document("", "aa a a bb a cc cccc a")], by_words, flags)
    ranges = np.tile(np.asarray([[[0, 8]]]), (200, 1, 1))
    ids, begins = gather(row, ranges, np.full((200, 1), 0.5), np.random.default_rng(0))
    pieces = [part.tolist() for part in np.split(ids, begins[1:])]
    assert all(len(part) == 0 or part[0] in (2, 4) for part in pieces)
    kept = sum(part.count(4) for part in pieces)
    assert 70 <= kept <= 130  # half of 200
    assert sum(part[:3] == [2, 1, 1] for part in pieces) > 60


def test_a_cut_out_sentence_is_missing_from_its_passage_and_no_other_word_is(row):
    sentence = np.full(50, 1)
    nothing = np.zeros((1, 2), dtype=np.int64)
    rng = np.random.default_rng(1)
    pairs = sentences_in_windows(row, sentence, nothing, rng, hole=1.0, titled=0.0, headed=0.0)
    for begin, end in pairs.passages.reshape(-1, 2).tolist():
        assert end <= 5 or begin >= 9 or (end - begin) <= 4
    whole_window = [p for p in pairs.passages.tolist() if p[1] == [2, 5] and p[2] == [9, 11]]
    assert whole_window


def test_titles_ask_for_their_own_document(row):
    pairs = titles_to_windows(row, np.asarray([1, 3]), np.random.default_rng(0))
    assert pairs.queries[:, 0].tolist() == [[0, 2], [11, 11]]
    assert pairs.group.tolist() == [0, 1]


def test_pairs_are_joined_and_taken_in_order(row):
    pair = whole(row, np.asarray([0, 1]), np.asarray([1, 0]), keep=0.5)
    joined = Pairs.join([pair, pair.take(np.asarray([1]))])
    assert len(joined) == 3
    assert joined.queries[:, 0].tolist() == [[2, 11], [11, 14], [11, 14]]
    assert joined.group.tolist() == [1, 0, 0]
    assert joined.keep[0, 0] == 0.5
