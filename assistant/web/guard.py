"""What stands between the network and the page: origins, sizes, closed routes, headers.

Gradio serves more than Warta uses (uploads, a proxy, files, code editing), trusts what Host and
Origin say, and its first document names other servers. Here only the routes the page needs are
open, and what leaves carries a policy under which a browser runs no script we did not write.
"""

import asyncio
import re
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warta.assistant.api.gate import Gate

_GRADIO_OPEN = re.compile(
    r"/gradio_api/(queue/(join|data)|cancel|heartbeat/[\w-]+|startup-events|app_id|info|reset)/?"
)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_JOIN = "/gradio_api/queue/join"
_ASKING = (_JOIN, "/api/ask")
_ENTERING = 2  # questions that Gradio takes in at a time
_PATIENCE = 10.0  # seconds for 64 KB
_FULL = 503, "Busy: try again in a moment."
_METHODS = ("GET", "HEAD", "OPTIONS", "POST")
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


class Guard:
    """ASGI middleware: refuses what has no business here and dresses what goes out."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body: int,
        head: str = "",
        origins: Sequence[str] = (),
        gate: Gate | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        """`head` is put into the page's document; `origins` may post besides our own.

        A body must come within `patience` seconds: a question on its way holds a place.

        While `gate` is full, questions are refused here, unread. Those let in reach Gradio a few
        at a time: taking one in costs as much as refusing twenty, and who is refused waits least.
        """
        self._app = app
        self._max_body = max_body
        self._head = head
        self._origins = frozenset(origins)
        self._gate = gate
        self._patience = patience
        self._entering = asyncio.Semaphore(_ENTERING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403, 404, 405, 408, 413 or 503, or pass the request on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        dressed = _Dressed(send, nonce, self._head if _is_document(scope) else "")
        refused = self._refusal(scope)
        if refused:
            await _refuse(*refused, scope, receive, dressed)
            return
        if self._gate and scope["method"] == "POST" and scope["path"] == _JOIN:
            await self._let_in(self._gate, scope, receive, dressed)
            return
        if scope["method"] == "POST":
            held = await self._held(scope, receive, dressed)
            if held is None:
                return
            receive = held
        if _is_document(scope):  # its text is changed below, so it must come uncompressed
            kept = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        await self._app(scope, receive, dressed)

    async def _held(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """Return the request with its body read, None where that is too large or too slow."""
        try:
            async with asyncio.timeout(self._patience):
                body = await _body(receive, Headers(scope=scope), self._max_body)
        except TimeoutError:
            what = f"The body did not come within {self._patience:g} seconds."
            await _refuse(408, what, scope, receive, send)
            return None
        if body is not None:
            return _Replayed(body, receive)
        await _refuse(413, f"A request may have {self._max_body} bytes.", scope, receive, send)
        return None

    async def _let_in(self, gate: Gate, scope: Scope, receive: Receive, send: "_Dressed") -> None:
        """Hand a question to Gradio once it is here whole: until then it takes nobody's place."""
        held = await self._held(scope, receive, send)
        if held is None:
            return
        if gate.full:  # others were quicker
            await _refuse(*_FULL, scope, receive, send)
            return
        gate.announce()  # without a wait since it was asked, or many would pass a last place
        try:
            async with self._entering:
                await self._app(scope, held, send)
        finally:
            if send.status != 200:  # it did not get as far as to be answered
                gate.arrived()

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and reason for what can be refused unread, None for what may come in."""
        method, path = scope["method"], scope["path"]
        if method not in _METHODS:
            return 405, f"There is no {method} here."
        if _is_closed(path):
            return 404, "Not found."
        if method == "POST" and not self._is_ours(Headers(scope=scope)):
            return 403, "This came from another site."
        if self._gate and method == "POST" and path in _ASKING and self._gate.full:
            return _FULL
        return None

    def _is_ours(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:  # no browser sends a foreign post without it
            return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        return origin in self._origins or _host(origin) == headers.get("host", "")


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc or None
    except ValueError:  # "http://[": it begins like an address and is none
        return None


class _Replayed:
    """The body once more, then whatever the connection says next."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


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


async def _body(receive: Receive, headers: Headers, limit: int) -> bytes | None:
    """Return the whole body, None where it is longer than `limit` bytes."""
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > limit:
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(body)


async def _refuse(status: int, what: str, scope: Scope, receive: Receive, send: Send) -> None:
    extra = {
        405: {"allow": ", ".join(_METHODS)},
        408: {"connection": "close"},
        503: {"retry-after": "2"},
    }
    headers = extra.get(status)
    body = {"error": {"what": what, "remedy": ""}}
    await JSONResponse(body, status, headers=headers)(scope, receive, send)
