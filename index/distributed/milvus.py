"""Milvus as collections of rows, and searches in them: the one file that knows pymilvus.

Each generation of an archive is three collections that are never changed once they are whole:

    warta_000042_articles    articles, each in one or several parts
    warta_000042_passages    a row a passage: vector, BM25 weights, terms, day, outlet
    warta_000042_head        small files: manifest, columns, vocabulary, word vectors, links

One alias, `warta`, names the head that is live. Changing it is one step for Milvus and the only
one that readers see, so that all three change at once.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np

from warta.corpus.errors import ConfigError, NoSnapshot, SnapshotError
from warta.index.candidates import Nearest, Rows

MOST = 16_384  # rows that Milvus gives out at once, and passages it ranks
TEXT = 65_535  # bytes of a text field
ARTICLES, PASSAGES, HEAD = "articles", "passages", "head"
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9]{0,99}")
_DENSE, _SPARSE = "vector", "terms"
_KEYS = {ARTICLES: "part", PASSAGES: "number", HEAD: "part"}

Row = Mapping[str, Any]


class Milvus:
    """One archive in a Milvus: its generations, and which is live; for several threads."""

    def __init__(self, client: Any, address: str, alias: str) -> None:
        self._client = client
        self.address = address
        self._alias = alias
        self._pattern = re.compile(rf"{re.escape(alias)}_(\d{{6,}})_({ARTICLES}|{PASSAGES}|{HEAD})")

    @classmethod
    def connect(cls, address: str, token: str = "") -> Self:
        """Connect to `http://host:19530`, or to a local file `name.db` with milvus-lite.

        What stands behind a # is the name of the archive, for several in one Milvus: "warta" where
        there is none. `token` is "user:password" or a key.

        Raises ConfigError where pymilvus is missing or the address cannot be one, SnapshotError
        where nobody answers there.
        """
        place, _, alias = address.partition("#")
        alias = alias or "warta"
        if not _ALIAS.fullmatch(alias):
            raise ConfigError(
                f"The archive in {address!r} is called {alias!r}.", "Use letters and digits only."
            )
        if not place.startswith(("http://", "https://", "tcp://")) and not place.endswith(".db"):
            raise ConfigError(
                f"{place!r} is no address of a Milvus.",
                "Give http://host:19530, or a file that ends in .db for milvus-lite.",
            )
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise ConfigError(
                f"Milvus at {place} needs the package pymilvus: {error}.",
                "Run `pip install 'warta[milvus]'`.",
            ) from error
        with _explained(place):
            return cls(MilvusClient(uri=place, token=token, timeout=30), place, alias)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def live(self) -> str:
        """Return the generation that is live; raises NoSnapshot where there is none."""
        with _explained(self.address):
            if self._alias in self._client.list_aliases()["aliases"]:
                head = self._client.describe_alias(self._alias)["collection_name"]
                if found := self._pattern.fullmatch(head):
                    return found[1]
        raise NoSnapshot(
            f"There is no archive {self._alias!r} in Milvus at {self.address}.",
            "Run `warta index FOLDER --milvus URI` first.",
        )

    def generations(self) -> list[str]:
        """Return all that are there, whole or not, oldest first."""
        with _explained(self.address):
            names = self._client.list_collections()
        found = {match[1] for name in names if (match := self._pattern.fullmatch(name))}
        return sorted(found, key=int)

    def create(self, generation: str, dim: int) -> None:
        """Make the empty collections of a generation; vectors have `dim` components."""
        for kind, size in ((ARTICLES, 2), (PASSAGES, dim), (HEAD, 2)):
            with _explained(self.address):
                schema, index = self._described(kind, size)
                self._client.create_collection(
                    self._name(generation, kind), schema=schema, index_params=index
                )

    def _described(self, kind: str, dim: int) -> tuple[Any, Any]:
        from pymilvus import DataType

        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field(_KEYS[kind], DataType.INT64, is_primary=True)
        # Milvus has no collection without a vector: those of articles and files are two zeros.
        schema.add_field(_DENSE, DataType.FLOAT_VECTOR, dim=dim)
        index = self._client.prepare_index_params()
        # milvus-lite's graph comes upon few of those that a filter lets through: it compares all.
        nearby = "FLAT" if self.address.endswith(".db") else "AUTOINDEX"
        index.add_index(_DENSE, index_type=nearby, metric_type="IP")
        if kind == PASSAGES:
            schema.add_field(_SPARSE, DataType.SPARSE_FLOAT_VECTOR)
            index.add_index(_SPARSE, index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
            for name in ("article", "start", "end", "day", "outlet"):
                schema.add_field(name, DataType.INT64)
            schema.add_field("tokens", DataType.VARCHAR, max_length=TEXT)
        else:
            schema.add_field("name", DataType.VARCHAR, max_length=64)
            schema.add_field("last", DataType.INT64)
            index.add_index("name", index_type="INVERTED")
            schema.add_field("data", DataType.VARCHAR, max_length=TEXT)
        return schema, index

    def insert(self, generation: str, kind: str, rows: Sequence[Row]) -> None:
        """Write rows; those of articles and files need no vector."""
        zeros = {} if kind == PASSAGES else {_DENSE: [0.0, 0.0]}
        with _explained(self.address):
            self._client.insert(self._name(generation, kind), [{**row, **zeros} for row in rows])

    def settle(self, generation: str, counts: Mapping[str, int]) -> None:
        """Make durable and ready what was written; raises SnapshotError where rows are missing."""
        for kind, expected in counts.items():
            name = self._name(generation, kind)
            with _explained(self.address):
                self._client.flush(name)
                self._client.load_collection(name)
            if (found := self.count(generation, kind)) != expected:
                raise SnapshotError(
                    f"{name} in Milvus at {self.address} has {found} rows, {expected} were written."
                )

    def load(self, generation: str) -> None:
        """Have a generation ready to be asked: after a restart of Milvus it may not be."""
        for kind in _KEYS:
            with _explained(self.address):
                self._client.load_collection(self._name(generation, kind))

    def point(self, generation: str) -> None:
        """Make a generation that is whole the live one."""
        head = self._name(generation, HEAD)
        with _explained(self.address):
            if self._alias in self._client.list_aliases()["aliases"]:
                self._client.alter_alias(head, self._alias)
            else:
                self._client.create_alias(head, self._alias)

    def drop(self, generation: str) -> None:
        """Remove a generation, or what there is of it."""
        for kind in (HEAD, PASSAGES, ARTICLES):
            with _explained(self.address):
                self._client.drop_collection(self._name(generation, kind))

    def count(self, generation: str, kind: str) -> int:
        """Count the rows, all that were written before among them."""
        name = self._name(generation, kind)
        with _explained(self.address):
            found = self._client.query(
                name, filter="", output_fields=["count(*)"], consistency_level="Strong"
            )
        return int(found[0]["count(*)"])

    def nearest(self, generation: str, vector: Any, k: int, only: str = "") -> Nearest:
        """Return the k passages with the greatest inner product with `vector`, highest first.

        A dict from term numbers to weights is held against their BM25 weights, anything else
        against their vectors. `only` is a filter in Milvus's language.
        """
        sparse = isinstance(vector, dict)
        with _explained(self.address):
            hits = self._client.search(
                self._name(generation, PASSAGES),
                data=[vector if sparse else np.asarray(vector, np.float32).tolist()],
                anns_field=_SPARSE if sparse else _DENSE,
                limit=min(k, MOST),
                filter=only,
                output_fields=["number"],
                search_params={"metric_type": "IP"},
            )[0]
        rows: Rows = np.array([hit["number"] for hit in hits], np.int64)
        scores = np.array([hit["distance"] for hit in hits], np.float32)
        order = np.lexsort((rows, -scores))
        return Nearest(rows[order], scores[order])

    def rows(self, generation: str, kind: str, keys: Sequence[int], fields: Sequence[str]) -> Any:
        """Return the fields of the rows with these keys, in no order."""
        return self._query(generation, kind, _KEYS[kind], keys, fields)

    def named(self, generation: str, kind: str, names: Sequence[str]) -> Any:
        """Return key and name of the rows that have one of these names."""
        return self._query(generation, kind, "name", names, (_KEYS[kind], "name"))

    def _query(
        self, generation: str, kind: str, field: str, values: Sequence[Any], fields: Sequence[str]
    ) -> Any:
        found: list[Any] = []
        for at in range(0, len(values), 1000):
            with _explained(self.address):
                found += self._client.query(
                    self._name(generation, kind),
                    filter=f"{field} in {json.dumps(list(values[at : at + 1000]))}",
                    output_fields=list(fields),
                )
        return found

    def _name(self, generation: str, kind: str) -> str:
        return f"{self._alias}_{generation}_{kind}"


@contextlib.contextmanager
def _explained(address: str) -> Iterator[None]:
    """Turn what pymilvus raises into our own error."""
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except MilvusException as error:
        raise SnapshotError(
            f"Milvus at {address} cannot be asked: {str(error)[:300]}.",
            "Look whether it runs, and whether the address and milvus_token are right.",
        ) from error
