"""When sources are said to differ, and when not: a false contradiction is worse than none."""

from datetime import date

import pytest

from warta.assistant.composing.differing import remark
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit
from warta.index.reader.features import ask, candidates
from warta.index.weights import read_rarity


def said(question, *told, language="id"):
    """What is remarked on sentences of one article each: (text, day of March 2025, outlet)."""
    quoted = []
    for rank, (text, day, source) in enumerate(told, start=1):
        published = date(2025, 3, day) if day else None
        article = Article(f"a{rank}", "", text, published, source)
        hit = Hit(Passage(f"a{rank}", 0, text, 0, len(text)), article, 1.0, rank)
        quoted += candidates([hit])
    return remark(ask(question, read_rarity()), quoted, language)


DEPTH = "Berapa kedalaman gempa Sewon?"


def test_figures_of_one_day_that_differ_are_told_with_who_gives_them():
    told = (
        ("Gempa Sewon terjadi pada kedalaman 56 km.", 3, "Kabar Menoreh"),
        ("Gempa Sewon berada di kedalaman 10 km.", 3, "Harian Selatan"),
    )
    assert said(DEPTH, *told) == (
        "Sumber berbeda: 56 km (Kabar Menoreh, 3 Mar 2025), 10 km (Harian Selatan, 3 Mar 2025)."
    )
    assert said(DEPTH, *told, language="en").startswith("Sources differ: 56 km (Kabar Menoreh")


def test_a_toll_that_grew_over_days_is_no_contradiction():
    assert said(
        "Berapa korban tewas gempa Sewon?",
        ("Korban tewas gempa Sewon menjadi 12 orang.", 5, "Harian Selatan"),
        ("Korban tewas gempa Sewon mencapai 3 orang.", 3, "Kabar Menoreh"),
    ) == (
        "Angkanya bertambah dari hari ke hari: 3 orang (Kabar Menoreh, 3 Mar 2025), "
        "12 orang (Harian Selatan, 5 Mar 2025)."
    )


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (DEPTH, ("Gempa Sewon terjadi pada kedalaman 10 km.", 3, "A"),
         ("Gempa Sewon berada di kedalaman 10 kilometer.", 3, "B")),
        (DEPTH, ("Gempa Sewon terjadi pada kedalaman 10 km.", 3, "A"),
         ("Gempa Sewon berjarak 56 km dari Bantul.", 3, "B")),
        (DEPTH, ("Gempa Sewon terjadi pada kedalaman 10 km.", 3, "A"),
         ("Gempa Tirtamaya di kedalaman 56 km.", 3, "B")),
        (DEPTH, ("Gempa Sewon terjadi pada kedalaman 10 km.", 3, "A"),
         ("Gempa Sewon terjadi pada kedalaman 56 km.", 9, "B")),
        (DEPTH, ("Gempa Sewon terjadi pada kedalaman 10 km.", 3, "A"),
         ("Gempa Sewon terjadi pada kedalaman 56 km.", None, "B")),
        (DEPTH, ("Gempa Sewon pukul 14.06 WIB di kedalaman 10 km.", 3, "A"),
         ("Gempa Sewon pukul 14.31 WIB di kedalaman 56 km.", 3, "B")),
        ("Berapa anggaran Pasar Wonosari?", ("Anggaran Pasar Wonosari Rp62,2 miliar.", 3, "A"),
         ("Anggaran Pasar Wonosari sebesar Rp62,208 miliar.", 3, "B")),
        ("Berapa korban tewas gempa Sewon?", ("Korban tewas gempa Sewon 12 orang.", 3, "A"),
         ("Korban tewas gempa Sewon 3 orang.", 6, "B")),
        ("Siapa ketua panitia gempa Sewon?", ("Ketua panitia gempa Sewon Ani, 30 tahun.", 3, "A"),
         ("Ketua panitia gempa Sewon Budi Santo, 40 tahun.", 3, "B")),
    ],
    ids=["same", "another-measure", "another-event", "another-day", "undated", "another-hour",
         "rounded",
         "shrinking", "names"],
)  # fmt: skip
def test_nothing_is_said_where_it_may_not_be_the_same_thing(question, one, other):
    assert said(question, one, other) == ""


def test_one_article_does_not_contradict_itself():
    article = Article("a", "", "Gempa Sewon di kedalaman 10 km. Gempa Sewon di kedalaman 56 km.",
                      date(2025, 3, 3), "A")  # fmt: skip
    hit = Hit(Passage("a", 0, article.text, 0, len(article.text)), article, 1.0, 1)
    assert remark(ask(DEPTH, read_rarity()), candidates([hit]), "id") == ""
