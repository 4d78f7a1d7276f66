"""The day of a page, in every form that heads, data and texts of pages give it."""

from datetime import date, timedelta

import pytest

from warta.corpus.article import Record
from warta.corpus.cleaning.intake import to_article
from warta.corpus.cleaning.webpage import page_dates
from warta.corpus.dates.published import parse_date, reconcile

DAY = date(2019, 9, 5)
BODY = (
    "<h1>Jembatan Sukamaju mulai dibangun</h1><p>Pemerintah Kabupaten Melati membangun jembatan "
    "baru senilai Rp12 miliar di Desa Sukamaju untuk menggantikan jembatan gantung yang putus.</p>"
    "<p>Bupati Melati Rina Hartono mengatakan pembangunan dimulai pada Maret dan ditargetkan "
    "selesai pada Desember.</p>"
)


def page(head: str = "", above: str = "", below: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="id"><head><meta charset="utf-8">'
        f"<title>Jembatan Sukamaju mulai dibangun</title>{head}</head>"
        f"<body>{above}<article>{BODY}</article>{below}</body></html>"
    )


def made(html: str, url: str = ""):
    return to_article(Record("a", "", html, "", "", url, "a.html", None, "html", "f"))


NAMES = """article:published_time article:published og:published_time og:pubdate bt:pubdate date
pubdate publishdate publish-date datePublished publication_date cXenseParse:recs:publishtime
parsely-pub-date sailthru.date DC.date.issued DCTERMS.created dcterms.date rnews:datePublished
OriginalPublicationDate displaydate article_date_original content_published_date
citation_publication_date published_time date_published dc.date ptime created""".split()
FORMS = """2019-09-05 2019-09-05T10:30:00+07:00 2019-09-05T03:30:00Z 2019-09-05T03:30:00.000+00:00
2019-09-04T20:30:00Z 2019/09/05 20190905 20190904T203000Z 1567654200 1567654200000""".split()
FORMS += ["Thu, 05 Sep 2019 10:30:00 +0700", "Wed, 04 Sep 2019 20:30:00 GMT"]
FORMS += [
    "Kamis, 5 September 2019 10:30 WIB",
    "05/09/2019 10:30",
    "5 Sep 2019",
    "September 5, 2019",
]


def metas() -> list[str]:
    forms = [f'<meta property="{name}" content="2019-09-04T20:30:00Z">' for name in NAMES]
    forms += [f"<meta content='{form}' name='pubdate' />" for form in FORMS]
    return [page(head=form) for form in forms]


def others() -> list[str]:
    data = '<script type="application/ld+json">%s</script>'
    article = (
        '{"@type":"NewsArticle","headline":"J","dateModified":"2019-10-01","datePublished":"%s"}'
    )
    found = [
        page(head=data % (article % "2019-09-04T20:30:00+00:00")),
        page(
            head=data
            % f'{{"@context":"x","@graph":[{{"@type":"WebSite"}},{article % "2019-09-05"}]}}'
        ),
        page(head=data % f"[{article % '2019-09-05T10:30:00+07:00'}]"),
        page(head=data % (article % "2019-09-05")[:-1]),  # not whole
        page(head='<meta itemprop="datePublished" content="2019-09-05">'),
        page(
            head='<meta property="article:modified_time" content="2019-12-01">'
            '<meta property="article:published_time" content="2019-09-05">'
        ),
    ]
    elements = [
        '<time datetime="2019-09-04T20:30:00Z">5 September 2019</time>',
        '<time pubdate datetime="2019-09-05">kemarin</time>',
        '<time class="entry-date published" datetime="2019-09-05T10:30:00+07:00">05/09</time>',
        '<time class="updated" datetime="2019-11-01">1 November</time>'
        '<time class="published" datetime="2019-09-05">5 September</time>',
        '<span class="date-published">Kamis, 05 September 2019 | 10:30 WIB</span>',
        '<div class="post-date">5 Sep 2019</div>',
        '<p class="tanggal">Kamis, 5 September 2019</p>',
        '<abbr class="published" title="2019-09-05T10:30:00+07:00">5 hari lalu</abbr>',
        "<p>Terbit: Kamis, 5 September 2019 10:30 WIB</p>",
        "<p>Diterbitkan 05/09/2019, 10.30 WIB</p>",
    ]
    found += [page(above=element) for element in elements]
    return found


def test_the_day_is_found_in_at_least_sixty_pages_and_wrong_in_one_of_fifty_at_most():
    pages = [*metas(), *others()]
    assert len(pages) >= 58
    days = [made(each).published for each in pages]
    days += [made(page(), url).published for url in ADDRESSES]
    wrong = [n for n, day in enumerate(days) if day is None or abs(day - DAY) > timedelta(days=1)]
    assert len(days) >= 60
    assert len(wrong) <= 0.02 * len(days), wrong
    assert [n for n, day in enumerate(days) if day != DAY] == []


ADDRESSES = (
    "https://kabar.example/2019/09/05/jembatan",
    "https://kabar.example/read/20190905/jembatan",
    "https://kabar.example/berita/2019-09-05-jembatan.html",
)


@pytest.mark.parametrize("hour", range(24))
def test_a_time_in_utc_is_the_day_in_jakarta_at_each_hour(hour):
    head = f'<meta property="article:published_time" content="2019-09-05T{hour:02}:30:00+00:00">'
    assert made(page(head=head)).published == date(2019, 9, 5 + (hour >= 17))


def test_a_modified_time_is_taken_only_where_nothing_else_is_and_noted():
    modified = '<meta property="article:modified_time" content="2019-10-01T08:00:00+07:00">'
    alone = made(page(head=modified))
    assert alone.published == date(2019, 10, 1)
    assert "modified" in alone.date_note
    above = made(page(head=modified, above="<p>Terbit: Kamis, 5 September 2019 10:30 WIB</p>"))
    assert (above.published, above.date_note) == (DAY, "")
    addressed = made(page(head=modified), "https://kabar.example/2019/09/05/jembatan")
    assert addressed.published == DAY
    assert page_dates(page(head=modified)).published == ""


def test_a_dateline_that_says_otherwise_is_noted_and_the_date_believed():
    found = reconcile("2019-09-25", "", "Jakarta, Kamis (5/9/2019) - Gempa mengguncang Pulau Sari.")
    assert found.published == date(2019, 9, 25)
    assert "'Kamis (5/9/2019)'" in found.note
    near = reconcile("2019-09-06", "", "Jakarta, Kamis (5/9/2019) - Gempa mengguncang Pulau Sari.")
    assert near.note == ""


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("lima September dua ribu sembilan belas", DAY),
        ("dua puluh satu Agustus tahun dua ribu sembilan belas", date(2019, 8, 21)),
        ("sebelas Maret seribu sembilan ratus sembilan puluh delapan", date(1998, 3, 11)),
        ("tiga puluh satu September dua ribu sembilan belas", None),
        ("/Date(1567654200000+0700)/", DAY),
        ("1567654200000000", DAY),
        ("20190904T203000Z", DAY),
        ("20190905T203000+07:00", DAY),
    ],
)
def test_days_in_words_and_in_the_forms_of_machines_are_read(written, day):
    assert parse_date(written) == day
