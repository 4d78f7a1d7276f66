"""Lines: in turn by address, bounded by places and by time."""

import asyncio

import pytest

from warta.assistant.api.places import Gate, Lanes, Place, address_of
from warta.assistant.config import Settings
from warta.corpus.errors import BusyError


def test_places_are_given_in_turn_by_address():
    """Who asks once stands behind one question of each other, not behind all of them."""

    async def line() -> list[str]:
        gate, order = Gate(1, 20), []

        async def ask(name: str, address: str) -> None:
            async with gate.place(address):
                order.append(name)
                await asyncio.sleep(0)

        first = await Place.of(gate)
        asked = [(f"a{n}", "127.0.0.2") for n in range(4)] + [("b0", "127.0.0.3")]
        tasks = [asyncio.create_task(ask(*one)) for one in asked]
        await asyncio.sleep(0)
        first.end()
        await asyncio.gather(*tasks)
        assert (gate._inside, gate._working, gate._lines) == (0, 0, {})
        return order

    assert asyncio.run(line()) == ["a0", "b0", "a1", "a2", "a3"]


def test_of_those_who_wait_who_took_least_lately_is_next():
    async def line() -> list[str]:
        now, order = [0.0], []
        gate = Gate(1, 20, clock=lambda: now[0], longest=1e3)

        async def ask(address: str, seconds: float) -> None:
            async with gate.place(address):
                order.append(address)
                now[0] += seconds
                await asyncio.sleep(0)

        await ask("203.0.113.1", 8.0)
        await ask("203.0.113.2", 1.0)
        held = await Place.of(gate)
        heavy = [asyncio.create_task(ask("203.0.113.1", 1.0)) for _ in range(2)]
        light = [asyncio.create_task(ask("203.0.113.2", 1.0)) for _ in range(3)]
        await asyncio.sleep(0)
        held.end()
        await asyncio.gather(*heavy, *light)
        return [one[-1] for one in order]

    assert asyncio.run(line()) == ["1", "2", "2", "2", "2", "1", "1"]


def test_the_last_free_place_is_kept_for_others_while_others_ask():
    async def begin() -> list[bool]:
        now = [0.0]
        gate = Gate(2, 20, clock=lambda: now[0])
        held = [await Place.of(gate, "203.0.113.1") for _ in range(2)]  # alone it has both
        for place in held:
            place.end()
        (await Place.of(gate, "203.0.113.2")).end()
        first = await Place.of(gate, "203.0.113.1")
        second = asyncio.create_task(Place.of(gate, "203.0.113.1"))
        await asyncio.sleep(0)
        waits = not second.done()
        other = await asyncio.wait_for(Place.of(gate, "203.0.113.2"), 0.1)
        other.end()
        still = not second.done()
        first.end()
        (await asyncio.wait_for(second, 0.1)).end()
        now[0] = 60.0  # the other is long gone
        held = [await asyncio.wait_for(Place.of(gate, "203.0.113.1"), 0.1) for _ in range(2)]
        for place in held:
            place.end()
        return [waits, still, gate._working == gate._inside == 0, gate._lines == {}]

    assert asyncio.run(begin()) == [True] * 4


def test_long_questions_have_their_own_lane_and_rest_while_others_are_asked():
    async def rest() -> list[bool]:
        now = [0.0]
        short = Gate(2, 8, clock=lambda: now[0])
        gate = Gate(1, 8, clock=lambda: now[0], after=short)
        place = await Place.of(gate)
        now[0] += 0.05
        place.end()
        alone = gate._working == 0
        (await Place.of(short)).end()
        place = await Place.of(gate)
        now[0] += 0.05
        place.end()
        rests = gate._working == 1 and gate.waiting == 0
        await asyncio.sleep(0.1)
        return [alone, rests, gate._working == 0]

    lanes = Lanes.of(Settings())
    assert lanes.ask.lane(500) is lanes.ask
    assert lanes.ask.lane(501) is lanes.long
    assert asyncio.run(rest()) == [True] * 3


def test_one_address_has_a_third_of_a_lane_and_this_machine_all_of_it():
    async def press(address: str) -> int:
        gate, got = Gate(12, 0), 0
        for _ in range(20):
            try:
                await Place.of(gate, address)
            except BusyError:
                break
            got += 1
        assert not gate.refuses("198.51.100.1") or got == 12
        return got

    counts = [asyncio.run(press(one)) for one in ("203.0.113.7", "127.0.0.1", "::1", "")]
    assert counts == [4, 12, 12, 12]


