"""The list of all articles that hold the words of a query, its total and its counts."""

from datetime import date

import numpy as np
import pytest
from homes import EMBEDDER, article, fill

from warta.corpus.errors import InputError
from warta.index.search.listing import ListRequest, sought
from warta.index.search.phrases import phrases, spans
from warta.index.search.retriever import Retriever
from warta.index.snapshot.tokens import TokenTable

LONG = (
    "Warga Kampung Rantau mengungsi ke balai desa setelah banjir setinggi dada orang dewasa "
    "merendam ratusan rumah di tepi Sungai Lembayung sejak Senin dini hari. Kepala desa meminta "
    "bantuan perahu karet, selimut dan makanan bayi kepada pemerintah kabupaten."
)
ARTICLES = [
    article("a", LONG, title="Banjir di Rantau", day=date(2026, 1, 5), source="Kabar Satu"),
    article("b", LONG, title="Banjir di Rantau", day=date(2026, 1, 6), source="Harian Dua"),
    article("c", "Banjir surut. Pasar Rantau dibuka lagi.", title="Pasar dibuka",
            day=date(2026, 2, 1), source="Harian Dua"),
    article("d", "Harga cabai naik di Pasar Baru.", title="Harga cabai", day=date(2026, 2, 9),
            source="kabar satu"),
    article("e", "Banjir lagi di Teluk.", title="Banjir", day=None, source="Kabar Satu"),
]  # fmt: skip


@pytest.fixture(scope="module")
def retriever(tmp_path_factory) -> Retriever:
    home = tmp_path_factory.mktemp("lists") / "home"
    fill(home, ARTICLES)
    return Retriever(EMBEDDER, home)


def listing(retriever, query="", **wanted):
    return retriever.view().listing(ListRequest(query, **wanted))


def ids(found):
    return [hit.article.id for hit in found.hits]


def test_every_article_with_all_words_is_listed_and_copies_count_once(retriever):
    found = listing(retriever, "banjir Rantau")
    assert (found.total, found.match) == (2, "all")
    assert sorted(ids(found)) == ["a", "c"]
    first = next(hit for hit in found.hits if hit.article.id == "a")
    assert [copy.id for copy in first.also] == ["b"]
    assert [hit.rank for hit in found.hits] == [1, 2]


def test_where_no_article_has_all_words_those_with_any_are_listed_and_that_is_said(retriever):
    found = listing(retriever, "cabai surut")
    assert (found.total, found.match) == (2, "any")
    assert sorted(ids(found)) == ["c", "d"]
    assert listing(retriever, "pasar cabai").match == "all"
    assert listing(retriever, "pasar cabai", match="any").total == 2


def test_a_count_is_the_total_that_its_filter_gives(retriever):
    found = listing(retriever, "banjir")
    assert found.months == {date(2026, 1, 1): 1, date(2026, 2, 1): 1}
    assert found.outlets == {"Harian Dua": 2, "Kabar Satu": 2}
    for name, count in found.outlets.items():
        assert listing(retriever, "banjir", sources=(name,)).total == count
    january = listing(retriever, "banjir", since=date(2026, 1, 1), until=date(2026, 1, 31))
    assert january.total == 1
    assert january.months == found.months  # so that another month can be chosen
    assert january.outlets == {"Harian Dua": 1, "Kabar Satu": 1}


def test_an_outlet_is_spelt_as_most_of_its_articles_do(retriever):
    assert listing(retriever).outlets == {"Kabar Satu": 3, "Harian Dua": 2}


def test_without_a_query_everything_is_listed_newest_first_and_undated_last(retriever):
    found = listing(retriever)
    assert (found.total, ids(found)) == (4, ["d", "c", "a", "e"])
    assert found.hits[2].passage.start == 0


def test_by_day_the_newest_of_the_articles_comes_first(retriever):
    assert ids(listing(retriever, "banjir", order="day")) == ["c", "a", "e"]


def test_pages_hold_each_article_once_and_together_all(retriever):
    for order in ("relevance", "day"):
        pages = [listing(retriever, "banjir", order=order, offset=at, limit=1) for at in range(4)]
        assert sorted(name for page in pages for name in ids(page)) == ["a", "c", "e"]
        assert [page.total for page in pages] == [3, 3, 3, 3]
        assert [hit.rank for page in pages for hit in page.hits] == [1, 2, 3]


