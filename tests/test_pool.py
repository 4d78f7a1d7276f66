"""Two processes: order kept, few things done here, a crash costs one item."""

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

from warta.corpus.errors import Unbuildable
from warta.index.building.pool import in_order


def _squares(numbers: list[int]) -> list[int]:
    return [number * number for number in numbers]


def _dying_at_77(numbers: list[int]) -> list[int]:
    if 77 in numbers:
        os.kill(os.getpid(), signal.SIGKILL)
    return [-number for number in numbers]


def _dying_first(numbers: list[int]) -> list[int]:
    if 7 in numbers:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.3 if 60 in numbers else 0)  # the second chunk, at work beside the first
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


def test_an_item_that_kills_its_process_before_any_answers_is_the_only_one_lost() -> None:
    found = dict(in_order(_dying_first, range(560), _crashed, workers=2))
    assert found == {number: -number for number in range(560)} | {7: 1_000_007}


def test_a_script_without_a_main_guard_tries_workers_once_and_goes_on_alone(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from warta.index.building.pool import in_order\n"
        "from operator import neg\n"
        "def work(numbers): return [neg(number) for number in numbers]\n"
        "print(sum(result for _, result in in_order(work, range(2000), neg, workers=2)))\n"
    )
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    assert run.stdout.strip() == str(-sum(range(2000)))
    assert run.stderr.count("No worker process can start here") == 1


def test_an_error_that_comes_back_from_a_worker_says_all_it_said() -> None:
    back = pickle.loads(pickle.dumps(Unbuildable("a1", "It is too long.", "Split it.")))
    assert (back.article_id, back.what, back.remedy) == ("a1", "It is too long.", "Split it.")
    assert str(back) == "It is too long. Split it."
