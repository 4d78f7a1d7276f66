"""Saying no, and saying why."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from warta.assistant.composing.abstain import (
    DIRECTIONS,
    VERDICT_FEATURES,
    Judge,
    Thresholds,
    Verdict,
    nearest,
    refusal,
    unmentioned,
    years_unmet,
)
from warta.assistant.composing.abstain import verdict_row as row_of
from warta.assistant.question.question import understand
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit
from warta.index.reader.features import FEATURES, ask, candidates, feature_matrix
from warta.index.reader.reader import Reading as Ranking
from warta.index.reader.reader import Scored
from warta.index.snapshot.snapshot import Coverage
from warta.index.weights import Rarity, Trees

TEXT = "Bupati Ratna Kusumawati membuka Pasar Wonosari. Kios berjumlah 214."
ARTICLE = Article("a", "Pasar dibuka", TEXT, date(2025, 3, 3))
HIT = Hit(Passage("a", 0, TEXT, 0, len(TEXT)), ARTICLE, 1.0, 1)
COVERAGE = Coverage(
    21912, 190914, date(2019, 3, 21), date(2019, 10, 26), {"Harian": 3}, datetime.now(UTC)
)


def ranking(question):
    asked = ask(question, Rarity({}, 1.0))
    found = candidates([HIT])
    rows = feature_matrix(asked, found)
    scores = np.zeros(len(found))
    return Ranking(asked, tuple(Scored(c, 0.0) for c in found), rows, scores)


def column(question, name):
    return round(float(row_of(ranking(question))[0, VERDICT_FEATURES.index(name)]), 3)


def test_what_is_missing_in_the_best_passage_is_a_share_and_a_rarity():
    assert column("Siapa membuka Pasar Wonosari?", "passage_missing") == 0.0
    assert column("Siapa membuka Pasar Godean?", "passage_missing") == 0.333
    assert column("Siapa membuka Pasar Godean?", "nowhere_rarity") == 1.0


def test_every_column_has_a_direction_and_missing_words_speak_against():
    assert len(DIRECTIONS) == len(VERDICT_FEATURES)
    direction = dict(zip(VERDICT_FEATURES, DIRECTIONS, strict=True))
    assert direction["first_cover"] == 1
    assert direction["nowhere"] == -1
    assert direction["asked_person"] == 0
    assert row_of(ranking("Apa?")).shape == (1, len(VERDICT_FEATURES))
    assert feature_matrix(ask("Apa?", Rarity({}, 1.0)), []).shape == (0, len(FEATURES))


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Apa kata Dewi Lestariningsih tentang Pasar Wonosari?", ("Dewi Lestariningsih",)),
        ("Apa kata Ratna Kusumawati pada 7 Agustus 2024?", ()),
        ("Siapa pedagang di pasar?", ()),
    ],
)
def test_names_that_no_hit_mentions_are_named(question, missing):
    assert unmentioned(question, [HIT]) == missing


def test_a_refusal_says_what_is_missing_what_is_covered_and_what_is_nearest():
    verdict = Verdict("abstained", 0.1, "unnamed", ("Dewi [1] Lestari",))
    assert refusal(verdict, "id", COVERAGE, [ARTICLE]) == (
        "Tidak ada di arsip: tidak ada artikel yang menyebut “Dewi (1) Lestari”. Arsip ini memuat "
        "21.912 artikel, terbit 21 Maret 2019 sampai 26 Oktober 2019. Artikel terdekat yang "
        "terbaru bertanggal 3 Maret 2025."
    )


def test_a_refusal_in_english_names_the_days_asked_for():
    said = refusal(
        Verdict("abstained", 0.0, "outside"), "en", COVERAGE, [], (date(2020, 1, 1), None)
    )
    assert said.startswith(
        "Not in the archive: no article on this was published since 1 January 2020. The archive "
        "holds 21,912 articles, published 21 March 2019 to 26 October 2019."
    )


def test_nearest_articles_come_once():
    assert nearest([HIT, HIT]) == (ARTICLE,)


def test_a_word_a_question_begins_with_is_no_name_and_a_name_may_stand_in_the_other_language():
    text = "Tentara Inggris menemukan kapal itu di Laut Jawa."
    hits = [Hit(Passage("a", 0, text, 0, len(text)), Article("a", "", text), 1.0, 1)]
    assert unmentioned("Kenapa Kapolri datang?", hits) == ("Kapolri",)
    assert unmentioned("Umur kapal itu berapa?", hits) == ()
    assert unmentioned("Mengetuai kapal itu siapa?", hits) == ()
    assert unmentioned("Zulkarnaini membeli kapal itu?", hits) == ("Zulkarnaini",)
    assert unmentioned("Which British soldier found the ship?", hits, english=True) == ()
    assert unmentioned("Which British soldier met Widodo?", hits, english=True) == ("Widodo",)


def test_a_year_that_no_hit_names_is_missing():
    assert years_unmet("Siapa juara balap Tirtamaya 2020?", [DATED]) == ("2020",)
    assert years_unmet("Siapa juara balap Tirtamaya 2019?", [DATED]) == ()
    assert years_unmet("Siapa juara balap Tirtamaya 2018?", [DATED]) == ()  # its day of publication
    assert years_unmet("Siapa juara balap Tirtamaya tahun 1850?", [DATED]) == ("1850",)
    assert years_unmet("Siapa juara dari 1850 peserta?", [DATED]) == ()
    assert years_unmet("Siapa juara balap Tirtamaya 2020?", [DATED, UNDATED]) == ()


TEXT = "Balap Tirtamaya 2019 dimenangi Rano. Panitia memberi pialanya."
DATED = Hit(
    Passage("a", 0, TEXT, 0, len(TEXT)), Article("a", "Balap Tirtamaya", TEXT, date(2018, 5, 1)),
    1.0, 1,
)  # fmt: skip
UNDATED = replace(DATED, article=replace(DATED.article, published=None))
LEAF = [[-1], [0.0], [0], [0], [0.0]]
SURE, MIDDLING, UNSURE, DOUBTED = (
    Trees.from_dict({"features": [], "bias": bias, "trees": [LEAF]}, ())
    for bias in (3, 0, -1.5, -3)
)


def decided(question: str, text: str, trees: Trees) -> Verdict:
    hit = Hit(Passage("a", 0, text, 0, len(text)), Article("a", "", text), 1.0, 1)
    found = candidates([hit])
    asked = ask(question, Rarity({}, 1.0))
    rows = feature_matrix(asked, found)
    scored = tuple(Scored(candidate, 0.0) for candidate in found)
    ranked = Ranking(asked, scored, rows, np.zeros(len(found)))
    judge = Judge(trees, Thresholds(0.2644, 0.4584))
    return judge.decide(understand(question, (), date(2026, 11, 21)), ranked, [hit])


def test_a_sum_that_no_sentence_holds_is_declined_however_sure_the_trees_are():
    question = "Berapa honor wasit Tirtamaya?"
    assert decided(question, "Honor wasit Tirtamaya dibayar.", SURE).status == "abstained"
    paid = decided(question, "Honor wasit Tirtamaya Rp 2 juta.", SURE)
    assert paid.status == "answered"


def test_a_sentence_that_holds_what_is_asked_for_needs_less_to_be_believed():
    question = "Berapa honor wasit Tirtamaya?"
    text = "Honor wasit Tirtamaya Rp 2 juta."
    assert decided(question, text, UNSURE).status == "partial"
    assert decided(question, text, DOUBTED).status == "abstained"
    assert decided("Siapa wasit Tirtamaya?", "Wasit Tirtamaya Rano.", UNSURE).status == "abstained"
    other = decided("Berapa honor wasit Tirtamaya Raya?", text, UNSURE)
    assert other.status == "abstained"  # the sum is of another body


def test_who_and_what_sum_must_be_spoken_of():
    bride = "Siapa nama istri Rano?"
    nobody = "Rano dari Tirtamaya dijaga Ana."
    assert decided(bride, nobody, MIDDLING).status == "partial"
    assert decided(bride, "Rano menikah dengan Ana.", MIDDLING).status == "answered"
    assert decided("Siapa tokoh dari Tirtamaya?", nobody, MIDDLING).status == "answered"
    fare = "Berapa tarif bus Tirtamaya?"
    assert decided(fare, "Bus Tirtamaya dibeli Rp 2 miliar.", MIDDLING).status == "partial"
    assert decided(fare, "Bus Tirtamaya bertarif Rp 2 ribu.", MIDDLING).status == "answered"
