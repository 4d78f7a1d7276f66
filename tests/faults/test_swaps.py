"""Ten readers ask while snapshots are built and swapped: no error, no mixed answer (F8).

Every article names the round it was written in, so an answer from two snapshots gives itself
away. `WARTA_FAULTS=full` swaps thirty snapshots, otherwise six.
"""

import os
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from homes import EMBEDDER, article, fill

from warta.assistant.answer import Answer
from warta.assistant.answering.assistant import Assistant

pytestmark = pytest.mark.faults

SWAPS = 30 if os.environ.get("WARTA_FAULTS") == "full" else 6
ASKERS, ARTICLES = 10, 30
TODAY = date(2026, 3, 1)


def _articles(round_: int) -> Iterator[object]:
    for n in range(ARTICLES):
        text = (
            f"Banjir merendam {round_ * 1000 + n} rumah di Desa Mekar {n} pada putaran {round_}. "
            f"Kepala Desa Mekar {n} mengatakan kerugian mencapai Rp{round_ + 1} miliar."
        )
        title = f"Banjir di Desa Mekar {n}"
        yield article(f"n{n}", text, title=title, day=date(2026, 2, 1 + n % 28))


def _rounds(answer: Answer) -> set[int]:
    """The rounds of all that an answer cites, every quotation looked up in its article."""
    for citation in answer.citations:
        text = citation.article.text
        assert text[citation.start : citation.end] == citation.quote
        assert text[citation.passage.start : citation.passage.end] == citation.passage.text
    articles = [citation.article for citation in answer.citations]
    articles += [other for citation in answer.citations for other in citation.also]
    return {int(found.text.split("putaran ")[1].split(".")[0]) for found in articles}


def test_ten_readers_get_whole_answers_of_one_snapshot_while_snapshots_are_swapped(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    fill(home, _articles(1))
    assistant = Assistant.load(home, embedder=EMBEDDER)
    done = threading.Event()
    answers: list[list[Answer]] = [[] for _ in range(ASKERS)]
    errors: list[BaseException] = []

    def ask(number: int) -> None:
        turn = number
        while not done.is_set() or len(answers[number]) < 2:
            question = f"Berapa rumah terendam banjir di Desa Mekar {turn % ARTICLES}?"
            try:
                answers[number].append(assistant.answer(question, today=TODAY))
            except BaseException as error:
                errors.append(error)
                return
            turn += 1

    askers = [threading.Thread(target=ask, args=(number,)) for number in range(ASKERS)]
    for asker in askers:
        asker.start()
    try:
        for round_ in range(2, SWAPS + 2):
            assert fill(home, _articles(round_)).snapshot == f"{round_:06d}"
    finally:
        done.set()
        for asker in askers:
            asker.join()
    assert errors == []
    given = [answer for answers_ in answers for answer in answers_]
    answered = [answer for answer in given if answer.citations]
    assert len(answered) > len(given) * 0.9
    for answer in answered:
        assert _rounds(answer) == {int(answer.receipt.snapshot)}
    assert len({answer.receipt.snapshot for answer in given}) > SWAPS // 2
    assert assistant.answer("Banjir di Desa Mekar 3?", today=TODAY).receipt.snapshot == (
        f"{SWAPS + 1:06d}"
    )
