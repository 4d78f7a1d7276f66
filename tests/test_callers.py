"""Whose word counts on where a request comes from."""

import asyncio

import pytest

from warta.assistant.web.callers import Callers, Proxies

PROXIES = ("10.0.0.0/24", "fd00::7")


def seen(client: str, *headers: tuple[str, str]) -> tuple[str, list[str]]:
    """Return the address and the names of headers that the app gets to see."""
    got: list[tuple[str, list[str]]] = []

    async def app(scope, receive, send) -> None:
        got.append((scope["client"][0], [name.decode() for name, _ in scope["headers"]]))

    raw = [(name.encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "client": (client, 1), "headers": raw}
    asyncio.run(Callers(app, proxies=Proxies(PROXIES))(scope, None, None))
    return got[0]


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("203.0.113.7", "203.0.113.7"), ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.0.0.9", "203.0.113.7"), ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::1]:443", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"),
        ("unknown", "10.0.0.7"), ("", "10.0.0.7"), ("203.0.113.7, evil", "10.0.0.7"),
    ],
)  # fmt: skip
def test_a_listed_proxy_says_who_calls_and_what_stands_before_may_be_invented(said, address):
    assert seen("10.0.0.7", ("x-forwarded-for", said))[0] == address


def test_the_word_of_others_is_left_out():
    said = [
        (name, "evil.example")
        for name in (
            "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server",
            "forwarded", "x-real-ip", "accept",
        )
    ]  # fmt: skip
    assert seen("203.0.113.7", *said) == ("203.0.113.7", ["accept"])
    assert seen("fd00::7", *said)[1] == [name for name, _ in said]
