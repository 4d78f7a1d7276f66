"""What CI says of the licences of all that an install brings, and of its own documentation."""

import importlib.util
import tomllib
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
CI = ROOT / ".ci"


def script(name: str):
    spec = importlib.util.spec_from_file_location(f"ci_{name}", CI / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


licences = script("licences")


@pytest.mark.parametrize(
    ("expression", "does"),
    [
        ("MIT", True), ("GPL-3.0-only", False), ("", False), ("Proprietary", False),
        ("MIT OR GPL-2.0-only", True), ("MIT AND GPL-2.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True), ("MIT AND (GPL-2.0-only OR AGPL-3.0)", False),
        ("(MIT AND GPL-2.0-only) OR ISC", True), ("Apache-2.0 WITH LLVM-exception", True),
    ],
)  # fmt: skip
def test_of_a_licence_or_one_has_to_do_and_of_and_both(expression, does):
    assert licences.does(expression) is does


class _Package:
    def __init__(self, **said: str) -> None:
        self.metadata = Message()
        for name, value in said.items():
            self.metadata[name.replace("_", "-")] = value


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ({"License_Expression": "MIT", "License": "BSD"}, "MIT"),
        ({"License": "Apache License, Version 2.0"}, "Apache-2.0"),
        ({"License": "Copyright (c)\n all", "Classifier": "License :: OSI :: BSD License"}, "BSD"),
        ({"Classifier": "Programming Language :: Python"}, ""),
    ],
)  # fmt: skip
def test_a_licence_is_read_from_wherever_a_package_names_it(said, licence):
    assert licences.licence_of(_Package(**said)) == licence


def test_everything_that_an_install_brings_may_be_given_on(capsys):
    assert licences.main() == 0, capsys.readouterr().out
    listed = capsys.readouterr().out
    for name in ("torch", "gradio", "mcp", "haystack-ai", "prometheus-client", "starlette"):
        assert f"\n{name} " in listed


def test_every_name_of_the_public_faces_has_a_page(tmp_path):
    pytest.importorskip("pdoc", reason="pdoc is not installed: pip install -e '.[docs]'")
    docs = script("docs")
    docs.main(tmp_path)
    index = (tmp_path / "warta" / "index.html").read_text("utf-8")
    assistant = (tmp_path / "warta" / "assistant.html").read_text("utf-8")
    for name in ("retrieve", "retrieve_many", "aretrieve"):
        assert f'id="Retriever.{name}"' in index
    for name in ("Assistant.astream", "Assistant.aanswer", "Message.role", "Answer.text"):
        assert f'id="{name}"' in assistant


def test_the_constraints_name_all_that_any_extra_brings():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(line for extra in extras for line in extra)]
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {canonicalize_name(line.split("==")[0]) for line in lines if "==" in line}
    found = licences.brought(Requirement(line) for line in asked if not line.startswith("warta["))
    assert set(found) - pinned == set()
