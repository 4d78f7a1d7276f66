"""One invented article as a valid file of every kind that is read."""

import gzip
import html
import json

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
    }
