"""README's page on servers, followed step by step in a folder (see image.py)."""

import json
import re
import shutil
import signal
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from dockerfile import DOCKERFILE, copied_names
from image import PATIENCE, Builder, Image, free_port, until

pytestmark = pytest.mark.install
ROOT = DOCKERFILE.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMAND = r"/opt/warta/bin/warta (.+)"


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    place = Path(tempfile.mkdtemp(prefix="warta-server-"))
    place.chmod(0o755)
    yield Builder(ROOT, place)
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def machine(builder: Builder) -> Image:
    """What is there after the first steps: they are given as a Dockerfile's."""
    (steps,) = re.findall(r"<!-- command: server -->\n```sh\n(.*?)```", README, re.S)
    settings = json.dumps(["/opt/warta/bin/warta", "--config", "/etc/warta/warta.toml"])
    folders = [name for name in copied_names(DOCKERFILE.read_text("utf-8"))]
    copies = [f"COPY {n} {n if (ROOT / n).is_dir() else './'}" for n in folders]
    lines = ["FROM python:3.11-here", "WORKDIR /src", *copies]
    lines += [f"RUN {step}" for step in steps.splitlines()]
    lines += ["WORKDIR /", "USER warta", f"ENTRYPOINT {settings}", 'CMD ["serve"]']
    image = builder.build("\n".join([*lines, "STOPSIGNAL SIGTERM"]) + "\n", "")
    block = next(b for b in re.findall(r"```toml\n(.*?)```", README, re.S) if "/etc/warta" in b)
    builder.at("/etc/warta/warta.toml").write_text(builder.below(block), "utf-8")
    return image


def said(builder: Builder, machine: Image, command: list[str]) -> str:
    with builder.running(machine, command) as one:
        told = one.process.communicate(timeout=PATIENCE)[0]
    assert one.process.returncode == 0, told
    return told


def called(start: str) -> list[str]:
    """The arguments of the page's command that begins so, without its settings."""
    lines = [line.replace("--config /etc/warta/warta.toml ", "")
             for line in re.findall(COMMAND, README)]  # fmt: skip
    (line,) = [line for line in lines if line.startswith(start)]
    return line.split(maxsplit=1 if start == "backup" else -1)  # its name holds a command


def test_the_page_ends_in_a_server_that_is_indexed_asked_and_backed_up(builder, machine):
    said(builder, machine, [*called("login"), "--password", "kata sandi"])
    token = said(builder, machine, called("tokens add")).split()[-1]
    news = "Jembatan Sagu dibuka Senin\n\nJembatan Sagu dibuka pada Senin pagi. Warga senang.\n"
    (builder.at("/srv/articles") / "jembatan.txt").write_text(news, "utf-8")
    said(builder, machine, called("index"))

    port = free_port()
    with builder.running(machine, WARTA_PORT=port) as one:
        until(lambda: "Warta is at" in one.process.stdout.readline(), one)
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/api/search?q=jembatan+sagu")
        asked.add_header("Authorization", f"Bearer {token}")
        asked.add_header("Host", "arsip.example.org")
        with urllib.request.urlopen(asked, timeout=60) as answer:
            assert "Jembatan Sagu" in answer.read().decode()
        assert one.stop(limit=60) in (0, -signal.SIGTERM)
    lines = builder.at("/var/lib/warta/requests.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line).get("token") for line in lines] == ["mesin-cari"]

    backup, to = called("backup")
    to = to.replace(r"$(date +\%u)", time.strftime("%u"))
    said(builder, machine, [backup, to])
    assert builder.at(to).stat().st_size > 1000
    there = json.loads(said(builder, machine, ["status", "--json"]))
    assert '"articles": 1' in json.dumps(there)
