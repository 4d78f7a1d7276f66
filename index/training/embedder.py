"""Train the embedder that ships, and one further on one's own archive: on two cores, in minutes.

`python -m warta.index.training.embedder --data ../shared/data --out index/embedding/model`
rebuilds the shipped weights.
The model is one table of token vectors with a learned weight for each token; a text is the
weighted mean of its tokens. It learns by telling the passage that belongs to a query from the
other passages of the batch, in both directions (InfoNCE with in-batch negatives, van den Oord et
al. 2018), on its first dimensions too (Matryoshka, Kusupati et al. 2022).

On an archive no labels are needed: headlines and sentences are asked of the articles they come
from, so the table learns its names and topics. Some headlines are held out (their articles' texts
are not: they will be searched too); the new weights are written only when these headlines find
their articles measurably better than before.
"""

import argparse
import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from warta.corpus.article import Article
from warta.corpus.errors import InputError, TrainingError
from warta.index.building.build import silent
from warta.index.embedding.embedder import SHIPPED, StaticTable, is_static
from warta.index.search.metrics import Comparison, bootstrap, compare
from warta.index.training.pairs import (
    Document,
    Offsets,
    Pairs,
    Row,
    gather,
    lay_out,
    sentences_in_windows,
    titles_to_windows,
)
from warta.index.training.training_sets import PairMix, like_near_like, load_sets

if TYPE_CHECKING:
    import torch


Draw = Callable[[np.random.Generator], Pairs]

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]

_FEWEST = 400  # articles with a headline; below that the held-out ones say nothing
_HELD_OUT = 10  # every tenth headline is for measuring, at most 1,000
_SKETCH = 120  # words of an article that are one passage in the measurement


@dataclass(frozen=True, slots=True)
class EmbedderRecipe:
    """How to train: `dims` are the leading dimensions that each get a loss, with its weight."""

    steps: int = 800
    batch: int = 4096
    dim: int = 512
    dims: tuple[tuple[int, float], ...] = ((512, 1.0), (256, 0.3), (128, 0.2))
    vocabulary: int = 48_000
    rate: float = 0.02
    warmup: float = 0.1
    scale: float = 25.0
    rarity: float = 1e-4
    seed: int = 7


ADAPT = EmbedderRecipe(steps=300, batch=2048, rate=0.01, seed=11)


FIRST = EmbedderRecipe(steps=700)
THEN = EmbedderRecipe(steps=300, rate=0.006, seed=8)
TOY = EmbedderRecipe(steps=3, batch=50, dim=8, dims=((8, 1.0), (4, 0.5)), vocabulary=300)
"""Tries the command out in a second: a model that learns nothing."""
OWN_SHARE = 0.2


def train_tokenizer(texts: Sequence[str], size: int) -> Any:
    """Return a WordPiece tokenizer: lower case, accents stripped, `size` entries."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, special_tokens=["[PAD]", "[UNK]"], limit_alphabet=400,
        min_frequency=3, show_progress=False,
    )  # fmt: skip
    tokenizer.train_from_iterator(texts, trainer, length=len(texts))
    return tokenizer


def read_tokenizer(path: Path) -> Any:
    """Return the tokenizer of a model folder's tokenizer.json."""
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))


def starts_word(tokenizer: Any) -> NDArray[np.bool_]:
    """(vocabulary,) whether a token begins a word."""
    flags = np.ones(tokenizer.get_vocab_size(), dtype=np.bool_)
    for token, number in tokenizer.get_vocab().items():
        flags[number] = not token.startswith("##")
    return flags


def tokenize_with(tokenizer: Any) -> Callable[[Sequence[str]], list[list[int]]]:
    """Texts -> token ids, as the embedder will see them."""

    def tokenize(texts: Sequence[str]) -> list[list[int]]:
        encoded = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [item.ids for item in encoded]

    return tokenize


def _rarity_weights(ids: NDArray[np.int32], size: int, a: float) -> NDArray[np.float32]:
    """Smooth inverse frequency, a / (a + p), of every token (Arora et al. 2017)."""
    counts = np.bincount(ids, minlength=size)
    share = counts / max(1, counts.sum())
    weights: NDArray[np.float32] = (a / (a + share)).astype(np.float32)
    return weights


def _contrast(
    queries: "torch.Tensor", passages: "torch.Tensor", same: "torch.Tensor", recipe: EmbedderRecipe
) -> "torch.Tensor":
    """Cross entropy of each query's own passage among all of the batch, and the reverse.

    Shorter dimensions are judged on every fourth pair: enough to keep them useful.
    """
    from torch.nn import functional

    total = queries.new_zeros(())
    for dim, weight in recipe.dims:
        every = 1 if dim == recipe.dim else 4
        left = functional.normalize(queries[::every, :dim], dim=1)
        right = functional.normalize(passages[::every, :dim], dim=1)
        loss = _both_ways().apply(left, right, same[::every, ::every], recipe.scale)
        total = total + weight * loss
    return total


