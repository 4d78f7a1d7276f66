"""Dates of publication: fields, addresses, texts, and which of them is believed."""

import gzip
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.corpus.dates.published import DateMention, date_from_url, dates_in, parse_date, reconcile

TENTH = date(2019, 9, 10)
TODAY = date(2026, 2, 15)


@pytest.mark.parametrize(
    "text",
    [
        "2019-09-10",
        "2019/09/10",
        "2019.9.10",
        "20190910",
        "20190910143025",
        "2019-09-10T14:05:00+07:00",
        "2019-09-10 14:05:00",
        "2019-09-10T14:05:00.123Z",
        "10-Sep-19",
        "10 Sep 2019",
        "10 Sept. 2019",
        "10 September 2019",
        "10 SEPTEMBER 2019",
        "10/9/2019",
        "10-09-2019",
        "10.09.2019",
        "10/09/19",
        "Selasa, 10 September 2019 | 14:05 WIB",
        "Selasa 10/9/2019 14:05",
        "Diterbitkan: Selasa, 10 Sep 2019 14:05 WIB",
        "Tue, 10 Sep 2019 14:05:00 +0700",
        "Tue, 10 Sep 2019 07:05:00 GMT",
        "Tuesday, September 10, 2019",
        "September 10th, 2019",
        "Sep 10, 2019 2:05 pm",
        "10th of September, 2019",
        "September 10 2019",
        "1568099100",
        "1568099100000",
        "1568099100.25",
    ],
)
def test_a_date_field_is_read_in_every_usual_form(text: str) -> None:
    assert parse_date(text) == TENTH


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("7/8/2024", date(2024, 8, 7)),
        ("31 Juli 2019", date(2019, 7, 31)),
        ("Oktober 07, 2019", date(2019, 10, 7)),
        ("17 Agt 2020", date(2020, 8, 17)),
        ("1 Pebruari 2011", date(2011, 2, 1)),
        ("5 Nopember 2011", date(2011, 11, 5)),
        ("9/30/2019", date(2019, 9, 30)),
        ("29 Feb 2020", date(2020, 2, 29)),
        ("12 Des 98", date(1998, 12, 12)),
        ("Jum'at, 13 Mei 2022", date(2022, 5, 13)),
    ],
)
def test_other_months_and_centuries_are_read(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "   ", "berita", "12.30", "5", "2019", "September 2019", "31/31/2019", "2019-13-10",
     "30 Februari 2019", "kemarin", "Rp 1.250.000", "10 orang", "08123456789012", "x" * 500 + "1"],
)  # fmt: skip
def test_what_names_no_certain_day_is_not_read(text: str) -> None:
    assert parse_date(text) is None


def test_a_clock_in_utc_is_taken_to_the_day_in_jakarta() -> None:
    assert parse_date("2019-09-10T17:00:00Z") == date(2019, 9, 11)
    assert parse_date("Tue, 10 Sep 2019 18:30:00 +0000") == date(2019, 9, 11)
    assert parse_date("Tue, 10 Sep 2019 16:59:59 GMT") == TENTH
    assert parse_date("2019-09-10T23:30:00+07:00") == TENTH
    assert parse_date("1568134800") == date(2019, 9, 11)  # 17:00 UTC


@given(st.text(max_size=130))
def test_any_text_is_a_date_or_none(text: str) -> None:
    assert parse_date(text) is None or isinstance(parse_date(text), date)


@pytest.mark.parametrize(
    "url",
    [
        "https://contoh.id/2019/09/10/judul",
        "https://contoh.id/read/2019/9/10/600/2104689/judul",
        "https://contoh.id/berita/20190910143025-532-126/judul",
        "https://contoh.id/2019-09-10-judul.html",
        "https://contoh.id/read/20190910/judul?tgl=2020-01-01",
        "https://contoh.id/read/1439718/174/judul-1568099100",
    ],
)
def test_an_address_gives_its_day(url: str) -> None:
    assert date_from_url(url) == TENTH


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://contoh.id/2019/10/5-cara-hemat-air.html",
        "https://contoh.id/2019/13/10/judul",
        "https://contoh.id/read/21485171/judul-20-2019",
        "https://contoh.id/judul?d=2019-09-10",
        "http://[bukan",
    ],
)
def test_an_address_without_a_day_gives_none(url: str) -> None:
    assert date_from_url(url) is None


