"""When sources are said to name other days, persons or places, and when it is nothing to tell."""

from dataclasses import replace
from datetime import date

import pytest

from warta.assistant.composing.differing import remark
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit
from warta.index.reader.features import ask, candidates
from warta.index.weights import read_rarity

OPENED = "Kapan Jembatan Kedungwaru diresmikan?"
COACH = "Siapa pelatih Persika Menoreh?"
VENUE = "Di mana Pesta Layang Menoreh digelar?"
SHIP = "Apa nama kapal yang tenggelam di Teluk Sewana?"


def hit(rank, text, day, source, also=()):
    article = Article(f"a{rank}", "", text, date(2025, 3, day), source)
    return Hit(Passage(article.id, 0, text, 0, len(text)), article, 1.0, rank, also=also)


def told(question, *reports, language="id"):
    """What is remarked on sentences of one article each: (text, day of March 2025, outlet)."""
    hits = [hit(rank, *report) for rank, report in enumerate(reports, start=1)]
    return remark(ask(question, read_rarity()), candidates(hits), language)


def test_two_days_for_one_opening_are_told_with_who_gives_them():
    reports = (
        ("Jembatan Kedungwaru diresmikan pada Senin (3/3/2025) oleh bupati.", 6, "Kabar Menoreh"),
        ("Bupati hadir saat Jembatan Kedungwaru diresmikan 5 Maret.", 6, "Harian Selatan"),
    )
    assert told(OPENED, *reports) == (
        "Sumber berbeda: 3/3/2025 (Kabar Menoreh, 6 Mar 2025), "
        "5 Maret (Harian Selatan, 6 Mar 2025)."
    )
    assert told(OPENED, *reports, language="en").startswith("Sources differ: 3/3/2025 (Kabar")


def test_two_years_for_one_opening_are_told():
    assert told(
        OPENED,
        ("Jembatan Kedungwaru diresmikan pada tahun 2018.", 6, "A"),
        ("Jembatan Kedungwaru diresmikan bupati pada 2019.", 6, "B"),
    ) == "Sumber berbeda: 2018 (A, 6 Mar 2025), 2019 (B, 6 Mar 2025)."  # fmt: skip


def test_two_holders_of_one_office_are_told():
    assert told(
        COACH,
        ("Pelatih Persika Menoreh Bima Lesmana memimpin latihan.", 6, "A"),
        ("Pelatih Persika Menoreh, Danu Wirasena, memimpin latihan.", 7, "B"),
    ) == "Sumber berbeda: Bima Lesmana (A, 6 Mar 2025), Danu Wirasena (B, 7 Mar 2025)."  # fmt: skip


def test_two_venues_of_one_kind_are_told():
    assert told(
        VENUE,
        ("Pesta Layang Menoreh digelar di Stadion Tirta pada pagi hari.", 6, "A"),
        ("Pesta Layang Menoreh digelar di Stadion Wana pada pagi hari.", 6, "B"),
    ) == "Sumber berbeda: Stadion Tirta (A, 6 Mar 2025), Stadion Wana (B, 6 Mar 2025)."  # fmt: skip


def test_two_names_of_one_ship_are_told():
    assert told(
        SHIP,
        ("Kapal bernama Camar Laut tenggelam di Teluk Sewana.", 6, "A"),
        ("Kapal yang tenggelam di Teluk Sewana bernama Bintang Samudra.", 6, "B"),
    ) == "Sumber berbeda: Camar Laut (A, 6 Mar 2025), Bintang Samudra (B, 6 Mar 2025)."  # fmt: skip


def test_a_moved_day_is_told_in_the_order_of_the_reports():
    reports = (
        ("Jembatan Kedungwaru diundur, diresmikan 12 Maret.", 9, "Harian Selatan"),
        ("Jembatan Kedungwaru akan diresmikan 10 Maret.", 3, "Kabar Menoreh"),
    )
    assert told(OPENED, *reports) == (
        "Menurut Kabar Menoreh, 3 Mar 2025: 10 Maret; menurut Harian Selatan, 9 Mar 2025: 12 Maret."
    )
    unsaid = ("Jembatan Kedungwaru akan diresmikan 12 Maret.", 9, "Harian Selatan")
    assert told(OPENED, unsaid, reports[1]) == ""


