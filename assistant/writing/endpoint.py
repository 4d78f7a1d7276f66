"""A chat model behind an OpenAI-compatible server: vLLM, Ollama, llama.cpp or a hosted one.

What the server sends is foreign: its kind, its length and its form are checked before a word is
used, and no address, key or page of it reaches a reader.
"""

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from warta.assistant.config import is_local
from warta.corpus.errors import ConfigError, WriterError

if TYPE_CHECKING:
    from warta.assistant.answer import Message

_log = logging.getLogger(__name__)
_PATH = "/chat/completions"
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_REFUSED = frozenset({400, 422})
_LONGEST_LINE = 2**20  # bytes; servers send some hundred
_DONE: dict[str, Any] = {"choices": [{"finish_reason": "stop"}]}
_LOOK_AT_LOG = "Look at the server's own log, and at the settings endpoint and model."


class _TryAgain(WriterError):
    """Nothing was said yet, and another try may help."""


class EndpointModel:
    """A ChatModel behind a server; safe to share by threads.

    `address` is the server's base address, with or without /v1; `tokens` what an answer may have
    at most. Waits `connect` and `read` seconds (the latter for each piece), and tries `tries`
    times as long as nothing was said, pausing `pause` seconds first and twice as long each time
    after.
    """

    def __init__(
        self,
        address: str,
        model: str,
        *,
        api_key: str = "",
        tokens: int = 1024,
        connect: float = 5,
        read: float = 60,
        tries: int = 3,
        pause: float = 0.5,
    ) -> None:
        self.address = _checked_address(address)
        self._headers = {"accept": "text/event-stream", "accept-encoding": "identity"}
        if api_key:
            self._headers["authorization"] = f"Bearer {_checked_key(api_key)}"
        self._model = model
        self._tokens = tokens
        self._timeout = httpx.Timeout(read, connect=connect)
        self._tries = tries
        self._pause = pause
        self._plainly = False  # without what only some servers know

    @property
    def name(self) -> str:
        """What the receipt calls it: the kind of writer and the model's name."""
        return f"endpoint {self._model}"

    def fits(self, messages: "Sequence[Message]") -> bool:
        """Tell that there is room: only the server knows, and says so."""
        return True

    def reply(
        self, messages: "Sequence[Message]", put: Callable[[str], None], stop: threading.Event
    ) -> bool:
        """Ask the server and pass on what it says; return whether the answer came to its end.

        Raises WriterError where no answer came, it broke off or is in no form that is known.
        """
        tries = 0
        while True:
            try:
                return self._once(messages, put, stop)
            except _TryAgain as error:
                tries += 1
                if tries >= self._tries or stop.wait(self._pause * 2 ** (tries - 1)):
                    raise
                _log.info("Trying again: %s", error)

    def close(self) -> None:
        """Close the connections that were kept open."""
        self._client.close()

    @cached_property
    def _client(self) -> httpx.Client:
        # A proxy of the environment is for addresses beyond this machine.
        return httpx.Client(
            timeout=self._timeout,
            headers=self._headers,
            follow_redirects=False,
            trust_env=not is_local(urlsplit(self.address).hostname or ""),
        )

    def _once(
        self, messages: "Sequence[Message]", put: Callable[[str], None], stop: threading.Event
    ) -> bool:
        said = False
        try:
            with self._client.stream("POST", self.address, json=self._body(messages)) as response:
                self._check(response)
                ended: bool | None = None
                for event in _events(response):
                    if stop.is_set():
                        return False
                    piece, reason = _read(event)
                    if piece:
                        said = True
                        put(piece)
                    if reason and ended is None:
                        ended = reason in ("stop", "end")
        except (httpx.HTTPError, httpx.StreamError) as error:
            kind = WriterError if said else _TryAgain
            raise kind(f"{_what(error)}.", _LOOK_AT_LOG) from error
        if ended is None:
            raise WriterError("The server's answer was cut off in the middle.", _LOOK_AT_LOG)
        return ended

    def _body(self, messages: "Sequence[Message]") -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "stream": True,
            "temperature": 0,
            "max_tokens": self._tokens,
        }
        if not self._plainly:  # vLLM and llama.cpp pass it on to the model's template
            body["chat_template_kwargs"] = {"enable_thinking": False}
        return body

    def _check(self, response: httpx.Response) -> None:
        """Raise WriterError for anything but the answer of a chat server."""
        status = response.status_code
        if status in _REFUSED and not self._plainly:
            self._plainly = True
            raise _TryAgain(f"The server refused the request with status {status}.", _LOOK_AT_LOG)
        if status in _PASSING:
            raise _TryAgain(f"The server answered with status {status}.", _LOOK_AT_LOG)
        if status != httpx.codes.OK:
            remedy = "Check the setting api_key." if status in (401, 403) else _LOOK_AT_LOG
            raise WriterError(f"The server answered with status {status}.", remedy)
        kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in ("text/event-stream", "application/json"):
            kind = kind if re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) else "something unnamed"
            raise WriterError(f"The server sent {kind} instead of an answer.", _LOOK_AT_LOG)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise WriterError("The server packed its answer unasked.", _LOOK_AT_LOG)


def _events(response: httpx.Response) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of an event stream, or the one of a server that does not stream."""
    if "json" in response.headers["content-type"]:
        yield _object(b"".join(_limited(response.iter_raw())))
        return
    for line in _lines(response):
        field, _, data = line.partition(b":")
        data = data.strip()
        if field.strip() != b"data" or not data:
            continue  # comments keep the connection open, names and numbers tell us nothing
        if data == b"[DONE]":
            yield _DONE
            return
        yield _object(data)


def _limited(pieces: Iterator[bytes]) -> Iterator[bytes]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > _LONGEST_LINE:
            raise WriterError("The server's answer has no end.", _LOOK_AT_LOG)
        yield piece


def _lines(response: httpx.Response) -> Iterator[bytes]:
    rest = b""
    for piece in response.iter_raw():
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            raise WriterError("The server's answer has no end.", _LOOK_AT_LOG)
        yield from lines
    yield rest


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WriterError("The server's answer is not in the known form.", _LOOK_AT_LOG) from error
    if not isinstance(found, dict):
        raise WriterError("The server's answer is not in the known form.", _LOOK_AT_LOG)
    if found.get("error"):
        raise WriterError("The server reports an error.", f"It says: {str(found['error'])[:300]}")
    return found


def _read(event: dict[str, Any]) -> tuple[str, str]:
    """Return what an event says and, in the last one, the reason for ending ("" before)."""
    choices = event.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        return "", ""
    message = choice.get("delta") or choice.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    reason = choice.get("finish_reason")
    return content if isinstance(content, str) else "", reason if isinstance(reason, str) else ""


def _what(error: Exception) -> str:
    """Say what happened to the connection, without its address."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return "No connection to the server"
    if isinstance(error, httpx.TimeoutException):
        return "The server fell silent"
    return "The connection to the server broke"


def _checked_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(
            f"The endpoint {address!r} is no address.", "Give one such as http://127.0.0.1:8000/v1."
        )
    base = address.rstrip("/")
    if base.endswith(_PATH):
        return base
    return base + _PATH if re.search(r"/v\d+\w*$", base) else f"{base}/v1{_PATH}"


def _checked_key(key: str) -> str:
    if not re.fullmatch(r"[!-~]+", key):
        raise ConfigError(
            "The setting api_key has characters that no key has.", "Copy the key again."
        )
    return key
