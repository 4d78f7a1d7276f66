"""Build time, memory, search time and recall on the real archive, side by side.

    python tests/bench/search.py ../shared/data/news/click_id.jsonl.gz \
        --questions ../shared/data/gold/dev.jsonl

Wall time depends on who else uses the machine; processor time is printed beside it.
"""

import argparse
import gzip
import json
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from warta.index.building.ingest import index_paths
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.search.retriever import Retriever


def _processor() -> float:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _gigabytes() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in kinds) / 1e6


def _timed(name: str, work: Callable[[], object]) -> None:
    wall, processor = time.perf_counter(), _processor()
    result = work()
    wall, processor = time.perf_counter() - wall, _processor() - processor
    print(f"{name:<28} {wall:8.1f} s wall {processor:8.1f} s processor  {_gigabytes():.2f} GB")
    print(f"    {result}")


def _change(path: Path, count: int) -> None:
    """Change the text of the first `count` articles of a .jsonl.gz file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = file.readlines()
    for number, line in enumerate(lines[:count]):
        row = json.loads(line)
        row["text"] = f"Tambahan untuk pengukuran. {row['text']}"
        lines[number] = json.dumps(row) + "\n"
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        file.writelines(lines)


def _search(home: Path, questions: Path) -> None:
    import faiss

    faiss.omp_set_num_threads(1)
    retriever = Retriever.load(home)
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    texts = [" ".join([*(m["content"] for m in r["history"]), r["question"]]) for r in rows]
    for text in texts[:20]:
        retriever.retrieve(text, k=10)
    wall, thread = [], []
    found: dict[str, list[tuple[bool, bool]]] = {}
    for row, text in zip(rows, texts, strict=True):
        begun, used = time.perf_counter(), time.thread_time()
        hits = retriever.retrieve(text, k=10)
        wall.append(1000 * (time.perf_counter() - begun))
        thread.append(1000 * (time.thread_time() - used))
        if row["kind"] != "unanswerable":
            ids = list(dict.fromkeys(hit.article.id for hit in hits))
            five = list(dict.fromkeys(hit.article.id for hit in retriever.retrieve(text, k=5)))
            ranks = (bool(set(five) & set(row["article_ids"])), ids[0] in row["article_ids"])
            for kind in ("all", row["kind"]):
                found.setdefault(kind, []).append(ranks)
    for name, values in (("wall", wall), ("processor", thread)):
        print(
            f"retrieve(k=10), {name:<12} {np.median(values):6.1f} ms median "
            f"{np.percentile(values, 95):6.1f} ms p95"
        )
    for kind, values in found.items():
        five, first = np.mean(values, axis=0)
        print(f"{kind:<12} {len(values):>4} questions  R@1 {first:.3f}  R@5 {five:.3f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path, help="a .jsonl.gz file of articles")
    parser.add_argument("--questions", type=Path, help="questions in the gold format")
    parser.add_argument("--home", type=Path, help="keep the home here and use it again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder) / "home"
        embedder = SentenceTransformerEmbedder.load(None)

        news = Path(folder) / "news.jsonl.gz"
        shutil.copyfile(given.archive, news)

        def run() -> object:
            return index_paths(home, [news], embedder=embedder)

        _timed("from nothing", run)
        _timed("second run", run)
        if given.questions:
            _search(home, given.questions)
        _change(news, 220)
        _timed("220 articles changed", run)


if __name__ == "__main__":
    main()
