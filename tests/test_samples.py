import json
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from warta.assistant.answer import Message
from warta.assistant.answering.assistant import Assistant
from warta.corpus.samples import sample_ids, samples_path

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


@pytest.fixture(scope="module")
def items():
    return [json.loads(line) for line in samples_path().read_text("utf-8").splitlines()]


def day_of(item) -> date:
    return datetime.strptime(item["url"].split("/", 3)[3][:10], "%Y/%m/%d").date()


def test_there_are_forty_samples_of_six_outlets(items):
    assert len(items) == 40
    assert len({item["id"] for item in items}) == 40
    assert sample_ids() == {item["id"] for item in items}
    assert Counter(item["media"] for item in items) == {
        "Warta Nusantara (contoh)": 9,
        "Kabar Tirtamaya (contoh)": 9,
        "Sagara Pos (contoh)": 6,
        "Lintas Olahraga (contoh)": 6,
        "Suara Lembayung (contoh)": 5,
        "Humas Dinas Pendidikan Sagara Timur (contoh)": 5,
    }


def test_every_sample_is_marked_as_invented(items):
    for item in items:
        assert item["id"].startswith("contoh-")
        assert item["media"].endswith("(contoh)")
        assert item["url"].split("/")[2].endswith(".example")


def test_samples_have_the_length_of_news_items(items):
    assert all(150 <= len(item["isi"].split()) <= 300 for item in items)


def test_samples_lie_within_two_months_in_order_of_publication(items):
    days = [day_of(item) for item in items]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (date(2026, 1, 5), date(2026, 2, 28))


def test_weekdays_beside_dates_are_right(items):
    pattern = re.compile(rf"({'|'.join(DAYS)}) \((\d+)/(\d+)/(\d+)\)")
    found = [match.groups() for item in items for match in pattern.finditer(item["isi"])]
    assert len(found) > 40
    for name, day, month, year in found:
        assert DAYS[date(int(year), int(month), int(day)).weekday()] == name


def test_the_readme_beside_them_says_so():
    text = (samples_path().parent / "README.md").read_text("utf-8")
    assert "invented for this project" in text


@pytest.fixture(scope="module")
def questions():
    lines = (Path(__file__).parent / "samples_questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_questions_quote_the_samples(questions, items):
    texts = {item["id"]: item["isi"] for item in items}
    assert len(questions) == 40
    for question in questions:
        for evidence in question["evidence"]:
            assert evidence["text"] in texts[evidence["article_id"]]
        found = " ".join(evidence["text"] for evidence in question["evidence"])
        assert bool(found) == (question["kind"] != "unanswerable")


def test_most_questions_over_the_samples_are_answered_right(questions, samples_home):
    """Not a measure of quality: forty articles only show that the whole path works."""
    assistant = Assistant.load(samples_home)
    right: Counter[str] = Counter()
    for question in questions:
        answer = assistant.answer(
            question["question"],
            history=[Message(**turn) for turn in question["history"]],
            today=date.fromisoformat(question["today"]),
        )
        for citation in answer.citations:
            text = citation.article.text
            assert text[citation.start : citation.end] == citation.quote
        if question["kind"] == "unanswerable":
            right["unanswerable"] += answer.status == "abstained"
        else:
            said = answer.text.casefold()
            cited = {citation.article.id for citation in answer.citations}
            right[question["kind"]] += any(
                accepted.casefold() in said for accepted in question["answers"]
            ) and bool(cited & set(question["article_ids"]))
    assert right["fact"] >= 13, right
    assert right["followup"] >= 3, right
    assert right.total() >= 28, right
