"""Tokens at a server over real HTTP, by httpx, curl and the official client of MCP."""

import asyncio
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from click.testing import CliRunner
from listening import listening
from page_fake import FakeAssistant, answer_to

from warta.assistant.cli.commands import main
from warta.assistant.config import Settings
from warta.assistant.web.server import create_app

mcp = pytest.importorskip("mcp", reason="the MCP SDK is not installed")
httpx2 = pytest.importorskip("httpx2", reason="the MCP SDK is not installed")
from mcp.client.streamable_http import streamable_http_client  # noqa: E402

YESTERDAY = (datetime.now(UTC) - timedelta(1)).date().isoformat()
KINDS = {
    "reads": [], "rates": ["--scope", "feedback"],
    "both": ["--scope", "read", "--scope", "feedback"],
    "ended": ["--until", YESTERDAY], "revoked": [],
}  # fmt: skip
UNKNOWN = "warta_" + 43 * "x"


def tokens(*arguments: object) -> str:
    done = CliRunner().invoke(main, ["tokens", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output.strip()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("tokens")


@pytest.fixture(scope="module")
def given(home) -> dict[str, str]:
    """Kind -> a token, made by the command."""
    made = {name: tokens("add", home / "tokens", name, *more) for name, more in KINDS.items()}
    tokens("revoke", home / "tokens", "revoked")
    return made | {"unknown": UNKNOWN}


@pytest.fixture(scope="module")
def address(home, given):
    """The whole server, Gradio's half too, as `warta serve --tokens FILE` has it."""
    settings = Settings(
        home=home, tokens=home / "tokens", mcp=True, request_log=str(home / "requests.jsonl")
    )

    async def build():
        return create_app(FakeAssistant(), settings)

    with listening(asyncio.run(build())) as found:
        yield found


REQUESTS = [
    ("/api/search?q=perahu", None),
    ("/api/status", None),
    ("/metrics", None),
    ("/api/ask", {"question": "Festival?"}),
    ("/api/feedback", {"verdict": "up"}),
    ("/", None),
]
OPENS = {  # kind -> statuses of the requests above
    "reads": [200, 200, 200, 200, 403, 403],
    "rates": [403, 403, 403, 403, 204, 403],
    "both": [200, 200, 200, 200, 204, 403],
    "ended": [401] * 6,
    "revoked": [401] * 6,
    "unknown": [401] * 6,
}


@pytest.mark.parametrize("kind", OPENS)
def test_what_a_token_opens_over_http(address, given, kind):
    found = []
    with httpx.Client(headers={"authorization": f"Bearer {given[kind]}"}) as client:
        for path, body in REQUESTS:
            answered = client.request("POST" if body else "GET", address + path, json=body)
            found.append(answered.status_code)
            if answered.status_code >= 400:
                wrong = {401: "invalid_token", 403: "insufficient_scope"}[answered.status_code]
                said = answered.headers["www-authenticate"]
                assert said.startswith('Bearer realm="Warta"')
                assert path == "/" or said.endswith(f'error="{wrong}"')
                assert given[kind] not in answered.text + said
    assert found == OPENS[kind]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
@pytest.mark.parametrize(("kind", "status"), [("reads", 200), ("rates", 403), ("ended", 401)])
def test_curl_asks_with_a_token(address, given, kind, status):
    done = subprocess.run(
        ["curl", "-s", "-w", "\n%{http_code}", "-H", f"Authorization: Bearer {given[kind]}",
         "-H", "content-type: application/json", "-d", '{"question": "Festival?"}',
         f"{address}/api/ask"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    body, _, code = done.stdout.rpartition("\n")
    assert int(code) == status
    said = json.loads(body)
    if status == 200:
        assert said["text"] == answer_to("Festival?").text
    else:
        assert said["error"]["code"] == {401: "unauthorized", 403: "forbidden"}[status]


def talk(address: str, token: str, use) -> tuple[object, list[int]]:
    """Return what `use` makes of a client of MCP, and the statuses that it was answered with."""
    statuses: list[int] = []

    async def note(response) -> None:
        statuses.append(response.status_code)

    async def run():
        said = {"authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(headers=said, event_hooks={"response": [note]}) as line:
            transport = streamable_http_client(f"{address}/mcp", http_client=line)
            async with mcp.Client(transport) as client:
                return await use(client)

    try:
        return asyncio.run(run()), statuses
    except Exception as error:
        return error, statuses


async def ask(client):
    tools = [tool.name for tool in (await client.list_tools()).tools]
    answer = (await client.call_tool("ask", {"question": "Festival?"})).structured_content
    covers = (await client.call_tool("coverage", {})).structured_content
    return tools, answer["text"], covers["articles"]


@pytest.mark.parametrize("kind", ["reads", "both"])
def test_a_client_of_mcp_asks_with_a_token_that_reads(address, given, kind):
    said, statuses = talk(address, given[kind], ask)
    tools = ["ask", "search", "article", "coverage"]
    assert said == (tools, answer_to("Festival?").text, 21_912)
    assert set(statuses) <= {200, 202, 405}  # it asks for a stream, which there is none


@pytest.mark.parametrize(
    ("kind", "status"), [("rates", 403), ("ended", 401), ("revoked", 401), ("unknown", 401)]
)
def test_a_client_of_mcp_with_another_token_is_refused_at_once(address, given, kind, status):
    said, statuses = talk(address, given[kind], ask)
    assert isinstance(said, Exception)
    assert set(statuses) == {status}


def test_a_token_revoked_while_a_client_talks_ends_with_the_next_call(address, given, home):
    token = tokens("add", home / "tokens", "for-now")

    async def use(client):
        before = await client.call_tool("coverage", {})
        tokens("revoke", home / "tokens", "for-now")
        return before, await client.call_tool("coverage", {})

    said, statuses = talk(address, token, use)
    assert isinstance(said, Exception)
    assert statuses[0] == 200
    assert statuses[-1] == 401


def test_no_token_is_written_anywhere_and_the_log_names_its_owner(address, given, home):
    with httpx.Client() as client:
        for token in given.values():
            client.get(f"{address}/api/status", headers={"authorization": f"Bearer {token}"})
    files = [path for path in home.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"tokens", "requests.jsonl"}
    for path in files:
        text = path.read_bytes()
        for token in given.values():
            assert token.removeprefix("warta_").encode() not in text, path
    lines = [json.loads(line) for line in (home / "requests.jsonl").read_text().splitlines()]
    named = {(line.get("token"), line["status"]) for line in lines if "path" in line}
    assert {("reads", 200), ("rates", 403), (None, 401)} <= named
    assert not {name for name, status in named if status == 401} - {None}


def test_the_list_says_who_has_one_what_for_and_until_when(given, home):
    listed = {one["name"]: one for one in json.loads(tokens("list", home / "tokens", "--json"))}
    assert set(listed) == {"reads", "rates", "both", "ended"}
    assert listed["both"]["scopes"] == ["read", "feedback"]
    assert (listed["ended"]["until"], listed["reads"]["until"]) == (YESTERDAY, None)
    assert f"ended  read  until {YESTERDAY}" in tokens("list", home / "tokens")
    refused = CliRunner().invoke(
        main, ["tokens", "add", str(home / "tokens"), "x", "--until", "no"]
    )
    assert refused.exit_code == 2
