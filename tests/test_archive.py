import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.archive.database import connect
from warta.corpus.archive.rows import Counts, pack
from warta.corpus.article import Article, Record, Skipped
from warta.corpus.errors import ArchiveError, InputError, LockedError

PASAR = Article(
    id="pasar",
    title="Pasar baru dibuka",
    text="Wali kota membuka pasar baru.\nWarga datang sejak pagi.",
    published=date(2024, 5, 3),
    source="Kabar Rimba",
    url="https://kabar.example/pasar",
    language="id",
    origin="/berita/pasar.txt",
    removed=("Scroll to Top", "Baca juga: Harga beras"),
    date_note="field 2024-05-03, text 2024-05-02: the field was taken",
)
HUJAN = Article(id="hujan", title="", text="Hujan turun.", origin="/berita/lama/hujan.txt")


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "home") as opened:
        yield opened


def versions(archive, id_):
    return [version.article for version in archive.history(id_)]


def test_what_is_put_comes_back_whole_in_id_order(archive):
    archive.put_many([(PASAR, "f1"), (HUJAN, "f2")])
    assert list(archive.articles()) == [HUJAN, PASAR]
    assert list(archive.articles(["pasar", "unknown"])) == [PASAR]
    assert archive.get("pasar") == PASAR
    assert archive.fingerprints() == {"hujan": "f2", "pasar": "f1"}
    assert archive.hashes() == {"hujan": HUJAN.content_hash, "pasar": PASAR.content_hash}
    assert archive.places() == {"hujan": HUJAN.origin, "pasar": PASAR.origin}
    assert len(archive) == 2


def test_what_is_put_is_there_after_opening_again(tmp_path):
    with Archive.open(tmp_path) as archive:
        archive.put(PASAR, "f1")
    with Archive.open(tmp_path, readonly=True) as archive:
        assert list(archive.articles()) == [PASAR]
        assert archive.check() == []


def test_a_changed_article_becomes_a_new_version_and_the_old_one_stays(tmp_path):
    moments = iter([datetime(2024, 5, 3, 8, tzinfo=UTC), datetime(2024, 5, 4, 9, tzinfo=UTC)])
    connection = connect(tmp_path / NAME)
    with Archive(connection, tmp_path / NAME, now=lambda: next(moments)) as archive:
        ralat = replace(PASAR, text="Ralat: wakil wali kota membuka pasar baru.")
        archive.put(PASAR, "f1")
        archive.put(ralat, "f2")
        assert archive.get("pasar") == ralat
        assert versions(archive, "pasar") == [PASAR, ralat]
        assert [(v.number, v.read_at.day) for v in archive.history("pasar")] == [(1, 3), (2, 4)]
        assert archive.fingerprints() == {"pasar": "f2"}


def test_the_same_content_again_makes_no_version_but_takes_the_new_notes(archive):
    archive.put(PASAR, "f1")
    moved = replace(PASAR, origin="/lain/pasar.txt", removed=("Iklan",), date_note="")
    archive.put(moved, "f2")
    assert versions(archive, "pasar") == [moved]
    assert archive.places() == {"pasar": "/lain/pasar.txt"}
    assert archive.fingerprints() == {"pasar": "f2"}


def test_a_return_to_an_older_content_is_a_version_of_its_own(archive):
    changed = replace(PASAR, title="Pasar")
    for article in (PASAR, changed, PASAR):
        archive.put(article, "f")
    assert versions(archive, "pasar") == [PASAR, changed, PASAR]


def test_a_forgotten_article_is_not_live_but_kept_and_can_come_back(archive):
    archive.put_many([(PASAR, "f1"), (HUJAN, "f2")])
    archive.forget(["pasar", "unknown"])
    assert list(archive.articles()) == [HUJAN]
    assert archive.fingerprints() == {"hujan": "f2"}
    assert archive.get("pasar") == PASAR
    archive.put(PASAR, "f1")
    assert list(archive.articles()) == [HUJAN, PASAR]
    assert versions(archive, "pasar") == [PASAR]


def test_an_article_never_seen_is_an_error_with_its_id(archive):
    with pytest.raises(InputError, match="no article 'x'"):
        archive.get("x")
    assert archive.history("x") == []


def test_removed_lines_and_date_notes_can_be_listed(archive):
    archive.put_many([(PASAR, "f1"), (HUJAN, "f2")])
    assert archive.get("pasar").removed == ("Scroll to Top", "Baca juga: Harga beras")
    assert archive.date_notes() == {"pasar": PASAR.date_note}


