"""What speaks for a sentence as the answer to a question, as numbers.

One row per candidate sentence, columns in the order of `FEATURES`. All that is learnt about
sentences is learnt on these columns; their order and meaning change only with new weights.
"""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from warta.corpus.language.marks import CUES, Marks, answering, known_words, marks, stem, stem_list
from warta.corpus.language.sentences import sentences
from warta.corpus.language.words import fold, query_terms, terms
from warta.index.candidates import Hit
from warta.index.query.lexicon import Alternatives
from warta.index.reader.asked import FORMS, asking_of
from warta.index.weights import Rarity

QUESTION_WORDS = ("apa", "siapa", "kapan", "dimana", "mana", "berapa", "mengapa", "bagaimana")
FEATURES = (
    # words shared with the question, weighted by rarity
    "cover", "cover_near", "cover_passage", "cover_plain", "rarest", "rarest_near",
    "bigrams", "window", "bm25", "bm25_gap", "cover_gap", "names_shared", "names_near",
    "names_whole", "names_broken", "names_missing", "numbers_shared", "focus_shared",
    "verb_shared", "missing_rarity", "order",
    # the sentence by itself and in its passage
    "length", "short", "long", "position", "first_in_article", "last_in_passage", "dangling",
    "is_question", "is_quote", "names", "facts", "starts_with_shared",
    # its passage among the hits
    "rank", "passage_bm25", "passage_bm25_gap", "cover_passage_gap", "same_article_hits",
    # what the answer looks like
    "fits", "fits_count", "fits_distance", "fits_after", "fits_cover", "fits_before_shared",
    "cue", "new_names", "new_dates", "new_numbers", "parenthesis", "definition_lead", "new_share",
    "fits_only_here",
    *(f"asked_{form}" for form in FORMS),
    *(f"word_{word}" for word in QUESTION_WORDS), "english",
)  # fmt: skip
_K1, _B = 1.2, 0.6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit: `hit.article.text[start:end] == text`; `ordinal` in its passage."""

    hit: Hit
    start: int
    end: int
    text: str
    ordinal: int
    siblings: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the features need of the question.

    `wanted`: for each of its terms what may stand for it, weighted by rarity; `weights` the same
    of every term by itself. `own`: the question as typed, without what the conversation adds.
    """

    text: str
    form: str
    stems: tuple[str, ...]
    known: frozenset[str]
    wanted: tuple[Alternatives, ...]
    weights: Mapping[str, float]
    names: tuple[str, ...]
    name_runs: tuple[tuple[str, ...], ...]
    numbers: frozenset[str]
    focus: str
    word: str
    english: bool
    own: str = ""

    @property
    def total(self) -> float:
        """Sum of the weights of its terms."""
        return sum(group[0][1] for group in self.wanted)


def candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """Return the sentences of the hits' passages in their order; none twice."""
    seen: set[tuple[str, int]] = set()
    out: list[Candidate] = []
    for hit in hits:
        spans = sentences(hit.passage.text)
        for ordinal, span in enumerate(spans):
            start = hit.passage.start + span.start
            if (hit.article.id, start) in seen:
                continue
            seen.add((hit.article.id, start))
            text = hit.passage.text[span.start : span.end]
            end = hit.passage.start + span.end
            out.append(Candidate(hit, start, end, text, ordinal, len(spans)))
    return out


def ask(question: str, rarity: Rarity, translated: Sequence[Alternatives] | None = None) -> Asked:
    """Read a question as the features want it.

    `translated`: for an English question what may stand for each of its terms.
    """
    read = marks(question)
    asking = asking_of(question)
    word = asking.typed
    stems = tuple(query_terms(question))
    runs = (tuple(terms(name.text)) for name in read.names)
    alike = translated if translated is not None else [((term, 1.0),) for term in stems]
    wanted = tuple(
        tuple((term, share * rarity.by_term.get(term, rarity.unseen)) for term, share in group)
        for group in alike
    )
    return Asked(
        text=question,
        form=asking.form,
        stems=stems,
        known=known_words(question),
        wanted=wanted,
        weights={term: weight for group in reversed(wanted) for term, weight in reversed(group)},
        name_runs=tuple(run for run in runs if len(run) > 1 and stem(word) not in run),
        names=tuple({stem(w) for n in read.names for w in fold(n.text).split()} - {"", stem(word)}),
        numbers=frozenset(fact.value for fact in read.facts),
        focus=stem(asking.noun),
        word="dimana" if word == "mana" and "di mana" in fold(question) else word,
        english=translated is not None,
        own=question,
    )