@cache
def _both_ways() -> Any:
    """Symmetric InfoNCE with its gradient written out: four times as fast as autograd's on a CPU.

    Products are in bfloat16 (sums in float32). Cosines never exceed 1, so one exp(score − scale)
    serves both softmaxes.
    """
    import torch

    class BothWays(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, left: Any, right: Any, same: Any, scale: float) -> Any:
            short_left, short_right = left.bfloat16(), right.bfloat16()
            odds = (short_left @ short_right.T).float().sub_(1).mul_(scale).exp_()
            odds.masked_fill_(same, 0.0)
            rows, columns = odds.sum(1), odds.sum(0)
            own = ((left * right).sum(1) - 1) * scale
            ctx.save_for_backward(left, right, short_left, short_right, odds, rows, columns)
            ctx.scale = scale
            return ((rows.log() + columns.log()) / 2 - own).mean()

        @staticmethod
        def backward(ctx: Any, *upstream: Any) -> Any:
            left, right, short_left, short_right, odds, rows, columns = ctx.saved_tensors
            share = odds.mul_((0.5 / rows)[:, None] + (0.5 / columns)[None, :]).bfloat16()
            factor = upstream[0] * ctx.scale / len(left)
            to_left = ((share @ short_right).float() - right) * factor
            to_right = ((share.T @ short_left).float() - left) * factor
            return to_left, to_right, None, None

    return BothWays


@dataclass(frozen=True, slots=True)
class _PairBatch:
    """Token ids and beginnings of both sides, and which pairs must not be set against another."""

    queries: tuple[Offsets, Offsets]
    passages: tuple[Offsets, Offsets]
    same: NDArray[np.bool_]


def _make_batch(row: Row, draw: Draw, seed: int, step: int) -> _PairBatch:
    """Draw the pairs of one step; each step has its own random numbers."""
    rng = np.random.default_rng((seed, step))
    pairs = draw(rng)
    same = pairs.group[:, None] == pairs.group[None, :]
    np.fill_diagonal(same, False)
    return _PairBatch(
        gather(row, pairs.queries, pairs.keep, rng), gather(row, pairs.passages, None, rng), same
    )


def train_table(
    row: Row,
    draw: Draw,
    recipe: EmbedderRecipe,
    start: NDArray[np.float32] | None = None,
    progress: Callable[[int, int, float], None] | None = None,
) -> NDArray[np.float32]:
    """Train and return the (vocabulary, dim) float32 table, token weights folded in.

    `start`: a table to go on from; None begins with random directions weighted by rarity, which
    already matches like a rough BM25. `progress(step, steps, loss)` is called after every step.
    """
    import torch
    from torch.nn import functional

    size = len(row.starts_word)
    if start is None:
        table = _own_directions(size, recipe)
        weight = torch.from_numpy(np.log(_rarity_weights(row.ids, size, recipe.rarity)))
    else:
        norms = np.maximum(np.linalg.norm(start, axis=1), 1e-6)
        table = torch.from_numpy(start / norms[:, None] * np.float32(recipe.dim**0.5))
        weight = torch.from_numpy(np.log(norms / recipe.dim**0.5).astype(np.float32))
    table.requires_grad_(True)
    weight.requires_grad_(True)
    optimizer = torch.optim.Adam([table, weight], lr=recipe.rate, betas=(0.9, 0.99), fused=True)

    def pool(side: tuple[Offsets, Offsets]) -> torch.Tensor:
        ids, begins = torch.from_numpy(side[0]), torch.from_numpy(side[1])
        return functional.embedding_bag(
            ids, table, begins, mode="sum", per_sample_weights=weight[ids].exp()
        )

    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(_make_batch, row, draw, recipe.seed, 0)
        for step in range(recipe.steps):
            batch = coming.result()
            coming = ahead.submit(_make_batch, row, draw, recipe.seed, step + 1)
            for group in optimizer.param_groups:
                group["lr"] = recipe.rate * _schedule(step, recipe)
            optimizer.zero_grad()
            loss = _contrast(
                pool(batch.queries), pool(batch.passages), torch.from_numpy(batch.same), recipe
            )
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            if progress:
                progress(step + 1, recipe.steps, float(loss.detach()))
    with torch.no_grad():
        folded: NDArray[np.float32] = (table * weight.exp()[:, None]).numpy()
    return folded


