"""Answers that readers share: stored as they are, until they expire or an article is erased."""

import asyncio
import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from homes import EMBEDDER, article, fill
from lxml import html
from page_fake import ARTICLES, HOSTILE, FakeAssistant, answer_to, cited, quoting, receipt

from warta.assistant.answer import Answer
from warta.assistant.cli.commands import main
from warta.assistant.config import Settings
from warta.assistant.exporting.stored import pack
from warta.assistant.page.render import turn
from warta.assistant.upkeep import shares as kept_shares
from warta.assistant.upkeep.backup import opened, restore, write_backup
from warta.assistant.upkeep.removal import remove
from warta.assistant.upkeep.shares import Shares, find, listed, revoke
from warta.assistant.web.server import create_app
from warta.corpus.archive.withdrawn import Withdrawn, events_for
from warta.corpus.errors import BusyError, InputError
from warta.index.embedding.embedder import SentenceTransformerEmbedder

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
SECRET = "Bendahara Rukun Nelayan menyimpan uang kas di bawah lantai gudang garam tua."
OTHER = "Hujan lebat turun di Teluk Biru sepanjang pekan dan perahu tetap di dermaga."


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def shares(home) -> Shares:
    home.mkdir()
    return Shares(home, 30)


def client_of(home, **settings) -> TestClient:
    async def build() -> TestClient:  # Gradio leaves event loops open where none is running
        app = create_app(FakeAssistant(), Settings(home=home, **settings))
        return TestClient(app, headers={"host": "127.0.0.1:7860"})

    return asyncio.run(build())


def sealed(shares: Shares, question: str = "Festival?") -> str:
    return shares.seal(pack(answer_to(question)))


def shared(client, answer: str, **headers):
    return client.post("/warta/share", json={"answer": answer}, headers=headers)


def test_nobody_shares_unless_the_maintainer_allows_it(home, shares):
    client = client_of(home)
    assert shared(client, sealed(shares)).status_code in (404, 405)
    stored = shares.store(sealed(shares), "id")
    assert client.get(f"/share/{stored.id}").status_code == 404
    without = turn(answer_to("Festival?"), "id", done=True)
    assert 'data-act="share"' not in without
    assert 'data-act="share"' in turn(
        answer_to("Festival?"), "id", done=True, sealed=sealed(shares)
    )


def test_a_shared_answer_is_read_as_it_was_given(home, shares):
    client = client_of(home, share_days=30)
    answered = shared(client, sealed(shares))
    assert answered.status_code == 201
    path = answered.json()["path"]
    assert kept_shares.NAME.fullmatch(path.removeprefix("share/"))
    reply = client.get(f"/{path}")
    assert "default-src 'self'" in reply.headers["content-security-policy"]
    page = html.fromstring(reply.text)
    assert page.cssselect("h1")[0].text_content() == "Festival?"
    assert "Panitia mencatat 48 perahu" in page.cssselect(".told")[0].text_content()
    assert page.cssselect(".told a.number")[0].get("href") == "#s1"
    link = page.cssselect("#s1 a")[0].get("href")
    assert link.startswith("../article/a-1?q=")
    assert not page.cssselect("script:not([src])")
    assert page.cssselect('meta[name="robots"][content="noindex"]')
    assert "Harian Teluk (contoh)" in page.cssselect(".references")[0].text_content()


def test_only_an_answer_that_was_given_here_can_be_shared(home, shares):
    client = client_of(home, share_days=30)
    true = sealed(shares)
    forged = true.replace("48 perahu", "84 perahu")
    other_seal = Shares(home.parent / "other", 30).seal(pack(answer_to("Festival?")))
    for bad in (forged, other_seal, pack(answer_to("Festival?")), "", "{}", true[:-1], "[" + true):
        assert shared(client, bad).status_code == 409
    assert listed(home) == []


def test_what_is_too_long_or_of_another_form_is_refused(home, shares):
    client = client_of(home, share_days=30)
    assert shared(client, "x" * (kept_shares.LARGEST + 1)).status_code == 422
    assert client.post("/warta/share", json={"answer": sealed(shares), "x": 1}).status_code == 422
    as_form = client.post("/warta/share", data={"answer": sealed(shares)})
    assert as_form.status_code == 422
    assert listed(home) == []


def test_another_site_cannot_share(home, shares):
    client = client_of(home, share_days=30)
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"},
                    {"origin": "null"}, {"sec-fetch-site": "same-site"}):  # fmt: skip
        assert shared(client, sealed(shares), **headers).status_code == 403
    assert listed(home) == []


def test_an_address_is_random_and_what_lies_beside_the_answers_cannot_be_read(home, shares):
    client = client_of(home, share_days=30)
    ids = {shares.store(sealed(shares), "id").id for _ in range(20)}
    assert len(ids) == 20
    assert {len(id_) for id_ in ids} == {32}
    for path in ("key", "..%2fkey", "%2e%2e/feedback.jsonl", "x" * 32, f"{ids.pop()}.json",
                 "", "../shares/key"):  # fmt: skip
        reply = client.get(f"/share/{path}")
        assert reply.status_code == 404, path
        assert (home / "shares" / "key").read_bytes() not in reply.content
    assert (home / "shares").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (home / "shares").iterdir())


