"""Invented sample articles, so that the first start has something to ask."""

import json
from importlib.resources import files
from pathlib import Path


def samples_path() -> Path:
    """Return the JSON Lines file of the forty sample articles."""
    return Path(str(files(__name__) / "samples.jsonl"))


def sample_ids() -> frozenset[str]:
    """Return the ids of the sample articles, by which they are told from an archive's own."""
    lines = samples_path().read_text("utf-8").splitlines()
    return frozenset(json.loads(line)["id"] for line in lines)
