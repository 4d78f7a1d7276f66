"""Counts how rare a term is in Indonesian text.

    python -m warta.index.training.counting.rarity --data ../shared/data

News and encyclopaedia together: every second article and every tenth lead, the first 1,500
characters of each.
"""

import argparse
import gzip
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from warta.corpus.language.words import terms
from warta.index.weights import RARITY

_LEAST = 4  # texts a term must stand in


def rarity_table(texts: Iterable[str]) -> dict[str, Any]:
    """Return what `warta.index.weights.read_rarity` reads: rarities in tenths -> terms."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        counts.update(set(terms(text)))
        total += 1
    tenths: dict[int, list[str]] = {}
    for term, count in sorted(counts.items()):
        if count >= _LEAST and not term.isdigit():
            tenths.setdefault(round(10 * math.log(total / count)), []).append(term)
    table = {str(tenth): " ".join(tenths[tenth]) for tenth in sorted(tenths)}
    return {"unseen": round(math.log(total / 2), 1), "tenths": table}


def general_texts(folder: Path) -> Iterator[str]:
    """Yield news and encyclopaedia texts in which the rarity of terms is counted."""
    for file, field, every in (
        ("news/click_id.jsonl.gz", "text", 2),
        ("train/wiki_title_lead.jsonl.gz", "b", 10),
    ):
        with gzip.open(folder / file, "rt", encoding="utf-8") as lines:
            for line in islice(lines, 0, None, every):
                yield json.loads(line)[field][:1500]


def main(arguments: Sequence[str] | None = None) -> None:
    """Count rarities and write the table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with news/ and train/")
    parser.add_argument("--out", type=Path, default=RARITY, help="file to write")
    chosen = parser.parse_args(arguments)
    table = rarity_table(general_texts(chosen.data))
    chosen.out.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
