"""A full disk: on a tmpfs of many sizes a build ends well, or the old snapshot goes on serving.

Needs root to mount the tmpfs. The sizes reach from one in which only the home fits to one in
which the build fits, too (F5); `WARTA_FAULTS=full` tries twenty, otherwise eight.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import EMBEDDER, article, fill

from warta.corpus.archive.archive import Archive
from warta.index.search.retriever import Retriever
from warta.index.snapshot.shelf import check

pytestmark = pytest.mark.faults

ROOT = Path(__file__).resolve().parents[2]
SIZES = 20 if os.environ.get("WARTA_FAULTS") == "full" else 8
CODE = """
import sys
from pathlib import Path
sys.path[:0] = ["tests", "tests/faults", "."]
from homes import fill
from test_full import articles
from warta.corpus.errors import WartaError
try:
    fill(Path(sys.argv[1]), articles("baru"))
except WartaError as error:
    sys.exit(str(error))
"""


def articles(word: str) -> list[object]:
    return [article(f"a{n}", f"Berita {word} nomor {n} tentang banjir. " * 40) for n in range(40)]


def _used(folder: Path) -> int:
    """Bytes of a folder in whole pages, as a tmpfs counts them."""
    return sum(-(-path.stat().st_size // 4096) * 4096 for path in folder.rglob("*"))


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder to mount on; what was mounted is taken off again."""
    if os.geteuid() != 0:
        pytest.skip("mounting a tmpfs needs root")
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "warta-test", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _resize(place: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)


def test_on_a_full_disk_a_build_serves_the_new_or_leaves_the_old(
    small: Path, tmp_path: Path
) -> None:
    base, full = tmp_path / "base", tmp_path / "full"
    fill(base, articles("lama"))
    shutil.copytree(base, full)
    fill(full, articles("baru"))
    low, high = _used(base), int(_used(full) * 1.5)
    ends = []
    for number in range(SIZES):
        home = small / "home"
        _resize(small, 2 * high)
        shutil.copytree(base, home)
        _resize(small, low + (high - low) * number // (SIZES - 1))
        result = subprocess.run(
            [sys.executable, "-c", CODE, str(home)], cwd=ROOT, capture_output=True, text=True
        )
        assert "Traceback" not in result.stderr
        retriever = Retriever.load(home, EMBEDDER)
        assert retriever.warning == ""
        (word,) = {retriever.view().article(f"a{n}").text.split()[1] for n in range(40)}
        assert word == ("baru" if result.returncode == 0 else "lama"), result.stderr
        ends.append(word)
        del retriever
        _resize(small, 2 * high)  # with room again the same command needs no help
        fill(home, articles("baru"))
        assert check(home) == []
        with Archive.open(home) as archive:
            assert archive.check() == []
        shutil.rmtree(home)
    assert ends == sorted(ends, reverse=True)  # once it fits it fits
    assert ends.count("lama") >= SIZES // 4
    assert ends[-1] == "baru"
    print(f"{ends.count('lama')} of {SIZES} sizes were too small")
