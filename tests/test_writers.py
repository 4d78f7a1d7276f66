"""Which writer the settings ask for."""

import pytest

from warta.assistant.config import Settings
from warta.assistant.writing.writers import ModelWriter, load_writer
from warta.corpus.errors import ConfigError


def test_without_a_setting_nothing_but_quotations_is_written():
    assert load_writer(Settings()) is None


def test_an_endpoint_is_asked_with_the_limits_of_the_settings():
    settings = Settings(
        writer="endpoint", model="kecil", endpoint="http://127.0.0.1:9", k=3, max_tokens=50,
        max_seconds=7, unsupported="drop",
    )  # fmt: skip
    writer = load_writer(settings)
    assert isinstance(writer, ModelWriter)
    assert writer.name == "endpoint kecil"
    limits = writer.limits
    assert (limits.passages, limits.tokens, limits.seconds) == (3, 50, 7)
    assert limits.unsupported == "drop"


def test_a_model_that_cannot_be_loaded_is_said_at_the_start():
    with pytest.raises(ConfigError, match=r"No language model at \./tidak-ada|tidak-ada"):
        load_writer(Settings(writer="generative", model="./tidak-ada"))
