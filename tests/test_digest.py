from datetime import date

import pytest

from warta.assistant.composing.digest import asks_for_news, is_greeting, openings
from warta.assistant.question.question import understand
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit

TODAY = date(2026, 2, 14)
LEAD = "Kebakaran menghanguskan puluhan kios di pasar itu pada dini hari."


def hit(name, day, ordinal=0, lead=LEAD):
    article = Article(name, "Judul", lead + " Api padam.", date(2026, 2, day) if day else None)
    passage = Passage(name, ordinal, article.text, 0, len(article.text))
    return Hit(passage, article, 1.0, 1)


@pytest.mark.parametrize(
    "question",
    ["Apa yang terjadi kemarin?", "berita hari ini", "What happened yesterday?", "kabar terbaru"],
)
def test_days_without_a_subject_ask_for_the_news(question):
    assert asks_for_news(understand(question, [], TODAY))


@pytest.mark.parametrize(
    "question", ["Apa yang terjadi di Pasar Melati kemarin?", "Apa yang terjadi?", "gempa terbaru"]
)
def test_a_subject_or_no_day_is_another_question(question):
    assert not asks_for_news(understand(question, [], TODAY))


def test_the_openings_of_the_newest_articles_are_quoted():
    other = "Wali murid memperbaiki atap ruang kelas bersama para guru sekolah."
    draft = openings([hit("old", 11, lead=other), hit("new", 13), hit("middle", 12, ordinal=2)])
    assert draft.text == f"{LEAD} [1] {other} [2]"
    assert [citation.article.id for citation in draft.citations] == ["new", "old"]
    assert openings([hit("undated", None)]).text == ""


def test_greetings_ask_nothing():
    assert is_greeting("Halo!")
    assert is_greeting("terima kasih banyak")
    assert not is_greeting("halo, siapa kepala BPMP?")
    assert not is_greeting("tes CPNS kapan?")
