"""`index_paths`: what was seen is accounted for, and what did not change is left alone."""

import json
from pathlib import Path

import pytest
from homes import EMBEDDER

from warta.corpus.archive.archive import Archive
from warta.corpus.errors import EmbedderMismatch, InputError, LockedError, SnapshotError
from warta.index.building.ingest import IndexReport, index_paths
from warta.index.embedding.embedder import LengthEmbedder
from warta.index.search.retriever import Retriever
from warta.index.snapshot.durable import writer_lock
from warta.index.snapshot.shelf import open_snapshot


def _row(number: int, text: str = "") -> dict[str, str]:
    return {
        "id": f"n{number}",
        "title": f"Berita nomor {number}",
        "text": text or f"Warga kampung {number} menggelar pasar murah pada hari Senin.",
        "date": "2019-09-10",
        "source": "Contoh.id",
    }


def _write(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _index(home: Path, *paths: Path, prune: bool = False) -> IndexReport:
    report = index_paths(home, paths, embedder=EMBEDDER, prune=prune)
    assert report.indexed + report.unchanged + report.skipped == report.seen
    return report


def _counts(report: IndexReport) -> tuple[int, int, int, int, int]:
    return (report.seen, report.indexed, report.unchanged, report.skipped, report.removed)


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return _write(tmp_path / "news.jsonl", [_row(n) for n in range(5)])


def test_a_second_run_changes_nothing(tmp_path: Path, news: Path) -> None:
    first = _index(tmp_path / "home", news)
    assert (_counts(first), first.snapshot) == ((5, 5, 0, 0, 0), "000001")
    second = _index(tmp_path / "home", news)
    assert (_counts(second), second.snapshot) == ((5, 0, 5, 0, 0), "000001")


def test_articles_that_retire_are_never_live_beside_those_that_came(
    tmp_path: Path, news: Path
) -> None:
    home = tmp_path / "home"
    own = _write(tmp_path / "own.jsonl", [_row(7)])
    _index(home, news)
    seen = []

    def look(stage: str, done: int, total: int) -> None:
        seen.append(sorted(open_snapshot(home).snapshot.texts.hashes()))

    retiring = {f"n{number}" for number in range(5)} | {"never seen"}
    report = index_paths(home, [own], embedder=EMBEDDER, retiring=retiring, progress=look)
    assert (report.retired, report.snapshot) == (5, "000002")
    assert seen
    assert all(ids == ["n0", "n1", "n2", "n3", "n4"] for ids in seen)
    assert sorted(open_snapshot(home).snapshot.texts.hashes()) == ["n7"]


def test_nothing_retires_for_a_run_that_took_nothing(tmp_path: Path, news: Path) -> None:
    _index(tmp_path / "home", news)
    empty = _write(tmp_path / "empty.jsonl", [])
    report = index_paths(tmp_path / "home", [empty], embedder=EMBEDDER, retiring={"n1"})
    assert (report.retired, report.snapshot) == (0, "000001")


def test_only_what_changed_is_taken_in_again(tmp_path: Path, news: Path) -> None:
    _index(tmp_path / "home", news)
    rows = [_row(n) for n in range(6)]
    rows[2] = _row(2, "Jembatan baru diresmikan wali kota pada hari Selasa.")
    report = _index(tmp_path / "home", _write(news, rows))
    assert (_counts(report), report.snapshot) == ((6, 2, 4, 0, 0), "000002")
    hit = Retriever(EMBEDDER, tmp_path / "home").retrieve("jembatan diresmikan")[0]
    assert hit.article.id == "n2"
    with Archive.open(tmp_path / "home", readonly=True) as archive:
        assert len(archive.history("n2")) == 2


def test_what_cannot_be_read_is_listed_and_the_rest_goes_on(tmp_path: Path, news: Path) -> None:
    with news.open("a", encoding="utf-8") as file:
        file.write("{broken\n" + json.dumps(_row(9, "  ")) + "\n" + json.dumps(_row(7)) + "\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    report = _index(tmp_path / "home", news, tmp_path / "picture.png")
    assert _counts(report) == (9, 6, 0, 3, 0)
    with Archive.open(tmp_path / "home", readonly=True) as archive:
        skipped = archive.skipped()
    assert [(Path(item.origin).name, item.line) for item in skipped] == [
        ("news.jsonl", 6),
        ("news.jsonl", 7),
        ("picture.png", None),
    ]
    assert all(item.reason for item in skipped)
    assert _counts(_index(tmp_path / "home", news, tmp_path / "picture.png")) == (9, 0, 6, 3, 0)


def test_what_left_the_folder_goes_only_when_asked(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(3):
        text = f"Warga kampung {number} menggelar pasar murah pada hari Senin."
        (folder / f"berita-{number}.txt").write_text(text, encoding="utf-8")
    _index(tmp_path / "home", folder)
    (folder / "berita-1.txt").unlink()
    assert _counts(_index(tmp_path / "home", folder)) == (2, 0, 2, 0, 0)
    assert _counts(_index(tmp_path / "home", folder, prune=True)) == (2, 0, 2, 0, 1)
    covered = Retriever(EMBEDDER, tmp_path / "home").view().coverage()
    assert covered.articles == 2


def test_a_folder_without_a_file_prunes_nothing_for_its_disk_may_not_be_mounted(
    tmp_path: Path, news: Path
) -> None:
    folder = tmp_path / "disk" / "articles"
    folder.mkdir(parents=True)
    _write(folder / "more.jsonl", [_row(n) for n in range(5, 8)])
    _index(tmp_path / "home", news, folder)
    (folder / "more.jsonl").unlink()
    assert _counts(_index(tmp_path / "home", news, folder.parent, prune=True)) == (5, 0, 5, 0, 0)
    (folder / "other.txt").write_text("Warga kampung menggelar pasar murah.", encoding="utf-8")
    assert _counts(_index(tmp_path / "home", news, folder.parent, prune=True)) == (6, 1, 5, 0, 3)


def test_many_articles_are_cleaned_in_other_processes(tmp_path: Path) -> None:
    path = _write(tmp_path / "many.jsonl", [_row(n) for n in range(600)])
    assert _counts(_index(tmp_path / "home", path)) == (600, 600, 0, 0, 0)
    assert _counts(_index(tmp_path / "home", path)) == (600, 0, 600, 0, 0)


def test_a_missing_path_is_named_and_no_home_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing"):
        _index(tmp_path / "home", tmp_path / "missing")
    assert not (tmp_path / "home").exists()


def test_nothing_readable_makes_no_snapshot(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"\x89PNG")
    report = _index(tmp_path / "home", tmp_path / "pictures")
    assert (_counts(report), report.snapshot) == ((1, 0, 0, 1, 0), "")


def test_another_writer_is_named_before_anything_is_read(tmp_path: Path, news: Path) -> None:
    with writer_lock(tmp_path / "home"), pytest.raises(LockedError):
        _index(tmp_path / "home", news)


def test_another_embedder_is_refused_before_anything_is_read(tmp_path: Path, news: Path) -> None:
    _index(tmp_path / "home", news)
    with pytest.raises(EmbedderMismatch):
        index_paths(tmp_path / "home", [news], embedder=LengthEmbedder(9))
    report = index_paths(tmp_path / "home", [news], embedder=LengthEmbedder(9), new_embedder=True)
    assert (report.unchanged, report.snapshot) == (5, "000002")


def test_an_interrupted_run_is_finished_by_the_next(
    tmp_path: Path, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warta.index.building import ingest

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "build_locked", interrupted)
        with pytest.raises(KeyboardInterrupt):
            _index(tmp_path / "home", news)
    report = _index(tmp_path / "home", news)
    assert (_counts(report), report.snapshot) == ((5, 0, 5, 0, 0), "000001")


def test_an_outlet_given_once_stays_until_the_file_names_another(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "pasar.txt"

    def index(text: str, source: str = "") -> tuple[str, str]:
        file.write_text(text)
        index_paths(home, [file], embedder=EMBEDDER, source=source)
        with Archive.open(home, readonly=True) as archive:
            (found,) = archive.articles()
            return found.source, found.text

    opening = "Pasar murah digelar di balai kota pada hari Senin."
    assert index(opening, "Kabar Teluk") == ("Kabar Teluk", opening)
    assert index(opening) == ("Kabar Teluk", opening)
    longer = f"{opening} Warga antre sejak pagi."
    assert index(longer) == ("Kabar Teluk", longer)
    assert index(longer, "Harian Laguna")[0] == "Harian Laguna"
    file.unlink()
    named = {"id": "pasar", "title": "Pasar", "text": opening, "source": "Suara Pesisir"}
    rows = _write(tmp_path / "pasar.jsonl", [named])
    index_paths(home, [rows], embedder=EMBEDDER)
    with Archive.open(home, readonly=True) as archive:
        assert archive.get("pasar").source == "Suara Pesisir"


class _Broken(LengthEmbedder):
    """An embedder that gives up, as on a full disk, once everything is read."""

    def embed_passages(self, texts):
        raise OSError("no room")


def test_a_run_lasts_until_its_index_is_built_and_has_no_end_where_that_fails(
    tmp_path: Path, news: Path
) -> None:
    def runs() -> list[tuple[float | None, bool, int]]:
        with Archive.open(tmp_path / "home", readonly=True) as archive:
            return [(run.seconds, run.was_read, run.counts.indexed) for run in archive.runs()]

    with pytest.raises(SnapshotError):
        index_paths(tmp_path / "home", [news], embedder=_Broken(4))
    assert runs() == [(None, True, 5)]
    report = _index(tmp_path / "home", news)
    assert runs() == [(report.seconds, True, 0), (None, True, 5)]


def test_a_headline_of_millions_of_characters_is_text_and_ends_no_build(tmp_path: Path) -> None:
    home, good = tmp_path / "home", _row(1)
    title, text = "judul panjang " * 150_000, "Isi berita yang panjang sekali. " * 28_000
    long = {**_row(2), "title": title, "text": text}
    report = _index(home, _write(tmp_path / "a.jsonl", [long, good]))
    assert _counts(report) == (2, 1, 0, 1, 0)  # with it the text is longer than one may be
    shorter = {**long, "title": title[:9_000]}
    report = _index(home, _write(tmp_path / "a.jsonl", [shorter, good]))
    assert report.indexed == 1
    with Archive.open(home, readonly=True) as archive:
        article = archive.get("n2")
    assert len(article.title) <= 100
    assert article.text.startswith("judul panjang judul panjang")
    assert len(article.text) > len(text)


@pytest.mark.parametrize(
    ("field", "length", "named"),
    [("source", 201, "name of its outlet"), ("url", 2_001, "address"), ("date", 201, "date")],
)
def test_a_field_too_long_to_be_what_it_is_called_is_a_reason(
    tmp_path: Path, field: str, length: int, named: str
) -> None:
    values = {"url": "https://contoh.id/" + "a" * length}.get(field, "b" * length)
    rows = [{**_row(1), field: values}, {**_row(2), field: values[: length - 50]}]
    report = _index(tmp_path / "home", _write(tmp_path / "a.jsonl", rows))
    assert (report.indexed, report.skipped) == (1, 1)
    with Archive.open(tmp_path / "home", readonly=True) as archive:
        (skipped,) = archive.skipped()
    assert skipped.line == 1
    assert f"The {named} of " in skipped.reason


def test_an_article_that_cannot_be_built_is_set_aside_and_the_others_are_searched(
    tmp_path: Path, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warta.index.building import build as building

    whole = building.passages

    def passages(article):
        if article.id in ("n1", "n3"):
            raise RecursionError("too deep")
        return whole(article)

    monkeypatch.setattr(building, "passages", passages)
    home = tmp_path / "home"
    report = _index(home, news)
    assert _counts(report) == (5, 3, 0, 2, 0)
    found = {hit.article.id for hit in Retriever.load(home, EMBEDDER).retrieve("pasar", k=5)}
    assert found == {"n0", "n2", "n4"}
    with Archive.open(home, readonly=True) as archive:
        reasons = [skipped.reason for skipped in archive.skipped()]
    assert reasons == [
        "Article 'n1': It cannot be searched: RecursionError: too deep.",
        "Article 'n3': It cannot be searched: RecursionError: too deep.",
    ]
    more = _write(tmp_path / "more.jsonl", [_row(9)])
    assert _counts(_index(home, more)) == (1, 1, 0, 0, 0)  # it stands in nobody's way
    monkeypatch.setattr(building, "passages", whole)
    assert _counts(_index(home, news)) == (5, 2, 3, 0, 0)  # mended, it is there


def test_a_run_with_a_clock_set_back_undates_nothing_for_good(
    tmp_path: Path, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warta.corpus.dates import published

    home = tmp_path / "home"

    class Back(published.datetime):
        @classmethod
        def now(cls, zone=None):
            return cls(1999, 12, 31, tzinfo=zone)

    with monkeypatch.context() as clock:
        clock.setattr(published, "datetime", Back)
        assert _index(home, news).indexed == 5
    with Archive.open(home, readonly=True) as archive:
        assert {article.published for article in archive.articles()} == {None}
    assert _counts(_index(home, news)) == (5, 5, 0, 0, 0)
    with Archive.open(home, readonly=True) as archive:
        assert {str(article.published) for article in archive.articles()} == {"2019-09-10"}
    assert _counts(_index(home, news)) == (5, 0, 5, 0, 0)


def test_a_day_that_is_still_to_come_is_unchanged_as_long_as_it_is(tmp_path: Path) -> None:
    news = _write(tmp_path / "news.jsonl", [{**_row(1), "date": "2950-01-01"}])
    assert _index(tmp_path / "home", news).indexed == 1
    assert _counts(_index(tmp_path / "home", news)) == (1, 0, 1, 0, 0)


def _day(path: Path, *rows: tuple[str, str]) -> Path:
    """An export of one day over that of the day before: its rows are numbered from 1 again."""
    return _write(
        path,
        [
            {"id": str(number), "title": title, "text": text}
            for number, (title, text) in enumerate(rows, 1)
        ],
    )


_DAYS = [
    [
        ("Pasar Wadas terbakar", "Tiga puluh kios pasar Wadas terbakar pada Minggu malam."),
        ("Panen raya di Lembah Sari", "Petani Lembah Sari memanen seratus ton padi pekan ini."),
    ],
    [
        ("Kapal karam di Selat Batu", "Nelayan menolong dua belas penumpang kapal yang karam."),
        ("Jembatan Kali Ulu dibuka", "Bupati membuka jembatan gantung sepanjang seratus meter."),
    ],
    [
        ("Rusa masuk kampung", "Seekor rusa tersesat sampai halaman sekolah dasar Bukit Indah."),
        ("Festival layang digelar", "Ratusan layang menghiasi langit pantai selama tiga hari."),
    ],
    [
        ("Guru Tani pensiun", "Pengajar yang merintis sekolah terapung mengakhiri masa baktinya."),
        ("Air sungai surut", "Kemarau membuat perahu pengangkut rotan kandas dekat muara."),
    ],
    [
        ("Bandara kecil diresmikan", "Menteri meresmikan landasan perintis bagi pulau terluar."),
        ("Kopi lereng diekspor", "Koperasi mengirim dua peti kemas biji kopi menuju Eropa."),
    ],
]


def test_an_export_written_over_each_day_takes_no_articles_place(tmp_path: Path) -> None:
    home, export = tmp_path / "home", tmp_path / "export.jsonl"
    for number, day in enumerate(_DAYS):
        report = _index(home, _day(export, *day))
        assert _counts(report) == (2, 2, 0, 0, 0), number
        assert _counts(_index(home, _day(export, *day))) == (2, 0, 2, 0, 0), number
    with Archive.open(home, readonly=True) as archive:
        articles = list(archive.articles())
        assert {(a.title, a.text) for a in articles} == {row for day in _DAYS for row in day}
        assert all(len(archive.history(article.id)) == 1 for article in articles)
        assert archive.updates() == {}


@pytest.mark.parametrize("day", range(len(_DAYS)))
def test_a_row_that_was_corrected_is_a_version_on_any_day(tmp_path: Path, day: int) -> None:
    home, export = tmp_path / "home", tmp_path / "export.jsonl"
    for rows in _DAYS[: day + 1]:
        _index(home, _day(export, *rows))
    title, text = _DAYS[day][1]
    corrected = f"{text} Jumlah itu telah diralat oleh petugas."
    assert _counts(_index(home, _day(export, _DAYS[day][0], (title, corrected))))[1:3] == (1, 1)
    with Archive.open(home, readonly=True) as archive:
        (found,) = [a for a in archive.articles() if a.title == title]
        assert found.text == corrected
        assert [v.article.text for v in archive.history(found.id)] == [text, corrected]
        assert list(archive.updates()) == [found.id]
