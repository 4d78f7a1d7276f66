"""What a server tells of itself: figures, lines of its log, ids of requests, health."""

import json
import shutil
import stat
import sys
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from page_fake import FakeAssistant, FakeRetriever, FakeView
from prometheus_client.parser import text_string_to_metric_families

from warta.assistant.api.api import build_api
from warta.assistant.api.places import Lanes
from warta.assistant.config import Settings
from warta.assistant.upkeep.maintain import load_assistant
from warta.assistant.web.callers import Callers, Proxies
from warta.assistant.web.observing import Home, Metrics, Observed, Observing, RequestLog, route_of
from warta.assistant.web.server import _add_handlers, _add_health, _add_metrics, _observe
from warta.assistant.web.tokens import ApiTokens, TokenWall, add_token
from warta.corpus.errors import NoSnapshot


class Server:
    """API, health and figures, observed as `create_app` does, without Gradio's half."""

    def __init__(self, home, assistant=None, address="127.0.0.1", tokens=None, **chosen):
        settings = Settings(home=home, request_log=str(home / "requests.jsonl"), **chosen)
        self.file = home / "requests.jsonl"
        self.lanes, metrics = Lanes.of(settings), Metrics()
        log = RequestLog(settings.request_log, questions=settings.log_questions)
        served = Observed(assistant or FakeAssistant(), metrics, log)
        app = FastAPI()
        app.include_router(build_api(served, settings, self.lanes.ask))
        _add_health(app, served)
        _add_metrics(app, metrics, Home(served, settings, self.lanes), self.lanes)
        _add_handlers(app)
        if tokens:
            app.add_middleware(TokenWall, tokens=ApiTokens(tokens), alone=True)
        _observe(app, metrics, log, Proxies(settings.proxies))
        self.client = TestClient(app, client=(address, 5_000))

    def ask(self, question: str, **headers: str):
        return self.client.post("/api/ask", json={"question": question}, headers=headers)

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def figures(self) -> dict[tuple, float]:
        text = self.client.get("/metrics").text
        return {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


@pytest.fixture
def server(tmp_path) -> Server:
    return Server(tmp_path)


def test_questions_refusals_and_requests_are_counted_and_timed(server):
    for question in ("Festival?", "Festival di Laguna?", "Apa di bulan?"):
        assert server.ask(question).status_code == 200
    assert server.ask(" ").status_code == 422
    found = server.figures()
    assert found["warta_questions_total", "answered"] == 2
    assert found["warta_questions_total", "abstained"] == 1
    assert found["warta_refusals_total", "nothing"] == 1
    assert found["warta_question_seconds_count", "whole"] == 3
    assert found["warta_question_seconds_count", "first"] == 3
    assert found["warta_wait_seconds_count", "ask"] == 3
    assert found["warta_requests_total", "/api/ask", "200"] == 3
    assert found["warta_requests_total", "/api/ask", "422"] == 1


@pytest.fixture
def samples_copy(samples_home, tmp_path):
    return shutil.copytree(samples_home, tmp_path / "home")


def test_the_index_its_age_and_who_waits_are_told_as_they_are(samples_copy):
    built = datetime.now(UTC) - timedelta(hours=2)
    assistant = FakeAssistant()
    assistant.retriever.view = lambda: FakeView(built=built)
    found = Server(samples_copy, assistant).figures()
    assert found["warta_articles",] == 21_912
    assert found["warta_passages",] == 60_000
    assert 7_200 <= found["warta_snapshot_age_seconds",] < 7_260
    assert found["warta_working", "ask"] == found["warta_waiting", "ask"] == 0
    assert found["warta_last_run_items", "indexed"] == 40
    assert found["warta_last_run_complete",] == 1
    assert found["warta_snapshot_fallen_back",] == 0
    if sys.platform == "linux":
        assert found["process_resident_memory_bytes",] > 2**20


def test_the_seconds_of_an_answer_are_told_by_stage(samples_copy):
    server = Server(samples_copy, load_assistant(Settings(home=samples_copy)))
    before = server.figures()
    assert "Rp47,5" in server.ask("Berapa biaya pembangunan Jembatan Kali Mendira?").json()["text"]
    found = server.figures()
    stages = ("understand", "search", "read", "compose", "write")
    assert [before["warta_stage_seconds_count", stage] for stage in stages] == [0] * 5
    assert [found["warta_stage_seconds_count", stage] for stage in stages] == [1] * 5
    spent = sum(found["warta_stage_seconds_sum", stage] for stage in stages)
    assert 0 < spent <= found["warta_question_seconds_sum", "whole"]


class _Lost(FakeRetriever):
    def view(self):
        raise NoSnapshot("Nothing is indexed.", "Run `warta index FOLDER`.")


def test_a_server_without_an_index_lives_and_is_not_ready(tmp_path):
    server = Server(tmp_path, FakeAssistant(_Lost()))
    assert server.client.get("/healthz").json() == {"status": "ok", "snapshot": "", "content": ""}
    refused = server.client.get("/readyz")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "no_index")
    found = server.figures()  # what can be told is
    assert found["warta_requests_total", "/readyz", "503"] == 1
    assert ("warta_articles",) not in found


