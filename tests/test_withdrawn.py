"""What is taken down is in no answer, comes back by no way, and once erased is nowhere."""

import json
import shutil
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from homes import article, fill

from warta.assistant import Assistant
from warta.assistant.cli.commands import main
from warta.assistant.config import Settings
from warta.assistant.upkeep import backup, maintain, removal
from warta.assistant.upkeep.articles import show_article
from warta.assistant.upkeep.feedback import add_feedback, blank_feedback, read_feedback
from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.archive.withdrawn import (
    LIST,
    Withdrawn,
    check_withdrawn,
    events_for,
    read_withdrawn,
    text_print,
)
from warta.corpus.errors import ArchiveError, InputError
from warta.index.building.ingest import index_paths
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.search.retriever import Retriever
from warta.index.snapshot import shelf

SECRET = (
    "Korban bernama Tirta Wulandari tinggal di Jalan Cendana nomor empat belas kota Sagara. "
    "Keluarganya meminta agar alamat rumah itu tidak disebarkan kepada siapa pun juga."
)
OTHER = "Pasar Sagara dibuka kembali pada hari Senin setelah diperbaiki selama tiga bulan penuh."
QUESTION = "Di mana korban Tirta Wulandari tinggal?"


def silent(stage: str, done: int, total: int | None = None) -> None:
    """Show nothing."""


@pytest.fixture(scope="module")
def shipped() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder.load(None)


