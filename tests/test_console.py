import json

import click
import pytest
from click.testing import CliRunner

from warta.assistant.cli.console import Progress, WartaGroup, printable
from warta.corpus.errors import EmbedderMismatch, InputError, LockedError


def run_command_raising(error: BaseException):
    @click.group(cls=WartaGroup)
    def group() -> None:
        pass

    @group.command()
    def work() -> None:
        raise error

    return CliRunner().invoke(group, ["work"])


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (InputError("No text in 'x'.", "Give it one."), 1, "warta: No text in 'x'. Give it one.\n"),
        (EmbedderMismatch("Another.", "Rebuild."), 1, "warta: Another. Rebuild.\n"),
        (LockedError("Process 7 writes.", "Wait."), 3, "warta: Process 7 writes. Wait.\n"),
        (OSError(28, "No space left on device", "/h/x"), 1, "No space left on device: /h/x\n"),
    ],
)
def test_a_mistake_becomes_one_line_on_stderr_and_an_exit_code(error, code, message):
    result = run_command_raising(error)
    assert result.exit_code == code
    assert result.stderr.endswith(message)
    assert result.stdout == ""


def test_an_interrupt_ends_with_130_and_says_that_nothing_is_half_done():
    result = run_command_raising(KeyboardInterrupt())
    assert result.exit_code == 130
    assert "Nothing is half done" in result.stderr


def test_our_own_faults_keep_their_traceback():
    result = run_command_raising(ZeroDivisionError())
    assert isinstance(result.exception, ZeroDivisionError)


def test_a_usage_error_ends_with_2():
    result = run_command_raising(click.UsageError("no such thing"))
    assert result.exit_code == 2


def test_quick_work_and_work_without_a_terminal_draw_no_bar(capsys):
    with Progress(shown=True) as progress:
        progress("articles", 1, 2)
    with Progress() as progress:
        progress("articles", 1, 2)
    assert capsys.readouterr().err == ""


def test_work_that_takes_long_draws_a_bar_for_its_stage(capsys, monkeypatch):
    monkeypatch.setattr("warta.assistant.cli.console._PATIENCE", 0.0)
    with Progress(shown=True) as progress:
        progress("articles", 1, 2)
        progress("articles", 2, 2)
        progress("files", 5, 0)
    shown = capsys.readouterr().err
    assert "articles" in shown
    assert "files" in shown


def test_what_steers_a_terminal_is_escaped_and_json_stays_json():
    said = "\x1b[2J\x9b1m\u202e\u2028\udce9\t\r 漢字 e\u0301 👩\u200d🚒\n\xa0"
    shown = printable(said)
    assert shown == (r"\u001b[2J\u009b1m\u202e\u2028\udce9\t\r" + " 漢字 e\u0301 👩\u200d🚒\n\xa0")
    assert json.loads(printable(json.dumps([said], ensure_ascii=False))) == [said]
