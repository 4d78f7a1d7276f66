"""One browser and one server of each kind for all tests of the page."""

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile import ARTICLES
from visiting import CHROMIUM, FLAGS, Visit, served, sync_api

from warta.index.building.ingest import index_paths
from warta.index.embedding.embedder import SentenceTransformerEmbedder


@pytest.fixture(scope="session")
def playwright():
    """The one that a process may have."""
    with sync_api.sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright):
    chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def fake(tmp_path_factory) -> Iterator[str]:
    with served("tests/browser/fake_server.py", str(tmp_path_factory.mktemp("fake"))) as address:
        yield address


@pytest.fixture(scope="session")
def real(samples_home) -> Iterator[str]:
    command = (
        "-m",
        "warta.assistant.cli.commands",
        "serve",
        "--home",
        str(samples_home),
        "--port",
        "0",
    )
    with served(*command) as address:
        yield address


@pytest.fixture(scope="session")
def hostile_home(tmp_path_factory) -> Iterator[str]:
    """A server over the hostile articles, read and indexed like any others."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "articles.json").write_text(json.dumps(ARTICLES))
    home = folder / "home"
    embedder = SentenceTransformerEmbedder.load()
    report = index_paths(home, [folder / "articles.json"], embedder=embedder)
    assert report.indexed == len(ARTICLES)
    with served(
        "-m", "warta.assistant.cli", "serve", "--home", str(home), "--port", "0"
    ) as address:
        yield address


@pytest.fixture(scope="session")
def shots(tmp_path_factory) -> Path:
    folder = Path(os.environ.get("WARTA_SCREENSHOTS") or tmp_path_factory.mktemp("shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def axe(tmp_path_factory) -> str:
    """axe-core's source, from npm; tests skip where it cannot be had."""
    folder = tmp_path_factory.mktemp("axe")
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("no npm on this machine to fetch axe-core with")
    command = [npm, "pack", "axe-core", "--silent"]
    fetched = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    if fetched.returncode:
        pytest.skip(f"axe-core could not be fetched: {fetched.stderr[-200:]}")
    with tarfile.open(folder / fetched.stdout.split()[-1]) as archive:
        source = archive.extractfile("package/axe.min.js")
        assert source
        return source.read().decode()


@pytest.fixture
def visit(browser):
    visits: list[Visit] = []

    def go(address: str, **context) -> Visit:
        visits.append(Visit(browser, address, **context))
        return visits[-1]

    yield go
    for one in visits:
        one.context.close()
        assert one.foreign() == []
        assert one.wrong == []
