"""How good a ranking is: question files, measures, intervals and the comparison of two settings.

A question counts each relevant article once, whatever the number of its passages that were found.
Measures are those of TREC and BEIR; intervals come from the bootstrap (Efron 1979), comparisons
from the paired bootstrap, which looks at the differences on the same questions.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warta.corpus.errors import InputError

_ROUNDS = 2000
_BLOCK = 200  # bootstrap rounds drawn at a time: memory stays small for any number of questions


@dataclass(frozen=True, slots=True)
class Judged:
    """A question and the articles that answer it.

    `relevant`: article id -> grade (1 is relevant, higher is more so); empty when the archive
    holds no answer. `history`: what the asker said before, oldest first. `today`: ISO date.
    """

    id: str
    question: str
    relevant: Mapping[str, int]
    kind: str = ""
    language: str = ""
    history: tuple[str, ...] = ()
    today: str = ""

    @property
    def text(self) -> str:
        """The question with what was said before it, as plain text."""
        return " ".join([*self.history, self.question])


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over `n` questions and the bounds of its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure over the questions of one kind ("all" for every answerable question)."""

    kind: str
    measure: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Comparison:
    """Setting B against setting A on the same questions.

    `difference`: mean of B − A; `better` and `worse`: questions where B is above or below A.
    """

    difference: Interval
    better: int
    worse: int

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval of the difference leaves out zero."""
        return self.difference.low > 0 or self.difference.high < 0


@dataclass(frozen=True, slots=True)
class Change:
    """The comparison of one measure over the questions of one kind."""

    kind: str
    measure: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Measures:
    """What to measure: ranks up to each of `ks`, MRR and nDCG at 10."""

    ks: tuple[int, ...] = (1, 5, 10)
    depth: int = 10
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        names = [f"recall@{k}" for k in self.ks]
        object.__setattr__(self, "names", (*names, f"MRR@{self.depth}", f"nDCG@{self.depth}"))

    def of(self, ranked: Sequence[str], relevant: Mapping[str, int]) -> NDArray[np.float64]:
        """The measures of one ranking, in the order of `names`."""
        return np.asarray(
            [
                *(found_at_k(ranked, relevant, k) for k in self.ks),
                reciprocal_rank(ranked, relevant, self.depth),
                ndcg_at_k(ranked, relevant, self.depth),
            ]
        )


def found_at_k(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """1.0 when any relevant id is among the first k: recall where one article is enough."""
    return float(any(relevant.get(name, 0) > 0 for name in _once(ranked)[:k]))


def reciprocal_rank(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """One over the rank of the first relevant id, 0.0 when it is not among the first k."""
    for rank, name in enumerate(_once(ranked)[:k], 1):
        if relevant.get(name, 0) > 0:
            return 1 / rank
    return 0.0


def ndcg_at_k(ranked: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Discounted gain of the first k over the best possible (Järvelin and Kekäläinen 2002)."""
    gains = [relevant.get(name, 0) for name in _once(ranked)[:k]]
    best = _discounted(sorted(relevant.values(), reverse=True)[:k])
    return _discounted(gains) / best if best > 0 else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return float(sum(gain / np.log2(place + 1) for place, gain in enumerate(gains, 1)))


def _once(ranked: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(ranked))


def bootstrap(values: Sequence[float] | NDArray[np.float64]) -> Interval:
    """Mean and 95 % interval of (n,) values; an empty list gives NaN."""
    numbers = np.asarray(values, dtype=np.float64)
    if not len(numbers):
        return Interval(np.nan, np.nan, np.nan, 0)
    rng = np.random.default_rng(0)
    means = np.concatenate(
        [
            numbers[rng.integers(len(numbers), size=(_BLOCK, len(numbers)))].mean(axis=1)
            for _ in range(_ROUNDS // _BLOCK)
        ]
    )
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(numbers.mean()), float(low), float(high), len(numbers))


def compare(
    before: Sequence[float] | NDArray[np.float64],
    after: Sequence[float] | NDArray[np.float64],
) -> Comparison:
    """Compare two settings question by question; raises InputError for unlike lengths."""
    first, second = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if first.shape != second.shape:
        raise InputError(
            f"Expected figures for the same questions, got {len(first)} and {len(second)}.",
            "Measure both settings on one question file.",
        )
    change = second - first
    return Comparison(bootstrap(change), int((change > 0).sum()), int((change < 0).sum()))


