"""Tokens of programs: how they are kept, what they open, and what guessing them costs."""

import base64
import json
import stat
from datetime import date

import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from fastapi.testclient import TestClient
from page_fake import FakeAssistant

from warta.assistant.api.api import build_api
from warta.assistant.api.places import Gate
from warta.assistant.cli.commands import main
from warta.assistant.config import Settings
from warta.assistant.web.callers import Proxies
from warta.assistant.web.connections import warn_if_open
from warta.assistant.web.login import add_login
from warta.assistant.web.server import _add_walls
from warta.assistant.web.tokens import ApiTokens, add_token, read_tokens, revoke_token
from warta.corpus.errors import ConfigError


@pytest.fixture
def file(tmp_path):
    return tmp_path / "tokens"


@pytest.fixture
def token(file) -> str:
    return add_token(file, "mesin-cari")


def client_of(tmp_path, **chosen) -> TestClient:
    """The API and a page behind the walls of these settings, without Gradio's half of the app."""
    app, settings = FastAPI(), Settings(home=tmp_path, **chosen)
    app.include_router(build_api(FakeAssistant(), settings, Gate(1, 1)))
    app.add_api_route("/", lambda: "page")
    app.add_api_route("/healthz", lambda: "ok")
    _add_walls(app, settings, Proxies(settings.proxies))
    return TestClient(app, client=("127.0.0.1", 5_000))


