"""Counts how often a word stands in small letters where it might stand in capitals.

    python -m warta.index.training.counting.small_letters --data ../shared/data

Inside a sentence, where a capital says that a word is a name or part of one: "diakui" is written
small there always, "mitigasi" mostly, "Ratna" never. Words that people bear are left out however
they are written ("Hari", "Cinta"): those of the titles of encyclopaedia articles about people, and
those that stand alone as who speaks in news.
"""

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from warta.corpus.language.small_letters import TABLE
from warta.index.training.counting import general_texts

_WORD = re.compile(r"[^\W\d_]{3,}(?:['’-][^\W\d_]+)*")
_BORN = re.compile(r"\((?:[^()]*[;,]\s*)?lahir|\blahir (?:di|pada)\b", re.IGNORECASE)
_SPEAKS = re.compile(r"\b(?:kata|ujar|tutur|ucap|ungkap|jelas|tegas|imbuh|papar) ([A-Z]\w{2,})[.,]")
_LEAST = 20  # places in which a word must stand inside a sentence
_BEARERS, _ALONE = 5, 2  # people in titles, and times as who speaks, from which a word is a name
_LEAST_SHARE = 50  # of a hundred places, below which a word is not listed


def table(texts: Iterable[str], titles: Iterable[str]) -> str:
    """Return what `warta.corpus.language.small_letters` reads, of texts and names of people."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for text in texts:
        alone.update(word.lower() for word in _SPEAKS.findall(text))
        for found in _WORD.finditer(text):
            if found[0].islower():
                small[found[0]] += 1
            elif not found[0].isupper() and _inside(text, found.start()):
                capital[found[0].lower()] += 1
    borne = Counter(word for title in titles for word in set(_WORD.findall(title.lower())))
    shares: dict[int, list[str]] = {}
    for word, count in sorted(small.items()):
        seen = count + capital[word]
        if seen >= _LEAST and borne[word] < _BEARERS and alone[word] < _ALONE:
            shares.setdefault(100 * count // seen, []).append(word)
    return "".join(
        f"{share} {' '.join(words)}\n"
        for share, words in sorted(shares.items())
        if share >= _LEAST_SHARE
    )


def _inside(text: str, start: int) -> bool:
    before = text[max(0, start - 6) : start].rstrip(" \"'“”‘’([–—-")
    return bool(before) and before[-1] not in ".!?:\n"


def people(folder: Path) -> Iterator[str]:
    """Yield the titles of leads that begin with somebody's birth."""
    with gzip.open(folder / "train/wiki_title_lead.jsonl.gz", "rt", encoding="utf-8") as lines:
        for pair in map(json.loads, lines):
            if _BORN.search(pair["b"][:200]):
                yield re.sub(r"\(.*?\)", "", pair["a"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Count and write the table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with news/ and train/")
    parser.add_argument("--out", type=Path, default=TABLE, help="file to write")
    chosen = parser.parse_args(arguments)
    chosen.out.write_text(
        table(general_texts(chosen.data, leads=4, length=3000), people(chosen.data)), "utf-8"
    )


if __name__ == "__main__":
    main()
