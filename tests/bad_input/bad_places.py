"""What a folder can hold that is no ordinary file, and names no file should have."""

import os
import random
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import bad_bases

_VALID = bad_bases.valid()
_NAMES = (
    "a\nb", "a\tb", "a\x1b[2Jb", "a\x07b", "\u202etxt.nimda", "a\u200bb", "-rf", "--help", "~",
    "$HOME",
    "`id`", "$(id)", "a;b", "a|b", "a&b", "a'b", 'a"b', "a\\b", "a*b", "a?b", "%2e%2e%2f",
    "..%00", "CON",
    "nul", " ", "a ", "..a", "...", "a" * 200, "é" * 100, "漢" * 60, "😀" * 50, "e\u0301", "a:b",
    "a,b",
    "<b>a<\\b>", "{{a}}", "http:", "a.tar", "a.jsonl", "a.csv", "\udce9a", "\udcff\udcfe",
    "\ud7ff", "\ufeffa",
    "=1+1", "[1]", "a.PDF", "x.txt.exe", "0" * 100,
)  # fmt: skip
_NAMED = (".txt", ".jsonl", ".RSS")


def named(chance: random.Random, number: int, folder: Path) -> None:
    """A valid file under an odd name."""
    ending = _NAMED[number % len(_NAMED)]
    name = _NAMES[number // len(_NAMED) % len(_NAMES)]
    (folder / f"m{name}{ending}").write_bytes(_VALID[ending.lower()])


def count_named() -> int:
    """Names times endings."""
    return len(_NAMES) * len(_NAMED)


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "m.txt")


def _socket(folder: Path) -> None:
    # A path for a socket is short; the folder of a test need not be.
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(folder, os.O_RDONLY)
        server.bind(f"/proc/self/fd/{here}/m.jsonl")
        os.close(here)


def _link_to_itself(folder: Path) -> None:
    (folder / "m.txt").symlink_to("m.txt")


def _links_in_a_ring(folder: Path) -> None:
    (folder / "m").mkdir()
    (folder / "m" / "a").symlink_to("../n")
    (folder / "n").symlink_to("m/a")


def _link_above(folder: Path) -> None:
    (folder / "m").symlink_to("..")


def _link_out(folder: Path) -> None:
    (folder / "m.txt").symlink_to("/etc/passwd")


def _link_to_the_root(folder: Path) -> None:
    (folder / "m").symlink_to("/")


def _dangling_link(folder: Path) -> None:
    (folder / "m.csv").symlink_to("/nowhere/at/all")


def _link_to_a_device(folder: Path) -> None:
    (folder / "m.txt").symlink_to("/dev/zero")


def _device(folder: Path) -> None:
    try:
        os.mknod(folder / "m.jsonl", 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero
    except OSError:  # not root, or a container without it
        _pipe(folder)


def _folder_named_like_a_file(folder: Path) -> None:
    (folder / "m.txt").mkdir()
    (folder / "m.txt" / "m.txt").write_bytes(_VALID[".txt"])


def _forbidden(folder: Path) -> None:
    (folder / "m.txt").write_bytes(_VALID[".txt"])
    (folder / "m.txt").chmod(0)


def _forbidden_folder(folder: Path) -> None:
    (folder / "m" / "n").mkdir(parents=True)
    (folder / "m" / "m.txt").write_bytes(_VALID[".txt"])
    (folder / "m").chmod(0)


def _deep_folder(folder: Path) -> None:
    inner = folder / "m"
    inner.mkdir()
    for _ in range(1_200):  # a path may have 4,096 bytes
        inner = inner / "d"
        inner.mkdir()
    (inner / "m.txt").write_bytes(_VALID[".txt"])


def _many_names(folder: Path) -> None:
    (folder / "m").mkdir()
    for number in range(2_000):
        (folder / "m" / f"{number}.bin").touch()


def _holes(folder: Path) -> None:
    for ending in (".txt", ".json", ".jsonl", ".csv", ".rss"):
        with (folder / f"m{ending}").open("wb") as stream:
            stream.truncate(20 * 2**30)  # takes no room on the disk


def _small_holes(folder: Path) -> None:
    for ending in (".txt", ".html", ".jsonl", ".csv", ".rss", ".jsonl.gz"):
        with (folder / f"m{ending}").open("wb") as stream:
            stream.truncate(3 * 2**20)


def _meanwhile(folder: Path, change: Callable[[Path], None]) -> None:
    path = folder / "m.jsonl"
    path.write_bytes(_VALID[".jsonl"] + b"x\n" * 20_000)

    def go_on() -> None:
        until = time.monotonic() + 0.3
        while time.monotonic() < until and folder.exists():
            try:
                change(path)
            except OSError:
                return

    threading.Thread(target=go_on, daemon=True).start()


def _growing(folder: Path) -> None:
    def change(path: Path) -> None:
        with path.open("ab") as stream:
            stream.write(b"y\n" * 2_000)

    _meanwhile(folder, change)


def _shrinking(folder: Path) -> None:
    _meanwhile(folder, lambda path: os.truncate(path, max(0, path.stat().st_size - 1_000)))


def _vanishing(folder: Path) -> None:
    _meanwhile(folder, lambda path: path.unlink())


def _exchanged(folder: Path) -> None:
    def change(path: Path) -> None:
        (folder / ".other").write_bytes(_VALID[".txt"])
        (folder / ".other").replace(path)

    _meanwhile(folder, change)


_PLACES: tuple[Callable[[Path], None], ...] = (
    _pipe, _socket, _link_to_itself, _links_in_a_ring, _link_above, _link_out, _link_to_the_root,
    _dangling_link, _link_to_a_device, _device, _folder_named_like_a_file, _forbidden,
    _forbidden_folder, _deep_folder, _many_names, _holes, _small_holes, _growing, _shrinking,
    _vanishing, _exchanged,
)  # fmt: skip


def placed(chance: random.Random, number: int, folder: Path) -> None:
    """Something in the folder that is no ordinary file, or does not stay as it is."""
    _PLACES[number % len(_PLACES)](folder)


def count_placed() -> int:
    """Kinds of such things."""
    return len(_PLACES)
