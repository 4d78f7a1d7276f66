"""Shared fixtures."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real archive and question files beside the checkout; tests skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here: this test measures on the real archive")
    return SHARED


@pytest.fixture(scope="session")
def samples_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home named warta-data with the forty sample articles; only to be read."""
    from warta.assistant.cli.console import Progress
    from warta.assistant.config import Settings
    from warta.assistant.upkeep.maintain import index_samples

    home = tmp_path_factory.mktemp("samples") / "warta-data"
    assert index_samples(Settings(home=home), Progress(shown=False)) == 40
    return home
