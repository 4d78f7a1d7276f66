"""The writer of all language models, with one that says what the test wants."""

import pytest
from writer_cases import PLAN, QUESTION, TRUE, assert_promises_kept, told, unsupported

from warta.assistant.writing.writers import ModelWriter, ScriptedModel, WritingLimits
from warta.corpus.errors import WriterError


class Failing(ScriptedModel):
    """Says its pieces and breaks."""

    def __init__(self, error, *pieces):
        super().__init__(*pieces)
        self._error = error

    def reply(self, messages, put, stop):
        super().reply(messages, put, stop)
        raise self._error


class Small(ScriptedModel):
    """Has room for one passage."""

    def fits(self, messages):
        return "[2]" not in messages[1].content


def last(model, **limits):
    *_, draft = ModelWriter(model, WritingLimits(**limits)).write(QUESTION, PLAN)
    assert_promises_kept(draft)
    return draft


def test_the_last_draft_is_the_checked_answer():
    draft = last(ScriptedModel("Bupati Ratna Kusumawati mem", "buka Pasar Wonosari [", "1]."))
    assert told(draft) == "Bupati Ratna Kusumawati membuka Pasar Wonosari. [1]"
    assert (draft.notes, draft.writer) == ((), "")


def test_every_request_has_a_marker_of_its_own():
    model = ScriptedModel(TRUE)
    last(model)
    last(model)
    one, other = ("".join(message.content for message in asked) for asked in model.asked)
    assert one != other


def test_a_model_that_never_stops_is_cut_and_the_answer_says_so():
    draft = last(ScriptedModel(TRUE, " Semua pedagang kaya raya.", ends=False), tokens=20)
    assert told(draft).startswith("Bupati Ratna Kusumawati membuka kembali Pasar Wonosari. [1]")
    assert [note.text for note in draft.notes] == ["jawaban model bahasa dipotong pada batasnya"]
    assert len(told(draft)) < 400


def test_the_time_limit_holds_for_a_model_that_says_nothing():
    assert told(last(ScriptedModel("", ends=False), seconds=0.3)) == ""


def test_leaving_stops_the_model():
    class Watched(ScriptedModel):
        def reply(self, messages, put, stop):
            self.stop = stop
            return super().reply(messages, put, stop)

    model = Watched(TRUE, " ", ends=False)
    drafts = ModelWriter(model, WritingLimits(tokens=10**6)).write(QUESTION, PLAN)
    next(drafts)
    drafts.close()
    assert model.stop.is_set()


def test_passages_that_do_not_fit_are_left_out_and_their_numbers_unknown():
    model = Small(f"Pedagang Pasar Wonosari mengeluhkan air [2]. {TRUE}")
    draft = last(model)
    assert "[2]" not in model.asked[0][1].content
    assert [c.article.id for c in draft.citations] == ["pasar-1"]
    assert unsupported(draft) == ("Pedagang Pasar Wonosari mengeluhkan air.",)


def test_no_more_passages_are_shown_than_is_set():
    model = ScriptedModel(TRUE)
    last(model, passages=1)
    assert "\n[2] " not in model.asked[0][1].content


@pytest.mark.parametrize("error", [WriterError("The model broke."), RuntimeError("out of memory")])
def test_whatever_breaks_is_a_writer_error(error):
    with pytest.raises(WriterError, match=r"The model broke|RuntimeError in the model"):
        last(Failing(error, TRUE))