def _schedule(step: int, recipe: EmbedderRecipe) -> float:
    """Linear warm-up, then linear decay to nothing."""
    warm = max(1, int(recipe.warmup * recipe.steps))
    if step < warm:
        return (step + 1) / warm
    return (recipe.steps - step) / max(1, recipe.steps - warm)


def save_model(folder: Path, table: NDArray[np.float32], tokenizer: Any) -> None:
    """Write a folder that plain `SentenceTransformer(folder)` loads.

    The table is stored as int8 with one float32 scale a token (the layout of model2vec, which
    StaticEmbedding multiplies out on loading): a quarter of the bytes.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    scale = np.maximum(np.abs(table).max(axis=1), 1e-12) / 127
    rows = np.clip(np.rint(table / scale[:, None]), -127, 127).astype(np.int8)
    save_file(
        {"embeddings": rows, "weights": scale.astype(np.float32)}, folder / "model.safetensors"
    )
    (folder / "model.safetensors").chmod(0o644)  # the library writes for the owner alone
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    library = "sentence_transformers"
    static = f"{library}.sentence_transformer.modules.static_embedding.StaticEmbedding"
    normalize = f"{library}.base.modules.normalize.Normalize"
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": static},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": normalize},
    ]
    settings = {
        "model_type": "SentenceTransformer",
        "prompts": {"query": "", "document": ""},
        "similarity_fn_name": "cosine",
    }
    (folder / "1_Normalize").mkdir(exist_ok=True)
    (folder / "1_Normalize" / "config.json").write_text("{}\n", encoding="utf-8")
    for name, content in (
        ("modules.json", modules),
        ("config_sentence_transformers.json", settings),
    ):
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _own_directions(size: int, recipe: EmbedderRecipe) -> "torch.Tensor":
    """A random direction for each token, (size, dim), the same ones for the same seed."""
    import torch

    torch.manual_seed(recipe.seed)
    return torch.randn(size, recipe.dim)


def sharpen(
    table: NDArray[np.float32], recipe: EmbedderRecipe, share: float
) -> NDArray[np.float32]:
    """Give each token back a share of the direction it began with.

    Training makes words of one topic alike; what is each word's own sharpens exact matches.
    """
    own = _own_directions(len(table), recipe).numpy() / np.float32(recipe.dim**0.5)
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    sharper: NDArray[np.float32] = table + np.float32(share) * lengths * own
    return sharper


def train_shipped(
    data: Path,
    out: Path,
    first: EmbedderRecipe,
    then: EmbedderRecipe,
    *,
    tokens: Path | None = None,
    without: int | None = None,
) -> None:
    """Train the shipped weights from scratch and write them to `out`.

    `first` learns with random negatives; `then` goes on with batches in which like texts meet,
    grouped by what `first` has learned. `tokens` is a tokenizer to keep, None trains one anew: its
    trainer breaks ties as it likes, so only a kept one gives the same weights again. `without`
    leaves out one half of the questions, for training the ranking on top.
    """
    sets = load_sets(data, without=without)
    log.info("read %d texts", len(sets.documents))
    if tokens:
        tokenizer = read_tokenizer(tokens)
    else:
        texts = [text for item in sets.documents for text in (item.title, item.text) if text]
        tokenizer = train_tokenizer(texts, first.vocabulary)
    row = lay_out(sets.documents, tokenize_with(tokenizer), starts_word(tokenizer))
    log.info("laid out %d tokens", len(row.ids))
    mixture = PairMix(row, sets, first.batch)
    table = train_table(row, mixture, first, progress=_report)
    rng = np.random.default_rng(first.seed)
    orders = {name: like_near_like(row, table, sets.ranges[name], rng) for name in ("news", "wiki")}
    log.info("grouped like texts")
    harder = replace(mixture, orders=orders, batch=then.batch)
    table = train_table(row, harder, then, start=table, progress=_report)
    save_model(out, sharpen(table, first, OWN_SHARE), tokenizer)


def _report(step: int, steps: int, loss: float) -> None:
    if step % 50 == 0 or step == steps:
        log.info("step %d of %d: loss %.3f", step, steps, loss)


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


def main(arguments: Sequence[str] | None = None) -> None:
    """Rebuild the shipped weights from the training data."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/, qa/, news/")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.json to keep; else trained anew")
    parser.add_argument(
        "--without", type=int, choices=(0, 1), help="half of the questions to leave out"
    )
    parser.add_argument("--toy", action="store_true", help="a few steps, to try the command out")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    first, then = (TOY, TOY) if chosen.toy else (FIRST, THEN)
    train_shipped(
        chosen.data, chosen.out, first, then, tokens=chosen.tokenizer, without=chosen.without
    )


if __name__ == "__main__":
    main()
