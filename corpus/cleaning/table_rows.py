"""Rows of tables inside an article: league tables, prices and results are everyday news.

A row says nothing of where the body ends: its marks and numbers look like a menu's, yet what
follows a table is as much the article's as what stands above it.
"""

import re
from collections.abc import Callable, Iterator, Sequence

_RULE = re.compile(r"[|+:=\s-]*[|+][|+:=\s-]*")  # "|---|---|", "+----+"
_NUMBER = re.compile(r"[+-]?(?:Rp\s?)?\d[\d.,:/-]*%?")
_ENDS = re.compile(r"[.!?][\"”’')\]]*$")
_LONGEST_ROW = 120
_LONGEST_CELL = 40
_FEWEST_ROWS = 4
_FEWEST_CELLS = 12
_NUMBERS_OF_CELLS = 0.3


def tidy(lines: Sequence[str]) -> list[str]:
    """Drop the rules of tables, and take a row's bars away where it has a single cell.

    Old pages are laid out in tables of one cell, which holds paragraphs.
    """
    return [_alone(line) for line in lines if not (line and _RULE.fullmatch(line))]


def _alone(line: str) -> str:
    if not is_row(line) and not (line.startswith("| ") and line.endswith(" |")):
        return line
    cells = [cell for cell in (cell.strip() for cell in line.split("|")) if cell]
    return cells[0] if len(cells) == 1 else line


def is_row(line: str) -> bool:
    """True for "| 1 | Klub A | 48 |", as tables of pages and of Markdown are written."""
    return line.startswith("|") and line.endswith("|") and line.count("|") >= 3


def is_number(text: str) -> bool:
    """True for a cell that holds a number and nothing else."""
    return bool(_NUMBER.fullmatch(text))


def rows_in(lines: Sequence[str]) -> set[int]:
    """Return which lines are rows or cells of a table that is written without bars.

    Rows: at least four in a row with as many numbers each ("1 Klub A 17 48"). Cells: at least
    twelve short lines of which a third are bare numbers, as a scraper leaves a table.
    """
    found: set[int] = set()
    for run in _runs(lines, _numbers, _FEWEST_ROWS):
        found.update(run)
    for run in _runs(lines, _is_cell, _FEWEST_CELLS):
        bare = sum(is_number(lines[at]) for at in run)
        if bare >= _NUMBERS_OF_CELLS * len(run):
            found.update(run)
    return found


def _runs(lines: Sequence[str], trait: Callable[[str], int], fewest: int) -> Iterator[list[int]]:
    """Yield the places of neighbouring lines with the same trait, blank ones aside."""
    run: list[int] = []
    shared = 0
    for at, line in enumerate([*lines, "."]):
        if not line:
            continue
        own = trait(line)
        if own != shared:
            if shared and len(run) >= fewest:
                yield run
            run, shared = [], own
        run.append(at)


def _numbers(line: str) -> int:
    """How many numbers a row has; 0 for what is none."""
    if len(line) > _LONGEST_ROW or _ENDS.search(line):
        return 0
    return sum(bool(_NUMBER.fullmatch(word)) for word in line.replace("|", " ").split())


def _is_cell(line: str) -> int:
    return int(len(line) <= _LONGEST_CELL and not _ENDS.search(line))
