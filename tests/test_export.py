"""An answer that leaves the page with its sources."""

import json
from dataclasses import replace
from datetime import date

import pytest

from warta.assistant.answer import Answer, Citation, Note, Receipt, Sentence
from warta.assistant.exporting.export import to_json_dict, to_markdown, to_text
from warta.assistant.exporting.foreign import checked_url
from warta.assistant.refusal import Refusal
from warta.corpus.article import Article, Passage

TEXT = "Kios *baru* berjumlah 214. Pasar dibuka Senin."
ARTICLE = Article(
    "pasar-1", "Pasar [dibuka] <b>lagi</b>", TEXT, date(2025, 3, 3), "Harian Selatan",
    "https://example.org/pasar-1", "id",
)  # fmt: skip
COPY = Article("pasar-2", "Pasar dibuka", TEXT, date(2025, 3, 4), "Kabar Menoreh")
QUOTE = "Kios *baru* berjumlah 214."
RECEIPT = Receipt(
    "Berapa kios?", "berapa kios", date(2025, 3, 1), None, ("Harian Selatan",), "000001",
    "extractive", 0.01234567,
)  # fmt: skip
ANSWER = Answer(
    "answered",
    (Sentence(QUOTE, (1,)),),
    "id",
    (Citation(1, ARTICLE, Passage("pasar-1", 0, TEXT, 0, len(TEXT)), QUOTE, 0, 26, (COPY,)),),
    RECEIPT,
)


def test_the_json_shape_is_the_documented_one():
    found = to_json_dict(ANSWER)
    assert json.loads(json.dumps(found)) == found
    fields = {"status", "text", "sentences", "refusal", "language", "citations", "receipt"}
    assert fields <= found.keys()
    assert found["sentences"] == [
        {"text": QUOTE, "citations": [1], "role": "answer", "lead": "", "strong": None,
         "supported": True}
    ]  # fmt: skip
    citation = found["citations"][0]
    assert citation.pop("also")[0]["article_id"] == "pasar-2"
    assert citation.pop("corrected_by") == []
    assert citation == {
        "number": 1, "article_id": "pasar-1", "title": "Pasar [dibuka] <b>lagi</b>",
        "published": "2025-03-03", "updated": None, "source": "Harian Selatan",
        "url": "https://example.org/pasar-1", "quote": QUOTE, "start": 0, "end": 26,
    }  # fmt: skip
    assert found["receipt"]["since"] == "2025-03-01"
    assert found["receipt"]["until"] is None
    assert found["receipt"]["seconds"] == 0.0123
    assert (found["receipt"]["topics"], found["receipt"]["without"]) == ([], [])


def test_plain_text_carries_outlet_headline_day_address_and_quote():
    assert to_text(ANSWER).splitlines() == [
        "Kios *baru* berjumlah 214. [1]",
        "",
        "Sumber:",
        "[1] Harian Selatan, “Pasar [dibuka] <b>lagi</b>”, 3 Maret 2025, https://example.org/pasar-1",
        "    “Kios *baru* berjumlah 214.”",
        "    (juga dimuat oleh Kabar Menoreh)",
        "",
        "Dicari di arsip Warta: “berapa kios”; 1 Maret 2025 – …; Harian Selatan",
    ]


def test_a_changed_and_corrected_source_says_so_with_its_days():
    later = Article("pasar-9", "Ralat: Pasar [dibuka]", "Maaf.", date(2025, 3, 6), "Harian Selatan")
    changed = replace(ARTICLE, updated=date(2025, 3, 5))
    cited = replace(ANSWER.citations[0], article=changed, also=(), corrected_by=(later,))
    answer = replace(ANSWER, citations=(cited,))
    assert to_text(answer).splitlines()[3:6] == [
        "[1] Harian Selatan, “Pasar [dibuka] <b>lagi</b>”, 3 Maret 2025, diperbarui 5 Maret 2025, "
        "https://example.org/pasar-1",
        "    “Kios *baru* berjumlah 214.”",
        "    dikoreksi: Harian Selatan, “Ralat: Pasar [dibuka]”, 6 Maret 2025",
    ]
    markdown = to_markdown(answer)
    assert "Harian Selatan, 3 Maret 2025, diperbarui 5 Maret 2025  \n" in markdown
    assert "\n   dikoreksi: Ralat: Pasar \\[dibuka\\], Harian Selatan, 6 Maret 2025\n" in markdown
    english = to_text(replace(answer, language="en"))
    assert "3 March 2025, updated 5 March 2025, https" in english
    assert "    corrected: Harian Selatan, “Ralat" in english
    found = to_json_dict(answer)["citations"][0]
    assert found["updated"] == "2025-03-05"
    assert found["corrected_by"] == [
        {"article_id": "pasar-9", "title": "Ralat: Pasar [dibuka]", "published": "2025-03-06",
         "updated": None, "source": "Harian Selatan", "url": ""}
    ]  # fmt: skip


