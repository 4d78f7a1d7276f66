"""How search holds when the archive grows: 54,000, 326,000 and 1,000,000 passages, or 5,000,000.

    python tests/bench/scale.py HOME… --questions QUESTIONS.jsonl.gz [--passages 54000 326000 …]

Passages of the homes come first, in their order; then varied copies: of every passage the first
two thirds, with the last third of one of an article drawn from all, and the vector mixed as a
static embedder mixes it. Vectors, terms and texts are written straight into a snapshot, without
reading, cleaning, copies and links, which `warta index` does too and which are measured elsewhere
(tests/bench/search.py). Printed are the time and memory of that, the memory of a process that
serves it, recall@10 of the vectors against comparing all, how many of the ten passages that
`retrieve` gives are the same without sketches, and the time of `retrieve(k=10)` alone and beside a
build of the next snapshot.
"""

import argparse
import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from warta.corpus.article import Article
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.search.retriever import Retriever
from warta.index.snapshot.manifest import Manifest
from warta.index.snapshot.shelf import commit, index_folder, open_snapshot, seal
from warta.index.snapshot.snapshot import Snapshot
from warta.index.snapshot.text_store import ArticleRow
from warta.index.snapshot.writer import Entry, SnapshotDraft

ASKED = 300  # questions that are timed, after as many to warm up as
WARM = 60
KEPT = 2 / 3  # share of a copy that is its original's


@dataclass
class Prepared:
    """An embedder that hands out the vectors that were put in, in their order."""

    real: SentenceTransformerEmbedder
    waiting: list

    @property
    def dim(self) -> int:
        return self.real.dim

    @property
    def fingerprint(self) -> str:
        return self.real.fingerprint

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        found = np.array(self.waiting[: len(texts)], np.float32)
        del self.waiting[: len(texts)]
        return found

    embed_queries = embed_passages


class Draft(SnapshotDraft):
    """A draft without links between articles."""

    def _links(self, tokens: object) -> np.ndarray:
        return np.empty((0, 3), np.int32)


@dataclass(frozen=True)
class Original:
    """An article of a home: its passages with their terms and vectors, and its headline's terms.

    `heads` and `tails`: the first two thirds and the rest of each passage and of its terms.
    """

    article: Article
    whole: list[tuple[str, list[str]]]
    vectors: np.ndarray
    headline: list[str]
    heads: list[tuple[str, list[str]]]
    tails: list[tuple[str, list[str]]]


def originals(snapshot: Snapshot) -> Iterator[Original]:
    vocabulary = snapshot.texts.vocabulary()

    def terms(row: int) -> list[str]:
        return [vocabulary[number] for number in snapshot.tokens.row(row).tolist()]

    for number in range(len(snapshot.published)):
        begin, end = snapshot.run(number, number + 1).passages
        article, spans = snapshot.article(number), snapshot.texts.spans(range(begin, end))
        whole = [(article.text[slice(*spans[row])], terms(row)) for row in range(begin, end)]
        cuts = [(int(KEPT * len(text)), int(KEPT * len(own))) for text, own in whole]
        parts = list(zip(whole, cuts, strict=True))
        yield Original(
            article,
            whole,
            snapshot.vectors.rows(np.arange(begin, end)),
            terms(len(snapshot) + number),
            [(text[:at], own[:place]) for (text, own), (at, place) in parts],
            [(text[at:], own[place:]) for (text, own), (at, place) in parts],
        )


def entry(own: Original, name: str, other: Original | None, waiting: list) -> Entry:
    """Return an article as it is, or varied with another one; its vectors go to `waiting`."""
    item = own.article
    passages, vectors = mixed(own, other) if other else (own.whole, own.vectors)
    waiting.extend(vectors)
    text, places, texts = "", [], [text for text, _ in passages]
    for number, part in enumerate(texts):
        places.append((len(text), len(text) + len(part), f"{name}-{number}".encode()))
        text += part + "\n\n"
    copy = Article(name, item.title, text, item.published, item.source, item.url, item.language)
    row = ArticleRow(copy, name, b"", tuple(places))
    return Entry(row, own.headline, [terms for _, terms in passages], texts, [-1] * len(texts))


def mixed(own: Original, other: Original) -> tuple[list[tuple[str, list[str]]], np.ndarray]:
    rows = np.arange(len(own.whole)) % len(other.whole)
    tails = [other.tails[row] for row in rows.tolist()]
    pairs = zip(own.heads, tails, strict=True)
    passages = [(head[0] + tail[0], head[1] + tail[1]) for head, tail in pairs]
    found = KEPT * own.vectors + (1 - KEPT) * other.vectors[rows]
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return passages, found / np.maximum(lengths, 1e-9)


