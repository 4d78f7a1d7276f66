"""The command line: a skin that parses, calls and prints; the group and what readers use.

Nothing heavy is imported before a command needs it, so that `warta --help` is instant.
"""

from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import click

from warta.assistant.cli.console import Progress, WartaGroup, printable, quiet, settings_of, show
from warta.assistant.cli.keepers import (
    backup,
    check,
    evaluate,
    feedback,
    index,
    login,
    restore,
    shares,
    tokens,
    train,
    watch,
)
from warta.assistant.cli.options import (
    assistant_options,
    day_option,
    embedder_option,
    filter_options,
    home_option,
    json_option,
    milvus_option,
    reranker_option,
)
from warta.corpus.errors import InputError


def _say_version(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    try:
        click.echo(f"warta, version {version('warta')}")
    except PackageNotFoundError:
        what = "Only an installed Warta knows its version. Install it with: pip install ."
        raise click.ClickException(what) from None
    ctx.exit()


@click.group(cls=WartaGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_say_version,
    help="Show the version and exit.",
)
@click.option("--config", type=click.Path(path_type=Path), help="Settings (default ./warta.toml).")
@click.option("-v", "--verbose", is_flag=True, help="Say more about what is done.")
@click.pass_context
def main(ctx: click.Context, config: Path | None, verbose: bool) -> None:
    """Ask a news archive in Indonesian or English; every sentence opens its source."""
    ctx.obj = config
    quiet(verbose)


@main.command()
@click.argument("query", required=False)
@click.option("-k", type=click.IntRange(1, 100), default=5, show_default=True, help="How many.")
@click.option("--offset", type=click.IntRange(0), default=0, help="Leave out so many.")
@click.option(
    "--sort",
    "order",
    type=click.Choice(["relevance", "day"]),
    default="relevance",
    show_default=True,
    help="Best first, or newest first.",
)
@click.option(
    "--match",
    type=click.Choice(["any", "all"]),
    default="any",
    show_default=True,
    help="Articles with any of the words, or with every one.",
)
@filter_options
@click.option("--download", is_flag=True, help="Let the model hub be asked for --reranker.")
@reranker_option
@milvus_option
@embedder_option
@home_option
@json_option
def search(
    query: str | None,
    k: int,
    offset: int,
    order: Literal["relevance", "day"],
    match: Literal["any", "all"],
    since: date | None,
    until: date | None,
    sources: tuple[str, ...],
    download: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """List the articles that match QUERY with their best passages; without it, the newest."""
    from warta.assistant.exporting import printing
    from warta.assistant.upkeep.publishing import retriever_of
    from warta.index.search.listing import ListRequest
    from warta.index.search.reranker import load_reranker

    settings = settings_of(**given)
    retriever = retriever_of(settings, load_reranker(settings.reranker, download=download))
    if query is not None and not query.strip():
        raise InputError("The query is empty.", "Write what to look for, or leave it out.")
    wanted = ListRequest(query or "", since, until, sources, match, order, offset, k)
    found = retriever.view().listing(wanted)
    lines = printing.results_lines(found, wanted.query)
    show(printing.results_dict(found) if as_json else None, lines)


@main.command()
@click.argument("question", required=False)
@day_option("--today", "The day of asking (default today).")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How to print answer and sources.",
)
@click.option(
    "--replay",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Ask again what FILE, an answer as JSON, says was asked.",
)
@filter_options
@assistant_options
@json_option
def ask(
    question: str | None,
    today: date | None,
    shape: str,
    replay: Path | None,
    since: date | None,
    until: date | None,
    sources: tuple[str, ...],
    as_json: bool,
    **given: Any,
) -> None:
    """Answer QUESTION from the archive, with numbered sources."""
    from warta.assistant.exporting import export
    from warta.assistant.exporting.stored import compare, read_recorded
    from warta.assistant.upkeep import maintain

    if (question is None) == (replay is None):
        raise click.UsageError("Give a question, or --replay FILE.")
    recorded = read_recorded(replay) if replay else None
    if recorded:
        question, sources = recorded.question, recorded.sources
        since, until = recorded.since, recorded.until
    answer = maintain.load_assistant(settings_of(**given)).answer(
        question or "",
        today=today,
        since=since,
        until=until,
        sources=sources or None,
        without=recorded.without if recorded else (),
    )
    shown = {"text": export.to_text, "markdown": export.to_markdown, "json": export.to_json}
    click.echo(printable(shown["json" if as_json else shape](answer).rstrip("\n")))
    for note in compare(recorded, answer) if recorded else ():
        click.echo(f"warta: {note}", err=True)


@main.command()
@click.option("--skipped", "listed", flag_value="skipped", help="List what was not taken, and why.")
@click.option("--removed", "listed", flag_value="removed", help="List what cleaning took out.")
@click.option("--dates", "listed", flag_value="dates", help="List dates that had to be decided.")
@home_option
@json_option
def status(listed: str | None, home: Path | None, as_json: bool) -> None:
    """Show what the archive covers and how fresh it is."""
    from warta.assistant.upkeep import status as state

    folder = settings_of(home=home).home
    if listed is None:
        found = state.status(folder)
        show(found.to_dict() if as_json else None, found.lines(datetime.now(UTC)))
        return
    listings = {
        "skipped": state.skipped_listing,
        "removed": state.removed_listing,
        "dates": state.dates_listing,
    }
    listing = listings[listed](folder)
    show(listing.values if as_json else None, listing.lines)


@main.command()
@click.option("--host", help="Address to listen on (default 127.0.0.1: this machine only).")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port (default 7860; 0: any free).")
@click.option(
    "--processes", type=click.IntRange(1, 64), help="That serve, at ports one after the other (1)."
)
@click.option("--open", is_flag=True, default=None, help="Allow other machines.")
@click.option(
    "--auth",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Ask for a login of this file; see `warta login`.",
)
@click.option(
    "--tokens",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Let programs in with a token of this file; see `warta tokens`.",
)
@click.option("--request-log", metavar="FILE", help="Write requests as lines of JSON; - is stdout.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="What is said on stderr (default warning).",
)
@click.option("--language", type=click.Choice(["id", "en"]), help="Language of the page.")
@assistant_options
def serve(**given: Any) -> None:
    """Open the chat page; an empty home gets invented sample articles first.

    With --milvus nothing is read from the home; what readers think is still written there.
    """
    from warta.assistant.upkeep import maintain
    from warta.assistant.web import server

    settings = settings_of(**given)

    def load() -> Any:
        if not settings.milvus and maintain.is_empty(settings.home):
            click.echo(f"{settings.home} is empty: indexing invented sample articles …", err=True)
            with Progress() as progress:
                number = maintain.index_samples(settings, progress)
            click.echo(
                f"{number} invented sample articles are indexed, so that there is something to "
                "ask. They leave when you run: warta index YOUR-FOLDER",
                err=True,
            )
        return maintain.load_assistant(settings)

    server.serve(load, settings, ready=lambda at: click.echo(f"Warta is at {at} (Ctrl-C stops)"))


@main.command()
@assistant_options
def mcp(**given: Any) -> None:
    """Answer a program that starts this one as an MCP server, by stdin and stdout.

    Tools ask, search, article and coverage; articles as resources. Ends when the program leaves.
    """
    from warta.assistant.api.mcp_tools import serve_stdio
    from warta.assistant.upkeep import maintain

    settings = settings_of(**given)
    serve_stdio(maintain.load_assistant(settings), settings)


_by_option = click.option("--by", metavar="NAME", help="Who does it (default the user at work).")


@main.command("list")
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


@main.command("show")
@click.argument("id_", metavar="ID")
@click.option("--version", type=click.IntRange(1), help="An older version's text.")
@home_option
@json_option
def show_(id_: str, version: int | None, home: Path | None, as_json: bool) -> None:
    """Show article ID: its text, versions, origin, and what cleaning took out and why."""
    from warta.assistant.upkeep.articles import show_article

    found = show_article(settings_of(home=home).home, id_, version or 0)
    show(found.to_dict() if as_json else None, found.lines())


@main.command()
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
    as_json: bool,
    **given: Any,
) -> None:
    """Take articles out of every answer at once, also of a page that is up.

    They stay out when they are read again, under this or another id, from an older index and
    from a backup. With --erase their text is deleted for good; without it `warta restore-article`
    lets them in again.
    """
    from warta.assistant.upkeep import removal

    settings = settings_of(**given)
    who = removal.whoever() if by is None else by
    with Progress() as progress:
        done = removal.remove(settings, ids, erase=erase, by=who, reason=reason, progress=progress)
    show(done.to_dict() if as_json else None, done.lines())


@main.command("restore-article")
@click.argument("id_", metavar="ID")
@_by_option
@embedder_option
@home_option
@json_option
def restore_article(id_: str, by: str | None, as_json: bool, **given: Any) -> None:
    """Let article ID, which was removed but not erased, into answers again."""
    from warta.assistant.upkeep import removal

    settings = settings_of(**given)
    who = removal.whoever() if by is None else by
    with Progress() as progress:
        done = removal.restore_article(settings, id_, by=who, progress=progress)
    show(done.to_dict() if as_json else None, done.lines())


_KEEPERS = (index, watch, check, backup, restore, train, evaluate, feedback, login, shares, tokens)
for command in _KEEPERS:
    main.add_command(command)


if __name__ == "__main__":
    main()
