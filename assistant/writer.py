"""The seam between what was retrieved and what is said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from warta.assistant.answer import Aside, Citation
from warta.index.hit import Hit

if TYPE_CHECKING:
    from warta.assistant.question.question import Question


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer as far as it is written.

    `text` is plain, with a `[n]` marker after each sentence for what it rests on; every marker
    has its citation, and `citations` are in the order of their numbers, which count from 1.
    `unsupported` are the sentences of `text`, markers included, that their citations do not
    carry, None where the writer did not judge them. `writer` names who wrote it where that is
    another than was asked, and `notes` say to the reader what happened.
    `strong` are the spans (start, end) of `text` that hold what was asked for, `asides` our own
    words between quotations.
    """

    text: str
    citations: tuple[Citation, ...]
    unsupported: tuple[str, ...] | None = None
    writer: str = ""
    notes: tuple[str, ...] = ()
    strong: tuple[tuple[int, int], ...] = ()
    asides: tuple[Aside, ...] = ()


class Writer(Protocol):
    """Turns hits into an answer."""

    @property
    def name(self) -> str:
        """What the receipt calls this writer."""

    def write(self, question: "Question", hits: Sequence[Hit]) -> Iterator[Draft]:
        """Yield the answer as it grows; the last draft is complete.

        Yields nothing where the writer finds nothing to say. A draft without text is a sign of
        life from one that still thinks: there it can be stopped. Raises WriterError when a model
        fails.
        """
