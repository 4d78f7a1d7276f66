"""Files damaged by chance: bytes, cuts, encodings, fields, and structures of every shape.

Each function makes the case of one number: the name's ending and the bytes. `chance` is seeded
with the family and the number, so that a case can be made again by its name.
"""

import gzip
import json
import random
from encodings.aliases import aliases

import bad_bases

VALID = bad_bases.valid()
ENDINGS = tuple(VALID)


def _writes_text(codec: str) -> bool:
    try:
        return bool("naïf".encode(codec, "ignore"))
    except (LookupError, UnicodeError):  # compression, or names of hosts
        return False


CODECS = sorted(filter(_writes_text, set(aliases.values())))
NASTY = (
    b"\x00", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\xc0\xaf", b"\x1b[2J\x1b]0;x\x07", b"\x1f\x8b\x08", b"\xe2\x80\xae", b"\xe2\x80\x8b",
    b"\xe2\x80\xa8", b"\xf3\xa0\x81\x81", b"\\ud800", b"\\u0000", b"1e400", b"-1e400", b"NaN",
    b"-Infinity", b"9" * 5000, b"0000-00-00", b"0001-01-01", b"9999-12-31T99:99:99Z", b"../../",
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&#xD800;", b"&#x110000;", b"&#0;", b"&lt;", b"&",
    b"<?xml version='1.0' encoding='utf-7'?>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<", b">",
    b"</channel>", b"<script>", b"</p></div>" * 50, b"{", b"}", b"[", b"]", b'"', b"'", b",",
    b";", b"\t", b"\r", b"\n", b"\r\n\r\n", b"---\n", b"# ", b"```", b"![](", b"\\",
    b"=cmd|' /C'!A0",
    b"{{x}}", b"${x}", b"%s%n", b"[1]", b" " * 4000, b"\n" * 4000, b"a" * 9000,
)  # fmt: skip
Made = tuple[str, bytes]


