import dataclasses
from datetime import date
from html.parser import HTMLParser

import pytest
from page_fake import ARTICLES, HOSTILE, TOPICS, answer_to, cited, quoting, receipt

from warta.assistant.answer import Answer, Note, Sentence
from warta.assistant.page.markup import escape, original_link, source_card, whole_article
from warta.assistant.page.overview import every_month, month_range
from warta.assistant.page.render import notice, turn
from warta.assistant.refusal import Refusal
from warta.assistant.texts import _TABLE, age_text, day_text, language_of, number_text, table, text
from warta.corpus.article import Article

SAFE = {
    "div", "span", "p", "ul", "ol", "li", "h2", "h3", "a", "button", "section", "article", "mark",
    "br", "bdi", "strong", "time", "blockquote", "pre", "details", "summary",
}  # fmt: skip


class Reader(HTMLParser):
    """Collects tags, attributes and text of what render returns."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    def buttons(self, act: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if attrs.get("data-act") == act]


def visible(html: str) -> str:
    return "".join(Reader(html).text)


def test_a_hostile_article_becomes_text_and_nothing_else():
    answer = answer_to("Jadwal pasar?")
    for html in (
        turn(answer, "id", done=True),
        source_card(answer.citations[:1], "id"),
        whole_article(ARTICLES[2], "id", 3, 20),
    ):
        read = Reader(html)
        assert {tag for tag, _ in read.tags} <= SAFE
        names = {name for _, attrs in read.tags for name in attrs}
        assert not {name for name in names if name.startswith("on") or name in ("src", "style")}
        links = {attrs["href"].split("?")[0] for tag, attrs in read.tags if tag == "a"}
        assert links == {"article"}  # our own page of it; javascript: is no link
    shown = visible(source_card(answer.citations[:1], "id"))
    assert '<img src="https://evil.example/a.png" onerror="window.broken=1">' in shown
    assert "\u202e" not in shown


def test_a_number_the_article_printed_is_text_and_only_ours_is_a_button():
    html = turn(answer_to("Jadwal pasar?"), "id", done=False)
    body = html.split('class="w-strip"')[0]
    assert [attrs["data-n"] for attrs in Reader(body).buttons("cite")] == ["1"]
    assert " [1] [klik]" in visible(body)


def test_a_marker_without_citation_stays_text():
    told = (Sentence("Ada 48 perahu.", (1,)), Sentence("Lalu hujan. [9]", (9,)))
    answer = dataclasses.replace(answer_to("Festival?"), sentences=told)
    html = turn(answer, "id", done=False).split('class="w-strip"')[0]
    assert [attrs["data-n"] for attrs in Reader(html).buttons("cite")] == ["1"]
    assert "Lalu hujan. [9]" in visible(html)


def test_a_source_marks_exactly_the_quoted_sentence():
    card = source_card(answer_to("Festival?").citations[:1], "id")
    marked = card.split("<mark")[1].split(">", 1)[1].split("</mark>")[0]
    assert marked == "Panitia mencatat 48 perahu dari sembilan kecamatan ikut serta."
    assert card.count("<mark") == 1
    assert "Juga dimuat oleh" in visible(card)
    assert "Kabar Laguna (contoh)" in visible(card)
    assert "14 Feb 2026" in visible(card)


def test_copies_can_be_opened_and_those_of_the_same_outlet_are_versions():
    own = dataclasses.replace(ARTICLES[0], id="a-9", title="Perahu Hias <b>Lagi</b>")
    first = cited(1, ARTICLES[0], "Juara pertama memperoleh Rp25 juta.", (ARTICLES[1], own))
    card = source_card([first], "id")
    assert "Juga dimuat oleh Kabar Laguna (contoh) · 1 versi lain di media yang sama" in visible(
        card
    )
    opened = [attrs["data-id"] for attrs in Reader(card).buttons("whole")]
    assert opened == ["a-2", "a-9", "a-1"]
    assert "Perahu Hias <b>Lagi</b>" in visible(card)
    alone = source_card([dataclasses.replace(first, also=(own, own))], "en")
    assert "2 other versions at the same outlet" in visible(alone)
    assert "carried" not in visible(alone)
    assert "w-also" not in source_card([dataclasses.replace(first, also=())], "en")


def test_a_changed_source_says_the_day_of_it_beside_outlet_and_day():
    changed = dataclasses.replace(ARTICLES[0], updated=date(2026, 2, 16))
    quote = "Juara pertama memperoleh Rp25 juta."
    said = "Harian Teluk (contoh) · 14 Feb 2026 · diperbarui 16 Feb 2026"
    first = cited(1, changed, quote)
    assert said in visible(source_card([first], "id"))
    assert said in visible(whole_article(changed, "id"))
    answer = Answer("answered", quoting(first), "id", (first,), receipt("Festival?"))
    strip = turn(answer, "id", done=False).split('class="w-strip"')[1].split("</ol>")[0]
    assert said in visible(f"<ol{strip}")
    assert "14 Feb 2026 · updated 16 Feb 2026" in visible(source_card([first], "en"))
    undated = dataclasses.replace(changed, published=None)
    assert "tanpa tanggal · diperbarui 16 Feb 2026" in visible(whole_article(undated, "id"))
    assert "diperbarui" not in visible(source_card([cited(1, ARTICLES[0], quote)], "id"))


def test_a_corrected_source_names_the_correction_with_its_day_and_opens_it():
    later = Article('r-"1', "Ralat: <b>Festival</b>", "Maaf.", date(2026, 2, 17), "Harian Teluk")
    first = cited(1, ARTICLES[0], "Juara pertama memperoleh Rp25 juta.")
    first = dataclasses.replace(first, corrected_by=(later,))
    card = source_card([first], "id")
    assert "Dikoreksi: Ralat: <b>Festival</b>, 17 Feb 2026" in visible(card)
    assert [attrs["data-id"] for attrs in Reader(card).buttons("whole")] == ['r-"1', "a-1"]
    assert {tag for tag, _ in Reader(card).tags} <= SAFE
    undated = dataclasses.replace(first, corrected_by=(dataclasses.replace(later, published=None),))
    english = visible(source_card([undated], "en"))
    assert "Corrected: Ralat: <b>Festival</b>" in english
    assert "Festival</b>," not in english


def test_two_quotes_of_one_passage_share_a_card_and_keep_their_numbers():
    first = cited(1, ARTICLES[0], "Juara pertama memperoleh Rp25 juta.")
    second = cited(2, ARTICLES[0], "Festival perahu hias kembali digelar di Teluk Biru pada Sabtu.")
    told = quoting(first, second)
    html = turn(Answer("answered", told, "id", (first, second), receipt("x")), "id", done=False)
    read = Reader(html)
    cards = [attrs["data-n"] for tag, attrs in read.tags if attrs.get("class") == "w-source"]
    assert cards == ["1 2"]
    assert [attrs["data-n"] for tag, attrs in read.tags if tag == "mark"] == ["2", "1"]
    assert len([tag for tag, _ in read.tags if tag == "ol"]) == 1
    assert html.count("<li>") == 1  # one button for the article


def test_each_quotation_is_a_paragraph_and_what_a_model_wrote_is_one():
    first = cited(1, ARTICLES[0], "Juara pertama memperoleh Rp25 juta.")
    second = cited(2, ARTICLES[1], "Kelas itu menampung 240 siswa.")
    said = (Sentence(first.quote, (1, 2)), Sentence(second.quote, (2,)), Sentence("Sekian."))

    def paragraphs(writer: str) -> list[str]:
        told = receipt("x", writer=writer)
        html = turn(Answer("answered", said, "id", (first, second), told), "id", done=False)
        body = html.split('<div class="w-answer">')[1].split("</div>")[0]
        return [visible(part) for part in body.split("</p>")[:-1]]

    assert paragraphs("extractive") == [
        "Juara pertama memperoleh Rp25 juta.12",
        "Kelas itu menampung 240 siswa.2",
        "Sekian.",
    ]
    assert paragraphs("qwen") == [
        "Juara pertama memperoleh Rp25 juta.12 Kelas itu menampung 240 siswa.2 Sekian."
    ]


def test_a_number_stays_on_the_line_of_the_word_before_it_unless_that_would_cut_what_is_bold():
    first = cited(1, ARTICLES[0], "Juara pertama memperoleh Rp25 juta.")
    answer = Answer("answered", quoting(first), "id", (first,), receipt("x"))
    assert 'Rp25 <span class="w-nb">juta.<button' in turn(answer, "id", done=False)
    strong = Sentence(first.quote, (1,), strong=(25, 34))  # Rp25 juta
    bold = dataclasses.replace(answer, sentences=(strong,))
    shown = turn(bold, "id", done=False)
    assert '<strong>Rp25 juta</strong>.<span class="w-nb"><button' in shown


def test_what_stands_below_an_answer_counts_and_names_in_the_readers_language():
    one = dataclasses.replace(answer_to("Festival?"), receipt=receipt("x", writer="extractive"))
    one = dataclasses.replace(one, citations=one.citations[:1])
    shown = visible(turn(one, "en", done=True))
    said = "All sentences are quoted as they stand · 1 sourceDetails0.12 s · index version 1"
    assert said in shown
    both = visible(turn(answer_to("Festival?"), "en", done=True))
    assert "Written by fake · 2 sources" in both
    shown = visible(turn(one, "id", done=True))
    said = "Semua kalimat dikutip apa adanya · 1 sumberRincian0,12 detik · versi indeks 1"
    assert said in shown
    declined = visible(turn(answer_to("Siapa di bulan?"), "en", done=True))
    assert "quoted as they stand" not in declined
    assert "Details0.12 s · index version 1" in declined


def test_the_whole_article_marks_the_quote_in_its_paragraph():
    article = ARTICLES[0]
    quote = "Juara pertama memperoleh Rp25 juta."
    start = article.text.index(quote)
    html = whole_article(article, "en", start, start + len(quote))
    assert html.count('<p dir="auto">') == 2
    assert f'<p dir="auto"><mark>{quote}</mark> Tahun lalu' in html


@pytest.mark.parametrize(("start", "end"), [(0, 0), (5, 5), (9, 3), (-4, 8), (0, 10**9)])
def test_impossible_offsets_mark_nothing(start, end):
    assert "<mark>" not in whole_article(ARTICLES[0], "id", start, end)


def test_only_checked_addresses_become_links_and_they_leak_nothing():
    html = original_link(ARTICLES[0], "id")
    (_, attrs) = Reader(html).tags[0]
    assert attrs["href"] == "https://teluk.example/festival-perahu"
    assert attrs["rel"] == "noopener noreferrer nofollow"
    assert attrs["target"] == "_blank"
    assert "teluk.example" in visible(html)
    for address in (
        "javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a@evil.example/",
        "https://bank.example\u202egro", 'https://x.example/"onclick="y', "ftp://x.example", "",
    ):  # fmt: skip
        assert original_link(dataclasses.replace(ARTICLES[0], url=address), "id") == ""


def test_an_unsupported_sentence_looks_different_and_says_so():
    rain = Sentence("Hujan turun deras.", supported=False)
    whole = answer_to("Festival?")
    answer = dataclasses.replace(whole, sentences=(whole.sentences[0], rain))
    assert answer.unsupported == ("Hujan turun deras.",)
    html = turn(answer, "en", done=True)
    flagged = html.split('class="w-unsupported"')[1]
    assert visible("<span" + flagged).startswith("Hujan turun deras.not carried by its source")


def test_an_abstention_offers_the_nearest_articles():
    html = turn(answer_to("Siapa di bulan?"), "id", done=True)
    assert visible(html).startswith("Tidak ditemukan di arsip")
    wanted = [attrs["data-id"] for attrs in Reader(html).buttons("whole")]
    assert wanted == ["a-1", "a-2"]


def test_a_refusal_is_headed_once_and_within_limits_offers_to_look_beyond_them():
    told = receipt("x", since=date(2019, 9, 1))
    refusal = Refusal("outside", since=date(2019, 9, 1), articles=40)
    html = turn(Answer("abstained", (), "id", (), told, refusal=refusal), "id", done=True)
    shown = visible(html.split('class="w-actions"')[0])
    assert shown.count("Tidak ditemukan di arsip") == 1
    said = "Tidak ada artikel tentang ini yang terbit sejak 1 September 2019."
    assert f"{said} Arsip ini memuat 40 artikel." in shown
    assert len(Reader(html).buttons("wider")) == 1
    assert not Reader(turn(answer_to("Di bulan?"), "id", done=True)).buttons("wider")


def test_a_question_that_continues_the_conversation_says_what_was_searched():
    notes = (Note("understood", "Berapa panjang jembatan?"), Note("newest", "yang terbaru"))
    told = receipt("Berapa?", notes=notes)
    read = Reader(turn(Answer("answered", (Sentence("Ya."),), "id", (), told), "id", done=True))
    assert [attrs["data-what"] for attrs in read.buttons("drop")] == ["history"]
    assert "Berapa panjang jembatan?" in "".join(read.text)
    assert "yang terbaru" in "".join(read.text)


def test_each_topic_of_the_conversation_has_a_button_that_asks_without_it():
    told = {"notes": (Note("understood", "Berapa di Teluk Biru?"),), "topics": TOPICS}
    html = turn(answer_to("Berapa?", **told), "id", done=True)
    read = Reader(html)
    buttons = [each for each in read.buttons("drop") if each["data-what"] == "topic"]
    assert [each["data-topic"] for each in buttons] == list(TOPICS)
    assert [each["aria-label"] for each in buttons] == [f"Tanya tanpa {topic}" for topic in TOPICS]
    assert f"Dari percakapan: {TOPICS[0]}" in "".join(read.text)
    assert "<b>" not in html.split("<pre")[0]  # a topic is foreign text
    english = Reader(turn(answer_to("Berapa?", **told), "en", done=True)).buttons("drop")
    assert english[1]["aria-label"] == f"Ask without {TOPICS[0]}"


def test_what_was_understood_is_a_chip_that_can_be_dropped():
    answer = answer_to("Festival?", since=date(2019, 9, 1), until=date(2019, 9, 30), sources=("A",))
    read = Reader(turn(answer, "id", done=True))
    assert [attrs["data-what"] for attrs in read.buttons("drop")] == ["period", "sources"]
    assert "1 Sep 2019 – 30 Sep 2019" in "".join(read.text)


def test_a_growing_answer_has_no_buttons_yet_and_a_finished_one_carries_what_is_kept():
    growing = turn(answer_to("Festival?"), "id", done=False)
    whole = turn(answer_to("Festival?"), "id", done=True)
    assert "data-kept" not in growing
    assert not Reader(growing).buttons("copy")
    kept = [attrs["data-kept"] for _, attrs in Reader(whole).tags if "data-kept" in attrs]
    assert kept == ["text", "answer"]
    assert [attrs["data-as"] for attrs in Reader(whole).buttons("download")] == [
        "docx", "all", "txt", "md", "json",
    ]  # fmt: skip


def test_paragraphs_and_lists_keep_their_shape():
    citation = cited(1, ARTICLES[1], "Kelas itu menampung 240 siswa.")
    told = (
        Sentence("Satu."),
        Sentence("dua", (1,), gap="\n\n", item="- "),
        Sentence("tiga", gap="\n", item="- "),
    )
    answer = Answer("answered", told, "id", (citation,), receipt("x"))
    assert answer.text == "Satu.\n\n- dua [1]\n- tiga"
    html = turn(answer, "id", done=False)
    assert '<p dir="auto">Satu.</p><ul><li>dua' in html
    assert "<li>tiga</li></ul>" in html


def test_escape_leaves_nothing_a_template_or_a_parser_could_take_up():
    assert escape("<a href='x'>&\"`${y}{{z}}") == (
        "&lt;a href=&#x27;x&#x27;&gt;&amp;&quot;&#96;&#36;{y}&#123;{z}}"
    )
    assert escape("a\u200b\u202eb\x00c\ud800") == "abc\ufffd"
    assert "<script" not in escape(HOSTILE)


def test_a_notice_offers_to_try_again():
    assert Reader(notice("en", "busy")).buttons("again")
    assert not Reader(notice("en", "too_long", n=3000, max=2000)).buttons("again")
    assert Reader(notice("en", "too_long", n=3000, max=2000)).buttons("rewrite")
    assert "At most 2000." in visible(notice("en", "too_long", n=3000, max=2000))


def test_both_languages_say_everything_and_fill_in_the_same_values():
    for key, (indonesian, english) in _TABLE.items():
        assert indonesian.strip(), key
        assert english.strip(), key
        fields = [
            sorted(part.split("}")[0] for part in said.split("{")[1:])
            for said in (indonesian, english)
        ]
        assert fields[0] == fields[1], key
    assert table("en")["send"] == "Send"
    assert text("id", "open_source", n=3) == "Buka sumber 3"


def test_days_numbers_and_ages_are_written_as_people_write_them():
    assert day_text("id", date(2019, 8, 9)) == "9 Agu 2019"
    assert number_text("id", 21_912) == "21.912"
    assert number_text("en", 21_912) == "21,912"
    assert [age_text("id", s) for s in (-5, 20, 180, 7_300, 90_000)] == [
        "baru saja", "baru saja", "3 menit lalu", "2 jam lalu", "1 hari lalu",
    ]  # fmt: skip
    assert age_text("en", 3_600) == "1 hour ago"


def test_the_browsers_languages_choose_ours():
    assert language_of("en-US,en;q=0.9,id;q=0.8") == "en"
    assert language_of("fr,ms-MY;q=0.5") == "id"
    assert language_of("de", fallback="en") == "en"


def test_months_without_articles_are_drawn_too():
    assert every_month({date(2019, 11, 9): 1, date(2019, 11, 10): 1, date(2020, 1, 31): 1}) == [
        (date(2019, 11, 1), 2), (date(2019, 12, 1), 0), (date(2020, 1, 1), 1),
    ]  # fmt: skip
    old = {date(1990, 12, 28): 1, date(2023, 1, 9): 1}
    assert every_month({**old, date(2025, 6, 1): 150, date(2025, 7, 1): 50}) == [
        (date(2025, 6, 1), 150), (date(2025, 7, 1), 50),
    ]  # fmt: skip
    assert len(every_month({date(1990, 12, 28): 1, date(2025, 6, 1): 9})) == 120
    assert month_range(date(2020, 2, 1)) == (date(2020, 2, 1), date(2020, 2, 29))


def test_the_words_that_answer_are_bold_and_stay_text():
    answer = answer_to("Jadwal pasar?")
    span = (0, answer.text.index(" ["))
    strong = dataclasses.replace(answer.sentences[0], strong=span)
    bold = dataclasses.replace(answer, sentences=(strong,))
    html = turn(bold, "id", done=False)
    assert f"<strong>{escape(answer.text[: span[1]])}</strong>" in html
    assert visible(html) == visible(turn(answer, "id", done=False))


@pytest.mark.parametrize(
    ("pause", "shown"), [(", ", "kata " * 99 + "kata"), (" ", "kata " * 119 + "kata")]
)
def test_a_quotation_without_end_is_cut_at_a_pause_and_stays_verbatim(pause, shown):
    endless = "kata " * 99 + "kata" + pause + "kata " * 300 + "akhir."
    article = Article("a", "Judul", f"{endless} Sesudahnya hujan.", None, "S", "", "id")
    card = source_card([cited(1, article, endless)], "id")
    assert f'data-end="{len(endless)}">{shown}</mark> … Sesudahnya hujan.' in card
