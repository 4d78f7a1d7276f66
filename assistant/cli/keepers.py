"""The commands of those who keep an archive: index, check, backup, restore, train and others."""

import gc
import signal
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warta.assistant.cli.console import FAILED, Progress, printable, settings_of, show
from warta.assistant.cli.options import (
    check_paths,
    day_option,
    embedder_option,
    home_option,
    json_option,
    milvus_option,
    read_mapping,
    reranker_option,
)

if TYPE_CHECKING:
    from warta.index.embedding.embedder import Embedder


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--source", default="", metavar="NAME", help="Outlet of files that name none.")
@click.option(
    "--map", "fields", multiple=True, metavar="FIELD=COLUMN", help="Column of a field; repeatable."
)
@click.option("--prune", is_flag=True, help="Drop articles whose files left PATH.")
@click.option("--allow-local", is_flag=True, help="Permit feed addresses in the local network.")
@click.option("--download", is_flag=True, help="Let the model hub be asked for --embedder.")
@click.option("--rebuild", is_flag=True, help="Embed all anew if the embedder is another.")
@milvus_option
@embedder_option
@home_option
@json_option
def index(
    paths: tuple[str, ...],
    fields: tuple[str, ...],
    milvus: str | None,
    embedder: str | None,
    home: Path | None,
    as_json: bool,
    **how: Any,
) -> None:
    """Index files, folders and feeds; what is indexed already costs nothing.

    Reads .txt .md .html .json .jsonl .jsonl.gz .csv, folders of them, and RSS or Atom files and
    addresses. FIELD is one of id, title, text, date, source, url.
    """
    from warta.assistant.upkeep import maintain

    # Rows come by the ten thousand and none is in a circle: 0.2 s of 2.9 for one new article.
    gc.set_threshold(100_000, 50, 50)
    settings = settings_of(home=home, milvus=milvus, embedder=embedder)
    check_paths(paths)
    with Progress() as progress:
        outcome = maintain.index(
            settings, paths, fields=read_mapping(fields), progress=progress, **how
        )
    show(outcome.to_dict() if as_json else None, outcome.lines())
    if outcome.complaint:
        raise outcome.complaint


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@click.option("--source", default="", metavar="NAME", help="Outlet of files that name none.")
@click.option("--prune", is_flag=True, help="Drop articles whose files left a folder.")
@click.option("--allow-local", is_flag=True, help="Permit feed addresses in the local network.")
@click.option("--once", is_flag=True, help="Look once and end.")
@embedder_option
@home_option
def watch(paths: tuple[str, ...], embedder: str | None, home: Path | None, **how: Any) -> None:
    """Index folders and feeds as they change, until Ctrl-C or SIGTERM.

    Without PATH those of the settings watch and feeds. Prints one line a run; what fails or
    vanishes is tried again, later each time.
    """
    from warta.assistant.upkeep import maintain

    settings = settings_of(home=home, embedder=embedder)
    watched = maintain.watched_of(settings, paths)
    if not watched:
        raise click.UsageError("Name a folder or feed, or set watch and feeds in the settings.")
    # One way to stop, also where a shell started it in the background and had Ctrl-C ignored.
    stops = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(stop, signal.default_int_handler) for stop in stops]
    try:
        maintain.watch(settings, watched, lambda line: click.echo(printable(line)), **how)
    except KeyboardInterrupt:
        click.echo("Stopped. What was indexed is whole.")
    finally:
        for stop, handler in zip(stops, before, strict=True):
            signal.signal(stop, handler)


