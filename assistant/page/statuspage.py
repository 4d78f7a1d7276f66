"""The status page for maintainers: what is indexed, what was not, what readers say; read-only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from warta.assistant.page.markup import escape, label
from warta.assistant.texts import Language, age_text, day_text, number_text, text
from warta.assistant.upkeep.feedback import DECLINED, one_each, read_feedback
from warta.assistant.upkeep.status import Seen, Status, open_archive, status_of
from warta.corpus.archive.rows import Run
from warta.index.snapshot import shelf

_LAST_RUNS = 12
_LAST_OPINIONS = 30
_MOST = 15
_LONGEST = 300  # characters of a question or reason; `warta feedback` has all of it
_DAYS = 184  # bars
_FEEDBACK = 2 * 2**20  # bytes of opinions that are counted, the newest


@dataclass(frozen=True, slots=True)
class Health:
    """All that the status page shows; `reasons` and `declined` come most frequent first."""

    status: Status
    days: dict[date, int]
    snapshots: tuple[str, ...]
    runs: tuple[Run, ...]
    reasons: tuple[tuple[str, int], ...]
    opinions: tuple[dict[str, Any], ...]
    declined: tuple[tuple[str, int], ...]


def examine(home: Path, view: Seen, warning: str = "") -> Health:
    """Look at a home whose snapshot `view` is open. Raises NoSnapshot where nothing is indexed."""
    with open_archive(home) as archive:
        runs = tuple(archive.runs()[:_LAST_RUNS])
        reasons = Counter(item.reason for item in archive.skipped())
    said = one_each(read_feedback(home, newest=_FEEDBACK))
    asked = Counter(_plain(item) for item in said if item.get("verdict") == DECLINED)
    return Health(
        status=status_of(home, view, warning),
        days=view.days(),
        snapshots=tuple(shelf.names(home)),
        runs=runs,
        reasons=tuple(reasons.most_common(_MOST)),
        opinions=tuple(item for item in said if item.get("verdict") in ("up", "down")),
        declined=tuple((what, count) for what, count in asked.most_common(_MOST) if what),
    )


def status_page(seen: Health, language: Language, now: datetime) -> str:
    """Return the whole page; it runs no script."""
    held = seen.status
    warning = f'<p class="s-warning">{escape(held.warning)}</p>' if held.warning else ""
    parts = (
        _figures(seen, language, now),
        _plot(seen.days, language),
        _section(language, "s_runs", _runs(seen.runs, language)),
        _section(language, "s_skipped", _counts(seen.reasons, language)),
        _section(language, "outlet", _counts(list(held.sources.items())[:_MOST], language)),
        _section(language, "s_declined", _counts(seen.declined, language), wide=True),
        _section(language, "s_feedback", _opinions(seen.opinions, language)),
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Warta · {text(language, 'status')}</title>"
        '<link rel="stylesheet" href="warta/status.css"></head><body><main>'
        f"<header><h1>Warta · {text(language, 'status')}</h1>"
        f'<a href="./">{text(language, "s_to_page")}</a></header>{warning}{"".join(parts)}'
        "</main></body></html>"
    )


def _figures(seen: Health, language: Language, now: datetime) -> str:
    held = seen.status
    covers = "–"
    if held.first and held.last:
        covers = f"{day_text(language, held.first)} – {day_text(language, held.last)}"
    pairs = (
        ("s_articles", number_text(language, held.articles)),
        ("s_passages", number_text(language, held.passages)),
        ("s_covers", covers),
        ("s_snapshot", _kept(held.snapshot, seen.snapshots, language)),
        ("s_built", age_text(language, (now - held.built).total_seconds())),
        ("s_skipped", number_text(language, held.skipped)),
        ("s_dates", number_text(language, held.dates_decided)),
        ("s_embedder", held.embedder[:8]),
    )
    rows = "".join(
        f"<div><dt>{label(language, key)}</dt><dd>{escape(value)}</dd></div>"
        for key, value in pairs
    )
    return f'<dl class="s-figures">{rows}</dl>'


def _kept(live: str, names: Sequence[str], language: Language) -> str:
    """Return the live snapshot's number and those that are kept: 3 (tersimpan: 2, 3)."""
    short = [name.lstrip("0") or "0" for name in (live, *sorted(names))]
    return text(language, "s_kept", name=short[0], names=", ".join(short[1:]))