def feature_matrix(asked: Asked, found: Sequence[Candidate]) -> NDArray[np.float32]:
    """Return (n, len(FEATURES)) float32, a row for each candidate in order.

    Scores and cosines of the retriever are left out: they tell more about the questions an
    embedder or a ranker was trained on than about others, and change with both.
    """
    pool = [marks(candidate.text) for candidate in found]
    columns: dict[str, NDArray[np.float64]] = {}
    columns |= _shared(asked, found, pool)
    columns |= _alone(asked, found, pool)
    columns |= _hits(found)
    columns |= _looks(asked, pool)
    constant = {f"asked_{form}": float(asked.form == form) for form in FORMS}
    constant |= {f"word_{word}": float(asked.word == word) for word in QUESTION_WORDS}
    constant["english"] = float(asked.english)
    rows = np.zeros((len(found), len(FEATURES)), dtype=np.float32)
    for at, name in enumerate(FEATURES):
        rows[:, at] = columns[name] if name in columns else constant.get(name, 0.0)
    return rows


def _shared(
    asked: Asked, found: Sequence[Candidate], pool: Sequence[Marks]
) -> dict[str, NDArray[np.float64]]:
    rows = [_overlap(asked, at, found, pool) for at in range(len(pool))]
    columns = {name: np.array([row[name] for row in rows]) for name in (rows[0] if rows else ())}
    for name in ("bm25", "cover", "passage_bm25", "cover_passage"):
        if rows:
            columns[f"{name}_gap"] = columns[name] - columns[name].max()
    return columns


def _overlap(
    asked: Asked, at: int, found: Sequence[Candidate], pool: Sequence[Marks]
) -> dict[str, float]:
    sentence, candidate = pool[at], found[at]
    stems = [s for s, _ in sentence.stems]
    own = set(stems)
    # The headline travels with every sentence as its neighbours do: it names what they leave out.
    title = set(stem_list(candidate.hit.article.title))
    near = own | title | _neighbours(at, found, pool)
    passage = stem_list(candidate.hit.passage.text)
    rare = sorted(asked.wanted, key=lambda group: -group[0][1])[:2]
    pairs = list(pairwise(asked.stems))
    own_pairs = set(pairwise(stems))
    return {
        "cover": _cover(asked, own),
        "cover_near": _cover(asked, near),
        "cover_passage": _cover(asked, set(passage) | title),
        "passage_bm25": _bm25(asked, passage, 60.0),
        "cover_plain": _ratio(sum(map(partial(_met, own), asked.wanted)), len(asked.wanted)),
        "rarest": _ratio(sum(map(partial(_met, own), rare)), len(rare)),
        "rarest_near": _ratio(sum(map(partial(_met, near), rare)), len(rare)),
        "bigrams": _ratio(sum(pair in own_pairs for pair in pairs), len(pairs)),
        "window": _window(asked, stems),
        "bm25": _bm25(asked, stems),
        "names_shared": _ratio(sum(s in own for s in asked.names), len(asked.names)),
        "names_near": _ratio(sum(s in near for s in asked.names), len(asked.names)),
        "names_missing": _ratio(
            sum(s not in near and s not in passage for s in asked.names), len(asked.names)
        ),
        **_name_runs(asked, stems),
        "numbers_shared": _ratio(
            len({f.value for f in sentence.facts} & asked.numbers), len(asked.numbers)
        ),
        "focus_shared": float(asked.focus in own) if asked.focus else 0.5,
        "verb_shared": float(bool(asked.stems) and asked.stems[-1] in own),
        "missing_rarity": missing_terms(asked, near)[1],
        "order": _in_order(asked.stems, stems),
    }


def _name_runs(asked: Asked, stems: Sequence[str]) -> dict[str, float]:
    """Tell names that stand there whole from those of which only a part does.

    "BPMP Maluku Utara" is not "BPMP Maluku": a sentence on the one says nothing of the other.
    """
    joined = f" {' '.join(stems)} "
    whole = [f" {' '.join(run)} " in joined for run in asked.name_runs]
    part = [any(f" {s} " in joined for s in run) for run in asked.name_runs]
    count = len(asked.name_runs)
    broken = sum(p and not w for p, w in zip(part, whole, strict=True))
    return {"names_whole": _ratio(sum(whole), count), "names_broken": _ratio(broken, count)}


def _neighbours(at: int, found: Sequence[Candidate], pool: Sequence[Marks]) -> set[str]:
    near: set[str] = set()
    for other in (at - 1, at + 1):
        if 0 <= other < len(pool) and found[other].hit.passage is found[at].hit.passage:
            near |= {s for s, _ in pool[other].stems}
    return near


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _cover(asked: Asked, stems: set[str]) -> float:
    found = 0.0
    for group in asked.wanted:
        found += next((weight for term, weight in group if term in stems), 0.0)
    return _ratio(found, asked.total)


def _met(stems: set[str], group: Alternatives) -> bool:
    return any(term in stems for term, _ in group)


def missing_terms(asked: Asked, stems: Set[str]) -> tuple[float, float]:
    """Return what of the question `stems` do not hold: share of its terms, rarity of the rarest."""
    rarities = [
        group[0][1] for group in asked.wanted if not any(term in stems for term, _ in group)
    ]
    return _ratio(len(rarities), len(asked.wanted)), max(rarities, default=0.0)


