"""How messages are read, over the training questions: every figure of the reading in one run.

    python tests/bench/understanding.py QUESTIONS.jsonl.gz --home HOME [--only wrappers,pairs,...]

wrappers: 34 ways of wrapping 60 questions read as the bare ones are. pairs: 60 pairs joined in
five ways, both read as they are alone. talks: 200 conversations, what is taken over. days:
recall@5 of time questions with days soft, hard and left out. names: what is called missing, held
against the text of all articles. speed: milliseconds of processor time a question.
"""

import argparse
import gzip
import json
import random
import re
import statistics
import time
from datetime import date
from pathlib import Path
from typing import Any

from wrappers import WRAPPERS, wrapped

from warta.assistant import Message
from warta.assistant.question import retrieval
from warta.assistant.question.understanding import understand
from warta.assistant.question.understood import Holdings, Understood
from warta.index import Retriever
from warta.index.search.view import View

Row = dict[str, Any]
JOINS = ("{0}? {1}?", "{0}\n{1}", "1. {0}?\n2. {1}?", "{0}. Terus, {1}?", "{0} dan {1}?")


def archive_of(view: View) -> Holdings:
    coverage = view.coverage()
    return Holdings(tuple(coverage.sources), coverage.first, coverage.last)


def read(
    row: Row, text: str, archive: Holdings, history: list[Message] | None = None
) -> Understood:
    return understand(text, history or [], date.fromisoformat(row["today"]), archive)


def key(understood: Understood) -> list[tuple[object, ...]]:
    """What decides how a message is searched and read."""
    return [
        (re.sub(r"\W+", " ", part.query.lower()).strip(), part.task, part.head,
         part.days and (part.days.first, part.days.last))
        for part in understood.parts
    ]  # fmt: skip


def wrappers(rows: list[Row], archive: Holdings) -> None:
    alone = random.Random(7).sample([r for r in rows if not r["history"]], 60)
    worst = 60
    for name in WRAPPERS:
        same = 0
        for row in alone:
            bare = key(read(row, row["question"], archive))
            same += bare == key(read(row, wrapped(name, row["question"]), archive))
        worst = min(worst, same)
        if same < 60:
            print(f"  {name:24s} {same}/60")
    print(f"wrappers: all 60 of 60 but for these; worst {worst}")


def pairs(rows: list[Row], archive: Holdings) -> None:
    pick = random.Random(8)
    alone = [r for r in rows if not r["history"] and r["kind"] not in ("time", "overview")]
    for join in JOINS:
        good = 0
        for _ in range(60):
            one, two = pick.sample(alone, 2)
            texts = [row["question"].rstrip(" ?.") for row in (one, two)]
            if texts[1][1:2].islower():
                texts[1] = texts[1][0].lower() + texts[1][1:]
            both = read(one, join.format(*texts), archive)
            wanted = [key(read(one, text, archive))[0][0] for text in texts]
            good += [found[0] for found in key(both)] == wanted
        print(f"pairs {join!r}: {good}/60")


def talks(rows: list[Row], archive: Holdings) -> None:
    pick = random.Random(9)
    starts = [r for r in rows if r["history"]]
    alone = [r for r in rows if not r["history"]]
    taken = own = turns = 0
    for at in range(200):
        row, before, after = starts[at % len(starts)], pick.choice(alone), pick.choice(alone)
        said = before["answers"][0] if before["answers"] else "-"
        history = [Message("user", before["question"]), Message("assistant", said)]
        history += [Message(m["role"], m["content"]) for m in row["history"]]
        follow = read(row, row["question"], archive, history)
        first = row["history"][0]["content"]
        about = set(re.findall(r"\w+", first.lower()))
        said_words = set(re.findall(r"\w+", row["history"][-1]["content"].lower()))
        topics = [set(re.findall(r"\w+", topic.text.lower())) for topic in follow.topics]
        taken += bool(topics) and all(topic <= about | said_words for topic in topics)
        history += [Message("user", row["question"]), Message("assistant", row["answers"][0])]
        history += [Message("user", "makasih ya"), Message("assistant", "Sama-sama.")]
        changed = read(after, after["question"], archive, history)
        own += changed.query == read(after, after["question"], archive).query
        turns += 1
    print(f"talks: topics right {taken}/{turns}, own subject as alone {own}/{turns}")


def days(rows: list[Row], view: View) -> None:
    timed = [r for r in rows if r["kind"] == "time"]
    archive = archive_of(view)
    counts = {name: 0 for name in ("soft", "hard", "none")}
    named = empty = 0
    for row in timed:
        understood = read(row, row["question"], archive)
        part = understood.first
        within = part.days
        named += within is not None
        for name in counts:
            if name == "soft":
                hits = retrieval.found(view, understood)
            else:
                first = within.first if within and name == "hard" else None
                last = within.last if within and name == "hard" else None
                hits = view.retrieve(part.query, 12, first, last)
                empty += name == "hard" and not hits
            counts[name] += any(hit.article.id in row["article_ids"] for hit in hits[:5])
    shown = ", ".join(f"{name} {count / len(timed):.3f}" for name, count in counts.items())
    print(f"days: {len(timed)} questions, {named} with days; recall@5 {shown}; empty hard {empty}")


def names(rows: list[Row], view: View) -> None:
    archive = archive_of(view)
    missing = set()
    for row in rows:
        for name in ("", "greeting, name", "signature, letter"):
            text = wrapped(name, row["question"]) if name else row["question"]
            parts = read(row, text, archive).parts
            missing |= set(view.missing([n for part in parts for n in part.names]))
    articles = view.recent(10**9)
    text = "\n".join(f"{article.title}\n{article.text}" for article in articles).lower()
    false = sorted(n for n in missing if re.search(rf"\b{re.escape(n.lower())}\b", text))
    print(f"names: {len(missing)} called missing, {len(false)} of them in the text: {false[:9]}")


def speed(rows: list[Row], archive: Holdings) -> None:
    spent = []
    for row in random.Random(1).sample(rows, 500):
        history = [Message(m["role"], m["content"]) for m in row["history"]]
        began = time.process_time()
        read(row, row["question"], archive, history)
        spent.append(1000 * (time.process_time() - began))
    late = sorted(spent)[int(0.95 * len(spent))]
    print(f"speed: median {statistics.median(spent):.2f} ms, 95 of 100 under {late:.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--home", required=True)
    parser.add_argument("--only", default="wrappers,pairs,talks,days,names,speed")
    given = parser.parse_args()
    with gzip.open(given.questions, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    view = Retriever.load(given.home).view()
    for name in given.only.split(","):
        own = view if name in ("days", "names") else archive_of(view)
        {"wrappers": wrappers, "pairs": pairs, "talks": talks, "days": days, "names": names,
         "speed": speed}[name](rows, own)  # type: ignore[operator]  # fmt: skip


if __name__ == "__main__":
    main()
