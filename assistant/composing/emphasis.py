"""The words of a sentence that answer: the name, date, number or place that was asked for.

Found by the kind of question alone, so that they can be set in bold. Where nothing of the kind
stands in the sentence, or two names do equally well, nothing is.
"""

import re
from collections.abc import Iterator

from warta.corpus.language.marks import Marks, answering, marks
from warta.corpus.language.offices import TITLE, may_be_a_person
from warta.corpus.language.words import fold
from warta.index.reader.asked import FORMS
from warta.index.reader.features import Asked

_EMPHASISED = frozenset(FORMS) - {"reason", "method", "definition", "other"}
_WEEKDAY = re.compile(
    r"\b(?:senin|selasa|rabu|kamis|jum['’]?at|sabtu|minggu|(?:mon|tues|wednes|thurs|fri|satur|sun)"
    r"day),? \(?$",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b(?:pukul|jam|at) \d{1,2}[.:]\d{2}(?: (?:WIB|WITA|WIT)\b)?", re.IGNORECASE)
_CLOCK_BEFORE = re.compile(r"\b(?:pukul|jam|tanggal) $", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\b(?:orang|korban|jiwa|warga|penumpang|tewas|meninggal|luka\w*|people|victims?|dead|killed)\b",
    re.IGNORECASE,
)
_ASKS_CLOCK = re.compile(r"\b(?:jam|pukul|what time)\b", re.IGNORECASE)
_DATELINE = re.compile(
    r"(?:[A-Za-z.]+\.(?:com|CO|COM|co|id|ID|net)\b,? )?(?P<place>[A-Z]\w+(?: [A-Z]\w+)?)"
    r"(?:, [A-Za-z.]+)?(?: ?[–—]| - |-(?=[A-Z]))"
)
_PLACED = re.compile(r"\b(?:di|ke|dari|in|at|from) $", re.IGNORECASE)
_DOER = re.compile(r"\b(?:oleh|bernama|yaitu|yakni|adalah|by|named),? $", re.IGNORECASE)
_MONTHLIKE = re.compile(
    r"(?:januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember|"
    r"senin|selasa|rabu|kamis|jumat|sabtu|minggu)\b.*",
    re.IGNORECASE,
)
_FURTHER = re.compile(
    r", (?!(?:Senin|Selasa|Rabu|Kamis|Jumat|Sabtu|Minggu)\b)[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*"
)
_DIGITS = re.compile(r"[ ,]*\d.*$")  # "Parepare 25 Juni 1936"
_NOUN = re.compile(r" [a-z]{3,}\b")
_NEAR = 60  # characters from the question's words within which nearness counts
_LEAST = {"name": 2.0, "person": 0.5}  # scores from which on a name is taken
_NAMED = frozenset(("name", "person", "place"))
_TIED = 0.3  # two names whose scores are closer than this do equally well


def answering_words(asked: Asked, sentence: str) -> tuple[int, int] | None:
    """Return the span of `sentence` that answers, None where none can be told."""
    if asked.form not in _EMPHASISED:
        return None
    found = marks(sentence)
    scored = sorted(
        ((-_score(asked, found, start, end), start, end) for start, end in _spans(asked, found))
    )
    if not scored:
        return _dateline(asked, sentence)
    # Nothing needs a bold word so much that the wrong one would do.
    if asked.form in _NAMED and len(scored) > 1 and scored[1][0] - scored[0][0] < _TIED:
        return None
    if -scored[0][0] < _LEAST.get(asked.form, 0.0):
        return None
    return _widened(asked, sentence, scored[0][1], scored[0][2])


def _spans(asked: Asked, found: Marks) -> Iterator[tuple[int, int]]:
    if asked.form == "date" and _ASKS_CLOCK.search(asked.text):
        yield from (match.span() for match in _CLOCK.finditer(found.text))
        return
    dateline = _DATELINE.match(found.text)
    begin = dateline.end() if dateline and asked.form in _NAMED else 0
    initials = {name.start for name in found.names if name.initial and " " not in name.text}
    for start, end in answering(asked.form, found, asked.known):
        words = found.text[start:end]
        if asked.form in _NAMED and (start < begin or _MONTHLIKE.fullmatch(words)):
            continue
        if asked.form in _NAMED and start in initials and not words.isupper():
            continue  # one capital at the start of a sentence says nothing
        if asked.form in ("person", "place"):
            words = _DIGITS.sub("", words)
            end = start + len(words)
            if not words or (asked.form == "person" and not may_be_a_person(words)):
                continue
        if asked.form == "count" and _CLOCK_BEFORE.search(found.text[:start]):
            continue
        yield start, end


def _score(asked: Asked, found: Marks, start: int, end: int) -> float:
    """Return what speaks for a span: nearness to the question's words, and what stands before."""
    places = [place for term, place in found.stems if term in asked.weights]
    gaps = sorted(max(start - place, place - end, 0) for place in places)
    score = sum(1 - min(gap, _NEAR) / _NEAR for gap in gaps[:3])
    before = found.text[max(0, start - 40) : start]
    words = fold(found.text[start:end])
    focused = (place for term, place in found.stems if term == asked.focus)
    if asked.focus and any(start <= place < end or 0 < start - place <= 20 for place in focused):
        score += 1.0
    if asked.form == "count" and asked.focus and words.endswith(asked.focus):
        score += 1.0
    if asked.form == "count" and _PEOPLE.search(asked.text):
        score += 1.0 * bool(_PEOPLE.search(words)) - 1.0 * ("," in words)  # nobody is 6,8 dead
    if asked.form in _NAMED:
        own = words.split()
        # "Direktur Utama PT Pupuk" repeats the question more than it answers it.
        score -= 1.5 * sum(word in asked.known for word in own) / len(own)
    if asked.form == "place":
        score += 1.0 * bool(_PLACED.search(before))
    if asked.form == "person":
        score += 1.0 * bool(_DOER.search(before)) - 1.5 * bool(_PLACED.search(before))
        score += 0.7 * bool(TITLE.search(before[-25:]) or TITLE.match(found.text[start:end]))
        score += 0.5 * (" " in words) - 0.7 * found.text[start:end].isupper()
    return score


def _widened(asked: Asked, sentence: str, start: int, end: int) -> tuple[int, int]:
    """Take in what belongs to the words: day of the week, "WIB", "kios", the province."""
    if asked.form == "date":
        day = _WEEKDAY.search(sentence[:start])
        start = day.start() if day else start
        end += sentence[end : end + 1] == ")" and "(" in sentence[start:end]
    if asked.form == "count" and sentence[start:end][-1:].isdigit():
        noun = _NOUN.match(sentence, end)
        if noun and asked.focus and fold(noun[0].strip()) in asked.known:
            end = noun.end()
    if asked.form == "place":
        further = _FURTHER.match(sentence, end)
        end = further.end() if further and end - start < _NEAR else end
    return start, end


def _dateline(asked: Asked, sentence: str) -> tuple[int, int] | None:
    """Return the place a report is from: it answers where only if nothing else does."""
    found = _DATELINE.match(sentence) if asked.form == "place" else None
    if found is None or fold(found["place"]) in asked.known:
        return None
    return found.span("place")
