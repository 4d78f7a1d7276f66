"""Names of outlets as people give them, held against those an index has."""

from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process

from warta.corpus.errors import InputError
from warta.index.candidates import fold_source

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
