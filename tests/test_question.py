"""What is understood of a message: what asks, the task, the head, days, outlets, conversation."""

import json
from datetime import date
from pathlib import Path

import pytest
from bench.wrappers import WRAPPERS, wrapped
from hypothesis import given
from hypothesis import strategies as st

from warta.assistant.answer import Message
from warta.assistant.question.outlets import find_sources, find_unknown
from warta.assistant.question.segments import asked_in
from warta.assistant.question.understanding import spelt, understand
from warta.assistant.question.understood import Holdings, Understood
from warta.index.reader.asked import asking_of

TODAY = date(2019, 9, 18)
OUTLETS = ("kompas.com", "tempo.co", "tribunnews.com", "posmetro-medan.com", "antaranews.com")
TO_WARTA = [  # said to Warta itself, also amid a conversation
    ("apa kabar?", "courtesy", "greeting"),
    ("gimana kabarmu?", "courtesy", "greeting"),
    ("How are you?", "courtesy", "greeting"),
    ("kamu siapa?", "help", ""),
    ("Anda siapa?", "help", ""),
    ("kamu bisa apa aja?", "help", ""),
    ("apakah kamu manusia?", "help", ""),
    ("lagi apa", "elsewhere", "chat"),
    ("lagi ngapain?", "elsewhere", "chat"),
    ("siapa namamu?", "help", ""),
    ("lagi apa nih", "elsewhere", "chat"),
    ("siapa yang membuatmu", "help", ""),
    ("kabarmu baik?", "courtesy", "greeting"),
    ("kamu bisa apa", "help", ""),
]
SMALL_TALK = [  # none of them among the wordings learned from
    "lagi ngapain nih", "eh lagi di mana kamu", "yang nyiptain kamu siapa", "who built this thing",
    "kabar kamu baik kan", "you good?", "bisanya apa aja", "what are you capable of",
    "fungsimu apa", "panggil kamu apa", "kenalan dong", "kamu beneran robot?",
    "kok jawabannya gitu sih", "do you ever sleep", "kowe lagi opo", "jenengmu sopo",
    "matur suwun sanget nggih",
    "dah ya, besok lagi", "catch you later",
]  # fmt: skip
HEADLINES = [
    "Siapa Ketua Pasar Selasih dan Berapa Gajinya?", "Preview Persitir vs Menoreh FC: Cari Start",
    "Bupati Ratna: Saya Tutup Pasar Selasih, Ini Alasannya", "Ani dan Budi Membuka Kios",
    "Pedagang Mengungsi, Mungkinkah Pasar Dibuka Lagi?", "Harga Cabai Hari Ini Turun",
]  # fmt: skip
ARCHIVE = Holdings(OUTLETS, date(2019, 1, 1), date(2019, 10, 26))


def ask(
    question: str, *turns: str, today: date = TODAY, without: tuple[str, ...] = ()
) -> Understood:
    """Understand a question after turns of user and assistant in alternation."""
    roles = ("user", "assistant")
    history = [Message(roles[at % 2], text) for at, text in enumerate(turns)]
    return understand(question, history, today, ARCHIVE, without)


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("Siapa ketua panitia?", "person"),
        ("Who chairs the committee?", "person"),
        ("Kapan rapat digelar?", "day"),
        ("Rapat digelar tanggal berapa?", "day"),
        ("What time does it open?", "day"),
        ("Di mana rapat digelar?", "place"),
        ("Rapatnya dimana?", "place"),
        ("Kota apa yang menjadi tuan rumah?", "place"),
        ("Berapa harga beras?", "price"),
        ("pesertanya brp?", "count"),
        ("How many schools joined?", "count"),
        ("Berapa persen yang setuju?", "share"),
        ("umurnya berapa", "age"),
        ("Berapa lama MoU itu berlaku?", "duration"),
        ("Persib menang berapa lawan Persija?", "score"),
        ("Persib di peringkat berapa sekarang?", "rank"),
        ("Berapa tinggi menara itu?", "measure"),
        ("Sekolah mana yang menang?", "name"),
        ("Apa nama acara itu?", "name"),
        ("Apa jabatan Rina Hartono?", "office"),
        ("Mengapa rapat ditunda?", "reason"),
        ("Apa alasan rapat ditunda?", "reason"),
        ("Why was it postponed?", "reason"),
        ("Dana itu untuk apa?", "purpose"),
        ("Bagaimana cara mendaftar?", "way"),
        ("Apakah rapat jadi digelar?", "decision"),
        ("Benarkah rapat ditunda?", "decision"),
        ("Did the meeting take place?", "decision"),
        ("rapatnya jadi digelar gak", "decision"),
        ("Apa itu stunting?", "meaning"),
        ("Apa kepanjangan BPMP?", "meaning"),
        ("What does MoU stand for?", "meaning"),
        ("Apa kata bupati soal jembatan?", "statement"),
        ("bupati ngomong apa soal jembatan", "statement"),
        ("Sapa ketua panitiane?", "person"),
    ],
)
def test_what_the_answer_is_is_told_by_the_asking_word_and_its_noun(
    question: str, head: str
) -> None:
    assert asking_of(question).head == head