def test_expired_revoked_and_unknown_answers_say_the_same(home, shares):
    client = client_of(home, share_days=30)
    old = shares.store(sealed(shares), "id", datetime.now(UTC) - timedelta(days=31))
    gone = shares.store(sealed(shares), "id")
    assert revoke(home, [gone.id]) == 1
    said = {
        client.get(f"/share/{id_}").text.replace(id_, "") for id_ in (old.id, gone.id, "x" * 32)
    }
    assert len(said) == 1
    shares.store(sealed(shares), "id")  # clears what has expired
    assert not (home / "shares" / f"{old.id}.json").exists()


def test_foreign_text_in_a_shared_answer_is_escaped(home, shares):
    client = client_of(home, share_days=30)
    hostile = answer_to("<script>alert(1)</script> pasar?")
    stored = shares.store(shares.seal(pack(hostile)), "id")
    page = client.get(f"/share/{stored.id}").text
    assert "<script>alert" not in page
    assert "<script>window" not in page
    assert "onerror=" not in page.replace("onerror=&#34;", "")
    assert 'href="javascript' not in page
    assert HOSTILE[:20] not in page


def test_a_withdrawn_article_vanishes_from_shared_answers(home, shares):
    client = client_of(home, share_days=30)
    stored = shares.store(sealed(shares), "id")
    Withdrawn(events_for(["a-1"], "removed", "", "", {})).write(home)
    page = html.fromstring(client.get(f"/share/{stored.id}").text)
    assert "48 perahu" not in page.text_content()
    assert not [link for link in page.cssselect("a") if "a-1" in link.get("href")]
    assert page.cssselect(".note")


def test_of_an_erased_article_not_forty_characters_stay(home):
    articles = [article("rahasia", SECRET, title="Kas"), article("hujan", OTHER, title="Hujan")]
    fill(home, articles, SentenceTransformerEmbedder.load())
    shares = Shares(home, 30)
    citations = (cited(1, articles[0], SECRET), cited(2, articles[1], OTHER))
    both = Answer("answered", quoting(*citations), "id", citations, receipt("Apa kabar Teluk?"))
    spoken = replace(both, receipt=receipt(SECRET))  # its question quotes the article
    kept, lost = (shares.store(shares.seal(pack(one)), "id") for one in (both, spoken))
    paths = [home / "shares" / f"{share.id}.json" for share in (kept, lost)]
    with closing(paths[0].open("rb")) as still_open:
        remove(Settings(home=home), ["rahasia"], erase=True, by="", reason="",
               progress=lambda *told: None)  # fmt: skip
        assert set(still_open.read()) == {ord(" ")}  # also the bytes that lay on the disk
    assert not paths[1].exists()
    assert find(home, kept.id).answer(()).text == f"{OTHER} [2]"
    for path in home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(SECRET[at : at + 40].encode() in data for at in range(len(SECRET) - 39))


def test_a_backup_holds_shared_answers_and_not_the_key(home, tmp_path):
    fill(home, ARTICLES[:2])
    shares = Shares(home, 30)
    stored = shares.store(sealed(shares), "id")
    write_backup(home, tmp_path / "b.zip")
    with opened(tmp_path / "b.zip") as (_, contents):
        assert f"shares/{stored.id}.json" in contents.files
        assert not any("key" in name for name in contents.files)
    again = tmp_path / "again"
    restore(tmp_path / "b.zip", again, lambda folder: EMBEDDER)
    assert find(again, stored.id) == stored
    assert [share.id for share in listed(again)] == [stored.id]


def test_the_maintainer_lists_and_revokes(home, shares):
    stored = shares.store(sealed(shares), "id")
    run = CliRunner()
    shown = run.invoke(main, ["shares", "list", "--home", str(home), "--json"])
    assert [one["id"] for one in json.loads(shown.output)] == [stored.id]
    assert "Festival?" in run.invoke(main, ["shares", "list", "--home", str(home)]).output
    wrong = run.invoke(main, ["shares", "revoke", "--home", str(home), stored.id, "none"])
    assert wrong.exit_code != 0
    assert find(home, stored.id) == stored  # nothing was done
    done = run.invoke(main, ["shares", "revoke", "--home", str(home), f"share/{stored.id}"])
    assert (done.exit_code, listed(home)) == (0, [])


def test_there_is_an_end_to_how_many(home, shares, monkeypatch):
    monkeypatch.setattr(kept_shares, "MOST", 2)
    first = shares.store(sealed(shares), "id", NOW)
    shares.store(sealed(shares), "id", NOW)
    with pytest.raises(BusyError):
        shares.store(sealed(shares), "id", NOW)
    revoke(home, [first.id])
    shares.store(sealed(shares), "id", NOW)
    shares.store(sealed(shares), "id", NOW + timedelta(days=31))  # the others have expired
    with pytest.raises(InputError):
        revoke(home, [first.id])


def test_a_damaged_file_is_no_answer(home, shares):
    stored = shares.store(sealed(shares), "id")
    path = home / "shares" / f"{stored.id}.json"
    for bad in (
        b"",
        b"{",
        b"[]",
        b'{"id": "x"}',
        path.read_bytes().replace(b'"until": "', b'"until": "x'),
    ):
        path.write_bytes(bad)
        with pytest.raises(InputError):
            find(home, stored.id)
        assert listed(home) == []


def test_addresses_are_in_no_log(home, shares, tmp_path):
    stored = shares.store(sealed(shares), "id")
    log = tmp_path / "requests.jsonl"
    client = client_of(home, share_days=30, request_log=str(log))
    assert client.get(f"/share/{stored.id}").status_code == 200
    assert stored.id not in log.read_text()
    assert "/share/…" in json.loads(log.read_text().splitlines()[-1])["path"]
