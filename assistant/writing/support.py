"""Is a sentence carried by the passage it cites? Decided by rules, without a model.

Numbers, dates, names and quoted words must stand in the passage in one of their forms; where the
sentence follows one sentence of the passage closely, they must stand in that one, what is denied
must be denied there too, and no content word may be exchanged. What remains of its words must
mostly be the passage's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from warta.assistant.answer import Citation, Sentence
from warta.corpus.language.names import names
from warta.corpus.language.numbers import Fact, facts, same_date
from warta.corpus.language.sentences import sentences
from warta.corpus.language.words import fold, is_english, stems, words

_QUOTED = re.compile(r"[\"“”]([^\"“”]{3,})[\"“”]")
_NEGATIONS = frozenset(
    "tidak tak bukan belum tanpa jangan bukanlah takkan not no never without cannot".split()
) | {"n't"}
_REACH = 2  # words after a negation that it denies
_CLOSE = 0.72  # share of a claim's words in one sentence from which on it follows that one
_CARRIED = 0.5  # share of a claim's words that the passage must hold
# Names that differ by language.
_EXONYMS = {
    "germany": "jerman", "japan": "jepang", "china": "cina", "netherlands": "belanda",
    "dutch": "belanda", "france": "prancis", "england": "inggris", "english": "inggris",
    "britain": "inggris", "british": "inggris", "russia": "rusia", "singapore": "singapura",
    "spain": "spanyol", "spanish": "spanyol", "italy": "italia", "egypt": "mesir",
    "turkey": "turki", "saudi": "arab", "thailand": "thailand", "korea": "korea",
    "south": "selatan", "north": "utara", "west": "barat", "east": "timur",
    "java": "jawa", "sumatra": "sumatera", "moluccas": "maluku", "papua": "papua",
    "indonesian": "indonesia", "malaysian": "malaysia", "portuguese": "portugal",
    "american": "amerika", "america": "amerika", "australian": "australia",
    "german": "jerman", "japanese": "jepang", "french": "prancis", "chinese": "cina",
    "university": "universitas", "minister": "menteri", "ministry": "kementerian",
    "president": "presiden", "governor": "gubernur", "island": "pulau",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Support:
    """`missing` lists what the passage does not hold, as it stands in the sentence."""

    carried: bool
    missing: tuple[str, ...]


@dataclass(frozen=True)
class _Held:
    """What a passage, or one sentence of it, holds."""

    text: str
    words: frozenset[str]
    stems: frozenset[str]
    facts: tuple[Fact, ...]
    denied: frozenset[str]


def check(
    sentence: str, passage: str, *, title: str = "", published: date | None = None
) -> Support:
    """Tell whether `passage` (with its headline and day of publication) carries `sentence`."""
    claim = sentence.strip()
    whole = _held(f"{title}.\n{passage}" if title else passage)
    parts = _parts(passage)
    stemmed = _content(claim)
    near = max(parts, key=lambda part: _share(stemmed, part.stems), default=whole)
    close = _share(stemmed, near.stems) >= _CLOSE
    source = near if close else whole
    abroad = is_english(claim) != is_english(passage)
    missing = [
        *_missing_facts(claim, source, whole, published),
        *_missing_names(claim, source if close else whole, whole),
        *_missing_quotes(claim, passage),
    ]
    if not abroad:
        missing += _changed_negation(claim, near if close else whole, close=close)
        if not missing and not close and _share(stemmed, whole.stems) < _CARRIED:
            missing += _missing_words(claim, whole)
    return Support(not missing, tuple(dict.fromkeys(missing)))


def judged(sentences: Sequence[Sentence], citations: Sequence[Citation]) -> tuple[Sentence, ...]:
    """Return the sentences, each with what the rules say of its support.

    One is judged by what it cites; without any by all citations: it may sum up what others cite.
    """
    known = {citation.number: citation for citation in citations}

    def carried(sentence: Sentence) -> bool:
        cited = [known[n] for n in sentence.citations if n in known] or list(citations)
        return any(_carries(citation, sentence.text) for citation in cited)

    return tuple(replace(each, supported=carried(each)) for each in sentences)


def _carries(citation: Citation, claim: str) -> bool:
    article = citation.article
    return check(
        claim, citation.passage.text, title=article.title, published=article.published
    ).carried


@lru_cache(maxsize=512)
def _held(text: str) -> _Held:
    return _Held(
        text,
        frozenset(re.findall(r"[^\W_]+", fold(text))),
        frozenset(stems(text)),
        facts(text),
        frozenset(_denied(text)),
    )


@lru_cache(maxsize=256)
def _parts(passage: str) -> tuple[_Held, ...]:
    return tuple(_held(passage[span.start : span.end]) for span in sentences(passage))


def _content(claim: str) -> frozenset[str]:
    return frozenset(term for word in words(claim) for term in word.terms)


def _share(claim: frozenset[str], held: frozenset[str]) -> float:
    return len(claim & held) / len(claim) if claim else 0.0


def _missing_facts(claim: str, source: _Held, whole: _Held, published: date | None) -> list[str]:
    day = (Fact("date", published.isoformat(), "", 0, 0),) if published else ()
    missing = []
    for fact in facts(claim):
        # A date may come from anywhere in the passage: sentences lean on the dateline.
        held = whole.facts + day if fact.kind == "date" else source.facts
        if not any(_answers_for(fact, other) for other in held):
            missing.append(claim[fact.start : fact.end])
    return missing


def _answers_for(fact: Fact, other: Fact) -> bool:
    if fact.kind == "date":
        return (other.kind == "date" and same_date(fact.value, other.value)) or (
            other.kind == "date" and same_date(other.value, fact.value)
        )
    if other.kind == "date":
        return fact.value == other.value[:4]
    return fact.value == other.value and (
        fact.unit == other.unit or not fact.unit or not other.unit
    )


def _missing_names(claim: str, source: _Held, whole: _Held) -> list[str]:
    dates = [(fact.start, fact.end) for fact in facts(claim) if fact.kind == "date"]
    missing = []
    for name in names(claim):
        if any(start < name.end and name.start < end for start, end in dates):
            continue
        parts = re.findall(r"[^\W\d_]+", name.text)
        if name.initial and len(parts) == 1 and not parts[0].isupper():
            # One capital at the start says nothing; its words are judged with the others.
            continue
        if not all(_known(part, source, whole) for part in parts):
            missing.append(name.text)
    return missing


def _known(part: str, source: _Held, whole: _Held) -> bool:
    word = fold(part)
    if len(word) == 1 or word in source.words or _EXONYMS.get(word) in source.words:
        return True
    if part.isupper() and len(part) > 1:
        return _is_acronym_of(word, whole.text)
    return bool(set(stems(part)) & source.stems)


def _is_acronym_of(word: str, text: str) -> bool:
    initials = "".join(w[0] for w in re.findall(r"[^\W\d_]+", fold(text)))
    return word in re.findall(r"[^\W_]+", fold(text)) or word in initials


def _missing_quotes(claim: str, passage: str) -> list[str]:
    flat = _flat(passage)
    return [match[1] for match in _QUOTED.finditer(claim) if _flat(match[1]) not in flat]


def _flat(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def _denied(text: str) -> list[str]:
    """Return the stems that stand right after a negation."""
    found: list[str] = []
    listed = re.findall(r"[^\W_]+(?:n['’]t)?", fold(text))
    for at, word in enumerate(listed):
        if word in _NEGATIONS or word.endswith(("n't", "n’t")):
            following = [w for w in listed[at + 1 : at + 1 + _REACH] if w not in _NEGATIONS]
            found += stems(" ".join(following))
    return found


def _changed_negation(claim: str, source: _Held, *, close: bool) -> list[str]:
    denied = frozenset(_denied(claim))
    own = frozenset(stems(claim))
    invented = [stem for stem in denied & source.stems if stem not in source.denied]
    dropped = [stem for stem in source.denied & own if stem not in denied] if close else []
    if denied and not source.denied:
        return ["negation"]
    if close and source.denied and not denied and dropped:
        return ["negation"]
    return ["negation"] if close and invented and dropped else []


def _missing_words(claim: str, whole: _Held) -> list[str]:
    return [
        claim[word.start : word.end]
        for word in words(claim)
        if word.terms and not any(term in whole.stems for term in word.terms)
    ]