@pytest.mark.parametrize(
    ("question", "word", "noun", "listed", "negated"),
    [
        ("Berapa harga beras?", "berapa", "harga", False, False),
        ("Kota apa yang menjadi tuan rumah?", "apa", "kota", False, False),
        ("knp rapat ditunda", "mengapa", "rapat", False, False),
        ("Siapa saja peserta rapat?", "siapa", "peserta", True, False),
        ("Siapa yang tidak hadir?", "siapa", "", False, True),
        ("udah jadi digelar gak?", "", "", False, False),
    ],
)
def test_the_asking_word_is_given_in_its_usual_form(
    question: str, word: str, noun: str, listed: bool, negated: bool
) -> None:
    asking = asking_of(question)
    assert (asking.word, asking.listed, asking.negated) == (word, listed, negated)
    assert noun in ("", asking.noun)


@pytest.mark.parametrize(
    ("message", "task", "query"),
    [
        ("Ringkas berita ibu kota baru", "summary", "ibu kota baru"),
        ("tolong rangkum kasus suap dana hibah KONI", "summary", "suap dana hibah KONI"),
        ("Linimasa kebakaran Pasar Wonosari", "timeline", "kebakaran Pasar Wonosari"),
        ("Kabar terbaru soal Papua", "latest", "Papua"),
        ("Berita terbaru", "latest", ""),
        ("Ada berapa berita tentang karhutla?", "count", "karhutla"),
        ("Kumpulkan kutipan Sri Mulyani soal cukai rokok", "quotes", "Sri Mulyani cukai rokok"),
        ("Profil Firli Bahuri", "profile", "Firli Bahuri"),
        ("Cari artikel tentang revisi UU KPK", "find", "revisi UU KPK"),
        ("Jelaskan duduk perkara RKUHP", "explain", "RKUHP"),
        ("habibie", "keyword", "habibie"),
        ("Summarise the news on the new capital", "summary", "the new capital"),
        ("Apa saja tuntutan mahasiswa?", "list", "Apa saja tuntutan mahasiswa?"),
        ("Siapa ketua panitia lomba?", "question", "Siapa ketua panitia lomba?"),
    ],
)
def test_a_request_sets_a_task_and_is_searched_without_its_instruction(
    message: str, task: str, query: str
) -> None:
    understood = ask(message)
    assert (understood.task, understood.query) == (task, query)


@pytest.mark.parametrize(
    ("message", "task", "kind"),
    [
        ("Halo", "courtesy", "greeting"),
        ("Selamat pagi", "courtesy", "greeting"),
        ("Terima kasih", "courtesy", "thanks"),
        ("makasih banyak ya", "courtesy", "thanks"),
        ("Apa yang bisa kamu lakukan?", "help", ""),
        ("Siapa kamu?", "help", ""),
        ("cuaca hari ini di Jakarta", "elsewhere", "weather"),
        ("Tell me a joke", "elsewhere", "joke"),
        ("berapa 12 x 7", "elsewhere", "sum"),
        ("tolong pesankan tiket ke Bali", "elsewhere", "booking"),
        *TO_WARTA,
    ],
)
def test_what_asks_nothing_of_an_archive_is_told_apart(message: str, task: str, kind: str) -> None:
    understood = ask(message)
    assert (understood.task, understood.courtesy or understood.elsewhere) == (task, kind)


@pytest.mark.parametrize(("message", "task", "kind"), TO_WARTA)
def test_what_is_said_to_warta_takes_nothing_over(message, task, kind):
    history = [
        Message("user", "Siapa ketua Persatuan Nelayan yang terpilih?"),
        Message("assistant", "Rahmat Sulistyo terpilih sebagai ketua Persatuan Nelayan. [1]"),
    ]
    understood = understand(message, history, TODAY, ARCHIVE)
    assert (understood.task, understood.courtesy or understood.elsewhere) == (task, kind)
    assert understood.topics == ()


