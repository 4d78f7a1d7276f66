"""No reader takes more than a fair share: so many questions a minute from one address."""

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from warta.assistant.api.places import address_of
from warta.assistant.config import is_local
from warta.assistant.web.door import SEARCHES
from warta.assistant.web.refusals import refuse

_COUNTED = (
    "/gradio_api/queue/join",
    "/api/ask",
    *SEARCHES,
    "/api/feedback",
    "/mcp",
    "/warta/share",
)
_MOST_CLIENTS = 10_000


class RateLimit:
    """ASGI middleware: 429 for who asks more than `per_minute`; this machine itself may.

    A bucket for each address holds `per_minute` drops and fills up again within a minute. Behind
    a reverse proxy that is not listed all come from one address: there the proxy counts.
    """

    def __init__(
        self, app: ASGIApp, *, per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._most = float(per_minute)
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # drops left, at what time

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 429, or pass the request on."""
        client = address_of((scope.get("client") or ("",))[0])
        if scope["type"] == "http" and scope["path"] in _COUNTED and not is_local(client):
            if not self._take(client):
                what, remedy = "Too many questions.", "Wait a minute."
                await refuse(429, what, scope, receive, send, remedy=remedy)
                return
        await self._app(scope, receive, send)

    def _take(self, client: str) -> bool:
        now = self._clock()
        left, then = self._buckets.pop(client, (self._most, now))
        left = min(self._most, left + (now - then) * self._most / 60)
        while len(self._buckets) >= _MOST_CLIENTS:  # who was silent longest has a full one anyway
            self._buckets.pop(next(iter(self._buckets)))
        self._buckets[client] = (max(left - 1, 0.0) if left >= 1 else left, now)
        return left >= 1
