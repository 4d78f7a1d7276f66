"""Warta's own words around quotations."""

from dataclasses import replace
from datetime import date

from warta.assistant.answer import Answer, Aside, Receipt
from warta.assistant.composing.asides import bylines, house_words
from warta.assistant.exporting.export import Piece, pieces, to_json_dict, to_markdown, to_text
from warta.assistant.page.render import turn
from warta.assistant.question.question import understand
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit
from warta.index.reader.features import ask, candidates
from warta.index.weights import read_rarity

RECEIPT = Receipt("Apa?", "apa", None, None, (), "000001", "extractive", 0.01)
ANSWER = Answer("answered", "Kios ada 214.\n\nPasar <b>ramai</b>.", "id", (), RECEIPT)


def sentence(text):
    article = Article("a", "", text, date(2025, 3, 3), "Harian Selatan")
    return candidates([Hit(Passage("a", 0, text, 0, len(text)), article, 1.0, 1)])[0]


def decided(question, text):
    read = understand(question, (), date(2025, 3, 10))
    said = house_words(read, ask(question, read_rarity()), [sentence(text)])
    return [aside.text for aside in said]


def test_a_yes_or_no_is_said_where_the_sentence_says_just_that():
    question = "Apakah gempa Sewon merusak pasar?"
    assert decided(question, "Gempa Sewon merusak pasar.") == [
        "Ya, menurut Harian Selatan, 3 Mar 2025:"
    ]
    assert decided(question, "Gempa Sewon tidak merusak pasar.") == [
        "Tidak, menurut Harian Selatan, 3 Mar 2025:"
    ]


def test_no_yes_or_no_is_said_of_what_is_possible_or_rumoured_or_something_else():
    question = "Apakah gempa Sewon merusak pasar?"
    for text in (
        "Gempa Sewon bisa merusak pasar.", "Gempa Sewon dikabarkan merusak pasar.",
        "Gempa Sewon merusak rumah.", "Apakah gempa Sewon merusak pasar?",
        "Gempa Sewon merusak pasar, tetapi warga tidak panik.",
        "“Gempa Sewon merusak pasar,” kata warga.",
    ):  # fmt: skip
        assert decided(question, text) == [], text
    assert decided("Apa yang dirusak gempa Sewon?", "Gempa Sewon merusak pasar.") == []


def test_bylines_stand_where_the_quotations_of_an_article_begin():
    told = [sentence("Kios ada 214."), sentence("Pasar ramai.")]
    assert bylines("Kios ada 214. [1]\n\nPasar ramai. [2]", told, "id") == (
        Aside(0, "Harian Selatan, 3 Mar 2025:"),
    )


def test_asides_are_shown_before_their_place_and_kept_out_of_the_text():
    at = ANSWER.text.index("Pasar")
    answer = replace(ANSWER, asides=(Aside(0, "A <i>:"), Aside(at, "B:")), strong=((9, 12),))
    assert list(pieces(answer, 0, 13)) == [
        Piece("aside", "A <i>:"), Piece("said", "Kios ada "), Piece("strong", "214"),
        Piece("said", "."),
    ]  # fmt: skip
    assert to_text(answer).startswith("A <i>: Kios ada 214.\n\nB: Pasar <b>ramai</b>.\n")
    assert to_markdown(answer).startswith("*A \\<i\\>:* Kios ada **214**.\n\n*B:* Pasar")
    assert to_json_dict(answer)["asides"] == [{"at": 0, "text": "A <i>:"}, {"at": at, "text": "B:"}]
    html = turn(answer, "id", done=False)
    assert '<p dir="auto"><span class="w-aside">A &lt;i&gt;:</span> Kios ada' in html
    assert '<p dir="auto"><span class="w-aside">B:</span> Pasar &lt;b&gt;' in html


def test_a_sentence_that_says_yesterday_is_preceded_by_its_day():
    question = "Kapan Pasar Sewon dibuka?"
    assert decided(question, "Pasar Sewon dibuka kemarin.") == ["Harian Selatan, 3 Mar 2025:"]
    assert decided(question, "Pasar Sewon dibuka kemarin, Minggu (2/3/2025).") == []
    assert decided(question, "Pasar Sewon dibuka bupati.") == []
