"""The same answers for other programs' assistants: an MCP server, by stdio or at /mcp.

Built with the protocol's own SDK, which is imported here and only when it is asked for. Over HTTP
it has no sessions: any server may answer any call.
"""

import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI
from pydantic import BeforeValidator, Field, ValidationError

from warta.assistant.api.api import Served, coverage_dict
from warta.assistant.api.bodies import refusal
from warta.assistant.api.gate import LONGEST, ask_request, paced
from warta.assistant.api.places import Gate, Lanes
from warta.assistant.config import Settings
from warta.assistant.exporting.export import article_dict, to_json_dict
from warta.assistant.exporting.printing import hit_dict
from warta.corpus.errors import ConfigError, InputError, WartaError
from warta.index.candidates import day_of

if TYPE_CHECKING:
    from mcp.server import MCPServer

_OUTLETS, _LONGEST_OUTLET = 100, 500  # names of outlets, and characters of one
_RECENT = 20  # articles that are listed
_MOST = 50  # passages of one search
_ABOUT = (
    "A news archive. `ask` answers with numbered citations, each a verbatim quote; when it says "
    "that something is not in the archive, do not answer from elsewhere as if it were. `coverage` "
    "says which days and outlets there are."
)


def _absent(value: object) -> object:
    """Take "" for nothing: models fill in all parameters of a tool, those they do not need, too."""
    return None if isinstance(value, str) and not value.strip() else value


def _listed(value: object) -> object:
    """Take one name for a list of one, and leave empty names out."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list):
        return names
    return [name for name in names if _absent(name) is not None] or None


_Since = Annotated[
    str | None,
    BeforeValidator(_absent),
    Field(description="Only what was published on this day or later, as 2026-01-31."),
]
_Until = Annotated[
    str | None,
    BeforeValidator(_absent),
    Field(description="Only what was published on this day or before, as 2026-01-31."),
]
_Sources = Annotated[
    list[str] | None,
    BeforeValidator(_listed),
    Field(description="Only these outlets, by the names that `coverage` lists."),
]
_Question = Annotated[
    str,
    Field(
        description="One question or request in Indonesian or English that can be understood by "
        "itself, such as “Berapa biaya Jembatan Kali Mendira?”."
    ),
]
_Searched = Annotated[str, Field(description="Words or a question to search, in either language.")]
_Many = Annotated[
    int,
    BeforeValidator(lambda value: 5 if _absent(value) is None else value),
    Field(description=f"How many passages, from 1 to {_MOST}."),
]
_Id = Annotated[str, Field(description="The `article_id` of a citation or of a passage found.")]


def build_tools(
    assistant: Served, gate: Gate, longest: int = LONGEST, lanes: Lanes | None = None
) -> Any:
    """Return the MCP server: tools ask, search, article and coverage, articles as resources.

    A question or query has at most `longest` characters. Questions wait at `gate`, the others in
    `lanes`, by themselves where there are none.
    """
    try:
        from mcp.server import MCPServer
    except ImportError as error:
        raise ConfigError(
            "The MCP server is asked for but its SDK is not installed.",
            "Install it with: pip install 'mcp>=2.3,<3'",
        ) from error

    tools = MCPServer(
        "warta", title="Warta", instructions=_ABOUT, version=_version(), log_level="WARNING"
    )
    lanes = lanes or Lanes.of(Settings())
    _add_ask(tools, assistant, gate, longest)
    _add_reading(tools, assistant, longest, lanes)
    _add_resources(tools, assistant, lanes)
    return tools


def _add_ask(tools: "MCPServer", assistant: Served, gate: Gate, longest: int) -> None:
    request = ask_request(longest)

    @tools.tool(annotations=_reads("Ask the archive"))
    async def ask(
        question: _Question,
        since: _Since = None,
        until: _Until = None,
        sources: _Sources = None,
    ) -> dict[str, Any]:
        """Answer a question from the archive, in Indonesian or English, with citations.

        Under `also` a citation has articles with nearly the same text: those of its own outlet are
        other versions, no second source.
        """
        last: dict[str, Any] = {}
        with _said():
            asked = request.model_validate(
                {"question": question, "since": since, "until": until, "sources": sources}
            )
            lane = gate.lane(len(asked.question))
            async for answer, done in paced(lane, lambda: asked.ask(assistant)):
                if done:
                    last = to_json_dict(answer)
        return last


def _add_reading(tools: "MCPServer", assistant: Served, longest: int, lanes: Lanes) -> None:
    retriever = assistant.retriever

    @tools.tool(annotations=_reads("Search the archive"))
    async def search(
        query: _Searched,
        k: _Many = 5,
        since: _Since = None,
        until: _Until = None,
        sources: _Sources = None,
    ) -> list[dict[str, Any]]:
        """Return the k passages that match best, best first, each with its article."""
        k = min(max(k, 1), _MOST)
        with _said():
            _check_query(query, sources or [], longest)
            first, last = day_of("since", since), day_of("until", until)
            hits = await lanes.search.run(
                lambda: retriever.retrieve(query, k, first, last, sources, read=True)
            )
        return [hit_dict(hit) for hit in hits]

    @tools.tool(annotations=_reads("Read an article"))
    async def article(article_id: _Id) -> dict[str, Any]:
        """Return a whole article by its id."""
        with _said():
            found = await lanes.look.run(lambda: retriever.view().article(article_id))
        return {**article_dict(found), "text": found.text}

    @tools.tool(annotations=_reads("What the archive covers"))
    async def coverage() -> dict[str, Any]:
        """Tell which days and outlets the archive covers, with how many articles, and how fresh.

        Call it before saying that the archive lacks something.
        """
        with _said():
            return await lanes.look.run(lambda: coverage_dict(retriever.view()))


def _add_resources(tools: "MCPServer", assistant: Served, lanes: Lanes) -> None:
    from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
    from mcp.server.mcpserver.resources import ResourceSecurity

    retriever = assistant.retriever

    @tools.resource("warta://recent", title="The newest articles", mime_type="application/json")
    async def recent() -> str:
        """List the newest articles of the archive, each with the address of its text."""
        with _said(ResourceError):
            found = await lanes.look.run(lambda: retriever.view().recent(_RECENT))
        listed = [{**article_dict(one), "resource": _address(one.id)} for one in found]
        return json.dumps(listed, ensure_ascii=False)

    @tools.resource(
        "warta://article/{article_id}",
        title="An article",
        mime_type="text/plain",
        # An id is looked up in the index and never a path, though it may look like one.
        security=ResourceSecurity(exempt_params={"article_id"}),
    )
    async def text(article_id: str) -> str:
        """Give an article's headline, outlet, day, address and text."""
        with _said(ResourceNotFoundError):
            found = await lanes.look.run(lambda: retriever.view().article(article_id))
        about = (found.source, str(found.published or ""), found.url)
        return "\n".join([found.title, " · ".join(filter(None, about)), "", found.text])


