"""Misspelt words, put right by the words of an archive."""

import pytest

from warta.corpus.language.words import terms
from warta.index.query.spelling import Speller, is_word

TEXT = (
    "universitas ahmad dahlan rumah sakit kemendikbud pertanian perekonomian gubernur warga "
    "hendra palagan sendangwangi infrastruktur"
)
COUNTS = dict.fromkeys(terms(TEXT), 5) | {"ahmad": 50, "ahmed": 1, "dalam": 9}


@pytest.fixture
def speller() -> Speller:
    return Speller(lambda: list(COUNTS), lambda term: COUNTS.get(term, 0))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ahmas", "ahmad"),  # a key beside the right one
        ("universtas", "universitas"),  # a letter too few
        ("gubernnur", "gubernur"),  # one twice
        ("gubenrur", "gubernur"),  # two swapped
        ("pertanain", "pertanian"),  # where the stemmer would not know the ending
        ("infrastrktr", "infrastruktur"),  # two slips in a long word
        ("rumahsakit", "rumah sakit"),
        ("wargawarga", "warga"),
        ("kmendikbud", "kemendikbud"),
    ],
)
def test_slips_of_one_letter_or_of_two_in_a_long_word_are_put_right(
    speller: Speller, typed: str, meant: str
) -> None:
    assert speller.correct(typed) == meant


@pytest.mark.parametrize("word", ["harga", "menteri", "xyz", "qqqqqqqq", "b4ru", "4-0"])
def test_words_that_are_right_short_or_like_nothing_stay(speller: Speller, word: str) -> None:
    assert speller.correct(word) == word


def test_of_two_near_words_the_common_one_is_meant(speller: Speller) -> None:
    assert speller.correct("ahmwd") == "ahmad"


def test_a_function_word_may_be_meant_but_not_by_a_name(speller: Speller) -> None:
    assert speller.correct("dahlam") == "dalam"
    assert speller.correct("dahlam", name=True) == "dahlan"


def test_the_vocabulary_is_read_once_and_only_for_an_unknown_word() -> None:
    read: list[int] = []

    def vocabulary() -> list[str]:
        read.append(1)
        return list(COUNTS)

    speller = Speller(vocabulary, lambda term: COUNTS.get(term, 0))
    speller.correct("gubernur")
    assert read == []
    speller.correct("ahmas")
    speller.correct("universtas")
    assert read == [1]


def test_common_words_are_known_whatever_the_archive_holds() -> None:
    assert is_word("harga")
    assert not is_word("ahmas")


def test_a_word_longer_than_any_is_left_as_it_is_and_never_looked_for() -> None:
    def vocabulary() -> list[str]:
        raise AssertionError("it was looked for")

    speller = Speller(vocabulary, lambda term: 0)
    for length in (33, 2_000, 200_000):
        assert speller.correct("q" * length) == "q" * length
