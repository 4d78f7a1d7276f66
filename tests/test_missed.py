"""What of a question a sentence leaves out."""

import pytest

from warta.assistant.composing import missed
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit
from warta.index.reader.features import Candidate, ask
from warta.index.weights import Rarity

RARITY = Rarity({}, 2.0)
TITLE = "Pasar Tirta"


def row(question: str, sentence: str, passage: str = "", title: str = TITLE) -> dict[str, float]:
    text = passage or sentence
    hit = Hit(Passage("a", 0, text, 0, len(text)), Article("a", title, text), 1.0, 1)
    found = missed.row(ask(question, RARITY), Candidate(hit, 0, len(sentence), sentence, 0, 1))
    return dict(zip(missed.FEATURES, found, strict=True))


def test_asking_words_need_not_stand_in_the_answer():
    held = row("Apa definisi koperasi?", "Koperasi adalah usaha bersama.")
    assert held["content_cover"] == 1.0
    assert held["content_terms"] == 1


@pytest.mark.parametrize(
    ("asked", "held"),
    [("stalakmit", "Stalagmit"), ("homeostatis", "Homeostasis"), ("Kahirudin", "Khairudin")],
)
def test_another_spelling_of_a_word_is_that_word(asked, held):
    found = row(f"Apa itu {asked}?", f"{held} tumbuh dari bawah.")
    assert found["content_missing"] == 0
    assert found["spelt_otherwise"] > 0


def test_another_word_is_not_a_spelling():
    found = row("Siapa pembeli kapal?", "Penjual kapas itu datang.")
    assert found["content_missing"] == 2
    assert found["content_rarest"] == 2.0


def test_the_passage_may_hold_what_the_sentence_leaves_out():
    found = row("Kapan kapal berangkat?", "Ia berangkat Senin.", "Kapal itu rusak. Ia berangkat.")
    assert found["content_cover"] == pytest.approx(0.5)
    assert found["content_cover_passage"] == 1.0


def test_the_headline_counts_for_both():
    found = row("Kapan Pasar Tirta dibuka?", "Dibuka Senin.")
    assert found["content_cover"] == 1.0
    assert found["capitals_missing"] == 0


@pytest.mark.parametrize(
    ("question", "sentence", "share"),
    [
        ("Apa pulau terkecil di sana?", "Pulau terluas di sana Tirta.", 1.0),
        ("Apa pulau terkecil di sana?", "Pulau paling kecil di sana Tirta.", 0.0),
        ("Siapa juara pertama dan kedua?", "Juara pertama Ani.", 0.5),
        ("Siapa juaranya?", "Juara pertama Ani.", 0.0),
    ],
)
def test_qualifiers_tell_like_things_apart(question, sentence, share):
    assert row(question, sentence)["qualifiers_missing"] == share


def test_a_negation_counts_beside_a_word_of_the_question():
    assert row("Apa yang boleh dibawa?", "Payung tidak boleh dibawa.")["negation_differs"] == 1
    assert (
        row("Apa yang tidak boleh dibawa?", "Payung tidak boleh dibawa.")["negation_differs"] == 0
    )
    far = "Hujan tidak turun pada hari itu sehingga semua orang mengira payung boleh dibawa."
    assert row("Apa yang boleh dibawa?", far)["negated_sentence"] == 0


def test_names_and_numbers_that_are_missing():
    found = row("Berapa luas Gunung Tirta pada 2019?", "Luas Gunung Raya 30 hektare.", title="")
    assert found["capitals_missing"] == pytest.approx(0.5)
    assert found["digits_missing"] == 1
