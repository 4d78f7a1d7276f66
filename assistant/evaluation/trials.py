"""Reading-comprehension sets as a small archive: every passage an article, every question asked."""

import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from warta.corpus.archive.archive import Archive
from warta.corpus.article import Article
from warta.corpus.errors import InputError
from warta.index.building.build import build
from warta.index.embedding.embedder import Embedder


@dataclass(frozen=True, slots=True)
class Trial:
    """A question on a passage; `answers` are spans of `context`, empty where it has none."""

    id: str
    question: str
    answers: tuple[str, ...]
    context: str
    split: str


def read_trials(path: Path) -> list[Trial]:
    """Read a question file (.jsonl or .jsonl.gz); raises InputError where it is none."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines if line.strip()]
        return [
            Trial(
                str(row["id"]),
                row["question"],
                tuple(row["answers"] if row.get("answerable", True) else ()),
                row["context"],
                row.get("split", ""),
            )
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is not a file of questions: {error!r}.",
            "Each line wants id, question, answers, context.",
        ) from error


def context_ids(trials: Iterable[Trial]) -> dict[str, str]:
    """Return passage -> article id, the same for the same passages in the same order."""
    contexts = dict.fromkeys(trial.context for trial in trials if trial.context.strip())
    return {context: f"t{number:05d}" for number, context in enumerate(contexts)}


def build_home(trials: Sequence[Trial], home: Path, embedder: Embedder) -> dict[str, str]:
    """Index all passages of `trials` in `home`; returns passage -> article id."""
    ids = context_ids(trials)
    home.mkdir(parents=True, exist_ok=True)
    with Archive.open(home) as archive:
        archive.put_many((Article(id_, "", text), id_) for text, id_ in ids.items())
    build(home, embedder)
    return ids
