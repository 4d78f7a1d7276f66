"""Other names of what a question names: acronyms, short names, older spellings.

`aliases.txt` beside this file holds them, one group a line, so that it can be read and added to.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from warta.corpus.language.words import Word, fold, words

_SHORT = 3  # letters: "as" and "bin" are words, "AS" and "BIN" are names

Form = tuple[str, ...]


def other_names(
    text: str, found: Sequence[Word], *, foreign: bool = False
) -> list[tuple[str, list[str]]]:
    """Return the names in `text` that have others: (as it stands there, the others).

    `found` are the words of `text`. The longest name is taken where several begin at one word.
    `foreign`: places in the other language, too ("Germany", "Jerman"), from `exonyms.txt`.
    """
    table, longest = _table(("aliases.txt", "exonyms.txt") if foreign else ("aliases.txt",))
    written = [text[word.start : word.end] for word in found]
    folded = [fold(word) for word in written]
    names = []
    at = 0
    while at < len(folded):
        for size in range(min(longest, len(folded) - at), 0, -1):
            key = tuple(folded[at : at + size])
            if key in table and _is_name(key, written[at]):
                names.append((" ".join(written[at : at + size]), table[key]))
                at += size - 1
                break
        at += 1
    return names


def _is_name(key: Form, written: str) -> bool:
    return len(key) > 1 or len(key[0]) > _SHORT or written.isupper()


@cache
def _table(tables: tuple[str, ...]) -> tuple[dict[Form, list[str]], int]:
    """Return name, as folded words -> other names; and the words of the longest."""
    table: dict[Form, list[str]] = {}
    text = "\n".join(files(__package__).joinpath(name).read_text("utf-8") for name in tables)
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        group = [name.strip() for name in line.split("=")]
        for name in group:
            key = tuple(fold(name[word.start : word.end]) for word in words(name))
            others = table.setdefault(key, [])
            others += [other for other in group if other != name and other not in others]
    return table, max(map(len, table))
