"""Code that makes articles changes with its version, and a raised one reaches the archive."""

from dataclasses import replace
from datetime import date

import pytest
from code_versions import ENTRIES, ROOT, modules, present, recorded

from warta.corpus.archive.archive import Archive
from warta.index.building import ingest
from warta.index.building.ingest import index_paths
from warta.index.embedding.embedder import LengthEmbedder

PAGE = (
    "<html><head><title>Jembatan Sukamaju mulai dibangun</title></head><body><article>"
    "<h1>Jembatan Sukamaju mulai dibangun</h1><p>Pemerintah Kabupaten Melati membangun jembatan "
    "baru senilai Rp12 miliar di Desa Sukamaju, kata Bupati Rina Hartono.</p></article></body>"
    "</html>"
)


@pytest.mark.parametrize("name", ENTRIES)
def test_code_of_the_way_in_is_what_its_version_was_recorded_for(name):
    now, known = present(name), recorded()[name]
    remedy = (
        f"The code of {name} changed: raise its version where articles come out differently, "
        "then run python tests/code_versions.py (see there)."
    )
    assert (known["version"], known["code"]) == (now.version, now.hash), remedy


def test_the_recorded_code_is_that_of_reading_cleaning_dates_and_chunking():
    intake = {path.relative_to(ROOT).as_posix() for path in modules(ENTRIES["intake"])}
    for needed in (
        "corpus/cleaning/zones.py",
        "corpus/dates/published.py",
        "corpus/reading/formats.py",
    ):
        assert needed in intake
    chunking = {path.relative_to(ROOT).as_posix() for path in modules(ENTRIES["chunking"])}
    assert "corpus/language/sentences.py" in chunking
    assert not any(path.startswith(("index", "assistant")) for path in intake | chunking)


def test_a_raised_version_makes_archived_articles_anew_without_their_files(tmp_path, monkeypatch):
    page = tmp_path / "berita" / "jembatan.html"
    page.parent.mkdir()
    page.write_text(PAGE, encoding="utf-8")
    home = tmp_path / "home"
    index_paths(home, [page.parent], embedder=LengthEmbedder())
    page.rename(tmp_path / "elsewhere.html")
    (page.parent / "lain.txt").write_text("Hujan turun lebat di Desa Wanasari sejak Rabu malam.")

    monkeypatch.setattr(ingest, "INTAKE_VERSION", "99")
    clean = ingest.to_article
    monkeypatch.setattr(
        ingest, "to_article", lambda r: replace(clean(r), published=date(2019, 9, 5))
    )
    said = []
    index_paths(
        home, [page.parent / "lain.txt"], embedder=LengthEmbedder(),
        progress=lambda what, done, total: said.append((what, done, total)),
    )  # fmt: skip
    with Archive.open(home, readonly=True) as archive:
        assert archive.get("jembatan").published == date(2019, 9, 5)
        assert len(archive.history("jembatan")) == 2
        assert archive.places()["jembatan"] == str(page)
        assert archive.fingerprints()["jembatan"].endswith("-99")
    assert ("renewing", 1, 1) in said
    before = list(said)
    index_paths(
        home, [page.parent / "lain.txt"], embedder=LengthEmbedder(),
        progress=lambda what, done, total: said.append((what, done, total)),
    )  # fmt: skip
    assert not [what for what, _, _ in said[len(before) :] if what == "renewing"]
