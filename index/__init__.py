"""Vectors, terms and ranking: from articles to hits.

    from index import Retriever
    hits = Retriever.load("warta-data").retrieve("Siapa kepala BPMP Maluku?", k=5)

Names are imported when they are first used, so that `import index` loads no library.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.build import BuildReport, build
    from index.embedder import Embedder, LengthEmbedder, SentenceTransformerEmbedder
    from index.hit import Hit
    from index.ingest import IndexReport, index_paths
    from index.reranker import CrossEncoder
    from index.retriever import Retriever
    from index.shelf import check
    from index.snapshot import Coverage
    from index.view import View

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
    "BuildReport": "index.build",
    "Coverage": "index.snapshot",
    "CrossEncoder": "index.reranker",
    "Embedder": "index.embedder",
    "Hit": "index.hit",
    "IndexReport": "index.ingest",
    "LengthEmbedder": "index.embedder",
    "Retriever": "index.retriever",
    "SentenceTransformerEmbedder": "index.embedder",
    "View": "index.view",
    "build": "index.build",
    "check": "index.shelf",
    "index_paths": "index.ingest",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'index' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
