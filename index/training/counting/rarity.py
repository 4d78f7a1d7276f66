"""Counts how rare a term is in Indonesian text.

    python -m warta.index.training.counting.rarity --data ../shared/data

News and encyclopaedia together: every second article and every tenth lead, the first 1,500
characters of each.
"""

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from warta.corpus.language.words import terms
from warta.index.training.counting import general_texts
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Count rarities and write the table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with news/ and train/")
    parser.add_argument("--out", type=Path, default=RARITY, help="file to write")
    chosen = parser.parse_args(arguments)
    table = rarity_table(general_texts(chosen.data, leads=10, length=1500))
    chosen.out.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
