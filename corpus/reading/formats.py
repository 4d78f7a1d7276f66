"""What stands in a file of each format: text, Markdown, HTML, PDF, DOCX, mail; feeds, XML of news.

The first are one article each. Their libraries are imported where they are used, for most archives
have no such file; sizes are checked before anything is unpacked. RSS and Atom are read by
feedparser, NITF, NewsML-G2 and NewsML 1 here.
"""

import email
import io
import logging
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage, Message, MIMEPart
from typing import Any, Final
from urllib.parse import urlsplit

from warta.corpus.article import Format, Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.encoding import decode, sound
from warta.corpus.reading.files import Fetched, InputLimits, is_address
from warta.corpus.reading.identity import id_of_address
from warta.corpus.reading.items import Item, as_address, as_line, as_name, format_of, is_page
from warta.corpus.reading.tables import Columns
from warta.corpus.reading.timing import within

_MOST_PARTS: Final = 1000
"""Parts of a mail or files in a DOCX; real ones have fewer than a hundred."""
_MOST_TAGS: Final = 400_000
_BODY: Final = "word/document.xml"

_FRONT = re.compile(r"---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_PAIR = re.compile(r"([A-Za-z_][\w -]{0,40}):[ \t]*(.*)")
_HEADING = re.compile(r"#[ \t]+([^\n]+)")
# No pattern can run past the next mark of its own kind: the time is in proportion to the text.
_PLAIN: Final = (
    (re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]\n]{1,300})\]\([^()\n]{0,2000}\)"), r"\1"),
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.M), ""),
    (re.compile(r"^[ \t]{0,3}>[ \t]?", re.M), ""),
    (re.compile(r"^[ \t]{0,3}(?:-{3,}|\*{3,}|_{3,})[ \t]*$", re.M), ""),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,2000})(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=[^\s_])([^_\n]{1,2000})(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"\*\*(?=[^\s*])([^*\n]{1,2000})(?<=\S)\*\*"), r"\1"),
    (re.compile(r"__(?=[^\s_])([^_\n]{1,2000})(?<=\S)__"), r"\1"),
)

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


def pdf_item(data: bytes, limits: InputLimits) -> Item:
    """Return a PDF as an item: the text of its pages, without headline or day of its own.

    Raises InputError for one that is protected, damaged, over the limits or only pictures.
    """
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it comments on every odd byte
    try:
        with within(limits.seconds):
            reader = pypdf.PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise InputError(
                    "The PDF is protected with a password.", "Save it without one, or as text."
                )
            text = "\n\n".join(_pages(reader, limits))
    except InputError:
        raise
    except Exception as error:  # pypdf lets errors of many kinds through
        what = f"It cannot be read as a PDF: {type(error).__name__}: {error}."
        raise InputError(what, "Save it anew, or as text.") from error
    if not any(char.isalnum() for char in text):
        raise InputError(
            "The PDF holds no text, its pages are pictures.", "Run text recognition (OCR) over it."
        )
    return Item(text=sound(text))


def _pages(reader: Any, limits: InputLimits) -> Iterator[str]:
    count = len(reader.pages)
    if count > limits.document_pages:
        raise InputError(
            f"The PDF has {count:,} pages; the limit is {limits.document_pages:,}.",
            "Split it into its articles.",
        )
    left = limits.item_chars
    for page in reader.pages:
        text = page.extract_text()
        left -= len(text)
        if left < 0:
            raise InputError(
                f"The PDF has more than {limits.item_chars:,} characters.",
                "Split it into its articles.",
            )
        yield text


def docx_item(data: bytes, limits: InputLimits) -> Item:
    """Return a DOCX as an item: its paragraphs and tables in order, a title where it has one.

    Raises InputError for what is none, is protected, or unpacks to more than the limits.
    """
    _check_package(data, limits)
    import docx

    try:
        with within(limits.seconds):
            document = docx.Document(io.BytesIO(data))
            title = ""
            lines: list[str] = []
            for part in document.iter_inner_content():
                if hasattr(part, "rows"):
                    lines += _rows(part)
                    continue
                style = str(getattr(part.style, "name", "") or "")
                if not title and not lines and style.startswith(("Title", "Heading 1", "Judul")):
                    title = as_line(part.text)
                else:
                    lines.append(part.text)
    except InputError:
        raise
    except Exception as error:  # python-docx lets errors of zipfile and lxml through
        what = f"It cannot be read as a DOCX: {type(error).__name__}: {error}."
        raise InputError(what, "Save it anew, or as text.") from error
    return Item(title=title, text=sound("\n".join(lines)))


def _rows(table: Any) -> Iterator[str]:
    for row in table.rows:
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:
            if id(cell._tc) not in seen:  # a merged cell comes once for each column
                seen.add(id(cell._tc))
                cells.append(" ".join(cell.text.split()))
        yield f"| {' | '.join(cells)} |"


