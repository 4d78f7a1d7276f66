"""The plan of an answer: for each task its shape, on invented articles."""

from dataclasses import dataclass, replace
from datetime import date

from warta.assistant.composing.facts import agree
from warta.assistant.composing.plan import plan, together
from warta.assistant.composing.writer import drafted
from warta.assistant.question.retrieval import Count
from warta.assistant.question.understood import Part, Understood
from warta.corpus.article import Article, Passage
from warta.index.candidates import Hit
from warta.index.reader.features import Candidate, candidates
from warta.index.reader.passage_reader import Found

PASAR = (
    "Bupati Ratna membuka Pasar Selasih, Senin (3/3/2025). Pasar Selasih ditutup tiga bulan karena "
    "kebakaran. Sebanyak 214 pedagang menempati kios baru di Pasar Selasih. "
    '"Kami lega karena kios baru ini tahan api," kata Ani, pedagang Pasar Selasih.'
)
LAGI = (
    "Pasar Selasih dibuka lagi oleh Bupati Ratna pada Senin. Sebanyak 214 pedagang menempati kios "
    "baru di Pasar Selasih itu. Retribusi kios dibebaskan sampai Juni."
)
JEMBATAN = "Jembatan Kalibawang rampung dibangun. Sebanyak 214 pekerja membangun jembatan itu."


def hit(id_, title, text, day, rank, source="Harian Selatan", coverage=1.0):
    article = Article(id_, title, text, day, source, "", "id")
    return Hit(Passage(id_, 0, text, 0, len(text)), article, 1.0, rank, coverage=coverage)


HITS = (
    hit("pasar", "Pasar Selasih dibuka kembali", PASAR, date(2025, 3, 3), 1),
    hit("lagi", "Pasar Selasih dibuka lagi", LAGI, date(2025, 3, 4), 2, "Kabar Menoreh"),
    hit("jembatan", "Jembatan Kalibawang rampung", JEMBATAN, date(2025, 2, 1), 3, coverage=0.2),
)


FIRE = hit("api", "Pasar Selasih terbakar", "Api melalap Pasar Selasih, Minggu (1/12/2024). "
           "Semua kios habis.", date(2024, 12, 3), 3)  # fmt: skip


@dataclass(frozen=True)
class Scored:
    candidate: Candidate
    probability: float
    found: Found | None = None


@dataclass(frozen=True)
class Reading:
    sentences: tuple[Scored, ...]


def reading(hits=HITS, bold="", sure=0.99, **likely):
    """Sentences that begin so are as likely as given; the others hardly."""
    found = []
    for sentence in candidates(hits):
        named = [p for start, p in likely.items() if sentence.text.startswith(start)]
        at = sentence.text.find(bold) + sentence.start if bold in sentence.text else -1
        span = Found(at, at + len(bold), sure) if bold and at >= 0 else None
        found.append(Scored(sentence, named[0] if named else 0.01, span))
    return Reading(tuple(sorted(found, key=lambda scored: -scored.probability)))


def asked(text="Berapa pedagang di kios baru?", **values):
    part = Part(text=text, standalone=text, query=text, subject=text, **values)
    return Understood(text=text, language="id", parts=(part,), today=date(2025, 3, 10))


def told(question, read, hits=HITS, count=None):
    return drafted(plan(question, hits, read, count).told)


def texts(draft):
    return [sentence.text for sentence in draft.sentences]


def test_a_fact_is_one_sentence_with_its_value_and_who_else_reports_it():
    draft = told(asked(head="count"), reading(bold="214", Sebanyak=0.9))
    assert texts(draft) == ["Sebanyak 214 pedagang menempati kios baru di Pasar Selasih."]
    (sentence,) = draft.sentences
    assert sentence.text[slice(*sentence.strong)] == "214"
    assert [article.id for article in draft.citations[0].also] == ["lagi"]


def test_nothing_is_bold_where_the_words_are_unsure_or_a_clause_is_asked_for():
    def bold(head, sure=0.99):
        read = reading(bold="214", sure=sure, Sebanyak=0.9)
        return told(asked(head=head), read).sentences[0].strong

    assert bold("count") == (9, 12)
    assert bold("count", sure=0.4) is None
    assert bold("reason") is None
    assert bold("place") is None  # a number is none
    unlikely = told(asked(head="count"), reading(bold="214", Sebanyak=0.1))
    assert unlikely.sentences[0].strong is None


