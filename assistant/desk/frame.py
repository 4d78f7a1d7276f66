"""What all pages of the desk share: language, links, templates; the one file that knows Jinja."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from warta.assistant.desk.texts import text
from warta.assistant.exporting.foreign import checked_url, visible
from warta.assistant.page.markup import article_address
from warta.assistant.texts import Language, day_text, language_of, month_text, number_text
from warta.corpus.article import Article

Pairs = Iterable[tuple[str, object]]


@dataclass(frozen=True, slots=True)
class Frame:
    """How one page is shown: its language, and how Warta's root is reached from its address.

    `chosen`: the language was asked for in the address, so that links carry it on. `here` is the
    page's own path below the root, `pairs` its parameters without the language.
    """

    language: Language
    root: str
    chosen: bool
    here: str
    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, request: Request, default: str = "") -> "Frame":
        """Read the frame off a request; `default` is the language the settings name, or ""."""
        raw = request.scope.get("raw_path") or request.scope["path"].encode()
        depth = raw.count(b"/") - 1
        asked = request.query_params.get("lang", "")
        spoken = language_of(default or request.headers.get("accept-language", ""))
        said = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
        return cls(
            language=language_of(asked, spoken) if asked else spoken,
            root="../" * depth or "./",
            chosen=asked in ("id", "en"),
            here=raw.decode("latin-1").lstrip("/"),
            pairs=tuple(said),
        )

    def link(self, path: str, pairs: Pairs = (), **named: object) -> str:
        """Return the address of a page of ours; values that are None or "" are left out."""
        told = [(k, v) for k, v in (*pairs, *named.items()) if v is not None and v != ""]
        if self.chosen and path not in ("", "./"):
            told.append(("lang", self.language))
        return f"{self.root}{path}{'?' if told else ''}{urlencode(told, errors='replace')}"

    def article(self, article: Article, words: str = "") -> str:
        """Return the address of an article's page, in which these words are marked."""
        address = article_address(article.id, self.language if self.chosen else None)
        marking = urlencode({"words": words}, errors="replace") if words else ""
        joint = "&" if "?" in address else "?"
        return f"{self.root}{address}{joint + marking if marking else ''}"

    def quotation(self, article: Article, start: int, end: int) -> str:
        """Return the address of an article's page, characters `start` to `end` of it marked."""
        address = self.article(article)
        joint = "&" if "?" in address else "?"
        return f"{address}{joint}q={start}-{end}#kutipan" if end > start else address

    def story(self, article: Article) -> str:
        """Return the address of the page of an article's story."""
        return self.article(article).replace(f"{self.root}article", f"{self.root}story", 1)

    def person(self, name: str) -> str:
        """Return the address of a person's page."""
        return self.link("person", name=name)

    @property
    def other(self) -> str:
        """The address of this page in the other language."""
        language = "en" if self.language == "id" else "id"
        told = [*self.pairs, ("lang", language)]
        return f"{self.root}{self.here}?{urlencode(told, errors='replace')}"


def render(name: str, frame: Frame, **values: object) -> str:
    """Return a template filled: with `frame`, `t` for texts and these values."""
    return (
        _templates()
        .get_template(name)
        .render(
            frame=frame,
            t=partial(text, frame.language),
            day=partial(day_text, frame.language),
            month=partial(month_text, frame.language),
            number=partial(number_text, frame.language),
            **values,
        )
    )


def page(name: str, frame: Frame, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page of the desk."""
    headers = {"vary": "accept-language", "content-language": frame.language}
    return HTMLResponse(render(name, frame, **values), status, headers=headers)


def assets() -> dict[str, bytes]:
    """Return our style sheet and script by their names."""
    folder = files(__package__)
    return {name: folder.joinpath(name).read_bytes() for name in ("desk.css", "desk.js")}


def _clean(value: object) -> object:
    """Take out of foreign text what nobody sees; Jinja escapes it afterwards."""
    return visible(value) if type(value) is str else value


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name, content in assets().items():  # below the root; another content, another address
        made.globals[name.replace(".", "_")] = (
            f"warta/{name}?{hashlib.sha256(content).hexdigest()[:12]}"
        )
    made.globals["checked_url"] = checked_url
    return made
