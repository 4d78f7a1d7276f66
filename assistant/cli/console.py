"""What the command line does around every command: errors, exit codes, progress, quiet."""

import errno
import json
import logging
import os
import sys
import time
import unicodedata
import warnings
from collections.abc import Sequence
from typing import Any

import click

from warta.assistant.config import Settings, load_settings
from warta.corpus.errors import LockedError, WartaError

FAILED, LOCKED, INTERRUPTED = 1, 3, 130  # 2 is click's own: wrong usage
_PATIENCE = 1.0  # seconds of work before a bar is worth its line
_BETWEEN_LINES = 10.0  # seconds, where there is no terminal
_STOPPED = (
    "Stopped. Nothing is half done: what was indexed before still answers, "
    "and the same command goes on from here."
)


class WartaGroup(click.Group):
    """A click group in which a user's mistake is one line on stderr and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what it raises into a message and an exit code.

        1 for what failed, 3 where another process is writing, 130 after Ctrl-C. Usage errors
        stay click's own, with exit code 2.
        """
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            raise self._placed(error) from None
        except LockedError as error:
            _say(ctx, str(error), LOCKED)
        except WartaError as error:
            _say(ctx, str(error), FAILED)
        except KeyboardInterrupt:
            _say(ctx, _STOPPED, INTERRUPTED)
        except OSError as error:
            if error.errno == errno.EPIPE:  # `warta search … | head`: click ends quietly
                raise
            _say(ctx, f"{error.strerror or error}: {error.filename or 'no file named'}", FAILED)

    def _placed(self, error: click.NoSuchOption) -> click.UsageError:
        """Return what to say of an option that a command lacks: ours stand before the command."""
        if error.ctx is None or not any(error.option_name in each.opts for each in self.params):
            return error
        name, command = error.option_name, error.ctx.info_name
        said = f"{name} stands before the command: warta {name} … {command} …"
        return click.UsageError(said, error.ctx)


def _say(ctx: click.Context, message: str, code: int) -> None:
    click.echo(printable(f"warta: {message}"), err=True)
    ctx.exit(code)


def printable(text: str) -> str:
    """Return `text` with what steers a terminal escaped as JSON does, so that JSON stays JSON.

    A name of a file or a word of a question can set colours, titles and the direction of writing.
    """
    return "".join(json.dumps(char)[1:-1] if _steers(char) else char for char in text)


def _steers(char: str) -> bool:
    if char.isprintable() or char in "\n\u200c\u200d":  # joiners belong to scripts and emoji
        return False
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def quiet(verbose: bool) -> None:
    """Keep what libraries log, warn and draw away from our output, unless `verbose`.

    Called once by the group, before any of them is imported.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="warta: %(message)s",
        stream=sys.stderr,
    )
    if not verbose:
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        for name in ("httpx", "sentence_transformers", "transformers", "uvicorn"):
            logging.getLogger(name).setLevel(logging.ERROR)
        for name in ("pymilvus", "grpc"):  # what they log, they also raise
            logging.getLogger(name).setLevel(logging.CRITICAL)
        warnings.simplefilter("ignore")


def settings_of(**flags: object) -> Settings:
    """Read file, variables and these flags; flags that are None were not given."""
    return load_settings(click.get_current_context().obj, flags=flags)


def show(value: object, lines: Sequence[str]) -> None:
    """Print `value` as JSON where there is one, else the lines."""
    if value is not None:
        click.echo(printable(json.dumps(value, ensure_ascii=False, indent=2)))
    elif lines:
        click.echo(printable("\n".join(lines)))


class Progress:
    """Bars on stderr, one a stage, shown on a terminal once work has taken a second.

    Without a terminal a line every ten seconds says how far it is: a log shows that it goes on.
    """

    def __init__(self, shown: bool | None = None) -> None:
        self._lines = shown is None and not sys.stderr.isatty()
        self._said = time.monotonic()
        self._shown = sys.stderr.isatty() if shown is None else shown
        self._stage = ""
        self._bar: Any = None
        self._began = time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *raised: object) -> None:
        self._close()

    def __call__(self, stage: str, done: int, total: int | None = None) -> None:
        """Show that `done` of `total` are done in `stage`; a total of None or 0 is unknown."""
        if self._lines:
            self._tell(stage, done, total)
        if not self._shown or time.monotonic() - self._began < _PATIENCE:
            return
        if stage != self._stage or self._bar is None:
            self._open(stage, total)
        self._bar.total = total or None
        self._bar.update(done - self._bar.n)

    def _tell(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if now - self._said < _BETWEEN_LINES:
            return
        self._said = now
        click.echo(f"warta: {stage} {done:,}" + (f" of {total:,}" if total else ""), err=True)

    def _open(self, stage: str, total: int | None) -> None:
        from tqdm import tqdm

        self._close()
        self._stage = stage
        self._bar = tqdm(total=total or None, desc=stage, unit=" items", leave=False)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
