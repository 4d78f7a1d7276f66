"""What came in wrong once: identity, placeholders, formats and pages that are no article."""

import email.message
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from warta.corpus.archive.archive import Archive
from warta.corpus.article import Article, Record, Skipped
from warta.corpus.cleaning.intake import to_article
from warta.corpus.errors import InputError
from warta.corpus.reading.files import InputLimits
from warta.corpus.reading.readers import read
from warta.index.building.ingest import IndexReport, index_paths
from warta.index.embedding.embedder import LengthEmbedder

BRIDGE = (
    "Pemerintah Kabupaten Melati membangun jembatan baru senilai Rp12 miliar di Desa Sukamaju. "
    "Pembangunan dimulai pada Maret dan ditargetkan selesai pada Desember, kata Bupati Rina Hartono."  # noqa: E501
)
PRICE = (
    "Petani cabai di Kecamatan Wanasari mengeluhkan harga pupuk yang naik 30 persen. Ketua kelompok "  # noqa: E501
    "tani Sugeng Prayitno meminta pemerintah menambah pasokan pupuk bersubsidi."
)
FLOOD = (
    "Banjir merendam tiga desa di Kecamatan Lembayung sejak Rabu malam. Sebanyak 240 warga mengungsi "  # noqa: E501
    "ke balai desa, kata Kepala BPBD Agus Salim di lokasi pengungsian."
)
QUAKE = (
    "Gempa bermagnitudo 5,1 mengguncang Pulau Sari pada Kamis pagi. Tidak ada laporan kerusakan, "
    "kata kepala stasiun geofisika setempat dalam keterangannya hari itu."
)
TITLE = "Jembatan Sukamaju mulai dibangun"


def found(path: Path, **options) -> list[Article | Skipped]:
    """Each item of a file or folder as an article, or why not."""
    results: list[Article | Skipped] = []
    for item in read([path], **options):
        if isinstance(item, Skipped):
            results.append(item)
            continue
        try:
            results.append(to_article(item))
        except InputError as error:
            results.append(Skipped(item.origin, item.line, error.what, error.remedy))
    return results


def texts(path: Path) -> list[str]:
    return [each.text for each in found(path) if isinstance(each, Article)]


def reasons(path: Path) -> list[str]:
    return [each.reason for each in found(path) if isinstance(each, Skipped)]


def index(home: Path, *paths: Path, source: str = "") -> IndexReport:
    report = index_paths(home, paths, embedder=LengthEmbedder(), source=source)
    assert report.seen == report.indexed + report.unchanged + report.skipped
    return report


def articles(home: Path) -> dict[str, Article]:
    with Archive.open(home, readonly=True) as archive:
        return {article.id: article for article in archive.articles()}


def table(path: Path, rows: list[tuple[str, ...]], header: str = "id,title,content") -> Path:
    lines = [",".join(f'"{value}"' for value in row) for row in rows]
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return path


# -- identity -----------------------------------------------------------------------------------


@pytest.fixture
def days(tmp_path):
    """Two exports that number their rows from 1."""
    monday = table(tmp_path / "senin.csv", [("1", TITLE, BRIDGE), ("2", "Harga pupuk naik", PRICE)])
    tuesday = table(
        tmp_path / "selasa.csv", [("1", "Banjir merendam tiga desa", FLOOD), ("2", "Gempa", QUAKE)]
    )
    return monday, tuesday


def test_rows_numbered_alike_in_two_exports_are_four_articles_with_their_own_outlet(tmp_path, days):
    home = tmp_path / "home"
    index(home, days[0], source="Kabar Tirta")
    index(home, days[1])
    kept = articles(home)
    assert {id_: article.source for id_, article in kept.items()} == {
        "1": "Kabar Tirta", "2": "Kabar Tirta", "selasa-1": "", "selasa-2": "",
    }  # fmt: skip
    assert kept["1"].text == BRIDGE
    assert kept["selasa-1"].text == FLOOD


def test_two_runs_over_such_exports_change_nothing(tmp_path, days):
    home = tmp_path / "home"
    index(home, *days)
    before = articles(home)
    report = index(home, *days)
    assert (report.unchanged, report.indexed, report.skipped) == (4, 0, 0)
    assert index(home, days[1]).unchanged == 2
    assert articles(home) == before
    with Archive.open(home, readonly=True) as archive:
        assert {len(archive.history(id_)) for id_ in before} == {1}


