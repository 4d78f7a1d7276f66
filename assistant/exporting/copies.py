"""The copies of a cited article: who else carried it, and what its own outlet wrote again."""

from warta.assistant.answer import Citation
from warta.corpus.article import Article


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
