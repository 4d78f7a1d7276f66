"""Backup and restore: whole and verified, or nothing is changed."""

import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from stat import S_IMODE

import pytest
from click.testing import CliRunner
from homes import EMBEDDER, article

from warta.assistant.cli.commands import main
from warta.assistant.config import Settings
from warta.assistant.upkeep import backup as restore
from warta.assistant.upkeep.backup import MANIFEST, opened, write_backup
from warta.assistant.upkeep.feedback import FEEDBACK, add_feedback, read_feedback
from warta.assistant.upkeep.maintain import check, repair
from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.errors import ArchiveError, DiskError, InputError
from warta.index.snapshot.durable import fingerprint_file, writer_lock
from warta.index.snapshot.shelf import current_name

PASAR = article("pasar", "Pasar Melati terbakar pada Jumat.")
HUJAN = article("hujan", "Hujan turun di Lembayung.")


def run(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    with Archive.open(home) as archive:
        archive.put_many([(PASAR, "f1"), (HUJAN, "f2")])
    add_feedback(home, {"verdict": "good", "question": "Kapan pasar terbakar?"})
    weights = home / "models" / "000002" / "1_Pooling"
    weights.mkdir(parents=True)
    (weights / "config.json").write_text("{}")
    return home


def articles(home: Path) -> list[str]:
    with Archive.open(home, readonly=True) as archive:
        assert archive.check() == []
        return list(archive.hashes())


def test_a_backup_holds_archive_feedback_and_the_newest_weights(home, tmp_path):
    (home / "models" / "000001").mkdir()
    file = tmp_path / "b.zip"
    written = write_backup(home, file)
    assert list(written.files) == [NAME, "feedback.jsonl", "models/000002/1_Pooling/config.json"]
    assert written.articles == 2
    with opened(file) as (_, found):
        assert found == written
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "home"]


def test_a_backup_is_taken_while_another_process_may_write(home, tmp_path):
    with writer_lock(home), Archive.open(home) as archive, archive._transaction():
        archive._put(article("baru", "Belum selesai."), "f3", "baru.txt")
        assert write_backup(home, tmp_path / "b.zip").articles == 2


def test_what_is_restored_is_what_was_backed_up_and_it_is_indexed(tmp_path, samples_home):
    file, new = tmp_path / "b.zip", tmp_path / "new"
    assert run("backup", file, "--home", samples_home).exit_code == 0
    result = run("restore", file, "--home", new, "--json")
    assert result.exit_code == 0, result.output
    done = json.loads(result.stdout)
    assert (done["articles"], done["snapshot"], done["kept"]) == (40, "000001", None)
    assert articles(new) == articles(samples_home)
    assert run("check", "--home", new).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "new"]


def test_a_home_that_is_not_empty_is_left_alone_without_force(samples_home, home, tmp_path):
    write_backup(samples_home, tmp_path / "b.zip")
    result = run("restore", tmp_path / "b.zip", "--home", home)
    assert result.exit_code == 1
    assert "is not empty" in result.stderr
    assert articles(home) == ["hujan", "pasar"]


def test_with_force_the_home_is_replaced_and_kept_beside(samples_home, home, tmp_path):
    (home / "index" / "000041").mkdir(parents=True)
    write_backup(samples_home, tmp_path / "b.zip")
    result = run("restore", tmp_path / "b.zip", "--home", home, "--force", "--json")
    assert result.exit_code == 0, result.output
    assert len(articles(home)) == 40
    assert current_name(home) == "000042"  # a page that is up sees that it is another one
    kept = Path(json.loads(result.stdout)["kept"])
    assert articles(kept) == ["hujan", "pasar"]
    assert [said["verdict"] for said in read_feedback(kept)] == ["good"]
    assert list(read_feedback(home)) == []


def modes(*paths: Path) -> list[int]:
    return [S_IMODE(path.stat().st_mode) for path in paths]


@pytest.mark.parametrize(("umask", "made"), [(0o022, 0o750), (0o077, 0o700)])
def test_a_home_that_is_made_is_for_its_owner_and_group_and_one_that_is_there_stays(
    tmp_path, umask, made
):
    usual, there = tmp_path / "deep" / "locked", tmp_path / "there"
    before = os.umask(umask)
    try:
        there.mkdir(0o755)
        Archive.open(tmp_path / "archive").close()
        for home in (usual, there):
            with writer_lock(home):
                pass
        Archive.open(there).close()
    finally:
        os.umask(before)
    assert modes(tmp_path / "archive", usual) == [made, made]
    assert modes(usual.parent, there) == [0o777 & ~umask, 0o755 & ~umask]


def test_a_restored_home_has_the_mode_of_the_one_that_was_there(samples_home, tmp_path):
    add_feedback(Path(shutil.copytree(samples_home, tmp_path / "from")), {"verdict": "up"})
    write_backup(tmp_path / "from", tmp_path / "w.zip")
    before = os.umask(0o022)
    try:
        for home, force in ((tmp_path / "new", []), (tmp_path / "old", ["--force"])):
            if force:
                shutil.copytree(samples_home, home)
                home.chmod(0o705)
            restored = run("restore", tmp_path / "w.zip", "--home", home, *force)
            assert restored.exit_code == 0, restored.output
    finally:
        os.umask(before)
    assert modes(tmp_path / "new", tmp_path / "old") == [0o750, 0o705]
    assert modes(tmp_path / "new" / NAME, tmp_path / "new" / FEEDBACK) == [0o644, 0o600]


