"""Nearly the same article: wire copies, reprints, trimmed and lengthened versions.

A text is cut into all its runs of three words. Of their hashes the `_SIZE` smallest are its
signature (Broder's bottom-k sketch: Broder 1997, "On the resemblance and containment of
documents"). The hashes below a bound that two signatures both reach are a fair sample of either
text, so their overlap estimates how much of the shorter text stands in the longer one. That
containment, unlike resemblance, does not fall when one outlet trims what another prints in full.
"""

import re
import sys
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple
from zlib import crc32

DUPLICATES_VERSION: Final = "1"
"""Changes when the same texts would be grouped otherwise: groups are made anew then."""

_WORD = re.compile(r"\w+")
_RUN: Final = 3
_SIZE: Final = 128
# Measured on real archives: copies by another outlet share 0.64 of the shorter text and more.
# One outlet's follow-ups repeat half of what it wrote before and yet tell something new.
_OTHER_OUTLET: Final = 0.6
_SAME_OUTLET: Final = 0.8
# Below this share of both texts together, the longer one is about more than the shorter.
_RESEMBLANCE: Final = 0.2
# Fewer common hashes say too little: then only equal texts are copies.
_LEAST: Final = 12
# A run of words that so many articles share is a phrase, not a sign of copying.
_COMMON: Final = 16
# Copies share at least so many runs that are no phrases.
_SEEDS: Final = 3


def signature(text: str) -> bytes:
    """Return what `copies_of` compares: up to 128 hashes of four bytes, ascending, little-endian.

    Case, punctuation and spacing make no difference. b"" for a text without words.
    """
    words = [word.encode("utf-8", "replace") for word in _WORD.findall(text.lower())]
    if len(words) < _RUN:
        hashes = {crc32(b" ".join(words))} if words else set()
    else:
        runs = zip(words, words[1:], words[2:], strict=False)
        hashes = {crc32(b"%b %b %b" % run) for run in runs}
    packed = array("I", sorted(hashes)[:_SIZE])
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def containment(one: bytes, other: bytes) -> float:
    """Estimate the share 0..1 of the shorter text that stands in the other, by signatures.

    1.0 for equal signatures; 0.0 where they are unlike and too short to tell.
    """
    if one == other:
        return 1.0 if one else 0.0
    return _compare(_Sketch(one), _Sketch(other)).contained


def copies_of(
    signatures: Sequence[bytes], sources: Sequence[str] | None = None
) -> list[tuple[int, int]]:
    """Group nearly equal texts; return (number, lowest number of its group), ascending.

    Numbers count `signatures` from 0; texts without a copy and the lowest of each group are
    left out. `sources` are the outlets, in the same order: two texts of one outlet must agree
    more, or they are follow-ups; None takes all for different ones. A text joins the longest
    one that it shares enough with, not a chain of similar ones: a round-up of several stories
    does not make them one. The result depends on the arguments alone.
    """
    sketches = [_Sketch(each) for each in signatures]
    outlets = [name.casefold() for name in sources or []] or [""] * len(sketches)
    order = sorted(range(len(sketches)), key=lambda n: (-sketches[n].length, signatures[n], n))
    leaders = _Leaders(sketches, outlets)
    leader_of: dict[int, int] = {}
    equal: dict[bytes, int] = {}
    for number in order:
        if not signatures[number]:
            continue
        leader = equal.get(signatures[number], leaders.find(number))
        if leader is None:
            leader = number
            leaders.add(number)
        equal[signatures[number]] = leader_of[number] = leader
    lowest: dict[int, int] = {}
    for number in sorted(leader_of):
        lowest.setdefault(leader_of[number], number)
    pairs = ((number, lowest[leader_of[number]]) for number in sorted(leader_of))
    return [pair for pair in pairs if pair[0] != pair[1]]


class _Sketch:
    """A signature as numbers: the bound up to which it is complete and the text's length."""

    __slots__ = ("bound", "hashes", "length")

    def __init__(self, signature: bytes) -> None:
        self.hashes = array("I", signature)
        if sys.byteorder == "big":
            self.hashes.byteswap()
        count = len(self.hashes)
        full = count >= _SIZE
        self.bound = self.hashes[-1] if full else 2**32
        self.length = count * 2**32 / (self.bound + 1) if full else float(count)


class _Likeness(NamedTuple):
    """Shares 0..1 of the shorter text and of both together that two texts have in common."""

    contained: float
    resemblance: float


def _within(one: _Sketch, other: _Sketch) -> tuple[int, int]:
    """Count the hashes of either text below the bound that both signatures reach."""
    bound = min(one.bound, other.bound)
    return bisect_right(one.hashes, bound), bisect_right(other.hashes, bound)


def _compare(one: _Sketch, other: _Sketch) -> _Likeness:
    mine, theirs = _within(one, other)
    least = min(mine, theirs)
    if least < _LEAST:
        return _Likeness(0.0, 0.0)
    # What both have lies below both bounds, so the whole signatures can be compared.
    shared = len(set(one.hashes).intersection(other.hashes))
    return _Likeness(shared / least, shared / (mine + theirs - shared))


class _Leaders:
    """The longest text of each group so far, found by the hashes they share with another."""

    def __init__(self, sketches: Sequence[_Sketch], outlets: Sequence[str]) -> None:
        self._sketches = sketches
        self._outlets = outlets
        self._having: dict[int, list[int]] = {}
        once: set[int] = set()
        self._shared: set[int] = set()  # most hashes occur in one text only and find nothing
        for sketch in sketches:
            values = set(sketch.hashes)
            self._shared |= values & once
            once |= values

    def add(self, number: int) -> None:
        for value in self._shared.intersection(self._sketches[number].hashes):
            having = self._having.setdefault(value, [])
            if len(having) <= _COMMON:
                having.append(number)

    def find(self, number: int) -> int | None:
        """Return the leader that shares most with a text, None where none shares enough."""
        sketch = self._sketches[number]
        sharing: list[int] = []
        phrases = 0
        for value in self._shared.intersection(sketch.hashes):
            having = self._having.get(value)
            if having and len(having) <= _COMMON:
                sharing += having
            elif having:
                phrases += 1
        enough = max(_SEEDS, _OTHER_OUTLET * _LEAST - phrases)
        found = [
            (-likeness.contained, leader)
            for leader, count in Counter(sharing).items()
            if count >= enough and (likeness := self._copied(number, leader, count + phrases))
        ]
        return min(found)[1] if found else None

    def _copied(self, number: int, leader: int, most: int) -> _Likeness | None:
        """Compare two texts that have at most `most` hashes in common; None if not copies."""
        one, other = self._sketches[number], self._sketches[leader]
        if most < _OTHER_OUTLET * min(_within(one, other)):
            return None
        likeness = _compare(one, other)
        same = self._outlets[number] and self._outlets[number] == self._outlets[leader]
        least = _SAME_OUTLET if same else _OTHER_OUTLET
        enough = likeness.contained >= least and likeness.resemblance >= _RESEMBLANCE
        return likeness if enough else None
