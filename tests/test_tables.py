import csv
import gzip
import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from warta.corpus.article import Record, Skipped
from warta.corpus.errors import InputError
from warta.corpus.reading.files import InputLimits
from warta.corpus.reading.readers import read

BODY = "Wali kota membuka pasar baru di tepi sungai."
NAMES = {
    "id": ["id", "ID", "_id", "article_id"],
    "title": ["title", "judul", "headline", "Judul", "HEADLINE"],
    "text": ["text", "body", "content", "isi", "Isi Berita", "articleBody"],
    "date": ["date", "published", "tanggal", "published_at", "pubDate", "datePublished", "tgl"],
    "source": ["source", "outlet", "media", "Sumber"],
    "url": ["url", "link", "Link"],
}
ROW = {
    "id": "k-1",
    "title": "Pasar baru",
    "text": BODY,
    "date": "3 Mei 2024",
    "source": "Kabar Rimba",
    "url": "https://kabar.example/pasar",
}


@pytest.fixture
def reading(tmp_path):
    """Read one file of the given name and content."""

    def read_one(name: str, content: str | bytes, **options) -> list[Record | Skipped]:
        path: Path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(read([path], **options))

    return read_one


def values(record: Record) -> dict[str, str]:
    return {field: getattr(record, field) for field in ROW}


@pytest.mark.parametrize("field", ROW)
def test_every_usual_name_of_a_field_is_known(reading, field):
    for name in NAMES[field]:
        row = {name if key == field else key: value for key, value in ROW.items()}
        (record,) = reading("a.json", json.dumps(row))
        assert values(record) == ROW, name


def test_json_may_be_an_object_a_list_or_an_object_with_one_list_inside(reading):
    second = {**ROW, "id": "k-2"}
    for found in (
        [ROW, second],
        {"status": "ok", "total": 2, "tags": ["a"], "articles": [ROW, second]},
        {"data": {"items": [ROW, second]}},
        {"rows": [ROW, second], "notes": []},
    ):
        records = reading("a.json", json.dumps(found))
        assert [(record.id, record.line) for record in records] == [("k-1", 1), ("k-2", 2)]
    (record,) = reading("a.json", json.dumps(ROW))
    assert (record.id, record.line) == ("k-1", None)


def test_a_single_object_without_an_id_is_named_by_its_file(reading):
    (record,) = reading("berita-pasar.json", json.dumps({"isi": BODY}))
    assert record.id == "berita-pasar"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[]", "It holds no items."),
        ("3", "It holds neither an object nor a list of objects."),
        ('{"a": [{"text": "x"}], "b": [{"text": "y"}]}', "It has several lists of objects"),
        ('{"judul": "x"}', "There is no text column; the columns are 'judul'."),
        ('{"text": "x"', "It is not JSON: Expecting ',' delimiter at column 13, line 1."),
        ('{"text": ' + "1" * 5000 + "}", "It is not JSON: Exceeds the limit"),
        ("[" * 100_000, "It is nested deeper than the limit of 100 levels."),
        ('{"text": ""}', "The text ('text') is empty."),
        ('{"text": null}', "The text ('text') is empty."),
        ('{"text": NaN}', "The text ('text') is empty."),
        ('{"text": 1e400}', "The text ('text') is empty."),
        ("[1, [2], null]", "It is not a JSON object."),
    ],
)
def test_json_that_holds_no_article_says_why(reading, content, reason):
    for skip in reading("a.json", content):
        assert isinstance(skip, Skipped)
        assert skip.reason.startswith(reason)


def test_json_lines_under_the_wrong_ending_are_read_as_such(reading):
    second = {**ROW, "id": "k-2"}
    records = reading("a.json", json.dumps(ROW) + "\n" + json.dumps(second) + "\n")
    assert [record.id for record in records] == ["k-1", "k-2"]


def test_a_bad_line_is_skipped_with_its_number_and_the_rest_goes_on(reading):
    lines = [
        json.dumps({**ROW, "id": "1"}),
        "{bad",
        "",
        "[1]",
        '{"judul": "x"}',
        "\xff\xfe",
        json.dumps({**ROW, "id": "7"}),
    ]
    found = reading("a.jsonl", "\r\n".join(lines))
    assert [(item.line, type(item)) for item in found] == [
        (1, Record),
        (2, Skipped),
        (4, Skipped),
        (5, Skipped),
        (6, Skipped),
        (7, Record),
    ]
    assert "Expecting property name" in found[1].reason
    assert found[2].reason == "It is not a JSON object."
    assert found[3].remedy == "Use --map text=COLUMN."


