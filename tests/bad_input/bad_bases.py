"""One invented article as a valid file of every kind that is read."""

import gzip
import html
import io
import json
import textwrap
import zipfile

TITLE = "Warga Kampung Selasih Menanam Bakau di Teluk Arunika"
TEXT = (
    "Warga Kampung Selasih menanam 2.400 bibit bakau di Teluk Arunika, Sabtu (7/2/2026). "
    "Kegiatan itu diikuti 180 orang dari tiga dusun.\n\n"
    "Kepala dusun Wira Palagan mengatakan abrasi telah menggerus pantai sejauh empat meter sejak "
    "2019. “Tahun depan kami menanam dua kali lipat,” katanya di balai dusun.\n\n"
    "Bibit dibagikan oleh Dinas Kehutanan. Penanaman berikutnya dijadwalkan pada 14 Maret 2026."
)
FIELDS = {
    "id": "bakau-1",
    "title": TITLE,
    "text": TEXT,
    "date": "2026-02-07",
    "source": "Kabar Arunika (contoh)",
    "url": "https://arunika.example/bakau",
}
SECOND = {**FIELDS, "id": "bakau-2", "text": "Bakau itu tumbuh setinggi dua meter. " + TEXT}


def page(title: str = TITLE, text: str = TEXT) -> str:
    """A web page with menu, article and footer."""
    body = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n"))
    return (
        f"<!DOCTYPE html><html><head><title>{html.escape(title)}</title>"
        '<meta charset="utf-8"><meta property="article:published_time" content="2026-02-07">'
        '</head><body><nav><ul><li><a href="/">Beranda</a></li></ul></nav><article>'
        f"<h1>{html.escape(title)}</h1>{body}</article><footer>Kabar Arunika</footer></body></html>"
    )


def markdown(fields: dict[str, str] = FIELDS) -> str:
    """Front matter, a heading and the text."""
    front = "".join(f"{name}: {fields[name]}\n" for name in ("date", "source", "url"))
    return f"---\n{front}---\n# {fields['title']}\n\n{fields['text']}\n"


def rss(fields: dict[str, str] = FIELDS) -> str:
    """A feed of one entry; values are put in as they are."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{fields['source']}</title><item><title>{fields['title']}</title>"
        f"<description>{fields['text']}</description><link>{fields['url']}</link>"
        f"<guid>{fields['id']}</guid><pubDate>{fields['date']}</pubDate></item></channel></rss>"
    )


def atom(fields: dict[str, str] = FIELDS) -> str:
    """The same as Atom."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{fields['source']}</title><entry><title>{fields['title']}</title>"
        f'<id>{fields["id"]}</id><link href="{fields["url"]}"/>'
        f"<updated>{fields['date']}</updated><content>{fields['text']}</content></entry></feed>"
    )


def table(fields: dict[str, str] = FIELDS, delimiter: str = ",") -> str:
    """A header and one row, every value in quotes."""
    values = ('"' + value.replace('"', '""') + '"' for value in fields.values())
    return delimiter.join(fields) + "\n" + delimiter.join(values) + "\n"


def nitf(fields: dict[str, str] = FIELDS) -> str:
    """The article as agencies send it."""
    body = "".join(f"<p>{html.escape(part)}</p>" for part in fields["text"].split("\n\n"))
    return (
        f'<?xml version="1.0"?><nitf><head><docdata><doc-id id-string="{fields["id"]}"/>'
        f'<date.issue norm="{fields["date"]}"/></docdata></head><body><body.head><hedline><hl1>'
        f"{fields['title']}</hl1></hedline></body.head><body.content>{body}</body.content></body></nitf>"
    )


def mail(kind: str, text: str) -> bytes:
    """A mail of one part, or a page saved as one."""
    head = f"Subject: {TITLE}\nDate: Sat, 07 Feb 2026 10:30:00 +0700\nMIME-Version: 1.0\n"
    return f"{head}Content-Type: text/{kind}; charset=utf-8\n\n{text}\n".encode()


def docx() -> bytes:
    """The least that is a DOCX, the same bytes each time."""
    office = "http://schemas.openxmlformats.org"
    word = f"{office}/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{part}</w:t></w:r></w:p>" for part in TEXT.split("\n\n"))
    mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{office}/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>'
        f'<Override PartName="/word/document.xml" ContentType="{mime}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{office}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(zipfile.ZipInfo(name, (2026, 2, 7, 0, 0, 0)), content)
    return made.getvalue()


def pdf() -> bytes:
    """A PDF of one page; its table of objects is left to the reader to make."""
    lines = " ".join(
        f"({line}) Tj T*"
        for line in textwrap.wrap(TEXT.replace("“", "").replace("”", ""), 80)
        if "(" not in line
    )
    content = f"BT /F1 11 Tf 14 TL 50 800 Td {lines} ET"
    return (
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n"
        f"4 0 obj\n<< /Length {len(content)} >>\nstream\n{content}\nendstream\nendobj\n"
        "5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n"
        "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n0\n%%EOF"
    ).encode()


def valid() -> dict[str, bytes]:
    """Return a valid file for each ending."""
    two = json.dumps(FIELDS) + "\n" + json.dumps(SECOND) + "\n"
    return {
        ".txt": f"{TITLE}\n\n{TEXT}\n".encode(),
        ".md": markdown().encode(),
        ".html": page().encode(),
        ".json": json.dumps({"articles": [FIELDS, SECOND]}, ensure_ascii=False).encode(),
        ".jsonl": two.encode(),
        ".jsonl.gz": gzip.compress(two.encode(), mtime=0),
        ".csv": table().encode(),
        ".tsv": table(delimiter="\t").encode(),
        ".rss": rss().encode(),
        ".atom": atom().encode(),
        ".nitf": nitf().encode(),
        ".eml": mail("plain", TEXT),
        ".mht": mail("html", page()),
        ".docx": docx(),
        ".pdf": pdf(),
    }
