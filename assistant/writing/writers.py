"""Which writer the settings ask for."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from warta.assistant.answer import Note
from warta.assistant.composing.writer import Draft, Writer
from warta.assistant.config import Settings
from warta.assistant.texts import Language
from warta.corpus.errors import WriterError

if TYPE_CHECKING:
    from warta.assistant.composing.writer import Plan
    from warta.assistant.question.understood import Understood
    from warta.assistant.writing.chat import ChatModel


# A writer that may fail, with one that cannot behind it: quotations, labelled as such.

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
    """Shows what `instead` says until `writer` has written, and after it where that fails."""

    def __init__(self, writer: Writer, instead: Writer) -> None:
        self._writer = writer
        self._instead = instead

    @property
    def name(self) -> str:
        """The name of the writer that is asked first."""
        return self._writer.name

    def write(self, question: "Understood", plan: "Plan") -> "Iterator[Draft]":
        """Yield the other's answer at once, and the first writer's when it is there and checked.

        Where the first one fails or writes nothing that is carried, the other's stays, with the
        reason and a note.
        """
        quoted = next(iter([*self._instead.write(question, plan)][-1:]), Draft(checked=True))
        meanwhile = replace(quoted, writer=f"{self._instead.name} ({self.name} is writing)")
        yield meanwhile
        written = Draft()
        try:
            for draft in self._writer.write(question, plan):
                written = draft
                yield meanwhile
            reason, note = "gave nothing its sources carry", _NOTHING[question.language]
        except WriterError as error:
            _log.warning("The writer %s failed: %s", self.name, error)
            written = Draft()
            reason, note = f"failed: {error.what.rstrip('.')}", _FAILED[question.language]
        if written.sentences:
            yield written
            return
        label = f"{self._instead.name} ({self.name} {reason})"
        yield replace(quoted, writer=label, notes=(*quoted.notes, Note("model", note)))


def load_writer(settings: Settings) -> "Writer | None":
    """Return the writer of the settings, None for the one that only quotes.

    Raises ConfigError where a model cannot be loaded or an address is none, InputError where
    that is the NLI model.
    """
    if settings.writer == "extractive":
        return None
    from warta.assistant.writing.chat import ModelWriter, WritingLimits
    from warta.assistant.writing.entailment import load_entailment

    limits = WritingLimits(
        passages=settings.k,
        tokens=settings.max_tokens,
        seconds=settings.max_seconds,
        unsupported="drop" if settings.unsupported == "drop" else "mark",
    )
    entailment = load_entailment(settings.nli, device=settings.device)
    return ModelWriter(_model(settings), limits, entailment)


def _model(settings: Settings) -> "ChatModel":
    if settings.writer == "endpoint":
        from warta.assistant.writing.endpoint import EndpointModel

        return EndpointModel(
            settings.endpoint,
            settings.model,
            api_key=settings.api_key,
            tokens=settings.max_tokens,
        )
    from warta.assistant.writing.generative import TransformersModel

    return TransformersModel.load(
        settings.model, device=settings.device, tokens=settings.max_tokens
    )
