"""What each task needs of the archive: the hits of one question, in the order the task wants.

question, list, explain: the passages that answer. latest: those on the topic, newest first, up to
the day of asking. timeline: articles on the topic by day, spread over its days. summary, find,
profile, keyword: the most telling articles; of a person what tells the life and the newest, too. Of
each article of these four comes its first passage, and behind it the one that was found.
quotes: passages in which that speaker is named beside a quotation. comparison: of both sides
together and of each in turn. Copies come once (`Hit.also`) everywhere.

Days that a question names rank softly: what was published in the days in which such a thing is
reported comes first, what lies outside is found, too.

The topic of a request is those of its terms that the best articles found for it share: "masalah
Koperasi BLN" is on "Koperasi BLN", "brp berita mpok alpa yg masuk" on "Mpok Alpa". An article that
holds "masalah" or "masuk", too, is no nearer to it than others.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, zip_longest

from warta.assistant.question.ellipsis import own_words
from warta.assistant.question.recency import recency
from warta.assistant.question.understood import Part, Understood
from warta.corpus.language.words import query_terms, terms
from warta.index.candidates import Hit
from warta.index.query.lexicon import Lexicon
from warta.index.search.view import View
from warta.index.weights import read_rarity

PASSAGES = 12
_DEEP = 48  # passages in which a task looks for articles on its topic
# What one event is reported for.
_SPAN = timedelta(days=3)
# What a day in the question counts beside a passage's score. Over the time questions of `train`
# recall@5 is best from 2 on, see tests/bench/understanding.py.
_WITHIN = 2.0
_WIDER = 2  # as many passages are looked at for those of likely days
_ARTICLES = 12
_BACK = (3, 14, 45)  # days before the archive's last in which the latest is looked for, too
_LIVES = 6  # passages that tell somebody's life
_LIFE = "profil lahir riwayat karier"
# Of the best passage's share of a topic, what a report of the same story has: of the timelines of
# train 8 in 10 bring an article asked for at 0.6 and at 0.8, with 4.1 articles instead of 2.5.
_OF_STORY = 0.6
_A_DAY = 2  # articles of one day in a timeline
# By these limits 0.86 of 100 overviews of train bring an article asked for, 0.457 of those brought
# are asked for; 0.84 and 0.436 by the words of the whole request.
_LEADING = 5  # articles that say what the topic is
_SCALE = 2.0  # difference of scores at which an article counts e times less in that
_MOST = 0.5  # share of them, so weighed, that holds what is the topic
_ON_TOPIC = 0.8  # of the best passage's share of the topic, what another on it has
_QUOTED = ('"', "“", "”", "‘")


@dataclass(frozen=True, slots=True)
class Count:
    """How many articles there are, copies once, and the first and last day of publication."""

    articles: int
    first: date | None = None
    last: date | None = None


def found(
    view: View,
    understood: Understood,
    since: date | None = None,
    until: date | None = None,
    sources: Sequence[str] = (),
) -> list[Hit]:
    """Return the hits for the first part of `understood`.

    `since`, `until` and `sources` are the asker's own conditions and hold strictly.
    """
    part = understood.first
    search = _Search(view, understood, since, until, tuple(sources))
    if not part.query:
        return _newest(view, part, since, until, sources)
    return _BY_TASK.get(part.task, _answering)(search, part)


def counted(
    view: View,
    understood: Understood,
    since: date | None = None,
    until: date | None = None,
    sources: Sequence[str] = (),
) -> Count:
    """Return how many articles hold all terms of the topic and of its names, and since when."""
    part = understood.first
    search = _Search(view, understood, since, until, tuple(sources))
    hits = search(part, _DEEP) if part.query else []
    topic = search.topic(part, hits) if part.query else []
    if since is None and until is None and part.days:
        since, until = part.days.since, part.days.until
    named = query_terms(" ".join(part.names))
    if understood.language == "en":  # "Ministry of Health" stands in no article as it is
        held = set().union(*map(_held, hits))
        named = [term for term in named if term in held]
    wanted = list(dict.fromkeys([*topic, *named]))
    return Count(*view.count(wanted, since, until, sources or None))


def topic_terms(hits: Sequence[Hit], texts: Iterable[str]) -> list[str]:
    """Return the terms of `texts` that most of the best articles of `hits` hold, all if none is.

    `hits` are of one search; an article counts the less, the lower its score is.
    """
    wanted = list(dict.fromkeys(term for text in texts for term in query_terms(text)))
    held: dict[str, set[str]] = {}
    scores: dict[str, float] = {}
    for hit in sorted(hits, key=lambda hit: -hit.score):
        if hit.article.id in held or len(held) < _LEADING:
            held.setdefault(hit.article.id, set()).update(_held(hit))
            scores.setdefault(hit.article.id, hit.score)
    best = max(scores.values(), default=0.0)
    weights = {name: math.exp((score - best) / _SCALE) for name, score in scores.items()}
    least = _MOST * sum(weights.values())
    return [
        term
        for term in wanted
        if sum(weight for name, weight in weights.items() if term in held[name]) >= least
    ] or wanted


def on_topic(hits: Sequence[Hit], topic: Sequence[str], least: float = _ON_TOPIC) -> list[Hit]:
    """Return the hits that hold nearly as much of a topic as the best one, with that as coverage.

    Nearly: `least` of it, weighted by rarity.
    """
    rarity = read_rarity()
    weights = {term: rarity.by_term.get(term, rarity.unseen) for term in topic}
    total = sum(weights.values()) or 1.0
    shares = [sum(weights[term] for term in weights.keys() & _held(hit)) / total for hit in hits]
    floor = least * max(shares, default=0.0)
    return [
        replace(hit, coverage=share)
        for hit, share in zip(hits, shares, strict=True)
        if share >= floor
    ]


def _held(hit: Hit) -> set[str]:
    return set(terms(f"{hit.article.title} {hit.passage.text}"))


class _Search:
    """Searches under the asker's conditions."""

    def __init__(
        self, view: View, understood: Understood, since: date | None, until: date | None,
        sources: tuple[str, ...],
    ) -> None:  # fmt: skip
        self.view = view
        self._english = understood.language == "en"
        self._today = understood.today
        self._since, self._until, self._sources = since, until, sources or None

    def __call__(self, part: Part, k: int, query: str = "") -> list[Hit]:
        """Return k passages, best first, those of the days asked for before others."""
        text = query or part.query
        text = " ".join([text, *self._words(text)])
        free = self._since is None and self._until is None
        hits = self._retrieve(text, k, self._since, self._until)
        days = part.days
        if not free or days is None or (days.first is None and days.last is None):
            return hits
        inside = self._retrieve(text, k, days.first, days.last)
        return _merged(inside, hits, k)

    def on_topic(
        self, part: Part, k: int, more: Sequence[Hit] = (), least: float = _ON_TOPIC
    ) -> list[Hit]:
        """Return those of k passages, and of `more`, that are on the topic."""
        hits = self(part, k)
        return on_topic([*hits, *more], self.topic(part, hits), least)

    def topic(self, part: Part, hits: Sequence[Hit]) -> list[str]:
        """Return the terms of what is asked for, of an English request in Indonesian, too."""
        return topic_terms(hits, [part.query, *self._words(part.query)])

    def _words(self, text: str) -> list[str]:
        return Lexicon.load().words_for(text) if self._english else []

    def likely(self, part: Part, k: int) -> list[Hit]:
        """Return k passages, best first, those of days that an asker means before others."""
        if self._since or self._until or part.days:
            return self(part, k)
        hits = self(part, _WIDER * k)
        hits.sort(key=lambda hit: -hit.score - recency(hit.article.published, self._today))
        return _ranked(hits[:k])

    def lately(self, part: Part, k: int) -> list[Hit]:
        """Return passages of the archive's last days, in ever longer stretches of them."""
        last = min(filter(None, (self.view.coverage().last, self._today)), default=None)
        if last is None or self._since or self._until or part.days:
            return []
        found: list[Hit] = []
        for back in _BACK:
            found += self._retrieve(part.query, k, last - timedelta(back), last)
        return found

    def by_now(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return what was published up to the day of the question, all where nothing was."""
        return [h for h in hits if self._today is None or _day(h) <= self._today] or list(hits)

    def _retrieve(self, text: str, k: int, since: date | None, until: date | None) -> list[Hit]:
        # Who writes judges every sentence: what orders the passages must not be that once more.
        return self.view.retrieve(text, k, since, until, self._sources)


def _merged(inside: Sequence[Hit], every: Sequence[Hit], k: int) -> list[Hit]:
    """Return both by score, what lies in the days asked for raised; ranks count anew."""
    scores = {_key(hit): hit.score for hit in every} | {
        _key(hit): hit.score + _WITHIN for hit in inside
    }
    hits = {_key(hit): hit for hit in (*every, *inside)}
    order = sorted(hits, key=lambda key: -scores[key])[:k]
    return [replace(hits[key], score=scores[key], rank=at) for at, key in enumerate(order, 1)]


def _key(hit: Hit) -> tuple[str, int]:
    return hit.article.id, hit.passage.start


def _newest(
    view: View, part: Part, since: date | None, until: date | None, sources: Sequence[str]
) -> list[Hit]:
    """Return the newest articles, of the days asked for where any are named."""
    days = part.days
    if since is None and until is None and days:
        since, until = days.since, days.until
    articles = view.recent(_ARTICLES, since, until, sources or None)
    return view.opened(articles or view.recent(_ARTICLES))


def _answering(search: _Search, part: Part) -> list[Hit]:
    if not part.newest:
        return search.likely(part, PASSAGES)
    about = search.on_topic(part, 3 * PASSAGES)
    newest = max((h.article.published for h in about if h.article.published), default=None)
    if newest is None:
        return _ranked(about[:PASSAGES])
    kept = [h for h in about if h.article.published and newest - h.article.published <= _SPAN]
    return _ranked(kept[:PASSAGES])


def _ranked(hits: Sequence[Hit]) -> list[Hit]:
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits, 1)]


def _day(hit: Hit) -> date:
    return hit.article.published or date.min


def _latest(search: _Search, part: Part) -> list[Hit]:
    """Return the newest on the topic: also of the archive's last days, where few articles are."""
    hits = search.on_topic(part, _DEEP, search.lately(part, PASSAGES))
    headed = search.by_now(_headed(search, part, hits))
    newest = sorted(headed, key=lambda hit: (_day(hit), -hit.rank), reverse=True)[:_ARTICLES]
    return _with_passages(newest, hits)


def _headed(search: _Search, part: Part, hits: Sequence[Hit]) -> list[Hit]:
    """Return the articles of `hits` that are about the topic: it stands in headline or opening."""
    leads = search.view.leads(hits)
    wanted = set(search.topic(part, hits))
    held = [wanted & set(terms(f"{hit.article.title} {hit.passage.text}")) for hit in leads]
    about = [hit for hit, own in zip(leads, held, strict=True) if 2 * len(own) >= len(wanted)]
    return about or list(leads)


def _with_passages(leads: Sequence[Hit], hits: Sequence[Hit]) -> list[Hit]:
    """Return each article's opening, with the passage that was found in it where it is another."""
    best = {hit.article.id: hit for hit in reversed(hits)}
    both = ((lead, best[lead.article.id]) for lead in leads)
    return _ranked(list({_key(hit): hit for hit in chain.from_iterable(both)}.values()))


def _timeline(search: _Search, part: Part) -> list[Hit]:
    taken: dict[date, int] = {}
    chosen = []
    hits = search.on_topic(part, _DEEP, least=_OF_STORY)
    for hit in _headed(search, part, hits):
        taken[_day(hit)] = taken.get(_day(hit), 0) + 1
        if taken[_day(hit)] <= _A_DAY:
            chosen.append(hit)
    return _with_passages(sorted(chosen[:_ARTICLES], key=_day), hits)


def _telling(search: _Search, part: Part) -> list[Hit]:
    hits = search.on_topic(part, _DEEP)
    return _with_passages(search.view.leads(hits)[:_ARTICLES], hits)


def _profile(search: _Search, part: Part) -> list[Hit]:
    """Return passages that tell somebody's life first, then the best and newest articles."""
    hits = search(part, _LIVES, life_query(part))
    about = {hit.article.id for hit in _headed(search, part, hits)}
    lives = [hit for hit in hits if hit.article.id in about]
    every = (*lives, *_newest_telling(search, part))
    return _ranked(list({_key(hit): hit for hit in every}.values()))


def life_query(part: Part) -> str:
    """Return what finds articles that tell who somebody is, even where they are few of many."""
    return f"{part.query} {_LIFE}"


def _newest_telling(search: _Search, part: Part) -> list[Hit]:
    """Return the best articles, then the newest in turn with them: who somebody is now."""
    hits = search.on_topic(part, _DEEP)
    leads = _headed(search, part, hits)
    newest = sorted(leads, key=_day, reverse=True)
    turns = (hit for hit in chain.from_iterable(zip_longest(leads, newest)) if hit)
    return _with_passages(list({h.article.id: h for h in turns}.values())[:_ARTICLES], hits)


def _quotes(search: _Search, part: Part) -> list[Hit]:
    """Return passages with a quotation beside the speaker's name, on the topic first."""
    hits = search(part, _DEEP)
    who = set(own_words(part.speaker))
    about = set(own_words(part.subject)) - who
    held = {_key(hit): set(own_words(f"{hit.article.title} {hit.passage.text}")) for hit in hits}
    said = [
        hit for hit in hits
        if any(mark in hit.passage.text for mark in _QUOTED)
        and (not who or who & held[_key(hit)])
    ]  # fmt: skip
    most = max((len(about & held[_key(hit)]) for hit in said), default=0)
    on_it = [hit for hit in said if len(about & held[_key(hit)]) == most]
    order = {_key(hit): hit for hit in (*on_it, *said, *hits)}
    return _ranked(list(order.values())[:PASSAGES])


def side_queries(part: Part) -> list[str]:
    """Return what is searched for each side of a comparison: with what both share."""
    sides = set(own_words(" ".join(part.sides)))
    shared = [word for word in own_words(part.subject) if word not in sides]
    return [" ".join([side, *shared]) for side in part.sides]


def _comparison(search: _Search, part: Part) -> list[Hit]:
    if len(part.sides) < 2:
        return search(part, PASSAGES)
    each = [search(part, PASSAGES // len(part.sides) + 2, query) for query in side_queries(part)]
    both = search(part, PASSAGES)  # an article that itself compares says most
    turns = (hit for hit in chain.from_iterable(zip_longest(both, *each)) if hit)
    return _ranked(list({_key(hit): hit for hit in turns}.values())[: PASSAGES * 3 // 2])


_BY_TASK = {
    "latest": _latest,
    "timeline": _timeline,
    "summary": _telling,
    "find": _telling,
    "count": _telling,
    "keyword": _newest_telling,
    "profile": _profile,
    "quotes": _quotes,
    "comparison": _comparison,
}
