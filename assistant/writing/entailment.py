"""Does a passage entail a sentence? The opinion of an NLI model, where one is set.

The rules of `support` see names, numbers and words; whether a sentence turns what is said around
they see only in part. A cross-encoder trained on natural language inference reads passage and
sentence together and costs a pass of its model for each part of the passage. None ships; who
wants one names it.

A passage is read sentence by sentence and in windows of as many sentences as the model takes: it
entails what any of them entails, as in SummaC (Laban et al., TACL 2022).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from warta.corpus.errors import InputError, WriterError
from warta.corpus.language.sentences import sentences
from warta.index.forking import Lock
from warta.index.search.reranker import read_pair_model

ENTAILED = 0.5  # probability from which on a sentence counts as entailed: rather than not

_LABELS = ("entailment", "entails", "entailed", "entail")
_LONGEST = 512  # tokens of a pair, whatever the model could take: they were trained on less
_SPARE = 4  # tokens left free: RoBERTa counts its positions from 2
_LEAST = 8  # tokens a window must have to be worth a look
_BATCH = 16


class Entailment(Protocol):
    """Judges whether a text entails a sentence."""

    def probability(self, passage: str, claim: str) -> float:
        """Return how probable it is, 0 to 1, that `passage` entails `claim`.

        Raises WriterError where the model fails.
        """


class WordEntailment:
    """The fake: the share of the claim's words that stand in the passage, in any case."""

    def probability(self, passage: str, claim: str) -> float:
        """Return the share, 1 for a claim without words."""
        said = set(re.findall(r"\w+", claim.casefold()))
        held = set(re.findall(r"\w+", passage.casefold()))
        return len(said & held) / len(said) if said else 1.0


class NliModel:
    """An NLI cross-encoder; safe to call from several threads.

    `model` is sentence-transformers' CrossEncoder, `label` the place of "entailment" among what
    it gives.
    """

    def __init__(self, model: Any, label: int) -> None:
        self._model = model
        self._label = label
        self._lock = Lock()
        self._most = min(int(model.max_seq_length or _LONGEST), _LONGEST)
        self._marks = model.tokenizer.num_special_tokens_to_add(pair=True) + _SPARE

    @classmethod
    def load(cls, name_or_path: str | Path, *, device: str = "") -> "NliModel":
        """Load a model folder, or a model by name from the local cache.

        `device` is "cpu", "cuda", "mps" or "" for the best there is. Only safetensors weights are
        read and no code that comes with a model is run; the model hub is not asked.

        Raises InputError where there is no such model, it cannot be read, or none of its labels
        is entailment.
        """
        model = read_pair_model(name_or_path, "NLI", device=device)
        return cls(model, entailment_label(model.config.id2label, str(name_or_path)))

    def probability(self, passage: str, claim: str) -> float:
        """Return the highest probability over the parts of the passage.

        0 for a claim so long that the model could read nothing beside it. Raises WriterError
        where the model fails.
        """
        with self._lock:  # tokenizers lend themselves to one at a time
            try:
                room = self._most - self._marks - self._count(claim)
                if room < _LEAST:
                    return 0.0
                parts = premises(passage, room, self._count)
                return float(self._judge(parts, claim).max(initial=0.0))
            except Exception as error:  # the library passes on whatever its parts raise
                raise WriterError(
                    f"{type(error).__name__} in the NLI model.", f"It says: {str(error)[:300]}"
                ) from error

    def _judge(self, parts: Sequence[str], claim: str) -> np.ndarray[Any, Any]:
        """Return (n,) float32, the probability that each of the parts entails the claim."""
        if not parts:
            return np.zeros(0, np.float32)
        from torch.nn import Identity

        found = self._model.predict(
            [(part, claim) for part in parts],
            batch_size=_BATCH,
            show_progress_bar=False,
            activation_fn=Identity(),  # a model may bring one of its own
            apply_softmax=True,
            convert_to_numpy=True,
        )
        return np.asarray(found, np.float32)[:, self._label]

    def _count(self, text: str) -> int:
        return len(self._model.tokenizer(text, add_special_tokens=False, verbose=False).input_ids)


def load_entailment(name: str, *, device: str = "") -> NliModel | None:
    """Return the NLI model of that name or folder, None for ""."""
    return NliModel.load(name, device=device) if name else None


def entailment_label(labels: dict[int, str], named: str) -> int:
    """Return the number of the label that means entailment; raise InputError where none does."""
    found = [at for at, label in labels.items() if str(label).strip().casefold() in _LABELS]
    if len(found) != 1 or len(labels) < 2:
        raise InputError(
            f"The labels of {named!r} are {', '.join(map(repr, labels.values()))}; expected are "
            "several, one of them 'entailment'.",
            "Name a model trained for NLI whose config.json names its labels (id2label).",
        )
    return int(found[0])


def premises(passage: str, room: int, count: Callable[[str], int]) -> list[str]:
    """Return windows over the passage and its sentences, each of at most `room` tokens, once.

    Windows hold whole sentences, as many as have room; each begins with the one the window
    before ended in, where that leaves room for another. `count` tells the tokens of a text.
    """
    parts = [
        piece
        for span in sentences(passage)
        for piece in _pieces(passage[span.start : span.end], room, count)
    ]
    return list(dict.fromkeys([*_windows(parts, room, count), *parts]))


def _pieces(text: str, room: int, count: Callable[[str], int]) -> Iterator[str]:
    """Yield `text` in halves of halves until each has room; what has no spaces is left out."""
    words = text.split()
    if count(text) <= room:
        yield text
    elif len(words) > 1:
        middle = len(words) // 2
        yield from _pieces(" ".join(words[:middle]), room, count)
        yield from _pieces(" ".join(words[middle:]), room, count)


def _windows(parts: Sequence[str], room: int, count: Callable[[str], int]) -> Iterator[str]:
    sizes = [count(part) + 1 for part in parts]  # one more for what joins them
    begin = 0
    while begin < len(parts):
        end, used = begin + 1, sizes[begin]
        while end < len(parts) and used + sizes[end] <= room + 1:
            used += sizes[end]
            end += 1
        yield " ".join(parts[begin:end])
        if end == len(parts):
            return
        begin = end - 1 if end - begin > 1 and sizes[end - 1] + sizes[end] <= room + 1 else end
