"""Which later articles of its outlet correct an article: those that name its headline.

"Ralat: …", "Koreksi - …" and "ralat atas berita berjudul “…”". A day has no clock here: a
correction of the same day counts as later.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher

import numpy as np

from warta.corpus.article import Article
from warta.corpus.language.words import query_terms, terms
from warta.index.candidates import Filter, fold_source
from warta.index.snapshot.snapshot import Snapshot

_TOLD = ("ralat", "koreksi", "korreksi")
_LABEL = re.compile(
    r"\W*(?:ralat|korr?eksi)(?:\s+(?:atas\s+)?berita)?\s*(?:[\])]\W*|[:\-–—]\s*)(?P<named>.+)",
    re.I | re.S,
)
_SAID = re.compile(
    r"\bralat\s+(?:atas\s+)?(?:berita|artikel)(?:\s+(?:kami|yang|sebelumnya|dengan|judul|berjudul))*"
    r"\s*(?:“(?P<curled>[^“”\n]+)”|\"(?P<straight>[^\"\n]+)\")",
    re.I,
)
_WITHIN = timedelta(days=60)
_ALIKE = 0.9  # of the words: one more or less in five, one replaced in ten
_FEWEST = 4  # words of a headline that need not be repeated exactly
_RIVALS = 30  # passages looked at for another article that the named headline fits as well


@dataclass(frozen=True, slots=True)
class Correction:
    """An article that corrects another one, whose headline it names: `named` are its words."""

    article: Article
    named: tuple[str, ...]


def corrections(snapshot: Snapshot) -> tuple[Correction, ...]:
    """Return all corrections of a snapshot, also those taken down; costs a search and a read."""
    told = [term for word in _TOLD for term in terms(word)]
    rows = [snapshot.lexical.holding([term]) for term in told]
    numbers = np.unique(snapshot.article_of[np.concatenate(rows)])
    # Many texts speak of a correction on the markets: "koreksi" has to stand in the headline.
    headlines = snapshot.tokens.counts(len(snapshot) + numbers, snapshot.term_numbers(told))
    amends = np.isin(numbers, snapshot.article_of[rows[0]]) | headlines.any(1)
    found = snapshot.texts.articles(numbers[amends].tolist())
    return tuple(
        Correction(article, named)
        for article in found.values()
        if article.published and (named := named_headline(article))
    )


def corrected_by(
    article: Article, known: Sequence[Correction], snapshot: Snapshot
) -> tuple[Article, ...]:
    """Return which of the `known` corrections mean this article, oldest first."""
    day, outlet, own = article.published, fold_source(article.source), _words(article.title)
    if day is None or not own:
        return ()
    meant = [
        each.article
        for each in known
        if each.article.id != article.id
        and each.article.id not in snapshot.hidden
        and fold_source(each.article.source) == outlet
        and _in_time(day, each)
        and (alike := _alike(own, each.named))
        and not _fits_another(article.id, day, alike, each, snapshot)
    ]
    return tuple(sorted(meant, key=lambda each: (each.published or date.max, each.id)))


def named_headline(article: Article) -> tuple[str, ...]:
    """Return the words of the headline that a correction names, () where it names none."""
    if label := _LABEL.match(article.title):
        return _words(label["named"])
    said = _SAID.search(f"{article.title}\n{article.text}")
    return _words(said["curled"] or said["straight"]) if said else ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def _alike(headline: tuple[str, ...], named: tuple[str, ...]) -> float:
    """Return 1 for the same words, over `_ALIKE` for nearly the same with all figures, else 0."""
    if headline == named:
        return 1.0
    figures = [Counter(word for word in one if word.isdigit()) for one in (headline, named)]
    if min(len(headline), len(named)) < _FEWEST or figures[0] != figures[1]:
        return 0.0
    ratio = SequenceMatcher(None, headline, named, autojunk=False).ratio()
    return ratio if ratio >= _ALIKE else 0.0


def _in_time(day: date, correction: Correction) -> bool:
    told = correction.article.published
    return told is not None and day <= told <= day + _WITHIN


def _fits_another(
    article_id: str, day: date, alike: float, correction: Correction, snapshot: Snapshot
) -> bool:
    """Tell whether the outlet has an article that is nearer in words, or as near and newer."""
    told = correction.article
    assert told.published is not None
    only = Filter(told.published - _WITHIN, told.published, frozenset((fold_source(told.source),)))
    rows = snapshot.matching(query_terms(" ".join(correction.named)), _RIVALS, only).rows
    others = snapshot.texts.articles(np.unique(snapshot.article_of[rows]).tolist()).values()
    return any(
        other.published is not None
        and (_alike(_words(other.title), correction.named), other.published) > (alike, day)
        for other in others
        if other.id not in (article_id, told.id)
    )
