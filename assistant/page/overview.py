"""What the archive holds, as the page shows it: coverage, recent headlines, filters; pure HTML."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from urllib.parse import urlencode

from warta.assistant.page.markup import (
    article_address,
    byline,
    escape,
    icon,
    label,
    title,
)
from warta.assistant.texts import Language, age_text, day_text, month_text, number_text, text
from warta.corpus.article import Article
from warta.corpus.language.names import Name, names
from warta.corpus.language.offices import may_be_a_person
from warta.index.snapshot.snapshot import Coverage

_MOST_OUTLETS = 60
_OUTLETS_AT_A_GLANCE = 12
_LEAD = 600  # characters of an article that tell what it is about
_SAMPLE_MARK = "(contoh)"


@dataclass(frozen=True, slots=True)
class Overview:
    """The archive at a glance; `days` counts articles by day, `topics` are named often now."""

    coverage: Coverage
    recent: tuple[Article, ...]
    days: dict[date, int]
    topics: tuple[str, ...] = ()


def coverage_line(seen: Overview, language: Language, now: datetime) -> str:
    """Return "21.912 artikel · 1 Sep 2019 – 15 Okt 2019 · indeks 3 menit lalu"."""
    covered = seen.coverage
    if not covered.articles:
        return label(language, "no_index")
    parts = [
        f"<strong>{text(language, 'articles', n=number_text(language, covered.articles))}</strong>"
    ]
    if covered.first and covered.last:
        parts.append(f"{day_text(language, covered.first)} – {day_text(language, covered.last)}")
    age = age_text(language, (now - covered.built).total_seconds())
    parts.append(text(language, "index_age", age=age))
    return " · ".join(parts)


def recent_cards(seen: Overview, language: Language) -> str:
    """Return the archive's newest headlines, each a link to its article."""
    only_samples = bool(seen.coverage.sources) and all(
        name.endswith(_SAMPLE_MARK) for name in seen.coverage.sources
    )
    banner = f'<p class="w-banner">{label(language, "samples")}</p>' if only_samples else ""
    cards = "".join(
        f'<li><a href="{escape(article_address(article.id, language))}">'
        f'<span class="w-card-title">{title(article, language)}</span>'
        f"{byline(article, language)}</a></li>"
        for article in seen.recent
    )
    if not cards:
        return banner
    whole = f'<a class="w-link" href="search?lang={language}">{label(language, "all_articles")}</a>'
    return f'{banner}<h3>{label(language, "recent")}</h3><ul class="w-cards">{cards}</ul>{whole}'


def examples(seen: Overview, language: Language) -> str:
    """Return questions on what is in the news, each a button that asks; "" without topics."""
    keys = ("example_latest", "example_summary", "example_timeline")
    asked = [text(language, key, name=name) for key, name in zip(keys, seen.topics, strict=False)]
    if not asked:
        return ""
    items = "".join(
        f'<li><button type="button" data-act="example">{escape(question)}</button></li>'
        for question in asked
    )
    return f'<h3>{label(language, "examples")}</h3><ul class="w-examples">{items}</ul>'


def topics(articles: Sequence[Article]) -> tuple[str, ...]:
    """Return names of two or three words that several articles open with, most often first.

    Names that somebody may bear go before those of places and bodies, which are always in the
    news; of names that share a word the first is taken.
    """
    counts: Counter[str] = Counter()
    for article in articles:
        lead = article.text[:_LEAD].rpartition(".")[0]
        counts.update({name.text for name in names(lead) if _is_topic(name)})
    found: list[str] = []
    ranked = sorted(counts.items(), key=lambda item: (not may_be_a_person(item[0]), -item[1], item))
    for name, count in ranked:
        taken = {word for other in found for word in other.casefold().split()}
        if count > 1 and taken.isdisjoint(name.casefold().split()):
            found.append(name)
    return tuple(found[:3])


def _is_topic(name: Name) -> bool:
    long = 2 <= len(name.text.split()) <= 3
    return long and not name.initial and not re.search(r"\d", name.text)


def filters(seen: Overview, language: Language) -> str:
    """Return the filters: a bar a month, two days, a tick an outlet."""
    if not seen.coverage.articles:
        return ""
    return (
        f"<details><summary>{icon('filter')}{label(language, 'filters')} "
        '<span class="w-limits"></span></summary>'
        f'<div class="w-filter-box">{_months(seen.days, language)}{_days(seen, language)}'
        f"{_outlets(seen.coverage.sources, language)}"
        f'<div class="w-row"><button type="button" class="w-button" data-act="clear">'
        f"{label(language, 'clear')}</button></div></div></details>"
    )


