"""What is to be done, and of a request what is instruction and what it is about.

Both are linear models learned on requests made of the training questions (`training/`): one over
the words of the whole request, one that labels each word as instruction, topic or person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from warta.assistant.question.asking import Token, read_weights, shipped, tokens
from warta.corpus.language.names import names
from warta.index.reader.asked import asking_of

ROLES = ("P", "S", "X")
_STAY = 0.6  # log-odds of going on with a role rather than changing it


@dataclass(frozen=True, slots=True)
class Roles:
    """What a request is about: its topics in order, the person among them, "" for none.

    `subject` is all of that as it stands in the request.
    """

    subject: str
    topics: tuple[str, ...]
    person: str


@lru_cache(maxsize=512)
def task_of(request: str) -> str:
    """Return the task of a request; of courtesies and what lies elsewhere with its kind."""
    model, features = shipped("task"), task_features(request)
    best = model.best(features)
    if not (_is_social(best) and _says_more(request)):
        return best
    scores = zip(model.scores(features), model.classes, strict=True)
    return max((score, name) for score, name in scores if not _is_social(name))[1]


def _is_social(task: str) -> bool:
    return task == "help" or ":" in task


def _says_more(request: str) -> bool:
    """Tell whether half of its words are in no small talk known, and nobody is spoken to.

    Of 5,704 topics and names of train typed alone 18 are taken for small talk then, without it 449.
    """
    words = [token.text.lower() for token in tokens(request) if token.text[0].isalpha()]
    return strangeness(request) >= _HALF and not _addressed(words)


_HALF = 0.5


def strangeness(request: str) -> float:
    """Return the share of its words that are in no small talk known; 0 of no words."""
    words = [token.text.lower() for token in tokens(request) if token.text[0].isalpha()]
    return sum(word not in small_talk_words() for word in words) / max(1, len(words))


def task_features(request: str) -> list[str]:
    """Return the names of the features of a request: its words, first and last ones, its form."""
    found = [token.text.lower() for token in tokens(request)]
    inner = [word for word in found if word[0].isalnum()]
    asking = asking_of(request)
    capital = [n for n in names(request) if not n.initial or " " in n.text]
    size = len(inner)
    out = [f"w={word}" for word in set(inner)]
    out += [f"b={a} {b}" for a, b in pairwise(inner)]
    out += [f"f{at}={word}" for at, word in enumerate(inner[:3])]
    out += [f"l{at}={word}" for at, word in enumerate(inner[::-1][:3])]
    out += [f"f2={' '.join(inner[:2])}", f"f3={' '.join(inner[:3])}", f"l2={' '.join(inner[-2:])}"]
    out += [f"s3={word[:4]}" for word in inner[:2]]
    out += sorted({f"g={gram}" for word in inner[:4] + inner[-3:] for gram in _grams(word)})
    out += [
        f"n={min(size, 12)}", f"?={'?' in found:d}", f"head={asking.head}",
        f"word={asking.word}", f"list={asking.listed:d}", f"hn={asking.word}{min(size, 12)}",
        f"word1={asking.word}{bool(inner) and asking_of(inner[0]).word == asking.word:d}",
        f"cap={min(len(capital), 2)}{min(size, 6)}", f"any={bool(asking.word):d}{min(size, 12)}",
        f"to={_addressed(inner)}{min(size, 6)}", f"to1={_addressed(inner)}{' '.join(inner[:1])}",
        f"empty={size == 0:d}", f"digits={any(w.isdigit() for w in inner):d}{min(size, 6)}",
    ]  # fmt: skip
    return out


_GRAM = 5  # characters: "^ring", "ringk", …: "dirangkumin" shares most of them with "rangkumkan"


def _grams(word: str) -> list[str]:
    marked = f"^{word}$"
    return [marked[at : at + _GRAM] for at in range(max(1, len(marked) - _GRAM + 1))]


_YOU = frozenset(
    "kamu anda kau lu lo elo sampeyan kowe panjenengan warta you your yourself".split()
)
_LEAST_OWNED = 5  # characters of a word with "-mu": "umurmu", no "jamu"


def _addressed(words: Sequence[str]) -> bool:
    """Tell words that are said to somebody: "kamu bisa apa", "siapa pembuatmu"."""
    return any(word in _YOU or _is_yours(word) for word in words)


def _is_yours(word: str) -> bool:
    letters = word.isascii() and word.isalpha()
    return letters and word.endswith("mu") and len(word) >= _LEAST_OWNED


def roles_of(request: str, task: str) -> Roles:
    """Return what a request of a task is about; all of it where nothing is instruction."""
    found = tokens(request)
    labels = best_roles(found, task)
    runs: list[tuple[str, int, int]] = []
    for token, label in zip(found, labels, strict=True):
        if label == "X":
            continue
        if runs and runs[-1][0] == label and not _parted(request[runs[-1][2] : token.start]):
            runs[-1] = (label, runs[-1][1], token.end)
        else:
            runs.append((label, token.start, token.end))
    kept = [(label, request[first:last].strip(" ?!.,;:\"'“”")) for label, first, last in runs]
    kept = [(label, text) for label, text in kept if re.search(r"\w", text)]
    return Roles(
        subject=" ".join(text for _, text in kept),
        topics=tuple(text for label, text in kept if label == "S"),
        person=next((text for label, text in kept if label == "P"), ""),
    )


def _parted(between: str) -> bool:
    return bool(re.search(r"\w", between))


def role_features(found: Sequence[Token], task: str) -> list[list[str]]:
    """Return for each token of a request the names of its features."""
    folded = [token.text.lower() for token in found]
    padded = ["^^", "^", *folded, "$", "$$"]
    size = len(found)
    rows = []
    for at, token in enumerate(found):
        two, one, word, after, later = padded[at : at + 5]
        shape = "A" if token.text[0].isupper() else "9" if token.text[0].isdigit() else "a"
        shape = shape if token.text[0].isalnum() else token.text[0]
        rows.append([
            f"w={word}", f"-1={one}", f"+1={after}", f"-2={two} {one}", f"+2={after} {later}",
            f"-1w={one} {word}", f"w+1={word} {after}", f"tw={task} {word}", f"t={task}",
            f"at={min(at, 5)}", f"left={min(size - 1 - at, 3)}", f"sh={shape}{min(at, 2)}",
            f"t-1={task} {one}", f"t+1={task} {after}", f"tat={task}{min(at, 4)}",
            f"s3={word[-3:]}", f"-2w={two}|{word}",
        ])  # fmt: skip
    return rows


_NEVER = -1e6  # what no request was made of is no instruction, whatever stands around it


@cache
def instruction_words() -> frozenset[str]:
    """Return the words that requests are made of; no other word is instruction."""
    listed: list[str] = read_weights()["instruction"]
    return frozenset(listed)


@cache
def small_talk_words() -> frozenset[str]:
    """Return the words that messages to Warta itself are made of."""
    listed: list[str] = read_weights()["small_talk"]
    return frozenset(listed)


def best_roles(found: Sequence[Token], task: str) -> list[str]:
    """Return the role of each token of a request: instruction (X), topic (S), person (P)."""
    if not found:
        return []
    model = shipped("role")
    instruction = instruction_words()
    order = [model.classes.index(role) for role in ROLES]
    best: list[list[float]] = []
    came: list[list[int]] = []
    for token, row in zip(found, role_features(found, task), strict=True):
        raw = model.scores(row)
        scores = [raw[place] for place in order]
        if token.text[0].isalnum() and token.text.lower() not in instruction:
            scores[ROLES.index("X")] = _NEVER
        if not best:
            best.append(scores)
            came.append([-1] * len(ROLES))
            continue
        last, now, back = best[-1], [], []
        for role, score in enumerate(scores):
            ways = [value - _STAY * (before != role) for before, value in enumerate(last)]
            chosen = max(range(len(ways)), key=ways.__getitem__)
            now.append(score + ways[chosen])
            back.append(chosen)
        best.append(now)
        came.append(back)
    role = max(range(len(ROLES)), key=best[-1].__getitem__)
    path = []
    for at in range(len(best) - 1, -1, -1):
        path.append(ROLES[role])
        role = came[at][role]
    return path[::-1]
