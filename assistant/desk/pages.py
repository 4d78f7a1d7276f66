"""The pages of one article, of one story and of one person.

Of an article: its text, its day, its versions and corrections, who else has it. Of a story: its
days, what its figures became, who said what, and who reported it. Of a person: what they are quoted
with, newest first.

A story is made from the links of the index; what opens a report is chosen as in answers.
"""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from warta.assistant.composing.dated import event_day
from warta.assistant.composing.quotable import opening
from warta.assistant.desk.frame import Frame, page
from warta.assistant.desk.search import Run, elsewhere, marked
from warta.assistant.desk.texts import text
from warta.assistant.exporting.foreign import checked_url, visible
from warta.assistant.texts import day_text
from warta.assistant.upkeep.articles import Shown, show_article
from warta.corpus.archive.rows import Version
from warta.corpus.article import Article
from warta.corpus.errors import InputError, WartaError
from warta.corpus.language.marks import marks, stem
from warta.corpus.language.quotations import person_of, quotations
from warta.corpus.language.sentences import sentences
from warta.corpus.language.words import fold, query_terms, words
from warta.index.candidates import Hit, Report
from warta.index.search.listing import ListRequest, Results
from warta.index.search.phrases import phrases, spans

_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)
_NEAREST = 6  # articles on the same event that are listed beside one
_MOST_VERSIONS = 20  # of an article's history, the newest
_MOST_DIFFERENCES = 60  # sentences of one difference
_LONGEST_COMPARED = 400_000  # characters of a text whose differences are worked out
_MOST = 120  # reports that are read; of 21,912 articles the story of one in a hundred has over 60
_SPEAKERS, _QUOTES = 10, 3  # who is quoted, and how often each
_LONGEST_QUOTATION = 420  # characters of a quotation
_SAME = 60  # letters by which two outlets' forms of the same words are told
_ROWS = 4  # figures that changed
_MOST_CHANGES = 6  # of a figure: what changes with every report is no one figure
_OPENING = 600  # characters of a report in which its figures stand
_AHEAD, _BESIDE = 6, 3  # words before and behind a number that tell what it counts
# What stories count, and what became of it: of 90 stories of two archives of five reports and more
# any pair of words gave 26 a row of figures, 3 of them of use; these give only such.
_THINGS = {
    "orang": "orang", "warga": "orang", "jiwa": "orang", "korban": "orang", "penumpang": "orang",
    "rumah": "rumah", "bangunan": "bangunan", "kk": "keluarga", "keluarga": "keluarga",
    "hektare": "hektare", "hektar": "hektare", "perusahaan": "perusahaan", "titik": "titik",
}  # fmt: skip
_BECAME = {
    stem(word): shown
    for shown, words in {
        "tewas": "tewas meninggal menewaskan", "terluka": "luka terluka luka-luka melukai",
        "hilang": "hilang", "mengungsi": "mengungsi pengungsi mengungsikan",
        "selamat": "selamat", "terendam": "terendam merendam", "rusak": "rusak merusak",
        "tersangka": "tersangka", "ditangkap": "ditangkap menangkap ditahan",
        "terbakar": "terbakar kebakaran", "terdampak": "terdampak",
        "dievakuasi": "dievakuasi mengevakuasi",
    }.items()
    for word in words.split()
}  # fmt: skip
_CLAUSE = re.compile(r"[,.;:(\n]\s|[(\n]")
_READ = 150  # articles that are read for a person, the newest with the name
_MOST_QUOTED = 60  # quotations on the page of a person: with them it stays under 100 KB
_LONGEST_NAME = 120


