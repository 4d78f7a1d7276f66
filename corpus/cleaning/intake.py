"""A record as it was found -> the article as it is archived."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from warta.corpus.article import PAGE_BREAK, Article, Record
from warta.corpus.cleaning.furniture import addresses_reader, web_share
from warta.corpus.cleaning.lines import stems, without_site
from warta.corpus.cleaning.webpage import WebPage, read_page, with_right_letters, without_shortcodes
from warta.corpus.cleaning.zones import Cleaned, clean
from warta.corpus.dates.published import Reconciled, parse_date, reconcile
from warta.corpus.errors import InputError
from warta.corpus.language.characters import normalise
from warta.corpus.language.sentences import sentences
from warta.corpus.language.words import language_of

INTAKE_VERSION = "5"
"""Changes when the same record would give another article: all are made anew then, those whose file
is not read again from the record that the archive keeps. tests/code_versions.py holds it."""

LONGEST_TEXT = 2_000_000
"""Characters one article may have; the longest book is shorter."""
LONGEST_PAGE = 10_000_000
"""Characters one HTML page may have, markup included."""
LONGEST_TITLE = 500
"""Characters a headline may have; of 38,425 articles the longest has 207."""
LONGEST_SOURCE = 200
"""Characters the name of an outlet may have; of 38,425 articles the longest has 22."""
LONGEST_URL = 2_000
"""Characters an address may have, as much as browsers and servers agree on."""
LONGEST_DATE = 200
"""Characters a date may have, with everything that is written around it."""
LONGEST_HEADLINE = 100
"""Characters to which a first sentence is shortened where it stands in for a headline."""
_DATED_PART = 20_000
_SAVE_AGAIN = "Save the article's own page once more, or leave it out."
_WHOLE_PAGE = re.compile(r"<(?:html|head|body)[\s>]", re.I)

_HOST = r"[A-Za-z][\w-]{1,30}\.(?i:com|co\.id|co|id|net|org|tv|news)"
_PLACE = r"[A-Z][\w .'/-]{2,40}"
_DATELINES = (
    re.compile(rf"(?:{_PLACE},\s)?({_HOST})(?:\s?,\s?{_PLACE})?\s?[-–—:]"),
    re.compile(rf"{_PLACE}\s\((ANTARA|Antara|[A-Z][a-z]+\w*(?:\.com|\.id))\)\s?[-–—]"),
    re.compile(rf"{_PLACE},\s([A-Z]\w+ (?:Indonesia|News|TV|Online|Pos|Post))\s?[-–—]"),
)
_COPYRIGHT = re.compile(
    r"(?:copyright|hak cipta|©)[\s©:]*(?:\(c\)\s*)?(?:\d{4}(?:\s?[-–]\s?\d{4})?)?\s*(?:by |oleh )?"
    r"([A-Z][\w&' -]{2,38}\w(?:\.com|\.co\.id|\.id)?)\s*(?:[.,|–-]|all rights|seluruh|hak cipta|$)",
    re.I,
)
_UPDATED = re.compile(r"diperbarui|updated?|modified", re.I)

_SHORT = 700
"""Characters of text below which a page can be nothing but its message."""
_FEWEST_WORDS = 12
_TEASERS = 0.6
_FEWEST_TEASERS = 3
_LINE = 40

_ERROR = re.compile(
    r"(?:error\s*)?(?:40[0134]|410|429|50[0234]|52\d)\b(?:\s*[-–:|]\s*|\s+)?(?:error|page|not|halaman|"
    r"forbidden|bad|service|gateway|internal|maaf|oops|too|access|tidak|$)"
    r"|(?:oops|ups|maaf|sorry|waduh)[!,.…\s]{1,4}.{0,60}\b(?:not\s(?:be\s)?found|tidak\s(?:dapat\s|bisa\s)?"
    r"(?:ditemukan|tersedia|diakses)|error|kesalahan|404)"
    r"|(?:page|halaman|laman|artikel|berita|file|url|konten)\b.{0,50}\b(?:not\sfound|could\snot\sbe\sfound|"
    r"cannot\sbe\sfound|can.t\sbe\sfound|tidak\s(?:dapat\s|bisa\s)?ditemukan|tidak\stersedia|"
    r"sudah\s(?:dihapus|tidak\s(?:ada|tersedia))|telah\sdihapus|no\slonger\s(?:available|exists))"
    r"|(?:access\sdenied|akses\sditolak|forbidden|bad\sgateway|service\s(?:temporarily\s)?unavailable|"
    r"internal\sserver\serror|gateway\stime-?out|too\smany\srequests|just\sa\smoment|"
    r"attention\srequired|checking\s(?:your\sbrowser|if\sthe\ssite)|verify(?:ing)?\s(?:that\s)?you\sare\s"
    r"(?:a\s)?human|are\syou\s(?:a\s)?(?:human|robot)|site\s(?:is\s)?(?:under\smaintenance|offline)|"
    r"situs\s(?:ini\s)?(?:sedang\s)?(?:dalam\s)?(?:perbaikan|pemeliharaan)|website\sexpired|"
    r"account\s(?:has\sbeen\s)?suspended|domain\s(?:has\s)?expired|"
    r"error\sestablishing\sa\sdatabase|database\serror|fatal\serror)",
    re.I,
)
_CONSENT = re.compile(
    r"\b(?:cookies?|kuki|consent|gdpr|privacy\spolicy|kebijakan\sprivasi|data\spribadi|personal\sdata|"
    r"mitra\skami|our\spartners|manage\s(?:preferences|options|choices)|accept\sall|terima\ssemua|"
    r"setuju(?:i)?\sdan\slanjut|legitimate\sinterest|vendors?)\b",
    re.I,
)
_SCRIPTS = re.compile(
    r"\b(?:enable|turn\son|aktifkan|nyalakan|requires?|membutuhkan|memerlukan|need)\b.{0,30}\bjava\s?script\b"
    r"|\bjava\s?script\b.{0,40}\b(?:disabled|required|enable|dinonaktifkan|diaktifkan|tidak\saktif)\b",
    re.I,
)
_CUT = re.compile(
    r"(?:\.{2,}|…|\[(?:\.{3}|…|&hellip;)\])[\"”’)\s]*(?:(?:\[?(?:read\smore|baca\s(?:selengkapnya|lebih\slanjut|"
    r"lagi)|selengkapnya|continue\sreading|more|lanjut(?:kan)?)\]?)?[\s»>→.]*)$"
    r"|(?:read\smore|baca\sselengkapnya|selengkapnya|continue\sreading)[\s»>→.]*$",
    re.I,
)


def to_article(record: Record) -> Article:
    """Clean one record, and settle its headline, day, outlet and language.

    Raises:
        InputError: it holds no readable text, or more than an article can.
    """
    _check_size(record)
    page = _page(record)
    cleaned = clean(page.text, page.title)
    if not any(char.isalnum() for char in cleaned.text):
        if what := why_no_article(page.title, "\n".join(cleaned.removed)):
            raise InputError(what, _SAVE_AGAIN)
        raise InputError(
            f"{_name(record)} holds no readable text.",
            "Check that the text column or the page holds the article itself.",
        )
    _check_kind(record, page, cleaned)
    url = _line(record.url) or page.url
    source = _source(record, page, cleaned, url)
    field = _line(record.date) or page.date or _day_above(cleaned)
    day = _day(field, page.modified, url, cleaned.text[:_DATED_PART])
    return Article(
        id=record.id,
        title=_without_outlet(cleaned.title, source) or _first_words(cleaned.text),
        text=cleaned.text,
        published=day.published,
        source=source,
        url=url,
        language=language_of(cleaned.text),
        origin=record.origin,
        removed=cleaned.removed,
        date_note=day.note,
    )


def _day(field: str, modified: str, url: str, text: str) -> Reconciled:
    """Settle the day; a time of modification is taken only where nothing else names one."""
    day = reconcile(field, url, text)
    if field or not modified:
        return day
    changed = reconcile(modified, "", text)
    if day.published is None:
        note = (
            f"The page says only when it was last modified, {modified}; the day is taken from it."
        )
        return Reconciled(changed.published, note if changed.published else "")
    return day


def _check_size(record: Record) -> None:
    limit = LONGEST_PAGE if record.format == "html" else LONGEST_TEXT
    if len(record.text) > limit:
        raise InputError(
            f"{_name(record)} has {len(record.text):,} characters, more than the {limit:,} "
            "one article may have.",
            "Split it into one article a file or line.",
        )
    for name, value, most in (
        ("name of its outlet", record.source, LONGEST_SOURCE),
        ("address", record.url, LONGEST_URL),
        ("date", record.date, LONGEST_DATE),
    ):
        if len(value) > most:
            raise InputError(
                f"The {name} of {_name(record)} has {len(value):,} characters, more than {most:,}.",
                "Check which column it was taken from.",
            )


def _page(record: Record) -> WebPage:
    """Return the record's own fields, and what an HTML page adds where they are empty.

    A headline too long to be one is the beginning of the text: each passage carries its
    article's headline, so that a long one would cost its length times that of the text.
    """
    found = _fields(record)
    if len(found.title) <= LONGEST_TITLE:
        return found
    if len(found.title) + len(found.text) > LONGEST_TEXT:
        raise InputError(
            f"{_name(record)} has a headline of {len(found.title):,} characters, and with it more "
            f"than the {LONGEST_TEXT:,} one article may have.",
            "Check which column the headline was taken from.",
        )
    return replace(found, title="", text=f"{found.title}\n\n{found.text}")


def _fields(record: Record) -> WebPage:
    title = with_right_letters(_line(without_shortcodes(record.title)))
    text = without_shortcodes(with_right_letters(record.text))
    if record.format != "html":
        return WebPage(title, text)
    first, *more = text.split(PAGE_BREAK)
    found = read_page(normalise(first, keep_entities=True), _line(record.url))
    if more:
        found = _joined(found, more)
    if len(found.text) > LONGEST_TEXT:
        raise InputError(
            f"{_name(record)} has {len(found.text):,} characters of text, more than the "
            f"{LONGEST_TEXT:,} one article may have.",
            "Split it into one article a page.",
        )
    page_title = without_site(_line(found.title), stems(found.text[:_DATED_PART]))
    return WebPage(
        title or page_title,
        found.text,
        _bounded(_line(found.date), LONGEST_DATE),
        _bounded(_line(found.source), LONGEST_SOURCE),
        _bounded(_line(found.url), LONGEST_URL),
        _line(found.modified),
    )


def _joined(first: WebPage, pages: list[str]) -> WebPage:
    """Put the further pages of an article below its first, each without what stands around it."""
    texts = [first.text]
    for page in pages:
        found = read_page(normalise(page, keep_entities=True))
        texts.append(clean(found.text, first.title or found.title).text)
    return replace(first, text="\n".join(texts))


def _check_kind(record: Record, page: WebPage, cleaned: Cleaned) -> None:
    """Raise InputError for a page that is no article."""
    is_page = record.format == "html" and bool(_WHOLE_PAGE.search(record.text[:_DATED_PART]))
    what = why_no_article(page.title or cleaned.title, cleaned.text, is_page=is_page)
    if what:
        raise InputError(what, _SAVE_AGAIN)


def _bounded(value: str, most: int) -> str:
    """Return what a page says of itself, nothing where it is too long to be that."""
    return value if len(value) <= most else ""


def _source(record: Record, page: WebPage, cleaned: Cleaned, url: str) -> str:
    return _line(record.source) or page.source or _stated_source(cleaned) or _host(url)


def _stated_source(cleaned: Cleaned) -> str:
    """The outlet a text names itself: in its dateline, else in the copyright line taken out."""
    opening = cleaned.text[:150]
    for dateline in _DATELINES:
        if found := dateline.match(opening):
            return found[1].lower() if "." in found[1] else found[1]
    for line in reversed(cleaned.removed):
        if found := _COPYRIGHT.match(line):
            return found[1].strip()
    return ""


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _day_above(cleaned: Cleaned) -> str:
    """The date line nearest above the body, as written; a page's head may show today's date."""
    for line in reversed(cleaned.above):
        if len(line) <= 90 and not _UPDATED.search(line) and (day := parse_date(line)):
            return day.isoformat()
    return ""


def _without_outlet(title: str, source: str) -> str:
    """Cut " - Kabar Desa" off a headline: feeds put the outlet there."""
    for mark in (" - ", " | ", " – ", " — "):
        head, _, tail = title.rpartition(mark)
        if head and source and tail.casefold() == source.casefold():
            return head.strip()
    return title


def _first_words(text: str) -> str:
    """Return the first sentence, shortened at a word where it is longer than a headline."""
    spans = sentences(text[:_DATED_PART])
    first = text[spans[0].start : spans[0].end] if spans else text.strip()
    if len(first) <= LONGEST_HEADLINE:
        return first
    short = first[: LONGEST_HEADLINE - 1]
    at_word = short.rpartition(" ")[0]
    return (at_word if len(at_word) > LONGEST_HEADLINE // 2 else short).rstrip(" ,;:–—-(") + "…"


def _line(text: str) -> str:
    return " ".join(normalise(text).split()) if text else ""


def _name(record: Record) -> str:
    place = f"{record.origin}, line {record.line}" if record.line else record.origin
    return place or f"Article {record.id!r}"


def why_no_article(title: str, text: str, *, is_page: bool = False) -> str:
    """Return what a text is where it is no article, "" where it can be one.

    Of 38,425 articles of the two archives none is taken for an error, a frame or a consent wall,
    and one, which tells in cut sentences, for teasers: these are looked for in whole pages only.
    """
    if len(text) <= _SHORT:
        if _ERROR.match(title.strip()) or _ERROR.match(text.lstrip()):
            return "It is an error page."
        if _SCRIPTS.search(text):
            return "It is an empty frame: scripts fetch the text."
        if _is_consent(f"{title}\n{text}"):
            return "It is a page that asks for consent to cookies."
    if is_page and is_near_empty(text):
        return "It is a page with next to no text."
    if is_page and _is_list_of_teasers(text):
        return "It is a page of teasers: their texts are cut off."
    return ""


def is_near_empty(text: str) -> bool:
    """True for a page whose text is shorter than any news, a caption or a menu's rest."""
    return len(text.split()) < _FEWEST_WORDS


def _is_consent(text: str) -> bool:
    if len({found.casefold() for found in _CONSENT.findall(text)}) < 2:
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    talking = sum(addresses_reader(line) or web_share(line) >= 0.25 for line in lines)
    return 2 * talking >= len(lines)


def _is_list_of_teasers(text: str) -> bool:
    lines = [line for line in text.split("\n") if len(line) >= _LINE and not line.startswith("|")]
    cut = sum(bool(_CUT.search(line)) for line in lines)
    whole = sum(line.rstrip('"”’) ').endswith((".", "!", "?")) for line in lines) - sum(
        line.rstrip('"”’) ').endswith("..") for line in lines
    )
    return cut >= _FEWEST_TEASERS and cut >= _TEASERS * (cut + max(whole, 0))