def bearing(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_a_token_is_shown_once_and_kept_as_a_digest_in_a_file_for_its_owner_alone(file, token):
    assert token.startswith("warta_")
    assert len(token) >= len("warta_") + 43  # 256 bits
    assert token.removeprefix("warta_") not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (kept,) = read_tokens(file)
    assert (kept.name, kept.scopes) == ("mesin-cari", ("read",))
    assert ApiTokens(file).find(token) == kept
    assert ApiTokens(file).find(token[:-1]) is None


def test_a_name_has_one_token_until_it_is_revoked(file, token):
    with pytest.raises(ConfigError, match="mesin-cari has a token"):
        add_token(file, "mesin-cari")
    revoke_token(file, "mesin-cari")
    with pytest.raises(ConfigError, match="no token of mesin-cari"):
        revoke_token(file, "mesin-cari")
    assert add_token(file, "mesin-cari") != token


@pytest.mark.parametrize(("name", "scopes"), [("a:b", ["read"]), ("", ["read"]), ("a", ["write"])])
def test_names_and_scopes_that_cannot_be_are_refused(file, name, scopes):
    with pytest.raises(ConfigError):
        add_token(file, name, scopes)
    assert not file.exists()


@pytest.mark.parametrize(
    "text",
    [
        "x\n",
        "x:read:2026-01-31:00\n",
        "x:read:heute:" + 64 * "0",
        "x:read:2026-01-31:" + 64 * "0" + ":2026-02-31",
        "x:read:2026-02-31:" + 64 * "0",
    ],
)
def test_a_line_that_is_no_token_is_said_with_its_number(file, text):
    file.write_text("# programs\n" + text)
    with pytest.raises(ConfigError, match="line 2 is no token"):
        ApiTokens(file)


@pytest.mark.parametrize(
    ("scopes", "reading", "feedback"),
    [(["read"], 200, 403), (["feedback"], 403, 204), (["read", "feedback"], 200, 204)],
)
def test_a_token_opens_what_its_scopes_name(tmp_path, file, scopes, reading, feedback):
    said = bearing(add_token(file, "program", scopes))
    client = client_of(tmp_path, tokens=file)
    asked = {"question": "Festival?"}
    assert client.post("/api/ask", json=asked, headers=said).status_code == reading
    for path in ("/api/search?q=perahu", "/api/status", "/api/articles/a-1"):
        assert client.get(path, headers=said).status_code == reading, path
    opinion = client.post("/api/feedback", json={"verdict": "up"}, headers=said)
    assert opinion.status_code == feedback
    page = client.get("/", headers=said)
    assert (page.status_code, page.json()["error"]["code"]) == (403, "forbidden")


def test_without_a_token_nobody_passes_but_health_is_open(tmp_path, file, token):
    client = client_of(tmp_path, tokens=file)
    for path in ("/", "/api/status"):
        refused = client.get(path)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthorized")
        assert refused.headers["www-authenticate"] == 'Bearer realm="Warta"'
    wrong = client.get("/api/status", headers=bearing(token + "x"))
    assert wrong.status_code == 401
    assert wrong.headers["www-authenticate"] == 'Bearer realm="Warta", error="invalid_token"'
    assert client.get("/healthz").status_code == 200


def test_logins_and_tokens_open_side_by_side(tmp_path, file, token):
    add_login(tmp_path / "logins", "rina", "sandi rahasia")
    client = client_of(tmp_path, tokens=file, auth=tmp_path / "logins")
    assert client.get("/api/status", headers=bearing(token)).status_code == 200
    assert client.get("/api/status", auth=("rina", "sandi rahasia")).status_code == 200
    refused = client.get("/api/status")
    assert refused.headers["www-authenticate"].startswith("Basic ")
    assert client.get("/", auth=("rina", "sandi rahasia")).status_code == 200
    assert client.get("/api/status", headers=bearing("warta_none")).status_code == 401


def test_a_token_passes_beside_a_proxy_that_asks_for_logins(tmp_path, file, token):
    settings = {"tokens": file, "auth_header": "X-Remote-User", "proxies": ("127.0.0.1",)}
    client = client_of(tmp_path, **settings)
    assert client.get("/api/status", headers=bearing(token)).status_code == 200
    assert client.get("/api/status", headers={"x-remote-user": "rina"}).status_code == 200
    assert client.get("/api/status", headers=bearing("warta_none")).status_code == 401
    assert client.get("/api/status").status_code == 401


def test_a_revoked_token_is_refused_from_the_next_request_on(tmp_path, file, token):
    other = add_token(file, "lain")
    client = client_of(tmp_path, tokens=file)
    assert client.get("/api/status", headers=bearing(token)).status_code == 200
    revoke_token(file, "mesin-cari")
    assert client.get("/api/status", headers=bearing(token)).status_code == 401
    assert client.get("/api/status", headers=bearing(other)).status_code == 200
    file.unlink()
    assert client.get("/api/status", headers=bearing(other)).status_code == 401


def test_a_token_is_refused_from_the_day_after_its_last(file):
    token = add_token(file, "sementara", until=date(2026, 3, 31))
    day = [date(2026, 3, 31)]
    known = ApiTokens(file, lambda: day[0])
    assert known.find(token).until == date(2026, 3, 31)
    day[0] = date(2026, 4, 1)
    assert known.find(token) is None


def test_guessing_tokens_is_stopped_for_a_minute_while_a_known_one_stays_in(tmp_path, file, token):
    client = client_of(tmp_path, tokens=file)
    assert client.get("/api/status", headers=bearing(token)).status_code == 200
    guesses = [
        client.get("/api/status", headers=bearing(f"warta_{n:06}")).status_code for n in range(40)
    ]
    assert guesses == [401] * 30 + [429] * 10
    for _ in range(20):
        assert client.get("/api/status", headers=bearing(token)).status_code == 200


def test_guesses_at_tokens_and_logins_count_together(tmp_path, file, token):
    add_login(tmp_path / "logins", "rina", "sandi rahasia")
    client = client_of(tmp_path, tokens=file, auth=tmp_path / "logins")
    for n in range(30):
        client.get("/api/status", headers=bearing(f"warta_{n:06}"))
    assert client.get("/api/status", auth=("rina", "salah lagi")).status_code == 429


def test_a_token_says_nothing_to_who_asks_with_a_login(tmp_path, file, token):
    packed = base64.b64encode(f"mesin-cari:{token}".encode()).decode()
    client = client_of(tmp_path, tokens=file)
    answered = client.get("/api/status", headers={"authorization": f"Basic {packed}"})
    assert answered.status_code == 401


def test_tokens_are_enough_to_serve_beyond_this_machine(file, token):
    warn_if_open(Settings(host="0.0.0.0", tokens=file))
    with pytest.raises(ConfigError, match="--tokens FILE"):
        warn_if_open(Settings(host="0.0.0.0"))


def test_the_commands_add_list_and_revoke(file):
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(main, ["tokens", *arguments])
        assert done.exit_code == 0, done.output
        return done.output.strip()

    token = run("add", str(file), "mesin-cari", "--scope", "read", "--scope", "feedback")
    assert ApiTokens(file).find(token).name == "mesin-cari"
    (listed,) = json.loads(run("list", str(file), "--json"))
    assert (listed["name"], listed["scopes"]) == ("mesin-cari", ["read", "feedback"])
    assert "mesin-cari" in run("list", str(file))
    run("revoke", str(file), "mesin-cari")
    assert run("list", str(file)) == "No tokens."
    refused = CliRunner().invoke(main, ["tokens", "revoke", str(file), "mesin-cari"])
    assert refused.exit_code == 1