@click.command()
@home_option
@json_option
def train(home: Path | None, as_json: bool) -> None:
    """Train the embedder further on the archive's own articles, without labels.

    Takes minutes and shows what was gained on headlines it had not seen; without a gain nothing
    changes. The next `warta index` uses the new weights, and answers go on meanwhile.
    """
    from warta.assistant.upkeep import maintain

    with Progress() as progress:
        report = maintain.train(settings_of(home=home).home, progress)
    show(report.to_dict() if as_json else None, report.lines())


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--compare",
    "others",
    multiple=True,
    metavar="SETTING",
    help="Also under terms, vectors, mixture, no-reranker, or in another home; repeatable.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.svg",
    help="Draw the figures, too.",
)
@click.option("--answers", is_flag=True, help="Judge whole answers; list the twenty worst.")
@click.option("--download", is_flag=True, help="Let the model hub be asked for --reranker.")
@reranker_option
@embedder_option
@home_option
@json_option
def evaluate(
    file: Path,
    others: tuple[str, ...],
    picture: Path | None,
    answers: bool,
    download: bool,
    reranker: str | None,
    embedder: str | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Measure retrieval, or answers, over a FILE of questions, by kind, with intervals.

    FILE is JSON Lines of {id, question, article_ids, kind, history} and for --answers {answers,
    evidence, today}; for retrieval a folder in BEIR's layout will do too.
    """
    settings = settings_of(home=home, embedder=embedder, reranker=reranker)
    if answers and (others or picture):
        raise click.UsageError("--compare and --picture are for retrieval, not for --answers.")
    if picture and picture.suffix != ".svg":
        raise click.UsageError(f"--picture {picture} has to end in .svg: the picture is SVG.")
    with Progress() as progress:
        if answers:
            from warta.assistant.evaluation import evaluate as judging

            outcomes = judging.evaluate_answers(settings, file, progress)
            found = judging.figures_dict(judging.figures(outcomes))
            lines = [judging.report(outcomes).rstrip()]
        else:
            from warta.assistant.evaluation.evaluate import evaluate_retrieval

            measured = evaluate_retrieval(settings, file, others, progress, download=download)
            found, lines = measured.to_dict(), measured.lines()
            if picture:
                picture.write_text(measured.svg(f"Retrieval: {file.name}"), encoding="utf-8")
    show(found if as_json else None, lines)


@click.command()
@home_option
@json_option
def feedback(home: Path | None, as_json: bool) -> None:
    """List what readers thought of answers, and which questions were declined."""
    from warta.assistant.exporting.printing import one_line
    from warta.assistant.upkeep.feedback import one_each, read_feedback

    found = one_each(read_feedback(settings_of(home=home).home))
    lines = [
        " · ".join(
            one_line(str(said.get(name, "")))
            for name in ("at", "verdict", "question", "reason")
            if said.get(name)
        )
        for said in found
    ]
    show(found if as_json else None, lines or ["No feedback yet."])


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("name")
@click.password_option(help="Asked for where it is not given.")
def login(file: Path, name: str, password: str) -> None:
    """Put NAME with a password into FILE, for `warta serve --auth FILE`."""
    from warta.assistant.web.login import add_login

    add_login(file, name, password)
    click.echo(f"{name} may come in; serve with: warta serve --auth {file}")


@click.group()
def tokens() -> None:
    """Give tokens to programs, list them, revoke them, for `warta serve --tokens FILE`."""


_tokens_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@tokens.command("add")
@_tokens_file
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(["read", "feedback"]),
    default=["read"],
    show_default=True,
    help="What it opens; repeatable.",
)
@day_option("--until", "The last day on which it opens anything, by UTC.")
def add_token_(file: Path, name: str, scopes: tuple[str, ...], until: date | None) -> None:
    """Make a token for NAME and print it: it is shown this once, FILE keeps its SHA-256."""
    from warta.assistant.web.tokens import add_token

    click.echo(add_token(file, name, scopes, until=until))


@tokens.command("list")
@_tokens_file
@json_option
def list_tokens(file: Path, as_json: bool) -> None:
    """List who has a token of FILE, since when, what for, and its last day."""
    from warta.assistant.web.tokens import read_tokens

    found = read_tokens(file)
    values = [
        {
            "name": one.name,
            "scopes": list(one.scopes),
            "added": one.added.isoformat(),
            "until": one.until.isoformat() if one.until else None,
        }
        for one in found
    ]
    lines = [
        f"{one.added}  {one.name}  {', '.join(one.scopes)}"
        + (f"  until {one.until}" if one.until else "")
        for one in found
    ]
    show(values if as_json else None, lines or ["No tokens."])


@tokens.command("revoke")
@_tokens_file
@click.argument("name")
def revoke_token_(file: Path, name: str) -> None:
    """Take NAME's token out of FILE; a server that is up refuses it from now on."""
    from warta.assistant.web.tokens import revoke_token

    revoke_token(file, name)
    click.echo(f"The token of {name} opens nothing any more.")


@click.group()
def shares() -> None:
    """List the answers that readers share, and revoke them; see the setting `share_days`."""


@shares.command("list")
@home_option
@json_option
def list_shares(home: Path | None, as_json: bool) -> None:
    """List what is shared, newest first: address, last day, question."""
    from warta.assistant.exporting.printing import one_line
    from warta.assistant.upkeep.shares import listed

    found = listed(settings_of(home=home).home)
    values = [{"id": s.id, "at": s.at, "until": s.until, "question": s.question} for s in found]
    lines = [f"share/{s.id}  until {s.last}  {one_line(s.question)}" for s in found]
    show(values if as_json else None, lines or ["Nothing is shared."])


@shares.command("revoke")
@home_option
@click.argument("ids", nargs=-1, required=True)
def revoke_shares(home: Path | None, ids: tuple[str, ...]) -> None:
    """Delete shared answers by their IDs; their addresses lead nowhere from now on."""
    from warta.assistant.exporting.printing import counted
    from warta.assistant.upkeep.shares import revoke

    count = revoke(settings_of(home=home).home, [id_.rpartition("/")[2] for id_ in ids])
    click.echo(f"{counted(count, 'answer')} can be read no more.")


@click.command()
@click.option("--repair", is_flag=True, help="Bring back what can be; what is damaged is kept.")
@embedder_option
@home_option
@json_option
def check(repair: bool, embedder: str | None, home: Path | None, as_json: bool) -> None:
    """Verify every file of the archive and its index; exit code 1 where one is damaged.

    With --repair what is whole in a damaged archive gets into a new one, what is lost is listed,
    and the index is built again where it is damaged.
    """
    from warta.assistant.upkeep import maintain

    settings = settings_of(home=home, embedder=embedder)
    with Progress() as progress:
        found = maintain.repair(settings, progress) if repair else maintain.check(settings.home)
    show(found.to_dict() if as_json else None, found.lines())
    if found.findings:
        click.get_current_context().exit(FAILED)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@home_option
@json_option
def backup(file: Path, home: Path | None, as_json: bool) -> None:
    """Write archive, feedback and trained weights to FILE, also while they are in use.

    FILE is a ZIP with a SHA-256 of everything in it. It is checked before it takes the place of
    an older one; of a damaged archive none is written.
    """
    from warta.assistant.upkeep.backup import write_backup

    contents = write_backup(settings_of(home=home).home, file)
    shape = {"file": str(file), "made": contents.made, "articles": contents.articles}
    line = f"{contents.articles:,} articles in {len(contents.files)} files are in {file}, verified."
    show({**shape, "files": list(contents.files)} if as_json else None, [line])


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace a home that is not empty; it is kept beside.")
@embedder_option
@home_option
@json_option
def restore(
    file: Path, force: bool, embedder: str | None, home: Path | None, as_json: bool
) -> None:
    """Make the home of a backup FILE, verified and indexed before it takes its place."""
    from warta.assistant.upkeep import backup as restoring
    from warta.index.snapshot.own_models import embedder_to_index

    settings = settings_of(home=home, embedder=embedder)

    def load(folder: Path) -> "Embedder":
        return embedder_to_index(folder, settings.embedder)

    with Progress() as progress:
        done = restoring.restore(file, settings.home, load, force=force, progress=progress)
    shape = {
        "home": str(done.home),
        "kept": str(done.kept) if done.kept else None,
        "made": done.contents.made,
        "articles": done.contents.articles,
        "snapshot": done.snapshot,
        "problem": done.problem,
    }
    show(shape if as_json else None, done.lines())
    if done.problem:
        click.get_current_context().exit(FAILED)
