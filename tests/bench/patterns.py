"""What each pattern of `assistant/question` is good for: how many messages are read otherwise.

    python tests/bench/patterns.py TRAIN.jsonl.gz

Each compiled pattern of the package is taken out in turn, and the training questions and the
requests beside this file are read again. A pattern without which nothing is read otherwise is
dead, or is held by tests of what people type elsewhere.
"""

import argparse
import gzip
import importlib
import json
import pkgutil
import re
from datetime import date
from pathlib import Path
from types import ModuleType

import warta.assistant.question as package
from warta.assistant import Message
from warta.assistant.question.understanding import understand
from warta.assistant.question.understood import Understood

NEVER = re.compile("(?!)")
HERE = Path(__file__).parent
Turn = tuple[str, list[Message], date]


def messages(train: Path) -> tuple[list[Turn], list[Turn]]:
    with gzip.open(train, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    asked = [
        (r["question"], [Message(**turn) for turn in r["history"]], date.fromisoformat(r["today"]))
        for r in rows
    ]
    requests = [
        (r["q"], [Message(*turn) for turn in r["h"]], date.fromisoformat(r["t"]))
        for path in sorted(HERE.glob("requests_*.jsonl"))
        for r in map(json.loads, path.read_text("utf-8").splitlines())
    ]
    return asked, requests


def modules() -> list[ModuleType]:
    return [
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
        if not found.ispkg
    ]


def patterns() -> dict[str, re.Pattern[str]]:
    """Return each compiled pattern of the package once, by the name it has there."""
    found: dict[re.Pattern[str], str] = {}
    for module in modules():
        for name, value in sorted(vars(module).items()):
            if isinstance(value, re.Pattern) and value.pattern:
                found.setdefault(value, f"{module.__name__.rpartition('.')[2]}.{name}")
    return {name: pattern for pattern, name in found.items()}


def forget() -> None:
    """Empty what the package remembers of questions."""
    for module in modules():
        for value in vars(module).values():
            if hasattr(value, "cache_clear") and value.cache_info().maxsize:
                value.cache_clear()


def read(turns: list[Turn]) -> list[Understood | str]:
    forget()
    found: list[Understood | str] = []
    for text, history, today in turns:
        try:
            found.append(understand(text, history, today))
        except Exception as error:  # a pattern whose groups are used: it cannot be missing
            found.append(repr(error))
    return found


def main(train: Path) -> None:
    asked, requests = messages(train)
    before = read(asked), read(requests)
    print(f"of {len(asked)} questions and {len(requests)} requests are read otherwise without")
    for name, pattern in patterns().items():
        places = [  # of one name in two modules both
            (each, key) for each in modules() for key, value in vars(each).items()
            if value is pattern
        ]  # fmt: skip
        for each, key in places:
            setattr(each, key, NEVER)
        after = read(asked), read(requests)
        for each, key in places:
            setattr(each, key, pattern)
        changed = [
            sum(a != b for a, b in zip(was, now, strict=True))
            for was, now in zip(before, after, strict=True)
        ]
        print(f"{name:36s} {changed[0]:5d} {changed[1]:4d}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    main(parser.parse_args().train)
