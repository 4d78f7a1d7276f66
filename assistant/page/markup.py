"""Foreign text as HTML: escaping, sources, whole articles.

Everything an article, a question or a model wrote goes through `escape`; the only addresses
that become links are those `checked_url` accepts. All functions are pure.
"""

import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode, urlsplit

from warta.assistant.answer import Citation
from warta.assistant.exporting.export import other_outlets, own_versions
from warta.assistant.exporting.foreign import checked_url
from warta.assistant.exporting.foreign import escape as escape
from warta.assistant.texts import Language, day_text, number_text, text
from warta.corpus.article import Article

_LONGEST = 600  # characters of a quotation in its source's card; long sentences have 400
_MOST_COPIES = 30  # listed below a source; fifty reprints are said, not shown
_PAUSES = (", ", "; ", ": ", ". ", " – ", " — ", "\n")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~.:")


def label(language: Language, key: str) -> str:
    """Return an interface text as a span that the page can turn into the other language."""
    return f'<span data-t="{key}">{escape(text(language, key))}</span>'


def source_card(citations: Sequence[Citation], language: Language) -> str:
    """Return one source: headline, outlet, day, its passage with every quote marked, links.

    `citations` are those of one passage; each mark and the card carry their numbers.
    """
    first = citations[0]
    article, passage = first.article, first.passage
    numbers = " ".join(str(citation.number) for citation in citations)
    before = "… " if passage.start > 0 else ""
    after = " …" if passage.end < len(article.text) else ""
    return (
        f'<section class="w-source" data-n="{numbers}" tabindex="-1" '
        f'aria-label="{escape(text(language, "source_n", n=numbers))}">'
        f'<div class="w-source-top">{signs(citations)}{byline(article, language)}</div>'
        f"<h3>{linked_title(article, language, first.start, first.end)}</h3>"
        f'<blockquote class="w-passage" dir="auto">{before}{_marked(citations)}{after}</blockquote>'
        f"{_corrected(first, language)}{_also(first, language)}"
        f'<div class="w-row">{whole_button(article, language, first.start, first.end)}'
        f"{original_link(article, language)}</div></section>"
    )


def signs(citations: Sequence[Citation]) -> str:
    """Return the numbers of citations as small squares."""
    return "".join(
        f'<span class="w-n" aria-hidden="true">{citation.number}</span>' for citation in citations
    )


def _marked(citations: Sequence[Citation]) -> str:
    passage = citations[0].passage
    shown, at = [], 0
    for citation in sorted(citations, key=lambda one: one.start):
        start = min(max(citation.start - passage.start, at), len(passage.text))
        end = min(citation.end - passage.start, len(passage.text))
        if end <= start:
            continue
        shown.append(_one_break(passage.text[at:start]))
        opening = _opening(passage.text[start:end])
        shown.append(
            f'<mark data-n="{citation.number}" data-start="{citation.start}" '
            f'data-end="{citation.end}">{_one_break(opening)}</mark>'
            f"{' …' if len(opening) < end - start else ''}"
        )
        at = end
    return "".join([*shown, _one_break(passage.text[at:])])


def _opening(quote: str) -> str:
    """Return a quotation, of one that has no end its first clauses: the article has the rest."""
    if len(quote) <= _LONGEST:
        return quote
    head = quote[:_LONGEST]
    clause = max(head.rfind(pause) for pause in _PAUSES)
    cut = clause if clause >= _LONGEST // 2 else head.rfind(" ")
    return head[:cut] if cut > 0 else head


def _one_break(foreign: str) -> str:
    return re.sub(r"\n\s*\n", "\n", escape(foreign))


def whole_article(article: Article, language: Language, start: int = 0, end: int = 0) -> str:
    """Return the whole article, characters `start` to `end` of its text marked."""
    inside = 0 <= start < end <= len(article.text)
    paragraphs, at = [], 0
    for line in article.text.split("\n"):
        if line.strip():
            low, high = max(start - at, 0), min(end - at, len(line))
            if inside and low < high:
                shown = (
                    f"{escape(line[:low])}<mark>{escape(line[low:high])}</mark>"
                    f"{escape(line[high:])}"
                )
            else:
                shown = escape(line)
            paragraphs.append(f'<p dir="auto">{shown}</p>')
        at += len(line) + 1
    return (
        f'<article class="w-article" tabindex="-1" lang="{escape(article.language or "id")}">'
        f"{byline(article, language)}<h3>{linked_title(article, language, start, end)}</h3>"
        f'{"".join(paragraphs)}<div class="w-row">{original_link(article, language)}</div>'
        "</article>"
    )


