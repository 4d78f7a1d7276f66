"""What is counted in texts, not learned: how rare a term is, and how often written small.

    python -m warta.index.training.counting rarity --data ../shared/data
    python -m warta.index.training.counting small-letters --data ../shared/data

Rarity is counted in news and encyclopaedia together, the first 1,500 characters of each text. A
word is seen small or with a capital inside a sentence, where a capital says that it is a name or
part of one: "diakui" is written small there always, "mitigasi" mostly, "Ratna" never. Words that
people bear are left out however they are written ("Hari", "Cinta"): those of the titles of
encyclopaedia articles about people, and those that stand alone as who speaks in news.
"""

import argparse
import gzip
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from warta.corpus.language.small_letters import TABLE
from warta.corpus.language.words import terms
from warta.index.weights import RARITY

_LEAST = 4  # texts a term must stand in
_WORD = re.compile(r"[^\W\d_]{3,}(?:['’-][^\W\d_]+)*")
_BORN = re.compile(r"\((?:[^()]*[;,]\s*)?lahir|\blahir (?:di|pada)\b", re.IGNORECASE)
_SPEAKS = re.compile(r"\b(?:kata|ujar|tutur|ucap|ungkap|jelas|tegas|imbuh|papar) ([A-Z]\w{2,})[.,]")
_LEAST_PLACES = 20  # places in which a word must stand inside a sentence
_BEARERS, _ALONE = 5, 2  # people in titles, and times as who speaks, from which a word is a name
_LEAST_SHARE = 50  # of a hundred places, below which a word is not listed


def general_texts(folder: Path, leads: int, length: int) -> Iterator[str]:
    """Yield every second article and every `leads`-th encyclopaedia lead, `length` characters."""
    for file, field, every in (
        ("news/click_id.jsonl.gz", "text", 2),
        ("train/wiki_title_lead.jsonl.gz", "b", leads),
    ):
        with gzip.open(folder / file, "rt", encoding="utf-8") as lines:
            for line in islice(lines, 0, None, every):
                yield json.loads(line)[field][:length]


def rarity_table(texts: Iterable[str]) -> dict[str, Any]:
    """Return what `warta.index.weights.read_rarity` reads: rarities in tenths -> terms."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        counts.update(set(terms(text)))
        total += 1
    tenths: dict[int, list[str]] = {}
    for term, count in sorted(counts.items()):
        if count >= _LEAST and not term.isdigit():
            tenths.setdefault(round(10 * math.log(total / count)), []).append(term)
    table = {str(tenth): " ".join(tenths[tenth]) for tenth in sorted(tenths)}
    return {"unseen": round(math.log(total / 2), 1), "tenths": table}


def small_shares(texts: Iterable[str], titles: Iterable[str]) -> str:
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
        if seen >= _LEAST_PLACES and borne[word] < _BEARERS and alone[word] < _ALONE:
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
    """Count and write a table."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("table", choices=("rarity", "small-letters"))
    parser.add_argument("--data", type=Path, required=True, help="folder with news/ and train/")
    parser.add_argument("--out", type=Path, help="file to write (default: the one that ships)")
    chosen = parser.parse_args(arguments)
    if chosen.table == "rarity":
        rarities = rarity_table(general_texts(chosen.data, leads=10, length=1500))
        out, text = RARITY, json.dumps(rarities, ensure_ascii=False, indent=0) + "\n"
    else:
        texts = general_texts(chosen.data, leads=4, length=3000)
        out, text = TABLE, small_shares(texts, people(chosen.data))
    (chosen.out or out).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
