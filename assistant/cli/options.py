"""Options that several commands share."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from warta.corpus.errors import InputError
from warta.corpus.reading.tables import check_fields

Command = Callable[..., Any]


def day(text: str) -> date:
    """Return a day written as YYYY-MM-DD; raises a usage error for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise click.BadParameter(f"{text!r} is no day; write it as 2026-01-31.") from None


def day_option(name: str, text: str) -> Callable[[Command], Command]:
    """Return an option that takes a day."""
    return click.option(name, type=day, metavar="YYYY-MM-DD", help=text)


def home_option(command: Command) -> Command:
    """Add --home."""
    return click.option(
        "--home",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the archive and its index (WARTA_HOME; default ./warta-data).",
    )(command)


def milvus_option(command: Command) -> Command:
    """Add --milvus."""
    return click.option(
        "--milvus",
        metavar="URI",
        help="A Milvus that holds the index: http://host:19530, or a .db file (warta[milvus]).",
    )(command)


def embedder_option(command: Command) -> Command:
    """Add --embedder."""
    return click.option(
        "--embedder", metavar="MODEL", help="Another sentence-transformers model: name or folder."
    )(command)


def writer_options(command: Command) -> Command:
    """Add --writer, --model, --endpoint and --nli."""
    for option in (
        click.option(
            "--nli", metavar="MODEL", help="An NLI model to judge what a model writes, too."
        ),
        click.option("--endpoint", metavar="URL", help="Base address of an OpenAI-like server."),
        click.option("--model", metavar="MODEL", help="The writer's model: name or folder."),
        click.option(
            "--writer",
            type=click.Choice(["extractive", "generative", "endpoint"]),
            help="Quote (default), or let a language model write.",
        ),
    ):
        command = option(command)
    return command


def reranker_option(command: Command) -> Command:
    """Add --reranker."""
    return click.option(
        "--reranker", metavar="MODEL", help="A cross-encoder to reorder hits: name or folder."
    )(command)


def assistant_options(command: Command) -> Command:
    """Add all that an assistant is made of: its writer, models, index and home."""
    for add in (home_option, embedder_option, milvus_option, reranker_option, writer_options):
        command = add(command)
    return command


def json_option(command: Command) -> Command:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")(command)


def filter_options(command: Command) -> Command:
    """Add --since, --until and --source."""
    for option in (
        click.option("--source", "sources", multiple=True, help="Only this outlet; repeatable."),
        day_option("--until", "Published on this day or before."),
        day_option("--since", "Published on this day or later."),
    ):
        command = option(command)
    return command


def check_paths(paths: Sequence[str]) -> None:
    """Raise a usage error for a path that is neither there nor an address."""
    for path in paths:
        if not path.startswith(("http://", "https://")) and not Path(path).exists():
            raise click.UsageError(f"There is no file or folder {path!r}. Check the path.")


def read_mapping(fields: Sequence[str]) -> dict[str, str]:
    """Return FIELD=COLUMN pairs as a dict; raise a usage error for anything else."""
    mapping = {}
    for field in fields:
        name, _, column = field.partition("=")
        if not (name and column):
            raise click.UsageError(f"--map {field!r} is not FIELD=COLUMN, such as text=Berita.")
        mapping[name] = column
    try:
        check_fields(mapping)
    except InputError as error:
        raise click.UsageError(f"--map: {error}") from error
    return mapping
