"""Questions over an archive with their candidate sentences, as the reader meets them.

The questions come with the repository, without a sentence of an outlet: a sentence that answers is
its article, its offsets and a hash; where cleaning moved it, the hash finds it again.
"""

import gzip
import hashlib
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from warta.corpus.archive.archive import Archive
from warta.corpus.article import Article
from warta.corpus.errors import InputError
from warta.corpus.language.numbers import contains
from warta.corpus.language.words import terms
from warta.corpus.passages import passages
from warta.index.building.build import build
from warta.index.candidates import Hit
from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.query.lexicon import Lexicon
from warta.index.reader import Asked, Candidate, ask
from warta.index.reader.features import candidates
from warta.index.search.retriever import Retriever
from warta.index.search.view import View
from warta.index.training.models.passage_reader import ASIDE

QUESTIONS = Path(__file__).with_name("questions.jsonl.gz")
MORE = Path(__file__).with_name("more_questions.jsonl.gz")
PASSAGES = 12
FOLDS = 5
_EVERY = {"facqa": 3, "tydiqa_id": 6}  # every so manieth question of a set: some 800 of each
_ALIKE = 0.35  # cosine of openings from which on two articles report one event
_DAYS = 7
_OPENING = 900  # characters
_OVERLAP = 0.5  # share of the shorter one that two spans of one sentence have in common


@dataclass(frozen=True, slots=True)
class EvidencePlace:
    """A sentence by its place: `start`, `end` as it was cleaned then, −1 for the headline."""

    article_id: str
    start: int
    end: int
    digest: str


@dataclass(frozen=True, slots=True)
class Question:
    """An annotated question: as typed (`own`), as searched (`query`), and what answers it.

    `evidence`, the best first, answers it; `context` belongs beside it.
    """

    id: str
    kind: str
    language: str
    own: str
    query: str
    since: date | None
    until: date | None
    sources: tuple[str, ...]
    answers: tuple[str, ...]
    article_ids: tuple[str, ...]
    evidence: tuple[EvidencePlace, ...]
    context: tuple[EvidencePlace, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether anything in the archive answers it."""
        return self.kind != "unanswerable"


@dataclass(frozen=True)
class TrainingPool:
    """A question with its n candidates.

    `right` (n,): annotated, or holds an accepted answer in an article on the same event;
    `unsure` (n,): holds one in another article. `fold`: 0..FOLDS − 1, the same for all questions
    on an event.
    """

    question: Question
    asked: Asked
    hits: tuple[Hit, ...]
    found: tuple[Candidate, ...]
    right: NDArray[np.bool_]
    unsure: NDArray[np.bool_]
    fold: int


def auxiliary_pools(folder: Path) -> Iterator[TrainingPool]:
    """Yield questions of FacQA and TyDi QA over their own passages, right where an answer stands.

    Archives without headlines, questions of other kinds: without them a first sentence of FacQA
    answers in 0.76 instead of 0.81. Every passage is searched, the one in `_EVERY` question of the
    training splits learned from. IDK-MRC states no licence and is left out, and so are the TyDi
    questions and passages of its validation split, which is measured on.
    """
    for name, every in _EVERY.items():
        rows = _rows(folder / f"{name}.jsonl.gz")
        chosen = _learned(folder, rows)[::every]
        with tempfile.TemporaryDirectory() as home:
            view, ids = _small_view([row["context"] for row in rows], Path(home))
            for row in chosen:
                article_id = ids[row["context"]]
                hits = _searched(_auxiliary_question(row, article_id), view)
                pool = _labelled(row, article_id, hits)
                if pool is not None:
                    yield pool


def context_pools(folder: Path) -> Iterator[TrainingPool]:
    """Yield every answerable question of the same training splits with its own passage alone."""
    for name in _EVERY:
        for row in _learned(folder, _rows(folder / f"{name}.jsonl.gz")):
            article = Article("context", "", row["context"])
            hits = [Hit(each, article, 1.0, 1) for each in passages(article)]
            pool = _labelled(row, article.id, hits)
            if pool is not None:
                yield pool


def _learned(folder: Path, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of a training split that no validation split of IDK-MRC holds."""
    kept_aside = [row for row in _rows(folder / "idk_mrc.jsonl.gz") if row["split"] != "train"]
    contexts = {row["context"] for row in kept_aside}
    asked = {_bare(row["question"]) for row in kept_aside}
    return [
        row
        for row in rows
        if row["split"] == "train"
        and row["context"] not in contexts
        and _bare(row["question"]) not in asked
    ]


def _small_view(contexts: Sequence[str], home: Path) -> tuple[View, dict[str, str]]:
    embedder = SentenceTransformerEmbedder.load()
    kept = dict.fromkeys(context for context in contexts if context.strip())
    ids = {context: f"t{number:05d}" for number, context in enumerate(kept)}
    with Archive.open(home) as archive:
        archive.put_many((Article(id_, "", text), id_) for text, id_ in ids.items())
    build(home, embedder)
    return Retriever.load(home, embedder).view(), ids


def _auxiliary_question(row: dict[str, Any], article_id: str) -> Question:
    text, answers = row["question"], tuple(row["answers"])
    return Question(
        str(row["id"]), "fact", "id", text, text, None, None, (), answers, (article_id,), ()
    )


def _labelled(row: dict[str, Any], article_id: str, hits: Sequence[Hit]) -> TrainingPool | None:
    """Return a row with its sentences, None where none of them holds an answer."""
    question = _auxiliary_question(row, article_id)
    found = candidates(hits)
    held = np.array([_holds(each.text, question.answers) for each in found], np.bool_)
    if not held.any():
        return None
    fold = crc32(article_id.encode()) % FOLDS
    unsure = np.zeros(len(found), np.bool_)
    asked = ask(question.query, question.own, "id")
    return TrainingPool(question, asked, tuple(hits), tuple(found), held, unsure, fold)


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _bare(question: str) -> str:
    return " ".join(question.casefold().split()).rstrip(" ?")


def digest(text: str) -> str:
    """Return twelve hexadecimal digits by which a sentence is found again."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def read_questions(path: Path = QUESTIONS) -> list[Question]:
    """Read the questions that come with the repository; raises InputError."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [_question(json.loads(line)) for line in lines]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is not a file of annotated questions: {error!r}.",
            "It comes with the repository: check it out again.",
        ) from error


