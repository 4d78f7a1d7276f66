"""The audit of CI, over reports as pip-audit and the index write them."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def audit():
    path = Path(__file__).parents[1] / ".ci" / "audit.py"
    spec = importlib.util.spec_from_file_location("warta_ci_audit", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def report(*items: dict) -> str:
    return json.dumps({"dependencies": list(items), "fixes": []})


def skipped(name: str) -> dict:
    return {"name": name, "skip_reason": f"Dependency not found on PyPI: {name}"}


def with_vulnerability(*fixed: str) -> dict:
    known = {"id": "PYSEC-1", "fix_versions": list(fixed), "aliases": []}
    return {"name": "jinja2", "version": "3.0", "vulns": [known]}


CLEAN = {"name": "idna", "version": "3.0", "vulns": []}


def test_a_clean_report_passes_and_counts(audit):
    code, lines = audit.verdict(audit.read_report(report(CLEAN)))
    assert (code, lines) == (0, ["1 of 1 installed distributions audited."])


def test_a_vulnerability_with_a_fix_fails_and_one_without_is_listed(audit):
    code, lines = audit.verdict(audit.read_report(report(CLEAN, with_vulnerability("3.1"))))
    assert code == 1
    assert "jinja2: PYSEC-1, fixed in 3.1" in lines
    code, lines = audit.verdict(audit.read_report(report(CLEAN, with_vulnerability())))
    assert code == 0
    assert "jinja2: PYSEC-1, fixed in no version yet" in lines


def test_a_report_in_which_everything_was_skipped_fails(audit):
    code, lines = audit.verdict(audit.read_report(report(skipped("idna"), skipped("pytest"))))
    assert code == 1
    assert lines[0] == "0 of 2 installed distributions audited."
    assert "NOT AUDITED" in lines[1]
    assert f"pytest {pytest.__version__}" in lines[1]
    assert lines[-1] == "FAILED: nothing was audited."


def test_what_was_skipped_is_audited_by_its_newest_release_where_that_is_installed(audit):
    asked = []

    def record(name: str) -> dict | None:
        asked.append(name)
        known = [{"id": "CVE-1", "fixed_in": ["99"]}, {"id": "CVE-2", "withdrawn": "2026"}]
        return {
            "pytest": {"info": {"version": pytest.__version__}, "vulnerabilities": known},
            "numpy": {"info": {"version": "0.1"}, "vulnerabilities": known},
        }.get(name)

    first = audit.read_report(report(CLEAN, *map(skipped, ("pytest", "numpy", "click", "lxml"))))
    again = audit.ask_again(first, {"pytest", "numpy", "click", "idna"}, record)
    assert asked == ["click", "numpy", "pytest"]
    assert again.audited == {"idna": "3.0", "pytest": pytest.__version__}
    assert set(again.skipped) == {"numpy", "click", "lxml"}
    assert [str(found) for found in again.found] == ["pytest: CVE-1, fixed in 99"]
    assert audit.verdict(again)[0] == 1


def test_what_warta_requires_is_read_from_its_own_list(audit):
    names = audit.required()
    assert {"gradio", "torch", "lxml-html-clean", "pystemmer", "mcp", "pytest"} <= names
    assert "warta" not in names
