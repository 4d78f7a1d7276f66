"""What retrieval returns."""

from dataclasses import dataclass

from warta.corpus.article import Article, Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """One retrieved passage with its article.

    `score`: higher is better, comparable only within one query. `rank` counts from 1.
    `cosine`: query and passage vector, −1..1. `coverage`: share 0..1 of the query's terms,
    weighted by their rarity, that occur in the passage or its headline.
    `also`: other articles that carry (nearly) the same text, oldest first, at most fifty;
    `copies`: how many there are in all.
    """

    passage: Passage
    article: Article
    score: float
    rank: int
    cosine: float = 0.0
    coverage: float = 0.0
    also: tuple[Article, ...] = ()
    copies: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """An article of a story: with those that carry (nearly) the same text, oldest first.

    `links`: how many of the story's other articles report the same event as it does.
    """

    article: Article
    copies: tuple[Article, ...]
    links: int
