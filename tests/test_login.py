import asyncio
import stat

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.login import Logins, LoginWall, add_login
from corpus.errors import ConfigError


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "logins"
    add_login(path, "rina", "sandi rahasia")
    add_login(path, "budi", "kata: lain")
    return path


@pytest.fixture
def now():
    return [1_000.0]


@pytest.fixture
def client(file, now) -> TestClient:
    app = FastAPI()

    @app.get("/page")
    def page() -> str:
        return "in"

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    app.add_middleware(LoginWall, logins=Logins.load(file), clock=lambda: now[0])
    return TestClient(app)


def test_passwords_are_kept_as_hashes_in_a_file_for_its_owner_alone(file):
    text = file.read_text()
    assert "sandi" not in text
    assert text.count("$argon2id$") == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_password_replaces_the_first(file):
    add_login(file, "rina", "yang baru itu")
    logins = Logins.load(file)
    assert logins.check("rina", "yang baru itu")
    assert not logins.check("rina", "sandi rahasia")
    assert logins.check("budi", "kata: lain")


@pytest.mark.parametrize(("name", "password"), [("a:b", "x" * 9), ("", "x" * 9), ("rina", "short")])
def test_names_and_passwords_that_cannot_be_are_refused(tmp_path, name, password):
    with pytest.raises(ConfigError):
        add_login(tmp_path / "logins", name, password)


@pytest.mark.parametrize("text", ["", "# nobody\n", "rina:plain\n"])
def test_a_file_without_usable_logins_is_said(tmp_path, text):
    path = tmp_path / "logins"
    path.write_text(text)
    with pytest.raises(ConfigError, match="warta login"):
        Logins.load(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        Logins.load(tmp_path / "none")


def test_nobody_passes_without_a_login_but_health_is_open(client):
    refused = client.get("/page")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic ")
    assert client.get("/page", auth=("budi", "kata: lain")).json() == "in"
    assert client.get("/page", auth=("rina", "kata: lain")).status_code == 401
    assert client.get("/page", auth=("siapa", "sandi rahasia")).status_code == 401
    assert client.get("/page", headers={"authorization": "Basic ???"}).status_code == 401
    assert client.get("/page", headers={"authorization": "Bearer x"}).status_code == 401
    assert client.get("/healthz").json() == "ok"


def test_guessing_is_stopped_for_a_minute_while_who_is_in_stays_in(client, now):
    assert client.get("/page", auth=("budi", "kata: lain")).status_code == 200
    for _ in range(10):
        client.get("/page", auth=("rina", "salah"))
    assert client.get("/page", auth=("rina", "sandi rahasia")).status_code == 429
    assert client.get("/page", auth=("budi", "kata: lain")).status_code == 200
    now[0] += 61
    assert client.get("/page", auth=("rina", "sandi rahasia")).status_code == 200


def test_a_checked_login_is_not_hashed_again_until_it_is_old(file, now):
    checked = []

    class Counted(Logins):
        def check(self, name, password):
            checked.append(name)
            return super().check(name, password)

    async def passed(scope, receive, send) -> None:
        pass

    wall = LoginWall(passed, logins=Counted.load(file), clock=lambda: now[0])
    said = "Basic YnVkaTprYXRhOiBsYWlu"

    async def come() -> None:
        assert await wall._may_pass(said, "here")

    for _ in range(3):
        asyncio.run(come())
    now[0] += 601
    asyncio.run(come())
    assert checked == ["budi", "budi"]
