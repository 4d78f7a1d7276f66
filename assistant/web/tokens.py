"""API tokens: what programs show instead of a name and a password.

A token is 256 random bits, so its SHA-256 can be kept: nobody finds it by trying. The file is read
again when it changes, so that one that is revoked is of no use from the next request on. One may
have a last day; after that (by UTC) it is as if it had been revoked.
"""

import hashlib
import hmac
import os
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from warta.assistant.api.places import address_of
from warta.assistant.web.callers import refuse
from warta.assistant.web.login import OPEN, Guesses, bears
from warta.corpus.errors import ConfigError

SCOPES = ("read", "feedback")
_PREFIX = "warta_"  # by which scanners for leaked secrets know one
_PUBLIC = len(_PREFIX) + 6  # characters that tell one guess from another
_NAME = re.compile(r"[\w.@-]{1,100}")
_DAY = r"(\d{4}-\d{2}-\d{2})"
_LINE = re.compile(rf"([\w.@-]{{1,100}}):([a-z,]+):{_DAY}:([0-9a-f]{{64}})(?::{_DAY})?")
_MEND = "Make one with `warta tokens add`."


@dataclass(frozen=True, slots=True)
class ApiToken:
    """Who a token was given to, what for, when, to which last day; of it the digest is known."""

    name: str
    scopes: tuple[str, ...]
    added: date
    digest: str
    until: date | None = None

    def line(self) -> str:
        """Return it as it stands in the file."""
        last = f":{self.until}" if self.until else ""
        return f"{self.name}:{','.join(self.scopes)}:{self.added}:{self.digest}{last}"

    def ended(self, today: date) -> bool:
        """Tell whether its last day is over."""
        return self.until is not None and today > self.until


def read_tokens(path: Path) -> list[ApiToken]:
    """Read lines `name:scopes:day:digest`, or with `:day` behind them, the last.

    Raises ConfigError for another line, and for no file.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The tokens in {path} cannot be read: {error}.", _MEND) from error
    tokens = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            tokens.append(_token_of(line.strip()))
        except ValueError:
            raise ConfigError(f"{path}, line {number} is no token.", _MEND) from None
    return tokens


def _token_of(line: str) -> ApiToken:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError
    scopes = tuple(scope for scope in found[2].split(",") if scope in SCOPES)
    until = date.fromisoformat(found[5]) if found[5] else None
    return ApiToken(found[1], scopes, date.fromisoformat(found[3]), found[4], until)


def add_token(
    path: Path, name: str, scopes: Sequence[str] = ("read",), *, until: date | None = None
) -> str:
    """Put a new token for `name` into the file and return it: it is shown this once.

    It opens nothing after the day `until`. Raises ConfigError for a name that cannot stand in it,
    that has a token, or no known scope.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name!r} cannot be a name.", "Use letters, digits, dots, hyphens.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise ConfigError(f"The scopes are {', '.join(scopes)!r}.", f"Use {' or '.join(SCOPES)}.")
    known = read_tokens(path) if path.exists() else []
    if any(one.name == name for one in known):
        raise ConfigError(f"{name} has a token.", "Revoke it first, or choose another name.")
    token = _PREFIX + secrets.token_urlsafe(32)
    wanted = tuple(scope for scope in SCOPES if scope in scopes)
    _write(path, [*known, ApiToken(name, wanted, _today(), _digest(token), until)])
    return token


def revoke_token(path: Path, name: str) -> None:
    """Take the token of `name` out of the file. Raises ConfigError where there is none."""
    known = read_tokens(path)
    kept = [one for one in known if one.name != name]
    if len(kept) == len(known):
        raise ConfigError(f"{path} has no token of {name}.", "See `warta tokens list`.")
    _write(path, kept)


def _write(path: Path, tokens: Sequence[ApiToken]) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.touch(0o600)
    beside.write_text("".join(f"{one.line()}\n" for one in tokens), encoding="utf-8")
    beside.replace(path)


def _today() -> date:
    return datetime.now(UTC).date()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class ApiTokens:
    """The tokens of a file as it is now."""

    def __init__(self, path: Path, today: Callable[[], date] = _today) -> None:
        """Raises ConfigError for a file that cannot be read."""
        self._path = path
        self._today = today
        self._seen = self._stamp()
        self._tokens = read_tokens(path)

    def find(self, said: str) -> ApiToken | None:
        """Return the token that was shown, None for none or one that ended; as long for all."""
        if (stamp := self._stamp()) != self._seen:
            try:
                self._tokens = read_tokens(self._path)
            except ConfigError:  # half a file lets nobody in
                self._tokens = []
            self._seen = stamp
        digest, found = _digest(said), None
        for one in self._tokens:
            if hmac.compare_digest(one.digest, digest):
                found = one
        return None if found is not None and found.ended(self._today()) else found

    def _stamp(self) -> tuple[int, ...]:
        try:
            status = self._path.stat()
        except OSError:
            return ()
        return (status.st_ino, status.st_mtime_ns, status.st_size)


class TokenWall:
    """ASGI middleware: who shows a token passes where its scopes lead, or not at all.

    Wrong ones count as wrong logins do. Who shows none goes on to the wall of the logins; with
    `alone` there is none, and nobody passes.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        tokens: ApiTokens,
        guesses: Guesses | None = None,
        alone: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._tokens = tokens
        self._guesses = guesses or Guesses(clock)
        self._alone = alone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401, 403 or 429, or pass the request on."""
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        said = None
        if bears(scope):
            said = Headers(scope=scope)["authorization"].partition(" ")[2].strip()
        refused = None if said is None and not self._alone else self._refusal(said, scope)
        if refused is None:
            await self._app(scope, receive, send)
            return
        status, what, wrong = refused
        extra = f', error="{wrong}"' if wrong else ""
        headers = {"www-authenticate": f'Bearer realm="Warta"{extra}'} if status != 429 else {}
        await refuse(status, what, scope, receive, send, headers=headers)

    def _refusal(self, said: str | None, scope: Scope) -> tuple[int, str, str] | None:
        """Return status, what is said and the word for it of RFC 6750; None to let pass."""
        if said is None:
            return 401, "A token is needed.", ""
        address = address_of((scope.get("client") or ("",))[0])
        if not self._guesses.begin(address, said[:_PUBLIC]):
            return 429, "Too many tokens are tried.", ""
        found = self._tokens.find(said)
        if found is None:
            return 401, "This token is not known, was revoked, or has ended.", "invalid_token"
        self._guesses.was_right(address, said[:_PUBLIC])
        scope.get("warta.noted", {})["token"] = found.name
        wanted = _scope_of(scope["path"])
        if wanted is None:
            return 403, "A token is for programs: it opens /api, /mcp and /metrics.", ""
        if wanted not in found.scopes:
            return 403, f"This token is not for {wanted}.", "insufficient_scope"
        return None


def _scope_of(path: str) -> str | None:
    if path == "/api/feedback":
        return "feedback"
    return "read" if path.startswith("/api/") or path in ("/mcp", "/metrics") else None
