"""Bytes to text: what a byte-order mark says, UTF-8, what the page declares, then a guess."""

import codecs
import io
import re
import unicodedata
from typing import Final

from charset_normalizer import from_bytes

from warta.corpus.errors import InputError

_MARKS: Final = (
    # The longer marks first: the mark of UTF-32-LE begins with that of UTF-16-LE.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,20})""", re.I)
_SAMPLE = 64 * 1024
# Letters and marks that Indonesian and English typing leaves in cp1252 text.
_USUAL = frozenset(
    "‘’“”–—…•·«»°©®™€£¥§½¼¾²³µ×é É è È ê ë à á â ä ã å ç ñ ó ò ô ö õ ú ù û ü í ì î ï\xa0"
)
_UNUSED = frozenset(("Cn", "Co"))  # of bytes that are no text, one in eight; icons are few
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def decode(data: bytes, page: bool = False) -> str:
    """Return the text of a whole file; `page` says that an HTML page may declare its encoding.

    Raises InputError when the bytes are not text in any encoding.
    """
    text = _decode(data, page)
    head = text[:_SAMPLE]
    if len(_CONTROL.findall(head)) > len(head) / 100:
        raise InputError("It is not a text file: it is full of control characters.", "")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # decodes nearly anything
    if wide and sum(unicodedata.category(char) in _UNUSED for char in head) > len(head) / 50:
        raise InputError("It is not a text file: its bytes are no characters in use.", "")
    return text.removeprefix("\ufeff")


def _decode(data: bytes, page: bool) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(guess(data, page), "replace")
    wide = _wide(data)
    return data.decode(wide, "replace") if wide else text


def guess(data: bytes, page: bool = False) -> str:
    """Name the likeliest encoding of bytes that carry no mark and are not UTF-8."""
    if wide := _wide(data):
        return wide
    if page and (declared := _declared(data)):
        return declared
    if _nearly_utf8(data):
        return "utf-8"
    # charset-normalizer needs more text than a headline; cp1252 is what old newsroom
    # software writes, so it goes first where it explains every byte.
    foreign = {byte for byte in data[: 4 * _SAMPLE] if byte > 127}
    if set(bytes(foreign).decode("cp1252", "replace")) <= _USUAL:
        return "cp1252"
    best = from_bytes(data[:_SAMPLE]).best()
    return best.encoding if best else "cp1252"


def _wide(data: bytes) -> str:
    """Recognise UTF-16 without a mark: every other byte of Latin text is zero."""
    head = data[:4096]
    half = len(head) // 2
    if half < 2:
        return ""
    if head[1::2].count(0) > 0.7 * half and head[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[0::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return ""


def _declared(data: bytes) -> str:
    match = _DECLARED.search(data[:4096])
    if not match:
        return ""
    try:
        found = codecs.lookup(match[1].decode("ascii"))
        "".encode(found.name)
    except (LookupError, UnicodeError):
        return ""
    # UTF-7 hides markup and no browser reads it; a page said to be UTF-16 in ASCII is not.
    return "" if found.name.startswith(("utf-7", "utf-8", "utf-16", "utf-32")) else found.name


def _nearly_utf8(data: bytes) -> bool:
    """Tell a UTF-8 text with some broken bytes from one in another encoding."""
    text = data[: 4 * _SAMPLE].decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(character > "\x7f" for character in text) - broken
    return whole > 3 * broken


def sound(text: str) -> str:
    """Replace what cannot be written as UTF-8 (lone surrogates) and drop NUL characters."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return _SURROGATES.sub("\ufffd", joined)
    return text


def as_utf8(stream: io.BufferedReader) -> io.BufferedReader:
    """Return a stream whose lines end with the byte 10: without mark, UTF-16 and -32 recoded."""
    head = stream.peek(4096)[:4096]
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            stream.read(len(mark))
            if encoding == "utf-8-sig":
                return stream
            order = "le" if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF32_LE) else "be"
            return io.BufferedReader(_Recoded(stream, f"{encoding}-{order}"), 1 << 18)
    wide = _wide(head)
    return io.BufferedReader(_Recoded(stream, wide), 1 << 18) if wide else stream


class _Recoded(io.RawIOBase):
    """The UTF-8 of a stream in another encoding, piece by piece."""

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            data = self._stream.read(1 << 16)
            self._ready = self._decoder.decode(data, final=not data).encode("utf-8", "replace")
            if not data:
                break
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size


class LineDecoder:
    """Decodes the lines of one file alike: UTF-8, and what a first other line looks like."""

    def __init__(self) -> None:
        self._other = ""

    def text(self, data: bytes) -> str:
        """Return the text of one line."""
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            self._other = self._other or guess(data)
            return data.decode(self._other, "replace")
