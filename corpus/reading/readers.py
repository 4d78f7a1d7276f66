"""Files, folders and feeds -> records, or the reason why not.

    path ─ walk ─ bytes within limits ─ pages | tables | feeds ─ Item ─ id, fingerprint ─ Record

Every file that is met gives at least one Record or Skipped. Entries whose name begins with "."
are not met: they belong to other programs. Nothing is kept in memory but the ids of the run and,
for files that are parsed whole, one file.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from warta.corpus.article import Record, Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.columns import Columns, check_fields
from warta.corpus.reading.feeds import Fetched, check_address, feed_items, fetch
from warta.corpus.reading.files import (
    Limits,
    Watch,
    is_address,
    lines,
    opened,
    place,
    read_whole,
    shown,
    unpacked,
    walk,
)
from warta.corpus.reading.identity import Held, Identities, Origin
from warta.corpus.reading.items import Item
from warta.corpus.reading.pages import html_item, markdown_item, text_item
from warta.corpus.reading.tables import csv_items, json_items, jsonl_items

_log = logging.getLogger(__name__)
_NOTHING: Final[Mapping[str, str]] = {}
_READ: Final = ".txt .md .html .htm .json .jsonl .jsonl.gz .csv .xml .rss .atom"


def read(
    paths: Sequence[str | Path],
    *,
    fields: Mapping[str, str] = _NOTHING,
    source: str = "",
    allow_local: bool = False,
    known: Mapping[str, str] = _NOTHING,
    held: Held | None = None,
    limits: Limits = Limits(),  # noqa: B008 -- frozen
) -> Iterator[Record | Skipped]:
    """Yield what `paths` hold: files, folders (all below, sorted) and http(s) feed addresses.

    `fields` maps fields of an article to columns, `source` names the outlet where the input
    does not, `allow_local` permits feed addresses in the local network, `known` (id -> place,
    `Archive.places()`) lets files keep the ids they have, `held` gives headline and text of an
    id, so that an id from another file is not taken for the same article.

    Raises InputError at once for a path that does not exist, an address that is none, and a
    field that articles do not have. Everything else that cannot be used is yielded as Skipped.
    """
    check_fields(fields)
    for path in paths:
        if is_address(str(path)):
            check_address(str(path))
        else:
            _check_path(path)
    run = _Run(fields, source, allow_local, Identities(known, held or _no_article), limits)
    return run.records(paths)


def _no_article(id_: str) -> tuple[str, str] | None:
    return None


def _check_path(path: str | Path) -> None:
    try:
        found = bool(str(path)) and os.path.lexists(path)
    except ValueError:  # a NUL in the name
        found = False
    if not found:
        raise InputError(f"There is no file or folder {str(path)!r}.", "Check the path.")


class _Run:
    """What one call of `read` carries from file to file."""

    def __init__(
        self,
        fields: Mapping[str, str],
        source: str,
        allow_local: bool,
        identities: Identities,
        limits: Limits,
    ) -> None:
        self._columns = Columns(fields)
        self._source = source
        self._allow_local = allow_local
        self._limits = limits
        self._identities = identities
        self._met: set[str] = set()

    def records(self, paths: Sequence[str | Path]) -> Iterator[Record | Skipped]:
        for given in paths:
            path = Path(given)
            if is_address(str(given)):
                yield from self._finished(Origin(path, str(given), str(given), str(given)))
            elif path.is_dir():
                for found in walk(path):
                    if isinstance(found, Skipped):
                        yield found
                    elif found.stem.casefold() == "readme":
                        # Such a file tells about the folder, and would be quoted as news.
                        remedy = "Name the file itself if it is an article."
                        yield Skipped(shown(found), None, "It tells about its folder.", remedy)
                    else:
                        yield from self._file(found, shown(found.relative_to(path)))
            else:
                yield from self._file(path, shown(path.name))

    def _file(self, path: Path, inside: str) -> Iterator[Record | Skipped]:
        real = os.path.realpath(path)
        if real not in self._met:  # given twice, or inside a folder that is given too
            self._met.add(real)
            yield from self._finished(Origin(path, shown(path), place(str(path)), inside))

    def _finished(self, origin: Origin) -> Iterator[Record | Skipped]:
        """Read one origin; whatever goes wrong with it stays with it."""
        watch = Watch(self._limits.seconds)
        empty = True
        try:
            for item in self._items(origin, watch):
                empty = False
                yield item if isinstance(item, Skipped) else self._record(item, origin)
                watch.start()
            if empty:
                raise InputError("It holds no items.", "")
        except InputError as error:
            yield Skipped(origin.shown, None, error.what, error.remedy, rest=True)
        except MemoryError:
            what = "It needs more memory than there is."
            yield Skipped(origin.shown, None, what, "Split it into smaller ones.", rest=True)
        except Exception as error:  # a fault of ours in one file must not stop the others
            _log.exception("reading %s", origin.shown)
            what = f"It cannot be read: {type(error).__name__}: {error}."
            yield Skipped(origin.shown, None, what, "Report this, with the file.", rest=True)

    def _items(self, origin: Origin, watch: Watch) -> Iterator[Item | Skipped]:
        if is_address(origin.shown):
            fetched = fetch(origin.shown, self._limits, self._allow_local)
            return feed_items(fetched, origin.shown, self._source)
        name = origin.path.name.lower()
        for endings, reader in self._readers().items():
            if name.endswith(endings):
                return reader(origin, watch)
        raise InputError("Files of this kind are not read.", f"Warta reads {_READ}.")

    def _readers(
        self,
    ) -> dict[tuple[str, ...], Callable[[Origin, Watch], Iterator[Item | Skipped]]]:
        return {
            (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"): self._page,
            (".jsonl", ".ndjson", ".jsonl.gz"): self._jsonl,
            (".csv", ".tsv"): self._csv,
            (".json",): self._json,
            (".xml", ".rss", ".atom"): self._feed,
        }

    def _page(self, origin: Origin, watch: Watch) -> Iterator[Item | Skipped]:
        data = read_whole(origin.path, self._limits.page_bytes)
        name = origin.path.name.lower()
        if name.endswith((".md", ".markdown")):
            yield markdown_item(data, self._columns, self._limits.item_chars)
        elif name.endswith((".txt", ".text")):
            yield text_item(data)
        else:
            yield html_item(data)

    def _json(self, origin: Origin, watch: Watch) -> Iterator[Item | Skipped]:
        data = read_whole(origin.path, self._limits.json_bytes)
        yield from json_items(data, origin.shown, self._columns)

    def _feed(self, origin: Origin, watch: Watch) -> Iterator[Item | Skipped]:
        data = read_whole(origin.path, self._limits.feed_bytes)
        yield from feed_items(Fetched(data), origin.shown, self._source)

    def _jsonl(self, origin: Origin, watch: Watch) -> Iterator[Item | Skipped]:
        with opened(origin.path, self._limits.stream_bytes) as stream:
            if origin.path.name.lower().endswith(".gz"):
                with unpacked(stream) as plain:
                    found = lines(plain, origin.shown, self._limits, watch)
                    yield from jsonl_items(found, origin.shown, self._columns)
            else:
                found = lines(stream, origin.shown, self._limits, watch)
                yield from jsonl_items(found, origin.shown, self._columns)

    def _csv(self, origin: Origin, watch: Watch) -> Iterator[Item | Skipped]:
        with opened(origin.path, self._limits.stream_bytes) as stream:
            found = lines(stream, origin.shown, self._limits, watch)
            yield from csv_items(found, origin.shown, self._columns, self._limits.page_chars)

    def _record(self, item: Item, origin: Origin) -> Record | Skipped:
        if not item.text.strip():
            return Skipped(origin.shown, item.line, "It has no text.", "")
        limits = self._limits
        most = limits.page_chars if item.format == "html" else limits.item_chars
        if len(item.text) > most:
            reason = f"The text has {len(item.text):,} characters; the limit for one is {most:,}."
            return Skipped(origin.shown, item.line, reason, "Split it into its articles.")
        id_ = self._identities.name(item, origin)
        if isinstance(id_, Skipped):
            return id_
        source = item.source or self._source
        parts = (id_, item.title, item.text, item.date, source, item.url, item.format)
        whole = "\x1f".join((*parts, origin.place)).encode("utf-8", "surrogatepass")
        fingerprint = hashlib.sha256(whole).hexdigest()
        return Record(*parts[:6], origin.shown, item.line, item.format, fingerprint)
