"""Misspelt words of a question, by the words of the archive.

A word is looked into only where no passage holds it and it is not among the words the shipped
embedder knows: "harga" is right in an archive without prices, too. First comes one slip (a letter
too many, too few, another, two swapped: Damerau 1964), tried as it was typed and stemmed after,
then words typed together, then two slips in a long word.
"""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

from warta.corpus.language.function_words import ENGLISH, INDONESIAN, QUESTION_WORDS
from warta.corpus.language.words import stems
from warta.index.forking import Lock

_LEAST = 4  # letters of a word that is looked into
_LONG = 8  # letters from which two slips are one word still
# Letters of the longest word that is looked into: a word of n letters has 53n neighbours. Of the
# words of the training questions that are corrected the longest has 21; "dipertanggungjawabkannya"
# has 24.
LONGEST_WORD = 32
_PART = 4  # letters of each of two words typed together
_CACHE = 4096
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_FUNCTION_WORDS = INDONESIAN | QUESTION_WORDS | ENGLISH


class Speller:
    """Finds what a word was meant to be; safe to use from several threads.

    `vocabulary` gives all terms of the archive, and is called when the first word is unknown;
    `frequency` the number of passages that hold a term.
    """

    def __init__(
        self, vocabulary: Callable[[], Sequence[str]], frequency: Callable[[str], int]
    ) -> None:
        self._read = vocabulary
        self._frequency = frequency
        self._lock = Lock()
        self._terms: frozenset[str] | None = None
        self._shelves: dict[tuple[str, int], list[str]] = {}
        self._found: dict[tuple[str, bool], str] = {}

    def correct(self, word: str, *, name: bool = False) -> str:
        """Return a folded word as it was meant, two words for one where they were joined.

        The word itself where it is known, too short or too long to tell, or nothing is near.
        A `name` was not meant to be a function word.
        """
        if not _LEAST <= len(word) <= LONGEST_WORD or not (word.isascii() and word.isalpha()):
            return word
        if is_word(word):
            return word
        found = self._found.get((word, name))
        if found is None:
            if len(self._found) >= _CACHE:
                self._found.clear()
            found = self._found[word, name] = self._near(word, name)
        return found

    def _near(self, word: str, name: bool) -> str:
        terms = self._vocabulary()
        half = word[: len(word) // 2]
        if word == half * 2 and is_word(half):  # "anakanak"
            return half
        if not name and (meant := _function_word(word)):
            return meant
        slip = self._one_slip(word, terms, name)
        if slip and is_word(slip):
            return slip
        return self._joined(word) or slip or self._two_slips(word) or word

    def _vocabulary(self) -> frozenset[str]:
        with self._lock:
            if self._terms is None:
                shelves = defaultdict(list)
                terms = [term for term in self._read() if term.isascii() and term.isalpha()]
                for term in terms:
                    shelves[term[0], len(term)].append(term)
                self._shelves = dict(shelves)
                self._terms = frozenset(terms)
            return self._terms

    def _one_slip(self, word: str, terms: frozenset[str], name: bool) -> str:
        near = _slips(word)
        spelt = [other for other in near if other not in _FUNCTION_WORDS]
        known = 1 if name else 3  # many names are known to no dictionary
        best, found = -math.inf, ""
        for other, term in zip(spelt, stems(" ".join(spelt)), strict=True):
            # Any ending makes a form of some word, but hardly ever of a name.
            if term in terms and (not name or term == other or is_word(other)):
                score = near[other] + math.log1p(self._frequency(term)) + known * is_word(other)
                if score > best:
                    best, found = score, other
        return found

    def _joined(self, word: str) -> str:
        best, found = 0, ""
        for cut in range(_PART, len(word) - _PART + 1):
            parts = word[:cut], word[cut:]
            if all(map(is_word, parts)):
                least = min(self._frequency(term) for term in stems(" ".join(parts)))
                if least > best:
                    best, found = least, " ".join(parts)
        return found

    def _two_slips(self, word: str) -> str:
        if len(word) < _LONG:
            return ""
        # Imported here: most questions are spelt right.
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        best, found = -math.inf, ""
        for typed in {word, *stems(word)}:
            for length in range(max(len(typed) - 2, _LONG - 2), len(typed) + 3):
                shelf = self._shelves.get((typed[0], length), ())
                hits = process.extract(typed, shelf, scorer=OSA.distance, score_cutoff=2)
                for term, distance, _ in hits:
                    score = math.log1p(self._frequency(term)) + 3 * is_word(term) - 2 * distance
                    if score > best:
                        best, found = score, term
        return found


@cache
def _words() -> frozenset[str]:
    """Return the whole words of the shipped embedder's vocabulary."""
    text = files("warta.index.embedding").joinpath("model", "tokenizer.json").read_text("utf-8")
    return frozenset(json.loads(text)["model"]["vocab"])


def is_word(word: str) -> bool:
    """Tell whether a folded word is a common one in Indonesian or English, or a known name."""
    return word in _words()


def _function_word(word: str) -> str:
    near = _slips(word)
    meant = [other for other in near if other in _FUNCTION_WORDS and len(other) >= _LEAST]
    return max(meant, key=near.__getitem__, default="")


def _slips(word: str) -> dict[str, float]:
    """Return everything one slip away -> how likely that slip is, 0 the least likely."""
    found: dict[str, float] = {}
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        # The first letter is hardly ever wrong.
        likely = 2.0 if at else 0.0
        for letter in _LETTERS:
            _keep(found, before + letter + after, likely + 1.0)
            if after:
                _keep(found, before + letter + after[1:], likely + _nearness(after[0], letter))
        if after:
            twice = before.endswith(after[0])
            _keep(found, before + after[1:], likely + (1.5 if twice else 0.0))
        if len(after) > 1:
            _keep(found, before + after[1] + after[0] + after[2:], likely + 1.5)
    found.pop(word, None)
    return found


def _keep(found: dict[str, float], word: str, likely: float) -> None:
    found[word] = max(likely, found.get(word, likely))


def _nearness(typed: str, meant: str) -> float:
    """Return 1.5 for keys side by side, 1 for vowels, otherwise 0.5."""
    for row in _ROWS:
        if typed in row and meant in row and abs(row.index(typed) - row.index(meant)) == 1:
            return 1.5
    return 1.0 if typed in "aeiouy" and meant in "aeiouy" else 0.5
