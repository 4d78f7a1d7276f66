"""Questions with their candidate sentences, as training meets them."""

import random
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warta.assistant.evaluation.trials import Trial, build_home, read_trials
from warta.corpus.article import Article
from warta.corpus.language.numbers import contains
from warta.corpus.language.sentences import sentences
from warta.corpus.language.words import terms
from warta.corpus.passages import passages
from warta.index.embedding.embedder import LengthEmbedder
from warta.index.hit import Hit
from warta.index.reader.features import Asked, Candidate, ask, candidates, feature_matrix
from warta.index.search.fusion import Mixture
from warta.index.search.retriever import Retriever
from warta.index.weights import Rarity, Rows

_PASSAGES = 12


@dataclass(frozen=True)
class Pool:
    """A question with its candidate sentences: `rows` (n, features), `right` (n,) bool."""

    set_name: str
    group: str
    asked: Asked
    found: list[Candidate]
    rows: Rows
    right: NDArray[np.bool_]


def pools(
    name: str, trials: Sequence[Trial], asked: Sequence[Trial], rarity: Rarity
) -> Iterator[Pool]:
    """Yield a pool for each of `asked`, retrieved among the passages of all `trials`."""
    embedder = LengthEmbedder()
    with tempfile.TemporaryDirectory() as folder:
        build_home(trials, Path(folder), embedder)
        view = Retriever(embedder, folder, Mixture(vectors=0.0, english=0.0)).view()
        for trial in asked:
            hits = view.retrieve(trial.question, _PASSAGES)
            pool = make_pool(name, trial, hits, rarity)
            if pool is not None:
                yield pool


def make_pool(name: str, trial: Trial, hits: Sequence[Hit], rarity: Rarity) -> Pool | None:
    """Return the question's pool over `hits`; None where they hold no sentence."""
    found = candidates(hits)
    if not found:
        return None
    asked = ask(trial.question, rarity)
    right = [any(contains(c.text, answer) for answer in trial.answers) for c in found]
    rows = feature_matrix(asked, found)
    return Pool(name, trial.context, asked, found, rows, np.array(right))


def own_pool(name: str, trial: Trial, rarity: Rarity) -> Pool | None:
    """Return the question's pool over its own passage alone."""
    article = Article(trial.id, "", trial.context)
    hits = [Hit(passage, article, 1.0, at) for at, passage in enumerate(passages(article), 1)]
    return make_pool(name, trial, hits, rarity)


def near_misses(name: str, trials: Sequence[Trial], rarity: Rarity) -> list[Pool]:
    """Return each question on its own passage: as it is, and made unanswerable in two ways."""
    asked = {w for t in trials for w in re.findall(r"\w{4,}", t.question)[1:]}
    words = sorted(asked)
    found: list[Pool | None] = []
    for at, trial in enumerate(trials):
        found.append(own_pool(name, trial, rarity))
        found.append(without_sentence(name, trial, rarity))
        found.append(with_other_word(name, trial, words, rarity, at))
    return [pool for pool in found if pool]


def without_sentence(name: str, trial: Trial, rarity: Rarity) -> Pool | None:
    """Return the question over its passage without the sentences that answer: a near miss."""
    spans = sentences(trial.context)
    texts = [trial.context[span.start : span.end] for span in spans]
    kept = [text for text in texts if not any(contains(text, a) for a in trial.answers)]
    if not kept or len(kept) == len(texts):
        return None
    pool = own_pool(name, replace(trial, context=" ".join(kept)), rarity)
    return replace(pool, group=trial.context) if pool else None


def with_other_word(
    name: str, trial: Trial, words: Sequence[str], rarity: Rarity, seed: int
) -> Pool | None:
    """Return a question that exchanges one content word for one its passage does not hold."""
    rng = random.Random(seed)
    known = set(terms(trial.context))
    found = [w for w in re.findall(r"\w{4,}", trial.question) if set(terms(w)) & known]
    others = [
        w for w in rng.sample(words, min(8, len(words))) if terms(w) and not set(terms(w)) & known
    ]
    if not found or not others:
        return None
    old = rng.choice(found)
    alike = [w for w in others if w[0].isupper() == old[0].isupper()] or others
    question = trial.question.replace(old, alike[0], 1)
    return own_pool(name, replace(trial, question=question, answers=()), rarity)


def training_questions(folder: Path) -> dict[str, tuple[list[Trial], list[Trial]]]:
    """Return set -> (all its questions, those to learn from).

    IDK-MRC states no licence and is left out; so are the TyDi questions and passages that are in
    its validation split, which is measured on, and the translated SQuAD, all of which is one.
    """
    files = {"facqa": "facqa", "tydi": "tydiqa_id"}
    sets = {name: read_trials(folder / f"{file}.jsonl.gz") for name, file in files.items()}
    kept_aside = [t for t in read_trials(folder / "idk_mrc.jsonl.gz") if t.split != "train"]
    contexts = {trial.context for trial in kept_aside}
    questions = {_bare(trial.question) for trial in kept_aside}
    chosen: dict[str, Callable[[Trial], bool]] = {
        "facqa": lambda t: t.split == "train",
        "tydi": lambda t: (
            t.split == "train" and t.context not in contexts and _bare(t.question) not in questions
        ),
    }
    return {name: (sets[name], [t for t in sets[name] if chosen[name](t)]) for name in sets}


def _bare(question: str) -> str:
    return " ".join(question.casefold().split()).rstrip(" ?")
