"""The page in a browser for which every name in the world leads to a server of ours.

Whatever asks for another host, by any means that the page's own record would not show (look-ups
ahead, reports, workers, beacons), arrives there and is written down.
"""

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hostile import QUESTIONS
from visiting import CHROMIUM, FLAGS, IN_BROWSER, TURN, Visit, sync_api

pytestmark = IN_BROWSER


# What Chromium itself asks for, whatever the page: updates, extensions, account, filling in forms.
BROWSERS_OWN = (
    b"update.googleapis.com",
    b"clients2.google.com",
    b"accounts.google.com",
    b"content-autofill.googleapis.com",
)


class CatchAll(socketserver.ThreadingTCPServer):
    """Takes every connection, keeps its first bytes, and answers nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        self.caught: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Catch)


class Catch(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.settimeout(2)
        first = b""  # the name that TLS asks for may come in a second piece
        with contextlib.suppress(OSError):
            while len(first) < 8_000 and (piece := self.request.recv(8_000)):
                first += piece
        if not any(name in first for name in BROWSERS_OWN):
            self.server.caught.append(first)


@contextmanager
def catching() -> Iterator[CatchAll]:
    with CatchAll() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def browser_of(playwright, server: CatchAll) -> Iterator:
    port = server.server_address[1]
    rules = f"MAP *:80 127.0.0.1:{port}, MAP *:443 127.0.0.1:{port}, EXCLUDE 127.0.0.1"
    quiet = ["--no-pings", "--disable-default-apps", "--disable-features=OptimizationHints"]
    flags = [*FLAGS, *quiet, f"--host-resolver-rules={rules}"]
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
    yield chromium
    chromium.close()


def test_reading_hostile_articles_asks_nothing_of_any_other_host(playwright, hostile_home):
    with catching() as server, browser_of(playwright, server) as chromium:
        at = Visit(chromium, hostile_home)
        for question in QUESTIONS:
            at.ask(question)
            shown = at.last(".w-strip [data-act=cite], .w-nearest [data-act=whole]")
            for number in range(shown.count()):
                shown.nth(number).click()
        at.open()
        at.page.goto(f"{hostile_home}/status")
        at.page.wait_for_timeout(3_000)
        assert at.page.locator(TURN).count() == 0
        assert server.caught == []
        assert at.foreign() == []
        for address in ("http://evil.example/t.png", "https://other.example/"):  # it does catch
            with pytest.raises(sync_api.Error):
                at.page.goto(address, timeout=8_000)
        at.page.wait_for_timeout(3_000)
        for host in (b"evil.example", b"other.example"):  # in clear, or where TLS asks for it
            assert any(host in first for first in server.caught), server.caught
