"""Logins: a file of names and Argon2 hashes, or a header by a proxy that has asked already.

HTTP Basic, because browsers, curl and clients of the API all speak it, it needs no cookie and so
cannot be borrowed by another site. The hashing is argon2-cffi's.
"""

import asyncio
import base64
import binascii
import hmac
import ipaddress
import os
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from warta.corpus.errors import ConfigError

_OPEN = ("/healthz",)
_REMEMBERED = 600.0  # seconds a checked login is not hashed again
_MOST = 1_000  # logins and clients remembered
_FAILURES = 10  # a client may be wrong this often a minute
_MINUTE = 60.0


class Logins:
    """Who may come in: `hashes` by name."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        from argon2 import PasswordHasher

        self._hasher = PasswordHasher()
        self._hashes = dict(hashes)
        # An unknown name costs the time of a known one.
        self._nobody = self._hasher.hash(secrets.token_hex())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read lines `name:hash`; raises ConfigError where one is none or there are none."""
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The logins in {path} cannot be read: {error}.", "Make one with `warta login`."
            ) from error
        hashes: dict[str, str] = {}
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            name, _, hashed = line.strip().partition(":")
            if not name or not hashed.startswith("$argon2"):
                raise ConfigError(
                    f"{path}, line {number} is no login.", "Make one with `warta login`."
                )
            hashes[name] = hashed
        if not hashes:
            raise ConfigError(f"{path} holds no login.", "Make one with `warta login`.")
        return cls(hashes)

    def check(self, name: str, password: str) -> bool:
        """Tell whether name and password belong together; takes some 50 ms either way."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        known = self._hashes.get(name)
        try:
            return self._hasher.verify(known or self._nobody, password) and known is not None
        except (Argon2Error, InvalidHashError):
            return False


def add_login(path: Path, name: str, password: str) -> None:
    """Put a login into the file, in place of one of the same name.

    Raises ConfigError for a name that cannot stand in it or a password under eight characters.
    """
    from argon2 import PasswordHasher

    if not name or ":" in name or name.startswith("#") or not name.isprintable():
        raise ConfigError(f"{name!r} cannot be a name.", "Use letters, digits, dots, hyphens.")
    if len(password) < 8:
        raise ConfigError("The password is short.", "Use eight characters or more.")
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in before if line.partition(":")[0] != name]
    line = f"{name}:{PasswordHasher().hash(password)}"
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.touch(0o600)
    beside.write_text("\n".join([*kept, line, ""]), encoding="utf-8")
    beside.replace(path)


class LoginWall:
    """ASGI middleware: nobody passes without a login, and guessing is slow."""

    def __init__(
        self, app: ASGIApp, *, logins: Logins, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._logins = logins
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._passed: dict[bytes, float] = {}
        self._failed: dict[str, list[float]] = {}
        self._hashing = asyncio.Semaphore(2)  # each takes 64 MB

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 or 429, or pass the request on."""
        if scope["type"] != "http" or scope["path"] in _OPEN:
            await self._app(scope, receive, send)
            return
        said = Headers(scope=scope).get("authorization", "")
        client = (scope.get("client") or ("",))[0]
        if await self._may_pass(said, client):
            await self._app(scope, receive, send)
        elif self._is_guessing(client):
            await _refuse(429, "Too many wrong logins.", {"retry-after": "60"})(
                scope, receive, send
            )
        else:
            asking = {"www-authenticate": 'Basic realm="Warta", charset="UTF-8"'}
            await _refuse(401, "A login is needed.", asking)(scope, receive, send)

    async def _may_pass(self, said: str, client: str) -> bool:
        digest = hmac.digest(self._key, said.encode("utf-8", "replace"), "sha256")
        if self._passed.get(digest, 0.0) > self._clock():
            return True
        pair = _pair(said)
        if pair is None or self._is_guessing(client):
            return False
        async with self._hashing:
            right = await anyio.to_thread.run_sync(self._logins.check, *pair)
        if right:
            _make_room(self._passed)
            self._passed[digest] = self._clock() + _REMEMBERED
        else:
            _make_room(self._failed)
            self._failed.setdefault(client, []).append(self._clock())
        return right

    def _is_guessing(self, client: str) -> bool:
        since = self._clock() - _MINUTE
        recent = [moment for moment in self._failed.get(client, []) if moment > since]
        if client in self._failed:
            self._failed[client] = recent
        return len(recent) >= _FAILURES


class HeaderWall:
    """ASGI middleware: lets in whom a reverse proxy names in a header.

    The header counts only where the connection comes from one of `proxies` (addresses or
    networks), and only once: anybody else could write it, too. Who calls around the proxy stays
    out.
    """

    def __init__(self, app: ASGIApp, *, header: str, proxies: Sequence[str]) -> None:
        self._app = app
        self._header = header
        self._proxies = [ipaddress.ip_network(proxy) for proxy in proxies]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401, or pass the request on."""
        if scope["type"] != "http" or scope["path"] in _OPEN or self._is_named(scope):
            await self._app(scope, receive, send)
            return
        await _refuse(401, "A login at the proxy is needed.", {})(scope, receive, send)

    def _is_named(self, scope: Scope) -> bool:
        names = Headers(scope=scope).getlist(self._header)
        return len(names) == 1 and bool(names[0].strip()) and self._is_proxy(scope)

    def _is_proxy(self, scope: Scope) -> bool:
        try:
            address = ipaddress.ip_address((scope.get("client") or ("",))[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)  # IPv4 on a socket of IPv6
        return any((mapped or address) in network for network in self._proxies)


def _pair(said: str) -> tuple[str, str] | None:
    kind, _, packed = said.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, found, password = base64.b64decode(packed, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if found else None


def _make_room(kept: dict[Any, Any]) -> None:
    while len(kept) >= _MOST:
        kept.pop(next(iter(kept)))


def _refuse(status: int, what: str, headers: dict[str, str]) -> JSONResponse:
    return JSONResponse({"error": {"what": what, "remedy": ""}}, status, headers=headers)
