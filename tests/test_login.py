import asyncio
import stat

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from warta.assistant.config import Settings, load_settings
from warta.assistant.web.callers import Proxies
from warta.assistant.web.listening import warn_if_open
from warta.assistant.web.login import HeaderWall, Logins, LoginWall, add_login
from warta.corpus.errors import ConfigError


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


def behind_a_proxy(comes_from: str, proxies: tuple[str, ...] = ("10.0.0.7", "fd00::/8")):
    app = FastAPI()

    @app.get("/page")
    def page() -> str:
        return "in"

    app.add_middleware(HeaderWall, header="X-Remote-User", proxies=Proxies(proxies))
    return TestClient(app, client=(comes_from, 5_000))


@pytest.mark.parametrize("address", ["10.0.0.7", "::ffff:10.0.0.7", "fd00::1"])
def test_who_is_named_by_a_listed_proxy_passes(address):
    client = behind_a_proxy(address)
    assert client.get("/page", headers={"x-remote-user": "rina"}).json() == "in"
    assert client.get("/page").status_code == 401
    assert client.get("/page", headers={"x-remote-user": " "}).status_code == 401


@pytest.mark.parametrize("address", ["10.0.0.8", "127.0.0.1", "testclient"])
def test_a_name_from_elsewhere_does_not_count(address):
    headers = {"x-remote-user": "rina", "x-forwarded-for": "10.0.0.7"}
    assert behind_a_proxy(address).get("/page", headers=headers).status_code == 401


def test_a_header_that_came_twice_may_have_been_written_by_the_reader():
    headers = [("x-remote-user", "rina"), ("x-remote-user", "budi")]
    assert behind_a_proxy("10.0.0.7").get("/page", headers=headers).status_code == 401


def test_a_header_wants_its_proxy_and_no_file_beside_it():
    with pytest.raises(ConfigError, match="from nobody"):
        load_settings(None, {"WARTA_AUTH_HEADER": "X-Remote-User"})
    both = {"auth_header": "X-Remote-User", "proxies": ["127.0.0.1"], "auth": "logins"}
    with pytest.raises(ConfigError, match="Both"):
        load_settings(None, {}, both)
    with pytest.raises(ConfigError, match="addresses or networks"):
        load_settings(None, {"WARTA_PROXIES": "the proxy"})
    with pytest.raises(ConfigError, match="name of a header"):
        load_settings(None, {"WARTA_AUTH_HEADER": "X Remote"})


def test_a_header_is_a_login_for_an_address_beyond_this_machine():
    chosen = Settings(host="0.0.0.0", auth_header="X-Remote-User", proxies=("10.0.0.7",))
    assert chosen.asks_login
    warn_if_open(chosen)
    with pytest.raises(ConfigError):
        warn_if_open(Settings(host="0.0.0.0"))