class Read(Protocol):
    """What the page of an article needs of a pinned snapshot."""

    def article(self, article_id: str) -> Article:
        """Return an article; raises InputError where there is none."""

    def story(self, article_id: str) -> list[Report]:
        """Return the articles of the story it belongs to, by day."""

    def copies(self, article_id: str) -> list[Article]:
        """Return the other articles with (nearly) the same text, oldest first."""

    def corrected_by(self, article: Article) -> tuple[Article, ...]:
        """Return the later articles that say they correct this one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version says that the one before did not: sentences, `kind` "+" or "-"."""

    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One version: its number, when it was read, and what it changed.

    `title` and `day` are those of the version before where they differ.
    """

    number: int
    read_at: datetime
    changes: tuple[Difference, ...]
    title: str
    day: str
    more: int


def article_page(
    frame: Frame, view: Read, home: Path, article_id: str, span: str = "", wanted: str = ""
) -> HTMLResponse:
    """Return an article's page with the characters `span` ("10-60") of its text marked.

    Without a span the words of `wanted` are. 404 for an article that is not in the index, with
    what became of it; 400 with the article for a span that cannot be marked.
    """
    try:
        article = view.article(article_id)
    except InputError:
        return _missing(frame, home, article_id)
    start, end = _bounds(span, article)
    known = _history(home, article_id)
    copies = view.copies(article_id)
    outlets, versions = elsewhere(article, copies)
    fault = text(frame.language, "bad_span", value=span[:80]) if span and end <= start else ""
    return page(
        "article.html",
        frame,
        status=400 if fault else 200,
        article=article,
        faults=[fault] if fault else [],
        paragraphs=paragraphs(article.text, [(start, end)] if end else found(article.text, wanted)),
        quoted=end > start,
        note=known.newest.date_note if known and known.newest else "",
        editions=editions(known.versions) if known else [],
        corrections=view.corrected_by(article),
        copies=copies,
        outlets=outlets,
        versions=versions,
        beside=_beside(article_id, view.story(article_id)),
    )


def _beside(article_id: str, reports: Sequence[Report]) -> list[Article]:
    """Return the articles of a story that stand nearest before and after one, by day."""
    others = [
        report.article
        for report in reports
        if article_id not in (report.article.id, *(copy.id for copy in report.copies))
    ]
    before = next((at for at, r in enumerate(reports) if r.article.id == article_id), 0)
    first = max(0, min(before - _NEAREST // 2, len(others) - _NEAREST))
    return others[first : first + _NEAREST]


def _bounds(span: str, article: Article) -> tuple[int, int]:
    bounds = _SPAN.fullmatch(span)
    if not bounds:
        return 0, 0
    start, end = int(bounds[1]), int(bounds[2])
    return (start, end) if start < end <= len(article.text) else (0, 0)


def _history(home: Path, article_id: str) -> Shown | None:
    """Return what the archive knows; None where it cannot be read: the page is whole without."""
    try:
        return show_article(home, article_id)
    except WartaError:
        return None


def _missing(frame: Frame, home: Path, article_id: str) -> HTMLResponse:
    known = _history(home, article_id)
    key = "unknown_article" if known is None else f"article_{known.state}"
    said = text(frame.language, key, id=article_id[:120])
    return page("message.html", frame, 404, title=text(frame.language, "no_article"), lines=[said])


def found(said: str, wanted: str) -> list[tuple[int, int]]:
    """Return where the words of `wanted` stand in a text, in any form, or its exact phrases."""
    if exact := spans(said, phrases(wanted)):
        return exact
    terms = set(query_terms(wanted)) if wanted else set()
    return [(w.start, w.end) for w in words(said) if not terms.isdisjoint(w.terms)]


def paragraphs(said: str, spans: Sequence[tuple[int, int]] = ()) -> list[tuple[Run, ...]]:
    """Return the lines of a text in runs, what is in `spans` (ascending, apart) marked."""
    shown, at = [], 0
    for line in said.split("\n"):
        ends = at + len(line)
        if line.strip():
            inside = [(max(low, at) - at, min(high, ends) - at) for low, high in spans]
            shown.append(marked(line, [span for span in inside if span[0] < span[1]]))
        at = ends + 1
    return shown


def editions(versions: tuple[Version, ...]) -> list[Edition]:
    """Return the versions that say something else than the one before, newest first."""
    pairs = list(zip((None, *versions), versions, strict=False))[-_MOST_VERSIONS:]
    all_of_them = [_edition(before, version) for before, version in pairs]
    changed = [one for one in all_of_them if one.number == 1 or one.changes or one.title or one.day]
    return changed[::-1] if len(changed) > 1 else []


def _edition(before: Version | None, version: Version) -> Edition:
    if before is None:
        return Edition(version.number, version.read_at, (), "", "", 0)
    old, new = before.article, version.article
    changes = differences(old.text, new.text)
    return Edition(
        version.number,
        version.read_at,
        tuple(changes[:_MOST_DIFFERENCES]),
        old.title if old.title != new.title else "",
        (old.published.isoformat() if old.published else "–")
        if old.published != new.published
        else "",
        max(0, len(changes) - _MOST_DIFFERENCES),
    )


def differences(old: str, new: str) -> list[Difference]:
    """Return the sentences that were taken out and put in, in the order of the text."""
    if len(old) + len(new) > _LONGEST_COMPARED:
        return []
    before, after = _sentences(old), _sentences(new)
    changes: list[Difference] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            changes += [Difference("-", said) for said in before[a:b]]
            changes += [Difference("+", said) for said in after[c:d]]
    return changes


def _sentences(said: str) -> list[str]:
    return [" ".join(said[span.start : span.end].split()) for span in sentences(said)]


class Stories(Protocol):
    """What the page of a story needs of a pinned snapshot."""

    @property
    def linked(self) -> bool:
        """Whether the index knows which articles are on one event."""

    def article(self, article_id: str) -> Article:
        """Return an article; raises InputError where there is none."""

    def story(self, article_id: str) -> list[Report]:
        """Return the articles of a story, by day."""

    def opened(self, articles: Sequence[Article]) -> list[Hit]:
        """Return articles as hits: their first passages."""


@dataclass(frozen=True, slots=True)
class StoryDay:
    """A day of a story: `lead` says `said`, its text from `start` to `end`; `others` report too."""

    day: date | None
    lead: Report
    said: str
    start: int
    end: int
    others: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class StoryFigure:
    """What was counted ("orang tewas") and the values, each with its day and article."""

    what: str
    values: tuple[tuple[str, date | None, Article], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """Words of somebody: `article.text[start:end] == words`; `named` as in `Quotation`."""

    speaker: str
    words: str
    article: Article
    start: int
    end: int
    named: bool


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story as it is shown."""

    lines: tuple[StoryDay, ...]
    figures: tuple[StoryFigure, ...]
    speakers: tuple[tuple[str, tuple[Said, ...]], ...]
    outlets: tuple[tuple[str, int], ...]
    reports: int
    articles: int


