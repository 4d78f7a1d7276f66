"""Question to answer, end to end on a small archive."""

from datetime import date
from itertools import pairwise

import pytest

from warta.assistant import Assistant, Message
from warta.corpus.archive.archive import Archive
from warta.corpus.article import Article
from warta.corpus.errors import InputError
from warta.index.building.build import build
from warta.index.embedding.embedder import LengthEmbedder

ARTICLES = (
    Article(
        "pasar-1",
        "Pasar Wonosari dibuka kembali",
        "Bupati Ratna Kusumawati membuka kembali Pasar Wonosari, Senin (3/3/2025). "
        "Pasar itu ditutup selama tiga bulan karena kebakaran. "
        "Sebanyak 214 pedagang menempati kios baru di lantai dasar. "
        "Biaya perbaikan mencapai Rp4,5 miliar dari anggaran kabupaten.",
        date(2025, 3, 3), "Harian Selatan", "https://example.org/pasar-1", "id",
    ),
    Article(
        "jembatan-1",
        "Jembatan gantung di Kalibawang rampung",
        "Jembatan gantung sepanjang 120 meter di Kalibawang rampung pada 12 Februari 2025. "
        "Kepala dinas Bambang Sutejo mengatakan jembatan dapat dilalui sepeda motor. "
        "Catatan kaki [1] menyebut beban paling berat dua ton.",
        date(2025, 2, 13), "Kabar Menoreh", "https://example.org/jembatan-1", "id",
    ),
    Article(
        "lomba-1",
        "Siswi Godean juara lomba geguritan",
        "Dewi Lestariningsih dari SMP 2 Godean menjuarai lomba geguritan tingkat provinsi. "
        "Lomba diikuti 56 peserta dari lima kabupaten. "
        "Ia membacakan karya gurunya sendiri.",
        date(2025, 2, 20), "Harian Selatan", "https://example.org/lomba-1", "id",
    ),
)  # fmt: skip
TODAY = date(2025, 3, 10)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with Archive.open(home) as archive:
        archive.put_many((article, article.id) for article in ARTICLES)
    build(home, LengthEmbedder())
    return Assistant.load(home, embedder=LengthEmbedder())


@pytest.mark.parametrize(
    ("question", "wanted", "article"),
    [
        ("Siapa bupati yang membuka kembali Pasar Wonosari?", "Ratna Kusumawati", "pasar-1"),
        ("Berapa pedagang yang menempati kios baru Pasar Wonosari?", "214 pedagang", "pasar-1"),
        ("Kapan jembatan gantung di Kalibawang rampung?", "12 Februari 2025", "jembatan-1"),
        ("Siapa yang menjuarai lomba geguritan?", "Dewi Lestariningsih", "lomba-1"),
    ],
)
def test_the_first_sentence_answers_and_cites_its_article(assistant, question, wanted, article):
    answer = assistant.answer(question, today=TODAY)
    assert wanted in answer.text.split(" [1]")[0]
    assert answer.citations[0].article.id == article


def test_every_quote_stands_in_its_article_and_its_passage(assistant):
    answer = assistant.answer("Berapa biaya perbaikan Pasar Wonosari?", today=TODAY)
    assert answer.citations
    for number, citation in enumerate(answer.citations, start=1):
        assert citation.number == number
        assert citation.article.text[citation.start : citation.end] == citation.quote
        assert citation.passage.start <= citation.start < citation.end <= citation.passage.end


def test_a_number_an_article_prints_in_brackets_is_no_citation(assistant):
    answer = assistant.answer(
        "Berapa beban paling berat jembatan gantung Kalibawang menurut catatan kaki?", today=TODAY
    )
    assert "Catatan kaki ［1］ menyebut" in answer.text
    assert any("Catatan kaki [1] menyebut" in citation.quote for citation in answer.citations)


def test_the_stream_grows_to_the_answer(assistant):
    question = "Berapa biaya perbaikan Pasar Wonosari?"
    texts = [answer.text for answer in assistant.stream(question, today=TODAY)]
    assert all(b.startswith(a) for a, b in pairwise(texts))
    assert texts[-1] == assistant.answer(question, today=TODAY).text


def test_a_question_about_nothing_in_the_archive_is_declined(assistant):
    answer = assistant.answer("Siapa pelatih tim nasional kriket Zimbabwe?", today=TODAY)
    assert answer.status == "abstained"
    assert answer.text.startswith("Tidak ditemukan di arsip")
    assert "3 artikel, terbit 13 Februari 2025 sampai 3 Maret 2025" in answer.text
    assert answer.citations == ()


