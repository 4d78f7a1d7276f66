"""Who comes in, who waits and who is told "busy", asked of the middleware alone."""

import asyncio
import contextlib
import json

import pytest
from starlette.responses import JSONResponse, StreamingResponse

from warta.assistant.api.arrivals import Arrivals
from warta.assistant.api.places import Gate, Lanes
from warta.assistant.web.door import Door

JOIN, DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"
LOCAL = ("127.0.0.1", 5_000)
EVENT = 2


def question(reader: str = "r1", **changes: object) -> bytes:
    return json.dumps(
        {"data": ['{"question": "Festival?"}'], "fn_index": EVENT, "session_hash": reader} | changes
    ).encode()


async def answering(scope, receive, send) -> None:
    await JSONResponse({})(scope, receive, send)


class House:
    """A door with its lanes, and requests to it."""

    def __init__(self, app=answering, gate: Gate | None = None, patience: float = 10.0) -> None:
        small = Gate(1, 1)
        self.gate = gate or Gate(2, 8)
        self.lanes = Lanes(self.gate, self.gate, small, small, Gate(1, 0), Gate(1, 0))
        self.arrivals = Arrivals(self.gate, patience=0.05)
        self.door = Door(
            app, lanes=self.lanes, arrivals=self.arrivals, event=EVENT, max_body=1_000,
            patience=patience,
        )  # fmt: skip

    async def ask(
        self, path: str, body: bytes | None = b"", method: str = "POST", client=LOCAL, query=b""
    ) -> int:
        """Return the status; a body that is None never comes."""
        seen: list[int] = []
        sent = False

        async def receive() -> dict:
            nonlocal sent
            await asyncio.sleep(0)
            if sent or body is None:
                await asyncio.Event().wait()
            sent = True
            return {"type": "http.request", "body": body}

        async def send(message: dict) -> None:
            seen.append(message.get("status", 0))

        scope = {
            "type": "http", "method": method, "path": path, "headers": [], "client": client,
            "query_string": query,
        }  # fmt: skip
        await self.door(scope, receive, send)
        return seen[0] if seen else 0

    async def asks(self, count: int, path: str, body: bytes = b"{}", **how: object) -> list[int]:
        return await asyncio.gather(*(self.ask(path, body, **how) for _ in range(count)))


def test_a_full_house_is_told_unread_on_page_and_api():
    async def never(scope, receive, send) -> None:
        raise AssertionError("this should not be reached")

    async def crowd() -> list[int]:
        house = House(never, Gate(1, 0))
        async with house.gate.place():
            return [await house.ask(path, None) for path in (JOIN, "/api/ask")]

    assert asyncio.run(crowd()) == [503, 503]


@pytest.mark.parametrize(
    "changes",
    [
        {"data": [None]}, {"data": []}, {"data": ["a", "b"]}, {"data": "a"}, {"data": [{}]},
        {"data": [["x"] * 40]}, {"fn_index": 0}, {"fn_index": 3}, {"fn_index": 99},
        {"fn_index": None}, {"fn_index": "2"}, {"session_hash": None}, {"session_hash": "a/b"},
        {"session_hash": "x" * 65},
    ],
)  # fmt: skip
def test_what_is_no_question_of_the_page_takes_nobodys_place(changes):
    """Fifty of each held every place for half a minute, two of them filled the log with traces."""

    async def press() -> tuple[list[int], list[int]]:
        house = House()
        bad = await house.asks(60, JOIN, question(**changes))
        return bad, await house.asks(2, JOIN, question())

    assert asyncio.run(press()) == ([422] * 60, [200, 200])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 900, b"\xff", b'{"data": NaN}'])
def test_a_body_that_is_no_json_is_no_question(body):
    assert asyncio.run(House().ask(JOIN, body)) == 422


def test_questions_nobody_listens_to_keep_nobody_out():
    """Each is given up after its patience; a reader who listens finds a place all the while."""

    async def press() -> list[int]:
        house = House(gate=Gate(2, 48))
        statuses = []
        for number in range(300):
            await house.ask(JOIN, question(f"deaf{number}"))
            if number % 50 == 0:
                statuses.append(await house.ask("/api/ask", b"{}"))
        return statuses

    assert asyncio.run(press()) == [200] * 6