def glance(seen: Overview, language: Language) -> str:
    """Return what stands beside the conversation while there is no source: the archive in bars."""
    if not seen.coverage.articles:
        return ""
    most = max(seen.coverage.sources.values(), default=1)
    outlets = "".join(
        f'<li><span class="w-bar-name">{_listed(name, language)}</span>'
        f'<span class="w-bar" style="--share:{100 * count / most:.1f}%"></span>'
        f'<span class="w-bar-count">{number_text(language, count)}</span></li>'
        for name, count in list(seen.coverage.sources.items())[:_OUTLETS_AT_A_GLANCE]
    )
    months = _months(seen.days, language)
    chart = f"<h3>{label(language, 'per_month')}</h3>{months}" if months else ""
    return (
        f'<div class="w-glance">{chart}<h3>{label(language, "outlet")}</h3>'
        f'<ul class="w-bars">{outlets}</ul></div>'
    )


def _listed(name: str, language: Language) -> str:
    """Return an outlet as the way to all its articles."""
    if not name:
        return _outlet(name, language)
    address = f"search?{urlencode([('source', name), ('lang', language)], errors='replace')}"
    return f'<a class="w-open-article" href="{escape(address)}">{_outlet(name, language)}</a>'


def month_range(first: date) -> tuple[date, date]:
    """Return the first and the last day of the month that begins on `first`."""
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, date.fromordinal(following.toordinal() - 1)


def every_month(days: dict[date, int]) -> list[tuple[date, int]]:
    """Return the months of `days` in order, also those without articles, at most ten years.

    The earliest are left out as far as they hold no more than one article in a hundred: a few that
    are old or wrongly dated would leave no room for the others.
    """
    if not days:
        return []
    months: dict[date, int] = {}
    for day, count in days.items():
        months[day.replace(day=1)] = months.get(day.replace(day=1), 0) + count
    few = sum(months.values()) // 100
    held = list(accumulate(months[month] for month in sorted(months)))
    filled, month = [], sorted(months)[bisect_right(held, few)]
    while month <= max(months):
        filled.append((month, months.get(month, 0)))
        month = date.fromordinal(month_range(month)[1].toordinal() + 1)
    return filled[-120:]


def _months(days: dict[date, int], language: Language) -> str:
    bars = every_month(days)
    if len(bars) < 2:
        return ""
    tallest = max(count for _, count in bars)
    shown = []
    for month, count in bars:
        since, until = month_range(month)
        said = text(
            language,
            "month_count",
            month=month_text(language, month),
            n=number_text(language, count),
        )
        shown.append(
            f'<li><button type="button" data-act="month" data-since="{since}" data-until="{until}" '
            f'aria-pressed="false" aria-label="{escape(said)}" title="{escape(said)}">'
            f'<span style="height:{max(4, round(100 * count / tallest))}%"></span></button></li>'
        )
    ends = "".join(f"<span>{month_text(language, bars[at][0])}</span>" for at in (0, -1))
    return (
        f'<div><ul class="w-months" aria-label="{escape(text(language, "per_month"))}">'
        f'{"".join(shown)}</ul><div class="w-month-ends">{ends}</div></div>'
    )


def _days(seen: Overview, language: Language) -> str:
    first, last = seen.coverage.first, seen.coverage.last
    limits = f'min="{first}" max="{last}"' if first and last else ""
    fields = "".join(
        f'<label>{label(language, key)}<input type="date" name="{name}" {limits}></label>'
        for key, name in (("from", "since"), ("to", "until"))
    )
    return f'<div class="w-days">{fields}</div>'


def _outlet(name: str, language: Language) -> str:
    return f"<bdi>{escape(name)}</bdi>" if name else label(language, "unnamed")


def _outlets(sources: dict[str, int], language: Language) -> str:
    named: Sequence[tuple[str, int]] = [pair for pair in sources.items() if pair[0]][:_MOST_OUTLETS]
    if len(named) < 2:
        return ""
    ticks = "".join(
        f'<label><input type="checkbox" name="source" value="{escape(name)}">'
        f"<bdi>{escape(name)}</bdi> <small>{number_text(language, count)}</small></label>"
        for name, count in named
    )
    legend = f"<legend>{label(language, 'outlet')}</legend>"
    return f'<fieldset class="w-outlets">{legend}{ticks}</fieldset>'
