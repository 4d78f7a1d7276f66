"""Check, status and backup while builds go on: nothing is found that is not there.

`WARTA_FAULTS=full` makes 300 builds meanwhile, otherwise twenty.
"""

import threading
from pathlib import Path

import pytest
from homes import article, fill
from tracing import FULL

from warta.assistant.upkeep.backup import opened, write_backup
from warta.assistant.upkeep.maintain import check
from warta.assistant.upkeep.status import status

pytestmark = pytest.mark.faults

BUILDS = 300 if FULL else 20
ARTICLES = 60


def _fill(home: Path, round_: int) -> None:
    fill(home, [article(f"a{n}", f"Berita {round_}, nomor {n}. " * 20) for n in range(ARTICLES)])


def test_a_home_is_checked_and_backed_up_while_it_is_built(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.zip"
    for round_ in range(2):
        _fill(home, round_)
    built = threading.Thread(target=lambda: [_fill(home, n + 2) for n in range(BUILDS)])
    built.start()
    times = 0
    while built.is_alive():
        assert check(home).findings == ()
        assert write_backup(home, file).articles == ARTICLES
        with opened(file) as (_, contents):
            assert contents.articles == ARTICLES
        assert status(home).warning == ""
        times += 1
    built.join()
    assert check(home).findings == ()
    assert times > 5
    print(f"{times} checks and backups during {BUILDS} builds")
