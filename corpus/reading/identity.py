"""Ids that stay: given, else from the file's name, else from the address, else from the text."""

import hashlib
import html
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import parse_qsl, urlencode, urlsplit

from warta.corpus.article import Skipped
from warta.corpus.reading.items import Item, as_address

_NOTHING: Mapping[str, str] = {}
_MAX_ID = 200
_HEAD = 200
# Parameters that tell how a reader came to a page, not which page it is.
_COMMON = frozenset("index default home beranda main page".split())
_PAGE_HEAD = 200_000
_CANONICAL = (
    re.compile(
        r"""<link\b(?=[^<>]{0,500}\brel\s*=\s*["']?canonical\b)"""
        r"""[^<>]{0,500}?\bhref\s*=\s*["']?([^"'<>\s]{4,1000})""",
        re.I,
    ),
    re.compile(
        r"""<meta\b(?=[^<>]{0,500}\bproperty\s*=\s*["']?og:url\b)"""
        r"""[^<>]{0,500}?\bcontent\s*=\s*["']?([^"'<>\s]{4,1000})""",
        re.I,
    ),
)
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_COMPARED = 4000  # characters
_SAME_WORDS = 0.6
# What a table numbers its rows with: 1, row-12, ID003. It tells rows apart, not articles.
_COUNTER = re.compile(r"\D{0,12}\d{1,6}")
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


Held = Callable[[str], tuple[str, str] | None]
"""Gives the headline and text that an id has in the archive, None where it is not known."""


def _nobody(id_: str) -> tuple[str, str] | None:
    return None


class Identities:
    """Gives each item of one run its id and tells repeated items.

    `known` maps the ids in the archive to the place they came from: a file keeps its id, and an
    id from elsewhere is the same article only where headline or text (`held`) say so; else it is
    qualified by its file's name, for tables everywhere are numbered 1, 2, 3. So is a number from
    the same file, which may be written anew every day; `prints`, the fingerprints that the ids
    were archived with, tell that a row is as it was.
    """

    def __init__(
        self, known: Mapping[str, str], held: Held = _nobody, prints: Mapping[str, str] = _NOTHING
    ) -> None:
        self._known = known
        self._held = held
        self._prints = prints
        self._given = {place: id_ for id_, place in known.items()}
        self._seen: dict[str, _Seen] = {}

    def name(self, item: Item, origin: Origin, source: str = "") -> str | Skipped:
        """Return the item's id, or Skipped when the run already has it.

        `source`: the outlet of an item that names none.
        """
        content = _content(item)
        id_ = self._choose(item, origin, content, source)
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

    def _choose(self, item: Item, origin: Origin, content: bytes, source: str) -> str:
        if not item.id and item.line is None:
            return self._of_file(item, origin, content)
        first = next(self._names(item, origin, content))
        owner = self._known.get(first, "" if origin.place in self._given else origin.place)
        stayed = owner == origin.place and self._stayed(first, item, origin, source)
        if stayed and self._free(first, content):
            return first  # as it is for nearly every item
        names = list(self._names(item, origin, content))
        free = [name for name in names if self._free(name, content)]
        # What it was called here before comes first: the bare id may have been taken meanwhile.
        ours = (
            name
            for name in free
            if self._known.get(name) == origin.place and self._stayed(name, item, origin, source)
        )
        mine = (name for name in free if self._is_ours(name, item, origin))
        return next(ours, None) or next(mine, names[-1])

    def _names(self, item: Item, origin: Origin, content: bytes) -> Iterator[str]:
        """Yield what the item could be called, the best first."""
        if item.id:
            yield _bounded(item.id)
            yield _bounded(f"{origin.stem}-{item.id}")
            yield _bounded(f"{origin.stem}-{_short(origin.place)[:8]}-{item.id}")
        if item.url:
            yield id_of_address(item.url)
        if item.id and item.title:
            yield _bounded(f"{origin.stem}-{item.id}-{_short(item.title)[:8]}")
        # The row's number would shift with every row that is added above it.
        head = "\x1f".join((item.title, item.date, item.text[:_HEAD]))
        yield f"{origin.stem}-{_short(head)}"
        yield f"{origin.stem}-{content.hex()[:16]}"

    def _is_ours(self, id_: str, item: Item, origin: Origin) -> bool:
        """False where the archive has another article of this id from elsewhere."""
        owner = self._known.get(id_)
        if owner is None:
            return True
        if owner == origin.place and not _COUNTER.fullmatch(item.id):
            return True
        held = self._held(id_)
        return held is None or _alike(item, *held)

    def _stayed(self, id_: str, item: Item, origin: Origin, source: str) -> bool:
        """False where an id of this place is a number that another article had."""
        if not _COUNTER.fullmatch(item.id) or id_ not in self._known:
            return True
        made = fingerprint(id_, item, source, origin.place)
        return self._prints.get(id_, "").startswith(made) or self._is_ours(id_, item, origin)

    def _of_file(self, item: Item, origin: Origin, content: bytes) -> str:
        is_common = origin.stem.casefold() in _COMMON
        held = self._given.get(origin.place)
        if held is not None and self._free(held, content):
            if held.startswith(origin.stem) or is_common:
                return held
        if is_common:
            # Every folder of a mirrored site has such a file.
            canonical = as_address(canonical_address(item.text))
            named = id_of_address(canonical) if canonical else ""
            if named and self._free(named, content) and self._is_ours(named, item, origin):
                return named
        else:
            owner = self._known.get(origin.stem, origin.place)
            taken = owner != origin.place and os.path.exists(owner)
            free = not taken and self._free(origin.stem, content)
            if free and self._is_ours(origin.stem, item, origin):
                return origin.stem
        return f"{origin.stem}-{_short(origin.inside)[:8]}"

    def _free(self, id_: str, content: bytes) -> bool:
        before = self._seen.get(id_)
        return before is None or before.content == content


def canonical_address(page: str) -> str:
    """Return the address an HTML page names as its own, "" where it names none."""
    head = page[:_PAGE_HEAD]
    for pattern in _CANONICAL:
        if found := pattern.search(head):
            return html.unescape(found[1]).strip()
    return ""


def _alike(item: Item, title: str, text: str) -> bool:
    """True where the headline is the same, or most words of the shorter text are in the other."""
    own = "".join(filter(str.isalnum, item.title.casefold()))
    if own and own == "".join(filter(str.isalnum, title.casefold())):
        return True
    here, there = (set(_LONG_WORD.findall(t[:_COMPARED].casefold())) for t in (item.text, text))
    fewer = min(len(here), len(there))
    return fewer > 0 and len(here & there) >= _SAME_WORDS * fewer


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


def fingerprint(id_: str, item: Item, source: str, place: str) -> str:
    """SHA-256 over all that makes a record: while it stays, nothing of the item has changed."""
    parts = (id_, item.title, item.text, item.date, item.source or source, item.url, item.format)
    whole = "\x1f".join((*parts, place)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest()


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
