"""An answer as one turn of the conversation, in HTML; pure.

Foreign text passes `warta.assistant.page.markup.escape`; `[n]` becomes a button only where n is a citation
of this answer and the marker does not stand inside a quotation.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from warta.assistant.answer import Answer, Citation, Receipt
from warta.assistant.composing.digest import is_greeting
from warta.assistant.exporting.export import to_json, to_markdown, to_text
from warta.assistant.page.markup import (
    byline,
    escape,
    icon,
    label,
    original_link,
    signs,
    source_card,
    title,
    whole_button,
)
from warta.assistant.page.prose import body
from warta.assistant.texts import Language, day_text, text
from warta.corpus.article import Article

# how assistant.question begins the note that a question continues the conversation
_FOLLOW_UP = ("dipahami sebagai", "understood as")
_HEADINGS = tuple(text(language, "abstained") for language in ("id", "en"))


def turn(answer: Answer, language: Language, *, done: bool, more: Sequence[Article] = ()) -> str:
    """Return one answer with its hidden sources, and when `done` its exports and buttons.

    `more` are articles that a next question could be about.
    """
    answer = _without_heading(answer)
    parts = [_chips(answer, language), _headline(answer, language), body(answer, language)]
    if answer.status == "abstained" and done and _is_limited(answer.receipt):
        parts.append(
            f'<div class="w-row"><button type="button" class="w-button" data-act="wider">'
            f"{label(language, 'wider')}</button></div>"
        )
    if answer.nearest and done:
        parts.append(_nearest(answer, language))
    parts += [_source_strip(answer, language), _hidden_sources(answer, language)]
    if done:
        parts += [_actions(answer, language), _more(more, language), _exports(answer)]
    return (
        f'<div class="w-turn" data-status="{escape(answer.status)}" data-done="{int(done)}" '
        f'lang="{escape(answer.language)}">{"".join(parts)}</div>'
    )


def notice(language: Language, key: str, **values: object) -> str:
    """Return a turn that only says something about itself: busy, failed, too long."""
    said = escape(text(language, key, **values))
    return (
        '<div class="w-turn" data-status="notice" data-done="1"><div class="w-note" role="status">'
        f'<p>{said}</p><button type="button" class="w-button" data-act="again">'
        f"{label(language, 'retry')}</button></div></div>"
    )


def _headline(answer: Answer, language: Language) -> str:
    if is_greeting(answer.receipt.question):
        return ""  # nothing was asked, so nothing is missing
    if answer.status == "abstained":
        return f'<p class="w-verdict">{label(language, "abstained")}</p>'
    if answer.status == "partial":
        return (
            f'<p class="w-verdict w-partial">{label(language, "partial")} · '
            f"{label(language, 'partial_more')}</p>"
        )
    return ""


def _without_heading(answer: Answer) -> Answer:
    """Return a refusal without the words that stand above it as its heading."""
    heading, found, rest = answer.text.partition(": ")
    if answer.status != "abstained" or not found or heading not in _HEADINGS:
        return answer
    return replace(answer, text=rest[:1].upper() + rest[1:])


def _chips(answer: Answer, language: Language) -> str:
    """Return what was understood; what can be left out has a button for it."""
    receipt = answer.receipt
    chips = []
    if any(_limits(receipt)):
        chips.append(
            _chip("period", label(language, "period"), _period(answer, language), language)
        )
    if receipt.sources:
        named = ", ".join(receipt.sources)
        chips.append(_chip("sources", label(language, "outlet"), named, language))
    for note in receipt.notes:
        kind, _, said = note.partition(": ")
        if kind in _FOLLOW_UP and said:
            chips.append(_chip("history", label(language, "searched_as"), said, language))
        elif not said:
            chips.append(f'<li class="w-chip w-plain"><bdi>{escape(note)}</bdi></li>')
    if not chips or is_greeting(receipt.question):
        return ""
    named = escape(text(language, "understood"))
    return f'<ul class="w-chips" aria-label="{named}">{"".join(chips)}</ul>'


def _chip(what: str, shown: str, value: str, language: Language) -> str:
    without = escape(text(language, "without", what=value))
    return (
        f'<li class="w-chip"><span>{shown}: <bdi>{escape(value)}</bdi></span>'
        f'<button type="button" data-act="drop" data-what="{what}" title="{without}" '
        f'aria-label="{without}">{icon("close")}</button></li>'
    )


def _period(answer: Answer, language: Language) -> str:
    since, until = _limits(answer.receipt)
    if since and until:
        first, last = day_text(language, since), day_text(language, until)
        return first if first == last else f"{first} – {last}"
    if since:
        return text(language, "since", day=day_text(language, since))
    return text(language, "until", day=day_text(language, until)) if until else ""


def _limits(receipt: Receipt) -> tuple[date | None, date | None]:
    """Return the days that limit anything: the page asks without limits by the widest ones."""
    since = receipt.since if receipt.since != date.min else None
    return since, receipt.until if receipt.until != date.max else None


def _is_limited(receipt: Receipt) -> bool:
    return any(_limits(receipt)) or bool(receipt.sources)


def _source_strip(answer: Answer, language: Language) -> str:
    """Return one button an article, with the numbers that cite it."""
    by_article: dict[str, list[Citation]] = {}
    for citation in _one_each(answer.citations):
        by_article.setdefault(citation.article.id, []).append(citation)
    if not by_article:
        return ""
    links = "".join(
        f'<li><button type="button" data-act="cite" data-n="{cited[0].number}" '
        f'title="{escape(cited[0].article.title)}">'
        f"{signs(cited)}{byline(cited[0].article, language)}</button></li>"
        for cited in by_article.values()
    )
    return f'<ol class="w-strip" aria-label="{escape(text(language, "sources"))}">{links}</ol>'


def _one_each(citations: Sequence[Citation]) -> list[Citation]:
    return list({citation.number: citation for citation in citations}.values())


def _hidden_sources(answer: Answer, language: Language) -> str:
    """Return a card for each passage, in the order of their first number."""
    by_passage: dict[tuple[str, int, int], list[Citation]] = {}
    for citation in _one_each(answer.citations):
        place = (citation.article.id, citation.passage.start, citation.passage.end)
        by_passage.setdefault(place, []).append(citation)
    cards = "".join(source_card(cited, language) for cited in by_passage.values())
    return f'<div class="w-sources" hidden>{cards}</div>' if cards else ""


def _nearest(answer: Answer, language: Language) -> str:
    items = "".join(
        f"<li>{byline(article, language)}<h3>{title(article, language)}</h3>"
        f'<div class="w-row">{whole_button(article, language)}'
        f"{original_link(article, language)}</div></li>"
        for article in answer.nearest
    )
    return f'<div class="w-nearest"><h2>{label(language, "nearest")}</h2><ul>{items}</ul></div>'


def _more(articles: Sequence[Article], language: Language) -> str:
    if not articles:
        return ""
    items = "".join(
        '<li><button type="button" data-act="example" '
        f'data-question="{escape(text(language, "about", title=article.title.strip()))}">'
        f"{title(article, language)}</button></li>"
        for article in articles
    )
    return f'<div class="w-more"><h2>{label(language, "more")}</h2><ul>{items}</ul></div>'


def _actions(answer: Answer, language: Language) -> str:
    receipt = answer.receipt
    said = text(
        language,
        "receipt",
        seconds=f"{receipt.seconds:.2f}".replace(".", "," if language == "id" else "."),
        snapshot=receipt.snapshot,
    )
    if sources := len({citation.article.id for citation in answer.citations}):
        writer = "quoted" if receipt.writer == "extractive" else "written_by"
        counted = text(language, "source_count" if sources == 1 else "sources_count", n=sources)
        said = f"{counted} · {said} · {text(language, writer, name=receipt.writer)}"

    def button(act: str, key: str, *, bare: bool = False) -> str:
        said = escape(text(language, key))
        shown = "" if bare else label(language, key)
        named = f' data-t-label="{key}" aria-label="{said}" title="{said}"' if bare else ""
        return (
            f'<button type="button" class="w-button" data-act="{act}"{named}>'
            f"{icon(act)}{shown}</button>"
        )

    downloads = "".join(
        f'<button type="button" class="w-button" data-act="download" data-as="{kind}">{shown}'
        "</button>"
        for kind, shown in (
            ("txt", label(language, "as_text")),
            ("md", "Markdown"),
            ("json", "JSON"),
        )
    )
    return (
        f'<div class="w-actions">{button("copy", "copy")}<details class="w-menu"><summary '
        f'class="w-button">{icon("download")}{label(language, "download")}</summary>'
        f"<div>{downloads}</div></details>"
        f'{button("again", "again")}<span class="w-gap"></span>'
        f"{button('up', 'helpful', bare=True)}{button('down', 'unhelpful', bare=True)}</div>"
        f'<p class="w-receipt">{escape(said)}</p>'
    )


def _exports(answer: Answer) -> str:
    kinds = (("txt", to_text(answer)), ("md", to_markdown(answer)), ("json", to_json(answer)))
    return "".join(f'<pre hidden data-export="{kind}">{escape(said)}</pre>' for kind, said in kinds)