def test_of_a_day_moved_to_another_the_new_one_counts():
    assert told(
        OPENED,
        ("Jembatan Kedungwaru diundur diresmikan dari 10 Maret menjadi 12 Maret.", 9, "B"),
        ("Jembatan Kedungwaru akan diresmikan 10 Maret.", 3, "A"),
    ) == "Menurut A, 3 Mar 2025: 10 Maret; menurut B, 9 Mar 2025: 12 Maret."  # fmt: skip


def test_a_new_holder_is_told_in_the_order_of_the_reports():
    earlier = ("Pelatih Persika Menoreh Bima Lesmana memimpin latihan.", 3, "A")
    later = "Pelatih baru Persika Menoreh, Danu Wirasena, menggantikan pendahulunya."
    passage = f"{later} Bima Lesmana mundur pekan lalu."
    assert told(COACH, (passage, 20, "B"), earlier, language="en") == (
        "According to A, 3 Mar 2025: Bima Lesmana; according to B, 20 Mar 2025: Danu Wirasena."
    )
    assert told(COACH, (later, 20, "B"), earlier) == ""


BRIDGE = ("Jembatan Kedungwaru diresmikan pada 3 Maret 2025.", 6, "A")
BIMA = ("Pelatih Persika Menoreh Bima Lesmana memimpin latihan.", 6, "A")
HEAD = "Siapa presiden Republik Sewana?"


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (OPENED, BRIDGE, ("Jembatan Kedungwaru diresmikan bupati 3 Maret.", 6, "B")),
        (OPENED, BRIDGE, ("Jembatan Kedungwaru diresmikan pada Maret 2025.", 6, "B")),
        (OPENED, BRIDGE, ("Jembatan Kedungwaru diresmikan pada tahun 2025.", 6, "B")),
        (OPENED, BRIDGE, ("Jembatan Kedungwaru diresmikan Rabu.", 6, "B")),
        (OPENED, BRIDGE, ("Jembatan Kedungwaru diresmikan, kata bupati, 5 Maret 2025.", 6, "B")),
        (OPENED, BRIDGE, ("Jembatan Kedungwaru akan diresmikan 5 Maret 2025.", 6, "B")),
        (OPENED, BRIDGE, ("Jembatan Kedungwaru diresmikan 5 Maret 2025.", 12, "B")),
        (OPENED, BRIDGE, ("Jembatan Kedungwaru diresmikan 5 Maret 2025.", 6, "A")),
        (OPENED, BRIDGE, ("Jembatan Sewugalur diresmikan 5 Maret 2025.", 6, "B")),
        (OPENED, BRIDGE, ("Jembatan Kedungwaru diresmikan 5 Maret 1991.", 6, "B")),
        (OPENED, BRIDGE, ("Jembatan Kedungwaru dibangun 5 Maret 2025.", 6, "B")),
        (OPENED, ("Jembatan Kedungwaru diresmikan 5 Maret.", 6, "A"),
         ("Jembatan Kedungwaru diresmikan 6 Maret.", 7, "B")),
        (OPENED, ("Jembatan Kedungwaru diresmikan pada 1991.", 6, "A"),
         ("Jembatan Kedungwaru diresmikan pada 2018.", 6, "B")),
        ("Kapan Pesta Layang Menoreh Tirta Wana digelar?",
         ("Pesta Layang Menoreh Tirta Wana digelar 3 Maret.", 6, "A"),
         ("Pesta Layang Menoreh Tirta Wana dimulai 5 Maret.", 6, "B")),
        (COACH, BIMA, ("Pelatih Persika Menoreh Bima Adi Lesmana memimpin latihan.", 6, "B")),
        (COACH, BIMA, ("Pelatih Persika Menoreh Dr Bima Lesmono memimpin latihan.", 6, "B")),
        (COACH, BIMA, ("Mantan pelatih Persika Menoreh Danu Wirasena memimpin latihan.", 6, "B")),
        (COACH, BIMA, ("Pelatih Persika Sewana Danu Wirasena memimpin latihan.", 6, "B")),
        (COACH, BIMA, ("Pelatih Persika Menoreh Danu Wirasena memimpin latihan.", 16, "B")),
        (COACH, BIMA, ("Pelatih Persika Menoreh memuji Danu Wirasena.", 6, "B")),
        (HEAD, ("Presiden Republik Sewana, BJ Habibie, berpidato.", 6, "A"),
         ("Presiden Republik Sewana, Bacharuddin Jusuf Habibie, berpidato.", 6, "B")),
        (HEAD, ("Presiden Republik Sewana, Gus Dur, berpidato.", 6, "A"),
         ("Presiden Republik Sewana, Abdurrahman Wahid, berpidato.", 6, "B")),
        (HEAD, ("Presiden Republik Sewana, Jokowi, berpidato.", 6, "A"),
         ("Presiden Republik Sewana, Joko Widodo, berpidato.", 6, "B")),
        (VENUE, ("Pesta Layang Menoreh digelar di Stadion Tirta.", 6, "A"),
         ("Pesta Layang Menoreh digelar di Kabupaten Wanasari.", 6, "B")),
        (VENUE, ("Pesta Layang Menoreh digelar di Stadion Tirta.", 6, "A"),
         ("Pesta Layang Menoreh digelar di Stadion Tirtamaya.", 6, "B")),
        ("Di mana Persika Menoreh bermain?",
         ("Persika Menoreh bermain di laga kandang di Stadion Tirta.", 6, "A"),
         ("Persika Menoreh bermain di laga tandang di Stadion Wana.", 6, "B")),
        (VENUE, ("Pesta Layang Menoreh digelar di Stadion Tirta.", 6, "A"),
         ("Pesta Layang Menoreh seharusnya digelar di Stadion Wana.", 6, "B")),
        ("Kapan gempa Kedungwaru terjadi?", ("Gempa Kedungwaru terjadi 3 Maret 2025.", 6, "A"),
         ("Gempa Kedungwaru terjadi 5 Maret 2025.", 6, "B")),
    ],
    ids=["same-day", "month", "year", "weekday", "day-of-a-statement", "planned", "days-later",
         "same-outlet", "another-bridge", "rebuilt", "another-deed", "each-its-yesterday",
         "years-apart", "another-deed-of-many-words",
         "part-of-the-name", "spelling", "former", "another-club", "weeks-later",
         "beside-the-office", "surname", "other-name", "short-name", "place-within",
         "venue-spelt-apart", "two-matches", "undone", "recurs"],
)  # fmt: skip
def test_nothing_is_said_where_both_may_be_right(question, one, other):
    assert told(question, one, other) == ""
    assert told(question, other, one) == ""


