"""Markers and citations."""

from warta.assistant.composing.writer import cite, neutralise
from warta.assistant.writing.support import Checker, best_quote
from warta.corpus.article import Article, Passage
from warta.index.candidates import Hit


def hit(id_, text, rank=1):
    article = Article(id_, "Judul", text)
    return Hit(Passage(id_, 0, text, 0, len(text)), article, 1.0, rank)


HITS = (
    hit("a", "Wali kota membuka pasar. Kios berjumlah 214. Biayanya Rp4 miliar."),
    hit("b", "Jembatan rampung pada Februari. Panjangnya 120 meter.", 2),
    hit("c", "Lomba diikuti 56 peserta.", 3),
)


def read(output):
    """What a model put out, its last sentence complete."""
    return Checker(HITS).read(output, done=True)


def test_every_way_of_writing_a_marker_is_read():
    for written in ("[1, 3]", "[1][3]", "【1】【3】", "[^1] [^3]", "[1†source][3]"):
        draft = read(f"Kios berjumlah 214 dan lomba diikuti 56 peserta {written}.")
        assert [c.article.id for c in draft.citations] == ["a", "c"], written


def test_a_second_sentence_of_the_same_passage_gets_its_own_quote():
    draft = read("Kios berjumlah 214 [1]. Biayanya Rp4 miliar [1]. Kios itu berjumlah 214 [1].")
    assert [s.citations for s in draft.sentences] == [(1,), (2,), (1,)]
    assert [c.quote for c in draft.citations] == ["Kios berjumlah 214.", "Biayanya Rp4 miliar."]


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
