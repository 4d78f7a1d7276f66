"""A second look at the first hits, reading question and passage together.

A cross-encoder reads the question with each passage, so it cannot be prepared when articles are
indexed: it costs a pass of its model a passage, and therefore sees only the first of a ranking.
None ships; who wants one names it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from warta.corpus.errors import InputError
from warta.index.candidates import Rows, Scores
from warta.index.embedding.model_folder import model_folder
from warta.index.forking import Lock, single_threaded_in_children

DEPTH = 50  # passages of the first ranking that are looked at again

_BATCH = 16


class Reranker(Protocol):
    """Judges how well each text answers a question."""

    def score(self, query: str, texts: Sequence[str]) -> Scores:
        """Return (n,) float32, higher is better, comparable within this query."""


class WordReranker:
    """The fake: a text scores how many different words of the question stand in it."""

    def score(self, query: str, texts: Sequence[str]) -> Scores:
        """Return (n,) float32 counts; words are what spaces separate, in any case."""
        asked = set(query.casefold().split())
        return np.array([len(asked & set(text.casefold().split())) for text in texts], np.float32)


class CrossEncoder:
    """A sentence-transformers cross-encoder; safe to call from several threads."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._lock = Lock()

    @classmethod
    def load(
        cls, name_or_path: str | Path, *, device: str = "", download: bool = False
    ) -> "CrossEncoder":
        """Load a model folder, or a model by name from the local cache.

        `device` is "cpu", "cuda", "mps" or "" for the best there is. Only safetensors weights are
        read and no code that comes with a model is run; only with `download` is the model hub
        asked for a name.

        Raises InputError where there is no such model, it cannot be read, or it does not give
        one score a pair.
        """
        model = read_pair_model(name_or_path, "reranking", device=device, download=download)
        if model.num_labels != 1:
            raise InputError(
                f"The model {str(name_or_path)!r} gives {model.num_labels} scores a pair, "
                "expected 1.",
                "Name a model that was trained for ranking.",
            )
        return cls(model)

    def score(self, query: str, texts: Sequence[str]) -> Scores:
        """Return (n,) float32, what the model gives before any sigmoid."""
        if not texts:
            return np.zeros(0, np.float32)
        from torch.nn import Identity

        with self._lock:
            found = self._model.predict(
                [(query, text) for text in texts],
                batch_size=_BATCH,
                show_progress_bar=False,
                activation_fn=Identity(),  # a sigmoid would make ties of the surest
                convert_to_numpy=True,
            )
        return np.asarray(found, np.float32)


def load_reranker(name: str, *, download: bool = False) -> CrossEncoder | None:
    """Return the cross-encoder of that name or folder, None for ""."""
    return CrossEncoder.load(name, download=download) if name else None


def reordered(order: Rows, scores: Scores, judged: Scores) -> tuple[Rows, Scores]:
    """Return `order` with its first places by `judged`, and `scores` to go with it.

    `order`: (c,) candidates, best first; `scores`: (c,) of each candidate; `judged`: (d,), d ≤ c,
    of order[:d]. The scores of the first ranking are dealt out anew, so that they still never
    rise and keep their scale. Equals stay in the order they had.
    """
    first = order[: len(judged)]
    moved = first[np.argsort(-judged, kind="stable")]
    dealt = scores.copy()
    dealt[moved] = scores[first]
    return np.concatenate([moved, order[len(judged) :]]), dealt


def read_pair_model(
    name_or_path: str | Path, kind: str, *, device: str = "", download: bool = False
) -> Any:
    """Return the library's cross-encoder of that folder or name; `kind` is for the messages.

    Raises InputError where there is none, something in it could run, or its head would be made up
    by chance.
    """
    folder = model_folder(name_or_path, kind, download=download)
    model = _read(folder, kind, device)
    _check(model, str(name_or_path))
    return model


def _read(folder: Path, kind: str, device: str) -> Any:
    import torch
    from sentence_transformers import CrossEncoder as Library

    single_threaded_in_children("torch", torch.set_num_threads)
    try:
        return Library(
            str(folder),
            device=device or None,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
            # Without one the library calls whatever its settings name below "torch.".
            activation_fn=torch.nn.Identity(),
        )
    except Exception as error:  # the library passes on whatever its parts raise
        raise InputError(
            f"The {kind} model {str(folder)!r} cannot be loaded: {error}.",
            "Copy or download the model again.",
        ) from error


def _check(model: Any, named: str) -> None:
    """Refuse what would load but not judge: a model whose head is made up by chance."""
    made_for = (model.config.architectures or ["nothing"])[0]
    if len(model) == 1 and not made_for.endswith("ForSequenceClassification"):
        raise InputError(
            f"The model {named!r} is a {made_for}: it has no weights that score a pair.",
            "Name a cross-encoder; an embedding model goes with --embedder.",
        )
