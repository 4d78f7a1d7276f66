"""Ids that stay: given, else from the file's name, else from the address, else from the text."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import parse_qsl, urlencode, urlsplit

from warta.corpus.article import Skipped
from warta.corpus.reading.items import Item

_MAX_ID = 200
_HEAD = 200
# Parameters that tell how a reader came to a page, not which page it is.
_TRACKING = re.compile(r"(utm_|fbclid|gclid|mc_|ref$|source$|amp$|share)", re.I)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an item was found.

    `path` to open, an address as it is; `shown` the same as it can be printed; `place` absolute;
    `inside` relative to the path that was given.
    """

    path: Path
    shown: str
    place: str
    inside: str

    @property
    def stem(self) -> str:
        """The file's name without its ending, the address's last part for a feed."""
        name = PurePath(self.inside).name
        for ending in (".gz", ".jsonl"):
            name = name.removesuffix(ending)
        return _bounded(name.rsplit(".", 1)[0] if "." in name[1:] else name)


@dataclass(frozen=True, slots=True)
class _Seen:
    content: bytes
    origin: str
    line: int | None


class Identities:
    """Gives each item of one run its id and tells repeated items.

    `known` maps the ids in the archive to the place they came from: a file keeps its id, and
    a file of the same name elsewhere does not take it over while the first one is still there.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self._given = {place: id_ for id_, place in known.items()}
        self._seen: dict[str, _Seen] = {}

    def name(self, item: Item, origin: Origin) -> str | Skipped:
        """Return the item's id, or Skipped when the run already has it."""
        content = _content(item)
        id_ = self._choose(item, origin, content)
        before = self._seen.get(id_)
        if before is None:
            self._seen[id_] = _Seen(content, origin.shown, item.line)
            return id_
        first = before.origin + (f", line {before.line}" if before.line else "")
        if before.content == content:
            reason = f"It is the same article as {first} (id {id_!r})."
            return Skipped(origin.shown, item.line, reason, "Nothing needs to be done.")
        reason = f"The id {id_!r} occurs twice: {first} has it with another content."
        return Skipped(origin.shown, item.line, reason, "Give each article an id of its own.")

    def _choose(self, item: Item, origin: Origin, content: bytes) -> str:
        if item.id:
            return _bounded(item.id)
        if item.line is None:
            return self._of_file(origin, content)
        if item.url:
            return id_of_address(item.url)
        # The row's number would shift with every row that is added above it.
        head = "\x1f".join((item.title, item.date, item.text[:_HEAD]))
        id_ = f"{origin.stem}-{_short(head)}"
        if self._free(id_, content):
            return id_
        return f"{origin.stem}-{content.hex()[:16]}"

    def _of_file(self, origin: Origin, content: bytes) -> str:
        held = self._given.get(origin.place)
        if held is not None and held.startswith(origin.stem) and self._free(held, content):
            return held
        owner = self._known.get(origin.stem, origin.place)
        taken = owner != origin.place and os.path.exists(owner)
        if not taken and self._free(origin.stem, content):
            return origin.stem
        return f"{origin.stem}-{_short(origin.inside)[:8]}"

    def _free(self, id_: str, content: bytes) -> bool:
        before = self._seen.get(id_)
        return before is None or before.content == content


def id_of_address(address: str) -> str:
    """Return a readable id for an address: its last part and a hash of what names the page.

    Scheme, "www.", tracking parameters, fragment and a slash at the end make no difference.
    """
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return f"article-{_short(address)}"
    query = [pair for pair in parse_qsl(parts.query) if not _TRACKING.match(pair[0])]
    path = parts.path.rstrip("/")
    canonical = f"{host}{path}?{urlencode(sorted(query))}"
    slug = re.sub(r"\.\w{2,5}$", "", path.rsplit("/", 1)[-1])
    slug = re.sub(r"[^\w-]+", "-", slug).strip("-_")[:80] or "article"
    return f"{slug}-{_short(canonical)}"


def _content(item: Item) -> bytes:
    parts = (item.title, item.text, item.date, item.source, item.url)
    return hashlib.sha256("\x1f".join(parts).encode()).digest()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _bounded(id_: str) -> str:
    """Shorten an over-long id and drop control characters; usual ids stay as they are."""
    clean = "".join(c for c in id_ if c.isprintable()).strip()
    if clean == id_ and 0 < len(id_) <= _MAX_ID:
        return id_
    return f"{clean[: _MAX_ID - 17]}-{_short(id_)}".lstrip("-")
