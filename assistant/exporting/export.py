"""An answer with its sources and its receipt, as text, Markdown or JSON."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from warta.assistant.answer import Answer, Citation, Receipt, Sentence
from warta.assistant.exporting.foreign import checked_url, escape_markdown, one_line
from warta.assistant.refusal import Refusal, long_day
from warta.corpus.article import Article

# The copies of a cited article: who else carried it, and what its own outlet wrote again.


def other_outlets(citation: Citation) -> list[str]:
    """Return the other outlets that carried nearly the same text, by name, each once.

    One that is not named is "".
    """
    own = _folded(citation.article)
    named = {_folded(copy): copy.source.strip() for copy in citation.also if _folded(copy) != own}
    return sorted(named.values(), key=str.casefold)


def own_versions(citation: Citation) -> list[Article]:
    """Return the articles of the same outlet with nearly the same text.

    They are no second voice: the outlet wrote its story again, or put it under two addresses.
    """
    own = _folded(citation.article)
    return [copy for copy in citation.also if _folded(copy) == own]


def _folded(article: Article) -> str:
    return article.source.strip().casefold()


_LABELS = {
    "id": {
        "sources": "Sumber",
        "also": "juga dimuat oleh",
        "version": "versi lain di media yang sama",
        "versions": "versi lain di media yang sama",
        "updated": "diperbarui",
        "corrected": "dikoreksi:",
        "unnamed": "media tidak disebut",
        "untitled": "tanpa judul",
        "nearest": "Artikel terdekat",
        "unsupported": "Tidak didukung sumbernya",
        "receipt": "Dicari di arsip Warta",
        "written": "ditulis oleh {name}",
    },
    "en": {
        "sources": "Sources",
        "also": "also carried by",
        "version": "other version at the same outlet",
        "versions": "other versions at the same outlet",
        "updated": "updated",
        "corrected": "corrected:",
        "unnamed": "outlet not named",
        "untitled": "untitled",
        "nearest": "Nearest articles",
        "unsupported": "Not carried by its source",
        "receipt": "Searched in Warta's archive",
        "written": "written by {name}",
    },
}


@dataclass(frozen=True, slots=True)
class Told:
    """A question with its answer as it leaves Warta; `day` is the one it was asked on.

    `language` is that of the words around the quotations, "" for the answer's.
    """

    answer: Answer
    question: str = ""
    day: date | None = None
    language: str = ""

    @property
    def spoken(self) -> str:
        """The language of Warta's own words: "id" or "en"."""
        chosen = self.language or self.answer.language
        return chosen if chosen in _LABELS else "id"

    def label(self, key: str) -> str:
        """Return one of Warta's own words."""
        return _LABELS[self.spoken][key]


def paragraphs(answer: Answer) -> list[tuple[bool, list[list[Sentence]]]]:
    """Return the lines of an answer, those that are list items apart: (listed, lines).

    Quotations make a line each, for they are of several articles; what a model wrote makes
    paragraphs, and stays whole.
    """
    apart = answer.receipt.writer.startswith("extractive")
    blocks: list[tuple[bool, list[list[Sentence]]]] = []
    for sentence in answer.sentences:
        listed = bool(sentence.item.strip(" 0123456789.)"))
        if not blocks or blocks[-1][0] != listed or (sentence.gap == "\n\n" and not apart):
            blocks.append((listed, [[sentence]]))
        elif apart or listed or "\n" in sentence.gap:
            blocks[-1][1].append([sentence])
        else:
            blocks[-1][1][-1].append(sentence)
    return blocks


def to_text(answer: Answer | Told) -> str:
    """Return the answer as plain text with numbered sources and what was searched."""
    told = answer if isinstance(answer, Told) else Told(answer)
    answer = told.answer
    lines = [one_line(told.question), ""] if told.question else []
    lines += [*caution(answer), _plain_body(answer)]
    if answer.citations:
        lines += ["", told.label("sources") + ":"]
        for citation in answer.citations:
            lines.append(f"[{citation.number}] {reference(citation.article, told)}")
            lines.append(f"    {quoted(citation.quote)}")
            lines += [f"    {also}"] if (also := also_carried(citation, told)) else []
            lines += [
                f"    {told.label('corrected')} {reference(article, told)}"
                for article in citation.corrected_by
            ]
    if answer.nearest:
        lines += ["", told.label("nearest") + ":"]
        lines += [f"- {reference(article, told)}" for article in answer.nearest]
    if answer.unsupported:
        lines += ["", told.label("unsupported") + ":", *(f"- {s}" for s in answer.unsupported)]
    return "\n".join([*lines, "", searched(told), ""])


