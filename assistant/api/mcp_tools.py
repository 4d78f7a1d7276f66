"""The same answers for other programs' assistants: an MCP server at /mcp, off unless switched on.

Built with the protocol's own SDK, which is imported here and only when `mcp` is set. It has no
sessions: any server may answer any call.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from pydantic import ValidationError

from warta.assistant.api.api import Served
from warta.assistant.api.bodies import refusal
from warta.assistant.api.gate import LONGEST, ask_request, paced
from warta.assistant.api.places import Gate, Lanes
from warta.assistant.config import Settings
from warta.assistant.exporting.export import article_dict, to_json_dict
from warta.assistant.exporting.printing import hit_dict
from warta.corpus.errors import ConfigError, InputError, WartaError

if TYPE_CHECKING:
    from mcp.server import MCPServer

_OUTLETS, _LONGEST_OUTLET = 100, 500  # names of outlets, and characters of one
_ABOUT = (
    "A news archive. `ask` answers with numbered citations, each a verbatim quote; when it says "
    "that something is not in the archive, do not answer from elsewhere as if it were."
)


def build_tools(
    assistant: Served, gate: Gate, longest: int = LONGEST, lanes: Lanes | None = None
) -> Any:
    """Return the MCP server with its three tools: ask, search, article.

    A question or query has at most `longest` characters. Questions wait at `gate`, the others in
    `lanes`, by themselves where there are none.
    """
    try:
        from mcp.server import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
    except ImportError as error:
        raise ConfigError(
            "The MCP server is switched on but its SDK is not installed.",
            "Install it with: pip install 'warta[mcp]'",
        ) from error

    request = ask_request(longest)
    tools = MCPServer("warta", instructions=_ABOUT, log_level="WARNING")

    @tools.tool()
    async def ask(
        question: str,
        since: date | None = None,
        until: date | None = None,
        sources: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the archive, in Indonesian or English, with citations.

        since and until are inclusive days of publication, sources names of outlets. Under `also`
        a citation has articles with nearly the same text: those of its own outlet are other
        versions, no second source.
        """
        last: dict[str, Any] = {}
        with _said_as(ToolError):
            asked = request(question=question, since=since, until=until, sources=sources)
            async for answer, done in paced(gate, lambda: asked.ask(assistant)):
                if done:
                    last = to_json_dict(answer)
        return last

    _add_reading(tools, assistant, ToolError, longest, lanes or Lanes.of(Settings()))
    return tools


def _add_reading(
    tools: "MCPServer",
    assistant: Served,
    tool_error: type[Exception],
    longest: int,
    lanes: Lanes,
) -> None:
    retriever = assistant.retriever

    @tools.tool()
    async def search(
        query: str,
        k: int = 5,
        since: date | None = None,
        until: date | None = None,
        sources: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Return the k passages (at most 50) that match best, best first.

        since and until are inclusive days of publication, sources names of outlets.
        """
        k = min(max(k, 1), 50)
        with _said_as(tool_error):
            _check_query(query, sources or [], longest)
            hits = await lanes.search.run(
                lambda: retriever.retrieve(query, k=k, since=since, until=until, sources=sources)
            )
        return [hit_dict(hit) for hit in hits]

    @tools.tool()
    async def article(article_id: str) -> dict[str, Any]:
        """Return a whole article by its id."""
        with _said_as(tool_error):
            found = await lanes.look.run(lambda: retriever.view().article(article_id))
        return {**article_dict(found), "text": found.text}


@contextlib.contextmanager
def _said_as(tool_error: type[Exception]) -> Iterator[None]:
    """Let the caller hear our own errors: the SDK hides what it does not expect."""
    try:
        yield
    except WartaError as error:
        raise tool_error(str(error)) from error
    except ValidationError as error:
        raise tool_error(str(refusal(error.errors()[0]))) from error


def _check_query(query: str, sources: list[str], longest: int) -> None:
    if not query.strip():
        raise InputError(f"query is empty: {query!r}.", "Write what to look for.")
    if len(query) > longest:
        raise InputError(f"query has {len(query)} characters.", f"At most {longest} are taken.")
    if len(sources) > _OUTLETS or any(len(name) > _LONGEST_OUTLET for name in sources):
        raise InputError(
            f"sources has {len(sources)} names, of up to {max(map(len, sources))} characters.",
            f"At most {_OUTLETS} of {_LONGEST_OUTLET} characters are taken.",
        )


def add_tools(app: FastAPI, assistant: Served, settings: Settings, lanes: Lanes) -> None:
    """Answer at /mcp. Hosts and origins are checked before, for the whole server."""
    from mcp.server.transport_security import TransportSecuritySettings

    tools = build_tools(assistant, lanes.ask, settings.max_question, lanes)
    serving = tools.streamable_http_app(
        stateless_http=True,
        json_response=True,
        max_request_body_size=settings.max_body,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    app.router.routes.extend(serving.routes)
    ours = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def both(running: Any) -> AsyncIterator[Any]:
        async with ours(running) as state, serving.router.lifespan_context(serving):
            yield state

    app.router.lifespan_context = both
