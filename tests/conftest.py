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