def write(folder: Path, name: str, text: str, title: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(
        json.dumps({"id": name, "title": title, "text": text, "source": "Sagara Pos"}), "utf-8"
    )


@pytest.fixture
def home(tmp_path: Path, shipped: SentenceTransformerEmbedder) -> Path:
    """Two articles of which one is to go, indexed twice, so that there is an older snapshot."""
    news = tmp_path / "news"
    write(news, "rahasia", SECRET, "Alamat rumah korban kebakaran di kota Sagara diketahui")
    write(news, "pasar", OTHER, "Pasar Sagara dibuka")
    index_paths(tmp_path / "home", [news], embedder=shipped)
    write(news, "pasar", OTHER + " Pedagang senang.", "Pasar Sagara dibuka")
    index_paths(tmp_path / "home", [news], embedder=shipped)
    return tmp_path / "home"


def remove(home: Path, *ids: str, erase: bool = False) -> removal.Removal:
    return removal.remove(
        Settings(home=home), ids, erase=erase, by="Redaktur", reason="hak lupa", progress=silent
    )


def found(home: Path, question: str = QUESTION) -> set[str]:
    return {hit.article.id for hit in Retriever.load(home).retrieve(question, k=10)}


def pieces(text: str) -> set[bytes]:
    """Every run of forty characters, as it stands in files."""
    return {text[at : at + 40].encode() for at in range(len(text) - 39)}


def files_that_hold(home: Path, text: str) -> set[str]:
    wanted = pieces(text)
    return {
        path.relative_to(home).as_posix()
        for path in home.rglob("*")
        if path.is_file() and any(piece in path.read_bytes() for piece in wanted)
    }


def test_a_removed_article_is_in_no_answer_of_a_reader_that_is_open(home: Path) -> None:
    retriever = Retriever.load(home)
    assert {hit.article.id for hit in retriever.retrieve(QUESTION)} == {"rahasia", "pasar"}
    done = remove(home, "rahasia")
    assert {hit.article.id for hit in retriever.retrieve(QUESTION)} == {"pasar"}
    with pytest.raises(InputError, match="no article 'rahasia'"):
        retriever.view().article("rahasia")
    assert done.lines() == ["1 article is out of every answer. Snapshot 000003."]


def test_the_list_alone_hides_an_article_before_the_index_is_built_again(home: Path) -> None:
    retriever = Retriever.load(home)
    before = retriever.view()
    events = events_for(["rahasia"], "removed", "Redaktur", "", {})
    read_withdrawn(home).with_events(events).write(home)
    view = retriever.view()
    assert view.name == before.name == "000002"
    assert {hit.article.id for hit in view.retrieve(QUESTION)} == {"pasar"}
    assert {hit.article.id for hit in view.retrieve(QUESTION, sources=["Sagara Pos"])} == {"pasar"}
    assert [item.id for item in view.recent(5)] == ["pasar"]
    assert view.coverage().articles == 1
    assert view.coverage().sources == {"Sagara Pos": 1}
    assert view.coverage().passages == before.coverage().passages - 1
    assert before.coverage().articles == 2


def test_a_copy_stands_in_for_a_hidden_article(tmp_path: Path) -> None:
    text = " ".join(f"kata{n} dan juga lagi" for n in range(60))
    fill(
        tmp_path / "home",
        [
            article("a", text, day=date(2026, 1, 1), source="Satu"),
            article("b", text, day=date(2026, 1, 2), source="Dua"),
            article("c", text, day=date(2026, 1, 3), source="Tiga"),
        ],
    )
    whole = shelf.open_snapshot(tmp_path / "home").snapshot
    hidden = whole.without(["a", "not there"])
    assert [item.id for item in whole.recent(3)] == ["a"]
    assert [item.id for item in hidden.recent(3)] == ["b"]
    assert whole.copies(1).tolist() == [0, 2]
    assert hidden.copies(1).tolist() == [2]
    assert hidden.days() == {date(2026, 1, 2): 1, date(2026, 1, 3): 1}
    assert len(hidden.matching(["kata1"], 3).rows) == 2
    assert hidden.without([]).hidden == frozenset()


def test_what_was_removed_stays_out_when_its_file_is_read_again(
    home: Path, shipped: SentenceTransformerEmbedder
) -> None:
    remove(home, "rahasia")
    news = home.parent / "news"
    write(news, "salinan", SECRET, "Berita lain")
    report = index_paths(home, [news], embedder=shipped)
    assert (report.seen, report.indexed, report.unchanged, report.skipped) == (3, 0, 1, 2)
    assert found(home) == {"pasar"}
    with Archive.open(home, readonly=True) as archive:
        reasons = {item.reason for item in archive.skipped()}
    (reason,) = reasons
    assert reason.startswith("It was removed on 20")
    assert reason.endswith(" by Redaktur: hak lupa.")
    again = index_paths(home, [news], embedder=shipped)
    assert (again.skipped, again.indexed, again.snapshot) == (2, 0, report.snapshot)


def test_a_removed_article_can_come_back_and_an_erased_one_cannot(home: Path) -> None:
    settings = Settings(home=home)
    remove(home, "rahasia")
    with Archive.open(home, readonly=True) as archive:
        assert archive.get("rahasia").text == SECRET
    removal.restore_article(settings, "rahasia", by="Redaktur", progress=silent)
    assert found(home) == {"rahasia", "pasar"}
    with pytest.raises(InputError, match="was not removed"):
        removal.restore_article(settings, "rahasia", by="", progress=silent)
    remove(home, "rahasia", erase=True)
    with pytest.raises(InputError, match="cannot come back"):
        removal.restore_article(settings, "rahasia", by="", progress=silent)
    states = [event.state for event in read_withdrawn(home).history("rahasia")]
    assert states == ["removed", "restored", "erasing", "erased"]
    told = [line for line in show_article(home, "rahasia").lines() if "It was" in line]
    assert [line.split()[2] for line in told] == ["removed", "let", "erased"]


def test_nothing_of_an_erased_article_is_left_in_any_file_of_the_home(
    home: Path, shipped: SentenceTransformerEmbedder
) -> None:
    news = home.parent / "news"
    longer = SECRET + " Polisi masih menyelidiki penyebab kebakaran yang terjadi pada malam itu."
    write(news, "rahasia", longer, "Alamat rumah korban kebakaran di kota Sagara diketahui")
    index_paths(home, [news], embedder=shipped)
    add_feedback(home, {"verdict": "up", "question": QUESTION, "answer": SECRET[:60] + " [1]"})
    add_feedback(home, {"verdict": "down", "question": "Pasar?", "answer": OTHER})
    kept = home / "archive.damaged-20260101-000000-000000"
    kept.mkdir()
    shutil.copy(home / NAME, kept / NAME)
    everything = longer + "Alamat rumah korban kebakaran di kota Sagara diketahui"
    assert {NAME, "feedback.jsonl", f"{kept.name}/{NAME}"} < files_that_hold(home, everything)

    done = remove(home, "rahasia", erase=True)

    assert files_that_hold(home, everything) == set()
    with Archive.open(home, readonly=True) as archive:  # what it packs is not found as bytes
        assert [record.id for record in archive.originals(["rahasia", "pasar"])] == ["pasar"]
    assert files_that_hold(home, OTHER) >= {NAME, "feedback.jsonl"}
    assert (done.opinions, done.kept_aside) == (1, (str(kept),))
    assert shelf.names(home) == [done.snapshot]
    assert [said["verdict"] for said in read_feedback(home)] == ["up", "down"]
    assert [said["question"] for said in read_feedback(home)] == ["", "Pasar?"]
    assert maintain.check(home).findings == ()
    backup.write_backup(home, home.parent / "b.zip")
    shutil.unpack_archive(home.parent / "b.zip", home.parent / "unpacked")
    assert files_that_hold(home.parent / "unpacked", everything) == set()


def test_an_erased_article_stays_out_under_its_own_and_under_another_id(
    home: Path, shipped: SentenceTransformerEmbedder
) -> None:
    remove(home, "rahasia", erase=True)
    news = home.parent / "news"
    write(news, "nama-lain", SECRET.upper(), "Judul lain sama sekali")
    report = index_paths(home, [news], embedder=shipped)
    assert (report.indexed, report.skipped) == (0, 2)
    assert files_that_hold(home, SECRET) == set()
    assert found(home) == {"pasar"}


def test_a_removed_article_can_be_erased_later_and_erasing_twice_changes_nothing(
    home: Path,
) -> None:
    remove(home, "rahasia")
    assert NAME in files_that_hold(home, SECRET)
    remove(home, "rahasia", erase=True)
    assert files_that_hold(home, SECRET) == set()
    events = read_withdrawn(home).events
    remove(home, "rahasia", erase=True)
    assert read_withdrawn(home).events == events


def test_an_unknown_id_stops_the_whole_removal(home: Path) -> None:
    with pytest.raises(InputError, match=r"no article 'rahasja' in .*nothing was done"):
        remove(home, "pasar", "rahasja")
    assert found(home) == {"rahasia", "pasar"}
    assert not (home / LIST).exists()


def test_everything_can_be_erased(home: Path) -> None:
    remove(home, "rahasia", "pasar", erase=True)
    assert found(home, "Apa saja") == set()
    assert files_that_hold(home, SECRET + OTHER) == set()


def test_an_interrupted_erasure_is_said_and_finished(home: Path) -> None:
    events = events_for(["rahasia"], "erasing", "Redaktur", "", {"rahasia": (text_print(SECRET),)})
    Withdrawn(tuple(events)).write(home)
    assert found(home) == {"pasar"}
    (finding,) = maintain.check(home).findings
    assert finding.what.startswith("Erasing 1 articles was interrupted")
    with pytest.raises(ArchiveError, match="no backup was written"):
        backup.write_backup(home, home.parent / "b.zip")
    repaired = maintain.repair(Settings(home=home), silent)
    assert (repaired.findings, repaired.done) == (
        (),
        ("Snapshot 000002 was whole.", "Erasing 1 article is finished."),
    )
    assert files_that_hold(home, SECRET) == set()


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_the_older_snapshot_never_answers_what_was_removed(home: Path) -> None:
    done = remove(home, "rahasia")
    damage(home / "index" / done.snapshot / "vectors.faiss")
    retriever = Retriever.load(home)
    assert retriever.view().name == "000002"
    assert {hit.article.id for hit in retriever.retrieve(QUESTION)} == {"pasar"}


def test_the_older_snapshot_never_answers_what_was_pruned(
    home: Path, shipped: SentenceTransformerEmbedder
) -> None:
    news = home.parent / "news"
    (news / "rahasia.json").unlink()
    report = index_paths(home, [news], embedder=shipped, prune=True)
    assert report.removed == 1
    damage(home / "index" / report.snapshot / "vectors.faiss")
    assert found(home) == {"pasar"}


@pytest.mark.parametrize("how", ["removed", "pruned"])
def test_a_repair_of_a_damaged_archive_brings_nothing_back(
    home: Path, shipped: SentenceTransformerEmbedder, how: str
) -> None:
    news = home.parent / "news"
    if how == "removed":
        remove(home, "rahasia")
    else:
        (news / "rahasia.json").unlink()
        index_paths(home, [news], embedder=shipped, prune=True)
    archive = home / NAME
    db = sqlite3.connect(archive)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    data = bytearray(archive.read_bytes())
    data[4096 : 2 * 4096] = bytes(4096)  # the table of what is live
    archive.write_bytes(data)
    maintain.repair(Settings(home=home), silent)
    assert found(home) == {"pasar"}
    with Archive.open(home, readonly=True) as mended:
        assert set(mended.hashes()) == {"pasar"}


@pytest.mark.parametrize("erase", [False, True])
def test_an_older_backup_brings_nothing_back(home: Path, erase: bool) -> None:
    file = home.parent / "before.zip"
    add_feedback(home, {"verdict": "up", "question": "?", "answer": SECRET})
    backup.write_backup(home, file)
    remove(home, "rahasia", erase=erase)
    backup.restore(file, home, lambda folder: SentenceTransformerEmbedder.load(None), force=True)
    assert found(home) == {"pasar"}
    assert (files_that_hold(home, SECRET) == set()) is erase
    assert read_withdrawn(home).ids == {"rahasia"}


def test_a_damaged_line_of_the_list_is_found(home: Path) -> None:
    remove(home, "rahasia")
    remove(home, "pasar")
    path = home / LIST
    path.write_text(path.read_text("utf-8").replace('"rahasia"', '"rahasja"'), "utf-8")
    assert read_withdrawn(home).ids == {"pasar"}
    (finding,) = check_withdrawn(home)
    assert "Line 1 of" in finding.what
    assert found(home) == set()  # the archive still knows
    maintain.repair(Settings(home=home), silent)
    assert check_withdrawn(home) == []


def test_two_lists_become_one_in_the_order_of_time() -> None:
    first = events_for(["a"], "removed", "", "", {})
    second = events_for(["b"], "removed", "", "", {})
    third = events_for(["a"], "restored", "", "", {})
    one, other = Withdrawn((*first, *third)), Withdrawn((*first, *second))
    assert other.joined(one).events == (*first, *second, *third)
    assert other.joined(one).ids == {"b"}


def test_case_marks_and_spacing_make_no_other_text() -> None:
    assert text_print(SECRET) == text_print(SECRET.upper().replace(" ", "\n ").replace(".", "!"))
    assert text_print(SECRET) != text_print(SECRET + " Lagi.")
    assert text_print("Foto: Dok. Pemkot Sagara") == ""


def test_an_opinion_is_blanked_where_it_quotes_forty_characters(tmp_path: Path) -> None:
    text = "".join(chr(97 + n * 7 % 26) + chr(97 + n % 23) for n in range(60))
    for begin in range(0, 50, 7):
        add_feedback(tmp_path, {"verdict": "up", "answer": "x" + text[begin : begin + 40] + "y"})
        add_feedback(tmp_path, {"verdict": "down", "answer": "x" + text[begin : begin + 39] + "y"})
    size = (tmp_path / "feedback.jsonl").stat().st_size
    assert blank_feedback(tmp_path, [text]) == 8
    said = list(read_feedback(tmp_path))
    assert [one["verdict"] for one in said] == ["up", "down"] * 8
    assert ["answer" in one for one in said] == [False, True] * 8
    assert (tmp_path / "feedback.jsonl").stat().st_size == size
    assert blank_feedback(tmp_path, [text]) == 0


def run(home: Path, *arguments: str) -> str:
    result = CliRunner().invoke(main, [*arguments, "--home", str(home)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands_list_show_remove_and_let_in_again(home: Path) -> None:
    page = json.loads(run(home, "list", "--sort", "id", "--json"))
    assert (page["total"], page["offset"]) == (2, 0)
    assert [row["id"] for row in page["articles"]] == ["pasar", "rahasia"]
    assert [row["versions"] for row in page["articles"]] == [2, 1]
    assert page["articles"][0]["updated"] is not None
    part = json.loads(run(home, "list", "--sort", "id", "--offset", "1", "--limit", "1", "--json"))
    assert (part["total"], [row["id"] for row in part["articles"]]) == (2, ["rahasia"])
    titled = json.loads(run(home, "list", "--title", "ALAMAT", "--json"))
    assert [row["id"] for row in titled["articles"]] == ["rahasia"]
    assert json.loads(run(home, "list", "--source", "sagara pos", "--json"))["total"] == 2
    assert json.loads(run(home, "list", "--since", "2026-01-01", "--json"))["total"] == 0

    shown = json.loads(run(home, "show", "pasar", "--json"))
    assert [version["version"] for version in shown["versions"]] == [1, 2]
    assert (shown["state"], shown["text"]) == ("live", OTHER + " Pedagang senang.")
    assert run(home, "show", "pasar", "--version", "1").rstrip().endswith(OTHER)

    out = run(home, "remove", "rahasia", "--reason", "hak lupa", "--by", "Ayu")
    assert out == "1 article is out of every answer. Snapshot 000003.\n"
    assert json.loads(run(home, "list", "--json"))["total"] == 1
    (gone,) = json.loads(run(home, "list", "--gone", "--json"))["articles"]
    assert (gone["id"], gone["state"], gone["by"]) == ("rahasia", "removed", "Ayu")
    assert "removed: hak lupa" in run(home, "list", "--gone")
    assert "by Ayu: hak lupa." in run(home, "show", "rahasia")
    run(home, "restore-article", "rahasia")
    assert json.loads(run(home, "list", "--json"))["total"] == 2

    out = run(home, "remove", "rahasia", "--erase", "--by", "Ayu", "--reason", "putusan")
    assert "erased: no text of it is left in the home" in out
    (gone,) = json.loads(run(home, "list", "--gone", "--json"))["articles"]
    assert (gone["id"], gone["state"], gone["title"]) == ("rahasia", "erased", "")
    shown = json.loads(run(home, "show", "rahasia", "--json"))
    assert (shown["state"], shown["versions"]) == ("erased", [])
    assert [(e["state"], e["by"], e["reason"]) for e in shown["events"]][-1] == (
        *("erased", "Ayu", "putusan"),
    )


def test_showing_what_never_was_says_how_to_find_ids(home: Path) -> None:
    result = CliRunner().invoke(main, ["show", "tidak-ada", "--home", str(home)])
    assert result.exit_code == 1
    assert "`warta list` shows ids" in result.output


def test_an_article_its_outlet_changed_carries_the_day_and_one_cleaned_anew_does_not(
    home: Path,
) -> None:
    with Archive.open(home) as archive:
        assert set(archive.updates()) == {"pasar"}
        today = archive.updates()["pasar"]
        kept = archive.get("rahasia")
        fingerprint = archive.fingerprints()["rahasia"]
        anew = replace(kept, text=kept.text + " Selesai.")
        archive.put(anew, fingerprint.partition("-")[0] + "-another cleaning")
        assert len(archive.history("rahasia")) == 2
        assert set(archive.updates()) == {"pasar"}
    view = Retriever.load(home).view()
    assert view.article("pasar").updated == today
    assert view.article("rahasia").updated is None
    assert json.loads(run(home, "show", "pasar", "--json"))["updated"] == today.isoformat()
    answer = Assistant.load(home).answer("Kapan Pasar Sagara dibuka kembali?")
    assert {citation.article.updated for citation in answer.citations} == {today}
    remove(home, "pasar", erase=True)
    with Archive.open(home, readonly=True) as archive:
        assert archive.updates() == {}
