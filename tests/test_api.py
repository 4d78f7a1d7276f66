import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from page_fake import ARTICLES, TOPICS, FakeAssistant, answer_to

from warta.assistant.answer import Answer
from warta.assistant.api.api import build_api
from warta.assistant.api.gate import AskRequest, paced
from warta.assistant.api.places import Gate, Place
from warta.assistant.config import Settings
from warta.assistant.upkeep.feedback import FEEDBACK, add_feedback, read_feedback
from warta.assistant.web.server import _add_handlers
from warta.corpus.errors import BusyError, DiskError


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def client(assistant, tmp_path) -> TestClient:
    settings = Settings(home=tmp_path, max_question=100)
    app = FastAPI(openapi_url="/api/openapi.json")
    app.include_router(build_api(assistant, settings, Gate(2, 2)))
    _add_handlers(app)
    return TestClient(app)


def test_a_question_is_answered_in_the_shape_of_the_command_line(client):
    answer = client.post("/api/ask", json={"question": "Festival?"}).json()
    assert answer["status"] == "answered"
    assert [citation["number"] for citation in answer["citations"]] == [1, 2]
    first = answer["citations"][0]
    assert ARTICLES[0].text[first["start"] : first["end"]] == first["quote"]
    assert set(answer["receipt"]) == {
        "question", "query", "since", "until", "sources", "snapshot", "writer", "seconds", "notes",
        "topics", "without",
    }  # fmt: skip


def test_filters_history_and_today_reach_the_assistant(client, assistant):
    body = {
        "question": " Lalu? ", "since": "2019-09-01", "until": "2019-09-30", "sources": ["A"],
        "today": "2019-10-01", "history": [{"role": "user", "content": "Apa?"}],
    }  # fmt: skip
    assert client.post("/api/ask", json=body).status_code == 200
    (asked,) = assistant.asked
    assert asked["question"] == "Lalu?"
    assert [str(asked[key]) for key in ("since", "until", "today")] == [
        "2019-09-01", "2019-09-30", "2019-10-01",
    ]  # fmt: skip
    assert asked["sources"] == ["A"]
    assert [(m.role, m.content) for m in asked["history"]] == [("user", "Apa?")]


def test_topics_of_the_conversation_are_told_and_can_be_taken_off(client, assistant):
    earlier = [{"role": "user", "content": "Siapa juara festival?"}]
    body = {"question": "Berapa perahu di acara itu?", "history": earlier}
    told = client.post("/api/ask", json=body).json()["receipt"]
    assert (told["topics"], told["without"]) == (list(TOPICS), [])
    told = client.post("/api/ask", json=body | {"without": [TOPICS[0]]}).json()["receipt"]
    assert (told["topics"], told["without"]) == ([TOPICS[1]], [TOPICS[0]])
    assert [asked["without"] for asked in assistant.asked] == [[], [TOPICS[0]]]


@pytest.mark.parametrize(
    ("without", "said"),
    [(["x"] * 11, "At most 10 are taken."), (["x" * 2_001], "At most 2000 are taken.")],
)
def test_what_is_taken_off_is_bounded(client, without, said):
    refused = client.post("/api/ask", json={"question": "Berapa?", "without": without})
    assert (refused.status_code, refused.json()["error"]["remedy"]) == (422, said)


def test_the_description_tells_of_topics(client):
    shapes = client.get("/api/openapi.json").json()["components"]["schemas"]
    assert shapes["AskRequest"]["properties"]["without"]["maxItems"] == 10
    assert {"topics", "without"} <= set(shapes["ReceiptBody"]["required"])


def test_server_sent_events_grow_and_the_last_is_called_done(client):
    answered = client.post(
        "/api/ask", json={"question": "Festival?"}, headers={"accept": "text/event-stream"}
    )
    assert answered.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n", 1) for block in answered.text.strip().split("\n\n")]
    assert [name for name, _ in events][-1] == "event: done"
    assert events[0][0] == "event: answer"
    last = json.loads(events[-1][1].removeprefix("data: "))
    assert last == client.post("/api/ask", json={"question": "Festival?"}).json()


