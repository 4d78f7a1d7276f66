"""Indexes CLICK-ID with the shipped embedder: what the reader learns from is found in it.

python -m warta.index.training.home --data ../shared/data --out HOME
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from warta.index.building.ingest import index_paths
from warta.index.embedding.embedder import SentenceTransformerEmbedder

ARTICLES = Path("news/click_id.jsonl.gz")


def main(arguments: Sequence[str] | None = None) -> None:
    """Index the articles into a new home."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with news/")
    parser.add_argument("--out", type=Path, required=True, help="home to make")
    chosen = parser.parse_args(arguments)
    index_paths(chosen.out, [chosen.data / ARTICLES], embedder=SentenceTransformerEmbedder.load())


if __name__ == "__main__":
    main()