def test_bold_begins_with_the_number_and_no_time_of_day_is_one():
    def bold(text, words):
        one = (hit("a", "", text, date(2025, 3, 3), 1),)
        read = reading(one, bold=words, **{text[:8]: 0.9})
        span = told(asked(head="count"), read, one).sentences[0].strong
        return span and text[slice(*span)]

    assert bold("Pasar memiliki enam cabang.", "memiliki enam cabang") == "enam cabang"
    assert bold("Pasar dibuka pukul 04.30 pagi.", "04.30 pagi") is None


def test_the_same_value_in_other_words_is_one_statement():
    first = hit("satu", "Pasar Selasih terbakar", "Api di Pasar Selasih melukai 3 orang pedagang.",
                date(2025, 3, 3), 1)  # fmt: skip
    again = hit("dua", "Pasar Selasih terbakar", "Tiga orang terluka akibat api yang melahap kios "
                "di Pasar Selasih itu.", date(2025, 3, 3), 2, "Kabar Menoreh")  # fmt: skip
    read = reading((first, again), bold="3 orang", Api=0.9, Tiga=0.8)
    draft = told(asked("Berapa orang terluka?", head="count"), read, (first, again))
    assert texts(draft) == ["Api di Pasar Selasih melukai 3 orang pedagang."]
    assert [article.id for article in draft.citations[0].also] == ["dua"]


def test_another_events_sentence_never_stands_beside_and_its_article_is_offered():
    planned = plan(asked(head="count"), HITS, reading(Sebanyak=0.9, Jembatan=0.8))
    cited = {item.sentence.hit.article.id for item in planned.told}
    assert "jembatan" not in cited
    assert [article.id for article in planned.near] == ["jembatan"]
    assert {h.article.id for h in planned.evidence} == {"pasar", "lagi"}


def test_what_belongs_beside_follows_in_the_articles_order():
    likely = {"Pasar Selasih ditutup": 0.9, "Sebanyak 214 pedagang menempati kios baru di": 0.85}
    draft = told(asked("Kenapa pasar ditutup?", head="reason"), reading(HITS[:1], **likely))
    assert texts(draft) == [
        "Pasar Selasih ditutup tiga bulan karena kebakaran.",
        "Sebanyak 214 pedagang menempati kios baru di Pasar Selasih.",
    ]
    assert [s.role for s in draft.sentences] == ["answer", "context"]
    assert [c.quote for c in draft.citations] == [" ".join(texts(draft))]


def test_words_are_given_with_outlet_and_day_and_a_paraphrase_is_labelled():
    direct = told(asked("Apa kata Ani?", head="statement"), reading(**{'"Kami': 0.9}))
    assert direct.sentences[0].lead == "Harian Selatan, 3 Mar 2025:"
    passed_on = told(asked("Apa kata Ani?", head="statement"), reading(Retribusi=0.9))
    lead = passed_on.sentences[0].lead
    assert lead == "Kabar Menoreh, 4 Mar 2025 (bukan kutipan langsung):"


def test_words_of_others_are_not_given_where_the_one_asked_for_is_quoted_by_any_name():
    text = (
        '"Kios baru tahan api," kata Ani Lestari di pasar Selasih. '
        '"Api datang dari gudang sebelah pasar," kata Presiden Joko Widodo di Banda.'
    )
    one = (hit("a", "Pasar Selasih", text, date(2025, 3, 3), 1),)
    read = reading(one, **{'"Kios': 0.9, '"Api': 0.3})
    asking = asked("Apa kata Jokowi soal pasar?", head="statement", speaker="Jokowi")
    assert texts(told(asking, read, one))[0].startswith('"Api datang')
    unknown = asked("Apa kata Bupati soal pasar?", head="statement", speaker="Bupati Ratna")
    assert texts(told(unknown, read, one))[0].startswith('"Kios baru')


def test_whose_words_are_called_otherwise_stay_where_his_own_are_unlikely():
    text = (
        '"Kios baru tahan api sekali," kata Nova di pasar Selasih. '
        '"Api datang dari gudang sebelah," kata Tirta di pasar. '
        '"Parkir pasar itu luas sekali," kata Ratna Dewanti.'
    )
    one = (hit("a", "Pasar Selasih", text, date(2025, 3, 3), 1),)

    def first(speaker, **likely):
        question = asked(f"Apa kata {speaker}?", head="statement", speaker=speaker)
        read = reading(one, **{f'"{start}': chance for start, chance in likely.items()})
        return texts(told(question, read, one))[0][1:5]

    assert first("Ratna Dewanti", Kios=0.9, Parkir=0.3) == "Park"
    assert first("Ratna Dewanti", Kios=0.9, Parkir=0.2) == "Kios"
    assert first("Novarita", Api=0.9, Kios=0.3) == "Kios"  # Nova, for short
    assert first("Nov", Api=0.9, Kios=0.3) == "Api "