def test_pruning_drops_what_left_the_folder_and_nothing_outside_it(archive):
    articles = {
        "kept": "/berita/kept.txt",
        "left": "/berita/left.txt",
        "deep": "/berita/2024/deep.txt",
        "beside": "/berita-lain/beside.txt",
        "feed": "https://kabar.example/rss",
    }
    for id_, origin in articles.items():
        archive.put(Article(id_, "", "Isi.", origin=origin), "f")
    archive.begin_run(["/berita", "https://kabar.example/rss"])
    assert archive.prune({"kept"}, ["/berita/", "https://kabar.example/rss"]) == ["deep", "left"]
    assert sorted(archive.hashes()) == ["beside", "feed", "kept"]


def test_pruning_keeps_the_articles_of_what_could_not_be_read(archive):
    for n in range(3):
        archive.put(Article(f"row{n}", "", "Isi.", origin="/berita/a.jsonl.gz"), "f")
    archive.put(Article("locked", "", "Isi.", origin="/berita/locked/a.txt"), "f")
    archive.put(Article("line", "", "Isi.", origin="/berita/b.jsonl"), "f")
    archive.begin_run(["/berita"])
    archive.skip(
        [
            Skipped("/berita/a.jsonl.gz", 2, "cut off", "", rest=True),
            Skipped("/berita/locked", None, "no rights", "", rest=True),
            Skipped("/berita/b.jsonl", 7, "not JSON", ""),
        ]
    )
    assert archive.prune({"row0"}, ["/berita"]) == ["line"]


def test_the_skipped_of_the_last_run_over_each_origin_are_listed(archive):
    first = [Skipped("/a/x.jpg", None, "picture", "convert"), Skipped("/b/y.csv", 3, "bad", "mend")]
    archive.begin_run(["/a", "/b"])
    archive.skip(first)
    archive.end_run(Counts(seen=2, skipped=2))
    assert archive.skipped() == first
    again = Skipped("/a/z.jpg", None, "picture", "convert")
    archive.begin_run(["/a"])
    archive.skip([again])
    archive.end_run(Counts(seen=1, skipped=1))
    assert archive.skipped() == [again, first[1]]
    archive.begin_run(["/b/y.csv"])
    archive.end_run(Counts(seen=3, unchanged=3))
    assert archive.skipped() == [again]


def test_an_interrupted_run_settles_nothing_and_has_no_duration(archive):
    old = Skipped("/a/x.jpg", None, "picture", "convert")
    archive.begin_run(["/a"])
    archive.skip([old])
    archive.end_run(Counts(seen=1, skipped=1))
    archive.finish_run(41.25)
    archive.begin_run(["/a"])
    assert archive.skipped() == [old]
    interrupted, whole = archive.runs()
    assert (interrupted.seconds, interrupted.was_read) == (None, False)
    assert (whole.seconds, whole.was_read) == (41.25, True)
    assert whole.counts == Counts(seen=1, skipped=1)
    assert whole.roots == ("/a",)


def test_a_batch_that_fails_leaves_nothing_of_itself(archive):
    broken = Article("broken", "", "satu \ud800")
    with pytest.raises(ArchiveError, match="cannot be stored"):
        archive.put_many([(PASAR, "f1"), (broken, "f2")])
    assert len(archive) == 0
    archive.put(PASAR, "f1")
    assert len(archive) == 1


def test_readers_see_whole_batches_while_another_writes(tmp_path):
    with Archive.open(tmp_path) as writer, Archive.open(tmp_path, readonly=True) as reader:
        writer.put(HUJAN, "f")
        found = reader.articles()
        assert next(found) == HUJAN
        writer.put(PASAR, "f")
        assert list(found) == []
        assert list(reader.articles()) == [HUJAN, PASAR]
        with pytest.raises(ArchiveError, match="cannot be opened or written"):
            reader.put(PASAR, "f")


def test_a_second_writer_is_told_that_the_archive_is_locked(tmp_path, archive):
    connection = sqlite3.connect(archive.path, timeout=0, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    archive._db.execute("PRAGMA busy_timeout = 0")
    with pytest.raises(LockedError, match="Another process is writing"):
        archive.put(PASAR, "f")
    connection.close()
    archive.put(PASAR, "f")


def test_reading_where_there_is_no_archive_says_what_to_do(tmp_path):
    with pytest.raises(ArchiveError, match=r"no archive at .* Run warta index"):
        Archive.open(tmp_path, readonly=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"not a database at all, but text", b"\x00" * 5000])
def test_a_file_that_is_no_database_is_refused(tmp_path, content):
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(ArchiveError, match="is not a Warta archive"):
        Archive.open(tmp_path)
    assert (tmp_path / NAME).read_bytes() == content