def test_dates_in_a_text_have_places_and_know_their_weekday() -> None:
    text = "Rapat Selasa (10/9/2019) dan 11 September 2019; skor 2-1, pukul 12.30, Rp1.500."
    first, second = dates_in(text)
    assert first == DateMention(TENTH, 6, 24, True)
    assert text[first.start : first.end] == "Selasa (10/9/2019)"
    assert (second.date, second.is_dateline) == (date(2019, 9, 11), False)
    assert text[second.start : second.end] == "11 September 2019"


def test_a_misprinted_weekday_makes_no_dateline() -> None:
    assert [m.is_dateline for m in dates_in("Senin (10/9/2019)")] == [False]


def test_a_date_without_year_needs_the_hint_and_a_sign_that_it_is_one() -> None:
    assert dates_in("Selasa (10/9), 1/2 gelas, 11 September, 3/4") == []
    found = dates_in("Selasa (10/9), 1/2 gelas, 11 September, 3/4", year=2019)
    assert [(m.date, m.is_dateline) for m in found] == [(TENTH, True), (date(2019, 9, 11), False)]


def test_english_dates_are_found_in_a_text() -> None:
    found = dates_in("On Tuesday, September 10, 2019 and on 11th of September 2019; 2019-09-12.")
    assert [m.date.day for m in found] == [10, 11, 12]


def test_field_and_address_that_agree_need_no_note() -> None:
    chosen = reconcile("10-Sep-19", "https://contoh.id/2019/09/10/judul", "")
    assert (chosen.published, chosen.note) == (TENTH, "")


def test_a_swapped_field_gives_way_to_the_address() -> None:
    chosen = reconcile("2019-10-09", "https://contoh.id/2019/09/10/judul", "")
    assert chosen.published == TENTH
    assert "2019-10-09" in chosen.note
    assert "swapped" in chosen.note


def test_an_article_written_the_evening_before_appeared_when_the_field_says() -> None:
    chosen = reconcile("2019-09-11", "https://contoh.id/2019/09/10/judul", "")
    assert chosen.published == date(2019, 9, 11)
    assert "2019-09-10" in chosen.note


def test_no_article_appears_before_its_address() -> None:
    assert reconcile("2019-08-10", "https://contoh.id/2019/09/10/judul", "").published == TENTH


def test_a_swapped_field_without_address_is_found_by_the_datelines() -> None:
    chosen = reconcile("2019-10-09", "", "Kebakaran terjadi, Selasa (10/9/2019).")
    assert chosen.published == TENTH
    assert "swapped" in chosen.note


def test_a_text_about_another_day_does_not_move_a_field() -> None:
    text = "Pada 17 Agustus 1945 … Sabtu (14/9/2019) nanti"
    assert reconcile("10 September 2019", "", text).published == TENTH


def test_an_impossible_field_gives_way_and_says_so() -> None:
    chosen = reconcile("2091-09-10", "https://contoh.id/2019/09/10/judul", "", today=TODAY)
    assert chosen.published == TENTH
    assert "2091-09-10" in chosen.note
    assert reconcile("1970-01-01", "", "", today=TODAY).published is None
    assert reconcile("2026-10-02", "", "", today=TODAY).published == date(2026, 2, 10)


def test_without_field_and_address_the_dateline_decides() -> None:
    text = "Didirikan 12 Mei 1998. Sekolah itu meneken nota, Senin (26/1/2026)."
    chosen = reconcile("", "", text, today=TODAY)
    assert chosen.published == date(2026, 1, 26)
    assert "Senin (26/1/2026)" in chosen.note
    assert reconcile("", "", "Tanpa tanggal.", today=TODAY).published is None


@pytest.mark.shared
def test_the_two_seed_pages_are_dated_by_their_text(shared: Path) -> None:
    days = {
        file.name[:3]: reconcile("", "", file.read_text("utf-8"), today=TODAY).published
        for file in (shared / "seeds").glob("*.txt")
    }
    assert days == {"000": date(2026, 1, 26), "004": date(2024, 8, 7)}


@pytest.mark.shared
def test_the_659_swapped_dates_of_the_archive_are_put_right(shared: Path) -> None:
    kinds: Counter[str] = Counter()
    with gzip.open(shared / "news" / "click_id.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            chosen = reconcile(row["date"], row["url"], row["text"])
            assert chosen.published is not None
            if "swapped" in chosen.note:
                assert chosen.published == date_from_url(row["url"])
                kinds[f"{row['source']} swapped"] += 1
            elif "the date is believed" in chosen.note:
                kinds["datelines of another day"] += 1
            elif chosen.note:
                kinds[f"{row['source']} other"] += 1
    assert kinds == {
        "kompas.com swapped": 659,
        "okezone.com other": 464,
        "sindonews.com other": 235,
        "datelines of another day": 111,
    }