def test_what_announces_words_is_quoted_with_them():
    text = (
        "Ratna Dewanti terdiam sampai ia menjawab pertanyaan itu.\n"
        '"Sulit dijelaskan." Pasar Selasih sepi.\n'
        'Lurah itu pulang.\n"Kios baru tahan api sekali," kata Tirta Buana.'
    )
    one = (hit("a", "Pasar Selasih", text, date(2025, 3, 3), 1),)
    question = asked("Apa kata Ratna soal pasar?", head="statement", speaker="Ratna")
    (said,) = told(question, reading(one, Ratna=0.6), one).sentences
    assert said.text.endswith('pertanyaan itu. "Sulit dijelaskan."')
    assert said.lead == "Harian Selatan, 3 Mar 2025:"
    other = told(question, reading(one, Lurah=0.6), one).sentences[0]
    assert other.text == "Lurah itu pulang."  # the words are another's


def test_beside_a_reason_stands_nothing_from_another_report():
    read = reading(**{"Pasar Selasih ditutup": 0.9, "Retribusi": 0.88, "Bupati": 0.1})
    assert len(texts(told(asked(head="count"), read))) == 2
    (reason,) = texts(told(asked("Kenapa Pasar Selasih ditutup?", head="reason"), read))
    assert reason == "Pasar Selasih ditutup tiga bulan karena kebakaran."


def test_an_item_of_a_list_is_half_as_likely_as_the_first():
    question = asked("Apa saja kabar Pasar Selasih?", head="thing", listed=True)

    def items(chance):
        return len(texts(told(question, reading(Sebanyak=0.8, Retribusi=chance))))

    assert (items(0.41), items(0.39)) == (2, 1)


def test_a_yes_no_question_is_answered_by_its_sentence_without_a_word_of_ours():
    one = (hit("a", "", "Pasar Selasih dibuka Senin.", date(2025, 3, 3), 1),)
    question = asked("Apakah Pasar Selasih dibuka?", head="decision", names=("Pasar Selasih",))
    draft = told(question, reading(one, **{"Pasar Se": 0.9}), one)
    assert [(s.lead, s.text) for s in draft.sentences] == [("", "Pasar Selasih dibuka Senin.")]


def test_the_items_that_follow_an_announcing_sentence_are_listed():
    text = (
        "Tuntutan pedagang sebagai berikut: \nRetribusi dihapus. \nAir mengalir. \nParkir gratis."
    )
    one = (hit("a", "", text, date(2025, 3, 3), 1),)
    draft = told(asked("Apa saja tuntutan?", listed=True), reading(one, Tuntutan=0.9), one)
    assert texts(draft) == [
        "Tuntutan pedagang sebagai berikut:", "Retribusi dihapus.", "Air mengalir.",
        "Parkir gratis.",
    ]  # fmt: skip
    assert [s.gap for s in draft.sentences[1:]] == ["\n", "\n", "\n"]


def test_a_summary_of_a_topic_opens_its_developments_by_day_and_adds_what_tells_most():
    text = "Pengelola Pasar Selasih diadili di Banda atas kebakaran. Jaksa menuntut dua tahun."
    later = hit("sidang", "Pengelola Pasar Selasih diadili", text, date(2025, 3, 20), 3)
    hits = (later, *HITS, FIRE)
    draft = told(asked("Ringkas Pasar Selasih", task="summary"), reading(hits), hits)
    assert [(s.lead, s.text) for s in draft.sentences] == [
        ("1 Des 2024, Harian Selatan:", "Api melalap Pasar Selasih, Minggu (1/12/2024)."),
        ("", "Semua kios habis."),
        ("3 Mar 2025, Harian Selatan:", "Bupati Ratna membuka Pasar Selasih, Senin (3/3/2025)."),
        ("", "Pasar Selasih ditutup tiga bulan karena kebakaran."),
        ("20 Mar 2025, Harian Selatan:",
         "Pengelola Pasar Selasih diadili di Banda atas kebakaran."),
        ("", "Jaksa menuntut dua tahun."),
    ]  # fmt: skip


