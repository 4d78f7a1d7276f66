"""A question as it is searched: misspelt words put right, other names of what it names added."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from warta.corpus.errors import InputError
from warta.corpus.language.aliases import other_names
from warta.corpus.language.words import Word, is_english, query_terms, stems, words
from warta.index.candidates import Scores, fold_source
from warta.index.query.spelling import Speller

# Names of outlets as people give them, held against those an index has.

_SHOWN = 8  # outlets that a message lists


def check_sources(wanted: Iterable[str], known: Mapping[str, int]) -> None:
    """Raise InputError for an outlet the index does not have, naming those it has.

    `known` counts articles by outlet, most first. Names are compared in any case; of many
    outlets the most alike are listed first.
    """
    there = {fold_source(name) for name in known}
    strange = [name for name in wanted if fold_source(name) not in there]
    if not strange:
        return
    shown = _alike(strange[0], list(known))
    rest = len(known) - len(shown)
    listed = ", ".join(f'"{name}"' for name in shown) + (f" and {rest} more" if rest else "")
    raise InputError(
        f"No article is from {' or '.join(f'{name[:100]!r}' for name in strange[:3])}.",
        f"The outlets are {listed}." if shown else "Nothing is indexed yet.",
    )


def _alike(name: str, known: list[str]) -> list[str]:
    if len(known) <= _SHOWN:
        return known
    found = process.extract(
        name, known, scorer=fuzz.WRatio, processor=fold_source, limit=_SHOWN, score_cutoff=50
    )
    nearest = [known[place] for _, _, place in found]
    return nearest + [other for other in known if other not in nearest][: _SHOWN - len(nearest)]


_ACRONYM = 5  # letters up to which capitals are left as they are: one away is another name
_MOST = 12  # words looked into: a page of gibberish must not take seconds
_RARE = 2  # passages up to which a spelling may be a slip of their authors
_COMMON = 20  # times as many passages as hold the rare spelling
_OTHER = 0.5  # what another name weighs, shared by its words
_CORRECTED = 0.8  # what a word counts that was never typed


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` is what is embedded; `terms` (t) what is looked up, `shares` (t,) what each counts.

    `corrected`: (as typed, as searched) of every word that no passage holds.
    """

    text: str
    terms: tuple[str, ...]
    shares: Scores
    corrected: tuple[tuple[str, str], ...]


class WordingReader:
    """Reads questions by the words of one archive; safe to use from several threads."""

    def __init__(self, speller: Speller, frequency: Callable[[str], int]) -> None:
        self._speller = speller
        self._frequency = frequency

    def read(self, question: str) -> Wording:
        """Return how a question is searched; one without slips and names as it stands."""
        corrected: list[tuple[str, str]] = []
        shares: dict[str, float] = {}
        pieces, end = [], 0
        english = is_english(question)
        odd = [word for word in words(question) if word.terms and self._most(word.terms) <= _RARE]
        for word in odd[:_MOST]:
            typed = question[word.start : word.end]
            meant = "" if english and typed.islower() else self._meant(word, typed)
            if not meant:
                continue
            held = self._most(word.terms)
            shares |= dict.fromkeys(query_terms(meant), _OTHER if held else _CORRECTED)
            if held:
                continue
            corrected.append((typed, meant))
            pieces += [question[end : word.start], meant]
            end = word.end
        text = "".join([*pieces, question[end:]])
        for term, share in self._others(text).items():
            shares.setdefault(term, share)
        terms = list(dict.fromkeys([*query_terms(text), *shares]))
        weights = np.array([shares.get(term, 1.0) for term in terms], np.float32)
        return Wording(text, tuple(terms), weights, tuple(corrected))

    def _meant(self, word: Word, typed: str) -> str:
        """Return what a word was meant to be, "" where it is right as far as anyone can tell."""
        count = self._most(word.terms)
        if word.acronym and len(typed) <= _ACRONYM:
            return ""
        meant = self._speller.correct(word.folded, name=typed[0].isupper() and not typed.isupper())
        if meant == word.folded:
            return ""
        if count and self._least(stems(meant)) < _COMMON * count:
            return ""
        return meant

    def _others(self, text: str) -> dict[str, float]:
        """Return the terms of other names -> what they count."""
        shares: dict[str, float] = {}
        for name, others in other_names(text, words(text)):
            held = self._least(stems(name))
            for other in others:
                terms = query_terms(other)
                if self._least(terms) > held / 4:
                    shares |= dict.fromkeys(terms, _OTHER / len(terms))
        return {term: share for term, share in shares.items() if term not in query_terms(text)}

    def _most(self, terms: "list[str] | tuple[str, ...]") -> int:
        return max(map(self._frequency, terms), default=0)

    def _least(self, terms: "list[str] | tuple[str, ...]") -> int:
        return min(map(self._frequency, terms), default=0)
