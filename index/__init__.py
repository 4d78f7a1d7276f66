"""Vectors, terms and ranking: from articles to hits.

    from warta.index import Retriever
    hits = Retriever.load("warta-data").retrieve("Siapa kepala BPMP Maluku?", k=5)

Names are imported when they are first used, so that `import warta.index` loads no library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from warta.index.building.build import BuildReport, build
    from warta.index.building.ingest import IndexReport, index_paths
    from warta.index.candidates import Hit
    from warta.index.embedding.embedder import Embedder, LengthEmbedder, SentenceTransformerEmbedder
    from warta.index.search.reranker import CrossEncoder
    from warta.index.search.retriever import Retriever
    from warta.index.search.view import View
    from warta.index.snapshot.shelf import check
    from warta.index.snapshot.snapshot import Coverage

__all__ = [
    "BuildReport",
    "Coverage",
    "CrossEncoder",
    "Embedder",
    "Hit",
    "IndexReport",
    "LengthEmbedder",
    "Retriever",
    "SentenceTransformerEmbedder",
    "View",
    "build",
    "check",
    "index_paths",
]

_HOMES = {
    "BuildReport": "warta.index.building.build",
    "Coverage": "warta.index.snapshot.snapshot",
    "CrossEncoder": "warta.index.search.reranker",
    "Embedder": "warta.index.embedding.embedder",
    "Hit": "warta.index.candidates",
    "IndexReport": "warta.index.building.ingest",
    "LengthEmbedder": "warta.index.embedding.embedder",
    "Retriever": "warta.index.search.retriever",
    "SentenceTransformerEmbedder": "warta.index.embedding.embedder",
    "View": "warta.index.search.view",
    "build": "warta.index.building.build",
    "check": "warta.index.snapshot.shelf",
    "index_paths": "warta.index.building.ingest",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'warta.index' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
