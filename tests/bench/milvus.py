"""An archive over a home and over Milvus, here milvus-lite: the same finds, exact filters, steps.

    python -P tests/bench/milvus.py HOME --questions index/training/questions.jsonl.gz \
        [--milvus URI] [--articles 10000] [--only finds steps]

(-P: beside this file lies one that is called as the requests that pymilvus uses.) HOME is only
read. `finds`: its snapshot is published, then 200 questions with known articles are asked of both:
recall@10 by article, how many of the ten passages are the same, and within days, within outlets or
with both around the article: what comes is within, and the passages within are exactly those that
the columns name. `steps`: half of some articles are published, then all, then a tenth changed and a
tenth removed; the end is compared, row by row and file by file, with the same articles published
from nothing. Both end with an error where they should be equal and are not.
"""

import argparse
import gzip
import hashlib
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from warta.corpus.archive.archive import Archive
from warta.corpus.article import Article
from warta.index.building.build import build
from warta.index.candidates import Filter, Hit, fold_source
from warta.index.distributed.milvus import ARTICLES, HEAD, PASSAGES, Milvus
from warta.index.distributed.publish import PARTS, publish, read_files
from warta.index.distributed.retriever import MilvusRetriever, open_generation
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.search.retriever import Retriever
from warta.index.snapshot.shelf import open_snapshot
from warta.index.snapshot.snapshot import Snapshot

K = 10
WITHIN = 0.01  # that recall may differ
COMPARED = 6_000  # passages that a filter may let through to be compared whole
FILES = ("passages_of", "published", "copy_of", "sources", "hidden", "lengths", "vocabulary",
         "frequency", "words", "links")  # fmt: skip
_FIELDS = ("number", "vector", "terms", "article", "start", "end", "day", "outlet", "tokens")


def asked(path: Path, ids: set[str], count: int) -> list[dict[str, Any]]:
    """Draw questions without a history whose articles are all in the archive."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows = [row for row in rows if row["article_ids"] and not row["history"]]
    rows = [row for row in rows if ids.issuperset(row["article_ids"])]
    return random.Random(0).sample(rows, min(count, len(rows)))


def published(snapshot: Snapshot, milvus: Milvus) -> None:
    """Publish, and print what it took."""
    began, processor = time.perf_counter(), time.process_time()
    publish(snapshot, milvus)
    print(
        f"{len(snapshot.published):,} articles, {len(snapshot):,} passages published in "
        f"{time.perf_counter() - began:.0f} s (processor {time.process_time() - processor:.0f} s)",
        flush=True,
    )


def finds(home: Path, address: str, questions: Path, count: int) -> None:
    """Ask both; print and hold what they find."""
    snapshot = open_snapshot(home).snapshot
    published(snapshot, Milvus.connect(address))
    embedder = SentenceTransformerEmbedder.load(None)
    sides = Retriever.load(home, embedder), MilvusRetriever.connect(address, embedder=embedder)
    ids = {one.id for batch in _batches(snapshot) for one in batch}
    rows = asked(questions, ids, count)
    found, said = [], []
    for side in sides:
        side.retrieve("pemanasan", K)
        hits, taken = [], []
        for row in rows:
            began = time.perf_counter()
            hits.append(side.retrieve(row["question"], K))
            taken.append(1000 * (time.perf_counter() - began))
        found.append(hits)
        said.append(f"{np.median(taken):.0f} ms")
    recall = [_recall(side, rows) for side in found]
    print(
        f"{len(rows)} questions: recall@{K} by article {recall[0]:.4f} over the home, "
        f"{recall[1]:.4f} over Milvus; the same of the ten passages {_alike(*found):.4f}; "
        f"p50 {' and '.join(said)}",
        flush=True,
    )
    filters(sides, rows)
    if abs(recall[0] - recall[1]) > WITHIN:
        sys.exit("recall differs by more than it may")


def _recall(found: Sequence[Sequence[Hit]], rows: Sequence[dict[str, Any]]) -> float:
    pairs = zip(found, rows, strict=True)
    right = [{hit.article.id for hit in hits} & set(row["article_ids"]) for hits, row in pairs]
    return float(np.mean(list(map(bool, right))))


def _alike(ours: Sequence[Sequence[Hit]], theirs: Sequence[Sequence[Hit]]) -> float:
    pairs = [
        ({hit.passage for hit in one}, {hit.passage for hit in other})
        for one, other in zip(ours, theirs, strict=True)
    ]
    return float(np.mean([len(a & b) / max(len(a), len(b), 1) for a, b in pairs]))


def filters(sides: tuple[Retriever, Retriever], rows: Sequence[dict[str, Any]]) -> None:
    """Ask both within days, outlets or both, by turns, around each question's article."""
    local, remote = (side.view()._snapshot for side in sides)
    chance = random.Random(1)
    vectors = sides[0]._embedder.embed_queries([row["question"] for row in rows])
    wrong, compared, sizes, found = 0, 0, [], ([], [])
    for turn, (row, vector) in enumerate(zip(rows, vectors, strict=True)):
        right = local.article_by_id(row["article_ids"][0])
        day = right.published if turn % 3 != 1 else None
        until = day and day + timedelta(chance.randrange(2))
        outlets = [right.source, chance.choice(local.sources)] if turn % 3 else None
        only = Filter(day, until, frozenset(map(fold_source, outlets)) if outlets else None)
        allowed = _allowed(local, only)
        sizes.append(len(allowed))
        for side, kept in zip(sides, found, strict=True):
            hits = side.retrieve(row["question"], K, day, until, outlets)
            wrong += sum(not _within(hit.article, only) for hit in hits)
            kept.append(hits)
        if len(allowed) <= COMPARED:
            near = remote.nearest(vector, len(allowed) + 5, only).rows
            wrong += not np.array_equal(np.sort(near), allowed)
            compared += 1
    print(
        f"{len(sizes)} filters that let through {np.median(sizes):.0f} passages at the median, "
        f"{min(sizes)} to {max(sizes)}, {compared} compared whole: {wrong} wrong; the same of the "
        f"ten {_alike(*found):.4f}",
        flush=True,
    )
    if wrong:
        sys.exit("filters are not exact")


