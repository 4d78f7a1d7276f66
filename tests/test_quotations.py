"""Who says what: named in the sentence, taken from the one before, or nobody."""

import pytest

from warta.corpus.language.quotations import person_of, quotations


def said(text: str) -> list[tuple[str, str, bool]]:
    return [(text[q.start : q.end].strip('"“”'), q.speaker, q.named) for q in quotations(text)]


def who(text: str) -> list[str]:
    return [speaker for _, speaker, _ in said(text)]


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ('"Jembatan ini selesai tahun depan," kata Ratna Dewanti di lokasi.', "Ratna Dewanti"),
        (
            '"Jembatan ini selesai tahun depan," kata Kepala Dinas PU Ratna Dewanti.',
            "Ratna Dewanti",
        ),
        ('"Kami latihan lebih keras," ujar pelatih Laguna FC, Tirta Buana.', "Tirta Buana"),
        ('"Kami latihan lebih keras," ujar Tirta Buana, pelatih Laguna FC.', "Tirta Buana"),
        ('Ratna Dewanti mengatakan, "Jembatan ini selesai tahun depan."', "Ratna Dewanti"),
        ('Menurut Ratna Dewanti, "jembatan ini selesai tahun depan."', "Ratna Dewanti"),
        ('"We will finish the bridge," said Ratna Dewanti on Monday.', "Ratna Dewanti"),
    ],
)
def test_a_speaker_is_read_where_the_sentence_names_one(sentence, speaker):
    assert [(name, named) for _, name, named in said(sentence)] == [(speaker, True)]


def test_a_part_of_a_name_and_a_pronoun_stand_for_the_whole_name():
    text = (
        "Wali Kota Ratna Dewanti meninjau jembatan.\n"
        '"Tiangnya sudah kami periksa semua," kata Ratna. "Aman untuk dilewati warga," ujarnya.\n'
        'Ia menunjuk sungai. "Airnya mulai surut sejak pagi," kata dia.'
    )
    assert who(text) == ["Ratna Dewanti"] * 3
    assert [named for *_, named in said(text)] == [True, False, False]


def test_the_one_who_spoke_last_has_the_word_until_another_is_named():
    text = (
        '"Harga ikan turun karena panen," kata Tirta Buana.\n'
        "Sekar Ayu mengatakan pedagang justru merugi.\n"
        '"Kami menjual di bawah modal," ujarnya.'
    )
    assert who(text) == ["Tirta Buana", "Sekar Ayu"]


@pytest.mark.parametrize(
    "text",
    [
        '"Lagunya enak sekali didengar," tulis netizen.',
        '"Kami menunggu sejak subuh," kata seorang warga.',
        "Beruntung hujan reda. " + '"Kami menunggu sejak subuh sekali," katanya.',
        'Kota Laguna ramai. "Kami menunggu sejak subuh sekali."',
        "Pantai Wanareja dibuka lagi.\n\n\n\n" + '"Kami menunggu sejak subuh sekali," ujarnya.',
    ],
)
def test_where_nobody_is_named_nobody_is_taken_for_the_speaker(text):
    assert who(text) == [""]


def test_titles_and_single_words_in_marks_are_no_quotations():
    assert said('Film "Senja di Laguna" dan kata "aman" ramai dibicarakan.') == []
    assert said('Ia menyebut proyek itu "jalan yang tidak selesai" dalam laporannya.') == []


def test_a_quotation_that_goes_on_is_of_the_one_named_behind_its_last_part():
    text = '"Air naik sangat cepat." "Kami lari ke bukit," kata Sekar Ayu.'
    assert who(text) == ["", "Sekar Ayu"] or who(text) == ["Sekar Ayu"] * 2


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Kepala Dinas Kesehatan Ratna Dewanti", "Ratna Dewanti"),
        ("DKI Jakarta Tirta Buana", "Tirta Buana"),
        ("BJ Wirawan", "BJ Wirawan"),
        ("Wakil Ketua KPK", ""),
        ("Sri Wahyuni", "Sri Wahyuni"),
    ],
)
def test_offices_and_bodies_before_a_name_are_left_out(name, person):
    assert person_of(name) == person


