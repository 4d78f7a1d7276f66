"""The built wheel in environments of its own, among packages and a module of our folders' names.

The environments see the libraries of the one that runs the tests, but no Warta and no checkout.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from dockerfile import DOCKERFILE, copied_names

pytestmark = pytest.mark.install
ROOT = DOCKERFILE.parent
TOYS = ("assistant", "index", "corpus")
SCRIPT = """
import assistant, corpus, index
from warta.index import Retriever
from warta.integrations.metadata import passage_id

assert (index.WHOSE, assistant.WHOSE, corpus.WHOSE) == ("the script's", "a toy", "a toy")
print(passage_id(Retriever.load("warta-data").retrieve("banjir Lembayung", k=1)[0]))
"""


def run(*command: str | Path, cwd: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def toy_wheel(name: str, folder: Path) -> Path:
    """A wheel of one package, written by hand: there is nothing to build."""
    path, info = folder / f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", 'WHOSE = "a toy"\n')
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", f"{name}/__init__.py,,\n{info}/RECORD,,\n")
    return path


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Name -> wheel, of Warta and of each toy."""
    folder = tmp_path_factory.mktemp("wheels")
    source = folder / "source"
    for part in (ROOT / name for name in copied_names(DOCKERFILE.read_text("utf-8"))):
        if part.is_dir():
            shutil.copytree(part, source / part.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(part, source)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, source)
    run(*pip, cwd=folder)
    (warta,) = folder.glob("warta-*.whl")
    return {"warta": warta} | {name: toy_wheel(name, folder) for name in TOYS}


@pytest.mark.parametrize(
    "order", [("warta", *TOYS), (*TOYS, "warta")], ids=["warta first", "warta last"]
)
def test_the_wheel_answers_among_packages_called_as_its_folders(wheels, tmp_path, order):
    place = tmp_path / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", place, cwd=tmp_path)
    (packages,) = place.glob("lib/python3*/site-packages")
    libraries = sysconfig.get_path("purelib")
    (packages / "libraries.pth").write_text(f"{libraries}\n", "utf-8")
    python = place / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps")
    for name in order:
        run(*pip, "--no-index", "--ignore-installed", wheels[name], cwd=tmp_path)

    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "index.py").write_text('WHOSE = "the script\'s"\n', "utf-8")
    (desk / "script.py").write_text(SCRIPT, "utf-8")
    samples = next(packages.glob("warta/corpus/samples/samples.jsonl"))
    warta = place / "bin" / "warta"
    run(warta, "index", samples, cwd=desk)
    assert run(python, "script.py", cwd=desk).startswith("contoh-")
    told = run(warta, "ask", "Berapa biaya Jembatan Kali Mendira?", "--json", cwd=desk)
    assert json.loads(told)["status"] == "answered"
    assert run(warta, "--version", cwd=desk).split()[-1] == wheels["warta"].name.split("-")[1]
    where = "import warta.index, sys; sys.stdout.write(warta.index.__file__)"
    assert Path(run(python, "-c", where, cwd=desk)).is_relative_to(packages)
