"""HTML -> headline, text, date and outlet, by trafilatura; what web systems leave in a text.

trafilatura was chosen because it finds the article by the shape of the page and reads the
metadata (JSON-LD, Open Graph) most outlets carry; it needs no model and no connection. Its
recall settings are used: what it lets through too much, `zones` takes out again.

The day is read here: outlets write the time of publication into the head in UTC; taken without its
clock it is a day early for all that appears in Jakarta before seven in the morning. A time of
modification is kept apart: it may lie weeks later.

Left in texts are shortcodes, a feed's own last line, and letters that were read wrongly.
"""

import html
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from warta.corpus.dates.published import parse_date

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

_HEAD = 400_000
"""Characters of a page that are looked at."""
_META = re.compile(r"<meta\b([^<>]{5,1500})>", re.I)
_TIME = re.compile(r"<(time|abbr|span|p|div|li|em|small)\b([^<>]{1,600})>([^<>]{0,120})", re.I)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_DATA = re.compile(
    r"<script\b[^<>]{0,300}?ld\+json[^<>]{0,300}>(.{2,200000}?)</script", re.I | re.S
)
_FIELD = re.compile(r'"(datePublished|dateCreated|uploadDate|dateModified)"\s*:\s*"([^"]{6,60})"')

_LABEL = re.compile(
    r">\s*(?:di)?(?:terbit(?:kan)?|publikasikan|tayang(?:kan)?|muat|published|posted|unggah)\b"
    r"(?:\s(?:on|at|pada|tanggal))?[\s:|-]{0,4}([^<>]{6,60})<",
    re.I,
)
_PUBLISHED = frozenset(
    """article:published_time article:published article:post_date article.published
    article_date_original article:publicationdate og:published_time og:article:published_time
    og:pubdate og:publish_date bt:pubdate datepublished date_published published published-date
    published_time published_date publication_date publicationdate publish-date publish_date
    publishdate publish_time publishtime pubdate pub_date pdate ptime cxenseparse:recs:publishtime
    content_published_date content_create_date citation_publication_date citation_date
    parsely-pub-date sailthru.date shareaholic:article_published_time rnews:datepublished
    dcterms.created dcterms.issued dcterms.date dc.date dc.date.issued dc.date.created
    dc.date.publication dc.created dc.issued originalpublicationdate release_date displaydate
    firstpublished datecreated date_created created createdate creationdateandtime eomportal-date
    article:create_at article:created_at date doc_date docdate news_date postdate time ctime
    timestamp pubtime video:release_date book:release_date music:release_date
    wpdatepublished gentime tanggal""".split()
)
_MODIFIED = frozenset(
    """article:modified_time article:modified og:updated_time og:modified_time modified lastmod
    last-modified last_modified lastmodified lastmodifieddate datemodified date_modified
    dcterms.modified dc.date.modified dc.modified modified_time modified_date updated updated_time
    revised revision_date cxenseparse:recs:modifiedtime rnews:datemodified moddate utime
    article:updated_time dateupdate""".split()
)
_KEYS = ("property", "name", "itemprop", "http-equiv", "pubdate")
_TIME_CLASS = re.compile(
    r"publish|posted|entry-date|post-date|article-date|date-?time|dateline|tanggal|byline-date|"
    r"(?<![a-z])(?:date|dtreviewed|timestamp)(?![a-z])",
    re.I,
)
_NOT_PUBLISHED = re.compile(r"updat|modif|edit|diperbarui|comment|komentar|now|today|related", re.I)

