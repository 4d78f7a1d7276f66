"""How every wall of the server says no: in the shape of every error, with what a client needs."""

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from warta.assistant.api.bodies import problem
from warta.corpus.errors import BusyError, WartaError

_EXTRA = {408: {"connection": "close"}, 429: {"retry-after": "60"}, 503: {"retry-after": "2"}}


async def refuse(
    status: int,
    what: str,
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    remedy: str = "",
    headers: dict[str, str] | None = None,
) -> None:
    """Answer with `status` and what was wrong."""
    kind = BusyError if status == 503 else WartaError
    body = problem(kind(what, remedy), status)
    said = JSONResponse(body, status, headers={**_EXTRA.get(status, {}), **(headers or {})})
    await said(scope, receive, send)