def test_homes_replaced_in_the_same_second_are_all_kept(samples_home, home, tmp_path, monkeypatch):
    write_backup(samples_home, tmp_path / "b.zip")
    stopped = type("Stopped", (), {"now": lambda zone: datetime(2026, 3, 1, 12, tzinfo=zone)})
    monkeypatch.setattr(restore, "datetime", stopped)
    kept = [
        restore.restore(tmp_path / "b.zip", home, lambda _: EMBEDDER, force=True).kept
        for _ in range(3)
    ]
    assert [path.name.removeprefix(home.name) for path in kept] == [
        ".before-20260301-120000", ".before-20260301-120000-2", ".before-20260301-120000-3",
    ]  # fmt: skip
    assert [len(articles(path)) for path in kept] == [2, 40, 40]


def test_a_home_that_is_written_to_is_not_replaced(samples_home, home, tmp_path):
    write_backup(samples_home, tmp_path / "b.zip")
    with writer_lock(home):
        result = run("restore", tmp_path / "b.zip", "--home", home, "--force")
    assert result.exit_code == 3
    assert articles(home) == ["hujan", "pasar"]


def test_what_a_killed_restore_left_does_not_get_into_the_home(samples_home, tmp_path):
    write_backup(samples_home, tmp_path / "b.zip")
    left = tmp_path / ".new.restoring"
    (left / "index" / "000009").mkdir(parents=True)
    (left / NAME).write_text("half")
    assert run("restore", tmp_path / "b.zip", "--home", tmp_path / "new").exit_code == 0
    assert len(articles(tmp_path / "new")) == 40
    assert not left.exists()


def test_a_damaged_backup_is_refused_or_gives_every_byte_as_it_was(home, tmp_path):
    file, bad = tmp_path / "b.zip", tmp_path / "bad.zip"
    written = write_backup(home, file)
    data = file.read_bytes()
    with zipfile.ZipFile(file) as entries:
        begin = next(i for i in entries.infolist() if i.filename == NAME).header_offset
    places = range(begin + 60, len(data) - 600, 11)
    assert len(places) > 90
    damaged = [data[:at] + bytes([data[at] ^ 16]) + data[at + 1 :] for at in places]
    refused = 0
    for changed in [*damaged, data[: len(data) // 2], b"PK", b""]:
        bad.write_bytes(changed)
        try:
            with opened(bad) as (_, found):  # times and rights in the ZIP's own heads do not count
                assert found == written
        except InputError:
            refused += 1
    assert refused > 0.9 * len(places)
    result = run("restore", bad, "--home", home, "--force")
    assert result.exit_code == 1
    assert "is no backup of Warta" in result.stderr
    assert articles(home) == ["hujan", "pasar"]


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "models/000001/../../evil", "index/CURRENT", "models/000001/"]
)
def test_a_backup_names_nothing_outside_its_own_files(home, tmp_path, name):
    file, evil = tmp_path / "b.zip", tmp_path / "evil.zip"
    write_backup(home, file)
    with zipfile.ZipFile(file) as entries, zipfile.ZipFile(evil, "w") as into:
        fields = json.loads(entries.read(MANIFEST))
        fields["files"][name] = {"size": 0, "sha256": ""}
        into.writestr(MANIFEST, json.dumps(fields))
        into.writestr(NAME, entries.read(NAME))
        into.writestr(name, b"")
    with pytest.raises(InputError, match="does not hold what its manifest says"), opened(evil):
        pass


def test_an_entry_that_unpacks_to_more_than_it_says_is_refused(home, tmp_path):
    file, bomb = tmp_path / "b.zip", tmp_path / "bomb.zip"
    write_backup(home, file)
    with zipfile.ZipFile(file) as entries, zipfile.ZipFile(bomb, "w", 8) as into:
        for entry in entries.namelist():
            into.writestr(entry, bytes(50 << 20) if entry == NAME else entries.read(entry))
    with pytest.raises(InputError, match="not as it was written"), opened(bomb):
        pass


def test_of_a_damaged_archive_no_backup_is_written_and_the_last_one_stays(home, tmp_path):
    file = tmp_path / "b.zip"
    write_backup(home, file)
    before = file.read_bytes()
    with Archive.open(home) as archive:
        archive._db.execute("UPDATE versions SET text = 'Lain.' WHERE id = 'hujan'")
    with pytest.raises(ArchiveError, match=f"No backup of {home / NAME} was written: Version 1"):
        write_backup(home, file)
    (home / NAME).write_bytes((home / NAME).read_bytes()[:5000])
    with pytest.raises(ArchiveError) as refused:
        write_backup(home, file)
    assert str(tmp_path) in str(refused.value)
    assert ".b.zip" not in str(refused.value)  # where the copy was is of no use to anybody
    assert file.read_bytes() == before


