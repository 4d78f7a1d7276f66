"""An answer as one turn of the conversation, in HTML; pure.

Foreign text passes `markup.escape`; a sentence's numbers become buttons. What an article prints
in brackets is text.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from warta.assistant.answer import Answer, Citation, Receipt, Sentence
from warta.assistant.exporting.export import paragraphs
from warta.assistant.exporting.foreign import checked_url
from warta.assistant.exporting.stored import pack
from warta.assistant.page.markup import (
    byline,
    escape,
    icon,
    label,
    linked_title,
    original_link,
    signs,
    source_card,
    title,
    whole_button,
)
from warta.assistant.texts import Language, day_text, text
from warta.corpus.article import Article

_LOOKED_UP = 2  # words that are rather looked up than asked
_LONG_WORD = 24  # characters: longer ones may part from their number


def body(answer: Answer, language: Language) -> str:
    """Return the answer's sentences; unsupported ones are set off, our own words marked."""
    if answer.refusal is not None:
        return f'<div class="w-answer"><p dir="auto">{escape(_told(answer))}</p></div>'
    known = {citation.number: citation for citation in answer.citations}
    shown = "".join(
        f"<ul>{''.join(f'<li>{_line(line, known, language)}</li>' for line in lines)}</ul>"
        if listed
        else "".join(f'<p dir="auto">{_line(line, known, language)}</p>' for line in lines)
        for listed, lines in paragraphs(answer)
    )
    return f'<div class="w-answer">{shown}</div>'


def _told(answer: Answer) -> str:
    """Return a refusal without the words that stand above it as its heading."""
    assert answer.refusal is not None
    return answer.refusal.said(answer.language, headed=True)


def _line(line: Sequence[Sentence], known: Mapping[int, Citation], language: Language) -> str:
    return " ".join(_sentence(sentence, known, language) for sentence in line)


def _sentence(sentence: Sentence, known: Mapping[int, Citation], language: Language) -> str:
    lead = f'<span class="w-aside">{escape(sentence.lead)}</span> ' if sentence.lead else ""
    number = sentence.item if sentence.item.strip(" .)").isdigit() else ""
    said = f"{lead}{escape(number)}{_words(sentence, known, language)}"
    if sentence.supported:
        return said
    return (
        f'<span class="w-unsupported" title="{escape(text(language, "unsupported_more"))}">{said}'
        f'<span class="w-flag">{label(language, "unsupported")}</span></span>'
    )


def _words(sentence: Sentence, known: Mapping[int, Citation], language: Language) -> str:
    """Return a sentence's words and numbers; the last word stays with the first number."""
    cites = [_cite(known[n], language) for n in sentence.citations if n in known]
    end = len(sentence.text)
    if not cites:
        return _strong(sentence, 0, end)
    at = max(sentence.text.rfind(space) for space in " \n") + 1
    low, high = sentence.strong or (0, 0)
    if not 0 < at < end or end - at > _LONG_WORD or low < at < high:
        at = end
    held = f'<span class="w-nb">{_strong(sentence, at, end)}{cites[0]}</span>'
    rest = "".join(f'<span class="w-nb">{cite}</span>' for cite in cites[1:])
    return f"{_strong(sentence, 0, at)}{held}{rest}"


def _strong(sentence: Sentence, start: int, end: int) -> str:
    """Return text[start:end] with what was asked for in bold."""
    low, high = sentence.strong or (end, end)
    low, high = max(low, start), min(high, end)
    if low >= high:
        return escape(sentence.text[start:end])
    before, bold, after = sentence.text[start:low], sentence.text[low:high], sentence.text[high:end]
    return f"{escape(before)}<strong>{escape(bold)}</strong>{escape(after)}"


def _cite(citation: Citation, language: Language) -> str:
    said = text(language, "open_source", n=citation.number)
    return (
        f'<button type="button" class="w-cite" data-act="cite" data-n="{citation.number}" '
        f'aria-label="{escape(said)}: {escape(citation.article.title)}">{citation.number}</button>'
    )