def test_who_would_wait_too_long_by_what_the_work_took_is_told_at_once():
    async def wait() -> list[bool]:
        now = [0.0]
        gate = Gate(2, 48, clock=lambda: now[0], longest=30.0)
        slow = await Place.of(gate)
        now[0] = 20.0
        slow.end()  # an answer takes twenty seconds, as it seems
        held = [await Place.of(gate) for _ in range(2)]
        waiting, told = [], []
        for _ in range(4):
            told.append(gate.refuses(""))
            if not told[-1]:
                waiting.append(asyncio.create_task(Place.of(gate)))
                await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await Place.of(gate)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert (gate._inside, gate._lines) == (2, {})
        for place in held:
            place.end()
        return told

    assert asyncio.run(wait()) == [False, False, False, True]


def test_who_waited_longest_is_told_and_leaves_the_line():
    async def wait() -> tuple[int, dict]:
        gate = Gate(1, 5, longest=0.02)
        async with gate.place():
            with pytest.raises(BusyError):
                await Place.of(gate)
            return gate._inside, gate._lines

    assert asyncio.run(wait()) == (1, {})


def test_a_place_that_ends_twice_frees_one_place():
    async def end() -> tuple[int, int]:
        gate = Gate(2, 0)
        one, _two = await Place.of(gate), await Place.of(gate)
        one.end()
        one.end()
        return gate._inside, gate._working

    assert asyncio.run(end()) == (1, 1)


def test_who_is_cancelled_as_the_place_comes_hands_it_on():
    async def cancel() -> tuple[int, int]:
        gate = Gate(1, 5)
        first = await Place.of(gate)
        left = asyncio.create_task(Place.of(gate))
        stays = asyncio.create_task(Place.of(gate))
        await asyncio.sleep(0)
        first.end()
        left.cancel()
        place = await asyncio.wait_for(stays, 1)
        held = gate._inside, gate._working
        place.end()
        assert (gate._inside, gate._working) == (0, 0)
        return held

    assert asyncio.run(cancel()) == (1, 1)


def test_a_search_lets_a_question_go_first_but_not_for_ever():
    async def search() -> tuple[bool, bool]:
        lanes = Lanes.of(Settings())
        asking = await Place.of(lanes.ask)
        searching = asyncio.create_task(Place.of(lanes.search))
        await asyncio.sleep(0.05)
        waits = not searching.done()
        asking.end()
        (await asyncio.wait_for(searching, 0.3)).end()
        async with lanes.ask.place():
            (await asyncio.wait_for(Place.of(lanes.search), 5)).end()
        return waits, lanes.search._inside == 0

    assert asyncio.run(search()) == (True, True)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"), ("::1", "::1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64"), ("x", "x"),
    ],
)  # fmt: skip
def test_of_ipv6_a_customers_network_is_one_address(host, address):
    assert address_of(host) == address


def test_the_lanes_follow_the_settings():
    lanes = Lanes.of(Settings(workers=4, queue=6))
    assert (lanes.ask._workers, lanes.ask._room, lanes.search._workers) == (4, 10, 2)


def test_a_gate_that_closes_turns_away_who_waits_and_lets_who_is_served_end():
    async def closing() -> list[str]:
        gate, became = Gate(1, 20), []

        async def ask(name: str) -> None:
            try:
                async with gate.place():
                    became.append(f"{name} served")
            except BusyError:
                became.append(f"{name} busy")

        served = await Place.of(gate)
        waiting = [asyncio.create_task(ask(name)) for name in ("a", "b")]
        await asyncio.sleep(0)
        gate.close()
        await asyncio.gather(*waiting, ask("late"))
        assert (gate.working, gate.waiting) == (1, 0)
        served.end()
        assert (gate.working, gate._lines) == (0, {})
        return became

    assert sorted(asyncio.run(closing())) == ["a busy", "b busy", "late busy"]


def test_a_place_that_rests_is_free_again_in_another_loop():
    """Each call of a program may have a loop of its own: its timers end with it."""
    now = [0.0]
    gate = Gate(1, 4, clock=lambda: now[0], pause=0.5)

    async def once() -> int:
        async with gate.place("127.0.0.2"):
            return gate._working

    assert asyncio.run(once()) == 1
    assert gate._working == 1  # it rests, and its loop is closed
    now[0] = 0.6
    assert asyncio.run(once()) == 1
