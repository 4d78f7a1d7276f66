"""Is a sentence carried by the passage it cites? What a model wrote becomes a draft by that.

That is decided by rules, and by an NLI model as well only where one is set for a model's drafts.
Numbers, dates, names and quoted words must stand in the passage in one of their forms; where the
sentence follows one sentence of the passage closely, they must stand in that one, what is denied
must be denied there too, and no content word may be exchanged. What remains of its words must
mostly be the passage's.

Of what a model wrote every sentence is held against the passages it cites, and nothing unsupported
is passed off. A marker is kept where its passage carries the sentence, alone or together with the
others it names; a sentence without a marker is carried by nothing. Which passage is meant is the
model's to say, what is shown for it is ours.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from warta.assistant.answer import Citation, Sentence
from warta.assistant.composing.writer import Draft, cite, neutralise
from warta.assistant.texts import Language, day_text
from warta.assistant.writing.entailment import ENTAILED, Entailment
from warta.corpus.language.characters import normalise
from warta.corpus.language.names import names
from warta.corpus.language.numbers import Fact, facts, same_date
from warta.corpus.language.sentences import sentences
from warta.corpus.language.words import fold, is_english, stems, terms, words
from warta.index.candidates import Hit

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
# What a model put out -> what of it is meant for the reader, as plain text.
#
# Thinking parts, what follows the end of the turn, control tokens, tags and Markdown signs go. All
# that remains is text: whoever shows it escapes it.

_TAGS = r"think|thinking|thought|thoughts|reasoning|reflection"
_THINKING = (
    re.compile(rf"<({_TAGS})>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE),
    re.compile(r"\[THINK\].*?(?:\[/THINK\]|\Z)", re.DOTALL),
    re.compile(r"<unused94>.*?(?:<unused95>|\Z)", re.DOTALL),  # Gemma's
)
# Where the template has opened the thinking part, only its end is put out.
_CLOSED = re.compile(rf".*(?:</(?:{_TAGS})>|\[/THINK\]|<unused95>)", re.DOTALL | re.IGNORECASE)
# gpt-oss puts out channels, of which only the last is for the reader.
_CHANNEL, _FINAL = "<|channel|>", re.compile(r".*<\|channel\|>final<\|message\|>", re.DOTALL)
_END = re.compile(
    r"<\|(?:im_end|eot_id|end|end_of_text|endoftext|return|eom_id)\|>|<end_of_turn>|</s>|<eos>"
    r"|<\|(?:im_start|start_header_id|user|start)\|>|<start_of_turn>"
)
_CONTROL = re.compile(r"<\|[^|<>\n]{1,40}\|>|</?(?:s|bos|pad|unk)>|<｜[^｜<>\n]{1,40}｜>")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,500}>|<!--.*?-->")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"\n]*\")?\)")
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*```[^\n]*$", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$", re.MULTILINE)
_STRONG = re.compile(r"\*\*|__(?=\S)|(?<=\S)__|`")


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


def plain(output: str) -> str:
    """Return the reader's part of `output`, also of one that is still growing."""
    text = normalise(output)
    return _without_markdown(_turn(_without_thinking(text))).strip()


def _without_thinking(text: str) -> str:
    if _CHANNEL in text:
        text, found = _FINAL.subn("", text, count=1)
        if not found:
            return ""
    for part in _THINKING:
        text = part.sub("", text)
    return _CLOSED.sub("", text, count=1)


def _turn(text: str) -> str:
    return _CONTROL.sub("", _END.split(text, maxsplit=1)[0])


def _without_markdown(text: str) -> str:
    for pattern in (_TAG, _FENCE, _RULE, _HEADING):
        text = pattern.sub("", text)
    return _STRONG.sub("", _LINK.sub(_linked, text))


def _linked(match: re.Match[str]) -> str:
    """Return a link's words; a marker that was made a link is a marker."""
    return f"[{match[1]}]" if match[1].strip().isdecimal() else match[1]


Unsupported = Literal["mark", "drop"]

# Models write "[1]", "[1, 2]", "【1】", "[^1]" and "[1†source]" for the same thing.
_WRITTEN = re.compile(
    r"\s*(?:\[|【)\^?\s*(\d{1,9}(?:\s*[,;]\s*\d{1,9})*)\s*(?:†[^\]】]*)?(?:\]|】)"
)


