"""The story page and the page of a person, over an invented flood and a hostile article."""

import asyncio
from datetime import date

import pytest
from fastapi.testclient import TestClient
from homes import EMBEDDER, article, fill
from lxml import html
from page_fake import HOSTILE, FakeAssistant

from warta.assistant.composing.dated import event_day
from warta.assistant.config import Settings
from warta.assistant.desk.pages import StoryDay, figures, quoted, speakers, timeline, told
from warta.assistant.web.server import create_app
from warta.corpus.archive.archive import Archive
from warta.corpus.article import Article
from warta.index.building.build import build
from warta.index.candidates import Report
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.search.listing import ListRequest
from warta.index.search.retriever import Retriever

FLOOD = [
    article(
        "b-1",
        "Banjir merendam 340 rumah warga di Kedungwaru, Senin (1/3/2024), setelah tanggul Sungai "
        'Brantasari jebol. "Air naik sangat cepat malam itu," kata Wali Kota Ratna Dewanti.\n'
        "Tim penolong membawa warga Kedungwaru ke balai desa.",
        title="Banjir Kedungwaru, Tanggul Brantasari Jebol",
        day=date(2024, 3, 2),
        source="Harian Lembah",
    ),
    article(
        "b-2",
        "Tanggul Sungai Brantasari di Kedungwaru jebol dan banjir merendam 340 rumah warga, Senin "
        '(1/3/2024). "Kami mengungsi ke bukit sejak malam," ujar Sekar Ayu.',
        title="Tanggul Brantasari Jebol, Banjir Rendam Kedungwaru",
        day=date(2024, 3, 1),
        source="Kabar Pesisir",
    ),
    article(
        "b-3",
        "Banjir akibat tanggul Brantasari jebol kini merendam 512 rumah warga di Kedungwaru, Rabu "
        '(3/3/2024). "Tanggul diperbaiki pekan depan," kata Ratna.\n'
        "Wali Kota Ratna Dewanti meninjau tanggul.",
        title="Banjir Kedungwaru Meluas, 512 Rumah Terendam",
        day=date(2024, 3, 3),
        source="Kabar Pesisir",
    ),
]
OTHER = article("o-1", "Festival layang-layang digelar di Pantai Wanareja.", title="Festival",
                day=date(2024, 3, 2))  # fmt: skip
EVIL = Article(
    "x/../<b>3", "<b>Banjir</b> [klik](javascript:alert(1)) \u202eLaguna",
    f'{HOSTILE} "<script>alert(1)</script> air naik," kata Joko <i>Evil</i> Santoso.',
    None, "<i>Media</i>", "javascript:alert(1)", "id",
)  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("story") / "home"
    fill(home, [*FLOOD, OTHER, EVIL], SentenceTransformerEmbedder.load())
    return home


@pytest.fixture(scope="module")
def client(home) -> TestClient:
    assistant = FakeAssistant(retriever=Retriever(SentenceTransformerEmbedder.load(), home))

    async def build_app() -> TestClient:  # Gradio leaves event loops open where none is running
        app = create_app(assistant, Settings(home=home))
        return TestClient(app, headers={"host": "127.0.0.1:7860"})

    return asyncio.run(build_app())


def read(client, address, status=200):
    answered = client.get(address)
    assert answered.status_code == status, answered.text[:300]
    assert len(answered.content) < 100_000
    return html.fromstring(answered.text)


def shown(page, path):
    return [" ".join(found.text_content().split()) for found in page.cssselect(path)]


def test_a_story_is_a_line_a_day_by_the_day_of_the_event(client):
    page = read(client, "/story/b-1")
    assert shown(page, ".days-told h3") == ["1 Mar 2024", "3 Mar 2024"]
    first, second = shown(page, ".days-told > li > p:first-of-type")
    assert "340 rumah" in first
    assert second.startswith("Banjir akibat tanggul Brantasari jebol kini merendam 512 rumah")
    assert shown(page, ".also summary") == ["1 laporan lain"]
    assert shown(page, ".count")[0].startswith("3 laporan dalam 3 artikel dari 2 media")
    assert "Festival" not in page.text_content()


def test_figures_that_changed_stand_in_a_row(client):
    page = read(client, "/story/b-1")
    assert shown(page, ".figures dt") == ["rumah terendam"]
    assert shown(page, ".figures dd") == ["340 → 512"]


