"""Answers as rich text: HTML for the clipboard and a Word document, with their references."""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from warta.assistant.answer import Citation, Sentence
from warta.assistant.exporting.export import (
    Told,
    also_carried,
    caution,
    paragraphs,
    quoted,
    reference,
    searched,
)
from warta.assistant.exporting.foreign import checked_url, escape, one_line, visible
from warta.corpus.article import Article

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph


def to_html(told: Sequence[Told]) -> str:
    """Return answers as HTML that mail and word processors keep: headings, bold, links."""
    return "".join(map(_html, told))


def _html(told: Told) -> str:
    answer = told.answer
    head = f"<h2>{escape(one_line(told.question))}</h2>" if told.question else ""
    parts = [head, *(f"<p>{escape(said)}</p>" for said in caution(answer) if said)]
    if answer.refusal is not None:
        parts.append(f"<p>{escape(answer.text)}</p>")
    for listed, lines in [] if answer.refusal else paragraphs(answer):
        items = ["".join(_html_sentence(s) for s in line) for line in lines]
        tag = "li" if listed else "p"
        shape = "".join(f"<{tag}>{item}</{tag}>" for item in items)
        parts.append(f"<ul>{shape}</ul>" if listed else shape)
    for key, references in _references(told):
        items = [_html_reference(told, one) for one in references]
        parts.append(f"<p><b>{told.label(key)}</b></p><p>{'<br>'.join(items)}</p>")
    return "".join([*parts, f"<p><small>{escape(searched(told))}</small></p>"])


def _html_sentence(sentence: Sentence) -> str:
    low, high = sentence.strong or (0, 0)
    text = sentence.text
    lead = f"<i>{escape(sentence.lead)}</i> " if sentence.lead else ""
    number = sentence.item if sentence.item.strip(" .)").isdigit() else ""
    strong = f"<b>{escape(text[low:high])}</b>" if high else ""
    said = f"{escape(number)}{lead}{escape(text[:low])}{strong}{escape(text[high:])}"
    return said + "".join(f" [{n}]" for n in sentence.citations) + " "


def _html_reference(told: Told, one: "_Reference") -> str:
    said = escape(one.said)
    address = checked_url(one.article.url)
    if address:
        linked = f'<a href="{escape(address)}">{escape(address)}</a>'
        said = said.removesuffix(escape(one.article.url)) + linked
    return "<br>".join([said, *map(escape, one.below)])


class _Reference:
    """One line of the references: what is said of an article, and what belongs below it."""

    def __init__(
        self,
        told: Told,
        article: Article,
        cited: Citation | None = None,
        said: Sequence[str] = (),
    ) -> None:
        number = f"[{cited.number}] " if cited else ""
        self.article = article
        self.said = number + reference(article, told)
        self.below: list[str] = []
        if cited is None:
            return
        quote = one_line(cited.quote)
        if not any(quote in each or each in quote for each in said):  # a model wrote the sentence
            self.below.append(quoted(quote))
        if also := also_carried(cited, told):
            self.below.append(also)
        corrected = told.label("corrected")
        self.below += [f"{corrected} {reference(later, told)}" for later in cited.corrected_by]


def _references(told: Told) -> Iterator[tuple[str, list[_Reference]]]:
    answer = told.answer
    if answer.citations:
        said = [one_line(sentence.text) for sentence in answer.sentences]
        yield (
            "sources",
            [_Reference(told, cited.article, cited, said) for cited in answer.citations],
        )
    if answer.nearest:
        yield "nearest", [_Reference(told, article) for article in answer.nearest]


def to_docx(told: Sequence[Told]) -> bytes:
    """Return answers as a Word document: a heading a question, paragraphs, references."""
    import docx

    document = docx.Document()
    document.core_properties.author = "Warta"
    document.core_properties.title = visible(one_line(told[0].question))[:250] if told else ""
    for each in told:
        _write(document, each)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _write(document: "Document", told: Told) -> None:
    answer = told.answer
    document.add_heading(visible(one_line(told.question)), level=1)
    for said in filter(None, caution(answer)):
        document.add_paragraph(visible(said)).runs[0].italic = True
    if answer.refusal is not None:
        document.add_paragraph(visible(answer.text))
    for listed, lines in [] if answer.refusal else paragraphs(answer):
        for line in lines:
            paragraph = document.add_paragraph(style="List Bullet" if listed else None)
            for sentence in line:
                _write_sentence(paragraph, sentence)
    for key, references in _references(told):
        document.add_heading(told.label(key), level=2)
        for one in references:
            _write_reference(document.add_paragraph(), one)
    document.add_paragraph(visible(searched(told))).runs[0].italic = True


def _write_sentence(paragraph: "Paragraph", sentence: Sentence) -> None:
    low, high = sentence.strong or (0, 0)
    number = sentence.item if sentence.item.strip(" .)").isdigit() else ""
    if number or sentence.lead:
        paragraph.add_run(visible(f"{number}{sentence.lead} ")).italic = True
    paragraph.add_run(visible(sentence.text[:low]))
    paragraph.add_run(visible(sentence.text[low:high])).bold = True
    paragraph.add_run(visible(sentence.text[high:]))
    paragraph.add_run("".join(f" [{n}]" for n in sentence.citations) + " ")


def _write_reference(paragraph: "Paragraph", one: _Reference) -> None:
    address = checked_url(one.article.url)
    said = one.said.removesuffix(one.article.url) if address else one.said
    paragraph.add_run(visible(said))
    if address:
        _link(paragraph, address)
    for below in one.below:
        paragraph.add_run().add_break()
        paragraph.add_run(visible(below))


def _link(paragraph: "Paragraph", address: str) -> None:
    """Add a link that can be clicked; python-docx knows none of its own."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    number = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link: Any = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), number)
    run = paragraph.add_run(address)
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)