class Numbers:
    """Numbers citations by first use; each quote of a passage has one number."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._hits = hits
        self._given: dict[tuple[int, int], int] = {}
        self.citations: list[Citation] = []

    def cite(self, written: int, claim: str) -> int:
        """Return the number under which hits[written − 1] is cited for `claim`."""
        hit = self._hits[written - 1]
        start, end = best_quote(claim, hit)
        number = self._given.setdefault((written, start), len(self._given) + 1)
        if number > len(self.citations):
            self.citations.append(cite(number, hit, start, end))
        return number


def best_quote(claim: str, hit: Hit) -> tuple[int, int]:
    """Return the span in the article of the passage's sentence that shares most with `claim`."""
    wanted = set(terms(claim))
    spans = sentences(hit.passage.text)
    if not spans:
        return hit.passage.start, hit.passage.end

    def shared(span: tuple[int, int]) -> float:
        own = set(terms(hit.passage.text[span[0] : span[1]]))
        return len(wanted & own) / math.sqrt(len(own) + 5)

    start, end = max(((span.start, span.end) for span in spans), key=shared)
    return hit.passage.start + start, hit.passage.start + end


_WORD = re.compile(r"[^\W_]+")
_ITEM = re.compile(r"(?:[-•*–]|\d{1,2}[.)])\s+")
_ENDED = re.compile(r"[.!?…][\"”’)]*$")
# Where words alone might be carried, these must stand in the passage as they are.
_STRANGE = re.compile(
    r"\b(?:https?|ftp|javascript|data|mailto|file):\S*|\bwww\.\S+|\S+@\S+|<[^\s<>][^<>]*>?"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|info|biz|io|id|co|me|ly|xyz|site|online|top|example)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as written, without its markers; `gap` is what parts it from the one before."""

    text: str
    cited: tuple[int, ...]
    gap: str
    item: str


class Checker:
    """Reads what a model writes over `hits`, again and again while it grows.

    `unsupported` says whether sentences that nothing carries are marked or left out.
    `entailment` has a say about those that the rules accept.
    """

    def __init__(
        self,
        hits: Sequence[Hit],
        unsupported: Unsupported = "mark",
        entailment: Entailment | None = None,
    ) -> None:
        self._hits = hits
        self._entailment = entailment
        self._mark = unsupported == "mark"
        self._printed = frozenset(_printed(hits))
        self._judged: dict[tuple[str, tuple[int, ...]], tuple[int, ...]] = {}

    def read(self, output: str, *, done: bool, cut: bool = False) -> Draft:
        """Return the draft of `output` so far; without sentences while nothing in it is carried.

        Until `done` the last sentence waits for its markers; where the output was `cut` it stays
        only if it came to its end.
        """
        found = self._sentences(plain(output))
        if found and (not done or (cut and not _ENDED.search(found[-1].text))):
            found.pop()
        return self._draft(found)

    def _draft(self, found: Sequence["_Sentence"]) -> Draft:
        numbers = Numbers(self._hits)
        gap, told = "", list[Sentence]()
        seen: set[str] = set()
        for sentence in found:
            gap = max(gap, sentence.gap, key=lambda g: (g.count("\n"), len(g)))
            shown = neutralise(sentence.text).rstrip("[【 ")
            key = " ".join(_WORD.findall(fold(shown)))
            if not key or key in seen or (shown.endswith(":") and not sentence.cited):
                continue
            carriers = self._carriers(sentence)
            if not carriers and not self._mark:
                continue
            seen.add(key)
            used = dict.fromkeys(numbers.cite(n, shown) for n in carriers or sentence.cited)
            told.append(
                Sentence(shown, tuple(used), supported=bool(carriers), gap=gap, item=sentence.item)
            )
            gap = ""
        if not any(sentence.supported for sentence in told):
            return Draft(checked=True)
        return Draft(tuple(told), tuple(numbers.citations), checked=True)

    def _carriers(self, sentence: _Sentence) -> tuple[int, ...]:
        """Return those of the cited passages that carry the sentence; () where they do not."""
        key = (sentence.text, sentence.cited)
        if key not in self._judged:
            alone = tuple(n for n in sentence.cited if self._carry(sentence.text, (n,)))
            together = len(sentence.cited) > 1 and self._carry(sentence.text, sentence.cited)
            self._judged[key] = alone or (sentence.cited if together else ())
        return self._judged[key]

    def _carry(self, claim: str, cited: Sequence[int]) -> bool:
        hits = [self._hits[number - 1] for number in cited]
        passage = "\n".join(hit.passage.text for hit in hits)
        title = ". ".join(
            part for h in hits for part in (h.article.source, h.article.title) if part
        )
        if any(strange not in passage for strange in _STRANGE.findall(claim)):
            return False
        days = {hit.article.published for hit in hits}
        if not any(check(claim, passage, title=title, published=day).carried for day in days):
            return False
        if self._entailment is None:
            return True
        premise = "\n".join(_with_head(hit) for hit in hits)
        return self._entailment.probability(premise, claim) >= ENTAILED

    def _sentences(self, text: str) -> list[_Sentence]:
        """Split `text`; a marker belongs to the sentence it follows or, first in a line, opens."""
        bare, markers = self._without_markers(text)
        spans = sentences(bare)
        cited: list[list[int]] = [[] for _ in spans]
        for position, numbers in markers:
            before = [at for at, span in enumerate(spans) if span.start < position]
            opens = bare[:position].rstrip(" ").endswith("\n") or not before
            after = bare[position:].lstrip(" ")
            at = (before[-1] if before else -1) + (opens and after[:1] not in ("", "\n"))
            if 0 <= at < len(spans):
                cited[at] += [n for n in numbers if n not in cited[at]]
        return list(_gathered(bare, cited))

    def _without_markers(self, text: str) -> tuple[str, list[tuple[int, list[int]]]]:
        """Return the text without markers, and where in it they stood with their numbers."""
        out, length, position = [], 0, 0
        markers = []
        for match in _WRITTEN.finditer(text):
            if _surroundings(text, match) in self._printed:
                continue
            between = "\n" if "\n" in match[0].split("[")[0].split("【")[0] else ""
            piece = text[position : match.start()] + between
            out.append(piece)
            length += len(piece)
            markers.append((length, _given(match, self._hits)))
            position = match.end()
            if text[position : position + 1].isalnum():
                out.append(" ")
                length += 1
        out.append(text[position:])
        return "".join(out), markers


def _gathered(bare: str, cited: Sequence[Sequence[int]]) -> Iterator[_Sentence]:
    last = 0
    for span, numbers in zip(sentences(bare), cited, strict=True):
        between = bare[last : span.start]
        gap = "\n\n" if between.count("\n") > 1 else "\n" if "\n" in between else " "
        text = bare[span.start : span.end]
        item = _ITEM.match(text) if gap != " " or not last else None
        begin = item.end() if item else 0
        last = span.end
        yield _Sentence(text[begin:], tuple(numbers), gap, item[0] if item else "")


def _with_head(hit: Hit) -> str:
    """Return a passage below its outlet, day and headline: sentences may lean on these."""
    article = hit.article
    language: Language = "en" if article.language == "en" else "id"
    day = day_text(language, article.published) if article.published else ""
    head = ". ".join(part for part in (article.source, day, article.title) if part)
    return f"{head}.\n{hit.passage.text}" if head else hit.passage.text


def _printed(hits: Sequence[Hit]) -> Iterator[tuple[str, str, str]]:
    """Yield every bracketed number that the passages print, with the words beside it."""
    for hit in hits:
        for match in _WRITTEN.finditer(hit.passage.text):
            yield _surroundings(hit.passage.text, match)


def _given(marker: re.Match[str], hits: Sequence[Hit]) -> list[int]:
    """Return the numbers a match of `_WRITTEN` holds that are hits', in order and once each."""
    wanted = dict.fromkeys(int(number) for number in re.findall(r"\d+", marker[1]))
    return [number for number in wanted if 1 <= number <= len(hits)]


def _surroundings(text: str, match: re.Match[str]) -> tuple[str, str, str]:
    before = _WORD.findall(fold(text[max(0, match.start() - 60) : match.start()]))
    after = _WORD.search(fold(text[match.end() : match.end() + 60]))
    return before[-1] if before else "", match[1].strip(), after[0] if after else ""
