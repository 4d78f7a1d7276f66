"""Renders the public face by pdoc into a folder: `python .ci/docs.py FOLDER`.

A warning of pdoc's is a failure. The faces import what they name when it is asked for, which pdoc
does not do: here it is asked for.
"""

import importlib
import sys
import warnings
from pathlib import Path

import pdoc

FACES = ("warta.corpus", "warta.index", "warta.assistant")
MODULES = (
    *FACES,
    "warta.corpus.article",
    "warta.corpus.errors",
    "warta.integrations.langchain_retriever",
    "warta.integrations.haystack_retriever",
)


def main(folder: Path) -> None:
    """Write one page for each module."""
    for name in FACES:
        face = importlib.import_module(name)
        for public in getattr(face, "__all__", ()):
            setattr(face, public, getattr(face, public))
    warnings.simplefilter("error", UserWarning)
    pdoc.pdoc(*MODULES, output_directory=folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
