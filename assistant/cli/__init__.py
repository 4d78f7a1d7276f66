"""The command line: parses, calls, prints.

Ask it for `main`, the command `warta`.
"""


def main() -> None:
    """Run the command line; its libraries are imported when it is called."""
    from warta.assistant.cli.commands import main as run

    run()
