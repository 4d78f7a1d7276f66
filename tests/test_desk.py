"""The pages of the desk as the server makes them, over a small archive and a hostile article."""

import asyncio
import csv
import io
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import feedparser
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from homes import EMBEDDER, article, fill
from lxml import etree, html
from page_fake import HOSTILE, FakeAssistant
from test_listing import ARTICLES, LONG

from warta.assistant.config import Settings
from warta.assistant.desk import assets
from warta.assistant.desk.frame import Frame
from warta.assistant.desk.pages import article_page, editions
from warta.assistant.desk.routes import add_desk
from warta.assistant.desk.search import snippet
from warta.assistant.exporting.formats import to_atom, to_csv, to_ris
from warta.assistant.upkeep.articles import read_since, show_article
from warta.assistant.web.server import create_app
from warta.corpus.archive.withdrawn import Withdrawal, read_withdrawn
from warta.corpus.article import Article, Passage
from warta.corpus.language.words import query_terms
from warta.index.candidates import Hit
from warta.index.search.retriever import Retriever

EVIL = Article(
    "x/../<b>3", "<b>Jadwal</b> [klik](javascript:alert(1)) \u202eLaguna", HOSTILE, None,
    "<i>Media</i>", "javascript:alert(1)", "id",
)  # fmt: skip
MANY = [
    article(f"n-{at}", f"Tongkol mendarat di Dermaga {' '.join(f'ke{at}x{n}' for n in range(30))}.",
            title=f"Ikan {at}", day=date(2026, 3, 1 + at % 28), source=f"Media {at % 14}")
    for at in range(45)
]  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory) -> TestClient:
    home = tmp_path_factory.mktemp("desk") / "home"
    fill(home, [*ARTICLES, EVIL, *MANY])
    assistant = FakeAssistant(retriever=Retriever(EMBEDDER, home))

    async def build() -> TestClient:  # Gradio leaves event loops open where none is running
        app = create_app(assistant, Settings(home=home))
        return TestClient(app, headers={"host": "127.0.0.1:7860"})

    return asyncio.run(build())


def read(client, address, status=200, **headers):
    answered = client.get(address, headers=headers)
    assert answered.status_code == status, answered.text[:300]
    return html.fromstring(answered.text)


def said(page, path):
    return [" ".join(found.text_content().split()) for found in page.cssselect(path)]


def test_a_search_shows_total_headline_outlet_day_marked_words_and_folded_copies(client):
    page = read(client, "/search?q=banjir+Rantau")
    assert said(page, "h1") == ["Hasil untuk “banjir Rantau”"]
    assert said(page, ".count")[0].removesuffix(" Ke filter") == (
        "2 artikel memuat semua kata · salinan dihitung satu"
    )
    assert sorted(said(page, ".found h2")) == ["Banjir di Rantau", "Pasar dibuka"]
    assert "Kabar Satu · 5 Jan 2026" in said(page, ".found > li > .byline")
    assert {"banjir", "Banjir", "Rantau"} == set(said(page, ".passage mark"))
    assert said(page, ".also summary") == ["Juga di Harian Dua"]


def test_without_words_the_newest_come_first_in_pages_that_lead_to_each_other(client):
    first = read(client, "/search")
    assert said(first, "h1") == ["Semua artikel, terbaru dahulu"]
    assert said(first, ".count")[0].startswith("50 artikel")
    assert said(first, ".paging span") == ["Halaman 1 dari 3"]
    seen = said(first, ".found h2")
    while further := first.cssselect(".paging a[rel=next]"):
        first = read(client, "/" + further[0].get("href").removeprefix("./"))
        seen += said(first, ".found h2")
    assert len(seen) == 50
    assert "Banjir" in seen  # the undated one, on the last page