def test_what_an_outlet_has_twice_is_not_said_to_be_carried_by_another():
    again = replace(COPY, id="pasar-3", source="harian selatan ")
    unnamed = replace(COPY, id="pasar-4", source="")

    def shown(language: str, *also: Article) -> str:
        cited = replace(ANSWER.citations[0], also=also)
        answer = replace(ANSWER, language=language, citations=(cited,))
        text = next(line for line in to_text(answer).splitlines() if line.startswith("    ("))
        markdown = next(line for line in to_markdown(answer).splitlines() if "   \\(" in line)
        assert markdown.replace("\\", "").strip() == text.strip()
        return text.strip()

    assert shown("id", again) == "(1 versi lain di media yang sama)"
    assert shown("en", again) == "(1 other version at the same outlet)"
    assert shown("id", COPY, again, COPY, again) == (
        "(juga dimuat oleh Kabar Menoreh; 2 versi lain di media yang sama)"
    )
    assert shown("en", COPY, again, unnamed, again) == (
        "(also carried by outlet not named, Kabar Menoreh; 2 other versions at the same outlet)"
    )


def test_a_partial_answer_names_what_is_missing_and_how_the_question_was_read_is_told():
    lacking = Note("missing", "Jawaban bagian ini tidak ditemukan di arsip: Siapa pengelolanya?")
    receipt = replace(RECEIPT, notes=(lacking, Note("newest", "yang terbaru didahulukan")))
    partial = replace(ANSWER, status="partial", receipt=receipt)
    said = lacking.text
    for shown in (to_text(partial), to_markdown(partial)):
        assert shown.startswith(f"{said}\n\n")
        assert shown.endswith("; yang terbaru didahulukan\n")


def test_markdown_escapes_what_articles_wrote():
    shown = to_markdown(ANSWER)
    assert r"Kios \*baru\* berjumlah 214" in shown
    assert r"[Pasar \[dibuka\] \<b\>lagi\</b\>](https://example.org/pasar-1)" in shown


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "http://", "https://user@example.org/", "https://a.org/) [x](y",
        "data:text/html,x", "//example.org", "https://example.org/\nx", "https://[::1",
        "https://example.org/<b>",
    ],
)  # fmt: skip
def test_only_plain_web_addresses_become_links(url):
    assert checked_url(url) == ""


def test_a_plain_web_address_is_kept():
    assert checked_url("https://example.org/a-b_c?d=1&e=%20#f") == (
        "https://example.org/a-b_c?d=1&e=%20#f"
    )


def test_a_refusal_lists_the_nearest_articles():
    refused = Answer("abstained", (), "id", (), RECEIPT, (ARTICLE,), Refusal("nothing"))
    assert "Artikel terdekat:\n- Harian Selatan, “Pasar [dibuka] <b>lagi</b>”" in to_text(refused)
    assert to_json_dict(refused)["nearest"][0]["article_id"] == "pasar-1"


def test_the_words_that_answer_are_bold_in_markdown_and_spans_in_json():
    at = QUOTE.index("214")
    answer = replace(ANSWER, sentences=(Sentence(QUOTE, (1,), strong=(at, at + 3)),))
    assert to_markdown(answer).startswith("Kios \\*baru\\* berjumlah **214**. \\[1\\]")
    assert to_json_dict(answer)["strong"] == [[at, at + 3]]
    assert QUOTE in to_text(answer)


def test_warta_s_own_words_stand_before_a_quotation_and_never_in_the_text():
    told = (Sentence(QUOTE, (1,), lead="A <i>, 3 Mar 2025:"), Sentence("Dua.", (1,), lead="B:"))
    answer = replace(ANSWER, sentences=told)
    assert answer.text == f"{QUOTE} [1] Dua. [1]"
    assert [(aside.at, aside.text) for aside in answer.asides] == [
        (0, "A <i>, 3 Mar 2025:"), (len(QUOTE) + 5, "B:"),
    ]  # fmt: skip
    assert to_text(answer).startswith(f"A <i>, 3 Mar 2025: {QUOTE} [1]\n\nB: Dua. [1]\n")
    assert to_markdown(answer).startswith(r"*A \<i\>, 3 Mar 2025:* Kios")