def test_a_file_whose_first_hundred_lines_are_all_bad_is_given_up(reading):
    found = reading("a.jsonl", "bad\n" * 5000)
    assert len(found) == 101
    assert found[-1].line == 101
    assert found[-1].rest
    assert found[-1].reason.startswith("None of the first 100 lines could be used")


def test_a_hundred_bad_lines_after_a_good_one_do_not_stop_the_reading(reading):
    row = json.dumps(ROW)
    found = reading("a.jsonl", row + "\n" + "bad\n" * 300 + json.dumps({**ROW, "id": "z"}))
    assert found[-1].id == "z"
    assert len(found) == 302


def test_a_file_with_a_hundred_thousand_bad_lines_is_given_up_after_good_ones_too(reading):
    first, *skips = reading("a.jsonl", json.dumps({"id": "a", "text": BODY}) + "\nx" * 100_009)
    assert first.id == "a"
    assert len(skips) == 100_001
    assert "limit of 100,000 lines" in skips[-1].reason
    assert (skips[-1].line, skips[-1].rest) == (100_002, True)


def test_what_is_wrong_with_a_row_between_tabs_can_be_printed(reading):
    (skip,) = reading("a.tsv", 'text\tid\n"a"b\tc\n')
    assert skip.reason == "The row is not CSV: '\\t' expected after '\"'."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_tables_are_read_in_every_encoding(reading, encoding):
    text = "“Siap,” kata André – wali kota."
    line = json.dumps({"id": "1", "text": text}, ensure_ascii=False) + "\n"
    (record,) = reading("a.jsonl", line.encode(encoding))
    assert record.text == text
    (record,) = reading("b.csv", f'id;isi\r\n1;"{text}"\r\n'.encode(encoding))
    assert (record.id, record.text) == ("1", text)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_header(reading, delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(ROW)
    writer.writerow({**ROW, "text": 'Kata "dia",\nlalu; pergi|\tpulang.'}.values())
    (record,) = reading("a.csv", out.getvalue())
    assert values(record) == {**ROW, "text": 'Kata "dia",\nlalu; pergi|\tpulang.'}
    assert record.line == 2


def test_excels_delimiter_line_is_understood(reading):
    (record,) = reading("a.csv", "sep=;\nid;isi\n1;Satu, dua.\n")
    assert (record.id, record.text, record.line) == ("1", "Satu, dua.", 3)


def test_a_csv_without_a_text_column_names_its_columns_and_the_remedy(reading):
    (skip,) = reading("a.csv", "judul,tanggal,penulis\nx,y,z\n")
    assert skip == Skipped(
        skip.origin,
        None,
        "There is no text column; the columns are 'judul', 'tanggal', 'penulis'.",
        "Use --map text=COLUMN.",
        rest=True,
    )


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", "", "It has no header."),
        ("a.csv", "\nid,isi\n1,satu\n", "It has no header."),
        ("a.csv", "id,isi\n", "It holds no items."),
        ("a.jsonl", "", "It holds no items."),
        ("a.jsonl", "\n\n", "It holds no items."),
        ("a.json", "", "The file is empty."),
        ("a.json", "[]", "It holds no items."),
    ],
)
def test_a_table_without_rows_is_accounted_for(reading, name, content, reason):
    (skip,) = reading(name, content)
    assert (skip.reason, skip.line) == (reason, None)


def test_a_mapped_column_is_used_and_a_missing_one_is_named(reading):
    content = "kode,naskah,isi\n1,Naskah panjang.,x\n"
    (record,) = reading("a.csv", content, fields={"text": "Naskah", "id": "kode"})
    assert (record.id, record.text) == ("1", "Naskah panjang.")
    (skip,) = reading("a.csv", content, fields={"text": "teks"})
    assert skip.reason == "There is no column 'teks'; the columns are 'kode', 'naskah', 'isi'."
    (skip,) = reading("a.csv", content, fields={"date": "tgl_muat"})
    assert skip.reason.startswith("There is no column 'tgl_muat'")
    assert skip.remedy == "Use --map date=COLUMN with one of them."