def test_an_article_whose_file_moved_keeps_its_id_history_and_outlet(tmp_path, days):
    home = tmp_path / "home"
    index(home, days[0], source="Kabar Tirta")
    moved = tmp_path / "arsip" / "senin.csv"
    moved.parent.mkdir()
    days[0].rename(moved)
    index(home, moved)
    assert {id_: article.source for id_, article in articles(home).items()} == {
        "1": "Kabar Tirta", "2": "Kabar Tirta",
    }  # fmt: skip


def test_an_id_given_twice_in_a_file_names_only_the_first(tmp_path):
    path = table(tmp_path / "a.csv", [("7", TITLE, BRIDGE), ("7", "Banjir", FLOOD)])
    assert texts(path) == [BRIDGE, FLOOD]
    first, second = (each.id for each in found(path))
    assert (first, second) == ("7", "a-7")


@pytest.mark.parametrize(
    "nothing",
    [
        "-",
        "--",
        "NULL",
        "null",
        r"\N",
        "nan",
        "NaN",
        "#",
        "None",
        "N/A",
        "n/a",
        "#N/A",
        "?",
        "undefined",
        "https://kabar.example/",
        "https://kabar.example",
        "http://www.kabar.example/index.html",
        "about:blank",
        "javascript:void(0)",
    ],
)
def test_what_stands_for_nothing_names_no_article(tmp_path, nothing):
    rows = [
        (nothing, nothing, nothing, TITLE, BRIDGE),
        (nothing, nothing, nothing, "Banjir", FLOOD),
    ]
    path = table(tmp_path / "a.csv", rows, "url,guid,media,judul,isi")
    kept = found(path)
    assert [each.text for each in kept] == [BRIDGE, FLOOD]
    if "kabar" not in nothing:
        assert {(each.url, each.source) for each in kept} == {("", "")}
    assert {each.url for each in kept} == {""}


def test_a_section_page_linked_by_several_entries_names_none_of_them(tmp_path):
    items = "".join(
        f"<item><title>{title}</title><link>https://kabar.example/nasional</link>"
        f"<description>{text}</description></item>"
        for title, text in ((TITLE, BRIDGE), ("Harga pupuk", PRICE), ("Banjir", FLOOD))
    )
    path = tmp_path / "f.xml"
    path.write_text(f'<rss version="2.0"><channel><title>K</title>{items}</channel></rss>')
    assert texts(path) == [BRIDGE, PRICE, FLOOD]
    assert {each.url for each in found(path)} == {""}


def test_a_folder_reached_through_a_link_is_not_doubled(tmp_path):
    folder = tmp_path / "berita"
    folder.mkdir()
    (folder / "jembatan.txt").write_text(f"{TITLE}\n\n{BRIDGE}")
    link = tmp_path / "tautan"
    link.symlink_to(folder, target_is_directory=True)
    home = tmp_path / "home"
    index(home, folder)
    report = index(home, link)
    assert list(articles(home)) == ["jembatan"]
    assert report.indexed + report.unchanged == 1
    (folder / "jembatan.txt").unlink()
    (folder / "lain.txt").write_text(FLOOD)
    index_paths(home, [link], embedder=LengthEmbedder(), prune=True)
    assert list(articles(home)) == ["lain"]


def page(title: str, *paragraphs: str, head: str = "") -> str:
    body = "".join(f"<p>{each}</p>" for each in paragraphs)
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    )


@pytest.mark.parametrize("canonical", [True, False])
def test_a_mirror_of_pages_named_index_keeps_its_ids_when_it_is_renamed(tmp_path, canonical):
    mirror = tmp_path / "situs"
    for name, text in (("jembatan", BRIDGE), ("pupuk", PRICE)):
        (mirror / name).mkdir(parents=True)
        head = f'<link rel="canonical" href="https://kabar.example/{name}">' if canonical else ""
        (mirror / name / "index.html").write_text(page(f"Berita {name} hari ini", text, head=head))
    home = tmp_path / "home"
    index(home, mirror)
    before = articles(home)
    assert len(before) == 2
    mirror.rename(tmp_path / "a-cermin")
    index(home, tmp_path / "a-cermin")
    assert articles(home).keys() == before.keys()


# -- cleaning -----------------------------------------------------------------------------------


def test_text_of_a_fixed_width_has_its_paragraphs_again(tmp_path):
    import textwrap

    path = tmp_path / "a.txt"
    for width in range(60, 101, 4):
        paragraphs = (BRIDGE, f"“{PRICE}”", FLOOD, QUAKE)
        wrapped = [textwrap.fill(each, width) for each in paragraphs]
        path.write_text("\n\n".join([TITLE, *wrapped]))
        (article,) = found(path)
        assert article.title == TITLE
        assert tuple(article.text.split("\n\n")) == paragraphs


