"""The retrievers for LangChain and Haystack, in their pipelines, dumped and loaded."""

import asyncio
import os

import pytest

from warta.corpus.article import Article, Passage
from warta.corpus.errors import InputError, NoSnapshot
from warta.index import Retriever
from warta.index.candidates import Hit

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
QUERY = "banjir Lembayung"


@pytest.fixture(scope="module")
def hits(samples_home):
    return Retriever.load(samples_home).retrieve(QUERY, k=3, since="2026-01-14")


@pytest.fixture
def chained(samples_home):
    pytest.importorskip("langchain_core", reason="langchain-core is not installed")
    from warta.integrations.langchain_retriever import WartaLangChainRetriever

    return WartaLangChainRetriever(home=str(samples_home), k=3, since="2026-01-14")


@pytest.fixture
def piped(samples_home):
    pytest.importorskip("haystack", reason="haystack-ai is not installed")
    from warta.integrations.haystack_retriever import WartaHaystackRetriever

    return WartaHaystackRetriever(str(samples_home), top_k=3, since="2026-01-14")


def described(hit) -> dict[str, object]:
    return {
        "article_id": hit.article.id, "title": hit.article.title, "source": hit.article.source,
        "url": hit.article.url, "published": str(hit.article.published), "score": hit.score,
        "rank": hit.rank, "start": hit.passage.start, "end": hit.passage.end,
    }  # fmt: skip


def test_a_chain_finds_what_ours_finds_and_says_where_from(chained, hits):
    found = chained.invoke(QUERY)
    assert [document.page_content for document in found] == [hit.passage.text for hit in hits]
    assert [document.metadata for document in found] == [described(hit) for hit in hits]
    assert len({document.id for document in found}) == 3
    assert asyncio.run(chained.ainvoke(QUERY)) == found
    assert chained.batch([QUERY, QUERY]) == [found, found]


def test_of_a_passage_amid_an_article_both_ends_are_told():
    from warta.integrations.metadata import metadata, passage_id

    article = Article("a", "Banjir", "Hujan turun. " * 40)
    hit = Hit(Passage("a", 2, article.text[260:390], 260, 390), article, 0.5, 4)
    assert metadata(hit) == {**described(hit), "start": 260, "end": 390, "published": None}
    assert passage_id(hit) == "a#2"


def test_a_chain_goes_on_from_it(chained, hits):
    from langchain_core.runnables import RunnableLambda

    titles = chained | RunnableLambda(lambda found: [one.metadata["title"] for one in found])
    assert titles.invoke(QUERY) == [hit.article.title for hit in hits]


@pytest.mark.filterwarnings("ignore:The function `loads` is in beta")
def test_a_chain_dumped_and_loaded_finds_the_same(chained):
    from langchain_core.load import dumps, loads

    chained.invoke(QUERY)  # what is open is not written
    loaded = loads(dumps(chained), allowed_objects=[type(chained)], valid_namespaces=["warta"])
    assert loaded.model_dump() == chained.model_dump()
    assert loaded.invoke(QUERY) == chained.invoke(QUERY)


def test_a_pipeline_finds_what_ours_finds_and_says_where_from(piped, hits):
    from haystack import Pipeline

    line = Pipeline()
    line.add_component("warta", piped)
    found = line.run({"warta": {"query": QUERY}})["warta"]["documents"]
    assert [document.content for document in found] == [hit.passage.text for hit in hits]
    assert [document.score for document in found] == [hit.score for hit in hits]
    assert [document.meta for document in found] == [described(hit) for hit in hits]
    trusted = [type(piped).__module__]  # Haystack asks whose classes a file may name
    loaded = Pipeline.loads(line.dumps(), allowed_modules=trusted)
    assert loaded.run({"warta": {"query": QUERY}})["warta"]["documents"] == found


def test_both_hand_on_that_passages_are_to_be_read(piped, chained, samples_home):
    ours = Retriever.load(samples_home)
    texts = [hit.passage.text for hit in ours.retrieve(QUERY, k=3, read=True)]
    assert texts != [hit.passage.text for hit in ours.retrieve(QUERY, k=3)]
    chain = type(chained)(home=str(samples_home), k=3, read=True)
    line = type(piped)(str(samples_home), top_k=3, read=True)
    for found in (chain.invoke(QUERY), asyncio.run(chain.ainvoke(QUERY))):
        assert [document.page_content for document in found] == texts
    for run in (line.run(QUERY), asyncio.run(line.run_async(QUERY))):
        assert [document.content for document in run["documents"]] == texts
    assert type(line).from_dict(line.to_dict()).read


def test_the_arguments_of_a_run_win(piped, samples_home):
    alone = Retriever.load(samples_home).retrieve(QUERY, k=1, sources=["Sagara Pos (contoh)"])
    run = piped.run(QUERY, top_k=1, since="2026-01-01", sources=["Sagara Pos (contoh)"])
    assert [document.content for document in run["documents"]] == [alone[0].passage.text]
    assert asyncio.run(piped.run_async(QUERY)) == piped.run(QUERY)


def test_our_errors_reach_whoever_asks(chained, piped, tmp_path):
    with pytest.raises(InputError, match="Write a day as 2026-01-31"):
        chained.model_copy(update={"since": "kemarin"}).invoke(QUERY)
    with pytest.raises(NoSnapshot):
        type(piped)(str(tmp_path / "none")).warm_up()