def test_bars_are_filters_that_leave_what_they_count(client):
    page = read(client, "/search?q=banjir")
    bars = {bar.cssselect(".bar-name")[0].text_content(): bar for bar in page.cssselect(".bars a")}
    assert said(page, ".bars a .bar-name") == ["Jan 2026", "Feb 2026", "Harian Dua", "Kabar Satu"]
    for name in ("Feb 2026", "Kabar Satu"):
        narrowed = read(client, "/" + bars[name].get("href").removeprefix("./"))
        count = bars[name].cssselect(".bar-count")[0].text_content()
        assert said(narrowed, ".count strong") == [f"{count} artikel"]
        assert said(narrowed, ".chips bdi") == [name]
        assert said(narrowed, ".bars a[aria-current] .bar-name") == [name]
        wide = narrowed.cssselect(".chips a")[0].get("href")
        assert said(read(client, "/" + wide.removeprefix("./")), ".count strong") == ["3 artikel"]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("since=2026-13-40", "“2026-13-40” bukan tanggal. Tulis seperti 2019-09-30."),
        ("until=kemarin", "“kemarin” bukan tanggal."),
        ("since=2026-02-01&until=2026-01-01", "2026-02-01 sesudah 2026-01-01. Tukar"),
        ("source=Zona", "Arsip ini tidak memuat media “Zona”."),
        ("sort=ramai", "“ramai” tidak dikenal untuk sort. Pilih relevance / day."),
        ("match=x", "“x” tidak dikenal untuk match. Pilih all / any."),
        ("page=0", "Tidak ada halaman “0”."),
        ("page=-1", "Tidak ada halaman “-1”."),
        ("page=9", "Tidak ada halaman “9”. Pilih 1 sampai 1."),
        ("page=%D9%A3", "Tidak ada halaman “٣”."),
        ("q=surut", "q disebut 2 kali; yang pertama dipakai."),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_the_rest_still_found(client, query, what):
    page = read(client, f"/search?q=banjir&{query}", 400)
    (note,) = said(page, ".note")
    assert what in note
    assert said(page, ".count strong") == ["3 artikel"]


def test_a_query_of_any_length_is_searched_by_its_beginning(client):
    page = read(client, "/search?q=" + "banjir+" * 400, 400)
    assert "Paling banyak 2000" in said(page, ".note")[0]
    assert said(page, ".count strong") == ["3 artikel"]


def test_nothing_found_offers_a_way_on(client):
    page = read(client, "/search?q=banjir&source=Media+3")
    assert said(page, ".empty p")[0] == "Tidak ada artikel yang cocok."
    ways = [a.get("href") for a in page.cssselect(".empty a")]
    assert ways == ["./search?q=banjir", "./?q=banjir"]


def test_foreign_text_stays_text(client):
    for address in ("/search?q=pasar+Laguna", "/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22'"):
        answered = client.get(address)
        page = html.fromstring(answered.text)
        assert [one.get("src").split("?")[0] for one in page.cssselect("script")] == [
            "./warta/desk.js"
        ]
        assert not page.cssselect("img, svg, iframe, b, i, style, [onerror], [onclick]")
        assert not [a for a in page.cssselect("a") if "javascript" in a.get("href").lower()]
        assert "\u202e" not in answered.text
    shown = read(client, "/search?q=pasar+Laguna")
    assert "<b>Jadwal</b> [klik](javascript:alert(1)) Laguna" in said(shown, ".found h2")
    assert any(line.startswith("<i>Media</i>") for line in said(shown, ".found .byline"))
    quoted = read(client, "/search?q=%22%3E%3Cimg%20src=x%3E")
    assert quoted.cssselect("#q")[0].get("value") == '"><img src=x>'


def test_the_language_is_the_readers_and_an_asked_one_is_carried_on(client):
    english = {"accept-language": "en-GB,en;q=0.9"}
    assert read(client, "/search", **english).get("lang") == "en"
    assert read(client, "/search", **{"accept-language": "fr"}).get("lang") == "id"
    asked = read(client, "/search?q=banjir&lang=en&source=Kabar+Satu")
    assert said(asked, ".count strong") == ["2 articles"]
    assert all("lang=en" in a.get("href") for a in asked.cssselect(".bars a, .sort a, .found h2 a"))
    other = asked.cssselect("a[hreflang=id]")[0].get("href")
    assert other == "./search?q=banjir&source=Kabar+Satu&lang=id"


def test_a_page_is_small_and_asks_for_nothing_but_its_style_and_script(client):
    answered = client.get("/search?q=tongkol+dermaga")
    page = html.fromstring(answered.text)
    assert len(page.cssselect(".found > li")) == 20
    wanted = [*(s.get("src") for s in page.cssselect("script[src]")),
              *(s.get("href") for s in page.cssselect("link[rel=stylesheet]"))]  # fmt: skip
    assert {address.split("?")[0] for address in wanted} == {f"./warta/{name}" for name in assets()}
    for address in wanted:
        assert client.get("/" + address.removeprefix("./")).status_code == 200
    assert len(answered.content) + sum(map(len, assets().values())) < 100_000
    assert "script-src 'self'" in answered.headers["content-security-policy"]
    assert answered.headers["cache-control"] == "no-store"


