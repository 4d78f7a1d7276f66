"""passages.sqlite: written once, read from any thread, also after its folder is gone."""

import shutil
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from homes import article

from warta.corpus.errors import DamagedSnapshot, InputError
from warta.index.snapshot.text_store import ArticleRow, Stretch, TextStore, TextWriter

FIRST = article("a", "Banjir di Jakarta. Hujan.", title="Banjir", day=date(2019, 9, 10))
SECOND = article("b'; DROP TABLE articles", "Gempa di Ambon.", source="tempo.co")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder with % and ?"
    folder.mkdir()
    writer = TextWriter(folder / "passages.sqlite")
    writer.add(ArticleRow(FIRST, "h1", b"s1", ((0, 18, b"k1"), (19, 25, b"k2"))))
    writer.add(ArticleRow(SECOND, "h2", b"", ((0, 15, b"k1"),)))
    writer.add_rest(["banjir", "gempa"], {"a": date(2026, 2, 3), "none": date(2026, 1, 1)})
    writer.finish([(1, 0)])
    return folder / "passages.sqlite"


def test_articles_and_passages_come_back_by_number(path: Path) -> None:
    store = TextStore(path)
    updated = replace(FIRST, updated=date(2026, 2, 3))
    assert store.articles([1, 0]) == {0: updated, 1: SECOND}
    assert store.spans([2, 0]) == {0: (0, 18), 2: (0, 15)}
    assert store.by_id(SECOND.id) == SECOND
    with pytest.raises(InputError, match="no article 'c'"):
        store.by_id("c")


def test_columns_stand_in_the_order_of_numbers(path: Path) -> None:
    store = TextStore(path)
    columns = store.columns()
    assert columns.article_of.tolist() == [0, 0, 1]
    assert columns.first_passage.tolist() == [0, 2]
    assert columns.copy_of.tolist() == [0, 0]
    assert columns.published.tolist() == [date(2019, 9, 10).toordinal(), -1]
    assert columns.sources == ["Kompas.com", "tempo.co"]
    assert store.passages() == 3


THIRD = article("aa", "Pasar ramai.")


def test_the_next_snapshot_takes_articles_over_under_their_new_numbers(path: Path) -> None:
    target = path.with_name("next.sqlite")
    writer = TextWriter(target, path)
    writer.take(Stretch(0, 1, (0, 2)))
    writer.add(ArticleRow(THIRD, "h3", b"s3", ((0, 12, b"k3"),)))
    writer.take(Stretch(1, 2, (2, 3)))
    writer.add_rest(["banjir", "gempa", "pasar"], {})
    writer.finish([(2, 0)])
    made = path.with_name("made.sqlite")
    writer = TextWriter(made)
    writer.add(ArticleRow(FIRST, "h1", b"s1", ((0, 18, b"k1"), (19, 25, b"k2"))))
    writer.add(ArticleRow(THIRD, "h3", b"s3", ((0, 12, b"k3"),)))
    writer.add(ArticleRow(SECOND, "h2", b"", ((0, 15, b"k1"),)))
    writer.add_rest(["banjir", "gempa", "pasar"], {})
    writer.finish([(2, 0)])
    assert target.read_bytes() == made.read_bytes()
    assert TextStore(target).columns().article_of.tolist() == [0, 0, 1, 2]


def test_the_next_snapshot_gets_all_that_it_takes_over(path: Path) -> None:
    store = TextStore(path)
    assert store.signatures() == [b"s1", b""]
    assert store.hashes() == {"a": ("h1", 0), SECOND.id: ("h2", 1)}
    assert store.keys() == {b"k1": 0, b"k2": 1}
    assert store.vocabulary() == ["banjir", "gempa"]
    assert store.term_numbers(["gempa", "tsunami"]) == {"gempa": 1}


def test_a_thread_that_comes_late_reads_a_removed_file(path: Path) -> None:
    store = TextStore(path)
    shutil.rmtree(path.parent)
    found: list[str] = []
    late = threading.Thread(target=lambda: found.append(store.by_id("a").text))
    late.start()
    late.join()
    assert found == [FIRST.text]


def test_a_missing_file_is_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedSnapshot):
        TextStore(tmp_path / "missing.sqlite")