def test_objects_may_leave_a_mapped_column_out_but_not_all_of_them(reading):
    rows = [{"id": "1", "isi": BODY}, {"id": "2", "isi": BODY + "!", "muat": "3 Mei 2024"}]
    lines = "\n".join(map(json.dumps, rows))
    assert [r.date for r in reading("a.jsonl", lines, fields={"date": "muat"})] == [
        "",
        "3 Mei 2024",
    ]
    (skip,) = reading("a.jsonl", lines, fields={"date": "terbit"})
    assert skip.reason == "There is no column 'terbit'; the columns are 'id', 'isi', 'muat'."


def test_a_row_with_too_many_fields_is_skipped_and_one_with_too_few_is_filled(reading):
    found = reading("a.csv", "id,isi,judul\n1,satu\n2,dua,b,c\n\n4,empat,d\n")
    assert [(item.line, type(item)) for item in found] == [(2, Record), (3, Skipped), (5, Record)]
    assert found[1].reason == "The row has 4 fields, the header 3."


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest_unnoticed(reading):
    record, skip = reading("a.csv", 'id,isi\n1,satu\n2,"dua\n3,tiga\n4,empat\n')
    assert record.id == "1"
    assert (skip.line, skip.rest) == (3, True)
    assert skip.reason.startswith("A quote is opened and never closed")


def test_a_field_and_a_header_beyond_the_limits_say_so(reading):
    record, skip = reading(
        "a.csv", 'id,isi\n1,satu\n2,"' + "dua\n" * 300, limits=InputLimits(page_chars=1000)
    )
    assert record.id == "1"
    assert (skip.line, skip.rest) == (3, True)
    assert skip.reason.startswith("A field is over-long (field larger than field limit (1000))")
    for name, content in (
        ("b.csv", ",".join(f"c{n}" for n in range(1001)) + "\n"),
        ("b.json", json.dumps({f"c{n}": 1 for n in range(1001)})),
        ("b.jsonl", json.dumps({f"c{n}": 1 for n in range(1001)})),
    ):
        (skip,) = reading(name, content)
        assert skip.reason == "It has 1,001 columns; the limit is 1,000."


def test_a_row_with_broken_quotes_is_skipped_and_the_next_is_read(reading):
    first, skip, last = reading("a.csv", 'id,isi\n1,satu\n2,"dua" tiga\n3,empat\n')
    assert (first.id, skip.line, last.id) == ("1", 3, "3")
    assert skip.reason.startswith("The row is not CSV")


def test_a_csv_line_over_the_limit_ends_the_reading(reading):
    content = "id,isi\n1,satu\n2," + "x" * 500 + "\n3,tiga\n"
    record, skip = reading("a.csv", content, limits=InputLimits(line_bytes=200))
    assert record.id == "1"
    assert (skip.line, skip.rest) == (3, True)


def test_rows_without_an_id_are_named_by_their_address(reading):
    row = {"isi": BODY, "url": "https://www.kabar.example/2024/pasar-baru.html?utm_source=x#a"}
    same = {"isi": BODY, "url": "http://kabar.example/2024/pasar-baru.html/"}
    other = {"isi": BODY, "url": "https://kabar.example/2025/pasar-baru.html"}
    first, second = reading("a.jsonl", json.dumps(row) + "\n" + json.dumps(other))
    assert first.id.startswith("pasar-baru-")
    assert second.id.startswith("pasar-baru-")
    assert first.id != second.id
    (again,) = reading("b.csv", f"isi,url\n{BODY},{same['url']}\n")
    assert again.id == first.id


def test_rows_without_id_and_address_keep_their_ids_when_rows_are_added_above(reading):
    rows = [{"judul": f"Judul {n}", "isi": f"{n}. {BODY}"} for n in range(3)]
    before = reading("a.jsonl", "\n".join(map(json.dumps, rows[1:])))
    after = reading("a.jsonl", "\n".join(map(json.dumps, rows)))
    assert [r.id for r in after][1:] == [r.id for r in before]
    assert len({r.id for r in after}) == 3
    corrected = {**rows[2], "isi": rows[2]["isi"] + " " * 200 + "Ralat."}
    (record,) = reading("a.jsonl", json.dumps({**corrected, "isi": "2. " + BODY * 6 + " Ralat."}))
    (original,) = reading("a.jsonl", json.dumps({**corrected, "isi": "2. " + BODY * 6}))
    assert record.id == original.id