def test_a_misspelt_question_is_answered_as_it_was_meant_and_says_so(assistant):
    answer = assistant.answer("Siapa bupati yang membuka Pasar Wonosri?", today=TODAY)
    assert answer.status == "answered"
    assert "Ratna Kusumawati" in answer.text.split(" [1]")[0]
    assert [(note.kind, note.text) for note in answer.receipt.notes] == [
        ("spelling", "Wonosri: dibaca sebagai Wonosari")
    ]


def test_an_english_question_is_declined_in_english(assistant):
    answer = assistant.answer("Who coaches the cricket team of Zimbabwe?", today=TODAY)
    assert answer.status == "abstained"
    assert answer.text.startswith("Not found in the archive")


def test_days_without_articles_are_said_and_others_offered(assistant):
    answer = assistant.answer(
        "Berapa biaya perbaikan Pasar Wonosari?",
        today=TODAY, since=date(2024, 1, 1), until=date(2024, 1, 31),
    )  # fmt: skip
    assert answer.status == "abstained"
    assert "antara 1 Januari 2024 dan 31 Januari 2024" in answer.text
    assert answer.nearest[0].id == "pasar-1"


def test_an_explicit_filter_wins_over_the_question(assistant):
    answer = assistant.answer(
        "Siapa yang menjuarai lomba geguritan pada Januari 2024?",
        today=TODAY, since=date(2025, 2, 1), until=date(2025, 2, 28), sources=["harian selatan"],
    )  # fmt: skip
    assert (answer.receipt.since, answer.receipt.until) == (date(2025, 2, 1), date(2025, 2, 28))
    assert answer.receipt.sources == ("harian selatan",)
    assert "Dewi Lestariningsih" in answer.text


def test_the_receipt_tells_how_the_answer_came_about(assistant):
    receipt = assistant.answer("Siapa yang menjuarai lomba geguritan?", today=TODAY).receipt
    assert receipt.question == "Siapa yang menjuarai lomba geguritan?"
    assert receipt.snapshot == assistant.retriever.view().name
    assert receipt.writer == "extractive"
    assert receipt.seconds > 0


@pytest.mark.parametrize("question", ["", "  \n", "a" * 2001])
def test_an_empty_or_oversized_question_is_refused_with_a_remedy(assistant, question):
    with pytest.raises(InputError) as error:
        assistant.answer(question, today=TODAY)
    assert error.value.remedy


def test_all_days_and_no_outlets_leave_out_what_the_question_names(assistant):
    answer = assistant.answer(
        "Siapa yang menjuarai lomba geguritan pada Januari 2024?",
        today=TODAY, since=date.min, until=date.max, sources=[],
    )  # fmt: skip
    assert (answer.receipt.since, answer.receipt.until) == (None, None)
    assert answer.receipt.sources == ()


@pytest.mark.parametrize("today", [date(1, 1, 1), date(1899, 12, 31), date(2201, 1, 1), date.max])
def test_a_day_of_asking_beyond_two_centuries_is_an_error_with_the_days_that_are_taken(
    assistant, today
):
    with pytest.raises(InputError, match="from 1900 to 2200"):
        assistant.answer("Apa yang terjadi kemarin?", today=today)


def test_the_receipt_names_the_topics_of_the_conversation_but_those_taken_off(assistant):
    history = [
        Message("user", "Siapa ketua Persatuan Nelayan yang terpilih?"),
        Message("assistant", "Rahmat Sulistyo terpilih sebagai ketua Persatuan Nelayan. [1]"),
    ]
    told = assistant.answer("Kapan dia dilantik?", history).receipt
    assert (told.topics[0], told.without) == ("Rahmat Sulistyo", ())
    assert "Rahmat Sulistyo" in told.query
    left = assistant.answer("Kapan dia dilantik?", history, without=["Rahmat Sulistyo"]).receipt
    assert (left.topics, left.without) == (told.topics[1:], ("Rahmat Sulistyo",))
    assert "Rahmat Sulistyo" not in left.query


@pytest.mark.parametrize("today", [date(1900, 1, 1), date(2200, 12, 31)])
@pytest.mark.parametrize("said", ["kemarin", "tahun depan", "3000 tahun lalu", "9000 tahun lagi",
                                  "999999999 hari lalu", "pekan lalu",
                                  "Lebaran tahun depan"])  # fmt: skip
def test_days_far_from_any_day_of_asking_end_no_answer_with_an_error(assistant, today, said):
    assert assistant.answer(f"Apa yang terjadi {said}?", today=today).text
