import gzip
import json
import os
import socket
from pathlib import Path

import pytest

from warta.corpus.article import Record, Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.files import InputLimits
from warta.corpus.reading.readers import read

BODY = "Wali kota membuka pasar baru di tepi sungai."


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def records(*paths, **options) -> list[Record]:
    return [found for found in read(paths, **options) if isinstance(found, Record)]


def skipped(*paths, **options) -> list[Skipped]:
    return [found for found in read(paths, **options) if isinstance(found, Skipped)]


def test_a_text_file_becomes_a_record_named_by_its_stem(tmp_path):
    path = write(tmp_path / "000_70d6d7802b52d8df.txt", BODY)
    (record,) = records(path, source="Kabar Rimba")
    assert (record.id, record.text, record.source) == ("000_70d6d7802b52d8df", BODY, "Kabar Rimba")
    assert (record.origin, record.line, record.format) == (str(path), None, "text")


def test_a_missing_path_is_an_error_before_anything_is_read(tmp_path):
    with pytest.raises(InputError, match=r"no file or folder .*nothing\.txt"):
        read([tmp_path / "nothing.txt"])


def test_an_unknown_field_is_an_error_before_anything_is_read(tmp_path):
    with pytest.raises(InputError, match=r"'penulis'.*id, title, text"):
        read([tmp_path], fields={"penulis": "author"})


def test_an_empty_folder_holds_nothing(tmp_path):
    assert list(read([tmp_path])) == []


def test_a_folder_is_read_with_all_below_in_sorted_order_without_hidden_entries(tmp_path):
    for name in ("b.txt", "a/z.txt", "a/y.txt", ".git/x.txt", ".DS_Store", "c.txt"):
        write(tmp_path / name, f"{BODY} {name}")
    assert [record.id for record in read([tmp_path])] == ["y", "z", "b", "c"]


def test_pictures_are_skipped_each_with_its_reason(tmp_path):
    for name in ("a.jpg", "b.png"):
        write(tmp_path / name, b"\x89PNG")
    found = list(read([tmp_path]))
    assert [Path(skip.origin).name for skip in found] == ["a.jpg", "b.png"]
    assert all("kind are not read" in skip.reason and ".txt" in skip.remedy for skip in found)


def test_links_pipes_and_sockets_are_skipped_without_being_opened(tmp_path):
    outside = write(tmp_path / "outside" / "secret.txt", "rahasia")
    folder = tmp_path / "in"
    write(folder / "a.txt", BODY)
    (folder / "leaves.txt").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "itself.txt").symlink_to("itself.txt")
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket.txt"))
        found = list(read([folder]))
    assert [record.id for record in found if isinstance(record, Record)] == ["a"]
    reasons = {Path(s.origin).name: s.reason for s in found if isinstance(s, Skipped)}
    assert reasons["leaves.txt"].startswith(f"It is a link to {str(outside)!r}")
    assert reasons["loop"].startswith("It is a link")
    assert reasons["itself.txt"].startswith("It is a link")
    assert reasons["pipe.txt"] == "It is not a regular file."
    assert "socket.txt" in reasons


def test_a_file_given_twice_is_read_once(tmp_path):
    path = write(tmp_path / "a.txt", BODY)
    assert len(list(read([path, tmp_path, path]))) == 1


def test_two_files_of_one_name_get_two_ids_and_keep_them(tmp_path):
    write(tmp_path / "2024" / "berita.txt", "Satu. " + BODY)
    write(tmp_path / "2025" / "berita.txt", "Dua. " + BODY)
    first, second = records(tmp_path)
    assert first.id == "berita"
    assert second.id.startswith("berita-")
    assert len(second.id) == len("berita-") + 8
    assert [record.id for record in records(tmp_path)] == [first.id, second.id]


