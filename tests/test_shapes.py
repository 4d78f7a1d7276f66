"""In which order sentences are told."""

from warta.assistant.composing.shapes import broken, first, hedged, leans, shaped
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit
from warta.index.reader.features import ask, candidates
from warta.index.reader.reader import Scored
from warta.index.weights import read_rarity


def asked(question):
    return ask(question, read_rarity())


def scored(*told):
    """Sentences of one article each, with their log-odds."""
    found = []
    for rank, (text, score) in enumerate(told, start=1):
        passage = Passage(f"a{rank}", 0, text, 0, len(text))
        hit = Hit(passage, Article(f"a{rank}", "", text), 1.0, rank)
        found.append(Scored(candidates([hit])[0], score))
    return found


def texts(ranked):
    return [item.candidate.text for item in ranked]


def test_a_reason_is_told_with_the_sentences_beside_it():
    text = (
        "Pasar dibuka Senin. Atap pasar bocor. Hujan turun sejak pagi. Kios tutup. "
        "Warga datang ramai."
    )
    found = {c.text: c for c in candidates([Hit(Passage("a", 0, text, 0, len(text)),
                                                Article("a", "", text), 1.0, 1)])}  # fmt: skip
    ranked = [Scored(found[t], s) for t, s in (
        ("Atap pasar bocor.", 1.0), ("Warga datang ramai.", 0.0), ("Hujan turun sejak pagi.", -1.0),
        ("Pasar dibuka Senin.", -3.0),
    )]  # fmt: skip
    assert texts(shaped(asked("Mengapa pasar ditutup?"), ranked)) == [
        "Atap pasar bocor.", "Hujan turun sejak pagi.", "Warga datang ramai.",
        "Pasar dibuka Senin.",
    ]  # fmt: skip
    assert texts(shaped(asked("Siapa datang ke pasar?"), ranked))[1] == "Warga datang ramai."


def test_a_sentence_that_gives_a_cause_is_told_before_one_that_does_not():
    ranked = scored(
        ("Pasar ditutup.", 1.0), ("Pasar sepi sejak pagi.", 0.2), ("Itu karena banjir.", 0.0)
    )
    why, what = asked("Mengapa pasar ditutup?"), asked("Apa yang ditutup?")
    assert texts(shaped(why, ranked))[1] == "Itu karena banjir."
    assert texts(shaped(what, ranked))[1] == "Pasar sepi sejak pagi."


def test_of_sentences_as_likely_the_short_one_comes_first():
    long = "Kios pasar itu berjumlah 214 " + "dan terus bertambah " * 10 + "setiap tahun."
    ranked = scored(("Kios ada 213.", 1.0), (long, 0.2), ("Kios ada 215.", 0.1))
    assert texts(shaped(asked("Berapa jumlah kios?"), ranked))[1] == "Kios ada 215."


def test_a_rumour_does_not_go_before_a_firm_sentence_that_is_nearly_as_likely():
    ranked = scored(
        ("Budi Santoso dikabarkan terpilih sebagai ketua.", 0.2),
        ("Rina Wati terpilih sebagai ketua.", 0.0),
    )
    assert first(asked("Siapa ketua terpilih?"), ranked) is ranked[1]
    assert first(asked("Siapa ketua terpilih menurut rumor?"), ranked) is ranked[0]
    certain = [ranked[0], *scored(("Rina Wati terpilih sebagai ketua.", -3.0))]
    assert first(asked("Siapa ketua terpilih?"), certain) is certain[0]


def test_a_question_who_is_not_begun_with_a_sentence_that_names_nobody():
    ranked = scored(
        ("Pelatih tim itu, menegaskan kemenangan.", 0.2), ("Pelatih Rina Wati menegaskan.", 0.0)
    )
    assert first(asked("Siapa pelatih tim itu?"), ranked) is ranked[1]


def test_rumours_and_holes_of_the_scraper_are_seen():
    assert hedged("Beredar kabar bahwa pasar dijual.")
    assert not hedged("Ia mengabarkan pasar dibuka.")
    for text in ("#, pasar dibuka.", "takluk 0-1 dari lawan.", "Keduanya adalah Leaf dan Note,.",
                 "Presiden Joko Widodo (,) datang.", "Ketua, , menegaskan."):  # fmt: skip
        assert broken(text), text
    for text in ("Pasar dibuka.", "“Pasar dibuka,” kata Rina.", "Rp5 juta hilang."):
        assert not broken(text), text


def test_whom_a_sentence_calls_ia_is_told_right_after_it():
    text = "Rina Wati memimpin rapat. Ia terpilih kemarin. Rapat usai sore."
    found = {c.text: c for c in candidates([Hit(Passage("a", 0, text, 0, len(text)),
                                                Article("a", "", text), 1.0, 1)])}  # fmt: skip
    ranked = [Scored(found[t], s) for t, s in (
        ("Ia terpilih kemarin.", 1.0), ("Rapat usai sore.", 0.5),
        ("Rina Wati memimpin rapat.", -1.0),
    )]  # fmt: skip
    assert texts(shaped(asked("Kapan ia terpilih?"), ranked))[1] == "Rina Wati memimpin rapat."
    assert leans("Menurutnya, pasar dibuka.")
    assert not leans("Rina Wati mengatakan ia terpilih.")


def test_a_reason_may_be_told_two_sentences_later():
    text = "Pasar ditutup. Begitu kata Rina. Atap bocor sejak Mei. Warga datang ramai."
    found = {c.text: c for c in candidates([Hit(Passage("a", 0, text, 0, len(text)),
                                                Article("a", "", text), 1.0, 1)])}  # fmt: skip
    ranked = [Scored(found[t], s) for t, s in (
        ("Pasar ditutup.", 1.0), ("Warga datang ramai.", 0.0), ("Begitu kata Rina.", -1.0),
        ("Atap bocor sejak Mei.", -1.5),
    )]  # fmt: skip
    assert texts(shaped(asked("Mengapa pasar ditutup?"), ranked))[1:] == [
        "Begitu kata Rina.", "Atap bocor sejak Mei.", "Warga datang ramai.",
    ]  # fmt: skip
    assert texts(shaped(asked("Siapa datang?"), ranked))[1] == "Warga datang ramai."


def test_yes_or_no_begins_with_the_sentence_that_says_or_denies_just_that():
    ranked = scored(
        ("Gempa Sewon berpusat di laut.", 0.5), ("Gempa Sewon tidak merusak pasar.", 0.0),
        ("Gempa Sewon dikabarkan merusak pasar.", 0.1),
    )  # fmt: skip
    assert first(asked("Apakah gempa Sewon merusak pasar?"), ranked) is ranked[1]
    assert first(asked("Di laut mana gempa Sewon berpusat?"), ranked) is ranked[0]


def test_where_the_likeliest_names_nobody_a_less_likely_one_that_does_answers_who():
    ranked = scored(
        ("Pelatih tim itu menegaskan kemenangan.", 1.0), ("Pelatih Rina Wati menang.", -0.2)
    )
    assert first(asked("Siapa pelatih tim itu?"), ranked) is ranked[1]
    assert first(asked("Mengapa pelatih tim itu menang?"), ranked) is ranked[0]
