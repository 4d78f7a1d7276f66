"""A snapshot of a home -> the next generation in Milvus, live in one step."""

import base64
import hashlib
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warta.corpus.article import Article
from warta.corpus.errors import DamagedSnapshot, NoSnapshot
from warta.index.building.build import Progress, silent
from warta.index.distributed.milvus import ARTICLES, HEAD, PASSAGES, Milvus, Row
from warta.index.snapshot.snapshot import Snapshot

K1, B = 1.2, 0.75  # as tantivy has them
PARTS = 1024  # parts that an article may have
_BATCH = 500
_ARTICLES = 200  # read at a time
_LETTERS = 16_000  # of a part: four bytes each at most
_BYTES = 48_000  # of a part of a file: four letters for three
_FIELDS = ("id", "title", "text", "source", "url", "language")


@dataclass(frozen=True, slots=True)
class Published:
    """The generation that is live now, and whether it is a new one."""

    generation: str
    changed: bool


def publish(
    snapshot: Snapshot, milvus: Milvus, progress: Progress = silent, *, keep_last: bool = True
) -> Published:
    """Copy a snapshot into Milvus and make it live there.

    What was live stays whole and served until the last step, whatever happens before; it is kept
    for those who still ask it until the next time, unless `keep_last` is off. What is hidden in
    the snapshot stays hidden. What an interrupted run has left is removed. Raises SnapshotError
    where Milvus fails.
    """
    try:
        live = milvus.live()
    except NoSnapshot:
        live = ""
    if live and _identity_of(milvus, live) == _identity(snapshot):
        if not keep_last:
            _sweep(milvus, {live})
        return Published(live, False)
    _sweep(milvus, {live})
    numbers = [int(name) for name in milvus.generations()]
    generation = f"{max(numbers, default=0) + 1:06d}"
    milvus.create(generation, snapshot.manifest.versions.dim)
    counts = {ARTICLES: 0, PASSAGES: 0, HEAD: 0}
    expected = {ARTICLES: len(snapshot.published), PASSAGES: len(snapshot), HEAD: 0}
    frequency = np.zeros(len(snapshot.texts.vocabulary()), np.int32)

    def write(kind: str, rows: Iterable[Row]) -> None:
        for batch in _batches(rows):
            milvus.insert(generation, kind, batch)
            counts[kind] += len(batch)
            progress(f"{kind} to Milvus", counts[kind], max(counts[kind], expected[kind]))

    write(ARTICLES, _articles(snapshot))
    write(PASSAGES, _passages(snapshot, frequency))
    write(HEAD, _files(snapshot, frequency))
    milvus.settle(generation, counts)
    milvus.point(generation)
    _sweep(milvus, {generation, *([live] if keep_last else [])})
    return Published(generation, True)


def _identity(snapshot: Snapshot) -> str:
    hidden = hashlib.sha256("\n".join(sorted(snapshot.hidden)).encode()).hexdigest()[:12]
    return f"{snapshot.manifest.checksum}-{hidden}"


def _identity_of(milvus: Milvus, generation: str) -> str:
    milvus.load(generation)
    return read_files(milvus, generation, ["identity"]).get("identity", b"").decode()


def _sweep(milvus: Milvus, keep: set[str]) -> None:
    for generation in milvus.generations():
        if generation not in keep:
            milvus.drop(generation)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def key_of(article_id: str) -> str:
    """Return the name under which an article is found by its id, which may be of any length."""
    return hashlib.sha256(article_id.encode()).hexdigest()[:32]


def _articles(snapshot: Snapshot) -> Iterator[Row]:
    count = len(snapshot.published)
    for first in range(0, count, _ARTICLES):
        numbers = list(range(first, min(first + _ARTICLES, count)))
        for number, article in sorted(snapshot.texts.articles(numbers).items()):
            record = json.dumps(_record(article), ensure_ascii=False)
            parts = [record[at : at + _LETTERS] for at in range(0, len(record), _LETTERS)]
            for part, data in enumerate(parts):
                name = "" if part else key_of(article.id)
                yield {
                    "part": number * PARTS + part,
                    "last": len(parts) - 1,
                    "name": name,
                    "data": data,
                }


def _record(article: Article) -> dict[str, str]:
    days = {name: getattr(article, name) for name in ("published", "updated")}
    return {name: getattr(article, name) for name in _FIELDS} | {
        name: day.isoformat() if day else "" for name, day in days.items()
    }


