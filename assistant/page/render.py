"""An answer as one turn of the conversation, in HTML; pure.

Foreign text passes `markup.escape`; `[n]` becomes a button only where n is a citation
of this answer and the marker does not stand inside a quotation.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from warta.assistant.answer import Answer, Citation, Receipt
from warta.assistant.exporting.export import pieces, to_json, to_markdown, to_text
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
from warta.assistant.texts import Language, day_text, text
from warta.corpus.article import Article

# What an answer says, as HTML: paragraphs, quotations, numbers to press; pure.

_MARKER = re.compile(r"\s*\[(\d{1,3})\]")
_LONG_WORD = 24  # characters: longer ones may part from their number
_BULLET = re.compile(r"^\s*[-•*]\s+")


def body(answer: Answer, language: Language) -> str:
    """Return the answer's text; unsupported sentences are set off, our own words marked."""
    blocks: list[str] = []
    for start, end in _blocks(answer.text):
        lines = answer.text[start:end].split("\n")
        if all(_BULLET.match(line) for line in lines):
            items, at = [], start
            for line in lines:
                mark = _BULLET.match(line)
                skip = mark.end() if mark else 0
                items.append(f"<li>{_inline(answer, at + skip, at + len(line), language)}</li>")
                at += len(line) + 1
            blocks.append(f"<ul>{''.join(items)}</ul>")
        else:
            for low, high in _quotations(answer, start, end):
                inline = _inline(answer, low, high, language).strip().replace("\n", "<br>")
                blocks.append(f'<p dir="auto">{inline}</p>')
    return f'<div class="w-answer">{"".join(blocks)}</div>'


def _blocks(said: str) -> list[tuple[int, int]]:
    """Return the spans of the paragraphs, which blank lines part."""
    return [match.span() for match in re.finditer(r"\S(?:.*\S)?(?:\n[^\S\n]*\S.*)*", said)]


def _quotations(answer: Answer, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of what is quoted, each with its numbers.

    Sentences of several articles make no paragraph; what a model wrote does, and stays whole.
    """
    if answer.receipt.writer != "extractive":
        return [(start, end)]
    spans, at = [], start
    for match in _own_markers(answer, start, end):
        if not _MARKER.match(answer.text, match.end(), end):
            spans.append((at, match.end()))
            at = match.end()
    return [*spans, (at, end)] if answer.text[at:end].strip() else spans


def _inline(answer: Answer, start: int, end: int, language: Language) -> str:
    """Return text[start:end] with its markers as buttons and unsupported sentences set off."""
    flagged = sorted(
        (at, at + len(sentence))
        for sentence in answer.unsupported
        if sentence and (at := answer.text.find(sentence, start, end)) >= 0
    )
    shown, at = [], start
    for low, high in flagged:
        if low < at:
            continue
        shown.append(_markers(answer, at, low, language))
        shown.append(
            '<span class="w-unsupported" title="'
            f'{escape(text(language, "unsupported_more"))}">'
            f"{_markers(answer, low, high, language)}"
            f'<span class="w-flag">{label(language, "unsupported")}</span></span>'
        )
        at = high
    return "".join([*shown, _markers(answer, at, end, language)])


def _markers(answer: Answer, start: int, end: int, language: Language) -> str:
    known = {citation.number: citation for citation in answer.citations}
    shown, at = [], start
    for match in _own_markers(answer, start, end):
        word = _last_word(answer, at, match.start())
        cite = _cite(known[int(match[1])], language)
        shown.append(_said(answer, at, word))
        shown.append(f'<span class="w-nb">{_said(answer, word, match.start())}{cite}</span>')
        at = match.end()
    return "".join([*shown, _said(answer, at, end)])


def _last_word(answer: Answer, start: int, end: int) -> int:
    """Return where the word begins that a number stays with on its line, `end` for none.

    A long word does not, nor one in the middle of a bold span.
    """
    at = max(answer.text.rfind(space, start, end) for space in " \n") + 1
    cut = any(low < at < high for low, high in answer.strong)
    return end if cut or not start < at < end or end - at > _LONG_WORD else at


def _own_markers(answer: Answer, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield the markers of citations in text[start:end].

    A bracketed number inside a quotation was printed by the article: it is no citation.
    """
    quoted = _quoted_spans(answer)
    known = {citation.number for citation in answer.citations}
    for match in _MARKER.finditer(answer.text, start, end):
        inside = any(low <= match.start(1) < high for low, high in quoted)
        if int(match[1]) in known and not inside:
            yield match


def _said(answer: Answer, start: int, end: int) -> str:
    """Return text[start:end] with the words that answer in bold and our own set apart."""
    around = {
        "said": ("", ""),
        "strong": ("<strong>", "</strong>"),
        "aside": ('<span class="w-aside">', "</span> "),
    }
    return "".join(
        f"{around[p.kind][0]}{escape(p.text)}{around[p.kind][1]}"
        for p in pieces(answer, start, end)
    )


def _quoted_spans(answer: Answer) -> list[tuple[int, int]]:
    spans = []
    for citation in answer.citations:
        if (at := answer.text.find(citation.quote)) >= 0 and "[" in citation.quote:
            spans.append((at, at + len(citation.quote)))
    return spans


def _cite(citation: Citation, language: Language) -> str:
    said = text(language, "open_source", n=citation.number)
    return (
        f'<button type="button" class="w-cite" data-act="cite" data-n="{citation.number}" '
        f'aria-label="{escape(said)}: {escape(citation.article.title)}">{citation.number}</button>'
    )


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
    if not chips or (answer.status == "answered" and not answer.citations):  # nothing was asked
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
