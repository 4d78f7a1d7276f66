"""The architecture, held by reading the imports of every module."""

import ast
import subprocess
import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("corpus", "index", "assistant")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
ALLOWED = {*ROOMS, "tests", "pyproject.toml"}
DOCUMENTS = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"}
HEAVY = {
    "faiss": {"index/snapshot/vectors.py"},
    "sentence_transformers": {
        "index/embedding/embedder.py",
        "index/search/reranker.py",
        "index/training/embedder.py",
    },
    "tantivy": {"index/snapshot/terms.py"},
    "transformers": {"assistant/writing/generative.py"},
    "gradio": {"assistant/page/page.py"},
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module imported anywhere in the file, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"), name_of(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: write imports in full"
            found.add(node.module or "")
    return frozenset(found)


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_left_only(path):
    room = path.relative_to(ROOT).parts[0]
    right = set(ROOMS[ROOMS.index(room) + 1 :])
    assert not roots(path) & right
    assert "tests" not in roots(path)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_has_more_than_350_lines(path):
    assert len(path.read_text("utf-8").splitlines()) <= 350


def test_the_corpus_knows_neither_numbers_nor_tensors():
    for path in (ROOT / "corpus").rglob("*.py"):
        assert not roots(path) & {"numpy", "torch"}, name_of(path)


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_is_imported_in_its_own_file_only(library):
    users = {name_of(path) for path in MODULES if library in roots(path)}
    assert users <= HEAVY[library]


def test_torch_is_imported_only_where_models_live():
    users = {name_of(path) for path in MODULES if "torch" in roots(path)}
    allowed = HEAVY["sentence_transformers"] | HEAVY["transformers"]
    assert users <= allowed | {
        "assistant/writing/entailment.py",
        "index/training/embedder.py",
        "index/training/ranking.py",
    }


def test_the_top_level_holds_the_three_rooms_the_tests_and_the_documents():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout: what else lies here is nobody's business")
    entries = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {entry for entry in entries if not entry.startswith(".")} <= ALLOWED | DOCUMENTS


def test_tests_are_flat_and_no_package():
    assert not list((ROOT / "tests").rglob("__init__.py"))


def functions(path: Path) -> list[tuple[str, int]]:
    """Name and lines of every function's body, its docstring not counted."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            found.append((f"{name_of(path)}:{node.name}", lines))
    return found


def test_no_function_body_is_over_60_lines_and_nine_of_ten_are_under_30():
    lengths = [item for path in MODULES for item in functions(path)]
    assert not [name for name, lines in lengths if lines > 60]
    assert sum(lines < 30 for _, lines in lengths) >= 0.9 * len(lengths)


def test_every_file_beside_the_modules_is_installed_with_its_package():
    listed = subprocess.run(
        ["git", "ls-files", *ROOMS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout: which files belong to it is not known")
    with (ROOT / "pyproject.toml").open("rb") as file:
        setuptools = tomllib.load(file)["tool"]["setuptools"]
    for line in listed.stdout.splitlines():
        path = PurePosixPath(line)
        owners = [p for p in setuptools["packages"] if path.is_relative_to(p.replace(".", "/"))]
        package = max(owners, key=len)
        if path.suffix == ".py":
            assert path.parent == PurePosixPath(package.replace(".", "/")), line
            continue
        inside = path.relative_to(package.replace(".", "/")).as_posix()
        patterns = setuptools["package-data"][package]
        assert any(
            fnmatch(inside, pattern) or fnmatch(inside, pattern.removeprefix("**/"))
            for pattern in patterns
        ), line
