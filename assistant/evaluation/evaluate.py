"""End-to-end figures: are answers right, where they should be, and do they cite what carries them?

    python -m warta.assistant.evaluation.evaluate questions.jsonl --home warta-data
    python -m warta.assistant.evaluation.evaluate facqa.jsonl.gz --split valid

An answer is right when its text contains an accepted answer, numbers and dates in any normal
form. Beside the question file two more may lie: `normal_forms.json` with further accepted forms
and `answer_mode.json` with the questions of which all listed parts are wanted.
"""

import argparse
import gzip
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from warta.assistant.answer import Answer, Message
from warta.assistant.answering.assistant import Assistant
from warta.assistant.config import Settings
from warta.assistant.upkeep.maintain import load_assistant
from warta.corpus.archive.archive import Archive
from warta.corpus.article import Article
from warta.corpus.errors import InputError
from warta.corpus.language.numbers import contains
from warta.corpus.language.words import terms
from warta.index.building.build import Progress, build
from warta.index.embedding.embedder import Embedder, SentenceTransformerEmbedder
from warta.index.search.metrics import Figure, bootstrap

_WORST = 20
_SAME = 0.6  # share of an evidence sentence's terms a quote must hold to be that evidence


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question as a file gives it; `accepted` is empty where the archive has no answer.

    `wanted` are the parts of which all have to be there, empty where any accepted one is enough.
    `evidence` are (article id, sentence) pairs.
    """

    id: str
    kind: str
    question: str
    accepted: tuple[str, ...]
    article_ids: frozenset[str] = frozenset()
    wanted: tuple[str, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    history: tuple[Message, ...] = ()
    today: date | None = None

    @property
    def answerable(self) -> bool:
        """Whether the archive is known to hold an answer."""
        return bool(self.accepted)


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """One question with its answer, judged; shares are 0..1, −1 where there is none to judge."""

    asked: GoldQuestion
    answer: Answer
    first: bool
    whole: bool
    parts: float
    cites_listed: bool
    precision: float
    recall: float

    @property
    def declined(self) -> bool:
        """Whether no answer was given."""
        return self.answer.status == "abstained"


@dataclass(frozen=True, slots=True)
class Trial:
    """A question on a passage; `answers` are spans of `context`, empty where it has none."""

    id: str
    question: str
    answers: tuple[str, ...]
    context: str
    split: str


def read_gold(path: Path) -> list[GoldQuestion]:
    """Read a question file in gold format; raises InputError where it is none."""
    forms = _beside(path, "normal_forms.json")
    modes = _beside(path, "answer_mode.json")
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        return [_gold_question(row, forms, modes) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is not a question file: {error!r}.", "Each line is one JSON object."
        ) from error


def evaluate(
    assistant: Assistant,
    questions: Sequence[GoldQuestion],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[JudgedAnswer]:
    """Ask every question; answers come in the order of the questions."""
    outcomes = []
    for done, asked in enumerate(questions, start=1):
        answer = assistant.answer(asked.question, asked.history, asked.today)
        outcomes.append(judge(asked, answer))
        progress(done, len(questions))
    return outcomes


def evaluate_answers(settings: Settings, file: Path, progress: Progress) -> list[JudgedAnswer]:
    """Ask every question of a file in gold format and judge the answers."""
    questions = read_gold(file)
    assistant = load_assistant(settings)
    return evaluate(assistant, questions, partial(progress, "questions"))


def read_trials(path: Path) -> list[Trial]:
    """Read a question file (.jsonl or .jsonl.gz); raises InputError where it is none."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines if line.strip()]
        return [
            Trial(
                str(row["id"]),
                row["question"],
                tuple(row["answers"] if row.get("answerable", True) else ()),
                row["context"],
                row.get("split", ""),
            )
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is not a file of questions: {error!r}.",
            "Each line wants id, question, answers, context.",
        ) from error


def context_ids(trials: Iterable[Trial]) -> dict[str, str]:
    """Return passage -> article id, the same for the same passages in the same order."""
    contexts = dict.fromkeys(trial.context for trial in trials if trial.context.strip())
    return {context: f"t{number:05d}" for number, context in enumerate(contexts)}


