"""An answer as a reader's browser or a file keeps it, and back; asking again what was asked.

What comes back from a browser is data like any other: it is checked for its shape and escaped
where it is shown. Articles are looked up again: what was taken down since is gone.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from warta.assistant.answer import Answer, Citation
from warta.corpus.article import Article, Passage
from warta.corpus.errors import InputError

_ANSWER: Final = TypeAdapter(Answer)
_MOST: Final = 300  # sentences or citations of one answer; ten times what any has
_NO_TEXT: Final = "…"  # an article has a text
_AROUND: Final = 600  # characters of the article shown before and behind a quotation

Find = Callable[[str], Article]
"""Returns the article of an id, or raises InputError."""


def pack(answer: Answer) -> str:
    """Return the answer as JSON for `unpack`; of the articles it has what is quoted."""
    slim = replace(
        answer,
        citations=tuple(
            replace(
                cited,
                article=_named(cited.article),
                passage=_passage(cited, cited.quote, cited.start),
                also=tuple(map(_named, cited.also)),
                corrected_by=tuple(map(_named, cited.corrected_by)),
            )
            for cited in answer.citations
        ),
        nearest=tuple(map(_named, answer.nearest)),
    )
    if slim.refusal and slim.refusal.nearest:
        refusal = replace(slim.refusal, nearest=_named(slim.refusal.nearest))
        slim = replace(slim, refusal=refusal)
    return _ANSWER.dump_json(slim).decode()


def unpack(packed: str, find: Find, gone: Collection[str] = ()) -> Answer:
    """Return the answer that was packed, its passages as the archive has them now.

    Of articles in `gone` nothing is left: what they say is taken out, and so are their
    references. Raises InputError for what is no packed answer.
    """
    try:
        answer = _ANSWER.validate_json(packed)
    except (ValidationError, InputError, RecursionError) as error:
        raise InputError(
            "This is no answer that Warta packed.", "Ask the question again."
        ) from error
    if max(len(answer.sentences), len(answer.citations)) > _MOST:
        raise InputError(f"An answer has more than {_MOST} sentences.", "Ask the question again.")
    lost = {cited.number for cited in answer.citations if cited.article.id in gone}
    refusal = answer.refusal
    if refusal and refusal.nearest and refusal.nearest.id in gone:
        refusal = replace(refusal, nearest=None, told="")
    return replace(
        answer,
        sentences=tuple(s for s in answer.sentences if not lost.intersection(s.citations)),
        citations=tuple(
            _whole(cited, find, gone) for cited in answer.citations if cited.number not in lost
        ),
        nearest=tuple(article for article in answer.nearest if article.id not in gone),
        refusal=refusal,
    )


def _named(article: Article) -> Article:
    """Return what names an article, without its text."""
    return replace(article, text=_NO_TEXT, origin="", removed=(), date_note="")


def _passage(cited: Citation, text: str, start: int) -> Passage:
    return Passage(cited.article.id, cited.passage.ordinal, text, start, start + len(text))


def _whole(cited: Citation, find: Find, gone: Collection[str]) -> Citation:
    """Return the citation with what stands around its quotation, where that is as it was."""
    kept = replace(
        cited,
        also=tuple(article for article in cited.also if article.id not in gone),
        corrected_by=tuple(article for article in cited.corrected_by if article.id not in gone),
    )
    try:
        article = find(cited.article.id)
    except InputError:
        return kept
    text = article.text
    if text[cited.start : cited.end] != cited.quote:  # it was changed since
        return kept
    begin = text.rfind("\n", 0, cited.start) + 1
    end = text.find("\n", cited.end)
    begin = max(begin, cited.start - _AROUND)
    end = min(len(text) if end < 0 else end, cited.end + _AROUND)
    return replace(kept, article=article, passage=_passage(cited, text[begin:end], begin))


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer as `warta ask --json` printed it: what was asked for, and what came.

    `question` is the one that stands alone; `since` and `until` are inclusive days.
    """

    question: str
    since: date | None
    until: date | None
    sources: tuple[str, ...]
    snapshot: str
    writer: str
    text: str
    cited: tuple[str, ...]
    without: tuple[str, ...] = ()


def read_recorded(path: Path) -> Recorded:
    """Read an answer from a JSON file; raises InputError for anything else."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        receipt = found["receipt"]
        return Recorded(
            question=str(receipt["query"] or receipt["question"]),  # thanks are not searched
            since=_day(receipt["since"]),
            until=_day(receipt["until"]),
            sources=tuple(map(str, receipt["sources"])),
            snapshot=str(receipt["snapshot"]),
            writer=str(receipt["writer"]),
            text=str(found["text"]),
            cited=tuple(str(citation["article_id"]) for citation in found["citations"]),
            without=tuple(map(str, receipt.get("without", ()))),  # older receipts lack it
        )
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(
            f"{path} holds no answer with its receipt.",
            "Give it what `warta ask QUESTION --json` printed.",
        ) from error


def compare(recorded: Recorded, answer: Answer) -> list[str]:
    """Return what differs between then and now, or that nothing does."""
    found = []
    if answer.text != recorded.text:
        found.append("The answer has another text than the recorded one.")
    cited = tuple(citation.article.id for citation in answer.citations)
    if cited != recorded.cited:
        then, today = ", ".join(recorded.cited) or "nothing", ", ".join(cited) or "nothing"
        found.append(f"It cited {then}; now it cites {today}.")
    for name, before, now in (
        ("snapshot", recorded.snapshot, answer.receipt.snapshot),
        ("writer", recorded.writer, answer.receipt.writer),
    ):
        if before != now and found:
            found.append(f"The {name} was {before} and is {now}.")
    return found or ["The answer is the recorded one."]


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
