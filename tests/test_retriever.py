"""Questions to hits: order, filters, copies, and following the live snapshot."""

import shutil
import threading
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from homes import EMBEDDER, article, fill

from warta.corpus.errors import EmbedderMismatch, InputError, NoSnapshot
from warta.index.candidates import Candidates, Hit, Query, Scores
from warta.index.embedding.embedder import LengthEmbedder
from warta.index.query.wording import WordingReader, check_sources
from warta.index.search.retriever import Retriever

FLOOD = article(
    "flood",
    "Banjir melanda Jakarta Timur sejak Senin pagi. Air setinggi satu meter.",
    title="Banjir Jakarta",
    day=date(2019, 9, 10),
)
QUAKE = article(
    "quake",
    "Gempa mengguncang Ambon pada Kamis pagi. Warga mengungsi ke bukit.",
    title="Gempa Ambon",
    day=date(2019, 9, 26),
    source="Tempo.co",
)
UNDATED = article("undated", "Banjir besar pernah melanda kota ini.", title="Sejarah kota")
ARTICLES = [FLOOD, QUAKE, UNDATED]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path / "home", ARTICLES)
    return tmp_path / "home"


@pytest.fixture
def retriever(home: Path) -> Retriever:
    return Retriever.load(home, EMBEDDER)


def _ids(hits: list[Hit]) -> list[str]:
    return [hit.article.id for hit in hits]


def test_the_passage_that_answers_comes_first_with_its_article(retriever: Retriever) -> None:
    first, *_ = retriever.retrieve("Kapan gempa mengguncang Ambon?")
    assert (first.rank, first.article) == (1, QUAKE)
    assert QUAKE.text[first.passage.start : first.passage.end] == first.passage.text
    assert first.coverage == 1.0
    assert -1 <= first.cosine <= 1


def test_ranks_count_from_one_and_scores_never_rise(retriever: Retriever) -> None:
    hits = retriever.retrieve("banjir di kota", k=3)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_the_cosine_is_that_of_question_and_passage_with_headline(retriever: Retriever) -> None:
    (hit,) = retriever.retrieve("gempa", k=1)
    passage = EMBEDDER.embed_passages([f"{QUAKE.title}\n{QUAKE.text}"])[0]
    expected = float(EMBEDDER.embed_queries(["gempa"])[0] @ passage)
    assert hit.cosine == pytest.approx(expected, abs=1e-3)


def test_words_of_the_headline_find_the_passage(home: Path) -> None:
    fill(home, [article("a", "Warga mengungsi.", title="Tsunami"), *ARTICLES])
    assert Retriever(EMBEDDER, home).retrieve("tsunami")[0].article.id == "a"


