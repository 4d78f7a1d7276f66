"""Which snapshot is live, what happens to damaged ones, and what a commit leaves behind."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from homes import article, fill

from warta.corpus.errors import DamagedSnapshot, NoSnapshot
from warta.index.snapshot import shelf
from warta.index.snapshot.durable import writer_lock
from warta.index.snapshot.shelf import check, current_name, names, open_snapshot, point
from warta.index.snapshot.snapshot import Snapshot

ARTICLES = [
    article("a", "Banjir melanda Jakarta sejak Senin pagi."),
    article("b", "Gempa mengguncang Ambon pada Kamis."),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path / "home", ARTICLES[:1])
    fill(tmp_path / "home", ARTICLES)
    return tmp_path / "home"


def _files(home: Path) -> list[Path]:
    return sorted(path for path in (home / "index" / "000002").rglob("*") if path.is_file())


def test_the_last_two_snapshots_are_kept(home: Path) -> None:
    fill(home, ARTICLES[1:])
    assert current_name(home) == "000003"
    assert names(home) == ["000003", "000002"]
    assert sorted(path.name for path in (home / "index").iterdir()) == [
        "000002",
        "000003",
        "CURRENT",
        "LOCK",
    ]


def test_the_live_one_is_opened_without_a_warning(home: Path) -> None:
    opened = open_snapshot(home)
    assert (opened.snapshot.name, opened.warning) == ("000002", "")
    assert check(home) == []


def test_nothing_indexed_yet_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshot, match="There is no index"):
        open_snapshot(tmp_path)


def test_damage_to_any_file_falls_back_to_the_snapshot_before(home: Path) -> None:
    files = _files(home)
    assert len(files) >= 10
    for path in files:
        data = path.read_bytes()
        for changed in (data[: len(data) // 2], bytes(len(data)), data + b"x"):
            if changed == data:
                continue
            path.write_bytes(changed)
            opened = open_snapshot(home)
            assert opened.snapshot.name == "000001"
            assert str(path) in opened.warning or "000002" in opened.warning
            assert len(check(home)) == 1
        path.unlink()
        assert open_snapshot(home).snapshot.name == "000001"
        path.write_bytes(data)
    assert open_snapshot(home).snapshot.name == "000002"


@pytest.mark.parametrize("text", [b"", b"2\n", b"000009\n", b"../../etc\n", b"000002 \n", b"\xff"])
def test_a_damaged_pointer_leads_to_the_newest_intact_snapshot(home: Path, text: bytes) -> None:
    (home / "index" / "CURRENT").write_bytes(text)
    opened = open_snapshot(home)
    assert opened.snapshot.name == "000002"
    assert "Using snapshot 000002" in opened.warning
    assert check(home) != []


def test_a_missing_pointer_leads_to_the_newest_intact_snapshot(home: Path) -> None:
    (home / "index" / "CURRENT").unlink()
    assert open_snapshot(home).snapshot.name == "000002"


def test_a_missing_pointer_is_named_where_there_are_snapshots(home: Path) -> None:
    (home / "index" / "CURRENT").unlink()
    assert [finding.what for finding in check(home)] == [f"{home}/index/CURRENT is missing."]
    shutil.rmtree(home / "index")
    assert [finding.what for finding in check(home)] == [f"There is no index in {home}."]


def test_files_of_another_snapshot_are_refused(home: Path) -> None:
    for name in ("vectors.faiss", "passages.sqlite", "tokens.npy", "MANIFEST.json"):
        kept = (home / "index" / "000002" / name).read_bytes()
        shutil.copy(home / "index" / "000001" / name, home / "index" / "000002" / name)
        assert open_snapshot(home).snapshot.name == "000001"
        (home / "index" / "000002" / name).write_bytes(kept)


def test_with_everything_damaged_nothing_is_served_and_the_next_build_mends_it(home: Path) -> None:
    for name in ("000001", "000002"):
        (home / "index" / name / "vectors.faiss").write_bytes(b"junk")
    with pytest.raises(NoSnapshot, match=r"No intact index.*Run `warta check --repair`"):
        open_snapshot(home)
    report = fill(home, ARTICLES)
    assert (report.snapshot, report.changed, report.embedded) == ("000003", True, 2)
    assert open_snapshot(home).warning == ""
    assert names(home) == ["000003"]


def test_a_damaged_live_snapshot_is_built_again_from_the_one_before(home: Path) -> None:
    (home / "index" / "000002" / "vectors.faiss").write_bytes(b"junk")
    report = fill(home, ARTICLES)
    assert (report.snapshot, report.embedded) == ("000003", 1)
    assert names(home) == ["000003", "000001"]
    assert check(home) == []


def test_the_rest_of_an_interrupted_build_is_ignored_named_and_removed(home: Path) -> None:
    half = home / "index" / "000003"
    (half / "terms").mkdir(parents=True)
    (half / "passages.sqlite").write_bytes(b"half")
    (home / "index" / "CURRENT.tmp").write_text("0000")
    assert open_snapshot(home).warning == ""
    assert ["interrupted" in finding.what for finding in check(home)] == [True]
    fill(home, ARTICLES)
    assert not half.exists()
    assert not (home / "index" / "CURRENT.tmp").exists()


def test_a_build_under_way_is_no_finding(home: Path) -> None:
    with writer_lock(home):
        (home / "index" / "000003").mkdir()
        assert check(home) == []
    assert len(check(home)) == 1


def test_damage_is_a_finding_also_while_a_build_is_under_way(home: Path) -> None:
    with writer_lock(home):
        (home / "index" / "000001" / "vectors.faiss").unlink()
        (home / "index" / "000002" / "MANIFEST.json").unlink()
        assert [finding.what.split("/index/")[1][:6] for finding in check(home)] == [
            "000002", "000001",
        ]  # fmt: skip


def _meanwhile(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    before: Callable[[], None],
    after: Callable[[], None],
) -> list[str]:
    """Let a builder go on just before and just after snapshot `name` is first opened."""
    opened: list[str] = []

    def step(folder: Path) -> Snapshot:
        opened.append(folder.name)
        if opened.count(folder.name) > 1 or folder.name != name:
            return Snapshot.open(folder)
        before()
        try:
            return Snapshot.open(folder)
        finally:
            after()

    monkeypatch.setattr(shelf, "Snapshot", type("Stepped", (), {"open": staticmethod(step)}))
    return opened


def _nothing() -> None:
    pass


def test_a_snapshot_that_goes_live_while_it_is_checked_is_no_finding(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = home / "index" / "000002" / "MANIFEST.json"
    data = manifest.read_bytes()

    def commit() -> None:
        manifest.write_bytes(data)
        point(home, "000002")

    for written, go_on in ((b"", commit), (None, commit), (None, lambda: manifest.touch())):
        point(home, "000001")
        manifest.write_bytes(written) if written is not None else manifest.unlink()
        with writer_lock(home), monkeypatch.context() as patch:
            opened = _meanwhile(patch, "000002", _nothing, go_on)
            assert check(home) == []
        assert opened.count("000002") == 2


def test_a_manifest_that_is_just_being_written_is_no_finding(home: Path) -> None:
    point(home, "000001")
    (home / "index" / "000002" / "MANIFEST.json").write_bytes(b"")
    with writer_lock(home):
        assert check(home) == []
    assert len(check(home)) == 1


def test_a_snapshot_that_is_removed_while_it_is_checked_is_no_finding(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = home / "index" / "000001"

    def removed(whole: bool) -> None:
        with writer_lock(home):
            (old / "MANIFEST.json").unlink()
            (old / "vectors.faiss").unlink()
            if whole:
                shutil.rmtree(old)

    kept = home / "kept"
    shutil.copytree(old, kept)
    for whole in (False, True):
        shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(kept, old)
        with monkeypatch.context() as patch:
            opened = _meanwhile(patch, "000001", lambda gone=whole: removed(gone), _nothing)
            assert ["interrupted" in found.what for found in check(home)] == [True] * (not whole)
        assert opened.count("000001") == 2


def test_damage_is_found_also_where_a_builder_never_rests(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def step(folder: Path) -> Snapshot:
        opened.append(folder.name)
        point(home, current_name(home))
        (folder / "MANIFEST.json").touch()
        raise DamagedSnapshot(f"{folder} is damaged.")

    monkeypatch.setattr(shelf, "Snapshot", type("Stepped", (), {"open": staticmethod(step)}))
    assert [found.what[-18:] for found in check(home)] == [
        "000002 is damaged.",
        "000001 is damaged.",
    ]
    assert 2 < len(opened) < 20


def test_a_snapshot_removed_while_it_is_opened_is_followed_by_the_newest_without_a_warning(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, ARTICLES[1:])
    point(home, "000002")

    def commit_and_remove() -> None:
        point(home, "000003")
        shutil.rmtree(home / "index" / "000002")

    _meanwhile(monkeypatch, "000002", commit_and_remove, _nothing)
    opened = open_snapshot(home)
    assert (opened.snapshot.name, opened.warning) == ("000003", "")


def test_a_name_is_never_used_twice(home: Path) -> None:
    (home / "index" / "000041").mkdir()
    assert fill(home, ARTICLES[1:]).snapshot == "000042"