@pytest.mark.parametrize("message", SMALL_TALK)
def test_small_talk_in_other_words_than_those_learned_asks_nothing_of_the_archive(message):
    assert ask(message).task in ("help", "courtesy", "elsewhere")


@pytest.mark.parametrize(
    "keywords", ["gocar instan bandara", "kenari merah", "Selasih lira 15.000"]
)
def test_words_that_no_small_talk_is_made_of_are_searched(keywords):
    assert ask(keywords).task == "keyword"


@pytest.mark.parametrize("headline", HEADLINES)
@pytest.mark.parametrize(
    ("wording", "task"),
    [
        ("Ringkas berita “{}”", "summary"),
        ("Kabar terbaru soal “{}”", "latest"),
        ("Linimasa “{}”", "timeline"),
        ('tolong rangkum berita "{}"', "summary"),
        ("Timeline of “{}”", "timeline"),
    ],
)
def test_a_quoted_headline_is_one_topic_whatever_it_says(headline, wording, task):
    understood = ask(wording.format(headline))
    assert [(part.task, part.query) for part in understood.parts] == [(task, headline)]
    assert understood.days is None


def test_a_question_with_words_in_quotation_marks_stays_a_question():
    understood = ask("Siapa yang berkata “kami tidak akan mundur”?")
    assert (understood.task, understood.first.word) == ("question", "siapa")


def test_a_second_question_asks_nothing_of_warta():
    parts = ask("Sanggar Selasih itu komunitas apa dan kegiatannya ngapain aja?").parts
    assert all(part.task != "help" for part in parts)


@pytest.mark.parametrize("message", ["Berapa umurnya?", "lagi apa dia?", "Kapan dia dilantik?"])
def test_what_is_said_of_somebody_takes_the_name_over(message):
    history = [
        Message("user", "Siapa ketua Persatuan Nelayan yang terpilih?"),
        Message("assistant", "Rahmat Sulistyo terpilih sebagai ketua Persatuan Nelayan. [1]"),
    ]
    understood = understand(message, history, TODAY, ARCHIVE)
    assert understood.topics[0].text == "Rahmat Sulistyo"
    left = understand(message, history, TODAY, ARCHIVE, without=("Rahmat Sulistyo",))
    assert "Rahmat Sulistyo" not in [topic.text for topic in left.topics]


def test_a_comparison_has_two_sides_and_what_they_share() -> None:
    part = ask("Bandingkan sikap Partai Melati dan Partai Kenanga soal jembatan").first
    assert part.task == "comparison"
    assert part.sides == ("Partai Melati", "Partai Kenanga")
    assert set(part.content) >= {"sikap", "jembatan"}


def test_quotes_are_of_a_speaker() -> None:
    assert ask("Kumpulkan kutipan Sri Mulyani soal cukai rokok").first.speaker == "Sri Mulyani"
    assert ask("Apa kata Mahfud MD soal revisi UU KPK?").first.speaker == "Mahfud MD"
    assert ask("mahfud bilang apa soal revisi UU KPK").first.speaker == "mahfud"
    assert ask("Tari cerita gimana pas ditanya Laguna FC?").first.speaker == "Tari"
    assert ask("apa keluhan ketua pasar abis kios Selasih digusur").first.speaker == "ketua pasar"
    assert ask("Pesan apa yang disampaikan Tari soal pasar?").first.speaker == "Tari"
    assert ask("Tari Melati bantah Ratna soal pasar bilang apa?").first.speaker == "Tari Melati"
    assert ask("kutipan presiden soal banjir").first.speaker == "presiden"
    assert ask("Soal pasar, kumpulkan pernyataan Ratna").first.speaker == "Ratna"
    assert ask("Kumpulkan pernyataan berbagai pihak soal Laut Selasih").first.speaker == ""


@pytest.mark.parametrize(
    "message", ["Bagaimana kelanjutan kasus Melati?", "kelanjutan kasus Ratna Dewanti"]
)
def test_how_a_case_goes_on_is_the_latest_of_it(message: str) -> None:
    part = ask(message).first
    assert (part.task, part.newest) == ("latest", True)