def test_a_backup_of_nothing_or_to_nowhere_is_an_error(home, tmp_path):
    assert run("backup", tmp_path / "b.zip", "--home", tmp_path / "none").exit_code == 1
    assert not (tmp_path / "none").exists()
    result = run("backup", tmp_path / "no" / "b.zip", "--home", home)
    assert result.exit_code == 1
    assert "No such file" in result.stderr


def altered(home: Path, tmp_path: Path, statements: str) -> Path:
    """A backup whose archive was opened with another program, and whose manifest fits it."""
    file = tmp_path / "ubah.zip"
    write_backup(home, file)
    with opened(file) as (entries, _):
        entries.extractall(tmp_path / "out")
    archive = tmp_path / "out" / NAME
    with closing(sqlite3.connect(archive)) as db:
        db.executescript(statements)
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text())
    manifest["files"][NAME] = asdict(fingerprint_file(archive))
    (tmp_path / "out" / MANIFEST).write_text(json.dumps(manifest))
    with zipfile.ZipFile(file, "w") as into:
        for path in sorted(tmp_path.joinpath("out").rglob("*")):
            if path.is_file():
                into.write(path, path.relative_to(tmp_path / "out").as_posix())
    return file


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM articles; END", "trigger 't'"),
        ("CREATE VIEW w AS SELECT 1", "view 'w'"),
        ("CREATE TABLE extra (a)", "table 'extra'"),
        ("CREATE INDEX own ON runs (abs(started))", "index 'own'"),
        ("CREATE VIRTUAL TABLE v USING fts5(a)", "table 'v"),
        (
            "DROP TABLE versions; CREATE VIEW versions AS WITH RECURSIVE c(id) AS "
            "(SELECT 1 UNION ALL SELECT id + 1 FROM c) SELECT * FROM c",
            "view 'versions'",
        ),
        (
            "ALTER TABLE runs RENAME TO r; CREATE TABLE runs (run INTEGER PRIMARY KEY, started, "
            "seconds, roots, seen, indexed, unchanged, skipped, removed)",
            "table 'r",
        ),
    ],
)
def test_a_restored_archive_has_our_tables_and_nothing_else(home, tmp_path, statements, named):
    file = altered(home, tmp_path, statements)
    with pytest.raises(InputError, match=named):
        restore.restore(file, tmp_path / "baru", lambda folder: EMBEDDER)
    assert not (tmp_path / "baru").exists()
    assert not (tmp_path / ".baru.restoring").exists()


def test_an_archive_with_a_trigger_is_a_finding_and_is_not_written_to(samples_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(samples_home, home)
    with closing(sqlite3.connect(home / NAME)) as db:
        db.execute("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM articles; END")
    with pytest.raises(ArchiveError, match="trigger 't'"):
        Archive.open(home)
    (found,) = (item for item in check(home).findings if "archive" in item.what)
    assert "trigger 't'" in found.what
    repaired = repair(Settings(home=home), lambda *_: None)
    assert repaired.findings == ()
    with Archive.open(home) as archive:
        archive.begin_run(["x"])
        assert len(archive) == 40


def test_a_backup_that_does_not_fit_is_refused_before_it_is_unpacked(home, tmp_path, monkeypatch):
    file = tmp_path / "cadangan.zip"
    size = write_backup(home, file).size
    monkeypatch.setattr("shutil.disk_usage", lambda path: _Usage(free=2 * size))
    monkeypatch.setattr("warta.assistant.upkeep.backup.unpack", None)
    with pytest.raises(DiskError, match=f"unpacks to {size:,} bytes"):
        restore.restore(file, tmp_path / "baru", lambda folder: EMBEDDER)
    assert sorted(path.name for path in tmp_path.iterdir() if "baru" in path.name) == []


@dataclass
class _Usage:
    free: int


def test_a_restore_that_the_disk_ends_leaves_nothing_of_itself(home, tmp_path, monkeypatch):
    file = tmp_path / "cadangan.zip"
    write_backup(home, file)

    def full(entries, contents, folder):
        (folder / "half").write_bytes(bytes(100))
        raise OSError(28, "No space left on device", str(folder / "half"))

    monkeypatch.setattr("warta.assistant.upkeep.backup.unpack", full)
    with pytest.raises(DiskError, match="No space left on device"):
        restore.restore(file, tmp_path / "baru", lambda folder: EMBEDDER)
    assert not (tmp_path / ".baru.restoring").exists()


def test_an_entry_that_says_another_size_than_the_manifest_is_refused_unread(home, tmp_path):
    file = tmp_path / "cadangan.zip"
    write_backup(home, file)
    with opened(file) as (entries, _):
        kept = {name: entries.read(name) for name in entries.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as into:
        for name, data in kept.items():
            into.writestr(name, data + bytes(50_000_000) * (name == NAME))
    with pytest.raises(InputError, match="says that it unpacks to 50,"), opened(file):
        pass
