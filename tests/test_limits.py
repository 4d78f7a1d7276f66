import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from warta.assistant.web.guard import RateLimit


def app(now: list[float]) -> FastAPI:
    made = FastAPI()

    @made.get("/api/search")
    def search() -> str:
        return "found"

    @made.get("/healthz")
    def healthz() -> str:
        return "ok"

    made.add_middleware(RateLimit, per_minute=3, clock=lambda: now[0])
    return made


def asked(client: TestClient, times: int) -> list[int]:
    return [client.get("/api/search").status_code for _ in range(times)]


def test_the_fourth_question_of_a_minute_is_refused_and_one_comes_back_every_third_of_it():
    now = [0.0]
    client = TestClient(app(now), client=("10.1.1.1", 5000))
    assert asked(client, 5) == [200, 200, 200, 429, 429]
    assert client.get("/healthz").status_code == 200
    now[0] = 20.0
    assert asked(client, 2) == [200, 429]
    now[0] = 1_000.0
    assert asked(client, 4) == [200, 200, 200, 429]


def test_one_readers_questions_do_not_count_for_another():
    served = app([0.0])
    assert asked(TestClient(served, client=("10.1.1.1", 5000)), 4)[-1] == 429
    assert asked(TestClient(served, client=("10.1.1.2", 5000)), 1) == [200]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_this_machine_itself_is_not_limited(address):
    assert set(asked(TestClient(app([0.0]), client=(address, 5000)), 9)) == {200}
