"""Where in a sentence the answer stands: the name, number, day or words that are asked for.

Every run of words that may be an answer is judged by what it is, how near it stands to the
question's words, and by learned pairs of what asks ("berapa", "siapa", the noun beside it) and
what stands in and around the run.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from warta.corpus.language.marks import MONEY_UNITS, Marks, answering, marks
from warta.index.reader.asked import FORMS
from warta.index.reader.cues import asking
from warta.index.reader.features import Asked
from warta.index.reader.interaction import read_words
from warta.index.reader.vectors import WordVectors, shipped_vectors
from warta.index.weights import Rows, Trees, read_json

SPANS = Path(__file__).with_name("spans.json")
SIZE = 1 << 14
_KINDS = ("number", "date", "name", "quotation", "words")
_LONGEST = 7  # chunks of a run
_MOST = 60  # chunks of a sentence that are looked at
_REACH = 6  # words beside a run in which the question's words count
_ALONE = -9.0  # score of a rival where there is none
_BREAKS = re.compile(r"[,;:.?!()\"“”–—]")
_QUOTED = re.compile(r"[\"“]([^\"“”]{3,120}?)[.,]?[\"”]")
_TRAIL = re.compile(r"[^\w%]+$")
_TIME_UNITS = frozenset("tahun bulan minggu pekan hari jam menit detik".split())
COLUMNS = (
    *(f"is_{kind}" for kind in _KINDS), "money", "time", "percent", "unit", "fits", "fits_part",
    "rivals", "chunks", "words", "length", "known", "capital", "stops", "digits",
    "before", "after", "near", "far", "gap", "head_before", "head_after", "head_inside",
    "nearness", "head_nearness", "place", "quoted", "bracketed", "ends", "first", "pairs",
    "pairs_gap", *(f"asked_{form}" for form in FORMS),
)  # fmt: skip
"""The columns of `span_rows`, in order."""


@dataclass(frozen=True, slots=True)
class Found:
    """Characters `start:end` of a text that answer with this probability, 0..1, if it does."""

    start: int
    end: int
    probability: float


@dataclass(frozen=True, slots=True)
class WordRun:
    """A run of words that may be an answer: characters `start:end`, words `first:last`."""

    start: int
    end: int
    first: int
    last: int
    kind: str
    unit: str = ""
    chunks: int = 1


def runs(text: str) -> list[WordRun]:
    """Return every run of a sentence that may be an answer, none twice."""
    read, seen = read_words(text), marks(text)
    words = list(zip(read.starts.tolist(), _ends(text, read.starts), strict=True))
    chunks = _chunks(text, words, seen)[:_MOST]
    stop = [not any(read.terms[c.first : c.last]) and c.kind == "words" for c in chunks]
    found: dict[tuple[int, int], WordRun] = {}
    for at, chunk in enumerate(chunks):
        for last in range(at, min(at + _LONGEST, len(chunks))):
            end = chunks[last]
            if last > at and _BREAKS.search(text[chunks[last - 1].end : end.start]):
                break
            if stop[at] or stop[last]:
                continue
            one = chunk if last == at else WordRun(
                chunk.start, end.end, chunk.first, end.last, "words", "", last - at + 1
            )  # fmt: skip
            found.setdefault((one.start, one.end), one)
    for match in _QUOTED.finditer(text):
        inside = [n for n, (s, _) in enumerate(words) if match.start(1) <= s < match.end(1)]
        if inside:
            span = match.span(1)
            found[span] = WordRun(*span, inside[0], inside[-1] + 1, "quotation")
    return list(found.values())


def _ends(text: str, starts: NDArray[np.int64]) -> list[int]:
    """Return where each word ends: a percent sign is a part of it, other marks are not."""
    bounds = [*starts.tolist(), len(text)]
    return [
        start + len(_TRAIL.sub("", text[start:after])) for start, after in pairwise(bounds)
    ]  # fmt: skip


def _chunks(text: str, words: Sequence[tuple[int, int]], seen: Marks) -> list[WordRun]:
    """Return the words of a sentence, those of one number, day or name together."""
    whole: list[tuple[int, int, str, str]] = []
    for fact in seen.facts:
        whole.append((fact.start, fact.end, fact.kind, fact.unit))
    for name in seen.names:
        if not any(s < name.end and name.start < e for s, e, _, _ in whole):
            whole.append((name.start, name.end, "name", ""))
    whole.sort()
    found: list[WordRun] = []
    at = 0
    while at < len(words):
        start, end = words[at]
        over = next((w for w in whole if w[0] < end and start < w[1]), None)
        last = at + 1
        kind, unit = "words", ""
        if over is not None:
            while last < len(words) and words[last][0] < over[1]:
                last += 1
            start, end = min(start, over[0]), max(words[last - 1][1], over[1])
            kind, unit = over[2], over[3]
        found.append(WordRun(start, end, at, last, kind, unit))
        at = last
    return found


def pairs_of(asked: Asked, text: str, found: Sequence[WordRun]) -> list[NDArray[np.int64]]:
    """Return for each run the places of its pairs in a row of SIZE weights."""
    asks = [crc32(f"{sign}|".encode()) for sign in asking(asked)]
    folded = ("^", *read_words(text).folded, "$")
    return [
        np.unique(np.array([crc32(sign.encode(), a) % SIZE for a in asks
                            for sign in _signs(run, text, folded)], np.int64))
        for run in found
    ]  # fmt: skip


def _signs(run: WordRun, text: str, folded: Sequence[str]) -> list[str]:
    """Return what stands in and around a run; `folded` has one word more at each end."""
    first, last = run.first + 1, run.last
    before, after = folded[first - 1], folded[last + 1]
    size = min(run.last - run.first, 6)
    shape = f"{run.kind}{run.unit}"
    return [
        f"k:{shape}", f"l:{size}", f"k:{run.kind}{size}", f"<:{before}", f">:{after}",
        f"<<:{folded[max(first - 2, 0)]}", f"^:{folded[first]}", f"$:{folded[last]}",
        f"k<:{shape}{before}", f"k>:{shape}{after}", f"c:{text[run.start].isupper()}",
        f"p<:{text[max(0, run.start - 1) : run.start]}", f"p>:{text[run.end : run.end + 1]}",
        *(f"t:{word}" for word in dict.fromkeys(folded[first : last + 1])),
    ]  # fmt: skip


def span_rows(
    asked: Asked, text: str, found: Sequence[WordRun], pairs: NDArray[Any], vectors: WordVectors
) -> Rows:
    """Return (n, len(COLUMNS)) float32 of the runs; `pairs` (n,) is what their pairs weigh."""
    read, seen = read_words(text), marks(text)
    met = np.array([max((asked.weights.get(t, 0.0) for t in ts), default=0.0) for ts in read.terms])
    near = _nearness(asked, read.folded, vectors)
    head = _head(asked, read.folded, vectors)
    fits = answering(asked.form, seen, asked.known)
    rows = np.zeros((len(found), len(COLUMNS)), np.float32)
    constant = {f"asked_{form}": float(asked.form == form) for form in FORMS}
    rivals = sum(run.kind in ("number", "date", "name") for run in found)
    best = np.sort(pairs)[::-1][:2] if len(pairs) else np.zeros(0)
    for at, run in enumerate(found):
        row = constant | _row(run, text, met, near, head, fits)
        row["known"] = float(np.mean([w in asked.known for w in read.folded[run.first : run.last]]))
        row["stops"] = float(np.mean([not t for t in read.terms[run.first : run.last]]))
        row |= {"rivals": float(rivals), "pairs": float(pairs[at])}
        row["pairs_gap"] = float(pairs[at] - best[0])
        rows[at] = [row.get(name, 0.0) for name in COLUMNS]
    return rows


def _row(
    run: WordRun,
    text: str,
    met: NDArray[np.float64],
    near: NDArray[np.float64],
    head: NDArray[np.float64],
    fits: Sequence[tuple[int, int]],
) -> dict[str, float]:
    inside = slice(run.first, run.last)
    before, after = slice(max(0, run.first - _REACH), run.first), slice(run.last, run.last + _REACH)
    shared = np.flatnonzero(met > 0)
    outside = shared[(shared < run.first) | (shared >= run.last)]
    gaps = np.where(outside < run.first, run.first - outside, outside - run.last + 1)
    opened = text.count('"', 0, run.start) % 2 + text.count("“", 0, run.start)
    opened -= text.count("”", 0, run.start)
    total = float(met.sum()) or 1.0
    return {
        f"is_{run.kind}": 1.0,
        "money": float(run.unit in MONEY_UNITS), "time": float(run.unit in _TIME_UNITS),
        "percent": float(run.unit == "persen"), "unit": float(bool(run.unit)),
        "fits": float(any(s <= run.start + 1 and run.end - 1 <= e for s, e in fits)),
        "fits_part": float(any(s < run.end and run.start < e for s, e in fits)),
        "chunks": float(run.chunks), "words": float(run.last - run.first),
        "length": float(run.end - run.start), "capital": float(text[run.start].isupper()),
        "digits": float(any(char.isdigit() for char in text[run.start : run.end])),
        "before": float(met[before].sum()) / total, "after": float(met[after].sum()) / total,
        "near": float(met[inside].sum()) / total,
        "far": float(len(outside) == 0), "gap": float(gaps.min()) if len(gaps) else 20.0,
        "head_before": float(head[before][-3:].max(initial=0)),
        "head_after": float(head[after][:3].max(initial=0)),
        "head_inside": float(head[inside].max(initial=0)),
        "nearness": float(near[inside].mean()),
        "head_nearness": float(max(near[before].max(initial=0), near[after].max(initial=0))),
        "place": run.first / max(1, len(met)), "first": float(run.first == 0),
        "quoted": float(opened > 0),
        "bracketed": float(text.count("(", 0, run.start) > text.count(")", 0, run.start)),
        "ends": float(run.last >= len(met)),
    }  # fmt: skip


def _nearness(asked: Asked, folded: Sequence[str], vectors: WordVectors) -> NDArray[np.float64]:
    """Return (w,) the greatest cosine of each word to a word of the question."""
    if not asked.stems or not folded:
        return np.zeros(len(folded))
    own = [w for w, t in zip(read_words(asked.text).folded, read_words(asked.text).terms,
                             strict=True) if t] or list(asked.stems)  # fmt: skip
    return np.asarray((vectors.of(folded) @ vectors.of(own).T).max(1), np.float64)


def _head(asked: Asked, folded: Sequence[str], vectors: WordVectors) -> NDArray[np.float64]:
    """Return (w,) the cosine of each word to the noun that is asked for."""
    if not asked.focus or not folded:
        return np.zeros(len(folded))
    return np.asarray((vectors.of(folded) @ vectors.of([asked.focus]).T)[:, 0], np.float64)


class SpanFinder:
    """Finds the answer in a sentence with learnt weights; safe to share by threads."""

    def __init__(
        self, trees: Trees, pairs: NDArray[np.float32], odds: NDArray[np.float64],
        vectors: WordVectors,
    ) -> None:  # fmt: skip
        self._trees, self._pairs, self._odds, self._vectors = trees, pairs, odds, vectors

    @classmethod
    def load(cls, path: Path = SPANS) -> Self:
        """Read the weights that ship, or those in `path`; raises ConfigError."""
        found = read_json(path)
        pairs = np.zeros(SIZE, np.float32)
        pairs[found["places"]] = found["weights"]
        trees = Trees.from_dict(found["trees"], COLUMNS)
        return cls(trees, pairs * found["scale"], np.array(found["odds"]), shipped_vectors())

    def find(self, asked: Asked, text: str) -> Found | None:
        """Return the run of a sentence that most likely answers, None where there is none."""
        found = runs(text)
        if not found:
            return None
        pairs = np.array([weigh(self._pairs, at) for at in pairs_of(asked, text, found)])
        scores = self._trees(span_rows(asked, text, found, pairs, self._vectors))
        at, sure = judged(found, scores)
        return Found(found[at].start, found[at].end, float(1 / (1 + np.exp(-sure @ self._odds))))


def judged(
    found: Sequence[WordRun], scores: NDArray[np.float64]
) -> tuple[int, NDArray[np.float64]]:
    """Return the place of the likeliest run and (3,) what the log-odds of it are a sum of.

    Its lead over the next best run that shares no character with it, its score, and 1.
    """
    order = np.argsort(-scores, kind="stable").tolist()
    top = found[order[0]]
    apart = (at for at in order if found[at].end <= top.start or top.end <= found[at].start)
    rival = next((float(scores[at]) for at in apart), _ALONE)
    best = float(scores[order[0]])
    return order[0], np.array([best - rival, best, 1.0])


def weigh(weights: NDArray[Any], places: NDArray[np.int64]) -> float:
    """Return what the pairs at `places` speak for a run."""
    return float(weights[places].sum()) / max(1.0, float(np.sqrt(len(places))))


@cache
def shipped_spans() -> SpanFinder:
    """Return the finder with the weights that ship, read once."""
    return SpanFinder.load()
