"""Answers that readers share: `<home>/shares/ID.json`, stored as they are until they expire.

Only what this home's servers answered can be stored: they seal an answer when they give it. An
address has 192 random bits, so that nobody finds one that was not given to them.
"""

import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from warta.assistant.answer import Answer
from warta.assistant.exporting.stored import pack, unpack
from warta.assistant.upkeep.feedback import LongPieces
from warta.corpus.archive.database import disk_problem
from warta.corpus.article import Article
from warta.corpus.errors import BusyError, DiskError, InputError

SHARES: Final = "shares"
NAME: Final = re.compile(r"[A-Za-z0-9_-]{32}")
MOST: Final = 2_000  # answers stored at a time
LARGEST: Final = 200_000  # characters of one
_KEY: Final = "key"  # 32 bytes; never backed up
_SEALED: Final = re.compile(r'\{"seal":"([0-9a-f]{64})",')


@dataclass(frozen=True, slots=True)
class Share:
    """A stored answer: `packed` as `stored.pack` made it; `at` and `until` are UTC, ISO."""

    id: str
    at: str
    until: str
    question: str
    language: str
    packed: str

    @property
    def day(self) -> date:
        """The day it was shared on."""
        return datetime.fromisoformat(self.at).date()

    @property
    def last(self) -> date:
        """The last day on which it is sure to be readable."""
        return (datetime.fromisoformat(self.until) - timedelta(days=1)).date()

    def over(self, now: datetime) -> bool:
        """Tell whether it has expired."""
        return datetime.fromisoformat(self.until) <= now

    def answer(self, gone: Collection[str]) -> Answer:
        """Return the answer without what articles in `gone` say; raises InputError."""
        return unpack(self.packed, _not_looked_up, gone)


_FIELDS = tuple(field.name for field in fields(Share))


class Shares:
    """The shared answers of a home, each to be read for `days` days."""

    def __init__(self, home: Path, days: int) -> None:
        self._folder = home / SHARES
        self._days = days
        with _explained(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._key = _key(self._folder / _KEY)

    def seal(self, packed: str) -> str:
        """Return a packed answer with the sign that it was given here."""
        return f'{{"seal":"{self._sign(packed)}",{packed[1:]}'

    def opened(self, sealed: str) -> str:
        """Return the packed answer that was sealed; raises InputError for any other."""
        found = _SEALED.match(sealed)
        packed = "{" + sealed[found.end() :] if found else ""
        if not found or not hmac.compare_digest(found[1], self._sign(packed)):
            raise InputError("This answer was not given here.", "Ask the question again.")
        return packed

    def store(self, sealed: str, language: str, now: datetime | None = None) -> Share:
        """Store a sealed answer and return it with its address.

        Raises InputError for one that was not given here or is too long, BusyError where there
        are too many, DiskError where it cannot be written.
        """
        if len(sealed) > LARGEST:
            raise InputError(
                f"The answer has {len(sealed):,} characters; at most {LARGEST:,} are shared.",
                "Send it as a document.",
            )
        packed, now = self.opened(sealed), now or datetime.now(UTC)
        question = unpack(packed, _not_looked_up).receipt.question
        if len(listed(self._folder.parent, now, sweep=True)) >= MOST:
            raise BusyError(f"{MOST:,} answers are shared already.", "Ask the maintainer.")
        until = (now + timedelta(days=self._days)).isoformat(timespec="seconds")
        at = now.isoformat(timespec="seconds")
        share = Share(secrets.token_urlsafe(24), at, until, question, language, packed)
        _write(self._folder / f"{share.id}.json", share)
        return share

    def _sign(self, packed: str) -> str:
        return hmac.new(self._key, packed.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def find(home: Path, id_: str, now: datetime | None = None) -> Share:
    """Return a shared answer; raises InputError where there is none or it has expired."""
    if NAME.fullmatch(id_):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            share = _read(home / SHARES / f"{id_}.json")
            if not share.over(now or datetime.now(UTC)):
                return share
    raise InputError("There is no such shared answer.", "It may have expired or been revoked.")


def listed(home: Path, now: datetime | None = None, *, sweep: bool = False) -> list[Share]:
    """Return the shared answers that can be read, newest first; `sweep` deletes the expired."""
    now = now or datetime.now(UTC)
    found = []
    for path in _paths(home):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            share = _read(path)
            if not share.over(now):
                found.append(share)
            elif sweep:
                _wipe(path)
    return sorted(found, key=lambda share: share.at, reverse=True)


def revoke(home: Path, ids: Sequence[str]) -> int:
    """Delete shared answers and return how many; raises InputError where one is not there."""
    known = {path.stem: path for path in _paths(home)}
    if unknown := [id_ for id_ in ids if id_ not in known]:
        raise InputError(
            f"There is no shared answer {unknown[0]!r}; nothing was done.", "See warta shares list."
        )
    for id_ in dict.fromkeys(ids):
        _wipe(known[id_])
    return len(set(ids))


def forget_in_shares(home: Path, ids: Collection[str], texts: Iterable[str]) -> int:
    """Take erased articles out of all shared answers; return how many had something of them.

    An answer that still holds 40 characters of one of `texts` is deleted. Interrupted, it can be
    done again.
    """
    quoted, count = LongPieces(texts), 0
    for path in _paths(home):
        kept = _without(path, ids)
        if kept is None or quoted.stands_in(_line(kept)):
            _wipe(path)
        elif any(json.dumps(id_, ensure_ascii=False) in _read(path).packed for id_ in ids):
            _wipe(path)
            _write(path, kept)
        else:
            continue
        count += 1
    return count


def _without(path: Path, ids: Collection[str]) -> Share | None:
    """Return a stored answer without these articles; None where it cannot be read."""
    try:
        share = _read(path)
        return replace(share, packed=pack(share.answer(ids)))
    except (ValueError, TypeError, KeyError, InputError):
        return None


def copy_shares(home: Path, folder: Path) -> None:
    """Copy the shared answers into the home `folder`, without the key that seals others."""
    for share in listed(home):
        (folder / SHARES).mkdir(exist_ok=True)
        _write(folder / SHARES / f"{share.id}.json", share)


def _not_looked_up(id_: str) -> Article:
    raise InputError(f"{id_} is not looked up.")


def _paths(home: Path) -> Iterator[Path]:
    for path in sorted((home / SHARES).glob("*.json")):
        if NAME.fullmatch(path.stem):
            yield path


def _read(path: Path) -> Share:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    share = Share(**{name: str(found[name]) for name in _FIELDS})
    if share.id != path.stem or datetime.fromisoformat(share.until).tzinfo is None:
        raise ValueError(path.name)
    return share


def _line(share: Share) -> bytes:
    return json.dumps(asdict(share), ensure_ascii=False).encode("utf-8", "replace")


def _write(path: Path, share: Share) -> None:
    beside = path.with_suffix(".new")
    with _explained(path):
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(_line(share))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise


def _wipe(path: Path) -> None:
    """Overwrite a file and delete it, so that its bytes are gone too."""
    with _explained(path), contextlib.suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(b" " * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def _key(path: Path) -> bytes:
    """Return the home's key, made where there is none; servers that start together agree."""
    if not path.exists():
        beside = path.with_name(f"{_KEY}.{os.getpid()}")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
        beside.unlink()
    return path.read_bytes()


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskError(
            f"The shared answer was not kept: {path}: {error.strerror}.", disk_problem(path)
        ) from error
