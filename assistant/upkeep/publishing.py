"""Where the settings name a Milvus: what is indexed goes there, and questions are asked there."""

from typing import TYPE_CHECKING

from warta.assistant.config import Settings
from warta.index.building.build import Progress
from warta.index.snapshot.own_models import embedder_to_read
from warta.index.snapshot.shelf import open_snapshot

if TYPE_CHECKING:
    from warta.index.search.reranker import Reranker
    from warta.index.search.retriever import Retriever


def publish_home(settings: Settings, progress: Progress, *, keep_last: bool = True) -> str:
    """Make the home's live snapshot that of the Milvus in the settings; return its generation.

    "" where they name none. `keep_last` off removes at once what was live before. Raises as
    `publish` and `Milvus.connect` do; the home is as it was then, and the next run goes on.
    """
    if not settings.milvus:
        return ""
    # Imported here: nobody else needs pymilvus.
    from warta.index.distributed.milvus import Milvus
    from warta.index.distributed.publish import publish

    milvus = Milvus.connect(settings.milvus, settings.milvus_token)
    try:
        snapshot = open_snapshot(settings.home).snapshot
        return publish(snapshot, milvus, progress, keep_last=keep_last).generation
    finally:
        milvus.close()


def retriever_of(settings: Settings, reranker: "Reranker | None") -> "Retriever":
    """Open what the settings name for questions: the home, or what is live in a Milvus."""
    from warta.index.search.retriever import Retriever

    if not settings.milvus:
        embedder = embedder_to_read(settings.home, settings.embedder)
        return Retriever.load(settings.home, embedder, reranker)
    from warta.index.distributed.retriever import MilvusRetriever
    from warta.index.embedding.embedder import SentenceTransformerEmbedder

    embedder = SentenceTransformerEmbedder.load(settings.embedder or None)
    return MilvusRetriever.connect(settings.milvus, settings.milvus_token, embedder, reranker)
