"""Which words of the answering sentence are set in bold: only where they surely are the answer."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from warta.assistant.composing.beside import Weighed, log_odds
from warta.corpus.language.marks import marks
from warta.corpus.language.numbers import Fact
from warta.corpus.language.offices import is_a_body
from warta.corpus.language.words import fold

if TYPE_CHECKING:
    from warta.assistant.question.understood import Head
    from warta.index.reader import Reading

# Out of fold on train, the words are right in 0.92 of the sentences that answer where the span is
# as sure as 0.7 (set in 0.60 of them). A sentence that does not answer has none: over all answers,
# from no limit on both together, 0.35, 0.5 and 0.6 on, 0.53, 0.41, 0.31, 0.21 have some in bold,
# which are right in 0.60, 0.69, 0.75, 0.79.
_SURE, _BOTH = 0.7, 0.5
_BIAS, _SENTENCE, _SPAN = -0.84, 0.75, 0.36  # log-odds that both are right
# A reason, a way, words or a decision are a clause or all of the sentence: of their likeliest
# words on train 0.5 are right.
_SHORT: frozenset["Head"] = frozenset(
    ("person", "office", "place", "day", "duration", "age", "price", "share", "rank", "score",
     "count", "measure", "meaning", "name", "thing")
)  # fmt: skip


_NUMBERS: frozenset["Head"] = frozenset(
    ("duration", "age", "price", "share", "rank", "score", "count", "measure")
)
_NAMES: frozenset["Head"] = frozenset(("person", "office", "place"))
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
_CLOCK = re.compile(r"(?:pukul|jam) $", re.IGNORECASE)


def marked(lead: Weighed, head: "Head", reading: "Reading") -> Weighed:
    """Return the lead with the value that it tells, and in bold where it surely answers."""
    text = lead.sentence.text
    found = reading.span(text) if head in _SHORT else None
    if found is None or found.probability < _SURE:
        return lead
    span = _of_its_kind(text, (found.start, found.end), head)
    odds = _BIAS + _SENTENCE * log_odds(lead.probability) + _SPAN * log_odds(found.probability)
    return replace(lead, strong=span if odds >= log_odds(_BOTH) else None, value=value(text, span))


def _of_its_kind(text: str, span: tuple[int, int], head: "Head") -> tuple[int, int] | None:
    """Return the span, from its number on where one is asked for, None for another kind.

    A number is no place, and no name or time of day is a number.
    """
    start, end = span
    seen = marks(text)
    if head in _NAMES:
        named = [text[max(start, n.start) : min(end, n.end)] for n in seen.names]
        if head == "person":  # a committee is who, and nobody
            named = [part for part in named if not is_a_body(part)]
        return span if any(_LETTER.search(part) for part in named) else None
    if head in _NUMBERS:
        at = [fact.start for fact in seen.facts if start <= fact.start and fact.end <= end]
        return (at[0], end) if at and not _CLOCK.search(text[: at[0]]) else None
    return span


def value(text: str, span: tuple[int, int] | None) -> frozenset[str]:
    """Return the numbers and days in a span of a text, its words where it has none."""
    if span is None:
        return frozenset()
    facts = {_plain(f) for f in marks(text).facts if span[0] < f.end and f.start < span[1]}
    return frozenset(facts or _WORD.findall(fold(text[slice(*span)])))


def holds(text: str, wanted: frozenset[str]) -> bool:
    """Tell a text that holds every part of a value, however it writes it: "6", "enam"."""
    own = {_plain(fact) for fact in marks(text).facts}
    return bool(wanted) and wanted <= own.union(_WORD.findall(fold(text)))


def _plain(fact: Fact) -> str:
    return f"{fact.value} {fact.unit}"
