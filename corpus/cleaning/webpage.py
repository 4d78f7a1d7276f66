"""HTML -> headline, text, date and outlet, by trafilatura.

trafilatura was chosen because it finds the article by the shape of the page and reads the
metadata (JSON-LD, Open Graph) most outlets carry; it needs no model and no connection. Its
recall settings are used: what it lets through too much, `zones` takes out again.
"""

import html
import logging
import re
from dataclasses import dataclass, replace

from warta.corpus.dates.page_dates import PageDates, page_dates

logger = logging.getLogger(__name__)

DEEPEST = 400
"""Open tags inside each other up to which a page is parsed; real pages stay below 60."""
MOST_TAGS = 60_000
"""Tags up to which a page is parsed; real pages stay below 10,000."""
_SHORTEST_TEXT = 200

_UNSEEN = re.compile(
    r"<(script|style|noscript|template|svg|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.S | re.I
)
_BLOCK = re.compile(
    r"</?(?:p|div|br|hr|li|h[1-6]|tr|td|section|article|header|footer|nav|ul|ol|table|figure|"
    r"figcaption|blockquote|pre|dl|dt|dd|main|aside|center)\b[^<>]*>",
    re.I,
)
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset(
    "br img hr input meta link source wbr area base col embed param track p li td tr option".split()
)
_TITLE = re.compile(r"<title\b[^<>]*>(.{1,400}?)</title", re.S | re.I)


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a page says of itself; each field "" where it does not."""

    title: str
    text: str
    date: str = ""
    source: str = ""
    url: str = ""
    modified: str = ""  # where no date of publication is named


def read_page(page: str, url: str = "") -> WebPage:
    """Extract the article of an HTML page; all its text where no article is found.

    Never raises: a page that cannot be parsed (or nests tags to break parsers) is stripped of its
    tags instead.
    """
    named = page_dates(page)
    stripped = WebPage(_title(page), _without_tags(page), named.published, modified=named.modified)
    if page.count("<") > MOST_TAGS or _depth(page) > DEEPEST:
        return stripped
    try:
        found = _extract(page, url, named)
    except Exception as error:  # trafilatura promises none, its parsers raise many
        logger.warning("The page %s could not be parsed: %s", url or "(no address)", error)
        return stripped
    if found is None:
        return stripped
    if len(found.text) < _SHORTEST_TEXT and len(stripped.text) > len(found.text):
        return replace(found, title=found.title or stripped.title, text=stripped.text)
    return found


def _extract(page: str, url: str, named: PageDates) -> WebPage | None:
    from trafilatura import bare_extraction

    # It logs an error for every page without an article; here, since worker processes log, too.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    document = bare_extraction(
        page,
        url=url or None,
        favor_recall=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if document is None:
        return None
    source = str(document.sitename or "")
    return WebPage(
        title=str(document.title or ""),
        text=str(document.text or ""),
        # What trafilatura finds elsewhere may be a time of modification, or today's.
        date=named.published or ("" if named.modified else str(document.date or "")),
        modified=named.modified,
        source="" if source.startswith("@") else source,
        url=str(document.url or ""),
    )


def _depth(page: str) -> int:
    """How deep tags are nested at most, counted without a parser."""
    depth = deepest = 0
    for match in _OPEN_OR_CLOSE.finditer(page):
        if match[2].lower() in _VOID:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _title(page: str) -> str:
    found = _TITLE.search(page[:100_000])
    return " ".join(html.unescape(found[1]).split()) if found else ""


def _without_tags(page: str) -> str:
    page = _UNSEEN.sub("\n", page)
    page = _BLOCK.sub("\n", " ".join(page.split("\n")))
    return html.unescape(_TAG.sub("", page)).strip()
