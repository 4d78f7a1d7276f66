"""The page of a person: what they are quoted with, newest first, with outlet, day and article."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from fastapi.responses import HTMLResponse

from warta.assistant.desk.frame import Frame, page
from warta.assistant.desk.story import Said, spoken
from warta.assistant.desk.texts import text
from warta.corpus.article import Article
from warta.corpus.language.words import fold
from warta.index.search.listing import ListRequest, Results

_READ = 150  # articles that are read, the newest with the name
_MOST = 60  # quotations on the page: with them it stays under 100 KB
_LONGEST = 120  # characters of a name


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
    wanted = " ".join(name.split())[:_LONGEST]
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
        if len(found) == _MOST:
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
