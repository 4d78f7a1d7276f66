"""Markers and citations."""

from warta.assistant.composing.writer import best_quote, cite, neutralise, resolve
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit


def hit(id_, text, rank=1):
    article = Article(id_, "Judul", text)
    return Hit(Passage(id_, 0, text, 0, len(text)), article, 1.0, rank)


HITS = (
    hit("a", "Wali kota membuka pasar. Kios berjumlah 214. Biayanya Rp4 miliar."),
    hit("b", "Jembatan rampung pada Februari. Panjangnya 120 meter.", 2),
    hit("c", "Lomba diikuti 56 peserta.", 3),
)


def test_numbers_are_given_anew_by_first_use():
    draft = resolve("Jembatan rampung pada Februari [2]. Kios berjumlah 214 [1].", HITS)
    assert draft.text == "Jembatan rampung pada Februari [1]. Kios berjumlah 214 [2]."
    assert [(c.number, c.article.id, c.quote) for c in draft.citations] == [
        (1, "b", "Jembatan rampung pada Februari."),
        (2, "a", "Kios berjumlah 214."),
    ]


def test_unknown_numbers_are_dropped():
    draft = resolve("Ada 56 peserta [99][3][0].", HITS)
    assert draft.text == "Ada 56 peserta [1]."
    assert [c.article.id for c in draft.citations] == ["c"]


def test_every_way_of_writing_a_marker_is_read():
    for written in ("[1, 3]", "[1][3]", "【1】【3】", "[^1] [^3]", "[1†source][3]"):
        assert resolve(f"Kios berjumlah 214 {written}", HITS).text == "Kios berjumlah 214 [1] [2]"


def test_a_second_sentence_of_the_same_passage_gets_its_own_quote():
    draft = resolve("Kios berjumlah 214 [1]. Biayanya Rp4 miliar [1]. Ada 214 kios [1].", HITS)
    assert draft.text == "Kios berjumlah 214 [1]. Biayanya Rp4 miliar [2]. Ada 214 kios [1]."
    assert [c.quote for c in draft.citations] == ["Kios berjumlah 214.", "Biayanya Rp4 miliar."]


def test_a_marker_still_being_written_is_left_out():
    assert resolve("Kios berjumlah 214 [", HITS).text == "Kios berjumlah 214"
    assert resolve("Kios berjumlah 214 [1", HITS).text == "Kios berjumlah 214"


def test_foreign_numbers_in_brackets_become_full_width_and_come_back_by_nfkc():
    import unicodedata

    text = "Menurut catatan [1] dan [2, 3], bukan [a] atau [redaksi]."
    shown = neutralise(text)
    assert shown == "Menurut catatan ［1］ dan ［2, 3］, bukan [a] atau [redaksi]."
    assert unicodedata.normalize("NFKC", shown) == text


def test_a_citation_holds_the_articles_own_characters():
    start, end = best_quote("Berapa biayanya? Rp4 miliar.", HITS[0])
    citation = cite(1, HITS[0], start, end)
    assert citation.article.text[citation.start : citation.end] == "Biayanya Rp4 miliar."
    assert citation.quote == "Biayanya Rp4 miliar."
