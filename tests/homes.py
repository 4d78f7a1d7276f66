"""Homes for tests: an archive that holds exactly these articles, indexed with the fake embedder."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

from warta.corpus.archive.archive import Archive
from warta.corpus.article import Article
from warta.index.building.build import BuildReport, build
from warta.index.embedding.embedder import Embedder, LengthEmbedder
from warta.index.snapshot.shelf import index_folder, open_snapshot
from warta.index.snapshot.snapshot import TERMS, TEXTS

EMBEDDER = LengthEmbedder(4)


def article(
    id_: str, text: str, *, title: str = "", day: date | None = None, source: str = "Kompas.com"
) -> Article:
    """An article in Indonesian."""
    return Article(id_, title, text, day, source, f"https://example.org/{id_}", "id")


def fill(home: Path, articles: Iterable[Article], embedder: Embedder = EMBEDDER) -> BuildReport:
    """Make the archive hold exactly `articles` and build."""
    wanted = {item.id: item for item in articles}
    home.mkdir(exist_ok=True)
    with Archive.open(home) as archive:
        archive.forget(set(archive.hashes()) - set(wanted))
        archive.put_many((item, "") for item in wanted.values())  # no update: of no record
    return build(home, embedder)


def contents(home: Path) -> list[object]:
    """All that the live snapshot holds; equal for two that were built of the same articles.

    All but the days on which articles were updated: those tell how an archive came about.
    """
    snapshot = open_snapshot(home).snapshot
    vocabulary = snapshot.texts.vocabulary()
    files = snapshot.manifest.files.items()
    return [
        [
            (passage, replace(item, updated=None))
            for passage, item in snapshot.passages(range(len(snapshot)))
        ],
        _rows(index_folder(home) / snapshot.name / TEXTS),
        vocabulary,
        [snapshot.lexical.frequency(term) for term in vocabulary],
        # tantivy's files bear random names; of the others every byte is the same.
        {name: written for name, written in files if not name.startswith((TERMS, TEXTS))},
    ]


def _rows(path: Path) -> list[object]:
    with closing(sqlite3.connect(path)) as db:
        tables = ("articles", "passages", "terms")
        return [db.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