def test_the_same_row_twice_is_one_article_and_one_id_for_two_texts_names_only_the_first(reading):
    other = {**ROW, "text": "Lain."}
    first, same, clash = reading("a.jsonl", "\n".join(map(json.dumps, [ROW, ROW, other])))
    assert isinstance(first, Record)
    assert same.reason.startswith("It is the same article as")
    assert same.reason.endswith("line 1 (id 'k-1').")
    assert (first.id, clash.id, clash.line) == ("k-1", "a-k-1", 3)


@pytest.mark.parametrize(
    ("given_id", "expected"),
    [(17, "17"), (17.0, "17"), ("  a b ", "a b"), ({"$oid": "5f"}, "5f"), ("a\u202e\nb", "a b")],
)
def test_ids_of_other_kinds_become_text(reading, given_id, expected):
    (record,) = reading("a.json", json.dumps({"id": given_id, "isi": BODY}))
    assert record.id == expected


def test_an_over_long_id_is_shortened_and_stays_its_own(reading):
    rows = [{"id": "x" * 5000 + end, "isi": BODY} for end in "ab"]
    first, second = reading("a.json", json.dumps(rows))
    assert len(first.id) == len(second.id) == 200
    assert first.id != second.id


def test_values_inside_objects_and_lists_are_found(reading):
    row = {
        "id": 5,
        "title": {"rendered": "Pasar"},
        "content": {"rendered": "<p>Isi</p>", "protected": False},
        "source": {"id": None, "name": "Kabar"},
        "date": {"$date": 1714723200000},
        "link": "https://a.example/b",
    }
    (record,) = reading("a.json", json.dumps(row))
    assert values(record) == {
        "id": "5",
        "title": "Pasar",
        "text": "<p>Isi</p>",
        "source": "Kabar",
        "date": "2024-05-03T15:00:00+07:00",
        "url": "https://a.example/b",
    }
    assert record.format == "html"
    (record,) = reading("b.json", json.dumps({"isi": ["Satu.", "Dua."]}))
    assert record.text == "Satu.\nDua."


def test_a_seconds_count_becomes_a_day_in_western_indonesia(reading):
    (record,) = reading("a.json", json.dumps({"isi": BODY, "timestamp": 1714669200}))
    assert record.date == "2024-05-03T00:00:00+07:00"


def test_a_mapping_to_no_column_is_an_error(tmp_path):
    with pytest.raises(InputError, match="'text' is mapped to no column"):
        read([tmp_path], fields={"text": " "})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(sum(NAMES.values(), ["x"])), inner, max_size=6)
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(JSON, min_size=1, max_size=5))
def test_any_json_line_gives_exactly_one_verdict(tmp_path_factory, drawn):
    path = tmp_path_factory.mktemp("json") / "a.jsonl"
    assume(not (len(drawn) == 1 and isinstance(drawn[0], list)))  # that is a JSON file
    path.write_text("\n".join(json.dumps(value) for value in drawn))
    found = list(read([path]))
    assert [item.line for item in found] == list(range(1, len(drawn) + 1))
    for item in found:
        if isinstance(item, Record):
            assert item.text.strip()
            assert "".join((item.id, item.title, item.text, item.date, item.source)).encode()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["csv", "json", "jsonl", "txt", "md", "html"]))
def test_any_bytes_give_a_verdict_and_no_crash(tmp_path_factory, data, ending):
    path = tmp_path_factory.mktemp("any") / f"a.{ending}"
    path.write_bytes(b"id,isi\n1," + data if ending == "csv" else data)
    found = list(read([path]))
    assert found
    assert all(isinstance(item, Record | Skipped) for item in found)


def test_empty_lines_before_an_article_are_not_kept(tmp_path):
    packed = gzip.compress(b"\n" * 2**18) + gzip.compress(b'{"judul": "A", "isi": "Pasar buka."}')
    (tmp_path / "a.jsonl.gz").write_bytes(packed)
    tracemalloc.start()
    (record,) = read([tmp_path / "a.jsonl.gz"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(record, Record)
    assert record.line == 2**18 + 1
    assert peak < 2**23  # the lines would take three times as much
