"""Intake: from a record as found to the article as archived, whatever was found."""

import pickle
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warta.corpus.article import Record
from warta.corpus.cleaning.intake import INTAKE_VERSION, LONGEST_PAGE, LONGEST_TEXT, to_article
from warta.corpus.errors import InputError
from warta.corpus.language.words import language_of

BODY = (
    "Pemerintah kabupaten membangun jembatan gantung di tiga desa agar anak sekolah tidak lagi "
    "menyeberangi sungai dengan rakit, kata kepala dinas pekerjaan umum.\n"
    "Warga menyambut baik rencana itu karena jembatan lama sudah lapuk dan beberapa kali "
    "diperbaiki secara gotong royong oleh warga desa setempat."
)
PARAGRAPHS = "".join(f"<p>{line}</p>" for line in BODY.split("\n"))


def record(text: str = BODY, **fields: str) -> Record:
    given_fields = {
        "id": "a", "title": "", "date": "", "source": "", "url": "", "origin": "berita/a.txt",
        "format": "text", "fingerprint": "f",
    } | fields  # fmt: skip
    return Record(text=text, line=None, **given_fields)  # type: ignore[arg-type]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "published", "headline"),
    [
        ("000_70d6d7802b52d8df", date(2026, 1, 26), "SMA Muhammadiyah 3 (Smamga) Jember"),
        ("004_761667ffaa191fe4", date(2024, 8, 7), "Kolaborasi Tingkatkan Mutu Pendidikan"),
    ],
)
def test_scraped_pages_become_dated_articles_with_headlines(shared, name, published, headline):
    page = (shared / "seeds" / f"{name}.txt").read_text(encoding="utf-8")
    article = to_article(record(page, id=name))
    assert article.published == published
    assert article.title.startswith(headline)
    assert article.language == "id"
    lines = [line for line in article.text.split("\n") if line]
    assert len(lines) == len(set(lines))
    for furniture in ("Komentar", "Tanggapan", "Scroll", "email", "Comments"):
        assert furniture not in article.text
        assert any(furniture in line for line in article.removed) or furniture not in page


def test_fields_that_are_given_are_kept():
    article = to_article(
        record(
            title="Tiga Desa  Dapat Jembatan",
            date="10-Sep-19",
            source="Kabar Desa",
            url="https://kabar.id/a/1",
        )
    )
    assert (article.id, article.title) == ("a", "Tiga Desa Dapat Jembatan")
    assert (article.published, article.source) == (date(2019, 9, 10), "Kabar Desa")
    assert (article.url, article.origin) == ("https://kabar.id/a/1", "berita/a.txt")
    assert article.text == BODY


def test_without_a_headline_the_first_sentence_stands_in_shortened_at_a_word():
    title = to_article(record()).title
    assert title == (
        "Pemerintah kabupaten membangun jembatan gantung di tiga desa agar anak sekolah tidak lagi…"
    )
    assert to_article(record("Hujan turun di desa. " + BODY)).title == "Hujan turun di desa."


def test_the_outlet_is_the_given_one_else_what_the_text_says_else_the_address():
    dated = f"AMBON, KABARMALUKU.COM – {BODY}"
    url = "https://www.kabar.id/2019/09/10/jembatan"
    assert to_article(record(dated, source="Warta", url=url)).source == "Warta"
    assert to_article(record(dated, url=url)).source == "kabarmaluku.com"
    assert to_article(record(BODY, url=url)).source == "kabar.id"
    assert to_article(record(BODY)).source == ""
    assert to_article(record(f"Kabar6.com, Ambon - {BODY}")).source == "kabar6.com"
    assert to_article(record(f"Ambon (ANTARA) - {BODY}")).source == "ANTARA"
    assert to_article(record(f"Ambon, Maluku – {BODY}")).source == ""
    footer = "Berita Terkait\n© 2024 Kabar Maluku. All rights reserved."
    assert to_article(record(f"{BODY}\n{footer}")).source == "Kabar Maluku"


def test_the_outlet_is_cut_off_a_headline_from_a_feed():
    assert to_article(record(title="Jembatan Baru - Kabar Desa", source="Kabar Desa")).title == (
        "Jembatan Baru"
    )


