"""The architecture, held by reading the imports of every module."""

import ast
import subprocess
import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("corpus", "index", "assistant")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
ALLOWED = {*ROOMS, "tests", "pyproject.toml", "constraints.txt", "Dockerfile", "compose.yaml"}
DOCUMENTS = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "NOTICE"}
# Which package may import which of the same room. A room's own modules (its public data) may be
# imported by all its packages; what lies to the left may be imported by all.
MAY_IMPORT = {
    "corpus": {"corpus/language"},
    "corpus/dates": set(),
    "corpus/language": {"corpus/dates"},
    "corpus/reading": set(),
    "corpus/cleaning": {"corpus/dates", "corpus/language"},
    "corpus/archive": {"corpus/reading"},
    "corpus/samples": set(),
    "index": set(),
    "index/embedding": set(),
    "index/embedding/model": set(),
    "index/stories": set(),
    "index/stories/training": {
        "index/building", "index/embedding", "index/snapshot", "index/stories",
    },
    "index/snapshot": {"index/embedding", "index/stories"},
    "index/building": {"index/embedding", "index/snapshot", "index/stories"},
    "index/distributed": {
        "index/building", "index/embedding", "index/search", "index/snapshot", "index/stories",
    },
    "index/integrations": {"index/search"},
    "index/query": set(),
    "index/reader": {"index/embedding", "index/query"},
    "index/search": {"index/embedding", "index/query", "index/reader", "index/snapshot"},
    "index/training": {
        "index/building", "index/embedding", "index/query", "index/reader", "index/search",
        "index/training/models",
    },
    "index/training/models": {"index/reader"},
    "assistant": set(),
    "assistant/question": set(),
    "assistant/question/training": {"assistant/question"},
    "assistant/composing": {"assistant/question"},
    "assistant/writing": {"assistant/composing", "assistant/question"},
    "assistant/answering": {"assistant/composing", "assistant/question", "assistant/writing"},
    "assistant/exporting": set(),
    "assistant/upkeep": {"assistant/answering", "assistant/exporting", "assistant/writing"},
    "assistant/api": {"assistant/exporting", "assistant/upkeep"},
    "assistant/page": {"assistant/api", "assistant/exporting", "assistant/upkeep"},
    "assistant/desk": {
        "assistant/api", "assistant/composing", "assistant/exporting", "assistant/page",
        "assistant/upkeep",
    },
    "assistant/web": {
        "assistant/api", "assistant/desk", "assistant/page", "assistant/upkeep",
    },
    "assistant/evaluation": {"assistant/answering", "assistant/question", "assistant/upkeep"},
    "assistant/cli": {
        "assistant/api", "assistant/evaluation", "assistant/exporting", "assistant/upkeep",
        "assistant/web",
    },
}  # fmt: skip
MOST_ENTRIES = {"corpus": 14, "index": 16, "assistant": 18}
HEAVY = {
    "faiss": {"index/snapshot/vectors.py"},
    "sentence_transformers": {
        "index/embedding/embedder.py", "index/search/reranker.py", "index/training/embedder.py",
    },
    "tantivy": {"index/snapshot/terms.py"},
    "transformers": {"assistant/writing/chat_models.py", "index/training/models/passage_reader.py"},
    "onnxruntime": {"index/reader/passage_reader.py", "index/training/models/passage_reader.py"},
    "gradio": {"assistant/page/page.py"},
    "langchain_core": {"index/integrations/langchain_retriever.py"},
    "haystack": {"index/integrations/haystack_retriever.py"},
    "pymilvus": {"index/distributed/milvus.py"},
}  # fmt: skip


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), name_of(path))


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module imported anywhere in the file, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: write imports in full"
            found.add(node.module or "")
    return frozenset(found)


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def package_of(path: Path) -> str:
    return name_of(path.parent)


def folder_of(module: str) -> str:
    """Where a module of ours lies: `warta.integrations` is the one that is called otherwise."""
    return (
        module.replace("warta.integrations", "index.integrations")
        .removeprefix("warta.")
        .replace(".", "/")
    )


def ours(path: Path) -> set[str]:
    """The packages of ours that a module imports from, its own left out."""
    found = set()
    for name in imports(path):
        if name.startswith("warta."):
            place = ROOT / folder_of(name)
            found.add(package_of(place / "face" if place.is_dir() else place))
    return found - {package_of(path)}


def test_imports_point_left_only():
    wrong = []
    for path in MODULES:
        room = path.relative_to(ROOT).parts[0]
        left = set(ROOMS[: ROOMS.index(room)])
        right = {name for name in ours(path) if name.split("/")[0] not in {room, *left}}
        wrong += [(name_of(path), name) for name in right | roots(path) & {*ROOMS, "tests"}]
    assert wrong == []


def test_a_package_imports_only_what_the_table_allows():
    wrong = []
    for path in MODULES:
        room, package = path.relative_to(ROOT).parts[0], package_of(path)
        if path == ROOT / room / "__init__.py":
            continue  # a room's face names what its packages hold
        inside = {name for name in ours(path) if name.split("/")[0] == room}
        wrong += [(name_of(path), name) for name in inside - MAY_IMPORT[package] - {room}]
    assert wrong == []


def test_the_table_names_every_package_and_has_no_circle():
    assert set(MAY_IMPORT) == {package_of(path) for path in MODULES}
    done: set[str] = set()
    while len(done) < len(MAY_IMPORT):
        free = {name for name, asked in MAY_IMPORT.items() if asked - {name} <= done} - done
        assert free, set(MAY_IMPORT) - done
        done |= free


def test_folders_stay_small_enough_to_read_at_a_glance():
    for package in MAY_IMPORT:
        entries = [entry for entry in (ROOT / package).iterdir() if entry.name != "__pycache__"]
        assert len(entries) <= MOST_ENTRIES.get(package, 16), package


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
    assert users <= allowed | {"assistant/writing/entailment.py", "index/training/ranking.py"}


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
    for node in ast.walk(tree(path)):
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
        packages = {folder_of(name): name for name in setuptools["packages"]}
        folder = max((each for each in packages if path.is_relative_to(each)), key=len)
        if path.suffix == ".py":
            assert path.parent == PurePosixPath(folder), line
            continue
        inside = path.relative_to(folder).as_posix()
        patterns = setuptools["package-data"][packages[folder]]
        assert any(
            fnmatch(inside, pattern) or fnmatch(inside, pattern.removeprefix("**/"))
            for pattern in patterns
        ), line


def test_no_two_classes_have_one_name():
    found: dict[str, set[str]] = {}
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, set()).add(name_of(path))
    assert {name: files for name, files in found.items() if len(files) > 1} == {}


def test_the_tried_versions_lie_within_the_declared_ranges():
    pins = {
        canonicalize_name(name): version
        for name, _, version in (
            line.partition("==")
            for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
            if line and not line.startswith("#")
        )
    }
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    extras = project["optional-dependencies"].values()
    for line in [*project["dependencies"], *(item for extra in extras for item in extra)]:
        wanted = Requirement(line)
        if wanted.name != "warta":
            assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)]), line
