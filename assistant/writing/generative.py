"""A chat model on this machine, by `transformers`: the only file that imports it.

Nothing that comes with a model is run: safetensors only, no code of its own, and chat templates
are rendered in the library's sandbox. Nothing is fetched: a model by name is looked for among
those downloaded before.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from warta.corpus.errors import ConfigError, InputError
from warta.index.embedding.model_folder import model_folder
from warta.index.forking import Lock, single_threaded_in_children

if TYPE_CHECKING:
    from warta.assistant.answer import Message

_PATIENCE = 0.2  # seconds between two looks whether the reader has left
_THINKING = "<think>"
# Ends of a turn in the templates of Qwen, Gemma, Llama and SEA-LION, besides the model's own.
_ENDS = ("<|im_end|>", "<end_of_turn>", "<|eot_id|>", "<|end|>", "<|endoftext|>")


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