def to_markdown(answer: Answer | Told) -> str:
    """Return the answer as Markdown; foreign text is escaped, links are checked addresses."""
    told = answer if isinstance(answer, Told) else Told(answer)
    answer = told.answer
    lines = [f"### {escape_markdown(one_line(told.question))}", ""] if told.question else []
    lines += [*map(escape_markdown, caution(answer)), _body(answer)]
    if answer.citations:
        lines += ["", f"**{told.label('sources')}**", ""]
        for citation in answer.citations:
            lines.append(
                f"{citation.number}. {_linked(citation.article, told)}  \n"
                f"   {escape_markdown(quoted(one_line(citation.quote)))}"
            )
            if also := also_carried(citation, told):
                lines[-1] += f"  \n   {escape_markdown(one_line(also))}"
            for article in citation.corrected_by:
                lines[-1] += f"  \n   {told.label('corrected')} {_linked(article, told)}"
    if answer.nearest:
        lines += ["", f"**{told.label('nearest')}**", ""]
        lines += [f"- {_linked(article, told)}" for article in answer.nearest]
    if answer.unsupported:
        lines += ["", f"**{told.label('unsupported')}**", ""]
        lines += [f"- {escape_markdown(one_line(s))}" for s in answer.unsupported]
    return "\n".join([*lines, "", escape_markdown(searched(told)), ""])


def to_json(answer: Answer) -> str:
    """Return `to_json_dict` as indented JSON text."""
    return json.dumps(to_json_dict(answer), ensure_ascii=False, indent=2)


def to_json_dict(answer: Answer) -> dict[str, Any]:
    """Return the shape of `warta ask --json`: only strings, numbers, lists, dicts and None."""
    return {
        "status": answer.status,
        "text": answer.text,
        "sentences": [_sentence_dict(sentence) for sentence in answer.sentences],
        "refusal": _refusal_dict(answer.refusal) if answer.refusal else None,
        "language": answer.language,
        "citations": [_citation_dict(citation) for citation in answer.citations],
        "nearest": [article_dict(article) for article in answer.nearest],
        "unsupported": list(answer.unsupported),
        "strong": [list(span) for span in answer.strong],
        "asides": [{"at": aside.at, "text": aside.text} for aside in answer.asides],
        "receipt": receipt_dict(answer.receipt),
    }


def article_dict(article: Article) -> dict[str, str | None]:
    """Return what identifies an article: id, headline, day of publication, outlet, address."""
    return {
        "article_id": article.id,
        "title": article.title,
        "published": _iso(article.published),
        "updated": _iso(article.updated),
        "source": article.source,
        "url": article.url,
    }