def test_offsets_give_the_words_with_their_marks():
    text = 'Pagi itu, "air naik sangat cepat," kata Sekar Ayu.'
    (one,) = quotations(text)
    assert text[one.start : one.end] == '"air naik sangat cepat,"'


@pytest.mark.parametrize(
    ("glued", "person"),
    [
        ("Bupati Garut Rudi Gunarsa", "Rudi Gunarsa"),
        ("Kepala BPBD Lembah Tatang Rudiana", "Tatang Rudiana"),
        ("Ketua DPRD Muhammad Tatang Rudiana", "Muhammad Tatang Rudiana"),
        ("Kepala Riset Niaga Future Arman Candra", "Arman Candra"),
        ("Kapolres Metro Jakarta Utara Kombes Budi Harsana Rabu", "Budi Harsana"),
        ("Direktur Kebijakan Eksternal SuratKita Clara Dewi", "Clara Dewi"),
        ("Andra McMenara", "Andra McMenara"),
    ],
)
def test_a_name_is_freed_of_the_bodies_places_and_days_around_it(glued, person):
    assert person_of(glued) == person


def test_a_relative_is_not_the_one_whose_relative_speaks():
    said_by = '"Kami sekeluarga ikut berduka cita," ujar {} di rumahnya.'
    assert who(said_by.format("istri Tirta Buana")) == [""]
    assert who(said_by.format("istri Tirta Buana, Sekar Ayu")) == ["Sekar Ayu"]


def test_a_word_that_began_a_sentence_has_not_the_word():
    text = (
        "Langkah itu diambil kemarin. Warga meminta langkah lain menurut mereka.\n"
        '"Publik perlu tahu bahwa izin itu dicabut," katanya.'
    )
    assert who(text) == [""]


def test_a_place_of_the_text_is_no_part_of_a_name():
    text = (
        'Banjir di Lembah Sari surut. "Kerugian masih kami hitung," kata Bupati Lembah Tatang '
        "Rudiana."
    )
    assert who(text) == ["Tatang Rudiana"]


def test_a_name_between_commas_is_who_speaks():
    text = (
        "Kepala Dinas Pasar Lembah, Yuda Prasasti, S.E., M.M., mengatakan lima ton datang.\n"
        '"Besok harga turun lagi," ujarnya.\n'
        "Rohimah, pemilik warung nasi, mengaku mengurangi sambal. "
        '"Pembeli masih saja mengeluh," katanya.'
    )
    assert who(text) == ["Yuda Prasasti", "Rohimah"]


def test_a_word_that_the_text_has_in_small_letters_is_no_part_of_a_name():
    office = "Menteri Riset dan Angkasa Bagas Wirawan mengatakan warga boleh melihat angkasa."
    (found,) = quotations(f'{office}\n"Kami ingin anak-anak melihatnya," katanya.')
    assert found.speaker == "Bagas Wirawan"
    named = "Putri Ratna Dewanti datang bersama putri bungsunya. Putri mengaku senang."
    (found,) = quotations(f'{named}\n"Kami ingin anak-anak melihatnya," kata Putri.')
    assert found.speaker == "Putri Ratna Dewanti"


def test_a_scripture_and_an_office_alone_are_nobodys_name():
    (found,) = quotations('Dalam Al-Qur\'an Allah menegaskan hal itu. "Sesudah sulit ada mudah."')
    assert found.speaker == ""
    (found,) = quotations('"Kami menjaga keamanan lapas," kata Kalapas Sukamaju, Ranu Jaya.')
    assert found.speaker == "Ranu Jaya"


def test_a_student_who_asks_is_not_the_one_who_was_named():
    text = 'Ranu Jaya mengatakan rapat ditunda.\n"Bisakah Bapak menelepon dia," kata {} tersebut.'
    assert who(text.format("mahasiswa")) == [""]
    assert who(text.format("politikus")) == ["Ranu Jaya"]
