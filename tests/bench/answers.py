"""Answers to questions that nothing is learned from, each asked in two wordings.

    python tests/bench/answers.py HOME [--questions tests/bench/questions_kept.jsonl]

HOME is an index of CLICK-ID. Of the answerable ones: how often the first sentence, or any, holds
an accepted answer and its article reports the event; which share of the sentences does that or is
annotated, reports the event; sentences an answer; declined. Of the others: declined. Of both
wordings: how often the first sentence is the same or holds the same accepted answer.
"""

import argparse
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from warta.assistant import Answer, Assistant, Message
from warta.corpus.language.numbers import contains
from warta.index import Retriever
from warta.index.training.reader_pools import Events, digest

KEPT = Path(__file__).with_name("questions_kept.jsonl")


def judged(row: dict[str, Any], answer: Answer, events: Events) -> dict[str, Any]:
    """Return what an answer is worth: flags of its sentences in order, and its first one."""
    event = events.of(row["article_ids"])
    known = {place[3] for place in (*row["evidence"], *row["context"])}
    said = [s for s in answer.sentences if s.citations] if answer.status != "abstained" else []
    article = {each.number: each.article.id for each in answer.citations}
    on = [any(article[number] in event for number in s.citations) for s in said]
    holds = [any(contains(s.text, each) for each in row["answers"]) for s in said]
    right = [a and b for a, b in zip(on, holds, strict=True)]
    wanted = [r or (o and digest(s.text) in known) for r, o, s in zip(right, on, said, strict=True)]
    first = said[0].text if said else ""
    accepted = {each for each in row["answers"] if said and contains(first, each)}
    return {"on": on, "right": right, "wanted": wanted, "first": first, "accepted": accepted}


def _asked(assistant: Assistant, rows: list[dict[str, Any]], events: Events) -> Iterator[Any]:
    for row in rows:
        history = [Message(turn["role"], turn["content"]) for turn in row["history"]]
        answer = assistant.answer(row["question"], history, date.fromisoformat(row["today"]))
        yield row, answer, judged(row, answer, events)


def main() -> None:
    """Ask all questions and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--questions", type=Path, default=KEPT)
    given = parser.parse_args()
    view = Retriever.load(given.home).view()
    events = Events(view.recent(sum(view.days().values())))
    rows = [json.loads(line) for line in given.questions.read_text("utf-8").splitlines()]
    found = list(_asked(Assistant.load(given.home), rows, events))
    by_id = {row["id"]: judgement for row, _, judgement in found}
    own = [(r, a, j) for r, a, j in found if r["id"].endswith("q")]
    held = [(a, j) for r, a, j in own if r["kind"] != "unanswerable"]
    none = [a for r, a, _ in own if r["kind"] == "unanswerable"]
    sentences = sum(len(j["on"]) for _, j in held)
    agree = [
        bool(one["first"])
        and (one["first"] == other["first"] or bool(one["accepted"] & other["accepted"]))
        for r, _, one in own
        if r["kind"] != "unanswerable" and (other := by_id[r["id"][:-1] + "p"])
    ]
    print(f"first {sum(j['right'][:1] == [True] for _, j in held) / len(held):.3f}")
    print(f"any {sum(any(j['right']) for _, j in held) / len(held):.3f}")
    print(f"wanted {sum(sum(j['wanted']) for _, j in held) / sentences:.3f}")
    print(f"on the event {sum(sum(j['on']) for _, j in held) / sentences:.3f}")
    print(f"sentences {sentences / sum(bool(j['on']) for _, j in held):.2f}")
    print(f"declined {sum(a.status == 'abstained' for a, _ in held) / len(held):.3f}")
    print(f"declined of unanswerable {sum(a.status == 'abstained' for a in none) / len(none):.3f}")
    print(f"same in other words {sum(agree) / len(agree):.3f}")


if __name__ == "__main__":
    main()
