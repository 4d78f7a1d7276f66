"""Learns the English-Indonesian lexicon from sentence pairs.

    python -m warta.index.training.lexicon --data ../shared/data

IBM Model 1 (Brown et al. 1993, "The mathematics of statistical machine translation") by
expectation maximisation: every Indonesian word of a pair is explained by one English term of it,
or by none.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from warta.corpus.language.words import terms, words
from warta.index.query.lexicon import LEXICON
from warta.index.training.training_sets import sentence_pairs

Numbers = NDArray[np.int64]
Chances = NDArray[np.float64]

_ROUNDS = 8
_LONGEST = 40  # terms of a sentence
_LEAST_COUNT = 3.0
_LEAST_CHANCE = 0.1
_LEAST_SHARE = 0.25  # of the chance of the likeliest word
_LEAST_SEEN = 1.5  # times, as expected: what stood beside a rare term once is no translation
_MOST = 3  # words a term may have


def learn(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return English term -> Indonesian words, likeliest first, from (English, Indonesian)."""
    english: dict[str, int] = {"": 0}
    indonesian: dict[str, int] = {}
    left: list[int] = []
    right: list[int] = []
    place: list[int] = []
    places = 0
    for one, other in pairs:
        sources = sorted({english.setdefault(t, len(english)) for t in terms(one)})
        targets = sorted({word.folded for word in words(other) if word.terms})
        if not 0 < len(sources) <= _LONGEST or not 0 < len(targets) <= _LONGEST:
            continue
        for target in targets:
            number = indonesian.setdefault(target, len(indonesian))
            left += [0, *sources]
            right += [number] * (len(sources) + 1)
            place += [places] * (len(sources) + 1)
            places += 1
    keys = np.array(left, dtype=np.int64) * len(indonesian) + np.array(right)
    unique, entry = np.unique(keys, return_inverse=True)
    source = unique // len(indonesian)
    chance, counts = _maximise(entry, source, np.array(place), len(english))
    return _table(list(english), list(indonesian), unique, chance, counts)


def _maximise(
    entry: Numbers, source: Numbers, place: Numbers, terms_known: int
) -> tuple[Chances, Chances]:
    """Return the chance of each (source, target) entry and the expected count of each source."""
    chance = np.ones(len(source))
    counts: Chances = np.zeros(terms_known)
    for _ in range(_ROUNDS):
        weight = chance[entry]
        share = weight / np.bincount(place, weights=weight)[place]
        expected = np.bincount(entry, weights=share, minlength=len(source))
        counts = np.bincount(source, expected, terms_known).astype(np.float64)
        chance = expected / counts[source]
    return chance, counts


def _table(
    english: list[str],
    indonesian: list[str],
    unique: Numbers,
    chance: Chances,
    counts: Chances,
) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    best: dict[int, float] = {}
    for at in np.argsort(-chance, kind="stable"):
        if chance[at] < _LEAST_CHANCE:
            break
        number, target = divmod(int(unique[at]), len(indonesian))
        term, word = english[number], indonesian[target]
        seen = chance[at] * counts[number]
        if not number or counts[number] < _LEAST_COUNT or seen < _LEAST_SEEN:
            continue
        if term == word or term.isdigit():
            continue
        if chance[at] >= _LEAST_SHARE * best.setdefault(number, chance[at]):
            found.setdefault(term, []).append(word)
    return {term: " ".join(found[term][:_MOST]) for term in sorted(found)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn from the parallel sentences and write the lexicon."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/")
    parser.add_argument("--out", type=Path, default=LEXICON, help="file to write")
    options = parser.parse_args(arguments)
    found = learn(sentence_pairs(options.data))
    options.out.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    main()
