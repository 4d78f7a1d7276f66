"""What speaks for a sentence."""

import numpy as np
import pytest

from warta.corpus.article import Article, Passage
from warta.corpus.language.marks import answering, known_words, marks
from warta.corpus.language.names import names
from warta.index.candidates import Hit
from warta.index.reader.asked import asking_of
from warta.index.reader.features import FEATURES, ask, candidates, feature_matrix
from warta.index.weights import Rarity

TEXT = (
    "Bupati Ratna Kusumawati membuka Pasar Wonosari. Pasar itu ditutup tiga bulan. "
    "Biaya perbaikan mencapai Rp4,5 miliar."
)
HIT = Hit(Passage("a", 0, TEXT, 0, len(TEXT)), Article("a", "Pasar dibuka", TEXT), 1.0, 1)
EVEN = Rarity({}, 1.0)


def columns(question, *wanted, translated=None):
    rows = feature_matrix(ask(question, EVEN, translated), candidates([HIT]))
    return [[round(float(x), 3) for x in rows[:, FEATURES.index(name)]] for name in wanted]


def test_every_sentence_is_a_candidate_once_with_its_place_in_the_article():
    found = candidates([HIT, HIT])
    assert [TEXT[c.start : c.end] for c in found] == [c.text for c in found]
    assert len(found) == 3


def test_there_is_a_column_for_each_feature():
    assert feature_matrix(ask("Apa?", EVEN), candidates([HIT])).shape == (3, len(FEATURES))
    assert len(set(FEATURES)) == len(FEATURES)


def test_cover_is_the_share_of_the_questions_terms():
    (cover, near) = columns("Siapa membuka Pasar Wonosari?", "cover", "cover_near")
    assert cover == [1.0, 0.333, 0.0]
    assert near == [1.0, 1.0, 0.667]


def test_rare_terms_count_more():
    rarity = Rarity({"pasar": 1.0}, 3.0)
    rows = feature_matrix(ask("pasar wonosari", rarity), candidates([HIT]))
    assert rows[:, FEATURES.index("cover")].tolist() == pytest.approx([1.0, 0.25, 0.0])


def test_a_name_of_which_only_a_part_stands_there_is_broken():
    whole, broken = columns("Siapa yang membuka Pasar Godean?", "names_whole", "names_broken")
    assert whole == [0.0, 0.0, 0.0]
    assert broken == [1.0, 1.0, 0.0]


def test_what_fits_is_new_to_the_question():
    (fits,) = columns("Berapa biaya perbaikan Pasar Wonosari?", "fits")
    assert fits == [0.0, 0.0, 1.0]
    assert columns("Berapa lama Pasar Wonosari ditutup?", "fits") == [[0.0, 1.0, 0.0]]


def test_an_english_question_is_met_by_its_translations():
    translated = [(("buka", 1.0), ("open", 0.3)), (("pasar", 1.0),)]
    (cover,) = columns("Who opened the market?", "cover", translated=translated)
    assert cover == [1.0, 0.5, 0.0]


def test_no_candidates_make_no_rows():
    assert feature_matrix(ask("Apa?", EVEN), []).shape == (0, len(FEATURES))


def test_features_are_finite():
    rows = feature_matrix(ask("???", EVEN), candidates([HIT]))
    assert np.isfinite(rows).all()


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Berapa persen saham itu dimiliki yayasan?", "percent"),
        ("Berapa harga emas hari ini?", "money"),
        ("MoU itu berlaku brp tahun?", "duration"),
        ("Kapan jembatan rampung?", "date"),
        ("Tahun berapa sekolah itu berdiri?", "date"),
        ("Berapa kios yang terbakar?", "count"),
        ("Siapakah bupati Gunungkidul?", "person"),
        ("Di mana lokasi lomba?", "place"),
        ("Kota apa yang menjadi tuan rumah?", "place"),
        ("Kenapa pasar ditutup?", "reason"),
        ("Gimana caranya mendaftar?", "method"),
        ("Apa itu geguritan?", "definition"),
        ("Jabatannya apa?", "name"),
        ("How many years is the agreement valid?", "duration"),
        ("Who opened the market?", "person"),
        ("When did the market open?", "date"),
        ("Which city hosted it?", "place"),
    ],
)
def test_the_form_of_the_answer_is_read_from_the_question(question, form):
    assert asking_of(question).form == form


def test_question_word_and_its_noun():
    assert asking_of("Siapakah bupati itu?").word == "siapa"
    assert asking_of("knp pasar ditutup").typed == "knp"
    assert asking_of("Kota apa yang menang?").noun == "kota"
    assert asking_of("Which city won?").noun == "city"
    assert asking_of("Beliau dimakamkan di sebelah siapa?").noun == "sebelah"


def test_names_are_runs_of_capitals():
    text = "Menurut Kepala SMP 2 Godean, Tn Hj Sarpan Bin Abdul Rahman, lomba di Kota Yogyakarta."
    assert [name.text for name in names(text)] == [
        "Kepala SMP 2 Godean", "Tn Hj Sarpan Bin Abdul Rahman", "Kota Yogyakarta",
    ]  # fmt: skip


def test_a_place_is_a_new_name_after_a_word_of_place():
    sentence = marks("Ratna Kusumawati membuka lomba di Kota Yogyakarta.")
    spans = answering("place", sentence, known_words("Di mana Ratna Kusumawati membuka lomba?"))
    assert [sentence.text[a:b] for a, b in spans] == ["Kota Yogyakarta"]