def _plot(days: dict[date, int], language: Language) -> str:
    """Draw articles a day as an SVG of bars, the last half year that has any."""
    if not days:
        return ""
    last = max(days)
    first = max(min(days), date.fromordinal(last.toordinal() - _DAYS + 1))
    span = [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]
    tallest = max(days.get(day, 0) for day in span)
    bars = "".join(
        f'<rect x="{at}" y="{100 - 100 * days.get(day, 0) / tallest:.1f}" width="0.8" '
        f'height="{100 * days.get(day, 0) / tallest:.1f}"><title>{day_text(language, day)}: '
        f"{number_text(language, days.get(day, 0))}</title></rect>"
        for at, day in enumerate(span)
        if days.get(day)
    )
    named = escape(text(language, "s_per_day"))
    return (
        f'<section><h2>{label(language, "s_per_day")}</h2><svg class="s-plot" role="img" '
        f'aria-label="{named}" viewBox="0 0 {len(span)} 100" '
        f'preserveAspectRatio="none">{bars}</svg>'
        f'<p class="s-ends"><span>{day_text(language, first)}</span>'
        f"<span>{day_text(language, last)}</span></p></section>"
    )


def _section(language: Language, key: str, inside: str, *, wide: bool = False) -> str:
    shown = inside or f'<p class="s-none">{label(language, "s_none")}</p>'
    kind = ' class="s-wide"' if wide else ""
    return f"<section{kind}><h2>{label(language, key)}</h2>{shown}</section>"


def _took(run: Run, language: Language) -> str:
    """Return how long a run took, reading and building; of one without an end how far it came."""
    if run.seconds is None:
        return text(language, "s_not_built" if run.was_read else "s_not_read")
    said = f"{run.seconds:.1f}"
    return said.replace(".", ",") if language == "id" else said


def _runs(runs: Iterable[Run], language: Language) -> str:
    keys = ("s_when", "s_seconds", "s_seen", "s_indexed", "s_unchanged", "s_skipped", "s_removed")
    rows = [
        (
            run.started.strftime("%Y-%m-%d %H:%M"),
            _took(run, language),
            *(
                number_text(language, count) if run.was_read else "–"
                for count in (
                    run.counts.seen,
                    run.counts.indexed,
                    run.counts.unchanged,
                    run.counts.skipped,
                    run.counts.removed,
                )
            ),
        )
        for run in runs
    ]
    return _table([text(language, key) for key in keys], rows)


def _opinions(said: Sequence[dict[str, Any]], language: Language) -> str:
    if not said:
        return ""
    liked = sum(item["verdict"] == "up" for item in said)
    rows = [
        (
            str(item.get("at", ""))[:16].replace("T", " "),
            "+" if item["verdict"] == "up" else "−",
            _opening(str(item.get("question", ""))),
            _opening(str(item.get("reason", ""))),
        )
        for item in reversed(said[-_LAST_OPINIONS:])
    ]
    keys = ("s_when", "s_verdict", "question", "s_reason")
    total = text(language, "s_opinions", up=liked, down=len(said) - liked)
    return f"<p>{escape(total)}</p>{_table([text(language, key) for key in keys], rows)}"


def _opening(said: str) -> str:
    """Return what a reader wrote, of much the beginning."""
    return f"{said[:_LONGEST]}…" if len(said) > _LONGEST else said or "–"


def _counts(counted: Sequence[tuple[str, int]], language: Language) -> str:
    if not counted:
        return ""
    most = max(count for _, count in counted) or 1
    items = "".join(
        f"<li><span>{escape(what) or label(language, 'unnamed')}</span>"
        f'<progress max="{most}" value="{count}" aria-hidden="true"></progress>'
        f"<b>{number_text(language, count)}</b></li>"
        for what, count in counted
    )
    return f'<ul class="s-counts">{items}</ul>'


def _table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    if not body:
        return ""
    heads = "".join(f'<th scope="col">{escape(said)}</th>' for said in head)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="s-scroll">{table}</div>'


def _plain(item: dict[str, Any]) -> str:
    return " ".join(str(item.get("question", "")).lower().split()).rstrip("?!. ")
