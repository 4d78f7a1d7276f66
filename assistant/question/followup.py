"""From a question that leans on the conversation to one that stands alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warta.assistant.answer import Message
from warta.assistant.question.ellipsis import ASKING, OPENS, missing_piece, own_words, put_in
from warta.corpus.dates.phrases import find_range
from warta.corpus.language.names import names
from warta.corpus.language.words import terms
from warta.index.reader.asked import answer_form

_TURNS = 4  # questions back that are looked at
_NAMES = 3  # names taken over from an answer
_FEW = 2  # words of its own with which a question does not yet stand alone
_SOME = 4  # the same where it begins with "terus", "and"
_LONGEST = 2000  # characters of a turn that are read
_SENTENCE = 240  # characters of an answer in which names are looked for


@dataclass(frozen=True, slots=True)
class StandAlone:
    """A question as it stands alone.

    `text` is for reading, `query` for searching, `subject` what a next question would lean on.
    `conditions` is the wording that may name days and outlets: the question's own, else that of
    the one it continues. `followup`: something was taken over from before.
    """

    text: str
    query: str
    subject: str
    conditions: str
    followup: bool


# Words that point back wherever they stand, and those that do so unless what they mean is named.
_POINTS = re.compile(
    r"\b(?:tersebut|tsb|tadi(?!\s+(?:malam|pagi|siang|sore|subuh))|di ?sana|di ?situ|ke ?sana|"
    r"ke ?situ|begitu|demikian)\b",
    re.IGNORECASE,
)
_PRONOUNS = re.compile(
    r"\b(?:dia|ia|beliau|mereka|he|she|they|him|her|his|hers|their|them|it|its|itu|ini|"
    r"that|this|those|these)\b",
    re.IGNORECASE,
)
_PERSONS = re.compile(
    r"\b(?:dia|ia|beliau|mereka|he|she|they|him|her|his|hers|their|them)\b", re.IGNORECASE
)
_ENDS_POINTING = re.compile(r"\b(?:dia|itu|mereka|him|her|it|them)\W*$", re.IGNORECASE)
# "Apa reaksi ICW?" is a reaction to something.
_RELATES = re.compile(
    r"\b(?:reaksi|tanggapan|respons?|komentar|sikap|kata|penyebab|dampak|akibat|alasan|reaction|"
    r"response|comment|say|said|impact)\b",
    re.IGNORECASE,
)
_PLACED = re.compile(r"\b(?:di|ke|dari|in|at|to|from) $", re.IGNORECASE)
_NYA = re.compile(r"\b\w{3,}nya\b", re.IGNORECASE)
_NOT_NYA = frozenset(
    "hanya punya tanya bertanya ditanya biasanya sebenarnya akhirnya katanya nyatanya misalnya "
    "umumnya sepertinya kabarnya harusnya seharusnya sebaiknya artinya maksudnya adanya khususnya "
    "rupanya ternyata sebelumnya selanjutnya berikutnya setidaknya akibatnya caranya tentunya "
    "karenanya olehnya pokoknya resminya kenyataannya mempunyai punyanya".split()
)
_DEFINES = re.compile(r"^\W*(?:apa(?:kah)? itu|what (?:is|are))\s+\w", re.IGNORECASE)
_MARKS = re.compile(r"\[\d+\]|\*\*|[“”\"]")
_STRIPPED = re.compile(
    rf"\b{ASKING}(?:\s+(?:yang|yg|saja|aja|is|are|was|were|did|does|do))?(?!\w)|[?]+",
    re.IGNORECASE,
)


def stand_alone(question: str, history: Sequence[Message], today: date) -> StandAlone:
    """Return the question completed from the last turns of `history`, oldest first.

    What is carried over is the subject of the question before and the names of its answer;
    "kalau di Surabaya?" takes the place of the place asked about before. A question with a
    subject of its own takes nothing over.
    """
    question = " ".join(question[:_LONGEST].split())
    before = _last_question(history)
    if before is None or not question:
        return _alone(question)
    past = history[max(0, before - 2 * _TURNS) : before]
    earlier = stand_alone(history[before].content, past[-2 * _TURNS :], today)
    piece = missing_piece(question, today)
    if piece:
        text = put_in(piece, earlier.text, today)
        return StandAlone(text, text, _subject(text), text, True)
    if not _leans(question, earlier, today):
        return _alone(question)
    answer = next((m.content for m in history[before + 1 :] if m.role == "assistant"), "")
    return _continued(question, earlier, answer, today)


def _last_question(history: Sequence[Message]) -> int | None:
    asked = [at for at, m in enumerate(history) if m.role == "user" and m.content.strip()]
    return asked[-1] if asked else None


def _alone(question: str) -> StandAlone:
    return StandAlone(question, question, _subject(question), question, False)


def _leans(question: str, earlier: StandAlone, today: date) -> bool:
    """Tell whether a question needs the one before."""
    bare = _without_date(question, today)
    if _POINTS.search(bare) or _ENDS_POINTING.search(bare):
        return True
    opened = OPENS.match(bare)
    own = own_words(bare[opened.end() :] if opened else bare)
    named = [n for n in names(bare) if not n.initial or " " in n.text]
    if opened and opened["joint"]:  # "Terus kapan dijual di Indonesia?" names where, not what
        named = [n for n in named if not _PLACED.search(bare[: n.start])]
    points = [m.start() for m in _PRONOUNS.finditer(bare) if not _points_nowhere(m)]
    points += [m.start() for m in _NYA.finditer(bare) if m[0].lower() not in _NOT_NYA]
    shared = bool(set(own) & set(own_words(earlier.text)))
    if points and (shared or len(own) <= 1 or not named):
        return True
    if points:
        # "Kapan Ahmad Dhani bilang dia bebas?" has its subject before the pronoun.
        return named[0].start > max(points)
    if _DEFINES.match(bare):
        return False
    if named or any(c.isdigit() for c in bare):
        relates = _RELATES.search(bare) and len(own) <= _FEW
        return len(own) <= 1 or bool(relates) or (shared and len(own) <= _FEW + 1)
    return len(own) <= (_SOME if opened and opened["joint"] else _FEW)


def _points_nowhere(match: re.Match[str]) -> bool:
    """Tell "apa itu stunting", "said that the …" and "is it true that" from real pointers."""
    word, text = match[0].lower(), match.string
    rest = text[match.end() :]
    if word == "itu":
        return bool(re.search(r"^\W*apa(?:kah)?\s+$", text[: match.start()], re.IGNORECASE))
    if word == "that":
        return bool(re.match(r"\s+(?:the|a|an|he|she|it|they|is|was|are|were|has|[A-Z])", rest))
    return word == "it" and bool(re.match(r"\s+(?:(?:is|was)\s+)?(?:true|said|\w+\s+to)\b", rest))


def _without_date(question: str, today: date) -> str:
    found = find_range(question, today)
    if not found:
        return question
    return " ".join(f"{question[: found.start]} {question[found.end :]}".split())


def _continued(question: str, earlier: StandAlone, answer: str, today: date) -> StandAlone:
    """Say what a question leans on in parentheses after it."""
    asked = OPENS.sub("", question, count=1) or question
    asked = (asked[0].upper() + asked[1:]).rstrip(" ?")
    known = set(own_words(f"{asked} {earlier.subject}"))
    found = _answer_names(answer, today) if _names_meant(question, earlier) else []
    carried = [n for n in found if not set(own_words(n)) <= known]
    # "Sejak kapan beliau melatih Persija" says "pelatih Persija" already.
    before = "" if set(terms(earlier.subject)) <= set(terms(asked)) else earlier.subject
    about = "; ".join(part for part in (", ".join(carried), before) if part)
    query = " ".join(part for part in (asked, before.replace(";", ""), *carried) if part)
    subject = "; ".join(part for part in (earlier.subject, ", ".join(carried)) if part)
    conditions = question if find_range(question, today) else f"{question} {earlier.conditions}"
    text = f"{asked} ({about})?" if about else f"{asked}?"
    return StandAlone(text, query, subject, conditions, True)


def _names_meant(question: str, earlier: StandAlone) -> bool:
    """Tell whether the names of an answer can be what a question points to."""
    form = answer_form(earlier.text)
    return form in ("person", "name", "place", "definition", "other") or bool(
        _PERSONS.search(question)
    )


def _answer_names(answer: str, today: date) -> list[str]:
    """Return the names in an answer's first sentence; dates are none."""
    text = _MARKS.sub("", answer).strip()
    first = re.split(r"(?<=[a-z0-9)])[.!?]\s|\n", text, maxsplit=1)[0][:_SENTENCE]
    short = len(first.split()) <= _FEW + 1
    found = (
        name.text
        for name in names(first)
        if (short or not name.initial or " " in name.text)
        and len(name.text) > _FEW
        and not find_range(name.text, today)
        and not any(c.isdigit() for c in name.text)
    )
    return list(dict.fromkeys(found))[:_NAMES]


def _subject(question: str) -> str:
    """Return a question without its question words: what it is about."""
    text = OPENS.sub("", question, count=1)
    text = re.sub(r"\s+([,;)])", r"\1", " ".join(_STRIPPED.sub(" ", text).split()))
    return re.sub(r"^itu\s+|\s+itu$", "", text.strip(" ,;:-"))
