"""Training of the ranking that ships: `python -m warta.index.training.ranking --help`.

Listwise: among the passages found for a question, those that answer it shall get the probability
(ListNet, Cao and others 2007, with the right ones summed). A few networks that differ only in
their seed are averaged: one alone varies by two points of recall from seed to seed.
"""

import argparse
import json
import logging
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from warta.corpus.archive.archive import Archive
from warta.corpus.article import Article
from warta.index.building.build import build
from warta.index.embedding.embedder import Embedder, SentenceTransformerEmbedder
from warta.index.search.evidence import PAIR, PASSAGE, QUESTION, TERM, Evidence
from warta.index.search.network import FEATURES, FORMAT, SHIPPED
from warta.index.search.retriever import Retriever
from warta.index.training.training_sets import (
    half_of,
    held_out,
    passages_of,
    questions,
    sentence_pairs,
)

# Questions with the passages that answer them, as the learned ranking sees them when it learns.

_OTHERS = 4  # one of so many sentence pairs that the embedder learned is there to be told apart
_HISTORY = 0.3  # share of varied questions that come after another one


@dataclass(frozen=True, slots=True)
class Example:
    """What is known of the c passages found for one question, and which of them answer it.

    `right`: (c,) bool, true for at least one. `weight`: what the question counts in training.
    """

    evidence: Evidence
    right: NDArray[np.bool_]
    weight: float


@dataclass(frozen=True, slots=True)
class _Searched:
    question: str
    passage: str
    weight: float = 1.0


def examples(data: Path, halves: Sequence[Embedder]) -> list[Example]:
    """Search every training question with the embedder that has not learned it.

    `halves`: embedders trained without half 0 and without half 1 of the questions. FacQA and
    TyDi QA are searched among all their passages; held-out English sentences among Indonesian
    ones. A question whose passage is not found teaches nothing and is left out.
    """
    found: list[Example] = []
    rng = np.random.default_rng(0)
    allowed = set(questions(data))
    for name in ("facqa", "tydiqa_id"):
        texts, pairs = passages_of(data, name)
        for half, embedder in enumerate(halves):
            asked = [
                _Searched(question, passage)
                for question, passage in pairs
                if (question, passage) in allowed and half_of(passage) == half
            ]
            found += _searched(texts, asked + list(_varied(asked, rng)), embedder)
            log.info("%s, half %d: %d examples so far", name, half, len(found))
    pairs = list(sentence_pairs(data))
    kept = [pair for number, pair in enumerate(pairs) if held_out(number)]
    others = [pair for number, pair in enumerate(pairs) if not held_out(number)][::_OTHERS]
    texts = [indonesian for _, indonesian in kept + others]
    asked = [_Searched(english, indonesian, 0.5) for english, indonesian in kept]
    return found + _searched(texts, asked, halves[0])


def _varied(asked: Sequence[_Searched], rng: np.random.Generator) -> Iterator[_Searched]:
    """Yield questions after another one on their passage, and such with a word or two left out."""
    on_passage: Mapping[str, list[str]] = defaultdict(list)
    for one in asked:
        on_passage[one.passage].append(one.question)
    for one in asked:
        others = [question for question in on_passage[one.passage] if question != one.question]
        words = one.question.split()
        if others and rng.random() < _HISTORY:
            before = others[rng.integers(len(others))]
            yield _Searched(f"{before} {one.question}", one.passage, 0.6)
        elif len(words) >= 5:
            out = set(rng.choice(len(words), 1 if len(words) < 8 else 2, replace=False).tolist())
            kept = " ".join(word for place, word in enumerate(words) if place not in out)
            yield _Searched(kept, one.passage, 0.6)


def _headline(text: str) -> str:
    """Return what could be the headline of a text: a name before "is", or how it begins.

    The sets have none, and what was never seen in training weighs at random afterwards.
    """
    first = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
    name = re.split(r"\s(?:adalah|merupakan|ialah|is|was)\s|\s?\(", first, maxsplit=1)[0]
    return " ".join((name if len(name.split()) <= 6 else first).split()[:10])


