import asyncio
import json
import re

from fastapi import FastAPI
from fastapi.testclient import TestClient
from page_fake import FakeAssistant

from warta.assistant.config import Settings
from warta.assistant.page import page as forgetting
from warta.assistant.page.page import build_page, mount_page


def test_of_readers_and_questions_only_so_much_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(forgetting, "EVENTS", 2)
    monkeypatch.setattr(forgetting, "STREAMS", 3)

    async def build():  # Gradio leaves event loops open where none is running
        app, page = FastAPI(), build_page(FakeAssistant(), Settings(home=tmp_path))
        mount_page(app, page)
        return app, page

    app, page = asyncio.run(build())
    with TestClient(app) as client:
        config = json.loads(
            re.search(r"gradio_config = (\{.*?\});</script>", client.get("/").text)[1]
        )
        event = next(d["id"] for d in config["dependencies"] if "request()" in (d.get("js") or ""))
        for number in range(5):
            sent = {"data": ['{"question": "Festival?"}'], "fn_index": event}
            sent["session_hash"] = f"reader{number}"
            assert client.post("/gradio_api/queue/join", json=sent).status_code == 200
            stream = client.get(f"/gradio_api/queue/data?session_hash=reader{number}").text
            assert "data-done" in stream
    queue = page._queue
    assert len(queue.event_analytics) == 2
    assert list(queue.pending_messages_per_session) == ["reader2", "reader3", "reader4"]
    assert list(queue.pending_event_ids_session) == ["reader2", "reader3", "reader4"]
    assert queue.cached_event_analytics_summary == {"functions": {}}  # no table was made
    assert page.state_session_capacity == 200
