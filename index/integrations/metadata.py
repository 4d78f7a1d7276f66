"""What goes with a passage that is handed to another framework."""

from typing import Any

from warta.index.candidates import Hit


def metadata(hit: Hit) -> dict[str, Any]:
    """Return where a passage is from and how well it fits; the day as "2026-01-31" or None.

    `start` and `end` count characters of the article's text.
    """
    article = hit.article
    return {
        "article_id": article.id,
        "title": article.title,
        "source": article.source,
        "url": article.url,
        "published": article.published.isoformat() if article.published else None,
        "score": hit.score,
        "rank": hit.rank,
        "start": hit.passage.start,
        "end": hit.passage.end,
    }


def passage_id(hit: Hit) -> str:
    """Return what names a passage among all of an archive."""
    return f"{hit.article.id}#{hit.passage.ordinal}"
