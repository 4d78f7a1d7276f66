import asyncio
import json

import pytest
from page_fake import FakeAssistant

from warta.assistant.answering.assistant import Assistant
from warta.assistant.api.gate import Stops
from warta.assistant.api.places import Gate
from warta.assistant.config import Settings
from warta.assistant.page.page import _answering
from warta.assistant.texts import text
from warta.assistant.upkeep.feedback import DECLINED, read_feedback


@pytest.fixture
def ask(tmp_path):
    assistant = FakeAssistant()
    answer = _answering(assistant, Settings(home=tmp_path, max_question=1_500), Gate(1, 0), Stops())

    def run(request: str | dict) -> list[str]:
        async def collect() -> list[str]:
            sent = request if isinstance(request, str) else json.dumps(request)
            return [html async for html in answer(sent)]

        return asyncio.run(collect())

    run.home = tmp_path
    return run


def test_an_answer_grows_and_ends_with_its_buttons(ask):
    pictures = ask({"question": "Festival?", "language": "en"})
    assert [html.count('data-done="1"') for html in pictures] == [0, 1]
    assert "Copy with sources" in pictures[-1]


def test_what_the_archive_can_answer_next_is_not_what_it_just_did(ask):
    assert "w-more" not in ask({"question": "Festival?"})[-1]  # nothing near is left


@pytest.mark.parametrize("length", [1_501, 2_001])
def test_a_long_question_is_told_its_length(ask, length):
    (html,) = ask({"question": "x" * length})
    assert f"{length} karakter" in html
    (html,) = ask({"question": "x" * length, "language": "en"})
    assert f"{length} characters" in html


@pytest.mark.parametrize("request_", ["", "{", "[]", '{"question": ""}', '{"question": 1}'])
def test_a_request_that_cannot_be_read_is_a_notice_and_no_crash(ask, request_):
    (html,) = ask(request_)
    assert 'data-status="notice"' in html


def test_filters_that_do_not_fit_the_archive_are_said_to_be_that(tmp_path, samples_home):
    answer = _answering(Assistant.load(samples_home), Settings(home=tmp_path), Gate(1, 0), Stops())

    async def say(**limits: object) -> str:
        request = {"question": "Siapa juara Piala Gubernur?", "language": "en", **limits}
        return [html async for html in answer(json.dumps(request))][-1]

    unfit = {"since": "2026-02-01", "until": "2026-01-01"}, {"sources": ["Kabar Antah"]}
    for limits in unfit:
        assert text("en", "unfit") in asyncio.run(say(**limits))
    assert text("en", "unfit") not in asyncio.run(say(sources=["Kabar Tirtamaya (contoh)"]))


def test_what_was_declined_is_kept_for_the_maintainer(ask):
    ask({"question": "Siapa di bulan?"})
    (kept,) = read_feedback(ask.home)
    assert (kept["verdict"], kept["question"]) == (DECLINED, "Siapa di bulan?")


def test_a_greeting_is_answered_without_the_heading_of_what_is_missing(tmp_path, samples_home):
    settings = Settings(home=tmp_path)
    answer = _answering(Assistant.load(samples_home), settings, Gate(1, 0), Stops())

    async def say(question: str, **more: object) -> str:
        request = json.dumps({"question": question, **more})
        return [html async for html in answer(request)][-1]

    assert "Halo." in (greeted := asyncio.run(say("Halo!")))
    assert "w-verdict" not in greeted
    earlier = [{"role": "user", "content": "Kapan Pasar Melati terbakar?"}]
    assert "w-chips" not in asyncio.run(say("Halo!", history=earlier))
    assert list(read_feedback(tmp_path)) == []  # the archive lacks nothing here
    assert "w-verdict" in asyncio.run(say("Kapan Bandara Tirtamaya diresmikan?"))
    assert len(list(read_feedback(tmp_path))) == 1