@pytest.mark.parametrize("who", ["para tokoh", "pejabat", "warga", "sejumlah pengamat"])
def test_quotes_of_many_are_of_nobody_in_particular(who: str) -> None:
    part = ask(f"Kumpulkan kutipan {who} soal trailer film Laut Selasih").first
    assert (part.task, part.speaker) == ("quotes", "")


BARE = (
    "Berapa biaya jembatan di Desa Sukamaju?",
    "Siapa ketua kelompok tani di Kecamatan Wanasari?",
    "kenapa harga pupuk di Wanasari naik",
)


@pytest.mark.parametrize("name", WRAPPERS)
def test_a_question_is_read_the_same_whatever_stands_around_it(name: str) -> None:
    for question in BARE:
        bare, whole = ask(question), ask(wrapped(name, question))
        assert len(whole.parts) == 1
        part, other = bare.first, whole.first
        assert other.query.lower().rstrip("?") == part.query.lower().rstrip("?")
        assert (other.task, other.head, other.days) == (part.task, part.head, part.days)


def test_what_was_dropped_is_kept_as_such() -> None:
    understood = ask("Halo Warta, berapa biaya jembatan di Sukamaju? Saya butuh hari ini.")
    assert understood.first.text == "berapa biaya jembatan di Sukamaju?"
    assert understood.dropped == ("Halo Warta,", "Saya butuh hari ini.")
    assert understood.days is None


def test_a_day_of_the_asker_is_none_of_the_question() -> None:
    understood = ask("Kemarin teman saya bertanya: siapa yang dilantik pekan lalu?")
    assert understood.days is not None
    assert understood.days.text == "pekan lalu"


@pytest.mark.parametrize(
    "joined",
    [
        "{0}? {1}?",
        "{0}\n{1}",
        "1. {0}?\n2. {1}?",
        "{0} dan {1}?",
        "{0}? Terus, {1}?",
    ],
)
def test_two_questions_in_one_message_are_two_parts(joined: str) -> None:
    first, second = "Berapa biaya jembatan di Sukamaju", "siapa ketua kelompok tani Wanasari"
    parts = ask(joined.format(first, second)).parts
    assert [part.query.rstrip("?").lower() for part in parts] == [first.lower(), second.lower()]


def test_a_second_question_leans_on_the_first() -> None:
    parts = ask("Siapa juara lomba pidato Ambon? Berapa umurnya?").parts
    assert "lomba pidato Ambon" in parts[1].query


def test_a_relative_day_becomes_a_condition_and_leaves_the_query() -> None:
    asked = ask("kemarin IHSG tutup di angka berapa?")
    assert asked.query == "IHSG tutup di angka berapa? 17 September 2019"
    assert asked.days is not None
    assert (asked.days.text, asked.days.since, asked.days.until) == (
        "kemarin",
        date(2019, 9, 17),
        date(2019, 9, 17),
    )
    assert (asked.days.first, asked.days.last) == (date(2019, 9, 17), date(2019, 9, 18))


def test_a_date_that_articles_print_stays_in_the_query() -> None:
    asked = ask("Gempa 11 September 2019 di mana?")
    assert asked.days is not None
    assert (asked.days.first, asked.days.last, asked.days.kind) == (
        date(2019, 9, 11),
        date(2019, 9, 13),
        "mentioned",
    )
    assert asked.query == "Gempa 11 September 2019 di mana?"


def test_news_of_a_day_is_of_that_day() -> None:
    asked = ask("Berita apa saja soal karhutla pada 11 September 2019?")
    assert asked.days is not None
    assert (asked.days.first, asked.days.last, asked.days.kind) == (
        date(2019, 9, 11),
        date(2019, 9, 11),
        "published",
    )
    assert "September" not in asked.query


def test_what_is_long_past_may_be_told_of_in_any_article() -> None:
    asked = ask("Siapa presiden pada tahun 1998?")
    assert asked.days is not None
    assert (asked.days.first, asked.days.last, asked.days.kind) == (None, None, "mentioned")


def test_a_missing_year_is_one_the_archive_covers() -> None:
    asked = ask("Apa yang terjadi 24 September?", today=date(2026, 11, 26))
    assert asked.days is not None
    assert asked.days.since == date(2019, 9, 24)


def test_an_archive_without_days_has_no_conditions_of_days() -> None:
    undated = Holdings(OUTLETS, None, None)
    assert understand("Gempa kemarin di mana?", (), TODAY, undated).days is None