def story_page(frame: Frame, view: Stories, article_id: str, *, plain: bool = False) -> Response:
    """Return the story an article belongs to, as a page or as text with its sources."""
    try:
        article = view.article(article_id)
        story = told(view, article_id)
    except InputError:
        said = text(frame.language, "unknown_article", id=article_id[:120])
        title = text(frame.language, "no_article")
        return page("message.html", frame, 404, title=title, lines=[said])
    if plain:
        return PlainTextResponse(visible(as_text(frame, article, story)))
    return _shown(frame, view, article, story)


def _shown(frame: Frame, view: Stories, article: Article, story: StoryView) -> HTMLResponse:
    address = frame.story(article)
    return page(
        "story.html",
        frame,
        article=article,
        story=story,
        linked=view.linked,
        as_text=f"{address}{'&' if '?' in address else '?'}as=text",
    )


def told(view: Stories, article_id: str) -> StoryView:
    """Return the story of an article; raises InputError where there is no such article."""
    reports = view.story(article_id)
    read = sorted(sorted(reports, key=lambda each: -each.links)[:_MOST], key=_when)
    lines = timeline(read, view.opened([each.article for each in read]))
    named = Counter(
        copy.source.strip() for each in reports for copy in (each.article, *each.copies)
    )
    named.pop("", None)
    return StoryView(
        lines=tuple(lines),
        figures=tuple(figures(lines)),
        speakers=tuple(speakers([each.article for each in read])),
        outlets=tuple(sorted(named.items(), key=lambda item: (-item[1], item[0].casefold()))),
        reports=len(reports),
        articles=sum(1 + len(each.copies) for each in reports),
    )


def _when(report: Report) -> tuple[date, str]:
    return report.article.published or date.max, report.article.id