@pytest.mark.parametrize(
    ("body", "what", "remedy"),
    [
        ({}, "question is missing.", "See /api/openapi.json."),
        ({"question": ""}, "question is empty: ''.", "Write what to look for."),
        ({"question": " \n"}, "question is empty: ' \\n'.", "Write what to look for."),
        ({"question": "x" * 101}, "question has 101 characters.", "At most 100 are taken."),
        ({"question": 7}, "question is 7.", "Give a text in quotation marks."),
        (
            {"question": "x", "since": "kemarin"},
            "since is 'kemarin'.",
            "A day is written as 2026-01-31.",
        ),
        (
            {"question": "x", "until": "2026-02-30"},
            "until is '2026-02-30'.",
            "A day is written as 2026-01-31.",
        ),
        ({"question": "x", "today": 0}, "today is 0.", "A day is written as 2026-01-31."),
        ({"question": "x", "language": "fr"}, "language is 'fr'.", "Use 'id' or 'en'."),
        ({"question": "x", "sources": "A"}, "sources is 'A'.", "Give a list."),
        (
            {"question": "x", "history": [{"role": "system", "content": "y"}]},
            "history.0.role is 'system'.",
            "It has to be like ^(user|assistant)$.",
        ),
        (
            {"question": "x", "colour": 1},
            "colour is not known here.",
            "Leave it out. See /api/openapi.json.",
        ),
        (["x"], "The body is ['x'].", "Input should be a valid"),
    ],
)
def test_values_that_cannot_be_used_are_named_with_a_remedy(client, body, what, remedy):
    answered = client.post("/api/ask", json=body)
    assert answered.status_code == 422
    error = answered.json()["error"]
    assert error["what"] == what
    assert error["remedy"].startswith(remedy)


def test_a_search_that_cannot_be_made_says_so_in_the_same_way(client):
    def said(**query: str) -> tuple[str, str]:
        error = client.get("/api/search", params=query).json()["error"]
        return error["what"], error["remedy"]

    assert said(q=" ") == ("q is empty: ' '.", "Write what to look for.")
    assert said(q="x", k="51") == ("k is '51'.", "At most 50.")
    assert said(q="x", k="0") == ("k is '0'.", "At least 1.")
    assert said(q="x", k="dua") == ("k is 'dua'.", "Give a whole number.")


def test_a_body_that_is_no_json_or_holds_half_a_character_is_refused_in_words(client):
    def said(body: bytes) -> str:
        answered = client.post(
            "/api/ask", content=body, headers={"content-type": "application/json"}
        )
        assert answered.status_code == 422
        return answered.json()["error"]["what"]

    assert said(b'{"question": "x') == (
        "The body is not JSON: it breaks off or errs at character 13."
    )
    assert said(rb'{"question": "x", "\ud800": 1}') == "The body is '\\ud800'."
    assert said(b'{"question": "x", "language": "' + b"y" * 200 + b'"}') == (
        f"language is '{'y' * 79}…."
    )


def test_the_description_says_how_long_a_question_may_be_here(client, tmp_path):
    def longest(described: dict) -> int:
        asked = described["components"]["schemas"]["AskRequest"]["properties"]
        return asked["question"]["maxLength"]

    assert longest(client.get("/api/openapi.json").json()) == 100
    app = FastAPI(openapi_url="/api/openapi.json")
    app.include_router(build_api(FakeAssistant(), Settings(home=tmp_path), Gate(1, 0)))
    assert longest(TestClient(app).get("/api/openapi.json").json()) == 2_000


def test_search_returns_passages_in_order(client):
    found = client.get("/api/search", params={"q": "kelas perahu", "k": 1}).json()
    assert (found["total"], found["offset"]) == (2, 0)
    hits = found["hits"]
    assert [(hit["rank"], hit["article_id"]) for hit in hits] == [(1, "a-1")]
    assert hits[0]["published"] == "2026-02-14"


def test_an_article_is_found_by_any_id_and_a_missing_one_is_404(client):
    assert client.get("/api/articles/a-2").json()["text"] == ARTICLES[1].text
    assert client.get("/api/articles/x%2F..%2F%3Cb%3E3").json()["title"] == ARTICLES[2].title
    told = client.get("/api/articles/a-2/story").json()
    assert told["linked"] is True
    assert [(one["article_id"], one["also"], one["links"]) for one in told["reports"]] == [
        ("a-2", [], 0)
    ]
    assert client.get("/api/articles/none/story").status_code == 404
    missing = client.get("/api/articles/none")
    assert missing.status_code == 404
    assert "none" in missing.json()["error"]["what"]


def test_status_tells_what_is_covered(client):
    status = client.get("/api/status").json()
    assert (status["articles"], status["first"], status["last"]) == (
        21_912, "2019-09-01", "2019-10-15",
    )  # fmt: skip


