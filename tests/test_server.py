import asyncio
import dataclasses
import socket

import pytest
from fastapi.testclient import TestClient
from page_fake import FakeAssistant

from warta.assistant.config import Settings
from warta.assistant.page.routes import SCRIPTS
from warta.assistant.web.connections import listen, warn_if_open
from warta.assistant.web.guard import dress
from warta.assistant.web.server import create_app, serve
from warta.corpus.errors import ConfigError

OURS = {"host": "127.0.0.1:7860"}
JOIN = "/gradio_api/queue/join"


@pytest.fixture(scope="module")
def client(tmp_path_factory) -> TestClient:
    settings = Settings(home=tmp_path_factory.mktemp("home"))

    async def build() -> TestClient:  # Gradio leaves event loops open where none is running
        return TestClient(create_app(FakeAssistant(), settings), headers=OURS)

    return asyncio.run(build())


def test_the_page_carries_a_policy_under_which_only_signed_scripts_run(client):
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert page.status_code == 200
    assert page.text.count("<script") == page.text.count(f'<script nonce="{nonce}"') > 3
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert client.get("/").headers["content-security-policy"] != policy
    for name, value in {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
    }.items():
        assert page.headers[name] == value


def test_the_page_names_no_other_server(client):
    text = client.get("/").text
    for foreign in ("raw.githubusercontent", "fonts.googleapis", "gradio.app", "cdnjs"):
        assert foreign not in text
    assert "Pasar" not in text  # no article reaches the document


def test_a_foreign_host_is_refused(client):
    assert client.get("/healthz", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/healthz", headers={"host": "localhost:7860"}).status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:7860", 200),
        ("http://127.0.0.1:9999", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://[", 403),
        ("", 403),
    ],
)
def test_only_our_own_origin_may_post(client, origin, status):
    answered = client.post("/api/ask", json={"question": "Festival?"}, headers={"origin": origin})
    assert answered.status_code == status
    assert "access-control-allow-origin" not in answered.headers
    joined = client.post("/gradio_api/queue/join", json={}, headers={"origin": origin})
    assert (joined.status_code == 403) == (status == 403)


def test_no_origin_is_reflected(client):
    page = client.get("/", headers={"origin": "https://evil.example"})
    assert not [name for name in page.headers if name.startswith("access-control-allow")]


UNSEEN = ["/", "/status", "/api/search?q=x", "/api/articles/a-1", "/warta/overview",
          "/warta/article?id=a-1", "/gradio_api/queue/data?session_hash=x", "/warta/page.css",
          "/healthz", "/mcp", "/feed?q=x", "/search.csv", "/search.ris", "/search?q=x",
          "/article/a-1"]  # fmt: skip


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("mode", [("no-cors", "image"), ("no-cors", "script"), ("cors", "empty"),
                                  ("navigate", "iframe")])  # fmt: skip
def test_another_site_gets_nothing_that_its_reader_does_not_see(client, site, mode):
    """Six images of a hostile page took 4 GB of a server that was open to this machine alone."""
    said = {"sec-fetch-site": site, "sec-fetch-mode": mode[0], "sec-fetch-dest": mode[1]}
    for path in UNSEEN:
        answered = client.get(path, headers=said)
        assert answered.status_code == 403, path
        assert "another site" in answered.json()["error"]["what"].lower()
    assert client.head("/", headers=said).status_code == 403


def test_another_site_may_lead_a_reader_to_the_page_and_to_nothing_else(client):
    led = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
    }
    statuses = {path: client.get(path, headers=led).status_code for path in UNSEEN}
    assert [path for path, status in statuses.items() if status != 403] == [
        "/", "/status", "/search?q=x", "/article/a-1",
    ]  # fmt: skip
    assert statuses["/"] == 200


def test_our_own_page_and_programs_without_a_browser_read_on(client):
    for said in ({}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}):
        assert client.get("/api/search?q=perahu", headers=said).status_code == 200
    assert (
        client.get("/api/search?q=x", headers={"origin": "https://evil.example"}).status_code == 403
    )


def test_what_only_a_proxy_has_to_say_does_not_reach_the_page(client):
    """It would send the page's questions to wherever it points."""
    for name in ("x-forwarded-host", "x-gradio-server", "x-forwarded-server", "forwarded"):
        said = {name: "http://evil.example" if name == "x-gradio-server" else "evil.example"}
        assert "evil.example" not in client.get("/", headers=said).text, name


