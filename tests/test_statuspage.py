import dataclasses
from datetime import UTC, date, datetime

import pytest
from homes import article, fill
from page_fake import FakeView

from warta.assistant.page.routes import examine, status_page
from warta.assistant.upkeep.feedback import DECLINED, add_feedback
from warta.corpus.archive.archive import Archive
from warta.corpus.archive.rows import Counts
from warta.corpus.article import Skipped
from warta.corpus.errors import NoSnapshot
from warta.index.snapshot.shelf import open_snapshot

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    fill(
        tmp_path,
        [
            article("a", "Panen raya dimulai.", day=date(2026, 2, 1), source="<b>Harian</b>"),
            article("b", "Banjir surut di hilir.", day=date(2026, 2, 3)),
            article("c", "Hujan turun lagi.", day=date(2026, 2, 3)),
        ],
    )
    return tmp_path


def seen(home):
    return examine(home, open_snapshot(home).snapshot)


def test_the_page_shows_figures_days_reasons_and_opinions(home):
    with Archive.open(home) as archive:
        archive.begin_run(["berita"])
        archive.skip([Skipped("x.csv", 3, "no text <script>", "Add one.")])
        archive.end_run(Counts(seen=4, indexed=3, skipped=1))
    add_feedback(home, {"verdict": "up", "question": "Kapan panen?"})
    add_feedback(home, {"verdict": "down", "question": "Siapa?", "reason": "<i>salah</i>"})
    for question in ("Siapa lurahnya?", "siapa lurahnya", "Berapa?"):
        add_feedback(home, {"verdict": DECLINED, "question": question})
    found = seen(home)
    assert found.days == {date(2026, 2, 1): 1, date(2026, 2, 3): 2}
    assert found.reasons == (("no text <script>", 1),)
    assert found.declined == (("siapa lurahnya", 2), ("berapa", 1))
    assert [run.counts.indexed for run in found.runs] == [3]
    page = status_page(found, "en", NOW)
    assert "<script" not in page
    assert "&lt;b&gt;Harian" in page
    assert "&lt;i&gt;salah&lt;/i&gt;" in page
    assert "1 helpful, 1 not helpful" in page
    assert "<td>+</td><td>Kapan panen?</td><td>–</td>" in page
    add_feedback(home, {"verdict": "up", "question": "o" * 301})
    assert f"<td>{'o' * 300}…</td>" in status_page(seen(home), "en", NOW)
    assert page.count("<rect") == 2
    assert "<title>3 Feb 2026: 2</title>" in page
    run = dataclasses.replace(found.runs[0], seconds=41.26)
    found = dataclasses.replace(found, runs=(run,))
    assert "<td>41.3</td>" in status_page(found, "en", NOW)
    assert "<td>41,3</td>" in status_page(found, "id", NOW)


def test_a_run_that_did_not_come_to_its_index_says_how_far_it_came(home):
    with Archive.open(home) as archive:
        archive.begin_run(["berita"])
        archive.end_run(Counts(seen=4, indexed=4))  # and the build failed
        archive.begin_run(["berita"])  # and somebody pressed Ctrl-C
    page = status_page(seen(home), "en", NOW)
    assert "<td>read, its index not finished</td><td>4</td><td>4</td><td>0</td>" in page
    assert "<td>reading not finished</td><td>–</td>" in page


def test_a_home_without_opinions_or_runs_says_so(home):
    page = status_page(seen(home), "id", NOW)
    assert page.count("Belum ada.") == 4


def test_a_home_without_index_is_no_snapshot(tmp_path):
    with pytest.raises(NoSnapshot):
        examine(tmp_path, FakeView())


def test_a_snapshot_names_its_newest_articles_and_counts_its_days(home):
    snapshot = open_snapshot(home).snapshot
    assert [item.id for item in snapshot.recent(2)] == ["c", "b"]
    assert list(snapshot.days()) == [date(2026, 2, 1), date(2026, 2, 3)]
