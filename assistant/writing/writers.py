"""Which writer the settings ask for."""

from typing import TYPE_CHECKING

from warta.assistant.config import Settings

if TYPE_CHECKING:
    from warta.assistant.writer import Writer
    from warta.assistant.writing.chat import ChatModel


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
