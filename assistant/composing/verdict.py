"""Whether the archive answers, and what is said where it does not.

Decided by the reader, on the sentence that would be quoted first: it answers (said), the story is
there but not this (near), or nothing of it is (absent). A name is called missing only where the
whole index lacks it.
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from warta.assistant.composing.quotable import opening, quotable
from warta.assistant.refusal import Reason, Refusal
from warta.assistant.texts import Language
from warta.index.candidates import Hit
from warta.index.reader.features import Candidate

if TYPE_CHECKING:
    from warta.assistant.question.understood import Understood
    from warta.index.reader import Reading
    from warta.index.reader.asked import Head
    from warta.index.search.view import View

# Tasks that ask for a topic, not for something in particular: what is found on it answers them.
_TOPICS = frozenset(
    ("summary", "timeline", "latest", "quotes", "comparison", "count", "profile", "find", "keyword",
     "explain")
)  # fmt: skip
_NEAR_TOP = 3  # sentences among which one is looked for that can be quoted
_WANTED: dict[Language, dict["Head", str]] = {
    "id": {
        "person": "siapa orangnya", "office": "jabatannya", "place": "di mana", "day": "kapan",
        "duration": "berapa lama", "age": "umurnya", "price": "berapa nilainya",
        "share": "berapa persen", "rank": "peringkatnya", "score": "skornya",
        "count": "berapa jumlahnya", "reason": "alasannya", "way": "caranya",
        "purpose": "untuk apa", "statement": "perkataan itu", "name": "namanya",
    },
    "en": {
        "person": "who", "office": "which office", "place": "where", "day": "when",
        "duration": "how long", "age": "how old", "price": "how much", "share": "what share",
        "rank": "which rank", "score": "the score", "count": "how many", "reason": "why",
        "way": "how", "purpose": "what for", "statement": "these words", "name": "the name",
    },
}  # fmt: skip


def refused(
    question: "Understood",
    hits: Sequence[Hit],
    reading: "Reading",
    view: "View",
    since: date | None = None,
    until: date | None = None,
    sources: Sequence[str] = (),
) -> Refusal | None:
    """Return why the hits do not answer the first part of `question`, None where they do.

    `since`, `until` and `sources` are the conditions that narrowed the search.
    """
    part = question.first
    missing = view.missing(part.names) if part.names else ()
    # Where a part of the names is there, the others may be slips; of the answerable questions of
    # train 0.006 have no name that the archive holds.
    unknown = bool(missing) and len(missing) == len(part.names)
    # Of 194 lists asked for that are there, 0.04 fall below "said" and none below "near".
    told = {"said", "near"} if part.task == "list" else {"said"}
    if hits and not unknown and (part.task in _TOPICS or reading.verdict in told):
        return None
    if question.unknown_outlets and not question.outlets and not hits:
        return _refusal("outlet", question.unknown_outlets, question, hits, view)
    reason: Reason = "unnamed" if missing else "not_this" if hits else "nothing"
    narrowed = since is not None or until is not None or bool(sources)
    if not hits and narrowed:
        reason = "outside"
    nearest = _nearest(reading) if reason == "not_this" else None
    return _refusal(reason, missing, question, hits, view, nearest, since, until, sources)


def _nearest(reading: "Reading") -> Candidate | None:
    """Return the best sentence that can be quoted, though it is not held for the answer.

    Of 400 kept questions with an answer 23 are declined: 7 of these sentences hold it, 2 of the
    openings of what search puts first.
    """
    best = (quotable(scored.candidate) for scored in reading.sentences[:_NEAR_TOP])
    return next((sentence for sentence in best if sentence), None)


def _refusal(
    reason: Reason,
    missing: Sequence[str],
    question: "Understood",
    hits: Sequence[Hit],
    view: "View",
    sentence: Candidate | None = None,
    since: date | None = None,
    until: date | None = None,
    sources: Sequence[str] = (),
) -> Refusal:
    coverage = view.coverage()
    nearest = sentence.hit if sentence else hits[0] if hits else None
    told = sentence or (opening(nearest) if nearest else None)
    return Refusal(
        reason=reason,
        missing=tuple(missing),
        wanted=_WANTED[question.language].get(question.first.head, ""),
        since=since,
        until=until,
        sources=tuple(sources),
        articles=coverage.articles,
        first=coverage.first,
        last=coverage.last,
        nearest=nearest.article if nearest else None,
        told=told.text if told else "",
    )
