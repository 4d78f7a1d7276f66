"""Stopping an answer ends that answer and no other."""

import asyncio
import json

from page_fake import FakeAssistant

from warta.assistant.api.gate import Stops
from warta.assistant.api.places import Gate
from warta.assistant.config import Settings
from warta.assistant.page.page import _answering


def request(number: str, question: str = "Tolong jawab lambat sekali") -> str:
    return json.dumps({"question": question, "number": number}, separators=(",", ":"))


def test_a_stopped_answer_ends_its_writer_and_the_next_one_is_whole(tmp_path):
    async def read() -> tuple[str, list[str], int]:
        assistant, gate, stops = FakeAssistant(), Gate(1, 1), Stops()
        answer = _answering(assistant, Settings(home=tmp_path), gate, stops)
        endless = answer(request("a1"))
        first = await anext(endless)
        stops.stop("a1")
        rest = [said async for said in endless]
        assert rest == []
        assert assistant.closed == 1
        whole = [said async for said in answer(request("a2", "Festival?"))]
        return first, whole, gate._inside

    first, whole, inside = asyncio.run(read())
    assert first.startswith('<div data-number="a1"><div class="w-turn"')
    assert 'data-done="1"' in whole[-1]
    assert inside == 0


def test_who_stops_while_waiting_in_line_leaves_it(tmp_path):
    async def read() -> tuple[list[str], list[dict]]:
        assistant, gate, stops = FakeAssistant(), Gate(1, 1), Stops()
        answer = _answering(assistant, Settings(home=tmp_path), gate, stops)
        async with gate.place():  # the one place is taken
            waiting = asyncio.create_task(collect(answer(request("b1"))))
            await asyncio.sleep(0.05)
            assert gate.full
            stops.stop("b1")
            said = await waiting
            assert not gate.full
        return said, assistant.asked

    assert asyncio.run(read()) == ([], [])


def test_a_stop_that_is_quicker_than_its_question_counts_once(tmp_path):
    async def read() -> tuple[list[str], list[str]]:
        stops = Stops()
        answer = _answering(FakeAssistant(), Settings(home=tmp_path), Gate(1, 0), stops)
        stops.stop("c1")
        stopped = await collect(answer(request("c1")))
        return stopped, await collect(answer(request("c1", "Festival?")))

    stopped, again = asyncio.run(read())
    assert stopped == []
    assert 'data-done="1"' in again[-1]


async def collect(answers) -> list[str]:
    return [said async for said in answers]
