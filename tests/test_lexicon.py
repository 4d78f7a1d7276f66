"""English terms by Indonesian words."""

from warta.index.query.lexicon import Lexicon
from warta.index.training.lexicon import learn

PAIRS = [
    ("the red house", "rumah merah"),
    ("the red car", "mobil merah"),
    ("a big house", "rumah besar"),
    ("a big car", "mobil besar"),
    ("red house", "rumah merah"),
    ("big house", "rumah besar"),
    ("red car", "mobil merah"),
]


def test_a_word_is_explained_by_the_term_it_stands_with_most():
    found = learn(PAIRS * 4)
    assert {term: words.split()[0] for term, words in found.items()} == {
        "big": "besar", "car": "mobil", "house": "rumah", "red": "merah",
    }  # fmt: skip


def test_what_stood_beside_a_rare_term_once_is_no_translation():
    odd = [("red anvil", "paron merah"), ("anvil", "paron"), ("big anvil", "paron besar kuno")]
    found = learn([*PAIRS * 4, *odd])
    assert found["anvil"] == "paron"


def test_a_translated_term_counts_little_by_itself_and_a_name_fully():
    lexicon = Lexicon({"hous": ("rumah", "gedung"), "house": ("rumah", "gedung")})
    assert lexicon.alternatives("Which house of Wibisono?") == [
        (("rumah", 1.0), ("gedung", 0.5), ("house", 0.3)),
        (("wibisono", 1.0),),
    ]


def test_the_lexicon_that_ships_knows_everyday_words():
    words = Lexicon.load().words_for("What is the price of the school?")
    assert words[:2] == ["harga", "sekolah"]
