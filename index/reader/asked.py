"""What a question asks with, and what its answer is: read once, for the reader and all others.

The asking words are a closed part of the language and listed. What the answer is (`Head`) and
whether several things are asked for are two linear models over the words around them, learned on
questions that people labelled (`index/training/models/heads.py`, its figures there).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, cast

from warta.corpus.language.words import fold
from warta.index.weights import Linear, read_json

HEADS = Path(__file__).with_name("heads.json")

Head = Literal[
    "person", "office", "place", "day", "duration", "age", "price", "share", "rank", "score",
    "count", "measure", "reason", "way", "purpose", "statement", "decision", "meaning", "name",
    "thing",
]  # fmt: skip
"""What the answer is.

person: who. office: a post or profession. place; day: a point in time, of the clock, too;
duration; age; price: a sum of money; share: per cent; rank; score; count: how many; measure: any
other figure. reason: why. way: how. purpose: what for. statement: what somebody said. decision:
yes or no. meaning: what something is or stands for. name: what something is called that is no
person or place. thing: whatever else.
"""

# The form by which sentences are looked through for an answer (`marks.answering`), of each head.
# In the order of FORMS the learned weights count.
FORMS = (
    "percent", "money", "duration", "date", "count", "place", "person", "reason", "method",
    "definition", "name", "other",
)  # fmt: skip
_FORM_OF = {
    "share": "percent", "price": "money", "duration": "duration", "day": "date", "age": "count",
    "rank": "count", "score": "count", "count": "count", "measure": "count", "place": "place",
    "person": "person", "reason": "reason", "way": "method", "meaning": "definition",
}  # fmt: skip
_USUAL = {
    "brp": "berapa", "brapa": "berapa", "seberapa": "berapa", "pira": "berapa", "piro": "berapa",
    "syp": "siapa", "sapa": "siapa", "sopo": "siapa", "siape": "siapa",
    "who": "siapa", "whom": "siapa", "whose": "siapa",
    "kpn": "kapan", "bilamana": "kapan", "when": "kapan", "dmn": "mana", "dmna": "mana",
    "dimana": "mana", "kemana": "mana", "darimana": "mana", "where": "mana", "which": "mana",
    "ndi": "mana", "knp": "mengapa", "knapa": "mengapa", "napa": "mengapa", "kenapa": "mengapa",
    "kok": "mengapa", "why": "mengapa", "gimana": "bagaimana", "gmn": "bagaimana",
    "gmna": "bagaimana", "bgmn": "bagaimana", "piye": "bagaimana", "how": "bagaimana",
    "apaan": "apa", "opo": "apa", "ngapain": "apa", "what": "apa", "benarkah": "apakah",
    "betulkah": "apakah",
}  # fmt: skip
_ASKING = re.compile(
    r"\b(?:(?:apa|siapa|kapan|mana|berapa|mengapa|bagaimana)(?:kah)?|" + "|".join(_USUAL) + r")\b"
)
_NEGATED = re.compile(
    r"\b(?:tidak|tak|bukan|belum|tanpa|selain|kecuali|batal|gagal|not|without|except|never|gak|ga|"
    r"nggak|ngga|blm|n't|no longer)\b(?!(?: sih| ya)?\W*$)"
)
_NO_NOUN = frozenset(
    "yang yg itu ini saja aja di dari dan adalah sih ya is are was were the a an of to did "
    "does do ke pada untuk soal sama kah dengan oleh itu".split()
)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question asks with and for.

    `word`: the asking word in its usual form, `typed` as it stands there, folded and without
    "-kah"; `noun`: what it goes with; "" for none. `listed`: several things are asked for.
    """

    word: str
    typed: str
    noun: str
    head: Head
    listed: bool
    negated: bool

    @property
    def form(self) -> str:
        """One of `FORMS`."""
        return _FORM_OF.get(
            self.head, "name" if self.word in ("apa", "apakah", "mana") else "other"
        )


