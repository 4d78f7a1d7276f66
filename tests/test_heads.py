"""What the answer to a question is, learned from labelled questions."""

import gzip
import json
from collections import Counter

import pytest

from warta.index.reader.asked import asking_of, head_features
from warta.index.training.models.heads import QUESTIONS, learned, wordings
from warta.index.weights import Linear

ROWS = [
    {"question": f"{asks} {what}?", "head": head, "listed": several}
    for asks, head, several in (
        ("siapa ketua", "person", False), ("kapan dibuka", "day", False),
        ("siapa saja peserta", "person", True), ("berapa harga", "price", False),
    )
    for what in ("pasar", "lomba", "festival", "jembatan", "rapat")
]  # fmt: skip


def test_both_models_come_of_labelled_questions():
    found = {name: Linear.from_dict(model) for name, model in learned(ROWS).items()}
    features = head_features("siapa saja peserta sidang?")
    assert found["head"].best(features) == "person"
    assert found["listed"].best(features) == "1"
    assert found["listed"].best(head_features("kapan dibuka sidang?")) == "0"


def test_spellings_of_an_asking_word_are_one_to_the_model():
    assert head_features("brp harga beras?") == head_features("berapa harga beras?")


def test_every_training_question_is_labelled():
    with gzip.open(QUESTIONS, "rt", encoding="utf-8") as lines:
        heads = Counter(json.loads(line)["head"] for line in lines)
    assert sum(heads.values()) == 3486
    assert {row["head"] for row in wordings()} <= {*heads, "meaning"}


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("Apa jabatan Ratna di kabinet?", "office"),
        ("alat itu buat apa", "purpose"),
        ("Klub apa yang dibela Rudi?", "name"),
        ("pelakunya siapa", "person"),
        ("dendanya brp", "price"),
        ("Did the mayor resign?", "decision"),
        ("Usianya?", "age"),
        ("Penyebabnya?", "reason"),
        ("Apa tanggapan wali kota?", "statement"),
        ("Apa isi UU Pasar?", "thing"),
        ("How did Ratna die?", "way"),
    ],
)
def test_the_head_is_told_by_the_words_around_what_asks(question, head):
    assert asking_of(question).head == head


def test_numbers_in_a_name_do_not_change_what_is_asked():
    heads = {asking_of(f"Berapa rumah terendam banjir di Desa Mekar {n}?").head for n in range(40)}
    assert heads == {"count"}
