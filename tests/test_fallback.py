"""An assistant with a language model that cannot be relied on."""

from itertools import pairwise

import pytest
from homes import EMBEDDER, fill
from writer_cases import ARTICLES, HITS, QUESTION, TODAY, TRUE, assert_promises_kept

from warta.assistant import Assistant
from warta.assistant.composing.abstain import Verdict
from warta.assistant.composing.extractive import ExtractiveWriter
from warta.assistant.composing.writer import Draft
from warta.assistant.exporting.export import to_json_dict, to_markdown
from warta.assistant.page.render import turn
from warta.assistant.writing.chat import ModelWriter, ScriptedModel, WritingLimits
from warta.assistant.writing.writers import FallbackWriter
from warta.corpus.errors import WriterError
from warta.index.reader.scorer import SentenceScorer
from warta.index.search.retriever import Retriever

ASKED = "Siapa bupati yang membuka kembali Pasar Wonosari?"


class Broken(ScriptedModel):
    """Says its pieces, then the connection is gone."""

    def reply(self, messages, put, stop):
        super().reply(messages, put, stop)
        raise WriterError("The server's answer was cut off in the middle.")


class Willing:
    """Declines no question: what is looked at here is what a model makes of it."""

    def decide(self, question, ranking, hits):
        return Verdict("answered", 1.0, "")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    fill(folder, ARTICLES)
    return folder


def assistant_with(home, writer):
    scorer = SentenceScorer.load()
    chosen = FallbackWriter(writer, ExtractiveWriter(scorer))
    return Assistant(Retriever.load(home, EMBEDDER), chosen, scorer, Willing())


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
    assert any("jawaban ini kutipan" in note for note in answer.receipt.notes)
    assert answer.unsupported == ()


def test_a_stream_that_is_cut_ends_in_quotations_labelled_so(home):
    answer = ask(home, Broken(f"{TRUE} Lalu"))
    assert answer.receipt.writer == (
        "extractive (scripted failed: The server's answer was cut off in the middle)"
    )
    assert "model bahasa gagal, jawaban ini kutipan" in answer.receipt.notes
    quote = answer.citations[0].quote
    assert quote in answer.citations[0].article.text
    assert answer.text.startswith(quote)


def test_unsupported_sentences_of_any_other_writer_are_judged_too(home):
    class Poet:
        name = "poet"

        def write(self, question, hits):
            yield Draft("Bulan bersinar di Atlantis.", ())

    answer = assistant_with(home, Poet()).answer(ASKED, today=TODAY)
    assert answer.unsupported == ("Bulan bersinar di Atlantis.",)


def test_the_extractive_writer_behind_grows_as_it_does_alone():
    quoting = ExtractiveWriter(SentenceScorer.load())
    alone = list(quoting.write(QUESTION, HITS))
    behind = list(FallbackWriter(ModelWriter(ScriptedModel("")), quoting).write(QUESTION, HITS))
    written = [draft for draft in behind if draft.text]
    assert [draft.text for draft in written] == [draft.text for draft in alone]
    assert all(b.text.startswith(a.text) for a, b in pairwise(written))
