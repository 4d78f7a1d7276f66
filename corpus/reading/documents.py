"""Files that are one article each: text, Markdown, HTML, PDF, DOCX and mail.

The libraries are imported where they are used, for most archives have no such file. Sizes are
checked before anything is unpacked.
"""

import email
import io
import logging
import re
import zipfile
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage, Message, MIMEPart
from typing import Any, Final

from warta.corpus.errors import InputError
from warta.corpus.reading.encoding import decode, sound
from warta.corpus.reading.files import InputLimits
from warta.corpus.reading.items import Item, as_line, is_page
from warta.corpus.reading.tables import Columns
from warta.corpus.reading.timing import within

_MOST_PARTS: Final = 1000
"""Parts of a mail or files in a DOCX; real ones have fewer than a hundred."""
_MOST_TAGS: Final = 400_000
_BODY: Final = "word/document.xml"

_FRONT = re.compile(r"---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_PAIR = re.compile(r"([A-Za-z_][\w -]{0,40}):[ \t]*(.*)")
_HEADING = re.compile(r"#[ \t]+([^\n]+)")
# No pattern can run past the next mark of its own kind: the time is in proportion to the text.
_PLAIN: Final = (
    (re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]\n]{1,300})\]\([^()\n]{0,2000}\)"), r"\1"),
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.M), ""),
    (re.compile(r"^[ \t]{0,3}>[ \t]?", re.M), ""),
    (re.compile(r"^[ \t]{0,3}(?:-{3,}|\*{3,}|_{3,})[ \t]*$", re.M), ""),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,2000})(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=[^\s_])([^_\n]{1,2000})(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"\*\*(?=[^\s*])([^*\n]{1,2000})(?<=\S)\*\*"), r"\1"),
    (re.compile(r"__(?=[^\s_])([^_\n]{1,2000})(?<=\S)__"), r"\1"),
)


def pdf_item(data: bytes, limits: InputLimits) -> Item:
    """Return a PDF as an item: the text of its pages, without headline or day of its own.

    Raises InputError for one that is protected, damaged, over the limits or only pictures.
    """
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it comments on every odd byte
    try:
        with within(limits.seconds):
            reader = pypdf.PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise InputError(
                    "The PDF is protected with a password.", "Save it without one, or as text."
                )
            text = "\n\n".join(_pages(reader, limits))
    except InputError:
        raise
    except Exception as error:  # pypdf lets errors of many kinds through
        what = f"It cannot be read as a PDF: {type(error).__name__}: {error}."
        raise InputError(what, "Save it anew, or as text.") from error
    if not any(char.isalnum() for char in text):
        raise InputError(
            "The PDF holds no text, its pages are pictures.", "Run text recognition (OCR) over it."
        )
    return Item(text=sound(text))


def _pages(reader: Any, limits: InputLimits) -> Iterator[str]:
    count = len(reader.pages)
    if count > limits.document_pages:
        raise InputError(
            f"The PDF has {count:,} pages; the limit is {limits.document_pages:,}.",
            "Split it into its articles.",
        )
    left = limits.item_chars
    for page in reader.pages:
        text = page.extract_text()
        left -= len(text)
        if left < 0:
            raise InputError(
                f"The PDF has more than {limits.item_chars:,} characters.",
                "Split it into its articles.",
            )
        yield text


def docx_item(data: bytes, limits: InputLimits) -> Item:
    """Return a DOCX as an item: its paragraphs and tables in order, a title where it has one.

    Raises InputError for what is none, is protected, or unpacks to more than the limits.
    """
    _check_package(data, limits)
    import docx

    try:
        with within(limits.seconds):
            document = docx.Document(io.BytesIO(data))
            title = ""
            lines: list[str] = []
            for part in document.iter_inner_content():
                if hasattr(part, "rows"):
                    lines += _rows(part)
                    continue
                style = str(getattr(part.style, "name", "") or "")
                if not title and not lines and style.startswith(("Title", "Heading 1", "Judul")):
                    title = as_line(part.text)
                else:
                    lines.append(part.text)
    except InputError:
        raise
    except Exception as error:  # python-docx lets errors of zipfile and lxml through
        what = f"It cannot be read as a DOCX: {type(error).__name__}: {error}."
        raise InputError(what, "Save it anew, or as text.") from error
    return Item(title=title, text=sound("\n".join(lines)))


def _rows(table: Any) -> Iterator[str]:
    for row in table.rows:
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:
            if id(cell._tc) not in seen:  # a merged cell comes once for each column
                seen.add(id(cell._tc))
                cells.append(" ".join(cell.text.split()))
        yield f"| {' | '.join(cells)} |"


