"""Every connection of every command, watched from outside: none leaves this machine."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from attacked import ROOT, request, serving, warta

pytestmark = [
    pytest.mark.security,
    pytest.mark.skipif(not shutil.which("strace"), reason="no strace on this machine"),
]
# Datagrams need no connect: a look-up of a name can leave by any of these.
CALLS = "trace=connect,sendto,sendmsg,sendmmsg"
ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
OURS = re.compile(r"127\.\d+\.\d+\.\d+|::1|::ffff:127\..*")
HUB = {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "GRADIO_ANALYTICS_ENABLED"}


def watched(trace: Path, *command: str) -> list[str]:
    """Return a command under strace, all its processes and threads included."""
    return ["strace", "-f", "-qq", "-e", CALLS, "-o", str(trace), *command]


def abroad(trace: Path) -> list[str]:
    """Return the calls of a trace that name an address beyond this machine."""
    found = []
    for line in trace.read_text(errors="replace").splitlines():
        addresses = [four or six for four, six in ADDRESS.findall(line)]
        if any(not OURS.fullmatch(address) for address in addresses):
            found.append(line)
    return found


def run(trace: Path, *arguments: str) -> str:
    # What would keep libraries from asking is taken away: the product must see to it itself.
    environment = {name: value for name, value in os.environ.items() if name not in HUB}
    environment |= {"OMP_NUM_THREADS": "1"}
    command = watched(trace, sys.executable, "-m", "warta.assistant.cli", *arguments)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_watch_sees_a_connection_and_a_datagram_that_leave(tmp_path: Path) -> None:
    code = """if True:
        import socket
        one = socket.socket(); one.settimeout(0.1)
        try: one.connect(("192.0.2.1", 80))
        except OSError: pass
        two = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try: two.sendto(b"x", ("192.0.2.2", 53))
        except OSError: pass
    """
    subprocess.run(watched(tmp_path / "trace", sys.executable, "-c", code), check=True)
    seen = " ".join(abroad(tmp_path / "trace"))
    assert "192.0.2.1" in seen
    assert "192.0.2.2" in seen


def test_no_command_opens_a_connection(tmp_path: Path) -> None:
    home, trace = str(tmp_path / "home"), tmp_path / "trace"
    page = (
        '<html><head><link rel="stylesheet" href="http://192.0.2.1/a.css">'
        '<base href="http://192.0.2.2/">'
        '<meta http-equiv="refresh" content="0;url=http://192.0.2.3/"></head><body><article><p>'
        "Jembatan Selasih menghabiskan biaya 41 miliar rupiah menurut camat, Senin (5/1/2026).</p>"
        "<p>Jembatan itu menghubungkan dua desa yang selama ini dipisahkan sungai, dan warga dapat "
        "melewatinya mulai pekan depan setelah lampu dan pagar dipasang oleh dinas setempat.</p>"
        '<img src="http://192.0.2.4/a.png"><iframe src="http://192.0.2.5/"></iframe></article>'
    )
    feed = (
        '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://192.0.2.6/rss.dtd"><rss version="2.0" '
        'xmlns:xi="http://www.w3.org/2001/XInclude"><channel><title>a</title><item><title>b</title>'
        '<xi:include href="http://192.0.2.7/"/><link>http://192.0.2.8/</link><description>'
        "Waduk Cendana menyusut 14 meter pada Agustus menurut warga.</description></item>"
        "</channel></rss>"
    )
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "page.html").write_text(page)
    (folder / "feed.xml").write_text(feed)
    for arguments in (
        ("index", str(folder)),
        ("ask", "Berapa biaya Jembatan Selasih?"),
        ("check",),
        ("backup", str(tmp_path / "b.zip")),
    ):
        said = run(trace, *arguments, "--home", home)
        assert abroad(trace) == [], arguments
        if arguments[0] == "ask":
            assert "41 miliar" in said


def test_serving_answering_and_refusing_open_no_connection(
    samples_home: Path, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    with serving(*watched(trace, *warta(samples_home))) as port:
        for target in (
            *("/", "/status", "/api/status", "/api/openapi.json", "/warta/overview"),
            *("/gradio_api/info", "/gradio_api/app_id", "/gradio_api/startup-events"),
            *("/gradio_api/proxy=http://192.0.2.1/", "/gradio_api/file=http://192.0.2.2/"),
        ):
            request(port, target)
        body = json.dumps({"question": "Berapa biaya Jembatan Kali Mendira?"})
        asked = request(
            port, "/api/ask", "content-type: application/json", method="POST", body=body
        )
        assert json.loads(asked.body)["status"] == "answered"
    text = trace.read_text(errors="replace")
    assert "sendto" in text or "sendmsg" in text  # something was watched
    assert abroad(trace) == []
