"""Which sentence answers, and whether any does."""

import numpy as np
import pytest

from warta.corpus.article import Article, Passage
from warta.index.candidates import Hit
from warta.index.reader import Reader, ask
from warta.index.reader.cues import SIZE, Cues, asking, places, signs
from warta.index.reader.features import candidates
from warta.index.reader.interaction import MEETINGS, meetings, pool_of
from warta.index.reader.reader import HEARD_VERDICT, VERDICT, heard_row
from warta.index.reader.vectors import WordVectors
from warta.index.weights import read_rarity

TEXT = (
    "Bupati Ratna Kusumawati memimpin upacara pelantikan camat di Balai Tirta. "
    "Pelantikan camat dipimpin Bupati Ratna Kusumawati. "
    "Camat itu berkantor di sebelah Danu Prasetya."
)
ARTICLE = Article("a", "Pelantikan", TEXT)
HIT = Hit(Passage("a", 0, TEXT, 0, len(TEXT)), ARTICLE, 1.0, 1)
FOLLOWED = "Ia berkantor di sebelah siapa pada upacara pelantikan camat?"


class Letters:
    """Each word a direction of its own: no word is like another."""

    dim = 64

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def encode(self, texts, kind):
        found = np.zeros((len(texts), self.dim), np.float32)
        for row, text in zip(found, texts, strict=True):
            row[self.known.setdefault(text, len(self.known))] = 2.0
        return found


def met(question, *names, hits=(HIT,)):
    rows = meetings(ask(question), pool_of(candidates(hits)), WordVectors(Letters()))
    return [[round(float(x), 3) for x in rows[:, MEETINGS.index(name)]] for name in names]


@pytest.fixture(scope="module")
def reader():
    return Reader.load()


def test_what_the_conversation_adds_weighs_a_fifth():
    after, alone = ask(FOLLOWED, "Ia berkantor di sebelah siapa?"), ask(FOLLOWED)
    assert after.weights["kantor"] == alone.weights["kantor"]
    assert after.weights["upacara"] == pytest.approx(alone.weights["upacara"] / 5)
    assert after.own == "Ia berkantor di sebelah siapa?"


def test_a_candidate_knows_its_place_and_its_neighbours():
    pool = pool_of(candidates([HIT]))
    assert pool.ordinal.tolist() == [0, 1, 2]
    assert pool.previous == ("", pool.found[0].text, pool.found[1].text)
    assert pool.following == (pool.found[1].text, pool.found[2].text, "")
    assert pool.count.tolist() == [3, 3, 3]
    assert pool.leads == (f"{pool.found[0].text} {pool.found[1].text}",)


def test_what_is_held_is_a_share_by_rarity_and_the_headline_adds_to_it():
    by_term = read_rarity().by_term
    office = by_term["kantor"]
    held, with_title, before = met("pelantikan kantor", "soft_s", "soft_sh", "soft_p")
    installed = ask("pelantikan kantor").wanted[0][0][1]
    share = round(installed / (installed + office), 3)
    assert held == [share, share, round(office / (installed + office), 3)]
    assert with_title == [share, share, 1.0]
    assert before == [0.0, share, share]


def test_a_sentence_says_more_the_less_of_it_stands_in_question_and_headline():
    (new,) = met("Siapa memimpin pelantikan camat?", "new_words")
    # Bupati Ratna Kusumawati, upacara, Balai Tirta; Bupati Ratna Kusumawati; berkantor, sebelah,
    # Danu Prasetya.
    assert new == [6.0, 3.0, 4.0]


def test_a_quotation_of_the_one_who_is_asked_for_is_told_from_anothers():
    text = '"Pasar itu milik kita," kata Ratna. "Pasar itu mahal," kata Danu.'
    hit = Hit(Passage("b", 0, text, 0, len(text)), Article("b", "Pasar", text), 1.0, 1)
    says, asked = met("Apa kata Ratna soal pasar?", "attrib", "attrib_asked", hits=[hit])
    assert says == [1.0, 1.0]
    assert asked == [1.0, 0.0]


def test_a_question_without_a_known_word_is_read_without_error(reader):
    reading = reader.read(ask("???"), [HIT])
    assert len(reading.sentences) == 3
    assert reader.read(ask("Apa?"), []).sentences == ()
    assert reader.read(ask("Apa?"), []).verdict == "absent"


def test_cues_add_up_the_weights_of_pairs_by_the_root_of_their_number():
    asked = ask("Berapa harga karcis?")
    assert asking(asked) == ("*", "f:money", "w:berapa", "h:harga")
    (only,) = candidates([Hit(Passage("c", 0, "Rp5.", 0, 4), Article("c", "", "Rp5."), 1.0, 1)])
    assert signs(only.text)[:2] == ("t:rp5", "^:rp5")
    pairs = places(asking(asked), only.text)
    weights = np.zeros(SIZE, np.float32)
    weights[pairs[0]] = 3.0
    assert Cues(weights)(asked, [only]).tolist() == pytest.approx([3.0 / len(pairs) ** 0.5])


def test_the_sentence_that_answers_comes_first_with_the_one_before_it(reader):
    reading = reader.read(ask("Camat berkantor di sebelah siapa?"), [HIT])
    best = reading.sentences[0]
    assert best.candidate.text == "Camat itu berkantor di sebelah Danu Prasetya."
    assert best.previous == "Pelantikan camat dipimpin Bupati Ratna Kusumawati."
    assert [s.score for s in reading.sentences] == sorted(reading.scores, reverse=True)
    assert 0.0 < best.probability < 1.0


def test_what_nobody_speaks_of_is_less_answerable_than_what_is_told(reader):
    told = reader.read(ask("Siapa yang memimpin upacara pelantikan camat di Balai Tirta?"), [HIT])
    other = reader.read(ask("Berapa harga tiket konser Slank di Surabaya?"), [HIT])
    assert told.answerable > other.answerable
    assert other.verdict != "said"


def test_word_vectors_have_length_one_and_the_same_word_the_same():
    vectors = WordVectors(Letters())
    found = vectors.of(["pasar", "camat", "pasar"])
    assert np.linalg.norm(found, axis=1).tolist() == [1.0, 1.0, 1.0]
    assert found[0].tolist() == found[2].tolist()
    assert float(found[0] @ found[1]) == 0.0


def test_the_verdict_hears_of_the_first_sentence_and_of_the_likeliest_that_was_read():
    row = np.arange(len(VERDICT), dtype=np.float32)[None]
    raw, read = np.array([1.0, 3.0, 2.0]), np.array([0.5, np.nan, 2.5], np.float32)
    heard = heard_row(-0.25, row, raw, read, np.array([0.0, 1.0, 4.0]))
    named = dict(zip(HEARD_VERDICT, heard[0].tolist(), strict=True))
    assert (named["before"], named["heard"], named["heard_margin"]) == (-0.25, 2.5, 2.0)
    assert (named["whole"], named["whole_margin"], named["raw_of_first"]) == (4.0, 3.0, 2.0)
    assert (named["heard_third"], named["heard_of_first"]) == (-9.0, 2.5)
    assert heard[0, -len(VERDICT) :].tolist() == row[0].tolist()


def test_a_single_sentence_that_was_not_read_has_a_verdict():
    row = np.zeros((1, len(VERDICT)), np.float32)
    heard = heard_row(0.0, row, np.zeros(1), np.full(1, np.nan, np.float32), np.zeros(1))
    assert heard.shape == (1, len(HEARD_VERDICT))
    assert np.isfinite(heard).all()
