"""How deep and how many: JSON is measured before it is parsed.

A parser met by "[[[[…" ends in the interpreter's own limit, which differs from one version of
Python to the next, and a few bytes of JSON can be an object of a hundred bytes in memory.
"""

import re

from warta.corpus.errors import InputError

DEEPEST = 100
"""Objects and lists inside each other; exports of articles have fewer than ten."""
MOST_VALUES = 4_000_000
"""Values of one file or line; 64 MB of articles have less than a million."""

# An open string ends with the text: looking for its end again from every quote would take for ever.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.S)
_BRACKET = re.compile(r"[\[\]{}]")


def check_nesting(text: str) -> None:
    """Raise InputError for JSON that is nested too deep or holds too many values to be parsed."""
    opened = text.count("[") + text.count("{")
    values = opened + text.count(",")
    if opened <= DEEPEST and values <= MOST_VALUES:  # nearly every line of nearly every file
        return
    # Commas and brackets of texts count in vain, so they are looked at again without.
    bare = _STRING.sub("", text)
    values = bare.count("[") + bare.count("{") + bare.count(",")
    if values > MOST_VALUES:
        raise InputError(
            f"It holds {values:,} values; the limit is {MOST_VALUES:,}.",
            "Split it into smaller files.",
        )
    depth = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in "[{" else -1
        if depth > DEEPEST:
            raise InputError(
                f"It is nested deeper than the limit of {DEEPEST} levels.", "Flatten it."
            )
