import asyncio
import base64
import stat
import time

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from page_fake import FakeAssistant
from starlette.responses import JSONResponse

from warta.assistant.config import Settings, load_settings
from warta.assistant.web.callers import Proxies
from warta.assistant.web.connections import warn_if_open
from warta.assistant.web.login import Guesses, HeaderWall, Logins, LoginWall, add_login
from warta.assistant.web.server import create_app
from warta.corpus.errors import ConfigError

# As `add_login` writes them, but of a cost that a test can pay: each hash says its own.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "logins"
    known = {"rina": "sandi rahasia", "budi": "kata: lain"}
    path.write_text("".join(f"{name}:{CHEAP.hash(word)}\n" for name, word in known.items()))
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


def test_passwords_are_kept_as_hashes_in_a_file_for_its_owner_alone(tmp_path):
    file = tmp_path / "logins"
    add_login(file, "rina", "sandi rahasia")
    add_login(file, "budi", "kata: lain")
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


class Slow(Logins):
    """Counts what is hashed, and takes its time."""

    hashed = 0
    seconds = 0.02

    def check(self, name, password):
        self.hashed += 1
        time.sleep(self.seconds)
        return super().check(name, password)


def at_once(file, tries: list[tuple[str, str, str]], logins: Slow | None = None) -> list[int]:
    """Send logins at once, each (address, name, password); return the statuses."""

    async def app(scope, receive, send) -> None:
        await JSONResponse("in")(scope, receive, send)

    async def one(wall: LoginWall, address: str, name: str, password: str) -> int:
        seen: list[int] = []

        async def send(message: dict) -> None:
            seen.append(message.get("status", 0))

        said = b"Basic " + base64.b64encode(f"{name}:{password}".encode())
        scope = {"type": "http", "method": "GET", "path": "/page", "client": (address, 1),
                 "headers": [(b"authorization", said)]}  # fmt: skip
        await wall(scope, None, send)
        return seen[0]

    async def all_of_them() -> list[int]:
        wall = LoginWall(app, logins=logins or Slow.load(file))
        return await asyncio.gather(*(one(wall, *each) for each in tries))

    return asyncio.run(all_of_them())


def test_of_guesses_that_come_at_once_no_more_are_looked_at_than_of_others(file):
    """Of 300 at once 290 were told 429 after they were looked at, and the right one came in."""
    logins = Slow.load(file)
    guesses = [("203.0.113.7", "rina", f"salah {number}") for number in range(299)]
    statuses = at_once(file, [*guesses, ("203.0.113.7", "rina", "sandi rahasia")], logins)
    assert statuses == [401] * 10 + [429] * 290
    assert logins.hashed == 10


def test_who_guesses_keeps_no_other_reader_out(file):
    guesses = [("203.0.113.7", "rina", f"salah {number}") for number in range(120)]
    statuses = at_once(file, [*guesses, ("203.0.113.8", "rina", "sandi rahasia")])
    assert statuses[-1] == 200


def test_who_guesses_one_name_keeps_no_other_name_at_the_same_address_out(file):
    """Behind a proxy that is not listed all readers have one address."""
    guesses = [("10.0.0.7", "rina", f"salah {number}") for number in range(40)]
    assert at_once(file, [*guesses, ("10.0.0.7", "budi", "kata: lain")])[-1] == 200


def test_who_guesses_many_names_is_stopped_as_well():
    guesses = Guesses(lambda: 0.0)
    begun = [guesses.begin("127.0.0.1", f"nama{number}") for number in range(100)]
    assert begun == [True] * 30 + [False] * 70


def test_one_name_is_guessed_from_many_addresses_only_so_often():
    guesses = Guesses(lambda: 0.0)
    begun = [guesses.begin(f"203.0.{number}.2", "rina") for number in range(100)]
    assert begun == [True] * 60 + [False] * 40


def test_a_login_that_comes_many_times_at_once_is_looked_at_once(file):
    logins = Slow.load(file)
    statuses = at_once(file, [("203.0.113.7", "budi", "kata: lain")] * 40, logins)
    assert (set(statuses), logins.hashed) == ({200}, 1)


def test_a_name_that_was_let_in_at_an_address_is_not_held_to_others_guesses_there():
    now = [0.0]
    guesses = Guesses(lambda: now[0])
    assert guesses.begin("10.0.0.7", "budi")
    guesses.was_right("10.0.0.7", "budi")
    begun = [guesses.begin("10.0.0.7", f"nama{number}") for number in range(40)]
    assert begun == [True] * 30 + [False] * 10
    assert guesses.begin("10.0.0.7", "budi")
    assert not guesses.begin("10.0.0.7", "rina")
    now[0] = 121.0
    assert guesses.begin("10.0.0.7", "rina")


def test_a_login_is_asked_for_before_anything_takes_a_place(file, tmp_path):
    """60 questions with wrong logins turned away readers who were logged in."""

    async def build() -> TestClient:
        app = create_app(FakeAssistant(), Settings(home=tmp_path, auth=file, queue=1, workers=1))
        return TestClient(app, headers={"host": "127.0.0.1:7860"})

    client = asyncio.run(build())
    for _ in range(9):
        wrong = client.post("/gradio_api/queue/join", json={}, auth=("rina", "salah"))
        assert wrong.status_code == 401
    asked = client.post("/api/ask", json={"question": "Festival?"}, auth=("budi", "kata: lain"))
    assert asked.status_code == 200


def test_logins_beyond_this_machine_without_tls_are_warned_of(file, caplog):
    warn_if_open(Settings(host="0.0.0.0", auth=file))
    assert "clear text" in caplog.text
    caplog.clear()
    warn_if_open(Settings(host="127.0.0.1", auth=file))
    assert not caplog.text


@pytest.mark.parametrize(
    "header",
    ["Host", "accept", "Accept-Language", "User-Agent", "X-Forwarded-For", "Authorization",
     "Cookie", "sec-fetch-site", "Connection", "content-type"],
)  # fmt: skip
def test_a_header_that_anybody_sends_is_no_login(header):
    with pytest.raises(ConfigError, match="only the proxy sets"):
        load_settings(None, {"WARTA_AUTH_HEADER": header, "WARTA_PROXIES": "10.0.0.7"})


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/2", "2000::/3"])
def test_a_network_of_everybody_is_no_proxy(network):
    with pytest.raises(ConfigError, match="not everybody's"):
        load_settings(None, {"WARTA_PROXIES": f"10.0.0.7,{network}"})


def test_private_networks_may_be_proxies():
    kept = load_settings(None, {"WARTA_PROXIES": "10.0.0.0/8, fc00::/7, 192.168.1.4"}).proxies
    assert kept == ("10.0.0.0/8", "fc00::/7", "192.168.1.4/32")


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
