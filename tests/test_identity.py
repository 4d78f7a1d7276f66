"""A reader knows its snapshot by content, and leaves one whose files are changed under it."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from homes import EMBEDDER, article, fill
from page_fake import FakeAssistant

from warta.assistant.config import Settings
from warta.assistant.web.server import create_app
from warta.corpus.errors import NoSnapshot
from warta.index.search.retriever import Retriever
from warta.index.snapshot.shelf import current_name, index_folder

ROOT = Path(__file__).parents[1]
OLD = [article("lama", "Gempa mengguncang Ambon pagi tadi.", day=date(2026, 1, 5))]
NEW = [*OLD, article("baru", "Banjir merendam pasar di Jakarta.", day=date(2026, 1, 6))]
OTHER = [article("lain", "Panen raya dimulai di Karawang hari ini.", day=date(2026, 1, 7))]


def ids(retriever):
    return {hit.article.id for hit in retriever.retrieve("apa yang terjadi di Ambon", k=5)}


def test_a_home_removed_and_made_anew_under_a_reader_is_noticed_though_its_name_is_the_same(
    tmp_path,
):
    home = tmp_path / "home"
    fill(home, OLD)
    reader = Retriever.load(home, EMBEDDER)
    before = reader.view().identity
    assert ids(reader) == {"lama"}
    shutil.rmtree(home)
    fill(home, OTHER)
    assert current_name(home) == reader.view().name == "000001"
    assert ids(reader) == {"lain"}
    assert reader.view().identity != before
    assert reader.warning == ""


def test_a_status_page_is_of_the_home_made_anew_at_once(tmp_path):
    home = tmp_path / "home"
    fill(home, [*OLD, *OTHER])

    async def build() -> TestClient:  # Gradio leaves event loops open where none is running
        app = create_app(FakeAssistant(retriever=Retriever(EMBEDDER, home)), Settings(home=home))
        return TestClient(app, headers={"host": "127.0.0.1:7860"})

    client = asyncio.run(build())
    assert "7 Jan 2026" in client.get("/status?language=en").text
    shutil.rmtree(home)
    fill(home, OLD)
    shown = client.get("/status?language=en").text
    assert "5 Jan 2026" in shown
    assert "7 Jan 2026" not in shown


def test_a_home_copied_back_over_a_newer_one_is_noticed(tmp_path):
    home, kept = tmp_path / "home", tmp_path / "kept"
    fill(home, OLD)
    shutil.copytree(home, kept)
    reader = Retriever.load(home, EMBEDDER)
    fill(home, NEW)
    assert ids(reader) == {"lama", "baru"}
    home.rename(tmp_path / "away")
    kept.rename(home)
    assert ids(reader) == {"lama"}


def test_the_same_articles_built_at_another_time_are_another_snapshot(tmp_path):
    fill(tmp_path / "one", OLD)
    fill(tmp_path / "two", NEW)
    one, two = (Retriever.load(tmp_path / name, EMBEDDER).view() for name in ("one", "two"))
    assert one.name == two.name == "000001"
    assert one.identity != two.identity
    assert one.identity == Retriever.load(tmp_path / "one", EMBEDDER).view().identity


READER = """
import json, sys
from pathlib import Path
from homes import EMBEDDER
from warta.corpus.errors import WartaError
from warta.index.search.retriever import Retriever
reader = Retriever.load(Path(sys.argv[1]), EMBEDDER)
for line in sys.stdin:
    try:
        found = sorted({hit.article.id for hit in reader.retrieve("Ambon Jakarta", k=5)})
    except WartaError as error:
        found = str(error)
    print(json.dumps([found, reader.warning]), flush=True)
"""


@pytest.fixture
def reading(tmp_path):
    """A home of two snapshots and a process that reads it: cut-off files may kill it."""
    home = tmp_path / "home"
    fill(home, OLD)
    fill(home, NEW)
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(home)],
        cwd=ROOT / "tests",  # where `homes` lies
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )

    def ask():
        process.stdin.write("?\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, f"the reader died: {process.wait()}"
        return json.loads(line)

    yield home, ask
    process.stdin.close()
    process.stdout.close()
    process.wait(timeout=30)


def files(home):
    folder = index_folder(home) / "000002"
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 64)


def cut(path):
    os.truncate(path, 0)


def overwritten(path):
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))


@pytest.mark.parametrize("harm", [cut, overwritten])
def test_files_changed_in_place_under_a_reader_cost_the_snapshot_and_not_the_reader(reading, harm):
    home, ask = reading
    assert ask() == [["baru", "lama"], ""]
    for path in files(home):
        if path.name != "MANIFEST.json":  # it was read when the snapshot was opened
            harm(path)
    found, warning = ask()
    assert found == ["lama"]
    assert "Using snapshot 000001 instead" in warning


def test_with_no_whole_snapshot_left_a_reader_says_so_and_lives_on(reading):
    home, ask = reading
    ask()
    for path in index_folder(home).rglob("*"):
        if path.is_file() and path.name not in ("MANIFEST.json", "CURRENT", "LOCK"):
            os.truncate(path, 0)
    assert "No intact index" in ask()[0]
    shutil.rmtree(index_folder(home))
    fill(home, NEW)
    assert ask() == [["baru", "lama"], ""]


def test_a_touched_file_with_nothing_else_intact_is_named(tmp_path):
    home = tmp_path / "home"
    fill(home, OLD)
    reader = Retriever.load(home, EMBEDDER)
    os.truncate(index_folder(home) / "000001" / "tokens.npy", 10)
    with pytest.raises(NoSnapshot, match=r"tokens\.npy"):
        reader.retrieve("Ambon")
