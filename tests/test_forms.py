"""Normal forms: what counts as the same number, amount or date."""

import pytest

from warta.corpus.language.numbers import canonical, contains, facts


def values(text):
    return [(fact.value, fact.unit) for fact in facts(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lima tahun", [("5", "tahun")]),
        ("5 tahun", [("5", "tahun")]),
        ("five years", [("5", "tahun")]),
        ("dua puluh satu orang", [("21", "orang")]),
        ("seratus dua puluh lima ribu", [("125000", "")]),
        ("seribu hektare", [("1000", "hektare")]),
        ("1.000 hektar", [("1000", "hektare")]),
        ("Rp 21,05 triliun", [("21050000000000", "rupiah")]),
        ("Rp21,05 triliun", [("21050000000000", "rupiah")]),
        ("21,05 triliun rupiah", [("21050000000000", "rupiah")]),
        ("65 ribu yuan", [("65000", "yuan")]),
        ("65.000 yuan", [("65000", "yuan")]),
        ("US$ 15 juta", [("15000000", "dolar")]),
        ("sekitar 2,5 persen", [("2.5", "persen")]),
        ("2.5%", [("2.5", "persen")]),
        ("nineteen people", [("19", "orang")]),
        ("twenty five goals", [("25", "gol")]),
        ("lima belas menit", [("15", "menit")]),
        ("dua tiga hari", [("2", ""), ("3", "hari")]),
        ("setahun", [("1", "tahun")]),
        ("pekan ketiga", [("3", "")]),
        ("1.200 cc dan 1,200 cc", [("1200", ""), ("1200", "")]),
        ("salah satu warga", []),
        ("beberapa juta", []),
    ],
)
def test_numbers_have_one_value(text, expected):
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7/8/2024", ["2024-08-07"]),
        ("7 Agustus 2024", ["2024-08-07"]),
        ("August 7, 2024", ["2024-08-07"]),
        ("7 August 2024", ["2024-08-07"]),
        ("Senin (26/1/2026)", ["2026-01-26"]),
        ("Rabu (11/9)", ["--09-11"]),
        ("2024-08-07", ["2024-08-07"]),
        ("bulan April 2019 lalu", ["2019-04"]),
        ("10–20 September 2019", ["2019-09-10", "2019-09-20"]),
        ("2 November", ["--11-02"]),
    ],
)
def test_dates_have_one_value(text, expected):
    assert [fact.value for fact in facts(text) if fact.kind == "date"] == expected


def test_a_fact_points_at_its_place_in_the_text():
    text = "MoU ini berlaku selama lima tahun sejak 7/8/2024."
    assert [text[fact.start : fact.end] for fact in facts(text)] == ["lima tahun", "7/8/2024"]


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("MoU ini berlaku selama lima tahun sejak tanggal itu.", "5 tahun"),
        ("MoU ini berlaku selama lima tahun sejak tanggal itu.", "five years"),
        ("di Ambon pada 7/8/2024 bertujuan", "7 August 2024"),
        ("anggaran Rp21,05 triliun", "Rp 21,05 triliun"),
        ("anggaran Rp 21,05 triliun", "21,05 triliun"),
        ("SMA Muhammadiyah 3 (Smamga) Jember menandatangani", "sma muhammadiyah 3 smamga jember"),
        ("menang 4-0 atas tamunya", "4-0"),
        ("Kongres digelar 2 November 2019 di Jakarta", "2 November"),
        ("Dua gol Sancho", "two goals"),
    ],
)
def test_an_accepted_answer_is_found_in_any_normal_form(text, accepted):
    assert contains(text, accepted)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("gempa berkekuatan 5,7", "5"),
        ("ada 15 orang", "5 orang"),
        ("7 September 2024", "7 Agustus 2024"),
        ("lima bulan", "5 tahun"),
        ("Ambonia", "Ambon"),
        ("apa saja", ""),
    ],
)
def test_what_is_not_there_is_not_found(text, accepted):
    assert not contains(text, accepted)


def test_words_around_numbers_stay_in_canonical_form():
    assert canonical("Harga naik Rp2.000 per gram") == [
        "harga",
        "naik",
        "2000",
        "rupiah",
        "per",
        "gram",
    ]


def test_a_raised_digit_is_no_number():
    assert values("luas 5 km² menurut catatan ²³") == [("5", "")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Sisa 0.500.000 rupiah.", "500000"),
        ("Kode 000.000.000 tercetak.", "0"),
        ("Angka 012,345.5 di tabel.", "12345.5"),
        ("Angka 0.012.345,75 di tabel.", "12345.75"),
    ],
)
def test_a_number_with_zeros_before_it_is_read_and_breaks_nothing(text: str, value: str) -> None:
    assert [fact.value for fact in facts(text) if fact.kind == "number"] == [value]