def _window(asked: Asked, stems: Sequence[str], width: int = 10) -> float:
    best = 0.0
    for start in range(0, max(1, len(stems) - width + 1), 2):
        best = max(best, _cover(asked, set(stems[start : start + width])))
    return best


def _bm25(asked: Asked, stems: Sequence[str], mean: float = 14.0) -> float:
    norm = _K1 * (1 - _B + _B * len(stems) / mean)
    score = 0.0
    for s, weight in asked.weights.items():
        count = stems.count(s)
        score += weight * count * (_K1 + 1) / (count + norm) if count else 0.0
    return _ratio(score, asked.total)


def _in_order(query: Sequence[str], stems: Sequence[str]) -> float:
    """Share of the question's shared stems that stand in the question's order."""
    places = [stems.index(s) for s in query if s in stems]
    kept = sum(a < b for a, b in pairwise(places))
    return _ratio(kept, len(places) - 1) if len(places) > 1 else 0.0


def _alone(
    asked: Asked, found: Sequence[Candidate], pool: Sequence[Marks]
) -> dict[str, NDArray[np.float64]]:
    words = np.array([sentence.words for sentence in pool], dtype=np.float64)
    return {
        "length": np.log1p(words),
        "short": (words < 6).astype(np.float64),
        "long": (words > 45).astype(np.float64),
        "position": np.array([c.start / max(len(c.hit.article.text), 1) for c in found]),
        "first_in_article": np.array([float(c.start <= 3) for c in found]),
        "last_in_passage": np.array([float(c.ordinal == c.siblings - 1) for c in found]),
        "dangling": np.array([float(s.dangling) for s in pool]),
        "is_question": np.array([float(s.question) for s in pool]),
        "is_quote": np.array([float(s.quoted) for s in pool]),
        "names": np.array([len(s.names) for s in pool], dtype=np.float64),
        "facts": np.array([len(s.facts) for s in pool], dtype=np.float64),
        "starts_with_shared": np.array(
            [float(any(t in asked.weights for t, _ in s.stems[:3])) for s in pool]
        ),
    }


def _hits(found: Sequence[Candidate]) -> dict[str, NDArray[np.float64]]:
    articles = [c.hit.article.id for c in found]
    passages: dict[str, set[int]] = {}
    for c in found:
        passages.setdefault(c.hit.article.id, set()).add(c.hit.passage.ordinal)
    return {
        "rank": np.log(np.array([float(c.hit.rank) for c in found])),
        "same_article_hits": np.array([float(len(passages[a])) for a in articles]),
    }


def _looks(asked: Asked, pool: Sequence[Marks]) -> dict[str, NDArray[np.float64]]:
    rows = [_look(asked, sentence) for sentence in pool]
    columns = {name: np.array([row[name] for row in rows]) for name in (rows[0] if rows else ())}
    if rows:
        fits = columns["fits"]
        columns["fits_only_here"] = fits / max(1.0, fits.sum())
    return columns


def _around(asked: Asked, sentence: Marks, span: tuple[int, int], reach: int = 45) -> float:
    low, high = span[0] - reach, span[1] + reach
    return _cover(asked, {s for s, place in sentence.stems if low <= place <= high})


def _look(asked: Asked, sentence: Marks) -> dict[str, float]:
    spans = answering(asked.form, sentence, asked.known)
    shared = [place for s, place in sentence.stems if s in asked.weights]
    gaps = [min((abs(a - p) for p in shared), default=200) for a, _ in spans]
    around = [_around(asked, sentence, span) for span in spans]
    cue = CUES[asked.form].search(sentence.folded)
    lead = sentence.stems[:1] and sentence.stems[0][0] in asked.weights
    copula = CUES["definition"].search(sentence.folded[:80])
    new = sum(1 for s, _ in sentence.stems if s not in asked.weights)
    return {
        "fits": float(bool(spans)),
        "fits_count": float(min(len(spans), 5)),
        "fits_distance": math.log1p(min(gaps)) if gaps else 6.0,
        "fits_after": float(bool(spans and shared) and spans[-1][0] > shared[0]),
        # The question's words close to what may be the answer, not just in the same sentence.
        "fits_cover": max(around, default=0.0),
        "fits_before_shared": float(bool(spans and shared) and spans[0][0] < shared[0]),
        "cue": float(cue is not None),
        "new_names": float(len(answering("person", sentence, asked.known))),
        "new_dates": float(len(answering("date", sentence, asked.known))),
        "new_numbers": float(len(answering("count", sentence, asked.known))),
        "parenthesis": float("(" in sentence.text),
        "definition_lead": float(bool(lead and copula)),
        "new_share": _ratio(new, len(sentence.stems)),
    }
