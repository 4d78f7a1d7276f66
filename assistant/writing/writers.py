"""Which writer the settings ask for."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from warta.assistant.composing.writer import Writer
from warta.assistant.config import Settings
from warta.assistant.texts import Language
from warta.corpus.errors import WriterError
from warta.index.hit import Hit

if TYPE_CHECKING:
    from warta.assistant.composing.writer import Draft
    from warta.assistant.question.understood import Understood
if TYPE_CHECKING:
    from warta.assistant.composing.writer import Writer
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
    """Lets `writer` write, and `instead` where that fails or has nothing to say."""

    def __init__(self, writer: Writer, instead: Writer) -> None:
        self._writer = writer
        self._instead = instead

    @property
    def name(self) -> str:
        """The name of the writer that is asked first."""
        return self._writer.name

    def write(self, question: "Understood", hits: Sequence[Hit]) -> "Iterator[Draft]":
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


def load_writer(settings: Settings) -> "Writer | None":
    """Return the writer of the settings, None for the one that only quotes.

    Raises ConfigError where a model cannot be loaded or an address is none, InputError where
    that is the NLI model.
    """
    if settings.writer == "extractive":
        return None
    from warta.assistant.writing.chat import Limits, ModelWriter
    from warta.assistant.writing.entailment import load_entailment

    limits = Limits(
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