def receipt_dict(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as JSON values; days are ISO dates or None."""
    return {
        "question": receipt.question,
        "query": receipt.query,
        "since": _iso(receipt.since),
        "until": _iso(receipt.until),
        "sources": list(receipt.sources),
        "snapshot": receipt.snapshot,
        "writer": receipt.writer,
        "seconds": round(receipt.seconds, 4),
        "notes": [note.text for note in receipt.notes],
        "topics": list(receipt.topics),
        "without": list(receipt.without),
    }


def _plain_body(answer: Answer) -> str:
    """Return the answer's lines with Warta's own words before each sentence."""
    return _lines(
        answer,
        answer.text,
        lambda s: f"{s.item}{f'{s.lead} ' if s.lead else ''}{s.marked}",
    )


def _body(answer: Answer) -> str:
    """Return the text as Markdown: what was asked for in bold, our own words in italics."""
    return _lines(
        answer,
        escape_markdown(answer.text),
        lambda s: (
            f"{s.item if s.item.startswith('- ') else escape_markdown(s.item)}"
            f"{f'*{escape_markdown(s.lead)}* ' if s.lead else ''}{_said(s)}"
        ),
    )


def _lines(answer: Answer, refused: str, say: Callable[[Sentence], str]) -> str:
    """Return the paragraphs apart, the items of a list below each other."""
    if answer.refusal is not None:
        return refused
    return "\n\n".join(
        ("\n" if listed else "\n\n").join(" ".join(map(say, line)) for line in lines)
        for listed, lines in paragraphs(answer)
    )


def _said(sentence: Sentence) -> str:
    low, high = sentence.strong or (0, 0)
    text, rest = sentence.text, sentence.marked[len(sentence.text) :]
    strong = f"**{escape_markdown(text[low:high])}**" if high else ""
    return (
        f"{escape_markdown(text[:low])}{strong}{escape_markdown(text[high:])}"
        f"{escape_markdown(rest)}"
    )


def _sentence_dict(sentence: Sentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "citations": list(sentence.citations),
        "role": sentence.role,
        "lead": sentence.lead,
        "strong": list(sentence.strong) if sentence.strong else None,
        "supported": sentence.supported,
    }


def _refusal_dict(refusal: Refusal) -> dict[str, Any]:
    return {
        "reason": refusal.reason,
        "missing": list(refusal.missing),
        "nearest": refusal.nearest.id if refusal.nearest else None,
    }


def _citation_dict(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        **article_dict(citation.article),
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "also": [article_dict(article) for article in citation.also],
        "corrected_by": [article_dict(article) for article in citation.corrected_by],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def quoted(quote: str) -> str:
    """Return a quotation in marks; one that the article put in marks has them."""
    return quote if re.fullmatch(r"[\"“‘'].*[\"”’']", quote, re.DOTALL) else f"“{quote}”"


def reference(article: Article, told: Told) -> str:
    """Return outlet, headline, days and address of an article on one line."""
    title = one_line(article.title) or told.label("untitled")
    parts = [one_line(article.source), f"“{title}”", *_days(article, told), article.url]
    return ", ".join(part for part in parts if part)


def _days(article: Article, told: Told) -> list[str]:
    """Return the day of publication and that of the outlet's last change, where known."""
    days = [long_day(told.spoken, article.published)] if article.published else []
    if article.updated:
        days.append(f"{told.label('updated')} {long_day(told.spoken, article.updated)}")
    return days


def also_carried(citation: Citation, told: Told) -> str:
    """Return who else carried it and how often its outlet has it, "" where it stands alone."""
    said = []
    if names := other_outlets(citation):
        unnamed = told.label("unnamed")
        said.append(f"{told.label('also')} {', '.join(name or unnamed for name in names)}")
    if count := len(own_versions(citation)):
        said.append(f"{count} {told.label('version' if count == 1 else 'versions')}")
    return f"({'; '.join(said)})" if said else ""


def _linked(article: Article, told: Told) -> str:
    title = escape_markdown(one_line(article.title) or told.label("untitled"))
    address = checked_url(article.url)
    shown = f"[{title}]({address})" if address else title
    details = [escape_markdown(one_line(article.source)), *_days(article, told)]
    return ", ".join([shown, *(part for part in details if part)])


def caution(answer: Answer) -> list[str]:
    """Return which part is not answered, where one is not."""
    lacking = [note.text for note in answer.receipt.notes if note.kind == "missing"]
    return [*lacking, ""] if lacking and answer.status != "abstained" else []


def searched(told: Told) -> str:
    """Return what was searched and when, on one line."""
    receipt = told.answer.receipt
    asked = f", {long_day(told.spoken, told.day)}" if told.day else ""
    parts = [f"“{one_line(receipt.query or receipt.question)}”"]
    since = receipt.since if receipt.since != date.min else None  # the page asks so for all days
    until = receipt.until if receipt.until != date.max else None
    if since or until:
        first, last = (long_day(told.spoken, day) if day else "…" for day in (since, until))
        parts.append(f"{first} – {last}")
    parts += [", ".join(receipt.sources)] if receipt.sources else []
    if not receipt.writer.startswith("extractive"):
        parts.append(told.label("written").format(name=receipt.writer))
    said = {receipt.query, *(note.text for note in receipt.notes if note.kind == "missing")}
    parts += [one_line(note.text) for note in receipt.notes if note.text not in said]
    return f"{told.label('receipt')}{asked}: {'; '.join(parts)}"