def test_the_word_of_a_listed_proxy_reaches_the_page(tmp_path):
    async def build() -> TestClient:
        app = create_app(FakeAssistant(), Settings(home=tmp_path, proxies=("10.0.0.7",)))
        return TestClient(app, headers=OURS, client=("10.0.0.7", 5_000))

    said = {"x-forwarded-proto": "https", "x-forwarded-host": "arsip.example"}
    assert "https://arsip.example" in asyncio.run(build()).get("/", headers=said).text


def test_what_fails_inside_is_answered_by_the_walls_with_their_headers(tmp_path, caplog):
    class Broken(FakeAssistant):
        def stream(self, question, **limits):
            raise ZeroDivisionError("the reader need not know")

    async def build() -> TestClient:
        app = create_app(Broken(), Settings(home=tmp_path))
        return TestClient(app, headers=OURS)

    failed = asyncio.run(build()).post("/api/ask", json={"question": "Festival?"})
    assert failed.status_code == 500
    assert failed.json() == {
        "error": {
            "code": "failed", "what": "Something failed here.",
            "remedy": "Try again; the server's log says more.",
        }
    }  # fmt: skip
    assert failed.headers["x-content-type-options"] == "nosniff"
    assert "nonce-" in failed.headers["content-security-policy"]
    assert caplog.text.count("ZeroDivisionError: the reader") == 1


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_a_today_of_another_age_is_refused_with_what_to_give(client, day):
    answered = client.post("/api/ask", json={"question": "Apa kabar kemarin?", "today": day})
    assert answered.status_code == 409
    assert answered.json()["error"]["remedy"] == "Give a day from 1900 to 2200."


def test_an_opinion_that_cannot_be_kept_is_said_to_be_that(tmp_path):
    gone = tmp_path / "gone"

    async def build() -> TestClient:
        return TestClient(create_app(FakeAssistant(), Settings(home=gone)), headers=OURS)

    answered = asyncio.run(build()).post("/api/feedback", json={"verdict": "up"})
    assert answered.status_code == 503
    assert "cannot be kept" in answered.json()["error"]["what"]


@pytest.mark.parametrize("receipt", ['{"a": NaN}', '{"a": 1e999}', "[" * 12 + "]" * 12,
                                     '{"a": ' * 12 + "1" + "}" * 12])  # fmt: skip
def test_a_receipt_that_is_no_plain_json_is_refused(client, receipt):
    body = f'{{"verdict": "up", "receipt": {receipt}}}'
    said = {"content-type": "application/json"}
    assert client.post("/api/feedback", content=body, headers=said).status_code == 422


def beyond(tmp_path, host: str, **settings: object) -> int:
    async def build() -> TestClient:
        chosen = Settings(home=tmp_path, host="0.0.0.0", open=True, **settings)
        return TestClient(create_app(FakeAssistant(), chosen))

    return asyncio.run(build()).get("/healthz", headers={"host": host}).status_code


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("192.168.1.9:7860", 200), ("[fd00::9]:7860", 200), ("localhost", 200),
        (f"{socket.gethostname()}:7860", 200), ("evil.example", 400), ("evil.example:7860", 400),
        ("arsip.example", 400), ("192.168.1.9.evil.example", 400), ("2130706433", 400), ("", 400),
    ],
)  # fmt: skip
def test_an_open_server_takes_addresses_and_its_own_names_only(tmp_path, host, status):
    """Any other name can be made to lead here by whoever owns it: his page would read along."""
    assert beyond(tmp_path, host) == status


def test_an_open_server_takes_the_names_it_is_given(tmp_path):
    assert beyond(tmp_path, "arsip.example", hosts=("arsip.example",)) == 200


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload", "/upload", "/gradio_api/proxy=https://evil.example/", "/proxy=x",
        "/gradio_api/file=/etc/passwd", "/file=/etc/passwd", "/gradio_api/file/etc/passwd",
        "/gradio_api/stream/x", "/gradio_api/vibe-edit", "/gradio_api/run/answer", "/monitoring",
        "/gradio_api/runs", "/gradio_api/openapi.json", "/config", "/docs", "/openapi.json",
        "/gradio_api/component_server", "/gradio_api/deep_link", "/gradio_api/heartbeat/x",
        "/warta/page.py", "/warta/x.css",
    ],
)  # fmt: skip
def test_routes_that_warta_does_not_use_are_not_there(client, path):
    for method in ("GET", "POST"):
        assert client.request(method, path).status_code in (404, 405), (method, path)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/ask", 405), ("POST", "/api/search", 405), ("TRACE", "/api/status", 405),
        ("DELETE", "/", 405), ("GET", "/api/none", 404), ("GET", "/api/articles/a%0Ab", 404),
    ],
)  # fmt: skip
def test_what_the_api_does_not_have_is_said_in_its_own_shape(client, method, path, status):
    answered = client.request(method, path)
    assert answered.status_code == status
    assert answered.json()["error"]["what"]
    assert (status == 405) == ("allow" in answered.headers)


