"""Answers that a browser kept, shown again and as files; their articles looked up again."""

import asyncio
import dataclasses
import io
import json
from datetime import date

import docx
import pytest
from fastapi.testclient import TestClient
from page_fake import ARTICLES, FakeAssistant, FakeView, answer_to, cited, quoting, receipt

from warta.assistant.answer import Answer, Sentence
from warta.assistant.config import Settings
from warta.assistant.exporting.export import Told
from warta.assistant.exporting.formats import to_docx, to_html
from warta.assistant.exporting.stored import pack, unpack
from warta.assistant.page.overview import topics
from warta.assistant.web.server import create_app
from warta.corpus.archive.withdrawn import Withdrawn, events_for
from warta.corpus.article import Article
from warta.corpus.errors import InputError

FIND = FakeView().article
DAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home) -> TestClient:
    async def build() -> TestClient:  # Gradio leaves event loops open where none is running
        app = create_app(FakeAssistant(), Settings(home=home))
        return TestClient(app, headers={"host": "127.0.0.1:7860"})

    return asyncio.run(build())


def kept(question: str, **more: object) -> dict:
    return {"turns": [{"question": question, "answer": pack(answer_to(question)), **more}]}


def test_a_kept_answer_has_no_text_of_an_article_but_what_it_quotes():
    packed = pack(answer_to("Festival?"))
    assert "Panitia mencatat 48 perahu dari sembilan kecamatan ikut serta." in packed
    assert "Juara pertama memperoleh Rp25 juta" not in packed  # of the same article
    assert len(packed) < 2_500


def test_what_was_kept_comes_back_with_what_stands_around_its_quotations():
    answer = answer_to("Festival?")
    again = unpack(pack(answer), FIND)
    assert again.sentences == answer.sentences
    assert [c.quote for c in again.citations] == [c.quote for c in answer.citations]
    first = again.citations[0]
    assert first.article == ARTICLES[0]
    assert first.passage.text == ARTICLES[0].text.split("\n")[0]
    assert first.passage.text[first.start : first.end] == first.quote


def test_a_changed_or_missing_article_leaves_the_quotation_alone():
    changed = dataclasses.replace(ARTICLES[0], text="Lain. " + ARTICLES[0].text)

    def missing(id_: str) -> Article:
        raise InputError("There is none.", "")

    for find in (lambda id_: changed, missing):
        first = unpack(pack(answer_to("Festival?")), find).citations[0]
        assert first.passage.text == first.quote
        assert first.article.title == ARTICLES[0].title


def test_of_a_withdrawn_article_nothing_is_left():
    answer = answer_to("Festival?")
    own = dataclasses.replace(answer, nearest=(ARTICLES[0],))
    again = unpack(pack(own), FIND, {"a-1"})
    assert [s.text for s in again.sentences] == ["Kelas itu menampung 240 siswa."]
    assert [c.number for c in again.citations] == [2]
    assert again.nearest == ()
    assert "perahu" not in pack(again)
    assert unpack(pack(answer), FIND, {"a-2"}).citations[0].also == ()


@pytest.mark.parametrize("bad", ["", "{}", "[]", "nonsense", '{"status": "answered"}', "[" * 9_000])
def test_what_is_no_kept_answer_is_refused(bad):
    with pytest.raises(InputError, match="no answer that Warta packed"):
        unpack(bad, FIND)


def test_more_than_any_answer_has_is_refused_before_it_costs_anything(client):
    many = Answer("answered", (Sentence("a"),) * 301, "id", (), receipt("x"))
    with pytest.raises(InputError, match="more than 300 sentences"):
        unpack(pack(many), FIND)
    most = {"question": "x", "answer": pack(dataclasses.replace(many, sentences=(Sentence("a"),)))}
    whole = pack(dataclasses.replace(many, sentences=(Sentence("a"),) * 150))
    assert client.post("/warta/export/docx", json={"turns": [most]}).status_code == 200
    few = {"turns": [{"question": "x", "answer": whole}] * 9}
    assert client.post("/warta/export/txt", json=few).status_code == 200
    much = {"turns": [{"question": "x", "answer": whole}] * 27}
    assert client.post("/warta/export/docx", json=much).status_code in (409, 413)


def test_kept_turns_are_shown_again_and_bad_ones_are_notices(client):
    asked = kept("Festival?")
    asked["turns"].append({"question": "Rusak?", "answer": "{}"})
    shown = client.post("/warta/turns", json={**asked, "language": "en"}).json()
    assert "48 perahu" in shown[0]
    assert 'data-done="1"' in shown[0]
    assert "Copy with sources" in shown[0]
    assert 'data-status="notice"' in shown[1]
    assert client.post("/warta/turns", json={"turns": []}).status_code == 422
    foreign = {"origin": "https://evil.example"}
    assert client.post("/warta/turns", json=asked, headers=foreign).status_code == 403