def timeline(reports: Sequence[Report], opened: Sequence[Hit]) -> list[StoryDay]:
    """Return a line a day by the day of the event, told by the report that most others share."""
    days: dict[date | None, list[tuple[Report, str, int, int]]] = {}
    for report, hit in zip(reports, opened, strict=True):
        lead = opening(hit)
        start, end = (lead.start, lead.end) if lead else (0, 0)
        said = lead.text if lead else ""
        told = f"{said}\n{_before(report.article.text, start)}"
        days.setdefault(event_day(report.article, told), []).append((report, said, start, end))
    lines = []
    for day in sorted(days, key=lambda found: found or date.max):
        best = max(days[day], key=lambda each: (bool(each[1]), each[0].links))
        others = tuple(each[0] for each in days[day] if each is not best)
        lines.append(StoryDay(day, *best, others))
    return lines


def _before(said: str, start: int) -> str:
    """Return the sentence before one that begins here: its day holds where that names none."""
    spans = sentences(said[:start])
    return said[spans[-1].start : start] if spans else ""


def figures(lines: Sequence[StoryDay]) -> list[StoryFigure]:
    """Return the counts that changed, those of most reports first.

    Within a day, whose hours are not known, they stand lowest first: the dead and the damaged of a
    disaster grow in number. Of 291 stories of five reports and more six then have a row, two of
    them over several days; one of the six counts something else.
    """
    found: dict[tuple[str, str], list[tuple[str, date | None, Article]]] = {}
    named: dict[tuple[str, str], str] = {}
    for line in lines:
        counts = [
            (count, report.article)
            for report in (line.lead, *line.others)
            for count in _counts(report.article)
        ]
        for count, article in sorted(counts, key=lambda each: each[0].amount):
            named[count.key] = count.what
            found.setdefault(count.key, []).append((count.value, line.day, article))
    rows: dict[tuple[str, ...], tuple[int, StoryFigure]] = {}
    for key, values in found.items():
        changes = [v for at, v in enumerate(values) if not at or values[at - 1][0] != v[0]]
        if 1 < len(changes) <= _MOST_CHANGES:
            said = (key[0], *(value for value, _, _ in changes))
            rows[said] = (len(values), StoryFigure(named[key], tuple(changes)))
    ranked = sorted(rows.values(), key=lambda row: (-row[0], row[1].what))
    return [row for _, row in ranked][:_ROWS]


@dataclass(frozen=True, slots=True)
class _Count:
    """What is counted: the stems of the thing and of what became of it; both as written."""

    key: tuple[str, str]
    what: str
    value: str

    @property
    def amount(self) -> int:
        """The value without its marks."""
        return int("".join(char for char in self.value if char.isdecimal()))


def _counts(article: Article) -> list[_Count]:
    """Return what became of how many, unless an article says it in two ways."""
    said = f"{article.title}. {article.text[:_OPENING]}"
    found: dict[tuple[str, str], list[_Count]] = {}
    for fact in marks(said).facts:
        value, *more = said[fact.start : fact.end].split()
        if fact.kind != "number" or not value[0].isdigit() or fact.unit not in ("", "orang"):
            continue
        if len(more) > bool(fact.unit):  # "46 ribu": rounded, and mostly of all years
            continue
        before = _CLAUSE.split(said[max(0, fact.start - 80) : fact.start])[-1].split()[-_AHEAD:]
        behind = _CLAUSE.split(said[fact.end : fact.end + 50])[0].split()[: _BESIDE + 1]
        thing = "orang" if fact.unit else fold(behind.pop(0)) if behind else ""
        state = next((w for w in (*behind, *before[::-1]) if _BECAME.get(stem(w))), "")
        if thing in _THINGS and state:
            key = (_THINGS[thing], _BECAME[stem(state)])
            found.setdefault(key, []).append(_Count(key, " ".join(key), value))
    return [one[0] for one in found.values() if len({count.value for count in one}) == 1]


