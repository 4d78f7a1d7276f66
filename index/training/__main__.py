"""Makes every shipped artefact anew, in the order in which they need each other.

python -m warta.index.training rebuild --data ../shared/data
python -m warta.index.training rebuild --data ../shared/data --only rarity --only lexicon
python -m warta.index.training hashes

Which file is made by which step, of which data and under which licence stands in
`index/artefacts.toml`; where the data sets come from in `data.toml` beside this module.
"""

import argparse
import hashlib
import logging
import re
import shutil
import time
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from warta.corpus.errors import ConfigError, WartaError

TOP = Path(__file__).resolve().parents[2]
"""The folder that holds `index/`: of a checkout, or of the installed `warta`."""
ARTEFACTS = TOP / "index" / "artefacts.toml"
DATA_SETS = Path(__file__).with_name("data.toml")
_log = logging.getLogger(__name__)


_DATA = ("--data", "{data}")


@dataclass(frozen=True, slots=True)
class Step:
    """One command: `main` of `module`, given these arguments and --out.

    In an argument `{data}` is the folder of the data sets, `{device}` where torch computes and
    `{NAME}` the result of the step of that name, which is among `needs`. `ships` is the file or
    folder of the product that the result takes the place of, "" where other steps alone need it.
    `toy` are further arguments for a trial of the command; None where it cannot be tried on toy
    data.
    """

    name: str
    module: str
    arguments: tuple[str, ...] = _DATA
    needs: tuple[str, ...] = ()
    ships: str = ""
    toy: tuple[str, ...] | None = ()


_EMBEDDER = "warta.index.training.embedder"
_COUNTING = "warta.index.training.counting"
# The tokenizer is kept: a trainer of tokenizers breaks ties at random.
_KEPT = (*_DATA, "--tokenizer", str(TOP / "index" / "embedding" / "model" / "tokenizer.json"))
STEPS = (
    Step("embedder", _EMBEDDER, _KEPT, ships="index/embedding/model", toy=("--toy",)),
    Step("half-0", _EMBEDDER, (*_KEPT, "--without", "0"), toy=("--toy",)),
    Step("half-1", _EMBEDDER, (*_KEPT, "--without", "1"), toy=("--toy",)),
    Step(
        "ranking",
        "warta.index.training.ranking",
        (*_DATA, "--halves", "{half-0}", "{half-1}"),
        needs=("half-0", "half-1"),
        ships="index/search/ranking.json",
        toy=("--toy",),
    ),
    Step("rarity", _COUNTING, ("rarity", *_DATA), ships="index/reader/rarity.json"),
    Step(
        "small-letters",
        _COUNTING,
        ("small-letters", *_DATA),
        ships="corpus/language/small_letters.txt",
    ),
    Step("leaning", "warta.index.training.leaning", ships="corpus/language/leaning.txt"),
    Step("heads", "warta.index.training.models.heads", ships="index/reader/heads.json"),
    Step(
        "stories",
        "warta.index.stories.training.train",
        ships="index/stories/links.json",
        toy=None,
    ),  # reads embedder and rarity as they are installed
    Step("lexicon", "warta.index.training.lexicon", ships="index/query/lexicon.json"),
    # Reads embedder, ranking, rarity, lexicon and heads as they are installed.
    Step(
        "reader",
        "warta.index.training.reader",
        (*_DATA, "--device", "{device}"),
        ships="index/reader",
        toy=("--toy",),
    ),
    Step(  # named, not imported: it lies to the right
        "question",
        "warta.assistant.question.training.train",
        ships="assistant/question/weights.json",
        toy=None,  # its questions come with the reader's
    ),
)


@dataclass(frozen=True, slots=True)
class Artefact:
    """A shipped file that is data: who makes it (a step, or "hand"), of what, and its SHA-256."""

    file: str
    maker: str
    data: tuple[str, ...]
    licence: str
    sha256: str


@dataclass(frozen=True, slots=True)
class DataSet:
    """A file of the data folder: what it is, where outsiders get it, and its SHA-256."""

    name: str
    file: str
    address: str
    licence: str
    sha256: str


def read_artefacts(path: Path = ARTEFACTS) -> list[Artefact]:
    """Return all that ships and is no code or document, in the order of the file."""
    rows = tomllib.loads(path.read_text("utf-8"))["artefact"]
    return [
        Artefact(r["file"], r["maker"], tuple(r["data"]), r["licence"], r["sha256"]) for r in rows
    ]


