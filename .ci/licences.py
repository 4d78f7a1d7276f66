"""Lists the licences of all that an install of Warta brings; ends with 1 for one that won't do.

What does: licences under which a program may be given on whatever its own. Of a licence "A OR B"
one has to do, of "A AND B" both. A package that names none is a failure.
"""

# ruff: noqa: T201

import re
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
EXTRAS = (
    "mcp",
    "milvus",
    "langchain",
    "haystack",
)  # what users install, not training and tests
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
    "CNRI-Python", "ISC", "LGPL-2.1-or-later", "MIT", "MIT-0", "MIT-CMU", "MPL-1.1", "MPL-2.0",
    "PSF-2.0", "Zlib",
}  # fmt: skip
# Other spellings, of fields that are free text and of classifiers.
_SPELT = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "The BSD 2-Clause License": "BSD-2-Clause",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT, BSD": "MIT AND BSD",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


@dataclass(frozen=True)
class Licensed:
    """A package with the licence it names: an SPDX expression, or what it says instead."""

    name: str
    version: str
    licence: str

    @property
    def does(self) -> bool:
        """Whether Warta may bring it."""
        return does(self.licence)


def does(expression: str) -> bool:
    """Tell whether an expression of licences, ANDs, ORs and brackets is met by those allowed."""
    while (inner := re.search(r"\(([^()]*)\)", expression)) is not None:
        met = "MIT" if does(inner[1]) else "none"
        expression = expression[: inner.start()] + met + expression[inner.end() :]
    return any(
        all(_base(one) in ALLOWED for one in part.split(" AND "))
        for part in expression.split(" OR ")
    )


def _base(licence: str) -> str:
    return licence.strip().partition(" WITH ")[0]  # an exception allows more, never less


def licence_of(found: Distribution) -> str:
    """Return what a package says of its licence: expression, then field, then classifiers."""
    said = found.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    field = str(said.get("License") or "").strip()
    if field and "\n" not in field and len(field) < 60:
        return _SPELT.get(field, field)
    kinds = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or []
             if line.startswith("License ::")]  # fmt: skip
    return " AND ".join(_SPELT.get(kind, kind) for kind in kinds if kind != "Freely Distributable")


def brought(wanted: Iterable[Requirement]) -> dict[str, Distribution | None]:
    """Return all that requirements bring, by name; None for what is not installed here."""
    extras: dict[str, set[str]] = {}
    found: dict[str, Distribution | None] = {}
    todo = list(wanted)
    while todo:
        asked = todo.pop()
        name = canonicalize_name(asked.name)
        if name in extras and asked.extras <= extras[name]:
            continue
        extras[name] = extras.get(name, set()) | asked.extras
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            found[name] = None
            continue
        for line in found[name].requires or []:
            one = Requirement(line)
            chosen = [{"extra": extra} for extra in ("", *extras[name])]
            if one.marker is None or any(one.marker.evaluate(each) for each in chosen):
                todo.append(one)
    return found


def wanted() -> list[Requirement]:
    """Return what pyproject.toml asks for, with the extras that users install."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = list(project["dependencies"])
    for extra in EXTRAS:
        listed += project["optional-dependencies"][extra]
    return [Requirement(line) for line in listed]


def main() -> int:
    """Print the list and what is wrong with it; return the exit code."""
    packages = sorted(brought(wanted()).items())
    here = [Licensed(name, one.version, licence_of(one)) for name, one in packages if one]
    for one in here:
        print(f"{one.name:<28} {one.version:<14} {one.licence or '(none named)'}")
    absent = [name for name, one in packages if one is None]
    print(f"{len(here)} packages." + (f" Not installed here: {', '.join(absent)}" * bool(absent)))
    wrong = [one for one in here if not one.does]
    for one in wrong:
        print(f"FAILED: {one.name} is under {one.licence or 'a licence it does not name'!r}.")
    return int(bool(wrong) or not here)


if __name__ == "__main__":
    sys.exit(main())
