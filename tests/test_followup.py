"""What a follow-up takes over, and what it leaves behind."""

from datetime import date

import pytest

from warta.assistant.answer import Message
from warta.assistant.question.followup import stand_alone
from warta.corpus.language.names import names

TODAY = date(2025, 3, 10)


def query(before, answer, question):
    history = (Message("user", before), Message("assistant", answer))
    return stand_alone(question, history, TODAY).query


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ia diangkat Menteri Pemuda dan Olahraga kemarin.", ["Menteri Pemuda dan Olahraga"]),
        ("Yang hadir Menteri Susi dan Menteri Rini.", ["Menteri Susi", "Menteri Rini"]),
        ("Yang hadir Bupati Ratna dan Budi.", ["Bupati Ratna", "Budi"]),
        ("Itu data Kementerian Hukum dan HAM dan Polri.", ["Kementerian Hukum dan HAM", "Polri"]),
    ],
)
def test_and_joins_the_name_of_a_ministry_but_not_two_people(text, wanted):
    found = [name.text for name in names(text) if not name.initial]
    assert found[-len(wanted):] == wanted  # fmt: skip


def test_what_the_question_says_itself_is_not_said_twice():
    found = query("Siapa pelatih PS Sewon?", "Budi Santo melatih PS Sewon. [1]",
                  "Sejak kapan beliau melatih PS Sewon?")  # fmt: skip
    assert found == "Sejak kapan beliau melatih PS Sewon Budi Santo"


def test_who_spoke_is_not_taken_over_where_a_thing_is_meant():
    before, answer = "Apa penyebab kebakaran Pasar Sewon?", "Kapolsek Rina Wati menyebut kompor."
    assert query(before, answer, "Berapa kerugiannya?").endswith("penyebab kebakaran Pasar Sewon")
    assert query(before, answer, "Apa kata dia?").endswith("Kapolsek Rina Wati")


def test_a_product_with_a_small_first_letter_is_exchanged_whole():
    assert query("Berapa harga iSewon 11?", "699 dolar. [1]", "Kalau iSewon 12?") == (
        "Berapa harga iSewon 12?"
    )


def test_a_place_alone_does_not_end_what_is_talked_of():
    before, answer = "Berapa harga motor Sagara?", "Harganya Rp20 juta. [1]"
    assert query(before, answer, "Terus kapan dijual di Sewon?") == (
        "Kapan dijual di Sewon harga motor Sagara"
    )
    assert query(before, answer, "Kapan Jembatan Mendira dibuka?") == (
        "Kapan Jembatan Mendira dibuka?"
    )
