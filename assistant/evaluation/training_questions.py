"""Writes the questions that the reader learns from, as they are understood and searched today.

    python -m warta.assistant.evaluation.training_questions TRAIN.jsonl.gz --home HOME

TRAIN holds annotated questions with the sentences that answer. No sentence goes into what is
written: its article, its offsets and a hash of it do. Run it again when questions are understood
in another way, then `python -m warta.index.training.reader`.
"""

import argparse
import gzip
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from warta.assistant.answer import Message
from warta.assistant.question.understanding import understand
from warta.assistant.question.understood import Holdings
from warta.index.search.retriever import Retriever
from warta.index.snapshot.own_models import embedder_to_read
from warta.index.training.reader_pools import QUESTIONS, digest


def training_row(row: dict[str, Any], archive: Holdings) -> dict[str, Any]:
    """Return what is kept of an annotated question."""
    history = [Message(turn["role"], turn["content"]) for turn in row["history"]]
    read = understand(row["question"], history, date.fromisoformat(row["today"]), archive)
    part = read.first
    days = part.days
    search = {
        "query": part.query or part.standalone,
        "own": part.text if part.text != row["question"] else None,
        "language": read.language,
        "since": days.first.isoformat() if days and days.first else None,
        "until": days.last.isoformat() if days and days.last else None,
        "sources": list(read.outlets),
    }
    kept = {
        name: row[name]
        for name in ("id", "kind", "lang", "question", "history", "today", "answers")
    }
    return kept | {
        "article_ids": row["article_ids"] or row.get("near_article_ids", []),
        "search": {name: value for name, value in search.items() if value},
        "evidence": [_place(found) for found in row.get("evidence", ())],
        "context": [_place(found) for found in row.get("context", ())],
    }


def _place(found: dict[str, Any]) -> list[Any]:
    start, end = found["start"], found["end"]
    here = (-1, -1) if start is None else (start, end)
    return [found["article_id"], *here, digest(found["text"])]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("--home", type=Path, required=True, help="the index they are about")
    parser.add_argument("--out", type=Path, default=QUESTIONS)
    options = parser.parse_args(arguments)
    view = Retriever.load(options.home, embedder_to_read(options.home)).view()
    covered = view.coverage()
    archive = Holdings(tuple(covered.sources), covered.first, covered.last)
    with gzip.open(options.train, "rt", encoding="utf-8") as lines:
        rows = [training_row(json.loads(line), archive) for line in lines]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    # Without a time inside, so that the same questions are the same bytes.
    options.out.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


if __name__ == "__main__":
    main()