def test_a_long_table_stays_and_takes_nothing_with_it(tmp_path):
    rows = [f"<tr><td>{n}</td><td>Klub {n}</td><td>{40 - n}</td></tr>" for n in range(1, 36)]
    path = tmp_path / "a.html"
    html = page("Klasemen Liga Melati", BRIDGE, PRICE, "@", FLOOD, QUAKE)
    path.write_text(html.replace("<p>@</p>", f"<table>{''.join(rows)}</table>"))
    (text,) = texts(path)
    lines = text.split("\n")
    assert [line for line in lines if not line.startswith("|")] == [BRIDGE, PRICE, FLOOD, QUAKE]
    assert lines[2:37] == [f"| {n} | Klub {n} | {40 - n} |" for n in range(1, 36)]


def test_rows_without_bars_and_cells_line_by_line_stay_too(tmp_path):
    path = tmp_path / "a.txt"
    rows = [f"{n} Klub {chr(64 + n)} 17 {50 - n}" for n in range(1, 19)]
    path.write_text("\n".join(["Klasemen Liga Melati", BRIDGE, *rows, FLOOD, QUAKE]))
    assert texts(path) == ["\n".join([BRIDGE, *rows, FLOOD, QUAKE])]
    cells = [
        cell for n in range(1, 19) for cell in (str(n), f"Klub {chr(64 + n)}", "17", str(50 - n))
    ]
    path.write_text("\n".join(["Klasemen Liga Melati", BRIDGE, *cells, FLOOD, QUAKE]))
    assert texts(path) == ["\n".join([BRIDGE, *cells, FLOOD, QUAKE])]


def test_a_list_inside_a_table_and_what_follows_are_kept(tmp_path):
    path = tmp_path / "a.html"
    inner = "<table><tr><td><ul><li>Desa Barat</li><li>Desa Timur</li></ul></td><td>12</td></tr></table>"  # noqa: E501
    path.write_text(page("Daftar desa penerima", BRIDGE, "@", FLOOD).replace("<p>@</p>", inner))
    (text,) = texts(path)
    assert "Desa Barat" in text
    assert "Desa Timur" in text
    assert text.endswith(FLOOD)


@pytest.mark.parametrize(
    "line",
    [
        "The post Jembatan Sukamaju mulai dibangun appeared first on Kabar Tirta.",
        "The post Jembatan Sukamaju first appeared on Kabar Tirta.",
        "Artikel Jembatan Sukamaju mulai dibangun pertama kali tampil pada Kabar Tirta.",
    ],
)
def test_the_last_line_of_a_blogs_feed_is_no_news(tmp_path, line):
    path = tmp_path / "a.jsonl"
    for text in (f"{BRIDGE}\n{line}", f"<p>{BRIDGE}</p><p>{line}</p>", f"{BRIDGE} {line}"):
        path.write_text(json.dumps({"title": TITLE, "text": text}))
        assert texts(path) == [BRIDGE]


def test_shortcodes_go_and_words_in_brackets_stay(tmp_path):
    path = tmp_path / "a.jsonl"
    text = (
        f'[gallery ids="12,13"]\n[caption id="a"]Foto jembatan.[/caption]\n{BRIDGE} [sic]\n'
        "[embed]https://video.example/1[/embed]\n[vc_row][vc_column]"
        + PRICE
        + "[/vc_column][/vc_row]"
    )
    path.write_text(json.dumps({"title": TITLE, "text": text}))
    (kept,) = texts(path)
    assert f"{BRIDGE} [sic]" in kept
    assert kept.endswith(PRICE)
    assert not any(mark in kept for mark in ("[gallery", "caption]", "vc_", "https://"))


def test_letters_that_were_read_wrongly_are_mended_and_right_ones_stay(tmp_path):
    path = tmp_path / "a.txt"
    right = "“Kami bekerja siang dan malam supaya warga bisa menyeberang dengan aman,” kata Rina – bupati."  # noqa: E501
    path.write_text(right.encode().decode("cp1252", "replace").replace("\ufffd", "\x9d"))
    assert texts(path) == [right]
    path.write_text(
        "Kafe Ã la carte “São Paulo” di Jalan Melati dibuka kembali setelah tiga tahun tutup."
    )
    assert "São Paulo" in texts(path)[0]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (page("404 Not Found", "Maaf, halaman yang Anda cari tidak ditemukan."), "error page"),
        (page("Just a moment...", "Checking if the site connection is secure."), "error page"),
        (page("Bad Gateway", "Error 502"), "error page"),
        (
            page(
                "Sebelum Anda melanjutkan",
                "Kami dan mitra kami menggunakan cookie untuk menyimpan data pribadi Anda.",
                "Klik terima semua untuk menyetujui kebijakan privasi kami.",
            ),
            "consent",
        ),
        (page("Kabar", "Please enable JavaScript to view this site."), "scripts"),
        (page("Kabar", "Foto."), "next to no text"),
        (
            page("Berita Terkini", *(f"{n}. {BRIDGE[:90]} dan je..." for n in range(6))),
            "teasers",
        ),
    ],
)
def test_a_page_that_is_no_article_is_skipped_with_its_reason(tmp_path, html, reason):
    path = tmp_path / "a.html"
    path.write_text(html)
    (said,) = reasons(path)
    assert reason in said