def test_of_an_article_the_passage_with_most_of_the_words_is_shown(tmp_path):
    text = "\n".join([LONG, "Padi rusak. " * 60, "Perahu Baruna tiba di Rantau membawa selimut."])
    fill(tmp_path / "home", [article("x", text)])
    view = Retriever(EMBEDDER, tmp_path / "home").view()
    found = view.listing(ListRequest("Perahu Baruna", order="day"))
    assert "Baruna" in found.hits[0].passage.text


def test_what_was_taken_down_is_neither_listed_nor_counted(retriever):
    view = retriever.view().without(["a", "d"])
    found = view.listing(ListRequest("banjir"))
    assert {hit.article.id for hit in found.hits} == {"b", "c", "e"}
    assert found.outlets == {"Harian Dua": 2, "Kabar Satu": 1}
    assert view.listing(ListRequest("cabai")).total == 0


def test_a_list_can_be_kept_to_some_articles(retriever):
    found = listing(retriever, "banjir", among=frozenset({"b", "e", "none"}))
    assert sorted(ids(found)) == ["b", "e"]
    assert found.outlets == {"Harian Dua": 1, "Kabar Satu": 1}
    assert listing(retriever, "banjir", among=frozenset()).total == 0


def test_another_name_and_a_translation_hold_as_the_word_itself(retriever):
    frequency = retriever.view()._snapshot.lexical.frequency
    (group,) = sought("KPK", frequency)
    assert group[0] == ("kpk",)
    assert {"komisi", "korupsi"} <= {term for form in group[1:] for term in form}
    assert listing(retriever, "What happened in the flood?").total == 3


def test_wishes_that_cannot_be_met_are_named(retriever):
    for wanted, said in [
        ({"offset": -1}, "The offset is -1."),
        ({"sources": ("Zona",)}, "No article is from 'Zona'."),
        ({"since": date(2026, 2, 1), "until": date(2026, 1, 1)}, "ends before it begins"),
    ]:
        with pytest.raises(InputError, match=said):
            listing(retriever, **wanted)


def test_postings_are_every_place_of_every_term():
    table = TokenTable(np.array([3, 5, 3, 9], np.int32), np.array([0, 2, 2, 4], np.int64))
    rows, which = table.postings(np.array([9, 3, 7], np.int32))
    assert (rows.tolist(), which.tolist()) == ([0, 2, 2], [1, 1, 0])
    assert table.postings(np.array([], np.int32))[0].tolist() == []


def test_a_part_beyond_the_end_is_empty_and_knows_the_total(retriever):
    found = listing(retriever, "banjir", offset=30)
    assert (found.hits, found.total, found.offset) == ((), 3, 30)


def test_what_stands_in_quotation_marks_has_to_stand_so_in_the_article(retriever):
    found = listing(retriever, '"pasar rantau" banjir')
    assert (ids(found), found.phrases) == (["c"], ("pasar rantau",))
    assert listing(retriever, "“rantau pasar”").total == 0  # another order
    assert listing(retriever, '"pasar rantauan"').total == 0  # another word
    assert listing(retriever, '"Harga Cabai naik"').total == 1
    assert listing(retriever, '"harga cabai" "teluk"').total == 0
    assert listing(retriever, '""').total == listing(retriever).total
    assert listing(retriever, '"di"').phrases == ()  # a function word alone is in every article
    long = listing(retriever, '"perahu karet, selimut"')
    assert "perahu karet" in long.hits[0].passage.text


def test_phrases_are_read_whatever_marks_and_spaces_stand_between_their_words():
    text = "Harga cabai – kata\nPak Tirta – naik. HARGA CABAI turun; harga cabainya tetap."
    assert [text[slice(*span)] for span in spans(text, ("harga cabai",))] == [
        "Harga cabai", "HARGA CABAI",
    ]  # fmt: skip
    assert spans(text, ("cabai kata pak",)) == [(6, 22)]
    assert phrases('„x “pasar baru” "harga cabai" "" "di" "-"') == ("pasar baru", "harga cabai")