def build_home(trials: Sequence[Trial], home: Path, embedder: Embedder) -> dict[str, str]:
    """Index all passages of `trials` in `home`; returns passage -> article id."""
    ids = context_ids(trials)
    home.mkdir(parents=True, exist_ok=True)
    with Archive.open(home) as archive:
        archive.put_many((Article(id_, "", text), id_) for text, id_ in ids.items())
    build(home, embedder)
    return ids


def evaluate_trials(path: Path, split: str, embedder: Embedder | None = None) -> list[JudgedAnswer]:
    """Ask the questions of one split of a reading-comprehension set over all its passages."""
    trials = read_trials(path)
    embedder = embedder or SentenceTransformerEmbedder.load(None)
    with tempfile.TemporaryDirectory() as folder:
        ids = build_home(trials, Path(folder), embedder)
        asked = [
            GoldQuestion(t.id, split, t.question, t.answers, frozenset({ids[t.context]}))
            for t in trials
            if t.split == split and t.context in ids
        ]
        return evaluate(Assistant.load(folder, embedder=embedder), asked)


def judge(asked: GoldQuestion, answer: Answer) -> JudgedAnswer:
    """Compare one answer with what is accepted and with the evidence."""
    said = " ".join(sentence.text for sentence in answer.sentences)
    first = answer.sentences[0].text if answer.sentences else ""
    parts = [contains(said, part) for part in asked.wanted]
    cited = {c.article.id for c in answer.citations} | {
        copy.id for c in answer.citations for copy in c.also
    }
    precision, recall = _evidence(asked, answer)
    return JudgedAnswer(
        asked,
        answer,
        first=any(contains(first, form) for form in asked.accepted),
        whole=all(parts) if parts else any(contains(said, form) for form in asked.accepted),
        parts=sum(parts) / len(parts) if parts else -1.0,
        cites_listed=bool(cited & asked.article_ids),
        precision=precision,
        recall=recall,
    )


def figures(outcomes: Sequence[JudgedAnswer]) -> list[Figure]:
    """Return the measures for all questions and for each kind, with 95 % intervals."""
    kinds = ["all", *sorted({outcome.asked.kind for outcome in outcomes})]
    found = []
    for kind in kinds:
        these = [o for o in outcomes if kind in ("all", o.asked.kind)]
        found += [Figure(kind, name, bootstrap(values)) for name, values in _measures(these)]
    return [figure for figure in found if figure.interval.n]


