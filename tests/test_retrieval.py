"""What each task gets of the archive, and what the whole index says of a name."""

from datetime import date

import pytest
from homes import EMBEDDER, article, fill

from warta.assistant.question.retrieval import Count, counted, found
from warta.assistant.question.understanding import understand
from warta.assistant.question.understood import Holdings, Understood
from warta.index.search.retriever import Retriever
from warta.index.search.view import View

TODAY = date(2019, 9, 18)
TOLD = {
    1: "Banjir merendam Desa Sukamaju di Lembayung, kata Bupati Rina Hartono hari Minggu.",
    3: "Banjir di Sukamaju surut dan warga Lembayung pulang, kata Rina Hartono kepada wartawan.",
    9: "Jembatan Sukamaju yang putus karena banjir mulai dibangun kembali oleh pemerintah Jerman.",
    12: "“Banjir tahun ini yang terbesar,” ujar Rina Hartono di Sukamaju tentang banjir itu.",
}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    home = tmp_path_factory.mktemp("told") / "home"
    news = [
        article(f"a{day}", text, title=f"Banjir Sukamaju {day}", day=date(2019, 9, day))
        for day, text in TOLD.items()
    ]
    fill(home, [*news, article("b", "Harga cabai di Wanasari naik lagi.", day=date(2019, 9, 5))])
    return Retriever.load(home, EMBEDDER).view()


def ask(view: View, question: str) -> Understood:
    coverage = view.coverage()
    archive = Holdings(tuple(coverage.sources), coverage.first, coverage.last)
    return understand(question, (), TODAY, archive)


def ids(view: View, question: str) -> list[str]:
    hits = found(view, ask(view, question))
    return list(dict.fromkeys(hit.article.id for hit in hits))


def test_the_latest_comes_newest_first(view: View) -> None:
    assert ids(view, "Kabar terbaru soal banjir Sukamaju")[:2] == ["a12", "a9"]


def test_a_timeline_comes_oldest_first(view: View) -> None:
    assert ids(view, "Kronologi banjir Sukamaju")[:4] == ["a1", "a3", "a9", "a12"]


def test_the_news_of_no_topic_are_the_newest_articles(view: View) -> None:
    assert ids(view, "Berita terbaru") == ["a12", "a9", "b", "a3", "a1"]


def test_a_day_brings_its_articles_first_and_hides_no_others(view: View) -> None:
    dated = ids(view, "Di mana banjir Sukamaju 3 September?")
    assert dated[0] == "a3"
    assert set(dated) >= {"a1", "a3", "a9", "a12"}


def test_the_askers_own_days_hold_strictly(view: View) -> None:
    read = ask(view, "Di mana banjir Sukamaju?")
    hits = found(view, read, date(2019, 9, 9), date(2019, 9, 9))
    assert [hit.article.id for hit in hits] == ["a9"]


def test_quotes_bring_the_speakers_words_first(view: View) -> None:
    assert ids(view, "Kumpulkan kutipan Rina Hartono soal banjir")[0] == "a12"


def test_articles_on_a_topic_are_counted_with_their_days(view: View) -> None:
    read = ask(view, "Ada berapa berita tentang banjir?")
    assert counted(view, read) == Count(4, date(2019, 9, 1), date(2019, 9, 12))
    read = ask(view, "Ada berapa berita tentang masalah banjir?")
    assert counted(view, read) == Count(4, date(2019, 9, 1), date(2019, 9, 12))
    read = ask(view, "Ada berapa berita tentang gempa?")
    assert counted(view, read) == Count(0)


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("Rina Hartono", True),
        ("Bupati Rina Hartono", True),
        ("Germany", True),
        ("Jerman", True),
        ("Desa Wanasari Lembayung", False),
        ("Cimanglid", False),
        ("Rina Cimanglid", False),
    ],
)
def test_a_name_is_missing_only_where_no_article_has_all_of_it(
    view: View, name: str, held: bool
) -> None:
    assert view.holds(name) is held
    assert view.missing([name, name]) == (() if held else (name,))


def test_what_was_published_after_the_question_falls_behind(view: View) -> None:
    archive = Holdings(first=date(2019, 9, 1), last=date(2019, 9, 12))

    def order(today: date) -> list[str]:
        asked = understand("Siapa yang bicara soal banjir di Sukamaju?", (), today, archive)
        return [hit.article.id for hit in found(view, asked)]

    early, late = order(date(2019, 9, 8)), order(TODAY)
    assert set(early) == set(late)
    assert early.index("a9") > late.index("a9")
    assert early.index("a9") > early.index("a3")


def test_a_day_asked_for_outweighs_how_long_ago_it_was(view: View) -> None:
    archive = Holdings(first=date(2019, 9, 1), last=date(2019, 9, 12))
    asked = understand("Apa kata Rina Hartono 12 September?", (), date(2019, 9, 4), archive)
    assert found(view, asked)[0].article.id == "a12"