def _searched(
    texts: Sequence[str], asked: Sequence[_Searched], embedder: Embedder
) -> list[Example]:
    """Index the texts, two of three with a headline, and search every question among them."""
    ids = {text: f"{number:06}" for number, text in enumerate(dict.fromkeys(texts))}
    found: list[Example] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Archive.open(home) as archive:
            archive.put_many(
                (Article(id=id_, title=_headline(text) if int(id_) % 3 else "", text=text), "")
                for text, id_ in ids.items()
            )
        build(home, embedder)
        view = Retriever(embedder, home).view()
        for one in asked:
            passages, evidence = view.evidence(one.question)
            wanted = ids[one.passage]
            right = np.array([passage.article_id == wanted for passage in passages], np.bool_)
            if right.any():
                found.append(Example(evidence, right, one.weight))
    return found


_MOST_TERMS = 16  # the rarest of a long question
_FAR = -1e4  # score of a place where there is no passage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RankingRecipe:
    """How the networks are made: `hidden` numbers for a term with a passage, `wide` above."""

    networks: int = 4
    hidden: int = 24
    wide: int = 32
    dropout: float = 0.1
    epochs: int = 8
    batch: int = 64
    rate: float = 4e-3
    decay: float = 1e-3


class _TrainedNetwork(nn.Module):
    """What `warta.index.search.network.Network` runs, with dropout, over padded batches."""

    def __init__(self, recipe: RankingRecipe) -> None:
        super().__init__()
        hidden, wide = recipe.hidden, recipe.wide
        sums = 2 * hidden + len(PAIR) + len(PASSAGE) + len(QUESTION)
        drop = nn.Dropout(recipe.dropout)
        self.worth = nn.Sequential(
            nn.Linear(len(TERM) + len(QUESTION), 16), nn.ReLU(), nn.Linear(16, 1)
        )
        self.reading = nn.Sequential(
            nn.Linear(len(PAIR) + len(TERM), hidden), nn.ReLU(), nn.Linear(hidden, hidden)
        )
        self.verdict = nn.Sequential(
            nn.Linear(sums, wide), nn.ReLU(), drop,
            nn.Linear(wide, wide), nn.ReLU(), drop, nn.Linear(wide, 1),
        )  # fmt: skip
        self.base = nn.Linear(len(PASSAGE), 1, bias=False)
        nn.init.zeros_(self.base.weight)
        with torch.no_grad():  # begins as the first ranking
            self.base.weight[0, PASSAGE.index("mixture")] = 1.0

    def forward(self, batch: "_QuestionBatch") -> Tensor:
        """Return scores (b, c)."""
        b, c, t, _ = batch.pair.shape
        question = batch.question[:, None].expand(b, t, -1)
        worth = self.worth(torch.cat([batch.term, question], 2))[..., 0]
        share = nn.functional.softplus(worth) * batch.term[..., TERM.index("share")]
        share = share / share.sum(1, keepdim=True).clamp(min=1e-6)
        terms = batch.term[:, None].expand(b, c, t, -1)
        read = torch.relu(self.reading(torch.cat([batch.pair, terms], 3)))
        parts = (
            batch.passage,
            batch.question[:, None].expand(b, c, -1),
            torch.einsum("bcth,bt->bch", read, share),
            (read * batch.is_term[:, None, :, None]).amax(2),
            torch.einsum("bctp,bt->bcp", batch.pair, share),
        )
        verdict: Tensor = self.verdict(torch.cat(parts, 2)) + self.base(batch.passage)
        return verdict[..., 0].masked_fill(~batch.is_passage, _FAR)

    def weights(self) -> dict[str, Any]:
        """Return the weights as they are written."""
        fields: dict[str, Any] = {"base": _rounded(self.base.weight[0])}
        for name in ("worth", "reading", "verdict"):
            linear = [part for part in getattr(self, name) if isinstance(part, nn.Linear)]
            fields[name] = [
                {"weights": _rounded(part.weight), "bias": _rounded(part.bias)} for part in linear
            ]
        return fields


