"""RSS and Atom, from a file or an address, read by feedparser.

Addresses are fetched with httpx: bounded in time, size and redirects, and only from public
machines, so that a feed cannot make Warta ask the inner network. The name is resolved once and
that address is connected to: a name that answers differently the second time gains nothing.
"""

import io
import ipaddress
import re
import socket
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from warta.corpus.article import Format, Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.encoding import sound
from warta.corpus.reading.files import Limits, is_address
from warta.corpus.reading.identity import id_of_address
from warta.corpus.reading.items import Item, as_address, as_line, as_name, format_of
from warta.corpus.reading.news_xml import check_root, is_news, news_items, not_a_feed, root_of
from warta.corpus.reading.timing import within

_REDIRECTS: Final = 5
_TIMEOUT: Final = 15.0
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final = {
    "User-Agent": "Warta (news archive reader)",
    "Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1",
    "Accept-Encoding": "gzip",
}
_GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
_DOCUMENTATION: Final = ipaddress.ip_network("3fff::/20")
_ENTITY = re.compile(rb"<!ENTITY", re.I)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));")
# feedparser needs up to a tenth of a millisecond for a tag.
_MAX_TAGS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered with: its bytes and its declared type."""

    data: bytes
    content_type: str = ""


def feed_items(fetched: Fetched, origin: str, source: str = "") -> Iterator[Item | Skipped]:
    """Yield the entries of a feed; an entry without a text is Skipped.

    The outlet is what the entry names, else `source`, else the feed's title.

    Raises InputError for what is not a feed and for one that declares XML entities.
    """
    root = root_of(fetched.data)
    if is_news(root):
        yield from news_items(fetched.data, origin, source)
        return
    check_root(root)
    feed = _parse(fetched)
    if not feed.entries:
        if feed.get("version") and feed.feed:
            raise InputError("The feed has no entries.", "Give the address or file of a feed.")
        raise not_a_feed(root)
    outlet = source or as_name(_plain(str(feed.feed.get("title", ""))))
    items = [_item(entry, number, outlet) for number, entry in enumerate(feed.entries, 1)]
    items = _told_apart(items)
    for entry, item in zip(feed.entries, items, strict=True):
        if reason := _unpublished(entry):
            remedy = "Publish it, or give its text as a file of its own."
            yield Skipped(origin, item.line, reason, remedy)
        elif item.text.strip():
            yield item
        else:
            yield Skipped(origin, item.line, "The entry has no text.", "")


_PUBLISHED: Final = frozenset({"", "publish"})
_UNREAD_TYPES: Final = frozenset(
    """attachment revision nav_menu_item custom_css customize_changeset oembed_cache user_request
    wp_block wp_template wp_template_part wp_global_styles wp_navigation wp_font_family
    wp_font_face acf-field acf-field-group elementor_library shop_order""".split()
)


def _unpublished(entry: Any) -> str:
    """Say why an entry of a WordPress export is not for readers, "" where it is."""
    kind = str(entry.get("wp_post_type", "")).strip()
    status = str(entry.get("wp_status", "")).strip()
    if kind in _UNREAD_TYPES:
        return f"It is no article but of the type {kind!r}."
    if status not in _PUBLISHED:
        return f"It is not published: its status is {status!r}."
    if str(entry.get("wp_post_password", "")).strip():
        return "It is protected with a password."
    return ""


def _told_apart(items: list[Item]) -> list[Item]:
    """Take ids and addresses away that entries with different texts share: they name no article.

    Without guids some feeds link every entry to the page of its section.
    """
    shared: dict[str, set[tuple[str, str]]] = {}
    for item in items:
        for name in {f"id {item.id}" if item.id else "", f"url {item.url}" if item.url else ""}:
            shared.setdefault(name, set()).add((item.title, item.text))
    return [
        replace(
            item,
            id=_named(item, shared),
            url=item.url if len(shared.get(f"url {item.url}", ())) < 2 else "",
        )
        for item in items
    ]


def _named(item: Item, shared: dict[str, set[tuple[str, str]]]) -> str:
    if len(shared.get(f"id {item.id}", ())) < 2:
        return item.id
    if item.url and len(shared[f"url {item.url}"]) < 2:
        return id_of_address(item.url)
    return ""


def _parse(fetched: Fetched) -> Any:
    import feedparser

    # A dozen declared entities can stand for gigabytes of text; no feed needs them.
    if _ENTITY.search(fetched.data.replace(b"\x00", b"")):
        raise InputError("It declares XML entities.", "Remove its <!ENTITY …> declarations.")
    tags = fetched.data.count(b"<")
    if tags > _MAX_TAGS:
        raise InputError(
            f"The feed has {tags:,} tags; the limit is {_MAX_TAGS:,}.",
            "Split it into smaller ones.",
        )
    try:
        with within():
            return feedparser.parse(
                io.BytesIO(_REFERENCE.sub(_sound_reference, fetched.data)),
                response_headers={"content-type": fetched.content_type or "application/xml"},
                sanitize_html=False,
                resolve_relative_uris=False,
            )
    except InputError:
        raise
    except Exception as error:  # feedparser lets parser errors of many kinds through
        raise InputError(f"It cannot be read as a feed: {error}.", "") from error


def _sound_reference(match: re.Match[bytes]) -> bytes:
    """Drop references to half characters: one of them makes feedparser fail altogether."""
    code = int(match[1], 16) if match[1] else int(match[2])
    return b"" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else match[0]


def _item(entry: Any, number: int, outlet: str) -> Item:
    text, format_ = _text(entry)
    link = as_address(entry.get("link", ""))
    url = link if is_address(link) else ""
    source = entry.get("source") or {}
    return Item(
        line=number,
        id=_id(_guid(entry), url),
        title=as_line(_plain(str(entry.get("title", "")))),
        text=text,
        # Not entry.get: feedparser answers one of the two for the other, with a warning.
        date=as_line(dict.get(entry, "published", "") or dict.get(entry, "updated", "")),
        source=as_name(source.get("title", "")) or outlet,
        url=url,
        format=format_,
    )


def _guid(entry: Any) -> str:
    guid = as_name(entry.get("id", ""))
    return as_address(guid) if is_address(guid) else guid


def _text(entry: Any) -> tuple[str, Format]:
    """Return the content, else the summary; by the formats' rules both are HTML unless said.

    Only a content that is shorter than the summary's half is a teaser under the wrong name.
    """
    parts = [part for part in entry.get("content", []) if str(part.get("value", "")).strip()]
    content = max(parts, key=lambda part: len(str(part["value"])), default=None)
    summary = str(entry.get("summary", ""))
    kind = str((entry.get("summary_detail") or {}).get("type", ""))
    if content is not None and 2 * len(str(content["value"])) >= len(summary):
        summary, kind = str(content["value"]), str(content.get("type", ""))
    text = sound(summary)
    if kind == "text/plain" and not _MARKUP.search(text):
        return text, "text"
    if "<" not in text:
        # feedparser has resolved one layer of escapes; what has no tag needs no parser.
        return text, "text"
    if not _MARKUP.search(text):
        return text, format_of(text)
    return text, "html"


_MARKUP = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]*(?:\s[^<>]*)?/?>|<!--")


def _plain(title: str) -> str:
    return re.sub(r"</?[a-zA-Z][^<>]*>", "", title)


def _id(guid: str, url: str) -> str:
    """Return an id from the entry's own, which need be unique within its feed only."""
    if is_address(guid) or not guid:
        return id_of_address(guid or url) if guid or url else ""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.") if is_address(url) else ""
    except ValueError:  # "http://[": it begins like an address and is none
        host = ""
    return f"{host}-{guid}" if host else guid