def measure(
    questions: Sequence[Judged], rankings: Sequence[Sequence[str]], measures: Measures | None = None
) -> NDArray[np.float64]:
    """Return (questions, measures) float64; `rankings` are article ids, best first."""
    measures = measures or Measures()
    rows = [
        measures.of(ranked, question.relevant)
        for question, ranked in zip(questions, rankings, strict=True)
    ]
    return np.asarray(rows).reshape(len(rows), len(measures.names))


def by_kind(
    questions: Sequence[Judged], values: NDArray[np.float64], measures: Measures | None = None
) -> list[Figure]:
    """Figures for all answerable questions together and for each kind of them."""
    measures = measures or Measures()
    return [
        Figure(kind, name, bootstrap(values[chosen, column]))
        for kind, chosen in _kinds(questions).items()
        for column, name in enumerate(measures.names)
    ]


def changes_by_kind(
    questions: Sequence[Judged],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    measures: Measures | None = None,
) -> list[Change]:
    """Compare two settings' (questions, measures) values by kind, as `by_kind` groups them."""
    measures = measures or Measures()
    return [
        Change(kind, name, compare(before[chosen, column], after[chosen, column]))
        for kind, chosen in _kinds(questions).items()
        for column, name in enumerate(measures.names)
    ]


def _kinds(questions: Sequence[Judged]) -> dict[str, NDArray[np.bool_]]:
    """Kind -> (questions,) which are of it and answerable; "all" first."""
    answerable = np.asarray([bool(question.relevant) for question in questions], dtype=bool)
    kinds = np.asarray([question.kind for question in questions])
    groups = {"all": answerable}
    for kind in sorted({question.kind for question in questions if question.kind}):
        if (chosen := answerable & (kinds == kind)).any():
            groups[kind] = chosen
    return groups


def read_questions(path: Path) -> list[Judged]:
    """Read a question file: gold format (.jsonl) or a folder in BEIR's layout.

    Raises InputError naming the line that cannot be used.
    """
    if path.is_dir():
        return _read_beir(path)
    if not path.is_file():
        raise InputError(f"No question file at {path}.", "Give a .jsonl file or a BEIR folder.")
    questions = [_gold(record, path, line) for line, record in _lines(path)]
    if not questions:
        raise InputError(f"{path} holds no questions.", "Each line is one JSON object.")
    return questions


def _gold(record: dict[str, Any], path: Path, line: int) -> Judged:
    try:
        said = [turn["content"] for turn in record.get("history") or () if turn["role"] == "user"]
        return Judged(
            id=str(record["id"]),
            question=str(record["question"]),
            relevant={str(name): 1 for name in record.get("article_ids") or ()},
            kind=str(record.get("kind") or ""),
            language=str(record.get("lang") or ""),
            history=tuple(said),
            today=str(record.get("today") or ""),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path}, line {line}: {error!r}.", "A question needs id, question and article_ids."
        ) from error


def _read_beir(folder: Path) -> list[Judged]:
    """queries.jsonl and qrels/test.tsv (else the first of qrels/*.tsv)."""
    judgements = sorted((folder / "qrels").glob("*.tsv"), key=lambda p: (p.stem != "test", p.stem))
    if not judgements or not (folder / "queries.jsonl").is_file():
        raise InputError(
            f"{folder} is not a BEIR folder.", "It needs queries.jsonl and qrels/test.tsv."
        )
    relevant: dict[str, dict[str, int]] = {}
    with judgements[0].open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file, delimiter="\t"), 2):
            try:
                grades = relevant.setdefault(row["query-id"], {})
                grades[row["corpus-id"]] = int(row["score"])
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(
                    f"{judgements[0]}, line {line}: {error!r}.",
                    "Columns are query-id, corpus-id and score, separated by tabs.",
                ) from error
    judged = [
        Judged(str(record["_id"]), str(record["text"]), relevant.get(str(record["_id"]), {}))
        for _, record in _lines(folder / "queries.jsonl")
    ]
    return [question for question in judged if question.relevant]


def _lines(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """Numbered JSON objects of a file, blank lines left out."""
    records = []
    text = path.read_text(encoding="utf-8-sig")
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise InputError(
                f"{path}, line {number} is not JSON: {error}.", "Correct or remove the line."
            ) from error
        if not isinstance(record, dict):
            raise InputError(f"{path}, line {number} is no JSON object.", "Correct the line.")
        records.append((number, record))
    return records
