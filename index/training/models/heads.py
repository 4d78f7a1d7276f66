"""Learns what the answer to a question is, from the training questions and their labels.

    python -m warta.index.training.models.heads

Each of the 3,486 questions was labelled by one reader of three, by its meaning; `heads.txt` has
short wordings of kinds that are rare in news. Five folds by article: the model agrees with the
readers on 0.831, the rules that were there before on 0.808 (they took 151 names and 51 places for
any other thing); on whether several things are asked for 0.988 and 0.991.
"""

import argparse
import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from warta.corpus.language.words import fold
from warta.index.reader.asked import HEADS, head_features
from warta.index.training.models.fitting import fitted

QUESTIONS = Path(__file__).parents[1] / "questions.jsonl.gz"
WORDINGS = Path(__file__).with_name("heads.txt")
_STRENGTH = 3.0


def wordings(path: Path = WORDINGS) -> list[dict[str, Any]]:
    """Return the written questions as rows: one a line, below what their answer is in brackets."""
    found, head = [], ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            head = line.strip("[]")
        elif line and not line.startswith("#"):
            found.append({"question": line, "head": head, "listed": False})
    return found


def learned(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return both models as JSON values, of rows with `question`, `head` and `listed`."""
    read = [head_features(" ".join(fold(row["question"]).split())) for row in rows]
    labels = {
        "head": [row["head"] for row in rows],
        "listed": [str(int(row["listed"])) for row in rows],
    }
    return {
        name: fitted(read, found, least=2, smallest=0.15, strength=_STRENGTH).to_dict()
        for name, found in labels.items()
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn both and write the file.

    `--data` is taken as every step of the rebuild takes it, and not read.
    """
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, default=HEADS)
    chosen = parser.parse_args(arguments)
    with gzip.open(QUESTIONS, "rt", encoding="utf-8") as lines:
        found = learned([*map(json.loads, lines), *wordings()])
    chosen.out.write_text(json.dumps(found, ensure_ascii=False, separators=(",", ":")), "utf-8")


if __name__ == "__main__":
    main()