def test_a_file_of_the_same_name_does_not_take_over_the_id_of_another_run(tmp_path):
    old = write(tmp_path / "2025" / "berita.txt", "Dua. " + BODY)
    new = write(tmp_path / "2024" / "berita.txt", "Satu. " + BODY)
    known = {"berita": str(old)}
    (record,) = records(tmp_path / "2024", known=known)
    assert record.id.startswith("berita-")
    assert [r.id for r in records(tmp_path, known={**known, record.id: str(new)})] == [
        record.id,
        "berita",
    ]
    old.unlink()
    (moved,) = records(tmp_path / "2024", known=known)
    assert moved.id == "berita"


def test_the_same_file_twice_under_two_folders_is_one_article(tmp_path):
    write(tmp_path / "a" / "berita.txt", BODY)
    write(tmp_path / "b" / "berita.txt", BODY)
    record, skip = read([tmp_path])
    assert record.id == "berita"
    assert "same article" in skip.reason
    assert "a/berita.txt" in skip.reason


def test_the_fingerprint_changes_with_any_field_and_only_then(tmp_path):
    row = {"id": "1", "judul": "Pasar", "isi": BODY, "tgl": "1-2-2024", "media": "A", "link": "b"}
    seen = set()
    for change in ({}, {"judul": "x"}, {"isi": "x"}, {"tgl": "x"}, {"media": "x"}, {"link": "x"}):
        path = write(tmp_path / "a.json", json.dumps({**row, **change}))
        seen.add(records(path)[0].fingerprint)
        assert records(path)[0].fingerprint in seen
    assert len(seen) == 6


def test_a_truncated_gzip_gives_its_whole_lines_and_names_the_line_where_it_ends(tmp_path):
    rows = [json.dumps({"id": f"n{n}", "text": os.urandom(300).hex()}) for n in range(2000)]
    packed = gzip.compress("\n".join(rows).encode())
    path = write(tmp_path / "a.jsonl.gz", packed[: len(packed) // 2])
    found = list(read([path]))
    *good, last = found
    assert len(good) > 500
    assert [record.id for record in good] == [f"n{n}" for n in range(len(good))]
    assert [record.line for record in good] == list(range(1, len(good) + 1))
    assert last == Skipped(
        str(path),
        len(good) + 1,
        "The file ends in the middle of its compressed data. From this line on nothing was read.",
        "Copy it again, in full.",
        rest=True,
    )


def test_a_damaged_gzip_and_a_file_that_is_none_say_so(tmp_path):
    packed = bytearray(gzip.compress(json.dumps({"id": "a", "text": BODY}).encode()))
    packed[-6] ^= 0xFF
    (skip,) = skipped(write(tmp_path / "a.jsonl.gz", bytes(packed)))
    assert "compressed data is damaged (CRC check failed" in skip.reason
    (skip,) = skipped(write(tmp_path / "b.jsonl.gz", "{}"))
    assert "Not a gzipped file" in skip.reason


def test_each_limit_says_that_it_was_hit(tmp_path):
    limits = InputLimits(
        page_bytes=100, json_bytes=100, line_bytes=100, stream_bytes=1000, item_chars=50
    )
    long = "kata " * 50
    row = json.dumps({"id": "a", "text": BODY})
    cases = {
        "page.txt": (long, "The file has 250 bytes; the limit is 100."),
        "page.json": (json.dumps({"text": long}), "bytes; the limit is 100."),
        "item.txt": ("k" * 51, "The text has 51 characters; the limit for one is 50."),
        "line.jsonl": (f"{json.dumps({'text': long})}\n{row}", "longer than the limit of 100"),
        "stream.jsonl": ("\n" * 1001, "The file has 1,001 bytes; the limit is 1,000."),
        "bomb.jsonl.gz": (gzip.compress(b"\n" * 1001), "unpacks to more than the limit of 1,000"),
    }
    for name, (content, reason) in cases.items():
        skips = skipped(write(tmp_path / name, content), limits=limits)
        assert [reason in skip.reason for skip in skips] == [True], (name, skips)
    assert [r.id for r in records(tmp_path / "line.jsonl", limits=limits)] == ["a"]


def test_the_time_limit_counts_from_item_to_item(tmp_path):
    path = write(tmp_path / "a.jsonl", json.dumps({"id": "a", "text": BODY}))
    (skip,) = read([path], limits=InputLimits(seconds=-1.0))
    assert "more than the limit of -1 seconds" in skip.reason


# The alarm may ring in a callback of the collector, where it is passed over; it rings again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.eml", "Subject: " + "=?utf-8?q?a?= " * 50_000 + "\n\nhalo\n"),
        ("b.eml", "Content-Type: text/plain; " + "; ".join(f"a*{n}=b" for n in range(50_000))),
        ("c.xml", "<newsItem>" * 9_000 + "</newsItem>" * 9_000),
    ],
    ids=["header", "parameters", "nested items"],
)
def test_what_a_parser_takes_without_end_is_ended_and_the_next_file_is_read(tmp_path, name, data):
    write(tmp_path / name, data)
    write(tmp_path / "z.txt", BODY)
    skip, record = read([tmp_path], limits=InputLimits(seconds=0.5))
    assert skip.reason == "It took more than the limit of 0.5 seconds."
    assert record.text.strip() == BODY.strip()