def speakers(articles: Sequence[Article]) -> list[tuple[str, tuple[Said, ...]]]:
    """Return who is quoted with their words, each only once; those quoted most often first."""
    found: dict[str, list[Said]] = {}
    seen: set[str] = set()
    for said in (said for article in articles for said in spoken(article)):
        key = "".join(fold(said.words).split())[:_SAME]  # "siapapun", "siapa pun"
        if said.named and key not in seen and person_of(said.speaker):
            seen.add(key)
            found.setdefault(_known_as(found, said.speaker), []).append(said)
    order = sorted(found, key=lambda name: -len(found[name]))
    return [(name, tuple(found[name][:_QUOTES])) for name in order[:_SPEAKERS]]


def _known_as(found: dict[str, list[Said]], name: str) -> str:
    """Return the name under which somebody is listed who is called by part of it here."""
    own = set(fold(name).split())
    for other in found:
        theirs = set(fold(other).split())
        if own <= theirs or theirs < own:
            return other
    return name


def spoken(article: Article, by: Callable[[str], bool] = bool) -> Iterator[Said]:
    """Yield the quotations of an article whose speaker is known and meets `by`."""
    for one in quotations(article.text):
        if one.speaker and by(one.speaker) and one.end - one.start <= _LONGEST_QUOTATION:
            words = article.text[one.start : one.end]
            yield Said(one.speaker, words, article, one.start, one.end, one.named)


def as_text(frame: Frame, article: Article, story: StoryView) -> str:
    """Return the story as text, every line with its source."""
    language = frame.language
    parts = [text(language, "story_of", title=article.title.strip() or article.id), ""]
    for line in story.lines:
        day = day_text(language, line.day) if line.day else text(language, "undated")
        parts += [
            f"{day}: {line.said or line.lead.article.title}",
            f"  {_source(line.lead.article)}",
        ]
        parts += [f"  + {_source(other.article)}" for other in line.others]
    for figure in story.figures:
        row = " → ".join(value for value, _, _ in figure.values)
        parts += ["", f"{figure.what}: {row}"]
    for name, quotes in story.speakers:
        parts += ["", f"{name}:"]
        parts += [f"{said.words}\n  {_source(said.article)}" for said in quotes]
    return "\n".join(parts) + "\n"


def _source(article: Article) -> str:
    day = article.published.isoformat() if article.published else ""
    told = (article.source.strip(), f"“{article.title.strip()}”", day, checked_url(article.url))
    return ", ".join(part for part in told if part)


class Archived(Protocol):
    """What the page needs of a pinned snapshot."""

    def listing(self, wanted: ListRequest) -> Results:
        """Return a part of a list."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """What was found of somebody: `quotes` of `read` articles out of `total` with the name."""

    quotes: tuple[Said, ...]
    read: int
    total: int


def person_page(frame: Frame, view: Archived, name: str) -> HTMLResponse:
    """Return the quotations of a person; 400 where no name is given."""
    wanted = " ".join(name.split())[:_LONGEST_NAME]
    if not any(map(str.isalpha, wanted)):
        title, said = (text(frame.language, key) for key in ("voices", "no_name"))
        return page("message.html", frame, 400, title=title, lines=[said])
    found = quoted(view, wanted)
    return page(
        "person.html",
        frame,
        who=wanted,
        quotes=found.quotes,
        articles=len({said.article.id for said in found.quotes}),
        read=found.read,
        total=found.total,
    )


def quoted(view: Archived, name: str) -> Quoted:
    """Return what somebody is quoted with, newest first, the same words once."""
    results = view.listing(ListRequest(name, order="day", limit=_READ))
    articles = [hit.article for hit in results.hits] if results.match == "all" else []
    found: dict[str, Said] = {}
    for said in (said for article in articles for said in _of(article, name)):
        found.setdefault(fold(said.words)[:80], said)
        if len(found) == _MOST_QUOTED:
            break
    return Quoted(tuple(found.values()), len(articles), results.total if articles else 0)


def _of(article: Article, name: str) -> Iterator[Said]:
    """Yield what an article quotes of somebody: by the whole name, or more than it.

    A part of the name counts where the speaker is called by no more anywhere in the article and
    the article gives the whole name too.
    """
    own = set(fold(name).split())
    whole = fold(name) in fold(f"{article.title}\n{article.text}")

    def theirs(speaker: str) -> bool:
        said = set(fold(speaker).split())
        return own <= said or (whole and said <= own)

    return spoken(article, theirs)