def test_a_server_with_an_index_is_ready(server):
    assert server.client.get("/readyz").json() == {"status": "ready", "snapshot": "000001"}


def test_the_log_holds_no_word_of_what_was_asked(server):
    answered = server.ask("Festival rahasia?")
    server.client.get("/api/search?q=Festival+rahasia")
    server.client.get("/person/Ratna%20rahasia")
    text = server.file.read_text()
    assert "rahasia" not in text
    question, request, searched, person = server.lines()
    assert question["kind"] == "question"
    assert (question["status"], question["citations"]) == ("answered", 2)
    assert (request["kind"], request["method"], request["path"]) == ("request", "POST", "/api/ask")
    assert request["status"] == 200
    assert request["bytes"] == len(answered.content)
    assert request["id"] == question["id"] == answered.headers["x-request-id"]
    assert searched["path"] == "/api/search"
    assert person["path"] == "/person/…"
    assert datetime.fromisoformat(request["at"]).tzinfo is UTC


def test_the_text_of_questions_is_logged_where_that_is_wished_for(tmp_path):
    server = Server(tmp_path, log_questions=True)
    server.ask("Festival\n\u2028rahasia?")
    assert server.lines()[0]["question"] == "Festival\n\u2028rahasia?"


def test_looks_at_health_and_figures_are_not_logged(server):
    for path in ("/healthz", "/readyz", "/metrics"):
        assert server.client.get(path).status_code == 200
    assert server.lines() == []


def test_a_log_that_is_rotated_goes_on_in_a_new_file(server):
    server.ask("Festival?")
    server.file.rename(server.file.with_suffix(".1"))
    server.ask("Festival?")
    assert len(server.lines()) == 2
    assert stat.S_IMODE(server.file.stat().st_mode) == 0o600


def test_only_a_listed_proxy_names_a_request_and_its_caller(tmp_path):
    said = {"x-request-id": "abc-1", "x-forwarded-for": "203.0.113.7"}
    proxied = Server(tmp_path, address="10.0.0.7", proxies=("10.0.0.7",))
    assert proxied.ask("Festival?", **said).headers["x-request-id"] == "abc-1"
    assert proxied.lines()[-1]["address"] == "203.0.113.7"
    other = Server(tmp_path, address="10.0.0.8", proxies=("10.0.0.7",))
    assert other.ask("Festival?", **said).headers["x-request-id"] != "abc-1"
    assert other.lines()[-1]["address"] == "10.0.0.8"


def test_the_log_names_whose_token_asked_and_never_the_token(tmp_path):
    token = add_token(tmp_path / "tokens", "mesin-cari")
    server = Server(tmp_path, tokens=tmp_path / "tokens")
    assert server.ask("Festival?", authorization=f"Bearer {token}").status_code == 200
    assert server.lines()[-1]["token"] == "mesin-cari"
    assert server.ask("Festival?", authorization="Bearer warta_x").status_code == 401
    assert server.lines()[-1]["status"] == 401
    assert token not in server.file.read_text()


def test_paths_that_anybody_invents_make_no_new_figures():
    invented = [f"/api/{n}" for n in range(9)] + ["/x", "/api/ask/1"]
    assert {route_of(path) for path in invented} == {"other"}
    pages = ("/search", "/search.csv", "/feed", "/article", "/story", "/person", "/share")
    assert [route_of(page) for page in pages[:3]] == list(pages[:3])
    assert [route_of(f"{page}/a-1") for page in pages[3:]] == list(pages[3:])
    assert route_of("/api/articles/a-1") == route_of("/api/articles/x/../3") == "/api/articles"


def test_a_question_that_is_stopped_stops_its_writer_and_is_counted_as_that():
    metrics, assistant = Metrics(), FakeAssistant()
    stream = Observed(assistant, metrics, RequestLog()).stream("lambat")
    next(stream)
    stream.close()
    assert assistant.closed == 1
    assert metrics.registry.get_sample_value("warta_questions_total", {"status": "stopped"}) == 1


def test_the_middleware_lets_other_kinds_of_scope_pass():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    observing = Observing(
        app, log=RequestLog(), callers=Callers(app, proxies=Proxies([])), count=lambda *_: None
    )
    with pytest.raises(StopIteration):
        observing({"type": "lifespan"}, None, None).send(None)
    assert seen == ["lifespan"]