def test_nesting_without_end_is_skipped_and_the_next_line_is_read(tmp_path):
    deep = '{"text":' + "[" * 100_000 + "]" * 100_000 + "}"
    path = write(tmp_path / "a.jsonl", deep + "\n" + json.dumps({"id": "b", "text": BODY}))
    skip, record = read([path])
    assert skip.reason == "It is nested deeper than the limit of 100 levels."
    assert record.id == "b"


def test_a_file_that_grows_while_it_is_read_is_read_to_its_first_end_and_reported(tmp_path):
    path = write(tmp_path / "a.jsonl", json.dumps({"id": "a", "text": BODY}) + "\n")
    found = read([path])
    first = next(found)
    with path.open("a") as more:
        more.write(json.dumps({"id": "b", "text": BODY}) + "\n")
    (skip,) = found
    assert first.id == "a"
    assert skip.reason == "The file changed while it was read."
    assert skip.rest


def test_an_unreadable_file_is_skipped_and_the_rest_goes_on(tmp_path, monkeypatch):
    write(tmp_path / "a.txt", BODY)
    write(tmp_path / "b.txt", BODY + " b")
    opens = os.open

    def refuse(path, *rest, **more):
        if str(path).endswith("a.txt"):
            raise PermissionError(13, "Permission denied")
        return opens(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    skip, record = read([tmp_path])
    assert skip.reason == "It cannot be opened: Permission denied."
    assert record.id == "b"


@pytest.mark.parametrize(
    "content", [b"", b" \n\t", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00" * 100, bytes(range(256))]
)
def test_a_file_without_text_is_skipped(tmp_path, content):
    (skip,) = read([write(tmp_path / "a.txt", content)])
    assert isinstance(skip, Skipped)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"]
)
def test_a_text_is_the_same_in_every_encoding(tmp_path, encoding):
    text = "“Kami siap,” kata André – wali kota di kafé itu."
    (record,) = read([write(tmp_path / "a.txt", text.encode(encoding))])
    assert record.text == text


def test_a_page_may_declare_its_encoding(tmp_path):
    page = '<html><meta charset="iso-8859-5"><p>Привет, Москва</p></html>'
    (record,) = read([write(tmp_path / "a.html", page.encode("iso-8859-5"))])
    assert "Привет, Москва" in record.text
    assert record.format == "html"


def test_lone_surrogates_and_nul_do_not_reach_the_record(tmp_path):
    line = '{"id": "a\\ud800", "text": "satu \\ud83d\\ude00 dua \\udc00 tiga\\u0000"}'
    (record,) = read([write(tmp_path / "a.jsonl", line)])
    assert record.text == "satu 😀 dua \ufffd tiga"
    assert record.id.encode()


def test_a_page_saved_as_text_is_html(tmp_path):
    (record,) = read([write(tmp_path / "a.txt", "<!DOCTYPE html><html><p>Isi</p></html>")])
    assert record.format == "html"


def test_markdown_gives_title_date_and_text_without_markup(tmp_path):
    text = (
        '---\njudul: "Pasar baru"\ntanggal: 3 Mei 2024\ndraft: false\n---\n\n# Pasar baru\n\n'
        "Wali kota **membuka** [pasar](https://a.id/x) itu, ![foto](a.jpg)bukan _tutup_.\n\n"
        "## Reaksi\n> Kami senang, 3 * 4 * 5.\n"
    )
    (record,) = read([write(tmp_path / "a.md", text)])
    assert (record.title, record.date) == ("Pasar baru", "3 Mei 2024")
    assert record.text.split("\n") == [
        "Wali kota membuka pasar itu, bukan tutup.",
        "",
        "Reaksi",
        "Kami senang, 3 * 4 * 5.",
        "",
    ]


def test_odd_file_names_are_read_and_shown_escaped(tmp_path):
    for name in (b"baris\nbaru.txt", b"byte\xff.txt", b"esc\x1b[2J.txt", "arah\u202e.txt".encode()):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(BODY.encode() + name[:4])
    found = records(tmp_path)
    assert [Path(record.origin).name for record in found] == [
        "arah\\u202e.txt",
        "baris\\nbaru.txt",
        "byte\\udcff.txt",
        "esc\\x1b[2J.txt",
    ]
    assert all(record.id.isprintable() and record.id.encode() for record in found)


def test_folders_nested_deeper_than_calls_can_be_are_read(tmp_path):
    here = os.getcwd()
    try:
        os.chdir(tmp_path)
        for _ in range(1200):
            os.mkdir("d")
            os.chdir("d")
        Path("a.txt").write_text(BODY)
        assert [record.id for record in records(tmp_path)] == ["a"]
    finally:  # what pytest would clean up with cannot go as deep
        Path("a.txt").unlink(missing_ok=True)
        while Path.cwd() != tmp_path:
            os.chdir("..")
            os.rmdir("d")
        os.chdir(here)


@pytest.mark.parametrize("part", ["[", "![a](", "**a ", "*a\t", "_a ", "# ", "-", "> ", "a_", "`"])
def test_markup_that_never_closes_is_kept_and_does_not_hold_up(tmp_path, part):
    text = "Isi.\n" + part * (900_000 // len(part)) + "x"
    (record,) = read([write(tmp_path / "a.md", text)], limits=InputLimits(seconds=20.0))
    assert record.text.endswith("x")


@pytest.mark.shared
def test_the_real_archive_is_read_without_a_loss(shared):
    found = list(read([shared / "news" / "click_id.jsonl.gz"]))
    assert len(found) == 21_912
    assert all(isinstance(record, Record) for record in found)
    assert (found[0].id, found[0].line, found[0].date) == ("click-0", 1, "10-Sep-19")
    assert found[0].source == "tribunnews.com"
    assert len({record.fingerprint for record in found}) == 21_912


def test_what_tells_about_a_folder_is_no_article_of_it_unless_it_is_named(tmp_path):
    for name in ("README.md", "readme.txt", "berita.txt"):
        (tmp_path / name).write_text("Pasar murah digelar di balai kota pada hari Senin.")
    found = list(read([tmp_path]))
    assert [Path(item.origin).name for item in found if isinstance(item, Skipped)] == [
        "README.md", "readme.txt",
    ]  # fmt: skip
    assert [Path(item.origin).name for item in found if isinstance(item, Record)] == ["berita.txt"]
    (named,) = read([tmp_path / "README.md"])
    assert isinstance(named, Record)
