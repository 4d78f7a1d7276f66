"""A deterministic assistant for the tests of page, server and API: no index, no model."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from warta.assistant.answer import Answer, Citation, Note, Receipt, Sentence
from warta.assistant.refusal import Refusal
from warta.corpus.article import Article, Passage
from warta.corpus.errors import InputError
from warta.index.candidates import Hit, Report
from warta.index.search.listing import ListRequest, Results

HOSTILE = (
    "<script>window.broken=1</script>Wali Kota Laguna mengumumkan jadwal pasar. "
    '<img src="https://evil.example/a.png" onerror="window.broken=1"> Pasar dibuka pukul 05.00. '
    '<svg><a href="javascript:window.broken=1">klik</a></svg> [1] [klik](javascript:alert(1)) '
    "![x](https://evil.example/b.png) <form action=https://evil.example><input></form> "
    "\u202enalub\u202c <style>*{display:none}</style> ${window.broken=1} {{value}} $$x$$."
)
ARTICLES = (
    Article(
        "a-1",
        "Festival Perahu Hias Kembali Digelar di Teluk Biru",
        "Festival perahu hias kembali digelar di Teluk Biru pada Sabtu. Panitia mencatat 48 perahu "
        "dari sembilan kecamatan ikut serta.\nJuara pertama memperoleh Rp25 juta. Tahun lalu "
        "festival dibatalkan karena cuaca buruk.",
        date(2026, 2, 14),
        "Harian Teluk (contoh)",
        "https://teluk.example/festival-perahu",
        "id",
    ),
    Article(
        "a-2",
        "Sekolah Laguna Memulai Kelas Sore",
        "Mulai Maret, tiga sekolah di Laguna membuka kelas sore. Kelas itu menampung 240 siswa.",
        date(2026, 1, 20),
        "Kabar Laguna (contoh)",
        "https://laguna.example/kelas-sore",
        "id",
    ),
    Article(
        "x/../<b>3", "<b>Jadwal</b> [klik](javascript:alert(1)) Pasar \u202eLaguna", HOSTILE, None,
        "<i>Media</i>", "javascript:alert(1)", "id",
    ),
)  # fmt: skip
TOPICS = ("Teluk Biru", '<b>perahu</b> "hias"')  # of every conversation


def cited(number: int, article: Article, quote: str, also: tuple[Article, ...] = ()) -> Citation:
    """Cite `quote` out of a passage that is the whole article."""
    start = article.text.index(quote)
    passage = Passage(article.id, 0, article.text, 0, len(article.text))
    return Citation(number, article, passage, quote, start, start + len(quote), also)


def receipt(question: str, **changes: object) -> Receipt:
    """Return a receipt whose values can be asserted."""
    values: dict = {
        "question": question, "query": question, "since": None, "until": None, "sources": (),
        "snapshot": "000001", "writer": "fake", "seconds": 0.12,
    }  # fmt: skip
    return Receipt(**(values | changes))


def quoting(*citations: Citation) -> tuple[Sentence, ...]:
    """Return one sentence for each citation: its quote."""
    return tuple(Sentence(each.quote, (each.number,)) for each in citations)


def answer_to(question: str, **changes: object) -> Answer:
    """Answer by the words of the question: pasar -> hostile, bulan -> abstain, else a festival."""
    told = receipt(question, **changes)
    if "pasar" in question.lower():
        citation = cited(1, ARTICLES[2], HOSTILE[:-1])
        return Answer("answered", (Sentence(HOSTILE[:-1], (1,)),), "id", (citation,), told)
    if "bulan" in question.lower():
        return Answer("abstained", (), "id", (), told, ARTICLES[:2], Refusal("nothing"))
    first = cited(1, ARTICLES[0], "Panitia mencatat 48 perahu dari sembilan kecamatan ikut serta.", (ARTICLES[1],))  # fmt: skip # noqa: E501
    second = cited(2, ARTICLES[1], "Kelas itu menampung 240 siswa.")
    return Answer("answered", quoting(first, second), "id", (first, second), told)


@dataclass
class FakeView:
    """One pinned snapshot."""

    name: str = "000001"
    embedder: str = "fake-256"
    identity: str = "000001-0123456789ab"
    articles: int = 21_912
    passages: int = 60_000
    first: date | None = date(2019, 9, 1)
    last: date | None = date(2019, 10, 15)
    sources: dict[str, int] = field(
        default_factory=lambda: {"Harian Teluk (contoh)": 21_000, "Kabar Laguna (contoh)": 912}
    )
    built: datetime = field(default_factory=lambda: datetime.now(UTC))

    def coverage(self) -> "FakeView":
        return self

    def article(self, article_id: str) -> Article:
        for article in ARTICLES:
            if article.id == article_id:
                return article
        raise InputError(f"There is no article {article_id!r}.", "Ask for one that was cited.")

    def listing(self, wanted: ListRequest) -> Results:
        outlets = list(wanted.sources) or None
        found = FakeRetriever().retrieve(wanted.query, 50, sources=outlets)
        part = found[wanted.offset : wanted.offset + wanted.limit]
        counts = {hit.article.source: 1 for hit in found}
        return Results(tuple(part), wanted.offset, len(found), wanted.match, {}, counts)

    linked: bool = True

    def story(self, article_id: str) -> list[Report]:
        return [Report(self.article(article_id), (), 0)]

    def opened(self, articles: list[Article]) -> list[Hit]:
        return []

    def copies(self, article_id: str) -> list[Article]:
        return []

    def corrected_by(self, article: Article) -> tuple[Article, ...]:
        return ()

    def recent(self, count: int) -> list[Article]:
        return list(ARTICLES[:count])

    def days(self) -> dict[date, int]:
        return {date(2019, 9, 1): 14_000, date(2019, 10, 15): 7_912}


class FakeRetriever:
    """Finds by shared words, in the order of ARTICLES."""

    warning = ""

    def __init__(self) -> None:
        self.read: list[bool] = []

    def view(self) -> FakeView:
        return FakeView()

    def retrieve(self, query, k=5, since=None, until=None, sources=None, read=False) -> list[Hit]:
        self.read.append(read)
        words = set(re.findall(r"\w+", query.lower()))
        hits = []
        for article in ARTICLES:
            if sources and article.source not in sources:
                continue
            if words & set(re.findall(r"\w+", article.text.lower())):
                passage = Passage(article.id, 0, article.text, 0, len(article.text))
                hits.append(Hit(passage, article, 1.0 / (len(hits) + 1), len(hits) + 1))
        return hits[:k]


@dataclass
class FakeAssistant:
    """Writes word by word; keeps what it was asked."""

    retriever: FakeRetriever = field(default_factory=FakeRetriever)
    asked: list[dict] = field(default_factory=list)
    closed: int = 0

    def stream(
        self, question, history=(), today=None, since=None, until=None, sources=None, without=()
    ) -> Iterator[Answer]:
        self.asked.append(
            {"question": question, "history": list(history), "today": today, "since": since,
             "until": until, "sources": sources, "without": without}
        )  # fmt: skip
        told: dict = {"since": since, "until": until, "sources": tuple(sources or ())}
        topics = tuple(topic for topic in TOPICS if topic not in without)
        if history and "itu" in question and topics:  # leans on what was asked before
            note = Note("understood", f"{question} ({'; '.join(topics)})")
            told |= {"topics": topics, "notes": (note,)}
        whole = answer_to(question, without=tuple(without), **told)
        try:
            if "lambat" in question:  # a writer that never ends until it is stopped
                while True:
                    yield Answer("answered", (Sentence("Sebentar"),), "id", (), whole.receipt)
                    time.sleep(0.05)
            if whole.citations and whole.citations[0].article is ARTICLES[0]:
                yield Answer("answered", whole.sentences[:1], "id", whole.citations[:1],
                             whole.receipt)  # fmt: skip
            yield whole
        finally:
            self.closed += 1