def _check_package(data: bytes, limits: InputLimits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            found = package.infolist()
            size = sum(entry.file_size for entry in found)
            if len(found) > _MOST_PARTS or size > limits.unpacked_bytes:
                raise InputError(
                    f"The DOCX unpacks to {size:,} bytes in {len(found):,} files; the limit is "
                    f"{limits.unpacked_bytes:,} in {_MOST_PARTS:,}.",
                    "Save it without pictures, or as text.",
                )
            body = package.open(_BODY).read(limits.unpacked_bytes + 1)
    except (
        zipfile.BadZipFile,
        KeyError,
        RuntimeError,
        NotImplementedError,
        OSError,
        EOFError,
    ) as e:
        raise InputError(
            f"It is no DOCX ({e}).", "Save it as DOCX without a password, or as text."
        ) from e
    except ValueError as error:
        raise InputError(f"It is no DOCX ({error}).", "Save it anew, or as text.") from error
    if len(body) > limits.unpacked_bytes or body.count(b"<") > _MOST_TAGS:
        raise InputError(
            f"The DOCX has more than {_MOST_TAGS:,} elements.", "Split it into its articles."
        )
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise InputError("The DOCX declares XML entities.", "Save it anew, or as text.")


def mail_item(data: bytes) -> Item:
    """Return an EML as an item: subject, day and text of the mail; attachments are left out.

    Raises InputError for a mail without text.
    """
    message = _message(data)
    part = message.get_body(("plain", "html"))
    text = _part_text(part)
    if not text.strip():
        raise InputError("The mail has no text.", "Save what is attached as files of their own.")
    is_html = part is not None and part.get_content_type() == "text/html"
    return Item(
        title=_PASSED_ON.sub("", _header(message, "subject")),
        text=text if is_html else _SIGNATURE.sub("\n", _FORWARDED.sub("", text, count=1)),
        date=_header(message, "date"),
        format="html" if is_html else "text",
    )


_PASSED_ON = re.compile(r"^(?:(?:fwd?|re|terusan|bls)\s*:\s*)+", re.I)
# The lines a mail program puts above what it passes on: a rule, then heads up to an empty line.
_FORWARDED = re.compile(
    r"\A\s*-{2,}[ \t]*(?:forwarded message|original message|pesan terusan|pesan asli|pesan yang "
    r"diteruskan)[^\n]{0,80}\n(?:[A-Z][\w -]{1,20}:[^\n]{0,998}\n){1,12}",
    re.I,
)

# "-- " on a line of its own and a few short lines behind it, at the end (RFC 3676, section 4.3).
_SIGNATURE = re.compile(r"\n-- ?\r?\n(?:[^\n]{0,120}(?:\n|\Z)){1,10}\Z")


def saved_page_item(data: bytes) -> Item:
    """Return an MHT, a page saved with its pictures, as the HTML page inside it."""
    message = _message(data)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            address = _header(part, "content-location")
            is_web = address.startswith(("http://", "https://"))
            return Item(text=_part_text(part), url=address if is_web else "", format="html")
    raise InputError("It holds no HTML page.", "Save the page as HTML.")


def _message(data: bytes) -> EmailMessage:
    if data.count(b"\n--") > 2 * _MOST_PARTS:
        raise InputError(f"It has more than {_MOST_PARTS:,} parts.", "Save its text as a file.")
    try:
        message = email.message_from_bytes(data, policy=policy.default)
    except Exception as error:  # headers of all kinds
        raise InputError(f"It cannot be read as a mail: {error}.", "Save it as text.") from error
    if not isinstance(message, EmailMessage) or not message.keys():
        raise InputError("It has no headers of a mail.", "Save it as text.")
    return message


def _header(part: Message, name: str) -> str:
    """Return a header in one line, as it was sent where the library cannot read it."""
    try:
        return as_line(str(part.get(name, "")))
    except Exception:  # a day of 10:30000000… is an OverflowError, others are others
        raw = [value for key, value in part.raw_items() if key.lower() == name]
        return as_line(str(raw[0]))


def _part_text(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    try:
        return sound(str(part.get_content()))
    except (LookupError, ValueError, AttributeError, KeyError):  # an encoding nobody knows
        data = part.get_payload(decode=True)
        return sound(decode(data)) if isinstance(data, bytes) else ""


def text_item(data: bytes) -> Item:
    """Return a .txt file as an item; a whole HTML page under that name is taken as one."""
    text = sound(decode(data))
    return Item(text=text, format="html" if is_page(text) else "text")


def html_item(data: bytes) -> Item:
    """Return an HTML page as an item; its fields are found when it is cleaned."""
    return Item(text=sound(decode(data, page=True)), format="html")


def markdown_item(data: bytes, columns: Columns, limit: int) -> Item:
    """Return a Markdown file as an item: front matter, a first heading, text without markup.

    A text of more than `limit` characters keeps its markup: it is too long for an article.
    """
    text = sound(decode(data)).replace("\r\n", "\n").lstrip()
    if len(text) > limit:
        return Item(text=text)
    front = _FRONT.match(text)
    given: dict[str, object] = {}
    if front:
        text = text[front.end() :]
        for line in front[1].split("\n"):
            if pair := _PAIR.match(line):
                given[pair[1].strip()] = pair[2].strip().strip("\"'")
    heading = _HEADING.match(text := text.lstrip())
    title = as_line(columns.value(given, "title"))
    if heading and (not title or as_line(heading[1]) == title):
        title, text = as_line(_strip(heading[1]).rstrip(" \t#")), text[heading.end() :].lstrip()
    if not text.strip():
        raise InputError("It has no text below its heading.", "")
    return Item(
        id=as_line(columns.value(given, "id")),
        title=title,
        text=_strip(text),
        date=as_line(columns.value(given, "date")),
        source=as_line(columns.value(given, "source")),
        url=as_line(columns.value(given, "url")),
    )


def _strip(text: str) -> str:
    for pattern, replacement in _PLAIN:
        text = pattern.sub(replacement, text)
    return text


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
