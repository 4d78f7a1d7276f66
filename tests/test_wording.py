"""Questions as they are searched: spelling put right, other names added."""

import json
from pathlib import Path

import pytest
from homes import EMBEDDER, article, fill

from warta.corpus.language.aliases import other_names
from warta.corpus.language.words import terms, words
from warta.index.query.spelling import Speller
from warta.index.query.wording import WordingReader
from warta.index.search.retriever import Retriever

PAIRS = Path(__file__).with_name("spelling_pairs.jsonl")
HOW_OFTEN = {"joko": 40, "widodo": 40, "jokow": 60, "kpk": 90, "komisi": 20, "antas": 9,
             "korupsi": 50, "dahlan": 30, "ahmad": 60, "ahmas": 1, "universitas": 70}  # fmt: skip


@pytest.fixture
def reader() -> WordingReader:
    def frequency(term: str) -> int:
        return HOW_OFTEN.get(term, 0)

    return WordingReader(Speller(lambda: list(HOW_OFTEN), frequency), frequency)


def test_a_question_without_slips_or_names_is_searched_as_it_stands(reader: WordingReader) -> None:
    found = reader.read("Siapa rektor universitas?")
    assert (found.text, found.corrected) == ("Siapa rektor universitas?", ())
    assert (found.terms, found.shares.tolist()) == (("rektor", "universitas"), [1, 1])


def test_a_word_that_no_passage_holds_gives_way_to_the_one_that_was_meant(
    reader: WordingReader,
) -> None:
    found = reader.read("rektor Universtas Ahmad Dahln")
    assert found.text == "rektor universitas Ahmad dahlan"
    assert found.corrected == (("Universtas", "universitas"), ("Dahln", "dahlan"))
    assert dict(zip(found.terms, found.shares.tolist(), strict=True)) == pytest.approx(
        {"rektor": 1.0, "universitas": 0.8, "ahmad": 1.0, "dahlan": 0.8}
    )


def test_a_rare_spelling_of_the_archive_stays_and_the_common_one_joins(
    reader: WordingReader,
) -> None:
    found = reader.read("Ahmas Dahlan")
    assert (found.text, found.corrected) == ("Ahmas Dahlan", ())
    assert (found.terms, found.shares.tolist()) == (("ahmas", "dahlan", "ahmad"), [1, 1, 0.5])


def test_the_short_name_brings_the_long_one_and_the_other_way_round(reader: WordingReader) -> None:
    assert reader.read("kata Jokowi").terms == ("jokow", "joko", "widodo")
    assert reader.read("kata Joko Widodo").terms == ("joko", "widodo", "jokow")


def test_a_long_name_that_is_rarer_than_its_acronym_does_not_join(reader: WordingReader) -> None:
    assert reader.read("ketua KPK").terms == ("ketua", "kpk")
    assert "kpk" in reader.read("Komisi Pemberantasan Korupsi").terms


def test_in_english_only_names_are_put_right(reader: WordingReader) -> None:
    found = reader.read("What did the univrsitas say about Dahln?")
    assert found.corrected == (("Dahln", "dahlan"),)


def test_a_page_of_gibberish_is_looked_into_only_in_part(reader: WordingReader) -> None:
    typed = " ".join(f"universta{letter}" for letter in "bcdefghijklmnopqrtuvwxyz")
    assert len(reader.read(typed).corrected) <= 12


@pytest.mark.parametrize(
    ("question", "name", "other"),
    [
        ("anggaran Kemdikbud 2019", "Kemdikbud", "Kementerian Pendidikan dan Kebudayaan"),
        ("Menteri Kesehatan berkata", "Menteri Kesehatan", "Menkes"),
        ("ekspor ke AS naik", "AS", "Amerika Serikat"),
        ("resiko banjir", "resiko", "risiko"),
    ],
)
def test_names_are_found_with_their_others(question: str, name: str, other: str) -> None:
    found = dict(other_names(question, words(question)))
    assert other in found[name]


def test_short_acronyms_count_only_in_capitals() -> None:
    assert other_names("as roda dan bin", words("as roda dan bin")) == []


def test_the_retriever_finds_what_was_misspelt_and_tells(tmp_path: Path) -> None:
    campus = article("campus", "Rektor Universitas Ahmad Dahlan melantik dekan baru.")
    other = article("other", "Banjir melanda Jakarta sejak pagi tadi.")
    fill(tmp_path / "home", [other, campus])
    view = Retriever(EMBEDDER, tmp_path / "home").view()
    (hit,) = view.retrieve("Ahmas Dahlan", k=1)
    assert (hit.article.id, hit.coverage) == ("campus", 1.0)
    assert view.corrections("Ahmas Dahlan") == (("Ahmas", "ahmad"),)


def test_misspelt_questions_find_nearly_what_the_right_ones_find(samples_home: Path) -> None:
    view = Retriever.load(samples_home).view()
    pairs = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    samples = [pair for pair in pairs if pair["archive"] == "samples"]
    assert len(samples) == 30
    found = {"right": 0, "misspelt": 0}
    for pair in samples:
        for form in found:
            hits = view.retrieve(pair[form], k=5)
            ids = {item.id for hit in hits for item in (hit.article, *hit.also)}
            found[form] += not ids.isdisjoint(pair["article_ids"])
    assert found["right"] >= 29
    assert found["misspelt"] >= found["right"] - 1


def test_the_fixture_of_frequencies_is_of_stems() -> None:
    assert terms("Jokowi pemberantasan") == ["jokow", "antas"]
