"""Finding files and addresses, and reading their bytes without being led astray.

Whatever lies in a folder may be a link out of it, a pipe, a device, a file that is still being
written or one that unpacks without end. All of it is met here; what comes out is bytes and lines
within `InputLimits`. A file that cannot be used raises `InputError`, which readers turn into
`Skipped`.

Addresses are fetched with httpx: bounded in time, size and redirects, and only from public
machines, so that a feed cannot make Warta ask the inner network. The name is resolved once and
that address is connected to: a name that answers differently the second time gains nothing.
"""

import gzip
import io
import ipaddress
import os
import socket
import stat
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urljoin, urlsplit

from warta.corpus.article import Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.encoding import as_utf8
from warta.corpus.reading.timing import within

MIB = 1024 * 1024
GROWN = "The file changed while it was read."
GROWN_REMEDY = "Index again when it is complete."
_REDIRECTS: Final = 5
_TIMEOUT: Final = 15.0
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final = {
    "User-Agent": "Warta (news archive reader)",
    "Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1",
    "Accept-Encoding": "gzip",
}
_GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
_DOCUMENTATION: Final = ipaddress.ip_network("3fff::/20")


@dataclass(frozen=True, slots=True)
class InputLimits:
    """How much one input may cost before it is given up.

    `page_bytes` for a file that is one text, `json_bytes` for one that must be parsed whole,
    `feed_bytes` for a feed, `line_bytes` for a line, `stream_bytes` for all lines of a file
    after unpacking, `item_chars` for the text of one article, `page_chars` for one in HTML,
    `seconds` from one item to the next, `feed_seconds` to fetch a feed. `document_bytes` and
    `document_pages` for a PDF or DOCX, `unpacked_bytes` for what a DOCX holds.
    """

    page_bytes: int = 8 * MIB
    json_bytes: int = 64 * MIB
    feed_bytes: int = 4 * MIB
    line_bytes: int = 8 * MIB
    stream_bytes: int = 8 * 1024 * MIB
    item_chars: int = 1_000_000
    page_chars: int = 4_000_000
    seconds: float = 30.0
    feed_seconds: float = 25.0
    document_bytes: int = 32 * MIB
    document_pages: int = 500
    unpacked_bytes: int = 64 * MIB


class Watch:
    """Raises once more than `seconds` have passed since the last `start`."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self.start()

    def start(self) -> None:
        """Begin anew: an item was handed over and its reader came back for the next."""
        self._deadline = self._clock() + self._seconds

    def check(self) -> None:
        """Raise InputError when the time is up."""
        if self._clock() > self._deadline:
            raise InputError(
                f"Reading on took more than the limit of {self._seconds:g} seconds.",
                "Split the file into smaller ones.",
            )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, counted from 1, without its line end."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered with: its bytes and its declared type."""

    data: bytes
    content_type: str = ""


def is_address(origin: str) -> bool:
    """Tell an http(s) address from a path."""
    return origin.lower().startswith(("http://", "https://"))


def shown(path: str | Path) -> str:
    """Return a path as it can be printed and stored: odd characters and bytes are escaped."""
    text = str(path)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def place(origin: str) -> str:
    """Return the same text for every way to one origin: addresses as they are, paths whole.

    A file that is reached through a link is where the link leads.
    """
    return origin if is_address(origin) else shown(os.path.realpath(origin))


def walk(folder: Path) -> Iterator[Path | Skipped]:
    """Yield every file below `folder` in sorted order, each folder's files where it stands.

    Entries whose name begins with "." are not looked at: they belong to other programs
    (`.git`, `.DS_Store`). Links are not followed, so nothing outside the folder is read and
    nothing is read twice.
    """
    waiting = [folder]  # a stack, for folders can be nested deeper than calls
    while waiting:
        path = waiting.pop()
        if path is not folder and path.is_symlink():
            yield _link(path)
        elif path.is_dir():
            entries = _entries(path)
            if isinstance(entries, Skipped):
                yield entries
            else:
                waiting += reversed(entries)
        else:
            yield path


def _entries(folder: Path) -> list[Path] | Skipped:
    try:
        names = [name for name in os.listdir(folder) if not name.startswith(".")]
    except OSError as error:
        why = f"The folder cannot be read: {_why(error)}."
        return Skipped(shown(folder), None, why, "Check its rights.", rest=True)
    return [folder / name for name in sorted(names, key=os.fsencode)]


def _link(path: Path) -> Skipped:
    try:
        target = os.readlink(path)
    except OSError:
        target = "?"
    return Skipped(
        shown(path),
        None,
        f"It is a link to {shown(target)!r}; links inside a folder are not followed.",
        "Give the link's target as a path of its own if it is to be read.",
    )


