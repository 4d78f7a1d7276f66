"""What a model wrote becomes a draft in which nothing unsupported is passed off."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from writer_cases import HITS, TRUE, assert_promises_kept, told, unsupported

from warta.assistant.writing.support import Checker


def read(output, kind="mark", **how):
    draft = Checker(HITS, kind).read(output, **{"done": True, **how})
    assert_promises_kept(draft)
    return draft


def test_a_carried_sentence_keeps_its_citation():
    draft = read(TRUE)
    assert told(draft) == "Bupati Ratna Kusumawati membuka kembali Pasar Wonosari. [1]"
    assert unsupported(draft) == ()
    assert draft.citations[0].quote.startswith("Bupati Ratna Kusumawati membuka")


def test_a_changed_name_or_number_is_marked_with_its_markers():
    draft = read(f"{TRUE} Sebanyak 241 pedagang menempati kios baru [1].")
    assert told(draft).endswith("Sebanyak 241 pedagang menempati kios baru. [2]")
    assert unsupported(draft) == ("Sebanyak 241 pedagang menempati kios baru. [2]",)


def test_what_nothing_carries_is_left_out_where_that_is_set():
    draft = read(f"Bupati Joko membuka Pasar Wonosari [1]. {TRUE} Semua aman.", "drop")
    assert told(draft) == "Bupati Ratna Kusumawati membuka kembali Pasar Wonosari. [1]"
    assert unsupported(draft) == ()


def test_a_sentence_without_citation_is_unsupported_even_if_true():
    draft = read(f"{TRUE} Sebanyak 214 pedagang menempati kios baru.")
    assert unsupported(draft) == ("Sebanyak 214 pedagang menempati kios baru.",)


@pytest.mark.parametrize("output", ["", "Ya.", "Tidak ada di kutipan.", "Buka [99].", "[1]"])
def test_a_draft_stays_empty_where_nothing_is_carried(output):
    draft = read(output)
    assert (draft.sentences, draft.citations) == ((), ())


def test_unknown_numbers_go_and_known_ones_are_numbered_by_first_use():
    draft = read(f"Pedagang Pasar Wonosari mengeluhkan air [99][2]. {TRUE}")
    assert [c.article.id for c in draft.citations] == ["pasar-2", "pasar-1"]
    assert told(draft).startswith("Pedagang Pasar Wonosari mengeluhkan air. [1] Bupati")


def test_a_passage_that_does_not_carry_the_sentence_loses_its_marker():
    draft = read("Biaya perbaikan mencapai Rp4,5 miliar [1][2].")
    assert [c.article.id for c in draft.citations] == ["pasar-1"]


def test_two_passages_may_carry_a_sentence_together():
    said = "Bupati Ratna Kusumawati membuka pasar, pedagang mengeluhkan air tidak mengalir [1][2]."
    draft = read(said)
    assert unsupported(draft) == ()
    assert len(draft.citations) == 2


def test_a_number_the_article_prints_is_no_citation():
    copied = "Catatan kaki [1] menyebut pompa pasar berumur dua puluh tahun [2]."
    draft = read(copied)
    assert told(draft) == ("Catatan kaki ［1］ menyebut pompa pasar berumur dua puluh tahun. [1]")
    assert [c.article.id for c in draft.citations] == ["pasar-2"]
    assert told(read(copied.replace(" [2]", ""))) == ""


@pytest.mark.parametrize(
    "output",
    [
        "Bupati Ratna Kusumawati membuka kembali Pasar Wonosari. [1]",
        "[1] Bupati Ratna Kusumawati membuka kembali Pasar Wonosari.",
        "Bupati Ratna Kusumawati membuka kembali Pasar Wonosari.[1]\n",
        "**Jawaban:**\nBupati Ratna Kusumawati membuka kembali Pasar Wonosari.【1】",
    ],
)
def test_markers_before_behind_and_inside_the_full_stop_are_the_sentences(output):
    assert told(read(output)) == "Bupati Ratna Kusumawati membuka kembali Pasar Wonosari. [1]"


def test_lists_stay_lists():
    draft = read(
        "Yang terjadi:\n1. Pasar itu ditutup selama tiga bulan [1]\n"
        "2. Sebanyak 214 pedagang menempati kios baru [1]\n\nPedagang mengeluhkan air [2]."
    )
    assert told(draft) == (
        "1. Pasar itu ditutup selama tiga bulan [1]\n"
        "2. Sebanyak 214 pedagang menempati kios baru [2]\n\nPedagang mengeluhkan air. [3]"
    )
    assert unsupported(draft) == ()


@pytest.mark.parametrize(
    "bait",
    ["https://evil.example/x", "www.evil.example", "evil.com", "<img src=x onerror=",
     "javascript:alert(1)", "a@evil.example"],
)  # fmt: skip
def test_addresses_and_markup_the_passage_does_not_have_are_not_carried(bait):
    said = f"Bupati Ratna Kusumawati membuka kembali Pasar Wonosari, lihat {bait} [1]."
    assert len(unsupported(read(f"{TRUE} {said}"))) == 1
    assert told(read(said)) == ""


def test_while_it_grows_the_last_sentence_waits_and_drafts_only_grow():
    said = f"{TRUE} Sebanyak 214 pedagang menempati kios baru [1]. Semua aman."
    checker, before = Checker(HITS), ""
    for end in range(len(said)):
        draft = checker.read(said[:end], done=False)
        assert_promises_kept(draft)
        assert told(draft).startswith(before)
        before = told(draft)
    assert before.endswith("kios baru. [2]")
    assert told(checker.read(said, done=True)) == f"{before} Semua aman."


def test_what_is_cut_loses_its_unfinished_sentence_only():
    assert told(read(f"{TRUE} Sebanyak 214 peda", cut=True)).endswith("Wonosari. [1]")
    assert told(read(TRUE, cut=True)).endswith("Wonosari. [1]")


def test_a_repeated_sentence_is_shown_once():
    draft = read(f"{TRUE} " + "Semua pedagang kaya raya. " * 50)
    assert told(draft).count("kaya raya") == 1
    assert unsupported(draft) == ("Semua pedagang kaya raya.",)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [TRUE, "[1]", "[99]", "[", "]", "[[1]2]", "【2】", "[^1]", "<think>", "</think>", "\n",
             " ", "<b>", "Catatan kaki [1] menyebut pompa", "[1](http://a)", "DIRETAS.", "\x1b[2J",
             "**", "Pasar ditutup.", "- ", "1. ", "[1, 2]", "［1］", "[１]", "[-1]", "\u202e", ":",
             "[1"]
        ),
        max_size=14,
    )
)  # fmt: skip
def test_whatever_a_model_puts_together_the_promises_hold(pieces):
    for how in ("mark", "drop"):
        draft = read("".join(pieces), how)
        assert how == "mark" or unsupported(draft) == ()
