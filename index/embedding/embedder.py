"""Texts to unit vectors: the protocol, the real thing, and a fake to be worked out by hand.

A static model (a table of token vectors whose mean is the text's vector, like the one that ships)
is read here directly with `tokenizers` and numpy: a question then costs a fraction of a
millisecond, and asking never waits seconds for torch to be imported. Any other model goes through
sentence-transformers. Both give the same vectors for the same folder; a test holds that.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from warta.corpus.errors import InputError
from warta.index.embedding.model_folder import model_folder
from warta.index.forking import Lock, single_threaded_in_children

Vectors = NDArray[np.float32]

SHIPPED = Path(__file__).parent / "model"

_BATCH = 1024  # texts tokenised at a time, on all cores
_FEW = 64  # texts up to which one core is sooner done: a question and its words wait for no other
_MANY = 2000  # texts for which a packed table is unpacked whole
_STATIC_MODULES = ("StaticEmbedding", "Normalize")


class Embedder(Protocol):
    """Turns texts into unit vectors.

    `fingerprint` changes whenever the same text would get another vector; vectors of unlike
    fingerprints are never compared.
    """

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def fingerprint(self) -> str:
        """Identity of the weights and settings."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, rows of length one (all zero for a text without tokens)."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, rows of length one (all zero for a text without tokens)."""


class _Encoder(Protocol):
    """What lies below a prompt: texts to vectors of any length."""

    dim: int

    def encode(self, texts: Sequence[str], kind: str) -> Vectors:
        """Return (n, dim) float32; kind is "query" or "document"."""


class SentenceTransformerEmbedder:
    """An embedder read from a sentence-transformers folder, or by name from the local cache.

    Safe to call from several threads.
    """

    def __init__(self, encoder: _Encoder, fingerprint: str) -> None:
        self._encoder = encoder
        self._fingerprint = fingerprint

    @classmethod
    def load(
        cls, name_or_path: str | Path | None = None, *, download: bool = False
    ) -> "SentenceTransformerEmbedder":
        """Load a model folder, a model by name, or (None) the model that ships with Warta.

        Only safetensors weights are read and no code that comes with a model is run. A name is
        looked up in the local cache; only with `download` is the model hub asked for it.

        Raises InputError when there is no such model or it cannot be read.
        """
        if name_or_path is None:
            return cls(shipped_table(), _hash_of_files(SHIPPED))
        folder = model_folder(name_or_path, "embedding", download=download)
        if not Path(name_or_path).expanduser().is_dir():  # by its name on the hub
            library = _Library(folder)
            return cls(library, library.fingerprint())
        if is_static(folder):
            return cls(StaticTable.read(folder), _hash_of_files(folder))
        return cls(_Library(folder), _hash_of_files(folder))

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._encoder.dim

    @property
    def static(self) -> bool:
        """Whether it is a table of token vectors, quick enough for every word of an archive."""
        return isinstance(self._encoder, StaticTable)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over weights, tokenizer and settings, shortened to 16 hexadecimal digits."""
        return self._fingerprint

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, rows of length one (all zero for a text without tokens)."""
        return _unit(self._encoder.encode(texts, "document"))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, rows of length one (all zero for a text without tokens)."""
        return _unit(self._encoder.encode(texts, "query"))


class LengthEmbedder:
    """The fake: a text becomes the lengths of its first words, and what is left out is zero.

    "ab cde" with dim 4 is (2, 3, 0, 0) / √13. Two texts score the cosine of their word lengths;
    equal texts score 1. Queries and passages are treated alike.
    """

    def __init__(self, dim: int = 8) -> None:
        self._dim = dim

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """Identity of the settings."""
        return f"length-{self._dim}"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, rows of length one (all zero for a text without words)."""
        vectors = np.zeros((len(texts), self._dim), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            lengths = [len(word) for word in text.split()[: self._dim]]
            row[: len(lengths)] = lengths
        return _unit(vectors)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, rows of length one (all zero for a text without words)."""
        return self.embed_passages(texts)


