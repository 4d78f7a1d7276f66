"""Instalments of serials: reports that are alike, and each of an event of its own.

Episodes, horoscopes, the weather, prices of the day, matches and quakes are told in a frame, of
which only the day, a number or the names change. Their vectors and headlines are as near as those
of two reports on one event; what tells them apart stands in the headline. Of the links of two
archives of 38,000 articles this takes 1,600 of 63,000.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

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