def test_news_about_errors_cookies_and_cut_words_is_news(tmp_path):
    path = tmp_path / "a.html"
    about = (
        "Situs Dinas Melati menampilkan pesan halaman tidak ditemukan sejak Rabu, kata Agus Salim.",
        "Aturan baru mewajibkan persetujuan cookie dan perlindungan data pribadi di semua situs.",
        "“Kami sedang memperbaikinya, mohon sabar...” katanya. Warga mengeluh sejak pekan lalu.",
    )
    path.write_text(page("Situs Dinas Melati tidak dapat dibuka", *about))
    assert texts(path) == ["\n".join(about)]


def test_the_pages_of_one_article_are_joined_by_their_canonical_address(tmp_path):
    head = '<link rel="canonical" href="https://kabar.example/read/1/jembatan">'
    for number, text in enumerate((BRIDGE, PRICE, FLOOD), 1):
        name = f"jembatan-{number}.html"
        (tmp_path / name).write_text(page(TITLE, text, f"Halaman {number} dari 3", head=head))
    (tmp_path / "lain.html").write_text(page("Gempa mengguncang Pulau Sari", QUAKE))
    results = found(tmp_path)
    assert [each.text for each in results if isinstance(each, Article)] == [
        "\n".join((BRIDGE, PRICE, FLOOD)), QUAKE,
    ]  # fmt: skip
    parts = [each.reason for each in results if isinstance(each, Skipped)]
    assert ["is page 2 of" in parts[0], "is page 3 of" in parts[1], len(parts)] == [True, True, 2]


# -- formats ------------------------------------------------------------------------------------


def feed(*items: str) -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/'
        'content/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Kabar Tirta</title>'
        f"{''.join(items)}</channel></rss>"
    )


@pytest.mark.parametrize(
    "first",
    [
        '<img src="https://img.example/a.jpg">',
        "<figure><img src=a.jpg></figure>",
        "<hr>",
        "<u>",
        "<p>",
        '<iframe src="https://v.example"></iframe>',
        "<blockquote>",
        "<section>",
        '<font size="2">',
        '<img src="a.jpg" alt="x" />',
        "<center>",
        "<!-- a -->",
        '<amp-img src="a.jpg"></amp-img>',
    ],
)
def test_feed_text_that_begins_with_any_element_is_stored_without_markup(tmp_path, first):
    path = tmp_path / "f.xml"
    path.write_text(
        feed(
            f"<item><title>{TITLE}</title><description><![CDATA[{first}{BRIDGE}]]></description></item>"
        )
    )
    assert texts(path) == [BRIDGE]


def test_a_wordpress_export_gives_what_is_published(tmp_path):
    path = tmp_path / "export.xml"
    entries = [("publish", "post", ""), ("draft", "post", ""), ("private", "post", "")]
    entries += [("future", "post", ""), ("pending", "post", ""), ("trash", "post", "")]
    entries += [("inherit", "attachment", ""), ("publish", "nav_menu_item", "")]
    entries += [("publish", "post", "rahasia"), ("publish", "page", ""), ("publish", "berita", "")]
    path.write_text(
        feed(
            *(
                f"<item><title>Berita {n}</title><link>https://k.example/?p={n}</link><content:encoded>"
                f"<![CDATA[<p>{n}. {BRIDGE}</p>]]></content:encoded><wp:status>{status}</wp:status>"
                f"<wp:post_type>{kind}</wp:post_type><wp:post_password>{word}</wp:post_password></item>"
                for n, (status, kind, word) in enumerate(entries)
            )
        )
    )
    assert [text[:2] for text in texts(path)] == ["0.", "9.", "10"]
    said = reasons(path)
    assert len(said) == 8
    assert said[0] == "It is not published: its status is 'draft'."
    assert "type 'attachment'" in said[5]
    assert "password" in said[7]