_SHORTCODE = re.compile(
    r"\[(/?)([a-zA-Z][a-zA-Z0-9_-]{1,30})"
    r"((?:\s+[\w-]+\s*=\s*(?:\"[^\"\]]{0,2000}\"|'[^'\]]{0,2000}'|[^\s\]]{1,500}))*)\s*(/?)\]"
)
_WITH_CONTENT = re.compile(
    r"\[(embed|youtube|video|audio|playlist|gallery|instagram|twitter|tweet|iframe|script|ads?)"
    r"\b[^\[\]]{0,2000}\]\s*(?:https?://[^\s\[\]]{1,500}\s*)?\[/\1\]",
    re.I,
)
_ALWAYS = frozenset(
    """gallery caption embed video audio playlist dropcap youtube instagram twitter tweet iframe
    more read_more nextpage pullquote blockquote button contact-form-7 toc ads adsense ad
    irp related_posts yarpp sc_embed_player recaptcha social_share""".split()
)
_FEED_LINE = re.compile(
    r"\s*(?:(?:the\spost|this\spost|the\sarticle|artikel|tulisan|pos|kiriman|berita|postingan)\b\s.{3,300}?"
    r"\s(?:appeared\sfirst\son|first\sappeared\son|was\sfirst\spublished\son|(?:ini\s)?pertama\skali\s"
    r"(?:tampil|muncul|terbit|dipublikasikan|diterbitkan|tayang)\s(?:pada|di))\s[^\n]{2,120})$",
    re.I | re.M,
)
_MOJIBAKE = re.compile("[ÃÂâÅÄ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ¡-¿]")


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a page says of itself; each field "" where it does not."""

    title: str
    text: str
    date: str = ""
    source: str = ""
    url: str = ""
    modified: str = ""  # where no date of publication is named


@dataclass(frozen=True, slots=True)
class PageDates:
    """The moments a page names, as written, "" where it names none."""

    published: str = ""
    modified: str = ""


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


def page_dates(page: str) -> PageDates:
    """Return the moment an HTML page says it was published at; else when it was modified.

    Looked for in this order: meta elements, JSON-LD, elements of time marked as the publication's,
    a line that says so.
    `modified` is filled only where `published` is not.
    """
    head = page[:_HEAD]
    modified = ""
    for published, changed in (
        *(_in_meta(head), _in_data(head), _in_elements(head)),
        (_labelled(head), ""),
    ):
        if published:
            return PageDates(published)
        modified = modified or changed
    return PageDates("", modified)


def _in_meta(page: str) -> tuple[str, str]:
    named: dict[str, str] = {}
    for match in _META.finditer(page):
        given = _attributes(match[1])
        name = next((given[key].casefold() for key in _KEYS if given.get(key)), "")
        value = _moment(given.get("content") or given.get("datetime") or given.get("value") or "")
        if value and (name in _PUBLISHED or name in _MODIFIED):
            named.setdefault(name, value)
    # A plain "date" is often the server's; the names that say what they are come first.
    found = sorted((name for name in named if name in _PUBLISHED), key=_certainty)
    changed = next((named[name] for name in named if name in _MODIFIED), "")
    return (named[found[0]] if found else "", changed)


def _certainty(name: str) -> int:
    return 0 if "publi" in name or "pub" in name or "issued" in name else 1


def _in_data(page: str) -> tuple[str, str]:
    for match in _DATA.finditer(page):
        found: dict[str, str] = {}
        for key, value in _fields(match[1]):
            if _moment(value):
                found.setdefault(key, value)
        keys = ("datePublished", "uploadDate", "dateCreated")
        published = next((found[key] for key in keys if key in found), "")
        if published or "dateModified" in found:
            return published, found.get("dateModified", "")
    return "", ""


def _fields(script: str) -> Iterator[tuple[str, str]]:
    """Yield the date fields of JSON-LD, the article's own before those it speaks of."""
    try:
        data = json.loads(script)
    except (ValueError, RecursionError):
        yield from _FIELD.findall(script)
        return
    waiting = data if isinstance(data, list) else [data]
    nodes = [node for node in waiting if isinstance(node, dict)]
    for node in list(nodes):
        graph = node.get("@graph")
        nodes += (
            [each for each in graph if isinstance(each, dict)] if isinstance(graph, list) else []
        )
    for node in sorted(nodes, key=lambda node: "Article" not in str(node.get("@type"))):
        for key, value in node.items():
            if key in ("datePublished", "dateCreated", "uploadDate", "dateModified"):
                yield key, str(value)


def _in_elements(page: str) -> tuple[str, str]:
    modified = ""
    for match in _TIME.finditer(page):
        given = _attributes(match[2])
        label = " ".join(given.get(key, "") for key in ("class", "id", "itemprop", "pubdate"))
        is_time = match[1].lower() == "time"
        if not (is_time or _TIME_CLASS.search(label)):
            continue
        written = given.get("datetime") or given.get("content") or given.get("title") or ""
        value = _moment(written) or _moment(html.unescape(match[3]))
        if not value:
            continue
        if _NOT_PUBLISHED.search(label):
            modified = modified or value
        else:
            return value, modified
    return "", modified


def _labelled(page: str) -> str:
    """Return the day of a text that says it is the publication's; a bare one may be today's."""
    found = _LABEL.search(page)
    return _moment(html.unescape(found[1])) if found else ""


def _attributes(text: str) -> dict[str, str]:
    return {
        match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
        for match in _ATTRIBUTE.finditer(text)
    }


def _moment(value: str) -> str:
    """Return a value that names a day, "" for all else."""
    value = " ".join(value.split())
    return value if 6 <= len(value) <= 80 and parse_date(value) is not None else ""


def without_shortcodes(text: str) -> str:
    """Take the codes of WordPress out: `[gallery ids="1,2"]`, `[caption]…[/caption]`.

    What such a pair encloses stays, but for addresses to embed. A word in brackets that has no
    attribute, is not closed and no known code ("[sic]") is the author's.
    """
    if "[" not in text or not _SHORTCODE.search(text):
        return text
    text = _WITH_CONTENT.sub("", text)
    closed = {match[2].lower() for match in _SHORTCODE.finditer(text) if match[1]}

    def kept(match: re.Match[str]) -> str:
        name = match[2].lower()
        is_code = match[1] or match[3] or match[4] or name in closed or name in _ALWAYS
        return "" if is_code else match[0]

    return _SHORTCODE.sub(kept, text)


def feed_line(line: str) -> str:
    """Return the end of a line by which WordPress closes a feed's entry, "" where there is none."""
    if "pertama kali" not in line and "ppeared" not in line and "published on" not in line:
        return ""
    found = _FEED_LINE.search(line)
    return found[0] if found else ""


def with_right_letters(text: str) -> str:
    """Mend UTF-8 that was read as another encoding ("â€œ", "Ã©"), where that is certain."""
    if text.isascii() or not _MOJIBAKE.search(text):
        return text
    from ftfy import fix_encoding

    return "\n".join(
        fix_encoding(line) if _MOJIBAKE.search(line) else line for line in text.split("\n")
    )