def test_more_outlets_than_ten_are_folded_away_and_a_chosen_one_is_not(client):
    page = read(client, "/search?q=tongkol&source=Media+9")
    assert len(page.cssselect(".filters section > .bars a")) == 1 + 11
    assert said(page, ".filters details summary") == ["3 media lain"]
    assert "Media 9" in said(page, ".filters section > .bars .bar-name")


def test_an_article_is_read_with_its_day_its_quotation_its_copies_and_its_origin(client):
    start = LONG.index("Kepala desa")
    page = read(client, f"/article/a?q={start}-{len(LONG)}")
    assert said(page, "h1") == ["Banjir di Rantau"]
    assert said(page, "mark#kutipan") == [LONG[start:]]
    assert said(page, ".reading > p:nth-of-type(2)") == [LONG]
    assert said(page, ".filters .plain li a") == ["Banjir di Rantau"]
    assert page.cssselect(".filters .plain a")[0].get("href") == "../article/b"
    ask, original = page.cssselect(".reading .row a")
    assert ask.get("href") == "../?q=Ringkas%20berita%20%E2%80%9CBanjir%20di%20Rantau%E2%80%9D"
    assert original.get("href") == "https://example.org/a"
    assert {"noopener", "noreferrer", "nofollow"} == set(original.get("rel").split())


def test_from_a_search_the_words_are_marked_in_the_article(client):
    result = read(client, "/search?q=banjir+rantau&source=Harian+Dua&sort=day")
    assert [a.get("href") for a in result.cssselect(".found h2 a")] == [
        "./article/c?words=banjir+rantau", "./article/b?words=banjir+rantau",
    ]  # fmt: skip
    page = read(client, "/article/c?words=banjir+rantau")
    assert said(page, "mark") == ["Banjir", "Rantau"]


@pytest.mark.parametrize("span", ["9-2", "5-99999", "x", "0-0", "-1-5", "1-2-3", "<b>"])
def test_a_quotation_that_is_not_there_is_said_and_the_article_still_read(client, span):
    page = read(client, "/article/c?" + urlencode({"q": span}), 400)
    assert f"Kutipan “{span}” tidak ada di artikel ini." in said(page, ".note")[0]
    assert said(page, ".reading > p:nth-of-type(2)") == ["Banjir surut. Pasar Rantau dibuka lagi."]
    assert not page.cssselect("mark")


def test_an_id_with_slashes_and_dots_has_a_page_and_nothing_in_it_runs(client):
    result = read(client, "/search?q=pasar+Laguna")
    (link,) = [a.get("href") for a in result.cssselect(".found h2 a") if "id=x" in a.get("href")]
    assert link == "./article?id=x%2F..%2F%3Cb%3E3&words=pasar+Laguna"
    page = read(client, "/" + link.removeprefix("./"))
    assert HOSTILE.split(". ")[0].split("</script>")[1] in page.text_content()
    assert not page.cssselect("img, svg, iframe, b, i, style, form[action*=evil]")
    assert [a.get("href") for a in page.cssselect("a") if "javascript:" in a.get("href")] == []
    assert "\u202e" not in html.tostring(page, encoding="unicode")


@pytest.mark.parametrize(
    "address",
    ["/article/none", "/article/", "/article", "/article/..%2F..%2Farchive.sqlite",
     "/article?id=../../etc/passwd", "/article/a%00b", "/article/" + "a" * 3_000,
     "/article/%3Cscript%3E"],
)  # fmt: skip
def test_what_is_no_article_is_404_and_shows_nothing_of_the_machine(client, address):
    answered = client.get(address)
    assert answered.status_code == 404
    assert "<script>" not in answered.text.replace('<script src="', "")
    assert "root:" not in answered.text
    if "%00" not in address:
        assert "Tidak ada artikel" in answered.text


