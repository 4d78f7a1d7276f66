"""Results as lines to read and as the values that `--json` prints."""

import shutil
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from warta.assistant.exporting.export import article_dict
from warta.corpus.article import Article, Skipped

if TYPE_CHECKING:  # a run that only indexes prints, too, and searches nothing
    from warta.index.candidates import Hit
    from warta.index.search.listing import Results


def hit_dict(hit: "Hit") -> dict[str, Any]:
    """Return one element of `warta search --json`; offsets count characters of the article."""
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "article_id": hit.article.id,
        "title": hit.article.title,
        "published": iso(hit.article.published),
        "source": hit.article.source,
        "url": hit.article.url,
        "text": hit.passage.text,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "also": [article_dict(copy) for copy in hit.also],
        "copies": hit.copies,
    }


def results_dict(found: "Results") -> dict[str, Any]:
    """Return the shape of `warta search --json` and of the HTTP API's search."""
    return {
        "total": found.total,
        "offset": found.offset,
        "match": found.match,
        "corrected": [{"typed": typed, "searched": meant} for typed, meant in found.corrected],
        "facets": {
            "months": [{"month": f"{m:%Y-%m}", "articles": n} for m, n in found.months.items()],
            "outlets": [{"source": s, "articles": n} for s, n in found.outlets.items()],
        },
        "hits": [hit_dict(hit) for hit in found.hits],
    }


def results_lines(found: "Results", query: str) -> list[str]:
    """Return a part of a list as it is read on a terminal, with its place in the whole."""
    lines = [line for hit in found.hits for line in hit_lines(hit)]
    hold = f" with {'every word' if found.match == 'all' else 'any of the words'}" if query else ""
    whole = f"{counted(found.total, 'article')}{hold}"
    if not found.hits:
        return [f"None of {whole} here." if found.total else "Nothing found."]
    last = found.offset + len(found.hits)
    return [*lines, f"{found.offset + 1:,} to {last:,} of {whole} (-k, --offset, --sort, --match)."]


def skipped_dict(skipped: Skipped) -> dict[str, Any]:
    """Return one element of `warta status --skipped --json`."""
    return {
        "origin": skipped.origin,
        "line": skipped.line,
        "reason": skipped.reason,
        "remedy": skipped.remedy,
    }


def hit_lines(hit: "Hit") -> list[str]:
    """Return a hit as it is read on a terminal: headline, where from, the passage, wrapped."""
    about = [hit.article.source, iso(hit.article.published), hit.article.id]
    width = min(shutil.get_terminal_size((100, 24)).columns, 100) - 4
    return [
        f"{hit.rank:>2}. {one_line(hit.article.title) or '(no headline)'}",
        f"    {' · '.join(part for part in about if part)} · score {hit.score:.3f}",
        *textwrap.wrap(
            one_line(hit.passage.text), width, initial_indent="    ", subsequent_indent="    "
        ),
        *([f"    {hit.article.url}"] if hit.article.url else []),
        "",
    ]


def skipped_line(skipped: Skipped) -> str:
    """Return where, why and what would help, on one line."""
    where = skipped.origin if skipped.line is None else f"{skipped.origin}, line {skipped.line}"
    return f"{one_line(where)}: {skipped.reason} {skipped.remedy}".strip()


def skipped_summary(skipped: Iterable[Skipped], shown: int = 3) -> list[str]:
    """Return the most frequent reasons with their number and one place each."""
    listed = list(skipped)
    counts = Counter(item.reason for item in listed)
    first = {item.reason: item for item in reversed(listed)}
    lines = [
        skipped_line(first[reason]) + (f" ({count - 1} more like it)" if count > 1 else "")
        for reason, count in counts.most_common(shown)
    ]
    if len(counts) > shown:
        lines.append(f"… and {counted(len(counts) - shown, 'other reason')}.")
    return lines


def removed_lines(articles: Iterable[Article]) -> list[str]:
    """Return what cleaning took out, article by article."""
    lines: list[str] = []
    for article in articles:
        if article.removed:
            lines += [f"{article.id}:", *(f"  - {one_line(line)}" for line in article.removed)]
    return lines


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 article" or "2 articles", with thousands set apart."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def iso(day: date | None) -> str | None:
    """Return the day as YYYY-MM-DD."""
    return day.isoformat() if day else None


def one_line(text: str) -> str:
    """Return the text without line breaks or characters that steer a terminal."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def table(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Return name and value, the values below one another."""
    width = max((len(name) for name, _ in rows), default=0)
    return [f"{name:<{width}}  {value}" for name, value in rows]