def article_of(record: str) -> Article:
    """Return the article that was written as `record`."""
    fields: dict[str, Any] = json.loads(record)
    for name in ("published", "updated"):
        fields[name] = date.fromisoformat(fields[name]) if fields[name] else None
    return Article(**fields)


def _passages(snapshot: Snapshot, frequency: NDArray[np.int32]) -> Iterator[Row]:
    """Yield all passages, and count in `frequency` how many hold each term."""
    tokens, count = snapshot.tokens, len(snapshot)
    for first in range(0, count, _BATCH):
        numbers = np.arange(first, min(first + _BATCH, count))
        vectors, spans = snapshot.vectors.rows(numbers), snapshot.texts.spans(numbers.tolist())
        for vector, number in zip(vectors, numbers.tolist(), strict=True):
            article = int(snapshot.article_of[number])
            own, headline = tokens.row(number), tokens.row(count + article)
            both = np.concatenate([own, headline])
            terms, times = np.unique(both, return_counts=True)
            frequency[terms] += 1
            norm = K1 * (1 - B + B * len(both) / max(snapshot.mean_length, 1e-9))
            weights = times * (K1 + 1) / (times + norm)
            # Milvus takes no row without any weight: nobody asks for a term behind the last one.
            sparse = dict(zip(terms.tolist(), weights.tolist(), strict=True))
            yield {
                "number": number,
                "vector": vector.tolist(),
                "terms": sparse or {len(frequency): 1.0},
                "article": article,
                "start": spans[number][0],
                "end": spans[number][1],
                "day": int(snapshot.published[article]),
                "outlet": int(snapshot.source_of[article]),
                "tokens": base64.b64encode(both.astype("<i4").tobytes()).decode("ascii"),
            }


def _files(snapshot: Snapshot, frequency: NDArray[np.int32]) -> Iterator[Row]:
    """Yield what a page server reads once, as numbered parts of named files."""
    rows = np.arange(len(snapshot) + len(snapshot.published))
    files: dict[str, bytes] = {
        "identity": _identity(snapshot).encode(),
        "manifest": snapshot.manifest.to_bytes(),
        "passages_of": _npy(np.bincount(snapshot.article_of, minlength=len(snapshot.published))),
        "published": _npy(snapshot.published),
        "copy_of": _npy(snapshot.copy_of),
        "sources": json.dumps(snapshot.sources).encode(),
        "hidden": json.dumps(sorted(snapshot.hidden)).encode(),
        "lengths": _npy(snapshot.tokens.lengths(rows).astype(np.int32)),
        "vocabulary": json.dumps(snapshot.texts.vocabulary(), ensure_ascii=False).encode(),
        "frequency": _npy(frequency),
    }
    if snapshot.words is not None:
        files["words"] = _npy(snapshot.words.rows(np.arange(len(snapshot.words))))
    if snapshot.links is not None:
        files["links"] = _npy(snapshot.links.pairs)
    key = 0
    for name, content in files.items():
        packed = zlib.compress(hashlib.sha256(content).digest() + content, 1)
        for at in range(0, len(packed), _BYTES):
            data = base64.b64encode(packed[at : at + _BYTES]).decode("ascii")
            yield {"part": key, "last": 0, "name": name, "data": data}
            key += 1


def _npy(values: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def read_files(milvus: Milvus, generation: str, names: Sequence[str]) -> dict[str, bytes]:
    """Return those of these files that a generation has; raises DamagedSnapshot.

    In parts: what Milvus sends at once is bounded.
    """
    keys: dict[str, list[int]] = {}
    for row in milvus.named(generation, HEAD, names):
        keys.setdefault(row["name"], []).append(row["part"])
    files = {}
    for name, parts in keys.items():
        parts.sort()
        packed = []
        for at in range(0, len(parts), 100):
            rows = milvus.rows(generation, HEAD, parts[at : at + 100], ("part", "data"))
            rows = sorted(rows, key=lambda row: row["part"])
            packed += [base64.b64decode(row["data"]) for row in rows]
        try:
            content = zlib.decompress(b"".join(packed))
        except zlib.error as error:
            raise DamagedSnapshot(f"{name} of {generation} cannot be read: {error}.") from error
        if hashlib.sha256(content[32:]).digest() != content[:32]:
            raise DamagedSnapshot(f"{name} of generation {generation} is not as it was written.")
        files[name] = content[32:]
    return files
