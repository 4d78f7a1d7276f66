"""Recall of questions spelt right and misspelt, on an index of one's own.

python -m tests.bench.spelling --home HOME --archive click_id|samples
"""

import argparse
import json
import time
from pathlib import Path

from warta.index.search.retriever import Retriever

PAIRS = Path(__file__).resolve().parents[1] / "spelling_pairs.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--archive", default="click_id", choices=["click_id", "samples"])
    given = parser.parse_args()
    view = Retriever.load(given.home).view()
    pairs = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    pairs = [pair for pair in pairs if pair["archive"] == given.archive]
    view.retrieve("pemanasan sebelum diukur")
    view.corrections("univrsitas")  # reads the vocabulary
    for form in ("right", "misspelt"):
        started = time.perf_counter()
        ranks = [_rank(view, pair[form], pair["article_ids"]) for pair in pairs]
        each = (time.perf_counter() - started) / len(pairs) * 1000
        recalls = [sum(rank <= k for rank in ranks) / len(ranks) for k in (1, 5)]
        print(f"{form:9} recall@1 {recalls[0]:.3f}  @5 {recalls[1]:.3f}  {each:.1f} ms a question")


def _rank(view, question, wanted):
    articles = [a.id for hit in view.retrieve(question, 20) for a in (hit.article, *hit.also)]
    once = list(dict.fromkeys(articles))
    return min((once.index(id_) + 1 for id_ in wanted if id_ in once), default=len(once) + 1)


if __name__ == "__main__":
    main()
