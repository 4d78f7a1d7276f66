"""What pydantic found wrong with a request, said as every error of Warta: what, value, remedy."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from warta.corpus.errors import InputError

_LONGEST = 80  # characters of a value that is said again
_SEE = "See /api/openapi.json."
_BLANK = ("string_too_short", "string_pattern_mismatch")
_DATES = re.compile(r"date_|value_error")


def refusal(fault: Mapping[str, Any]) -> InputError:
    """Return one element of pydantic's `errors()` in words: the value's name, the value, a way."""
    named = (str(part) for part in fault["loc"] if part not in ("body", "query"))
    where = _printed(".".join(named))
    kind, value = str(fault["type"]), fault.get("input")
    if kind == "json_invalid":
        at = fault["loc"][-1]
        return InputError(f"The body is not JSON: it breaks off or errs at character {at}.", _SEE)
    if kind == "missing":
        return InputError(f"{where or 'The body'} is missing.", _SEE)
    if kind == "extra_forbidden":
        return InputError(f"{where} is not known here.", f"Leave it out. {_SEE}")
    if kind == "string_too_long":
        most = fault["ctx"]["max_length"]
        return InputError(
            f"{where} has {len(str(value))} characters.", f"At most {most} are taken."
        )
    if kind in _BLANK and isinstance(value, str) and not value.strip():
        return InputError(f"{where} is empty: {_shown(value)}.", "Write what to look for.")
    return InputError(f"{where or 'The body'} is {_shown(value)}.", _remedy(kind, fault))


def _shown(value: object) -> str:
    said = _printed(repr(value))
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"


def _printed(foreign: str) -> str:
    """Return text that can be sent: JSON may spell half a character, UTF-8 cannot."""
    return foreign.encode("utf-8", "backslashreplace").decode("utf-8")


def _remedy(kind: str, fault: Mapping[str, Any]) -> str:
    limits: Mapping[str, Any] = fault.get("ctx", {})
    ways: dict[str, Callable[[], str]] = {
        "literal_error": lambda: f"Use {limits['expected']}.",
        "string_pattern_mismatch": lambda: f"It has to be like {limits['pattern']}.",
        "less_than_equal": lambda: f"At most {limits['le']}.",
        "greater_than_equal": lambda: f"At least {limits['ge']}.",
        "too_long": lambda: f"At most {limits['max_length']} are taken.",
        "int_parsing": lambda: "Give a whole number.",
        "int_type": lambda: "Give a whole number.",
        "string_type": lambda: "Give a text in quotation marks.",
        "list_type": lambda: "Give a list.",
    }
    if kind in ways:
        return ways[kind]()
    if _DATES.match(kind):
        return "A day is written as 2026-01-31."
    return f"{fault['msg']}. {_SEE}"
