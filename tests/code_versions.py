"""Which code makes articles and passages out of records, and the version it was recorded under.

Archived articles are made anew when `INTAKE_VERSION` or `CHUNKING_VERSION` rises.
`code_versions.toml` keeps for each the hash of the code it stands for: that of the module and of
all it imports from Warta, without comments and docstrings. After a change of such code raise the
version and record it, or say why nothing comes out differently:

    python tests/code_versions.py
    python tests/code_versions.py --unchanged intake "only faster"
"""

import argparse
import ast
import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "tests" / "code_versions.toml"
ENTRIES = {
    "intake": ("warta.corpus.cleaning.intake", "warta.corpus.reading.readers"),
    "chunking": ("warta.corpus.passages",),
}
_VERSIONS = {
    "intake": ("corpus/cleaning/intake.py", "INTAKE_VERSION"),
    "chunking": ("corpus/passages.py", "CHUNKING_VERSION"),
}


@dataclass(frozen=True)
class Code:
    version: str
    hash: str


def present(name: str) -> Code:
    """The version and hash of the code as it stands."""
    path, constant = _VERSIONS[name]
    found = [
        node.value.value
        for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == constant
        and isinstance(node.value, ast.Constant)
    ]
    return Code(str(found[0]), _hash(modules(ENTRIES[name])))


def modules(entries: tuple[str, ...]) -> list[Path]:
    """The files of modules and of all that they import from Warta, sorted."""
    met: set[Path] = set()
    waiting = list(entries)
    while waiting:
        path = _file(waiting.pop())
        if path is None or path in met:
            continue
        met.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("warta."):
                waiting += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
            elif isinstance(node, ast.Import):
                waiting += [name.name for name in node.names if name.name.startswith("warta.")]
    return sorted(met)


def _file(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split(".")[1:])
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


def _hash(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(ROOT).as_posix().encode())
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for part in _parts(tree):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def _parts(node: ast.AST) -> Iterator[str]:
    """The code of a tree, the same for each Python: empty fields and docstrings are left out."""
    yield type(node).__name__
    for name, value in ast.iter_fields(node):
        values = value if isinstance(value, list) else [value]
        for each in values:
            if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
                continue  # a docstring
            if isinstance(each, ast.AST):
                yield name
                yield from _parts(each)
            elif each is not None and name not in ("kind", "type_comment", "ctx"):
                yield f"{name}={each!r}"


def recorded() -> dict[str, dict[str, object]]:
    """What `code_versions.toml` says."""
    return tomllib.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--unchanged", nargs=2, metavar=("NAME", "REASON"), action="append")
    reasons = dict(parser.parse_args().unchanged or [])
    known = recorded()
    lines = ["# Written by tests/code_versions.py; see there.\n"]
    for name in ENTRIES:
        now, before = present(name), known.get(name, {})
        unchanged = list(before.get("unchanged", []))
        if before.get("version") != now.version:
            unchanged = []
        elif before.get("code") != now.hash:
            if name not in reasons:
                raise SystemExit(f"Raise {_VERSIONS[name][1]}, or give --unchanged {name} REASON.")
            unchanged.append(f"{datetime.now(UTC):%Y-%m-%d}: {reasons[name]}")
        lines.append(f'[{name}]\nversion = "{now.version}"\ncode = "{now.hash}"')
        # TOML's basic strings are JSON's.
        kept = "".join(f"  {json.dumps(reason, ensure_ascii=False)},\n" for reason in unchanged)
        lines.append(f"unchanged = [\n{kept}]\n" if kept else "unchanged = []\n")
    RECORD.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
