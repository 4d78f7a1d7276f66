"""Retrieval over a question file, as set up and beside other settings: table, JSON, picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warta.assistant.config import Settings
from warta.assistant.evaluation.measuring import figures_dict
from warta.assistant.evaluation.picture import figures_svg
from warta.corpus.errors import InputError
from warta.index.metrics import Change, read_questions
from warta.index.search.comparing import RANKERS, Measured, measure_setting
from warta.index.search.reranker import load_reranker
from warta.index.search.retriever import Retriever
from warta.index.snapshot.own_models import embedder_to_read

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
