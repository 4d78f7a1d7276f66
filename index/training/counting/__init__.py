"""What is counted in texts, not learned: how rare, how often small, what leans."""

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path


def general_texts(folder: Path, leads: int, length: int) -> Iterator[str]:
    """Yield every second article and every `leads`-th encyclopaedia lead, `length` characters."""
    for file, field, every in (
        ("news/click_id.jsonl.gz", "text", 2),
        ("train/wiki_title_lead.jsonl.gz", "b", leads),
    ):
        with gzip.open(folder / file, "rt", encoding="utf-8") as lines:
            for line in islice(lines, 0, None, every):
                yield json.loads(line)[field][:length]
