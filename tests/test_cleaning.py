"""Cleaning is measured on real bodies in invented pages, and shown what it must not eat."""

import gzip
import json
import random
import re
import textwrap
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.corpus.cleaning.lines import rejoin
from warta.corpus.cleaning.zones import clean
from warta.corpus.language.characters import normalise

HERE = Path(__file__).parent
SITES = ("Kabar Nusantara", "Suara Daerah", "Warta Kita", "Harian Pagi", "Media Timur")
NAMES = ("Budi Santoso", "Siti Rahma", "A. Fauzi", "Dewi Lestari N", "Yohanes K")
TAGS = ("jembatan", "pilkada", "sepak bola", "banjir", "film indonesia")
CAPTIONS = (
    "Suasana di lokasi kejadian",
    "Ilustrasi kegiatan warga",
    "Pertemuan pejabat daerah di Jakarta",
    "Petugas memeriksa kendaraan di jalan tol",
    "Salah satu pemain saat berlatih",
)


@dataclass
class Page:
    text: str
    title: str
    body: str
    furniture: list[str]


@dataclass
class Measured:
    lost: float
    surviving: float
    headlines: float
    leads: float
    """Of the bodies' first sentences, to eighty characters, how many are kept."""


def sections(path: Path) -> dict[str, list[str]]:
    """Lines of a furniture list by the section heading above them."""
    found: dict[str, list[str]] = defaultdict(list)
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"\[\w+\]", line):
            name = line[1:-1]
        elif line and not line.startswith("# "):
            found[name].append(line)
    return found


