"""Which sentence answers, in a conversation."""

from datetime import date

from warta.assistant.answer import Message
from warta.assistant.question.question import understand
from warta.corpus.article import Article, Passage
from warta.index.hit import Hit
from warta.index.reader.scorer import SentenceScorer

TEXT = (
    "Bupati Ratna Kusumawati memimpin upacara pelantikan camat di Balai Tirta. "
    "Pelantikan camat dipimpin Bupati Ratna Kusumawati. "
    "Camat itu berkantor di sebelah Danu Prasetya."
)
HIT = Hit(Passage("a", 0, TEXT, 0, len(TEXT)), Article("a", "Pelantikan", TEXT), 1.0, 1)
HISTORY = [
    Message("user", "Siapa yang memimpin upacara pelantikan camat?"),
    Message("assistant", "Bupati Ratna Kusumawati, di Balai Tirta."),
]


def asked(question: str, history: list[Message]) -> dict[str, float]:
    understood = understand(question, history, date(2026, 1, 1))
    return dict(SentenceScorer.load().ask(understood).weights)


def test_what_the_conversation_adds_weighs_less_than_the_question_itself():
    alone = asked("Camat berkantor di sebelah siapa?", [])
    after = asked("Ia berkantor di sebelah siapa?", HISTORY)
    assert after["kantor"] == alone["kantor"]
    added = asked("Siapa memimpin upacara pelantikan?", [])["upacara"]
    assert 0 < after["upacara"] < added / 4


def test_the_sentence_that_answers_the_question_itself_comes_first():
    understood = understand("Ia berkantor di sebelah siapa?", HISTORY, date(2026, 1, 1))
    best = SentenceScorer.load().rank(understood, [HIT]).sentences[0]
    assert best.candidate.text == "Camat itu berkantor di sebelah Danu Prasetya."
