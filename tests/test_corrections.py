"""Corrections are tied to the article whose headline they name, and to no other."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from homes import EMBEDDER, article, fill

from warta.assistant import Assistant
from warta.assistant.exporting.export import to_json_dict
from warta.corpus.article import Article
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.search.corrections import named_headline
from warta.index.search.retriever import Retriever
from warta.index.search.view import View

DAY = date(2025, 5, 10)
TITLE = "Panitia Festival Laguna Terima 48 Perahu Hias dari Sembilan Kecamatan"
FIRST = article(
    "first",
    "Panitia Festival Laguna menerima 48 perahu hias dari sembilan kecamatan.",
    title=TITLE,
    day=DAY,
    source="Kabar Laguna",
)


def _correction(id_: str, title: str, after: int = 2, source: str = "Kabar Laguna") -> Article:
    text = "Redaksi memperbaiki angka yang keliru. Redaksi meminta maaf kepada pembaca."
    return article(id_, text, title=title, day=DAY + timedelta(after), source=source)


@pytest.fixture
def view_of(tmp_path: Path) -> Callable[..., View]:
    def made(*articles: Article) -> View:
        fill(tmp_path / "home", [FIRST, *articles])
        return Retriever.load(tmp_path / "home", EMBEDDER).view()

    return made


def _ids(view: View, of: Article = FIRST) -> list[str]:
    return [each.id for each in view.corrected_by(of)]


@pytest.mark.parametrize(
    ("title", "text", "named"),
    [
        ("RALAT: Pasar Dibuka Senin", "", "pasar dibuka senin"),
        ("Koreksi - Pasar Dibuka Senin", "", "pasar dibuka senin"),
        ("KORREKSI – Pasar Dibuka Senin", "", "pasar dibuka senin"),
        ("[Ralat] Pasar Dibuka Senin", "", "pasar dibuka senin"),
        ("Ralat Berita: “Pasar Dibuka Senin”", "", "pasar dibuka senin"),
        ("Maaf", "Ralat atas berita berjudul “Pasar Dibuka Senin” kemarin.", "pasar dibuka senin"),
        ("Maaf", 'Ini ralat atas berita "Pasar Dibuka Senin".', "pasar dibuka senin"),
        ("Koreksi IHSG Berlanjut", "Pelaku pasar menanti “kabar baik”.", ""),
        ("Menteri Ralat soal Tarif", "Ia berkata “tarif belum final”.", ""),
        ("Maaf", "Ralat atas berita kemarin. Menteri berkata “tarif naik”.", ""),
    ],
)
def test_a_headline_is_named_behind_the_label_or_in_quotation_marks(title, text, named):
    assert " ".join(named_headline(article("x", text or "Maaf.", title=title))) == named


@pytest.mark.parametrize(
    "title",
    [
        f"RALAT: {TITLE}",
        f"Koreksi - {TITLE.upper()}!",
        f"Ralat: {TITLE.replace(' Hias', '')}",
        f"Permintaan Maaf dan Ralat Atas Berita Berjudul “{TITLE}”",
    ],
)
def test_a_correction_is_tied_to_the_earlier_article_it_names(title, view_of):
    later = _correction("later", title)
    view = view_of(later)
    assert view.corrected_by(FIRST) == (later,)
    assert _ids(view, later) == []


@pytest.mark.parametrize(
    "other",
    [
        _correction("elsewhere", f"Ralat: {TITLE}", source="Harian Teluk"),
        _correction("before", f"Ralat: {TITLE}", after=-1),
        _correction("late", f"Ralat: {TITLE}", after=61),
        _correction("figure", f"Ralat: {TITLE.replace('48', '84')}"),
        _correction("another", "Ralat: Panitia Festival Laguna Tunda Lomba Perahu Hias"),
        _correction("unlabelled", TITLE),
    ],
    ids=lambda each: each.id,
)
def test_what_names_another_outlet_time_or_headline_is_not_tied(other, view_of):
    assert _ids(view_of(other)) == []


def test_of_two_articles_that_fit_the_nearer_and_then_the_newer_is_meant(view_of):
    short = article(
        "short", "Panitia menerima perahu.", title=TITLE.replace(" Hias", ""),
        day=DAY + timedelta(1), source="Kabar Laguna",
    )  # fmt: skip
    view = view_of(short, _correction("later", f"Ralat: {TITLE}"))
    assert (_ids(view), _ids(view, short)) == (["later"], [])
    again = article(
        "again", "Panitia kembali menerima perahu hias.", title=TITLE, day=DAY + timedelta(1),
        source="Kabar Laguna",
    )  # fmt: skip
    view = view_of(short, again, _correction("later", f"Ralat: {TITLE}"))
    assert (_ids(view), _ids(view, again)) == ([], ["later"])


def test_several_corrections_come_by_day_and_one_taken_down_is_not_named(view_of):
    view = view_of(_correction("b", f"Ralat: {TITLE}", 5), _correction("a", f"Koreksi: {TITLE}", 1))
    assert _ids(view) == ["a", "b"]
    assert _ids(view.without(["a"])) == ["b"]
    assert _ids(view) == ["a", "b"]


def test_the_citation_of_a_corrected_article_carries_its_correction(tmp_path):
    shipped = SentenceTransformerEmbedder.load(None)
    fill(tmp_path / "home", [FIRST, _correction("later", f"Ralat: {TITLE}")], shipped)
    assistant = Assistant.load(tmp_path / "home", embedder=shipped)
    answer = assistant.answer("Berapa perahu hias yang diterima panitia Festival Laguna?")
    cited = {each["article_id"]: each for each in to_json_dict(answer)["citations"]}
    later = cited["first"]["corrected_by"]
    assert [(one["article_id"], one["title"], one["published"]) for one in later] == [
        ("later", f"Ralat: {TITLE}", "2025-05-12")
    ]