def figures_dict(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Return the shape of `warta evaluate --json`: a mean with its 95 % interval each."""
    return [
        {
            "kind": figure.kind,
            "measure": figure.measure,
            "mean": round(figure.interval.mean, 4),
            "low": round(figure.interval.low, 4),
            "high": round(figure.interval.high, 4),
            "questions": figure.interval.n,
        }
        for figure in figures
    ]


def report(outcomes: Sequence[JudgedAnswer]) -> str:
    """Return a text a person can read: the figures, then the twenty worst answers."""
    lines = [f"{'kind':14} {'measure':24} {'n':>4}  mean [95 %]"]
    lines += [
        f"{f.kind:14} {f.measure:24} {f.interval.n:4}  {f.interval}" for f in figures(outcomes)
    ]
    seconds = [outcome.answer.receipt.seconds for outcome in outcomes]
    if seconds:
        middle, high = np.quantile(seconds, [0.5, 0.95])
        lines.append(f"{'':14} milliseconds: median {1e3 * middle:.0f}, p95 {1e3 * high:.0f}")
    for outcome in sorted(outcomes, key=_goodness)[:_WORST]:
        if _goodness(outcome) < 1:
            lines += ["", *_shown(outcome)]
    return "\n".join([*lines, ""])


def _measures(these: Sequence[JudgedAnswer]) -> list[tuple[str, list[float]]]:
    can = [o for o in these if o.asked.answerable]
    cannot = [o for o in these if not o.asked.answerable]
    right = [o for o in can if o.whole]
    declined = [o for o in these if o.declined]
    return [
        ("in the first sentence", [float(o.first) for o in can]),
        ("in the whole answer", [float(o.whole) for o in can]),
        ("wanted parts", [o.parts for o in can if o.parts >= 0]),
        ("right and listed cited", [float(o.cites_listed) for o in right if o.asked.article_ids]),
        ("citation precision", [o.precision for o in can if o.precision >= 0]),
        ("citation recall", [o.recall for o in can if o.recall >= 0]),
        ("answerable but declined", [float(o.declined) for o in can]),
        ("unanswerable, declined", [float(o.declined) for o in cannot]),
        ("declined rightly", [float(not o.asked.answerable) for o in declined] if cannot else []),
    ]


def _evidence(asked: GoldQuestion, answer: Answer) -> tuple[float, float]:
    """Return the shares of citations that are evidence, and of evidence that is cited."""
    if not asked.evidence:
        return -1.0, -1.0
    quoted = [(c.article.id, set(terms(c.quote))) for c in answer.citations]
    wanted = [(id_, set(terms(text))) for id_, text in asked.evidence]

    def same(one: tuple[str, set[str]], other: tuple[str, set[str]]) -> bool:
        return len(one[1] & other[1]) >= _SAME * max(1, min(len(one[1]), len(other[1])))

    hits = [any(same(q, w) for w in wanted) for q in quoted]
    found = [any(same(q, w) for q in quoted) for w in wanted]
    precision = sum(hits) / len(hits) if hits else -1.0
    return precision, sum(found) / len(found)


def _goodness(outcome: JudgedAnswer) -> float:
    if not outcome.asked.answerable:
        return float(outcome.declined)
    if outcome.declined:
        return 0.1
    return 0.5 * outcome.whole + 0.3 * outcome.first + 0.2 * outcome.cites_listed


def _shown(outcome: JudgedAnswer) -> list[str]:
    asked, answer = outcome.asked, outcome.answer
    wanted = " | ".join(asked.wanted or asked.accepted) or "nothing: not in the archive"
    return [
        f"{asked.id} ({asked.kind}) {asked.question}",
        f"  wanted: {wanted}",
        f"  {answer.status}: {answer.text[:400]}",
    ]


def _beside(path: Path, name: str) -> dict[str, object]:
    file = path.with_name(name)
    return dict(json.loads(file.read_text("utf-8"))) if file.is_file() else {}


def _gold_question(
    row: dict[str, object], forms: dict[str, object], modes: dict[str, object]
) -> GoldQuestion:
    id_ = str(row["id"])
    mode = modes.get(id_)
    parts = tuple(mode["parts"]) if isinstance(mode, dict) and mode["mode"] == "all" else ()
    today = str(row.get("today") or "")
    return GoldQuestion(
        id=id_,
        kind=str(row.get("kind", "")),
        question=str(row["question"]),
        accepted=(*_texts(row.get("answers")), *_texts(forms.get(id_))) if row["answers"] else (),
        article_ids=frozenset(_texts(row.get("article_ids"))),
        wanted=parts,
        evidence=tuple((e["article_id"], e["text"]) for e in _rows(row.get("evidence"))),
        history=tuple(Message(m["role"], m["content"]) for m in _rows(row.get("history"))),
        today=date.fromisoformat(today) if today else None,
    )


def _texts(found: object) -> tuple[str, ...]:
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _rows(found: object) -> list[dict[str, str]]:
    return found if isinstance(found, list) else []


def main() -> None:
    """Print the report for a question file over a home, or for a set over its own passages."""
    parser = argparse.ArgumentParser(description="Ask every question of a file and judge.")
    parser.add_argument("questions", type=Path)
    parser.add_argument("--home", type=Path, help="the archive; without it the file's passages")
    parser.add_argument("--split", default="valid", help="of a file with its own passages")
    options = parser.parse_args()
    if options.home:
        outcomes = evaluate(Assistant.load(options.home), read_gold(options.questions))
    else:
        outcomes = evaluate_trials(options.questions, options.split)
    print(report(outcomes))  # noqa: T201


if __name__ == "__main__":
    main()
