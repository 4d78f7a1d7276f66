"""An answer with its sources and its receipt, as text, Markdown or JSON."""

import json
import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from warta.assistant.answer import Answer, Citation, Receipt, Sentence
from warta.assistant.refusal import Refusal
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


_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>~&$-])")
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
        "receipt": "Pencarian",
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
        "receipt": "Searched",
    },
}


def to_text(answer: Answer) -> str:
    """Return the answer as plain text with numbered sources and its receipt."""
    labels = _LABELS.get(answer.language, _LABELS["id"])
    lines = [*_caution(answer), _plain_body(answer)]
    if answer.citations:
        lines += ["", labels["sources"] + ":"]
        for citation in answer.citations:
            lines.append(f"[{citation.number}] {_reference(citation.article, labels)}")
            lines.append(f"    “{citation.quote}”")
            lines += [f"    {also}"] if (also := _also(citation, labels)) else []
            lines += [
                f"    {labels['corrected']} {_reference(article, labels)}"
                for article in citation.corrected_by
            ]
    if answer.nearest:
        lines += ["", labels["nearest"] + ":"]
        lines += [f"- {_reference(article, labels)}" for article in answer.nearest]
    if answer.unsupported:
        lines += ["", labels["unsupported"] + ":", *(f"- {s}" for s in answer.unsupported)]
    return "\n".join([*lines, "", f"{labels['receipt']}: {_receipt_line(answer.receipt)}", ""])


def to_markdown(answer: Answer) -> str:
    """Return the answer as Markdown; foreign text is escaped, links are checked addresses."""
    labels = _LABELS.get(answer.language, _LABELS["id"])
    lines = [*map(escape_markdown, _caution(answer)), _body(answer)]
    if answer.citations:
        lines += ["", f"**{labels['sources']}**", ""]
        for citation in answer.citations:
            lines.append(
                f"{citation.number}. {_linked(citation.article, labels)}  \n"
                f"   “{escape_markdown(_one_line(citation.quote))}”"
            )
            if also := _also(citation, labels):
                lines[-1] += f"  \n   {escape_markdown(_one_line(also))}"
            for article in citation.corrected_by:
                lines[-1] += f"  \n   {labels['corrected']} {_linked(article, labels)}"
    if answer.nearest:
        lines += ["", f"**{labels['nearest']}**", ""]
        lines += [f"- {_linked(article, labels)}" for article in answer.nearest]
    if answer.unsupported:
        lines += ["", f"**{labels['unsupported']}**", ""]
        lines += [f"- {escape_markdown(_one_line(s))}" for s in answer.unsupported]
    receipt = escape_markdown(_receipt_line(answer.receipt))
    return "\n".join([*lines, "", f"{labels['receipt']}: {receipt}", ""])


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


def _plain_body(answer: Answer) -> str:
    """Return the answer's sentences with Warta's own words before them."""
    if answer.refusal is not None:
        return answer.text
    return "".join(
        f"{s.gap if at else ''}{s.item}{f'{s.lead} ' if s.lead else ''}{s.marked}"
        for at, s in enumerate(answer.sentences)
    )


def _body(answer: Answer) -> str:
    """Return the text as Markdown: what was asked for in bold, our own words in italics."""
    if answer.refusal is not None:
        return escape_markdown(answer.text)
    return "".join(
        f"{s.gap if at else ''}{escape_markdown(s.item)}"
        f"{f'*{escape_markdown(s.lead)}* ' if s.lead else ''}{_said(s)}"
        for at, s in enumerate(answer.sentences)
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


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _reference(article: Article, labels: dict[str, str]) -> str:
    title = _one_line(article.title) or labels["untitled"]
    days = (_iso(article.published), _updated(article, labels))
    parts = [article.source, f"“{title}”", *days, article.url]
    return ", ".join(part for part in parts if part)


def _updated(article: Article, labels: dict[str, str]) -> str:
    """Return the day of the outlet's last change, "" where it is not known to have changed."""
    return f"{labels['updated']} {article.updated.isoformat()}" if article.updated else ""


def _also(citation: Citation, labels: dict[str, str]) -> str:
    """Return who else carried it and how often its outlet has it, "" where it stands alone."""
    said = []
    if names := other_outlets(citation):
        said.append(f"{labels['also']} {', '.join(name or labels['unnamed'] for name in names)}")
    if count := len(own_versions(citation)):
        said.append(f"{count} {labels['version' if count == 1 else 'versions']}")
    return f"({'; '.join(said)})" if said else ""


def _linked(article: Article, labels: dict[str, str]) -> str:
    title = escape_markdown(_one_line(article.title) or labels["untitled"])
    address = checked_url(article.url)
    shown = f"[{title}]({address})" if address else title
    days = (_iso(article.published), _updated(article, labels))
    details = [escape_markdown(article.source), *days]
    return ", ".join([shown, *(part for part in details if part)])


def _caution(answer: Answer) -> list[str]:
    """Return which part is not answered, where one is not."""
    if answer.status != "partial":
        return []
    return [*(note.text for note in answer.receipt.notes if note.kind == "missing"), ""]


def _receipt_line(receipt: Receipt) -> str:
    parts = [f"“{_one_line(receipt.query)}”"]
    if receipt.since or receipt.until:
        parts.append(f"{_iso(receipt.since) or '…'} – {_iso(receipt.until) or '…'}")
    parts += [", ".join(receipt.sources)] if receipt.sources else []
    parts += [
        f"snapshot {receipt.snapshot}",
        receipt.writer,
        *(_one_line(note.text) for note in receipt.notes),
    ]
    return "; ".join(parts)
