from warta.corpus.language.numbers import holds_a_count

PUPILS = "Berapa siswa yang berangkat?"


def test_numbers_of_names_dates_and_times_are_no_counts():
    assert not holds_a_count(PUPILS, ["Murid SMA Negeri 3 menandatangani nota, Senin (26/1/2026)."])
    assert not holds_a_count(PUPILS, ["Acara di Lantai 9 berlaku lima tahun."])


def test_a_free_number_is_a_count():
    assert holds_a_count(PUPILS, ["Tidak ada angka di sini.", "Ada 12 siswa yang berangkat."])
    assert holds_a_count("Keppres nomor berapa?", ["Keppres Nomor 17 mengatur batas usia."])


def test_a_time_is_a_count_where_it_is_asked_for():
    assert holds_a_count("Berlaku berapa tahun?", ["Nota itu berlaku lima tahun."])
