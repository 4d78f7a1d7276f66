"""A retriever for LangChain: `pip install langchain-core`."""

from typing import Any

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import PrivateAttr

from warta.index.candidates import Hit
from warta.index.search.retriever import Retriever
from warta.integrations.metadata import metadata, passage_id


class WartaLangChainRetriever(BaseRetriever):
    """Finds passages of a Warta home; a link of a chain that can be dumped and loaded.

    `home` is the folder that `warta index` filled, opened with the first query; `k` how many
    passages; `since` and `until` inclusive days of publication as "2026-01-31"; `sources` outlets,
    None for all; `read` whether they are ordered by reading, see `Retriever.retrieve`.
    """

    home: str
    k: int = 5
    since: str | None = None
    until: str | None = None
    sources: list[str] | None = None
    read: bool = False
    _retriever: Retriever | None = PrivateAttr(default=None)

    @classmethod
    def is_lc_serializable(cls) -> bool:
        """Tell that `dumps` writes it: it is its settings."""
        return True

    @classmethod
    def get_lc_namespace(cls) -> list[str]:
        """Return the module that `loads` finds it in."""
        return ["warta", "integrations", "langchain_retriever"]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(hit) for hit in self._opened().retrieve(query, **self._wanted())]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(hit) for hit in await self._opened().aretrieve(query, **self._wanted())]

    def _opened(self) -> Retriever:
        if self._retriever is None:
            self._retriever = Retriever.load(self.home)
        return self._retriever

    def _wanted(self) -> dict[str, Any]:
        return {
            "k": self.k,
            "since": self.since,
            "until": self.until,
            "sources": self.sources,
            "read": self.read,
        }


def _document(hit: Hit) -> Document:
    return Document(hit.passage.text, id=passage_id(hit), metadata=metadata(hit))
