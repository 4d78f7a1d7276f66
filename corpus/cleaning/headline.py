"""The headline among the lines that stand above a body.

Menus, site titles and captions stand there too. What tells a headline from them is that its words
come back in the body, that it says much in one line, and that it is not a sentence.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from warta.corpus.cleaning.furniture import bare, web_share, words

_SUFFIX = re.compile(r"\s+(?:[|»›·•]|::|[-–—])\s+")
_NO_LETTER = re.compile(r"[\W_]+")
_STOP = frozenset(
    """yang dengan untuk dalam dari pada adalah tersebut sebagai juga akan oleh tidak sudah telah
    karena mereka kepada bahwa seperti saat hingga setelah dapat lebih para this that with from have
    will were been their which about after into said""".split()
)
_FEWEST_WORDS = 3


def stems(text: str) -> set[str]:
    """Content words cut to five letters: enough to match "resmikan" with "diresmikan" rarely wrong.

    A common Indonesian prefix is cut off first, so that headline verbs meet their body forms.
    """
    found = set()
    for word in words(text):
        low = word.lower()
        if len(low) < 4 or low in _STOP:
            continue
        found.add(_cut(low))
    return found


@lru_cache(maxsize=1024)
def key(line: str) -> str:
    """Letters and digits of a line, folded: equal for lines that differ in punctuation only."""
    return _NO_LETTER.sub("", line.casefold())


def _cut(word: str) -> str:
    for prefix in (
        "meng",
        "peng",
        "meny",
        "mem",
        "men",
        "pem",
        "pen",
        "ber",
        "ter",
        "di",
        "me",
        "se",
    ):
        if word.startswith(prefix) and len(word) - len(prefix) >= 4:
            word = word[len(prefix) :]
            break
    return word[:5]


def without_site(line: str, body: set[str]) -> str:
    """Cut " - Kabar Desa" or "Kabar Desa | " off a page title: a part the body never speaks of."""
    parts = _SUFFIX.split(line)
    if len(parts) < 2:
        return line
    best = max(parts, key=lambda part: (len(stems(part) & body), len(part)))
    if len(words(best)) < _FEWEST_WORDS + 1:
        return line
    start = line.index(best)
    before, after = line[:start], line[start + len(best) :]
    if before and _is_site(before, body):
        line = line[start:]
    if after and _is_site(after, body):
        line = line[: len(line) - len(after)]
    return line.strip()


def _is_site(part: str, body: set[str]) -> bool:
    """A name of at most five words the body does not use, or of three in capitals."""
    found = words(part)
    if len(found) <= 5 and not stems(part) & body:
        return True
    return len(found) <= 3 and all(word[0].isupper() for word in found) and ":" not in part


def score(line: str, body: set[str], is_repeated: bool) -> float:
    """How headline-like a line above the body is, 0–1."""
    found = stems(line)
    if len(words(line)) < _FEWEST_WORDS or not 12 <= len(line) <= 220 or not found:
        return 0.0
    shared = len(found & body)
    value = (0.1 + 0.9 * shared / len(found)) * min(1.0, (len(found) + 2) / 8)
    value *= 1.0 - 0.6 * web_share(line)
    if is_repeated:
        value *= 0.5
    if line.endswith(".") and not line.endswith("..."):
        value *= 0.4
    if len(line) > 130:
        value *= 0.7
    if _SUFFIX.search(line):
        value *= 0.6 if "|" in line else 0.8
    return value


def choose(lines: Sequence[str], body: set[str]) -> int | None:
    """Index of the headline among the lines above a body of these stems, None where none is one.

    The earliest line wins among near equals: what follows a headline (deck, caption) speaks of the
    same things.
    """
    keys = [bare(line).casefold() for line in lines]
    scores = [
        score(without_site(line, body), body, keys.count(key) > 1 and _is_beside_its_copy(keys, at))
        for at, (line, key) in enumerate(zip(lines, keys, strict=True))
    ]
    best = max(scores, default=0.0)
    if best < 0.12:
        return None
    return next(at for at, value in enumerate(scores) if value >= 0.85 * best)


def _is_beside_its_copy(keys: Sequence[str], at: int) -> bool:
    return keys[at] in (keys[at - 1] if at else "", keys[at + 1] if at + 1 < len(keys) else "")
