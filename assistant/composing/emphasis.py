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
    from warta.index.reader.asked import Head

# Fitted on 470 first sentences of newer questions that the encoder never saw; 0.68 of their spans
# are right. From 0.65, 0.7, 0.75 on both together 0.57, 0.50, 0.45 have some in bold, right in
# 0.82, 0.85, 0.87; of facts 0.63, 0.58, 0.51, right in 0.87, 0.89, 0.92.
_SURE, _BOTH = 0.5, 0.7
_BIAS, _SENTENCE, _SPAN = 0.27, 0.72, 0.30  # log-odds that both are right
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


def marked(lead: Weighed, head: "Head") -> Weighed:
    """Return the lead with the value that it tells, and in bold where it surely answers."""
    sentence, found = lead.sentence, lead.found
    if found is None or head not in _SHORT or found.probability < _SURE:
        return lead
    start, end = max(found.start, sentence.start), min(found.end, sentence.end)
    if start >= end:
        return lead
    span = _of_its_kind(sentence.text, (start - sentence.start, end - sentence.start), head)
    odds = _BIAS + _SENTENCE * log_odds(lead.probability) + _SPAN * log_odds(found.probability)
    said = value(sentence.text, span)
    return replace(lead, strong=span if odds >= log_odds(_BOTH) else None, value=said)


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