def test_a_changed_article_shows_what_was_put_in_and_taken_out(tmp_path):
    home = tmp_path / "home"
    old = article("v", "Lima rumah rusak. Jalan ditutup. Warga mengungsi.", title="Angin kencang")
    new = article("v", "Tujuh rumah rusak. Jalan ditutup. Warga mengungsi. Listrik padam.",
                  title="Angin kencang di Rantau", day=date(2026, 1, 3))  # fmt: skip
    fill(home, [old])
    fill(home, [new])
    seen = editions(show_article(home, "v").versions)
    assert [(one.number, one.title, one.day) for one in seen] == [
        (2, "Angin kencang", "–"), (1, "", ""),
    ]  # fmt: skip
    assert [(change.kind, change.said) for change in seen[0].changes] == [
        ("-", "Lima rumah rusak."), ("+", "Tujuh rumah rusak."), ("+", "Listrik padam."),
    ]  # fmt: skip
    frame = Frame("id", "../", False, "article/v", ())
    page = html.fromstring(
        article_page(frame, Retriever(EMBEDDER, home).view(), home, "v").body.decode()
    )
    assert said(page, "ins") == ["Ditambahkan: Tujuh rumah rusak.", "Ditambahkan: Listrik padam."]
    assert said(page, "del") == ["Dihapus: Lima rumah rusak."]
    assert "Judul sebelumnya: “Angin kencang”" in said(page, ".edition p")


def test_what_is_new_since_a_visit_is_counted_and_listed_alone(tmp_path):
    home = tmp_path / "home"
    fill(home, ARTICLES[:3])
    with closing(sqlite3.connect(home / "archive.sqlite")) as db, db:
        db.execute("UPDATE versions SET read_at = '2026-01-10T00:00:00+00:00'")
    fill(home, ARTICLES)
    assert read_since(home, datetime(2026, 1, 9, tzinfo=UTC)) == {"a", "b", "c", "d", "e"}
    assert read_since(home, datetime(2026, 1, 11, tzinfo=UTC)) == {"d", "e"}
    app = FastAPI()
    add_desk(app, FakeAssistant(retriever=Retriever(EMBEDDER, home)), Settings(home=home))
    desk = TestClient(app)
    page = read(desk, "/search?q=banjir&seen=2026-01-11T00:00Z")
    assert said(page, ".fresh strong") == ["1 baru sejak 11 Jan 2026 00.00 UTC"]
    assert said(page, ".count strong") == ["3 artikel"]
    only = page.cssselect(".fresh a")[0].get("href")
    assert only == "./search?q=banjir&seen=2026-01-11T00%3A00Z&new=1"
    page = read(desk, only.removeprefix("."))
    assert said(page, ".found h2") == ["Banjir"]
    assert page.cssselect(".fresh a")[0].get("href") == "./search?q=banjir&seen=2026-01-11T00%3A00Z"
    assert "seen=2026-01-11T00%3A00Z&new=1" in page.cssselect(".bars a")[0].get("href")
    assert "seen" not in page.cssselect("link[rel=alternate]")[0].get("href")
    wrong = read(desk, "/search?q=banjir&seen=kemarin", 400)
    assert "“kemarin” bukan waktu. Tulis seperti 2019-09-30T08:00Z." in said(wrong, ".note")[0]


ATOM = {"a": "http://www.w3.org/2005/Atom"}


def test_a_search_can_be_followed_as_a_feed_whose_ids_stay(client):
    page = read(client, "/search?q=banjir&sort=day")
    link = page.cssselect("link[rel=alternate]")[0]
    assert (link.get("type"), link.get("href")) == ("application/atom+xml", "./feed?q=banjir")
    answered = client.get("/feed?q=banjir")
    assert answered.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answered.content)
    entries = feed.findall("a:entry", ATOM)
    titles = [entry.findtext("a:title", namespaces=ATOM) for entry in entries]
    assert titles == ["Pasar dibuka", "Banjir di Rantau", "Banjir"]
    days = [entry.findtext("a:updated", namespaces=ATOM) for entry in entries]
    assert days == ["2026-02-01T00:00:00Z", "2026-01-05T00:00:00Z", "1970-01-01T00:00:00Z"]
    link = entries[0].find("a:link", ATOM).get("href")
    assert link == "http://127.0.0.1:7860/article/c"
    elsewhere = client.get("/feed?q=banjir&lang=en", headers={"host": "localhost:7860"})
    again = etree.fromstring(elsewhere.content).findall("a:entry", ATOM)
    assert [e.findtext("a:id", namespaces=ATOM) for e in again] == [
        e.findtext("a:id", namespaces=ATOM) for e in entries
    ]
    assert client.get("/feed?q=banjir&since=x").status_code == 400
    parsed = feedparser.parse(answered.content)
    assert (parsed.bozo, len(parsed.entries)) == (0, 3)


