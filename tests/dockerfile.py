"""The Dockerfile, read into its instructions."""

import re
from pathlib import Path

DOCKERFILE = Path(__file__).resolve().parents[1] / "Dockerfile"


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions with their arguments, lines that go on joined."""
    lines = re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ").splitlines()
    pairs = (line.partition(" ") for line in lines if line.strip())
    return [(name, rest.strip()) for name, _, rest in pairs]


def copied_names(text: str) -> list[str]:
    """What is copied from the checkout, not from another stage."""
    return [
        name
        for instruction, rest in instructions(text)
        if instruction == "COPY" and "--from" not in rest
        for name in rest.split()[:-1]
    ]
