"""An answer's text cut where something is in bold or where Warta itself has a word to say."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from warta.assistant.answer import Answer


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch to show: what is "said", what of that is "strong", or an "aside" of ours."""

    kind: Literal["said", "strong", "aside"]
    text: str


def pieces(answer: Answer, start: int = 0, end: int | None = None) -> Iterator[Piece]:
    """Yield text[start:end] in pieces, asides before the character they stand at.

    A bold span that does not lie within is not bold; asides at `end` belong to what follows.
    """
    end = len(answer.text) if end is None else end
    cuts = [(low, high, "") for low, high in answer.strong if start <= low < high <= end]
    cuts += [(aside.at, aside.at, aside.text) for aside in answer.asides if start <= aside.at < end]
    at = start
    for low, high, ours in sorted(cuts, key=lambda cut: (cut[0], not cut[2])):
        if low < at:
            continue
        if at < low:
            yield Piece("said", answer.text[at:low])
        yield Piece("aside", ours) if ours else Piece("strong", answer.text[low:high])
        at = high
    if at < end:
        yield Piece("said", answer.text[at:end])
