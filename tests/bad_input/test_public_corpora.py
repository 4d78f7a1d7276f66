"""Bad input that others collected, fetched when the tests run; nothing of it is kept here.

- feedparser's own tests, from its source distribution on PyPI (BSD-2-Clause)
- big-list-of-naughty-strings, from npm (MIT)
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import bad_bases
import pytest
from bad_pool import run
from fastapi.testclient import TestClient

from warta.assistant.config import Settings
from warta.assistant.exporting.export import to_json_dict, to_markdown, to_text
from warta.assistant.page.markup import escape
from warta.assistant.upkeep.maintain import load_assistant
from warta.assistant.web.server import create_app
from warta.corpus.errors import InputError

pytestmark = pytest.mark.bad_input

FULL = os.environ.get("WARTA_FAULTS") == "full"


def _fetched(folder: Path, command: list[str], kind: str) -> Path:
    """Return the one file that `command` fetches into `folder`, kept for the next run."""
    if not list(folder.glob(kind)):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
        if done.returncode:
            pytest.skip(f"{command[0]} could not fetch it: {done.stderr.strip()[-200:]}")
    return next(folder.glob(kind))


@pytest.fixture(scope="module")
def feeds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = request.config.cache.mkdir("feedparser")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:"]
    packed = _fetched(folder, [*pip, "feedparser==6.0.14"], "*.tar.gz")
    unpacked = tmp_path_factory.mktemp("feedparser")
    with tarfile.open(packed) as archive:
        archive.extractall(unpacked, filter="data")
    files = (path for path in unpacked.rglob("*") if "tests" in path.parts and path.is_file())
    return sorted(path for path in files if path.suffix not in (".py", ".pyc"))


@pytest.fixture(scope="module")
def strings(request: pytest.FixtureRequest) -> list[str]:
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("no npm on this machine to fetch the strings with")
    folder = request.config.cache.mkdir("naughty-strings")
    command = [npm, "pack", "--silent", "big-list-of-naughty-strings@1.0.0"]
    with tarfile.open(_fetched(folder, command, "*.tgz")) as archive:
        listed = archive.extractfile("package/blns.json")
        assert listed
        found: list[str] = json.load(listed)
    assert len(found) > 400
    return found if FULL else found[::15]


def test_every_feed_of_feedparsers_own_tests_gets_a_verdict(feeds: list[Path]) -> None:
    assert len(feeds) > 1_500
    verdicts = run([f"file {path}" for path in (feeds if FULL else feeds[::29])])
    print(
        f"\n{len(verdicts):,} feeds, {sum(v.kinds.get('Article', 0) > 2 for v in verdicts):,} read"
    )
    assert [verdict for verdict in verdicts if verdict.wrong] == []
    assert all(sum(verdict.kinds.values()) >= 3 for verdict in verdicts)


def test_every_string_gets_a_verdict_in_every_field(strings: list[str], tmp_path: Path) -> None:
    names = []
    for number, string in enumerate(strings):
        for field in ("id", "title", "text", "date", "source", "url"):
            path = tmp_path / f"{number}-{field}.jsonl"
            path.write_text(json.dumps({**bad_bases.FIELDS, "id": "odd", field: string}))
            names.append(f"file {path}")
        path = tmp_path / f"{number}.html"
        path.write_text(bad_bases.page(string, string), "utf-8", "replace")
        names.append(f"file {path}")
    verdicts = run(names)
    print(f"\n{len(verdicts):,} files of naughty strings")
    assert [verdict for verdict in verdicts if verdict.wrong] == []
    assert all(sum(verdict.kinds.values()) >= 3 for verdict in verdicts)


def test_every_string_can_be_asked(strings: list[str], samples_home: Path) -> None:
    assistant = load_assistant(Settings(home=samples_home))
    for string in strings:
        if not string.strip():
            with pytest.raises(InputError, match="The question is empty"):
                assistant.answer(string)
            continue
        for question in (string, f"Siapa {string} yang membuka pasar?"):
            answer = assistant.answer(question)
            assert answer.status in ("answered", "partial", "abstained")
            numbers = [citation.number for citation in answer.citations]
            assert numbers == list(range(1, len(numbers) + 1))
            for citation in answer.citations:
                said = citation.article.text[citation.start : citation.end]
                assert said == citation.quote
            json.dumps(to_json_dict(answer)).encode()
            assert to_text(answer)
            assert to_markdown(answer)
        assert not set("<>\"'`") & set(escape(string))


def test_every_string_can_be_sent_to_the_api(strings: list[str], samples_home: Path) -> None:
    settings = Settings(home=samples_home)

    async def build() -> TestClient:
        app = create_app(load_assistant(settings), settings)
        return TestClient(app, headers={"host": "127.0.0.1:7860"}, client=("127.0.0.1", 5_000))

    client = asyncio.run(build())
    for string in strings:
        turn = {"role": "user", "content": string}
        asked = client.post("/api/ask", json={"question": string, "history": [turn]})
        assert asked.status_code == (200 if string.strip() else 422), string
        assert "text" in asked.json() or asked.json()["error"]["what"]
        searched = client.get("/api/search", params={"q": string})
        assert searched.status_code == (200 if string.strip() else 422), string
        unknown = client.get("/api/search", params={"q": "pasar", "source": string})
        assert unknown.status_code == 409, string  # no outlet has such a name
        missing = client.get("/warta/article", params={"id": string})
        assert missing.status_code == 404
        assert missing.json()["error"]["what"]
