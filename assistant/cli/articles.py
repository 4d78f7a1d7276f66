"""The commands for one article at a time: list, show, remove and restore-article."""

from datetime import date
from pathlib import Path

import click

from warta.assistant.cli.console import Progress, settings_of, show
from warta.assistant.cli.options import embedder_option, filter_options, home_option, json_option

_by_option = click.option("--by", metavar="NAME", help="Who does it (default the user at work).")


@click.command("list")
@filter_options
@click.option("--title", default="", metavar="TEXT", help="Only with TEXT in the headline.")
@click.option("--gone", is_flag=True, help="What was pruned, removed or erased, with the reason.")
@click.option(
    "--sort",
    "order",
    type=click.Choice(["published", "read", "title", "id"]),
    default="published",
    show_default=True,
    help="By day (newest first), by last reading, by headline or by id.",
)
@click.option("--offset", type=click.IntRange(0), default=0, help="Leave out so many.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most.")
@home_option
@json_option
def list_(
    since: date | None,
    until: date | None,
    sources: tuple[str, ...],
    title: str,
    gone: bool,
    order: str,
    offset: int,
    limit: int,
    home: Path | None,
    as_json: bool,
) -> None:
    """List the articles of the archive with their ids."""
    from warta.assistant.upkeep.articles import list_articles
    from warta.corpus.archive.archive import ORDERS
    from warta.corpus.archive.rows import Wanted

    chosen = next(name for name in ORDERS if name == order)
    wanted = Wanted(since, until, sources, title, gone)
    page = list_articles(settings_of(home=home).home, wanted, chosen, offset, limit)
    show(page.to_dict() if as_json else None, page.lines())


@click.command("show")
@click.argument("id_", metavar="ID")
@click.option("--version", type=click.IntRange(1), help="An older version's text.")
@home_option
@json_option
def show_(id_: str, version: int | None, home: Path | None, as_json: bool) -> None:
    """Show article ID: its text, versions, origin, and what cleaning took out and why."""
    from warta.assistant.upkeep.articles import show_article

    found = show_article(settings_of(home=home).home, id_, version or 0)
    show(found.to_dict() if as_json else None, found.lines())


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option("--erase", is_flag=True, help="Delete its text for good, in every version.")
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the id.")
@_by_option
@embedder_option
@home_option
@json_option
def remove(
    ids: tuple[str, ...],
    erase: bool,
    reason: str,
    by: str | None,
    embedder: str | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Take articles out of every answer at once, also of a page that is up.

    They stay out when they are read again, under this or another id, from an older index and
    from a backup. With --erase their text is deleted for good; without it `warta restore-article`
    lets them in again.
    """
    from warta.assistant.upkeep import removal

    settings = settings_of(home=home, embedder=embedder)
    who = removal.whoever() if by is None else by
    with Progress() as progress:
        done = removal.remove(settings, ids, erase=erase, by=who, reason=reason, progress=progress)
    show(done.to_dict() if as_json else None, done.lines())


@click.command("restore-article")
@click.argument("id_", metavar="ID")
@_by_option
@embedder_option
@home_option
@json_option
def restore_article(
    id_: str, by: str | None, embedder: str | None, home: Path | None, as_json: bool
) -> None:
    """Let article ID, which was removed but not erased, into answers again."""
    from warta.assistant.upkeep import removal

    settings = settings_of(home=home, embedder=embedder)
    who = removal.whoever() if by is None else by
    with Progress() as progress:
        done = removal.restore_article(settings, id_, by=who, progress=progress)
    show(done.to_dict() if as_json else None, done.lines())
