"""What belongs beside the sentence that answers, and which articles report one event."""

from datetime import date

from warta.assistant.composing.beside import Weighed, belongs, shared
from warta.assistant.composing.events import NEAR, SAME, likeness
from warta.corpus.article import Article, Passage
from warta.index.candidates import Hit
from warta.index.reader.features import candidates

FIRE = "Kebakaran melanda gudang kapas di Banyugiri. Tiga pemadam terluka saat atap gudang runtuh."
AGAIN = "Gudang kapas di Banyugiri dilanda kebakaran. Atap gudang runtuh dan melukai pemadam."
OTHER = "Festival layang-layang digelar di pantai Arunika. Puluhan peserta datang dari Tirtamaya."


def weighed(id_, title, text, probability, place=1, day=date(2026, 1, 5), number=0):
    article = Article(id_, title, text, day)
    hit = Hit(Passage(id_, 0, text, 0, len(text)), article, 1.0, 1)
    return Weighed(candidates([hit])[number], probability, place)


LEAD = weighed("a", "Gudang kapas terbakar", FIRE, 0.7)


def test_reports_of_one_event_are_alike_and_near_in_time():
    again = weighed("b", "Kebakaran gudang kapas", AGAIN, 0.5)
    late = weighed("c", "Kebakaran gudang kapas", AGAIN, 0.5, day=date(2026, 1, 20))
    other = weighed("d", "Festival layang-layang", OTHER, 0.5)
    assert likeness(LEAD.article, LEAD.article) == 1.0
    assert likeness(LEAD.article, again.article) >= SAME > NEAR
    assert likeness(LEAD.article, late.article) == 0.0
    assert likeness(LEAD.article, other.article) < 0.1
    undated = Article("e", "Kebakaran gudang kapas", AGAIN)
    assert likeness(LEAD.article, undated) == likeness(LEAD.article, again.article)


def test_what_another_event_tells_never_belongs_beside():
    assert not belongs(LEAD, weighed("d", "Festival layang-layang", OTHER, 0.9, 2))


def test_a_sentence_nearly_as_likely_to_answer_belongs_beside():
    assert belongs(LEAD, weighed("a", "Gudang kapas terbakar", FIRE, 0.64, 2, number=1))
    assert not belongs(LEAD, weighed("a", "Gudang kapas terbakar", FIRE, 0.62, 2, number=1))


def test_a_share_of_terms_is_taken_of_the_shorter_text():
    assert shared("Gudang kapas terbakar", "Gudang kapas besar terbakar kemarin") == 1.0
    assert shared("Gudang kapas", "Festival layang-layang") == 0.0
