import asyncio
import dataclasses
import socket

import pytest
from fastapi.testclient import TestClient
from page_fake import FakeAssistant

from warta.assistant.config import Settings
from warta.assistant.web.guard import dress
from warta.assistant.web.listening import listen, warn_if_open
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


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload", "/upload", "/gradio_api/proxy=https://evil.example/", "/proxy=x",
        "/gradio_api/file=/etc/passwd", "/file=/etc/passwd", "/gradio_api/file/etc/passwd",
        "/gradio_api/stream/x", "/gradio_api/vibe-edit", "/gradio_api/run/answer", "/monitoring",
        "/gradio_api/runs", "/gradio_api/openapi.json", "/config", "/docs", "/openapi.json",
        "/gradio_api/component_server", "/gradio_api/deep_link", "/warta/page.py", "/warta/x.css",
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
    for name in ("page.css", "page.js"):
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


def test_health_names_the_snapshot(client):
    assert client.get("/healthz").json() == {"status": "ok", "snapshot": "000001"}


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
