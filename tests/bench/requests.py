"""Whether the hits of a request hold what its answer must: the ceiling of any shape.

    python tests/bench/requests.py TASKS.jsonl --home click_id=HOME --home archive_2025=HOME

By task: how many bring one of the accepted articles, how many hold one of the strings the answer
must have in the text of their articles, and how many of the social ones are told as such. With
`--answers` whole answers are judged: not refused, one of the strings in the text, one of the
articles cited; of two questions in one, one string of each (`each`).
"""

import argparse
import collections
import json
import re
from datetime import date
from pathlib import Path

from warta.assistant import Assistant, Message
from warta.assistant.question.retrieval import found
from warta.assistant.question.understanding import spelt, understand
from warta.assistant.question.understood import Holdings
from warta.index import Retriever

SOCIAL = {"help": "help", "thanks": "courtesy", "smalltalk": "", "elsewhere": "elsewhere"}


def norm(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def main(path: Path, homes: dict[str, str]) -> None:
    views = {name: Retriever.load(home).view() for name, home in homes.items()}
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for row in rows:
        view = views[row["archive"]]
        coverage = view.coverage()
        archive = Holdings(tuple(coverage.sources), coverage.first, coverage.last)
        history = [Message(role, text) for role, text in row["h"]]
        read = understand(row["q"], history, date.fromisoformat(row["t"]), archive)
        read = spelt(read, view.corrections)
        count = counts[row["task"]]
        count["n"] += 1
        if row["task"] in SOCIAL:
            count["article"] += read.task in ("help", "courtesy", "elsewhere")
            count["must"] += read.task in ("help", "courtesy", "elsewhere")
            continue
        hits = [hit for part in read.parts for hit in found(view, read.only(part))]
        text = norm(" ".join(f"{hit.article.title} {hit.article.text}" for hit in hits))
        count["article"] += any(hit.article.id in row["ids"] for hit in hits)
        count["must"] += not row["must"] or any(norm(word) in text for word in row["must"])
        count["task"] += read.task not in ("help", "courtesy", "elsewhere")
    for task, count in sorted(counts.items()):
        print(f"{task:11s} n={count['n']:2d} article {count['article']:2d} must {count['must']:2d}")
    every = sum(counts.values(), collections.Counter())
    print(f"ALL n={every['n']} article {every['article']} must {every['must']}")


def answered(path: Path, homes: dict[str, str]) -> None:
    """Judge whole answers to requests that ask something of the archive."""
    told = {name: Assistant.load(home) for name, home in homes.items()}
    passed: dict[str, list[bool]] = collections.defaultdict(list)
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        if row["task"] in SOCIAL:
            continue
        history = [Message(role, text) for role, text in row["h"]]
        answer = told[row["archive"]].answer(row["q"], history, row["t"])
        text = f" {norm(answer.text)} "
        groups = row.get("each") or [row["must"]]
        held = all(not group or any(norm(word) in text for word in group) for group in groups)
        cited = any(each.article.id in row["ids"] for each in answer.citations)
        passed[row["task"]].append(answer.status != "abstained" and held and cited)
    for task, good in sorted(passed.items()):
        print(f"{task:11s} {sum(good)} of {len(good)}")
    every = [each for good in passed.values() for each in good]
    print(f"ALL {sum(every)} of {len(every)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=Path)
    parser.add_argument("--home", action="append", required=True)
    parser.add_argument("--answers", action="store_true")
    given = parser.parse_args()
    homes = dict(home.split("=", 1) for home in given.home)
    (answered if given.answers else main)(given.tasks, homes)