def test_a_summary_of_one_story_is_told_by_the_report_that_answers_and_has_no_other_event():
    likely = {"Pasar Selasih ditutup": 0.6, "Retribusi": 0.3, "Jembatan": 0.5}
    draft = told(asked("Ringkas pembukaan pasar", task="summary"), reading(HITS, **likely))
    assert texts(draft) == [
        "Bupati Ratna membuka Pasar Selasih, Senin (3/3/2025).",
        "Pasar Selasih ditutup tiga bulan karena kebakaran.",
        "Sebanyak 214 pedagang menempati kios baru di Pasar Selasih.",
        '"Kami lega karena kios baru ini tahan api," kata Ani, pedagang Pasar Selasih.',
        "Retribusi kios dibebaskan sampai Juni.",
    ]


def test_a_summary_of_one_story_tells_what_its_newest_report_opens_with():
    text = (
        "Bupati Ratna menutup lagi Pasar Selasih karena banjir sungai, Kamis. Listrik padam "
        "semalam suntuk. Camat membagikan selimut tebal. Relawan memasak nasi bungkus. "
        "Polisi menutup jalan raya."
    )
    newest = hit("tutup", "Pasar Selasih yang dibuka kembali ditutup", text, date(2025, 3, 6), 2)
    hits = (HITS[0], newest)
    likely = dict.fromkeys(("Listrik", "Camat", "Relawan", "Polisi"), 0.4)
    read = reading(hits, **{"Pasar Selasih ditutup": 0.6}, **likely)
    draft = told(asked("Ringkas pembukaan pasar", task="summary"), read, hits)
    assert texts(draft)[:5] == [
        "Bupati Ratna membuka Pasar Selasih, Senin (3/3/2025).",
        "Pasar Selasih ditutup tiga bulan karena kebakaran.",
        "Sebanyak 214 pedagang menempati kios baru di Pasar Selasih.",
        '"Kami lega karena kios baru ini tahan api," kata Ani, pedagang Pasar Selasih.',
        "Bupati Ratna menutup lagi Pasar Selasih karena banjir sungai, Kamis.",
    ]
    assert len(draft.sentences) == 8


def test_a_profile_tells_what_somebody_is_before_what_else_is_said_of_the_name():
    text = ("Tari Wulandari tiba di Banda. Tari Wulandari adalah perajin perahu asal Selasih. "
            "Warga menyambut Tari Wulandari di dermaga.")  # fmt: skip
    one = (hit("tari", "Kabar dari dermaga", text, date(2025, 3, 3), 1),)
    question = asked("Tari Wulandari", task="profile", names=("Tari Wulandari",))
    draft = told(question, reading(one, Warga=0.2, Tari=0.2), one)
    assert "Tari Wulandari adalah perajin perahu asal Selasih." in texts(draft)


def test_a_profile_finds_what_somebody_is_beside_the_name_anywhere_in_the_articles_of_theirs():
    lead = "Tari Wulandari tiba di Banda."
    text = f"{lead} Kapal ditambatkan. Warga menyambut sutradara Tari Wulandari di dermaga."
    article = Article("tari", "Kabar dari dermaga", text, date(2025, 3, 3), "", "", "id")
    one = Hit(Passage("tari", 0, lead, 0, len(lead)), article, 1.0, 1, coverage=1.0)
    other = hit("lain", "Sari menang", "Sari Wulandari adalah atlet.", date(2025, 3, 4), 2)
    question = asked("Tari Wulandari", task="profile", names=("Tari Wulandari",))
    draft = told(question, reading((one, other), Tari=0.2, Sari=0.2), (one, other))
    assert texts(draft) == [lead, "Warga menyambut sutradara Tari Wulandari di dermaga."]


def test_a_numbered_run_is_listed_whole_after_what_announces_it():
    text = (
        "Panitia memberi hadiah kepada peserta.\n1. Piala.\n2. Uang saku.\n"
        "Syarat lomba perahu sebagai berikut.\n1. Berusia 17 tahun.\n2. Membawa perahu.\n"
        "3. Dapat berenang.\nLomba digelar Minggu."
    )
    one = (hit("lomba", "Lomba perahu Selasih", text, date(2025, 3, 3), 1),)
    question = asked("syarat lomba perahu", task="list", listed=True)
    assert texts(told(question, reading(one, Lomba=0.9), one)) == [
        "Syarat lomba perahu sebagai berikut.", "1. Berusia 17 tahun.", "2. Membawa perahu.",
        "3. Dapat berenang.",
    ]  # fmt: skip


