"""Which words answer which question: "kenapa" one with "lantaran", "berapa" one with "orang".

A linear model over pairs of what a question asks with and what a sentence is made of, its weights
in one hashed row. Learned listwise: they say what the trees leave over.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from warta.corpus.errors import ConfigError
from warta.corpus.language.marks import marks
from warta.index.reader.asked import asking_of
from warta.index.reader.features import Asked, Candidate

CUES = Path(__file__).with_name("cues.npz")
SIZE = 1 << 18
_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[\"“”?!:;()%$]")
_SCORE = re.compile(r"\d+[-–]\d+")
_SAID = re.compile(r"\w+ (?:kata|ujar|ucap|tutur|jelas)")
_MOST = 60  # tokens of a sentence that are looked at
_AROUND = 15  # characters beside a number in which its neighbour stands

Weights = NDArray[np.float32]


def asking(asked: Asked) -> tuple[str, ...]:
    """Return what a question asks with: its form, its question word and the noun beside it."""
    found = ["*"]
    for text in dict.fromkeys((asked.text, asked.own or asked.text)):
        read = asking_of(text)
        found += [f"f:{read.form}", f"w:{read.typed}"]
        if read.noun:
            found.append(f"h:{read.noun}")
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def signs(sentence: str) -> tuple[str, ...]:
    """Return what a sentence is made of: words, pairs of them, its opening, its facts."""
    lowered = sentence.lower()
    tokens = _TOKEN.findall(lowered)[:_MOST]
    found = [f"t:{token}" for token in tokens]
    found += [f"^:{token}" for token in tokens[:2]]
    found += [f"b:{one}_{other}" for one, other in pairwise(tokens)]
    seen = marks(sentence)
    for fact in seen.facts:
        found.append(f"#{fact.kind}{fact.unit}")
        after = _TOKEN.findall(lowered[fact.end : fact.end + _AROUND])[:1]
        before = _TOKEN.findall(lowered[max(0, fact.start - _AROUND) : fact.start])[-1:]
        found += [f"n>{token}" for token in after] + [f"n<{token}" for token in before]
    if _SCORE.search(lowered):
        found.append("#score")
    if seen.names:
        found.append(f"#name{min(3, len(seen.names))}")
    if _SAID.search(lowered):
        found.append("q")
    if seen.quoted:
        found.append("#quoted")
    return tuple(dict.fromkeys(found))


def places(asked: Sequence[str], sentence: str) -> NDArray[np.int64]:
    """Return the different places of the pairs in a row of SIZE weights, rising."""
    starts = [crc32(f"{sign}|".encode()) for sign in asked]
    own = [sign.encode() for sign in signs(sentence)]
    return np.unique(np.array([crc32(b, a) % SIZE for a in starts for b in own], np.int64))


class Cues:
    """The learned weights, (SIZE,) float32; safe to share by threads."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    @classmethod
    def load(cls, path: Path = CUES) -> "Cues":
        """Read the weights that ship; raises ConfigError."""
        try:
            with np.load(path, allow_pickle=False) as found:
                weights = found["weights"].astype(np.float32) * np.float32(found["scale"])
        except (OSError, ValueError, KeyError) as error:
            raise ConfigError(
                f"The weights {path} cannot be read: {error}.", "Install Warta again."
            ) from error
        return cls(weights)

    def __call__(self, asked: Asked, found: Sequence[Candidate]) -> NDArray[np.float32]:
        """Return (n,) what the words of each candidate speak for it, in log-odds."""
        asks = asking(asked)
        values = np.zeros(len(found), np.float32)
        for at, candidate in enumerate(found):
            pairs = places(asks, candidate.text)
            values[at] = self._weights[pairs].sum() / np.sqrt(max(len(pairs), 1))
        return values
