"""Groups of nearly equal articles, of all signatures at once.

What `warta.corpus.duplicates` says of two texts, worked out for a whole archive: texts come from
the longest on, and each joins the longest one, a leader, that it shares enough with. Who leads
depends on who leads before it, so a guess is put right until it stands; from the groups of the
last snapshot one round does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from warta.corpus.duplicates import COMMON, LEAST, OTHER_OUTLET, RESEMBLANCE, SAME_OUTLET, SEEDS
from warta.corpus.duplicates import SIZE as _SIZE
from warta.index.candidates import Rows

Flags = NDArray[np.bool_]
_NONE: Final = -1
_PAD: Final = np.uint64(2**63)  # behind the hashes of a short signature: equals none


def copies_of(
    signatures: Sequence[bytes],
    sources: Sequence[str] | None = None,
    guess: Rows | None = None,
) -> list[tuple[int, int]]:
    """Group nearly equal texts; return (number, lowest number of its group), ascending.

    Numbers count `signatures` from 0; texts without a copy and the lowest of each group are
    left out. `sources` are the outlets, in the same order: two texts of one outlet must agree
    more, or they are follow-ups; None takes all for different ones. A text joins the longest
    one that it shares enough with, not a chain of similar ones: a round-up of several stories
    does not make them one. `guess` (n,), the group each text may belong to, changes nothing but
    the time it takes: the result depends on the other arguments alone.
    """
    texts = _Signatures.of(signatures, sources)
    if not len(texts.numbers):
        return []
    leads = np.ones(len(texts.numbers), np.bool_) if guess is None else texts.first_of(guess)
    shared = _Shared.of(texts)
    while True:
        leader = _leaders(texts, shared, leads)
        settled = leader == _NONE
        if (settled == leads).all():
            break
        leads = settled
    leader = np.where(leads, np.arange(len(leader)), leader)
    return _pairs(texts, leader)


@dataclass(frozen=True, slots=True)
class _Signatures:
    """The u different signatures from the longest text on, each with its first article.

    `hashes` (u, 128) ascending, padded; `counts`, `bounds` (u,): how many they are and up to
    which they are complete; `outlets` (u,) numbers of outlets, −1 for none; `numbers` (u,) the
    articles; `rank` (n,) place of each article's signature, −1 for one without words.
    """

    hashes: NDArray[np.uint64]
    counts: Rows
    bounds: NDArray[np.uint64]
    outlets: Rows
    numbers: Rows
    rank: Rows

    @classmethod
    def of(cls, signatures: Sequence[bytes], sources: Sequence[str] | None) -> "_Signatures":
        counts = np.array([len(one) // 4 for one in signatures], np.int64)
        hashes = _table(signatures, counts)
        full = counts >= _SIZE
        last = hashes[:, -1].astype(np.float64) if len(hashes) else np.zeros(0)
        bounds = np.where(full, hashes[:, -1], np.uint64(2**32))
        lengths = np.where(full, counts * 2.0**32 / (last + 1), counts.astype(np.float64))
        keys = zip((-lengths).tolist(), signatures, range(len(signatures)), strict=True)
        order = [key[2] for key in sorted(keys) if key[1]]
        places: dict[bytes, int] = {}
        numbers: list[int] = []
        rank = np.full(len(signatures), _NONE, np.int64)
        for number in order:
            place = places.setdefault(signatures[number], len(places))
            if place == len(numbers):
                numbers.append(number)
            rank[number] = place
        chosen = np.array(numbers, np.int64)
        outlets = _outlets(sources, len(signatures))
        return cls(hashes[chosen], counts[chosen], bounds[chosen], outlets[chosen], chosen, rank)

    def first_of(self, groups: Rows) -> Flags:
        """(u,) whether a text is the first of the articles in its group."""
        leads = np.zeros(len(self.numbers), np.bool_)
        known = np.flatnonzero(self.rank >= 0)
        ranks = self.rank[known]
        order = np.lexsort((ranks, groups[known]))
        first = np.unique(groups[known][order], return_index=True)[1]
        leads[ranks[order][first]] = True
        return leads


def _table(signatures: Sequence[bytes], counts: Rows) -> NDArray[np.uint64]:
    flat = np.frombuffer(b"".join(signatures), np.dtype("<u4")).astype(np.uint64)
    table = np.full((len(counts), _SIZE), _PAD, np.uint64)
    table[np.arange(_SIZE) < counts[:, None]] = flat
    return table


def _outlets(sources: Sequence[str] | None, count: int) -> Rows:
    names: dict[str, int] = {"": _NONE}
    folded = [name.casefold() for name in sources or []] or [""] * count
    return np.array([names.setdefault(name, len(names)) for name in folded], np.int64)


@dataclass(frozen=True, slots=True)
class _Shared:
    """Every hash that several texts have with each of them, by hash and then by text.

    `ranks` (e,): the texts; `begins` (e,): where the entries of the same hash begin.
    """

    ranks: Rows
    begins: Rows

    @classmethod
    def of(cls, texts: _Signatures) -> "_Shared":
        inside = np.arange(_SIZE) < texts.counts[:, None]
        ranks = np.broadcast_to(np.arange(len(inside), dtype=np.uint64)[:, None], inside.shape)
        entries = np.sort((texts.hashes[inside] << np.uint64(32)) | ranks[inside])
        values = entries >> np.uint64(32)
        same = values[1:] == values[:-1]
        several = np.zeros(len(values), np.bool_)
        several[1:] |= same
        several[:-1] |= same
        entries, values = entries[several], values[several]
        first = np.ones(len(values), np.bool_)
        first[1:] = values[1:] != values[:-1]
        starts = np.flatnonzero(first)
        begins = np.repeat(starts, np.diff(np.append(starts, len(values))))
        return cls((entries & np.uint64(0xFFFFFFFF)).astype(np.int64), begins)


def _leaders(texts: _Signatures, shared: _Shared, leads: Flags) -> Rows:
    """(u,) the leader each text joins if just those that `leads` says lead; −1 where none."""
    count = len(leads)
    leading = leads[shared.ranks]
    before = np.concatenate([[0], np.cumsum(leading)])  # leaders ahead of each entry
    holders = shared.ranks[leading]
    ahead = before[:-1] - before[shared.begins]  # of them those with the same hash
    phrase = ahead > COMMON
    phrases = np.bincount(shared.ranks[phrase], minlength=count)
    usable = np.flatnonzero((ahead >= 1) & ~phrase)
    parts = []
    width = np.uint32 if count**2 < 2**32 else np.int64  # half as wide, sorted twice as fast
    ranks, holders = shared.ranks.astype(width), holders.astype(width)
    for back in range(1, COMMON + 1):
        usable = usable[ahead[usable] >= back]
        parts.append(ranks[usable] * width(count) + holders[before[usable] - back])
    pairs, times = np.unique(np.concatenate(parts), return_counts=True)
    one, other = (pairs // width(count)).astype(np.int64), (pairs % width(count)).astype(np.int64)
    enough = np.maximum(SEEDS, OTHER_OUTLET * LEAST - phrases[one])
    kept = times >= enough
    return _best(texts, one[kept], other[kept], times[kept] + phrases[one[kept]])


def _best(texts: _Signatures, one: Rows, other: Rows, most: Rows) -> Rows:
    """(u,) of the pairs that are copies the leader with most of each text; −1 where none."""
    bounds = np.minimum(texts.bounds[one], texts.bounds[other])
    mine, theirs = _within(texts, one, bounds), _within(texts, other, bounds)
    least = np.minimum(mine, theirs)
    near = (most >= OTHER_OUTLET * least) & (least >= LEAST)
    one, other, mine, theirs, least = (x[near] for x in (one, other, mine, theirs, least))
    both = np.sort(np.concatenate([texts.hashes[one], texts.hashes[other]], axis=1), axis=1)
    common = ((both[:, 1:] == both[:, :-1]) & (both[:, 1:] != _PAD)).sum(1)
    contained = common / np.maximum(least, 1)
    resemblance = common / np.maximum(mine + theirs - common, 1)
    same = (texts.outlets[one] == texts.outlets[other]) & (texts.outlets[one] != _NONE)
    copied = (contained >= np.where(same, SAME_OUTLET, OTHER_OUTLET)) & (resemblance >= RESEMBLANCE)
    one, other, contained = one[copied], other[copied], contained[copied]
    order = np.lexsort((texts.numbers[other], -contained, one))
    found: Rows = np.full(len(texts.numbers), _NONE, np.int64)
    texts_found, first = np.unique(one[order], return_index=True)
    found[texts_found] = other[order][first]
    return found


def _within(texts: _Signatures, ranks: Rows, bounds: NDArray[np.uint64]) -> Rows:
    """(p,) how many hashes of each text lie below the bound."""
    parts = [
        (texts.hashes[ranks[at : at + 4096]] <= bounds[at : at + 4096, None]).sum(1)
        for at in range(0, len(ranks), 4096)
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _pairs(texts: _Signatures, leader: Rows) -> list[tuple[int, int]]:
    known = np.flatnonzero(texts.rank >= 0)
    group = leader[texts.rank[known]]
    lowest = np.full(len(leader), np.iinfo(np.int64).max)
    np.minimum.at(lowest, group, known)
    found = lowest[group]
    other: Any = found != known
    return list(zip(known[other].tolist(), found[other].tolist(), strict=True))