def test_a_date_line_above_the_body_counts_like_a_date_field():
    page = (
        "Senin, 16 September 2019\nBeranda | Nasional\nTiga Desa Dapat Jembatan Gantung Baru\n"
        f"Kamis, 12 September 2019 | 10:15 WIB\nBagikan\n{BODY}\nTinggalkan Komentar"
    )
    article = to_article(record(page))
    assert article.published == date(2019, 9, 12)
    assert article.title == "Tiga Desa Dapat Jembatan Gantung Baru"
    assert article.text == BODY


def test_a_web_page_gives_its_headline_date_outlet_and_body():
    page = (
        "<!doctype html><html><head><title>Tiga Desa Dapat Jembatan Gantung - Kabar Desa</title>"
        '<meta property="og:site_name" content="Kabar Desa">'
        '<meta property="article:published_time" content="2019-09-12T10:15:00+07:00"></head>'
        '<body><nav><a href="/">Beranda</a></nav><article><h1>Tiga Desa Dapat Jembatan Gantung</h1>'
        f'{PARAGRAPHS}<p>Baca juga: <a href="/b">Bupati Tinjau Sungai</a></p></article>'
        "<footer>Pedoman Media Siber</footer><script>var a = 1;</script></body></html>"
    )
    article = to_article(record(page, format="html"))
    assert article.title == "Tiga Desa Dapat Jembatan Gantung"
    assert article.published == date(2019, 9, 12)
    assert article.source == "Kabar Desa"
    assert article.text == BODY
    kept = to_article(
        record(page, format="html", title="Judul Lain", source="X", date="2019-09-11")
    )
    assert (kept.title, kept.source, kept.published) == ("Judul Lain", "X", date(2019, 9, 11))


def test_a_fragment_of_html_from_a_feed_is_read_too():
    article = to_article(record(f"<div>{PARAGRAPHS}</div>", format="html", title="Jembatan"))
    assert article.text == BODY


@pytest.mark.parametrize("tag", ["div", "b", "x-y", "blockquote"])
def test_tags_a_hundred_thousand_deep_do_no_harm(tag):
    page = f"<html><body>{f'<{tag}>' * 100_000}{PARAGRAPHS}{f'</{tag}>' * 100_000}"
    assert "jembatan gantung" in to_article(record(page, format="html")).text


def test_control_characters_and_lone_surrogates_are_taken_out():
    article = to_article(record(f"\x00{BODY}\ud800\u202e", title="Ju\x00dul\udfff"))
    assert (article.title, article.text) == ("Judul", BODY)


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\u200b", "Baca juga\nMenu", "— * —"])
def test_a_record_without_readable_text_is_refused(text):
    with pytest.raises(InputError, match=r"berita/a.txt holds no readable text"):
        to_article(record(text))


def test_a_text_beyond_all_measure_is_refused_with_both_figures():
    with pytest.raises(InputError, match="has 50,000,000 characters, more than the 2,000,000"):
        to_article(record("a" * 50_000_000))
    assert LONGEST_TEXT < LONGEST_PAGE
    with pytest.raises(InputError, match="more than the 10,000,000"):
        to_article(record("<p>" + "a" * LONGEST_PAGE, format="html"))


def test_the_language_is_told_by_small_words():
    assert language_of(BODY) == "id"
    assert language_of("The bridge was built in three villages and the children are safe.") == "en"
    assert language_of("Jembatan gantung") == ""


def test_intake_can_run_in_another_process():
    assert pickle.loads(pickle.dumps(to_article)) is to_article
    assert INTAKE_VERSION


@given(st.text(max_size=300), st.sampled_from(["text", "html"]), st.text(max_size=40))
def test_any_text_becomes_an_article_or_is_refused(text, form, title):
    try:
        article = to_article(record(text, format=form, title=title))
    except InputError:
        return
    assert article.title.strip()
    assert article.text == article.text.strip()
    article.text.encode("utf-8")


def test_a_fragment_of_a_page_is_read_without_a_word_of_the_parser(
    caplog: pytest.LogCaptureFixture,
) -> None:
    article = to_article(record("<p>Jembatan Kali Anu rusak.</p>", format="html"))
    assert article.text == "Jembatan Kali Anu rusak."
    assert caplog.messages == []