def article_address(
    article_id: str, language: Language | None = None, start: int = 0, end: int = 0
) -> str:
    """Return the address of an article's page below Warta's root, start..end of it marked.

    An id that a browser or a proxy may take apart (dots, slashes) stands in a parameter.
    """
    plain = article_id.strip(".") and _PLAIN.issuperset(article_id)
    path = f"article/{article_id}" if plain else "article"
    pairs = [] if plain else [("id", article_id)]
    pairs += [("q", f"{start}-{end}")] if end > start else []
    pairs += [("lang", language)] if language else []
    told = f"?{urlencode(pairs, errors='replace')}" if pairs else ""
    return f"{path}{told}{'#kutipan' if end > start else ''}"


def linked_title(article: Article, language: Language, start: int = 0, end: int = 0) -> str:
    """Return the headline as a link to the article's page."""
    address = escape(article_address(article.id, language, start, end))
    return f'<a class="w-open-article" href="{address}">{title(article, language)}</a>'


def icon(name: str) -> str:
    """Return an icon that page.css draws; it says nothing to a screen reader."""
    return f'<span class="w-i w-i-{name}" aria-hidden="true"></span>'


def original_link(article: Article, language: Language) -> str:
    """Return a link to the original with the host it leads to, "" for an unusable address."""
    address = checked_url(article.url)
    if not address:
        return ""
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    return (
        f'<a class="w-link" href="{escape(address)}" target="_blank" '
        f'rel="noopener noreferrer nofollow">{label(language, "original")} '
        f'<span class="w-host">{escape(host)}</span>{icon("out")}</a>'
    )


def title(article: Article, language: Language) -> str:
    """Return the headline, or what stands for a missing one."""
    shown = escape(article.title.strip())
    return f"<bdi>{shown}</bdi>" if shown else label(language, "untitled")


def byline(article: Article, language: Language) -> str:
    """Return outlet, day of publication and that of the outlet's last change."""
    outlet = (
        f"<bdi>{escape(article.source)}</bdi>" if article.source else label(language, "unnamed")
    )
    if article.published:
        day = _time(article.published, language)
    else:
        day = label(language, "undated")
    if article.updated:
        day += f" · {label(language, 'updated')} {_time(article.updated, language)}"
    return f'<span class="w-byline"><strong>{outlet}</strong> · {day}</span>'


def _time(day: date, language: Language) -> str:
    return f'<time datetime="{day.isoformat()}">{day_text(language, day)}</time>'


def whole_button(article: Article, language: Language, start: int = 0, end: int = 0) -> str:
    """Return the button that fetches the whole article and marks start..end in it."""
    return (
        f'<button type="button" class="w-button" data-act="whole" data-id="{escape(article.id)}" '
        f'data-start="{start}" data-end="{end}">{label(language, "whole")}</button>'
    )


def headline_button(article: Article, language: Language) -> str:
    """Return a headline that opens its article."""
    return (
        f'<button type="button" data-act="whole" data-id="{escape(article.id)}" data-start="0" '
        f'data-end="0">{title(article, language)}</button>'
    )


def _corrected(citation: Citation, language: Language) -> str:
    """Return what corrects the article: headlines that open, with their days."""
    return "".join(
        f'<p class="w-corrected">{label(language, "corrected")} '
        f"{headline_button(later, language)}"
        f"{f', {_time(later.published, language)}' if later.published else ''}</p>"
        for later in citation.corrected_by
    )


def _also(citation: Citation, language: Language) -> str:
    """Return who else has this text, and how often the outlet itself, to be opened one by one."""
    if not citation.also:
        return ""
    said = []
    if names := other_outlets(citation):
        shown = (f"<bdi>{escape(n)}</bdi>" if n else label(language, "unnamed") for n in names)
        said.append(f"{label(language, 'also')} {', '.join(shown)}")
    if count := len(own_versions(citation)):
        key = "version" if count == 1 else "versions"
        said.append(f"{number_text(language, count)} {label(language, key)}")
    items = "".join(
        f"<li>{headline_button(copy, language)}{byline(copy, language)}</li>"
        for copy in citation.also[:_MOST_COPIES]
    )
    return (
        f'<details class="w-also"><summary>{" · ".join(said)}</summary><ul>{items}</ul></details>'
    )
