"""Is a sentence carried by its passage?"""

import random
from datetime import date

import pytest
import support_cases as cases

from warta.assistant.answer import Citation, Sentence
from warta.assistant.writing.support import check, judged
from warta.corpus.article import Article, Passage
from warta.corpus.language.names import names

PASSAGE = (
    "Ambon – Wali Kota Ambon Samuel Latuheru membuka Festival Teluk, Rabu (7/8/2024). Festival itu "
    "berlangsung selama lima tahun berturut-turut. “Kami tidak akan menaikkan retribusi pedagang,” "
    "kata Samuel. Panitia menyiapkan Rp21,05 miliar dan 214 kios. Badan Meteorologi belum memberi "
    "peringatan cuaca."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Panitia menyiapkan Rp21,05 miliar dan 214 kios.",
        "Panitia menyediakan Rp 21,05 miliar dan 214 kios.",
        "Festival itu berlangsung selama 5 tahun berturut-turut.",
        "Samuel Latuheru membuka Festival Teluk pada 7 Agustus 2024.",
        "Pada 7/8/2024 festival dibuka oleh Wali Kota Ambon, Samuel Latuheru.",
        "Samuel mengatakan “kami tidak akan menaikkan retribusi pedagang”.",
        "The festival was opened by Ambon mayor Samuel Latuheru on August 7, 2024.",
        "BM belum memberi peringatan cuaca.",
        "Retribusi pedagang tidak akan dinaikkan.",
    ],
)
def test_what_the_passage_says_is_carried(sentence):
    assert check(sentence, PASSAGE).missing == ()


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("Panitia menyiapkan Rp21,5 miliar dan 214 kios.", "Rp21,5 miliar"),
        ("Panitia menyiapkan Rp21,05 triliun dan 214 kios.", "Rp21,05 triliun"),
        ("Festival itu berlangsung selama lima bulan berturut-turut.", "lima bulan"),
        ("Festival itu berlangsung selama enam tahun berturut-turut.", "enam tahun"),
        ("Samuel Latuheru membuka Festival Teluk pada 8 Agustus 2024.", "8 Agustus 2024"),
        ("Wali Kota Ambon Samuel Tuasikal membuka Festival Teluk.", "Samuel Tuasikal"),
        ("“Kami tidak akan menurunkan retribusi pedagang,” kata Samuel.",
         "Kami tidak akan menurunkan retribusi pedagang,"),
        ("Samuel akan menaikkan retribusi pedagang.", "negation"),
        ("Badan Meteorologi memberi peringatan cuaca.", "negation"),
        ("Panitia tidak menyiapkan Rp21,05 miliar dan 214 kios.", "negation"),
        ("The festival was opened on August 9, 2024.", "August 9, 2024"),
    ],
)  # fmt: skip
def test_what_was_changed_is_named(sentence, missing):
    assert any(missing in found for found in check(sentence, PASSAGE).missing)


def test_words_that_are_not_in_the_passage_are_not_carried():
    claim = "Harga cabai keriting melonjak di pasar induk akibat banjir."
    assert not check(claim, PASSAGE).carried


def test_headline_and_day_of_publication_count_as_the_passage():
    claim = "Kebakaran di Sleman terjadi 12 Maret 2025."
    passage = "Kebakaran terjadi pada Rabu siang dan memusnahkan dua kios."
    assert not check(claim, passage).carried
    assert check(claim, passage, title="Sleman", published=date(2025, 3, 12)).carried


def _cited(number, text):
    article = Article(f"a{number}", "", text)
    return Citation(number, article, Passage(f"a{number}", 0, text, 0, len(text)), text, 0,
                    len(text))  # fmt: skip


def test_each_sentence_of_an_answer_is_judged_by_its_own_citations():
    citations = (_cited(1, PASSAGE), _cited(2, "Hujan turun di Banda pada malam hari."))
    said = (
        Sentence("Panitia menyiapkan 214 kios.", (1,)),
        Sentence("Hujan turun di Banda.", (1,)),
        Sentence("Hujan turun di Banda.", (2,)),
        Sentence("Festival berlangsung lima tahun."),
        Sentence("Panitia menyiapkan 215 kios.", (1,)),
    )
    carried = [sentence.supported for sentence in judged(said, citations)]
    assert carried == [True, False, True, True, False]


def _changed(found, rng):
    others = [n.text for sentence, _, _, _ in found for n in names(sentence) if not n.initial]
    kinds = {
        "number": lambda s, p: cases.change_number(s, p, rng),
        "date": lambda s, p: cases.change_date(s, p, rng),
        "name": lambda s, p: cases.change_name(s, p, others, rng),
        "negation": lambda s, p: cases.change_negation(s, rng),
        "quote": lambda s, p: cases.change_quote(s, rng),
    }
    made = {kind: [] for kind in kinds}
    for sentence, passage, title, day in found:
        for kind, change in kinds.items():
            other = change(sentence, passage) if len(made[kind]) < 80 else None
            if other not in (None, sentence):
                made[kind].append((other, passage, title, day))
    return made


@pytest.mark.shared
def test_changes_are_caught_and_fair_wordings_pass_on_the_archive(shared):
    found = cases.real_passages(shared / "news/click_id.jsonl.gz", 1500, seed=11)
    rng = random.Random(5)
    made = _changed(found, rng)
    caught = {
        kind: [not check(s, p, title=t, published=d).carried for s, p, t, d in rows]
        for kind, rows in made.items()
    }
    fair = [(s, p, t, d) for s, p, t, d in found[:200]]
    fair += [(cases.paraphrase(s, rng), p, t, d) for s, p, t, d in found[200:400]]
    marked = [not check(s, p, title=t, published=d).carried for s, p, t, d in fair]
    every = [hit for hits in caught.values() for hit in hits]
    assert len(every) == 400
    assert sum(every) / len(every) >= 0.90, {k: sum(v) / len(v) for k, v in caught.items()}
    assert sum(marked) / len(marked) <= 0.05
