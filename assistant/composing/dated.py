"""The day a sentence tells of: one that it names, or that of its report."""

from datetime import date, timedelta

from warta.assistant.composing.beside import shared
from warta.assistant.composing.story import Story
from warta.assistant.texts import day_text
from warta.corpus.article import Article
from warta.corpus.language.marks import marks
from warta.index.reader.features import Candidate

_NAMED = 0.4  # share of its headline's terms with which an opening says what it is about
_OPENING = 2  # sentences of a passage that open it
_LATELY = timedelta(
    days=10
)  # before its report within which a day named in an opening is the event's
_STORY = timedelta(days=400)  # days before its report that a story goes back; a birthday does not


def line(story: Story, lead: Candidate) -> str:
    """Return day, outlet and headline of a sentence, to stand before it, as far as needed."""
    day = told_day(lead)
    source = lead.hit.article.source.strip()
    shown = day_text(story.language, day) if day else ""
    title = " ".join(lead.hit.article.title.split())
    titled = title and shared(title, lead.text) < _NAMED
    parts = (shown, source, f"“{title}”" if titled else "")
    line = ", ".join(part for part in parts if part)
    return f"{line}:" if line else ""


def told_day(sentence: Candidate) -> date | None:
    """Return the day under which a line stands: for what opens its article see `event_day`."""
    own = named_day(sentence) if sentence.ordinal >= _OPENING else None
    return own or event_day(sentence.hit.article, sentence.text)


def named_day(sentence: Candidate) -> date | None:
    """Return the first whole day that a sentence names, None where its report has none."""
    published = sentence.hit.article.published
    if published is None:
        return None
    found = (_whole_day(f.value, published) for f in marks(sentence.text).facts if f.kind == "date")
    return next((day for day in found if day and published - day <= _STORY), None)


def event_day(article: Article, opening: str) -> date | None:
    """Return the day an opening tells of: one it names shortly before its report, or that one's."""
    published = article.published
    if published is None:
        return None
    for fact in marks(opening).facts:
        day = _whole_day(fact.value, published) if fact.kind == "date" else None
        if day and timedelta(0) <= published - day <= _LATELY:
            return day
    return published


def _whole_day(value: str, published: date) -> date | None:
    """Return the day that a date names, in the year of its report where it names none."""
    parts = value.removeprefix("--").split("-")
    numbers = [int(part) for part in parts if part.isdigit()]
    if len(numbers) == 2 and value.startswith("--"):
        numbers = [published.year, *numbers]
    try:
        return date(*numbers) if len(numbers) == 3 else None
    except ValueError:
        return None
