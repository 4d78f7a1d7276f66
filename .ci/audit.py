"""Audits what is installed beside this Python for known vulnerabilities; ends with 1 for a finding.

pip-audit asks the package index for each installed version. Where the index keeps no record of
single versions (mirrors do not), pip-audit skips all and says that nothing was found. So what it
skipped is counted here, and what Warta itself requires is asked for again by the record of its
newest release: that speaks for the installed version where it is the newest. Nothing audited is a
failure, too.
"""

# ruff: noqa: T201

import json
import re
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
INDEX = "https://pypi.org/pypi"


@dataclass(frozen=True)
class Found:
    """One known vulnerability; `fixed` names versions without it, "" where there are none."""

    package: str
    id: str
    fixed: str

    def __str__(self) -> str:
        return f"{self.package}: {self.id}, fixed in {self.fixed or 'no version yet'}"


@dataclass(frozen=True)
class Audit:
    """What was audited and what was not (name -> version), and what was found."""

    audited: dict[str, str]
    skipped: dict[str, str]
    found: tuple[Found, ...] = ()


def read_report(report: str) -> Audit:
    """Read what `pip-audit --format json` prints; it gives no version for what it skipped."""
    audited, skipped, found = {}, {}, []
    for item in json.loads(report)["dependencies"]:
        if "skip_reason" in item:
            skipped[item["name"]] = _installed(item["name"])
            continue
        audited[item["name"]] = item["version"]
        for known in item["vulns"]:
            found.append(Found(item["name"], known["id"], ", ".join(known["fix_versions"])))
    return Audit(audited, skipped, tuple(found))


def ask_again(audit: Audit, names: set[str], record: Callable[[str], dict | None]) -> Audit:
    """Audit those of `names` that were skipped by the record of their newest release."""
    audited, skipped, found = dict(audit.audited), dict(audit.skipped), list(audit.found)
    for name in sorted(names & set(audit.skipped)):
        said = record(name)
        if said is None or said["info"]["version"] != audit.skipped[name]:
            continue
        audited[name] = skipped.pop(name)
        for known in said["vulnerabilities"]:
            if not known.get("withdrawn"):
                found.append(Found(name, known["id"], ", ".join(known["fixed_in"])))
    return Audit(audited, skipped, tuple(found))


def verdict(audit: Audit) -> tuple[int, list[str]]:
    """Return the exit code and what is to be said."""
    total = len(audit.audited) + len(audit.skipped)
    lines = [f"{len(audit.audited)} of {total} installed distributions audited."]
    if audit.skipped:
        names = ", ".join(
            f"{name} {installed}" for name, installed in sorted(audit.skipped.items())
        )
        lines.append(f"NOT AUDITED, for the index has no record of these versions: {names}")
    lines += [str(found) for found in audit.found]
    mendable = [found for found in audit.found if found.fixed]
    if mendable:
        lines.append(f"FAILED: {len(mendable)} known vulnerabilities have a fix.")
    if not audit.audited:
        lines.append("FAILED: nothing was audited.")
    return int(bool(mendable) or not audit.audited), lines


def required() -> set[str]:
    """Return the names that pyproject.toml lists, extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = [project["dependencies"], *project["optional-dependencies"].values()]
    named = (re.match(r"[\w.-]+", line) for line in chain(*listed))
    return {_plain(name[0]) for name in named if name} - {"warta"}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _record(name: str) -> dict | None:
    try:
        with urllib.request.urlopen(f"{INDEX}/{name}/json", timeout=20) as answer:
            return json.load(answer)
    except (OSError, ValueError) as error:
        print(f"{name}: {error}")
        return None


def main() -> int:
    """Audit, print what was found, and return the exit code."""
    command = [sys.executable, "-m", "pip_audit", "--local", "--skip-editable"]
    options = ["--format", "json", "--progress-spinner", "off"]
    done = subprocess.run([*command, *options], capture_output=True, text=True)
    try:
        audit = read_report(done.stdout)
    except (ValueError, KeyError):
        print(f"pip-audit gave no report: {done.stderr.strip()[-500:]}")
        return 1
    if audit.skipped:
        audit = ask_again(audit, required(), _record)
    code, lines = verdict(audit)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
