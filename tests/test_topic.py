"""What of a request is its topic."""

import pytest

from warta.assistant.question.retrieval import on_topic, topic_terms
from warta.corpus.article import Article
from warta.corpus.passages import Passage
from warta.index.candidates import Hit


def hit(name: str, text: str, score: float) -> Hit:
    return Hit(Passage(name, 0, text, 0, len(text)), Article(name, "", text), score, 1)


FOUND = [
    hit("gugat", "Koperasi Lumbung digugat nasabah ke pengadilan.", 5.0),
    hit("dealer", "Nasabah Koperasi Lumbung ditawari mobil dari dealer milik pengurus.", 4.0),
    hit("polisi", "Polisi mengusut penipuan nasabah Koperasi Lumbung.", 3.0),
    hit("desa", "Koperasi desa dibentuk di Tubaba.", 2.5),
    hit("ikan", "Usaha ikan di kolam menjadi masalah bagi koperasi, kata Lumbung.", -0.4),
]


def test_the_topic_is_what_the_best_articles_share() -> None:
    assert topic_terms(FOUND, ["masalah Koperasi Lumbung"]) == ["koperasi", "lumbung"]


def test_of_an_english_request_those_of_its_words_are_the_topic_that_stand_there() -> None:
    texts = ["customers of the cooperative", "nasabah", "pelanggan", "koperasi"]
    assert topic_terms(FOUND, texts) == ["nasabah", "koperasi"]


@pytest.mark.parametrize("hits", [[], FOUND])
def test_where_nothing_is_shared_all_terms_are_the_topic(hits: list[Hit]) -> None:
    assert topic_terms(hits, ["gempa hebat"]) == ["gempa", "hebat"]


def test_an_article_with_more_words_of_the_request_does_not_hide_those_on_the_topic() -> None:
    kept = on_topic(FOUND, ["koperasi", "lumbung"])
    assert [(each.article.id, each.coverage) for each in kept] == [
        ("gugat", 1.0), ("dealer", 1.0), ("polisi", 1.0), ("ikan", 1.0)
    ]  # fmt: skip
