"""What stands between the network and the page: origins, closed routes, headers, fair shares.

Gradio serves more than Warta uses (uploads, a proxy, files, code editing), trusts what Host and
Origin say, and its first document names other servers. Here only the routes the page needs are
open, and what leaves carries a policy under which a browser runs no script we did not write.
"""

import contextvars
import ipaddress
import logging
import re
import secrets
import time
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warta.assistant.api.places import address_of
from warta.assistant.config import is_local
from warta.assistant.web.callers import refuse
from warta.assistant.web.door import SEARCHES

_log = logging.getLogger(__name__)
REQUEST_ID: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
_GRADIO_OPEN = re.compile(
    r"/gradio_api/(queue/(join|data)|cancel|startup-events|app_id|info|reset)/?"
)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_METHODS = ("GET", "HEAD", "OPTIONS", "POST")
# what is no page of its own, so that no other site has a reason to lead a browser to it
_NO_PAGE = re.compile(
    r"/(api|feed|search\.csv|search\.ris|gradio_api|warta|mcp|healthz|readyz|metrics|static|assets"
    r"|theme\.css)(/|$)"
)
_SLASHED = re.compile(r"/(mcp|api/(ask|search|status|feedback))/")
# routes of Gradio outside its API that serve files, logins or other pages
_CLOSED = re.compile(
    r"/(proxy=|file=|file/|upload|monitoring|svelte|login|logout|config/?$|pwa_icon)"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"
    ),
}
# unsafe-eval: Gradio compiles its components' templates and our event handlers with Function().
# Inline scripts want the nonce, so no attribute handler and no injected <script> can run.
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; media-src 'none'; object-src 'none'; "
    "frame-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
_FOREIGN_META = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*')

_COUNTED = (
    "/gradio_api/queue/join",
    "/api/ask",
    *SEARCHES,
    "/api/feedback",
    "/mcp",
    "/warta/share",
)
_MOST_CLIENTS = 10_000


class Guard:
    """ASGI middleware: refuses what has no business here and dresses what goes out."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        head: str = "",
        hosts: Collection[str] | None = None,
        literals: bool = False,
    ) -> None:
        """`head` is put into the page's document.

        `hosts` are the names under which the server may be called, None for every one; with
        `literals` also every IP address: a name that leads here can be anybody's, an address not.
        """
        self._app = app
        self._head = head
        self._hosts = None if hosts is None else frozenset(name.lower() for name in hosts)
        self._literals = literals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 400, 403, 404, 405 or 500, or pass the request on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        if _SLASHED.fullmatch(scope["path"]):  # many clients write an address so
            path = scope["path"].removesuffix("/")
            scope = {**scope, "path": path, "raw_path": path.encode()}
        nonce = secrets.token_urlsafe(16)
        dressed = _Dressed(send, nonce, self._head if _is_document(scope) else "")
        refused = self._refusal(scope)
        if refused:
            status, what = refused
            extra = {405: {"allow": ", ".join(_METHODS)}, 400: {"connection": "close"}}
            await refuse(status, what, scope, receive, dressed, headers=extra.get(status))
            return
        if _is_document(scope):  # its text is changed below, so it must come uncompressed
            kept = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        await self._answered(scope, receive, dressed)

    async def _answered(self, scope: Scope, receive: Receive, dressed: "_Dressed") -> None:
        """Pass the request on; what fails inside is answered here, behind the same walls."""
        try:
            await self._app(scope, receive, dressed)
        except Exception:
            if dressed.status:  # it has begun: only closing the connection tells that it is cut
                raise
            _log.exception("Request %s to %s failed.", REQUEST_ID.get(), scope["path"][:200])
            what, remedy = "Something failed here.", "Try again; the server's log says more."
            await refuse(500, what, scope, receive, dressed, remedy=remedy)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and reason for what can be refused unread, None for what may come in."""
        method, path, headers = scope["method"], scope["path"], Headers(scope=scope)
        if not self._is_called_so(headers.get("host", "")):
            return 400, "Invalid host header: this server has another name."
        if "content-length" in headers and "transfer-encoding" in headers:
            return 400, "Two lengths: a request has content-length or transfer-encoding."
        if method not in _METHODS:
            return 405, f"There is no {method} here."
        if _is_closed(path):
            return 404, "Not found."
        if method == "POST" and not self._is_ours(headers):
            return 403, "This came from another site."
        if method in ("GET", "HEAD") and not self._is_ours(headers):
            if not _leads_here(path, headers):
                return 403, "Another site may lead to the page, and to nothing else here."
        return None

    def _is_called_so(self, host: str) -> bool:
        if self._hosts is None:
            return True
        name = _name(host.lower())
        return name in self._hosts or (self._literals and _is_address(name))

    def _is_ours(self, headers: Headers) -> bool:
        site, origin = headers.get("sec-fetch-site", "none"), headers.get("origin")
        if origin is None:  # no browser sends a foreign post without it
            return site in ("none", "same-origin")
        return _host(origin) == headers.get("host", "")


def _leads_here(path: str, headers: Headers) -> bool:
    """Tell whether a browser is led to a page, which it shows.

    As an image, script or frame of another site it would be asked for unseen, again and again.
    """
    wanted = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest", "document")
    return _NO_PAGE.match(path) is None and wanted == ("navigate", "document")


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc or None
    except ValueError:  # "http://[": it begins like an address and is none
        return None


def _name(host: str) -> str:
    """Return a host without its port: `[::1]:7860` is `[::1]`."""
    found = re.fullmatch(r"(\[[0-9a-f:.]+\]|[^:\[\]]*)(:\d*)?", host)
    return found[1] if found else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


class _Dressed:
    """Sends with our headers; where `head` is given, holds the document back and changes it."""

    def __init__(self, send: Send, nonce: str, head: str) -> None:
        self._send = send
        self._nonce = nonce
        self._head = head
        self.status = 0
        self._start: Message | None = None
        self._held = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers["content-security-policy"] = _POLICY.format(nonce=self._nonce)
            if "cache-control" not in headers:
                headers["cache-control"] = "no-store"
            if self._head and headers.get("content-type", "").startswith("text/html"):
                self._start = message
                return
        elif self._start is not None:
            self._held += message.get("body", b"")
            if message.get("more_body"):
                return
            changed = dress(self._held.decode("utf-8"), self._nonce, self._head).encode("utf-8")
            MutableHeaders(scope=self._start)["content-length"] = str(len(changed))
            await self._send(self._start)
            self._start = None
            message = {**message, "body": changed}
        await self._send(message)


def dress(document: str, nonce: str, head: str) -> str:
    """Return Gradio's document with our head, its scripts signed and no foreign address.

    Every `<script` in it stands in Gradio's template: the configuration inside is JSON whose
    angle brackets are escaped.
    """
    ours = _FOREIGN_META.sub("", document).replace('lang="en"', 'lang="id"', 1)
    ours = ours.replace("</head>", f"{head}</head>", 1)
    return re.sub(r"<script\b", f'<script nonce="{nonce}"', ours)


def _is_document(scope: Scope) -> bool:
    return bool(scope["method"] == "GET" and scope["path"] == "/")


def _is_closed(path: str) -> bool:
    if _UNPRINTABLE.search(path):  # routes do not match across line breaks, so Gradio would
        return True
    if path.startswith("/gradio_api"):
        return _GRADIO_OPEN.fullmatch(path) is None
    return _CLOSED.match(path) is not None


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
