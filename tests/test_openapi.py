"""What the API says of itself, held against what it does: schemathesis makes the calls."""

import asyncio
import json

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from page_fake import FakeAssistant
from schemathesis import GenerationMode
from starlette.types import ASGIApp, Receive, Scope, Send

from warta.assistant.answering.assistant import Assistant
from warta.assistant.api.api import build_api, describe, failure
from warta.assistant.api.bodies import Failure, Opinion
from warta.assistant.api.gate import AskRequest
from warta.assistant.api.places import Gate
from warta.assistant.config import Settings
from warta.assistant.web.server import create_app
from warta.corpus.errors import BusyError, InputError, NoSnapshot, WartaError, WriterError


@pytest.fixture(scope="module")
def app(samples_home, tmp_path_factory) -> ASGIApp:
    """The whole app, its guards included, over the samples, called from the machine itself."""
    chosen = Settings(home=tmp_path_factory.mktemp("feedback"), hosts=("testserver",))

    async def build() -> FastAPI:  # Gradio leaves event loops open where none is running
        return create_app(Assistant.load(samples_home), chosen)

    inner = asyncio.run(build())

    async def called_here(scope: Scope, receive: Receive, send: Send) -> None:
        if "client" in scope:  # others would soon be told that they ask too much
            scope = {**scope, "client": ("127.0.0.1", 50_000)}
        await inner(scope, receive, send)

    return called_here


@pytest.fixture(scope="module")
def description(app):
    return schemathesis.openapi.from_asgi("/api/openapi.json", app)


@pytest.mark.parametrize(
    ("route", "mode"),
    [  # any name is an article's and status takes nothing: there is nothing to get wrong in them
        ("POST /api/ask", GenerationMode.POSITIVE),
        ("POST /api/ask", GenerationMode.NEGATIVE),
        ("GET /api/search", GenerationMode.POSITIVE),
        ("GET /api/search", GenerationMode.NEGATIVE),
        ("GET /api/articles/{article_id}", GenerationMode.POSITIVE),
        ("GET /api/articles/{article_id}/story", GenerationMode.POSITIVE),
        ("GET /api/status", GenerationMode.POSITIVE),
        ("POST /api/feedback", GenerationMode.POSITIVE),
        ("POST /api/feedback", GenerationMode.NEGATIVE),
    ],
)
def test_every_answer_is_as_described_whatever_is_asked(description, route, mode):
    method, path = route.split()
    operation = description[path][method]
    checked = []

    @seed(5)
    @settings(max_examples=40, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        case.call_and_validate()
        checked.append(case)

    check()
    assert checked


@pytest.mark.parametrize(
    ("unfit", "what", "remedy"),
    [
        (
            {"since": "2026-02-01", "until": "2026-01-31"},
            "The range 2026-02-01 to 2026-01-31 ends before it begins.",
            "Swap the days.",
        ),
        ({"sources": ["Kabar Tirta"]}, "No article is from 'Kabar Tirta'.", "Kabar Tirtamaya"),
    ],
)
def test_values_that_do_not_go_together_are_a_conflict_however_they_are_sent(
    app, unfit, what, remedy
):
    client = TestClient(app)
    body = {"question": "Siapa juara Piala Gubernur?", **unfit}
    query = {"q" if k == "question" else k.removesuffix("s"): v for k, v in body.items()}
    stream = {"accept": "text/event-stream"}
    for answered in (
        client.post("/api/ask", json=body),
        client.post("/api/ask", json=body, headers=stream),
        client.get("/api/search", params=query),
    ):
        assert answered.status_code == 409
        said = json.loads(answered.text)["error"]
        assert said["what"] == what
        assert remedy in said["remedy"]


def test_a_question_of_spaces_is_refused_where_its_form_is_checked(app):
    client = TestClient(app)
    assert client.post("/api/ask", json={"question": " \n"}).status_code == 422
    assert client.get("/api/search", params={"q": " "}).status_code == 422


def test_the_description_names_operations_errors_and_versions(app):
    said = TestClient(app).get("/api/openapi.json").json()
    operations = [op for path in said["paths"].values() for op in path.values()]
    assert {"ask", "search", "article", "status", "feedback"} <= {
        op["operationId"] for op in operations
    }
    assert all({"401", "403", "429", "503"} <= set(op["responses"]) for op in operations)
    assert "/api/v2" in said["info"]["description"]
    assert set(said["components"]["securitySchemes"]) == {"token", "login"}
    assert "security" not in said  # this server asks for nothing
    shapes = said["components"]["schemas"]
    AskRequest.model_validate(shapes["AskRequest"]["example"])
    Opinion.model_validate(shapes["Opinion"]["example"])
    Failure.model_validate(shapes["Failure"]["example"])
    search = said["paths"]["/api/search"]["get"]["parameters"]
    examples = {one["name"]: str(one["schema"]).count("examples") for one in search}
    assert [examples[name] for name in ("q", "since", "until")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("chosen", "ways"),
    [({"tokens": "t"}, ["token"]), ({"tokens": "t", "auth": "a"}, ["token", "login"])],
)
def test_the_description_says_which_ways_in_there_are(tmp_path, chosen, ways):
    app = FastAPI()
    app.include_router(build_api(FakeAssistant(), Settings(home=tmp_path), Gate(1, 1)))
    describe(app, Settings(**chosen))
    assert app.openapi()["security"] == [{way: []} for way in ways]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InputError("x"), 409, "conflict"), (InputError("x"), 404, "not_found"),
        (InputError("x"), 422, "invalid"), (BusyError("x"), 503, "busy"),
        (NoSnapshot("x"), 503, "no_index"), (WriterError("x"), 503, "model_failed"),
        (WartaError("x"), 503, "unavailable"),
    ],
)  # fmt: skip
def test_every_error_has_a_word_for_programs(error, status, code):
    answered = failure(error, None if status in (409, 503) else status)
    assert answered.status_code == status
    assert json.loads(answered.body)["error"] == {"code": code, "what": "x", "remedy": ""}
