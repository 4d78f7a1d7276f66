"""A run over what did not change says the same as the one that read it, without reading."""

import json
import time
from pathlib import Path

import pytest
from homes import EMBEDDER

from warta.corpus.archive.archive import Archive
from warta.index.building.ingest import SEEN, IndexReport, LastRun, glance, index_paths, last_run

TEXT = "Pasar Sagara dibuka kembali pada hari Senin setelah diperbaiki selama tiga bulan penuh."


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders of two articles and a file that cannot be read, none of them just written."""
    made = [tmp_path_factory.mktemp("aged") / "news" for _ in range(4)]
    for folder in made:
        folder.mkdir()
        for name in ("satu", "dua"):
            (folder / f"{name}.txt").write_text(f"Berita {name}\n\n{TEXT} Kata {name}.", "utf-8")
        (folder / "gambar.png").write_bytes(b"\x89PNG")
    time.sleep(2.1)
    return made


@pytest.fixture
def news(folders: list[Path]) -> Path:
    """A folder that no other test has used."""
    return folders.pop()


def index(news: Path, prune: bool = False) -> IndexReport:
    return index_paths(news.parent / "home", [news], embedder=EMBEDDER, prune=prune)


def was_read(news: Path) -> bool:
    """Whether the next run will read: it has nothing to go by."""
    home = news.parent / "home"
    with Archive.open(home, readonly=True) as archive:
        seen = glance([news], {"fields": {}, "source": "", "prune": False}, ())
        return last_run(home, archive, seen) is None


def counts(report: IndexReport) -> tuple[int, int, int, int, int]:
    return (*(report.seen, report.indexed, report.unchanged), report.skipped, report.removed)


def test_a_run_over_unchanged_files_says_the_same_of_each(news: Path) -> None:
    first = index(news)
    assert counts(first) == (3, 2, 0, 1, 0)
    assert not was_read(news)
    home = news.parent / "home"
    with Archive.open(home, readonly=True) as archive:
        skipped = archive.skipped()
        assert len(skipped) == 1
    for _ in range(2):
        again = index(news)
        assert counts(again) == (3, 0, 2, 1, 0)
        assert again.snapshot == first.snapshot
        with Archive.open(home, readonly=True) as archive:
            assert archive.skipped() == skipped
            assert archive.runs()[0].counts.unchanged == 2


def test_a_changed_new_or_vanished_file_is_seen(news: Path) -> None:
    index(news)
    (news / "satu.txt").write_text(f"Berita satu\n\n{TEXT} Kata siapa.", "utf-8")
    assert was_read(news)
    assert counts(index(news)) == (3, 1, 1, 1, 0)
    (news / "tiga.txt").write_text(f"Berita tiga\n\n{TEXT} Lain lagi.", "utf-8")
    assert counts(index(news)) == (4, 1, 2, 1, 0)
    (news / "dua.txt").unlink()
    assert counts(index(news)) == (3, 0, 2, 1, 0)
    assert counts(index(news, prune=True)) == (3, 0, 2, 1, 1)


def test_a_file_that_was_just_written_is_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "satu.txt").write_text(f"Berita satu\n\n{TEXT}", "utf-8")
    index(folder)
    assert was_read(folder)
    assert counts(index(folder)) == (1, 0, 1, 0, 0)


def test_another_archive_or_a_damaged_note_is_no_last_run(news: Path) -> None:
    index(news)
    path = news.parent / "home" / "index" / SEEN
    whole = path.read_bytes()
    fields = json.loads(whole)
    (entry,) = fields["runs"].values()
    entry[2] = 4
    path.write_text(json.dumps(fields))
    assert was_read(news)
    path.write_bytes(whole)
    assert not was_read(news)
    with Archive.open(news.parent / "home") as archive:
        archive.forget(["satu"])
    assert was_read(news)
    assert counts(index(news)) == (3, 1, 1, 1, 0)


def test_other_options_are_another_run_and_feeds_are_always_fetched(news: Path) -> None:
    plain = {"fields": {}, "source": "", "prune": False}
    assert glance([news], plain, ()) == glance([news], plain, ())
    assert (
        glance([news], {**plain, "source": "Sagara"}, ()).asked != glance([news], plain, ()).asked
    )
    assert glance([news], plain, ("x",)).asked != glance([news], plain, ()).asked
    assert glance([news, "https://example.org/feed.xml"], plain, ()).files == ""
    assert LastRun(3, 1) == LastRun(seen=3, skipped=1)
