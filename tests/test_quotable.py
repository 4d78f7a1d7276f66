"""Which sentences can be quoted, and with what."""

import pytest

from warta.assistant.composing.quotable import opening, quotable, torn, whole
from warta.corpus.article import Article, Passage
from warta.corpus.language.sentences import leans
from warta.index.candidates import Hit
from warta.index.reader.features import candidates


def hit(text, title="Pasar Selasih"):
    return Hit(Passage("a", 0, text, 0, len(text)), Article("a", title, text), 1.0, 1)


def sentence(text, number=0):
    return candidates([hit(text)])[number]


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("Pasar Selasih dibuka Senin.", True),
        ('"Kios itu milik warga," kata Ani.', True),
        ("yang dibuka Senin.", False),
        ("Ketua pasar, (,) datang Senin.", False),
        ("Presiden atau,mengaku sudah tahu.", False),
        ('"Kios itu milik warga.', False),
        ('“Kios itu milik warga," kata Ani.', True),
        ('"Kios itu milik warga,” kata Ani. "Sejak lama.', False),
        ('"Kios itu milik warga,’’ kata Ani. Tono: ”Sejak lama,” kata dia.', True),
        ("Daftar kios", False),
        ("Baca juga:Pasar Selasih Terbakar Menurut Ani, dua kios hangus.", False),
    ],
)
def test_a_whole_sentence_has_its_beginning_its_end_and_nothing_missing(text, is_whole):
    assert whole(text) is is_whole


def test_a_dateline_is_not_quoted_and_the_rest_is_verbatim():
    text = "SELASIH, KABAR.com - Bupati Ratna membuka pasar."
    found = quotable(sentence(text))
    assert found.text == "Bupati Ratna membuka pasar."
    assert text[found.start : found.end] == found.text


def test_a_sentence_that_leans_is_quoted_with_the_one_before_it():
    text = "Bupati Ratna membuka pasar. Ia datang bersama Ani. Hal itu diberitakan luas."
    assert all(map(leans, ["Ia datang bersama Ani.", "Sehingga Ani pulang.", '"Dan Ani pulang."']))
    assert leans("Seminar kecil tersebut ramai.")
    assert not any(
        map(
            leans,
            [
                "Iadarto datang.",
                "Oleh-oleh laku.",
                "Danau itu surut.",
                "Sementara itu, Ani pulang.",
            ],
        )
    )
    assert quotable(sentence(text, 1)).text == "Bupati Ratna membuka pasar. Ia datang bersama Ani."
    assert quotable(sentence(text, 2)).text == text


def test_a_sentence_that_leans_on_nothing_that_can_be_quoted_stays_as_it_is():
    assert quotable(sentence("Ia datang bersama Ani.")).text == "Ia datang bersama Ani."


def test_two_halves_of_a_quotation_are_quoted_together():
    text = '"Kios sudah siap. ' + "Warga menunggu lama sekali. " * 24 + 'Kami senang," kata Ani.'
    found = candidates([hit(text)])
    assert torn(found[-1].text) is False
    assert quotable(found[0]) is None  # the other half is too far away
    short = [c for c in candidates([hit('"Kios siap,\n" kata Ani.')]) if c.text == '"Kios siap,']
    assert [quotable(c).text for c in short] == ['"Kios siap,\n" kata Ani.']


def test_a_sentence_within_a_quotation_is_quoted_with_all_of_it():
    said = '"Kios sudah siap. Warga menunggu lama. Kami senang," kata Ani.'
    filler = " Pasar itu ramai." + " Warga datang." * 20
    long = said.replace("lama.", "lama " + "sekali " * 40 + "sejak kemarin.")
    for text in (said, long):
        own = candidates([hit(f"Pasar dibuka.\n{text}{filler}")])
        parts = [c for c in own if c.start < own[0].hit.article.text.index(" Pasar itu")][1:]
        assert {quotable(c).text for c in parts} == {text}
    assert len([c for c in own if c.text.startswith("Warga menunggu")]) == 1  # parted there
    torn_off = hit("Pasar dibuka.\n" + long.replace('senang,"', "senang,"))
    bare = next(c for c in candidates([torn_off]) if c.text.startswith("Warga menunggu"))
    assert quotable(bare).text == bare.text  # the quotation has no end


def test_an_opening_is_the_first_sentence_that_tells_something_by_itself():
    text = "Foto: Ani. yang lalu. Setahun lebih, menyandang gelar juara. Pasar Selasih dibuka lagi."
    assert opening(hit(text)).text == "Pasar Selasih dibuka lagi."


def test_what_a_correction_takes_back_is_not_quoted_and_what_is_right_is():
    wrong = "Dalam berita itu disebutkan luas panen 340 hektare."
    right = "Luas panen disebutkan 340 hektare, seharusnya 240 hektare."
    text = f"{wrong} {right}"
    told = candidates([hit(text, title="Ralat: Panen Raya di Selasih")])
    assert [quotable(each) and quotable(each).text for each in told] == [None, right]
    assert quotable(candidates([hit(text, title="Panen Raya di Selasih")])[0]).text == wrong