def test_feedback_is_kept_in_the_home(client, tmp_path):
    said = {"verdict": "down", "reason": "sumber keliru", "question": "Festival?"}
    assert client.post("/api/feedback", json=said).status_code == 204
    assert client.post("/api/feedback", json={"verdict": "maybe"}).status_code == 422
    long = {"verdict": "up", "answer": "a" * 10_001}
    assert client.post("/api/feedback", json=long).status_code == 204
    kept, cut = read_feedback(tmp_path)
    assert (kept["verdict"], kept["reason"]) == ("down", "sumber keliru")
    assert cut["answer"] == "a" * 10_000
    with (tmp_path / FEEDBACK).open("a") as file:
        file.write('{"verdict": "u')
    assert len(list(read_feedback(tmp_path))) == 2


def test_a_full_feedback_file_takes_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr("warta.assistant.upkeep.feedback._LARGEST", 10)
    add_feedback(tmp_path, {"verdict": "up"})
    with pytest.raises(DiskError, match="move it away"):
        add_feedback(tmp_path, {"verdict": "up"})


def test_the_description_names_every_route(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    assert sorted(paths) == [
        "/api/articles/{article_id}", "/api/articles/{article_id}/story", "/api/ask",
        "/api/feedback", "/api/search", "/api/status",
    ]  # fmt: skip


def test_pictures_of_an_answer_come_at_most_ten_a_second_and_the_last_always(assistant):
    async def collect() -> list[tuple[str, bool]]:
        ask = AskRequest(question="Festival?")
        begin = lambda: ask.ask(assistant)  # noqa: E731
        seen = paced(Gate(1, 0), begin, clock=lambda: 5.0)
        return [(answer.text, done) async for answer, done in seen]

    pictures = asyncio.run(collect())
    assert [done for _, done in pictures] == [False, True]
    assert pictures[-1][0].endswith("240 siswa. [2]")


def test_while_somebody_waits_short_answers_come_in_one_picture(assistant):
    async def collect() -> list[tuple[str, bool]]:
        gate = Gate(1, 1)
        seen = paced(gate, lambda: AskRequest(question="Festival?").ask(assistant), lambda: 5.0)
        gate._inside += 1  # somebody waits
        return [(answer.text[-5:], done) async for answer, done in seen]

    pictures = asyncio.run(collect())
    assert [done for _, done in pictures] == [False, True]
    assert pictures[0] == (pictures[1][0], False)


def test_leaving_early_closes_the_assistants_generator(assistant):
    async def leave() -> None:
        seen = paced(Gate(1, 0), lambda: AskRequest(question="Festival?").ask(assistant))
        async for _ in seen:
            break
        await seen.aclose()

    asyncio.run(leave())
    assert assistant.closed == 1


def test_who_is_cancelled_while_the_writer_thinks_stops_it_and_keeps_the_place_until_then(
    assistant,
):
    async def leave() -> tuple[int, int]:
        gate = Gate(1, 0)
        thinks, go_on = threading.Event(), threading.Event()

        def answers() -> Iterator[Answer]:
            try:
                thinks.set()
                go_on.wait(30)
                yield answer_to("Festival?")
                raise AssertionError("it was not stopped")
            finally:
                assistant.closed += 1

        seen = paced(gate, answers)
        waiting = asyncio.create_task(anext(seen))
        await asyncio.to_thread(thinks.wait, 30)
        waiting.cancel()  # as Gradio does where a reader presses stop
        await asyncio.sleep(0.05)
        held = gate._inside
        go_on.set()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        return held, gate._inside

    assert asyncio.run(leave()) == (1, 0)
    assert assistant.closed == 1


def test_who_finds_the_line_full_is_told_at_once_and_places_come_back():
    async def crowd() -> None:
        gate = Gate(1, 1)
        assert not gate.crowded
        async with gate.place():
            assert not gate.full
            waiting = asyncio.create_task(Place.of(gate))
            await asyncio.sleep(0)
            assert gate.full
            assert gate.crowded
            with pytest.raises(BusyError, match="1 are being served and 1 wait"):
                await Place.of(gate)
        (await waiting).end()
        async with gate.place():
            pass

    asyncio.run(crowd())


def test_questions_on_their_way_count_until_they_arrive_or_are_lost():
    now = [0.0]
    gate = Gate(1, 0, clock=lambda: now[0])
    first = gate.announce()
    assert gate.full
    first.end()
    first.end()
    assert not gate.full
    gate.announce()
    assert gate.full
    now[0] = 31.0
    assert not gate.full


def test_questions_that_wait_for_their_readers_count_up_to_a_twelfth_of_the_places():
    gate = Gate(2, 10)
    for number in range(50):
        gate.announce().wait()
        assert not gate.full, number
    coming = [gate.announce() for _ in range(11)]
    assert gate.full
    coming[0].end()
    assert not gate.full
