"""Retrieval over a question file, as set up and beside other settings: table, JSON, picture."""

import time
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warta.assistant.config import Settings
from warta.assistant.evaluation.evaluate import figures_dict
from warta.corpus.errors import InputError
from warta.index.candidates import Hit, Ranker
from warta.index.search.fusion import Mixture
from warta.index.search.metrics import (
    Change,
    Figure,
    Interval,
    Judged,
    by_kind,
    changes_by_kind,
    measure,
    read_questions,
)
from warta.index.search.reranker import load_reranker
from warta.index.search.retriever import Retriever
from warta.index.search.view import View
from warta.index.snapshot.own_models import embedder_to_read

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
