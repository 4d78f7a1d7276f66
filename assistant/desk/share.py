"""Sharing an answer as it is, where the maintainer allows it, and the page it is read on."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from warta.assistant.answer import Citation, Sentence
from warta.assistant.config import Settings
from warta.assistant.desk.frame import Frame, page
from warta.assistant.desk.texts import text
from warta.assistant.exporting.export import paragraphs
from warta.assistant.texts import Language
from warta.assistant.upkeep.shares import LARGEST, Share, Shares, find
from warta.corpus.archive.withdrawn import read_withdrawn
from warta.corpus.errors import InputError

_FREE = ("0001-01-01", "9999-12-31")  # days that limit nothing


class Shared(BaseModel):
    """An answer as the page kept it, sealed, and the language of the page."""

    model_config = ConfigDict(extra="forbid")

    answer: Annotated[str, Field(max_length=LARGEST)]
    language: Language = "id"


def add_shares(app: FastAPI, settings: Settings, shares: Shares | None) -> None:
    """Add POST /warta/share and GET /share/ID where answers may be shared, else neither."""
    if shares is None:
        return

    @app.post("/warta/share", include_in_schema=False)
    def store(given: Shared) -> JSONResponse:
        """Store the answer and return its path below the root and its last day."""
        share = shares.store(given.answer, given.language)
        return JSONResponse({"path": f"share/{share.id}", "until": share.last.isoformat()}, 201)

    @app.get("/share/{share_id}", include_in_schema=False)
    def read(request: Request, share_id: str) -> Response:
        frame = Frame.of(request, settings.language)
        gone = read_withdrawn(settings.home).ids
        try:
            share = find(settings.home, share_id)
            return _page(frame, share, gone)
        except InputError:  # expired, revoked, mistyped: nobody is told which
            title, said = (text(frame.language, key) for key in ("no_share", "no_share_more"))
            return page("message.html", frame, 404, title=title, lines=[said])


def _page(frame: Frame, share: Share, gone: frozenset[str]) -> Response:
    whole, answer = share.answer(()), share.answer(gone)
    receipt = answer.receipt
    days = [("since", receipt.since), ("until", receipt.until)]
    limits = [(key, day) for key, day in days if str(day) not in _FREE]
    again: list[tuple[str, object]] = [("q", receipt.question), *limits]
    known = {cited.number: cited for cited in answer.citations}
    return page(
        "share.html",
        frame,
        share=share,
        answer=answer,
        blocks=[
            (listed, [[_said(sentence, known) for sentence in line] for line in lines])
            for listed, lines in paragraphs(answer)
        ],
        fewer=len(answer.sentences) < len(whole.sentences),
        written="" if receipt.writer.startswith("extractive") else receipt.writer,
        again=frame.link("", [*again, *(("source", name) for name in receipt.sources)]),
    )


def _said(
    sentence: Sentence, known: Mapping[int, Citation]
) -> tuple[Sentence, tuple[str, str, str], list[int]]:
    """Return a sentence, its text before, in and behind what was asked for, and its numbers."""
    low, high = sentence.strong or (0, 0)
    parts = (sentence.text[:low], sentence.text[low:high], sentence.text[high:])
    return sentence, parts, [number for number in sentence.citations if number in known]