def _address(article_id: str) -> str:
    return f"warta://article/{quote(article_id, safe='')}"


def _reads(title: str) -> Any:
    """Return the hints that a tool changes nothing and knows of nothing but the archive."""
    from mcp_types import ToolAnnotations

    return ToolAnnotations(
        title=title,
        read_only_hint=True,
        destructive_hint=False,
        idempotent_hint=True,
        open_world_hint=False,
    )


@contextlib.contextmanager
def _said(kind: type[Exception] | None = None) -> Iterator[None]:
    """Let the caller hear our own errors: the SDK hides what it does not expect."""
    from mcp.server.mcpserver.exceptions import ToolError

    try:
        yield
    except WartaError as error:
        raise (kind or ToolError)(str(error)) from error
    except ValidationError as error:
        raise (kind or ToolError)(str(refusal(error.errors()[0]))) from error


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


def _version() -> str:
    try:
        return version("warta")
    except PackageNotFoundError:
        return "0"


def serve_stdio(assistant: Served, settings: Settings) -> None:
    """Answer one program that started this one, by stdin and stdout, until it leaves."""
    import anyio

    async def answering() -> None:
        lanes = Lanes.of(settings)
        tools = build_tools(assistant, lanes.ask, settings.max_question, lanes)
        await tools.run_stdio_async()

    anyio.run(answering)


def add_tools(app: FastAPI, assistant: Served, settings: Settings, lanes: Lanes) -> None:
    """Answer at /mcp. Hosts and origins are checked before, for the whole server."""
    tools = build_tools(assistant, lanes.ask, settings.max_question, lanes)
    from mcp.server.transport_security import TransportSecuritySettings

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