@contextmanager
def opened(path: Path, limit: int) -> Iterator[io.BufferedReader]:
    """Open a regular file of at most `limit` bytes; only what it holds now can be read.

    Raises InputError for pipes, devices, unreadable and over-long files, and at the end when
    the file changed meanwhile.
    """
    # O_NONBLOCK: opening a pipe without a writer would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as error:
        raise InputError(f"It cannot be opened: {_why(error)}.", "Check its rights.") from error
    with os.fdopen(handle, "rb", buffering=0) as raw:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise InputError("It is not a regular file.", "Only files and folders are read.")
        if before.st_size > limit:
            raise _too_large("The file", before.st_size, limit)
        try:
            yield io.BufferedReader(_Bounded(raw, before.st_size), 1 << 18)
        except OSError as error:
            raise InputError(f"Reading failed: {_why(error)}.", "Check the disk.") from error
        after = os.fstat(handle)
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise InputError(GROWN, GROWN_REMEDY)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _too_large(what: str, size: int, limit: int) -> InputError:
    return InputError(
        f"{what} has {size:,} bytes; the limit is {limit:,}.", "Split it into smaller ones."
    )


class _Bounded(io.RawIOBase):
    """The first `size` bytes of a raw stream, so that a growing file comes to an end."""

    def __init__(self, raw: IO[bytes], size: int) -> None:
        self._raw = raw
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._raw.read(min(len(buffer), self._left))
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)


def read_whole(path: Path, limit: int) -> bytes:
    """Return all bytes of a file; raises InputError as `opened` does, and for an empty file."""
    with opened(path, limit) as stream:
        data = stream.read()
    if not data.strip():
        raise InputError("The file is empty.", "")
    return data


def lines(
    stream: io.BufferedReader, origin: str, limits: InputLimits, watch: Watch
) -> Iterator[Line | Skipped]:
    """Yield the lines of a stream, packed or not; what cannot be read is Skipped in its place.

    An over-long line is dropped. When the stream is damaged, cut off, too long or too slow,
    the last thing is a Skipped with `rest` set: nothing from that line on was read.
    """
    number = total = 0
    limit = limits.line_bytes
    try:
        stream = as_utf8(stream)
        while data := stream.readline(limit + 1):
            total += len(data)
            long = len(data) > limit and not data.endswith(b"\n")
            while long and (more := stream.readline(limit)):
                total += len(more)
                _check(total, limits, watch)
                if more.endswith(b"\n"):
                    break
            _check(total, limits, watch)
            number += 1
            if long:
                reason = f"The line is longer than the limit of {limit:,} bytes."
                yield Skipped(origin, number, reason, "Put one article on each line.")
            else:
                yield Line(number, data.rstrip(b"\r\n"))
    except (InputError, EOFError, zlib.error, OSError) as error:
        fault = _fault(error)
        reason = f"{fault.what} From this line on nothing was read."
        yield Skipped(origin, number + 1, reason, fault.remedy, rest=True)


def _check(total: int, limits: InputLimits, watch: Watch) -> None:
    watch.check()
    if total > limits.stream_bytes:
        raise InputError(
            f"The file unpacks to more than the limit of {limits.stream_bytes:,} bytes.",
            "Split it into smaller ones.",
        )


def _fault(error: Exception) -> InputError:
    if isinstance(error, InputError):
        return error
    if isinstance(error, EOFError):
        what = "The file ends in the middle of its compressed data."
        return InputError(what, "Copy it again, in full.")
    if isinstance(error, zlib.error | gzip.BadGzipFile):
        what = f"The compressed data is damaged ({error})."
        return InputError(what, "Copy it again from its source.")
    return InputError(f"Reading failed ({_why(error)}).", "Check the disk.")


@contextmanager
def unpacked(stream: IO[bytes]) -> Iterator[io.BufferedReader]:
    """Wrap a gzip stream; `lines` meets its damage."""
    with gzip.GzipFile(fileobj=stream) as packed:
        yield io.BufferedReader(_Eager(packed), 1 << 18)