def test_figures_of_one_day_stand_lowest_first(tmp_path):
    said = {
        "c": ("Bus Jatuh di Wanareja, 12 Orang Tewas", "Sebanyak 12 orang tewas."),
        "a": ("Korban Bus Wanareja: 14 Orang Tewas", "Kini 14 orang tewas, kata polisi."),
        "b": ("Bus Masuk Jurang di Wanareja, 9 Orang Tewas", "Sebanyak 9 orang tewas."),
        "d": ("Bus Wanareja: 14 Orang Tewas, 3 Selamat", "Sebanyak 14 orang tewas."),
    }
    reports = [
        Report(article(id_, text, title=title, day=date(2024, 3, 2)), (), 1)
        for id_, (title, text) in said.items()
    ]
    line = StoryDay(date(2024, 3, 2), reports[0], "", 0, 0, tuple(reports[1:]))
    (row,) = figures([line])
    assert [(value, article.id) for value, _, article in row.values] == [
        ("9", "b"), ("12", "c"), ("14", "a"),
    ]  # fmt: skip
    assert figures([StoryDay(date(2024, 3, 2), reports[1], "", 0, 0, (reports[3],))]) == []


def test_a_story_says_who_is_quoted_and_links_to_the_words(client):
    page = read(client, "/story/b-1")
    assert shown(page, ".voice summary") == ["Ratna Dewanti", "Sekar Ayu"]
    assert shown(page, ".voice blockquote > p:first-child")[:2] == [
        '"Air naik sangat cepat malam itu,"', '"Tanggul diperbaiki pekan depan,"',
    ]  # fmt: skip
    link = page.cssselect(".voice blockquote a")[0].get("href").removeprefix("../")
    article_page = read(client, f"/{link}")
    assert shown(article_page, "mark") == ['"Air naik sangat cepat malam itu,"']


def test_a_story_is_copied_as_text_with_its_sources(client):
    answered = client.get("/story/b-1?as=text")
    assert answered.headers["content-type"].startswith("text/plain")
    lines = answered.text.splitlines()
    assert lines[0] == "Rangkaian peristiwa: Banjir Kedungwaru, Tanggul Brantasari Jebol"
    assert "  Kabar Pesisir, “Banjir Kedungwaru Meluas, 512 Rumah Terendam”, 2024-03-03, " \
        "https://example.org/b-3" in lines  # fmt: skip
    assert "rumah terendam: 340 → 512" in lines


def test_an_article_leads_to_its_story_and_lists_what_is_near(client):
    page = read(client, "/article/b-1")
    links = [link.get("href") for link in page.cssselect("aside a")]
    assert "../story/b-1" in links
    assert {"../article/b-2", "../article/b-3"} <= set(links)
    alone = read(client, "/article/o-1")
    assert not any("story" in (link.get("href") or "") for link in alone.cssselect("aside a"))


def test_an_article_without_others_on_its_event_says_so(client):
    page = read(client, "/story/o-1")
    assert "Arsip tidak memuat artikel lain tentang peristiwa ini." in shown(page, ".hint")


def test_an_unknown_article_has_no_story(client):
    page = read(client, "/story/nirgendwo", 404)
    assert "nirgendwo" in page.text_content()


def test_a_person_is_quoted_newest_first_by_any_part_of_the_name(client):
    page = read(client, "/person/Ratna%20Dewanti")
    assert shown(page, ".quotes blockquote") == [
        '"Tanggul diperbaiki pekan depan,"', '"Air naik sangat cepat malam itu,"',
    ]  # fmt: skip
    assert shown(page, ".quotes .byline")[0].startswith("Kabar Pesisir · 3 Mar 2024")


def test_the_newest_words_come_first_also_where_an_older_article_names_the_person_more(tmp_path):
    older = article(
        "a", 'Ratna Dewanti datang. "Kami sudah siap membuka pasar," kata Ratna Dewanti.',
        title="Ratna Dewanti", day=date(2024, 1, 2),
    )  # fmt: skip
    newer = article(
        "b",
        f'{"Pasar dibuka lagi. " * 9}"Kami lega pasar itu dibuka lagi," kata Ratna Dewanti.',
        day=date(2024, 5, 6),
    )
    fill(tmp_path, [older, newer])
    view = Retriever(EMBEDDER, tmp_path).view()
    assert view.listing(ListRequest("Ratna Dewanti")).hits[0].article.id == "a"
    assert [said.article.id for said in quoted(view, "Ratna Dewanti").quotes] == ["b", "a"]


def test_a_person_who_says_nothing_and_no_name_at_all_are_told(client):
    page = read(client, "/person/Tirta%20Buana")
    assert "Tidak ada kutipan langsung dari “Tirta Buana”" in page.text_content()
    read(client, "/person?name=+%20.", 400)


