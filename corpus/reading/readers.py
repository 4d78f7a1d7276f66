"""Files, folders and feeds -> records, or the reason why not.

    path ─ walk ─ bytes within limits ─ pages | tables | feeds ─ Item ─ id, fingerprint ─ Record

Every file that is met gives at least one Record or Skipped. Entries whose name begins with "."
are not met: they belong to other programs. Nothing is kept in memory but the ids of the run and,
for files that are parsed whole, one file.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from warta.corpus.article import PAGE_BREAK, Record, Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.files import (
    Fetched,
    InputLimits,
    Watch,
    check_address,
    fetch,
    is_address,
    lines,
    opened,
    place,
    read_whole,
    shown,
    unpacked,
    walk,
)
from warta.corpus.reading.formats import (
    docx_item,
    feed_items,
    html_item,
    mail_item,
    markdown_item,
    pdf_item,
    saved_page_item,
    text_item,
)
from warta.corpus.reading.identity import (
    Held,
    Identities,
    Origin,
    canonical_address,
    fingerprint,
)
from warta.corpus.reading.items import Item, as_address
from warta.corpus.reading.tables import Columns, check_fields, csv_items, json_items, jsonl_items
from warta.corpus.reading.timing import within

_log = logging.getLogger(__name__)
_PAGE_OF = re.compile(
    r"\b(?:halaman|page|hal)\.?\s+(\d{1,3})\s*(?:dari|of|/)\s*\d{1,3}\b"
    r"|[?&](?:page|hal|halaman|p)=(\d{1,3})[\"'][^<>]{0,80}(?:active|current)",
    re.I,
)
_LAST_NUMBER = re.compile(r"(?<!\d)(\d{1,3})(?!.*\d)")
_NOTHING: Final[Mapping[str, str]] = {}
_READ: Final = (
    ".txt .md .html .htm .json .jsonl .jsonl.gz .csv .xml .rss .atom .pdf .docx .eml .mht"
)
_WAYS_OUT: Final = {
    ".doc .rtf .odt .pages .wpd .epub": "Save it as DOCX, PDF or text.",
    ".xls .xlsx .xlsm .ods .numbers": "Save the sheet as CSV.",
    ".zip .gz .tar .tgz .rar .7z .bz2 .xz .zst": "Unpack it and give the folder.",
    ".warc": "Unpack its pages as HTML files.",
    ".parquet .feather .sqlite .db .sql .mdb .bson": "Export the articles as JSON Lines or CSV.",
    ".msg .mbox .pst": "Save each mail as EML.",
    ".jpg .jpeg .png .tif .tiff .gif .webp .bmp .heic": "Run text recognition (OCR) over it.",
    ".mp3 .mp4 .wav .m4a .mov .avi .mkv .ogg": "Give a transcript as text.",
    ".ppt .pptx .odp .key": "Save it as PDF.",
    ".opml": "Give the feeds' own addresses or files.",
}


def _way_out(name: str) -> str:
    for endings, remedy in _WAYS_OUT.items():
        if name.endswith(tuple(endings.split())):
            return f"{remedy} Warta reads {_READ}."
    return f"Warta reads {_READ}."


def read(
    paths: Sequence[str | Path],
    *,
    fields: Mapping[str, str] = _NOTHING,
    source: str = "",
    allow_local: bool = False,
    known: Mapping[str, str] = _NOTHING,
    held: Held | None = None,
    prints: Mapping[str, str] = _NOTHING,
    limits: InputLimits = InputLimits(),  # noqa: B008 -- frozen
) -> Iterator[Record | Skipped]:
    """Yield what `paths` hold: files, folders (all below, sorted) and http(s) feed addresses.

    `fields` maps fields of an article to columns, `source` names the outlet where the input
    does not, `allow_local` permits feed addresses in the local network, `known` (id -> place,
    `Archive.places()`) lets files keep the ids they have, `held` gives headline and text of an
    id, so that an id from another file, or a row's number, is not taken for the same article;
    `prints` (`Archive.fingerprints()`) spare asking for rows that are as they were.

    Raises InputError at once for a path that does not exist, an address that is none, and a
    field that articles do not have. Everything else that cannot be used is yielded as Skipped.
    """
    check_fields(fields)
    for path in paths:
        if is_address(str(path)):
            check_address(str(path))
        else:
            _check_path(path)
    identities = Identities(known, held or _no_article, prints)
    run = _Run(fields, source, allow_local, identities, limits)
    return run.records(paths)


def _pages_of(item: Item) -> str:
    """Return the address an HTML file gives as its article's own, "" where it gives none."""
    if item.format != "html" or item.line is not None or item.id:
        return ""
    return as_address(canonical_address(item.text))


def _is_next_page(first: Item, before: Origin, item: Item, origin: Origin) -> bool:
    """True for an HTML file beside `first` that names the same article and has another text."""
    if before.path.parent != origin.path.parent or item.text == first.text:
        return False
    address = _pages_of(item)
    if not address or address != _pages_of(first):
        return False
    # The same page saved twice, at two times, is one page.
    return _page_number(item, origin) != _page_number(first, before)


