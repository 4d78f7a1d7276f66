"""The files by which Warta is deployed: parsed, and their steps tried as far as they go here."""

import http.server
import json
import os
import re
import shlex
import shutil
import subprocess
import threading
import tomllib
from pathlib import Path

import pytest
import yaml
from dockerfile import DOCKERFILE, copied_names, instructions

from warta.assistant.config import load_settings

ROOT = DOCKERFILE.parent
TEXT = DOCKERFILE.read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def said(name: str) -> list[str]:
    return [rest for found, rest in instructions(TEXT) if found == name]


def environment() -> dict[str, str]:
    pairs = (part.split("=", 1) for rest in said("ENV") for part in shlex.split(rest))
    return {name: value for name, value in pairs}


def readme_blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.M | re.S)


def test_the_image_runs_as_nobody_in_particular_and_keeps_its_home_in_a_volume():
    order = [name for name, _ in instructions(TEXT)]
    assert order[0] == "FROM"
    assert all(":" in rest.split()[0] for rest in said("FROM"))  # a version, not the newest
    assert said("USER") == ["warta"]
    assert order.index("USER") < order.index("ENTRYPOINT")
    assert "RUN" not in order[order.index("USER") :]
    assert said("VOLUME") == [environment()["WARTA_HOME"]]
    assert (json.loads(said("ENTRYPOINT")[0]), json.loads(said("CMD")[0])) == (["warta"], ["serve"])
    assert said("EXPOSE") == [environment()["WARTA_PORT"]]


def test_the_variables_of_the_image_are_settings():
    variables = {k: v for k, v in environment().items() if k.startswith("WARTA_")}
    settings = load_settings(environ=variables)
    assert (settings.host, settings.mcp) == ("0.0.0.0", True)


def test_every_step_of_the_image_is_a_command_that_shells_understand():
    assert len(said("RUN")) == 2
    for step in said("RUN"):
        subprocess.run(["bash", "-n", "-c", step], check=True)


def test_what_the_image_copies_is_there_and_is_all_that_the_package_is_built_of():
    copied = {name.rstrip("/") for name in copied_names(TEXT)}
    assert all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    folders = {
        place.split("/")[0] for place in project["tool"]["setuptools"]["package-dir"].values()
    }
    files = {project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml"}
    assert folders | files | {"constraints.txt"} == copied
    kept = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {line[1:] for line in kept if line.startswith("!")} == copied


def test_the_image_installs_the_extra_it_switches_on():
    assert "'.[mcp,milvus]'" in said("RUN")[0]
    assert "-c constraints.txt" in said("RUN")[0]


class _Ready(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status if self.path == "/readyz" else 404)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.mark.parametrize("status", [200, 503])
def test_the_healthcheck_tells_a_server_that_is_ready_from_one_that_is_not(status):
    command = json.loads(said("HEALTHCHECK")[0].split(" CMD ", 1)[1])
    handler = type("Handler", (_Ready,), {"status": status})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        variables = {**os.environ, "WARTA_PORT": str(server.server_port)}
        done = subprocess.run(command, env=variables, capture_output=True, check=False)
        server.shutdown()
    assert (done.returncode == 0) == (status == 200)


@pytest.fixture
def compose() -> dict:
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


def test_compose_names_only_what_it_defines(compose):
    for name, service in compose["services"].items():
        assert set(service["networks"]) <= set(compose["networks"]), name
        named = {volume.split(":")[0] for volume in service["volumes"]}
        assert {one for one in named if not one.startswith(".")} <= set(compose["volumes"]), name
        assert {config["source"] for config in service.get("configs", [])} <= set(
            compose["configs"]
        )
    assert compose["networks"]["inside"]["internal"] is True
    assert "ports" not in compose["services"]["warta"]  # only Caddy is reached from without
    assert compose["services"]["vllm"]["profiles"] == ["vllm"]
    assert compose["services"]["warta"]["networks"] == ["inside"]


def test_the_variables_of_compose_are_settings_that_ask_for_a_login(compose):
    """With what it gives where .env is empty: "${NAME:-default}" is the default."""
    given = compose["services"]["warta"]["environment"]
    variables = {k: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", v) for k, v in given.items()}
    settings = load_settings(environ=variables)
    assert settings.asks_login
    assert settings.proxies == (compose["networks"]["inside"]["ipam"]["config"][0]["subnet"],)
    assert settings.hosts == ("localhost",)
    model = {
        "WARTA_WRITER": "endpoint",
        "WARTA_ENDPOINT": "http://vllm:8000/v1",
        "WARTA_MODEL": "m",
    }
    assert load_settings(environ=variables | model).endpoint == "http://vllm:8000/v1"


def test_caddy_is_told_the_same_in_compose_and_in_the_readme(compose):
    (block,) = readme_blocks("caddyfile")
    inside = compose["configs"]["caddyfile"]["content"]
    inside = inside.replace("{$$WARTA_DOMAIN}", "arsip.example.org")
    assert block == inside.replace("warta:7860", "127.0.0.1:7860")
    assert block.count("{") == block.count("}")


def units(folder: Path) -> list[Path]:
    """The README's units, written to `folder`; programs that are not here replaced by `true`."""
    found = []
    for block in readme_blocks("ini"):
        path = folder / Path(block.splitlines()[0].removeprefix("# ")).name
        path.write_text(re.sub(r"(?<=ExecStart=)\S+", "/bin/true", block), "utf-8")
        found.append(path)
    return found


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    found = units(tmp_path)
    assert [path.name for path in found] == [
        "warta.service", "warta-index.service", "warta-index.timer",
    ]  # fmt: skip
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, found)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "warta" in line]
    assert (ours, done.returncode) == ([], 0)


def test_the_units_call_commands_that_there_are():
    from warta.assistant.cli.commands import main

    called = re.findall(r"/opt/warta/bin/warta (.+)", README)
    assert len(called) == 5
    for line in called:
        arguments = shlex.split(line.split(" $(")[0].replace("$(date +\\%u)", "1"))
        context = main.make_context("warta", [*arguments])
        name = [*context._protected_args, *context.args][0]
        assert name in main.commands


def test_the_clients_settings_start_a_command_that_there_is():
    from warta.assistant.cli.commands import main

    (block,) = readme_blocks("json")
    started = json.loads(block)["mcpServers"]["warta"]
    name, *arguments = started["args"]
    assert Path(started["command"]).name == "warta"
    assert main.commands[name].make_context(name, arguments).params["home"] == Path("/srv/warta")


def test_the_settings_of_the_server_page_are_settings(tmp_path):
    file = tmp_path / "warta.toml"
    file.write_text(readme_blocks("toml")[1], "utf-8")
    settings = load_settings(file, {})
    assert (settings.home, settings.proxies) == (Path("/var/lib/warta"), ("127.0.0.1/32",))
    assert settings.asks_login
