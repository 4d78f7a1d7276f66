"""Date phrases against fixed days of asking: exact days, and numbers that are no dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.corpus.dates.calendar import HOLIDAYS, holiday
from warta.corpus.dates.periods import Period, month, months_before, third, week
from warta.corpus.dates.phrases import find_range

WEDNESDAY = date(2019, 9, 18)
SUNDAY = date(2026, 2, 15)
NEW_YEAR = date(2020, 1, 2)  # a Thursday


def _day(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


# Asked on Wednesday, 18 September 2019: phrase, since, until ("-" is open).
ON_WEDNESDAY = """
Apa yang terjadi hari ini? | 2019-09-18 | 2019-09-18
Siapa yang menang tadi malam? | 2019-09-17 | 2019-09-17
Gempa semalam berkekuatan berapa? | 2019-09-17 | 2019-09-17
Siapa yang kalah dini hari tadi? | 2019-09-18 | 2019-09-18
Siapa yang diperiksa KPK pagi ini? | 2019-09-18 | 2019-09-18
Harga emas kemarin berapa? | 2019-09-17 | 2019-09-17
IHSG kmrn ditutup di level brp? | 2019-09-17 | 2019-09-17
Rapat kemarin sore membahas apa? | 2019-09-17 | 2019-09-17
Kemarin lusa siapa yang ditangkap? | 2019-09-16 | 2019-09-16
Siapa yang datang dua hari lalu? | 2019-09-16 | 2019-09-16
Siapa yang datang 3 hari yang lalu? | 2019-09-15 | 2019-09-15
Apa yang terjadi sepuluh hari silam? | 2019-09-08 | 2019-09-08
Banjir pekan lalu di mana? | 2019-09-09 | 2019-09-15
Banjir minggu kemarin di mana? | 2019-09-09 | 2019-09-15
Ada demo apa minggu ini? | 2019-09-16 | 2019-09-18
Apa yang terjadi dua pekan lalu? | 2019-09-02 | 2019-09-08
Apa yang terjadi seminggu yang lalu? | 2019-09-09 | 2019-09-15
Inflasi bulan lalu berapa? | 2019-08-01 | 2019-08-31
Inflasi bulan kemarin berapa? | 2019-08-01 | 2019-08-31
Inflasi bulan ini berapa? | 2019-09-01 | 2019-09-18
Ekspor dua bulan lalu berapa? | 2019-07-01 | 2019-07-31
Berapa korban tahun lalu? | 2018-01-01 | 2018-12-31
Berapa korban tahun ini? | 2019-01-01 | 2019-09-18
Siapa juara dua tahun silam? | 2017-01-01 | 2017-12-31
Berapa kasus dalam 3 hari terakhir? | 2019-09-16 | 2019-09-18
Berapa kasus selama dua minggu terakhir? | 2019-09-05 | 2019-09-18
Berapa kasus sepekan terakhir? | 2019-09-12 | 2019-09-18
Berapa kasus dalam sebulan terakhir? | 2019-08-18 | 2019-09-18
Berapa kasus enam bulan terakhir? | 2019-03-18 | 2019-09-18
Berapa kasus setahun terakhir? | 2018-09-18 | 2019-09-18
Apa kabar Papua beberapa hari terakhir? | 2019-09-12 | 2019-09-18
Apa yang terjadi 24 jam terakhir? | 2019-09-17 | 2019-09-18
Siapa dilantik awal Agustus 2019? | 2019-08-01 | 2019-08-10
Siapa dilantik awal bulan Agustus? | 2019-08-01 | 2019-08-10
Siapa dilantik pertengahan Agustus 2019? | 2019-08-11 | 2019-08-20
Siapa dilantik akhir Februari 2019? | 2019-02-21 | 2019-02-28
Harga cabai akhir bulan lalu? | 2019-08-21 | 2019-08-31
Harga cabai awal bulan ini? | 2019-09-01 | 2019-09-10
Harga cabai awal tahun ini? | 2019-01-01 | 2019-04-30
Harga cabai akhir tahun lalu? | 2018-09-01 | 2018-12-31
Harga cabai pertengahan 2018? | 2018-05-01 | 2018-08-31
Rapat awal pekan ini membahas apa? | 2019-09-16 | 2019-09-17
Siapa juara MotoGP akhir pekan lalu? | 2019-09-14 | 2019-09-15
Siapa juara akhir pekan kemarin? | 2019-09-14 | 2019-09-15
Berapa kasus sejak Agustus? | 2019-08-01 | 2019-09-18
Berapa kasus sejak 1 September? | 2019-09-01 | 2019-09-18
Berapa kasus sejak Senin? | 2019-09-16 | 2019-09-18
Berapa kasus sejak pekan lalu? | 2019-09-09 | 2019-09-18
Berapa kasus sejak awal tahun? | 2019-01-01 | 2019-09-18
Berapa kasus mulai Juli 2019 hingga sekarang? | 2019-07-01 | 2019-09-18
Berita sebelum 12 September | - | 2019-09-11
Berita setelah 12 September 2019 | 2019-09-13 | 2019-09-18
Berapa kasus hingga Agustus 2019? | - | 2019-08-31
Berapa kasus sampai 10 September? | - | 2019-09-10
Apa yang terjadi antara 1 dan 5 September? | 2019-09-01 | 2019-09-05
Apa yang terjadi antara Juli dan Agustus? | 2019-07-01 | 2019-08-31
Apa yang terjadi dari Desember 2018 hingga Februari 2019? | 2018-12-01 | 2019-02-28
Apa yang terjadi 30 Agustus–2 September 2019? | 2019-08-30 | 2019-09-02
Acara 10–12 September 2019 di mana? | 2019-09-10 | 2019-09-12
Acara tanggal 10 s.d. 12 September di mana? | 2019-09-10 | 2019-09-12
Acara 10, 11, dan 12 September di mana? | 2019-09-10 | 2019-09-12
Berapa penumpang selama Agustus-September 2018? | 2018-08-01 | 2018-09-30
Berapa hotspot sejak pertengahan Agustus sampai awal September? | 2019-08-11 | 2019-09-10
Acara antara Senin dan Rabu pekan lalu di mana? | 2019-09-09 | 2019-09-11
Berapa kasus antara tahun 2015 dan 2018? | 2015-01-01 | 2018-12-31
Berapa kasus pada Mei 2019 lalu? | 2019-05-01 | 2019-05-31
Siapa yang menang Senin lalu? | 2019-09-16 | 2019-09-16
Siapa yang menang Rabu lalu? | 2019-09-11 | 2019-09-11
Siapa yang menang hari Senin? | 2019-09-16 | 2019-09-16
Siapa yang menang hari Minggu? | 2019-09-15 | 2019-09-15
Siapa yang menang Minggu malam? | 2019-09-15 | 2019-09-15
Siapa yang menang hari Minggu lalu? | 2019-09-15 | 2019-09-15
Siapa yang menang Kamis pekan lalu? | 2019-09-12 | 2019-09-12
Siapa yang menang Jum'at kemarin? | 2019-09-13 | 2019-09-13
Siapa hadir Senin (9/9/2019)? | 2019-09-09 | 2019-09-09
Siapa hadir Selasa (10/9)? | 2019-09-10 | 2019-09-10
Siapa hadir pada 7/8/2019? | 2019-08-07 | 2019-08-07
Siapa hadir tgl 11-09-2019? | 2019-09-11 | 2019-09-11
Gempa 11 September di mana? | 2019-09-11 | 2019-09-11
Gempa 25 Desember di mana? | 2018-12-25 | 2018-12-25
Gempa 28 September tahun lalu di mana? | 2018-09-28 | 2018-09-28
Gempa tanggal 10 di mana? | 2019-09-10 | 2019-09-10
Gempa tanggal 25 di mana? | 2019-08-25 | 2019-08-25
Gempa tanggal 3 bulan lalu di mana? | 2019-08-03 | 2019-08-03
Selasa 10 September 2019 pagi jarak pandang berapa? | 2019-09-10 | 2019-09-10
Kemarin (17/9/2019) siapa yang ditahan? | 2019-09-17 | 2019-09-17
Ekspor September 2018 berapa? | 2018-09-01 | 2018-09-30
Ekspor bulan Juli berapa? | 2019-07-01 | 2019-07-31
Ekspor November berapa? | 2018-11-01 | 2018-11-30
Ekspor Juli lalu berapa? | 2019-07-01 | 2019-07-31
Berita 2018 | 2018-01-01 | 2018-12-31
Apa yang terjadi pada 2018? | 2018-01-01 | 2018-12-31
Apa yang terjadi sepanjang tahun 2018? | 2018-01-01 | 2018-12-31
Berapa kasus sejak 2017? | 2017-01-01 | 2019-09-18
Berapa kasus tahun 2017-2018? | 2017-01-01 | 2018-12-31
Laba kuartal II 2019 berapa? | 2019-04-01 | 2019-06-30
Laba triwulan pertama tahun ini berapa? | 2019-01-01 | 2019-03-31
Laba kuartal lalu berapa? | 2019-04-01 | 2019-06-30
Laba semester pertama berapa? | 2019-01-01 | 2019-06-30
Laba semester II 2018 berapa? | 2018-07-01 | 2018-12-31
Rapat minggu pertama September membahas apa? | 2019-09-01 | 2019-09-07
Rapat pekan kedua Agustus 2019 membahas apa? | 2019-08-08 | 2019-08-14
Rapat minggu terakhir bulan lalu membahas apa? | 2019-08-25 | 2019-08-31
Harga tiket saat Lebaran 2019? | 2019-06-05 | 2019-06-06
Harga tiket saat Lebaran tahun lalu? | 2018-06-15 | 2018-06-16
Harga beras selama Ramadan? | 2019-05-06 | 2019-06-04
Harga sapi saat Idul Adha 2018? | 2018-08-22 | 2018-08-22
Berapa penumpang menjelang Natal 2018? | 2018-12-11 | 2018-12-24
Kecelakaan malam tahun baru 2019 | 2018-12-31 | 2018-12-31
Wisatawan saat Nyepi 2019 berapa? | 2019-03-07 | 2019-03-07
Wisatawan saat Waisak berapa? | 2019-05-19 | 2019-05-19
Siapa tampil pada Imlek 2018? | 2018-02-16 | 2018-02-16
Siapa tampil pada Hari Kemerdekaan? | 2019-08-17 | 2019-08-17
Siapa tampil pada HUT RI ke-73? | 2018-08-17 | 2018-08-17
What happened yesterday? | 2019-09-17 | 2019-09-17
Who won last night? | 2019-09-17 | 2019-09-17
Who won the day before yesterday? | 2019-09-16 | 2019-09-16
Who won last Tuesday? | 2019-09-17 | 2019-09-17
Who won on Sunday? | 2019-09-15 | 2019-09-15
Who won last weekend? | 2019-09-14 | 2019-09-15
Who was arrested last week? | 2019-09-09 | 2019-09-15
Who was arrested this week? | 2019-09-16 | 2019-09-18
Who was arrested two weeks ago? | 2019-09-02 | 2019-09-08
What happened in the week of September 9? | 2019-09-09 | 2019-09-15
What happened on New Year's Eve 2017? | 2017-12-31 | 2017-12-31
Berapa wisman Juli 2019 dibanding Juli 2018? | 2018-07-01 | 2019-07-31
Apa yang terjadi akhir September? | 2018-09-21 | 2018-09-30
What happened in recent days? | 2019-09-12 | 2019-09-18
Siapa tampil saat Idulfitri 1440 H? | 2019-06-05 | 2019-06-06
Siapa tampil pada 1 Muharam 1440 H? | 2018-09-11 | 2018-09-11
What was inflation last month? | 2019-08-01 | 2019-08-31
What was inflation over the past 10 days? | 2019-09-09 | 2019-09-18
What was inflation in the last three months? | 2019-06-18 | 2019-09-18
How many cases since August? | 2019-08-01 | 2019-09-18
How many cases since last Monday? | 2019-09-16 | 2019-09-18
How many cases in the past week? | 2019-09-12 | 2019-09-18
What happened in the first week of September? | 2019-09-01 | 2019-09-07
What happened between 1 and 5 September? | 2019-09-01 | 2019-09-05
What happened between September 1 and September 5? | 2019-09-01 | 2019-09-05
What happened on September 11, 2019? | 2019-09-11 | 2019-09-11
What happened on the 10th of September? | 2019-09-10 | 2019-09-10
What happened in May? | 2019-05-01 | 2019-05-31
What happened in late August? | 2019-08-21 | 2019-08-31
What happened at the beginning of September? | 2019-09-01 | 2019-09-10
What happened before September 10? | - | 2019-09-09
What happened after 12 September? | 2019-09-13 | 2019-09-18
What happened in 2018? | 2018-01-01 | 2018-12-31
Profit in the third quarter of 2018? | 2018-07-01 | 2018-09-30
Profit in the first half of 2019? | 2019-01-01 | 2019-06-30
Profit in Q2? | 2019-04-01 | 2019-06-30
Tickets during Ramadan 2018? | 2018-05-17 | 2018-06-14
What opened on Christmas 2018? | 2018-12-25 | 2018-12-25
"""

AHEAD = """
Siapa yang tampil besok? | 2019-09-19 | 2019-09-19
Siapa yang tampil lusa? | 2019-09-20 | 2019-09-20
Siapa yang tampil Sabtu depan? | 2019-09-21 | 2019-09-21
Jadwal konser pekan depan | 2019-09-23 | 2019-09-29
Apa yang akan digelar 25 Oktober? | 2019-10-25 | 2019-10-25
Jadwal konser bulan depan | 2019-10-01 | 2019-10-31
Siapa yang tampil 5 Oktober mendatang? | 2019-10-05 | 2019-10-05
Who will play next Saturday? | 2019-09-21 | 2019-09-21
"""

ON_SUNDAY = """
Siapa hadir Senin (26/1/2026)? | 2026-01-26 | 2026-01-26
Siapa hadir hari Minggu? | 2026-02-15 | 2026-02-15
Siapa hadir Minggu lalu? | 2026-02-02 | 2026-02-08
Siapa hadir akhir pekan ini? | 2026-02-14 | 2026-02-15
Siapa hadir akhir pekan lalu? | 2026-02-07 | 2026-02-08
Siapa hadir awal Januari? | 2026-01-01 | 2026-01-10
Siapa hadir 31 Desember? | 2025-12-31 | 2025-12-31
Apa yang terjadi antara 20 Desember dan 5 Januari? | 2025-12-20 | 2026-01-05
Apa yang terjadi saat Lebaran? | 2025-03-31 | 2025-04-01
Apa yang terjadi pada 29 Februari? | 2024-02-29 | 2024-02-29
"""

ON_NEW_YEAR = """
Siapa menang kemarin? | 2020-01-01 | 2020-01-01
Siapa menang bulan lalu? | 2019-12-01 | 2019-12-31
Siapa menang pekan lalu? | 2019-12-23 | 2019-12-29
Siapa menang awal pekan ini? | 2019-12-30 | 2019-12-31
Siapa menang saat Natal? | 2019-12-25 | 2019-12-25
Siapa menang kuartal lalu? | 2019-10-01 | 2019-12-31
Berapa kasus sejak Desember? | 2019-12-01 | 2020-01-02
Berapa kasus tiga bulan terakhir? | 2019-10-02 | 2020-01-02
"""

CASES = [
    (today, *(part.strip() for part in line.split("|")))
    for today, block in (
        (WEDNESDAY, ON_WEDNESDAY),
        (WEDNESDAY, AHEAD),
        (SUNDAY, ON_SUNDAY),
        (NEW_YEAR, ON_NEW_YEAR),
    )
    for line in block.strip().splitlines()
]


@pytest.mark.parametrize(("today", "question", "since", "until"), CASES)
def test_a_phrase_names_exactly_these_days(
    today: date, question: str, since: str, until: str
) -> None:
    found = find_range(question, today)
    assert found is not None
    assert (found.since, found.until) == (_day(since), _day(until))
    assert question[found.start : found.end] == found.text


NO_DATES = """
Siapa juara Liga 1 2019?
Siapa pemenang Pilpres 2019?
Berapa formasi CPNS 2019?
Apa isi Pasal 12?
Apa isi Pasal 7 ayat 2 UU Nomor 17 Tahun 2019?
Apa isi UU 12 tahun 2011?
Apa isi Perpres No. 5/2019?
Apa isi Peraturan Pemerintah Nomor 78 Tahun 2015?
Siapa pendiri Persib 1933?
Siapa rektor Universitas 17 Agustus 1945?
Siapa rektor Universitas Sebelas Maret?
Berapa lama MoU itu berlaku, lima tahun?
Siapa bocah umur 12 tahun yang hilang?
Siapa yang dihukum 20 tahun penjara?
Berapa biaya kuliah tahun ajaran 2019/2020?
Berapa anggaran APBN tahun 2020?
Nadal punya berapa gelar setelah US Open 2019?
Siapa artis yang lahir 3 Mei 1990?
Kapan April Jasmine menikah?
May the minister resign?
Siapa yang march bersama buruh?
Apakah ganjil genap berlaku setiap Senin?
Berapa harga iPhone 11?
Siapa pemeran Dilan 1990?
Berapa tiket mudik Lebaran?
Kapan Idul Fitri dirayakan?
Siapa yang mencetak skor 2-1?
Mulai pukul 19.30 siapa yang tampil?
Berapa kali sehari semalam?
Siapa tokoh Jumat Agung?
"""


@pytest.mark.parametrize("question", NO_DATES.strip().splitlines())
def test_numbers_in_names_ages_and_durations_are_no_dates(question: str) -> None:
    assert find_range(question, WEDNESDAY) is None


def test_the_phrase_is_matched_with_its_preposition() -> None:
    question = "Berapa kasus sejak awal Agustus 2019 di Riau?"
    found = find_range(question, WEDNESDAY)
    assert found is not None
    assert found.text == "sejak awal Agustus 2019"


def test_what_happened_on_a_day_may_be_reported_two_days_later() -> None:
    found = find_range("Gempa 11 September di mana?", WEDNESDAY)
    assert found is not None
    assert (found.kind, found.first, found.last) == (
        "mentioned",
        date(2019, 9, 11),
        date(2019, 9, 13),
    )


def test_news_of_a_day_is_that_days_news() -> None:
    found = find_range("Berita apa saja tentang gempa pada 11 September?", WEDNESDAY)
    assert found is not None
    assert (found.kind, found.first, found.last) == (
        "published",
        date(2019, 9, 11),
        date(2019, 9, 11),
    )


def test_no_window_passes_the_day_of_asking() -> None:
    found = find_range("Harga emas kemarin?", WEDNESDAY)
    assert found is not None
    assert found.last == WEDNESDAY


def test_a_time_to_come_excludes_nothing_published() -> None:
    found = find_range("Jadwal konser bulan depan", WEDNESDAY)
    assert found is not None
    assert (found.first, found.last) == (None, None)


@given(st.text(max_size=120), st.dates(date(1995, 1, 1), date(2040, 12, 31)))
def test_any_text_is_read_without_failing(text: str, today: date) -> None:
    found = find_range(text, today)
    if found is not None:
        assert text[found.start : found.end] == found.text
        assert found.since is None or found.until is None or found.since <= found.until


def test_every_holiday_has_its_days_in_every_year_of_the_table() -> None:
    for name in HOLIDAYS:
        for year in range(2015, 2031):
            for period in holiday(name, year):
                assert period.since.year == year
        assert sum(len(holiday(name, year)) for year in range(2015, 2031)) >= 16


def test_ramadan_ends_the_day_before_idul_fitri() -> None:
    for year in range(2015, 2030):
        ramadan, fitri = holiday("ramadan", year)[0], holiday("idul fitri", year)[0]
        assert ramadan.until + timedelta(1) == fitri.since
        assert 28 <= (ramadan.until - ramadan.since).days <= 29


def test_periods_are_counted_as_people_do() -> None:
    assert week(WEDNESDAY) == Period(date(2019, 9, 16), date(2019, 9, 22))
    assert month(2019, 14) == Period(date(2020, 2, 1), date(2020, 2, 29))
    assert months_before(date(2019, 3, 31), 1) == date(2019, 2, 28)
    assert third(month(2019, 2), 2) == Period(date(2019, 2, 21), date(2019, 2, 28))
