"""`warta check --repair`: each kind of damage, and what is there afterwards."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from warta.assistant.cli.commands import main
from warta.corpus.archive.archive import NAME, Archive
from warta.index.snapshot.durable import writer_lock
from warta.index.snapshot.shelf import current_name

PAGE = 4096


@pytest.fixture
def home(samples_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(samples_home, tmp_path / "home")
    return tmp_path / "home"


def run(*arguments: object, home: Path):
    return CliRunner().invoke(main, [*map(str, arguments), "--home", str(home)])


def repaired(home: Path) -> dict[str, object]:
    result = run("check", "--repair", "--json", home=home)
    assert result.exit_code == 0, result.output
    assert json.loads(run("check", "--json", home=home).stdout) == {"ok": True, "findings": []}
    return json.loads(result.stdout)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def texts(home: Path) -> dict[str, str]:
    with Archive.open(home, readonly=True) as archive:
        return {found.id: found.text for found in archive.articles()}


def test_a_whole_home_is_left_as_it_is(home):
    before = {path: path.read_bytes() for path in home.glob("index/*/*.*")}
    before[home / NAME] = (home / NAME).read_bytes()
    result = run("check", "--repair", home=home)
    assert result.stdout == "All files are as they were written.\n"
    assert {path: path.read_bytes() for path in before} == before


def test_a_damaged_snapshot_is_built_again_from_the_archive(home):
    flip(home / "index" / "000001" / "vectors.faiss")
    assert run("check", home=home).exit_code == 1
    done = repaired(home)
    assert done["repaired"] == [
        "Snapshot 000001 was damaged and is removed.",
        f"Snapshot {current_name(home)} is built.",
    ]
    assert done["lost"] == []


@pytest.mark.parametrize("data", [None, b"", b"000777\n", b"../../etc\n"])
def test_the_pointer_goes_back_to_the_newest_intact_snapshot(home, data):
    pointer = home / "index" / "CURRENT"
    pointer.unlink() if data is None else pointer.write_bytes(data)
    assert repaired(home)["repaired"] == [
        "Snapshot 000001 is the live one.",
        "Snapshot 000001 was whole.",
    ]


def test_the_rest_of_an_interrupted_build_is_removed(home):
    (home / "index" / "000002").mkdir()
    (home / "index" / "000002" / "vectors.faiss").write_bytes(b"half")
    assert "Snapshot 000001 was whole." in repaired(home)["repaired"]
    assert not (home / "index" / "000002").exists()


@pytest.mark.parametrize("page", ["first", "all"])
def test_a_damaged_archive_is_salvaged_with_the_help_of_the_index_and_kept(home, page):
    whole, path = texts(home), home / NAME
    data = bytearray(path.read_bytes())
    data[: PAGE if page == "first" else len(data)] = b"\xa5" * (
        PAGE if page == "first" else len(data)
    )
    path.write_bytes(data)
    found = run("check", home=home)
    assert found.exit_code == 1
    assert "check --repair" in found.stdout
    done = repaired(home)
    assert "The archive is new, with 40 articles" in done["repaired"][0]
    assert texts(home) == whole
    (kept,) = home.glob("archive.damaged-*")
    assert (kept / NAME).read_bytes() == data
    assert not (home / "archive.salvaging").exists()


def test_a_missing_archive_is_made_from_the_index(home):
    whole = texts(home)
    for path in home.glob(f"{NAME}*"):
        path.unlink()
    assert "There is no archive in" in run("check", home=home).stdout
    said = repaired(home)["repaired"][0]
    assert said == "The archive is new, with 40 articles, 40 of them from the index."
    assert texts(home) == whole
    assert list(home.glob("archive.damaged-*")) == []  # there was none


def test_what_neither_archive_nor_index_has_is_listed(home):
    whole = texts(home)
    with Archive.open(home) as archive:
        archive._db.execute("UPDATE versions SET text = 'Palsu.' WHERE id = 'contoh-sp-004'")
    flip(home / "index" / "000001" / "passages.sqlite")
    done = repaired(home)
    assert done["lost"] == ["Version 1 of article 'contoh-sp-004' is lost."]
    assert whole.keys() - texts(home).keys() == {"contoh-sp-004"}


def test_where_nothing_can_be_read_nothing_is_replaced(home):
    shutil.rmtree(home / "index")
    (home / NAME).write_bytes(b"\xa5" * 9000)
    result = run("check", "--repair", home=home)
    assert result.exit_code == 1
    assert "can be read" in result.stderr
    assert "Restore a backup" in result.stderr
    assert (home / NAME).read_bytes() == b"\xa5" * 9000


def test_an_archive_of_a_later_version_is_not_repaired(home):
    with Archive.open(home) as archive:
        archive._db.execute("PRAGMA user_version = 9")
    result = run("check", "--repair", home=home)
    assert result.exit_code == 1
    assert "Upgrade Warta." in result.stderr
    assert list(home.glob("archive.damaged-*")) == []


def test_a_repair_waits_for_no_writer(home):
    flip(home / "index" / "000001" / "vectors.faiss")
    with writer_lock(home):
        assert run("check", "--repair", home=home).exit_code == 3
