"""Which words of a message ask: apart from greeting, label, background, wish and signature.

A linear model labels every word and mark (asks, begins to ask, asks nothing) from the words
around it, its clause and the other clauses; the best path through the labels is taken (Viterbi).
Learned on messages made of the training questions (`training/`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from warta.corpus.language.function_words import ENGLISH, INDONESIAN
from warta.index.weights import Linear, read_json

WEIGHTS = Path(__file__).with_name("weights.json")
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
_OURS = frozenset("saya aku gue gw kami kita i i'm my me we our kamu anda you your ku".split())


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark of a message: `message[start:end] == text`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AskingSpan:
    """A stretch of a message that asks one thing: `message[start:end]`."""

    start: int
    end: int


@cache
def read_weights() -> dict[str, Any]:
    """Return all that was learned for reading messages, as it lies in the file."""
    found: dict[str, Any] = read_json(WEIGHTS)
    return found


@cache
def shipped(name: str) -> Linear:
    """Return the model of that name that ships: "asking", "task", "role" or "leaning"."""
    return Linear.from_dict(read_weights()[name])


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


@dataclass(frozen=True, slots=True)
class Rows:
    """The features of a message: of each token by itself, and of the clause it stands in.

    `clauses[clause_of[n]]` are the features that token n shares with its clause.
    """

    tokens: list[list[str]]
    clause_of: list[int]
    clauses: list[list[str]]

    def whole(self) -> list[list[str]]:
        """Return for each token all its features."""
        pairs = zip(self.tokens, self.clause_of, strict=True)
        return [own + self.clauses[number] for own, number in pairs]


def features(found: Sequence[Token]) -> Rows:
    """Return what speaks for each token of a message asking or not."""
    words = [token.text.lower() for token in found]
    clauses = _clauses(found, words)
    rows = Rows([], [], [])
    wrapping = wrapping_words()
    padded = ["^^", "^", *words, "$", "$$"]
    asking = [at for at, clause in enumerate(clauses) if clause.asks]
    marked = [at for at, clause in enumerate(clauses) if clause.mark == "?"]
    for number, clause in enumerate(clauses):
        rows.clauses.append([
            *clause.features, *_among(number, clause, clauses, asking, marked)
        ])  # fmt: skip
        for at in range(clause.first, clause.last):
            own = _token(at, padded, found[at], clause)
            own.append(f"only={''.join(str(int(w in wrapping)) for w in padded[at + 1 : at + 4])}")
            rows.tokens.append(own)
            rows.clause_of.append(number)
    return rows


def _token(at: int, padded: Sequence[str], token: Token, clause: _Clause) -> list[str]:
    before2, before, word, after, after2 = padded[at : at + 5]
    place, left = at - clause.first, clause.last - 1 - at
    return [
        f"w={word}", f"-1={before}", f"+1={after}", f"-2={before2}", f"+2={after2}",
        f"-1w={before} {word}", f"w+1={word} {after}", f"+12={after} {after2}",
        f"s3={word[-3:]}", f"sh={_shape(token.text)}", f"at={min(place, 4)}",
        f"left={min(left, 3)}", f"sh+={_shape(token.text)}{min(place, 2)}{clause.asks:d}",
        f"cap={token.text[0].isupper():d}{before.isalnum() and place > 0:d}",
        f"capw={token.text if token.text[0].isupper() and place else ''}",
        f"+1+2={word} {after} {after2}",
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
        elif at > first and _begins(found, at):
            clauses.append(_clause(words, first, at, at, "_", before))
            first, before = at, "_"
            at += 1
        else:
            at += 1
    if first < len(words):
        clauses.append(_clause(words, first, len(words), len(words), "$", before))
    return clauses


def _begins(found: Sequence[Token], at: int) -> bool:
    """Tell a word that begins a sentence though no mark stands before it: "… gigi Saya butuh"."""
    word, before = found[at].text, found[at - 1].text
    return (
        word[0].isupper()
        and not before[0].isupper()
        and before[0].isalnum()
        and (word[1:].islower() or len(word) == 1)
        and word.lower() in starters()
    )


@cache
def wrapping_words() -> frozenset[str]:
    """Return words people write around questions and never in them: "trims", "deadline"."""
    listed: list[str] = read_weights()["wrapping"]
    return frozenset(listed)


@cache
def starters() -> frozenset[str]:
    """Return the words that begin what people write around a question, and function words."""
    listed: list[str] = read_weights()["starters"]
    return frozenset(listed) | INDONESIAN | ENGLISH


def _clause(
    words: Sequence[str], first: int, end: int, last: int, mark: str, before: str
) -> _Clause:
    inner = words[first:end]
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
    return _Clause(first, last, mark, before, words_ask or (mark == "?" and size > 1), names)


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
def asking_spans(text: str) -> tuple[AskingSpan, ...]:
    """Return the stretches of a message (in clean characters) that ask, in order; maybe none."""
    found = tokens(text)
    if not found:
        return ()
    labels = best_labels(shipped("asking"), features(found), [t.text for t in found])
    return spans(found, labels)


def best_labels(
    model: Linear, rows: Rows, words: Sequence[str], switch: float = _SWITCH
) -> list[str]:
    """Return the best label of each token: "I" stands only after "B" or "I"."""
    order = [model.classes.index(label) for label in LABELS]
    begin, drop, inside = 0, 1, 2
    best: list[list[float]] = []
    came: list[list[int]] = []
    shared = [model.scores(clause) for clause in rows.clauses]
    for at, row in enumerate(rows.tokens):
        raw, around = model.sums(row), shared[rows.clause_of[at]]
        scores = [raw[place] + around[place] for place in order]
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
    for at in range(len(best) - 1, -1, -1):
        path.append(LABELS[label])
        label = came[at][label]
    return path[::-1]


def spans(found: Sequence[Token], labels: Sequence[str]) -> tuple[AskingSpan, ...]:
    """Return the stretches that labels mark, each with words and able to ask.

    What has no asking word of its own belongs to its neighbour where nothing but marks lies
    between ("dalam ajaran Buddha, …"), and asks nothing where another one does.
    """
    runs: list[list[int]] = []
    for at, label in enumerate(labels):
        if label == "B" or (label == "I" and not runs):
            runs.append([at, at + 1])
        elif label == "I":
            runs[-1][1] = at + 1
    runs = _joined([run for run in runs if _has_words(found[run[0] : run[1]])], found)
    asking = [run for run in runs if _asks(found, run)]
    out: list[AskingSpan] = []
    for first, last in asking or runs:
        while (
            last - first > 1
            and (out or _opens_badly(found[first].text))
            and (found[first].text.lower() in _JOINTS or not found[first].text[0].isalnum())
        ):
            if found[first].text in _OPENING:
                break
            first += 1
        while last - first > 1 and (
            found[last - 1].text in _NO_END or found[last - 1].text.lower() in wrapping_words()
        ):
            last -= 1
        out.append(AskingSpan(found[first].start, found[last - 1].end))
    return tuple(out)


_JOINTS = frozenset(
    "dan and lalu terus trus trs then also juga serta plus sama sekalian & / kemudian".split()
)
_NO_END = frozenset(".,;:!*\n-–—|•<>=#~_([")
_OPENING = frozenset("\"'“‘(#@$")
_GAP = 2  # words a label may skip inside one question


def _opens_badly(word: str) -> bool:
    return not word[0].isalnum() and word not in _OPENING


def _has_words(found: Sequence[Token]) -> bool:
    return any(token.text[0].isalnum() for token in found)


def _asks(found: Sequence[Token], run: Sequence[int]) -> bool:
    first, last = run
    words = {token.text.lower() for token in found[first:last]}
    marked = "?" in words or (last < len(found) and found[last].text == "?")
    return marked or not (_ASKING - _SAYS).isdisjoint(words)


_SAYS = frozenset(
    "tidak belum is are was were did does do has have can could will would should".split()
)


def _joined(runs: Sequence[list[int]], found: Sequence[Token]) -> list[list[int]]:
    """Return the runs with those that cannot ask by themselves joined to their neighbours."""
    out: list[list[int]] = []
    for run in runs:
        near = bool(out) and _words_between(found, out[-1][1], run[0]) <= _GAP
        line = bool(out) and any(t.text in ("\n", "?") for t in found[out[-1][1] - 1 : run[0]])
        if near and not line and not (_asks(found, out[-1]) and _asks(found, run)):
            out[-1][1] = run[1]
        else:
            out.append(list(run))
    return out


def _words_between(found: Sequence[Token], first: int, last: int) -> int:
    return sum(token.text[0].isalnum() for token in found[first:last])