def test_bodies_of_paragraphs_and_blocks_are_read(tmp_path):
    path = tmp_path / "a.json"
    blocks = [
        {"type": "paragraph", "data": {"text": BRIDGE}},
        {"type": "image", "data": {"url": "https://img.example/a.jpg"}},
        {
            "type": "paragraph",
            "content": [{"type": "text", "text": "Harga "}, {"type": "text", "text": "naik."}],
        },
    ]
    for body in ([BRIDGE, "Harga naik."], [f"<p>{BRIDGE}</p>", "<p>Harga naik.</p>"], blocks):
        for key in ("content", "body", "paragraphs"):
            path.write_text(json.dumps({"headline": TITLE, key: body}))
            assert [text.replace("\n\n", "\n") for text in texts(path)] == [
                f"{BRIDGE}\nHarga naik."
            ]


def _words(text: str, **style: object) -> list[dict[str, object]]:
    """The words of one paragraph, parted in the middle of one where their style changes."""
    return [{"text": text[:30], **style}, {"text": text[30:], "bold": True, **style}]


@pytest.mark.parametrize(
    "fields",
    [
        {
            "body": [
                {"_type": "block", "children": _words(p, _type="span")} for p in (BRIDGE, PRICE)
            ]
        },
        {"body": [{"type": "paragraph", "children": _words(p)} for p in (BRIDGE, PRICE)]},
        {
            "content": {
                "root": {
                    "children": [{"children": _words(p, type="text")} for p in (BRIDGE, PRICE)]
                }
            }
        },
        {"content_elements": [{"type": "text", "content": p} for p in (BRIDGE, PRICE)]},
        {"body": [{"p": BRIDGE}, {"p": PRICE}]},
        {"body": {"ops": [{"insert": f"{BRIDGE}\n"}, {"insert": f"{PRICE}\n"}]}},
        {
            "content": [
                {
                    "type": "paragraph",
                    "content": [
                        {"type": "text", "text": BRIDGE},
                        {"type": "hardBreak"},
                        *_words(PRICE, type="text"),
                    ],
                }
            ]
        },
    ],
    ids=["portable text", "slate", "lexical", "arc", "objects", "quill", "prosemirror"],
)
def test_words_of_an_editors_paragraph_stay_together_and_paragraphs_apart(tmp_path, fields):
    (tmp_path / "a.json").write_text(json.dumps({"headlines": {"basic": TITLE}, **fields}))
    (article,) = found(tmp_path / "a.json")
    assert (article.title, article.text) == (TITLE, f"{BRIDGE}\n{PRICE}")


@pytest.mark.parametrize("wrapper", ["fields", "attributes", "_source", "node"])
def test_an_article_one_level_deeper_is_found_there(tmp_path, wrapper):
    rows = [
        {"id": f"n{n}", wrapper: {"title": TITLE, "body": text, "publishDate": "2019-09-05"}}
        for n, text in enumerate((BRIDGE, PRICE))
    ]
    (tmp_path / "a.json").write_text(json.dumps({"data": rows}))
    assert [(each.id, each.text) for each in found(tmp_path / "a.json")] == [
        ("n0", BRIDGE),
        ("n1", PRICE),
    ]


def test_of_a_systems_dump_what_is_published_is_read(tmp_path):
    posts = [
        {"id": str(n), "title": TITLE, "html": f"<p>{BRIDGE}</p>", "status": status}
        for n, status in enumerate(("published", "draft", "scheduled"))
    ]
    dump = {"db": [{"meta": {}, "data": {"posts": posts, "tags": [{"id": "9", "name": "x"}]}}]}
    (tmp_path / "a.json").write_text(json.dumps(dump))
    assert texts(tmp_path / "a.json") == [BRIDGE]
    assert reasons(tmp_path / "a.json") == [
        "It is not published: its status is 'draft'.",
        "It is not published: its status is 'scheduled'.",
    ]
    (tmp_path / "b.csv").write_text(
        f'judul,isi,status\nSatu,"{BRIDGE}",publish\nDua,"{PRICE}",Draft\n'
    )
    assert texts(tmp_path / "b.csv") == [BRIDGE]


@pytest.mark.parametrize(
    "above", ["---------- Forwarded message ---------", "-----Pesan Asli-----"]
)
def test_a_mail_that_was_passed_on_is_what_it_passes_on(tmp_path, above):
    mail = email.message.EmailMessage()
    mail["Subject"], mail["From"] = f"Fwd: RE: {TITLE}", "Sekretariat <s@melati.example>"
    mail.set_content(f"{above}\nFrom: Humas\nDate: Wed, 4 Sep 2019\nSubject: {TITLE}\n\n{BRIDGE}")
    (tmp_path / "a.eml").write_bytes(bytes(mail))
    (article,) = found(tmp_path / "a.eml")
    assert (article.title, article.text) == (TITLE, BRIDGE)


