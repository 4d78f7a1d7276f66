"""A home on a disk that nobody may write to is served, and is not taken for a damaged one."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Root may write everywhere, unless it gives that right away.
RIGHTS = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
BOUND = RIGHTS if hasattr(os, "geteuid") and os.geteuid() == 0 else []
QUESTION = "Siapa juara Piala Gubernur 2026?"


@pytest.fixture
def closed(samples_home, tmp_path) -> Iterator[Path]:
    """A copy of the samples' home that nobody may write to."""
    home = tmp_path / "home"
    shutil.copytree(samples_home, home)
    paths = [home, *home.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield home
    for path in paths:
        path.chmod(0o755)


@pytest.mark.skipif(bool(BOUND) and not shutil.which("setpriv"), reason="no setpriv for root")
def test_a_home_that_cannot_be_written_to_answers_as_any_other(samples_home, closed):
    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*BOUND, *command], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
        )

    def ask(home: Path) -> dict:
        warta = (sys.executable, "-m", "warta.assistant.cli")
        done = run(*warta, "ask", QUESTION, "--home", str(home), "--json")
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    assert run("touch", str(closed / "index" / "x")).returncode  # or it would prove nothing
    answers = [ask(home) for home in (samples_home, closed)]
    assert answers[0]["status"] == "answered"
    for answer in answers:
        del answer["receipt"]["seconds"]
    assert answers[0] == answers[1]
    status = run(sys.executable, "-m", "warta.assistant.cli", "status", "--home", str(closed))
    assert (status.returncode, status.stderr) == (0, "")
