"""The page of one article: its text, its day, its versions and corrections, who else has it."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from fastapi.responses import HTMLResponse

from warta.assistant.desk.frame import Frame, page
from warta.assistant.desk.search import Run, elsewhere, marked
from warta.assistant.desk.texts import text
from warta.assistant.upkeep.articles import Shown, show_article
from warta.corpus.archive.rows import Version
from warta.corpus.article import Article
from warta.corpus.errors import InputError, WartaError
from warta.corpus.language.sentences import sentences
from warta.corpus.language.words import query_terms, words
from warta.index.candidates import Report
from warta.index.search.phrases import phrases, spans

_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)
_NEAREST = 6  # articles on the same event that are listed beside one
_MOST_VERSIONS = 20  # of an article's history, the newest
_MOST_CHANGES = 60  # sentences of one difference
_LONGEST = 400_000  # characters of a text whose differences are worked out


class Read(Protocol):
    """What the page needs of a pinned snapshot."""

    def article(self, article_id: str) -> Article:
        """Return an article; raises InputError where there is none."""

    def story(self, article_id: str) -> list[Report]:
        """Return the articles of the story it belongs to, by day."""

    def copies(self, article_id: str) -> list[Article]:
        """Return the other articles with (nearly) the same text, oldest first."""

    def corrected_by(self, article: Article) -> tuple[Article, ...]:
        """Return the later articles that say they correct this one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version says that the one before did not: sentences, `kind` "+" or "-"."""

    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One version: its number, when it was read, and what it changed.

    `title` and `day` are those of the version before where they differ.
    """

    number: int
    read_at: datetime
    changes: tuple[Difference, ...]
    title: str
    day: str
    more: int


def article_page(
    frame: Frame, view: Read, home: Path, article_id: str, span: str = "", wanted: str = ""
) -> HTMLResponse:
    """Return an article's page with the characters `span` ("10-60") of its text marked.

    Without a span the words of `wanted` are. 404 for an article that is not in the index, with
    what became of it; 400 with the article for a span that cannot be marked.
    """
    try:
        article = view.article(article_id)
    except InputError:
        return _missing(frame, home, article_id)
    start, end = _bounds(span, article)
    known = _history(home, article_id)
    copies = view.copies(article_id)
    outlets, versions = elsewhere(article, copies)
    fault = text(frame.language, "bad_span", value=span[:80]) if span and end <= start else ""
    return page(
        "article.html",
        frame,
        status=400 if fault else 200,
        article=article,
        faults=[fault] if fault else [],
        paragraphs=paragraphs(article.text, [(start, end)] if end else found(article.text, wanted)),
        quoted=end > start,
        note=known.newest.date_note if known and known.newest else "",
        editions=editions(known.versions) if known else [],
        corrections=view.corrected_by(article),
        copies=copies,
        outlets=outlets,
        versions=versions,
        beside=_beside(article_id, view.story(article_id)),
    )


def _beside(article_id: str, reports: Sequence[Report]) -> list[Article]:
    """Return the articles of a story that stand nearest before and after one, by day."""
    others = [
        report.article
        for report in reports
        if article_id not in (report.article.id, *(copy.id for copy in report.copies))
    ]
    before = next((at for at, r in enumerate(reports) if r.article.id == article_id), 0)
    first = max(0, min(before - _NEAREST // 2, len(others) - _NEAREST))
    return others[first : first + _NEAREST]


def _bounds(span: str, article: Article) -> tuple[int, int]:
    bounds = _SPAN.fullmatch(span)
    if not bounds:
        return 0, 0
    start, end = int(bounds[1]), int(bounds[2])
    return (start, end) if start < end <= len(article.text) else (0, 0)


def _history(home: Path, article_id: str) -> Shown | None:
    """Return what the archive knows; None where it cannot be read: the page is whole without."""
    try:
        return show_article(home, article_id)
    except WartaError:
        return None


def _missing(frame: Frame, home: Path, article_id: str) -> HTMLResponse:
    known = _history(home, article_id)
    key = "unknown_article" if known is None else f"article_{known.state}"
    said = text(frame.language, key, id=article_id[:120])
    return page("message.html", frame, 404, title=text(frame.language, "no_article"), lines=[said])


def found(said: str, wanted: str) -> list[tuple[int, int]]:
    """Return where the words of `wanted` stand in a text, in any form, or its exact phrases."""
    if exact := spans(said, phrases(wanted)):
        return exact
    terms = set(query_terms(wanted)) if wanted else set()
    return [(w.start, w.end) for w in words(said) if not terms.isdisjoint(w.terms)]


def paragraphs(said: str, spans: Sequence[tuple[int, int]] = ()) -> list[tuple[Run, ...]]:
    """Return the lines of a text in runs, what is in `spans` (ascending, apart) marked."""
    shown, at = [], 0
    for line in said.split("\n"):
        ends = at + len(line)
        if line.strip():
            inside = [(max(low, at) - at, min(high, ends) - at) for low, high in spans]
            shown.append(marked(line, [span for span in inside if span[0] < span[1]]))
        at = ends + 1
    return shown


def editions(versions: tuple[Version, ...]) -> list[Edition]:
    """Return the versions that say something else than the one before, newest first."""
    pairs = list(zip((None, *versions), versions, strict=False))[-_MOST_VERSIONS:]
    all_of_them = [_edition(before, version) for before, version in pairs]
    changed = [one for one in all_of_them if one.number == 1 or one.changes or one.title or one.day]
    return changed[::-1] if len(changed) > 1 else []


def _edition(before: Version | None, version: Version) -> Edition:
    if before is None:
        return Edition(version.number, version.read_at, (), "", "", 0)
    old, new = before.article, version.article
    changes = differences(old.text, new.text)
    return Edition(
        version.number,
        version.read_at,
        tuple(changes[:_MOST_CHANGES]),
        old.title if old.title != new.title else "",
        (old.published.isoformat() if old.published else "–")
        if old.published != new.published
        else "",
        max(0, len(changes) - _MOST_CHANGES),
    )


def differences(old: str, new: str) -> list[Difference]:
    """Return the sentences that were taken out and put in, in the order of the text."""
    if len(old) + len(new) > _LONGEST:
        return []
    before, after = _sentences(old), _sentences(new)
    changes: list[Difference] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            changes += [Difference("-", said) for said in before[a:b]]
            changes += [Difference("+", said) for said in after[c:d]]
    return changes


def _sentences(said: str) -> list[str]:
    return [" ".join(said[span.start : span.end].split()) for span in sentences(said)]
