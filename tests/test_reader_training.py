"""How the reader learns."""

from dataclasses import replace

import numpy as np
import pytest

from warta.corpus.article import Article, Passage
from warta.corpus.language.sentences import sentences
from warta.index.candidates import Hit
from warta.index.reader import ask
from warta.index.reader.features import candidates
from warta.index.training.leaning import table
from warta.index.training.reader_pools import (
    MORE,
    EvidencePlace,
    Question,
    TrainingPool,
    _folds,
    _is_evidence,
    _later_folds,
    digest,
    few_pools,
    read_questions,
)

TEXT = "Pasar dibuka Ratna. Kiosnya 214."
HIT = Hit(Passage("a", 0, TEXT, 0, len(TEXT)), Article("a", "", TEXT), 1.0, 1)


def question(name, *articles):
    return Question(name, "fact", "id", "?", "?", None, None, (), (), articles, ())


def test_the_questions_that_ship_name_sentences_by_place_and_hold_none():
    found = read_questions()
    assert len(found) == 3486
    assert sum(q.answerable for q in found) == 3000
    assert found[0].evidence == (EvidencePlace("click-9919", 522, 610, "9a0b6d20dde8"),)


def test_more_questions_come_twice_in_other_words_and_none_is_among_the_first():
    more, first = read_questions(MORE), {q.id for q in read_questions()}
    assert len(more) == 23030
    assert sum(q.answerable for q in more) == 12916
    assert not first & {q.id for q in more}
    worded = {q.id: q for q in more}
    for question in more[:200]:
        other = worded[question.id[:-1] + ("p" if question.id[-1] == "q" else "q")]
        assert other.article_ids == question.article_ids
        assert other.evidence == question.evidence
        assert other.own != question.own


def test_a_sentence_that_moved_is_found_by_its_hash_and_one_that_grew_by_its_place():
    first, second = candidates([HIT])
    moved = EvidencePlace("a", 900, 910, digest("Kiosnya  214."))
    assert [_is_evidence(c, [moved]) for c in (first, second)] == [False, True]
    grown = EvidencePlace("a", 2, 25, "")
    assert [_is_evidence(c, [grown]) for c in (first, second)] == [True, False]
    assert not _is_evidence(first, [EvidencePlace("b", 0, 19, digest(first.text))])


def test_a_question_is_read_over_few_passages_and_over_those_of_another_one():
    def pool(name, *texts):
        hits = [Hit(Passage(name, 0, t, 0, len(t)), Article(name, "", t), 1.0, 1) for t in texts]
        found = candidates(hits)
        right = np.arange(len(found)) == len(found) - 1
        asked = question(name, name)
        return TrainingPool(asked, ask("?"), tuple(hits), tuple(found), right, ~right & False, 0)

    pools = [pool(n, f"Pasar {n} dibuka.", f"Kios {n}.", f"Harga {n}.", TEXT) for n in "abc"]
    made = list(few_pools(pools))
    own = [few for few in made if few.right.any()]
    absent = [few for few in made if not few.question.answerable]
    assert len(own) == 3
    assert len(own) + len(absent) == len(made)
    assert absent
    for few in made:
        assert 1 <= len(few.hits) <= 3
        assert len(few.found) == len(few.right) == len(few.unsure)
    for few in own:
        assert TEXT.endswith(few.found[int(few.right.argmax())].text)
    for few in absent:
        assert few.hits[0].article.id not in few.question.article_ids


def test_questions_on_one_event_lie_in_one_fold():
    asked = [question("1", "a"), question("2", "b"), question("3", "c"), question("4")]
    events = [frozenset("ab"), frozenset("b"), frozenset("c"), frozenset()]
    folds = _folds(asked, events)
    assert folds[0] == folds[1]


def test_later_questions_lie_aside_where_their_event_does_and_move_no_earlier_one():
    asked = [question("1", "a"), question("2", "c"), question("3", "b"), question("4", "d")]
    events = [frozenset("ab"), frozenset("c"), frozenset("b"), frozenset("d")]
    folds = _later_folds(asked, events, [0, 3])
    assert folds[0] == 0
    assert 1 <= folds[1] <= 4


def test_trees_score_as_the_library_that_made_them():
    from warta.index.training.models.fitting import boost, boost_ranking, together

    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 3)).astype(np.float32)
    right = rows[:, 0] + rows[:, 1] > 1
    names = ("a", "b", "c")
    trees = boost(rows, right, np.ones(400), names, 5)
    assert trees.to_dict() == boost(rows, right, np.ones(400), names, 5).to_dict()
    assert trees(rows)[right].mean() > trees(rows)[~right].mean() + 0.3
    order = boost_ranking(rows, right, np.repeat(np.arange(40), 10), names, 5, 0.5)
    assert together(trees, order)(rows) == pytest.approx(trees(rows) + order(rows))


def test_the_listwise_model_learns_what_the_offset_leaves_over():
    pytest.importorskip("scipy")
    from scipy.sparse import csr_matrix

    from warta.index.training.models.fitting import listwise

    pairs = csr_matrix(np.array([[1.0, 0.0], [0.0, 1.0]] * 4))
    right = np.array([True, False] * 4)
    weights = listwise(pairs, np.zeros(8), right, np.repeat(np.arange(4), 2), 0.1, 50)
    assert weights[0] == pytest.approx(-weights[1])
    # d/dw of −log σ(2w) + 0.1 w² is zero at w = 10 (1 − σ(2w)) → w = 1.128
    assert weights[0] == pytest.approx(10 * (1 - 1 / (1 + np.exp(-2 * weights[0]))), abs=1e-3)


def test_what_leans_is_counted_by_what_annotators_wanted_beside_it():
    """Openings that hardly ever open an article, wanted with the sentence before them."""
    told = "Pasar {n} dibuka. Sehingga warga {n} senang. Harga {n} tetap."
    texts = {f"a{n}": told.format(n=n) for n in range(100, 112)}
    texts |= {f"b{n}": f"Warga {n} pulang." for n in range(9)}

    def asked(name: str, at: int, beside: bool) -> Question:
        spans = sentences(texts[name])
        place, before = (
            EvidencePlace(name, s.start, s.end, digest(texts[name][s.start : s.end]))
            for s in (spans[at], spans[at - 1])
        )
        found = question(name, name)
        return replace(found, evidence=(place,), context=(before,) if beside else ())

    leaning = [asked(f"a{n}", 1, True) for n in range(100, 112)]
    alone = [asked(f"a{n}", 2, False) for n in range(100, 112)]
    assert table(texts, [*leaning, *alone]) == "sehingga\nsehingga warga\n"
    assert table(texts, [*leaning[:9], *alone]) == ""
    texts |= {f"c{n}": f"Sehingga {n}." for n in range(9)}
    assert table(texts, [*leaning, *alone]) == "sehingga warga\n"
