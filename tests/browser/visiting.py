"""A server for as long as tests want it, and a reader's visit to its page."""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

try:
    from playwright import sync_api
except ImportError:  # no such tests then
    sync_api = None

ROOT = Path(__file__).parents[2]
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--disable-component-update",
]  # fmt: skip
BOX = "#w-question textarea"
TURN = "#w-thread .w-turn"
IN_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(sync_api is None, reason="playwright is not installed"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
]


@contextmanager
def served(*command: str) -> Iterator[str]:
    """Run a server until the tests are done; yields the address it says it is at."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("WARTA_SCREENSHOTS", None)  # no setting of the product
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"Warta is at (http://\S+)", line):
                yield found[1]
                break
        else:
            raise AssertionError(f"the server ended: {''.join(said)}")
    finally:
        process.terminate()
        process.wait(20)
        assert process.stdout
        process.stdout.close()


def shoot(page, path: Path) -> None:
    """Keep a picture of the page in 128 colours: README holds them, so they should be small."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


class Visit:
    """One page with a record of every address it asked for and all that went wrong."""

    def __init__(self, browser, address: str, **context) -> None:
        settings = {"viewport": {"width": 1360, "height": 850}, "locale": "id-ID"} | context
        self.context = browser.new_context(**settings)
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.wrong: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", self._fail)
        self.page.on("console", self._hear)
        self.address = address
        self.open()

    def _fail(self, error) -> None:
        # Gradio's own client aborts its stream where the page is left while it listens.
        if "signal is aborted" not in str(error):
            self.wrong.append(str(error))

    def _hear(self, message) -> None:
        if message.type == "error":
            self.wrong.append(message.text)

    def open(self) -> None:
        self.page.goto(self.address)
        self.page.wait_for_selector("body[data-ready]")
        self.page.wait_for_selector("#w-coverage strong")

    def begin_anew(self) -> None:
        """Begin a conversation; what was said before is gone from the page when this returns."""
        self.page.click("[data-act=new]")
        sync_api.expect(self.page.locator(TURN)).to_have_count(0)

    def ask(self, question: str) -> None:
        before = self.page.locator(TURN).count()
        self.page.fill(BOX, question)
        self.page.keyboard.press("Enter")
        self.answered(before)

    def answered(self, before: int) -> None:
        self.page.wait_for_function(
            f"document.querySelectorAll('{TURN}').length > {before} && !document.body.dataset.busy"
            " && !document.body.dataset.keeping"
        )

    def foreign(self) -> list[str]:
        own = urlsplit(self.address).netloc
        return [url for url in self.asked if urlsplit(url).netloc not in (own, "")]

    def last(self, selector: str):
        return self.page.locator(TURN).last.locator(selector)
