"""Figures over question files: answers (right? in place? carried by what they cite?) and retrieval.

    python -m warta.assistant.evaluation.evaluate questions.jsonl --home warta-data
    python -m warta.assistant.evaluation.evaluate facqa.jsonl.gz --split valid

An answer is right when its text contains an accepted answer, numbers and dates in any normal
form. Beside the question file two more may lie: `normal_forms.json` with further accepted forms
and `answer_mode.json` with the questions of which all listed parts are wanted.

Retrieval is measured as set up and beside other settings: table, JSON, picture.
"""

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import partial
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
from warta.index.candidates import Hit, Ranker
from warta.index.embedding.embedder import Embedder, SentenceTransformerEmbedder
from warta.index.search.fusion import Mixture
from warta.index.search.metrics import (
    Change,
    Figure,
    Interval,
    Judged,
    bootstrap,
    by_kind,
    changes_by_kind,
    measure,
    read_questions,
)
from warta.index.search.reranker import load_reranker
from warta.index.search.retriever import Retriever
from warta.index.search.view import View
from warta.index.snapshot.own_models import embedder_to_read

_WORST = 20
_SAME = 0.6  # share of an evidence sentence's terms a quote must hold to be that evidence

# The same questions under several settings: what each finds, and what sets them apart.

_DEPTH = 10  # articles looked at for each question
_PASSAGES = 20  # two of one article come at most

# Plain BM25 and plain cosine over what both sides found: a passage that only the other side found
# scores lowest, so the first places are those of each side by itself.
RANKERS: Mapping[str, Ranker] = MappingProxyType(
    {
        "terms": Mixture(vectors=0.0, english=0.0, headline=1.0, covered=0.0),
        "vectors": Mixture(vectors=1.0, english=1.0, covered=0.0),
        "mixture": Mixture(),
    }
)


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


@dataclass(frozen=True, slots=True)
class Measured:
    """What one setting found.

    `values`: (questions, measures) float64, in the order of `questions` and `Measures.names`.
    `seconds`: (questions,) float64, what each search took.
    """

    setting: str
    questions: tuple[Judged, ...]
    values: NDArray[np.float64]
    seconds: NDArray[np.float64]

    def figures(self) -> list[Figure]:
        """Return each measure for all answerable questions and for each kind of them."""
        return by_kind(self.questions, self.values)

    def gains_over(self, other: "Measured") -> list[Change]:
        """Return what this setting gains over another on the same questions, by kind."""
        return changes_by_kind(self.questions, other.values, self.values)


