"""All families of bad input, how many cases each has, and how one is put into a folder."""

import random
from collections.abc import Callable
from pathlib import Path

import bad_bytes
import bad_places
import bad_sizes

Maker = Callable[[random.Random, int], tuple[str, bytes]]
_BYTES: dict[str, Maker] = {
    "single": bad_bytes.single,
    "mutated": bad_bytes.mutated,
    "cut": bad_bytes.cut,
    "encoded": bad_bytes.encoded,
    "valued": bad_bytes.valued,
    "shaped": bad_bytes.shaped,
    "soup": bad_bytes.soup,
    "damaged_gzip": bad_bytes.damaged_gzip,
    "slow": bad_sizes.slow,
}
_PLACED = {"named": bad_places.named, "placed": bad_places.placed}
COUNTS = {
    "single": 256 * len(bad_bytes.ENDINGS),
    "mutated": 4_000,
    "cut": 40 * len(bad_bytes.ENDINGS),
    "encoded": 2 * 5 * len(bad_bytes.CODECS),
    "valued": 6 * 6 * len(bad_bytes.ODD_VALUES),
    "shaped": 600,
    "soup": 600,
    "damaged_gzip": 300,
    "slow": 4 * len(bad_sizes.UNITS),
    "deep": 154,
    "lines": 29,
    "values": 7,
    "bombs": 8,
    "named": bad_places.count_named(),
    "placed": bad_places.count_placed(),
}
# One in so many is tried in the quick form; 0 for none.
_EVERY = {
    "single": 97, "mutated": 97, "cut": 19, "encoded": 41, "valued": 61, "shaped": 29, "soup": 29,
    "damaged_gzip": 23, "slow": 71, "deep": 23, "lines": 9, "values": 0, "bombs": 5, "named": 7,
    "placed": 1,
}  # fmt: skip


def names(full: bool) -> list[str]:
    """Return the names of all cases, or of a fixed choice of them."""
    steps = {family: 1 if full else _EVERY[family] for family in COUNTS}
    return [
        f"{family} {number}"
        for family, count in COUNTS.items()
        if steps[family]
        for number in range(0, count, steps[family])
    ]


def put(name: str, folder: Path) -> None:
    """Make the case of this name in `folder`: "family number", or "file PATH" for a given one."""
    family, _, rest = name.partition(" ")
    if family == "file":
        ending = Path(rest).suffix
        kept = ending if ending in (".txt", ".html", ".jsonl") else ".xml"  # all others are feeds
        (folder / f"m{kept}").write_bytes(Path(rest).read_bytes())
        return
    number, chance = int(rest), random.Random(name)
    if family in _PLACED:
        _PLACED[family](chance, number, folder)
        return
    maker = _BYTES.get(family)
    ending, data = maker(chance, number) if maker else bad_sizes.listed(family, number)
    (folder / f"m{ending}").write_bytes(data)