def turn(
    answer: Answer,
    language: Language,
    *,
    done: bool,
    more: Sequence[Article] = (),
    withdrawn: bool = False,
    sealed: str = "",
) -> str:
    """Return one answer with its hidden sources, and when `done` its buttons and what is kept.

    `more` are articles near the question. `withdrawn`: sentences of it are not shown any more.
    `sealed` is the packed answer as it may be shared, "" where nobody shares.
    """
    parts = [
        _chips(answer, language),
        _search_link(answer.receipt, language),
        _headline(answer, language),
    ]
    if withdrawn:
        parts.append(f'<p class="w-note">{label(language, "withdrawn")}</p>')
    parts.append(body(answer, language))
    if answer.status == "abstained" and done and _is_limited(answer.receipt):
        parts.append(
            f'<div class="w-row"><button type="button" class="w-button" data-act="wider">'
            f"{label(language, 'wider')}</button></div>"
        )
    if answer.nearest and done:
        parts.append(_nearest(answer, language))
    parts += [_source_strip(answer, language), _hidden_sources(answer, language)]
    if done:
        parts += [_actions(answer, language, share=bool(sealed)), _more(more, language)]
        parts.append(_kept(answer, sealed))
    return (
        f'<div class="w-turn" data-status="{escape(answer.status)}" data-done="{int(done)}" '
        f'lang="{escape(answer.language)}">{"".join(parts)}</div>'
    )


def notice(language: Language, key: str, **values: object) -> str:
    """Return a turn that only says something about itself: busy, failed, too long."""
    said = escape(text(language, key, **values))
    act, offered = ("rewrite", "edit") if key == "too_long" else ("again", "retry")
    return (
        '<div class="w-turn" data-status="notice" data-done="1"><div class="w-note" role="status">'
        f'<p>{said}</p><button type="button" class="w-button" data-act="{act}">'
        f"{label(language, offered)}</button></div></div>"
    )


def _search_link(receipt: Receipt, language: Language) -> str:
    """Return the way to the list of all articles, for who typed one or two words to look up."""
    typed = receipt.question.strip()
    if not 0 < len(typed.split()) <= _LOOKED_UP or typed.endswith("?"):
        return ""
    since, until = _limits(receipt)
    pairs = [("q", typed), *(("source", name) for name in receipt.sources)]
    pairs += [(key, str(day)) for key, day in (("since", since), ("until", until)) if day]
    address = f"search?{urlencode([*pairs, ('lang', language)], errors='replace')}"
    said = escape(text(language, "search_all", q=typed))
    return f'<p class="w-search-all"><a class="w-link" href="{escape(address)}">{said}</a></p>'


def _headline(answer: Answer, language: Language) -> str:
    if answer.status == "abstained":
        return f'<p class="w-verdict">{label(language, "abstained")}</p>'
    lacking = " ".join(n.text for n in answer.receipt.notes if n.kind == "missing")
    if answer.status == "answered" and lacking:  # an outlet that the archive does not have
        return f'<p class="w-verdict w-partial">{escape(lacking[:1].upper() + lacking[1:])}</p>'
    if answer.status == "partial":
        named = f" · {escape(lacking)}" if lacking else ""
        return f'<p class="w-verdict w-partial">{label(language, "partial")}{named}</p>'
    return ""


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
        if note.kind == "understood":
            chips.append(_chip("history", label(language, "searched_as"), note.text, language))
            chips += [_topic(topic, language) for topic in receipt.topics]
        elif note.kind not in ("missing", "outlet") and not (note.kind == "days" and chips):
            chips.append(f'<li class="w-chip w-plain"><bdi>{escape(note.text)}</bdi></li>')
    asked_for_nothing = bool(answer.sentences) and all(s.role == "own" for s in answer.sentences)
    if not chips or (asked_for_nothing and not answer.citations):
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