def measure_setting(
    setting: str,
    view: View,
    questions: Sequence[Judged],
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Measured:
    """Search for each question, its history before it as plain text, and judge by article.

    An article stands for its copies: they are shown with it, as carried by others too.
    """
    rankings, seconds = [], []
    for number, question in enumerate(questions, start=1):
        began = time.perf_counter()
        hits = view.retrieve(question.text, k=_PASSAGES)
        seconds.append(time.perf_counter() - began)
        found = [_listed(hit, set(question.relevant)) for hit in hits]
        rankings.append(list(dict.fromkeys(found))[:_DEPTH])
        progress(f"questions, {setting}", number, len(questions))
    values = measure(questions, rankings)
    return Measured(setting, tuple(questions), values, np.asarray(seconds))


def _listed(hit: Hit, relevant: Set[str]) -> str:
    """Return the id of a hit's article, or of its copy where that one is asked for."""
    copies = (copy.id for copy in hit.also if copy.id in relevant)
    return hit.article.id if hit.article.id in relevant else next(copies, hit.article.id)


# Figures as a picture: one row a kind, one panel a measure, a dot with its interval a setting.
#
# Written as SVG by hand: a plotting library would be the largest dependency for the least part.

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito
_INK, _QUIET, _GRID = "#222222", "#666666", "#dddddd"
_MARGIN, _LABELS, _PANEL, _VALUES, _GAP = 20, 130, 150, 40, 18
_TOP, _LINE, _BETWEEN = 92, 14, 12  # heights: of the head, a setting, the space between kinds
_FONT = "font-family='system-ui, sans-serif'"


def figures_svg(title: str, settings: Mapping[str, Sequence[Figure]]) -> str:
    """Return an SVG of the figures of each setting by its name.

    Kinds and measures are those of the first setting, in its order; the scale is 0 to 1. What a
    setting has no figure for, or no questions, stays empty.
    """
    first = next(iter(settings.values()))
    kinds = list(dict.fromkeys(figure.kind for figure in first))
    measures = list(dict.fromkeys(figure.measure for figure in first))
    found = [{(f.kind, f.measure): f.interval for f in figures} for figures in settings.values()]
    row = _LINE * len(settings) + _BETWEEN
    bottom = _TOP + row * len(kinds)
    width = 2 * _MARGIN + _LABELS + len(measures) * (_PANEL + _VALUES + _GAP)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {bottom + 56}' "
        f"width='{width}' height='{bottom + 56}' {_FONT} font-size='12' role='img'>",
        f"<title>{escape(title)}</title>",
        "<rect width='100%' height='100%' fill='white'/>",
        _text(_MARGIN, 28, title, size=16),
        *_legend(list(settings)),
        *(line for at, name in enumerate(measures) for line in _axis(_left(at), name, bottom)),
    ]
    for place, kind in enumerate(kinds):
        top = _TOP + place * row
        count = max((s[kind, m].n for s in found for m in measures if (kind, m) in s), default=0)
        parts.append(_text(_MARGIN, top + row / 2 + 1, f"{kind} ({count})"))
        for number, intervals in enumerate(found):
            y = top + _BETWEEN / 2 + _LINE * (number + 0.5)
            for at, name in enumerate(measures):
                if interval := intervals.get((kind, name)):
                    parts += _whisker(_left(at), y, interval, _COLOURS[number % len(_COLOURS)])
    note = "Dot: mean over the questions of a kind (their number). Line: 95 % bootstrap interval."
    parts.append(_text(_MARGIN, bottom + 42, note, fill=_QUIET))
    return "\n".join([*parts, "</svg>", ""])


def _left(panel: int) -> float:
    return _MARGIN + _LABELS + panel * (_PANEL + _VALUES + _GAP)


def _legend(names: Sequence[str]) -> list[str]:
    parts, x = [], float(_MARGIN)
    for number, name in enumerate(names):
        colour = _COLOURS[number % len(_COLOURS)]
        parts += [f"<circle cx='{x + 5:g}' cy='48' r='4' fill='{colour}'/>"]
        parts += [_text(x + 14, 52, name)]
        x += 34 + 7 * len(name)
    return parts


def _axis(left: float, name: str, bottom: float) -> list[str]:
    parts = [_text(left, _TOP - 12, name)]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x = left + tick * _PANEL
        parts.append(f"<path d='M{x:g} {_TOP - 4}V{bottom}' stroke='{_GRID}'/>")
        if tick in (0, 0.5, 1):
            parts.append(_text(x, bottom + 16, f"{tick:g}", fill=_QUIET, anchor="middle"))
    return parts


def _whisker(left: float, y: float, interval: Interval, colour: str) -> list[str]:
    if not interval.n:
        return []
    low, mean, high = (left + _PANEL * x for x in (interval.low, interval.mean, interval.high))
    return [
        f"<path d='M{low:.1f} {y:g}H{high:.1f}' stroke='{colour}' stroke-width='2'/>",
        f"<circle cx='{mean:.1f}' cy='{y:g}' r='4' fill='{colour}'/>",
        _text(left + _PANEL + 10, y + 4, f"{interval.mean:.3f}", size=11),
    ]


def _text(
    x: float, y: float, words: str, *, size: int = 12, fill: str = _INK, anchor: str = "start"
) -> str:
    return (
        f"<text x='{x:g}' y='{y:g}' font-size='{size}' fill='{fill}' text-anchor='{anchor}'>"
        f"{escape(words)}</text>"
    )


