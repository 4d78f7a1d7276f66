import re
import signal
import threading

import pytest

from warta.corpus.errors import InputError
from warta.corpus.reading.timing import within


def run_for_ever() -> None:
    while True:
        pass


def test_work_without_end_is_ended_with_the_limit_named():
    with pytest.raises(InputError, match=r"more than the limit of 0\.05 seconds"), within(0.05):
        run_for_ever()


def test_a_pattern_that_tries_for_ever_is_ended():
    with pytest.raises(InputError, match="limit"), within(0.05):
        re.match(r"(a|aa)+$", "a" * 99 + "b")


def test_who_catches_every_error_is_rung_at_again():
    rung = []

    def deaf() -> None:
        try:
            run_for_ever()
        except BaseException as error:  # as some libraries do
            rung.append(error)
        run_for_ever()

    with pytest.raises(InputError), within(0.02):
        deaf()
    assert len(rung) == 1


def test_what_is_done_in_time_is_not_disturbed_and_nothing_rings_later():
    before = signal.getsignal(signal.SIGALRM)
    with within(5):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_of_two_limits_the_one_that_ends_first_holds_and_the_outer_goes_on_after_the_inner():
    with pytest.raises(InputError, match=r"limit of 0\.05 seconds"), within(0.05), within(5):
        run_for_ever()

    def twice() -> None:
        with pytest.raises(InputError, match=r"limit of 0\.02 seconds"), within(0.02):
            run_for_ever()
        run_for_ever()

    with pytest.raises(InputError, match=r"limit of 0\.1 seconds"), within(0.1):
        twice()
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_error_of_the_work_itself_passes_through():
    with pytest.raises(KeyError), within(5):
        raise KeyError


def test_elsewhere_than_in_the_main_thread_work_goes_on_without_a_limit():
    seen = []

    def work() -> None:
        with within(0.0):
            seen.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [1]
