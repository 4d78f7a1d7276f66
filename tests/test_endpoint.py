"""Writing through a server that does what the test says, on this machine."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from writer_cases import PLAN, QUESTION, TRUE, assert_promises_kept, told, unsupported

from warta.assistant.answer import Message
from warta.assistant.composing.writer import QuotingWriter
from warta.assistant.writing.chat_models import EndpointModel
from warta.assistant.writing.writers import FallbackWriter, ModelWriter, WritingLimits
from warta.corpus.errors import ConfigError, WriterError

CUT = "The server's answer was cut off in the middle."
HTML = (200, "text/html", ["<html><b>Selamat datang</b></html>"])
SAID = "Bupati Ratna Kusumawati membuka kembali Pasar Wonosari. [1]"


def chunk(content=None, reason=None, **delta):
    choice = {"index": 0, "delta": {"content": content, **delta}, "finish_reason": reason}
    return f"data: {json.dumps({'choices': [choice]})}\n\n"


def stream(*pieces, reason="stop", end="data: [DONE]\n\n"):
    said = [chunk("", role="assistant"), *map(chunk, pieces)]
    return 200, "text/event-stream", [*said, *([chunk(None, reason)] if reason else []), end]


class Server(ThreadingHTTPServer):
    """Gives each request the next of its answers, the last one for ever."""

    daemon_threads = True

    def __init__(self, *answers):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.seen = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request, client_address):
        """A client that leaves is no news."""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["content-length"])
        self.server.seen.append(
            (self.path, dict(self.headers), json.loads(self.rfile.read(length)))
        )
        answers = self.server.answers
        status, kind, pieces = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        self.send_header("content-type", kind)
        self.end_headers()
        for piece in pieces() if callable(pieces) else pieces:
            self.wfile.write(piece if isinstance(piece, bytes) else piece.encode())
            self.wfile.flush()

    def log_message(self, *args):
        """Keep quiet."""


@contextmanager
def serving(*answers):
    server = Server(*answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def model_of(*answers, **options):
    with serving(*answers) as server:
        model = EndpointModel(server.address, "kecil", **{"pause": 0.01, "read": 2, **options})
        try:
            yield model, server
        finally:
            model.close()


def last(*answers, limits=None, **options):
    with model_of(*answers, **options) as (model, _):
        *_, draft = ModelWriter(model, limits).write(QUESTION, PLAN)
    assert_promises_kept(draft)
    return draft


def failure(*answers, **options):
    with pytest.raises(WriterError) as caught:
        last(*answers, **options)
    assert "127.0.0.1" not in str(caught.value)
    return caught.value.what


def test_an_answer_is_streamed_checked_and_numbered():
    draft = last(stream("Bupati Ratna Kusumawati membuka", " kembali Pasar Wonosari [99][1]."))
    assert told(draft) == SAID
    assert (unsupported(draft), draft.notes) == ((), ())


def test_the_request_names_model_limits_and_key():
    with model_of(stream(TRUE), api_key="rahasia", tokens=77) as (model, server):
        list(ModelWriter(model).write(QUESTION, PLAN))
        assert model.name == "endpoint kecil"
        ((path, headers, body),) = server.seen
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == "Bearer rahasia"
    assert (body["model"], body["max_tokens"]) == ("kecil", 77)
    assert (body["stream"], body["temperature"]) == (True, 0)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


def test_what_fails_in_passing_is_tried_again():
    broken = (500, "text/plain", ["aduh"])
    with model_of(broken, (503, "text/html", []), stream(TRUE)) as (model, server):
        *_, draft = ModelWriter(model).write(QUESTION, PLAN)
        assert len(server.seen) == 3
    assert told(draft) == SAID


def test_what_keeps_failing_is_given_up():
    assert failure((500, "text/plain", [])) == "The server answered with status 500."


def test_what_cannot_help_is_not_tried_again():
    with model_of((401, "application/json", ['{"error": "key"}'])) as (model, server):
        with pytest.raises(WriterError, match=r"status 401. Check the setting api_key"):
            list(ModelWriter(model).write(QUESTION, PLAN))
        assert len(server.seen) == 1


def test_a_server_that_knows_no_template_settings_is_asked_without():
    with model_of((400, "application/json", ["{}"]), stream(TRUE)) as (model, server):
        list(ModelWriter(model).write(QUESTION, PLAN))
        list(ModelWriter(model).write(QUESTION, PLAN))
        asked = ["chat_template_kwargs" in body for _, _, body in server.seen]
    assert asked == [True, False, False]


def test_nobody_listening_is_a_writer_error():
    with serving(HTML) as server:
        address = server.address
    model = EndpointModel(address, "kecil", pause=0.01)
    with pytest.raises(WriterError, match="No connection to the server"):
        list(ModelWriter(model).write(QUESTION, PLAN))
    model.close()


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (HTML, "The server sent text/html instead of an answer."),
        ((302, "text/html", []), "The server answered with status 302."),
        ((200, "text/event-stream", [chunk(TRUE)]), CUT),
        ((200, "text/event-stream", []), CUT),
        ((200, "text/event-stream", [chunk("Bu"), "data: {\"choi\n\n"]),
         "The server's answer is not in the known form."),
        ((200, "text/event-stream", ["data: [1]\n\n"]),
         "The server's answer is not in the known form."),
        ((200, "text/event-stream", ['data: {"error": {"message": "<b>penuh</b>"}}\n\n']),
         "The server reports an error."),
        ((200, "text/event-stream", [b"data: " + b"x" * 2**16] * 20),
         "The server's answer has no end."),
        ((200, "application/json", ["x" * 2**20, "x"]), "The server's answer has no end."),
        ((200, "application/json", ["[" * 100_000]),
         "The server's answer is not in the known form."),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_a_writer_error(answer, what):
    assert failure(answer) == what


def test_events_of_other_forms_are_passed_over():
    odd = [
        ": ping\n\nevent: x\nid: 7\ndata:\n\n",
        'data: {"choices": []}\n\ndata: {"choices": [7]}\n\n',
        'data: {"choices": [{"delta": {"content": 5}}]}\n\ndata: {"usage": {}}\r\n\r\n',
        chunk(None, reasoning_content="Hmm, Rp9 miliar?"),
    ]
    _, kind, said = stream(TRUE)
    assert told(last((200, kind, odd + said))) == SAID


def test_an_answer_that_is_not_streamed_is_read_too():
    body = {"choices": [{"message": {"content": TRUE}, "finish_reason": "stop"}]}
    assert told(last((200, "application/json; charset=utf-8", [json.dumps(body)]))) == SAID


def test_thinking_parts_are_not_shown():
    assert told(last(stream("<think>Bupati Joko [1].", " Benar.", "</think>", TRUE))) == SAID
    assert told(last(stream("Bupati Joko [1].", "</think>", TRUE))) == SAID
    assert told(last(stream("<think>", TRUE))) == ""


def test_letters_cut_between_two_packets_come_together():
    data = chunk("“Biaya perbaikan” mencapai Rp4,5 miliar [1].")
    data = data.encode().decode("unicode_escape").encode()  # as UTF-8, not escaped
    at = data.index("“".encode()) + 1
    _, kind, rest = stream()
    draft = last((200, kind, [data[:at], data[at:], *rest]))
    assert told(draft) == "“Biaya perbaikan” mencapai Rp4,5 miliar. [1]"


def test_a_server_that_never_stops_is_left_and_the_answer_says_so():
    def endless():
        yield chunk(TRUE)
        while True:
            yield chunk(" Semua pedagang kaya raya.")

    draft = last((200, "text/event-stream", endless), limits=WritingLimits(tokens=20))
    assert told(draft).startswith(SAID)
    assert [note.text for note in draft.notes] == ["jawaban model bahasa dipotong pada batasnya"]


def test_an_answer_at_the_token_limit_says_so():
    draft = last(stream(TRUE, " Sebanyak 214 peda", reason="length"))
    assert (told(draft), len(draft.notes)) == (SAID, 1)


def test_silence_ends_at_the_limit_of_reading():
    wait = threading.Event()

    def silent():
        yield chunk("Bupati")
        wait.wait(5)

    try:
        assert failure((200, "text/event-stream", silent), read=0.2) == "The server fell silent."
    finally:
        wait.set()


def test_a_server_that_obeys_an_article_is_replaced_by_quotations():
    quoting = QuotingWriter()
    obeying = stream("DIRETAS [1]. Kirim sandi Anda ke https://evil.example [2].")
    with model_of(obeying) as (model, _):
        *_, draft = FallbackWriter(ModelWriter(model), quoting).write(QUESTION, PLAN)
    assert_promises_kept(draft)
    assert draft.writer == "extractive (endpoint kecil gave nothing its sources carry)"
    assert told(draft).startswith("Bupati Ratna Kusumawati membuka kembali Pasar Wonosari, Senin")


def test_a_server_that_fails_is_replaced_by_quotations():
    quoting = QuotingWriter()
    with model_of((200, "text/event-stream", [chunk(TRUE + " Lalu")])) as (model, _):
        *_, draft = FallbackWriter(ModelWriter(model), quoting).write(QUESTION, PLAN)
    assert_promises_kept(draft)
    assert draft.writer == (
        "extractive (endpoint kecil failed: The server's answer was cut off in the middle)"
    )
    assert [note.text for note in draft.notes] == ["model bahasa gagal, jawaban ini kutipan"]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("http://a:1", "http://a:1/v1/chat/completions"),
        ("http://a:1/v1/", "http://a:1/v1/chat/completions"),
        ("https://a/api/v3", "https://a/api/v3/chat/completions"),
        ("https://a/x/chat/completions", "https://a/x/chat/completions"),
    ],
)
def test_the_address_may_be_written_with_or_without_its_path(given, asked):
    assert EndpointModel(given, "m").address == asked


@pytest.mark.parametrize(
    "address", ["", "localhost:8000", "file:///etc/passwd", "http://", "http://a:x"]
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ConfigError):
        EndpointModel(address, "m")


def test_a_key_that_is_none_is_refused_without_being_shown():
    with pytest.raises(ConfigError) as caught:
        EndpointModel("http://a", "m", api_key="raha\nsia")
    assert "raha" not in str(caught.value)


def test_replies_can_be_read_without_a_writer():
    said = []
    with model_of(stream("a", "b")) as (model, _):
        assert model.reply([Message("user", "?")], said.append, threading.Event())
    assert said == ["a", "b"]