def test_behind_a_proxy_the_app_lets_in_whom_the_proxy_names(tmp_path):
    chosen = Settings(home=tmp_path, auth_header="X-Remote-User", proxies=("127.0.0.1",))

    async def build() -> TestClient:
        app = create_app(FakeAssistant(), chosen)
        return TestClient(app, headers=OURS, client=("127.0.0.1", 5_000))

    client = asyncio.run(build())
    named = {"x-remote-user": "rina"}
    assert client.get("/", headers=named).status_code == 200
    assert [client.get(path).status_code for path in ("/", "/api/status", "/status")] == [401] * 3
    assert client.get("/healthz").status_code == 200


def test_a_body_that_is_no_json_is_refused_in_the_apis_shape(client):
    for body in (b"\xff", b"{", b""):
        answered = client.post(
            "/api/ask", content=body, headers={"content-type": "application/json"}
        )
        assert answered.status_code in (400, 422)
        assert answered.json()["error"]["what"]


def test_a_large_body_is_refused_with_and_without_its_length(client):
    large = b'{"question": "' + b"x" * 300_000 + b'"}'
    assert client.post("/api/ask", content=large).status_code == 413
    parts = (large[at : at + 1_000] for at in range(0, len(large), 1_000))
    assert client.post("/api/ask", content=parts).status_code == 413


def test_the_pages_parts_are_served_and_may_be_kept(client):
    for name in ("page.css", *SCRIPTS):
        part = client.get(f"/warta/{name}?1")
        assert part.status_code == 200
        assert "immutable" in part.headers["cache-control"]
    overview = client.get("/warta/overview?language=en").json()
    assert "<strong>21,912 articles</strong> · 1 Sep 2019 – 15 Oct 2019" in overview["coverage"]
    assert "&lt;b&gt;Jadwal" in overview["recent"]
    assert 'data-since="2019-09-01" data-until="2019-09-30"' in overview["filters"]


def test_a_whole_article_comes_marked_and_a_missing_one_is_404(client):
    found = client.get("/warta/article", params={"id": "a-1", "start": 0, "end": 8})
    assert "<mark>Festival</mark>" in found.text
    assert client.get("/warta/article", params={"id": "none"}).status_code == 404


def test_health_names_the_snapshot_and_its_content(client):
    assert client.get("/healthz").json() == {
        "status": "ok",
        "snapshot": "000001",
        "content": "0123456789ab",
    }


def test_a_port_in_use_is_said_before_anything_is_loaded():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        def load() -> FakeAssistant:
            raise AssertionError("nothing should be loaded")

        with pytest.raises(ConfigError, match=f"Port {port} on 127.0.0.1 is in use.*--port"):
            serve(load, Settings(port=port))


def test_an_unknown_host_is_said():
    with pytest.raises(ConfigError, match=r"nowhere\.invalid"):
        listen("nowhere.invalid", 0)


def test_an_address_beyond_this_machine_wants_a_login_or_open(caplog):
    beyond = Settings(host="0.0.0.0")
    with pytest.raises(ConfigError, match="--open"):
        warn_if_open(beyond)
    warn_if_open(dataclasses.replace(beyond, open=True))
    assert "there is no login" in caplog.text
    for host in ("127.0.0.1", "localhost", "::1"):
        warn_if_open(Settings(host=host))


def test_dressing_signs_scripts_and_drops_what_names_other_servers():
    document = (
        '<html lang="en"><head><meta property="og:image"\n content="https://x.example/a.png" />'
        "<script>1</script></head></html>"
    )
    assert dress(document, "N", "<title>W</title>") == (
        '<html lang="id"><head><script nonce="N">1</script><title>W</title></head></html>'
    )
