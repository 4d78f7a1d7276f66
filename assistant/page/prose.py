"""What an answer says, as HTML: paragraphs, quotations, numbers to press; pure."""

import re
from collections.abc import Iterator

from warta.assistant.answer import Answer, Citation
from warta.assistant.exporting.export import pieces
from warta.assistant.page.markup import escape, label
from warta.assistant.texts import Language, text

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