class StaticTable:
    """A static model read without torch: one row a token, a text is the mean of its rows.

    `rows`: (vocabulary, dim), float32 or int8 as they are stored; `scales`: (vocabulary,) float32
    what they are multiplied by, None for 1; `tokenizer`: a `tokenizers.Tokenizer`.
    """

    def __init__(
        self,
        tokenizer: Any,
        rows: NDArray[Any],
        prompts: dict[str, str],
        scales: Vectors | None = None,
    ) -> None:
        self.dim = int(rows.shape[1])
        self.tokenizer = tokenizer
        self._stored = rows, scales
        self._prompts = prompts

    @property
    def table(self) -> Vectors:
        """(vocabulary, dim) float32: all rows, multiplied by their scales."""
        return self._vectors(np.arange(len(self._stored[0])))

    def _vectors(self, tokens: Any) -> Vectors:
        """(t, dim) float32 rows of these tokens."""
        rows, scales = self._stored
        vectors: Vectors = rows.take(tokens, axis=0).astype(np.float32, copy=False)
        if scales is not None:
            vectors *= scales.take(tokens)[:, None]
        return vectors

    @classmethod
    def read(cls, folder: Path) -> "StaticTable":
        """Read weights, tokenizer and prompts; int8 rows are multiplied by their scales."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            weights = load_file(folder / "model.safetensors")
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise InputError(
                f"The embedding model in {folder} cannot be read: {error}.",
                "Install Warta again, or train the model anew.",
            ) from error
        tokenizer.no_padding()
        settings = _read_json(folder / "config_sentence_transformers.json", {})
        prompts = dict(settings.get("prompts") or {})
        if "document" not in prompts and "passage" in prompts:
            prompts["document"] = prompts["passage"]
        rows, scales = _stored(weights)
        if len(rows) < tokenizer.get_vocab_size():
            raise InputError(
                f"The embedding model in {folder} has {len(rows)} rows for "
                f"{tokenizer.get_vocab_size()} tokens.",
                "Weights and tokenizer are of different models: copy the folder again.",
            )
        return cls(tokenizer, rows, prompts, scales)

    def encode(self, texts: Sequence[str], kind: str) -> Vectors:
        """Return (n, dim) float32 means of the token vectors."""
        prompt = self._prompts.get(kind) or ""
        means = np.zeros((len(texts), self.dim), dtype=np.float32)
        if len(texts) >= _MANY:  # unpacked once, 100 MB, it takes a tenth less
            self._stored = self.table, None
        for begin in range(0, len(texts), _BATCH):
            batch = [prompt + text for text in texts[begin : begin + _BATCH]]
            encoded = self._tokenised(batch)
            for row, item in enumerate(encoded, begin):
                if item.ids:  # one text at a time: its token vectors stay in the cache
                    means[row] = self._vectors(item.ids).mean(axis=0)
        return means

    def _tokenised(self, texts: list[str]) -> list[Any]:
        if len(texts) > _FEW:
            found: list[Any] = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
            return found
        return [self.tokenizer.encode(text, add_special_tokens=False) for text in texts]


@cache
def shipped_table() -> StaticTable:
    """Return the table that ships, one for all who read it in this process: it takes 98 MB."""
    return StaticTable.read(SHIPPED)


class _Library:
    """Any other model, through sentence-transformers."""

    def __init__(self, folder: Path) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        single_threaded_in_children("torch", torch.set_num_threads)
        try:
            self._model = SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # the library passes on whatever its parts raise
            raise InputError(
                f"The embedding model {str(folder)!r} cannot be loaded: {error}.",
                "Copy or download the model again.",
            ) from error
        self._lock = Lock()
        dim = self._model.get_embedding_dimension()
        self.dim = int(dim or len(self.encode(["a"], "query")[0]))

    def encode(self, texts: Sequence[str], kind: str) -> Vectors:
        """Return (n, dim) float32."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        encode = self._model.encode_query if kind == "query" else self._model.encode_document
        with self._lock:
            vectors = encode(list(texts), show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(vectors, dtype=np.float32)

    def fingerprint(self) -> str:
        """Hash of the weights as loaded and of the prompts."""
        digest = hashlib.sha256(json.dumps(self._model.prompts, sort_keys=True).encode())
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.float().contiguous().numpy().tobytes())
        return digest.hexdigest()[:16]


def _unit(vectors: Vectors) -> Vectors:
    """Rows of length one; zero rows stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def _stored(weights: dict[str, NDArray[Any]]) -> tuple[NDArray[Any], Vectors | None]:
    """Rows of a static model (vocabulary, dim) and their scales, from either layout in use."""
    if "embedding.weight" in weights:
        return weights["embedding.weight"], None
    table = weights["embeddings"]
    if "mapping" in weights:
        table = table[weights["mapping"]]
    scales = weights.get("weights")
    return table, None if scales is None else scales.astype(np.float32)


def is_static(folder: Path) -> bool:
    """Whether this folder is a token table and nothing that would need torch."""
    modules = _read_json(folder / "modules.json", [])
    kinds = tuple(str(module.get("type", "")).rsplit(".", 1)[-1] for module in modules)
    settings = _read_json(folder / "config_sentence_transformers.json", {})
    return (
        kinds in (_STATIC_MODULES, _STATIC_MODULES[:1])
        and all(module["path"] in ("", "1_Normalize") for module in modules)
        and not settings.get("default_prompt_name")
        and (folder / "model.safetensors").is_file()
    )


def _read_json(path: Path, default: Any) -> Any:
    if not path.is_file():
        return default
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is not JSON: {error}.", "Copy the model folder again.") from error


def _hash_of_files(folder: Path) -> str:
    """Hash of everything in a model folder that can change a vector."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".safetensors", ".json", ".txt", ".model") and path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]
