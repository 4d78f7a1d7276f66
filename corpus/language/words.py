"""Text to search terms: folded, split, stopped and stemmed, the same way on both sides.

A word becomes the Snowball stem of its folded form. What holds a digit or a joiner is kept whole
and in its parts, so that "4-0", "17/2019", "21,05", "e-KTP" and "anak-anak" are found however
they are asked for.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import chain

import Stemmer

from warta.corpus.language.function_words import (
    ENGLISH,
    INDONESIAN,
    NORMAL_FORMS,
    QUESTION_WORDS,
    UNSTEMMED,
)

# Indonesian or English, told by the small words that hold either language together.

_INDONESIAN = frozenset(
    """yang dan di dengan untuk dari pada ini itu dalam tidak adalah akan oleh ke juga karena sudah
    telah atau sebagai para kepada bahwa saat lebih bisa ada mereka kami kita dia ia saya anda
    tersebut menjadi dapat seperti hingga antara namun setelah secara sementara tak belum masih
    bagi serta agar apa siapa mana berapa kapan mengapa bagaimana apakah""".split()
)
_ENGLISH = frozenset(
    """the and of to in is are was were for that with on by from at as it its be been has have had
    this these those not but or an their they he she his her we our you your who which what when
    where how why will would can could after before about into than then there said does
    did""".split()
)
_LETTERS = re.compile(r"[^\W\d_]+")
_FEWEST = 2
_READ = 4000


def language_of(text: str) -> str:
    """Return "id", "en", or "" where too few small words stand in the opening to tell."""
    indonesian = english = 0
    for word in _LETTERS.findall(text[:_READ].lower()):
        indonesian += word in _INDONESIAN
        english += word in _ENGLISH
    if max(indonesian, english) < _FEWEST or indonesian == english:
        return ""
    return "id" if indonesian > english else "en"


ANALYSIS_VERSION = "1"

# A run of letters and digits with single joiners inside: "Rp1,5", "PDI-P", "17/2019", "Jum'at".
_WORD = re.compile(r"[^\W_]+(?:[.,:/'’‘&–-][^\W_]+)*")
_PIECE = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+")
_LONGEST = 64  # characters of a term; what is longer is no word
_CACHE = 400_000  # words; news has some 150,000 different ones

_ENGLISH_SIGNS = ENGLISH | frozenset(
    "who whom whose what when where which why how many much tell".split()
)
_INDONESIAN_SIGNS = INDONESIAN | frozenset(
    "apa siapa kapan mana dimana mengapa kenapa bagaimana berapa tidak bukan belum".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: `text[start:end]` as it stands there and the terms it is found by.

    `terms` is empty for a stopword. `folded` is in lower case, without accents, a short spelling
    ("yg") by its full word. `acronym`: all in capitals among words that are not.
    """

    start: int
    end: int
    folded: str
    terms: tuple[str, ...]
    acronym: bool


def fold(text: str) -> str:
    """Return `text` compatibility-composed, in lower case and without accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return unicodedata.normalize("NFKC", kept).replace("’", "'").replace("‘", "'")


def terms(text: str) -> list[str]:
    """Return the terms of a passage or headline in the order of its words, without stopwords."""
    found = _WORD.findall(_lowered(unicodedata.normalize("NFC", text)))
    return list(chain.from_iterable(map(_TERMS.__getitem__, found)))


def query_terms(text: str) -> list[str]:
    """Return the distinct terms a question is searched by, in order.

    Question words are left out unless nothing else is left.
    """
    kept: list[str] = []
    asked: list[str] = []
    for word in words(unicodedata.normalize("NFC", text)):
        asks = word.folded in QUESTION_WORDS and not word.acronym
        (asked if asks else kept).extend(word.terms)
    return list(dict.fromkeys(kept or asked or stems(text)))


def stems(text: str) -> list[str]:
    """Return the terms of all words, stopwords too."""
    return [term for word in _WORD.findall(text) for term in _split(_normal(word), keep_all=True)]


def words(text: str) -> list[Word]:
    """Return the words of `text` with their offsets, stopwords too."""
    lowered = _lowered(text)
    return [
        Word(match.start(), match.end(), _normal(match[0]), _TERMS[match[0]], _is_acronym(match[0]))
        for match in _WORD.finditer(lowered)
    ]


def is_english(text: str) -> bool:
    """Tell whether a question is in English, by its function words; False where none tell."""
    found = [_normal(word) for word in _WORD.findall(text)]
    english = sum(word in _ENGLISH_SIGNS for word in found)
    indonesian = sum(word in _INDONESIAN_SIGNS for word in found)
    return english > indonesian


def _lowered(text: str) -> str:
    # In a text all in capitals they tell nothing, and "WHO" is no acronym there. A lower case of
    # another length (the Turkish dotted I) would shift the offsets.
    lowered = text.lower() if text.isupper() else text
    return lowered if len(lowered) == len(text) else text


def _is_acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _normal(word: str) -> str:
    """Return a word folded, a short spelling ("yg") by its full word."""
    folded = fold(word)
    return NORMAL_FORMS.get(folded, folded)


def _split(word: str, *, keep_all: bool) -> tuple[str, ...]:
    """Return the terms of one folded word; `keep_all` keeps stopwords."""
    if word.isalpha():
        return (_stem(word),) if keep_all or word not in _STOPPED else ()
    pieces = [_number(piece) for piece in _PIECE.findall(word)]
    if len(pieces) == 1:
        kept = keep_all or pieces[0] not in _STOPPED
        return (_stem(pieces[0]),) if kept else ()
    parts = [_stem(piece) for piece in pieces if len(piece) > 1 or piece.isdigit()]
    if not keep_all:
        parts = [part for part in parts if part not in _STOPPED]
    return tuple(dict.fromkeys([*_whole(word, pieces), *parts]))


def _whole(word: str, pieces: list[str]) -> list[str]:
    """Return how a word of several pieces is found as one, where that tells more than they do."""
    if all(piece[0].isdigit() for piece in pieces):
        return [re.sub(r"[^\w.]+", "-" if "-" in word or "–" in word else "/", word)[:_LONGEST]]
    short = any(len(piece) == 1 for piece in pieces)
    mixed = any(piece[0].isdigit() for piece in pieces) and not word.startswith("rp")
    if short or mixed or "'" in word or "&" in word:
        return ["".join(pieces)[:_LONGEST]]
    return []


def _number(piece: str) -> str:
    """Return a number without thousands marks and with a point for the decimal comma."""
    if _THOUSANDS.fullmatch(piece):
        return piece.replace(".", "").replace(",", "")
    return piece.replace(",", ".")


def _stem(word: str) -> str:
    if word in UNSTEMMED:
        return word
    return str(_STEMMER.stemWord(word[:_LONGEST])) or word[:_LONGEST]


class _Terms(dict[str, tuple[str, ...]]):
    """Word as written -> its terms: stemming happens once per different word."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= _CACHE:
            self.clear()
        # "WHO", "IT" and "PER" in capitals are names, not the words they look like.
        found = _split(_normal(word), keep_all=_is_acronym(word))
        if len(word) <= _LONGEST:  # 400,000 longer ones would be gigabytes
            self[word] = found
        return found


_STOPPED = INDONESIAN | ENGLISH
_STEMMER = Stemmer.Stemmer("indonesian")
_TERMS = _Terms()
