"""The log says the same once a minute."""

import logging

from warta.assistant.web.observing import OnceAMinute, _Short


def record(message: str, *args: object, line: int = 1, error: Exception | None = None):
    told = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("x", logging.ERROR, "x.py", line, message, args, told)


def test_what_is_said_again_within_a_minute_is_counted_and_said_later():
    now = [0.0]
    once = OnceAMinute(lambda: now[0])
    assert once.filter(record("bad request from %s", "a"))
    assert [once.filter(record("bad request from %s", n)) for n in range(500)] == [False] * 500
    assert once.filter(record("another", line=2))
    now[0] = 60.0
    again = record("bad request from %s", "b")
    assert once.filter(again)
    assert again.getMessage() == "bad request from b (500 more like it in the last minutes)"


def test_errors_of_different_places_are_different():
    once, errors = OnceAMinute(lambda: 0.0), []
    for fail in (lambda: 1 / 0, lambda: [][0], lambda: 1 / 0):
        try:
            fail()
        except Exception as error:
            errors.append(error)
    passed = [once.filter(record("failed", error=error)) for error in errors]
    assert passed == [True, True, False]  # the third fails where the first did


def test_of_messages_that_are_all_new_only_so_many_are_written_a_minute():
    now = [0.0]
    once = OnceAMinute(lambda: now[0])
    assert sum(once.filter(record("x", line=line)) for line in range(1_000)) == 256
    now[0] = 61.0
    assert once.filter(record("x", line=2_000))


def test_a_long_message_is_cut_in_the_middle():
    said = _Short("%(message)s").format(record("begin" + "x" * 100_000 + "end"))
    assert len(said) < 4_100
    assert said.startswith("begin")
    assert said.endswith("end")