@pytest.mark.parametrize("page", ["story?id=x%2F..%2F%3Cb%3E3", "person/Joko%20Evil%20Santoso",
                                  "person/%3Cscript%3Ealert(1)%3C%2Fscript%3E"])  # fmt: skip
@pytest.mark.parametrize("language", ["id", "en"])
def test_foreign_text_stays_text(client, page, language):
    shown_page = read(client, f"/{page}{'&' if '?' in page else '?'}lang={language}")
    assert not shown_page.cssselect("main script, main b, main i:not([class])")
    assert not [
        link for link in shown_page.cssselect("a") if "javascript:" in (link.get("href") or "")
    ]
    assert "\u202e" not in shown_page.text_content()


def test_an_erased_article_leaves_no_link(tmp_path):
    embedder = SentenceTransformerEmbedder.load()
    fill(tmp_path, FLOOD, embedder)
    with Archive.open(tmp_path) as archive:
        archive.forget({"b-2"})
    view = Retriever(embedder, tmp_path).view().without({"b-2"})
    assert [report.article.id for report in view.story("b-1")] == ["b-1", "b-3"]
    build(tmp_path, embedder)
    view = Retriever(embedder, tmp_path).view()
    assert [report.article.id for report in view.story("b-1")] == ["b-1", "b-3"]
    assert [len(line.others) for line in told(view, "b-3").lines] == [0, 0]


def test_the_day_of_an_event_is_one_named_shortly_before_the_report():
    report = article("a", "Banjir.", day=date(2024, 3, 3))
    assert event_day(report, "Banjir terjadi Senin (1/3/2024).") == date(2024, 3, 1)
    assert event_day(report, "Banjir seperti pada 1 Maret 2020.") == date(2024, 3, 3)
    assert event_day(article("a", "Banjir."), "Banjir Senin (1/3/2024).") is None


def test_a_sentence_without_a_day_stands_under_that_of_the_sentence_before(tmp_path):
    said = "Tanggul yang jebol itu dua kali dilanda banjir pada malam yang sama di Kedungwaru."
    opening = "mengguncang warga, pada Jumat (1/3/2024) malam."
    older = "Banjir serupa melanda Sabtu (24/2/2024)."
    reports = [
        article("torn", f"{opening} {said}", title="Fakta Banjir", day=date(2024, 3, 3)),
        article("own", f"{opening} {said[:-1]}, Sabtu (2/3/2024).", day=date(2024, 3, 3)),
        article("far", f"{older} Lalu {opening} {said}", day=date(2024, 3, 3)),
        article("none", said, day=date(2024, 3, 3)),
    ]
    fill(tmp_path, reports)
    view = Retriever(EMBEDDER, tmp_path).view()
    told_on = {}
    for each in reports:
        (line,) = timeline([Report(each, (), 1)], view.opened([each]))
        told_on[each.id] = (line.day.day, line.said[:7])
    assert told_on == {
        "torn": (1, "Tanggul"), "own": (2, "Tanggul"),
        "far": (24, "Banjir "), "none": (3, "Tanggul"),
    }  # fmt: skip


def test_a_rounded_number_is_no_count_that_changed():
    titles = "27 Orang Tewas", "77 Orang Tewas", "Sejak 2023 Tewas 46 Ribu Orang"
    reports = [
        Report(article(f"r{at}", f"Sebanyak {said.lower()}.", title=said), (), 1)
        for at, said in enumerate(titles)
    ]
    (row,) = figures([StoryDay(date(2024, 3, 2), reports[0], "", 0, 0, tuple(reports[1:]))])
    assert [value for value, _, _ in row.values] == ["27", "77"]


def test_the_same_words_are_quoted_once_and_a_count_given_once_is_no_change():
    twice = [FLOOD[0], article("c", FLOOD[0].text, day=date(2024, 3, 4))]
    assert [(name, len(quotes)) for name, quotes in speakers(twice)] == [("Ratna Dewanti", 1)]
    forms = "Siapapun boleh datang ke balai malam", "Siapa pun boleh datang ke balai malam"
    said = [article(f"f{n}", f'"{form} ini," kata Ratna Dewanti.') for n, form in enumerate(forms)]
    assert [(name, len(quotes)) for name, quotes in speakers(said)] == [("Ratna Dewanti", 1)]

    def given(*articles: Article) -> list[list[str]]:
        lines = [StoryDay(one.published, Report(one, (), 1), "", 0, 0, ()) for one in articles]
        return [[value for value, _, _ in figure.values] for figure in figures(lines)]

    assert given(FLOOD[1], FLOOD[0]) == given() == []  # 340 on both days
    assert given(FLOOD[1], FLOOD[2]) == [["340", "512"]]
