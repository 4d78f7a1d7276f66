"""What readers thought of answers, and what was declined: lines in `<home>/feedback.jsonl`."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FEEDBACK = "feedback.jsonl"
DECLINED = "declined"  # the verdict that the page itself writes
_LARGEST = 64 * 2**20  # bytes; a page open to many must not fill the disk


def add_feedback(home: Path, said: dict[str, Any], now: datetime | None = None) -> bool:
    """Append one opinion with its time (UTC); False where the file is full.

    One `write` to a file opened for appending: lines of several servers do not mix.
    """
    path = home / FEEDBACK
    line = json.dumps({"at": (now or datetime.now(UTC)).isoformat(), **said}, ensure_ascii=False)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.fstat(descriptor).st_size > _LARGEST:
            return False
        os.write(descriptor, (line + "\n").encode("utf-8", "replace"))
    finally:
        os.close(descriptor)
    return True


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
