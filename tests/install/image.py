"""A Dockerfile done in a folder: what Docker does with it, as far as it goes without Docker.

COPY, RUN, ENV, WORKDIR and USER are done one by one as they are written, but that absolute paths
lie below a folder. The base image is this machine with this Python; what pip is asked for is taken
from the libraries of the environment that runs the tests, in which it has to stand in the version
asked for. Users are of the folder's own; as root, the image runs under the number that its user
got, otherwise as whoever runs the tests.
"""

import contextlib
import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dockerfile import instructions

AS_ROOT = os.geteuid() == 0 and shutil.which("setpriv") is not None
# Another user, who may read everywhere (Python may lie in root's home), and write as others may.
AS_USER = (
    "setpriv --reuid {0} --regid {0} --clear-groups --inh-caps=-all,+dac_read_search "
    "--ambient-caps=+dac_read_search --bounding-set=-all,+dac_read_search --"
)
PATIENCE = 180.0  # seconds to the first answer, on a busy machine
TAKEN_OVER = ("PIP_", "SSL_", "HTTP", "http", "REQUESTS_")  # by which pip finds its index here
PYTHON = """#!/bin/sh
{python} "$@" || exit
if [ "$1 $2" = "-m venv" ]; then
    for packages in "$3"/lib/python3*/site-packages; do
        echo {libraries} > "$packages/base.pth"
    done
fi
"""
USERADD = """#!/bin/sh
[ {root} = no ] && echo "warta:x:10001:10001::/:/bin/sh" >> {place}/etc/passwd && exit
exec {program} --prefix {place} "$@"
"""
INSTALL = """#!{python}
import os, sys
known = dict(line.split(":")[:3:2] for line in open("{place}/etc/passwd"))
options = sys.argv[1:]
for at in [at for at, word in enumerate(options) if word in ("-o", "-g")][::-1]:
    if options[at + 1] not in known:
        sys.exit(f"install: invalid user: {{options[at + 1]}}")
    options[at + 1] = known[options[at + 1]]
    if "{root}" == "no":
        del options[at : at + 2]
os.execv("{program}", ["install", *options])
"""


class StepFailed(Exception):
    """A step that Docker would have ended the build at."""


@dataclass
class Image:
    """What an image is run with; paths are those in it."""

    environ: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "root"
    said: dict[str, str] = field(default_factory=dict)  # of ENTRYPOINT, CMD, HEALTHCHECK, …


