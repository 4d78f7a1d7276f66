"""Chat models: on this machine by `transformers`, or behind an OpenAI-compatible server.

Nothing that comes with a model is run: safetensors only, no code of its own, and chat templates
are rendered in the library's sandbox. Nothing is fetched: a model by name is looked for among
those downloaded before.

What a server sends (vLLM, Ollama, llama.cpp or a hosted one) is foreign: its kind, its length and
its form are checked before a word is used, and no address, key or page of it reaches a reader.
"""

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import httpx

from warta.assistant.config import is_local
from warta.corpus.errors import ConfigError, InputError, WriterError
from warta.index.embedding.model_folder import model_folder
from warta.index.forking import Lock, single_threaded_in_children

if TYPE_CHECKING:
    from warta.assistant.answer import Message


_PATIENCE = 0.2  # seconds between two looks whether the reader has left
_THINKING = "<think>"
# Ends of a turn in the templates of Qwen, Gemma, Llama and SEA-LION, besides the model's own.
_ENDS = ("<|im_end|>", "<end_of_turn>", "<|eot_id|>", "<|end|>", "<|endoftext|>")

_log = logging.getLogger(__name__)
_PATH = "/chat/completions"
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_REFUSED = frozenset({400, 422})
_LONGEST_LINE = 2**20  # bytes; servers send some hundred
_DONE: dict[str, Any] = {"choices": [{"finish_reason": "stop"}]}
_LOOK_AT_LOG = "Look at the server's own log, and at the settings endpoint and model."


class TransformersModel:
    """A ChatModel in memory; one answer at a time, others wait for their turn.

    `model` and `tokenizer` are the library's; `tokens` is what an answer may have at most.
    """

    def __init__(self, model: Any, tokenizer: Any, label: str, *, tokens: int = 1024) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._label = label
        self._tokens = tokens
        self._turn = Lock()
        self._reading = Lock()  # tokenizers lend themselves to one at a time
        self._ends = _end_tokens(model, tokenizer)
        config = model.config.get_text_config()
        self._room = int(getattr(config, "max_position_embeddings", None) or 4096)

    @classmethod
    def load(cls, name_or_path: str, *, device: str = "", tokens: int = 1024) -> Self:
        """Load a model folder, or a downloaded model by name, onto `device`.

        `device` is "cpu", "cuda", "cuda:1", "mps", or "" for the best there is. Weights are read
        as bfloat16 where the device computes with it, else as float32.

        Raises ConfigError where there is no such model, it has no safetensors or no chat template.
        """
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        try:
            source = str(model_folder(name_or_path, "language"))
        except InputError as error:
            what = f"The language model {name_or_path!r} cannot be loaded: {error.what}"
            raise ConfigError(
                what,
                f"{error.remedy} To download one by its name: hf download {name_or_path}",
            ) from error
        chosen = _device(device)
        single_threaded_in_children("torch", torch.set_num_threads)
        safely = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = AutoTokenizer.from_pretrained(source, **safely)
            model = AutoModelForCausalLM.from_pretrained(
                source, use_safetensors=True, dtype=_dtype(chosen), **safely
            )
            model = model.to(chosen).eval()
        except Exception as error:  # the library passes on whatever its parts raise
            raise ConfigError(
                f"The language model {name_or_path!r} cannot be loaded: "
                f"{(str(error).splitlines() or [type(error).__name__])[0][:300]}",
                "Give a folder with safetensors, or download the model by its name first: "
                f"hf download {name_or_path}",
            ) from error
        if not tokenizer.chat_template:
            raise ConfigError(
                f"The language model {name_or_path!r} has no chat template.",
                "Take one that is made for conversation, often called “instruct” or “it”.",
            )
        return cls(model, tokenizer, Path(name_or_path).name, tokens=tokens)

    @property
    def name(self) -> str:
        """What the receipt calls it: the kind of writer and the model's name."""
        return f"generative {self._label}"

    def fits(self, messages: "Sequence[Message]") -> bool:
        """Tell whether the model's window takes these messages and half of a long answer."""
        length = len(self._encode(self._prompt(messages))["input_ids"][0])
        return length + min(self._tokens, self._room // 2) // 2 <= self._room

    def reply(
        self, messages: "Sequence[Message]", put: Callable[[str], None], stop: threading.Event
    ) -> bool:
        """Write greedily, word by word; return whether the model ended its turn by itself."""
        import torch
        from transformers import StoppingCriteriaList

        while not self._turn.acquire(timeout=_PATIENCE):
            if stop.is_set():
                return False
        try:
            prompt = self._prompt(messages)
            if prompt.rstrip().endswith(_THINKING):  # some templates open it themselves
                put(_THINKING)
            tokens = {
                key: value.to(self._model.device) for key, value in self._encode(prompt).items()
            }
            with torch.inference_mode():
                written = self._model.generate(
                    **tokens,
                    generation_config=self._greedy(tokens["input_ids"].shape[1]),
                    streamer=_streamer(self._tokenizer, put),
                    stopping_criteria=StoppingCriteriaList([_stopping(stop)]),
                )
        finally:
            self._turn.release()
        return int(written[0, -1]) in self._ends

    def _prompt(self, messages: "Sequence[Message]") -> str:
        turns = [{"role": message.role, "content": message.content} for message in messages]
        try:
            rendered = self._render(turns)
            if turns[0]["content"].strip() in rendered:
                return rendered
        except Exception:  # the template's own way of saying that it takes no system message
            pass
        merged = "\n\n".join(turn["content"] for turn in turns)
        return self._render([{"role": "user", "content": merged}])

    def _render(self, turns: list[dict[str, str]]) -> str:
        # Templates without thinking take no notice of the last argument.
        return str(
            self._tokenizer.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=True, enable_thinking=False
            )
        )

    def _encode(self, prompt: str) -> dict[str, Any]:
        """Return `input_ids` and `attention_mask`, each (1, length)."""
        with self._reading:
            found = self._tokenizer(prompt, add_special_tokens=False, return_tensors="pt")
        return {key: found[key] for key in ("input_ids", "attention_mask")}

    def _greedy(self, length: int) -> Any:
        """Return settings that take nothing over from those that came with the model."""
        from transformers import GenerationConfig

        return GenerationConfig(
            do_sample=False,
            max_new_tokens=max(1, min(self._tokens, self._room - length)),
            eos_token_id=sorted(self._ends) or None,
            pad_token_id=min(self._ends, default=0),
        )


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    own = getattr(model.generation_config, "eos_token_id", None)
    found = set(own if isinstance(own, list) else [own]) | {tokenizer.eos_token_id}
    vocabulary = tokenizer.get_added_vocab()
    found |= {vocabulary[token] for token in _ENDS if token in vocabulary}
    return frozenset(int(token) for token in found if token is not None)