_OWN = "as set up"
_PLAIN = "no-reranker"
SETTINGS = (*RANKERS, _PLAIN)
_SHOWN = ("recall@1", "recall@5", "recall@10", "MRR@10")  # in the picture


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """What the setting in use finds, and what each other finds on the same questions."""

    own: Measured
    others: tuple[Measured, ...]

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the shape of `warta evaluate --json`: one row a setting, kind and measure.

        Rows of other settings have `gain`: what the setting in use gains over that one.
        """
        rows = [{"setting": _OWN, **row} for row in figures_dict(self.own.figures())]
        for other in self.others:
            gains = map(_gain_dict, self.own.gains_over(other))
            for row, gain in zip(figures_dict(other.figures()), gains, strict=True):
                rows.append({"setting": other.setting, **row, "gain": gain})
        return rows

    def lines(self) -> list[str]:
        """Return a table a setting, kinds below, measures across; then the gains over each."""
        lines: list[str] = []
        for measured in (self.own, *self.others):
            cells = [(f.kind, f.measure, f.interval.n, str(f.interval)) for f in measured.figures()]
            lines += [*([f"{measured.setting}:"] if self.others else []), *_table(cells), ""]
        for other in self.others:
            changes = self.own.gains_over(other)
            cells = [(c.kind, c.measure, c.comparison.difference.n, _gain(c)) for c in changes]
            lines += [f"gain of {_OWN} over {other.setting} (* beyond chance):", *_table(cells), ""]
        return lines[:-1]

    def svg(self, title: str) -> str:
        """Return the figures as a picture, a colour a setting."""
        return figures_svg(
            title,
            {
                measured.setting: [f for f in measured.figures() if f.measure in _SHOWN]
                for measured in (self.own, *self.others)
            },
        )


def evaluate_retrieval(
    settings: Settings,
    file: Path,
    others: Sequence[str],
    progress: Callable[[str, int, int], None],
    *,
    download: bool = False,
) -> RetrievalReport:
    """Measure retrieval by article as set up, and under each of `others`.

    One of those is a name of `SETTINGS` or the folder of another home, which is read with its
    own embedder and the same reranker. Raises InputError for one that is neither, and for a file
    that holds no questions or none with an article.
    """
    questions = read_questions(file)
    if not any(question.relevant for question in questions):
        raise InputError(f"No question of {file} names an article.", "Give them article_ids.")
    embedder = embedder_to_read(settings.home, settings.embedder)
    reranker = load_reranker(settings.reranker, download=download)

    def retriever(setting: str) -> Retriever:
        if setting in RANKERS:
            return Retriever(embedder, settings.home, RANKERS[setting])
        if setting == _PLAIN:
            return Retriever(embedder, settings.home)
        if Path(setting).is_dir():
            return Retriever.load(setting, reranker=reranker)
        raise InputError(
            f"There is no setting {setting!r} to compare with.",
            f"Name one of {', '.join(SETTINGS)}, or the folder of another home.",
        )

    # Every setting is looked up before the first question is asked.
    found = {setting: retriever(setting) for setting in dict.fromkeys(others)}
    own = Retriever(embedder, settings.home, reranker=reranker)
    return RetrievalReport(
        measure_setting(_OWN, own.view(), questions, progress),
        tuple(
            measure_setting(setting, other.view(), questions, progress)
            for setting, other in found.items()
        ),
    )


def _gain_dict(change: Change) -> dict[str, Any]:
    gain = change.comparison
    return {
        "mean": round(gain.difference.mean, 4),
        "low": round(gain.difference.low, 4),
        "high": round(gain.difference.high, 4),
        "better": gain.better,
        "worse": gain.worse,
        "beyond_chance": gain.beyond_chance,
    }


def _gain(change: Change) -> str:
    found = change.comparison
    bounds = f"[{found.difference.low:+.3f}, {found.difference.high:+.3f}]"
    return f"{found.difference.mean:+.3f} {bounds}{'*' if found.beyond_chance else ' '}"


def _table(cells: Sequence[tuple[str, str, int, str]]) -> list[str]:
    """Kinds below, measures across; a cell is (kind, measure, questions, text)."""
    measures = list(dict.fromkeys(measure for _, measure, _, _ in cells))
    counts = {kind: count for kind, _, count, _ in cells}
    texts = {(kind, measure): text for kind, measure, _, text in cells}
    lines = [f"{'kind':<14}{'n':>6}" + "".join(f"{name:>26}" for name in measures)]
    for kind, count in counts.items():
        row = "".join(f"{texts[kind, name]:>26}" for name in measures)
        lines.append(f"{kind:<14}{count:>6}{row}")
    return lines


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
