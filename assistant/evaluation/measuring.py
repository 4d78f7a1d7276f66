"""What training gained and how good answers are, as lines and as JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from warta.assistant.config import Settings
from warta.assistant.evaluation.evaluate import JudgedAnswer, read_gold
from warta.assistant.evaluation.evaluate import evaluate as judge_all
from warta.assistant.exporting.printing import counted
from warta.assistant.upkeep.maintain import load_assistant
from warta.assistant.upkeep.status import open_archive
from warta.index.building.build import Progress
from warta.index.search.metrics import Figure
from warta.index.snapshot.own_models import next_folder
from warta.index.training.adapting import TrainReport, train_on_archive


def train(settings: Settings, progress: Progress) -> TrainReport:
    """Train on the home's articles; raises TrainingError where nothing is gained."""
    with open_archive(settings.home) as archive:
        articles = list(archive.articles())
    return train_on_archive(articles, next_folder(settings.home), progress=progress)


def training_dict(report: TrainReport) -> dict[str, Any]:
    """Return the shape of `warta train --json`: recall@10 of held-out headlines.

    `gain` is the mean difference with the bounds of its 95 % interval.
    """
    gain = report.change.difference
    return {
        "before": round(report.before, 4),
        "after": round(report.after, 4),
        "gain": [round(bound, 4) for bound in (gain.mean, gain.low, gain.high)],
        "articles": report.articles,
        "headlines": report.headlines,
        "seconds": round(report.seconds, 1),
        "folder": str(report.folder),
    }


def training_lines(report: TrainReport) -> list[str]:
    """Return what training gained, as it is read on a terminal."""
    return [
        f"Trained on {counted(report.articles, 'article')} in {report.seconds:.0f} s.",
        f"Of {report.headlines:,} headlines it had not seen, {report.before:.3f} found their "
        f"article among ten before, {report.after:.3f} find it now "
        f"(gain {report.change.difference}).",
        "The next `warta index` uses the new weights.",
    ]


def evaluate_answers(settings: Settings, file: Path, progress: Progress) -> list[JudgedAnswer]:
    """Ask every question of a file in gold format and judge the answers."""
    questions = read_gold(file)
    assistant = load_assistant(settings)
    return judge_all(assistant, questions, lambda done, total: progress("questions", done, total))


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