@dataclass(frozen=True, slots=True)
class _QuestionBatch:
    """b questions padded to c passages and t terms; `right`: (b, c)."""

    pair: Tensor
    term: Tensor
    passage: Tensor
    question: Tensor
    is_term: Tensor
    is_passage: Tensor
    right: Tensor
    weight: Tensor


def _padded(chosen: Sequence[Example]) -> _QuestionBatch:
    rarity = [-example.evidence.term[:, TERM.index("rarity")] for example in chosen]
    kept = [np.sort(np.argsort(values, kind="stable")[:_MOST_TERMS]) for values in rarity]
    b, c, t = len(chosen), max(len(e.right) for e in chosen), max(1, *map(len, kept))
    pair = np.zeros((b, c, t, len(PAIR)), np.float32)
    term = np.zeros((b, t, len(TERM)), np.float32)
    passage = np.zeros((b, c, len(PASSAGE)), np.float32)
    is_term, is_passage = np.zeros((b, t), np.float32), np.zeros((b, c), np.bool_)
    right = np.zeros((b, c), np.bool_)
    for place, (example, terms) in enumerate(zip(chosen, kept, strict=True)):
        n, found = len(example.right), example.evidence
        pair[place, :n, : len(terms)] = found.pair[:, terms]
        term[place, : len(terms)] = found.term[terms]
        passage[place, :n] = found.passage
        is_term[place, : len(terms)], is_passage[place, :n] = 1, True
        right[place, :n] = example.right
    question = np.stack([example.evidence.question for example in chosen])
    weight = np.array([example.weight for example in chosen], np.float32)
    arrays = (pair, term, passage, question, is_term, is_passage, right, weight)
    return _QuestionBatch(*map(torch.from_numpy, arrays))


def _loss(scores: Tensor, batch: _QuestionBatch) -> Tensor:
    """Mean −log of the probability that the right passages get together."""
    shares = torch.log_softmax(scores, 1).masked_fill(~batch.right, _FAR)
    return -(torch.logsumexp(shares, 1) * batch.weight).mean()


def train_network(found: Sequence[Example], recipe: RankingRecipe, seed: int) -> dict[str, Any]:
    """Learn one network; the same examples, recipe and seed give the same weights."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = _TrainedNetwork(recipe)
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    batches = -(-len(found) // recipe.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.rate, total_steps=recipe.epochs * batches, pct_start=0.1
    )
    for epoch in range(recipe.epochs):
        order, total = rng.permutation(len(found)), 0.0
        for places in np.array_split(order, batches):
            batch = _padded([found[place] for place in places])
            loss = _loss(network(batch), batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        log.info("network %d, epoch %d: loss %.3f", seed, epoch + 1, total / batches)
    return network.weights()


def _rounded(values: Tensor) -> Any:
    """Return plain numbers of four significant digits."""
    return json.loads(
        json.dumps(values.tolist()), parse_float=lambda text: float(f"{float(text):.4g}")
    )


def write_ranking(path: Path, networks: Sequence[dict[str, Any]]) -> None:
    """Write weights as `warta.index.search.network.LearnedRanking` reads them."""
    fields = {"format": FORMAT, "features": FEATURES, "networks": networks}
    path.write_text(json.dumps(fields, separators=(",", ":")) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Rebuild the weights of the shipped ranking from the training data."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and qa/")
    parser.add_argument(
        "--halves", type=Path, nargs=2, required=True, metavar="FOLDER",
        help="models made by warta.index.training.embedder --without 0 and --without 1",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, default=SHIPPED, help="file to write")
    parser.add_argument("--toy", action="store_true", help="one round, to try the command out")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    halves = [SentenceTransformerEmbedder.load(folder) for folder in chosen.halves]
    found = examples(chosen.data, halves)
    recipe = RankingRecipe(networks=1, epochs=1) if chosen.toy else RankingRecipe()
    write_ranking(
        chosen.out, [train_network(found, recipe, seed) for seed in range(recipe.networks)]
    )


if __name__ == "__main__":
    main()