def _allowed(snapshot: Snapshot, only: Filter) -> np.ndarray:
    """The passages that a filter lets through, by the columns alone."""
    days = snapshot.published
    fits = np.ones(len(days), bool)
    if only.first_day:
        fits &= (days >= only.first_day) & (days <= only.last_day)
    if only.sources is not None:
        fits &= np.array([fold_source(name) in only.sources for name in snapshot.sources])
    return np.flatnonzero(fits[snapshot.article_of])


def _within(article: Article, only: Filter) -> bool:
    day = article.published.toordinal() if article.published else 0
    dated = not only.first_day or only.first_day <= day <= only.last_day
    return dated and (only.sources is None or fold_source(article.source) in only.sources)


def _batches(snapshot: Snapshot) -> Iterator[list[Article]]:
    count = len(snapshot.published)
    for at in range(0, count, 500):
        yield list(snapshot.texts.articles(list(range(at, min(at + 500, count)))).values())


def stored(milvus: Milvus) -> dict[str, str]:
    """Digests of all that is live: every row of articles and passages, every file."""
    generation = milvus.live()
    snapshot = open_generation(milvus, generation)
    found = {}
    numbers = list(range(len(snapshot)))
    articles = [number * PARTS for number in range(len(snapshot.published))]
    for kind, keys, fields in (
        (PASSAGES, numbers, _FIELDS), (ARTICLES, articles, ("part", "last", "name", "data")),
    ):  # fmt: skip
        digest = hashlib.sha256()
        for at in range(0, len(keys), 500):
            rows = milvus.rows(generation, kind, keys[at : at + 500], fields)
            for row in sorted(rows, key=lambda one: one[fields[0]]):
                digest.update(repr([_plain(row[name]) for name in fields]).encode())
        found[kind] = digest.hexdigest()
    files = read_files(milvus, generation, FILES)
    return found | {f"{HEAD} {name}": hashlib.sha256(data).hexdigest()
                    for name, data in files.items()}  # fmt: skip


def _plain(value: Any) -> Any:
    """A field as it is compared; the day of an update tells how an archive came about."""
    if isinstance(value, dict):
        return sorted(value.items())
    if isinstance(value, str) and value.startswith("{"):
        return sorted((json.loads(value) | {"updated": ""}).items())
    return value if isinstance(value, (str, int)) else np.asarray(value, np.float32).tolist()


def steps(home: Path, milvus: tuple[Milvus, Milvus], scratch: Path, count: int) -> None:
    """Add, change and remove; then compare with a build from nothing."""
    articles = [one for batch in _batches(open_snapshot(home).snapshot) for one in batch][:count]
    chance, embedder = random.Random(2), SentenceTransformerEmbedder.load(None)
    moved = chance.sample(range(len(articles)), len(articles) // 5)
    gone = {articles[at].id for at in moved[::2]}
    changed = {
        articles[at].id: replace(articles[at], text=f"{articles[at].text}\n\nDiralat pukul {at}.")
        for at in moved[1::2]
    }
    end = [changed.get(one.id, one) for one in articles if one.id not in gone]
    halves = chance.sample(articles, len(articles) // 2)
    grown, clean = milvus
    for wanted in (halves, articles, end):
        _fill(scratch / "grown", wanted, embedder)
        published(open_snapshot(scratch / "grown").snapshot, grown)
    _fill(scratch / "clean", end, embedder)
    published(open_snapshot(scratch / "clean").snapshot, clean)
    one, other = stored(grown), stored(clean)
    unequal = [name for name in one | other if one.get(name) != other.get(name)]
    print(
        f"{len(articles):,} articles in steps, {len(changed):,} changed and {len(gone):,} removed: "
        f"{len(one)} parts compared, unequal: {unequal or 'none'}",
        flush=True,
    )
    if unequal:
        sys.exit("steps and a build from nothing differ")


def _fill(home: Path, articles: Sequence[Article], embedder: SentenceTransformerEmbedder) -> None:
    home.mkdir(exist_ok=True)
    wanted = {one.id for one in articles}
    with Archive.open(home) as archive:
        archive.forget(set(archive.hashes()) - wanted)
        archive.put_many((one, "") for one in articles)
    build(home, embedder)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="a home with an index, only read")
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--count", type=int, default=200, help="questions")
    parser.add_argument("--milvus", default="", help="a server; else milvus-lite in a folder")
    parser.add_argument("--articles", type=int, default=10_000, help="of the steps")
    parser.add_argument("--only", choices=("finds", "steps"), nargs="+", default=("finds", "steps"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(shutil.copytree(given.home, f"{folder}/home"))
        place = given.milvus or f"{folder}/milvus.db"
        if "finds" in given.only:
            finds(home, place, given.questions, given.count)
        if "steps" in given.only:
            names = ("grown", "clean")
            both = [Milvus.connect(f"{place}#{name}") for name in names]
            steps(home, (both[0], both[1]), Path(folder), given.articles)


if __name__ == "__main__":
    main()
