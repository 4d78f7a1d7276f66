"""Damage to any file of a snapshot is refused, and the snapshot before serves (F6).

`WARTA_FAULTS=full` makes the 1,450 damages per file of the full run, otherwise some twenty.
"""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from homes import article, fill

from warta.corpus.errors import DamagedSnapshot
from warta.index.snapshot.shelf import open_snapshot
from warta.index.snapshot.snapshot import Snapshot

pytestmark = pytest.mark.faults

FULL = os.environ.get("WARTA_FAULTS") == "full"
FLIPS, PAGES, CUTS, TAILS = (1000, 200, 200, 50) if FULL else (8, 4, 5, 2)
PAGE = 4096


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _with_a_zero_page(data: bytes, chance: random.Random) -> bytes:
    begin = chance.randrange(0, len(data), PAGE)
    return data[:begin] + bytes(len(data[begin : begin + PAGE])) + data[begin + PAGE :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _grown(data: bytes, chance: random.Random) -> bytes:
    return data + chance.randbytes(chance.randrange(1, 2 * PAGE))


def _damages(data: bytes, chance: random.Random) -> Iterator[bytes]:
    kinds: list[tuple[Callable[[bytes, random.Random], bytes], int]] = [(_grown, TAILS)]
    if data:
        kinds += [(_flipped, FLIPS), (_with_a_zero_page, PAGES), (_cut, CUTS)]
    for damage, times in kinds:
        for _ in range(times):
            changed = damage(data, chance)
            if changed != data:
                yield changed


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("damage") / "home"
    articles = [
        article(f"a{n}", f"Warga kampung {n} menggelar kerja bakti. " * 20) for n in range(40)
    ]
    fill(home, articles[:30])
    fill(home, articles)
    return home


def _serves_the_one_before(home: Path) -> bool:
    opened = open_snapshot(home)
    return opened.snapshot.name == "000001" and "Using snapshot 000001" in opened.warning


def test_every_damage_to_every_file_is_refused(home: Path) -> None:
    live = home / "index" / "000002"
    refused = 0
    for path in sorted(path for path in live.rglob("*") if path.is_file()):
        data = path.read_bytes()
        chance = random.Random(path.name.split(".")[-1])
        for changed in _damages(data, chance):
            path.write_bytes(changed)
            with pytest.raises(DamagedSnapshot):
                Snapshot.open(live)
            refused += 1
        assert _serves_the_one_before(home)
        path.write_bytes(data)
    assert open_snapshot(home).warning == ""
    assert refused >= 13 * (FLIPS + CUTS)


def test_swapped_missing_linked_and_forbidden_files_are_refused(home: Path) -> None:
    live, before = home / "index" / "000002", home / "index" / "000001"
    for path in sorted(path for path in live.rglob("*") if path.is_file()):
        aside = path.with_name(path.name + ".aside")
        path.rename(aside)
        assert _serves_the_one_before(home)
        other = before / path.relative_to(live)
        if other.exists() and other.read_bytes() != aside.read_bytes():
            shutil.copyfile(other, path)
            assert _serves_the_one_before(home)
            path.unlink()
        path.symlink_to(aside)
        assert _serves_the_one_before(home)
        path.unlink()
        aside.rename(path)
        path.chmod(0)
        assert _serves_the_one_before(home)
        path.chmod(0o644)
    assert open_snapshot(home).warning == ""
