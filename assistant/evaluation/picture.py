"""Figures as a picture: one row a kind, one panel a measure, a dot with its interval a setting.

Written as SVG by hand: a plotting library would be the largest dependency for the least used part.
"""

from collections.abc import Mapping, Sequence
from html import escape

from warta.index.metrics import Figure, Interval

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito
_INK, _QUIET, _GRID = "#222222", "#666666", "#dddddd"
_MARGIN, _LABELS, _PANEL, _VALUES, _GAP = 20, 130, 150, 40, 18
_TOP, _LINE, _BETWEEN = 92, 14, 12  # heights: of the head, a setting, the space between kinds
_FONT = "font-family='system-ui, sans-serif'"


def figures_svg(title: str, settings: Mapping[str, Sequence[Figure]]) -> str:
    """Return an SVG of the figures of each setting by its name.

    Kinds and measures are those of the first setting, in its order; the scale is 0 to 1. What a
    setting has no figure for, or no questions, stays empty.
    """
    first = next(iter(settings.values()))
    kinds = list(dict.fromkeys(figure.kind for figure in first))
    measures = list(dict.fromkeys(figure.measure for figure in first))
    found = [{(f.kind, f.measure): f.interval for f in figures} for figures in settings.values()]
    row = _LINE * len(settings) + _BETWEEN
    bottom = _TOP + row * len(kinds)
    width = 2 * _MARGIN + _LABELS + len(measures) * (_PANEL + _VALUES + _GAP)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {bottom + 56}' "
        f"width='{width}' height='{bottom + 56}' {_FONT} font-size='12' role='img'>",
        f"<title>{escape(title)}</title>",
        "<rect width='100%' height='100%' fill='white'/>",
        _text(_MARGIN, 28, title, size=16),
        *_legend(list(settings)),
        *(line for at, name in enumerate(measures) for line in _axis(_left(at), name, bottom)),
    ]
    for place, kind in enumerate(kinds):
        top = _TOP + place * row
        count = max((s[kind, m].n for s in found for m in measures if (kind, m) in s), default=0)
        parts.append(_text(_MARGIN, top + row / 2 + 1, f"{kind} ({count})"))
        for number, intervals in enumerate(found):
            y = top + _BETWEEN / 2 + _LINE * (number + 0.5)
            for at, name in enumerate(measures):
                if interval := intervals.get((kind, name)):
                    parts += _whisker(_left(at), y, interval, _COLOURS[number % len(_COLOURS)])
    note = "Dot: mean over the questions of a kind (their number). Line: 95 % bootstrap interval."
    parts.append(_text(_MARGIN, bottom + 42, note, fill=_QUIET))
    return "\n".join([*parts, "</svg>", ""])


def _left(panel: int) -> float:
    return _MARGIN + _LABELS + panel * (_PANEL + _VALUES + _GAP)


def _legend(names: Sequence[str]) -> list[str]:
    parts, x = [], float(_MARGIN)
    for number, name in enumerate(names):
        colour = _COLOURS[number % len(_COLOURS)]
        parts += [f"<circle cx='{x + 5:g}' cy='48' r='4' fill='{colour}'/>"]
        parts += [_text(x + 14, 52, name)]
        x += 34 + 7 * len(name)
    return parts


def _axis(left: float, name: str, bottom: float) -> list[str]:
    parts = [_text(left, _TOP - 12, name)]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x = left + tick * _PANEL
        parts.append(f"<path d='M{x:g} {_TOP - 4}V{bottom}' stroke='{_GRID}'/>")
        if tick in (0, 0.5, 1):
            parts.append(_text(x, bottom + 16, f"{tick:g}", fill=_QUIET, anchor="middle"))
    return parts


def _whisker(left: float, y: float, interval: Interval, colour: str) -> list[str]:
    if not interval.n:
        return []
    low, mean, high = (left + _PANEL * x for x in (interval.low, interval.mean, interval.high))
    return [
        f"<path d='M{low:.1f} {y:g}H{high:.1f}' stroke='{colour}' stroke-width='2'/>",
        f"<circle cx='{mean:.1f}' cy='{y:g}' r='4' fill='{colour}'/>",
        _text(left + _PANEL + 10, y + 4, f"{interval.mean:.3f}", size=11),
    ]


def _text(
    x: float, y: float, words: str, *, size: int = 12, fill: str = _INK, anchor: str = "start"
) -> str:
    return (
        f"<text x='{x:g}' y='{y:g}' font-size='{size}' fill='{fill}' text-anchor='{anchor}'>"
        f"{escape(words)}</text>"
    )
