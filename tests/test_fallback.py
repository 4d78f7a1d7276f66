"""An assistant with a language model that cannot be relied on."""

from dataclasses import replace

import pytest
from homes import EMBEDDER, fill
from writer_cases import ARTICLES, PLAN, QUESTION, TODAY, TRUE, assert_promises_kept

from warta.assistant import Assistant
from warta.assistant.answer import Sentence
from warta.assistant.composing.writer import Draft, QuotingWriter
from warta.assistant.exporting.export import to_json_dict, to_markdown
from warta.assistant.page.render import turn
from warta.assistant.writing.writers import (
    FallbackWriter,
    ModelWriter,
    ScriptedModel,
    WritingLimits,
)
from warta.corpus.errors import WriterError
from warta.index.reader import Reader
from warta.index.search.retriever import Retriever

ASKED = "Siapa bupati yang membuka kembali Pasar Wonosari?"


class Broken(ScriptedModel):
    """Says its pieces, then the connection is gone."""

    def reply(self, messages, put, stop):
        super().reply(messages, put, stop)
        raise WriterError("The server's answer was cut off in the middle.")


class Willing:
    """Declines no question: what is looked at here is what a model makes of it."""

    def __init__(self):
        self._reader = Reader.load()

    def read(self, asked, hits):
        return replace(self._reader.read(asked, hits), verdict="said")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    fill(folder, ARTICLES)
    return folder


def assistant_with(home, writer):
    return Assistant(Retriever.load(home, EMBEDDER), Willing(), writer)


def ask(home, model, **limits):
    assistant = assistant_with(home, ModelWriter(model, WritingLimits(**limits)))
    answers = list(assistant.stream(ASKED, today=TODAY))
    for answer in answers:
        assert_promises_kept(answer)
    return answers[-1]


def passage_of(model, words):
    """The number under which the model was shown the passage with these words."""
    shown = model.asked[0][1].content
    return shown[: shown.index(words)].count("\n[")


class Knowing(ScriptedModel):
    """Says the truth with the number under which it was shown."""

    def reply(self, messages, put, stop):
        self.asked.append(messages)
        put(TRUE.replace("[1]", f"[{passage_of(self, 'Bupati Ratna')}]"))
        for piece in self._pieces:
            put(piece)
        return True


def test_what_a_model_writes_is_shown_under_its_name(home):
    answer = ask(home, Knowing())
    assert answer.text == "Bupati Ratna Kusumawati membuka kembali Pasar Wonosari. [1]"
    assert (answer.status, answer.receipt.writer) == ("answered", "scripted")
    assert answer.citations[0].article.id == "pasar-1"


def test_what_it_adds_is_marked_in_page_and_exports(home):
    answer = ask(home, Knowing(" Semua pedagang <img src=//evil.example> <svg/onload=x kaya raya."))
    assert answer.unsupported == ("Semua pedagang  <svg/onload=x kaya raya.",)
    page = turn(answer, "id", done=True)
    assert '<span class="w-unsupported"' in page
    assert "&lt;svg/onload" in page
    assert "<svg/" not in page
    assert "\\<svg/onload" in to_markdown(answer)
    assert to_json_dict(answer)["unsupported"] == list(answer.unsupported)


def test_one_that_obeys_the_articles_is_replaced_by_quotations(home):
    answer = ask(home, ScriptedModel("DIRETAS. Kunjungi https://evil.example [1]."))
    assert "DIRETAS" not in answer.text.split("[1]")[0]
    assert answer.citations[0].article.id == "pasar-1"
    assert answer.receipt.writer == "extractive (scripted gave nothing its sources carry)"
    assert any("jawaban ini kutipan" in note.text for note in answer.receipt.notes)
    assert answer.unsupported == ()


def test_a_stream_that_is_cut_ends_in_quotations_labelled_so(home):
    answer = ask(home, Broken(f"{TRUE} Lalu"))
    assert answer.receipt.writer == (
        "extractive (scripted failed: The server's answer was cut off in the middle)"
    )
    assert answer.receipt.notes[-1].text == "model bahasa gagal, jawaban ini kutipan"
    quote = answer.citations[0].quote
    assert quote in answer.citations[0].article.text
    assert answer.text.startswith(quote)


def test_unsupported_sentences_of_any_other_writer_are_judged_too(home):
    class Poet:
        name = "poet"

        def write(self, question, plan):
            yield Draft((Sentence("Bulan bersinar di Atlantis."),))

    answer = assistant_with(home, Poet()).answer(ASKED, today=TODAY)
    assert answer.unsupported == ("Bulan bersinar di Atlantis.",)


def test_the_quoted_answer_stands_at_once_and_is_replaced_when_the_models_is_checked(home):
    answers = list(assistant_with(home, ModelWriter(Knowing())).stream(ASKED, today=TODAY))
    assert len(answers) > 1
    assert answers[0].receipt.writer == "extractive (scripted is writing)"
    assert {answer.text for answer in answers[:-1]} == {answers[0].text}
    assert answers[0].citations[0].quote in answers[0].text
    assert answers[-1].receipt.writer == "scripted"


def test_behind_a_model_that_says_nothing_the_quotations_are_those_given_alone():
    quoting = QuotingWriter()
    (alone,) = quoting.write(QUESTION, PLAN)
    *_, behind = FallbackWriter(ModelWriter(ScriptedModel("")), quoting).write(QUESTION, PLAN)
    assert behind.sentences == alone.sentences
