"""The Dockerfile and the services of compose, done step by step without Docker (see image.py)."""

import os
import re
import shutil
import signal
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from dockerfile import DOCKERFILE
from image import (
    AS_ROOT,
    PATIENCE,
    Builder,
    Container,
    Image,
    StepFailed,
    free_port,
    ignored,
    until,
)  # fmt: skip

pytestmark = pytest.mark.install
ROOT = DOCKERFILE.parent
STOPPED = {0, -signal.SIGTERM}  # the signal is passed on once all is done
TEXT, IGNORE = DOCKERFILE.read_text("utf-8"), (ROOT / ".dockerignore").read_text("utf-8")


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    """In a folder that the image's user may enter, which those of pytest are not."""
    place = Path(tempfile.mkdtemp(prefix="warta-image-"))
    place.chmod(0o755)
    yield Builder(ROOT, place)
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def image(builder: Builder) -> Image:
    return builder.build(TEXT, IGNORE)


def get(one: Container, path: str, host: str = "127.0.0.2") -> str:
    """Read from the server as one outside its container: not by the address it itself has."""
    address = f"http://{host}:{one.environ['WARTA_PORT']}{path}"
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read().decode()


def written(root: Path) -> list[str]:
    """Files that are not the base image's, in a home or for a moment."""
    found = (path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir())
    return sorted(name for name in found if not name.startswith(("srv/warta/", "tmp/")))


def test_the_image_serves_is_healthy_and_stops_when_it_is_told_to(builder, image):
    before = written(builder.root)
    with builder.running(image, WARTA_OPEN="true", WARTA_PORT=free_port()) as one:
        assert not one.healthy()
        until(one.healthy, one)
        assert "contoh-" in get(one, "/api/search?q=banjir")
        with pytest.raises(urllib.error.HTTPError) as refused:  # there, but not for a browser
            get(one, "/mcp")
        assert refused.value.code in (400, 405, 406)
        assert one.stop(limit=60) in STOPPED
        assert not one.healthy()
    home = builder.at(image.said["VOLUME"])
    assert (home / "archive.sqlite").stat().st_uid == (10_001 if AS_ROOT else os.geteuid())
    assert written(builder.root) == before
    with builder.running(image, ["status", "--json"]) as one:
        said = one.process.communicate(timeout=PATIENCE)[0]
    assert (one.process.returncode, '"articles": 40' in said) == (0, True), said


def test_the_image_serves_nobody_who_was_not_let_in(builder, image):
    with builder.running(image, WARTA_PORT=free_port()) as one:
        said = one.process.communicate(timeout=PATIENCE)[0]
    assert one.process.returncode == 1
    assert "--open" in said


def test_what_the_image_holds_is_the_product_and_nothing_else_of_the_checkout(builder, image):
    (packages,) = builder.root.glob("opt/warta/lib/python3*/site-packages")
    assert sorted(path.name for path in (packages / "warta").iterdir()) == [
        "assistant", "corpus", "index", "integrations",
    ]  # fmt: skip
    assert not builder.at("/src").exists()
    if AS_ROOT:
        owners = {path.stat().st_uid for path in builder.at("/opt").rglob("*")}
        assert owners == {0}  # who answers cannot change what runs


@pytest.fixture
def services() -> dict[str, dict]:
    """Of compose, with the variables they get where .env is empty."""
    text = (ROOT / "compose.yaml").read_text("utf-8")
    return yaml.safe_load(re.sub(r"\$\{\w+:-(.*?)\}", r"\1", text))["services"]


def test_the_services_of_compose_index_serve_and_are_healthy(builder, image, services):
    """With a login as its head says, and an article that is put into the folder it watches."""
    login = re.search(r"run --rm warta (login \S+ \S+)", (ROOT / "compose.yaml").read_text("utf-8"))
    with builder.running(image, [*login[1].split(), "--password", "kata sandi"]) as one:
        said = one.process.communicate(timeout=PATIENCE)[0]
        assert one.process.returncode == 0, said
    articles = builder.at("/articles")
    articles.mkdir()
    news = "Jembatan Sagu dibuka Senin\n\nJembatan Sagu dibuka pada Senin pagi. Warga senang.\n"
    (articles / "jembatan.txt").write_text(news, "utf-8")
    watch, serve = services["watch"], services["warta"]
    assert watch["healthcheck"] == {"disable": True}  # it has no port that the image's could ask
    inside, beside = (
        {name: value or "" for name, value in one["environment"].items()} for one in (serve, watch)
    )
    with (
        builder.running(image, serve["command"], **inside, WARTA_PORT=free_port()) as one,
        builder.running(image, watch["command"], **beside) as other,
    ):
        until(one.healthy, one)
        with pytest.raises(urllib.error.HTTPError, match="401"):
            get(one, "/api/status", "127.0.0.1")
        home = builder.at(image.said["VOLUME"])
        until(lambda: found(builder, image, "Jembatan Sagu"), other)
        assert (home / "logins.txt").exists()
        assert one.healthy()
        assert {other.stop(limit=60), one.stop(limit=60)} <= STOPPED


def found(builder: Builder, image: Image, query: str) -> bool:
    with builder.running(image, ["search", query, "--json"]) as one:
        return query in one.process.communicate(timeout=PATIENCE)[0]


WRONG = [  # what stands there, what else, and what is said of it
    ("COPY corpus corpus\n", "", "RUN python -m venv"),
    ("COPY corpus corpus", "COPY tests tests", "tests not found"),
    ("RUN useradd", "RUN true useradd", "invalid user: warta"),
    ("USER warta", "USER nobody-known", "no such user"),
    ("PATH=/opt/warta/bin:$PATH", "PATH=/opt/warta:$PATH", "warta is not on"),
    ("-o warta -g warta ", "", "ended with 1"),
    ("WARTA_HOME=/srv/warta", "WARTA_HOME=/opt/warta/home", "ended with 1"),
    ("/readyz", "/ready", "is not healthy"),
    ("WARTA_HOST=0.0.0.0", "WARTA_HOST=127.0.0.1", "refused"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), WRONG)
def test_a_dockerfile_that_is_wrong_is_found_out(builder, right, wrong, said):
    assert right in TEXT
    if not AS_ROOT and said == "ended with 1":
        pytest.skip("whoever runs the tests may write everywhere")

    def works() -> None:
        built = builder.build(TEXT.replace(right, wrong), IGNORE)
        with builder.running(built, WARTA_OPEN="true", WARTA_PORT=free_port()) as one:
            until(lambda: "Warta is at" in one.process.stdout.readline(), one)
            assert one.healthy(), "is not healthy"
            get(one, "/api/search?q=banjir")

    with pytest.raises((StepFailed, AssertionError, OSError), match=re.escape(said)):
        works()


def test_what_the_ignore_file_keeps_out_is_not_copied():
    lines = IGNORE.splitlines()
    assert ignored("tests/test_api.py", lines)
    assert ignored("corpus/__pycache__/errors.pyc", lines)
    assert not ignored("corpus/errors.py", lines)
