"""Where the pages of the desk are; gate, limits and login of the app stand before them."""

from fastapi import FastAPI, Request
from fastapi.responses import Response

from warta.assistant.api.api import Served
from warta.assistant.config import Settings
from warta.assistant.desk.frame import Frame
from warta.assistant.desk.query import read_query
from warta.assistant.desk.search import search_page


def add_desk(app: FastAPI, assistant: Served, settings: Settings) -> None:
    """Add the pages of the desk to the app."""

    @app.get("/search", include_in_schema=False)
    def search(request: Request) -> Response:
        view = assistant.retriever.view()
        frame = Frame.of(request, settings.language)
        outlets = view.coverage().sources
        asked = read_query(request.query_params, frame.language, outlets, settings.max_question)
        return search_page(frame, view, asked)