def test_a_json_list_under_the_name_of_json_lines_is_read_whole(tmp_path):
    rows = [{"title": TITLE, "text": BRIDGE}, {"title": "Harga", "text": PRICE}, {"text": FLOOD}]
    for indent in (None, 1):
        (tmp_path / "a.jsonl").write_text(json.dumps(rows, indent=indent))
        assert texts(tmp_path / "a.jsonl") == [BRIDGE, PRICE, FLOOD]
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(json.dumps(rows).encode()))
    assert texts(tmp_path / "a.jsonl.gz") == [BRIDGE, PRICE, FLOOD]
    cut = "[\n" + ",\n".join(json.dumps(row) for row in rows) + ",\n{"
    (tmp_path / "a.jsonl").write_text(cut)
    assert texts(tmp_path / "a.jsonl") == [BRIDGE, PRICE, FLOOD]
    assert len(reasons(tmp_path / "a.jsonl")) == 1


def test_empty_trailing_fields_of_a_spreadsheet_are_no_fields(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f'judul,isi,,\nSatu,"{BRIDGE}",,,,,\nDua,"{PRICE}",,\nTiga,"{FLOOD}",,,,x\n')
    assert texts(path) == [BRIDGE, PRICE]
    assert len(reasons(path)) == 1


def test_a_live_report_keeps_its_clocks(tmp_path):
    clocks = ("18.30 WIB", "17:45 WIB", "Pukul 16.20 WIB", "15.05 WIB")
    inside = [
        part
        for clock, text in zip(clocks, (BRIDGE, PRICE, FLOOD, QUAKE), strict=True)
        for part in (clock, text)
    ]
    path = tmp_path / "a.html"
    path.write_text(page("Langsung: banjir di Melati", *inside))
    assert texts(path) == ["\n".join(inside)]


