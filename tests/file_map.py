"""Writes the map of CONTRIBUTING.md: every product file with the first words it says of itself.

python tests/file_map.py
"""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- map: python tests/file_map.py -->\n", "<!-- end of the map -->\n"


def product_files() -> list[str]:
    """The files of the three rooms that git knows or would take, sorted; [] where git is not."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "corpus", "index", "assistant"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return sorted({line for line in listed.stdout.splitlines() if (ROOT / line).is_file()})


@cache
def says(file: str) -> str:
    """What a file says of itself: docstring, comment at the top, headline, or note."""
    path = ROOT / file
    if path.suffix == ".py":
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        return " ".join(text.split("\n\n")[0].split())
    if path.suffix in {".js", ".css"}:
        comment = re.match(r"/\*(.*?)(?:[.:] |\.?\*/|\n\n)", path.read_text("utf-8"), re.S)
        return " ".join(comment[1].split()).rstrip(".") + "." if comment else ""
    if path.suffix in {".html", ".xml"}:  # templates
        comment = re.match(r"\{#(.*?)#\}", path.read_text("utf-8"), re.S)
        return " ".join(comment[1].split()) if comment else ""
    if path.suffix == ".md":
        return path.read_text("utf-8").partition("\n")[0].removeprefix("# ") + "."
    if file in _notes():
        return _notes()[file]
    if path.suffix in {".toml", ".txt"}:
        return path.read_text("utf-8").partition("\n")[0].removeprefix("# ")
    return ""  # a file of data: index/artefacts.toml has to say what it is


@cache
def _notes() -> dict[str, str]:
    with (ROOT / "index" / "artefacts.toml").open("rb") as listed:
        rows = tomllib.load(listed)["artefact"]
    made = [("" if r["maker"] == "hand" else f" (step `{r['maker']}`)") for r in rows]
    notes = [r["note"][0].upper() + r["note"][1:] for r in rows]
    files = [r["file"] for r in rows]
    return {file: f"{n}{m}." for file, n, m in zip(files, notes, made, strict=True)}


def made_map(files: Iterable[str]) -> str:
    """One table a package, in the order of the data: corpus, index, assistant."""
    shown = [file for file in files if not file.endswith("py.typed")]
    packages = {str(PurePosixPath(file).parent) for file in shown if file.endswith(".py")}
    owners = {file: _owner(file, packages) for file in shown}
    rooms = ["corpus", "index", "assistant"]
    parts = []
    for package in sorted(packages, key=lambda name: (rooms.index(name.split("/")[0]), name)):
        title = f"`{package}/`: {says(f'{package}/__init__.py')}"
        parts.append(f"{title}\n\n| file | what |\n|---|---|\n")
        for file in shown:
            if owners[file] == package and not file.endswith("__init__.py"):
                inside = PurePosixPath(file).relative_to(package)
                parts.append(f"| `{inside}` | {says(file).replace('|', '/')} |\n")
        parts.append("\n")
    return "".join(parts)


def _owner(file: str, packages: set[str]) -> str:
    return max((p for p in packages if PurePosixPath(file).is_relative_to(p)), key=len)


def main() -> None:
    """Put the map between its marks."""
    text = DOCUMENT.read_text("utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{made_map(product_files())}{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