def test_a_list_is_found_beyond_the_passage_with_its_numbers_where_a_scraper_left_them():
    lead = "Panitia lomba perahu Selasih membuka pendaftaran."
    text = (
        f"{lead} Warga menyambutnya.\nBerikut tiga syarat lomba perahu:1. Berusia 17 tahun2. "
        "Membawa perahu3. Dapat berenang."
    )
    article = Article("lomba", "Lomba perahu Selasih", text, date(2025, 3, 3), "", "", "id")
    one = (Hit(Passage("lomba", 0, lead, 0, len(lead)), article, 1.0, 1, coverage=1.0),)
    question = asked("syarat lomba perahu", task="list", listed=True)
    assert texts(told(question, reading(one, Panitia=0.9), one)) == [
        "Berikut tiga syarat lomba perahu:", "Berusia 17 tahun", "Membawa perahu",
        "Dapat berenang.",
    ]  # fmt: skip


def test_a_list_adds_the_sentences_of_its_event_that_name_things_side_by_side():
    text = (
        "Pasar Selasih menyediakan kios baru untuk pedagang. Ani datang pagi bersama ibunya. "
        "Di sana dijual sayur segar, ikan asin, kain batik, dan perkakas dapur."
    )
    one = (hit("a", "Pasar Selasih", text, date(2025, 3, 3), 1),)
    question = asked("apa saja dagangan di Pasar Selasih", task="list", listed=True)
    assert texts(told(question, reading(one, **{"Pasar Selasih": 0.6}), one)) == [
        "Pasar Selasih menyediakan kios baru untuk pedagang.",
        "Di sana dijual sayur segar, ikan asin, kain batik, dan perkakas dapur.",
    ]


def test_what_tells_of_an_item_is_no_item():
    text = (
        "Tiga syarat lomba perahu.\n1. Berusia 17 tahun.\nKartu pelajar ditunjukkan.\n"
        "2. Membawa perahu.\n3. Dapat berenang."
    )
    one = (hit("lomba", "Lomba perahu Selasih", text, date(2025, 3, 3), 1),)
    question = asked("syarat lomba perahu", task="list", listed=True)
    assert texts(told(question, reading(one, Kartu=0.9), one))[1:] == [
        "1. Berusia 17 tahun.", "2. Membawa perahu.", "3. Dapat berenang.",
    ]  # fmt: skip


def test_a_count_rests_on_the_newest_three_articles_and_tells_them():
    hits = tuple(
        hit(f"a{n}", f"Pasar Selasih hari ke-{n}", f"Pasar Selasih menerima {n} pedagang baru.",
            date(2025, 3, n), n) for n in range(1, 11)
    )  # fmt: skip
    count = Count(10, date(2025, 3, 1), date(2025, 3, 10))
    draft = told(asked("Pasar Selasih", task="count"), reading(hits), hits, count)
    assert draft.sentences[0].citations == (1, 2, 3)
    assert texts(draft)[1:] == [
        f"Pasar Selasih menerima {n} pedagang baru." for n in (10, 9, 8)
    ]  # fmt: skip


def test_a_timeline_goes_by_the_day_of_the_event_and_the_newest_come_first_where_asked():
    hits = (HITS[0], FIRE)
    draft = told(asked("Linimasa Pasar Selasih", task="timeline"), reading(hits), hits)
    assert [s.lead for s in draft.sentences if s.lead] == [
        "1 Des 2024, Harian Selatan:", "3 Mar 2025, Harian Selatan:",
    ]  # fmt: skip
    newest = told(asked("Kabar terbaru Pasar Selasih", task="latest"), reading(hits), hits)
    assert [c.article.id for c in newest.citations] == ["pasar", "api"]


