"""Feeds and other XML of news: RSS and Atom by feedparser, NITF, NewsML-G2 and NewsML 1."""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from warta.corpus.article import Format, Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.encoding import sound
from warta.corpus.reading.files import Fetched, is_address
from warta.corpus.reading.identity import id_of_address
from warta.corpus.reading.items import Item, as_address, as_line, as_name, format_of
from warta.corpus.reading.timing import within

_ENTITY = re.compile(rb"<!ENTITY", re.I)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));")
# feedparser needs up to a tenth of a millisecond for a tag.
_MAX_TAGS: Final = 200_000
_ROOT = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?>\s*){0,20}"
    rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)",
    re.S,
)
_ITEMS: Final = frozenset({"newsItem", "NewsItem", "nitf"})
_NEWS: Final = frozenset({"nitf", "newsItem", "newsMessage", "packageItem", "NewsML"})
_OTHERS: Final = {
    "urlset": ("a sitemap, a list of addresses", "Save the pages it lists, or give a feed."),
    "sitemapindex": ("an index of sitemaps", "Save the pages they list, or give a feed."),
    "opml": ("an OPML list of feeds", "Give the feeds' own addresses or files."),
    "html": ("an HTML page", "Name it .html."),
    "mediawiki": ("a dump of a wiki", "Export its articles as JSON Lines."),
    "knowledgeItem": ("a NewsML-G2 list of terms", "Give the news items."),
}
_FEEDS: Final = frozenset({"rss", "RDF", "feed"})
_TITLES: Final = ("headline", "HeadLine", "hl1", "hedline", "title", "slugline", "SlugLine")
_BODIES: Final = ("body.content", "inlineXML", "inlineData", "DataContent", "body")
_DAYS: Final = (
    *("date.issue", "story.date", "contentCreated", "FirstCreated", "firstCreated"),
    *("date.release", "versionCreated", "ThisRevisionCreated", "DateAndTime", "DateId"),
)
_PARAGRAPHS: Final = frozenset({"p", "hl2", "li", "h1", "h2", "h3", "h4", "pre", "dt", "dd"})
_WITHHELD: Final = ("canceled", "cancelled", "withheld", "kill")


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


# News agencies' XML: NITF, NewsML-G2 and NewsML 1; what other XML is, by its root element.


def root_of(data: bytes) -> str:
    """Return the name of an XML file's root element without its prefix, "" where it has none."""
    found = _ROOT.match(data[:20_000])
    return found[1].decode("ascii", "replace") if found else ""


def is_news(root: str) -> bool:
    """Tell the formats of news agencies by their root element."""
    return root in _NEWS


def check_root(root: str) -> None:
    """Raise InputError, with the way out, for XML that is known to be no feed."""
    what, remedy = _OTHERS.get(root, ("", ""))
    if what:
        raise InputError(f"It is {what}, not an RSS or Atom feed.", remedy)


def not_a_feed(root: str) -> InputError:
    """Return the error for XML of a kind nobody here knows."""
    if root and root not in _FEEDS:
        what = f"It is XML with the root <{root}>, not an RSS or Atom feed."
        return InputError(what, "Export the articles as JSON Lines, CSV, NITF or a feed.")
    return InputError("It is not an RSS or Atom feed.", "Give the address or file of a feed.")


def news_items(data: bytes, origin: str, source: str = "") -> Iterator[Item | Skipped]:
    """Yield the news items of NITF or NewsML; what is withdrawn or has no text is Skipped.

    Raises InputError for XML that is not well formed, declares entities or is over the limit.
    """
    if re.search(rb"<!ENTITY", data.replace(b"\x00", b""), re.I):
        raise InputError("It declares XML entities.", "Remove its <!ENTITY …> declarations.")
    if data.count(b"<") > _MAX_TAGS:
        raise InputError(f"It has more than {_MAX_TAGS:,} tags.", "Split it into smaller ones.")
    try:
        with within():
            root = ET.fromstring(data)
    except ET.ParseError as error:
        raise InputError(f"It is not well-formed XML: {error}.", "Export it again.") from error
    found = [element for element in root.iter() if _name(element) in _ITEMS]
    # The NITF that a NewsML item carries is its content, no item of its own.
    carried = {
        id(inner)
        for each in found
        if _name(each) != "nitf"
        for inner in each.iter()
        if _name(inner) == "nitf"
    }
    outer = [element for element in found if id(element) not in carried]
    for number, element in enumerate(outer, 1):
        line = number if len(outer) > 1 else None
        if status := _withheld(element):
            remedy = "Give the version that may be published."
            yield Skipped(origin, line, f"Its status is {status!r}.", remedy)
            continue
        item = _news_item(element, line, source)
        yield item if item.text.strip() else Skipped(origin, line, "The item has no text.", "")


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _elements(element: ET.Element, names: tuple[str, ...]) -> Iterator[ET.Element]:
    for name in names:
        yield from (each for each in element.iter() if _name(each) == name)


def _news_item(element: ET.Element, line: int | None, source: str) -> Item:
    body = next(_elements(element, _BODIES), element)
    inside = {id(each) for each in body.iter()}
    titles = [*_elements(element, _TITLES)]
    outside = [each for each in titles if id(each) not in inside] or titles
    identifier = element.get("guid") or _attribute(element, "doc-id", "id-string")
    return Item(
        line=line,
        id=as_name(identifier or _text_in(element, ("NewsItemId",))),
        title=next((text for each in outside if (text := _flat(each))), ""),
        text=sound("\n".join(_lines(body))),
        date=next((day for each in _elements(element, _DAYS) if (day := _day(each))), ""),
        source=as_name(_outlet(element)) or source,
        url=as_name(_attribute(element, "pubdata", "ex-ref")),
    )


def _withheld(element: ET.Element) -> str:
    for each in _elements(element, ("pubStatus", "Status", "docdata", "del-list")):
        said = " ".join(each.get(key, "") for key in ("qcode", "FormalName", "management-status"))
        if any(word in said.casefold() for word in _WITHHELD):
            return said.strip()
    return ""


def _outlet(element: ET.Element) -> str:
    for name in ("creditline", "CreditLine", "distributor"):
        if text := _text_in(element, (name,)):
            return text
    named = _attribute(element, "pubdata", "name") or _attribute(element, "doc.copyright", "holder")
    if named:
        return named
    for each in _elements(element, ("infoSource", "provider")):
        if text := _flat(each) or each.get("literal", ""):
            return text
    return ""


def _attribute(element: ET.Element, name: str, key: str) -> str:
    return next((each.get(key, "") for each in _elements(element, (name,)) if each.get(key)), "")


def _text_in(element: ET.Element, names: tuple[str, ...]) -> str:
    return next((text for each in _elements(element, names) if (text := _flat(each))), "")


def _flat(element: ET.Element) -> str:
    return as_line("".join(element.itertext()))


def _day(element: ET.Element) -> str:
    return as_line(element.get("norm") or _flat(element))


def _lines(body: ET.Element) -> Iterator[str]:
    """Yield the paragraphs and table rows of a body; all its lines where it has neither."""
    found = False
    skipped: set[int] = set()
    for element in body.iter():
        name = _name(element)
        if id(element) in skipped or name not in _PARAGRAPHS | {"tr"}:
            continue
        skipped.update(id(inner) for inner in element.iter())
        if name == "tr":
            cells = [_flat(cell) for cell in element if _name(cell) in ("td", "th")]
            text = f"| {' | '.join(cells)} |"
        else:
            text = _flat(element)
        if text.strip(" |"):
            found = True
            yield text
    if not found:
        yield from (line.strip() for line in "".join(body.itertext()).split("\n"))
