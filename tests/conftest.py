"""Shared fixtures."""

import os
from pathlib import Path

import pytest

# Before numpy and torch are imported: several workers with as many threads each only wait for
# one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real archive and question files beside the checkout; tests skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here: this test measures on the real archive")
    return SHARED


@pytest.fixture(scope="session")
def few_questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every fourth of the forty questions over the samples: ten, of every kind."""
    lines = Path(__file__).with_name("samples_questions.jsonl").read_text("utf-8").splitlines()
    path = tmp_path_factory.mktemp("questions") / "few.jsonl"
    path.write_text("\n".join(lines[::4]) + "\n", "utf-8")
    return path


@pytest.fixture(scope="session")
def samples_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home named warta-data with the forty sample articles; only to be read."""
    from warta.assistant.cli.console import Progress
    from warta.assistant.config import Settings
    from warta.assistant.upkeep.maintain import index_samples

    home = tmp_path_factory.mktemp("samples") / "warta-data"
    assert index_samples(Settings(home=home), Progress(shown=False)) == 40
    return home
