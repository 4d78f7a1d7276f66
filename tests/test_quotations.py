"""Who says what: named in the sentence, taken from the one before, or nobody."""

import pytest

from warta.corpus.language.quotations import person_of, quotations
from warta.corpus.language.small_letters import share_small
from warta.index.training.counting import small_shares


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
        ('“Jembatan ini selesai tahun depan," kata Ratna Dewanti.', "Ratna Dewanti"),
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


def test_a_share_tells_words_from_names_and_leaves_out_words_that_people_bear():
    assert share_small("Diakui") > 0.97
    assert 0.5 <= share_small("mitigasi") < 0.9
    assert [share_small(word) for word in ("Ratna", "hari", "Cinta", "laguna")] == [0.0] * 4


def test_words_are_counted_inside_sentences_only():
    texts = [
        "Kota itu sepi. Di Kota Laguna dan kota lain, kota lagi, Surya.",
        "Cahaya cahaya.",
    ] * 20
    assert small_shares(texts, []) == "66 kota\n100 cahaya dan itu lagi lain sepi\n"
    assert small_shares(texts, ["Cahaya Ratna"] * 5) == "66 kota\n100 dan itu lagi lain sepi\n"
    spoken = "Semua cahaya padam, kata Cahaya."
    assert "cahaya" not in small_shares([spoken] * 20, [])


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ('Diakui Ratna, ia lelah. "Kami sudah bekerja sejak pagi," kata Ratna.', "Ratna"),
        ('"Kami sudah bekerja sejak pagi," kata Promotor Tirta Buana.', "Tirta Buana"),
        ('Gigih Tirta datang. "Kami bekerja sejak pagi," kata Gigih.', "Gigih Tirta"),
        ('Karenanya ia pergi. "Kami sudah bekerja sejak pagi sekali."', ""),
        (
            '"Gempa ini dalam sekali," kata Kepala Bidang Mitigasi Gempabumi dan Tsunami BMKG, '
            "kepada wartawan. Alat gempabumi dipasang.",
            "",
        ),
        (
            'Ratna Ungkap Rencana Jembatan Baru\n"Kami sudah bekerja sejak pagi," kata Ratna.',
            "Ratna",
        ),
        ('"Kami sudah bekerja sejak pagi," kata Ratna Dewantimenyebut lagi.', "Ratna Dewanti"),
    ],
)
def test_words_that_are_written_small_elsewhere_are_no_part_of_a_name(text, speaker):
    assert who(text) == [speaker]


@pytest.mark.parametrize(
    ("said_by", "speaker"),
    [
        ("Ketua Ormas Cabang Sukamaju, Lembah, Ratna Dewanti, Senin", "Ratna Dewanti"),
        ("Kepala Dinas Pasar, Kepemudaan, dan Olahraga (Dispa) Kota Lembah, Ratna Dewanti", None),
        ("Direktur Pusat Riset Laguna (PRL) IMD, Ratna Dewanti, dalam rapat", "Ratna Dewanti"),
        ("Kapuspenkum Kejagung, Ratna Dewanti di Lembah", "Ratna Dewanti"),
        ("Kepala Unit Pelabuhan Muara pada DKP Jawa Barat Ratna Dewanti di Lembah", None),
        ("Ratna mengutip pernyataan Tirta", "Ratna"),
        ("Wali Kota Lembah, Tirta Buana, Sp.PD", "Tirta Buana"),
        ("Presiden AS Tirta Buana", "Tirta Buana"),
        ("Gubernur Jawa Tengah Tirta Buana", "Tirta Buana"),
    ],
)
def test_who_is_named_behind_an_office_and_what_belongs_to_it(said_by, speaker):
    expected = "Ratna Dewanti" if speaker is None else speaker
    assert who(f'"Kami sudah bekerja sejak pagi," kata {said_by}.') == [expected]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        # Who is only spoken of, who plays for, whose child: the one who had the word goes on.
        ("Eks pemain Real Laguna itu menegaskan hal yang sama.", "Ranu Jaya"),
        ("Putri Ketua Ratna Dewanti itu menegaskan hal yang sama.", "Ranu Jaya"),
        ("Gubernur Ratna Dewanti ini menegaskan hal yang sama.", "Ratna Dewanti"),
        ("Spanduk dipasang di Kecamatan Sukamaju dan menyebut aturan itu.", "Ranu Jaya"),
        ("Dinas Pasar (Dispas) rapat. Dispas memastikan harga turun.", "Ranu Jaya"),
        ("Aplan, kata Sekar, setuju harga turun.", "Sekar"),
        ("Hal itu dikonfirmasi Kepala Dinas Pasar, Sekar Ayu.", "Sekar Ayu"),
        ("Sekar Ayu berpendapat harga turun.", "Sekar Ayu"),
    ],
)
def test_who_has_the_word_after_a_sentence_between_two_quotations(text, speaker):
    first, last = '"Harga ikan naik sejak kemarin," kata Ranu Jaya.', '"Harga turun lagi nanti,"'
    assert who(f"{first} {text} {last} ujarnya.") == ["Ranu Jaya", speaker]


def test_an_office_alone_stands_for_who_bears_it_in_the_text():
    said = 'KSAL Laksamana Ranu Jaya hadir. "Kapal baru datang bulan depan," ujar {}.'
    assert who(said.format("KSAL")) == ["Ranu Jaya"]
    office = (
        '"Kapal baru datang bulan depan," ujar Ranu Jaya. "Kita siapkan dulu dermaganya," kata {}.'
    )
    assert who(office.format("Sekretaris Komisi E DPRD itu")) == ["Ranu Jaya"] * 2


def test_a_body_before_a_name_is_left_out_where_the_text_goes_on_with_the_name():
    text = (
        "Hipma rapat kemarin. Ketua Umum Hipma Tirta Buana Sakti membuka rapat Hipma. "
        '"Kami tidak meminta apa-apa," kata Tirta.'
    )
    assert who(text) == ["Tirta Buana Sakti"]


def test_the_form_of_a_name_that_stands_most_often_is_taken():
    text = (
        "Ratna Dewanti datang. Ratna Dewanti duduk. Ratna Dewantii pulang. "
        '"Kami sudah bekerja sejak pagi," kata Ratna.'
    )
    assert who(text) == ["Ratna Dewanti"]


def test_what_stands_in_marks_within_a_quotation_belongs_to_it():
    text = '“Mereka bilang kepada saya "jangan pergi," tapi saya tetap pergi,” kata Ratna Dewanti.'
    assert who(text) == ["Ratna Dewanti"]
