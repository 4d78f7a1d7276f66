import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warta.corpus.article import Record, Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.files import Fetched, InputLimits, check_address, fetch
from warta.corpus.reading.formats import feed_items
from warta.corpus.reading.items import Item
from warta.corpus.reading.readers import read

ENTRY = """<item><title>Pasar &amp; &lt;b&gt;sungai&lt;/b&gt;</title>
<link>https://kabar.example/2024/05/pasar-baru?utm_source=rss</link>
<guid isPermaLink="false">812</guid><pubDate>Fri, 03 May 2024 07:10:00 +0700</pubDate>
<description>&lt;p&gt;Wali kota membuka pasar.&lt;/p&gt;</description></item>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Kabar</title><entry>
<id>https://kabar.example/?p=7</id><title>Hujan</title><updated>2024-05-03T08:00:00Z</updated>
<source><title>Antara Rimba</title></source><link href="https://kabar.example/hujan"/>
<summary>Pendek.</summary><content type="html">&lt;p&gt;Hujan turun lama.&lt;/p&gt;</content>
</entry></feed>"""


def rss(*entries: str, head: str = "") -> bytes:
    body = "".join(entries)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0"><channel>'
        f"<title>Kabar Rimba</title>{body}</channel></rss>"
    ).encode()


def items(data: bytes, source: str = "") -> list[Item | Skipped]:
    return list(feed_items(Fetched(data), "feed.xml", source))


def test_an_rss_entry_becomes_an_item():
    assert items(rss(ENTRY)) == [
        Item(
            line=1,
            id="kabar.example-812",
            title="Pasar & sungai",
            text="<p>Wali kota membuka pasar.</p>",
            date="Fri, 03 May 2024 07:10:00 +0700",
            source="Kabar Rimba",
            url="https://kabar.example/2024/05/pasar-baru?utm_source=rss",
            format="html",
        )
    ]


def test_an_atom_entry_gives_its_longest_text_and_its_own_source():
    (item,) = items(ATOM.encode(), source="Lain")
    assert item.text == "<p>Hujan turun lama.</p>"
    assert (item.source, item.date) == ("Antara Rimba", "2024-05-03T08:00:00Z")
    assert item.url == "https://kabar.example/hujan"
    assert item.id.startswith("article-")


def test_the_named_source_goes_before_the_feeds_title():
    (item,) = items(rss(ENTRY), source="Kabar")
    assert item.source == "Kabar"


def test_a_feed_file_is_read_and_an_entry_without_text_is_skipped(tmp_path):
    path = tmp_path / "a.rss"
    path.write_bytes(rss(ENTRY, "<item><title>Hanya judul</title></item>"))
    record, skip = read([path])
    assert (record.id, record.line, record.format) == ("kabar.example-812", 1, "html")
    assert skip == Skipped(str(path), 2, "The entry has no text.", "")


def test_what_is_not_a_feed_says_so(tmp_path):
    for content in (b"<html><p>halo</p></html>", b"halo", bytes(range(256)), b"<rss/>"):
        with pytest.raises(InputError, match=r"not an RSS or Atom feed|has no entries"):
            items(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declared_entities_are_refused_before_they_unfold(encoding):
    bomb = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    data = rss("<item><title>&b;</title></item>", head=bomb).decode().replace("utf-8", encoding)
    with pytest.raises(InputError, match="declares XML entities"):
        items(data.encode(encoding))


def test_too_many_tags_are_refused():
    with pytest.raises(InputError, match=r"200,00. tags; the limit is 200,000"):
        items(b"<rss>" + b"<a>" * 200_001)


def test_references_to_half_characters_cost_the_character_not_the_feed():
    (item,) = items(rss("<item><description>a &#xD800;&#56320; b &#65; c</description></item>"))
    assert item.text == "a  b A c"


def test_a_feed_that_breaks_off_gives_the_entries_before():
    data = rss(ENTRY, ENTRY.replace("812", "813"))
    first, *_ = items(data[: data.index(b"813")])
    assert isinstance(first, Item)
    assert first.id == "kabar.example-812"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_feeds_give_items_or_a_reason(data):
    whole = bytearray(rss(ENTRY, ENTRY))
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=4))
        whole = whole or bytearray(b" ")
    found: list[Item | Skipped] = []
    with suppress(InputError):
        found = items(bytes(whole))
    assert all(isinstance(item, Skipped) or item.text.strip() for item in found)


