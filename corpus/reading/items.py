"""One news item as a table row, feed entry or page gives it, before it has an id of ours."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from warta.corpus.article import Format
from warta.corpus.reading.encoding import sound

_TAGS = re.compile(r"</(?:p|div|span|a|h[1-6]|li|ul|strong|em|b|i|article|body|td)>|<br ?/?>", re.I)
_PAGE = re.compile(r"\s*(?:<!doctype html|<html|<head|<body|<article)[\s>]", re.I)
_WESTERN_INDONESIA = timezone(timedelta(hours=7))
# Where other systems keep the text of a nested value: WordPress, NewsAPI, MongoDB, JSON-LD.
_INNER = ("rendered", "name", "$oid", "$date", "text", "value", "@id", "href", "title")


@dataclass(frozen=True, slots=True)
class Item:
    """One news item; every field "" where it was not given. `line` as in `Record`."""

    line: int | None = None
    id: str = ""
    title: str = ""
    text: str = ""
    date: str = ""
    source: str = ""
    url: str = ""
    format: Format = "text"


def as_text(value: object, depth: int = 0) -> str:
    """Return a JSON value as text: lists as lines, objects by their usual inner name."""
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, bool) or value is None or depth > 3:
        return ""
    if isinstance(value, int):
        return _digits(value)
    if isinstance(value, float):
        return f"{value:.15g}" if math.isfinite(value) else ""
    if isinstance(value, list):
        return "\n".join(part for each in value[:10_000] if (part := as_text(each, depth + 1)))
    if isinstance(value, dict):
        return next((as_text(value[key], depth + 1) for key in _INNER if key in value), "")
    return ""


def _digits(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to write out integers of more than 4,300 digits
        return ""


def as_line(value: object) -> str:
    """Return a JSON value as one line without control characters."""
    text = " ".join(as_text(value).split())
    return text if text.isprintable() else "".join(c for c in text if c.isprintable())


def as_date(value: object) -> str:
    """Return a date as it was written; Unix seconds or milliseconds as ISO 8601 in WIB (UTC+7)."""
    if isinstance(value, dict):
        value = next((value[key] for key in _INNER if key in value), "")
    if isinstance(value, int | float) and not isinstance(value, bool) and 1e8 < value < 4e12:
        seconds = value / 1000 if value > 1e11 else value
        if seconds < 4e9:
            moment = datetime.fromtimestamp(seconds, UTC).astimezone(_WESTERN_INDONESIA)
            return moment.isoformat(timespec="seconds")
    return as_line(value)


def format_of(text: str) -> Format:
    """Tell HTML from plain text by its closing tags and line breaks."""
    if "<" not in text:
        return "text"
    return "html" if _TAGS.search(text[:50_000]) else "text"


def is_page(text: str) -> bool:
    """Tell a whole HTML page that was saved under another name."""
    return _PAGE.match(text[:1000]) is not None
