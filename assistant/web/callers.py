"""What all walls share: who calls, and how each of them says no.

Who calls is the address of a connection, or where a listed proxy says that the request is from. A
refusal has the shape of every error, with what a client needs.
"""

import ipaddress
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from warta.assistant.api.bodies import problem
from warta.corpus.errors import BusyError, WartaError

_EXTRA = {408: {"connection": "close"}, 429: {"retry-after": "60"}, 503: {"retry-after": "2"}}
_SAID_BY_PROXIES = (b"x-forwarded-", b"x-gradio-server", b"x-real-ip", b"forwarded")


class Proxies:
    """The reverse proxies whose word counts: addresses or networks."""

    def __init__(self, listed: Sequence[str]) -> None:
        self._networks = [ipaddress.ip_network(one) for one in listed]

    def __contains__(self, host: object) -> bool:
        try:
            address = ipaddress.ip_address(str(host))
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)  # IPv4 on a socket of IPv6
        return any((mapped or address) in network for network in self._networks)


class Callers:
    """ASGI middleware: puts the caller's own address in place of a listed proxy's.

    From anybody else what only a proxy has to say is left out: who reads `X-Forwarded-Host` sends
    the page's questions where it points.
    """

    def __init__(self, app: ASGIApp, *, proxies: Proxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass every request on."""
        if scope["type"] == "http":
            scope = self._known(scope)
        await self._app(scope, receive, send)

    def believes(self, scope: Scope) -> bool:
        """Tell whether a request comes from a listed proxy."""
        return (scope.get("client") or ("",))[0] in self._proxies

    def address(self, scope: Scope) -> str:
        """Return where a request comes from."""
        own = str((scope.get("client") or ("",))[0])
        return (self._before(scope) or own) if self.believes(scope) else own

    def _known(self, scope: Scope) -> Scope:
        if self.believes(scope):
            return {**scope, "client": (self.address(scope), scope["client"][1])}
        kept = [pair for pair in scope["headers"] if not pair[0].startswith(_SAID_BY_PROXIES)]
        return {**scope, "headers": kept}

    def _before(self, scope: Scope) -> str:
        """Return the last address that no listed proxy has; what stands before may be invented."""
        said = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
        for part in reversed(said.split(",")):
            address = _bare(part)
            if address not in self._proxies:
                return address
        return ""


def _bare(said: str) -> str:
    """Return the address of `203.0.113.7`, `203.0.113.7:443` or `[2001:db8::1]:443`, else ""."""
    said = said.strip()
    if said.startswith("["):
        said = said[1:].partition("]")[0]
    elif said.count(":") == 1:
        said = said.partition(":")[0]
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return ""


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
