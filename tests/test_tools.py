import asyncio
import dataclasses
import json

import pytest
from fastapi.testclient import TestClient
from page_fake import ARTICLES, FakeAssistant, answer_to

from warta.assistant.api.mcp_tools import build_tools
from warta.assistant.api.places import Gate
from warta.assistant.config import Settings
from warta.assistant.exporting.export import to_json_dict
from warta.assistant.web.server import create_app

mcp = pytest.importorskip("mcp", reason="the MCP SDK is not installed")


def call(name: str, **arguments: object):
    async def run():
        async with mcp.Client(build_tools(FakeAssistant(), Gate(1, 1))) as client:
            return await client.call_tool(name, arguments)

    return asyncio.run(run())


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
        assert names == ["ask", "search", "article"]
        foreign = client.post("/mcp", json=listing, headers={"origin": "https://evil.example"})
        assert foreign.status_code == 403
    with TestClient(asyncio.run(build(False)), headers=headers) as client:
        assert client.post("/mcp", json=listing).status_code in (404, 405)
