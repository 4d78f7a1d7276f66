"""A retriever for Haystack: `pip install haystack-ai`.

Haystack tells its makers about its use unless the variable HAYSTACK_TELEMETRY_ENABLED is False.
"""

from typing import Any

from haystack import Document, component, default_from_dict, default_to_dict

from warta.index.candidates import Hit
from warta.index.search.retriever import Retriever
from warta.integrations.metadata import metadata, passage_id


@component
class WartaHaystackRetriever:
    """Finds passages of a Warta home; a component that a pipeline dumps and loads.

    `home` is the folder that `warta index` filled, opened by `warm_up` or with the first query;
    `top_k` how many passages; `since` and `until` inclusive days of publication as "2026-01-31";
    `sources` outlets, None for all; `read` whether they are ordered by reading, see
    `Retriever.retrieve`. The arguments of `run` win over these.
    """

    def __init__(
        self,
        home: str,
        top_k: int = 5,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
        read: bool = False,
    ) -> None:
        self.home = home
        self.top_k = top_k
        self.since = since
        self.until = until
        self.sources = sources
        self.read = read
        self._retriever: Retriever | None = None

    def warm_up(self) -> None:
        """Open the home. Raises NoSnapshot where nothing is indexed."""
        if self._retriever is None:
            self._retriever = Retriever.load(self.home)

    @component.output_types(documents=list[Document])
    def run(
        self,
        query: str,
        top_k: int | None = None,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
    ) -> dict[str, list[Document]]:
        """Return under `documents` the passages that answer best, best first."""
        hits = self._opened().retrieve(query, **self._wanted(top_k, since, until, sources))
        return {"documents": [_document(hit) for hit in hits]}

    @component.output_types(documents=list[Document])
    async def run_async(
        self,
        query: str,
        top_k: int | None = None,
        since: str | None = None,
        until: str | None = None,
        sources: list[str] | None = None,
    ) -> dict[str, list[Document]]:
        """Return what `run` does, from a thread, so that an event loop goes on meanwhile."""
        wanted = self._wanted(top_k, since, until, sources)
        return {
            "documents": [_document(hit) for hit in await self._opened().aretrieve(query, **wanted)]
        }

    def to_dict(self) -> dict[str, Any]:
        """Return its settings, for `Pipeline.dumps`."""
        written: dict[str, Any] = default_to_dict(
            self,
            home=self.home,
            top_k=self.top_k,
            since=self.since,
            until=self.until,
            sources=self.sources,
            read=self.read,
        )
        return written

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "WartaHaystackRetriever":
        """Make it of such settings."""
        made: WartaHaystackRetriever = default_from_dict(cls, data)
        return made

    def _opened(self) -> Retriever:
        self.warm_up()
        assert self._retriever is not None
        return self._retriever

    def _wanted(
        self,
        top_k: int | None,
        since: str | None,
        until: str | None,
        sources: list[str] | None,
    ) -> dict[str, Any]:
        return {
            "k": top_k or self.top_k,
            "since": since or self.since,
            "until": until or self.until,
            "sources": self.sources if sources is None else sources,
            "read": self.read,
        }


def _document(hit: Hit) -> Document:
    return Document(
        id=passage_id(hit), content=hit.passage.text, score=hit.score, meta=metadata(hit)
    )