def test_a_timeline_goes_through_the_days_of_the_best_report_and_leaves_out_other_stories():
    lead = "Pasar Selasih terbakar lagi."
    text = f"{lead} Kios rusak. Api pertama melalap kios itu pada 2 Februari 2025. Warga pulih."
    article = Article("api", "Pasar Selasih terbakar", text, date(2025, 3, 3), "", "", "id")
    one = Hit(Passage("api", 0, lead, 0, len(lead)), article, 1.0, 1, coverage=1.0)
    other = hit(
        "lain", "Pasar malam", "Pasar malam dibuka Senin (10/2/2025).", date(2025, 2, 11), 2
    )
    read = reading((one, other), Pasar=0.0)
    likely = Scored(read.sentences[0].candidate, 0.6)
    read = Reading((likely, *read.sentences[1:]))
    draft = told(asked("Linimasa Pasar Selasih", task="timeline"), read, (one,))
    assert [s.lead for s in draft.sentences] == [
        "2 Feb 2025, “Pasar Selasih terbakar”:", "3 Mar 2025:",
    ]  # fmt: skip


def test_a_timeline_of_one_day_tells_five_sentences_of_it():
    text = (
        "Api melalap Pasar Selasih. Listrik padam semalam suntuk. Camat membagikan selimut tebal. "
        "Relawan memasak nasi bungkus. Polisi menutup jalan raya. Hujan turun menjelang subuh. "
        "Bupati Ratna meninjau sisa bangunan."
    )
    one = (hit("a", "Pasar Selasih terbakar", text, date(2025, 3, 3), 1),)
    begun = ("Listrik", "Camat", "Relawan", "Polisi", "Hujan", "Bupati")
    read = reading(one, Api=0.6, **dict.fromkeys(begun, 0.3))
    draft = told(asked("Linimasa Pasar Selasih", task="timeline"), read, one)
    assert len(draft.sentences) == 5
    assert texts(draft)[0] == "Api melalap Pasar Selasih."


def test_quotations_of_a_speaker_stand_by_article_each_with_its_byline():
    draft = told(asked("Kutipan Ani", task="quotes", speaker="Ani"), reading(**{'"Kami': 0.5}))
    assert texts(draft) == [
        '"Kami lega karena kios baru ini tahan api," kata Ani, pedagang Pasar Selasih.'
    ]
    assert draft.sentences[0].lead == "Harian Selatan, 3 Mar 2025:"


def test_words_within_a_long_quotation_are_direct_though_they_have_no_marks():
    long = "Kami lega karena kios baru itu tahan api sejak dibangun tahun lalu. " * 9
    text = f'Ani menjenguk pasar. "{long}Sewa kios tetap murah. Semua senang," kata Ani.'
    one = (hit("a", "", text, date(2025, 3, 3), 1),)
    question = asked("Apa kata Ani soal sewa?", head="statement", speaker="Ani")
    (first, *_) = told(question, reading(one, Sewa=0.6), one).sentences
    assert first.text == "Sewa kios tetap murah."
    assert first.lead == "Ani, Harian Selatan, 3 Mar 2025:"


def test_who_speaks_stands_before_words_that_do_not_tell_it_and_once():
    text = (
        "Lurah Ratna Dewanti mengatakan pasar sudah siap.\n"
        '"Kami lega karena 214 kios itu tahan api," ujarnya. '
        '"Sewa 214 kios itu tetap murah sampai tahun depan," katanya.'
    )
    one = (hit("a", "", text, date(2025, 3, 3), 1),)
    read = reading(one, **{'"Kami': 0.6, '"Sewa': 0.58})
    fact = told(asked(head="count"), read, one).sentences
    assert [s.lead for s in fact] == ["Ratna Dewanti, Harian Selatan, 3 Mar 2025:", ""]
    words = asked("Kutipan Ratna", task="quotes", speaker="Ratna")
    assert [s.lead for s in told(words, read, one).sentences] == [s.lead for s in fact]
    other = text.replace("katanya", "kata Budi Santosa").replace("ujarnya", "kata Ratna")
    other += ' "Parkir 214 kios itu belum cukup juga," ujarnya.'
    one = (hit("a", "", other, date(2025, 3, 3), 1),)
    read = reading(one, **{'"Kami': 0.6, '"Sewa': 0.58, '"Parkir': 0.57})
    leads = [s.lead for s in told(asked("Kutipan", task="quotes"), read, one).sentences]
    assert leads == ["Harian Selatan, 3 Mar 2025:", "", ""]
    described = text.replace("ujarnya", "ujar perempuan yang memimpin kelurahan itu")
    one = (hit("a", "", described, date(2025, 3, 3), 1),)
    assert told(asked(head="count"), reading(one, **{'"Kami': 0.6}), one).sentences[0].lead == ""
    named = text.replace("ujarnya", "ujar Ratna")
    one = (hit("a", "", named, date(2025, 3, 3), 1),)
    assert told(asked(head="count"), reading(one, **{'"Kami': 0.6}), one).sentences[0].lead == ""


