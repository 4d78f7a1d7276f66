"""The same retriever over Milvus, here milvus-lite: a local file instead of a server."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from homes import EMBEDDER, article, fill

from warta.assistant.cli.commands import main
from warta.assistant.config import Settings
from warta.assistant.upkeep.maintain import load_assistant
from warta.assistant.web.server import create_app
from warta.corpus.errors import ConfigError, InputError, NoSnapshot, SnapshotError
from warta.corpus.samples import samples_path
from warta.index.distributed.milvus import PASSAGES, Milvus
from warta.index.distributed.publish import PARTS, publish
from warta.index.distributed.retriever import MilvusRetriever, open_generation
from warta.index.search.listing import ListRequest
from warta.index.search.retriever import Retriever
from warta.index.snapshot.shelf import open_snapshot

MilvusException = pytest.importorskip(
    "pymilvus.exceptions", reason="pip install 'warta[milvus]'"
).MilvusException
server_manager_instance = pytest.importorskip(
    "milvus_lite.server_manager", reason="pip install milvus-lite"
).server_manager_instance

QUESTIONS = [
    json.loads(line)
    for line in (Path(__file__).parent / "samples_questions.jsonl").read_text("utf-8").splitlines()
]


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return str(tmp_path_factory.mktemp("milvus") / "warta.db")


@pytest.fixture(scope="module")
def both(samples_home, database):
    """The samples in a home, and the same in Milvus."""
    publish(open_snapshot(samples_home).snapshot, Milvus.connect(database))
    return Retriever.load(samples_home), MilvusRetriever.connect(database)


def told(hits):
    """What is compared: weights of terms are exact in Milvus, tantivy rounds lengths."""
    return [
        (hit.article, hit.passage, hit.coverage, hit.also, pytest.approx(hit.score, abs=0.1))
        for hit in hits
    ]


def test_every_question_gets_the_same_hits_over_a_home_and_over_milvus(both):
    local, remote = both
    for asked in QUESTIONS:
        question = asked["question"]
        assert told(remote.retrieve(question, 10)) == told(local.retrieve(question, 10))


@pytest.mark.parametrize(
    "only",
    [
        {"since": "2026-02-10"},
        {"until": "2026-01-20"},
        {"since": "2026-01-10", "until": "2026-02-01", "sources": ["SAGARA pos (contoh)"]},
        {"sources": ["Sagara Pos (contoh)", "Warta Nusantara (contoh)"]},
    ],
)
def test_filters_by_day_and_outlet_are_exact(both, only):
    local, remote = both
    hits = remote.retrieve("harga beras dan jembatan", 60, **only)
    assert told(hits) == told(local.retrieve("harga beras dan jembatan", 60, **only))
    assert {hit.article.id for hit in hits} == {
        one.id
        for one in local.view().recent(100)
        if (not only.get("since") or one.published >= date.fromisoformat(only["since"]))
        and (not only.get("until") or one.published <= date.fromisoformat(only["until"]))
        and (
            "sources" not in only
            or one.source.casefold() in [name.casefold() for name in only["sources"]]
        )
    } - {other.id for hit in hits for other in hit.also}


def test_what_page_and_answers_ask_besides_is_the_same(both):
    local, remote = (one.view() for one in both)
    for wanted in (ListRequest("harga beras"), ListRequest("banjir", order="day"), ListRequest()):
        ours, theirs = remote.listing(wanted), local.listing(wanted)
        assert told(ours.hits) == told(theirs.hits)
        assert replace(ours, hits=()) == replace(theirs, hits=())
    names = ("Ratna Wirasmita", "Kali Mendira", "Ratna Mendira", "PBB")
    assert [remote.holds(name) for name in names] == [local.holds(name) for name in names]
    assert remote.count(["jembat"]) == local.count(["jembat"])
    assert (remote.coverage(), remote.days()) == (local.coverage(), local.days())
    for one in local.recent(40):
        assert remote.article(one.id) == one
        assert remote.copies(one.id) == local.copies(one.id)
        assert remote.story(one.id) == local.story(one.id)
        assert remote.corrected_by(one) == local.corrected_by(one)
    assert remote.corrections("jembatn") == local.corrections("jembatn") != ()
    with pytest.raises(InputError, match="no article 'nowhere'"):
        remote.article("nowhere")


def everything(milvus):
    """All that is live, passage by passage; equal for two of the same articles."""
    snapshot = open_generation(milvus, milvus.live())
    vocabulary = snapshot.texts.vocabulary()
    rows = np.arange(len(snapshot))
    return [
        [
            (passage, replace(one, updated=None))
            for passage, one in snapshot.passages(rows.tolist())
        ],
        snapshot.vectors.rows(rows).tolist(),
        [snapshot.lexical.holding([term]).tolist() for term in vocabulary],
        [snapshot.matching([term], 10).scores.round(4).tolist() for term in vocabulary],
        snapshot.tokens.padded(np.arange(len(snapshot) + len(snapshot.published))).tolist(),
        (snapshot.copy_of.tolist(), snapshot.published.tolist(), snapshot.sources),
    ]


def numbered(count, version=0):
    return [
        article(
            f"n{n}",
            f"Berita nomor{n} versi{version if n % 5 == 0 else 0} tentang desa{n % 3}. " * 3,
            title=f"Judul{n}",
            day=date(2026, 1, 1 + n),
        )
        for n in range(count)
    ]


def test_articles_added_changed_and_removed_equal_a_build_from_nothing(tmp_path, database):
    milvus = Milvus.connect(f"{database}#grown")
    for wanted in (numbered(6), numbered(12), numbered(12, version=1)[2:11]):
        fill(tmp_path / "grown", wanted)
        assert publish(open_snapshot(tmp_path / "grown").snapshot, milvus).changed
    assert not publish(open_snapshot(tmp_path / "grown").snapshot, milvus).changed
    fresh = Milvus.connect(f"{database}#fresh")
    fill(tmp_path / "fresh", numbered(12, version=1)[2:11])
    publish(open_snapshot(tmp_path / "fresh").snapshot, fresh)
    assert everything(milvus) == everything(fresh)
    assert len(milvus.generations()) == 2  # that before is kept for those who still ask it
    publish(open_snapshot(tmp_path / "grown").snapshot, milvus, keep_last=False)
    assert milvus.generations() == [milvus.live()]


def test_after_a_restart_of_milvus_articles_are_published_again(tmp_path):
    """It has nothing ready then until it is told to load."""
    fill(tmp_path / "home", numbered(3))
    place = str(tmp_path / "warta.db")
    milvus = Milvus.connect(place)
    publish(open_snapshot(tmp_path / "home").snapshot, milvus)
    milvus.close()
    server_manager_instance.release_server(place)
    milvus = Milvus.connect(place)
    assert not publish(open_snapshot(tmp_path / "home").snapshot, milvus).changed
    fill(tmp_path / "home", numbered(4))
    assert publish(open_snapshot(tmp_path / "home").snapshot, milvus).changed
    assert len(open_generation(milvus, milvus.live()).published) == 4


def test_of_few_passages_that_a_filter_lets_through_all_are_found(database):
    """Of one in a hundred, opened anew: a graph of neighbours comes upon a handful of them."""
    milvus, random = Milvus.connect(f"{database}#few"), np.random.default_rng(0)
    vectors = random.normal(size=(4000, 32)).astype(np.float32)
    rest = {"terms": {0: 1.0}, "article": 0, "start": 0, "end": 1, "outlet": 0, "tokens": ""}
    rows = [
        {"number": number, "vector": vector, "day": number % 100, **rest}
        for number, vector in enumerate(vectors.tolist())
    ]
    milvus.create("000001", 32)
    for at in range(0, len(rows), 500):
        milvus.insert("000001", PASSAGES, rows[at : at + 500])
    milvus.settle("000001", {PASSAGES: len(rows)})
    milvus._client.release_collection("few_000001_passages")
    milvus._client.load_collection("few_000001_passages")
    found = milvus.nearest("000001", vectors[7], 50, "day >= 7 and day <= 7").rows
    order = np.argsort(-(vectors[7::100] @ vectors[7]))
    assert found.tolist() == (7 + 100 * order).tolist()


class Cut:
    """A client that fails from the n-th call on, as one does whose process is gone."""

    def __init__(self, client, calls):
        self._client, self.left = client, calls

    def __getattr__(self, name):
        def call(*args, **kwargs):
            if self.left <= 0:
                raise MilvusException(message=f"no {name}")
            self.left -= 1
            return getattr(self._client, name)(*args, **kwargs)

        return call


@pytest.mark.faults  # it rebuilds some thirty times
def test_a_rebuild_that_ends_anywhere_leaves_what_was_live(tmp_path, database):
    milvus = Milvus.connect(f"{database}#cut")
    fill(tmp_path, numbered(2))
    publish(open_snapshot(tmp_path).snapshot, milvus)
    before = milvus.live()
    fill(tmp_path, numbered(3))
    snapshot = open_snapshot(tmp_path).snapshot
    for calls in range(200):
        cut = Milvus(Cut(milvus._client, calls), database, "cut")
        try:
            publish(snapshot, cut)
            break
        except SnapshotError:
            live = milvus.live()
            assert len(open_generation(milvus, live).published) == (2 if live == before else 3)
    assert calls > 20
    assert len(open_generation(milvus, milvus.live()).published) == 3
    assert len(milvus.generations()) <= 2


def test_a_page_server_follows_what_is_live_and_goes_on_while_milvus_is_away(tmp_path, database):
    milvus = Milvus.connect(f"{database}#followed")
    fill(tmp_path, numbered(2))
    publish(open_snapshot(tmp_path).snapshot, milvus)
    client = Cut(milvus._client, 10_000)
    retriever = MilvusRetriever(EMBEDDER, Milvus(client, database, "followed"), look_every=0)
    assert retriever.view().coverage().articles == 2
    fill(tmp_path, numbered(3))
    publish(open_snapshot(tmp_path).snapshot, milvus)
    assert retriever.view().coverage().articles == 3
    client.left = 0
    assert retriever.view().coverage().articles == 3
    assert "goes on being used" in retriever.warning
    client.left = 10_000
    retriever.view()
    assert retriever.warning == ""


def test_an_article_of_any_length_comes_back_whole(tmp_path, database):
    long = article("panjang", "Kalimat — yang cukup panjang. " * 3000, title="🦆" * 400)
    fill(tmp_path, [*numbered(2), long])
    milvus = Milvus.connect(f"{database}#long")
    publish(open_snapshot(tmp_path).snapshot, milvus)
    snapshot = open_generation(milvus, milvus.live())
    assert replace(snapshot.article_by_id("panjang"), updated=None) == long
    assert milvus.count(milvus.live(), "articles") > 3 < PARTS


@pytest.fixture(scope="module")
def published(tmp_path_factory, database):
    """The samples, indexed into Milvus by the command line; the home is gone."""
    address = f"{database}#commands"
    home = tmp_path_factory.mktemp("commands") / "home"
    done = CliRunner().invoke(
        main, ["index", str(samples_path()), "--home", str(home), "--milvus", address]
    )
    assert done.exit_code == 0, done.output
    assert "Generation 000001 is live in Milvus." in done.output
    home.rename(home.with_name("elsewhere"))
    return home, address


def test_the_command_line_searches_and_answers_from_milvus_without_a_home(published):
    home, address = published
    elsewhere = home.with_name("elsewhere")
    for command in (["search", "harga beras", "--json"], ["ask", "Berapa biaya Jembatan Mendira?"]):
        over = CliRunner().invoke(main, [*command, "--home", str(home), "--milvus", address])
        at_home = CliRunner().invoke(main, [*command, "--home", str(elsewhere)])
        assert (over.exit_code, over.stdout) == (0, at_home.stdout)
    assert not home.exists()


def test_a_page_server_over_milvus_answers_and_tells_its_figures_without_a_home(published):
    home, address = published
    settings = Settings(home=home, milvus=address)
    with TestClient(create_app(load_assistant(settings), settings), "http://127.0.0.1:7860") as web:
        asked = {"question": "Berapa biaya pembangunan Jembatan Kali Mendira?"}
        answer = web.post("/api/ask", json=asked).json()
        assert "Rp47,5 miliar" in answer["text"]
        found = answer["citations"][0]["article_id"]
        assert web.get(f"/api/articles/{found}").json()["article_id"] == found
        assert web.get("/search?q=beras").status_code == 200
        assert web.get(f"/article?id={found}").status_code == 200
        assert "warta_articles 40.0" in web.get("/metrics").text
        assert web.get("/status").status_code == 404


def test_who_removes_an_article_takes_it_out_of_milvus_with_all_that_was_live_before(published):
    home, address = published
    elsewhere, milvus = home.with_name("elsewhere"), Milvus.connect(address)
    environment = {"WARTA_MILVUS": address}
    flags = ["--home", str(elsewhere)]
    done = CliRunner().invoke(main, ["remove", "contoh-sp-006", *flags], env=environment)
    assert done.exit_code == 0, done.output
    assert milvus.generations() == [milvus.live()]
    with pytest.raises(InputError, match="no article"):
        open_generation(milvus, milvus.live()).article_by_id("contoh-sp-006")


def test_what_is_wrong_with_an_address_or_an_archive_is_said(database, both):
    with pytest.raises(ConfigError, match="'nowhere' is no address of a Milvus"):
        Milvus.connect("nowhere")
    with pytest.raises(ConfigError, match="Use letters and digits only"):
        Milvus.connect(f"{database}#a_b")
    with pytest.raises(SnapshotError, match=r"Milvus at http://127\.0\.0\.1:9 cannot be asked"):
        Milvus.connect("http://127.0.0.1:9")
    with pytest.raises(NoSnapshot, match="There is no archive 'other' in Milvus at"):
        MilvusRetriever.connect(f"{database}#other")
    with pytest.raises(SnapshotError, match="was made by embedder"):
        MilvusRetriever.connect(database, embedder=EMBEDDER)
    assert isinstance(both[1], Retriever)


def test_without_pymilvus_nothing_changes_until_it_is_asked_for():
    code = """
import sys
sys.modules["pymilvus"] = None
import warta.index.distributed.retriever, warta.assistant.cli
from warta.corpus.errors import ConfigError
from warta.index.distributed.milvus import PASSAGES, Milvus
try:
    Milvus.connect("http://127.0.0.1:19530")
except ConfigError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Run `pip install 'warta[milvus]'`." in run.stdout
