"""Days as people write them: in words, from both sides, the eve of a day, counted from a feast."""

from datetime import date

import pytest

from warta.corpus.dates.phrases import find_range

WEDNESDAY = date(2019, 9, 18)


def _day(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


# Asked on Wednesday, 18 September 2019: phrase, since, until ("-" is open).
PHRASES = """
Apa yang terjadi lima September dua ribu delapan belas? | 2018-09-05 | 2018-09-05
Siapa yang dilantik tujuh belas Agustus dua ribu sembilan belas? | 2019-08-17 | 2019-08-17
rapat tanggal dua puluh satu Agustus membahas apa | 2019-08-21 | 2019-08-21
Berapa kasus pada tahun dua ribu tujuh belas? | 2017-01-01 | 2017-12-31
Gempa dari lima sampai sepuluh September di mana? | 2019-09-05 | 2019-09-10
Apa saja yang terjadi tiga puluh satu Desember dua ribu delapan belas? | 2018-12-31 | 2018-12-31
Banjir satu Januari 2019 di mana? | 2019-01-01 | 2019-01-01
Siapa yang ditangkap setelah 5 September dan sebelum 10 September? | 2019-09-06 | 2019-09-09
Apa yang terjadi sesudah 1 Agustus sebelum 17 Agustus 2019? | 2019-08-02 | 2019-08-16
Berapa kasus sejak 1 Agustus sampai 31 Agustus 2019? | 2019-08-01 | 2019-08-31
Demo mulai 2 September hingga 6 September di mana? | 2019-09-02 | 2019-09-06
Konser malam Minggu di mana? | 2019-09-14 | 2019-09-14
acara malem minggu kemarin di mana | 2019-09-14 | 2019-09-14
Pengajian malam Jumat lalu di mana? | 2019-09-12 | 2019-09-12
Siapa yang tampil malam Sabtu pekan lalu? | 2019-09-13 | 2019-09-13
Bagaimana arus mudik H-1 Lebaran? | 2019-06-04 | 2019-06-04
arus balik H+3 Lebaran 2019 macet di mana | 2019-06-08 | 2019-06-08
Penumpang H-7 Natal 2018 berapa? | 2018-12-18 | 2018-12-18
Harga daging dua hari sebelum Idul Adha 2019? | 2019-08-09 | 2019-08-09
Apa yang terjadi sehari setelah Natal 2018? | 2018-12-26 | 2018-12-26
Hujan dua minggu pertama September di mana? | 2019-09-01 | 2019-09-14
Cuaca tiga hari pertama Agustus 2019? | 2019-08-01 | 2019-08-03
Kasus dua minggu terakhir Agustus 2019 berapa? | 2019-08-18 | 2019-08-31
Penjualan paruh pertama Agustus 2019? | 2019-08-01 | 2019-08-15
Penjualan paruh kedua Agustus 2019? | 2019-08-16 | 2019-08-31
Kabut asap awal hingga pertengahan Agustus 2019? | 2019-08-01 | 2019-08-20
Sejak awal pekan ini siapa yang diperiksa? | 2019-09-16 | 2019-09-18
What happened in the first half of August 2019? | 2019-08-01 | 2019-08-15
Prices in the last two weeks of August 2019? | 2019-08-18 | 2019-08-31
Who arrived one day before Christmas 2018? | 2018-12-24 | 2018-12-24
wingi ana kebakaran ning endi | 2019-09-17 | 2019-09-17
mau bengi sapa sing menang | 2019-09-17 | 2019-09-17
kebakaran minggu kepungkur ning endi | 2019-09-09 | 2019-09-15
gempa semalem di mana | 2019-09-17 | 2019-09-17
tadi malem siapa yang juara | 2019-09-17 | 2019-09-17
barusan gempa di mana | 2019-09-18 | 2019-09-18
kmaren siapa yg ketangkep | 2019-09-17 | 2019-09-17
sesuk demo ning endi | 2019-09-19 | 2019-09-19
bsk pagi rapat apa | 2019-09-19 | 2019-09-19
Siapa yang datang dua malam lalu? | 2019-09-16 | 2019-09-16
Gempa tgl 5/9 sampai 7/9 di mana? | 2019-09-05 | 2019-09-07
Gempa 5-7/9/2019 di mana? | 2019-09-05 | 2019-09-07
Kejadian 1 s.d. 7 Sept 2019? | 2019-09-01 | 2019-09-07
Berapa harga antara 1 dan 5 Sep? | 2019-09-01 | 2019-09-05
Rapat Senin-Rabu pekan ini soal apa? | 2019-09-16 | 2019-09-18
Siapa tamu Jumat sampai Minggu pekan lalu? | 2019-09-13 | 2019-09-15
Demo Selasa, 3 September? | 2019-09-03 | 2019-09-03
Apa keputusan rapat hari Selasa (3/9/2019)? | 2019-09-03 | 2019-09-03
Sepanjang Juli hingga Agustus 2019 berapa kasus? | 2019-07-01 | 2019-08-31
Berapa kasus dari akhir Agustus sampai awal September 2019? | 2019-08-21 | 2019-09-10
Berapa kasus sejak Juli tahun lalu? | 2018-07-01 | 2019-09-18
Ekspor bulan Juli tahun ini berapa? | 2019-07-01 | 2019-07-31
Ekspor semester I 2019 berapa? | 2019-01-01 | 2019-06-30
Inflasi kuartal kedua 2019? | 2019-04-01 | 2019-06-30
Laba Q2 2019 berapa? | 2019-04-01 | 2019-06-30
Apa yang terjadi sebelum Agustus 2019? | - | 2019-07-31
Siapa yang wafat pasca 10 September? | 2019-09-11 | 2019-09-18
Berapa kasus hingga Agustus 2019? | - | 2019-08-31
Apa yang terjadi sampai dengan 5 September? | - | 2019-09-05
Kejadian akhir pekan kemarin? | 2019-09-14 | 2019-09-15
Kejadian weekend kemarin? | 2019-09-14 | 2019-09-15
Tiga bulan terakhir ada berapa kasus? | 2019-06-18 | 2019-09-18
Demo minggu kedua September di mana? | 2019-09-08 | 2019-09-14
Siapa juara tahun kemarin? | 2018-01-01 | 2018-12-31
Who was arrested between 1 and 5 September? | 2019-09-01 | 2019-09-05
Who was arrested since last Friday? | 2019-09-13 | 2019-09-18
What happened on September 5th? | 2019-09-05 | 2019-09-05
"""


@pytest.mark.parametrize("line", PHRASES.strip().splitlines())
def test_a_phrase_names_its_days(line: str) -> None:
    question, since, until = (part.strip() for part in line.split("|"))
    found = find_range(question, WEDNESDAY)
    assert found is not None
    assert (found.since, found.until) == (_day(since), _day(until))
    assert question[found.start : found.end] == found.text


@pytest.mark.parametrize(
    "question",
    [
        "Siapa satu-satunya korban?",
        "Berapa dari lima tersangka yang ditahan?",
        "Apa dua tuntutan mahasiswa?",
        "Tiga puluh orang itu dari mana?",
        "Siapa pemain nomor sebelas?",
        "Mengapa Malam Kudus dinyanyikan?",
    ],
)
def test_numbers_in_words_that_count_things_are_no_days(question: str) -> None:
    assert find_range(question, WEDNESDAY) is None


# Asked seven years after the archive's last day, 26 October 2019.
@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("Kronologi demo mahasiswa 24 September", "2019-09-24", "2019-09-24"),
        ("Apa yang terjadi awal Oktober?", "2019-10-01", "2019-10-10"),
        ("Berita bulan Agustus?", "2019-08-01", "2019-08-31"),
        ("Berita Desember?", "2018-12-01", "2018-12-31"),
        ("Apa yang terjadi tanggal 24?", "2019-10-24", "2019-10-24"),
        ("Harga daging saat Lebaran?", "2019-06-05", "2019-06-06"),
        ("Inflasi kuartal III?", "2019-07-01", "2019-09-30"),
        ("Gempa 24 September 2018 di mana?", "2018-09-24", "2018-09-24"),
        ("Gempa kemarin di mana?", "2026-11-25", "2026-11-25"),
    ],
)
def test_a_missing_year_is_one_that_the_archive_covers(
    question: str, since: str, until: str
) -> None:
    found = find_range(question, date(2026, 11, 26), date(2019, 10, 26))
    assert found is not None
    assert (str(found.since), str(found.until)) == (since, until)
