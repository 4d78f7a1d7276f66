"""`MANIFEST.json`: what a snapshot says of itself, and whether its files are still those."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from warta.corpus.errors import DamagedSnapshot
from warta.index.snapshot.durable import Fingerprint, fingerprint_file, plain_file

FORMAT = "warta-index-1"
MANIFEST = "MANIFEST.json"
_LARGEST = 1 << 20  # bytes of a manifest


@dataclass(frozen=True, slots=True)
class Versions:
    """What the contents of a snapshot depend on beside the articles.

    `words`: fingerprint of the model that word vectors come from, and `stories`: the version of
    the links between articles on one event; "" in an index made before there were any, which
    goes on being read.
    """

    embedder: str
    dim: int
    cleaning: str
    chunking: str
    analysis: str
    duplicates: str
    words: str = ""
    stories: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One snapshot described.

    `built`: UTC, ISO. `newest`: day of the newest article, ISO, "" where none is dated.
    `content`: SHA-256 over ids and content hashes of all articles. `files`: path inside the
    snapshot -> size and SHA-256.
    """

    name: str
    built: str
    versions: Versions
    articles: int
    passages: int
    newest: str
    content: str
    files: dict[str, Fingerprint]

    def to_bytes(self) -> bytes:
        """Return the one way this manifest is written, with a checksum over itself."""
        return _canonical({**self._fields(), "checksum": self.checksum})

    @property
    def checksum(self) -> str:
        """SHA-256 over all that is said here, the hash of every file included."""
        return hashlib.sha256(_canonical(self._fields())).hexdigest()

    def _fields(self) -> dict[str, Any]:
        fields = {"format": FORMAT, **asdict(self)}
        for name in ("words", "stories"):
            if not fields["versions"][name]:
                del fields["versions"][name]
        return fields

    @classmethod
    def from_bytes(cls, data: bytes) -> "Manifest":
        """Read a manifest; any changed byte raises DamagedSnapshot."""
        try:
            fields: dict[str, Any] = json.loads(data)
            found = fields.pop("format")
            fields.pop("checksum")
            files = {path: Fingerprint(**file) for path, file in fields.pop("files").items()}
            versions = Versions(**fields.pop("versions"))
            manifest = cls(versions=versions, files=files, **fields)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise DamagedSnapshot(f"The manifest cannot be read: {error}.") from error
        if found != FORMAT:
            raise DamagedSnapshot(
                f"The index has the format {found!r}, this version reads {FORMAT!r}.",
                "Run `warta index` again with this version.",
            )
        # Compared byte by byte: white space and the order of fields are part of it.
        if manifest.to_bytes() != data:
            raise DamagedSnapshot("The manifest is not as it was written.")
        return manifest


def _canonical(fields: dict[str, Any]) -> bytes:
    return (json.dumps(fields, indent=1, sort_keys=True, ensure_ascii=True) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of one snapshot without looking at its files."""
    path = folder / MANIFEST
    with plain_file(path) as handle, os.fdopen(handle, "rb", closefd=False) as file:
        data = file.read(_LARGEST)
    try:
        manifest = Manifest.from_bytes(data)
    except DamagedSnapshot as error:
        raise DamagedSnapshot(f"{path}: {error.what}", error.remedy) from error
    if manifest.name != folder.name:
        raise DamagedSnapshot(f"{path} describes snapshot {manifest.name!r}.")
    return manifest


def verify(folder: Path) -> Manifest:
    """Compare every file of a snapshot with its manifest; raises DamagedSnapshot."""
    manifest = read_manifest(folder)
    for name, expected in manifest.files.items():
        path = folder / name
        found = fingerprint_file(path)
        if found.size != expected.size:
            raise DamagedSnapshot(f"{path} has {found.size} bytes, {expected.size} were written.")
        if found != expected:
            raise DamagedSnapshot(f"{path} is not as it was written: its SHA-256 differs.")
    return manifest
