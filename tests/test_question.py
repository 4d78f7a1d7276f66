"""What is understood of a question: conversation, days, outlets, kind, language."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.assistant.answer import Message
from warta.assistant.question.kinds import kind_of
from warta.assistant.question.outlets import find_sources
from warta.assistant.question.question import Question, understand

TODAY = date(2019, 9, 18)
OUTLETS = ("kompas.com", "tempo.co", "tribunnews.com", "posmetro-medan.com", "antaranews.com")


def ask(question: str, *turns: str, today: date = TODAY) -> Question:
    """Understand a question after turns of user and assistant in alternation."""
    roles = ("user", "assistant")
    history = [Message(roles[at % 2], text) for at, text in enumerate(turns)]
    return understand(question, history, today, OUTLETS)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Siapa ketua panitia?", "who"),
        ("Who chairs the committee?", "who"),
        ("Kapan rapat digelar?", "when"),
        ("Rapat digelar tanggal berapa?", "when"),
        ("What time does it open?", "when"),
        ("Di mana rapat digelar?", "where"),
        ("Rapatnya dimana?", "where"),
        ("Kota apa yang menjadi tuan rumah?", "where"),
        ("Berapa harga beras?", "how_many"),
        ("pesertanya brp?", "how_many"),
        ("How many schools joined?", "how_many"),
        ("Sekolah mana yang menang?", "which"),
        ("Wali kota mana yang hadir?", "which"),
        ("Which school won?", "which"),
        ("Apa tema acara itu?", "what"),
        ("Mengapa rapat ditunda?", "why"),
        ("Apa alasan rapat ditunda?", "why"),
        ("Why was it postponed?", "why"),
        ("Bagaimana cara mendaftar?", "how"),
        ("Apakah rapat jadi digelar?", "yes_no"),
        ("Benarkah rapat ditunda?", "yes_no"),
        ("Did the meeting take place?", "yes_no"),
        ("Apa itu stunting?", "definition"),
        ("Apa kepanjangan BPMP?", "definition"),
        ("What does MoU stand for?", "definition"),
        ("Program apa saja yang dicakup?", "list"),
        ("Sebutkan peserta rapat", "list"),
        ("Apa beda jalur zonasi dan prestasi?", "comparison"),
        ("Gempa mana yang lebih kuat?", "comparison"),
        ("Bagaimana perkembangan kasus itu?", "development"),
        ("How did the price change over time?", "development"),
    ],
)
def test_the_kind_of_answer_is_told_by_its_words(question: str, kind: str) -> None:
    assert kind_of(question) == kind


def test_a_relative_day_becomes_a_condition_and_leaves_the_query() -> None:
    asked = ask("kemarin IHSG tutup di angka berapa?")
    assert (asked.since, asked.until) == (date(2019, 9, 17), date(2019, 9, 18))
    assert asked.query == "IHSG tutup di angka berapa? 17 September 2019"
    assert asked.date_text == "kemarin"
    assert asked.days is not None
    assert asked.days.until == date(2019, 9, 17)


def test_a_date_that_articles_print_stays_in_the_query() -> None:
    asked = ask("Gempa 11 September 2019 di mana?")
    assert (asked.since, asked.until, asked.date_kind) == (
        date(2019, 9, 11),
        date(2019, 9, 13),
        "mentioned",
    )
    assert asked.query == "Gempa 11 September 2019 di mana?"


def test_news_of_a_day_is_bounded_by_that_day() -> None:
    asked = ask("Berita apa saja soal karhutla pada 11 September 2019?")
    assert (asked.since, asked.until, asked.date_kind) == (
        date(2019, 9, 11),
        date(2019, 9, 11),
        "published",
    )
    assert "September" not in asked.query


def test_what_is_planned_may_have_been_reported_before() -> None:
    asked = ask("Siapa yang akan dilantik pada Oktober 2019?")
    assert (asked.since, asked.until) == (None, None)
    asked = ask("Siapa yang dijadwalkan tampil pada 11 September 2019?")
    assert (asked.since, asked.until) == (None, date(2019, 9, 13))


def test_what_is_long_past_may_be_told_of_in_any_article() -> None:
    asked = ask("Siapa presiden pada tahun 1998?")
    assert (asked.since, asked.until, asked.date_kind) == (None, None, "mentioned")
    assert asked.notes == (
        "pada tahun 1998: 1 Jan 1998 – 31 Des 1998 (artikel dari tanggal mana pun)",
    )


def test_a_question_without_conditions_has_none() -> None:
    asked = ask("Siapa juara Liga 1 2019?")
    assert (asked.since, asked.until, asked.date_kind, asked.sources, asked.notes) == (
        None,
        None,
        "",
        (),
        (),
    )
    assert asked.query == asked.standalone == asked.text


@pytest.mark.parametrize(
    ("question", "outlets", "query"),
    [
        ("Menurut Kompas, berapa korban banjir?", ("kompas.com",), "berapa korban banjir?"),
        ("Apa soal banjir di Tempo?", ("tempo.co",), "Apa soal banjir?"),
        ("Berapa korban versi tribun?", ("tribunnews.com",), "Berapa korban?"),
        ("Laporan Posmetro Medan soal begal?", ("posmetro-medan.com",), "soal begal?"),
        ("How many victims according to kompas.com?", ("kompas.com",), "How many victims?"),
        (
            "Berapa korban menurut Kompas dan Tempo?",
            ("kompas.com", "tempo.co"),
            "Berapa korban?",
        ),
    ],
)  # fmt: skip
def test_an_outlet_named_as_source_becomes_a_condition(
    question: str, outlets: tuple[str, ...], query: str
) -> None:
    asked = ask(question)
    assert (asked.sources, asked.query) == (outlets, query)


@pytest.mark.parametrize(
    "question",
    [
        "Mengapa aplikasi Tempo sempat hilang?",
        "Siapa yang lolos dalam tempo tiga hari?",
        "Berapa jarak antara Ambon dan Ternate?",
        "Apa kata pengamat menurut Republika?",
        "Siapa pemilik Kompas?",
    ],
)
def test_an_outlet_as_a_subject_or_unknown_is_no_condition(question: str) -> None:
    assert find_sources(question, OUTLETS) is None


FOLLOWUPS = [
    (
        "Berapa umurnya?",
        ("Siapa kepala sekolah yang meneken nota itu?", "Sony Bakhtiar."),
        ("umur", "Sony Bakhtiar", "kepala sekolah"),
    ),
    (
        "Di mana dia lahir?",
        ("Siapa juara lomba pidato?", "Rani Wulandari dari Ambon [1]."),
        ("lahir", "Rani Wulandari", "lomba pidato"),
    ),
    (
        "kalau di Surabaya?",
        ("Berapa harga beras di Jakarta?", "Rp12.000."),
        ("beras", "di Surabaya"),
    ),
    ("Kalau Persija?", ("Persib ditahan imbang siapa?", "Persikabo."), ("Persija ditahan imbang",)),
    (
        "Bagaimana dengan 2018?",
        ("Berapa ekspor kopi tahun 2019?", "10 ton."),
        ("ekspor kopi", "2018"),
    ),
    ("And in 2018?", ("How much coffee was exported in 2019?", "Ten tons."), ("coffee", "in 2018")),
    ("What about Bandung?", ("Who won the race in Jakarta?", "Rani."), ("race", "Bandung")),
    ("Who is he?", ("Who opened the fair?", "Buksi Lumbessy."), ("Buksi Lumbessy", "fair")),
    (
        "Terus kapan dimulai?",
        ("Di mana pameran batik digelar?", "Solo."),
        ("dimulai", "pameran batik"),
    ),
    (
        "Penyebabnya apa?",
        ("Berapa kios terbakar di Pasar Baru?", "63."),
        ("kios terbakar", "Pasar Baru"),
    ),
    (
        "Berapa lama MoU itu berlaku?",
        ("Siapa yang meneken MoU dengan IISM?", "-"),
        ("berlaku", "IISM"),
    ),
    ("Mengapa?", ("Siapa yang menolak revisi UU KPK?", "Pukat UGM."), ("Mengapa", "revisi UU KPK")),
]


@pytest.mark.parametrize(("question", "turns", "words"), FOLLOWUPS)
def test_a_followup_takes_over_what_it_leans_on(
    question: str, turns: tuple[str, ...], words: tuple[str, ...]
) -> None:
    asked = ask(question, *turns)
    assert asked.followup
    for word in words:
        assert word in asked.standalone
        assert all(part in asked.query for part in word.split())
    assert any("standalone" or asked.standalone in note for note in asked.notes)


def test_what_is_asked_anew_takes_the_place_of_what_was_asked() -> None:
    asked = ask("kalau di Surabaya?", "Berapa harga beras di Jakarta?", "Rp12.000.")
    assert asked.standalone == "Berapa harga beras di Surabaya?"
    asked = ask("kalau kemenhub brp?", "Anggaran PUPR 2020 yang disahkan Komisi V berapa?", "Rp 1")
    assert asked.standalone == "Anggaran kemenhub 2020 yang disahkan Komisi V berapa?"


@pytest.mark.parametrize(
    ("question", "before", "standalone"),
    [
        ("And in 2018?", "Who won the US Open 2019?", "Who won the US Open 2018?"),
        ("Kalau kemarin?", "Berapa harga emas hari ini?", "Berapa harga emas kemarin?"),
        ("Pekan lalu berapa?", "Berapa harga emas kemarin?", "Berapa harga emas Pekan lalu?"),
        ("Kalau nasional?", "Berapa target kopi di Jawa Timur?", "Berapa target kopi nasional?"),
        ("Kalau wakilnya?", "Siapa ketua KPK?", "Siapa ketua KPK, wakilnya?"),
        ("Djokovic gimana?", "Nadal punya berapa gelar?", "Djokovic punya berapa gelar?"),
    ],
)
def test_a_piece_takes_the_place_of_its_like(question: str, before: str, standalone: str) -> None:
    assert ask(question, before, "-").standalone == standalone


@pytest.mark.parametrize(
    "question", ["Apa reaksi ICW?", "Apa kata ICW soal pemilihan dia?", "Apa syarat program itu?"]
)
def test_what_relates_to_something_leans_on_it(question: str) -> None:
    asked = ask(question, "Siapa ketua KPK terpilih?", "Firli Bahuri terpilih, Jumat (13/9) [1].")
    assert asked.followup
    assert "ketua KPK" in asked.query
    assert "Firli Bahuri" in asked.query


@pytest.mark.parametrize(
    "question",
    [
        "Siapa juara MotoGP San Marino?",
        "Kapan Ahmad Dhani bilang dia akan bebas?",
        "Apa itu stunting?",
        "Berapa harga cabai di Pasar Minggu hari ini?",
        "Who said that the haze would end?",
        "Which governor ordered the schools to be closed?",
    ],
)
def test_a_question_of_its_own_takes_nothing_over(question: str) -> None:
    asked = ask(question, "Siapa ketua umum PSSI?", "Iwan Bule.")
    assert not asked.followup
    assert asked.standalone == question


def test_a_followup_keeps_the_days_of_what_it_continues() -> None:
    asked = ask("Di mana dia ditangkap?", "Siapa yang ditangkap KPK kemarin?", "Dzulmi Eldin.")
    assert (asked.since, asked.until) == (date(2019, 9, 17), date(2019, 9, 18))
    assert "kemarin" not in asked.query


def test_a_followup_of_a_followup_still_knows_its_subject() -> None:
    asked = ask(
        "Terus di mana?",
        "Siapa yang memimpin upacara pemakaman BJ Habibie?",
        "Presiden Joko Widodo.",
        "Kapan itu dilakukan?",
        "Kamis (12/9/2019).",
    )
    assert "pemakaman BJ Habibie" in asked.standalone


def test_a_dead_end_of_history_changes_nothing() -> None:
    assert not ask("Siapa ketua PSSI?").followup
    history = [Message("assistant", "Selamat datang."), Message("user", "  ")]
    assert not understand("Berapa umurnya?", history, TODAY).followup


@pytest.mark.parametrize(
    ("question", "turns", "language"),
    [
        ("Who won?", (), "en"),
        ("Siapa menang?", (), "id"),
        ("MotoGP Misano?", (), "id"),
        ("Djokovic?", ("How many titles does Nadal have?", "19."), "en"),
        ("kalau Djokovic?", ("How many titles does Nadal have?", "19."), "id"),
    ],
)
def test_the_answer_is_written_in_the_language_of_the_question(
    question: str, turns: tuple[str, ...], language: str
) -> None:
    assert ask(question, *turns).language == language


def test_the_newest_counts_where_it_is_asked_for() -> None:
    assert ask("Apa kabar terbaru soal karhutla?").latest
    assert ask("What is the latest on the haze?").latest
    assert not ask("Berapa kasus dalam 3 hari terakhir?").latest


def test_notes_say_every_condition_in_the_language_of_the_question() -> None:
    assert ask("Berapa korban banjir kemarin menurut Kompas?").notes == (
        "kemarin: 17 Sep 2019 (artikel yang dicari: 17 Sep 2019 – 18 Sep 2019)",
        "hanya: kompas.com",
    )
    assert ask("What's the latest news of last week?").notes == (
        "of last week: 9 Sep 2019 – 15 Sep 2019",
        "newest first",
    )


@given(st.lists(st.text(max_size=80), max_size=5), st.text(min_size=1, max_size=120))
def test_any_conversation_is_understood_without_failing(turns: list[str], text: str) -> None:
    asked = ask(text, *turns)
    assert asked.text == " ".join(text.split())
    assert asked.since is None or asked.until is None or asked.since <= asked.until


@pytest.mark.shared
def test_the_days_of_time_questions_are_those_the_asker_meant(shared: Path) -> None:
    lines = (shared / "gold" / "dev.jsonl").read_text("utf-8").splitlines()
    asked = [row for row in map(json.loads, lines) if row["kind"] == "time"]
    right = 0
    for row in asked:
        days = ask(row["question"], today=date.fromisoformat(row["today"])).days
        named = [str(days.since), str(days.until)] if days else []
        right += named == [row["date_from"], row["date_to"]]
    assert right == len(asked) == 15


def test_words_for_the_newest_are_a_condition_and_not_searched():
    asked = understand("Gempa terbaru di mana?", [], date(2026, 1, 5))
    assert (asked.latest, asked.query) == (True, "Gempa di mana?")
    assert understand("kabar terbaru Persib", [], date(2026, 1, 5)).query == "Persib"
    assert understand("yang terbaru?", [], date(2026, 1, 5)).query == "yang terbaru?"
