import json
import random
import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_copies import copies_of as slow_copies_of

from warta.corpus.duplicates import containment, signature
from warta.index.snapshot.writer import copies_of

WORDS = [f"kata{n}" for n in range(2000)]


def story(seed: int, length: int = 240) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return set(zip(words, words[1:], words[2:], strict=False))


def exact(one: str, other: str) -> float:
    a, b = runs(one), runs(other)
    return len(a & b) / min(len(a), len(b))


def test_case_punctuation_and_spacing_make_no_difference():
    one = signature('Wali Kota  membuka pasar, "Selamat pagi!" katanya.')
    assert one == signature("wali kota membuka\npasar selamat pagi katanya")
    assert one != signature("wali kota menutup pasar selamat pagi katanya")


def test_a_signature_is_at_most_128_ascending_hashes():
    found = signature(" ".join(story(1, 5000)))
    values = [int.from_bytes(found[at : at + 4], "little") for at in range(0, len(found), 4)]
    assert len(values) == 128
    assert values == sorted(set(values))
    assert len(signature("satu dua tiga empat")) == 2 * 4
    assert len(signature("satu")) == 4
    assert signature(" … ") == b""


@pytest.mark.parametrize("length", [150, 300, 900, 3000])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_the_estimate_is_near_the_exact_containment(length, kept):
    errors = []
    for seed in range(20):
        words = story(seed, length)
        other = words[: int(length * kept)] + story(seed + 1000, int(length * (1 - kept)))
        one, two = " ".join(words), " ".join(other)
        errors.append(containment(signature(one), signature(two)) - exact(one, two))
    assert abs(sum(errors) / len(errors)) < 0.04
    assert max(map(abs, errors)) < 0.2


def test_a_trimmed_copy_is_found_and_an_unrelated_text_is_not():
    whole, other = story(1), story(2)
    texts = [whole, other, whole[:150], whole[40:], [*story(3, 20), *whole]]
    found = copies_of([signature(" ".join(words)) for words in texts])
    assert found == [(2, 0), (3, 0), (4, 0)]


def test_two_texts_of_one_outlet_must_agree_more():
    first = story(1, 300)
    follow_up = story(2, 90) + first[:210]
    signatures = [signature(" ".join(first)), signature(" ".join(follow_up))]
    assert copies_of(signatures) == [(1, 0)]
    assert copies_of(signatures, ["Kabar", "Berita"]) == [(1, 0)]
    assert copies_of(signatures, ["Kabar", "kabar"]) == []
    assert copies_of(signatures, ["", ""]) == [(1, 0)]


def test_a_round_up_does_not_make_its_stories_one():
    stories = [story(seed) for seed in range(6)]
    round_up = [word for each in stories for word in each]
    texts = [*stories, round_up]
    assert copies_of([signature(" ".join(words)) for words in texts]) == []


def test_short_texts_are_copies_only_when_they_are_equal():
    texts = ["Video: banjir di kota", "Video: banjir di desa", "video banjir di kota", "", ""]
    assert copies_of([signature(text) for text in texts]) == [(2, 0)]


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 60), st.integers(2, 6))
def test_grouping_all_at_once_equals_one_after_the_other_whatever_is_guessed(rng, count, stories):
    told = [story(seed, 120) for seed in range(stories)]
    texts = []
    for _ in range(count):
        words = list(rng.choice(told))
        begin = rng.randrange(60)
        words = words[begin : begin + rng.randrange(5, 120)] + rng.choice(told)[: rng.randrange(40)]
        texts.append(" ".join(words if rng.random() < 0.9 else words[:2]))
    texts += rng.choices([*texts, ""], k=5)
    signatures = [signature(text) for text in texts]
    outlets = [rng.choice(["", "Kabar", "kabar", "Berita"]) for _ in texts]
    expected = slow_copies_of(signatures, outlets)
    assert copies_of(signatures, outlets) == expected
    guess = np.array([rng.randrange(4) for _ in texts])
    assert copies_of(signatures, outlets, guess) == expected


def test_a_phrase_that_many_share_groups_nothing_in_either_way():
    phrase = story(0, 30)
    texts = [" ".join(story(seed, 60) + phrase) for seed in range(1, 60)]
    signatures = [signature(text) for text in texts]
    assert copies_of(signatures) == slow_copies_of(signatures) == []


def test_nothing_and_texts_without_words_are_no_copies():
    assert copies_of([]) == []
    assert copies_of([b"", b""]) == []


def test_fifty_near_copies_of_one_story_are_one_group():
    words = story(1)
    texts = [[*words[: 100 + n], f"sisipan{n}", *words[100 + n :]] for n in range(50)]
    assert copies_of([signature(" ".join(t)) for t in texts]) == [(n, 0) for n in range(1, 50)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(100, 240)), max_size=12), st.randoms())
def test_groups_do_not_depend_on_the_order_of_the_texts(drawn, rng):
    signatures = [signature(" ".join(story(seed)[:length])) for seed, length in drawn]
    order = list(range(len(signatures)))
    rng.shuffle(order)
    straight = _groups(copies_of(signatures))
    shuffled = copies_of([signatures[n] for n in order])
    assert {frozenset(order[n] for n in g) for g in _groups(shuffled)} == straight


def _groups(pairs):
    groups = {}
    for number, lowest in pairs:
        groups.setdefault(lowest, {lowest}).add(number)
    return {frozenset(group) for group in groups.values()}


@given(st.text())
def test_any_text_has_a_signature_and_is_a_copy_of_itself(text):
    found = signature(text)
    assert len(found) % 4 == 0
    assert containment(found, found) == (1.0 if found else 0.0)
    assert copies_of([found, found]) == ([(1, 0)] if found else [])


@pytest.mark.shared
def test_known_reprints_are_found_and_other_reports_of_the_event_are_not(shared, real_articles):
    lines = (shared / "gold" / "clusters.jsonl").read_text("utf-8").splitlines()
    for cluster in map(json.loads, lines):
        ids = cluster["article_ids"]
        found = copies_of(
            [signature(real_articles[i].text) for i in ids], [real_articles[i].source for i in ids]
        )
        if cluster["near_duplicate"]:
            assert found == [(n, 0) for n in range(1, len(ids))], cluster["topic"]
        else:
            pairs = {(ids[a], ids[b]) for a, b in combinations(range(len(ids)), 2)}
            # This one pair of the other clusters is a reprint, word for word nearly.
            reprints = {("click-17117", "click-17431")} & pairs
            assert len(found) == len(reprints), cluster["topic"]


@pytest.fixture(scope="module")
def real_articles(shared):
    from warta.corpus.reading.readers import read

    return {record.id: record for record in read([shared / "news" / "click_id.jsonl.gz"])}
