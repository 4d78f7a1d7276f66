"""Weights trained on one's own archive: where they lie in a home, and which to load when.

    <home>/models/000001/    one folder a training; the newest is for the next index

An index keeps being read with the weights that made it until the next one is built, so training
never takes the page down.
"""

import re
import shutil
from pathlib import Path

from warta.corpus.errors import DamagedSnapshot, InputError, NoSnapshot
from warta.index.embedding.embedder import Embedder, SentenceTransformerEmbedder
from warta.index.snapshot.manifest import read_manifest
from warta.index.snapshot.shelf import current_name, index_folder

MODELS = "models"
_NAME = re.compile(r"\d{6}")


def trained(home: Path) -> list[Path]:
    """Return the folders of a home's own weights, newest first."""
    folder = home / MODELS
    found = folder.iterdir() if folder.is_dir() else iter(())
    return sorted((path for path in found if _NAME.fullmatch(path.name)), reverse=True)


def next_folder(home: Path) -> Path:
    """Return where the next training's weights go; its parent exists."""
    (home / MODELS).mkdir(parents=True, exist_ok=True)
    number = max((int(path.name) for path in trained(home)), default=0) + 1
    return home / MODELS / f"{number:06d}"


def embedder_to_index(home: Path, name: str = "", *, download: bool = False) -> Embedder:
    """Load the embedder of the next index: the named one, the home's own, or the shipped.

    Raises InputError where there is no such model.
    """
    if name:
        return SentenceTransformerEmbedder.load(name, download=download)
    own = trained(home)
    return SentenceTransformerEmbedder.load(own[0] if own else None)


def embedder_to_read(home: Path, name: str = "") -> Embedder:
    """Load the embedder that made the live index, if it is the home's own or the shipped.

    A named one is loaded as it is. Where none fits, the shipped one comes back and opening the
    index says what is wrong.
    """
    if name:
        return SentenceTransformerEmbedder.load(name)
    wanted = _made_by(home)
    found = embedder_called(home, wanted) if wanted else None
    return found or SentenceTransformerEmbedder.load(None)


def embedder_called(home: Path, fingerprint: str) -> Embedder | None:
    """Load the shipped embedder or one of the home's own by its fingerprint; None for others."""
    shipped = SentenceTransformerEmbedder.load(None)
    if shipped.fingerprint == fingerprint:
        return shipped
    for folder in trained(home):
        try:
            own = SentenceTransformerEmbedder.load(folder)
        except InputError:
            continue
        if own.fingerprint == fingerprint:
            return own
    return None


def forget_older(home: Path) -> None:
    """Remove all weights of a home but the newest; call after the index was built with those."""
    for folder in trained(home)[1:]:
        shutil.rmtree(folder, ignore_errors=True)


def _made_by(home: Path) -> str:
    try:
        return read_manifest(index_folder(home) / current_name(home)).versions.embedder
    except (NoSnapshot, DamagedSnapshot):
        return ""