def _check_package(data: bytes, limits: InputLimits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            found = package.infolist()
            size = sum(entry.file_size for entry in found)
            if len(found) > _MOST_PARTS or size > limits.unpacked_bytes:
                raise InputError(
                    f"The DOCX unpacks to {size:,} bytes in {len(found):,} files; the limit is "
                    f"{limits.unpacked_bytes:,} in {_MOST_PARTS:,}.",
                    "Save it without pictures, or as text.",
                )
            body = package.open(_BODY).read(limits.unpacked_bytes + 1)
    except (
        zipfile.BadZipFile,
        KeyError,
        RuntimeError,
        NotImplementedError,
        OSError,
        EOFError,
    ) as e:
        raise InputError(
            f"It is no DOCX ({e}).", "Save it as DOCX without a password, or as text."
        ) from e
    except ValueError as error:
        raise InputError(f"It is no DOCX ({error}).", "Save it anew, or as text.") from error
    if len(body) > limits.unpacked_bytes or body.count(b"<") > _MOST_TAGS:
        raise InputError(
            f"The DOCX has more than {_MOST_TAGS:,} elements.", "Split it into its articles."
        )
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise InputError("The DOCX declares XML entities.", "Save it anew, or as text.")


def mail_item(data: bytes) -> Item:
    """Return an EML as an item: subject, day and text of the mail; attachments are left out.

    Raises InputError for a mail without text.
    """
    message = _message(data)
    part = message.get_body(("plain", "html"))
    text = _part_text(part)
    if not text.strip():
        raise InputError("The mail has no text.", "Save what is attached as files of their own.")
    is_html = part is not None and part.get_content_type() == "text/html"
    return Item(
        title=_PASSED_ON.sub("", _header(message, "subject")),
        text=text if is_html else _SIGNATURE.sub("\n", _FORWARDED.sub("", text, count=1)),
        date=_header(message, "date"),
        format="html" if is_html else "text",
    )


_PASSED_ON = re.compile(r"^(?:(?:fwd?|re|terusan|bls)\s*:\s*)+", re.I)
# The lines a mail program puts above what it passes on: a rule, then heads up to an empty line.
_FORWARDED = re.compile(
    r"\A\s*-{2,}[ \t]*(?:forwarded message|original message|pesan terusan|pesan asli|pesan yang "
    r"diteruskan)[^\n]{0,80}\n(?:[A-Z][\w -]{1,20}:[^\n]{0,998}\n){1,12}",
    re.I,
)

# "-- " on a line of its own and a few short lines behind it, at the end (RFC 3676, section 4.3).
_SIGNATURE = re.compile(r"\n-- ?\r?\n(?:[^\n]{0,120}(?:\n|\Z)){1,10}\Z")


def saved_page_item(data: bytes) -> Item:
    """Return an MHT, a page saved with its pictures, as the HTML page inside it."""
    message = _message(data)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            address = _header(part, "content-location")
            is_web = address.startswith(("http://", "https://"))
            return Item(text=_part_text(part), url=address if is_web else "", format="html")
    raise InputError("It holds no HTML page.", "Save the page as HTML.")


def _message(data: bytes) -> EmailMessage:
    if data.count(b"\n--") > 2 * _MOST_PARTS:
        raise InputError(f"It has more than {_MOST_PARTS:,} parts.", "Save its text as a file.")
    try:
        message = email.message_from_bytes(data, policy=policy.default)
    except Exception as error:  # headers of all kinds
        raise InputError(f"It cannot be read as a mail: {error}.", "Save it as text.") from error
    if not isinstance(message, EmailMessage) or not message.keys():
        raise InputError("It has no headers of a mail.", "Save it as text.")
    return message


def _header(part: Message, name: str) -> str:
    """Return a header in one line, as it was sent where the library cannot read it."""
    try:
        return as_line(str(part.get(name, "")))
    except Exception:  # a day of 10:30000000… is an OverflowError, others are others
        raw = [value for key, value in part.raw_items() if key.lower() == name]
        return as_line(str(raw[0]))


def _part_text(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    try:
        return sound(str(part.get_content()))
    except (LookupError, ValueError, AttributeError, KeyError):  # an encoding nobody knows
        data = part.get_payload(decode=True)
        return sound(decode(data)) if isinstance(data, bytes) else ""


def text_item(data: bytes) -> Item:
    """Return a .txt file as an item; a whole HTML page under that name is taken as one."""
    text = sound(decode(data))
    return Item(text=text, format="html" if is_page(text) else "text")


def html_item(data: bytes) -> Item:
    """Return an HTML page as an item; its fields are found when it is cleaned."""
    return Item(text=sound(decode(data, page=True)), format="html")


def markdown_item(data: bytes, columns: Columns, limit: int) -> Item:
    """Return a Markdown file as an item: front matter, a first heading, text without markup.

    A text of more than `limit` characters keeps its markup: it is too long for an article.
    """
    text = sound(decode(data)).replace("\r\n", "\n").lstrip()
    if len(text) > limit:
        return Item(text=text)
    front = _FRONT.match(text)
    given: dict[str, object] = {}
    if front:
        text = text[front.end() :]
        for line in front[1].split("\n"):
            if pair := _PAIR.match(line):
                given[pair[1].strip()] = pair[2].strip().strip("\"'")
    heading = _HEADING.match(text := text.lstrip())
    title = as_line(columns.value(given, "title"))
    if heading and (not title or as_line(heading[1]) == title):
        title, text = as_line(_strip(heading[1]).rstrip(" \t#")), text[heading.end() :].lstrip()
    if not text.strip():
        raise InputError("It has no text below its heading.", "")
    return Item(
        id=as_line(columns.value(given, "id")),
        title=title,
        text=_strip(text),
        date=as_line(columns.value(given, "date")),
        source=as_line(columns.value(given, "source")),
        url=as_line(columns.value(given, "url")),
    )


def _strip(text: str) -> str:
    for pattern, replacement in _PLAIN:
        text = pattern.sub(replacement, text)
    return text
