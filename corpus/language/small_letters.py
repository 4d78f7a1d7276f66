"""How often a word is written in small letters inside a sentence: what tells it from a name.

The table beside this file is counted by `warta.index.training.counting`.
"""

from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("small_letters.txt")


def share_small(word: str) -> float:
    """Return in which share of its places inside sentences a word is written small.

    In hundredths, rounded down, from 0.5; 0.0 for rarer words, for those mostly written in capitals
    and for those that people bear.
    """
    return _table().get(word.lower(), 0) / 100


@cache
def _table() -> dict[str, int]:
    lines = (line.split() for line in TABLE.read_text("utf-8").splitlines())
    return {word: int(share) for share, *words in lines for word in words}