def check_address(address: str) -> None:
    """Raise InputError for an address that cannot be a feed's, before anything is fetched."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InputError(
            f"{address!r} is not an address: {error}.", "Check its spelling."
        ) from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise InputError(f"{address!r} is not an http(s) address.", "Check its spelling.")
    if parts.username or parts.password:
        raise InputError(
            f"The address of {host} holds a user name or password, which would be stored.",
            "Give an address without them.",
        )


def fetch(address: str, limits: Limits, allow_local: bool = False) -> Fetched:
    """Return what an http(s) address answers with.

    Raises InputError when it does not answer well within the limits, or (unless
    `allow_local`) when it or a redirect leads to a local or private address.
    """
    deadline = time.monotonic() + limits.feed_seconds
    # From the first byte asked for to the last one read, redirects and heads included: a server
    # may send a byte each second, which no time limit of a single read would ever meet.
    with within(limits.feed_seconds, "Try again later."):
        for _ in range(_REDIRECTS + 1):
            check_address(address)
            answer = _ask(address, limits, allow_local, deadline)
            if isinstance(answer, Fetched):
                return answer
            address = urljoin(address, answer)
    raise InputError(f"It redirects more than {_REDIRECTS} times.", "Check the address.")


def _ask(address: str, limits: Limits, allow_local: bool, deadline: float) -> Fetched | str:
    """Return the answer, or the address it redirects to."""
    import httpx

    parts = urlsplit(address)
    host = parts.hostname or ""
    failure: Exception | None = None
    with httpx.Client(timeout=_TIMEOUT, trust_env=False, headers=_HEADERS) as client:
        for ip in _resolve(host, parts.port or 0, allow_local):
            url = httpx.URL(address).copy_with(host=ip, fragment=None)
            headers = {"Host": parts.netloc}
            try:
                with client.stream(
                    "GET", url, headers=headers, extensions={"sni_hostname": host}
                ) as response:
                    return _answer(response, limits, deadline)
            except httpx.ConnectError as error:
                failure = error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                failure = error
                break
    kind = type(failure).__name__
    raise InputError(f"It cannot be fetched: {failure or kind} ({kind}).", "Try again later.")


def _answer(response: Any, limits: Limits, deadline: float) -> Fetched | str:
    if response.status_code in _MOVED and "location" in response.headers:
        return str(response.headers["location"])
    if response.status_code != 200:
        raise InputError(f"The server answers {response.status_code}.", "Check the address.")
    body = _Body(response.headers.get("content-encoding", ""), limits.feed_bytes)
    for chunk in response.iter_raw():
        body.add(chunk)
        if time.monotonic() > deadline:
            raise InputError(
                f"The feed took longer than the limit of {limits.feed_seconds:g} seconds.",
                "Try again later.",
            )
    return Fetched(body.finished(), response.headers.get("content-type", ""))


class _Body:
    """The bytes of an answer, of which never more than `most` are unpacked.

    Only gzip was asked for, and once is enough: each further encoding multiplies what a few
    bytes can stand for by a thousand.
    """

    def __init__(self, encoding: str, most: int) -> None:
        named = encoding.strip().lower()
        if named not in ("", "identity", "gzip", "x-gzip"):
            raise InputError(
                f"The server sends its answer encoded as {encoding[:60]!r}; only gzip is read.",
                "Ask the outlet for a plain feed.",
            )
        self._unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in named else None
        self._most = most
        self._data = bytearray()

    def add(self, chunk: bytes) -> None:
        """Take what came in."""
        if self._unpacker is None:
            self._data += chunk
        else:
            try:
                self._data += self._unpacker.decompress(chunk, self._most + 1 - len(self._data))
            except zlib.error as error:
                raise InputError(f"Its gzip is damaged: {error}.", "Try again later.") from error
            if self._unpacker.unused_data:
                raise InputError("Its gzip goes on after its end.", "Try again later.")
        if len(self._data) > self._most or (self._unpacker and self._unpacker.unconsumed_tail):
            raise InputError(
                f"The feed is longer than the limit of {self._most:,} bytes.",
                "Ask the outlet for a shorter feed.",
            )

    def finished(self) -> bytes:
        """Return all of it; raises InputError where it breaks off."""
        if self._unpacker is not None and not self._unpacker.eof:
            raise InputError("Its gzip ends too early.", "Try again later.")
        return bytes(self._data)


def _resolve(host: str, port: int, allow_local: bool) -> list[str]:
    """Return the host's IP addresses; raises InputError when one of them is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError(f"The name {host!r} cannot be resolved: {error}.", "Check it.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]).split("%")[0] for entry in found))
    for address in addresses:
        if not allow_local and not _is_public(address):
            raise InputError(
                f"{host!r} is {address}, a local or private address.",
                "Warta fetches such addresses only where they are allowed explicitly.",
            )
    return addresses


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    # An IPv4 address can hide in an IPv6 one: mapped, 6to4, Teredo, NAT64.
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None and not _is_public(str(inner)):
            return False
        if inner is not None:
            return True
        # All that is given out to the public; lists of exceptions there are older than some.
        if ip not in _GLOBAL_UNICAST or ip in _DOCUMENTATION:
            return False
    return ip.is_global and not ip.is_multicast