@lru_cache(maxsize=512)
def asking_of(question: str) -> Asking:
    """Return what `question` asks for; a thing where nothing says what."""
    folded = " ".join(fold(question).split())
    match = _ASKING.search(folded)
    typed = match[0].removesuffix("kah") if match else ""
    features = head_features(folded)
    return Asking(
        word=_usual(match[0]) if match else "",
        typed=typed,
        noun=_noun(folded, match),
        head=cast("Head", _shipped("head").best(features)),
        listed=_shipped("listed").best(features) == "1",
        negated=_NEGATED.search(folded) is not None,
    )


def _usual(word: str) -> str:
    """Return an asking word in its usual form, any other as it is."""
    if not _ASKING.fullmatch(word):
        return word
    bare = word.removesuffix("kah")
    return _USUAL.get(word, _USUAL.get(bare, bare if word != "apakah" else word))


def _noun(folded: str, match: "re.Match[str] | None") -> str:
    """Return the noun beside the asking word: after it for "berapa", before it for "apa"."""
    if match is None:
        return ""
    before = re.findall(r"[^\W_]+", folded[: match.start()])
    after = [w for w in re.findall(r"[^\W_]+", folded[match.end() :]) if w not in _NO_NOUN]
    first = re.match(r"(?:\W*(?:saja|aja|sih|ya)\b)*\W*(\w+)", folded[match.end() :])
    follows = first is not None and first[1] not in _NO_NOUN
    ahead = before[-1] if before and before[-1] not in _NO_NOUN else ""
    if match[0].startswith(("berapa", "brp", "what", "which", "how", "siapa", "seberapa")):
        return after[0] if follows and after else ahead.removesuffix("nya")
    if match[0].startswith(("apa", "mana")) and ahead:
        return ahead.removesuffix("nya")
    return after[0] if follows and after else ahead


def head_features(folded: str) -> list[str]:
    """Return the names of the features of a folded question: its words, those beside what asks."""
    found = re.findall(r"[^\W_]+|[?%]", folded)
    words = ["0" if word.isdigit() else _usual(word) for word in found if word[0].isalnum()]
    out = [f"w={word}" for word in set(words)]
    out += [f"s={word[:_STEM]}" for word in set(words) if len(word) > _STEM]
    out += [f"b={a} {b}" for a, b in pairwise(words)]
    out += [f"c={a} {b} {c}" for (a, b), (_, c) in pairwise(pairwise(words))]
    for at, word in enumerate(words[:2]):
        out += [f"f{at}={word}", f"f={word[-3:]}"]
    out += [f"l{at}={word}" for at, word in enumerate(words[::-1][:2])]
    out += [f"n={min(len(words), 8)}", f"?={'?' in found:d}", f"%={'%' in found:d}"]
    return out + _beside(words)


_STEM = 5  # characters


def _beside(words: Sequence[str]) -> list[str]:
    """Return what stands beside the first two words that ask."""
    places = [at for at, word in enumerate(words) if _ASKING.fullmatch(word)]
    out = [f"asks={min(len(places), 2)}"]
    padded = ["^", "^", *words, "$", "$"]
    for nth, at in enumerate(places[:2]):
        asks = words[at]
        two, one, _, after, later = padded[at : at + 5]
        out += [
            f"q={asks}", f"q{nth}={asks}", f"-1={one}", f"+1={after}", f"-1q={one} {asks}",
            f"q+1={asks} {after}", f"q+2={asks} {after} {later}", f"-2q={two} {one} {asks}",
            f"q+s={asks} {after[:4]}", f"-sq={one[:4]} {asks}", f"qat={asks}{min(at, 3)}",
            f"left={asks}{min(len(words) - 1 - at, 3)}",
        ]  # fmt: skip
    return out


@cache
def _shipped(name: str) -> Linear:
    return Linear.from_dict(read_json(HEADS)[name])
