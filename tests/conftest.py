"""Shared fixtures, and what makes a run quick."""

import os
import shutil
import sys
from pathlib import Path

import pytest

# Before numpy and torch are imported: several workers with as many threads each only wait for
# one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Without compiled files each worker, and each `warta` that a test starts, compiles everything anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
MEMORY = Path("/dev/shm")
ROOM = 2 << 30  # bytes; the homes of a run of the quick suite stay far below


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Let workers have neighbouring tests, which share fixtures, and steal at the end."""
    if getattr(config.option, "numprocesses", None) and config.option.dist == "no":
        config.option.dist = "worksteal"


def pytest_configure(config: pytest.Config) -> None:
    """Put the homes of the quick suite into memory: it builds hundreds, each synced many times.

    What measures disks (`-m faults` and the others that are asked for) stays on the disk.
    """
    quick = config.option.markexpr.startswith("not ")
    if quick and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_finish() -> None:
    """Let no command that a test starts inherit what is set for the suite: Warta knows no such
    setting and says so. Modules have read it by now."""
    for name in ("WARTA_FAULTS", "WARTA_LOAD_HOME", "WARTA_LOAD_SECONDS"):
        os.environ.pop(name, None)


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
