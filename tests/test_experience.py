"""What users met in a review of the page, the library and the command line, each with its steps.

The numbers are those of the review; what needs a browser stands in browser/test_conversations.py.
"""

import random
import re
from datetime import date
from pathlib import Path

import pytest
from homes import article, fill
from page_fake import ARTICLES, answer_to, cited, quoting, receipt

from warta.assistant import Assistant, Message
from warta.assistant.answer import Answer, Note
from warta.assistant.exporting.export import Told, to_text
from warta.assistant.page.render import turn
from warta.assistant.upkeep.feedback import add_feedback, one_each, read_feedback
from warta.corpus.errors import InputError
from warta.corpus.reading.encoding import decode
from warta.index.embedding.embedder import LengthEmbedder

TODAY = date(2026, 11, 26)
ROOT = Path(__file__).resolve().parents[1]
NEWS = (
    article(
        "banjir-1",
        "Banjir melanda Kota Purnaraya pada Senin (2/9/2019). Kepala BPBD Purnaraya Sutarno Wijaya "
        "mengatakan 26 orang meninggal. Warga mengungsi ke balai kota.",
        title="Banjir Purnaraya, 26 Orang Meninggal", day=date(2019, 9, 2), source="Harian Selatan",
    ),
    article(
        "banjir-2",
        "Korban banjir di Purnaraya bertambah. Kepala BPBD Purnaraya Sutarno Wijaya mengatakan 33 "
        "orang meninggal hingga Rabu (4/9/2019).",
        title="Korban Banjir Purnaraya Menjadi 33 Orang", day=date(2019, 9, 4),
        source="Kabar Menoreh",
    ),
    article(
        "jembatan-1",
        "Pemerintah Kota Purnaraya membangun Jembatan Cimanggala dengan biaya Rp10,8 miliar. "
        "Jembatan itu panjangnya 120 meter.",
        title="Jembatan Cimanggala Dibangun", day=date(2019, 9, 10), source="Harian Selatan",
    ),
    article(
        "hibah-1",
        "Jaksa menetapkan Imam Pratowo sebagai tersangka kasus suap dana hibah Komite Oleharga "
        "Purnaraya. Imam Pratowo adalah mantan kepala dinas.",
        title="Tersangka Suap Dana Hibah Ditetapkan", day=date(2019, 9, 12),
        source="Harian Selatan",
    ),
    article(
        "demo-1",
        "Mahasiswa berdemonstrasi di depan Gedung DPRD Purnaraya pada Selasa (24/9/2019). Ketua "
        "DPRD Purnaraya Lestari Handoko menemui mereka.",
        title="Mahasiswa Demo di DPRD Purnaraya", day=date(2019, 9, 24), source="Kabar Menoreh",
    ),
    article(
        "taman-1",
        "Wali Kota Purnaraya Dewi Anjani meresmikan taman kota pada Sabtu (26/10/2019).",
        title="Taman Kota Purnaraya Diresmikan", day=date(2019, 10, 26), source="Harian Selatan",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def assistant(tmp_path_factory) -> Assistant:
    home = tmp_path_factory.mktemp("experience") / "home"
    fill(home, NEWS, LengthEmbedder())
    return Assistant.load(home, embedder=LengthEmbedder())


@pytest.fixture
def ask(assistant):
    return lambda question, **more: assistant.answer(question, today=TODAY, **more)


def ids(answer: Answer) -> list[str]:
    return list(dict.fromkeys(citation.article.id for citation in answer.citations))


@pytest.mark.parametrize(
    "request_",
    [
        "Ringkas banjir Purnaraya", "Ringkaskan banjir Purnaraya", "Linimasa banjir Purnaraya",
        "Timeline banjir Purnaraya", "Kronologi banjir Purnaraya", "Summarize the Purnaraya flood",
        "List berita Purnaraya", "Find news about Purnaraya",
    ],
)  # fmt: skip
def test_1_the_verb_of_a_request_is_no_name_that_the_archive_lacks(ask, request_):
    answer = ask(request_)
    assert answer.status == "answered"
    assert any(name.startswith("banjir") for name in ids(answer))


def test_3_a_question_with_its_own_subject_takes_no_topic_over(ask):
    said: list[Message] = []
    for question in (
        "Siapa Imam Pratowo?", "Apa kata Sutarno Wijaya?", "Kapan taman kota diresmikan?",
        "Siapa ketua DPRD Purnaraya?",
    ):  # fmt: skip
        answer = ask(question, history=list(said))
        said += [Message("user", question), Message("assistant", answer.text)]
        assert answer.receipt.topics == ()
    assert "Lestari Handoko" in answer.text
    assert "Imam" not in answer.text


def test_3_what_leans_on_a_conversation_takes_its_last_subject_alone(ask):
    said: list[Message] = []
    for question in (
        "Siapa Imam Pratowo?", "Apa kata Sutarno Wijaya?", "Di mana Jembatan Cimanggala dibangun?",
    ):  # fmt: skip
        said += [Message("user", question), Message("assistant", ask(question, history=said).text)]
    answer = ask("Berapa biayanya?", history=said)
    assert "Rp10,8 miliar" in answer.text
    assert not any(name in answer.receipt.query for name in ("Imam", "Sutarno"))


def test_6_a_refusal_under_a_filter_names_the_filter(ask):
    october = {"since": date(2019, 10, 1), "until": date(2019, 10, 31)}
    answer = ask("Apa kata Kabar Menoreh tentang banjir pada 2 September 2019?", **october)
    assert answer.status == "abstained"
    assert "antara 1 Oktober 2019 dan 31 Oktober 2019" in answer.text
    beyond = ask("Apa kata Sutarno Wijaya tentang banjir?", sources=["Harian Selatan"], **october)
    assert beyond.status == "abstained"
    assert "Harian Selatan" in beyond.text
    assert "antara 1 Oktober 2019 dan 31 Oktober 2019" in beyond.text


def test_8_no_body_is_bold_where_a_person_is_asked_for(ask):
    (sentence,) = ask("Siapa tersangka kasus suap dana hibah?").sentences
    assert "Imam Pratowo" in sentence.text
    bold = sentence.text[slice(*sentence.strong)] if sentence.strong else "Imam Pratowo"
    assert bold == "Imam Pratowo"


def test_9_a_verdict_and_its_reason_are_one_opinion(tmp_path):
    add_feedback(tmp_path, {"verdict": "down", "number": "a"})
    add_feedback(tmp_path, {"verdict": "up", "number": "b"})
    add_feedback(tmp_path, {"verdict": "down", "reason": "tanggalnya salah", "number": "a"})
    add_feedback(tmp_path, {"verdict": "up"})  # by the API, without a number
    add_feedback(tmp_path, {"verdict": "up"})
    kept = one_each(read_feedback(tmp_path))
    assert [(each["verdict"], each.get("reason")) for each in kept] == [
        ("up", None), ("down", "tanggalnya salah"), ("up", None), ("up", None),
    ]  # fmt: skip


def test_10_the_latest_news_begins_with_the_newest_day(ask):
    assert ids(ask("Berita terbaru"))[0] == "taman-1"


def test_11_an_outlet_or_a_thing_that_the_archive_lacks_is_said(ask):
    answer = ask("Apa yang diberitakan Detik tentang banjir?")
    assert "tidak ada di arsip: Detik" in [note.text for note in answer.receipt.notes]
    assert "Tidak ada di arsip: Detik" in turn(answer, "id", done=True)
    assert to_text(answer).startswith("tidak ada di arsip: Detik\n")
    other = ask("Berapa biaya Jembatan Cimanglid?")
    assert other.status == "abstained"
    assert "“Jembatan Cimanglid”" in other.text


def test_12_a_day_without_a_year_is_one_of_the_archives(ask):
    answer = ask("Kronologi demo mahasiswa 24 September")
    assert ids(answer) == ["demo-1"]


def test_13_of_figures_that_grew_the_newest_comes_first(ask):
    answer = ask("Berapa korban tewas banjir Purnaraya?")
    assert "33 orang meninggal" in answer.sentences[0].text
    for line in to_text(answer).splitlines():  # no figure stands without its day
        assert "26 orang" not in line or "2 September 2019" in line


def test_14_a_copy_has_its_question_and_no_doubled_marks():
    said = "“Kami siap,” katanya."
    spoken = article("a", f'Ia tiba. {said} "Sudah."', title="Tiba", day=date(2026, 2, 1))
    first, second = cited(1, spoken, said), cited(2, spoken, '"Sudah."')
    told = receipt("Apa katanya?", writer="extractive")
    answer = Answer("answered", quoting(first, second), "id", (first, second), told)
    lines = to_text(Told(answer, "Apa katanya?", TODAY, "en")).splitlines()
    assert lines[:5] == ["Apa katanya?", "", f"{said} [1]", "", '"Sudah." [2]']
    assert lines[8:12:2] == [f"    “{said}”", '    "Sudah."']
    assert lines[-1] == "Searched in Warta's archive, 26 November 2026: “Apa katanya?”"


def test_16_the_readme_says_what_works():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "pip install 'warta[mcp]'" not in readme
    for line in readme.splitlines():
        if "--embedder intfloat" in line and line.startswith("warta index"):
            assert "--download" in line


def test_16_the_question_of_the_readme_tells_the_cost_of_its_own_bridge_alone(samples_home):
    asked = Assistant.load(samples_home)
    answer = asked.answer("Berapa biaya Jembatan Kali Mendira?", today=date(2026, 3, 1))
    assert "Rp47,5 miliar" in answer.text
    assert set(re.findall(r"Rp[\d,.]+ miliar", answer.text)) == {"Rp47,5 miliar"}


@pytest.mark.parametrize("option", ["--config", "-v"])
def test_16_an_option_of_every_command_behind_one_is_told_its_place(option):
    from click.testing import CliRunner

    from warta.assistant.cli.commands import main

    said = CliRunner().invoke(main, ["serve", option, "x.toml"])
    assert said.exit_code == 2
    assert f"{option} stands before the command: warta {option} … serve …" in said.output
    other = CliRunner().invoke(main, ["serve", "--prot", "7861"])
    assert "No such option '--prot'" in other.output


def test_17_a_run_without_a_snapshot_names_none(tmp_path):
    from click.testing import CliRunner

    from warta.assistant.cli.commands import main

    found = CliRunner().invoke(
        main, ["index", "--home", str(tmp_path / "home"), "http://127.0.0.1:9/none"]
    )
    assert found.exit_code == 1
    assert "Snapshot none." in found.output


def test_18_a_part_that_is_missing_is_named_or_the_heading_stands_alone():
    partial = answer_to("Festival?")
    without = turn(Answer("partial", partial.sentences, "id", partial.citations, partial.receipt),
                   "id", done=True)  # fmt: skip
    assert '<p class="w-verdict w-partial"><span data-t="partial">Jawaban sebagian</span></p>' in (
        without
    )
    named = receipt("x", notes=(Note("missing", "Siapa juaranya?"),))
    whole = turn(Answer("partial", partial.sentences, "id", partial.citations, named),
                 "id", done=True)  # fmt: skip
    assert "</span> · Siapa juaranya?</p>" in whole


def test_20_random_bytes_behind_a_mark_are_no_text():
    junk = random.Random(1).randbytes(4_000)
    for mark in (b"\xff\xfe", b"\xfe\xff"):
        with pytest.raises(InputError, match="no characters in use"):
            decode(mark + junk)
    for text in ("Pasar dibuka pukul 05.00 🎉\n", "市场开放\n", f"\uf0b7 {'butir ' * 20}" * 9):
        assert decode(("\ufeff" + text).encode("utf-16-le")) == text


def test_21_days_may_be_text_and_other_types_are_an_error_with_its_remedy(assistant):
    for call in (assistant.answer, assistant.retriever.retrieve):
        assert call("banjir", since="2019-09-01")
        with pytest.raises(InputError, match="since is"):
            call("banjir", since=20190901)
        with pytest.raises(InputError, match="Give a text"):
            call(["banjir"])


def test_what_is_offered_beside_an_answer_opens_and_does_not_ask():
    html = turn(answer_to("Festival?"), "id", done=True, more=ARTICLES[1:2])
    more = html.split('class="w-more"')[1]
    assert "Berita terkait" in more
    assert 'href="article/a-2?lang=id"' in more
    assert "data-question" not in more