def test_names_with_other_names_differ_from_those_of_others():
    wahid = ("Presiden Republik Sewana, Abdurrahman Wahid, berpidato.", 6, "A")
    habibie = ("Presiden Republik Sewana, BJ Habibie, berpidato.", 6, "B")
    assert told(HEAD, wahid, habibie).startswith("Sumber berbeda: Abdurrahman Wahid (A")


def test_copies_of_one_report_are_one_source():
    reports = [
        hit(1, "Jembatan Kedungwaru diresmikan pada 3 Maret 2025.", 6, "A"),
        hit(2, "Jembatan Kedungwaru diresmikan pada 5 Maret 2025.", 6, "B"),
    ]
    asked = ask(OPENED, read_rarity())
    assert remark(asked, candidates(reports), "id").startswith("Sumber berbeda")
    copied = [replace(reports[0], also=(reports[1].article,)), reports[1]]
    assert remark(asked, candidates(copied), "id") == ""


def test_one_article_does_not_contradict_itself_in_days_or_names():
    text = f"{BRIDGE[0]} Jembatan Kedungwaru diresmikan bupati pada 5 Maret 2025."
    assert told(OPENED, (text, 6, "A")) == ""
    text = f"{BIMA[0]} Pelatih Persika Menoreh, Danu Wirasena, memimpin latihan."
    assert told(COACH, (text, 6, "A")) == ""