class _Eager(io.RawIOBase):
    """Hands on what could be unpacked before the damage; filling a whole buffer loses it."""

    def __init__(self, packed: gzip.GzipFile) -> None:
        self._packed = packed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._packed.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def check_address(address: str) -> None:
    """Raise InputError for an address that cannot be a feed's, before anything is fetched."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InputError(
            f"{address!r} is not an address: {error}.", "Check its spelling."
        ) from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise InputError(f"{address!r} is not an http(s) address.", "Check its spelling.")
    if parts.username or parts.password:
        raise InputError(
            f"The address of {host} holds a user name or password, which would be stored.",
            "Give an address without them.",
        )


def fetch(address: str, limits: InputLimits, allow_local: bool = False) -> Fetched:
    """Return what an http(s) address answers with.

    Raises InputError when it does not answer well within the limits, or (unless
    `allow_local`) when it or a redirect leads to a local or private address.
    """
    deadline = time.monotonic() + limits.feed_seconds
    # From the first byte asked for to the last one read, redirects and heads included: a server
    # may send a byte each second, which no time limit of a single read would ever meet.
    with within(limits.feed_seconds, "Try again later."):
        for _ in range(_REDIRECTS + 1):
            check_address(address)
            answer = _ask(address, limits, allow_local, deadline)
            if isinstance(answer, Fetched):
                return answer
            address = urljoin(address, answer)
    raise InputError(f"It redirects more than {_REDIRECTS} times.", "Check the address.")


def _ask(address: str, limits: InputLimits, allow_local: bool, deadline: float) -> Fetched | str:
    """Return the answer, or the address it redirects to."""
    import httpx

    parts = urlsplit(address)
    host = parts.hostname or ""
    failure: Exception | None = None
    with httpx.Client(timeout=_TIMEOUT, trust_env=False, headers=_HEADERS) as client:
        for ip in _resolve(host, parts.port or 0, allow_local):
            url = httpx.URL(address).copy_with(host=ip, fragment=None)
            headers = {"Host": parts.netloc}
            try:
                with client.stream(
                    "GET", url, headers=headers, extensions={"sni_hostname": host}
                ) as response:
                    return _answer(response, limits, deadline)
            except httpx.ConnectError as error:
                failure = error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                failure = error
                break
    kind = type(failure).__name__
    raise InputError(f"It cannot be fetched: {failure or kind} ({kind}).", "Try again later.")


def _answer(response: Any, limits: InputLimits, deadline: float) -> Fetched | str:
    if response.status_code in _MOVED and "location" in response.headers:
        return str(response.headers["location"])
    if response.status_code != 200:
        raise InputError(f"The server answers {response.status_code}.", "Check the address.")
    body = _Body(response.headers.get("content-encoding", ""), limits.feed_bytes)
    for chunk in response.iter_raw():
        body.add(chunk)
        if time.monotonic() > deadline:
            raise InputError(
                f"The feed took longer than the limit of {limits.feed_seconds:g} seconds.",
                "Try again later.",
            )
    return Fetched(body.finished(), response.headers.get("content-type", ""))


class _Body:
    """The bytes of an answer, of which never more than `most` are unpacked.

    Only gzip was asked for, and once is enough: each further encoding multiplies what a few
    bytes can stand for by a thousand.
    """

    def __init__(self, encoding: str, most: int) -> None:
        named = encoding.strip().lower()
        if named not in ("", "identity", "gzip", "x-gzip"):
            raise InputError(
                f"The server sends its answer encoded as {encoding[:60]!r}; only gzip is read.",
                "Ask the outlet for a plain feed.",
            )
        self._unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in named else None
        self._most = most
        self._data = bytearray()

    def add(self, chunk: bytes) -> None:
        """Take what came in."""
        if self._unpacker is None:
            self._data += chunk
        else:
            try:
                self._data += self._unpacker.decompress(chunk, self._most + 1 - len(self._data))
            except zlib.error as error:
                raise InputError(f"Its gzip is damaged: {error}.", "Try again later.") from error
            if self._unpacker.unused_data:
                raise InputError("Its gzip goes on after its end.", "Try again later.")
        if len(self._data) > self._most or (self._unpacker and self._unpacker.unconsumed_tail):
            raise InputError(
                f"The feed is longer than the limit of {self._most:,} bytes.",
                "Ask the outlet for a shorter feed.",
            )

    def finished(self) -> bytes:
        """Return all of it; raises InputError where it breaks off."""
        if self._unpacker is not None and not self._unpacker.eof:
            raise InputError("Its gzip ends too early.", "Try again later.")
        return bytes(self._data)


def _resolve(host: str, port: int, allow_local: bool) -> list[str]:
    """Return the host's IP addresses; raises InputError when one of them is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError(f"The name {host!r} cannot be resolved: {error}.", "Check it.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]).split("%")[0] for entry in found))
    for address in addresses:
        if not allow_local and not _is_public(address):
            raise InputError(
                f"{host!r} is {address}, a local or private address.",
                "Warta fetches such addresses only where they are allowed explicitly.",
            )
    return addresses


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    # An IPv4 address can hide in an IPv6 one: mapped, 6to4, Teredo, NAT64.
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None and not _is_public(str(inner)):
            return False
        if inner is not None:
            return True
        # All that is given out to the public; lists of exceptions there are older than some.
        if ip not in _GLOBAL_UNICAST or ip in _DOCUMENTATION:
            return False
    return ip.is_global and not ip.is_multicast
