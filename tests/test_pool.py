"""Two processes: order kept, few things done here, a crash costs one item."""

import os
import signal

from warta.index.building.pool import in_order


def _squares(numbers: list[int]) -> list[int]:
    return [number * number for number in numbers]


def _dying_at_77(numbers: list[int]) -> list[int]:
    if 77 in numbers:
        os.kill(os.getpid(), signal.SIGKILL)
    return [-number for number in numbers]


def _pids(numbers: list[int]) -> list[int]:
    return [os.getpid() for _ in numbers]


def _crashed(number: int) -> int:
    return 1_000_000 + number


def test_results_come_in_the_order_of_the_items() -> None:
    found = list(in_order(_squares, range(1030), _crashed, workers=2))
    assert found == [(number, number * number) for number in range(1030)]


def test_few_items_are_done_in_this_process() -> None:
    assert {pid for _, pid in in_order(_pids, range(499), _crashed, workers=2)} == {os.getpid()}


def test_many_items_are_done_elsewhere() -> None:
    assert os.getpid() not in {pid for _, pid in in_order(_pids, range(600), _crashed, workers=2)}


def test_an_item_that_kills_its_process_is_the_only_one_lost() -> None:
    found = dict(in_order(_dying_at_77, range(560), _crashed, workers=2))
    assert found == {number: -number for number in range(560)} | {77: 1_000_077}
