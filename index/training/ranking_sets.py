"""Questions with the passages that answer them, as the learned ranking sees them when it learns."""

import logging
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warta.corpus.archive.archive import Archive
from warta.corpus.article import Article
from warta.index.building.build import build
from warta.index.embedding.embedder import Embedder
from warta.index.search.evidence import Evidence
from warta.index.search.retriever import Retriever
from warta.index.training.training_sets import (
    half_of,
    held_out,
    passages_of,
    questions,
    sentence_pairs,
)

_OTHERS = 4  # one of so many sentence pairs that the embedder learned is there to be told apart
_HISTORY = 0.3  # share of varied questions that come after another one

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Example:
    """What is known of the c passages found for one question, and which of them answer it.

    `right`: (c,) bool, true for at least one. `weight`: what the question counts in training.
    """

    evidence: Evidence
    right: NDArray[np.bool_]
    weight: float


@dataclass(frozen=True, slots=True)
class _Asked:
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
                _Asked(question, passage)
                for question, passage in pairs
                if (question, passage) in allowed and half_of(passage) == half
            ]
            found += _searched(texts, asked + list(_varied(asked, rng)), embedder)
            log.info("%s, half %d: %d examples so far", name, half, len(found))
    pairs = list(sentence_pairs(data))
    kept = [pair for number, pair in enumerate(pairs) if held_out(number)]
    others = [pair for number, pair in enumerate(pairs) if not held_out(number)][::_OTHERS]
    texts = [indonesian for _, indonesian in kept + others]
    asked = [_Asked(english, indonesian, 0.5) for english, indonesian in kept]
    return found + _searched(texts, asked, halves[0])


def _varied(asked: Sequence[_Asked], rng: np.random.Generator) -> Iterator[_Asked]:
    """Yield questions after another one on their passage, and such with a word or two left out."""
    on_passage: Mapping[str, list[str]] = defaultdict(list)
    for one in asked:
        on_passage[one.passage].append(one.question)
    for one in asked:
        others = [question for question in on_passage[one.passage] if question != one.question]
        words = one.question.split()
        if others and rng.random() < _HISTORY:
            before = others[rng.integers(len(others))]
            yield _Asked(f"{before} {one.question}", one.passage, 0.6)
        elif len(words) >= 5:
            out = set(rng.choice(len(words), 1 if len(words) < 8 else 2, replace=False).tolist())
            kept = " ".join(word for place, word in enumerate(words) if place not in out)
            yield _Asked(kept, one.passage, 0.6)


def _headline(text: str) -> str:
    """Return what could be the headline of a text: a name before "is", or how it begins.

    The sets have none, and what was never seen in training weighs at random afterwards.
    """
    first = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
    name = re.split(r"\s(?:adalah|merupakan|ialah|is|was)\s|\s?\(", first, maxsplit=1)[0]
    return " ".join((name if len(name.split()) <= 6 else first).split()[:10])


def _searched(texts: Sequence[str], asked: Sequence[_Asked], embedder: Embedder) -> list[Example]:
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
