"""Persons, places and names that sources give for one office, venue or thing asked.

Names are compared by their words: who shares one with the other, is its acronym, spelt nearly
alike or known by another name, is no other. Places are compared only where they are of one kind:
a hall does not contradict the city it stands in.
"""

import re
from collections.abc import Callable, Sequence
from itertools import product

from rapidfuzz import fuzz

from warta.assistant.composing.emphasis import answering_words
from warta.assistant.composing.reports import CLOCK, RECURS, UNDONE, Report, Telling, cover
from warta.assistant.composing.shapes import broken, hedged
from warta.corpus.language.aliases import other_names
from warta.corpus.language.marks import answering, marks, stem_list
from warta.corpus.language.offices import TITLE, may_be_a_person
from warta.corpus.language.words import fold, words
from warta.index.reader.features import Asked, Candidate

_COVERED = 0.75  # share of the question's words, by rarity, that the sentence must hold
_SPELT = 75.0  # likeness of 100 from which two words are spellings of one
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SEVERAL = re.compile(
    r"\b(?:siapa-siapa|saja|para|mereka|pendiri|pemilik|komisaris|jubir|duta|kandidat|and|dan|"
    r"founders?|owners?|all)\b",
    re.IGNORECASE,
)
# "Mantan pelatih" is another than the coach; the question must say so, too.
_OTHER_OFFICE = re.compile(
    r"\b(?:wakil|mantan|eks|bekas|calon|plt|pjs?|plh|pelaksana|penjabat|asisten|deputi|sementara|"
    r"muda|umum|harian|kehormatan|interim|kiper|fisik|vice|former|ex|acting|assistant|deputy|"
    r"caretaker|u-?\d\d|putri|wanita|women|pertama|kedua|ke-\d+|saat itu|ketika itu|kala itu|"
    r"sebelumnya|pernah|terpilih|bila|jika|kalau|apabila|candidate|then|previous|elected)\b",
    re.IGNORECASE,
)
_HONORIFICS = frozenset(
    "dr prof ir drs dra h hj kh raden rr jenderal letjen mayjen brigjen kolonel letkol mayor "
    "kapten komjen irjen kombes kompol akbp akp iptu ipda laksamana marsekal tni polri bapak "
    "ibu pak bu tuan nyonya sh mh mm si st msi spd mr mrs ms sir general".split()
)
_NICKNAMES = frozenset("cak gus kang bang bung mbak mas neng teh ustaz habib tuan coach".split())
_LINKS = frozenset(
    "yang baru adalah yaitu yakni ialah dijabat oleh bernama saat ini kini the of is named by "
    "selaku sebagai merupakan menjadi menjabat ditunjuk resmi as new".split()
)
_TAKES_OVER = re.compile(
    r"\b(?:menggantikan|mengganti|pengganti|digantikan|diganti|suksesor|replac\w+|succe\w+)\b",
    re.IGNORECASE,
)
_RELOCATED = re.compile(
    r"\b(?:dipindah\w*|pindah|dialihkan|relokasi|relocated|moved)\b", re.IGNORECASE
)
_KINDS = re.compile(
    r"(stadion|hotel|gedung|museum|gelora|masjid|gereja|bandara|pelabuhan|lapangan|kampus|"
    r"universitas|rumah sakit|rsud|provinsi|kabupaten|kota|kecamatan|desa|kelurahan) ?$",
    re.IGNORECASE,
)
_CITIES = frozenset(
    "jakarta bandung surabaya semarang yogyakarta medan palembang pekanbaru padang denpasar "
    "makassar manado jayapura ambon pontianak samarinda balikpapan banjarmasin kupang "
    "mataram malang surakarta".split()
)
_NAMED = re.compile(r"\b(?:bernama|dinamai|diberi nama|dinamakan|named|called) $", re.IGNORECASE)
_ASKS_NAME = re.compile(r"\b(?:nama|namanya|bernama|name|called)\b", re.IGNORECASE)


def names(asked: Asked, quoted: Sequence[Candidate], named: frozenset[str]) -> list[Telling]:
    """Return the one name each sentence gives for what is asked; none where two could be meant."""
    if not named or _SEVERAL.search(asked.text):
        return []
    out = []
    for sentence in quoted:
        span = _SPANS[asked.form](asked, sentence.text) if _tells(asked, sentence, named) else None
        if span is None:
            continue
        shown = sentence.text[span[0] : span[1]]
        hours = frozenset(CLOCK.findall(sentence.hit.passage.text))
        out.append(Telling(Report(sentence, hours), shown, _words(shown)))
    return out


def _tells(asked: Asked, sentence: Candidate, named: frozenset[str]) -> bool:
    """Tell a sentence that says all that is asked, firmly, and of its own days."""
    text, published = sentence.text, sentence.hit.article.published
    own = frozenset(stem_list(text))
    return (
        published is not None
        and cover(asked, own) >= _COVERED
        and own >= named
        and not set(_YEAR.findall(text)) - {str(published.year)}
        and not UNDONE.search(text)
        and not hedged(text)
        and not broken(text)
        and not marks(text).question
    )


