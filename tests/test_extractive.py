"""Writing by quoting."""

from datetime import date

from warta.assistant.composing.extractive import (
    Chosen,
    ExtractiveWriter,
    _oldest_first,
    choose,
    draft_of,
)
from warta.assistant.question.question import understand
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit
from warta.index.reader.features import candidates
from warta.index.reader.reader import Scored
from warta.index.reader.scorer import SentenceScorer


def hit(id_, text, rank=1, also=()):
    return Hit(Passage(id_, 0, text, 0, len(text)), Article(id_, "", text), 1.0, rank, also=also)


TEXT = "Pasar dibuka Senin. Kios berjumlah 214. Hujan turun sejak pagi. Warga datang ramai."
PASAR = hit("a", TEXT)
JEMBATAN = hit("b", "Jembatan rampung. Panjangnya 120 meter.", 2)


def scored(wanted, hits=(PASAR, JEMBATAN)):
    found = {c.text: c for c in candidates(hits)}
    return [Scored(found[text], score) for text, score in wanted]


def test_sentences_side_by_side_share_a_number_and_their_quote_spans_both():
    draft = draft_of(choose(scored([("Kios berjumlah 214.", 2.0), ("Pasar dibuka Senin.", 1.0)])))
    assert draft.text == "Kios berjumlah 214. [1] Pasar dibuka Senin. [1]"
    assert [c.quote for c in draft.citations] == ["Pasar dibuka Senin. Kios berjumlah 214."]
    assert TEXT[draft.citations[0].start : draft.citations[0].end] == draft.citations[0].quote


def test_sentences_apart_have_numbers_of_their_own():
    ranked = [("Kios berjumlah 214.", 2.0), ("Warga datang ramai.", 1.0), ("Jembatan rampung.", 0)]
    draft = draft_of(choose(scored(ranked)))
    assert draft.text == "Kios berjumlah 214. [1] Warga datang ramai. [2] Jembatan rampung. [3]"
    assert [c.number for c in draft.citations] == [1, 2, 3]


def test_near_same_sentences_count_once_and_name_their_articles():
    copy = hit("c", "Kios berjumlah 214 .", 3)
    ranked = scored(
        [("Kios berjumlah 214.", 2.0), ("Kios berjumlah 214 .", 1.5)], (PASAR, JEMBATAN, copy)
    )
    draft = draft_of(choose(ranked))
    assert draft.text == "Kios berjumlah 214. [1]"
    assert [article.id for article in draft.citations[0].also] == ["c"]


def test_at_most_seven_sentences_are_quoted():
    names = "Ani Budi Cici Dodi Edi Fani Gigi Heri Ina".split()
    found = candidates([hit("a", " ".join(f"Warga {name} datang." for name in names))])
    assert len(found) == 9
    assert len(choose([Scored(c, 1.0) for c in found])) == 7


def test_after_three_sentences_only_those_that_fit_are_quoted():
    text = "Ani datang. Budi pergi. Cici bertanya lama sekali. Dodi menjawab panjang. Edi diam."
    found = [Scored(c, 1.0) for c in candidates([hit("a", text)])]
    chosen = choose(found, characters=60)
    told = [item.sentence.text for item in chosen]
    assert told == ["Ani datang.", "Budi pergi.", "Cici bertanya lama sekali.", "Edi diam."]
    assert len(choose(found, characters=5)) == 3


def test_what_hardly_answers_is_left_out():
    chosen = choose(scored([("Kios berjumlah 214.", 2.0), ("Hujan turun sejak pagi.", -6.0)]))
    assert [item.sentence.text for item in chosen] == ["Kios berjumlah 214."]


def test_the_first_sentence_is_given_even_where_it_is_unlikely():
    chosen = choose(scored([("Hujan turun sejak pagi.", -6.0)]))
    assert [item.sentence.text for item in chosen] == ["Hujan turun sejak pagi."]


def test_no_sentences_make_no_draft():
    assert choose([]) == []


def test_what_was_asked_for_is_a_span_of_the_first_sentence_and_the_quotation_stays_as_it_is():
    question = understand("Berapa jumlah kios pasar?", (), date(2025, 3, 10))
    *_, draft = ExtractiveWriter(SentenceScorer.load()).write(question, [PASAR])
    assert draft.text.startswith("Kios berjumlah 214. [1]")
    assert [draft.text[start:end] for start, end in draft.strong] == ["214"]


def test_what_developed_is_told_by_day_and_article_undated_last():
    def told(id_, text, day):
        article = Article(id_, "", text, day)
        return candidates([Hit(Passage(id_, 0, text, 0, len(text)), article, 1.0, 1)])

    late, undated = told("b", "Satu. Dua.", date(2025, 3, 9)), told("c", "Tiga.", None)
    early, same_day = told("a", "Empat.", date(2025, 3, 3)), told("d", "Lima.", date(2025, 3, 9))
    mixed = [Chosen(s) for s in (late[0], undated[0], same_day[0], early[0], late[1])]
    told_in_order = [item.sentence.text for item in _oldest_first(mixed)]
    assert told_in_order == ["Empat.", "Satu.", "Dua.", "Lima.", "Tiga."]
