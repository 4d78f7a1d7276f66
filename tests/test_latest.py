from datetime import date

from warta.assistant.composing.latest import latest
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit


def hit(rank, day, coverage):
    text = "Gempa mengguncang kota."
    published = date(2026, 1, day) if day else None
    article = Article(f"a{rank}", "Gempa", text, published)
    return Hit(Passage(article.id, 0, text, 0, len(text)), article, 1.0 / rank, rank, 0.5, coverage)


def ids(hits):
    return [(found.rank, found.article.id) for found in hits]


def test_the_newest_days_of_the_topic_come_in_their_order_of_likeness():
    found = [hit(1, 3, 1.0), hit(2, 20, 1.0), hit(3, 18, 0.9), hit(4, 16, 1.0)]
    assert ids(latest(found, 12)) == [(1, "a2"), (2, "a3")]


def test_what_is_new_but_off_the_topic_does_not_count():
    found = [hit(1, 3, 1.0), hit(2, 25, 0.4)]
    assert ids(latest(found, 12)) == [(1, "a1")]


def test_undated_articles_stay_where_nothing_is_dated():
    found = [hit(1, None, 1.0), hit(2, None, 0.9)]
    assert ids(latest(found, 1)) == [(1, "a1")]
    assert latest([], 5) == []