def _question(row: dict[str, Any]) -> Question:
    search = row["search"]
    return Question(
        id=row["id"],
        kind=row["kind"],
        language=search["language"],
        own=search.get("own", row["question"]),
        query=search["query"],
        since=_day(search.get("since")),
        until=_day(search.get("until")),
        sources=tuple(search.get("sources", ())),
        answers=tuple(row["answers"]),
        article_ids=tuple(row["article_ids"]),
        evidence=tuple(EvidencePlace(*place) for place in row["evidence"]),
        context=tuple(EvidencePlace(*place) for place in row.get("context", ())),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class Events:
    """Which articles report the same event: alike in their opening and at most a week apart."""

    def __init__(self, articles: Sequence[Article]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._ids = [article.id for article in articles]
        self._at = {article_id: at for at, article_id in enumerate(self._ids)}
        self._day = np.array([a.published.toordinal() if a.published else 0 for a in articles])
        texts = (f"{a.title} {a.title} {a.text[:_OPENING]}" for a in articles)
        vectorizer = TfidfVectorizer(
            tokenizer=terms, token_pattern=None, lowercase=False, sublinear_tf=True, max_df=0.1
        )
        self._vectors = vectorizer.fit_transform(texts)

    def of(self, ids: Sequence[str]) -> frozenset[str]:
        """Return the articles on the events of those, they among them."""
        found = set(ids)
        for at in (self._at[article_id] for article_id in ids if article_id in self._at):
            alike = (self._vectors @ self._vectors[at].T).toarray().ravel() >= _ALIKE
            near = np.abs(self._day - self._day[at]) <= _DAYS
            found.update(self._ids[other] for other in np.flatnonzero(alike & near))
        return frozenset(found)


def training_pools(
    questions: Sequence[Question], view: View, events: Events, first: int
) -> Iterator[TrainingPool]:
    """Yield each question with the sentences that searching for it brings, where there are any.

    The folds of the `first` questions do not depend on those added later.
    """
    about = [events.of(question.article_ids) for question in questions]
    folds = _folds(questions[:first], about[:first])
    folds += _later_folds(questions, about, folds)
    for question, event, fold in zip(questions, about, folds, strict=True):
        hits = _searched(question, view)
        found = candidates(hits)
        if not found:
            continue
        held = np.array([_holds(c.text, question.answers) for c in found], np.bool_)
        on_event = np.array([c.hit.article.id in event for c in found], np.bool_)
        marked = np.array([_is_evidence(c, question.evidence) for c in found], np.bool_)
        right = (marked | (held & on_event)) & question.answerable
        asked = ask(question.query, question.own, question.language)
        unsure = held & ~on_event & ~marked
        yield TrainingPool(question, asked, tuple(hits), tuple(found), right, unsure, fold)


def few_pools(pools: Sequence[TrainingPool]) -> Iterator[TrainingPool]:
    """Yield each question with one to three passages: its own, and those of another question.

    As a small archive would answer it. Without them the verdict learns from twelve near passages
    alone, and a question of something else over three sentences has a chance of 0.40.
    """
    rng = random.Random(0)
    for pool in pools:
        count = rng.choice((1, 1, 2, 3))
        other = rng.choice(pools)
        if not set(other.question.article_ids) & set(pool.question.article_ids):
            absent = replace(pool.question, kind="unanswerable", answers=(), evidence=())
            hits = rng.sample(other.hits, min(count, len(other.hits)))
            found = candidates(hits)
            none = np.zeros(len(found), np.bool_)
            yield replace(
                pool, question=absent, hits=tuple(hits), found=tuple(found), right=none, unsure=none
            )
        if pool.right.any():
            good = pool.found[int(np.argmax(pool.right))].hit.passage
            hits = sorted(pool.hits, key=lambda hit: hit.passage != good)[:count]
            kept = np.array([c.hit in hits for c in pool.found])
            found = [c for c, here in zip(pool.found, kept, strict=True) if here]
            yield replace(
                pool, hits=tuple(hits), found=tuple(found),
                right=pool.right[kept], unsure=pool.unsure[kept],
            )  # fmt: skip


def _searched(question: Question, view: View) -> list[Hit]:
    text = question.query
    if question.language == "en":
        text = " ".join([text, *Lexicon.load().words_for(text)])
    sources = list(question.sources) or None
    since, until = question.since, question.until
    hits = view.retrieve(text, PASSAGES, since, until, sources)
    # Days rank softly: what lies outside them is found, too.
    return hits or view.retrieve(text, PASSAGES, sources=sources)


def _holds(text: str, answers: Sequence[str]) -> bool:
    return any(contains(text, answer) for answer in answers)


def _is_evidence(candidate: Candidate, evidence: Sequence[EvidencePlace]) -> bool:
    for place in evidence:
        if place.article_id != candidate.hit.article.id or place.start < 0:
            continue
        if digest(candidate.text) == place.digest:
            return True
        common = min(candidate.end, place.end) - max(candidate.start, place.start)
        shorter = min(candidate.end - candidate.start, place.end - place.start)
        if common > _OVERLAP * shorter:
            return True
    return False


def _later_folds(
    questions: Sequence[Question], about: Sequence[frozenset[str]], folds: Sequence[int]
) -> list[int]:
    """Return the folds of the questions that have none yet.

    That aside for what touches one of its events, else another by the article.
    """
    aside = {
        name
        for question, event, fold in zip(questions, about, folds, strict=False)
        if fold == ASIDE
        for name in (*question.article_ids, *event)
    }
    return [
        ASIDE
        if aside & {*question.article_ids, *event}
        else 1 + crc32(question.article_ids[0].encode()) % (FOLDS - 1)
        for question, event in zip(questions[len(folds) :], about[len(folds) :], strict=True)
    ]


def _folds(questions: Sequence[Question], about: Sequence[frozenset[str]]) -> list[int]:
    """Return a fold for each question, the same where their events touch."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    keys = [question.article_ids or (question.id,) for question in questions]
    own = {name for key in keys for name in key}
    for key, event in zip(keys, about, strict=True):
        for name in sorted({*key, *(event & own)}):
            parent[root(name)] = root(key[0])
    return [crc32(root(key[0]).encode()) % FOLDS for key in keys]