def _person(asked: Asked, text: str) -> tuple[int, int] | None:
    """Return who holds the office asked for: the only person named, beside its title."""
    title = TITLE.search(asked.text)
    span = answering_words(asked, text)
    if title is None or span is None or _modifiers(text) != _modifiers(asked.text):
        return None
    span = _bare(asked, text, *span)
    others = [_bare(asked, text, *other) for other in answering("person", marks(text), asked.known)]
    initial = {name.start for name in marks(text).names if name.initial and " " not in name.text}
    people = {o for o in others if o and o[0] not in initial and may_be_a_person(text[slice(*o)])}
    if span is None or people - {span} or not 2 <= len(text[slice(*span)].split()) <= 5:
        return None
    return span if any(_beside(asked, text, span, t.span()) for t in TITLE.finditer(text)) else None


def _modifiers(text: str) -> set[str]:
    return {fold(word) for word in _OTHER_OFFICE.findall(text)}


def _bare(asked: Asked, text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return a name without the office, the body and the titles before it."""
    for word in _WORD.finditer(text, start, end):
        folded = fold(word[0])
        if not (folded in asked.known or folded in _HONORIFICS or TITLE.fullmatch(word[0])):
            return word.start(), end
    return None


def _beside(asked: Asked, text: str, name: tuple[int, int], title: tuple[int, int]) -> bool:
    """Tell a title of just the body asked for that stands next to a name."""
    if title[1] <= name[0]:
        between = text[title[1] : name[0]]
        own = asked.known | _LINKS | _HONORIFICS
    elif name[1] <= title[0]:
        after = re.match(r"(?: [A-Z][\w.&-]*)*", text[title[1] :])
        if after and any(fold(w) not in asked.known for w in _WORD.findall(after[0])):
            return False
        between, own = text[name[1] : title[0]], _LINKS
    else:
        return False
    return all(fold(word) in own for word in _WORD.findall(between)) and "." not in between


def _place(asked: Asked, text: str) -> tuple[int, int] | None:
    """Return a place with the kind it is of: "Stadion Tirtamaya", or a large city."""
    span = answering_words(asked, text)
    if span is None or RECURS.search(f"{asked.text} {text}"):
        return None
    kind = _KINDS.search(text[: span[0]])
    span = (kind.start(1) if kind else span[0], span[1])
    many = [
        s for s in answering("place", marks(text), asked.known) if not span[0] <= s[0] < span[1]
    ]
    return span if _kind(text[slice(*span)]) and not many else None


def _kind(place: str) -> str:
    """Return what a place is, "" where that cannot be told."""
    first = fold(place.split(",")[0]).split()
    if first[0] in _CITIES and len(first) == 1:
        return "kota"
    found = _KINDS.fullmatch(" ".join(first[:2])) or _KINDS.fullmatch(first[0])
    return fold(found[1]) if found and len(first) > 1 else ""


def _named(asked: Asked, text: str) -> tuple[int, int] | None:
    span = answering_words(asked, text) if _ASKS_NAME.search(asked.text) else None
    return span if span and _NAMED.search(text[: span[0]]) else None


_SPANS: dict[str, Callable[[Asked, str], tuple[int, int] | None]] = {
    "person": _person,
    "place": _place,
    "name": _named,
}
NAME_FORMS = frozenset(_SPANS)


def _words(name: str) -> tuple[str, ...]:
    folded = (fold(word) for word in _WORD.findall(name))
    return tuple(word for word in folded if word not in _HONORIFICS)


def persons_differ(one: Telling, other: Telling) -> bool:
    """Tell two names that cannot be one person's, or one thing's."""
    if _NICKNAMES & {*one.value, *other.value}:
        return False
    return not any(
        _alike(left, right) for left, right in product(_forms(one.shown), _forms(other.shown))
    )


def places_differ(one: Telling, other: Telling) -> bool:
    """Tell two places of one kind that have no word in common but it."""
    kinds = {_kind(one.shown), _kind(other.shown)}
    if len(kinds) > 1:
        return False
    left, right = (
        [w for w in _words(t.shown.split(",")[0]) if w not in kinds] for t in (one, other)
    )
    return not _alike(tuple(left), tuple(right))


def _forms(name: str) -> list[tuple[str, ...]]:
    """Return a name's words, and those of its other names."""
    others = [other for _, found in other_names(name, words(name)) for other in found]
    return [_words(form) for form in (name, *others)]


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell names of one bearer: a word shared or within another, an acronym, another spelling."""
    if not one or not other or _acronym(one, other) or _acronym(other, one):
        return True
    return any(
        a == b or (min(len(a), len(b)) > 3 and (a in b or b in a)) or fuzz.ratio(a, b) >= _SPELT
        for a, b in product(one, other)
    )


def _acronym(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    return len(long) > 1 and "".join(word[0] for word in long) == "".join(short)


def taken_over(older: Telling, newer: Telling) -> bool:
    """Tell a successor: the newer sentence says so and names whom it follows."""
    text = newer.report.sentence.text
    passage = set(_words(newer.report.sentence.hit.passage.text))
    later = str(older.report.article.published) < str(newer.report.article.published)
    return later and bool(_TAKES_OVER.search(text)) and passage >= set(older.value)


def relocated(older: Telling, newer: Telling) -> bool:
    """Tell what the newer sentence says was moved to another place."""
    later = str(older.report.article.published) < str(newer.report.article.published)
    return later and _RELOCATED.search(newer.report.sentence.text) is not None