def _topic(topic: str, language: Language) -> str:
    """Return a topic of the conversation; its button asks again without it alone."""
    off = escape(text(language, "off", what=topic))
    return (
        f'<li class="w-chip"><span>{label(language, "from_talk")}: '
        f"<bdi>{escape(topic)}</bdi></span>"
        f'<button type="button" data-act="drop" data-what="topic" data-topic="{escape(topic)}" '
        f'title="{off}" aria-label="{off}">{icon("close")}</button></li>'
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
        f"{signs(cited)}{byline(cited[0].article, language)}</button>"
        f"{_printed(cited[0].article, language)}</li>"
        for cited in by_article.values()
    )
    return f'<ol class="w-strip" aria-label="{escape(text(language, "sources"))}">{links}</ol>'


def _printed(article: Article, language: Language) -> str:
    """Return headline and address, which only paper shows: there nothing can be opened."""
    address = escape(checked_url(article.url))
    return f'<span class="w-paper">{title(article, language)} {address}</span>'


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
        f"<li>{byline(article, language)}<h3>{linked_title(article, language)}</h3>"
        f'<div class="w-row">{whole_button(article, language)}'
        f"{original_link(article, language)}</div>{_printed(article, language)}</li>"
        for article in answer.nearest
    )
    return f'<div class="w-nearest"><h2>{label(language, "nearest")}</h2><ul>{items}</ul></div>'


def _more(articles: Sequence[Article], language: Language) -> str:
    if not articles:
        return ""
    items = "".join(
        f"<li>{linked_title(article, language)}{byline(article, language)}</li>"
        for article in articles
    )
    return f'<div class="w-more"><h2>{label(language, "more")}</h2><ul>{items}</ul></div>'


def _actions(answer: Answer, language: Language, *, share: bool) -> str:
    def button(act: str, key: str, *, bare: bool = False) -> str:
        said = escape(text(language, key))
        shown = "" if bare else label(language, key)
        named = f' data-t-label="{key}" aria-label="{said}" title="{said}"' if bare else ""
        return (
            f'<button type="button" class="w-button" data-act="{act}"{named}>'
            f"{icon(act)}{shown}</button>"
        )

    kinds = (
        ("docx", label(language, "word")),
        ("all", label(language, "word_all")),
        ("txt", label(language, "as_text")),
        ("md", "Markdown"),
        ("json", "JSON"),
    )
    downloads = "".join(
        f'<button type="button" class="w-button" data-act="download" data-as="{kind}">{shown}'
        "</button>"
        for kind, shown in kinds
    )
    downloads += button("print", "print")
    return (
        f'<div class="w-actions">{button("copy", "copy")}<details class="w-menu"><summary '
        f'class="w-button">{icon("download")}{label(language, "download")}</summary>'
        f"<div>{downloads}</div></details>{button('link', 'link')}"
        f"{button('share', 'share') if share else ''}"
        f'{button("again", "again")}<span class="w-gap"></span>'
        f"{button('up', 'helpful', bare=True)}{button('down', 'unhelpful', bare=True)}</div>"
        f"{_receipt(answer, language)}"
    )


def _receipt(answer: Answer, language: Language) -> str:
    """Return how the sentences came about and of how many sources; what else is known folds."""
    receipt = answer.receipt
    seconds = f"{receipt.seconds:.2f}".replace(".", "," if language == "id" else ".")
    said = text(language, "receipt", seconds=seconds, snapshot=receipt.snapshot.lstrip("0"))
    opening = ""
    if sources := len({citation.article.id for citation in answer.citations}):
        writer = "quoted" if receipt.writer.startswith("extractive") else "written_by"
        counted = text(language, "source_count" if sources == 1 else "sources_count", n=sources)
        opening = f"{escape(text(language, writer, name=receipt.writer))} · {escape(counted)}"
    return (
        f'<div class="w-receipt">{opening}<details><summary>{label(language, "details")}</summary>'
        f"<p>{escape(said)}</p></details></div>"
    )


def _kept(answer: Answer, sealed: str) -> str:
    """Return what the browser keeps of the turn: its text, and the answer to be shown again."""
    return (
        f'<pre hidden data-kept="text">{escape(answer.text)}</pre>'
        f'<pre hidden data-kept="answer">{escape(sealed or pack(answer))}</pre>'
    )
