"""What two articles have in common, as numbers: what tells that both report one event.

Everything here is a function of the two articles alone, never of what else the archive holds, so
that a link stays right whatever comes later, and only new articles need comparing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from warta.index.candidates import Numbers, Rows, fold_source
from warta.index.weights import read_rarity

_COUNTED = {
    "episode": "episode", "epsiode": "episode", "eps": "episode", "part": "part",
    "halam": "page", "bab": "chapter", "kelas": "class", "jilid": "volume",
}  # fmt: skip
"""A number behind one of these names the instalment."""
_MONTHS = frozenset(
    """januari februari maret april mei juni juli agustus september oktober november desember
    january february march may june july august october december""".split()
)
_DAILY = {
    "cuaca": "bmkg prakira prediksi kira cerah awan",
    "bmkg": "cerah awan",
    "emas": "antam harga pegadai gram ubs",
    "rupiah": "uat lemah kuat kurs dolar usd perkasa loyo",
    "kurs": "dolar usd rupiah",
    "ihsg": "",
    "wall": "street",
}
"""What is reported anew each day: a term, and those of which one stands with it."""
_TIMELESS = {
    "zodiak": "", "horoskop": "", "shio": "", "ramal": "bintang", "kunci": "jawab",
    "soal": "kelas semester ujian", "lirik": "lagu", "chord": "",
}  # fmt: skip
"""What is of no event on any day: horoscopes, school exercises, words of songs."""
_LISTED = frozenset(
    "model gaya ide inspirasi desain gambar potong tips resep rekomendasi warna padu outfit".split()
)
"""What is told in lists of so many: "7 Model Gamis"."""
_QUAKE = frozenset(
    """gempa bumi guncang magnitudo sr bmkg potensi tsunam kini baru info catat pusat dalam laut
    darat hari pagi siang sore malam terjadi jadi rasa skala richter km wilayah kabupaten kota
    senin selasa rabu kamis jumat sabtu minggu""".split()
)
_MATCH = frozenset(
    """prediksi skor link live streaming jadwal hasil siar langsung susun main line up babak liga
    kualifikasi piala dunia laga lawan duel jelang timnas tim hari malam head fc united city
    klasemen akhir menang kalah""".split()
)
_SIDE = 2  # terms on either side of "vs" in which the name of a team stands
_PREFIX = 3  # letters that name a team as well: "Man" for "Manchester"


@dataclass(frozen=True, slots=True)
class Headline:
    """What a headline says of the instalment it is.

    `counted`: ("episode", "27"); `dates`: ("11", "juni"); `places`: what the headline of a quake
    names beside it, None for others; `sides`: the teams of "A vs B", empty where there are none.
    """

    terms: frozenset[str]
    daily: frozenset[str]
    timeless: frozenset[str]
    counted: frozenset[tuple[str, str]]
    dates: frozenset[tuple[str, str]]
    places: frozenset[str] | None
    sides: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, terms: Sequence[str]) -> "Headline":
        """Read the terms of a headline, in their order."""
        own = frozenset(terms)
        pairs = list(pairwise(terms))
        is_list = bool(terms) and terms[0].isdigit() and bool(own & _LISTED)
        places = frozenset(
            term for term in own - _QUAKE - _MONTHS if not any(map(str.isdigit, term))
        )
        return cls(
            terms=own,
            daily=_frames(own, _DAILY),
            timeless=_frames(own, _TIMELESS) | ({"list"} if is_list else set()),
            counted=frozenset((_COUNTED[a], b) for a, b in pairs if a in _COUNTED and b.isdigit()),
            dates=frozenset((a, b) for a, b in pairs if b in _MONTHS and a.isdigit()),
            places=places if "gempa" in own else None,
            sides=_sides(terms),
        )

    def has_teams(self, other: "Headline") -> bool:
        """Whether both teams of another headline are named here, too."""
        return all(
            any(one[:_PREFIX] == term[:_PREFIX] for one in side for term in self.terms)
            for side in other.sides
        )


def _frames(own: frozenset[str], known: dict[str, str]) -> frozenset[str]:
    return frozenset(
        term
        for term, beside in known.items()
        if term in own and (not beside or own.intersection(beside.split()))
    )


def _sides(terms: Sequence[str]) -> tuple[frozenset[str], ...]:
    at = next((at for at, term in enumerate(terms) if term == "vs"), 0)
    left = [term for term in terms[:at] if term not in _MATCH][-_SIDE:]
    right = [term for term in terms[at + 1 :] if term not in _MATCH][:_SIDE]
    return (frozenset(left), frozenset(right)) if at and left and right else ()


def are_instalments(one: Headline, other: Headline, *, same_day: bool) -> bool:
    """Tell two instalments of a serial from two reports on one event, whatever they share."""
    if one.timeless & other.timeless:
        return True
    if one.daily & other.daily:
        if one.dates and other.dates:
            return not one.dates & other.dates
        if not same_day:
            return True
    counted = {label for label, _ in one.counted} & {label for label, _ in other.counted}
    if counted and not one.counted & other.counted:
        return True
    if one.places is not None and other.places is not None and not one.places & other.places:
        return True
    matches = bool(one.sides and other.sides)
    return matches and not one.has_teams(other) and not other.has_teams(one)


FEATURES = ("cosine", "headline", "shared", "numbers", "days", "outlet", "serial")
Vectors = NDArray[np.float32]
Weights = NDArray[np.float64]
_COMMON = 2.3  # rarity up to which a term tells nothing: it stands in one text of ten
_YEARS = frozenset(str(year) for year in range(1990, 2060))  # a number that all articles share
_AT_ONCE = 8192  # pairs whose vectors are held


@dataclass(frozen=True, slots=True)
class Openings:
    """The headline and the first passage of articles 0..m-1, as the index holds them.

    `tokens`: term numbers of all rows, one row after the other; `offsets` (rows + 1,): where they
    begin; `opening`, `headline` (m,): the row of an article's first passage and of its headline.
    `vocabulary`: the terms. `days` (m,): ordinals, below 1 where unknown; `outlets`: m names.
    `vectors`: numbers of articles (p,) -> vectors of their first passages (p, dim).
    """

    tokens: Numbers
    offsets: Rows
    opening: Rows
    headline: Rows
    vocabulary: Sequence[str]
    days: Rows
    outlets: Sequence[str]
    vectors: Callable[[Rows], Vectors]

    def of(self, articles: Rows) -> "Openings":
        """Return those of some articles, renumbered in their order."""
        return replace(
            self,
            opening=self.opening[articles],
            headline=self.headline[articles],
            days=self.days[articles],
            outlets=[self.outlets[article] for article in articles.tolist()],
            vectors=lambda rows: self.vectors(articles[rows]),
        )


class Table:
    """What `features` asks of each article, looked up once."""

    def __init__(self, openings: Openings) -> None:
        self.days = openings.days
        self.vectors = openings.vectors
        self._openings = openings
        self._headlines: dict[int, Headline] = {}
        codes: dict[str, int] = {}
        self._outlets = np.array(
            [codes.setdefault(fold_source(name), len(codes)) for name in openings.outlets],
            np.int64,
        )
        headline, opening = _bags(openings, openings.headline), _bags(openings, openings.opening)
        both = _Bags.joined(headline, opening)
        words, numbers = _weights(openings.vocabulary, np.unique(both.terms))
        self._headline = headline.weighed(words)
        self._opening = both.weighed((words > 0).astype(np.float64))
        self._numbers = both.weighed(numbers)
        self._length = np.sqrt(np.maximum(self._headline.sums(squared=True), 1e-9))
        self._number_count = np.maximum(self._numbers.sums(), 1.0)

    def features(self, one: Rows, other: Rows) -> Weights:
        """(p, len(FEATURES)) of the pairs `one` (p,), `other` (p,).

        The cosine of their vectors; of their headlines' rare terms; how much rarity of either
        headline stands in the other's opening (log); the share of the one's numbers that the
        other has; days apart (log); whether one outlet printed both; and what makes a serial
        (rates of exchange, episodes): a headline of that outlet again on another day.
        """
        head = self._headline
        headline = head.dot(one, head, other) / (self._length[one] * self._length[other])
        shared = head.dot(one, self._opening, other) + head.dot(other, self._opening, one)
        least = np.minimum(self._number_count[one], self._number_count[other])
        numbers = self._numbers.dot(one, self._numbers, other) / least
        apart = np.abs(self.days[one] - self.days[other])
        outlet = (self._outlets[one] == self._outlets[other]).astype(np.float64)
        return np.stack(
            [
                self.cosines(one, other), headline, np.log1p(shared), numbers, np.log1p(apart),
                outlet, outlet * headline * (apart > 0),
            ],
            axis=1,
        )  # fmt: skip

    def instalments(self, one: Rows, other: Rows) -> NDArray[np.bool_]:
        """(p,) whether two are instalments of a serial: no link, however near they are."""
        same_day = self.days[one] == self.days[other]
        pairs = zip(one.tolist(), other.tolist(), same_day.tolist(), strict=True)
        return np.array(
            [are_instalments(self._read(a), self._read(b), same_day=same) for a, b, same in pairs],
            np.bool_,
        )

    def _read(self, article: int) -> Headline:
        if article not in self._headlines:
            held = self._openings
            begin, end = held.offsets[held.headline[article] : held.headline[article] + 2].tolist()
            terms = [held.vocabulary[number] for number in held.tokens[begin:end].tolist()]
            self._headlines[article] = Headline.of(terms)
        return self._headlines[article]

    def cosines(self, one: Rows, other: Rows) -> Weights:
        """(p,) of the vectors of pairs, row by row: a matrix product would round by its shape."""
        parts = [
            np.einsum(
                "ij,ij->i", self.vectors(one[at : at + _AT_ONCE]),
                self.vectors(other[at : at + _AT_ONCE]), dtype=np.float64,
            )
            for at in range(0, len(one), _AT_ONCE)
        ]  # fmt: skip
        return np.concatenate(parts) if parts else np.empty(0)


def _weights(vocabulary: Sequence[str], used: Rows) -> tuple[Weights, Weights]:
    """(v,) how rare each word is, 0 for common ones and numbers; and 1 for each number.

    `used` (u,): the terms that are asked for; of the others both are 0.
    """
    rarity = read_rarity()
    terms = [vocabulary[number] for number in used.tolist()]
    rare = np.array([rarity.by_term.get(term, rarity.unseen) for term in terms], np.float64)
    number = np.array([any(map(str.isdigit, term)) for term in terms], np.bool_)
    year = np.array([term in _YEARS for term in terms], np.bool_)
    words, numbers = np.zeros((2, len(vocabulary)))
    words[used] = np.where(number | (rare <= _COMMON), 0.0, rare)
    numbers[used] = number & ~year
    return words, numbers


@dataclass(frozen=True, slots=True)
class _Bags:
    """The distinct terms of each article with a weight, by article and then by term.

    `begins` (m + 1,): where an article's begin; `terms`, `weights`; `terms` are below `size`.
    """

    begins: Rows
    terms: Rows
    weights: Weights
    size: int

    @classmethod
    def of(cls, owners: Rows, terms: Rows, count: int, size: int) -> "_Bags":
        keys = np.sort(owners * size + terms)  # np.unique takes five times as long
        keys = keys[np.diff(keys, prepend=-1) > 0]
        begins = np.searchsorted(keys, np.arange(count + 1) * size)
        return cls(begins, keys % max(1, size), np.ones(len(keys)), size)

    @classmethod
    def joined(cls, one: "_Bags", other: "_Bags") -> "_Bags":
        owners = np.concatenate([one.owners(), other.owners()])
        terms = np.concatenate([one.terms, other.terms])
        return cls.of(owners, terms, len(one.begins) - 1, one.size)

    def owners(self) -> Rows:
        return np.repeat(np.arange(len(self.begins) - 1), np.diff(self.begins))

    def weighed(self, weights: Weights) -> "_Bags":
        """Return the terms that have a weight, with it."""
        own = weights[self.terms]
        kept = own > 0
        count = np.concatenate([[0], np.cumsum(kept)])
        return _Bags(count[self.begins], self.terms[kept], own[kept], self.size)

    def sums(self, *, squared: bool = False) -> Weights:
        own = self.weights**2 if squared else self.weights
        return np.bincount(self.owners(), own, len(self.begins) - 1).astype(np.float64)

    def dot(self, mine: Rows, other: "_Bags", theirs: Rows) -> Weights:
        """(p,) sum of the products of weights over the terms that both articles of a pair have."""
        lengths = self.begins[mine + 1] - self.begins[mine]
        pair = np.repeat(np.arange(len(mine)), lengths)
        within = np.arange(len(pair)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        entry = self.begins[mine][pair] + within
        keys = other.owners() * other.size + other.terms
        wanted = theirs[pair] * other.size + self.terms[entry]
        place = np.minimum(np.searchsorted(keys, wanted), max(0, len(keys) - 1))
        same = keys[place] == wanted if len(keys) else np.zeros(len(wanted), np.bool_)
        products = self.weights[entry[same]] * other.weights[place[same]]
        return np.bincount(pair[same], products, len(mine)).astype(np.float64)


def _bags(openings: Openings, rows: Rows) -> _Bags:
    lengths = openings.offsets[rows + 1] - openings.offsets[rows]
    owners = np.repeat(np.arange(len(rows)), lengths)
    within = np.arange(len(owners)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    terms = openings.tokens[openings.offsets[rows][owners] + within].astype(np.int64)
    return _Bags.of(owners, terms, len(rows), max(1, len(openings.vocabulary)))