def test_of_one_address_only_so_many_come_unheard():
    async def press(client) -> list[int]:
        house = House(gate=Gate(2, 48))
        return [
            await house.ask(JOIN, question(f"r{n}"), client=client) for n in range(12)
        ]  # fmt: skip

    assert asyncio.run(press(("203.0.113.7", 1))) == [200] * 8 + [503] * 4
    assert asyncio.run(press(LOCAL)) == [200] * 12


def test_a_question_is_begun_when_its_reader_listens_and_given_up_when_nobody_does():
    async def listen() -> tuple[bool, bool, bool]:
        opened = asyncio.Event()

        async def gradio(scope, receive, send) -> None:
            if scope["path"] == DATA:
                await opened.wait()
            await JSONResponse({})(scope, receive, send)

        house = House(gradio)
        await house.ask(JOIN, question("r1"))
        async with house.arrivals.begun("r1") as ticket:
            alone = ticket is not None
        await house.ask(JOIN, question("r2"))
        hearing = asyncio.create_task(house.ask(DATA, method="GET", query=b"session_hash=r2"))
        async with house.arrivals.begun("r2") as ticket:
            heard = ticket is not None
            await house.ask(JOIN, question("r2"))  # the next one over the same stream
            async with house.arrivals.begun("r2") as following:
                again = following is not None
        opened.set()
        await hearing
        assert house.arrivals._readers == {}
        assert not house.gate._coming
        return alone, heard, again

    assert asyncio.run(listen()) == (False, True, True)


def test_who_comes_late_to_listen_hears_what_was_said_instead():
    async def listen() -> list[int]:
        house = House()
        await house.ask(JOIN, question("late"))
        async with house.arrivals.begun("late") as ticket:
            assert ticket is None
        hears = {"method": "GET", "query": b"session_hash=late"}
        return [await house.ask(DATA, **hears), await house.ask(DATA, **hears)]

    assert asyncio.run(listen()) == [200, 404]


def test_who_stops_listening_before_the_question_began_gives_its_place_back():
    async def leave() -> tuple[int, int]:
        house = House(gate=Gate(1, 0))
        await house.ask(JOIN, question("r1"))
        before = len(house.gate._coming)
        await house.ask(DATA, method="GET", query=b"session_hash=r1")
        return before, len(house.gate._coming)

    assert asyncio.run(leave()) == (1, 0)


def test_there_is_nothing_to_hear_for_who_did_not_ask():
    async def listen() -> list[int]:
        house = House()
        return [
            await house.ask(DATA, method="GET", query=query)
            for query in (b"session_hash=nobody", b"", b"session_hash=a&session_hash=b")
        ]

    assert asyncio.run(listen()) == [404] * 3


def test_a_question_that_gradio_did_not_take_gives_its_place_back():
    async def gradio(scope, receive, send) -> None:
        await JSONResponse({}, 422)(scope, receive, send)

    async def ask() -> tuple[list[int], int]:
        house = House(gradio, Gate(1, 1))
        return await house.asks(2, JOIN, question()), len(house.gate._coming)

    assert asyncio.run(ask()) == ([422, 422], 0)


def test_gradio_sees_what_the_page_has_to_say_and_nothing_else():
    seen: list[dict] = []

    async def gradio(scope, receive, send) -> None:
        seen.append(json.loads((await receive())["body"]))
        await JSONResponse({})(scope, receive, send)

    said = question(
        event_data={"x": 1}, batched=True, simple_format=True, trigger_id=7, event_id="e"
    )
    assert asyncio.run(House(gradio).ask(JOIN, said)) == 200
    assert seen == [
        {"data": ['{"question": "Festival?"}'], "fn_index": EVENT, "session_hash": "r1",
         "event_data": None, "trigger_id": 7}
    ]  # fmt: skip


def test_a_body_that_does_not_come_is_given_up_and_holds_no_place():
    async def ask() -> tuple[int, int]:
        house = House(gate=Gate(1, 0), patience=0.01)
        return await house.ask(JOIN, None), len(house.gate._coming)

    assert asyncio.run(ask()) == (408, 0)


