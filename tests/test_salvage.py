"""A damaged archive: what is whole gets into a new one, the rest is named."""

import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from homes import article

from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.archive.salvage import other_format, rows, salvage

PAGE = 4096
ARTICLES = {
    f"a{n:03d}": article(f"a{n:03d}", f"Warga kampung {n} bergotong royong. " * (n % 7 * 90 + 1))
    for n in range(200)
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    with Archive.open(home) as archive:
        archive.put_many((item, f"f{item.id}") for item in ARTICLES.values())
        archive.put(article("a007", "Lama sekali."), "f")
        archive.put(ARTICLES["a007"], "fa007")  # three versions
        archive.forget(["a199"])
    return home


def damage(home: Path, *pages: int) -> None:
    with (home / NAME).open("r+b") as file:
        for page in pages:
            file.seek(page * PAGE)
            file.write(b"\xa5" * PAGE)


def read(folder: Path) -> dict[str, str]:
    with Archive.open(folder) as archive:
        assert archive.check() == []
        return {found.id: found.text for found in archive.articles()}


def test_a_whole_archive_is_copied_entirely(home, tmp_path):
    found = salvage(home / NAME, tmp_path / "new")
    assert (found.versions, found.articles, found.lost) == (202, 200, ())
    assert found.gone == {"a199"}
    assert read(tmp_path / "new") == read(home)
    with Archive.open(home) as old, Archive.open(tmp_path / "new") as new:
        assert new.fingerprints() == old.fingerprints()
        assert [version.number for version in new.history("a007")] == [1, 2, 3]


def test_a_page_that_is_lost_costs_only_the_articles_on_it(home, tmp_path):
    whole = read(home)
    with sqlite3.connect(home / NAME) as db:
        leaf = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'versions'").fetchone()
    db.close()
    size = (home / NAME).stat().st_size // PAGE
    chance = random.Random(6)
    for page in chance.sample([n for n in range(1, size) if n + 1 != leaf[0]], 25):
        broken, new = tmp_path / f"broken{page}", tmp_path / f"new{page}"
        shutil.copytree(home, broken)
        damage(broken, page)
        found = salvage(broken / NAME, new)
        kept = read(new)
        kept.pop("a199", None)  # its state may be what is lost
        assert kept.items() <= whole.items()
        assert len(kept) >= len(whole) - 12, page
        for id_ in whole.keys() - kept.keys():
            assert any(repr(id_) in line for line in found.lost) or id_ not in found.missing


@pytest.mark.parametrize("page", ["first", "root"])
def test_without_the_way_to_the_rows_they_are_read_off_the_leaves(home, tmp_path, page):
    with sqlite3.connect(home / NAME) as db:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'versions'"
        root = int(db.execute(query).fetchone()[0])
    db.close()
    whole = read(home)
    damage(home, 0 if page == "first" else root - 1)
    found = salvage(home / NAME, tmp_path / "new")
    kept = read(tmp_path / "new")
    kept.pop("a199", None)
    assert kept == whole
    assert found.versions == 202


def test_what_stands_in_the_log_of_a_killed_writer_counts(home, tmp_path):
    copy = tmp_path / "killed"
    copy.mkdir()
    with Archive.open(home) as archive:
        archive.put(article("zzz", "Baru saja ditulis."), "f")
        for path in home.glob(f"{NAME}*"):
            shutil.copy(path, copy)
    (copy / f"{NAME}-shm").unlink()
    salvage(copy / NAME, tmp_path / "new")
    assert read(tmp_path / "new")["zzz"] == "Baru saja ditulis."


def test_a_text_that_was_changed_is_lost_and_the_version_before_stands_in(home, tmp_path):
    with Archive.open(home) as archive:
        archive.put(article("a001", "Versi baru."), "new")
        archive._db.execute("UPDATE versions SET text = 'Palsu.' WHERE text = 'Versi baru.'")
    found = salvage(home / NAME, tmp_path / "new")
    assert found.lost == ("Version 2 of article 'a001' is lost.",)
    assert found.missing == {"a001"}
    assert read(tmp_path / "new")["a001"] == ARTICLES["a001"].text
    with Archive.open(tmp_path / "new") as archive:
        assert archive.fingerprints()["a001"] == ""  # the next run reads it again


@pytest.mark.parametrize("data", [b"", b"x", b"SQLite format 3\0", bytes(9000), b"\x0d" * 9000])
def test_of_a_file_that_holds_nothing_nothing_is_salvaged(tmp_path, data):
    (tmp_path / "bad").write_bytes(data)
    found = salvage(tmp_path / "bad", tmp_path / "new")
    assert (found.versions, found.articles, found.lost) == (0, 0, ())


def test_random_damage_never_stops_the_reading_nor_gets_into_the_archive(home, tmp_path):
    data, whole = (home / NAME).read_bytes(), read(home)
    chance = random.Random(3)
    for number in range(8):
        changed = bytearray(data)
        for _ in range(200):
            changed[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / "bad").write_bytes(changed)
        salvage(tmp_path / "bad", tmp_path / f"new{number}")
        kept = read(tmp_path / f"new{number}")
        assert all(whole.get(id_, text) == text for id_, text in kept.items())
        assert len(kept) > 40
    assert list(rows(bytes(chance.randbytes(1 << 16)), 13)) == []


def test_an_archive_of_a_later_version_is_told_from_a_damaged_one(home):
    assert not other_format(home / NAME)
    with Archive.open(home) as archive:
        archive._db.execute("PRAGMA user_version = 9")
    assert other_format(home / NAME)
    assert not other_format(home / "missing")