def wrap(title: str, body: str, others: list[str], lines: dict, rng: random.Random) -> Page:
    """A page as scrapers save it: the body between its site's furniture, headline above it."""
    fill = {
        "site": rng.choice(SITES), "date": "12 September 2019", "author": rng.choice(NAMES),
        "headline": title, "tag": rng.choice(TAGS), "n": rng.randint(2, 4000),
    }  # fmt: skip

    def pick(section: str, count: int) -> list[str]:
        chosen = rng.sample(lines[section], min(count, len(lines[section])))
        return [line.format(other=rng.choice(others), **fill) for line in chosen]

    caption = [rng.choice(CAPTIONS)] * 2 if rng.random() < 0.7 else []
    top = [
        line.format(other=rng.choice(others), **fill)
        for line in lines["top"]
        if rng.random() < 0.35
    ]
    above = pick("byline", rng.randint(1, 4)) + caption
    below = pick("tail", rng.randint(2, 5)) + pick("related", 1)
    below += rng.sample(others, rng.randint(2, 5))
    below += pick("comments", rng.randint(2, 6)) + pick("bottom", rng.randint(3, 8))
    middle, between = [], []
    paragraphs = body.split("\n")
    for at, paragraph in enumerate(paragraphs):
        middle.append(paragraph)
        if at < len(paragraphs) - 1 and rng.random() < 0.3:
            between.append(pick("inline", 1)[0])
            middle.append(between[-1])
    page = [*top, title, *above, *middle, *below]
    text = rng.choice(["\n", "\n\n"]).join(page)
    return Page(text, title, body, [*top, *above, *between, *below])


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[dict]:
    """All real articles."""
    with gzip.open(shared / "news" / "click_id.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def pages(rows: list[dict], list_name: str, count: int = 300) -> list[Page]:
    rng = random.Random(7)
    others = [row["title"] for row in rows]
    lines = sections(HERE / list_name)
    chosen = rng.sample(rows, count)
    return [wrap(row["title"], row["text"], others, lines, rng) for row in chosen]


def packed(text: str) -> str:
    return "".join(text.split())


def measure(wrapped: list[Page]) -> Measured:
    lost = total = surviving = furniture = headlines = leads = 0
    for page in wrapped:
        cleaned = clean(page.text)
        inside = packed(cleaned.text)
        for piece in map(packed, re.split(r"(?<=[.!?,:\n])", page.body)):
            total += len(piece)
            lost += len(piece) * (piece not in inside)
        lines = set(cleaned.text.split("\n"))
        furniture += len(page.furniture)
        for line in page.furniture:
            is_inside = len(line) > 15 and line in cleaned.text and line not in page.body
            surviving += line in lines or is_inside
        headlines += packed(cleaned.title).casefold() == packed(page.title).casefold()
        lead = re.split(r"(?<=[.!?])\s", page.body.strip())[0].split("\n")[0]
        leads += packed(lead)[:80] in inside
    return Measured(
        lost / total, surviving / furniture, headlines / len(wrapped), leads / len(wrapped)
    )


@pytest.mark.shared
def test_texts_that_are_clean_already_keep_all_but_a_thousandth(rows):
    some = rows[::7]
    before = sum(len(packed(row["text"])) for row in some)
    after = sum(len(packed(clean(row["text"], row["title"]).text)) for row in some)
    assert before - after <= 0.001 * before


@pytest.mark.shared
def test_the_scraped_page_without_a_headline_loses_its_comment_form(shared):
    page = (shared / "seeds" / "000_70d6d7802b52d8df.txt").read_text(encoding="utf-8")
    cleaned = clean(page)
    assert cleaned.title == ""
    assert cleaned.removed == ("0 Tanggapan", "Empty Comments")
    assert len(cleaned.text.split("\n")) == 8


@pytest.mark.shared
def test_the_scraped_page_with_a_site_title_gives_headline_and_body(shared):
    page = (shared / "seeds" / "004_761667ffaa191fe4.txt").read_text(encoding="utf-8")
    lines = [line for line in page.split("\n") if line.strip()]
    cleaned = clean(page)
    assert cleaned.title == lines[1]
    assert cleaned.removed == (lines[0], lines[8 - 1], lines[8], *lines[-3:])
    kept = [line for line in cleaned.text.split("\n") if line]
    assert kept == [*lines[2:7], *lines[9:-3]]


def test_invisible_characters_go_and_visible_ones_stay():
    text = "Ju\u200bmlah\u00a0air 5\u00a0m² ½ te\u00adtap\ufeff\u202e ①\x00\ud800 kafe\u0301"
    assert normalise(text) == "Jumlah air 5 m² ½ tetap ① kafé"


def test_joiners_stay_where_a_script_needs_them():
    assert normalise("می\u200cخواهم") == "می\u200cخواهم"
    assert normalise("ko\u200dta") == "kota"


def test_windows_quotes_and_line_ends_are_read_as_meant():
    assert normalise("\x93Ya,\x94 katanya.\r\nLalu\u2028pergi") == "“Ya,” katanya.\nLalu\npergi"


PARAGRAPH = (
    "Pemerintah kabupaten membangun jembatan gantung di tiga desa agar anak sekolah tidak lagi "
    "menyeberangi sungai dengan rakit, kata kepala dinas pekerjaan umum pada Senin pagi."
)
OTHER = (
    "Warga menyambut baik rencana pembangunan itu karena selama ini jembatan lama sudah lapuk dan "
    "beberapa kali diperbaiki secara gotong royong oleh warga desa setempat."
)


@pytest.mark.parametrize(
    "line",
    [
        '"Kami senang," ujarnya.',
        "Tiga Desa Pertama",
        "- Desa Sukamaju, 40 meter",
        "1. Jembatan gantung",
        "Mengapa baru sekarang?",
        "T: Kapan selesai?",
        "Ya.",
        '"Tinggalkan komentar itu," kata dia.',
        "Kesehatan",
        "Ia membagikan tautan berita itu di Facebook dan Twitter.",
        "Tidak ada komentar langsung dari kementerian mengenai hal tersebut.",
        "Komisi menilai situs web itu menggunakan cookie tanpa persetujuan warga.",
        "Hak cipta lagu daerah menjadi pokok bahasan rapat kerja tersebut.",
    ],
)
def test_short_lines_of_a_body_stay_between_and_after_paragraphs(line):
    assert clean(f"{PARAGRAPH}\n{line}\n{OTHER}", "Judul").text == f"{PARAGRAPH}\n{line}\n{OTHER}"
    page = f"Home | News\n{PARAGRAPH}\n{line}\n{OTHER}\nTinggalkan Komentar\nScroll to Top"
    assert clean(page, "Judul").text == f"{PARAGRAPH}\n{line}\n{OTHER}"


def test_pointers_and_their_lists_go_and_the_next_paragraph_stays():
    page = (
        f"{PARAGRAPH}\nBaca juga: Bupati Tinjau Sungai\n{OTHER}\nBerita Terkait\n"
        f"Harga Beras Naik Lagi\nPanen Raya di Lembah\n{PARAGRAPH[:-1]} dan Selasa."
    )
    cleaned = clean(page, "Jembatan Baru")
    assert cleaned.text == f"{PARAGRAPH}\n{OTHER}\n{PARAGRAPH[:-1]} dan Selasa."
    assert cleaned.removed == (
        "Baca juga: Bupati Tinjau Sungai", "Berita Terkait", "Harga Beras Naik Lagi",
        "Panen Raya di Lembah",
    )  # fmt: skip


def test_a_pointer_without_its_link_is_cut_out_of_the_sentence():
    cleaned = clean(f"Baca Juga :, {PARAGRAPH}", "Judul")
    assert cleaned.text == PARAGRAPH
    assert cleaned.removed == ("Baca Juga :,",)


def test_a_caption_that_stands_twice_goes_and_a_paragraph_that_does_stays_once():
    caption = "Anak sekolah menyeberang dengan rakit"
    page = f"{PARAGRAPH}\n{caption}\n{caption}\n{OTHER}\n{OTHER}"
    assert clean(page, "Judul").text == f"{PARAGRAPH}\n{OTHER}"


def test_a_sentence_broken_at_its_links_is_put_together_again():
    broken = (
        "Dua pemain\nTimnas Indonesia\nsudah bisa bermain saat melawan\nTimnas Jepang\n, kata\n"
        "pelatih\n."
    )
    whole = (
        "Dua pemain Timnas Indonesia sudah bisa bermain saat melawan Timnas Jepang, kata pelatih."
    )
    assert clean(f"{broken}\n{PARAGRAPH}", "Judul").text == f"{whole}\n{PARAGRAPH}"


@pytest.mark.parametrize(
    "lines",
    [
        "Bahan:\n200 gram ayam\ngaram secukupnya\ndaun salam",
        "Tiga Desa Pertama Mendapat Jembatan\nbaru-baru ini warga berkumpul di balai desa.",
        "Hujan turun.\ntetapi warga tetap datang.",
        "- telur ayam kampung\ndirebus sampai matang.",
    ],
)
def test_lines_that_stand_for_themselves_are_not_joined(lines):
    assert rejoin(lines.split("\n")) == lines.split("\n")


def test_the_site_name_is_cut_off_a_page_title():
    page = f"Desa Dapat Tiga Jembatan Gantung - Kabar Pagi\nMenu\nLogin\n{PARAGRAPH}\n{OTHER}"
    assert clean(page).title == "Desa Dapat Tiga Jembatan Gantung"


def test_a_known_headline_is_taken_out_of_the_text_with_what_stands_above_it():
    title = "Desa Dapat Tiga Jembatan Gantung"
    page = f"Kabar Pagi\n{title}\n{PARAGRAPH}\n{title}\n{OTHER}"
    cleaned = clean(page, title)
    assert cleaned.text == f"{PARAGRAPH}\n{OTHER}"
    assert cleaned.removed == ("Kabar Pagi", title)


def test_what_follows_the_comment_form_is_not_the_article():
    page = (
        f"{PARAGRAPH}\n{OTHER}\n3 Komentar\nBudi\nMantap, semoga cepat rampung dan membawa berkah "
        "bagi semua orang tua murid, saya ikut mendoakan dari jauh.\nBalas\nTulis komentar"
    )
    assert clean(page, "Judul").text == f"{PARAGRAPH}\n{OTHER}"


@given(st.text(max_size=400))
def test_any_text_is_cleaned_and_cleaning_again_changes_no_character_kind(text):
    cleaned = clean(text)
    assert normalise(cleaned.text) == cleaned.text
    for line in cleaned.text.split("\n"):
        assert line == line.strip()


def broken(text: str, width: int) -> str:
    """Each line broken at spaces so that none is longer than `width`."""
    return "\n".join(filled(line, width) for line in text.split("\n"))


@cache  # the same paragraphs stand in the furniture of each list
def filled(line: str, width: int) -> str:
    return textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)