def test_a_question_without_conditions_has_none() -> None:
    asked = ask("Siapa juara Liga 1 2019?")
    assert (asked.days, asked.outlets, asked.topics) == (None, (), ())
    assert asked.query == asked.standalone == asked.text


@pytest.mark.parametrize(
    ("question", "outlets", "query"),
    [
        ("Menurut Kompas, berapa korban banjir?", ("kompas.com",), "berapa korban banjir?"),
        ("Berapa korban banjir Ambon di Tempo?", ("tempo.co",), "Berapa korban banjir Ambon?"),
        ("Berapa korban versi tribun?", ("tribunnews.com",), "Berapa korban?"),
        ("Laporan Posmetro Medan soal begal?", ("posmetro-medan.com",), "begal"),
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
    assert (asked.outlets, asked.query) == (outlets, query)


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


@pytest.mark.parametrize(
    ("question", "outlets"),
    [
        ("Apa yang diberitakan Detik tentang Papua?", ("Detik",)),
        ("Menurut Republika, berapa korbannya?", ("Republika",)),
        ("Berapa korban versi kabarkita.co.id?", ("kabarkita.co.id",)),
        ("Menurut Kompas, berapa korbannya?", ()),
        ("Menurut polisi, berapa korbannya?", ()),
    ],
)
def test_an_outlet_that_the_archive_lacks_is_named(question: str, outlets: tuple[str, ...]) -> None:
    asked = ask(question)
    assert asked.unknown_outlets == outlets
    assert not any(outlet in asked.query for outlet in outlets)
    found = find_unknown(question, OUTLETS)
    assert (found.sources if found else ()) == outlets


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
    "question", ["Apa kata ICW soal pemilihan dia?", "Apa syarat program itu?"]
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
    assert asked.days is not None
    assert (asked.days.first, asked.days.last) == (date(2019, 9, 17), date(2019, 9, 18))
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


def test_topics_do_not_pile_up_over_turns() -> None:
    turns = (
        "Siapa Rani Wulandari?", "Rani Wulandari adalah bupati Melati [1].",
        "Apa kata Bayu Prakoso soal Rakornas Kadin?", "Bayu menolak, Rabu (4/9) pukul 10.00 WIB.",
        "Kapan UU Jembatan disahkan?", "17 September 2019.",
        "terima kasih", "Sama-sama.",
        "Apa isi revisinya?", "Tiga pasal berubah.",
    )  # fmt: skip
    own = ask("Siapa ketua panitia lomba pidato Ambon?", *turns)
    assert own.topics == ()
    assert own.query == "Siapa ketua panitia lomba pidato Ambon?"
    leaning = ask("Kenapa diubah?", *turns)
    assert [topic.text for topic in leaning.topics] == ["UU Jembatan disahkan"]


def test_a_topic_can_be_taken_off() -> None:
    turns = ("Siapa juara lomba pidato?", "Rani Wulandari dari Ambon [1].")
    both = ask("Di mana dia lahir?", *turns)
    assert [topic.text for topic in both.topics] == ["Rani Wulandari", "juara lomba pidato"]
    one = ask("Di mana dia lahir?", *turns, without=("juara lomba pidato",))
    assert [topic.text for topic in one.topics] == ["Rani Wulandari"]
    none = ask("Di mana dia lahir?", *turns, without=("juara lomba pidato", "Rani Wulandari"))
    assert none.query == "Di mana dia lahir?"


@pytest.mark.parametrize(
    ("question", "before", "query"),
    [
        ("Kalau Papua?", "APBD Maluku berapa?", "APBD Papua berapa?"),
        ("kalau papua barat?", "apbd maluku berapa", "apbd papua barat berapa"),
        ("Kalau wakilnya?", "Siapa bupati Melati?", "Siapa bupati Melati, wakilnya?"),
    ],
)
def test_a_piece_takes_the_place_of_a_modifier_not_of_the_head(
    question: str, before: str, query: str
) -> None:
    assert ask(question, before, "-").query == query


def test_a_question_may_lean_on_the_background_of_its_own_message() -> None:
    asked = ask("Tadi saya baca soal Veronica Tanjung. Dia kena kasus apa?")
    assert "Veronica Tanjung" in asked.query


@pytest.mark.parametrize(
    ("message", "held"),
    [
        (
            "Halo min. Saya lagi bikin jadwal siaran, semalam Inggris menang lawan Italia di "
            "semifinal Euro Putri. Nah, finalnya dimainkan di stadion mana ya? Makasih",
            ("finalnya", "Inggris", "Italia", "semifinal"),
        ),
        (
            "Saya magang, disuruh cek naskah warga lansia yang jatuh ke sumur di Melati (nenek "
            "Seni). Kejadiannya di kecamatan apa ya kak?",
            ("kecamatan", "sumur", "Melati", "nenek"),
        ),
        (
            "Lagi debat sama teman soal gempa Ambon. Kekuatannya berapa magnitudo sih?",
            ("magnitudo", "gempa Ambon"),
        ),
        (
            "Anak saya bertanya soal kebakaran hutan di Gunung Arjuno. Berapa hektare lahan yang "
            "terbakar?",
            ("hektare", "Gunung Arjuno"),
        ),
        ("Profil Diogo Jota: klub mana saja yang pernah dibelanya?", ("klub", "Diogo Jota")),
    ],
)
def test_what_a_background_tells_of_is_searched_with_the_question(
    message: str, held: tuple[str, ...]
) -> None:
    assert all(word.lower() in ask(message).query.lower() for word in held)


@pytest.mark.parametrize(
    "message",
    [
        "Saya Rudi dari Desk Nasional, sedang menulis. {q}",
        "Saya pembaca setia dari Malang. {q}",
        "{q} Terima kasih.\nSalam,\nRina Wijaya\nDesk Ekonomi",
    ],
)
@pytest.mark.parametrize(
    "question", ["Orang bisa merinding karena apa saja", "IHSG ditutup di level berapa"]
)
def test_who_asks_and_thanks_are_not_searched(message: str, question: str) -> None:
    assert ask(message.format(q=question)).query.rstrip("?") == question


@pytest.mark.parametrize(
    ("message", "task", "query"),
    [
        ("Bagaimana perkembangan terakhir pemeriksaan Lisa sebagai tersangka?", "latest", "Lisa"),
        ("Kasus Novel Baswedan sekarang gimana?", "latest", "Novel Baswedan"),
        ("kondisi wiranto sekarang", "latest", "wiranto"),
        ("karhutla riau udah sampai mana penanganannya?", "latest", "karhutla riau"),
        ("Tolong tuliskan profil Ketua KPK Firli Bahuri", "profile", "Firli Bahuri"),
        ("Sebutkan rekam jejak Firli Bahuri", "profile", "Firli Bahuri"),
        ("jelasin kronologi penusukan wiranto", "timeline", "penusukan wiranto"),
        ("gmn kronologi petugas nyaris ketabrak di medan", "timeline", "petugas nyaris"),
        ("apa inti kasus pencurian kalung di mal?", "summary", "pencurian kalung di mal"),
        ("ringkasin dong soal siswa disiram, siapa korban & kenapa", "summary", "siswa disiram"),
    ],
)
def test_words_of_a_request_tell_what_is_wanted(message: str, task: str, query: str) -> None:
    part = ask(message).first
    assert part.task == task
    assert query in part.query


def test_up_to_today_is_no_day_the_newest_is_searched_with() -> None:
    part = ask("Perkembangan penyelidikan kematian mahasiswa Kendari per hari ini").first
    assert (part.task, part.days) == ("latest", None)
    assert part.query == "penyelidikan kematian mahasiswa Kendari"


def test_misspelt_words_are_read_as_they_are_searched() -> None:
    asked = spelt(ask("Berapa biaya jembtan Sukamaju?"), lambda query: (("jembtan", "jembatan"),))
    assert asked.query == "Berapa biaya jembatan Sukamaju?"
    assert asked.corrected == (("jembtan", "jembatan"),)


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
    assert ask("Apa kabar terbaru soal karhutla?").first.newest
    assert ask("What is the latest on the haze?").first.newest
    assert not ask("Berapa kasus dalam 3 hari terakhir?").first.newest


@given(st.lists(st.text(max_size=80), max_size=5), st.text(min_size=1, max_size=120))
def test_any_conversation_is_understood_without_failing(turns: list[str], text: str) -> None:
    asked = ask(text, *turns)
    assert asked.text == " ".join(text.split())
    assert asked.parts
    days = asked.days
    assert not (days and days.since and days.until) or days.since <= days.until


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
    assert (asked.first.newest, asked.query) == (True, "Gempa di mana?")
    assert understand("kabar terbaru Persib", [], date(2026, 1, 5)).query == "Persib"


def test_names_are_read_where_they_stand_and_without_their_genitive():
    quotes = understand("Kumpulkan kutipan Ratna Dewi soal PDAM", [], date(2026, 3, 1))
    assert quotes.first.names == ("Ratna Dewi", "PDAM")
    english = understand("What is the name of Ratna Dewi's new party?", [], date(2026, 3, 1))
    assert english.first.names == ("Ratna Dewi",)


@pytest.mark.parametrize("asks", ["SIAPA", "DI MANA?", "KAPAN?"])
def test_what_asks_behind_a_name_in_capitals_is_no_part_of_it(asks):
    asked = understand(f"REKTOR UNIVERSITAS MPU SEDAH {asks}", [], date(2026, 3, 1))
    assert asked.first.names == ("REKTOR UNIVERSITAS MPU SEDAH",)


def test_since_when_is_no_topic_of_a_count():
    count = understand("ada berapa artikel tentang banjir dan sejak kapan", [], date(2026, 3, 1))
    assert (count.task, count.first.query) == ("count", "banjir")


@pytest.mark.parametrize(
    "message",
    [
        "Linimasa sengketa Pasar Selasih. Ini untuk tugas kuliah saya.",
        "Linimasa sengketa Pasar Selasih (buat bahan rapat)",
        "Linimasa sengketa Pasar Selasih -- Rina, desk nasional",
        "Halo Warta, saya sedang menulis untuk majalah sekolah. Tolong buatkan linimasa sengketa "
        "Pasar Selasih ya. Terima kasih, Rina",
    ],
)
def test_a_request_is_read_to_its_last_word_and_no_further(message):
    part = ask(message).first
    assert (part.task, part.query) == ("timeline", "sengketa Pasar Selasih")


def test_a_second_question_that_leans_on_the_first_is_a_part_of_its_own():
    found = ask("Siapa ketua KPK yang baru dan berapa hartanya?").parts
    assert [part.text for part in found] == ["Siapa ketua KPK yang baru", "berapa hartanya?"]
    assert "ketua KPK" in found[1].query


def test_a_second_question_without_a_subject_takes_over_that_of_the_first():
    found = ask("1) Berapa tahun vonis banding Tari Wulandari?\n2) Siapa ketua majelisnya?").parts
    assert "Tari Wulandari" in found[1].query
    found = ask("siapa istri Budi Santosa? terus kenapa dulu mau cerai?").parts
    assert [part.text for part in found] == ["siapa istri Budi Santosa?", "kenapa dulu mau cerai?"]
    assert "Budi Santosa" in found[1].query


def test_a_second_question_of_few_words_is_parted_where_it_leans_on_the_first():
    found = ask("Berapa sertifikat diserahkan ke warga Selasih dan siapa yang menyerahkan?").parts
    assert [part.text for part in found] == [
        "Berapa sertifikat diserahkan ke warga Selasih", "siapa yang menyerahkan?"
    ]  # fmt: skip
    assert "Selasih" in found[1].query


@pytest.mark.parametrize("after", ["Terima kasih", "Terima kasih sebelumnya", "butuh cepet"])
def test_what_stands_behind_the_question_mark_belongs_to_no_question(after):
    part = ask(f"Siapa kepala dinas Selasih yang ditangkap KPK? {after}").first
    assert part.query == "Siapa kepala dinas Selasih yang ditangkap KPK?"


def test_a_question_that_is_to_be_explained_is_a_request_for_an_explanation():
    messages = [
        "Kenapa audisi bulu tangkis dihentikan? Tolong jelaskan",
        "kenapa audisi bulu tangkis dihentikan, jelasin dong",
        "Jelaskan kenapa audisi bulu tangkis dihentikan",
    ]
    for message in messages:
        (part,) = ask(message).parts
        found = (part.task, part.head, part.subject)
        assert found == ("explain", "reason", "audisi bulu tangkis dihentikan")
    (part,) = ask("Kenapa audisi bulu tangkis dihentikan? Tolong dijawab").parts
    assert (part.task, part.text) == ("question", "Kenapa audisi bulu tangkis dihentikan?")
    assert ask("jelaskan bagaimana anak itu lolos dari penculiknya").task == "explain"


def test_things_done_to_are_listed_and_only_words_are_quoted():
    part = ask("apa saja yang dibeli Tari dari uang kas pasar").first
    assert (part.task, part.speaker) == ("list", "")
    part = ask("apa saja yang dikatakan Tari soal uang kas pasar").first
    assert (part.task, part.speaker) == ("quotes", "Tari")


def test_how_are_you_is_a_courtesy_though_it_names_a_day():
    assert ask("apa kabar hari ini, Warta?").task == "courtesy"


def test_a_speaker_is_no_instruction_and_ends_before_the_occasion():
    part = ask("Kutip ucapan Firli Bahuri setelah terpilih jadi ketua KPK").first
    assert part.speaker == "Firli Bahuri"


@pytest.mark.parametrize(
    "question",
    [
        "Bagaimana Rukmana, terpidana penipuan di Banyugiri, bisa berada di luar penjara?",
        "Apa penjelasan dr. Tirta dari Universitas Arunika mengenai bahaya asap?",
        "What is the name of B.J. Rukmana's son who came back from Germany?",
        "Berapa jumlah penonton The Harbour: Road to Sea di Tirtamaya?",
        "Apakah polisi membawa senjata saat unjuk rasa, sebagaimana dilaporkan Kapolri?",
    ],
)
def test_one_sentence_up_to_its_mark_asks_one_thing(question):
    assert asked_in(question) == ((question,), ())


def test_two_questions_in_one_sentence_stay_two():
    asked, _ = asked_in("Siapa ketua DPR, dan berapa anggota komisi tiga DPR yang hadir?")
    assert len(asked) == 2


def test_of_a_message_of_joints_alone_few_are_read_on_both_sides():
    asking_of.cache_clear()
    asked_in(("1 " + "and what " * 300)[:2_000])
    assert asking_of.cache_info().misses < 40  # each reads up to the whole message


def test_a_day_before_a_question_is_asked_for_and_a_wish_is_not():
    asked = understand("Dua malam lalu, siapa yang disingkirkan Rukmana?", (), TODAY).first
    assert asked.days is not None
    assert asked.days.first == date(2019, 9, 16)
    assert understand("Saya butuh hari ini, siapa ketua DPR?", (), TODAY).first.days is None


@pytest.mark.parametrize(
    ("request_", "task"),
    [
        ("jelaskan secara singkat apa yang terjadi di Pasar Selasih", "summary"),
        ("kasus Pasar Selasih dari awal gimana", "timeline"),
        ("Pasar Selasih sekarang gimana ya", "latest"),
        ("What are the differences between Pasar Selasih and Pasar Menoreh", "comparison"),
        ("kapan bupati dilantik", "question"),
        ("berapa kali gempa susulan di Menoreh", "question"),
        ("apa kata Ratna soal Pasar Selasih", "question"),
    ],
)
def test_a_request_is_told_from_a_question_that_only_looks_like_one(
    request_: str, task: str
) -> None:
    assert ask(request_).task == task


@pytest.mark.parametrize(
    "message",
    [
        "makasih ya, membantu banget",
        "oke sip, makasih infonya",
        "terima kasih banyak, sangat terbantu",
        "thanks, that helps",
        "kamu memang hebat, makasih",
        "makasih, sekarang aku paham",
    ],
)
def test_thanks_with_more_behind_are_thanks(message: str) -> None:
    understood = ask(message)
    assert (understood.task, understood.courtesy) == ("courtesy", "thanks")


def test_thanks_before_a_question_are_not_what_it_is() -> None:
    assert ask("makasih ya, kapan bupati Menoreh dilantik?").task == "question"


@pytest.mark.parametrize(
    "text",
    ["makasih, yang terbaru dong", "makasih, coba cari lagi yang lain",
     "makasih, kasih tahu lebih banyak"],
)  # fmt: skip
def test_thanks_before_a_request_are_not_what_it_is(text: str) -> None:
    assert ask(text).task != "courtesy"
    assert ask(text, "Ada apa di Pasar Selasih?", "Kebakaran.").task != "courtesy"


@pytest.mark.parametrize(
    "text",
    ["Siapa ketua DPR?", "Siapa menteri keuangan?", "Berapa harga emas?", "Kapan Liga 1 dimulai?"],
)
@pytest.mark.parametrize(
    "before", ["Apa kata Bupati Ratna soal banjir di Purnaraya?", "Apa isi revisi UU KPK?"]
)
def test_a_short_question_for_something_else_takes_nothing_over(text: str, before: str) -> None:
    found = ask(text, before, "Bupati Ratna mengatakan warga sudah pulang.")
    assert (found.topics, found.query.rstrip("?")) == ((), text.rstrip("?"))