def test_another_programs_database_is_refused_and_left_alone(tmp_path):
    other = sqlite3.connect(tmp_path / NAME)
    other.execute("CREATE TABLE kontak (nama TEXT)")
    other.close()
    before = (tmp_path / NAME).read_bytes()
    for readonly in (False, True):
        with pytest.raises(ArchiveError, match="is not a Warta archive"):
            Archive.open(tmp_path, readonly)
    assert (tmp_path / NAME).read_bytes() == before


@pytest.mark.parametrize(("number", "remedy"), [(99, "Upgrade Warta"), (0, "Index the articles")])
def test_another_format_is_refused_with_the_remedy(tmp_path, number, remedy):
    with Archive.open(tmp_path) as archive:
        archive._db.execute(f"PRAGMA user_version = {number}")
    with pytest.raises(ArchiveError, match=f"has format {number};.*{remedy}"):
        Archive.open(tmp_path)


def test_an_empty_file_left_by_a_killed_first_run_becomes_an_archive(tmp_path):
    (tmp_path / NAME).touch()
    with Archive.open(tmp_path) as archive:
        archive.put(PASAR, "f")
        assert len(archive) == 1


def test_the_check_finds_a_text_that_was_changed_behind_our_back(archive):
    archive.put_many([(PASAR, "f1"), (HUJAN, "f2")])
    assert archive.check() == []
    archive._db.execute("UPDATE versions SET text = 'Hujan reda.' WHERE id = 'hujan'")
    archive._db.execute("DELETE FROM versions WHERE id = 'pasar'")
    assert [finding.what for finding in archive.check()] == [
        "Version 1 of article 'hujan' does not match its hash.",
        "The newest version of article 'pasar' is missing.",
    ]


def test_a_damaged_page_is_reported_by_the_check_and_never_a_traceback(tmp_path):
    with Archive.open(tmp_path) as archive:
        archive.put_many((Article(f"a{n}", "", f"Isi {n}. " * 50), "f") for n in range(500))
    path: Path = tmp_path / NAME
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096, 3):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(data)
    with Archive.open(tmp_path, readonly=True) as archive:
        assert archive.check() != []
        with pytest.raises(ArchiveError, match="is damaged"):
            list(archive.articles())


def test_a_backup_taken_while_writing_goes_on_is_a_whole_archive(tmp_path, archive):
    archive.put(PASAR, "f1")
    target = tmp_path / "copy" / NAME
    target.parent.mkdir()
    archive.backup(target)
    archive.put(HUJAN, "f2")
    assert [path.name for path in target.parent.iterdir()] == [NAME]
    with Archive.open(target.parent) as copy:
        assert list(copy.articles()) == [PASAR]
        assert copy.check() == []


def test_a_backup_to_nowhere_is_an_error(tmp_path, archive):
    with pytest.raises(ArchiveError, match="cannot be"):
        archive.backup(tmp_path / "missing" / "copy.sqlite")


def test_a_home_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match="cannot be used"):
        Archive.open(tmp_path / "file" / "home")


RECORD = Record(
    id="pasar", title="Pasar Melati dibuka", text="<p>Pasar dibuka.</p>", date="2019-09-05",
    source="", url="", origin="pasar.html", line=None, format="html", fingerprint="f1",
)  # fmt: skip


def test_what_an_article_was_made_from_is_kept_and_replaced_with_it(archive):
    archive.put_many([(PASAR, "f1"), (HUJAN, "f2")], {"pasar": pack(RECORD)})
    assert archive.original("pasar") == RECORD
    assert archive.original("hujan") is None
    archive.put(PASAR, "f3")
    assert archive.original("pasar") == RECORD
    newer = replace(RECORD, text="<p>Pasar ditutup.</p>")
    archive.put_many([(PASAR, "f4")], {"pasar": pack(newer)})
    assert archive.original("pasar") == newer


def test_a_damaged_original_is_taken_for_none(archive, caplog):
    archive.put_many([(PASAR, "f1")], {"pasar": b"\x00nothing packed"})
    assert archive.original("pasar") is None
    assert "index its file again" in caplog.text


def test_an_archive_of_the_first_format_is_read_as_it_is_and_grows_when_written(tmp_path):
    with Archive.open(tmp_path) as archive:
        archive.put(PASAR, "f")
        for table in ("originals", "updates"):
            archive._db.execute(f"DROP TABLE {table}")
        archive._db.execute("PRAGMA user_version = 1")
    with Archive.open(tmp_path, readonly=True) as archive:
        assert archive.get("pasar") == PASAR
    with Archive.open(tmp_path) as archive:
        assert archive.get("pasar") == PASAR
        archive.put_many([(PASAR, "f")], {"pasar": pack(RECORD)})
        assert archive.original("pasar") == RECORD