def test_a_hostile_article_is_text_in_feed_csv_and_ris(client):
    hostile = client.get("/feed?q=pasar+Laguna&source=%3Ci%3EMedia%3C/i%3E").content
    feed = etree.fromstring(hostile)
    assert {etree.QName(node).localname for node in feed.iter()} == {
        "feed", "title", "id", "updated", "link", "generator", "entry", "author", "name", "summary",
    }  # fmt: skip
    assert not [n for n in feed.iter() if "javascript:" in n.get("href", "")]
    ris = client.get("/search.ris?q=pasar+Laguna&source=%3Ci%3EMedia%3C/i%3E").text
    assert ris.count("TY  - ") == ris.count("ER  - ") == 1
    assert "UR  - " not in ris


def test_a_list_is_taken_along_as_csv_and_ris(client):
    answered = client.get("/search.csv?q=banjir&sort=day")
    assert answered.headers["content-disposition"] == 'attachment; filename="warta.csv"'
    rows = list(csv.DictReader(io.StringIO(answered.text.removeprefix("\ufeff"))))
    assert [(row["id"], row["published"], row["copies"]) for row in rows] == [
        ("c", "2026-02-01", "0"), ("a", "2026-01-05", "1"), ("e", "", "0"),
    ]  # fmt: skip
    assert rows[1]["passage"] == LONG
    ris = client.get("/search.ris?q=surut").text.split("\r\n")
    assert ris == [
        "TY  - NEWS", "ID  - c", "TI  - Pasar dibuka", "T2  - Harian Dua", "PY  - 2026",
        "DA  - 2026/02/01", "LA  - id", "UR  - https://example.org/c", "ER  - ", "",
    ]  # fmt: skip
    assert len(client.get("/search.csv").text.splitlines()) == 51
    refused = client.get("/search.csv?q=banjir&source=Zona")
    assert (refused.status_code, "Zona" in refused.text) == (400, True)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_cell_of_a_csv_is_a_formula(start):
    evil = article("e", "Teks.", title=f"{start}HYPERLINK(1)", source=f" {start}cmd")
    hit = Hit(Passage("e", 0, "Teks.", 0, 5), evil, 1.0, 1)
    (row,) = list(csv.reader(io.StringIO(to_csv([hit]))))[1:]
    assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert row[1].endswith("HYPERLINK(1)")


def test_half_a_character_or_a_control_breaks_no_list():
    evil = article("e\ud800", "Teks \x01.", title="A\x0bB\ud83d", source="C\x00")
    hits = [Hit(Passage("e", 0, "Teks \x01.", 0, 7), evil, 1.0, 1)]
    written = to_atom(
        hits, title="q\x02", address="http://x/", page="http://x/", links=["http://x/"]
    )
    assert etree.fromstring(written.encode()).tag.endswith("feed")
    assert "e\ufffd,A B\ufffd," in to_csv(hits).encode().decode()
    assert to_ris(hits).encode().count(b"ER  - ") == 1


def test_what_was_withdrawn_or_erased_says_so(tmp_path):
    home = tmp_path / "home"
    fill(home, ARTICLES)
    retriever = Retriever(EMBEDDER, home)
    at = "2026-01-01T00:00:00+00:00"
    events = [
        Withdrawal("c", "removed", at, "x", "rahasia"),
        Withdrawal("d", "erased", at, "x", ""),
    ]
    read_withdrawn(home).with_events(events).write(home)
    frame = Frame("id", "../", False, "article/c", ())
    for name, what in (("c", "ditarik dari arsip"), ("d", "dihapus dari arsip")):
        page = article_page(frame, retriever.view(), home, name)
        assert page.status_code == 404
        assert what in page.body.decode()
        assert "rahasia" not in page.body.decode()


def test_a_snippet_begins_where_most_of_the_words_stand_and_marks_them():
    passage = "Perahu berangkat. " + "Laut tenang sekali. " * 30 + "Perahu Baruna tiba di Rantau."
    runs = snippet(passage, query_terms("perahu Baruna Rantau"), longest=120)
    assert runs[0] == ("… ", False)
    assert [text for text, hot in runs if hot] == ["Perahu", "Baruna", "Rantau"]
    assert "".join(text for text, _ in runs[1:]) == passage[-len("".join(t for t, _ in runs[1:])) :]
    assert snippet("Satu dua.", set()) == (("Satu dua.", False),)
