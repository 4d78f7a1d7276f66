"""Makes the shipped artefacts anew, or writes down their hashes.

python -m warta.index.training rebuild --data ../shared/data
python -m warta.index.training rebuild --data ../shared/data --only rarity --only lexicon
python -m warta.index.training hashes
"""

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from warta.corpus.errors import WartaError
from warta.index.training.rebuild import STEPS, rebuild, write_hashes


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m warta.index.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("hashes", help="write the SHA-256 of what lies here to artefacts.toml")
    make = commands.add_parser("rebuild", help="make the artefacts anew and compare them")
    make.add_argument("--data", type=Path, required=True, help="folder of the sets in data.toml")
    make.add_argument(
        "--work", type=Path, default=Path("build/artefacts"), help="where results are kept"
    )
    make.add_argument(
        "--only", action="append", default=[], metavar="NAME",
        help=f"one of {', '.join(step.name for step in STEPS)}; repeatable",
    )  # fmt: skip
    make.add_argument("--install", action="store_true", help="put each result in its place")
    make.add_argument("--device", default="cpu", help="where the encoder learns: cpu or cuda")
    make.add_argument("--toy", action="store_true", help="try every command out, in seconds")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if chosen.command == "hashes":
        write_hashes()
        return
    try:
        rebuild(
            chosen.data, chosen.work, chosen.only,
            install=chosen.install, toy=chosen.toy, device=chosen.device,
        )  # fmt: skip
    except WartaError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
