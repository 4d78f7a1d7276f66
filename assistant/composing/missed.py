"""What of a question a sentence leaves out, its asking words aside and spellings allowed for.

"Homeostasis" carries a question for "homeostatis", and "definisi" need not stand in a definition.
But "terkecil" is not carried by a sentence on the largest, and what is so is not what is not so.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from warta.corpus.language.marks import stem, stem_list
from warta.corpus.language.words import fold
from warta.index.query.lexicon import Alternatives
from warta.index.reader.features import Asked, Candidate

FEATURES = (
    # weights of the question's content that the sentence (with its headline), its passage hold
    "content_cover", "content_cover_passage", "content_rarest", "content_rarest_passage",
    "content_missing", "content_missing_passage", "spelt_otherwise", "content_terms",
    # what tells like things apart
    "qualifiers", "qualifiers_missing", "qualifiers_missing_passage",
    "negated_question", "negated_sentence", "negation_differs",
    "capitals_missing", "capitals_missing_passage", "digits_missing", "digits_missing_passage",
)  # fmt: skip
# The more of these, the less the sentence answers; the first two speak for it.
SPEAK_FOR = frozenset(("content_cover", "content_cover_passage"))
SPEAK_AGAINST = frozenset(
    name for name in FEATURES if "missing" in name or name.startswith("content_rarest")
)
_ASKING = (
    "definisi pengertian arti maksud istilah nama namanya jumlah jumlahnya tanggal sebutan disebut "
    "alasan penyebab sebab letak terletak letaknya bernama dinamakan dimaksud orang name"
)
# Words that one thing of a kind has and another has not; a sentence may use any of a group.
_QUALIFIERS = """pertama perdana awal mula mulanya semula first sulung;kedua second;ketiga third;
keempat;kelima;terakhir akhir penghabisan last final bungsu;terbaru baru terkini latest newest;
sebelum sebelumnya before;sesudah setelah usai selepas pasca after;terbesar largest biggest;
terkecil smallest;terluas;tersempit;tertinggi highest tallest;terendah lowest;terpanjang longest;
terpendek;tertua oldest;termuda youngest;terbanyak most;tersedikit;termahal;termurah;tercepat;
terbaik best;terburuk worst;terpopuler;terkenal;utama main;satu-satunya only;minimal minimum;
maksimal maksimum;utara;selatan;timur;barat;atas;bawah;kanan;kiri;muda;tua;laki-laki pria putra;
perempuan wanita putri;ayah bapak;ibu;suami;istri isteri;anak putra putri;lahir kelahiran;
meninggal wafat tewas mati kematian;naik;turun;menang kemenangan;kalah kekalahan;masuk;keluar;
buka dibuka membuka;tutup ditutup menutup;mulai dimulai bermula;berakhir selesai usai"""
_NEGATION = re.compile(r"(?:tidak|tak|bukan|belum|tanpa)(?:lah)?|not|never|no")
_TOKEN = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_BEFORE, _AFTER = 2, 3  # words around a negation that it may be about
_ALIKE = 0.82  # similarity of two spellings of one word; one letter of five is too much
_SHORTEST = 5  # letters of a word whose spelling may differ
_LONGER = 3


def _grouped() -> Mapping[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, listed in enumerate(_QUALIFIERS.split(";")):
        for word in listed.split():
            groups.setdefault(word, set()).add(number)
            if word.startswith("ter") and len(word) > _SHORTEST:
                groups.setdefault(f"paling {word.removeprefix('ter')}", set()).add(number)
    return {word: frozenset(found) for word, found in groups.items()}


_GROUPS = _grouped()
_QUALIFYING = re.compile(
    rf"(?<![\w-])(?:{'|'.join(sorted(map(re.escape, _GROUPS), key=len, reverse=True))})(?![\w-])"
)
_ASKING_STEMS = frozenset(stem(word) for word in _ASKING.split())


@dataclass(frozen=True, slots=True)
class _Content:
    """What of a question has to be carried: `groups` are its terms, asking words aside."""

    groups: tuple[Alternatives, ...]
    qualifiers: frozenset[int]
    negated: bool
    capitals: tuple[str, ...]
    digits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    stems: frozenset[str]
    words: frozenset[str]
    qualifiers: frozenset[int]


def _content(asked: Asked) -> _Content:
    groups = tuple(group for group in asked.wanted if group[0][0] not in _ASKING_STEMS)
    tokens = _TOKEN.findall(asked.text)
    return _Content(
        groups=groups or asked.wanted,
        qualifiers=_qualifiers(asked.text),
        negated=any(_NEGATION.fullmatch(token.lower()) for token in tokens),
        capitals=tuple(fold(token) for token in tokens[1:] if token[0].isupper()),
        digits=tuple(re.findall(r"\d+", asked.text)),
    )


def row(asked: Asked, candidate: Candidate) -> list[float]:
    """Return one value for each of `FEATURES`: of a sentence, its passage and headline."""
    content, title = _content(asked), candidate.hit.article.title
    heading, own, around = map(_read, (title, candidate.text, candidate.hit.passage.text))
    near, far = own.stems | heading.stems, around.stems | heading.stems
    weights = [group[0][1] for group in content.groups]
    held = [_held(group, near) for group in content.groups]
    held_around = [_held(group, far) for group in content.groups]
    exact = [any(term in far for term, _ in group) for group in content.groups]
    negated = _negates(content, candidate.text)
    return [
        _share(weights, held), _share(weights, held_around),
        _rarest(weights, held), _rarest(weights, held_around),
        held.count(False), held_around.count(False),
        _share(weights, [a and not b for a, b in zip(held_around, exact, strict=True)]),
        len(weights),
        len(content.qualifiers),
        _ratio(len(content.qualifiers - own.qualifiers), len(content.qualifiers)),
        _ratio(
            len(content.qualifiers - around.qualifiers - heading.qualifiers),
            len(content.qualifiers),
        ),
        content.negated, negated, content.negated != negated,
        _words_missing(content.capitals, own.words | heading.words),
        _words_missing(content.capitals, around.words | heading.words),
        sum(digits not in candidate.text for digits in content.digits),
        sum(digits not in candidate.hit.passage.text + title for digits in content.digits),
    ]  # fmt: skip


@lru_cache(maxsize=4096)
def _read(text: str) -> _Text:
    words = frozenset(fold(word) for word in _TOKEN.findall(text))
    return _Text(frozenset(stem_list(text)), words, _qualifiers(text))


def _qualifiers(text: str) -> frozenset[int]:
    found = (_GROUPS[match[0]] for match in _QUALIFYING.finditer(text.lower()))
    return frozenset().union(*found)


def _held(group: Alternatives, stems: Set[str]) -> bool:
    return any(term in stems for term, _ in group) or _stands(group[0][0], stems)


@lru_cache(maxsize=65536)
def _alike(one: str, other: str) -> bool:
    """Tell two spellings of what may be one word: "stalakmit", "stalagmit"."""
    if min(len(one), len(other)) < _SHORTEST or abs(len(one) - len(other)) > _LONGER:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


def _negates(content: _Content, sentence: str) -> bool:
    """Tell whether a negation stands by a word of the question."""
    words = _TOKEN.findall(sentence.lower())
    terms = {term for group in content.groups for term, _ in group}
    return any(
        _NEGATION.fullmatch(word)
        and any(stem(near) in terms for near in words[max(0, at - _BEFORE) : at + _AFTER + 1])
        for at, word in enumerate(words)
    )


def _words_missing(wanted: Sequence[str], words: Set[str]) -> float:
    return _ratio(sum(not _stands(word, words) for word in wanted), len(wanted))


def _stands(word: str, words: Set[str]) -> bool:
    return word in words or any(word[:1] == other[:1] and _alike(word, other) for other in words)


def _share(weights: Sequence[float], held: Sequence[bool]) -> float:
    return _ratio(sum(w for w, h in zip(weights, held, strict=True) if h), sum(weights))


def _rarest(weights: Sequence[float], held: Sequence[bool]) -> float:
    return max((w for w, h in zip(weights, held, strict=True) if not h), default=0.0)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
