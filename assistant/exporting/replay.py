"""Asking again what an answer's receipt says was asked."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warta.assistant.answer import Answer
from warta.corpus.errors import InputError


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer as `warta ask --json` printed it: what was asked for, and what came.

    `question` is the one that stands alone; `since` and `until` are inclusive days.
    """

    question: str
    since: date | None
    until: date | None
    sources: tuple[str, ...]
    snapshot: str
    writer: str
    text: str
    cited: tuple[str, ...]
    without: tuple[str, ...] = ()


def read_recorded(path: Path) -> Recorded:
    """Read an answer from a JSON file; raises InputError for anything else."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        receipt = found["receipt"]
        return Recorded(
            question=str(receipt["query"] or receipt["question"]),  # thanks are not searched
            since=_day(receipt["since"]),
            until=_day(receipt["until"]),
            sources=tuple(map(str, receipt["sources"])),
            snapshot=str(receipt["snapshot"]),
            writer=str(receipt["writer"]),
            text=str(found["text"]),
            cited=tuple(str(citation["article_id"]) for citation in found["citations"]),
            without=tuple(map(str, receipt.get("without", ()))),  # older receipts lack it
        )
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(
            f"{path} holds no answer with its receipt.",
            "Give it what `warta ask QUESTION --json` printed.",
        ) from error


def compare(recorded: Recorded, answer: Answer) -> list[str]:
    """Return what differs between then and now, or that nothing does."""
    found = []
    if answer.text != recorded.text:
        found.append("The answer has another text than the recorded one.")
    cited = tuple(citation.article.id for citation in answer.citations)
    if cited != recorded.cited:
        then, today = ", ".join(recorded.cited) or "nothing", ", ".join(cited) or "nothing"
        found.append(f"It cited {then}; now it cites {today}.")
    for name, before, now in (
        ("snapshot", recorded.snapshot, answer.receipt.snapshot),
        ("writer", recorded.writer, answer.receipt.writer),
    ):
        if before != now and found:
            found.append(f"The {name} was {before} and is {now}.")
    return found or ["The answer is the recorded one."]


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
