"""A list of articles for other programs: CSV, RIS and an Atom feed."""

import csv
import io
import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from warta.assistant.exporting.foreign import checked_url
from warta.corpus.article import Article
from warta.index.candidates import Hit

_COLUMNS: Final = ("id", "title", "published", "updated", "source", "url", "copies", "passage")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# What XML 1.0 has no place for, and a table or a reference has no use for.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = date(1970, 1, 1)  # of an article without any day: a feed's entry must have one


def to_csv(hits: Iterable[Hit]) -> str:
    """Return one row an article; what a table program would run as a formula is made text."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for hit in hits:
        article = hit.article
        row = (
            article.id,
            article.title,
            _iso(article.published),
            _iso(article.updated),
            article.source,
            checked_url(article.url),
            str(hit.copies),
            hit.passage.text,
        )
        writer.writerow([_cell(value) for value in row])
    return written.getvalue()


def _cell(value: str) -> str:
    flat = _flat(value)
    return f"'{flat}" if flat.startswith(_FORMULA) else flat


def to_ris(hits: Iterable[Hit]) -> str:
    """Return one record an article, for Zotero, Mendeley and EndNote."""
    records = []
    for hit in hits:
        article = hit.article
        day = article.published
        fields = (
            ("TY", "NEWS"),
            ("ID", article.id),
            ("TI", article.title),
            ("T2", article.source),
            ("PY", f"{day.year:04d}" if day else ""),
            ("DA", f"{day:%Y/%m/%d}" if day else ""),
            ("LA", article.language),
            ("UR", checked_url(article.url)),
        )
        told = [f"{tag}  - {_flat(value)}" for tag, value in fields if _flat(value)]
        records.append("\r\n".join([*told, "ER  - ", ""]))
    return "\r\n".join(records)


def to_atom(
    hits: Sequence[Hit], *, title: str, address: str, page: str, links: Sequence[str]
) -> str:
    """Return a feed of articles: `address` is its own, `page` that of the list it follows.

    `links` are those of the articles' pages, in their order. Ids stay the same wherever the feed
    is served; an entry is as old as its article's day of publication or last change.
    """
    newest = max((_moment(hit.article) for hit in hits), default=_moment(None))
    entries = "".join(_entry(hit, link) for hit, link in zip(hits, links, strict=True))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{_xml(title)}</title><id>{_identity(page)}</id><updated>{newest}</updated>"
        f'<link rel="self" type="application/atom+xml" href={_attribute(address)}/>'
        f'<link rel="alternate" type="text/html" href={_attribute(page)}/>'
        f"<generator>Warta</generator>{entries}</feed>\n"
    )


def _entry(hit: Hit, link: str) -> str:
    article = hit.article
    day = f"<published>{_moment(article)}</published>" if article.published else ""
    return (
        f"<entry><title>{_xml(article.title or article.id)}</title>"
        f"<id>{_identity(article.id)}</id><updated>{_moment(article)}</updated>{day}"
        f'<link rel="alternate" type="text/html" href={_attribute(link)}/>'
        f"<author><name>{_xml(article.source or '–')}</name></author>"
        f'<summary type="text">{_xml(hit.passage.text)}</summary></entry>'
    )


def _moment(article: Article | None) -> str:
    day = _EPOCH if article is None else article.updated or article.published or _EPOCH
    return datetime.combine(day, time(), UTC).isoformat().replace("+00:00", "Z")


def _identity(name: str) -> str:
    clean = name.encode("utf-8", "backslashreplace").decode()
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'warta:{clean}')}"


def _xml(foreign: str) -> str:
    return escape(_flat(foreign))


def _attribute(address: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", address))


def _flat(foreign: str) -> str:
    """Return text on one line; controls and half characters, which XML lacks, are told as such."""
    return _NOT_XML.sub("\ufffd", " ".join(foreign.split()))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
