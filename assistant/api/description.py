"""What the HTTP API says of itself at /api/openapi.json: version, ways in, groups of operations."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from warta.assistant.config import Settings

API_VERSION = "1.1.0"
ABOUT = """Ask a news archive; every sentence opens its source.

**Versions.** Within version 1 fields, operations and error codes are added and never renamed,
removed or given another meaning: read what you know and pass over the rest. A change that breaks
this would come under /api/v2, beside /api for at least one release.

**Errors.** All have the body `Failure`; `code` is for programs, `what` and `remedy` are for people
and may be reworded. `busy` and `too_many` come with `Retry-After`.
"""
_WAYS_IN: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `warta tokens add`: scope read opens all but /api/feedback, "
        "scope feedback that.",
    },
    "login": {"type": "http", "scheme": "basic", "description": "A login of `warta login`."},
}


def describe(app: FastAPI, settings: Settings) -> None:
    """Let the app describe its API with the ways in that these settings ask for."""
    ways = ["token"] * bool(settings.tokens) + ["login"] * bool(settings.auth)

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            said = get_openapi(
                title="Warta",
                version=API_VERSION,
                description=ABOUT,
                routes=app.routes,
                servers=[{"url": "/", "description": "This server."}],
            )
            said["components"]["securitySchemes"] = _WAYS_IN
            if ways:
                said["security"] = [{way: []} for way in ways]
            app.openapi_schema = said
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]
