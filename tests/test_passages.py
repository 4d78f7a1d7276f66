"""Passages: whole sentences, about a hundred words, offsets that hold."""

import re

from hypothesis import given
from hypothesis import strategies as st

from warta.corpus.article import Article
from warta.corpus.language.sentences import sentences
from warta.corpus.passages import passages


def sentence(words: int, name: str) -> str:
    return " ".join([name.capitalize()] + ["kata"] * (words - 1)) + "."


def article(text: str) -> Article:
    return Article(id="a", title="Judul", text=text)


def sizes(text: str) -> list[int]:
    return [len(passage.text.split()) for passage in passages(article(text))]


def test_a_short_article_is_one_passage():
    text = "Hujan turun. Jalan licin.\n\nWarga pulang."
    (only,) = passages(article(text))
    assert (only.article_id, only.ordinal, only.text) == ("a", 0, text)
    assert (only.start, only.end) == (0, len(text))


def test_sentences_are_gathered_to_the_nearest_of_a_hundred_words():
    assert sizes(" ".join(sentence(30, f"s{at}") for at in range(10))) == [90, 90, 120]
    assert sizes(" ".join(sentence(50, f"s{at}") for at in range(6))) == [100, 100, 100]
    assert sizes(" ".join([sentence(60, "a"), sentence(90, "b"), sentence(70, "c")])) == [
        60,
        90,
        70,
    ]


def test_a_small_last_passage_joins_the_one_before():
    assert sizes(sentence(100, "a") + " " + sentence(39, "b")) == [139]
    assert sizes(sentence(100, "a") + " " + sentence(40, "b")) == [100, 40]


def test_a_long_sentence_is_a_passage_of_its_own():
    parts = [sentence(80, "a"), sentence(240, "b"), sentence(80, "c")]
    assert sizes(" ".join(parts)) == [80, 240, 80]


def test_an_overlong_sentence_is_split_at_its_clauses_and_loses_nothing():
    text = ", ".join(
        f"satu dua tiga empat lima enam tujuh delapan sembilan {at}" for at in range(60)
    )
    found = passages(article(text))
    assert [len(passage.text.split()) for passage in found] == [100] * 6
    assert all(passage.text.endswith(",") for passage in found[:-1])
    assert "".join(passage.text for passage in found).replace(" ", "") == text.replace(" ", "")


def test_a_word_without_end_is_split_all_the_same():
    found = passages(article("x" * 10_000))
    assert [len(passage.text) for passage in found] == [2000] * 5


def test_passages_begin_and_end_with_sentences():
    text = "\n".join(sentence(17, f"s{at}") + " " + sentence(23, f"t{at}") for at in range(20))
    spans = sentences(text)
    starts, ends = {span.start for span in spans}, {span.end for span in spans}
    for passage in passages(article(text)):
        assert passage.start in starts
        assert passage.end in ends


WORDS = st.sampled_from(
    ["Budi", "pergi", "ke", "pasar,", "lalu", "pulang.", "“Ya,”", "S.Pd.", "\n", "12"]
)


@given(st.one_of(st.lists(WORDS, max_size=600).map(" ".join), st.text(max_size=300)))
def test_passages_are_the_text_between_their_offsets_and_cover_all_words(text):
    if not text.strip():
        return
    position = 0
    gaps = []
    for ordinal, passage in enumerate(passages(article(text))):
        assert passage.ordinal == ordinal
        assert text[passage.start : passage.end] == passage.text == passage.text.strip()
        assert passage.start >= position
        gaps.append(text[position : passage.start])
        position = passage.end
    gaps.append(text[position:])
    assert not re.search(r"\w", "".join(gaps))
