"""What a maintainer does with a home: index into it, fill it with samples."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warta.assistant.config import Settings
from warta.assistant.exporting.printing import counted, skipped_summary
from warta.assistant.upkeep.publishing import publish_home, retriever_of
from warta.assistant.upkeep.removal import finish_interrupted
from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.article import Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.files import place
from warta.corpus.samples import sample_ids, samples_path
from warta.index.building.build import Progress
from warta.index.building.ingest import IndexReport, index_paths
from warta.index.snapshot import shelf
from warta.index.snapshot.own_models import embedder_to_index, forget_older, trained

if TYPE_CHECKING:
    from warta.assistant.answering.assistant import Assistant


@dataclass(frozen=True, slots=True)
class IndexOutcome:
    """What `warta index` did: `report.retired` invented articles made room.

    `generation`: what is live in Milvus now, "" where the settings name none.
    """

    report: IndexReport
    skipped: tuple[Skipped, ...]
    complaint: InputError | None
    generation: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the shape of `warta index --json`; `indexed + unchanged + skipped == seen`."""
        return asdict(self.report)

    def lines(self) -> list[str]:
        """Return what a maintainer wants to read of it."""
        report = self.report
        lines = [
            f"{counted(report.seen, 'item')} seen in {report.seconds:.1f} s: "
            f"{report.indexed:,} indexed, {report.unchanged:,} unchanged, "
            f"{report.skipped:,} skipped, {report.removed:,} removed. "
            f"Snapshot {report.snapshot or 'none'}."
        ]
        if self.generation:
            lines.append(f"Generation {self.generation} is live in Milvus.")
        if report.retired:
            lines.append(f"The {counted(report.retired, 'invented sample article')} made room.")
        if self.skipped and not self.complaint:
            lines += ["Skipped (all with `warta status --skipped`):"]
            lines += [f"  {line}" for line in skipped_summary(self.skipped)]
        return lines


def index(
    settings: Settings,
    paths: Sequence[str],
    *,
    fields: Mapping[str, str],
    source: str,
    prune: bool,
    allow_local: bool,
    download: bool,
    rebuild: bool,
    progress: Progress,
) -> IndexOutcome:
    """Index `paths` into the home; the samples leave once there are articles of its own.

    `complaint` is set where nothing could be taken, or a file that was named not to its end:
    what could be is indexed all the same.
    """
    home, named = settings.home, settings.embedder
    finish_interrupted(settings, progress)
    embedder = embedder_to_index(home, named, download=download)
    report = index_paths(
        home,
        paths,
        embedder=embedder,
        fields=fields,
        source=source,
        prune=prune,
        allow_local=allow_local,
        new_embedder=rebuild or bool(trained(home) and not named),
        retiring=() if _only_samples(paths) else sample_ids(),
        progress=progress,
    )
    forget_older(home)
    skipped = tuple(_skipped_under(home, paths)) if report.skipped else ()
    generation = publish_home(settings, progress) if report.snapshot else ""
    return IndexOutcome(report, skipped, _complaint(report, paths, skipped), generation)


def load_assistant(settings: Settings) -> "Assistant":
    """Open the home or the Milvus of the settings for questions, with the writer they name."""
    # What answers is not imported by a run that only indexes: it takes longer than the run.
    from warta.assistant.answering.assistant import Assistant
    from warta.assistant.writing.writers import load_writer
    from warta.index.reader import Reader
    from warta.index.search.reranker import load_reranker

    retriever = retriever_of(settings, load_reranker(settings.reranker))
    return Assistant(retriever, Reader.load(), load_writer(settings))


def is_empty(home: Path) -> bool:
    """Tell whether nothing was ever indexed into `home`."""
    if shelf.names(home):
        return False
    if not (home / NAME).exists():
        return True
    with Archive.open(home, readonly=True) as archive:
        return len(archive) == 0


def index_samples(settings: Settings, progress: Progress) -> int:
    """Index the invented sample articles; return how many."""
    embedder = embedder_to_index(settings.home, settings.embedder)
    report = index_paths(settings.home, [samples_path()], embedder=embedder, progress=progress)
    return report.indexed + report.unchanged


def _only_samples(paths: Sequence[str]) -> bool:
    own = samples_path().resolve()
    return all(Path(path).resolve() in (own, own.parent) for path in paths)


def _skipped_under(home: Path, paths: Sequence[str]) -> list[Skipped]:
    asked = [place(path) for path in paths]
    with Archive.open(home, readonly=True) as archive:
        return [
            item
            for item in archive.skipped()
            if any(Path(place(item.origin)).is_relative_to(root) for root in asked)
        ]


def _complaint(
    report: IndexReport, paths: Sequence[str], skipped: Sequence[Skipped]
) -> InputError | None:
    named = {place(path) for path in paths}
    cut = [item for item in skipped if place(item.origin) in named and item.rest]
    if cut:
        return InputError("Not read to the end: " + " ".join(skipped_summary(cut)))
    if report.indexed + report.unchanged:
        return None
    where = ", ".join(paths)
    if not report.seen:
        return InputError(
            f"There is nothing to index in {where}.",
            "Give it .txt, .md, .html, .json, .jsonl, .csv, .xml, .rss or .atom files.",
        )
    reasons = " ".join(skipped_summary(skipped))
    return InputError(
        f"None of the {counted(report.seen, 'item')} in {where} is an article: {reasons}"
    )
