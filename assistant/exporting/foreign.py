"""Text of articles, questions and models where it is shown: as HTML, Markdown, a document, a link.

All functions are pure.
"""

import html
import re
from urllib.parse import urlsplit

# Direction overrides, zero-width characters and controls: they can make a line read as
# something it is not, and no news text needs them to be read.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>~&$-])")


def visible(foreign: str) -> str:
    """Return foreign text without what cannot be seen or is no character."""
    return _SURROGATE.sub("\ufffd", _UNSEEN.sub("", foreign))


def escape(foreign: str) -> str:
    """Return foreign text as HTML that shows it and does nothing else, also in attributes."""
    said = html.escape(visible(foreign))
    # Gradio's component evaluates its template, not the value; escaping $ and ` as well costs
    # nothing and holds should that ever change.
    return said.replace("`", "&#96;").replace("${", "&#36;{").replace("{{", "&#123;{")


def escape_markdown(text: str) -> str:
    """Return `text` so that Markdown shows it as it is; our own `[n]` markers stay readable."""
    return _MARKDOWN.sub(r"\\\1", text)


def checked_url(url: str) -> str:
    """Return `url` where it is an http(s) address with a host and nothing unusual, else ""."""
    if not re.fullmatch(r"https?://[!-~]+", url) or re.search(r"[<>\"'\\`{}|^()\[\]]", url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    return url if host and "@" not in parts.netloc else ""


def one_line(text: str) -> str:
    """Return foreign text on one line, each gap one space."""
    return " ".join(text.split())
