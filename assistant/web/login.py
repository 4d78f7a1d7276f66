"""Logins: a file of names and Argon2 hashes, or a header by a proxy that has asked already.

HTTP Basic, because browsers, curl and clients of the API all speak it, it needs no cookie and so
cannot be borrowed by another site. The hashing is argon2-cffi's.
"""

import asyncio
import base64
import binascii
import hmac
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from warta.assistant.api.places import Gate, address_of
from warta.assistant.web.callers import Proxies, refuse
from warta.corpus.errors import BusyError, ConfigError

OPEN = ("/healthz", "/readyz")
_REMEMBERED = 600.0  # seconds a checked login is not hashed again
_MOST = 1_000  # logins remembered
_GUESSES = 10  # a minute: one address at one name
_OF_ADDRESS = 30  # a minute: one address at all names
_OF_NAME = 60  # a minute: all addresses at one name
_MINUTE = 60.0
_HASHING = 2  # at a time; each takes 64 MB
_WAITING = 32  # to be hashed; the next is told to come again
_NAME = 256  # characters of a name


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


class Guesses:
    """Logins that were tried within the last minute, by address and name.

    A guess counts when it begins: of those that come at once, no more are looked at than of those
    that come one after the other. Many names count for the address, many addresses for the name.
    An address at which a name was let in before is not held to what others at it do: behind a
    proxy that is not listed all readers have one address, and one of them may guess.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun = clock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._before: Counter[tuple[str, str]] = Counter()  # of the minute before
        self._known: dict[tuple[str, str], None] = {}

    def begin(self, address: str, name: str) -> bool:
        """Count a guess; False where there were too many."""
        pair, of_address, of_name = (address, name), (address, ""), ("", name)
        is_known = pair in self._known
        if self._recent(pair) >= _GUESSES:
            return False
        if not is_known and (
            self._recent(of_address) >= _OF_ADDRESS or self._recent(of_name) >= _OF_NAME
        ):
            return False
        self._counts.update((pair, of_address, of_name))
        return True

    def was_right(self, address: str, name: str) -> None:
        """Take the guess back: it was none."""
        for key in ((address, name), (address, ""), ("", name)):
            self._counts[key] = max(0, self._counts[key] - 1)
        _make_room(self._known)
        self._known[address, name] = None

    def _recent(self, key: tuple[str, str]) -> float:
        """Return how many there were within a minute, the minute before counted in part."""
        passed = self._clock() - self._begun
        if passed >= _MINUTE:
            self._before = self._counts if passed < 2 * _MINUTE else Counter()
            self._counts, self._begun = Counter(), self._begun + passed // _MINUTE * _MINUTE
            passed %= _MINUTE
        return self._counts[key] + self._before[key] * (1 - passed / _MINUTE)


class LoginWall:
    """ASGI middleware: nobody passes without a login, and guessing is slow.

    Who was let in within ten minutes passes at once, whatever others try.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        logins: Logins,
        guesses: Guesses | None = None,
        tokens: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """With `tokens` there is a wall behind this one for who shows a token."""
        self._app = app
        self._tokens = tokens
        self._logins = logins
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._passed: dict[bytes, float] = {}
        self._guesses = guesses or Guesses(clock)
        self._hashing = Gate(_HASHING, _WAITING, longest=20.0)
        self._checking: dict[bytes, asyncio.Task[bool]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 or 429, or pass the request on."""
        if scope["type"] != "http" or scope["path"] in OPEN or (self._tokens and bears(scope)):
            await self._app(scope, receive, send)
            return
        said = Headers(scope=scope).get("authorization", "")
        passes = await self._may_pass(said, address_of((scope.get("client") or ("",))[0]))
        if passes:
            await self._app(scope, receive, send)
        elif passes is None:
            await refuse(429, "Too many logins are tried.", scope, receive, send)
        else:
            asking = {"www-authenticate": 'Basic realm="Warta", charset="UTF-8"'}
            await refuse(401, "A login is needed.", scope, receive, send, headers=asking)

    async def _may_pass(self, said: str, address: str) -> bool | None:
        """Tell whether a login is right; None where it is not looked at."""
        digest = hmac.digest(self._key, said.encode("utf-8", "replace"), "sha256")
        if self._passed.get(digest, 0.0) > self._clock():
            return True
        pair = _pair(said)
        if pair is None:
            return False
        if digest not in self._checking:  # one login that comes many times at once is one guess
            if not self._guesses.begin(address, pair[0]):
                return None
            check = asyncio.create_task(self._check(digest, address, *pair))
            self._checking[digest] = check
            check.add_done_callback(lambda _: self._checking.pop(digest, None))
        try:
            return await asyncio.shield(self._checking[digest])
        except BusyError:
            return None

    async def _check(self, digest: bytes, address: str, name: str, password: str) -> bool:
        right = await self._hashing.run(lambda: self._logins.check(name, password), address)
        if right:
            self._guesses.was_right(address, name)
            _make_room(self._passed)
            self._passed[digest] = self._clock() + _REMEMBERED
        return right


class HeaderWall:
    """ASGI middleware: lets in whom a reverse proxy names in a header.

    The header counts only where the connection comes from one of `proxies` (addresses or
    networks), and only once: anybody else could write it, too. Who calls around the proxy stays
    out.
    """

    def __init__(
        self, app: ASGIApp, *, header: str, proxies: Proxies, tokens: bool = False
    ) -> None:
        """With `tokens` there is a wall behind this one for who shows a token."""
        self._app = app
        self._tokens = tokens
        self._header = header
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401, or pass the request on."""
        passes = scope["type"] != "http" or scope["path"] in OPEN
        if passes or (self._tokens and bears(scope)) or self._is_named(scope):
            await self._app(scope, receive, send)
            return
        await refuse(401, "A login at the proxy is needed.", scope, receive, send)

    def _is_named(self, scope: Scope) -> bool:
        names = Headers(scope=scope).getlist(self._header)
        from_proxy = (scope.get("client") or ("",))[0] in self._proxies
        return len(names) == 1 and bool(names[0].strip()) and from_proxy


def bears(scope: Scope) -> bool:
    """Tell whether a request shows a token, right or wrong: that is for `TokenWall` to say."""
    return Headers(scope=scope).get("authorization", "").lower().startswith("bearer ")


def _pair(said: str) -> tuple[str, str] | None:
    kind, _, packed = said.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, found, password = base64.b64decode(packed, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name[:_NAME], password) if found else None


def _make_room(kept: dict[Any, Any]) -> None:
    while len(kept) >= _MOST:
        kept.pop(next(iter(kept)))
