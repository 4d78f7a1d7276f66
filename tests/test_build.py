"""Archive to snapshot: what is taken over equals what is made anew."""

import random
from datetime import date
from pathlib import Path

import pytest
from homes import EMBEDDER, article, contents, fill

from warta.corpus.article import Article
from warta.corpus.errors import EmbedderMismatch, LockedError, SnapshotError
from warta.index.building import build as module
from warta.index.building.build import build, content_digest
from warta.index.embedding.embedder import LengthEmbedder
from warta.index.search.retriever import Retriever
from warta.index.snapshot.durable import writer_lock
from warta.index.snapshot.shelf import names, open_snapshot

WORDS = "banjir gempa wali kota menang sekolah jembatan hujan pasar festival atlet 17 panen".split()


def _text(chance: random.Random) -> str:
    sentences = [" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _ in range(14)]
    return " ".join(sentences)


def _article(number: int, chance: random.Random) -> Article:
    day = date(2019, 9, 1 + chance.randrange(28)) if chance.random() < 0.9 else None
    return article(
        f"id-{number}",
        _text(chance),
        title=" ".join(chance.choices(WORDS, k=4)),
        day=day,
        source=chance.choice(["Kompas.com", "Tempo.co"]),
    )


def test_edits_in_steps_give_the_same_as_a_build_from_nothing(tmp_path: Path) -> None:
    chance = random.Random(5)
    articles = {n: _article(n, chance) for n in range(30)}
    fill(tmp_path / "steps", articles.values())
    for step in range(4):
        for _ in range(6):
            number = chance.randrange(40)
            if chance.random() < 0.3:
                articles.pop(number, None)
            elif chance.random() < 0.3 and articles:
                articles[number] = article(f"id-{number}", chance.choice([*articles.values()]).text)
            else:
                articles[number] = _article(number, chance)
        fill(tmp_path / "steps", articles.values())
        fill(tmp_path / f"clean-{step}", articles.values())
        assert contents(tmp_path / "steps") == contents(tmp_path / f"clean-{step}")
    one, other = (Retriever(EMBEDDER, tmp_path / name) for name in ("steps", "clean-3"))
    for question in ("banjir di jembatan", "festival panen 17", "atlet menang", "wali kota"):
        assert one.retrieve(question, k=20) == other.retrieve(question, k=20)


def test_articles_that_are_only_added_give_the_same_as_a_build_from_nothing(tmp_path: Path) -> None:
    chance = random.Random(8)
    articles = [_article(n, chance) for n in range(40)]
    chance.shuffle(articles)
    for count in (20, 21, 25, 26, 40):
        fill(tmp_path / "steps", articles[:count])
    fill(tmp_path / "clean", articles)
    assert contents(tmp_path / "steps") == contents(tmp_path / "clean")
    one, other = (open_snapshot(tmp_path / name).snapshot for name in ("steps", "clean"))
    for query in (["banjir"], ["gempa", "pasar"], ["17", "menang", "kota"]):
        for k in (1, 5, 30, 500):
            found, expected = one.matching(query, k), other.matching(query, k)
            assert found.rows.tolist() == expected.rows.tolist()
            assert found.scores.tolist() == pytest.approx(expected.scores.tolist(), abs=1e-4)


def test_only_what_changed_is_embedded(tmp_path: Path) -> None:
    chance = random.Random(2)
    articles = [_article(n, chance) for n in range(10)]
    first = fill(tmp_path / "home", articles)
    assert first.embedded == first.passages > 10
    articles[3] = article("id-3", "Satu kalimat baru saja.")
    second = fill(tmp_path / "home", articles)
    assert (second.changed, second.embedded) == (True, 1)


def test_another_date_or_id_does_not_embed_again(tmp_path: Path) -> None:
    fill(tmp_path / "home", [article("a", "Banjir di Jakarta.", day=date(2019, 9, 10))])
    moved = fill(tmp_path / "home", [article("b", "Banjir di Jakarta.", day=date(2019, 9, 11))])
    assert (moved.changed, moved.embedded) == (True, 0)
    (hit,) = Retriever(EMBEDDER, tmp_path / "home").retrieve("banjir")
    assert (hit.article.id, hit.article.published) == ("b", date(2019, 9, 11))


def test_unchanged_articles_make_no_new_snapshot(tmp_path: Path) -> None:
    articles = [article("a", "Banjir di Jakarta.")]
    fill(tmp_path / "home", articles)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "home" / "index").iterdir()}
    report = fill(tmp_path / "home", articles)
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "home" / "index").iterdir()}
    assert (report.snapshot, report.changed) == ("000001", False)
    lock = tmp_path / "home" / "index" / "LOCK"
    assert {**before, lock: 0} == {**after, lock: 0}


def test_an_archive_that_was_emptied_gives_an_empty_index(tmp_path: Path) -> None:
    fill(tmp_path / "home", [article("a", "Banjir di Jakarta.")])
    assert fill(tmp_path / "home", []).passages == 0
    retriever = Retriever(EMBEDDER, tmp_path / "home")
    assert retriever.retrieve("banjir") == []
    assert retriever.view().coverage().first is None


def test_another_embedder_is_refused_until_it_is_asked_for(tmp_path: Path) -> None:
    articles = [article("a", "Banjir di Jakarta.")]
    fill(tmp_path / "home", articles)
    other = LengthEmbedder(6)
    with pytest.raises(EmbedderMismatch, match=r"made by embedder length-4 .* length-6"):
        build(tmp_path / "home", other)
    report = build(tmp_path / "home", other, new_embedder=True)
    assert (report.snapshot, report.embedded) == ("000002", 1)
    assert Retriever.load(tmp_path / "home", other).retrieve("banjir")[0].article.id == "a"


def test_a_new_analysis_takes_the_vectors_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "home", [article("a", "Banjir di Jakarta.")])
    monkeypatch.setattr(module, "ANALYSIS_VERSION", "next")
    report = build(tmp_path / "home", EMBEDDER)
    assert (report.changed, report.embedded) == (True, 0)


def test_a_second_builder_stops_at_once(tmp_path: Path) -> None:
    fill(tmp_path / "home", [article("a", "Banjir di Jakarta.")])
    with writer_lock(tmp_path / "home"), pytest.raises(LockedError):
        build(tmp_path / "home", EMBEDDER)


class _Broken(LengthEmbedder):
    def embed_passages(self, texts: object) -> object:
        raise OSError(28, "No space left on device")


def test_a_failed_build_leaves_the_old_snapshot_and_says_what_to_do(tmp_path: Path) -> None:
    fill(tmp_path / "home", [article("a", "Banjir di Jakarta.")])
    with pytest.raises(SnapshotError, match="No space left on device"):
        fill(tmp_path / "home", [article("b", "Gempa di Ambon.")], _Broken(4))
    assert Retriever(EMBEDDER, tmp_path / "home").retrieve("banjir")[0].article.id == "a"
    assert names(tmp_path / "home") == ["000001"]
    assert fill(tmp_path / "home", [article("b", "Gempa di Ambon.")]).changed


def test_the_digest_of_contents_knows_ids_from_hashes() -> None:
    assert content_digest({"a": "1", "b": "2"}) == content_digest({"b": "2", "a": "1"})
    assert content_digest({"a": "1"}) != content_digest({"a1": ""})
