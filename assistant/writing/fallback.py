"""A writer that may fail, with one that cannot behind it: quotations, labelled as such."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from warta.assistant.texts import Language
from warta.assistant.writer import Writer
from warta.corpus.errors import WriterError
from warta.index.hit import Hit

if TYPE_CHECKING:
    from warta.assistant.question.question import Question
    from warta.assistant.writer import Draft

_log = logging.getLogger(__name__)
_FAILED: dict[Language, str] = {
    "id": "model bahasa gagal, jawaban ini kutipan",
    "en": "the language model failed, this answer quotes",
}
_NOTHING: dict[Language, str] = {
    "id": "tulisan model bahasa tidak didukung sumbernya, jawaban ini kutipan",
    "en": "what the language model wrote is not carried by the sources, this answer quotes",
}


class FallbackWriter:
    """Lets `writer` write, and `instead` where that fails or has nothing to say."""

    def __init__(self, writer: Writer, instead: Writer) -> None:
        self._writer = writer
        self._instead = instead

    @property
    def name(self) -> str:
        """The name of the writer that is asked first."""
        return self._writer.name

    def write(self, question: "Question", hits: Sequence[Hit]) -> "Iterator[Draft]":
        """Yield the first writer's drafts; where it fails, the other's with reason and note."""
        said = False
        try:
            for draft in self._writer.write(question, hits):
                said = bool(draft.text)
                yield draft
            if said:
                return
            reason, note = "gave nothing its sources carry", _NOTHING[question.language]
        except WriterError as error:
            _log.warning("The writer %s failed: %s", self.name, error)
            reason, note = f"failed: {error.what.rstrip('.')}", _FAILED[question.language]
        label = f"{self._instead.name} ({self.name} {reason})"
        for draft in self._instead.write(question, hits):
            yield replace(draft, writer=label, notes=(*draft.notes, note))
