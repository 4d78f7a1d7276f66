"""What programs in Python ask for: days as text, several queries at once, event loops."""

import asyncio
import threading
import time
from datetime import date, datetime

import pytest

from warta.assistant import Assistant
from warta.assistant.composing.writer import Draft, QuotingWriter
from warta.corpus.errors import InputError
from warta.index import Retriever
from warta.index.candidates import day_of


@pytest.fixture(scope="module")
def retriever(samples_home) -> Retriever:
    return Retriever.load(samples_home)


@pytest.fixture(scope="module")
def assistant(samples_home) -> Assistant:
    return Assistant.load(samples_home)


@pytest.mark.parametrize("written", ["2026-01-14", " 2026-01-14 ", date(2026, 1, 14)])
def test_a_day_may_be_given_as_text(retriever, written):
    by_date = retriever.retrieve("banjir Lembayung", k=3, since=date(2026, 1, 14))
    assert retriever.retrieve("banjir Lembayung", k=3, since=written) == by_date
    assert all(hit.article.published >= date(2026, 1, 14) for hit in by_date)


def test_no_day_is_none_and_a_moment_is_its_day():
    assert (day_of("since", ""), day_of("since", None)) == (None, None)
    assert day_of("since", datetime(2026, 1, 14, 23, 59)) == date(2026, 1, 14)


@pytest.mark.parametrize("written", ["14 Januari 2026", "2026-02-30", "20260114", 7, "kemarin"])
def test_what_is_no_day_is_said_with_its_name_and_the_form_of_a_day(retriever, assistant, written):
    with pytest.raises(InputError, match=r"until is .*Write a day as 2026-01-31\."):
        retriever.retrieve("banjir", until=written)
    for name in ("since", "today"):
        with pytest.raises(InputError, match=rf"{name} is .*Write a day as 2026-01-31\."):
            assistant.answer("Siapa juara Piala Gubernur?", **{name: written})


@pytest.mark.parametrize("query", [None, 7, ["banjir"]])
def test_a_query_that_is_no_text_is_refused_in_words(retriever, assistant, query):
    with pytest.raises(InputError, match=r"Give a text\."):
        retriever.retrieve(query)
    with pytest.raises(InputError, match=r"Give a text\."):
        assistant.answer(query)


def test_an_answer_is_counted_from_a_day_given_as_text(assistant):
    question = "Apa yang terjadi kemarin?"
    by_text = assistant.answer(question, today="2026-02-14").text
    assert by_text == assistant.answer(question, today=date(2026, 2, 14)).text
    assert by_text != assistant.answer(question, today="2026-01-15").text


def test_several_queries_find_what_each_finds_alone(retriever):
    queries = ["banjir Lembayung", "harga cabai", "Piala Gubernur"]
    found = retriever.retrieve_many(iter(queries), k=2, until="2026-02-28")
    assert found == [retriever.retrieve(query, k=2, until="2026-02-28") for query in queries]
    assert all(found)


def test_an_event_loop_goes_on_while_passages_are_found(retriever):
    async def run():
        return await asyncio.gather(*(retriever.aretrieve(q, k=2) for q in ("banjir", "cabai")))

    assert asyncio.run(run()) == [retriever.retrieve("banjir", k=2), retriever.retrieve("cabai", 2)]


def test_an_answer_can_be_awaited_and_heard_as_it_grows(assistant):
    question = "Siapa juara Piala Gubernur 2026?"

    async def run():
        whole = await assistant.aanswer(question, today="2026-03-01")
        return whole, [answer async for answer in assistant.astream(question, today="2026-03-01")]

    whole, grown = asyncio.run(run())
    assert whole.status == "answered"
    assert (grown[-1].text, grown[-1].citations) == (whole.text, whole.citations)


class _Talkative:
    """Goes on writing until it is stopped; says on which thread and that it was."""

    name = "talkative"

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.threads: set[int] = set()

    def write(self, question, plan):
        (draft,) = list(QuotingWriter().write(question, plan))[-1:]
        try:
            while True:
                self.threads.add(threading.get_ident())
                yield Draft(draft.sentences, draft.citations, checked=True)
                time.sleep(0.02)
        finally:
            self.stopped.set()


@pytest.mark.parametrize("how", ["leaves", "is cancelled"])
def test_who_leaves_early_stops_the_writer(samples_home, how):
    writer = _Talkative()
    assistant = Assistant.load(samples_home, writer=writer)

    async def listen(heard: asyncio.Event):
        answers = assistant.astream("Siapa juara Piala Gubernur 2026?")
        try:
            async for answer in answers:
                if writer.threads:  # what came before was quoted
                    heard.set()
                    if how == "leaves":
                        return answer.status
        finally:
            await answers.aclose()

    async def run():
        heard = asyncio.Event()
        listening = asyncio.create_task(listen(heard))
        await heard.wait()
        if how == "is cancelled":
            listening.cancel()
        return (await asyncio.gather(listening, return_exceptions=True))[0]

    ended = asyncio.run(asyncio.wait_for(run(), 30))
    assert ended == "answered" or isinstance(ended, asyncio.CancelledError)
    assert writer.stopped.is_set()
    assert threading.get_ident() not in writer.threads
