"""Question text to hits, from what is live in Milvus."""

import logging
import time
from typing import Self

from warta.corpus.errors import EmbedderMismatch, SnapshotError
from warta.index.candidates import Ranker
from warta.index.distributed.milvus import Milvus
from warta.index.distributed.remote import open_generation
from warta.index.embedding.embedder import Embedder, SentenceTransformerEmbedder
from warta.index.search.reranker import Reranker
from warta.index.search.retriever import Retriever
from warta.index.search.view import View

_LOOK = 2.0  # seconds between two looks at what is live
_log = logging.getLogger(__name__)


class MilvusRetriever(Retriever):
    """Answers from the generation that is live in Milvus; keeps nothing on this machine.

    Which one is live is looked at every two seconds (`look_every`), by the caller that is due; the
    others go on with the one before. Where Milvus does not answer the one before goes on being
    asked, and `warning` says so.
    """

    def __init__(
        self,
        embedder: Embedder,
        milvus: Milvus,
        ranker: Ranker | None = None,
        reranker: Reranker | None = None,
        look_every: float = _LOOK,
    ) -> None:
        super().__init__(embedder, "", ranker, reranker)
        self._milvus = milvus
        self._generation = ""
        self._looked = 0.0
        self._every = look_every

    @classmethod
    def connect(
        cls,
        address: str,
        token: str = "",
        embedder: Embedder | None = None,
        reranker: Reranker | None = None,
    ) -> Self:
        """Open what is live in the Milvus at `address`; see `Milvus.connect`.

        Raises ConfigError where pymilvus is missing, NoSnapshot where nothing was published,
        EmbedderMismatch where it is of another embedder (the shipped one, where none is given),
        SnapshotError where Milvus cannot be asked.
        """
        milvus = Milvus.connect(address, token)
        chosen = embedder or SentenceTransformerEmbedder.load(None)
        retriever = cls(chosen, milvus, reranker=reranker)
        retriever.view()
        return retriever

    def view(self) -> View:
        """Pin the live generation."""
        view = self._view
        if view is not None and time.monotonic() - self._looked < self._every:
            return view
        if not self._opening.acquire(blocking=view is None):
            assert view is not None
            return view
        try:
            return self._look()
        finally:
            self._looked = time.monotonic()
            self._opening.release()

    def _look(self) -> View:
        try:
            live = self._milvus.live()
            if self._view is None or live != self._generation:
                self._view, self._generation = self._open(live), live
            self._warning = ""
        except SnapshotError as error:
            if self._view is None:
                raise
            self._warning = f"{error} Generation {self._generation} goes on being used."
            _log.warning(self._warning)
        return self._view

    def _open(self, generation: str) -> View:
        snapshot = open_generation(self._milvus, generation)
        if snapshot.embedder != self._embedder.fingerprint:
            raise EmbedderMismatch(
                f"What is in Milvus at {self._milvus.address} was made by embedder "
                f"{snapshot.embedder}, in use is {self._embedder.fingerprint}.",
                "Name the embedder it was made with: --embedder.",
            )
        return View(snapshot, self._embedder, self._ranker, self._reranker)
