"""What the documents say is tried out."""

import re
import shlex
from pathlib import Path

import click
import pytest

from warta.assistant.cli.commands import main
from warta.assistant.config import Settings, load_settings
from warta.index import Retriever

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.M | re.S)
WARTA_LINES = [
    line
    for kind, block in BLOCKS
    if kind == "sh"
    for line in block.replace(" && ", "\n").splitlines()
    if line.startswith("warta ")
]


def blocks(kind: str) -> list[str]:
    return [block for found, block in BLOCKS if found == kind]


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_for_itself_and_its_options_and_stands_in_the_readme(name):
    command = main.commands[name]
    assert command.help
    assert f"\n### `warta {name}" in README
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts}"


@pytest.mark.parametrize("line", WARTA_LINES)
def test_every_command_line_in_the_readme_is_understood(line):
    _, name, *arguments = shlex.split(line.split(" > ")[0], comments=True)
    command = main.commands[name]
    if name == "login":
        arguments += ["--password", "not asked for here"]
    context = command.make_context(name, arguments)
    assert context.params.keys() == {parameter.name for parameter in command.params}


def test_every_option_but_the_obvious_stands_in_the_readme_or_its_commands_help():
    wanted = {"--map", "--source", "--prune", "--rebuild", "--replay", "--skipped", "--json"}
    assert {option for option in wanted if option not in README} == set()


def test_the_settings_in_the_readme_are_the_defaults(tmp_path):
    block = blocks("toml")[0]
    file = tmp_path / "warta.toml"
    file.write_text(block, encoding="utf-8")
    settings = load_settings(file, {})
    assert settings.home == tmp_path / Settings().home
    assert settings.auth == tmp_path / "logins.txt"
    assert settings.tokens == tmp_path / "tokens.txt"
    for line in block.splitlines():
        key = line.split(" = ")[0]
        if key not in ("home", "auth", "tokens"):
            assert getattr(settings, key) == getattr(Settings(), key)


def test_the_two_commands_stand_under_their_marks():
    for name, last in (("serve", ".venv/bin/warta serve"), ("test", ".venv/bin/python -m pytest")):
        found = re.findall(rf"^<!-- command: {name} -->\n```sh\n(.*?)\n```$", README, re.M | re.S)
        assert len(found) == 1
        assert found[0].endswith(last)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_to_files_lead_somewhere(name):
    text = (ROOT / name).read_text("utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    local = [target for target in targets if not target.startswith("http")]
    assert [target for target in local if not (ROOT / target).exists()] == []


def test_the_licence_is_apache_2():
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_addresses_in_the_readme_answer(samples_home):
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from warta.assistant.answering.assistant import Assistant
    from warta.assistant.api.api import build_api
    from warta.assistant.api.gate import Gate

    text = "\n".join(blocks("sh")).replace("\\\n", " ")
    calls = [shlex.split(line) for line in text.splitlines() if line.startswith("curl ")]
    assert len(calls) == 2
    app = FastAPI()
    settings = Settings(home=samples_home)
    app.include_router(build_api(Assistant.load(samples_home), settings, Gate(1, 1)))
    client = TestClient(app, base_url="http://127.0.0.1:7860")
    for call in calls:
        address = call[1] if "-d" not in call else call[-1]
        body = call[call.index("-d") + 1] if "-d" in call else None
        headers = {"content-type": "application/json"}
        found = client.post(address, content=body, headers=headers) if body else client.get(address)
        assert found.status_code == 200, found.text


def run_python(number: int, samples_home, monkeypatch) -> dict:
    monkeypatch.chdir(samples_home.parent)
    names: dict = {"__name__": "readme"}
    exec(compile(blocks("python")[number], "README.md", "exec"), names)
    return names


def test_the_python_code_in_the_readme_runs(samples_home, monkeypatch, capsys):
    run_python(0, samples_home, monkeypatch)
    shown = capsys.readouterr().out
    assert "Rp47,5 miliar" in shown
    assert "answered" in shown


def best(samples_home, k: int, since: str | None = None) -> list[str]:
    hits = Retriever.load(samples_home).retrieve("banjir Lembayung", k=k, since=since)
    return [hit.passage.text for hit in hits]


def test_the_chain_in_the_readme_finds_what_ours_finds(samples_home, monkeypatch, capsys):
    pytest.importorskip("langchain_core", reason="langchain-core is not installed")
    run_python(1, samples_home, monkeypatch)
    shown = capsys.readouterr().out
    assert all(text in shown for text in best(samples_home, 3, "2026-01-14"))


def test_the_pipeline_in_the_readme_finds_what_ours_finds(samples_home, monkeypatch):
    monkeypatch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")
    pytest.importorskip("haystack", reason="haystack-ai is not installed")
    names = run_python(2, samples_home, monkeypatch)
    assert [found.content for found in names["documents"]] == best(samples_home, 3)
