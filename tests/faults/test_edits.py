"""Whatever was edited in whatever order: the index is the one a build from nothing gives.

Scripts of random edits over a small archive, made with the embedder that ships.
`WARTA_FAULTS=full` runs 200 scripts, otherwise six.
"""

from pathlib import Path

import pytest
from edits import Script
from homes import contents, fill
from tracing import FULL

from warta.index.embedding.embedder import SentenceTransformerEmbedder
from warta.index.search.retriever import Retriever

pytestmark = pytest.mark.faults

SCRIPTS = 200 if FULL else 6
STEPS, EDITS = 4, 6
QUESTIONS = (
    "banjir di jembatan desa", "harga cabai di pasar", "siapa wali kota yang menang",
    "festival perahu nelayan", "kebakaran gudang", "what did the police say", "gempa 17 rumah",
)  # fmt: skip


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder.load()


@pytest.mark.parametrize("seed", range(SCRIPTS))
def test_an_edited_archive_gives_the_index_of_a_build_from_nothing(
    seed: int, tmp_path: Path, embedder: SentenceTransformerEmbedder
) -> None:
    script = Script(seed)
    edited, clean = tmp_path / "edited", tmp_path / "clean"
    fill(edited, script.articles.values(), embedder)
    for _ in range(STEPS):
        for _ in range(script.chance.randrange(1, EDITS)):
            script.edit()
        fill(edited, script.articles.values(), embedder)
    fill(clean, script.articles.values(), embedder)
    assert contents(edited) == contents(clean)
    one, other = (Retriever.load(home, embedder) for home in (edited, clean))
    for question in QUESTIONS:
        assert one.retrieve(question, k=20) == other.retrieve(question, k=20)
