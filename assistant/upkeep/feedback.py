"""What readers thought of answers, and what was declined: lines in `<home>/feedback.jsonl`."""

import errno
import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warta.corpus.archive.database import disk_problem
from warta.corpus.errors import DiskError

FEEDBACK = "feedback.jsonl"
DECLINED = "declined"  # the verdict that the page itself writes
_LARGEST = 64 * 2**20  # bytes; a page open to many must not fill the disk


def add_feedback(home: Path, said: dict[str, Any], now: datetime | None = None) -> None:
    """Append one opinion with its time (UTC).

    One `write` to a file opened for appending: lines of several servers do not mix. Raises
    DiskError where it cannot be kept: the file or the disk is full, or nobody may write there.
    """
    path = home / FEEDBACK
    line = json.dumps(
        {"at": (now or datetime.now(UTC)).isoformat(), **_plain(said)}, ensure_ascii=False
    )
    data = (line + "\n").encode("utf-8", "replace")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            before = os.fstat(descriptor).st_size
            if before > _LARGEST:
                raise DiskError(f"The opinion was not kept: {full(home)}")
            if os.write(descriptor, data) < len(data):  # the disk had room for a part of it
                os.ftruncate(descriptor, before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(descriptor)
    except OSError as error:
        raise DiskError(
            f"The opinion was not kept: {path}: {error.strerror}.", disk_problem(path)
        ) from error


def full(home: Path) -> str:
    """Say that no more opinions are taken, "" where they are."""
    path = home / FEEDBACK
    if not path.is_file() or path.stat().st_size <= _LARGEST:
        return ""
    return f"{path} has its {_LARGEST >> 20} MiB: move it away so that opinions are kept again."


def one_each(said: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return opinions in order, of several with one `number` the last: a reason comes later."""
    last: dict[object, dict[str, Any]] = {}
    for at, opinion in enumerate(said):
        key = opinion.get("number") or at
        last.pop(key, None)
        last[key] = opinion
    return list(last.values())


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    """Return `said` as it comes back from JSON: a page may send NaN, which is none."""
    plain: dict[str, Any] = json.loads(json.dumps(said), parse_constant=lambda name: None)
    return plain


_SHORTEST = 40  # characters of an article that are no chance
_BLOCK = _SHORTEST // 2


def blank_feedback(home: Path, texts: Iterable[str]) -> int:
    """Blank the opinions that quote 40 characters or more of any of `texts`; return how many.

    Of such a line the time and the verdict stay. Lines keep their length and place, so that
    servers may go on appending; interrupted, it can be done again.
    """
    path = home / FEEDBACK
    if not path.is_file():
        return 0
    quoted = LongPieces(texts)
    count = 0
    with path.open("r+b") as file:
        begin = 0
        for line in file.read().splitlines(keepends=True):
            if line.endswith(b"\n") and quoted.stands_in(line):
                os.pwrite(file.fileno(), _blanked(line), begin)
                count += 1
            begin += len(line)
        os.fsync(file.fileno())
    return count


class LongPieces:
    """Finds long pieces of texts: every forty characters hold a whole block of twenty."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._places: dict[str, list[tuple[str, int]]] = {}
        for text in texts:
            for at in range(0, len(text) - _BLOCK + 1, _BLOCK):
                self._places.setdefault(text[at : at + _BLOCK], []).append((text, at))

    def stands_in(self, line: bytes) -> bool:
        """Tell whether a line of JSON holds such a piece."""
        raw = line.decode("utf-8", "replace")
        try:
            said = json.loads(raw)
        except ValueError:  # cut off by a crash
            return self._quotes(raw)
        return any(self._quotes(value) for value in (raw, *_strings(said)))

    def _quotes(self, said: str) -> bool:
        return any(
            _common(said, here, text, at) >= _SHORTEST
            for here in range(len(said) - _BLOCK + 1)
            for text, at in self._places.get(said[here : here + _BLOCK], ())
        )


def _common(said: str, here: int, text: str, at: int) -> int:
    """Count the characters around two equal blocks that both texts have in common."""
    begin = 0
    while min(here, at) > begin and said[here - begin - 1] == text[at - begin - 1]:
        begin += 1
    length = _BLOCK
    while (
        here + length < len(said)
        and at + length < len(text)
        and said[here + length] == text[at + length]
    ):
        length += 1
    return begin + length


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _blanked(line: bytes) -> bytes:
    """Return a line of the same length with nothing in it but time and verdict."""
    try:
        said = json.loads(line)
        kept = {name: said[name] for name in ("at", "verdict") if name in said}
        short = json.dumps({**kept, "question": ""}).encode()
    except (ValueError, TypeError):
        short = b""
    room = len(line) - 1
    return (short if len(short) <= room else b"").ljust(room) + b"\n"


def read_feedback(home: Path, newest: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield all opinions, oldest first, or those of the `newest` bytes.

    A line that a crash cut off is passed over.
    """
    path = home / FEEDBACK
    if not path.is_file():
        return
    with path.open("rb") as lines:
        if newest is not None and path.stat().st_size > newest:
            lines.seek(-newest, os.SEEK_END)
            lines.readline()
        for line in lines:
            try:
                said = json.loads(line.decode("utf-8", "replace"))
            except (json.JSONDecodeError, RecursionError):
                continue
            if isinstance(said, dict):
                yield said
