import asyncio
import dataclasses
import json
import os
import subprocess
import sys

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from listening import listening
from page_fake import ARTICLES, FakeAssistant, answer_to

from warta.assistant.api.mcp_tools import add_tools, build_tools
from warta.assistant.api.places import Gate, Lanes
from warta.assistant.config import Settings
from warta.assistant.exporting.export import to_json_dict
from warta.assistant.web.callers import Proxies
from warta.assistant.web.guard import Guard
from warta.assistant.web.server import _add_walls, create_app
from warta.assistant.web.tokens import add_token

mcp = pytest.importorskip("mcp", reason="the MCP SDK is not installed")
httpx2 = pytest.importorskip("httpx2", reason="the MCP SDK is not installed")
from mcp.client.streamable_http import streamable_http_client  # noqa: E402


def talk(use, assistant: FakeAssistant | None = None):
    async def run():
        async with mcp.Client(build_tools(assistant or FakeAssistant(), Gate(1, 1))) as client:
            return await use(client)

    return asyncio.run(run())


def call(name: str, assistant: FakeAssistant | None = None, **arguments: object):
    return talk(lambda client: client.call_tool(name, arguments), assistant)


def test_asking_gives_the_answer_of_the_page():
    found = call("ask", question="Festival?", since="2026-01-01")
    answer = found.structured_content
    assert answer["text"] == answer_to("Festival?").text
    assert answer["receipt"]["since"] == "2026-01-01"
    assert set(answer) == set(to_json_dict(answer_to("Festival?")))


def test_searching_and_reading():
    hits = call("search", query="kelas", k=500).structured_content["result"]
    assert [hit["article_id"] for hit in hits] == ["a-2"]
    assert call("article", article_id="a-2").structured_content["text"] == ARTICLES[1].text


def test_passages_are_put_in_order_by_reading():
    assistant = FakeAssistant()
    call("search", assistant, query="kelas")
    assert assistant.retriever.read == [True]


def test_a_search_keeps_to_outlets():
    def found(**sources: object) -> list[str]:
        hits = call("search", query="di Laguna", **sources).structured_content["result"]
        return [hit["article_id"] for hit in hits]

    assert found() == ["a-1", "a-2", "x/../<b>3"]
    assert found(sources=["Kabar Laguna (contoh)"]) == ["a-2"]


def test_an_empty_question_or_one_too_long_is_refused_in_words():
    def said(name: str, **arguments: object) -> str:
        found = call(name, **arguments)
        assert found.is_error
        return found.content[0].text

    assert "question is empty: ' '. Write what to look for." in said("ask", question=" ")
    assert "question has 2001 characters. At most 2000" in said("ask", question="x" * 2_001)
    assert "query is empty: ''. Write what to look for." in said("search", query="")


def test_what_a_model_fills_in_with_nothing_is_absent():
    assistant = FakeAssistant()
    nothing = {"since": "", "until": " ", "sources": ""}
    assert not call("ask", assistant, question="Festival?", **nothing).is_error
    (asked,) = assistant.asked
    assert [asked[key] for key in nothing] == [None, None, None]
    hits = call("search", query="di Laguna", k="", **nothing | {"sources": [""]})
    assert len(hits.structured_content["result"]) == 3


def test_one_outlet_may_be_given_as_a_text():
    hits = call("search", query="di Laguna", sources="Kabar Laguna (contoh)").structured_content
    assert [hit["article_id"] for hit in hits["result"]] == ["a-2"]


@pytest.mark.parametrize(
    "tool", [{"name": "ask", "question": "x"}, {"name": "search", "query": "x"}]
)
def test_what_is_no_day_is_said_with_what_a_day_looks_like(tool):
    found = call(**tool, since="kemarin")
    assert found.is_error
    assert "since is 'kemarin'." in found.content[0].text
    assert "2026-01-31" in found.content[0].text


def test_what_the_archive_covers_is_told():
    told = call("coverage").structured_content
    assert (told["articles"], told["first"], told["last"]) == (21_912, "2019-09-01", "2019-10-15")
    assert told["sources"] == {"Harian Teluk (contoh)": 21_000, "Kabar Laguna (contoh)": 912}


def test_every_tool_only_reads_and_every_parameter_is_described():
    listed = talk(lambda client: client.list_tools()).tools
    assert [tool.name for tool in listed] == ["ask", "search", "article", "coverage"]
    for tool in listed:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        assert all(said["description"] for said in tool.input_schema["properties"].values())


def test_an_article_is_a_resource_whatever_its_id():
    async def read(client):
        recent = await client.read_resource("warta://recent")
        listed = json.loads(recent.contents[0].text)
        return [
            (one, (await client.read_resource(one["resource"])).contents[0].text) for one in listed
        ]

    found = talk(read)
    assert [one["article_id"] for one, _ in found] == ["a-1", "a-2", "x/../<b>3"]
    assert found[2][0]["resource"] == "warta://article/x%2F..%2F%3Cb%3E3"
    for (one, text), article in zip(found, ARTICLES, strict=True):
        assert text.startswith(f"{one['title']}\n{one['source']}")
        assert text.endswith(article.text)