def test_what_another_says_is_no_quotation_of_the_one_asked_for():
    text = (
        'Ani menjenguk pasar. "Kios itu aman dari api sekarang juga," kata Budi, mandor. '
        '"Kami lega karena kios baru itu tahan api," kata Ani.'
    )
    one = (hit("a", "", text, date(2025, 3, 3), 1),)
    question = asked("Kutipan Ani", task="quotes", speaker="Ani")
    draft = told(question, reading(one, **{'"Kios': 0.6, '"Kami': 0.4}), one)
    assert texts(draft) == ['"Kami lega karena kios baru itu tahan api," kata Ani.']


def test_quotations_of_a_speaker_are_collected_from_the_whole_article():
    text = (
        'Ani menjenguk pasar. "Kami lega karena kios baru itu tahan api," kata Ani.\n'
        '"Parkir belum memadai untuk semua pembeli," kata Budi Santosa, mandor.\n'
        '"Sewa kios tetap murah sampai tahun depan," kata Ani.'
    )
    end = text.index("\n")
    one = hit("a", "", text, date(2025, 3, 3), 1)
    found = (replace(one, passage=Passage("a", 0, text[:end], 0, end)),)
    question = asked("Kutipan Ani", task="quotes", speaker="Ani")
    draft = told(question, reading(found, **{'"Kami': 0.4}), found)
    assert texts(draft) == [
        '"Kami lega karena kios baru itu tahan api," kata Ani.',
        '"Sewa kios tetap murah sampai tahun depan," kata Ani.',
    ]


def test_who_shares_a_first_name_is_not_the_speaker_asked_for():
    text = (
        '"Kios itu aman dari api sekarang juga," kata Tari Lestari. '
        '"Kami lega karena kios baru itu tahan api," kata Tari Wulandari.'
    )
    one = (hit("a", "", text, date(2025, 3, 3), 1),)
    question = asked("Kutipan Tari Wulandari", task="quotes", speaker="Tari Wulandari")
    draft = told(question, reading(one, **{'"Kios': 0.6, '"Kami': 0.4}), one)
    assert texts(draft) == ['"Kami lega karena kios baru itu tahan api," kata Tari Wulandari.']


def test_a_quotation_is_on_the_topic_that_its_article_opens_with():
    text = (
        "Warga menggelar lomba perahu di Selasih, Minggu. "
        + "Hujan turun sejak pagi hari. " * 12
        + '"Anak saya menang dan kami semua gembira," kata Ani.'
    )
    one = (hit("a", "", text, date(2025, 3, 3), 1),)
    other = hit("b", "", '"Kami lega karena kios baru tahan api," kata Ani.', date(2025, 3, 3), 2)
    question = asked("Ani lomba perahu", task="quotes", speaker="Ani")
    read = reading((*one, other), **{'"Kami': 0.6, '"Anak': 0.4})
    draft = told(question, read, (*one, other))
    assert texts(draft) == ['"Anak saya menang dan kami semua gembira," kata Ani.']


def test_of_quotations_on_a_topic_those_on_another_are_left_out():
    text = (
        '"Kami lega karena kios baru itu tahan api," kata Ani. '
        '"Anak saya ikut lomba perahu hari Minggu," kata Ani.'
    )
    one = (hit("a", "", text, date(2025, 3, 3), 1),)
    question = asked("Ani lomba perahu", task="quotes", speaker="Ani")
    draft = told(question, reading(one, **{'"Kami': 0.6, '"Anak': 0.4}), one)
    assert texts(draft) == ['"Anak saya ikut lomba perahu hari Minggu," kata Ani.']


def test_sides_stand_side_by_side():
    question = asked("Bandingkan pasar dan jembatan", task="comparison",
                     sides=("Pasar Selasih", "Jembatan Kalibawang"))  # fmt: skip
    draft = told(question, reading(Bupati=0.6, Jembatan=0.4))
    assert texts(draft) == [
        "Bupati Ratna membuka Pasar Selasih, Senin (3/3/2025).",
        "Pasar Selasih ditutup tiga bulan karena kebakaran.",
        "Jembatan Kalibawang rampung dibangun.", "Sebanyak 214 pekerja membangun jembatan itu.",
    ]  # fmt: skip


