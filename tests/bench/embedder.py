"""Vectors alone: what the embedder finds, how fast it is and how large.

    python tests/bench/embedder.py [--data ../shared/data] [--embedder NAME]

Questions of the validation splits against all passages of their file; English sentences against
Indonesian ones that share no name or number with them, from pairs kept out of training; held-out
headlines; gold questions over the whole archive (headline and passage embedded, as in the index).
"""

import argparse
import gzip
import json
import re
import time
from pathlib import Path

import numpy as np

from warta.corpus.article import Article
from warta.corpus.passages import passages
from warta.index.building.build import embedded_text
from warta.index.embedding.embedder import SHIPPED, SentenceTransformerEmbedder
from warta.index.search.metrics import Measures, bootstrap, by_kind, measure, read_questions
from warta.index.training.training_sets import held_out


def records(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def ranks(queries, passages, wanted):
    """1-based rank of each wanted passage; ties count for it."""
    scores = queries @ passages.T
    own = scores[np.arange(len(queries)), np.asarray(wanted)]
    return (scores > own[:, None]).sum(axis=1) + 1


def show(name, found):
    figures = "  ".join(f"R@{k} {bootstrap(found <= k)}" for k in (1, 5, 10))
    print(f"{name:22} n={len(found):4}  {figures}", flush=True)


def reading_sets(embedder, data):
    for name in ("facqa", "idk_mrc"):
        rows = records(data / "qa" / f"{name}.jsonl.gz")
        contexts = list(dict.fromkeys(row["context"] for row in rows))
        place = {context: number for number, context in enumerate(contexts)}
        asked = [row for row in rows if row["split"] == "valid" and row["answerable"]]
        queries = embedder.embed_queries([row["question"] for row in asked])
        wanted = [place[row["context"]] for row in asked]
        show(name, ranks(queries, embedder.embed_passages(contexts), wanted))


def share_a_name(english, indonesian):
    """Whether any number, or any word of three letters or more, stands in both."""
    words = [set(re.findall(r"\d+|[^\W\d_]{3,}", text.lower())) for text in (english, indonesian)]
    return bool(words[0] & words[1])


def languages(embedder, data):
    rows = records(data / "train" / "parallel_en_id.jsonl.gz")
    rows = [row for number, row in enumerate(rows) if held_out(number)]
    passages = embedder.embed_passages([row["id"] for row in rows])
    apart = [
        number for number, row in enumerate(rows)
        if not share_a_name(row["en"], row["id"]) and len(row["en"].split()) >= 6
    ]  # fmt: skip
    chosen = np.random.default_rng(0).permutation(apart)[:100]
    queries = embedder.embed_queries([rows[number]["en"] for number in chosen])
    show(f"en → id, {len(rows)} there", ranks(queries, passages, chosen))


def archive(embedder, data):
    rows = records(data / "news" / "click_id.jsonl.gz")
    articles = [Article(row["id"], row["title"] or "", row["text"]) for row in rows]
    parts = [(number, part) for number, item in enumerate(articles) for part in passages(item)]
    texts = [embedded_text(articles[number].title, part.text) for number, part in parts]
    began = time.perf_counter()
    vectors = embedder.embed_passages(texts)
    seconds = time.perf_counter() - began
    print(f"{len(texts)} passages in {seconds:.1f} s: {len(texts) / seconds:.0f} a second")
    firsts = np.flatnonzero(np.diff([number for number, _ in parts], prepend=-1))

    def ranked(query, against):
        scores = np.maximum.reduceat(against @ query, firsts)
        best = np.argpartition(-scores, 50)[:50]
        return [articles[number].id for number in best[np.argsort(-scores[best])]]

    questions = read_questions(data / "gold" / "dev.jsonl")
    queries = embedder.embed_queries([question.text for question in questions])
    values = measure(questions, [ranked(query, vectors) for query in queries], Measures())
    for figure in by_kind(questions, values):
        print(f"gold {figure.kind:10} {figure.measure:10} {figure.interval}")
    untitled = embedder.embed_passages([part.text for _, part in parts])
    kept = [number for number in range(len(articles)) if held_out(number)]
    heads = embedder.embed_queries([articles[number].title for number in kept])
    places = [ranked(head, untitled) for head in heads]
    found = [
        place.index(articles[number].id) + 1 if articles[number].id in place else 99
        for number, place in zip(kept, places, strict=True)
    ]
    show("held-out headlines", np.asarray(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--embedder")
    chosen = parser.parse_args()
    embedder = SentenceTransformerEmbedder.load(chosen.embedder)
    folder = Path(chosen.embedder) if chosen.embedder else SHIPPED
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    embedder.embed_queries(["apa"])
    began = time.perf_counter()
    for number in range(1000):
        embedder.embed_queries([f"Siapa yang memimpin rapat di Jakarta pada {number}?"])
    print(f"dim {embedder.dim}, {size:,} bytes, {time.perf_counter() - began:.3f} ms a question")
    reading_sets(embedder, chosen.data)
    languages(embedder, chosen.data)
    archive(embedder, chosen.data)


if __name__ == "__main__":
    main()