def _streamer(tokenizer: Any, put: Callable[[str], None]) -> Any:
    """Return a streamer that hands whole words to `put`.

    Control tokens are left in: some models mark their thinking with them, and hiding the marks
    would show the thoughts.
    """
    from transformers import TextStreamer

    class Streamer(TextStreamer):  # type: ignore[misc]
        def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
            if text:
                put(text)

    return Streamer(tokenizer, skip_prompt=True, skip_special_tokens=False)


def _stopping(stop: threading.Event) -> Any:
    """Return a criterion that ends the writing after the token at which `stop` is set."""
    import torch
    from transformers import StoppingCriteria

    class Stopping(StoppingCriteria):  # type: ignore[misc]
        def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
            shape, device = input_ids.shape[:1], input_ids.device
            return torch.full(shape, stop.is_set(), dtype=torch.bool, device=device)

    return Stopping()


def _device(wanted: str) -> str:
    import torch

    if not wanted:
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    kind = wanted.split(":")[0]
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if not there.get(kind):
        raise ConfigError(
            f"The device {wanted!r} is not on this machine.",
            f"Take one of {', '.join(repr(name) for name, found in there.items() if found)}.",
        )
    return wanted


def _dtype(device: str) -> Any:
    import torch

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    if device == "mps":
        return torch.bfloat16
    # Without instructions for it a processor computes with bfloat16 many times slower.
    quick = getattr(torch.cpu, "_is_avx512_bf16_supported", bool)()
    return torch.bfloat16 if quick else torch.float32


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
