"""Train the embedder further on one's own archive: no labels, minutes on two cores.

Headlines and sentences are asked of the articles they come from, so the table learns the names
and topics of this archive. Some headlines are held out (their articles' texts are not: they will
be searched too); the new weights are written only when these headlines find their articles
measurably better than before.
"""

import hashlib
import logging
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warta.corpus.article import Article
from warta.corpus.errors import InputError, TrainingError
from warta.index.building.build import silent
from warta.index.embedding.embedder import SHIPPED, StaticTable, is_static
from warta.index.search.metrics import Comparison, bootstrap, compare
from warta.index.training.embedder import (
    EmbedderRecipe,
    save_model,
    starts_word,
    tokenize_with,
    train_table,
)
from warta.index.training.pairs import (
    Document,
    Pairs,
    Row,
    lay_out,
    sentences_in_windows,
    titles_to_windows,
)

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]

ADAPT = EmbedderRecipe(steps=300, batch=2048, rate=0.01, seed=11)
_FEWEST = 400  # articles with a headline; below that the held-out ones say nothing
_HELD_OUT = 10  # every tenth headline is for measuring, at most 1,000
_SKETCH = 120  # words of an article that are one passage in the measurement


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What training did: recall@10 of held-out headlines -> article, vectors alone.

    `change`: paired comparison on the same headlines; `folder`: where the weights are.
    """

    before: float
    after: float
    change: Comparison
    articles: int
    headlines: int
    seconds: float
    folder: Path

    def to_dict(self) -> dict[str, Any]:
        """Return the shape of `warta train --json`: recall@10 of held-out headlines.

        `gain` is the mean difference with the bounds of its 95 % interval.
        """
        gain = self.change.difference
        return {
            "before": round(self.before, 4),
            "after": round(self.after, 4),
            "gain": [round(bound, 4) for bound in (gain.mean, gain.low, gain.high)],
            "articles": self.articles,
            "headlines": self.headlines,
            "seconds": round(self.seconds, 1),
            "folder": str(self.folder),
        }

    def lines(self) -> list[str]:
        """Return what training gained, as it is read on a terminal."""
        return [
            f"Trained on {self.articles:,} articles in {self.seconds:.0f} s.",
            f"Of {self.headlines:,} headlines it had not seen, {self.before:.3f} found their "
            f"article among ten before, {self.after:.3f} find it now "
            f"(gain {self.change.difference}).",
            "The next `warta index` uses the new weights.",
        ]


def train_on_archive(
    articles: Sequence[Article],
    out: Path,
    base_model: Path | None = None,
    progress: Progress | None = None,
    recipe: EmbedderRecipe = ADAPT,
) -> TrainReport:
    """Train on from `base_model` (None: the one that ships) and write the weights to `out`.

    `progress(stage, done, total)`. Raises TrainingError when the archive is too small or the
    held-out headlines do not gain beyond chance, and then leaves `out` as it was; InputError
    when the base is not a static model.
    """
    began = time.perf_counter()
    tell = progress or silent
    base = base_model or SHIPPED
    if not is_static(base):
        raise InputError(f"{base} is not a static model.", "Only those can be trained here.")
    usable = [article for article in articles if len(article.title.split()) >= 3]
    if len(usable) < _FEWEST:
        raise TrainingError(
            f"Only {len(usable)} articles have a headline; training needs {_FEWEST}.",
            "Index more articles first; until then the model that ships is in use.",
        )
    asked = _held_out(usable)
    model = StaticTable.read(base)
    judge = _Judge.of(articles, [usable[number] for number in asked])
    tell("measuring", 0, 1)
    before = judge.found(model)
    unseen = {usable[number].id for number in asked}
    documents = [
        Document("" if article.id in unseen else article.title, article.text)
        for article in articles
    ]
    table = _train(model, documents, recipe, tell)
    trained = StaticTable(model.tokenizer, table, {})
    tell("measuring", 0, 1)
    after = judge.found(trained)
    change = compare(before, after)
    log.info("held-out headlines: %s before, %s after", bootstrap(before), bootstrap(after))
    if change.difference.low <= 0:
        raise TrainingError(
            f"Training did not gain: held-out headlines found {before.mean():.3f} before and "
            f"{after.mean():.3f} after.",
            "The weights in use were kept.",
        )
    _replace_folder(out, trained)
    return TrainReport(
        float(before.mean()), float(after.mean()), change, len(articles), len(asked),
        time.perf_counter() - began, out,
    )  # fmt: skip


def _held_out(articles: Sequence[Article]) -> list[int]:
    """Every tenth article, chosen by its id: the same ones whenever the archive is trained on."""
    keys = [hashlib.sha256(article.id.encode()).digest() for article in articles]
    chosen = [number for number, key in enumerate(keys) if key[0] % _HELD_OUT == 0]
    return sorted(sorted(chosen, key=lambda number: keys[number])[:1000])


@dataclass(frozen=True, slots=True)
class _Judge:
    """Held-out headlines against the text of all articles, headline left out."""

    passages: list[str]
    owner: NDArray[np.int64]
    headlines: list[str]
    wanted: NDArray[np.int64]

    @classmethod
    def of(cls, articles: Sequence[Article], asked: Sequence[Article]) -> "_Judge":
        passages: list[str] = []
        owner: list[int] = []
        for number, article in enumerate(articles):
            words = article.text.split()
            for begin in range(0, max(1, len(words) - 20), _SKETCH):
                passages.append(" ".join(words[begin : begin + _SKETCH]))
                owner.append(number)
        places = {article.id: number for number, article in enumerate(articles)}
        wanted = np.asarray([places[article.id] for article in asked])
        headlines = [article.title for article in asked]
        return cls(passages, np.asarray(owner), headlines, wanted)

    def found(self, model: StaticTable, k: int = 10) -> NDArray[np.float64]:
        """1.0 for each headline whose article is among the first k, else 0.0: (headlines,)."""
        passages = _unit(model.encode(self.passages, ""))
        firsts = np.flatnonzero(np.diff(self.owner, prepend=-1))
        hits = []
        queries = _unit(model.encode(self.headlines, ""))
        for part, wanted in zip(
            np.array_split(queries, 20), np.array_split(self.wanted, 20), strict=True
        ):
            scores = np.maximum.reduceat(part @ passages.T, firsts, axis=1)
            own = scores[np.arange(len(part)), wanted]
            hits.append((scores > own[:, None]).sum(axis=1) < k)
        found: NDArray[np.float64] = np.concatenate(hits).astype(np.float64)
        return found


def _train(
    model: StaticTable, documents: Sequence[Document], recipe: EmbedderRecipe, tell: Progress
) -> NDArray[np.float32]:
    flags = starts_word(model.tokenizer)
    row = lay_out(documents, tokenize_with(model.tokenizer), flags)
    dim = model.dim
    dims = ((dim, 1.0), *(pair for pair in recipe.dims if pair[0] < dim))
    recipe = replace(recipe, dim=dim, dims=dims, batch=min(recipe.batch, len(documents)))

    def show(step: int, steps: int, loss: float) -> None:
        tell("training", step, steps)

    return train_table(row, _Draw.over(row, recipe.batch), recipe, model.table, show)


@dataclass(frozen=True, slots=True)
class _Draw:
    """A batch: headlines and words of sentences, each asked of its article.

    `titled`: (s,) numbers of the sentences whose article has a headline to learn from.
    """

    row: Row
    batch: int
    titled: NDArray[np.int64]

    @classmethod
    def over(cls, row: Row, batch: int) -> "_Draw":
        has_title = row.titles[row.owner, 1] > row.titles[row.owner, 0]
        return cls(row, batch, np.flatnonzero(has_title))

    def __call__(self, rng: np.random.Generator) -> Pairs:
        heads = self.batch // 3
        titled = self.titled[rng.integers(len(self.titled), size=heads)]
        sentence = rng.integers(len(self.row.sentences), size=self.batch - heads)
        nothing = np.zeros((1, 2), dtype=np.int64)
        return Pairs.join(
            [
                titles_to_windows(self.row, titled, rng),
                sentences_in_windows(self.row, sentence, nothing, rng, headed=0.5),
            ]
        )


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(lengths, np.float32(1e-9))
    return unit


def _replace_folder(out: Path, model: StaticTable) -> None:
    """Write beside `out`, then rename: a reader sees the old weights or the new."""
    fresh, old = out.with_name(out.name + ".new"), out.with_name(out.name + ".old")
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    save_model(fresh, model.table, model.tokenizer)
    for path in fresh.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)
