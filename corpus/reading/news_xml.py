"""News agencies' XML: NITF, NewsML-G2 and NewsML 1; what other XML is, by its root element."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Final

from warta.corpus.article import Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.encoding import sound
from warta.corpus.reading.items import Item, as_line, as_name
from warta.corpus.reading.timing import within

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
_MOST_TAGS: Final = 200_000


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
    if data.count(b"<") > _MOST_TAGS:
        raise InputError(f"It has more than {_MOST_TAGS:,} tags.", "Split it into smaller ones.")
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
        item = _item(element, line, source)
        yield item if item.text.strip() else Skipped(origin, line, "The item has no text.", "")


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _named(element: ET.Element, names: tuple[str, ...]) -> Iterator[ET.Element]:
    for name in names:
        yield from (each for each in element.iter() if _name(each) == name)


def _item(element: ET.Element, line: int | None, source: str) -> Item:
    body = next(_named(element, _BODIES), element)
    inside = {id(each) for each in body.iter()}
    titles = [*_named(element, _TITLES)]
    outside = [each for each in titles if id(each) not in inside] or titles
    identifier = element.get("guid") or _attribute(element, "doc-id", "id-string")
    return Item(
        line=line,
        id=as_name(identifier or _text(element, ("NewsItemId",))),
        title=next((text for each in outside if (text := _flat(each))), ""),
        text=sound("\n".join(_lines(body))),
        date=next((day for each in _named(element, _DAYS) if (day := _day(each))), ""),
        source=as_name(_outlet(element)) or source,
        url=as_name(_attribute(element, "pubdata", "ex-ref")),
    )


def _withheld(element: ET.Element) -> str:
    for each in _named(element, ("pubStatus", "Status", "docdata", "del-list")):
        said = " ".join(each.get(key, "") for key in ("qcode", "FormalName", "management-status"))
        if any(word in said.casefold() for word in _WITHHELD):
            return said.strip()
    return ""


def _outlet(element: ET.Element) -> str:
    for name in ("creditline", "CreditLine", "distributor"):
        if text := _text(element, (name,)):
            return text
    named = _attribute(element, "pubdata", "name") or _attribute(element, "doc.copyright", "holder")
    if named:
        return named
    for each in _named(element, ("infoSource", "provider")):
        if text := _flat(each) or each.get("literal", ""):
            return text
    return ""


def _attribute(element: ET.Element, name: str, key: str) -> str:
    return next((each.get(key, "") for each in _named(element, (name,)) if each.get(key)), "")


def _text(element: ET.Element, names: tuple[str, ...]) -> str:
    return next((text for each in _named(element, names) if (text := _flat(each))), "")


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
