"""Nearly the same article: wire copies, reprints, trimmed and lengthened versions.

A text is cut into all its runs of three words. Of their hashes the `SIZE` smallest are its
signature (Broder's bottom-k sketch: Broder 1997, "On the resemblance and containment of
documents"). The hashes below a bound that two signatures both reach are a fair sample of either
text, so their overlap estimates how much of the shorter text stands in the longer one. That
containment, unlike resemblance, does not fall when one outlet trims what another prints in full.
"""

import re
import sys
from array import array
from bisect import bisect_right
from typing import Final, NamedTuple
from zlib import crc32

DUPLICATES_VERSION: Final = "1"
"""Changes when the same texts would be grouped otherwise: groups are made anew then."""

_WORD = re.compile(r"\w+")
_RUN: Final = 3
SIZE: Final = 128
# Measured on real archives: copies by another outlet share 0.64 of the shorter text and more.
# One outlet's follow-ups repeat half of what it wrote before and yet tell something new.
OTHER_OUTLET: Final = 0.6
SAME_OUTLET: Final = 0.8
# Below this share of both texts together, the longer one is about more than the shorter.
RESEMBLANCE: Final = 0.2
# Fewer common hashes say too little: then only equal texts are copies.
LEAST: Final = 12
# A run of words that so many articles share is a phrase, not a sign of copying.
COMMON: Final = 16
# Copies share at least so many runs that are no phrases.
SEEDS: Final = 3


def signature(text: str) -> bytes:
    """Return what copies are found by: up to 128 hashes of four bytes, ascending, little-endian.

    Case, punctuation and spacing make no difference. b"" for a text without words.
    """
    words = [word.encode("utf-8", "replace") for word in _WORD.findall(text.lower())]
    if len(words) < _RUN:
        hashes = {crc32(b" ".join(words))} if words else set()
    else:
        runs = zip(words, words[1:], words[2:], strict=False)
        hashes = {crc32(b"%b %b %b" % run) for run in runs}
    packed = array("I", sorted(hashes)[:SIZE])
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def containment(one: bytes, other: bytes) -> float:
    """Estimate the share 0..1 of the shorter text that stands in the other, by signatures.

    1.0 for equal signatures; 0.0 where they are unlike and too short to tell.
    """
    if one == other:
        return 1.0 if one else 0.0
    return compare(Sketch(one), Sketch(other)).contained


class Sketch:
    """A signature as numbers: the bound up to which it is complete and the text's length."""

    __slots__ = ("bound", "hashes", "length")

    def __init__(self, signature: bytes) -> None:
        self.hashes = array("I", signature)
        if sys.byteorder == "big":
            self.hashes.byteswap()
        count = len(self.hashes)
        full = count >= SIZE
        self.bound = self.hashes[-1] if full else 2**32
        self.length = count * 2**32 / (self.bound + 1) if full else float(count)


class Likeness(NamedTuple):
    """Shares 0..1 of the shorter text and of both together that two texts have in common."""

    contained: float
    resemblance: float


def within(one: Sketch, other: Sketch) -> tuple[int, int]:
    """Count the hashes of either text below the bound that both signatures reach."""
    bound = min(one.bound, other.bound)
    return bisect_right(one.hashes, bound), bisect_right(other.hashes, bound)


def compare(one: Sketch, other: Sketch) -> Likeness:
    """Estimate what two texts have in common; nothing where they are too short to tell."""
    mine, theirs = within(one, other)
    least = min(mine, theirs)
    if least < LEAST:
        return Likeness(0.0, 0.0)
    # What both have lies below both bounds, so the whole signatures can be compared.
    shared = len(set(one.hashes).intersection(other.hashes))
    return Likeness(shared / least, shared / (mine + theirs - shared))
