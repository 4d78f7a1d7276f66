"""Sentences: what ends one, what does not, and that nothing of a text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.corpus.language.sentences import sentences


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Kehadiran Sony Bakhtiar, S.E., S.Pd., M.M., menjadi bagian dari langkah itu.",
        "Naskah itu ditandatangani Sony Bakhtiar, S.E, S.Pd, M.M., Kepala Smamga Jember.",
        "Acara dibuka Prof. Dr. Ir. H. Ahmad Yani, M.Sc., Ph.D. dari Bogor.",
        "Tn Hj Khamaruddin dan Tn. Hj. Salmah hadir.",
        "Anggarannya Rp1,5 miliar dari Rp 2.500.000 yang diajukan.",
        "Rumah di Jl. Sudirman No. 12 RT. 3 itu milik PT. Telkom Tbk. Jakarta.",
        "Laga final digelar di Stadion St. Jakob-Park, Basel.",
        "Menurut dr. Tirta, masker tetap perlu.",
        "Buku J. K. Rowling dan puisi W.S. Rendra dibaca A. Fauzi.",
        "Rapat dimulai pukul 10.30 WIB dan selesai pukul 12.00.",
        "Surat itu a.n. Bupati ditandatangani sekretaris daerah.",
        "Beras, gula, dll. dibagikan kepada warga.",
        "Mr. Smith met Mrs. Jones of Acme Inc. in the U.S. Senate at 10 a.m. on Monday.",
        "Lihat laman www.desa.go.id untuk jadwal lengkap.",
        '"Kami senang," ujar Budi.',
        '"Kapan selesai?" tanya Ani.',
        "“Selesai!” seru mereka.",
        '"Kami senang. Kami akan datang lagi," ujar Budi.',
        'Film " itu ramai dan "Mengapa begitu? Ya, entah," kata Budi.',
        "Pukul 14. 00 WIB polisi datang.",
        "“Ini baru awal. Masih panjang,” kata dia. ",
        "Panjangnya 3.5 kilometer dan beratnya 1,25 ton.",
        "1. Jembatan gantung di Desa Sukamaju",
        "a. Syarat umum",
        "Ia berpikir... lalu pergi.",
        "Bupati (Drs. H. Umar) datang.",
        "Kasus itu diatur Pasal 5 UU No. 5 Tahun 1999.",
        "M. Nasir dan Moh. Hatta lahir di sana.",
    ],
)
def test_one_sentence_stays_one(text):
    assert split(text) == [text.strip()]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hujan turun. Jalan licin.", ["Hujan turun.", "Jalan licin."]),
        ("Sudah selesai? Belum! Lalu kapan?!", ["Sudah selesai?", "Belum!", "Lalu kapan?!"]),
        ('Ia pergi. "Saya lelah," katanya.', ["Ia pergi.", '"Saya lelah," katanya.']),
        (
            'Ia berkata, "Saya lelah." Lalu ia pergi.',
            ['Ia berkata, "Saya lelah."', "Lalu ia pergi."],
        ),
        ("“Saya lelah.” Ia pergi.", ["“Saya lelah.”", "Ia pergi."]),
        ("Selesai pukul 12.00. Warga pulang.", ["Selesai pukul 12.00.", "Warga pulang."]),
        ("Harganya Rp2.500. Kemarin Rp2.000.", ["Harganya Rp2.500.", "Kemarin Rp2.000."]),
        ("Beras, gula, dll. Warga antre.", ["Beras, gula, dll.", "Warga antre."]),
        ("Buah kaya vitamin C. Jeruk murah.", ["Buah kaya vitamin C.", "Jeruk murah."]),
        ("Hadir Budi, S.Pd. Ia guru.", ["Hadir Budi, S.Pd.", "Ia guru."]),
        ("She lives in the U.S. He does not.", ["She lives in the U.S.", "He does not."]),
        ("Entahlah… Mungkin besok.", ["Entahlah…", "Mungkin besok."]),
        (
            "Ia lahir 1990. 20 tahun kemudian ia pergi.",
            ["Ia lahir 1990.", "20 tahun kemudian ia pergi."],
        ),
        ("Baris satu\nbaris dua. Tiga", ["Baris satu", "baris dua.", "Tiga"]),
        ("(Hujan turun.) Jalan licin.", ["(Hujan turun.)", "Jalan licin."]),
        ("Warga setuju. (Antara)", ["Warga setuju.", "(Antara)"]),
    ],
)
def test_several_sentences_are_told_apart(text, parts):
    assert split(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Rapat selesai., Warga pulang.", ["Rapat selesai.", "Warga pulang."]),
        ("Rapat selesai.,Warga pulang.", ["Rapat selesai.", "Warga pulang."]),
        ('Itu benar," katanya., "Saya ikut."', ['Itu benar," katanya.', '"Saya ikut."']),
        ("Rapat selesai.Warga pulang.", ["Rapat selesai.", "Warga pulang."]),
        ('Naik 5 persen."Itu baik," katanya.', ["Naik 5 persen.", '"Itu baik," katanya.']),
        ('Ia berkata, "Naik."Warga senang.', ['Ia berkata, "Naik."', "Warga senang."]),
        ("Naik (6,7 persen).Harga turun.", ["Naik (6,7 persen).", "Harga turun."]),
        (
            "Disampaikan 13 November 2025.Menurut dia baik.",
            ["Disampaikan 13 November 2025.", "Menurut dia baik."],
        ),
        ("Lahan dihuni.BACA JUGA: Rapat.", ["Lahan dihuni.", "BACA JUGA: Rapat."]),
        ("Itu kata dia.KPK lalu datang.", ["Itu kata dia.", "KPK lalu datang."]),
        ("Lihat Kompas.Com dan Drs.Budi.", ["Lihat Kompas.Com dan Drs.Budi."]),
        ("Ia ditemui Grid.ID di rumahnya.", ["Ia ditemui Grid.ID di rumahnya."]),
        ("Pukul 19.WIB data.PDF dari Node.JS.", ["Pukul 19.WIB data.PDF dari Node.JS."]),
    ],
)
def test_paragraphs_that_a_scraper_joined_are_parted(text, parts):
    assert split(text) == parts


def test_a_long_quotation_is_parted_inside():
    text = '"' + "Kami membangun jembatan di desa itu. " * 12 + 'Terima kasih," kata Budi.'
    assert len(sentences(text)) == 13


def test_marks_without_a_word_are_no_sentence_of_their_own():
    assert split('" kata Widi. "') == ['" kata Widi. "']
    assert split("... Lalu pergi.") == ["... Lalu pergi."]
    assert split(" \n\n ") == []
    assert split("") == []
    assert split('"') == ['"']


NEWSLIKE = st.text(alphabet="aBc. .,!?\"“”')(1\n…S-", max_size=120)


@given(st.one_of(st.text(max_size=200), NEWSLIKE))
def test_spans_are_ordered_disjoint_trimmed_and_lose_only_joining_commas(text):
    spans = sentences(text)
    position = 0
    outside = []
    for span in spans:
        assert position <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        assert "\n" not in text[span.start : span.end]
        outside.append(text[position : span.start])
        position = span.end
    outside.append(text[position:])
    assert all(not gap.strip() or gap.strip() == "," for gap in outside)
    assert not outside[-1].strip()