def with_table(text: str, body: str, place: str) -> str:
    """Put a table of 35 rows below the first whole paragraph of a page's body, or in its middle."""
    paragraphs = body.split("\n")
    whole = [n for n, part in enumerate(paragraphs) if part.rstrip('"”').endswith((".", "!", "?"))]
    middle = len(paragraphs) // 2
    after = next((n for n in whole if place == "first" or n >= middle), 0)
    rows = "\n".join(f"| {n} | Klub {chr(64 + n % 26)} | 17 | {90 - n} |" for n in range(1, 36))
    return text.replace(paragraphs[after], f"{paragraphs[after]}\n{rows}", 1)


LISTS = ("", "furniture_one.txt", "furniture_two.txt", "furniture_three.txt")


@pytest.fixture(scope="module")
def real_pages(rows):
    """300 real articles: below their headline alone, and in each list's furniture."""
    assert all(sum(map(len, sections(HERE / name).values())) >= 60 for name in LISTS if name)
    lists = {name: pages(rows, name) for name in LISTS if name}
    bare = [replace(p, text=f"{p.title}\n\n{p.body}", furniture=["x"]) for p in lists[LISTS[1]]]
    return {"": bare, **lists}


@pytest.mark.shared
@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("width", "table"),  # a table stands below the first paragraph, or in the middle
    [*((width, False) for width in (0, 60, 72, 80, 100)), (0, True), (72, True)],
)
def test_300_real_articles_come_out_of_pages_whole_wrapped_and_with_tables(
    real_pages, name, width, table
):
    found = real_pages[name]
    if table:
        places = cycle(("first", "middle"))
        found = [replace(p, text=with_table(p.text, p.body, next(places))) for p in found]
    if width:
        found = [replace(page, text=broken(page.text, width)) for page in found]
    measured = measure(found)
    assert measured.lost <= 0.01
    assert measured.headlines >= 0.90
    assert measured.leads >= 0.99
    if name and not (width or table):
        assert measured.surviving <= 0.05  # of the furniture


