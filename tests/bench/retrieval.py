"""Terms alone, vectors alone, their mixture, the ranking in use, and other models: one table.

    python tests/bench/retrieval.py [--data ../shared/data] [--model NAME_OR_FOLDER]...
        [--reranker NAME_OR_FOLDER] [--home HOME_WITH_CLICK_ID] [--sets facqa idk_mrc gold]

FacQA and IDK-MRC: questions of the validation split, all passages of the file as corpus. Gold: the
questions over click_id's articles, history before them as plain text. A model that is named gets an
index of its own, "vectors" and the ranking over it; on gold that means embedding 55,000 passages.

Both halves are the ranking's code with other weights, so their milliseconds are those of a search
of both sides. `emb/s` are FacQA's passages embedded per second; times depend on who else uses the
machine. `gain` is what the ranking gains at recall@1, with its paired interval; bytes are those
of the model and of the index. A passage that is shown as a nearly equal other's copy is not found.
"""

import argparse
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from warta.assistant.evaluation.evaluate import (
    RANKERS,
    Measured,
    build_home,
    measure_setting,
    read_trials,
)
from warta.index.building.ingest import index_paths
from warta.index.embedding.embedder import SHIPPED, SentenceTransformerEmbedder
from warta.index.search.metrics import Judged, compare, read_questions
from warta.index.search.reranker import load_reranker
from warta.index.search.retriever import Retriever
from warta.index.snapshot.own_models import embedder_to_read

SETS = ("facqa", "idk_mrc", "gold")
HEAD = (
    f"{'set':<8} {'setting':<28} {'n':>4} {'R@1':>6} {'R@5':>6} {'R@10':>6} {'MRR':>6} "
    f"{'gain of the ranking, R@1':>25} {'emb/s':>7} {'ms':>6} {'p95':>6} "
    f"{'model B':>11} {'index B':>11}"
)


@dataclass(frozen=True)
class Asked:
    """A home with the questions over it, and what its embedder costs."""

    name: str
    home: Path
    questions: list[Judged]
    per_second: float
    model_bytes: int


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def model_folder(name: str | None) -> Path:
    if name is None or Path(name).is_dir():
        return Path(name) if name else SHIPPED
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(name, local_files_only=True))


def per_second(embedder, texts: list[str]) -> float:
    """Passages embedded per second, of a sample that takes neither an instant nor minutes."""
    embedder.embed_passages(texts[:8])
    for count in (32, 4096):
        began = time.perf_counter()
        embedder.embed_passages(texts[:count])
        seconds = time.perf_counter() - began
        if seconds > 0.1:
            break
    return min(count, len(texts)) / seconds


def of_trials(name: str, embedder, data: Path, home: Path) -> tuple[Path, list[Judged]]:
    trials = read_trials(data / "qa" / f"{name}.jsonl.gz")
    ids = build_home(trials, home, embedder)
    asked = [
        Judged(trial.id, trial.question, {ids[trial.context]: 1})
        for trial in trials
        if trial.split == "valid" and trial.answers
    ]
    return home, asked


def of_gold(embedder, data: Path, home: Path, ready: Path | None) -> tuple[Path, list[Judged]]:
    if ready is None:
        index_paths(home, [data / "news" / "click_id.jsonl.gz"], embedder=embedder)
    return ready or home, read_questions(data / "gold" / "dev.jsonl")


def prepared(given, name: str, model: str | None, folder: Path) -> tuple[Asked, object]:
    ready = given.home if model is None and name == "gold" else None
    embedder = embedder_to_read(ready) if ready else SentenceTransformerEmbedder.load(model)
    home = folder / f"{name}-{embedder.fingerprint}"
    if name == "gold":
        home, asked = of_gold(embedder, given.data, home, ready)
    else:
        home, asked = of_trials(name, embedder, given.data, home)
    texts = [trial.context for trial in read_trials(given.data / "qa" / "facqa.jsonl.gz")]
    speed = per_second(embedder, list(dict.fromkeys(texts)))
    return Asked(name, home, asked, speed, size(model_folder(model))), embedder


def measured(asked: Asked, embedder, setting: str, ranker=None, reranker=None) -> Measured:
    view = Retriever(embedder, asked.home, ranker, reranker).view()
    for question in asked.questions[:10]:
        view.retrieve(question.text)
    return measure_setting(setting, view, asked.questions)


def row(asked: Asked, found: Measured, best: Measured) -> str:
    answerable = np.asarray([bool(question.relevant) for question in found.questions])
    values = found.values[answerable]
    one, five, ten, mrr = values[:, :4].mean(axis=0)
    middle, high = 1000 * np.quantile(found.seconds, [0.5, 0.95])
    gain = compare(values[:, 0], best.values[answerable, 0]).difference
    shown = "" if found is best else f"{gain.mean:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"
    return (
        f"{asked.name:<8} {found.setting[-28:]:<28} {len(values):>4} {one:6.3f} {five:6.3f} "
        f"{ten:6.3f} {mrr:6.3f} {shown:>25} {asked.per_second:7.0f} {middle:6.1f} {high:6.1f} "
        f"{asked.model_bytes:11,} {size(asked.home / 'index'):11,}"
    )


def run(given, name: str, folder: Path) -> None:
    asked, embedder = prepared(given, name, None, folder)
    best = measured(asked, embedder, "ranking")
    for setting, ranker in RANKERS.items():
        print(row(asked, measured(asked, embedder, setting, ranker), best), flush=True)
    print(row(asked, best, best), flush=True)
    if reranker := load_reranker(given.reranker):
        again = measured(asked, embedder, f"ranking + {given.reranker}", None, reranker)
        print(row(asked, again, best), flush=True)
    for model in given.model:
        other, embedder = prepared(given, name, model, folder)
        for setting, ranker in (("vectors", RANKERS["vectors"]), ("ranking", None)):
            found = measured(other, embedder, f"{setting}, {Path(model).name}", ranker)
            print(row(other, found, best), flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--model", action="append", default=[], help="repeatable")
    parser.add_argument("--reranker", default="", help="name or folder of a cross-encoder")
    parser.add_argument("--home", type=Path, help="a home with click_id, not to be built again")
    parser.add_argument("--homes", type=Path, help="keep all other homes here, to be used again")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    given = parser.parse_args()
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in given.sets:
            run(given, name, given.homes or Path(folder))


if __name__ == "__main__":
    main()