@pytest.mark.parametrize(
    ("since", "until", "sources", "expected"),
    [
        (None, None, None, {"flood", "quake", "undated"}),
        (date(2019, 9, 11), None, None, {"quake"}),
        (None, date(2019, 9, 10), None, {"flood"}),
        (date(2019, 9, 10), date(2019, 9, 26), None, {"flood", "quake"}),
        (date(2019, 9, 10), date(2019, 9, 10), None, {"flood"}),
        (None, None, ["KOMPAS.com"], {"flood", "undated"}),
        (None, None, ["tempo.co", "kompas.com"], {"flood", "quake", "undated"}),
        (date(2019, 9, 1), None, ["kompas.com"], {"flood"}),
        (None, None, [], set()),
    ],
)
def test_filters_let_only_those_articles_through(
    retriever: Retriever,
    since: date | None,
    until: date | None,
    sources: list[str] | None,
    expected: set[str],
) -> None:
    hits = retriever.retrieve("banjir gempa", 9, since, until, sources)
    assert set(_ids(hits)) == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"query": "  \n"}, "question is empty"),
        ({"k": 0}, "k is 0"),
        ({"since": date(2019, 9, 2), "until": date(2019, 9, 1)}, "ends before it begins"),
        ({"sources": "Kompas.com"}, "sources is the text 'Kompas.com'"),
    ],
)
def test_wrong_arguments_are_named(
    retriever: Retriever, change: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        retriever.retrieve(**{"query": "banjir", **change})  # type: ignore[arg-type]


def test_a_question_without_known_words_still_gets_the_nearest(retriever: Retriever) -> None:
    assert len(retriever.retrieve("?!", k=2)) == 2


def test_a_very_long_question_is_answered(retriever: Retriever) -> None:
    words = " ".join(f"kata{n}" for n in range(5000))
    assert "quake" in _ids(retriever.retrieve(f"{words} gempa Ambon"))


def _long(id_: str, word: str) -> str:
    sentence = f"Laporan {word} {id_} menyebut kejadian itu berlangsung lama sekali di sana. "
    return (sentence * 60).strip()


def test_the_spelling_of_a_question_is_read_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = WordingReader.read
    questions = []
    monkeypatch.setattr(
        WordingReader, "read", lambda self, text: questions.append(text) or read(self, text)
    )
    view = Retriever(EMBEDDER, home).view()
    view.retrieve("gempa di Ambn")
    assert view.corrections("gempa di Ambn") == (("Ambn", "ambon"),)
    assert questions == ["gempa di Ambn"]


def test_at_most_two_passages_of_one_article_come_while_others_are_left(home: Path) -> None:
    articles = [article(id_, _long(id_, "banjir")) for id_ in ("a", "b", "c")]
    fill(home, articles)
    hits = Retriever(EMBEDDER, home).retrieve("laporan banjir", k=6)
    assert sorted(_ids(hits)) == ["a", "a", "b", "b", "c", "c"]
    assert len({(hit.article.id, hit.passage.ordinal) for hit in hits}) == 6


def test_one_article_alone_fills_all_places(home: Path) -> None:
    fill(home, [article("a", _long("a", "banjir"))])
    hits = Retriever(EMBEDDER, home).retrieve("laporan banjir", k=4)
    assert _ids(hits) == ["a"] * 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def _story() -> str:
    return " ".join(f"Kalimat nomor {n} tentang pencurian kotak amal di masjid." for n in range(9))


def test_copies_of_one_story_come_once_and_the_others_stand_in_also(home: Path) -> None:
    copies = [
        article("late", _story(), day=date(2019, 9, 12), source="Tempo.co"),
        article("early", _story(), day=date(2019, 9, 10)),
        article("undated", _story(), source="Antara"),
    ]
    fill(home, [*copies, QUAKE])
    retriever = Retriever(EMBEDDER, home)
    hits = [hit for hit in retriever.retrieve("pencurian kotak amal", k=5) if hit.also]
    assert len({hit.article.id for hit in hits}) == 1
    shown = hits[0].article.id
    rest = [id_ for id_ in ("early", "late", "undated") if id_ != shown]
    assert [item.id for item in hits[0].also] == rest
    (hit,) = retriever.retrieve("pencurian kotak amal", k=1, sources=["antara"])
    assert (hit.article.id, hit.also) == ("undated", ())


def test_of_many_copies_fifty_come_along_and_the_others_are_counted(home: Path) -> None:
    copies = [article(f"c{n}", _story(), source=f"Outlet {n}") for n in range(70)]
    fill(home, [*copies, QUAKE])
    hits = Retriever(EMBEDDER, home).retrieve("pencurian kotak amal", k=5)
    (hit,) = [hit for hit in hits if hit.also]
    assert (len(hit.also), hit.copies) == (50, 69)
    assert len({item.id for item in hit.also} | {hit.article.id}) == 51


def test_an_unknown_outlet_is_named_with_those_there_are(retriever: Retriever) -> None:
    with pytest.raises(InputError) as error:
        retriever.retrieve("gempa", sources=["TEMPO.co", "Antra"])
    assert error.value.what == "No article is from 'Antra'."
    assert error.value.remedy == 'The outlets are "Kompas.com", "Tempo.co".'


def test_of_many_outlets_the_most_alike_are_named_first() -> None:
    known = {f"Media {letter}": 9 for letter in "ABCDEFGHIJ"} | {"Kabar Tirtamaya": 1}
    with pytest.raises(InputError) as error:
        check_sources(["kabar tirtamya"], known)
    assert error.value.remedy.startswith('The outlets are "Kabar Tirtamaya", "Media A"')
    assert error.value.remedy.endswith(" and 3 more.")
    check_sources(["  KABAR  tirtamaya "], known)


class _ByArticle:
    """A ranker that only looks at the number of the article."""

    def __call__(self, query: Query, candidates: Candidates) -> Scores:
        return np.asarray(-candidates.articles, np.float32)


def test_another_ranker_decides_the_order(home: Path) -> None:
    hits = Retriever(EMBEDDER, home, _ByArticle()).retrieve("gempa Ambon")
    assert _ids(hits) == ["flood", "quake", "undated"]


def test_reading_puts_the_passage_that_answers_first_and_deals_out_ranks_and_scores(home: Path):
    retriever = Retriever(EMBEDDER, home, _ByArticle())
    question = "Ke mana warga mengungsi setelah gempa di Ambon?"
    plain = retriever.retrieve(question)
    hits = retriever.retrieve(question, read=True)
    assert _ids(hits)[0] == "quake" != _ids(plain)[0]
    assert sorted(_ids(hits)) == sorted(_ids(plain))
    assert [(hit.rank, hit.score) for hit in hits] == [(hit.rank, hit.score) for hit in plain]
    assert _ids(retriever.retrieve(question, k=1, read=True)) == ["quake"]
    assert retriever.retrieve_many([question], read=True) == [hits]
    with pytest.raises(InputError):
        retriever.retrieve(question, k=0, read=True)


def test_reading_keeps_to_two_passages_of_an_article_while_others_are_left(tmp_path: Path):
    long = article("long", " ".join(f"Gempa {n} mengguncang Ambon pada Kamis." for n in range(400)))
    fill(tmp_path / "home", [long, FLOOD, UNDATED])
    hits = Retriever.load(tmp_path / "home", EMBEDDER).retrieve(
        "Kapan gempa mengguncang Ambon?", k=4, read=True
    )
    assert sorted(_ids(hits)) == ["flood", "long", "long", "undated"]


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    retriever = Retriever(EMBEDDER, tmp_path / "nowhere")
    with pytest.raises(NoSnapshot):
        retriever.view()


def test_an_index_of_another_embedder_is_refused_with_a_remedy(home: Path) -> None:
    with pytest.raises(EmbedderMismatch, match="--rebuild"):
        Retriever.load(home, LengthEmbedder(6))


def test_a_new_snapshot_is_followed_and_a_pinned_view_stays(home: Path) -> None:
    retriever = Retriever.load(home, EMBEDDER)
    pinned = retriever.view()
    fill(home, [QUAKE])
    assert _ids(retriever.retrieve("banjir Jakarta")) == ["quake"]
    assert retriever.view().name == "000002"
    assert _ids(pinned.retrieve("banjir Jakarta"))[0] == "flood"
    assert pinned.article("flood") == FLOOD
    assert pinned.name == "000001"


def test_a_pinned_view_answers_after_its_folder_was_removed(home: Path) -> None:
    pinned = Retriever.load(home, EMBEDDER).view()
    before = pinned.retrieve("gempa Ambon")
    shutil.rmtree(home / "index" / "000001")
    found: list[list[Hit]] = []
    late = threading.Thread(target=lambda: found.append(pinned.retrieve("gempa Ambon")))
    late.start()
    late.join()
    assert found == [before]


def test_a_damaged_new_snapshot_is_not_served(home: Path) -> None:
    retriever = Retriever.load(home, EMBEDDER)
    fill(home, [QUAKE])
    (home / "index" / "000002" / "vectors.faiss").write_bytes(b"junk")
    assert retriever.view().name == "000001"
    assert "vectors.faiss" in retriever.warning
    fill(home, [QUAKE])
    assert retriever.view().name == "000003"
    assert retriever.warning == ""


def test_with_everything_gone_the_view_in_hand_goes_on(home: Path) -> None:
    retriever = Retriever.load(home, EMBEDDER)
    shutil.rmtree(home)
    assert _ids(retriever.retrieve("gempa Ambon"))[0] == "quake"
    assert "goes on being used" in retriever.warning


def test_an_index_of_another_embedder_does_not_replace_the_one_in_use(home: Path) -> None:
    retriever = Retriever.load(home, EMBEDDER)
    from warta.index.building.build import build

    build(home, LengthEmbedder(6), new_embedder=True)
    assert retriever.view().name == "000001"
    assert "length-6" in retriever.warning


def test_what_is_covered_is_told(retriever: Retriever) -> None:
    covered = retriever.view().coverage()
    assert (covered.articles, covered.passages) == (3, 3)
    assert (covered.first, covered.last) == (date(2019, 9, 10), date(2019, 9, 26))
    assert covered.sources == {"Kompas.com": 2, "Tempo.co": 1}


def test_threads_ask_while_snapshots_are_swapped(home: Path) -> None:
    retriever = Retriever.load(home, EMBEDDER)
    failures: list[BaseException] = []
    stop = threading.Event()

    def ask() -> None:
        try:
            while not stop.is_set():
                view = retriever.view()
                for hit in view.retrieve("gempa Ambon banjir", k=3):
                    assert view.article(hit.article.id) == hit.article
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(8):
        fill(home, [*ARTICLES, article(f"new-{n}", f"Berita nomor {n} tentang gempa.")])
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert retriever.view().name == "000009"


def test_of_hundreds_of_copies_fifty_come_with_the_hit_and_their_number(tmp_path):
    text = "Banjir merendam tiga desa di tepi sungai pada Senin malam. " * 3
    fill(tmp_path / "home", [article(f"a{n:03}", text, title="Banjir") for n in range(300)])
    (hit,) = Retriever.load(tmp_path / "home", EMBEDDER).retrieve("banjir desa", k=5)
    assert (len(hit.also), hit.copies) == (50, 299)
    assert len({hit.article.id, *(copy.id for copy in hit.also)}) == 51