def build(homes: Sequence[Path], home: Path, passages: int, name: str = "000001") -> None:
    """Write a snapshot of at least so many passages as the live one of `home`."""
    sources = [open_snapshot(path).snapshot for path in homes]
    embedder = Prepared(SentenceTransformerEmbedder.load(), [])
    random = np.random.default_rng(0)
    real = [own for source in sources for own in originals(source)]
    real = [own for own in real if own.whole]
    folder = index_folder(home) / name
    folder.mkdir(parents=True)
    before = memory()["Rss"]
    began, draft, count = time.perf_counter(), Draft(folder, embedder, None), 0
    while draft.passages < passages:
        other = real[int(random.integers(len(real)))] if count >= len(real) else None
        draft.add(entry(real[count % len(real)], f"{count:08}", other, embedder.waiting))
        count += 1
    read = time.perf_counter() - began
    files = seal(folder, draft.finish({}))
    versions = replace(sources[0].manifest.versions, stories="")
    built = "2026-01-01T00:00:00+00:00"
    commit(
        home,
        Manifest(name, built, versions, count, draft.passages, draft.newest, name, files),
    )
    taken = time.perf_counter() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    size = sum(file.size for file in files.values()) / 1e9
    print(
        f"  written in {taken:.0f} s ({taken - read:.0f} s of it files), {most:.2f} GB of memory "
        f"({before:.2f} before the first), {size:.2f} GB on disk",
        flush=True,
    )


def memory() -> dict[str, float]:
    """Return gigabytes of this process by kind."""
    with open("/proc/self/smaps_rollup", encoding="ascii") as file:
        fields = [line.split() for line in file if line.endswith("kB\n")]
    return {name.rstrip(":"): int(size) / 1e6 for name, size, _ in fields}


def timed(retriever: Retriever, questions: Sequence[str]) -> str:
    wall, used = [], []
    for question in questions:
        begun, processor = time.perf_counter(), time.thread_time()
        retriever.retrieve(question, k=10)
        wall.append(1000 * (time.perf_counter() - begun))
        used.append(1000 * (time.thread_time() - processor))
    return (
        f"p50 {np.median(wall):.1f} ms, p95 {np.percentile(wall, 95):.1f} ms; "
        f"processor p50 {np.median(used):.1f} ms, p95 {np.percentile(used, 95):.1f} ms"
    )


def serve(home: Path, questions: Sequence[str], beside: Sequence[str], built: Path) -> None:
    """Print what asking costs; `beside` is the command of a build of `built` to run meanwhile."""
    began = time.perf_counter()
    retriever = Retriever.load(home)
    print(f"  opened in {time.perf_counter() - began:.1f} s, files verified", flush=True)
    for question in questions[:WARM]:
        retriever.retrieve(question, k=10)
    asked = questions[WARM : WARM + ASKED]
    print(f"  retrieve(k=10) alone: {timed(retriever, asked)}")
    own = memory()
    print(
        f"  serving takes {own['Rss']:.2f} GB, {own['Pss']:.2f} of it its share, and "
        f"{own['Anonymous']:.2f} without what is mapped from files"
    )
    building = subprocess.Popen(beside, stdout=subprocess.DEVNULL)
    while building.poll() is None and not built.exists():
        time.sleep(0.2)  # until it has read what it builds of
    said = timed(retriever, asked)
    going = building.poll() is None
    building.kill()
    building.wait()
    print(f"  beside a build: {said}{'' if going else ' (which ended meanwhile)'}", flush=True)
    compare(retriever, asked)


def compare(retriever: Retriever, questions: Sequence[str]) -> None:
    view = retriever.view()
    vectors = view._snapshot.vectors
    if vectors.sketches is None:
        print("  compared exactly")
        return
    queries = view._embedder.embed_queries(list(questions))
    found = [vectors.search(query, 10).rows for query in queries]
    hits = [{hit.passage for hit in view.retrieve(question, 10)} for question in questions]
    sketches, vectors.sketches = vectors.sketches, None
    exact = [vectors.search(query, 10).rows for query in queries]
    same = [{hit.passage for hit in view.retrieve(question, 10)} for question in questions]
    vectors.sketches = sketches
    recall = np.mean(
        [len(np.intersect1d(a, b)) / len(b) for a, b in zip(found, exact, strict=True)]
    )
    alike = np.mean([len(a & b) / len(b) for a, b in zip(hits, same, strict=True)])
    print(f"  recall@10 of the vectors {recall:.4f}; same of the ten retrieved {alike:.4f}")


def read_questions(path: Path) -> list[str]:
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open()
    with opened as lines:
        rows = [json.loads(line) for line in lines]
    alone = [row["question"] for row in rows if not row.get("history")]
    random = np.random.default_rng(1)
    return [alone[place] for place in random.permutation(len(alone))]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("homes", type=Path, nargs="+", help="homes with an index, only read")
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--passages", type=int, nargs="+", default=[54_000, 326_000, 1_000_000])
    parser.add_argument("--folder", type=Path, help="keep what is built here, and use it again")
    parser.add_argument("--step", choices=["build", "serve"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step == "build":
        build(given.homes, given.folder, given.passages[0])
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as scratch:
        beside = [sys.executable, __file__, *map(str, given.homes), "--questions"]
        built = Path(scratch) / "beside"
        beside += [str(given.questions), "--step", "build", "--folder", str(built)]
        if given.step == "serve":
            questions = read_questions(given.questions)
            serve(given.folder, questions, [*beside, "--passages", "1000000"], built)
            return
        for count in given.passages:
            print(f"{count:,} passages", flush=True)
            home = (given.folder or Path(scratch)) / str(count)
            steps = ("serve",) if home.is_dir() else ("build", "serve")
            for step in steps:
                home.mkdir(exist_ok=True)
                command = [sys.executable, *sys.argv, "--step", step, "--folder", str(home)]
                command += ["--passages", str(count)]
                subprocess.run(command, check=True, env=os.environ)
            if given.folder is None:
                shutil.rmtree(home)


if __name__ == "__main__":
    main()