def read_data_sets() -> dict[str, DataSet]:
    """Return name -> data set."""
    return {
        name: DataSet(name, row["file"], row["address"], row["licence"], row["sha256"])
        for name, row in tomllib.loads(DATA_SETS.read_text("utf-8")).items()
    }


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rebuild(
    data: Path,
    work: Path,
    only: Collection[str] = (),
    *,
    install: bool = False,
    toy: bool = False,
    device: str = "cpu",
) -> dict[str, bool]:
    """Make the results of `only` (all where none is named) and of what they need in `work`.

    A result that lies in `work` already is kept, unless one that it needs was made now: so an
    interrupted run goes on where it stopped. `install` puts each in its place at once, with its
    hash in `index/artefacts.toml`. `toy` tries every command out and ends in seconds; what it
    makes is worth nothing. `device`: where the reader's encoder learns, "cpu" or "cuda".

    Returns which of the results that ship are byte-equal to what shipped before. Raises
    ConfigError for an unknown name, missing data or a toy to install.
    """
    if toy and install:
        raise ConfigError("What a toy run makes is not to be installed.", "Leave out --toy.")
    chosen = [step for step in _with_needs(only) if not toy or step.toy is not None]
    if not toy:
        check_data(data, [step.name for step in chosen])
    work.mkdir(parents=True, exist_ok=True)
    made: set[str] = set()
    equal: dict[str, bool] = {}
    for number, step in enumerate(chosen, 1):
        out = work / step.name
        place = f"[{number} of {len(chosen)}] {step.name}"
        if out.exists() and not made.intersection(step.needs):
            _log.info("%s: kept, it lies in %s", place, work)
        else:
            _log.info("%s: %s", place, step.module)
            begun = time.monotonic()
            _make(step, data, work, device, toy=toy)
            made.add(step.name)
            _log.info("%s: made in %.0f s", place, time.monotonic() - begun)
        if step.ships:
            equal[step.name] = all(sha256(new) == sha256(old) for new, old in _pairs(step, out))
            _log.info("%s: %s", place, "as shipped" if equal[step.name] else "not as shipped")
        if step.ships and install:
            for new, old in _pairs(step, out):
                shutil.copyfile(new, old)
            write_hashes()
    return equal


def _with_needs(only: Collection[str]) -> list[Step]:
    by_name = {step.name: step for step in STEPS}
    if unknown := set(only) - set(by_name):
        raise ConfigError(
            f"There is no step {', '.join(sorted(unknown))}.", f"Known are {', '.join(by_name)}."
        )
    needed = {need for name in only for need in by_name[name].needs}
    return [step for step in STEPS if not only or step.name in {*only, *needed}]


def _make(step: Step, data: Path, work: Path, device: str, *, toy: bool) -> None:
    """Run the command into a name of its own, so that only what is whole bears the step's."""
    part = work / f"{step.name}.part"
    _remove(part)
    places = {"data": str(data), "device": device} | {name: str(work / name) for name in step.needs}
    arguments = [text.format_map(places) for text in step.arguments]
    arguments += (step.toy or ()) if toy else ()
    import_module(step.module).main([*arguments, "--out", str(part)])
    _remove(work / step.name)
    part.rename(work / step.name)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _pairs(step: Step, out: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each file of a result and the shipped one whose place it takes."""
    if out.is_file():
        yield out, TOP / step.ships
        return
    for path in sorted(out.rglob("*")):
        if path.is_file():
            yield path, TOP / step.ships / path.relative_to(out)


def check_data(data: Path, names: Sequence[str]) -> None:
    """Raise ConfigError where a data set of these steps is missing; warn where one is another."""
    needed = {step.name: step.needs for step in STEPS}
    sets = read_data_sets()
    wanted = {
        name
        for artefact in read_artefacts()
        for name in artefact.data
        if {artefact.maker, *needed.get(artefact.maker, ())}.intersection(names)
    }
    for name in sorted(wanted):
        path = data / sets[name].file
        if not path.is_file():
            raise ConfigError(
                f"{path} is missing.",
                f"Get it from {sets[name].address}; index/training/data.toml says the rest.",
            )
        if sha256(path) != sets[name].sha256:
            _log.warning("%s is not the file that the shipped artefacts were made of.", path)


def write_hashes(path: Path = ARTEFACTS, top: Path = TOP) -> None:
    """Put the SHA-256 of every artefact as it lies in `top` into the list of artefacts."""
    text = path.read_text("utf-8")
    for artefact in read_artefacts(path):
        entry = rf'(file = "{re.escape(artefact.file)}"\n(?:(?!\[\[).*\n)*?sha256 = ")[^"]*'
        text = re.sub(entry, rf"\g<1>{sha256(top / artefact.file)}", text)
    path.write_text(text, "utf-8")


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