# -- addresses ------------------------------------------------------------------------------


@contextmanager
def server(**answers: tuple[int, dict[str, str], bytes]) -> Iterator[str]:
    """Answer each path /name with (status, headers, body); yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers[self.path.strip("/")]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}"
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def test_a_feed_at_an_address_is_read_where_local_ones_are_allowed():
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/rss+xml"}
    with server(feed=(200, packed, gzip.compress(rss(ENTRY)))) as address:
        (record,) = read([f"{address}/feed"], allow_local=True)
    assert isinstance(record, Record)
    assert (record.id, record.origin) == ("kabar.example-812", f"{address}/feed")


def test_a_redirect_is_followed_and_a_ring_of_them_is_not():
    answers = {
        "old": (301, {"Location": "/feed"}, b""),
        "feed": (200, {}, rss(ENTRY)),
        "ring": (302, {"Location": "/ring"}, b""),
        "away": (302, {"Location": "file:///etc/passwd"}, b""),
    }
    with server(**answers) as address:
        assert fetch(f"{address}/old", InputLimits(), allow_local=True).data == rss(ENTRY)
        with pytest.raises(InputError, match="redirects more than 5 times"):
            fetch(f"{address}/ring", InputLimits(), allow_local=True)
        with pytest.raises(InputError, match="'file:///etc/passwd' is not an http"):
            fetch(f"{address}/away", InputLimits(), allow_local=True)


def test_errors_sizes_and_closed_ports_have_their_own_messages():
    bomb = gzip.compress(b"0" * 3_000_000)
    answers = {
        "missing": (404, {}, b""),
        "long": (200, {}, b"0" * 2001),
        "bomb": (200, {"Content-Encoding": "gzip"}, bomb),
        "more": (200, {"Content-Encoding": "gzip"}, gzip.compress(rss(ENTRY)) + b" "),
    }
    limits = InputLimits(feed_bytes=2000)
    with server(**answers) as address:
        (skip,) = read([f"{address}/missing"], allow_local=True)
        assert skip.reason == "The server answers 404."
        for name in ("long", "bomb"):
            (skip,) = read([f"{address}/{name}"], allow_local=True, limits=limits)
            assert skip.reason == "The feed is longer than the limit of 2,000 bytes."
        (skip,) = read([f"{address}/more"], allow_local=True)
        assert skip.reason == "Its gzip goes on after its end."
        (skip,) = read([f"{address}/long"], allow_local=True, limits=InputLimits(feed_seconds=-1.0))
        assert "the limit of -1 seconds" in skip.reason
    (skip,) = read([f"{address}/missing"], allow_local=True)
    assert skip.reason.startswith("It cannot be fetched")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[fd00::1]",
        "2130706433",
        "0x7f.1",
        "100.64.0.1",
        "224.0.0.1",
        "[fec0::1]",
        "[::127.0.0.1]",
        "[::ffff:0:127.0.0.1]",
        "[64:ff9b:1::7f00:1]",
        "[3fff::1]",
    ],
)
def test_addresses_that_lead_inside_are_refused(host):
    (skip,) = read([f"http://{host}:1/feed"])
    assert "local or private address" in skip.reason or "cannot be resolved" in skip.reason


def test_a_redirect_that_leads_inside_is_refused():
    # The first hop is let through as if it were public: only the second must be refused.
    from warta.corpus.reading import files

    with server(feed=(302, {"Location": "http://10.0.0.1/"}, b"")) as address:
        first = files._ask(f"{address}/feed", InputLimits(), True, float("inf"))
        assert first == "http://10.0.0.1/"
        with pytest.raises(InputError, match=r"'10\.0\.0\.1' is 10\.0\.0\.1, a local or private"):
            files._ask(str(first), InputLimits(), False, float("inf"))


@pytest.mark.parametrize(
    "address", ["http://", "https:///feed", "http://[::1", "http://a:b/", "http://u:p@a.example/x"]
)
def test_an_address_that_cannot_be_one_is_an_error_at_once(address):
    with pytest.raises(InputError):
        check_address(address)
    with pytest.raises(InputError):
        read([address])