def test_of_two_reports_of_one_day_the_newest_tell_the_figure_of_either():
    first = "Tim mencari korban longsor Melati. Sebanyak 20 korban longsor Melati belum ditemukan."
    later = (
        "Tim mencari korban longsor Melati lagi. Longsor terjadi pada Kamis malam di lereng. "
        "Jumlah korban longsor Melati yang meninggal sembilan orang."
    )
    hits = (
        hit("satu", "Tim mencari korban longsor Melati", first, date(2025, 3, 5), 1),
        hit("dua", "Tim mencari korban longsor Melati hari ketiga", later, date(2025, 3, 5), 2),
    )
    draft = told(asked("korban longsor Melati", task="latest"), reading(hits, Jumlah=0.9), hits)
    assert any("sembilan" in text for text in texts(draft))
    assert {c.article.id for c in draft.citations} == {"satu", "dua"}


def test_a_profile_takes_what_tells_the_life_from_an_article_headed_by_the_name():
    life = "Politikus ini aktif sejak muda. Pria kelahiran Melati itu lulusan kampus Selasih."
    hits = (hit("ratna", "Ratna Sari, dari kampus ke kabupaten", life, date(2025, 3, 5), 1),)
    question = asked("Ratna Sari", task="profile", names=("Ratna Sari",))
    assert any("lulusan" in text for text in texts(told(question, reading(hits), hits)))


def test_a_count_is_a_statement_on_the_archive_that_rests_on_the_newest():
    question = replace(asked(task="count"), parts=(replace(
        asked(task="count").first, subject="Pasar Selasih"),))  # fmt: skip
    count = Count(1234, date(2025, 3, 3), date(2025, 3, 4))
    draft = told(question, reading(), HITS[:1], count)
    own = draft.sentences[0]
    assert (own.role, own.citations) == ("own", (1,))
    assert own.text == (
        "Arsip ini memuat 1.234 artikel tentang Pasar Selasih, terbit 3 Mar 2025 sampai 4 Mar 2025."
    )


def test_found_articles_are_named_by_headline_outlet_and_day():
    draft = told(asked("Cari berita Pasar Selasih", task="find"), reading())
    assert draft.sentences[0].lead == (
        "“Pasar Selasih dibuka kembali”, Harian Selatan, 3 Mar 2025:"
    )
    assert [c.article.id for c in draft.citations] == ["pasar", "lagi"]


def test_of_the_first_articles_found_what_tells_most_beside_the_opening_is_told_too():
    read = reading(**{"Pasar Selasih ditutup": 0.6})
    draft = told(asked("Cari berita Pasar Selasih", task="find"), read)
    assert texts(draft)[:2] == [
        "Bupati Ratna membuka Pasar Selasih, Senin (3/3/2025).",
        "Pasar Selasih ditutup tiga bulan karena kebakaran.",
    ]


def test_several_parts_make_a_block_each():
    one = plan(asked(), HITS, reading(Sebanyak=0.9))
    other = plan(asked("Kapan jembatan rampung?"), HITS, reading(Jembatan=0.9))
    whole = together([one, other])
    gaps = [item.gap for item in whole.told if item.role == "answer"]
    assert gaps == [" ", "\n\n"]
    assert {h.article.id for h in whole.evidence} == {"pasar", "lagi", "jembatan"}


def test_what_answers_two_parts_is_told_once():
    one = plan(asked(), HITS, reading(Sebanyak=0.9))
    assert together([one, one]).told == one.told


def test_nothing_that_can_be_quoted_makes_no_plan():
    torn = (hit("a", "", "yang dibuka Senin, (,) lagi.", date(2025, 3, 3), 1),)
    assert plan(asked(), torn, reading(torn)).told == ()


def test_who_is_answered_with_the_sentence_that_names_whom_it_means():
    text = "Rangga Wibisana tampil sejak awal. Penyerang itu mencetak tiga gol bagi Persitir."
    one = (hit("a", "", text, date(2025, 3, 3), 1),)
    question = asked("Siapa yang mencetak tiga gol bagi Persitir?", head="person")
    assert texts(told(question, reading(one, Penyerang=0.9), one)) == [text]


def test_two_names_that_only_begin_alike_are_not_one():
    assert agree({"novarita"}, "Nova")
    assert not agree({"andi", "widjaja"}, "Andika Perkasa")
    assert not agree({"rudi", "hartono"}, "Rudiantara")
