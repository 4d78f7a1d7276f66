"""The slow reference for grouping copies: one text after the other, as the words say it."""

from collections import Counter
from collections.abc import Sequence

from warta.corpus.duplicates import (
    COMMON,
    LEAST,
    OTHER_OUTLET,
    RESEMBLANCE,
    SAME_OUTLET,
    SEEDS,
    Likeness,
    Sketch,
    compare,
    within,
)


def copies_of(
    signatures: Sequence[bytes], sources: Sequence[str] | None = None
) -> list[tuple[int, int]]:
    """Do what the fast `copies_of` does."""
    sketches = [Sketch(each) for each in signatures]
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


class _Leaders:
    """The longest text of each group so far, found by the hashes they share with another."""

    def __init__(self, sketches: Sequence[Sketch], outlets: Sequence[str]) -> None:
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
            if len(having) <= COMMON:
                having.append(number)

    def find(self, number: int) -> int | None:
        """Return the leader that shares most with a text, None where none shares enough."""
        sketch = self._sketches[number]
        sharing: list[int] = []
        phrases = 0
        for value in self._shared.intersection(sketch.hashes):
            having = self._having.get(value)
            if having and len(having) <= COMMON:
                sharing += having
            elif having:
                phrases += 1
        enough = max(SEEDS, OTHER_OUTLET * LEAST - phrases)
        found = [
            (-likeness.contained, leader)
            for leader, count in Counter(sharing).items()
            if count >= enough and (likeness := self._copied(number, leader, count + phrases))
        ]
        return min(found)[1] if found else None

    def _copied(self, number: int, leader: int, most: int) -> Likeness | None:
        """Compare two texts that have at most `most` hashes in common; None if not copies."""
        one, other = self._sketches[number], self._sketches[leader]
        if most < OTHER_OUTLET * min(within(one, other)):
            return None
        likeness = compare(one, other)
        same = self._outlets[number] and self._outlets[number] == self._outlets[leader]
        least = SAME_OUTLET if same else OTHER_OUTLET
        enough = likeness.contained >= least and likeness.resemblance >= RESEMBLANCE
        return likeness if enough else None
