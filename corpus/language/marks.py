"""What a sentence holds, found once and remembered: stems, names, numbers, dates, cues."""

import re
from dataclasses import dataclass
from functools import lru_cache

from warta.corpus.language.names import Name, names
from warta.corpus.language.numbers import UNITS, Fact, facts
from warta.corpus.language.words import fold, terms, words

_WORD = re.compile(r"[^\W_]+")
_TIME_UNITS = frozenset(("tahun", "bulan", "minggu", "hari", "jam", "menit", "detik"))
MONEY_UNITS = frozenset(("rupiah", "dolar", "euro", "yuan", "ringgit", "yen", "pound"))
_CUES = {
    "reason": r"karena|lantaran|sebab|akibat|disebabkan|demi|gara-gara|alasan|dipicu|untuk|agar|"
    r"supaya|sehingga|because|due to|so that",
    "method": r"dengan cara|dengan|melalui|lewat|caranya|by|through",
    "definition": r"adalah|merupakan|ialah|yaitu|yakni|disebut|berarti|is an?|are|means",
    "place": r"terletak|berada|bertempat|berlokasi|bermarkas|berpusat|berasal|lahir|located|based",
    "person": r"bernama|dipimpin|oleh|diketuai|presiden|ketua|direktur|menteri|gubernur|kepala|"
    r"pendiri|kata|ujar|ucap|tutur",
    "date": r"tanggal|tahun|sejak|pada|hingga|senin|selasa|rabu|kamis|jumat|sabtu|minggu|abad",
    "count": r"sebanyak|sebesar|mencapai|sekitar|seluas|setinggi|jumlah|total|lebih dari|hampir",
    "money": r"seharga|senilai|sebesar|harga|biaya|tarif",
    "duration": r"selama|berlaku|durasi|masa",
    "percent": r"sebesar|persen|persentase",
    "name": r"bernama|disebut|yaitu|yakni|adalah|dinamakan|berjudul|dikenal",
    "other": r"(?!)",
}
CUES = {form: re.compile(rf"\b(?:{cue})\b") for form, cue in _CUES.items()}
_PLACE_BEFORE = re.compile(
    r"(?:\b(?:di|ke|dari|kota|kabupaten|provinsi|desa|negara|pulau|in|at|from)|\bjl\.?|[,(]) ?$"
)
_DANGLING = re.compile(
    r"[\"“'‘(]*(?:ia|dia|mereka|beliau|itu|ini|tersebut|hal (?:ini|itu)|namun|tetapi|tapi|"
    r"sedangkan|sementara|selain itu|kemudian|lalu|he|she|they|it|this|that|but)\b"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything the features ask of one sentence; positions are characters into it.

    `stems` has a stem and its position for every word that is not a stopword.
    """

    text: str
    folded: str
    words: int
    stems: tuple[tuple[str, int], ...]
    names: tuple[Name, ...]
    facts: tuple[Fact, ...]
    dangling: bool
    question: bool
    quoted: bool


def stem(word: str) -> str:
    """Return the index's term of one word, "" for a stopword."""
    found = terms(word)
    return found[0] if found else ""


@lru_cache(maxsize=4096)
def stem_list(text: str) -> tuple[str, ...]:
    """Return the terms of a passage or headline in order."""
    return tuple(terms(text))


@lru_cache(maxsize=4096)  # of a hundred answers, 2 KB each
def marks(sentence: str) -> Marks:
    """Return what `sentence` holds."""
    found = words(sentence)
    lowered = sentence.lower()
    return Marks(
        text=sentence,
        folded=lowered,
        words=len(found),
        stems=tuple((term, word.start) for word in found for term in word.terms),
        names=names(sentence),
        facts=facts(sentence),
        dangling=_DANGLING.match(lowered) is not None,
        question=sentence.rstrip("\"”'’ ").endswith("?"),
        quoted=sentence.lstrip()[:1] in '"“‘',
    )


def answering(form: str, sentence: Marks, known: frozenset[str]) -> list[tuple[int, int]]:
    """Return the spans of `sentence` that have the form of the answer and are not `known`.

    `known`: folded words of the question and values of its numbers and dates.
    """
    if form in ("percent", "money", "duration", "count", "date"):
        return [
            (fact.start, fact.end)
            for fact in sentence.facts
            if fact.value not in known and _fits(form, fact)
        ]
    new = [(n.start, n.end) for n in sentence.names if not _known(n.text, known)]
    if form == "place":
        return [(a, b) for a, b in new if _PLACE_BEFORE.search(sentence.text[:a].lower())]
    if form in ("person", "name"):
        return new
    return [match.span() for match in CUES[form].finditer(sentence.folded)]


def _fits(form: str, fact: Fact) -> bool:
    year = fact.kind == "number" and not fact.unit and _is_year(fact.value)
    if form == "date":
        return fact.kind == "date" or year
    if fact.kind != "number":
        return False
    if form == "percent":
        return fact.unit == "persen"
    if form == "money":
        return fact.unit in MONEY_UNITS
    if form == "duration":
        return fact.unit in _TIME_UNITS
    return not year


def _is_year(value: str) -> bool:
    return len(value) == 4 and value.isdigit() and 1000 <= int(value) <= 2100


def _known(name: str, known: frozenset[str]) -> bool:
    return all(word in known for word in _WORD.findall(fold(name)))


def known_words(question: str) -> frozenset[str]:
    """Return the folded words, numbers and dates of a question: they cannot be its answer."""
    folded = fold(question)
    words = {UNITS.get(word, word) for word in _WORD.findall(folded)}
    return frozenset(words | set(_WORD.findall(folded)) | {f.value for f in facts(question)})
