"""Which words of a message ask: apart from greeting, label, background, wish and signature.

A linear model labels every word and mark (asks, begins to ask, asks nothing) from the words
around it, its clause and the other clauses; the best path through the labels is taken (Viterbi).
Learned on messages made of the training questions (`training/`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from warta.assistant.question.linear import Linear, shipped

TOKEN = re.compile(r"[^\W_]+(?:[.,:/'’‘&–-][^\W_]+)*|\n|[^\w\s]|_+")
LABELS = ("B", "D", "I")
_ENDS = frozenset(".?!;:,\n—–()|[]<>•*")
_ASKING = frozenset(
    "apa apakah apaan siapa siapakah sapa syp kapan kapankah kpn mana manakah dimana kemana "
    "darimana dmn mengapa kenapa knp knapa napa ngapain bagaimana bagaimanakah gimana gmn bgmn "
    "piye berapa berapakah brp brapa seberapa pira piro adakah benarkah betulkah sudahkah akankah "
    "bisakah haruskah emang emangnya kok gak ga nggak ngga tidak belum blm who whom whose what "
    "when where which why how is are was were did does do has have can could will would should "
    "sebutkan jelaskan rangkum ringkas bandingkan daftar cari carikan kronologi linimasa profil "
    "list find summarize summarise compare explain".split()
)
_WORDS_ASKING = frozenset(
    "apa apakah siapa siapakah kapan mana dimana mengapa kenapa bagaimana gimana gmn berapa brp "
    "apaan ngapain who what when where which why how whose knp dmn kpn".split()
)
_OURS = frozenset(
    "saya aku gue gw kami kita i i'm my me we our kamu anda you your ku".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark of a message: `message[start:end] == text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a message that asks one thing: `message[start:end]`."""

    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Return the words, marks and line ends of a message in order."""
    return [Token(m[0], m.start(), m.end()) for m in TOKEN.finditer(text)]


@dataclass(frozen=True, slots=True)
class _Clause:
    """Words between two marks: tokens[first:last]; `mark` is what ends it, `before` what did."""

    first: int
    last: int
    mark: str
    before: str
    asks: bool
    features: tuple[str, ...]


def features(found: Sequence[Token]) -> list[list[str]]:
    """Return for each token the names of its features."""
    words = [token.text.lower() for token in found]
    clauses = _clauses(found, words)
    rows: list[list[str]] = []
    padded = ["^^", "^", *words, "$", "$$"]
    asking = [at for at, clause in enumerate(clauses) if clause.asks]
    marked = [at for at, clause in enumerate(clauses) if clause.mark == "?"]
    for number, clause in enumerate(clauses):
        shared = list(clause.features)
        shared += _among(number, clause, clauses, asking, marked)
        size = clause.last - clause.first
        for at in range(clause.first, clause.last):
            rows.append(_token(at, padded, found[at], clause, size) + shared)
    return rows


def _token(at: int, padded: Sequence[str], token: Token, clause: _Clause, size: int) -> list[str]:
    before2, before, word, after, after2 = padded[at : at + 5]
    place, left = at - clause.first, clause.last - 1 - at
    return [
        f"w={word}", f"-1={before}", f"+1={after}", f"-2={before2}", f"+2={after2}",
        f"-1w={before} {word}", f"w+1={word} {after}", f"+12={after} {after2}",
        f"s3={word[-3:]}", f"sh={_shape(token.text)}", f"at={min(place, 4)}",
        f"left={min(left, 3)}", f"sh+={_shape(token.text)}{min(place, 2)}{clause.asks:d}",
    ]  # fmt: skip


def _shape(word: str) -> str:
    if not word[0].isalnum():
        return word[0]
    if word.isdigit():
        return "9"
    if any(c.isdigit() for c in word):
        return "a9"
    if word.isupper() and len(word) > 1:
        return "AA"
    return "Aa" if word[0].isupper() else "a"


def _clauses(found: Sequence[Token], words: Sequence[str]) -> list[_Clause]:
    """Return the clauses; a run of marks ends the one before it and belongs to it."""
    clauses: list[_Clause] = []
    first, before = 0, "^"
    at = 0
    while at < len(words):
        if words[at] in _ENDS:
            stop = at
            while stop < len(words) and words[stop] in _ENDS:
                stop += 1
            mark = "?" if "?" in words[at:stop] else words[at]
            clauses.append(_clause(words, first, at, stop, mark, before))
            first, before, at = stop, mark, stop
        else:
            at += 1
    if first < len(words):
        clauses.append(_clause(words, first, len(words), len(words), "$", before))
    return clauses


def _clause(
    words: Sequence[str], first: int, end: int, last: int, mark: str, before: str
) -> _Clause:
    inner = words[first:end]
    asks = not _ASKING.isdisjoint(inner)
    words_ask = not _WORDS_ASKING.isdisjoint(inner)
    ours = not _OURS.isdisjoint(inner)
    size = len(inner)
    opening = inner[0] if inner else ""
    names = (
        f"cm={mark}", f"cb={before}", f"ca={words_ask:d}{mark == '?':d}{ours:d}", f"co={opening}",
        f"cl={inner[-1] if inner else ''}", f"co2={' '.join(inner[:2])}",
        f"cl2={' '.join(inner[-2:])}", f"cs={min(size, 8)}", f"csa={min(size, 8)}{words_ask:d}",
        f"cmb={mark}{before}", *(f"cw={word}" for word in set(inner)),
    )  # fmt: skip
    return _Clause(first, last, mark, before, words_ask or mark == "?" and size > 1, names)


def _among(
    number: int, clause: _Clause, every: Sequence[_Clause], asking: Sequence[int],
    marked: Sequence[int],
) -> list[str]:  # fmt: skip
    """Return how a clause stands among the others of its message."""
    earlier = sum(at < number for at in asking)
    later = sum(at > number for at in asking)
    asks = f"{clause.asks:d}"
    place = "only" if len(every) == 1 else "first" if not number else (
        "last" if number == len(every) - 1 else "mid"
    )  # fmt: skip
    return [
        f"m={asks}{min(earlier, 2)}{min(later, 2)}",
        f"mp={asks}{place}",
        f"mq={clause.mark == '?':d}{min(sum(a < number for a in marked), 2)}"
        f"{min(sum(a > number for a in marked), 2)}",
        f"mn={asks}{min(len(every), 5)}",
        f"pc={every[number - 1].features[3] if number else '^'}",
        f"nc={every[number + 1].features[3] if number + 1 < len(every) else '$'}",
    ]


# Log-odds of going from one label to the next, beside what the words say: to part a sentence in
# the middle costs more than to go on. Chosen on wordings held out (tests/bench/understanding.py).
_SWITCH = 1.5


@lru_cache(maxsize=256)
def asking_spans(text: str) -> tuple[Span, ...]:
    """Return the stretches of a message (in clean characters) that ask, in order; maybe none."""
    found = tokens(text)
    if not found:
        return ()
    labels = best_labels(shipped("asking"), features(found), [t.text for t in found])
    return spans(found, labels)


def best_labels(
    model: Linear, rows: Sequence[Sequence[str]], words: Sequence[str], switch: float = _SWITCH
) -> list[str]:
    """Return the best label of each token: "I" stands only after "B" or "I"."""
    order = [model.classes.index(label) for label in LABELS]
    begin, drop, inside = 0, 1, 2
    best: list[list[float]] = []
    came: list[list[int]] = []
    for at, row in enumerate(rows):
        raw = model.scores(row)
        scores = [raw[place] for place in order]
        if not at:
            best.append([scores[begin], scores[drop], -1e9])
            came.append([-1, -1, -1])
            continue
        cost = 0.0 if words[at - 1] in _ENDS else switch
        last = best[-1]
        ways = (
            (last[begin] - switch, last[drop] - cost, last[inside] - cost),
            (last[begin] - switch, last[drop], last[inside] - cost),
            (last[begin], -1e9, last[inside]),
        )
        chosen = [max(range(3), key=way.__getitem__) for way in ways]
        best.append([scores[n] + ways[n][chosen[n]] for n in range(3)])
        came.append(chosen)
    label = max(range(3), key=best[-1].__getitem__)
    path = []
    for at in range(len(rows) - 1, -1, -1):
        path.append(LABELS[label])
        label = came[at][label]
    return path[::-1]


def spans(found: Sequence[Token], labels: Sequence[str]) -> tuple[Span, ...]:
    """Return the stretches that labels mark, without marks alone."""
    out: list[list[int]] = []
    for token, label in zip(found, labels, strict=True):
        if label == "B" or (label == "I" and not out):
            out.append([token.start, token.end])
        elif label == "I":
            out[-1][1] = token.end
    return tuple(Span(first, last) for first, last in out)
