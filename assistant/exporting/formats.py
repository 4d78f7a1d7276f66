"""Files for other programs: answers as HTML and Word, lists of articles as CSV, RIS and Atom."""

import csv
import io
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final
from xml.sax import saxutils

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
from warta.index.candidates import Hit

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph
_COLUMNS: Final = ("id", "title", "published", "updated", "source", "url", "copies", "passage")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# What XML 1.0 has no place for, and a table or a reference has no use for.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = date(1970, 1, 1)  # of an article without any day: a feed's entry must have one


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


# A list of articles for other programs: CSV, RIS and an Atom feed.


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
    return saxutils.escape(_flat(foreign))


def _attribute(address: str) -> str:
    return saxutils.quoteattr(_NOT_XML.sub("\ufffd", address))


def _flat(foreign: str) -> str:
    """Return text on one line; controls and half characters, which XML lacks, are told as such."""
    return _NOT_XML.sub("\ufffd", " ".join(foreign.split()))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
