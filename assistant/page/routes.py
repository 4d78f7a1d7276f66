"""What the page's script asks of the server beside answers: kept turns to show, and files of them.

What a browser kept comes back as data: checked, escaped, its articles looked up again.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from warta.assistant.api.api import Served
from warta.assistant.exporting.export import Told, to_json, to_markdown, to_text
from warta.assistant.exporting.formats import to_docx, to_html
from warta.assistant.exporting.stored import unpack
from warta.assistant.page.render import notice, turn
from warta.assistant.texts import Language
from warta.assistant.upkeep.shares import Shares
from warta.corpus.archive.withdrawn import read_withdrawn
from warta.corpus.errors import InputError

_MOST = 4_000  # sentences of one file: a second of work
Kind = Literal["txt", "md", "json", "html", "docx"]
_TYPES: dict[str, str] = {
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "html": "text/plain; charset=utf-8",  # for the clipboard; no page of ours
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class KeptTurn(BaseModel):
    """A question with its packed answer; `day` is the one it was asked on."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(max_length=20_000)]
    answer: str
    day: date | None = None


class KeptTurns(BaseModel):
    """Turns of one conversation, in order, and the language of the page."""

    model_config = ConfigDict(extra="forbid")

    turns: Annotated[list[KeptTurn], Field(min_length=1, max_length=300)]
    language: Language = "id"


def add_kept(app: FastAPI, assistant: Served, home: Path, shares: Shares | None = None) -> None:
    """Add POST /warta/turns and /warta/export to `app`; `shares` where answers may be shared."""

    @app.post("/warta/turns", include_in_schema=False)
    def turns(kept: KeptTurns) -> JSONResponse:
        """Return each turn as HTML, one that cannot be read as a notice."""
        gone = read_withdrawn(home).ids
        find = assistant.retriever.view().article
        shown = []
        for each in kept.turns:
            try:
                before = unpack(each.answer, find)
                answer = unpack(each.answer, find, gone)
            except InputError:
                shown.append(notice(kept.language, "failed"))
                continue
            less = len(answer.sentences) < len(before.sentences)
            sealed = "" if less else _sealed(each.answer, shares)
            shown.append(turn(answer, kept.language, done=True, withdrawn=less, sealed=sealed))
        return JSONResponse(shown)

    @app.post("/warta/export/{kind}", include_in_schema=False)
    def export(kind: Kind, kept: KeptTurns) -> Response:
        """Return the turns as one file; a turn that cannot be read is a 409."""
        gone = read_withdrawn(home).ids
        find = assistant.retriever.view().article
        told = [
            Told(unpack(each.answer, find, gone), each.question, each.day, kept.language)
            for each in kept.turns
        ]
        if sum(len(each.answer.sentences) for each in told) > _MOST:
            raise InputError(f"That is more than {_MOST:,} sentences.", "Take fewer answers.")
        return Response(_file(kind, told), media_type=_TYPES[kind])


def _sealed(kept: str, shares: Shares | None) -> str:
    """Return what was kept where it may be shared, "" where not."""
    try:
        return kept if shares and shares.opened(kept) else ""
    except InputError:
        return ""


def _file(kind: Kind, told: Sequence[Told]) -> bytes:
    if kind == "docx":
        return to_docx(told)
    if kind == "html":
        return to_html(told).encode()
    if kind == "json":
        return to_json(told[0].answer).encode()
    shape = to_text if kind == "txt" else to_markdown
    return "\n\n".join(map(shape, told)).encode("utf-8", "replace")
