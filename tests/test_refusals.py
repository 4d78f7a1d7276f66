"""Why a question is not answered, and how that is said."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from warta.assistant.composing.verdict import refused
from warta.assistant.question.understood import Part, Understood
from warta.assistant.refusal import Refusal
from warta.corpus.article import Article, Passage
from warta.index.candidates import Hit
from warta.index.reader.features import Candidate
from warta.index.reader.reader import Scored

ARTICLE = Article(
    "a", "Pasar Selasih [dibuka]", "Bupati Ratna membuka Pasar Selasih. Warga senang.",
    date(2025, 3, 3), "Harian Selatan",
)  # fmt: skip
HITS = (Hit(Passage("a", 0, ARTICLE.text, 0, len(ARTICLE.text)), ARTICLE, 1.0, 1),)


@dataclass(frozen=True)
class Covers:
    articles: int = 1234
    first: date = date(2025, 1, 1)
    last: date = date(2025, 3, 31)


@dataclass(frozen=True)
class View:
    """An archive that holds these names."""

    known: tuple[str, ...] = ("Pasar Selasih",)

    def missing(self, names):
        return tuple(name for name in names if name not in self.known)

    def coverage(self):
        return Covers()


@dataclass(frozen=True)
class Reading:
    verdict: str
    sentences: tuple[Scored, ...] = ()


def asked(**values):
    text = "Berapa harga kios?"
    part = Part(text=text, standalone=text, query=text, subject=text, **values)
    return Understood(text=text, language="id", parts=(part,))


def verdict(said, hits=HITS, **values):
    return refused(asked(**values), hits, Reading(said), View())


def test_what_the_reader_finds_said_is_answered():
    assert verdict("said") is None


@pytest.mark.parametrize("said", ["near", "absent"])
def test_what_is_spoken_of_but_not_said_is_refused_with_what_is_wanted_and_the_nearest(said):
    refusal = verdict(said, head="price")
    assert (refusal.reason, refusal.missing) == ("not_this", ())
    assert refusal.said("id") == (
        "Tidak ditemukan di arsip: ada artikel tentang hal ini, tetapi tidak terlihat yang "
        "menyebut berapa nilainya. Arsip ini memuat 1.234 artikel, terbit 1 Januari 2025 sampai "
        "31 Maret 2025. "
        "Yang paling dekat: “Pasar Selasih ［dibuka］” (Harian Selatan, 3 Maret 2025). "
        "Bupati Ratna membuka Pasar Selasih."
    )


def test_the_sentence_that_comes_closest_is_told_and_its_article_named():
    text = "Kios dibuka Senin. Ia menyewa kios Rp2 juta. Sewa kios Rp3 juta."
    other = Article("b", "Kios baru", text, date(2025, 3, 4), "Harian Utara")
    hit = Hit(Passage("b", 0, text, 0, len(text)), other, 0.9, 2)
    spans = [(text.index("Ia"), text.index(" Sewa")), (text.index("Sewa"), len(text))]
    leaning, alone = (
        Scored(Candidate(hit, start, end, text[start:end], at, 3), -2.0)
        for at, (start, end) in enumerate(spans, 1)
    )
    for best, told in [(leaning, text[: spans[0][1]]), (alone, text[spans[1][0] :])]:
        refusal = refused(asked(), (*HITS, hit), Reading("near", (best,)), View())
        assert refusal.nearest == other
        assert refusal.said("id").endswith(f"“Kios baru” (Harian Utara, 4 Maret 2025). {told}")
    half = "“Kios dibuka Senin."  # nothing closes it
    parted = Hit(Passage("b", 0, half, 0, len(half)), replace(other, text=half), 0.9, 2)
    torn = Scored(Candidate(parted, 0, len(half), half, 0, 1), -2.0)
    assert refused(asked(), HITS, Reading("near", (torn,)), View()).nearest == ARTICLE


def test_a_name_is_called_missing_only_where_the_whole_archive_lacks_it():
    refusal = verdict("said", names=("Pasar Melati",))
    assert (refusal.reason, refusal.missing) == ("unnamed", ("Pasar Melati",))
    assert "tidak ada artikel yang menyebut “Pasar Melati”" in refusal.said("id")
    assert verdict("said", names=("Pasar Selasih", "Pasar Melati")) is None  # may be a slip
    assert verdict("near", names=("Pasar Selasih",)).reason == "not_this"


def test_a_topic_is_answered_with_what_there_is_on_it():
    assert verdict("absent", task="summary") is None
    assert verdict("absent", task="summary", names=("Pasar Melati",)).reason == "unnamed"
    assert verdict("absent", (), task="summary").reason == "nothing"


def test_a_list_is_given_where_its_thing_is_spoken_of():
    assert verdict("near", task="list") is None
    assert verdict("absent", task="list").reason == "not_this"


def test_the_filter_that_held_is_named():
    refusal = refused(
        asked(), (), Reading("absent"), View(), date(2025, 2, 1), None, ("Harian Selatan",)
    )
    assert refusal.reason == "outside"
    assert refusal.said("id", headed=True).startswith(
        "Tidak ada artikel tentang ini yang terbit sejak 1 Februari 2025 di Harian Selatan."
    )
    unnamed = Refusal("unnamed", ("Ani",), since=date(2025, 2, 1), until=date(2025, 2, 1))
    assert unnamed.said("en") == (
        "Not found in the archive: no article on 1 February 2025 mentions “Ani”."
    )


def test_an_outlet_that_the_archive_lacks_is_said():
    question = Understood(
        text="x", language="id", parts=asked().parts, unknown_outlets=("Kabar Bulan",)
    )
    refusal = refused(question, (), Reading("absent"), View())
    assert "media “Kabar Bulan” tidak termasuk dalam arsip ini" in refusal.said("id")
