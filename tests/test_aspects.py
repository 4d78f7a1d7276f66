"""Questions with several answers."""

from datetime import date

from warta.assistant.composing.aspects import beside_each_other, in_turn, parts
from warta.assistant.composing.extractive import ExtractiveWriter
from warta.assistant.question.question import understand
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit
from warta.index.reader.features import ask, candidates
from warta.index.reader.reader import Scored
from warta.index.reader.scorer import SentenceScorer
from warta.index.weights import read_rarity

TODAY = date(2025, 3, 30)


def hit(id_, text, day, rank=1, source="Harian Selatan"):
    article = Article(id_, "", text, day, source)
    return Hit(Passage(id_, 0, text, 0, len(text)), article, 1.0, rank)


def scored(*told):
    return [
        Scored(candidates([hit(f"a{rank}", text, day, rank)])[0], score)
        for rank, (text, day, score) in enumerate(told, start=1)
    ]


def order(question, ranked):
    read = understand(question, (), TODAY)
    found = beside_each_other(read, ask(question, read_rarity()), ranked)
    return [item.candidate.text for item in found]


def test_two_questions_in_one_are_parted_and_the_second_keeps_its_subject():
    assert parts("Kapan Pasar Wonosari dibuka, dan berapa biayanya?") == [
        "Kapan Pasar Wonosari dibuka?", "berapa biayanya Pasar Wonosari?",
    ]  # fmt: skip
    assert parts("Siapa pelaku di Sewon? Kapan Budi Santo ditangkap?") == [
        "Siapa pelaku di Sewon?", "Kapan Budi Santo ditangkap?",
    ]  # fmt: skip


def test_what_is_one_question_stays_one():
    for question in (
        "Apa beda Pasar Wonosari dan Pasar Sewon?",
        "Siapa ketua dan wakil ketua panitia?",
        "Berapa kios terbakar dan rusak di Wonosari?",
    ):
        assert parts(question) == [question]


def test_the_parts_of_a_comparison_stay_together():
    question = "Apa beda Kios Lama dan Kios Baru, dan berapa lama garansi Kios Baru?"
    assert parts(question) == [
        "Apa beda Kios Lama dan Kios Baru?", "berapa lama garansi Kios Baru?",
    ]  # fmt: skip


def test_aspects_are_told_in_turn_and_nothing_twice():
    a, b, c = scored(("Satu.", None, 1.0), ("Dua.", None, 0.5), ("Tiga.", None, 0.2))
    assert in_turn([[a, b], [c], [b, c]]) == [a, c, b]


def test_days_that_are_compared_each_have_their_sentence():
    ranked = scored(
        ("Harga beras Rp14.000 per kilogram.", date(2025, 3, 3), 2.0),
        ("Beras tetap Rp14.000 pada Senin.", date(2025, 3, 3), 1.5),
        ("Harga beras kini Rp15.500 per kilogram.", date(2025, 3, 20), -2.0),
        ("Harga beras pada 3 Maret 2025 dinilai wajar.", date(2025, 3, 12), -3.0),
    )
    question = "Apa beda harga beras tanggal 3 Maret 2025 dan 20 Maret 2025?"
    assert order(question, ranked)[:2] == [
        "Harga beras Rp14.000 per kilogram.", "Harga beras kini Rp15.500 per kilogram.",
    ]  # fmt: skip
    assert "Harga beras pada 3 Maret 2025 dinilai wajar." in order(question, ranked)


def test_without_days_each_article_on_the_topic_has_its_sentence_before_any_has_two():
    ranked = scored(
        ("Warga menolak pasar baru.", date(2025, 3, 3), 2.0),
        ("Pedagang mendukung pasar baru.", date(2025, 3, 4), 1.6),
        ("Hujan turun.", date(2025, 3, 5), -4.0),
    )
    own = scored(("Warga menolak pasar baru. Mereka menolak keras.", date(2025, 3, 3), 2.0))
    second = candidates([own[0].candidate.hit])[1]
    ranked = [ranked[0], Scored(second, 1.9), ranked[1], ranked[2]]
    told = order("Apa beda sikap warga dan pedagang soal pasar baru?", ranked)
    assert told == [
        "Warga menolak pasar baru.", "Pedagang mendukung pasar baru.", "Mereka menolak keras.",
    ]  # fmt: skip


def test_a_development_is_told_oldest_first_with_outlet_and_day_before_each_article():
    hits = [
        hit("b", "Pembangunan Pasar Wonosari kini mencapai 80 persen.", date(2025, 3, 20), 1),
        hit("a", "Pembangunan Pasar Wonosari baru mencapai 20 persen.", date(2025, 3, 3), 2),
    ]
    question = understand("Bagaimana perkembangan pembangunan Pasar Wonosari?", (), TODAY)
    *_, draft = ExtractiveWriter(SentenceScorer.load()).write(question, hits)
    assert draft.text == (
        "Pembangunan Pasar Wonosari baru mencapai 20 persen. [1]\n\n"
        "Pembangunan Pasar Wonosari kini mencapai 80 persen. [2]"
    )
    assert [(aside.at, aside.text) for aside in draft.asides] == [
        (0, "Harian Selatan, 3 Mar 2025:"),
        (draft.text.index("Pembangunan Pasar Wonosari kini"), "Harian Selatan, 20 Mar 2025:"),
    ]


def test_how_a_story_went_is_not_told_with_torn_sentences():
    told = [
        ("Kabut asap di Wonosari telah,.", date(2025, 3, 1), 2.0),
        ("Kabut asap di Wonosari makin pekat.", date(2025, 3, 3), 1.0),
        ("Kabut asap di Wonosari mulai hilang.", date(2025, 3, 9), 1.0),
    ]
    question = "Bagaimana perkembangan kabut asap di Wonosari?"
    assert order(question, scored(*told)) == [text for text, _, _ in told[1:]]
    assert order(question, scored(told[0])) == [told[0][0]]