def test_a_large_body_is_refused():
    assert asyncio.run(House().ask("/api/ask", b"x" * 1_001)) == 413


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/api/search", "GET"), ("/status", "GET"), ("/api/articles/a", "GET"), ("/", "GET"),
        ("/warta/overview", "GET"), ("/warta/article", "GET"), ("/mcp", "POST"),
        ("/api/feedback", "POST"), ("/a/page/of/next/year", "GET"),
    ],
)  # fmt: skip
def test_all_that_reads_has_a_lane_and_the_one_too_many_is_told(path, method):
    async def crowd() -> tuple[list[int], list[int]]:
        working = asyncio.Event()

        async def slow(scope, receive, send) -> None:
            await working.wait()
            await JSONResponse({})(scope, receive, send)

        house = House(slow)
        coming = [asyncio.create_task(house.ask(path, b"{}", method)) for _ in range(6)]
        await asyncio.sleep(0.2)
        told = [task.result() for task in coming if task.done()]
        working.set()
        return told, sorted(await asyncio.gather(*coming))

    told, whole = asyncio.run(crowd())
    assert set(told) == {503}
    assert len(told) in (4, 5)  # at work and in line is one each, or one in all
    assert whole == [200] * (6 - len(told)) + [503] * len(told)


def test_one_is_told_at_once_and_of_many_the_last_within_half_a_second():
    """Who is refused comes again at once: saying so would be all the loop has time for."""

    async def told(count: int) -> float:
        house = House(gate=Gate(1, 0))
        async with house.gate.place():
            began = asyncio.get_running_loop().time()
            assert await house.asks(count, "/api/ask") == [503] * count
            return asyncio.get_running_loop().time() - began

    alone, among_many = asyncio.run(told(1)), asyncio.run(told(200))
    assert alone < 0.4 <= among_many


@pytest.mark.parametrize("path", ["/healthz", "/warta/page.css", "/assets/x.js", "/theme.css"])
def test_what_costs_nothing_waits_for_nobody(path):
    async def ask() -> int:
        house = House()
        async with house.lanes.look.place(), contextlib.AsyncExitStack() as line:
            waiting = asyncio.create_task(line.enter_async_context(house.lanes.look.place()))
            found = await house.ask(path, method="GET")
            waiting.cancel()
            return found

    assert asyncio.run(ask()) == 200


def test_searches_keep_no_question_waiting():
    async def ask() -> tuple[int, int]:
        house = House()
        async with house.lanes.search.place():
            waiting = asyncio.create_task(house.ask("/api/search", method="GET"))
            await asyncio.sleep(0.01)
            found = await house.ask("/api/ask", b"{}"), await house.ask("/api/search", method="GET")
            waiting.cancel()
            return found

    assert asyncio.run(ask()) == (200, 503)


def test_who_reads_slowly_keeps_no_place():
    async def read() -> bool:
        drained = asyncio.Event()

        async def large(scope, receive, send) -> None:
            async def parts():
                yield b"x"
                await drained.wait()

            await StreamingResponse(parts())(scope, receive, send)

        house = House(large)
        reading = asyncio.create_task(house.ask("/api/search", method="GET"))
        await asyncio.sleep(0.02)
        free = house.lanes.search._inside == 0
        drained.set()
        await reading
        return free

    assert asyncio.run(read())


def test_who_leaves_the_line_gives_up_the_place():
    async def leave() -> tuple[int, int]:
        house = House()

        async def send(message: dict) -> None:
            raise AssertionError("there is nobody to send to")

        said = iter([{"type": "http.request", "body": b""}, {"type": "http.disconnect"}])

        async def receive() -> dict:
            return next(said)

        scope = {"type": "http", "method": "GET", "path": "/api/search", "headers": []}
        async with house.lanes.search.place():
            await house.door(scope, receive, send)
            return house.lanes.search._inside, len(house.lanes.search._lines)

    assert asyncio.run(leave()) == (1, 0)


def test_a_request_that_fails_gives_its_place_back():
    async def broken(scope, receive, send) -> None:
        raise RuntimeError("x")

    async def ask() -> int:
        house = House(broken)
        for _ in range(5):
            with pytest.raises(RuntimeError):
                await house.ask("/api/search", method="GET")
        return house.lanes.search._inside

    assert asyncio.run(ask()) == 0