def test_mongo_microseconds_and_net_dates_are_read(tmp_path):
    path = tmp_path / "a.jsonl"
    moments = [
        1567654200000000,
        "/Date(1567654200000)/",
        {"$date": {"$numberLong": "1567654200000"}},
    ]
    moments += [{"$date": "2019-09-05T03:30:00Z"}, {"$date": 1567654200000}, "1567654200000"]
    rows = [
        {"title": f"Berita {n}", "text": f"{n}. {BRIDGE}", "date": each}
        for n, each in enumerate(moments)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    assert {str(each.published) for each in found(path)} == {"2019-09-05"}


NITF = f"""<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf.dtd"><nitf><head><docdata>
<doc-id id-string="tirta-1"/><date.issue norm="20190904T203000Z"/></docdata>
<pubdata name="Kabar Tirta"/></head>
<body><body.head><hedline><hl1>{TITLE}</hl1></hedline></body.head>
<body.content><p>{BRIDGE}</p><table><tr><td>Desa</td><td>12</td></tr></table>
<p>{PRICE}</p></body.content>
</body></nitf>"""
NEWSML = f"""<?xml version="1.0"?><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
<newsItem guid="urn:tirta:2"><itemMeta><provider literal="Kabar Tirta"/>
<versionCreated>2019-09-04T20:30:00Z</versionCreated><pubStatus qcode="stat:usable"/></itemMeta>
<contentMeta><headline>{TITLE}</headline></contentMeta><contentSet><inlineXML><html><body>
<p>{BRIDGE}</p><p>{PRICE}</p></body></html></inlineXML></contentSet></newsItem>
<newsItem guid="urn:tirta:3"><itemMeta><pubStatus qcode="stat:canceled"/></itemMeta></newsItem>
</itemSet></newsMessage>"""


def test_the_xml_of_agencies_is_read(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(NITF)
    (article,) = found(path)
    assert (article.id, article.title, article.source) == ("tirta-1", TITLE, "Kabar Tirta")
    assert (str(article.published), article.text) == (
        "2019-09-05", f"{BRIDGE}\n| Desa | 12 |\n{PRICE}",
    )  # fmt: skip
    path.write_text(NEWSML)
    article, withdrawn = found(path)
    assert (article.id, article.title, str(article.published)) == (
        "urn:tirta:2",
        TITLE,
        "2019-09-05",
    )
    assert article.text == f"{BRIDGE}\n{PRICE}"
    assert withdrawn.reason == "Its status is 'stat:canceled'."


def test_ninjs_is_read(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps(
            {
                "uri": "urn:tirta:4", "type": "text", "versioncreated": "2019-09-04T20:30:00Z",
                "headline": TITLE, "body_html": f"<p>{BRIDGE}</p><p>{PRICE}</p>",
                "subject": [{"name": "jembatan"}], "place": [{"name": "Melati"}],
            }
        )
    )  # fmt: skip
    (article,) = found(path)
    assert (article.id, article.title, str(article.published)) == (
        "urn:tirta:4",
        TITLE,
        "2019-09-05",
    )
    assert article.text == f"{BRIDGE}\n{PRICE}"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "a.xml",
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>',
            "sitemap",
        ),
        ("a.xml", '<?xml version="1.0"?><opml version="2.0"><body/></opml>', "OPML"),
        ("a.xml", "<katalog><buku/></katalog>", "the root <katalog>"),
        ("a.xml", "<html><body>x</body></html>", "HTML page"),
        ("a.opml", "<opml/>", "feeds' own addresses"),
        ("a.doc", "x", "Save it as DOCX"),
        ("a.xlsx", "x", "Save the sheet as CSV"),
        ("a.zip", "x", "Unpack it"),
        ("a.jpg", "x", "text recognition"),
    ],
)
def test_what_is_not_read_is_named_with_the_way_out(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    (skipped,) = found(tmp_path / name)
    assert said in f"{skipped.reason} {skipped.remedy}"


def docx_bytes() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph(BRIDGE)
    rows = document.add_table(2, 2)
    for at, text in enumerate(("Desa", "Warga", "Sukamaju", "240")):
        rows.cell(at // 2, at % 2).text = text
    document.add_paragraph(PRICE)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf_bytes(lines: list[str]) -> bytes:
    """A PDF of one page, written by hand."""
    shown = " T* ".join(f"({line}) Tj" for line in lines)
    content = f"BT /F1 11 Tf 14 TL 50 800 Td {shown} ET".encode("latin-1")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, start)
    return bytes(out)


def test_docx_pdf_mail_and_saved_pages_are_read(tmp_path):
    import textwrap

    (tmp_path / "a.docx").write_bytes(docx_bytes())
    (article,) = found(tmp_path / "a.docx")
    assert article.title == TITLE
    assert article.text == f"{BRIDGE}\n| Desa | Warga |\n| Sukamaju | 240 |\n{PRICE}"
    lines = [TITLE, "", *textwrap.wrap(BRIDGE, 80), "", *textwrap.wrap(PRICE, 80)]
    (tmp_path / "a.pdf").write_bytes(pdf_bytes(lines))
    (article,) = found(tmp_path / "a.pdf")
    # Where a line ends with a sentence nothing tells whether its paragraph goes on.
    assert article.text.replace("\n", " ") == f"{BRIDGE} {PRICE}"
    mail = email.message.EmailMessage()
    mail["Subject"], mail["From"] = TITLE, "Humas <humas@melati.example>"
    mail["Date"] = "Wed, 04 Sep 2019 20:30:00 +0000"
    mail.set_content(BRIDGE)
    mail.add_attachment(b"x", maintype="image", subtype="png", filename="a.png")
    (tmp_path / "a.eml").write_bytes(bytes(mail))
    (article,) = found(tmp_path / "a.eml")
    assert (article.title, article.text, str(article.published)) == (TITLE, BRIDGE, "2019-09-05")
    saved = email.message.EmailMessage()
    saved["Subject"], saved["Date"] = "x", "Wed, 04 Dec 2024 20:30:00 +0000"
    saved.set_content(page(TITLE, BRIDGE), subtype="html")
    (tmp_path / "a.mht").write_bytes(bytes(saved))
    (article,) = found(tmp_path / "a.mht")
    assert (article.title, article.text, article.published) == (TITLE, BRIDGE, None)


def test_a_mail_whose_header_the_library_cannot_read_is_read(tmp_path):
    day = f"Sat, 07 Feb 2026 10:3{'0' * 50}:00 +0700"
    (tmp_path / "a.eml").write_bytes(f"Subject: {TITLE}\nDate: {day}\n\n{BRIDGE}\n".encode())
    (article,) = found(tmp_path / "a.eml")
    assert (article.title, article.text, str(article.published)) == (TITLE, BRIDGE, "2026-02-07")


def test_documents_keep_within_the_limits(tmp_path):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<" + b" " * 80_000_000)
    (tmp_path / "bomb.docx").write_bytes(bomb.getvalue())
    (tmp_path / "no.docx").write_bytes(b"PK\x03\x04 not a zip")
    (tmp_path / "no.pdf").write_bytes(b"%PDF-1.7 nothing")
    (tmp_path / "pictures.pdf").write_bytes(pdf_bytes([""]))
    (tmp_path / "a.eml").write_bytes(b"Subject: x\n\n")
    said = {Path(each.origin).name: each.reason for each in found(tmp_path)}
    assert "unpacks to 80,000,001 bytes" in said["bomb.docx"]
    assert "is no DOCX" in said["no.docx"]
    assert "cannot be read as a PDF" in said["no.pdf"]
    assert "holds no text" in said["pictures.pdf"]
    assert said["a.eml"] == "The mail has no text."
    (tmp_path / "a.pdf").write_bytes(pdf_bytes([BRIDGE]))
    (record,) = read([tmp_path / "a.pdf"], limits=InputLimits(item_chars=50))
    assert "more than 50 characters" in record.reason
    (record,) = read([tmp_path / "a.pdf"], limits=InputLimits(document_pages=0))
    assert "the limit is 0" in record.reason


def test_libraries_for_documents_are_imported_only_when_used():
    code = (
        "import sys, warta.index.building.ingest, warta.corpus.reading.formats;"
        "print([m for m in ('pypdf', 'docx', 'ftfy', 'email.policy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert "'pypdf'" not in done.stdout
    assert "'docx'" not in done.stdout
    assert "'ftfy'" not in done.stdout


def test_everything_together_is_counted_and_a_second_run_changes_nothing(tmp_path, days):
    folder = tmp_path / "semua"
    folder.mkdir()
    for path in days:
        path.rename(folder / path.name)
    (folder / "a.docx").write_bytes(docx_bytes())
    (folder / "n.xml").write_text(NEWSML)
    (folder / "s.xml").write_text("<urlset/>")
    (folder / "b.html").write_text(page("404 Not Found", "Halaman tidak ditemukan."))
    (folder / "c.pdf").write_bytes(pdf_bytes([QUAKE[:60], QUAKE[60:]]))
    home = tmp_path / "home"
    first = index(home, folder)
    before = articles(home)
    second = index(home, folder)
    assert (second.indexed, second.unchanged, second.skipped) == (0, first.indexed, first.skipped)
    assert articles(home) == before


def test_a_record_is_what_was_read(tmp_path):
    (tmp_path / "a.txt").write_text(BRIDGE)
    (record,) = read([tmp_path / "a.txt"])
    assert isinstance(record, Record)
    assert record.text == BRIDGE


def test_the_signature_of_a_mail_is_no_part_of_the_article(tmp_path):
    for name, mark in (("a", "-- "), ("b", "--")):
        mail = email.message.EmailMessage()
        mail["Subject"] = TITLE
        mail.set_content(f"{BRIDGE}\n\n--\n\n{PRICE}\n{FLOOD}\n{mark}\nRedaksi\nKabar Tirta\n")
        (tmp_path / f"{name}.eml").write_bytes(bytes(mail))
        (article,) = found(tmp_path / f"{name}.eml")
        assert article.text.split("\n")[-2:] == [PRICE, FLOOD]
        assert "Redaksi" not in article.text


@pytest.mark.shared
def test_the_cases_seen_to_fail_once_give_what_their_list_says(shared, tmp_path):
    cases = shared.parent / "cases"
    home = tmp_path / "rows"
    index(home, cases / "row-ids-monday.csv", source="Kabar Tirta")
    index(home, cases / "row-ids-tuesday.csv")
    outlets = [each.source for each in articles(home).values()]
    assert sorted(outlets) == ["", "", "Kabar Tirta", "Kabar Tirta"]
    assert [each.url for each in found(cases / "placeholder-address.csv")] == ["", "", ""]
    assert not any("<" in text for text in texts(cases / "feed-image-first.xml"))
    (wrapped,) = texts(cases / "hard-wrapped.txt")
    paragraphs = wrapped.split("\n\n")
    assert len(paragraphs) == 4
    assert "Rp12 miliar" in paragraphs[0]
    (table,) = texts(cases / "long-table.html")
    rows = [line for line in table.split("\n") if line.startswith("|")]
    others = [line for line in table.split("\n") if line and not line.startswith("|")]
    assert (len(rows), len(others)) == (19, 4)
    assert [str(each.published) for each in found(cases / "page-date-utc.html")] == ["2019-09-06"]
    (published,) = texts(cases / "wordpress-export.xml")
    assert "[gallery" not in published
