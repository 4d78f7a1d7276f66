"""What a home holds and what became of what was put into it, as lines and as JSON."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from warta.assistant.exporting.printing import (
    counted,
    iso,
    removed_lines,
    skipped_dict,
    skipped_line,
    table,
)
from warta.assistant.texts import age_text
from warta.assistant.upkeep.feedback import full
from warta.corpus.archive.archive import NAME, Archive
from warta.corpus.archive.database import disk_problem
from warta.corpus.archive.rows import Run
from warta.corpus.errors import NoSnapshot
from warta.corpus.samples import sample_ids
from warta.index.snapshot import shelf
from warta.index.snapshot.snapshot import Coverage


@dataclass(frozen=True, slots=True)
class Status:
    """What a home holds; days and times are ISO in `to_dict`."""

    home: Path
    snapshot: str
    articles: int
    passages: int
    first: date | None
    last: date | None
    sources: dict[str, int]
    built: datetime
    embedder: str
    skipped: int
    dates_decided: int
    samples: int
    warning: str

    def to_dict(self) -> dict[str, Any]:
        """Return the shape of `warta status --json`."""
        return {
            **asdict(self),
            "home": str(self.home),
            "first": iso(self.first),
            "last": iso(self.last),
            "built": self.built.isoformat(),
        }

    def lines(self, now: datetime) -> list[str]:
        """Return the status as it is read on a terminal."""
        sources = [f"{name or '(none named)'} {count:,}" for name, count in self.sources.items()]
        age = age_text("en", (now - self.built).total_seconds())
        days = f"{iso(self.first)} to {iso(self.last)}" if self.first else "none dated"
        rows = [
            ("home", str(self.home)),
            ("articles", f"{self.articles:,} in {counted(self.passages, 'passage')}"),
            ("published", days),
            ("outlets", ", ".join([*sources[:8], *(["…"] if len(sources) > 8 else [])])),
            ("snapshot", f"{self.snapshot}, built {self.built:%Y-%m-%d %H:%M} UTC ({age})"),
            ("embedder", self.embedder),
            ("dates decided", f"{self.dates_decided:,} (list with --dates)"),
            ("skipped", f"{self.skipped:,} (list with --skipped)"),
        ]
        if self.samples:
            rows.append(("samples", f"{self.samples} articles are invented"))
        return table(rows) + ([f"Warning: {self.warning}"] if self.warning else [])


class Seen(Protocol):
    """One snapshot that is open."""

    @property
    def name(self) -> str:
        """Name of the snapshot."""

    @property
    def embedder(self) -> str:
        """Fingerprint of what made its vectors."""

    def coverage(self) -> Coverage:
        """Tell what the snapshot covers."""

    def days(self) -> dict[date, int]:
        """Count articles by their day of publication."""


def status(home: Path) -> Status:
    """Look at a home. Raises NoSnapshot where nothing is indexed."""
    opened = shelf.open_snapshot(home)
    return status_of(home, opened.snapshot, opened.warning)


def status_of(home: Path, seen: Seen, warning: str = "") -> Status:
    """Look at a home whose snapshot is open already."""
    covered = seen.coverage()
    with Archive.open(home, readonly=True) as archive:
        return Status(
            home=home,
            snapshot=seen.name,
            articles=covered.articles,
            passages=covered.passages,
            first=covered.first,
            last=covered.last,
            sources=covered.sources,
            built=covered.built,
            embedder=seen.embedder,
            skipped=len(archive.skipped()),
            dates_decided=len(archive.date_notes()),
            samples=len(sample_ids() & archive.hashes().keys()),
            warning=" ".join(filter(None, (warning, disk_problem(home / NAME), full(home)))),
        )


def last_run(home: Path) -> Run | None:
    """Return the newest run of `warta index`, None where there was none."""
    with open_archive(home) as archive:
        return next(iter(archive.runs()), None)


@dataclass(frozen=True, slots=True)
class Listing:
    """One of the lists of `warta status`: as JSON values and as lines."""

    values: list[dict[str, Any]]
    lines: list[str]


def skipped_listing(home: Path) -> Listing:
    """List what was not taken, with the reason."""
    with open_archive(home) as archive:
        found = archive.skipped()
    return Listing([skipped_dict(item) for item in found], [skipped_line(item) for item in found])


def removed_listing(home: Path) -> Listing:
    """List what cleaning took out of each article."""
    with open_archive(home) as archive:
        found = [article for article in archive.articles() if article.removed]
    values = [{"article_id": item.id, "removed": list(item.removed)} for item in found]
    return Listing(values, removed_lines(found))


def dates_listing(home: Path) -> Listing:
    """List the articles whose sources disagree on the date, with how it was decided."""
    with open_archive(home) as archive:
        notes = archive.date_notes()
        found = list(archive.articles(notes))
    values = [
        {"article_id": item.id, "published": iso(item.published), "note": notes[item.id]}
        for item in found
    ]
    return Listing(values, [f"{v['article_id']}: {v['published']} ({v['note']})" for v in values])


def open_archive(home: Path) -> Archive:
    """Open the archive to read; raises NoSnapshot where there is none yet."""
    if not (home / NAME).exists():
        raise NoSnapshot(f"There is no archive in {home}.", "Run `warta index FOLDER` first.")
    return Archive.open(home, readonly=True)