def test_what_a_browser_sends_is_escaped(client):
    hostile = '<img src=x onerror="broken=1">'
    answer = answer_to("Festival?")
    first = dataclasses.replace(
        answer.citations[0],
        article=dataclasses.replace(ARTICLES[0], id="none", title=hostile, url="javascript:x"),
    )
    bad = Answer("answered", (Sentence(hostile, (1,)),), "id", (first,), receipt(hostile))
    sent = {"turns": [{"question": hostile, "answer": pack(bad)}]}
    (html,) = client.post("/warta/turns", json=sent).json()
    assert "<img" not in html
    assert 'href="javascript' not in html
    rich = client.post("/warta/export/html", json=sent)
    assert rich.headers["content-type"].startswith("text/plain")
    assert "<img" not in rich.text
    assert rich.text.count("&lt;img src=x") == 4  # question, sentence, headline and what was asked
    assert "&lt;img src=x" in html


def test_a_turn_of_a_withdrawn_article_says_so_on_the_page_and_in_files(client, home):
    asked = kept("Festival?")
    Withdrawn(tuple(events_for(["a-1"], "erased", "x", "", {}))).write(home)
    try:
        (html,) = client.post("/warta/turns", json=asked).json()
        assert "artikelnya ditarik dari arsip" in html
        assert "perahu" not in html.lower().replace("berapa perahu", "")
        assert "48 perahu" not in client.post("/warta/export/txt", json=asked).text
    finally:
        (home / "withdrawn.jsonl").unlink()


def test_files_of_an_answer_come_in_the_pages_language(client):
    asked = {**kept("Festival?", day="2026-11-26"), "language": "en"}
    text = client.post("/warta/export/txt", json=asked).text
    assert text.startswith("Festival?\n\nPanitia")
    assert "Searched in Warta's archive, 26 November 2026" in text
    assert client.post("/warta/export/md", json=asked).text.startswith("### Festival?\n")
    found = json.loads(client.post("/warta/export/json", json=asked).text)
    assert found["citations"][0]["article_id"] == "a-1"
    word = client.post("/warta/export/docx", json=asked).content
    assert docx.Document(io.BytesIO(word)).paragraphs[0].text == "Festival?"
    assert client.post("/warta/export/pdf", json=asked).status_code == 422
    bad = {"turns": [{"question": "x", "answer": "{}"}]}
    assert client.post("/warta/export/txt", json=bad).status_code == 409


def test_a_word_document_has_headings_bold_references_and_links():
    first = cited(1, ARTICLES[0], "Juara pertama memperoleh Rp25 juta.")
    strong = Sentence(first.quote, (1,), strong=(25, 34), lead="Harian Teluk:")
    listed = (Sentence("satu", item="- "), Sentence("dua\x00\u202e", item="- ", gap="\n"))
    answer = Answer(
        "answered", (strong, *listed), "id", (first,), receipt("x", writer="extractive")
    )
    document = docx.Document(io.BytesIO(to_docx([Told(answer, "Siapa?", DAY)])))
    said = [(part.style.name, part.text) for part in document.paragraphs]
    assert said == [
        ("Heading 1", "Siapa?"),
        ("Normal", "Harian Teluk: Juara pertama memperoleh Rp25 juta. [1] "),
        ("List Bullet", "satu "),
        ("List Bullet", "dua "),
        ("Heading 2", "Sumber"),
        ("Normal", "[1] Harian Teluk (contoh), “Festival Perahu Hias Kembali Digelar di Teluk "
         "Biru”, 14 Februari 2026, https://teluk.example/festival-perahu"),
        ("Normal", "Dicari di arsip Warta, 26 November 2026: “x”"),
    ]  # fmt: skip
    bold = [run.text for run in document.paragraphs[1].runs if run.bold]
    assert bold == ["Rp25 juta"]
    targets = [link.target_ref for link in document.part.rels.values() if link.is_external]
    assert targets == ["https://teluk.example/festival-perahu"]


def test_rich_text_links_only_checked_addresses_and_quotes_what_a_model_says():
    first = cited(1, dataclasses.replace(ARTICLES[0], url="javascript:x"), "Panitia mencatat 48")
    answer = Answer("answered", (Sentence("Ada 48.", (1,)),), "id", (first,), receipt("x"))
    html = to_html([Told(answer, "Berapa <b>?")])
    assert "<h2>Berapa &lt;b&gt;?</h2>" in html
    assert "href" not in html
    assert "“Panitia mencatat 48”" in html  # the model's sentence is not the quotation
    same = dataclasses.replace(answer, sentences=quoting(first))
    assert "“Panitia mencatat 48”" not in to_html([Told(same)])


def test_example_questions_are_about_who_is_named_in_several_new_articles():
    def about(number: int, lead: str) -> Article:
        return Article(str(number), "x", lead)

    news = [
        about(1, "Kata Dewi Anjani kepada warga Kota Purnaraya. Lalu"),
        about(2, "Menurut Dewi Anjani, hujan di Kota Purnaraya reda. Lalu"),
        about(3, "Hujan 2 Oktober 2019 di Kota Purnaraya. Lalu"),
        about(4, "Hujan pada 2 Oktober 2019 saja. Bupati Sari Laut hadir."),
    ]
    assert topics(news) == ("Kota Purnaraya", "Dewi Anjani")
    assert topics(news[:1]) == ()