def test_a_missing_resource_is_an_error_with_its_id():
    async def read(client):
        with pytest.raises(mcp.MCPError, match="There is no article 'none'"):
            await client.read_resource("warta://article/none")

    talk(read)


def test_a_missing_article_is_an_error_with_what_to_do():
    found = call("article", article_id="none")
    assert found.is_error
    assert "none" in found.content[0].text


def test_the_server_answers_at_mcp_only_where_it_is_switched_on(tmp_path):
    async def build(on: bool):
        settings = dataclasses.replace(Settings(home=tmp_path), mcp=on)
        return create_app(FakeAssistant(), settings)

    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"host": "127.0.0.1:7860", "accept": "application/json, text/event-stream"}
    with TestClient(asyncio.run(build(True)), headers=headers) as client:
        answered = client.post("/mcp", json=listing)
        assert answered.status_code == 200
        names = [tool["name"] for tool in json.loads(answered.text)["result"]["tools"]]
        assert names == ["ask", "search", "article", "coverage"]
        assert client.post("/mcp/", json=listing).json() == answered.json()
        foreign = client.post("/mcp", json=listing, headers={"origin": "https://evil.example"})
        assert foreign.status_code == 403
    with TestClient(asyncio.run(build(False)), headers=headers) as client:
        assert client.post("/mcp", json=listing).status_code in (404, 405)


def test_a_program_starts_warta_and_asks_by_stdio(samples_home):
    """As a desktop client does: the command, its arguments, and nothing of this environment."""
    server = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "warta.assistant.cli", "mcp", "--home", str(samples_home)],
        env={"PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    )

    async def run():
        async with mcp.Client(mcp.stdio_client(server)) as client:
            about = client.server_info
            tools = [tool.name for tool in (await client.list_tools()).tools]
            asked = await client.call_tool(
                "ask", {"question": "Klub mana juara Piala Gubernur 2026?"}
            )
            hits = await client.call_tool("search", {"query": "banjir Lembayung", "k": 2})
            first = hits.structured_content["result"][0]["article_id"]
            whole = await client.call_tool("article", {"article_id": first})
            covers = await client.call_tool("coverage", {})
            wrong = await client.call_tool("search", {"query": "x", "sources": ["Tidak Ada"]})
            return about, tools, asked, hits, whole, covers, wrong

    about, tools, asked, hits, whole, covers, wrong = asyncio.run(run())
    assert about.name == "warta"
    assert tools == ["ask", "search", "article", "coverage"]
    answer = asked.structured_content
    assert answer["status"] == "answered"
    assert answer["sentences"][0]["text"] in answer["citations"][0]["quote"]
    passage = hits.structured_content["result"][0]
    assert whole.structured_content["text"][passage["start"] : passage["end"]] == passage["text"]
    assert covers.structured_content["articles"] == 40
    assert wrong.is_error
    assert "No article is from 'Tidak Ada'." in wrong.content[0].text


def test_without_an_index_the_program_is_told_on_stderr_and_nothing_is_written_to_it(tmp_path):
    command = [sys.executable, "-m", "warta.assistant.cli", "mcp", "--home", str(tmp_path / "none")]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "Run `warta index" in done.stderr


def test_a_client_asks_over_http_with_a_token_whether_or_not_its_address_ends_in_a_slash(tmp_path):
    token = add_token(tmp_path / "tokens", "program")
    settings, app = Settings(home=tmp_path, tokens=tmp_path / "tokens"), FastAPI()
    add_tools(app, FakeAssistant(), settings, Lanes.of(settings))
    _add_walls(app, settings, Proxies(()))
    app.add_middleware(Guard)

    async def run(address: str, said: dict[str, str]):
        async with httpx2.AsyncClient(headers=said) as line:
            transport = streamable_http_client(address, http_client=line)
            async with mcp.Client(transport) as client:
                tools = [tool.name for tool in (await client.list_tools()).tools]
                asked = await client.call_tool("ask", {"question": "Festival?", "since": ""})
                none = await client.call_tool("article", {"article_id": "none"})
                return tools, asked.structured_content, none.is_error

    with listening(app) as address:
        for path in ("/mcp", "/mcp/"):
            said = {"authorization": f"Bearer {token}"}
            tools, answer, failed = asyncio.run(run(address + path, said))
            assert tools == ["ask", "search", "article", "coverage"]
            assert answer["text"] == answer_to("Festival?").text
            assert failed
        refused = httpx2.post(f"{address}/mcp", json={})
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "unauthorized")