class Builder:
    """Builds images in `place`, one at a time: the one before is gone when the next is begun."""

    def __init__(self, context: Path, place: Path) -> None:
        self._context, self._place = context, place
        self.root = place / "root"
        self._stages: dict[str, tuple[tuple[str, ...], Path]] = {}
        (place / "bin").mkdir(parents=True)
        facts = {
            "python": sys.executable, "place": self.root, "root": "yes" if AS_ROOT else "no",
            "libraries": sysconfig.get_path("purelib"),
        }  # fmt: skip
        shims = {"python": PYTHON, "python3": PYTHON, "useradd": USERADD, "install": INSTALL}
        for name, text in shims.items():
            program = shutil.which(name, path="/usr/sbin:/usr/bin:/bin")
            shim = place / "bin" / name
            shim.write_text(text.format(program=program, **facts))
            shim.chmod(0o755)

    def build(self, text: str, ignore: str) -> Image:
        """Do all steps; one stage that was done before as it is now is taken as it was left.

        Raises StepFailed at the step that fails, with what it said.
        """
        steps = instructions(text)
        begins = [at for at, (name, _) in enumerate(steps) if name == "FROM"]
        for at, end in zip(begins, [*begins[1:], len(steps)], strict=True):
            _, _, stage = steps[at][1].partition(" AS ")
            done = (ignore, *map(" ".join, steps[at:end]))
            if stage and self._stages.get(stage, ("",))[0] == done:
                continue
            image = self._do(steps[at:end], ignore.splitlines())
            if stage:
                kept = self._place / f"stage-{stage}"
                shutil.rmtree(kept, ignore_errors=True)
                self._stages[stage] = done, self.root.rename(kept)
        return image

    def _do(self, steps: Sequence[tuple[str, str]], ignore: Sequence[str]) -> Image:
        shutil.rmtree(self.root, ignore_errors=True)
        for name in ("etc", "tmp", "root", "srv", "opt"):
            (self.root / name).mkdir(parents=True)
        (self.root / "tmp").chmod(0o1777)
        (self.root / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        image = Image({"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"})
        for name, rest in steps:
            if name == "FROM" and f":{sys.version_info[0]}.{sys.version_info[1]}-" not in rest:
                raise StepFailed(f"FROM {rest}: this is Python {sys.version}")
            if name == "ENV":
                for part in shlex.split(rest):
                    key, _, value = part.partition("=")
                    image.environ[key] = value.replace("$PATH", image.environ["PATH"])
            elif name == "WORKDIR":
                image.folder = rest
                self.at(rest).mkdir(parents=True, exist_ok=True)
            elif name == "USER":
                image.user = rest
            elif name == "COPY":
                self._copy(image, rest, ignore)
            elif name == "RUN":
                self._run(image, rest)
            else:
                image.said[name] = rest
        return image

    def at(self, path: str) -> Path:
        """Where an absolute path of the image lies."""
        return self.root / path.lstrip("/")

    def below(self, text: str) -> str:
        """Return text with every absolute path put below the folder."""
        return re.sub(r"(?<![\w.:/])/(?=\w)", f"{self.root}/", text)

    def _copy(self, image: Image, rest: str, ignore: Sequence[str]) -> None:
        source = self._context
        if found := re.match(r"--from=(\w+) ", rest):
            source, ignore, rest = self._stages[found[1]][1], [], rest[found.end() :]
        *names, to = rest.split()
        target = self.at(to if to.startswith("/") else f"{image.folder}/{to}")
        if len(names) > 1 and not to.endswith("/"):
            raise StepFailed(f"COPY {rest}: of several, the last must end in /")
        for name in names:
            path = source / name.lstrip("/")
            if not path.exists() or ignored(name, ignore):
                raise StepFailed(f"COPY {rest}: {name} not found")
            if path.is_dir():
                shutil.copytree(
                    path, target, dirs_exist_ok=True, symlinks=True,
                    ignore=lambda folder, inside: [
                        one for one in inside
                        if ignored(str((Path(folder) / one).relative_to(source)), ignore)
                    ],
                )  # fmt: skip
            else:
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)

    def _run(self, image: Image, step: str) -> None:
        here = {k: v for k, v in os.environ.items() if k.startswith(TAKEN_OVER)}
        environ = here | self.environ(image) | {"HOME": os.environ.get("HOME", "/")}
        environ |= {"PIP_RETRIES": "0", "PIP_DEFAULT_TIMEOUT": "15"}
        environ["PATH"] = f"{self._place / 'bin'}:{environ['PATH']}"
        done = subprocess.run(
            ["/bin/sh", "-c", self.below(step)], cwd=self.at(image.folder), env=environ,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise StepFailed(f"RUN {step}: {done.stdout[-2000:]}{done.stderr[-2000:]}")

    def environ(self, image: Image) -> dict[str, str]:
        """The image's variables, in the folder; what its base has stays where it is."""
        found = {key: self.below(value) for key, value in image.environ.items()}
        found["PATH"] = ":".join(
            part if part.startswith(("/usr", "/bin", "/sbin")) else self.below(part)
            for part in image.environ["PATH"].split(":")
        )
        return found

    def owner(self, image: Image) -> int:
        """The number of the image's user."""
        for line in (self.root / "etc" / "passwd").read_text().splitlines():
            name, _, number, *_ = line.split(":")
            if name == image.user:
                return int(number)
        raise StepFailed(f"USER {image.user}: no such user")

    @contextlib.contextmanager
    def running(
        self, image: Image, command: Sequence[str] | None = None, **variables: str
    ) -> Iterator["Container"]:
        """Run what the image runs, or another command of it, until the end of the block."""
        arguments = command or json.loads(image.said["CMD"])
        arguments = [*map(self.below, [*json.loads(image.said["ENTRYPOINT"]), *arguments])]
        environ = self.environ(image) | {k: self.below(v) for k, v in variables.items()}
        one = Container(self, image, environ)
        with one.started(arguments) as process:
            one.process = process
            try:
                yield one
            finally:
                process.kill()


@dataclass
class Container:
    """A command of an image under way."""

    builder: Builder
    image: Image
    environ: dict[str, str]
    process: "subprocess.Popen[str]" = field(init=False)

    def started(self, arguments: Sequence[str]) -> "subprocess.Popen[str]":
        """Start a command in it, as its user."""
        number = self.builder.owner(self.image)
        program = shutil.which(arguments[0], path=self.environ["PATH"])
        if program is None:
            raise StepFailed(f"{arguments[0]} is not on {self.environ['PATH']}")
        command = [*(AS_USER.format(number).split() if AS_ROOT else []), program, *arguments[1:]]
        return subprocess.Popen(
            command, env=self.environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            cwd=self.builder.at(self.image.folder),
        )  # fmt: skip

    def healthy(self) -> bool:
        """Do the health check once; a busy machine gets longer to start it than Docker gives."""
        command = self.image.said["HEALTHCHECK"].partition(" CMD ")[2]
        with self.started(json.loads(command)) as check:
            try:
                return check.wait(PATIENCE) == 0
            except subprocess.TimeoutExpired:
                check.kill()
                return False

    def stop(self, limit: float) -> int:
        """Stop it as the image says, and return what it ended with."""
        self.process.send_signal(signal.Signals[self.image.said["STOPSIGNAL"]])
        return self.process.wait(limit)


def ignored(name: str, patterns: Sequence[str]) -> bool:
    """Tell whether .dockerignore keeps a path of the checkout out: the last that fits decides."""
    kept = True
    parts = Path(name).parts
    ways = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    for pattern in patterns:
        anywhere = pattern.startswith("**/")
        wanted = parts if anywhere else ways
        if any(fnmatch.fnmatch(one, pattern.lstrip("!").removeprefix("**/")) for one in wanted):
            kept = pattern.startswith("!")
    return not kept


def free_port() -> str:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return str(line.getsockname()[1])


def until(done: Callable[[], bool], one: Container) -> None:
    """Wait until it is so, while the container runs."""
    limit = time.monotonic() + PATIENCE
    while not done():
        ended = one.process.poll()
        assert ended is None, f"ended with {ended}: {one.process.stdout.read()}"
        assert time.monotonic() < limit
        time.sleep(0.5)