@pytest.mark.parametrize(
    "lead",
    [
        # a sentence of names, broken at 80 columns, with a full stop at the end of its line
        "Mantan Ketua Dewan Adat (DA) Tomi Lasut mendatangi Rumah Sakit Umum Daerah Melati\n"
        "Angkatan Muda (RSUDM) Wanasari, Melati Timur, Selasa (10/9/2019).\n"
        "Kedatangannya untuk menjenguk Bupati Melati ke-3.",
        "makan buah diyakini dapat meningkatkan kualitas hidup manusia. Tidak percaya?\n"
        "coba buktikan sendiri!",
        "resmi meluncurkan ponsel terbarunya di pasar Tanah Air, melati 5 Pro dan melati\n"
        "5. melati 5 Pro dilengkapi dengan empat kamera dengan lensa utama serta baterai\n"
        "yang tahan dua hari.",
    ],
    ids=["names", "small letters", "a number ends a sentence"],
)
def test_a_lead_broken_at_eighty_columns_stays_whole(lead):
    rest = broken(f"{PARAGRAPH} {OTHER} {PARAGRAPH}\n{OTHER} {PARAGRAPH} {OTHER}", 80)
    found = clean(f"Kabar Baik dari Wanasari untuk Warga Melati\n\n{lead}\n{rest}")
    assert packed(lead) in packed(found.text)


def test_a_lead_torn_by_an_advertisement_and_one_below_a_button_stay():
    above = "Beranda\nDibaca: 3501 kali\nPasar Melati Ditutup Datar pada Hari Senin\nBagikan\n"
    torn = "Bursa saham Melati Timur (MT)\nADVERTISEMENT\nberakhir datar pada perdagangan Senin. "
    text = clean(f"{above}{torn}{PARAGRAPH}\n{OTHER}\n{PARAGRAPH}").text
    assert text.startswith("Bursa saham Melati Timur (MT)\nberakhir datar")
    small = "buka-bukaan tentang kehidupan penyanyi dalam rekaman terbarunya di layar kaca. "
    page = f"{above}2 menit baca\nDengarkan artikel ini\n{small}{PARAGRAPH}\n{OTHER}"
    assert clean(page).text.startswith("buka-bukaan")


def test_short_paragraphs_that_break_but_twice_keep_their_lead():
    lead = (
        "Melati Timur bermain imbang 0-0 dengan Wanasari Utara pada babak pertama laga kedua Grup G"
        " Kualifikasi Piala Lembah 2022 zona Timur."
    )
    other = (
        "Tuan rumah menjamu tim tamunya itu di stadion utama yang baru dipugar tahun lalu di"
        " Kota Wanasari, Selasa (10/9/2019) malam."
    )
    short = ["Pelatih menurunkan tiga nama baru.", "Laga dipimpin oleh wasit asal Tirta."]
    page = broken("\n".join([lead, other, *short]), 100)
    assert page.count("\n") == 5
    found = clean(f"Melati Timur dan Wanasari Bermain Imbang di Babak Pertama\n\n{page}")
    assert found.text.split("\n") == [lead, other, *short]