def single(chance: random.Random, number: int) -> Made:
    """One value of a byte at the beginning, in the middle and at the end of a valid file."""
    ending = ENDINGS[number // 256 % len(ENDINGS)]
    data, byte = VALID[ending], bytes([number % 256])
    half = len(data) // 2
    return ending, byte + data[:half] + byte + data[half:] + byte


def mutated(chance: random.Random, number: int) -> Made:
    """A valid file after one to eight changes."""
    ending = ENDINGS[number % len(ENDINGS)]
    data = bytearray(VALID[ending])
    packed = ending.endswith(".gz") and number % 3
    if packed:  # most damage to packed bytes only shows that the checksum holds
        data = bytearray(gzip.decompress(data))
    for _ in range(chance.randint(1, 8)):
        _change(data, chance)
    return ending, gzip.compress(bytes(data), 1) if packed else bytes(data)


def _change(data: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(data) + 1)
    end = min(len(data), place + chance.choice((1, 2, 10, 100, 1000)))
    match chance.randrange(7):
        case 0 if place < len(data):
            data[place] ^= 1 << chance.randrange(8)
        case 1:
            del data[place:end]
        case 2:
            data[place:place] = data[place:end] * chance.choice((1, 2, 50))
        case 3:
            data[place:place] = chance.randbytes(chance.randint(1, 40))
        case 4 | 5:
            data[place:place] = chance.choice(NASTY)
        case _:
            data[place:end] = chance.choice(NASTY)


def cut(chance: random.Random, number: int) -> Made:
    """A valid file that ends early."""
    ending = ENDINGS[number % len(ENDINGS)]
    data = VALID[ending]
    return ending, data[: len(data) * (number // len(ENDINGS)) // 40]


def encoded(chance: random.Random, number: int) -> Made:
    """A valid file in each encoding Python knows, with and without the mark of another."""
    ending = (".txt", ".csv", ".jsonl", ".html", ".rss")[number % 5]
    text = VALID[ending].decode() + "Tōkyō naïve Ωmega Привет 漢字 العربية 😀"
    codec = CODECS[number // 5 % len(CODECS)]
    data = text.encode(codec, "ignore")
    return ending, (chance.choice(NASTY[:4]) if number // 5 >= len(CODECS) else b"") + data


ODD_VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1e308, 1e400, -1e400, float("nan"), 10**30, [], {}, [[]], [None],
    [1, [2, [3, [4, [5, "x"]]]]], {"text": {"text": {"text": {"text": {"text": "x"}}}}}, "", " ",
    "\x00", "\ud800", "\udfff\ud800", "\u202etxet", "\u200b", "\ufeff", "\u2028", "\r", "a\x00b",
    "\x1b[31m", "=1+1", "@SUM(A1)", "../../etc/passwd", "javascript:alert(1)", "file:///etc/passwd",
    "http://[", "http://[::1", "http://127.0.0.1:99999/", "https://a@b@c/", "https://\u2044x/",
    "//x", "https://x/" + "a" * 10_000, "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01",
    "2026-02-30", "-2026-01-01", "2026-13-45T25:61:61+99:99", "1e5", "12345678901234567890", "٢٠٢٦",
    "kemarin", "1/1/1", "Senin, 99 Foo 2026", "&#xD800;", "&amp;" * 500, "<b>",
    "<script>x</script>",
    "]]>", "<!ENTITY a 'b'>", "{{x}}", "%00", "\\", '"', "'", ",", "x" * 300_000, "e\u0301" * 9_000,
    "Z\u0351\u036b\u0343" * 900, "👩‍👩‍👧" * 900, "ﷺ" * 900, ["a"] * 20_000,
    {str(n): n for n in range(999)},
)  # fmt: skip
_FIELDS = tuple(bad_bases.FIELDS)


def valued(chance: random.Random, number: int) -> Made:
    """A valid file with one odd value in one field."""
    value = ODD_VALUES[number % len(ODD_VALUES)]
    number //= len(ODD_VALUES)
    field = _FIELDS[number % len(_FIELDS)]
    kind = number // len(_FIELDS) % 6
    odd = {**bad_bases.FIELDS, field: value}
    if kind == 0:
        return ".json", json.dumps(odd).encode()
    if kind == 1:
        return ".jsonl", (json.dumps(odd) + "\n" + json.dumps(bad_bases.SECOND)).encode()
    plain = {**bad_bases.FIELDS, field: value if isinstance(value, str) else json.dumps(value)}
    made = {
        2: (".csv", bad_bases.table(plain)),
        3: (".rss", bad_bases.rss(plain)),
        4: (".atom", bad_bases.atom(plain)),
        5: (".md", bad_bases.markdown(plain)),
    }[kind]
    return made[0], made[1].encode("utf-8", "surrogatepass")


def shaped(chance: random.Random, number: int) -> Made:
    """JSON of a chance shape whose keys are often those of articles."""
    keys = ("id", "title", "text", "judul", "isi", "date", "articles", "data", "url", "x", "")

    def value(depth: int) -> object:
        kind = chance.randrange(9 if depth < 4 else 6)
        if kind < 6:
            return chance.choice((*ODD_VALUES[:60], bad_bases.TEXT))
        if kind == 6:
            return [value(depth + 1) for _ in range(chance.randrange(6))]
        return {chance.choice(keys): value(depth + 1) for _ in range(chance.randrange(8))}

    if number % 2:
        return ".json", json.dumps(value(0)).encode()
    rows = (json.dumps(value(chance.randrange(4))) for _ in range(chance.randint(1, 30)))
    return ".jsonl", "\n".join(rows).encode()


_TAGS = (
    "p div span a table tr td ul li h1 h2 article section head title meta body html script style "
    "svg math template form iframe noscript textarea select option pre blockquote br img b i "
).split()
_FEED_TAGS = (
    "rss channel item title description link guid pubDate feed entry id updated content summary "
    "author name source category enclosure dc:date content:encoded media:content rdf:RDF itunes:x "
).split()


def soup(chance: random.Random, number: int) -> Made:
    """Tags of pages, or of feeds, in any order, closed or not."""
    feed = number % 2
    parts = ['<?xml version="1.0"?><rss version="2.0"><channel>'] if feed else []
    for _ in range(chance.randint(5, 300)):
        tag = chance.choice(_FEED_TAGS if feed else _TAGS)
        kind = chance.randrange(6)
        if kind < 2:
            name = chance.choice(("href", "class", "type", "xmlns", "xml:base", "content", "name"))
            value = chance.choice(NASTY).decode("latin-1")[:200]
            parts.append(f'<{tag} {name}="{value}">' if kind else f"<{tag}>")
        elif kind == 2:
            parts.append(f"</{tag}>")
        elif kind == 3:
            parts.append(chance.choice(NASTY).decode("latin-1"))
        else:
            begin = chance.randrange(len(bad_bases.TEXT))
            parts.append(bad_bases.TEXT[begin : begin + 80])
    return (".xml" if feed else ".html"), "".join(parts).encode()


def damaged_gzip(chance: random.Random, number: int) -> Made:
    """Packed lines with one bit changed, members added, or bytes after the end."""
    data = bytearray(VALID[".jsonl.gz"])
    match number % 4:
        case 0:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        case 1:
            data += chance.randbytes(chance.randint(1, 300))
        case 2:
            data += data[: chance.randrange(len(data))]
        case _:
            data = (
                bytearray(gzip.compress(gzip.compress(bytes(data))))
                if number % 8 == 3
                else (bytearray(data[:4] + chance.randbytes(6) + data[10:]))
            )
    return ".jsonl.gz", bytes(data)
