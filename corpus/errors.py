"""Every error Warta raises on purpose.

WartaError                 a user's or the machine's mistake; CLI exit code 1
├── InputError             a path, file, field or argument that cannot be used
│   └── Unbuildable        an article that cannot be made searchable
├── ConfigError            a setting that cannot be used
├── ArchiveError           the archive is missing, damaged or of another format
│   └── DiskError          a disk is full, read-only or fails: nothing is known to be damaged
├── SnapshotError          the index cannot be used
│   ├── NoSnapshot         nothing has been indexed yet, or no snapshot is intact
│   ├── DamagedSnapshot    one snapshot failed its check
│   └── EmbedderMismatch   the index was made by another embedder
├── LockedError            another process is writing; CLI exit code 3
├── BusyError              more questions at once than this machine takes
├── WriterError            a language model failed or is not reachable
└── TrainingError          training cannot start or did not gain
"""

from typing import Self


class WartaError(Exception):
    """Root of all expected errors: what happened with the value, then the remedy."""

    def __init__(self, what: str, remedy: str = "") -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what} {remedy}".strip())

    def __reduce__(self) -> tuple[type[Self], tuple[str, ...]]:
        """Travel between processes whole."""
        return type(self), (self.what, self.remedy)


class InputError(WartaError):
    """A path, file, field or argument that cannot be used."""


class Unbuildable(InputError):
    """An article that cannot be made searchable; `article_id` is its id."""

    def __init__(self, article_id: str, what: str, remedy: str = "") -> None:
        self.article_id = article_id
        super().__init__(what, remedy)

    def __reduce__(self) -> tuple[type[Self], tuple[str, ...]]:
        """Travel between processes whole."""
        return type(self), (self.article_id, self.what, self.remedy)


class ConfigError(WartaError):
    """A setting that cannot be used."""


class ArchiveError(WartaError):
    """The archive is missing, damaged or of another format."""


class DiskError(ArchiveError):
    """A disk under a home is full, read-only or fails: nothing is known to be damaged."""


class SnapshotError(WartaError):
    """The index cannot be used."""


class NoSnapshot(SnapshotError):
    """Nothing has been indexed yet, or no snapshot is intact."""


class DamagedSnapshot(SnapshotError):
    """One snapshot failed its check."""


class EmbedderMismatch(SnapshotError):
    """The index was made by another embedder than the one in use."""


class LockedError(WartaError):
    """Another process is writing to this home."""


class BusyError(WartaError):
    """More questions at once than this machine takes."""


class WriterError(WartaError):
    """A language model failed or is not reachable."""


class TrainingError(WartaError):
    """Training cannot start, or did not gain."""
