"""Folding, splitting, stopping and stemming of search terms."""

import pytest

from warta.corpus.language.words import fold, is_english, query_terms, terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pemerintah membangun bangunan", ["perintah", "bangun", "bangun"]),
        ("4-0", ["4-0", "4", "0"]),
        ("Perpres 17/2019", ["perpres", "17/2019", "17", "2019"]),
        ("Rp1,5 miliar", ["rp", "1.5", "miliar"]),
        ("1.500.000 dan 1,500,000", ["1500000", "1500000"]),
        ("21,05 atau 21.05", ["21.05", "21.05"]),
        ("anak-anak", ["anak"]),
        ("e-KTP", ["ektp", "ktp"]),
        ("PDI-P", ["pdip", "pdi"]),
        ("U-23 U23", ["u23", "23", "u23", "23"]),
        ("Café naïve", ["cafe", "naive"]),
        ("cafe\u0301", ["cafe"]),
        ("yang di dan the of", []),
        ("", []),
    ],
)
def test_a_text_becomes_these_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_a_number_is_found_whole_and_in_its_parts() -> None:
    passage = set(terms("Nomor 17/2019 menang 4-0 seharga Rp2.500"))
    for question in ("17/2019", "2019", "4-0", "2500", "Rp 2.500"):
        assert set(query_terms(question)) <= passage


def test_question_words_are_not_searched() -> None:
    assert query_terms("Siapa kepala BPMP Maluku?") == ["kepala", "bpmp", "maluku"]
    assert query_terms("brp org yg tewas") == ["orang", "tewas"]
    assert query_terms("Who won the match?") == ["won", "match"]


def test_question_words_are_searched_where_nothing_else_is_left() -> None:
    assert query_terms("kapan?") == ["kapan"]


def test_an_acronym_is_not_taken_for_the_word_it_looks_like() -> None:
    assert "who" in query_terms("apa kata WHO soal vaksin?")
    assert "who" not in query_terms("who said so?")
    assert "who" not in query_terms("WHO IS THE GOVERNOR?")


def test_words_stand_where_their_offsets_say() -> None:
    text = "Gubernur  Anies, yg hadir 11/9/2019."
    found = words(text)
    assert [text[word.start : word.end] for word in found] == [
        "Gubernur",
        "Anies",
        "yg",
        "hadir",
        "11/9/2019",
    ]
    assert [word.folded for word in found][2] == "yang"
    assert found[2].terms == ()


def test_a_letter_that_changes_its_length_in_lower_case_keeps_the_offsets() -> None:
    text = "İSTANBUL MENANG"
    assert [text[word.start : word.end] for word in words(text)] == ["İSTANBUL", "MENANG"]


def test_folding_leaves_plain_letters() -> None:
    assert fold("Ｃafé Jum’at") == "cafe jum'at"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who is the new governor of Jakarta?", True),
        ("How many people died in the flood?", True),
        ("Siapa gubernur Jakarta yang baru?", False),
        ("berapa korban banjir", False),
        ("Boeing 737 MAX", False),
    ],
)
def test_the_language_of_a_question_shows_in_its_function_words(
    question: str, expected: bool
) -> None:
    assert is_english(question) is expected
