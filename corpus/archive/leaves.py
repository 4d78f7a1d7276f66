"""Rows out of the bare pages of an SQLite file, where SQLite itself no longer finds the way.

A damaged page high in a table's tree hides all rows below it, and a damaged first page hides
everything. The leaves hold whole rows all the same; they are read as the file format describes
(https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1). What comes out may be an old
state or garbage: the caller checks each row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_TABLE_LEAF: Final = 0x0D
_WIDTHS: Final = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # bytes of serial types 0 to 9
_MOST: Final = 1 << 30  # bytes of one row
Value = int | bytes | str | None


@dataclass(frozen=True, slots=True)
class _File:
    data: bytes
    page: int  # bytes

    def at(self, number: int) -> bytes:
        """Return a page, counted from 1."""
        return self.data[(number - 1) * self.page : number * self.page]


def rows(data: bytes, columns: int) -> Iterator[tuple[Value, ...]]:
    """Yield every row of `columns` values that a leaf of any table holds, page by page.

    Text that is not UTF-8 ends the row it stands in; floating-point numbers come as None.
    """
    file = _File(data, _page_size(data))
    for number in range(1, len(data) // file.page + 1):
        begin = 100 if number == 1 else 0
        page = file.at(number)
        if page[begin] != _TABLE_LEAF:
            continue
        for place in range(int.from_bytes(page[begin + 3 : begin + 5])):
            at = begin + 8 + 2 * place
            try:
                payload = _payload(file, page, int.from_bytes(page[at : at + 2]))
                found = _values(payload, columns)
            except (IndexError, UnicodeDecodeError):
                continue
            if found:
                yield found


def _page_size(data: bytes) -> int:
    size = int.from_bytes(data[16:18])
    size = 65_536 if size == 1 else size
    return size if size >= 512 and not size & (size - 1) else 4096  # 4096: as SQLite makes it


def _payload(file: _File, page: bytes, at: int) -> bytes:
    """Return the bytes of one row, those on overflow pages included; IndexError where cut off."""
    size, at = _varint(page, at)
    _, at = _varint(page, at)
    usable = file.page
    here = size
    if size > usable - 35:
        least = (usable - 12) * 32 // 255 - 23
        here = least + (size - least) % (usable - 4)
        here = least if here > usable - 35 else here
    if size > _MOST or at + here > len(page):
        raise IndexError
    if here == size:
        return page[at : at + size]
    parts, left = [page[at : at + here]], size - here
    following = int.from_bytes(page[at + here : at + here + 4])
    while left > 0:
        more = file.at(following) if following else b""
        if len(more) < file.page:
            raise IndexError
        parts.append(more[4 : 4 + left])
        left -= len(parts[-1])
        following = int.from_bytes(more[:4])
    return b"".join(parts)


def _values(payload: bytes, columns: int) -> tuple[Value, ...] | None:
    """Return the values of a row; None where it has another number of columns."""
    end, at = _varint(payload, 0)
    types: list[int] = []
    while at < end and len(types) <= columns:
        kind, at = _varint(payload, at)
        types.append(kind)
    if len(types) != columns or at != end:
        return None
    found: list[Value] = []
    for kind in types:
        width = _WIDTHS[kind] if kind < len(_WIDTHS) else (kind - 12) // 2
        if kind in (10, 11) or at + width > len(payload):
            return None
        found.append(_value(kind, payload[at : at + width]))
        at += width
    return tuple(found)


def _value(kind: int, data: bytes) -> Value:
    if kind in (0, 7):
        return None
    if kind in (8, 9):
        return kind - 8
    if kind < 7:
        return int.from_bytes(data, signed=True)
    return data.decode() if kind % 2 else data


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of one to nine bytes and where it ends."""
    number = 0
    for place in range(8):
        byte = data[at + place]
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at + place + 1
    return number << 8 | data[at + 8], at + 9