def _page_number(item: Item, origin: Origin) -> int:
    """Return the number of a page: of its "page 2 of 3", else the last one in its file's name."""
    found = _PAGE_OF.search(item.text) or _LAST_NUMBER.search(origin.path.stem)
    return int(next(filter(None, found.groups()))) if found else 1


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
        limits: InputLimits,
    ) -> None:
        self._columns = Columns(fields)
        self._source = source
        self._allow_local = allow_local
        self._limits = limits
        self._identities = identities
        self._met: set[str] = set()

    def records(self, paths: Sequence[str | Path]) -> Iterator[Record | Skipped]:
        """Yield what all paths hold, the pages of one article together."""
        held: list[tuple[Item, Origin]] = []  # pages of one article so far
        for item, origin in self._everything(paths):
            if isinstance(item, Item) and held and _is_next_page(*held[0], item, origin):
                held.append((item, origin))
                continue
            yield from self._together(held)
            held = []
            if isinstance(item, Item) and _pages_of(item):
                held = [(item, origin)]
            else:
                yield item if isinstance(item, Skipped) else self._record(item, origin)
        yield from self._together(held)

    def _together(self, pages: list[tuple[Item, Origin]]) -> Iterator[Record | Skipped]:
        """Make one record of the pages of one article; the further ones are told as its parts."""
        if not pages:
            return
        pages = sorted(pages, key=lambda page: _page_number(page[0], page[1]))
        item, first = pages[0]
        yield self._record(
            replace(item, text=PAGE_BREAK.join(page.text for page, _ in pages)), first
        )
        for number, (_, origin) in enumerate(pages[1:], 2):
            reason = f"It is page {number} of the article in {first.shown} and was read with it."
            yield Skipped(origin.shown, None, reason, "Nothing needs to be done.")

    def _everything(self, paths: Sequence[str | Path]) -> Iterator[tuple[Item | Skipped, Origin]]:
        for given in paths:
            path = Path(given)
            if is_address(str(given)):
                yield from self._finished(Origin(path, str(given), str(given), str(given)))
            elif path.is_dir():
                for found in walk(path):
                    if isinstance(found, Skipped):
                        yield found, Origin(path, found.origin, found.origin, found.origin)
                    elif found.stem.casefold() == "readme":
                        # Such a file tells about the folder, and would be quoted as news.
                        remedy = "Name the file itself if it is an article."
                        told = Skipped(shown(found), None, "It tells about its folder.", remedy)
                        yield told, Origin(found, shown(found), place(str(found)), shown(found))
                    else:
                        yield from self._file(found, shown(found.relative_to(path)))
            else:
                yield from self._file(path, shown(path.name))

    def _file(self, path: Path, inside: str) -> Iterator[tuple[Item | Skipped, Origin]]:
        real = os.path.realpath(path)
        if real not in self._met:  # given twice, or inside a folder that is given too
            self._met.add(real)
            yield from self._finished(Origin(path, shown(path), place(str(path)), inside))

    def _finished(self, origin: Origin) -> Iterator[tuple[Item | Skipped, Origin]]:
        """Read one origin; whatever goes wrong with it stays with it.

        Each item has its time, what comes before the first one included: parsers of libraries
        look at no clock.
        """
        watch = Watch(self._limits.seconds)
        empty = True
        try:
            items = self._begun(origin, watch)
            while (item := self._next(items)) is not None:
                empty = False
                yield item, origin
                watch.start()
            if empty:
                raise InputError("It holds no items.", "")
        except InputError as error:
            yield Skipped(origin.shown, None, error.what, error.remedy, rest=True), origin
        except MemoryError:
            what = "It needs more memory than there is."
            remedy = "Split it into smaller ones."
            yield Skipped(origin.shown, None, what, remedy, rest=True), origin
        except Exception as error:  # a fault of ours in one file must not stop the others
            _log.exception("reading %s", origin.shown)
            what = f"It cannot be read: {type(error).__name__}: {error}."
            remedy = "Report this, with the file."
            yield Skipped(origin.shown, None, what, remedy, rest=True), origin

    def _next(self, items: Iterator[Item | Skipped]) -> Item | Skipped | None:
        with within(self._limits.seconds, "Split it into smaller ones."):
            return next(items, None)

    def _begun(self, origin: Origin, watch: Watch) -> Iterator[Item | Skipped]:
        yield from self._items(origin, watch)

    def _items(self, origin: Origin, watch: Watch) -> Iterator[Item | Skipped]:
        if is_address(origin.shown):
            fetched = fetch(origin.shown, self._limits, self._allow_local)
            return feed_items(fetched, origin.shown, self._source)
        name = origin.path.name.lower()
        for endings, reader in self._readers().items():
            if name.endswith(endings):
                return reader(origin, watch)
        raise InputError("Files of this kind are not read.", _way_out(name))

    def _readers(
        self,
    ) -> dict[tuple[str, ...], Callable[[Origin, Watch], Iterator[Item | Skipped]]]:
        return {
            (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"): self._page,
            (".jsonl", ".ndjson", ".jsonl.gz"): self._jsonl,
            (".csv", ".tsv"): self._csv,
            (".json",): self._json,
            (".xml", ".rss", ".atom", ".nitf", ".newsml"): self._feed,
            (".pdf", ".docx", ".eml", ".mht", ".mhtml"): self._document,
        }

    def _document(self, origin: Origin, watch: Watch) -> Iterator[Item | Skipped]:
        data = read_whole(origin.path, self._limits.document_bytes)
        name = origin.path.name.lower()
        if name.endswith(".pdf"):
            yield pdf_item(data, self._limits)
        elif name.endswith(".docx"):
            yield docx_item(data, self._limits)
        elif name.endswith(".eml"):
            yield mail_item(data)
        else:
            yield saved_page_item(data)

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
        id_ = self._identities.name(item, origin, self._source)
        if isinstance(id_, Skipped):
            return id_
        return Record(
            id=id_,
            title=item.title,
            text=item.text,
            date=item.date,
            source=item.source or self._source,
            url=item.url,
            origin=origin.shown,
            line=item.line,
            format=item.format,
            fingerprint=fingerprint(id_, item, self._source, origin.place),
        )
