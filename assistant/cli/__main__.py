"""Runs the command line: `python -m warta.assistant.cli`."""

from warta.assistant.cli import main

main()
