"""What a sentence, its headline and its neighbours have of a question, word by word.

Every word of the question meets every word of the candidates: the cosine of their vectors, 1 where
their terms are equal. From these meetings is read how much of the question a sentence holds, what
the headline and the sentence before add, what it says beyond them, and how near to the question's
words the things stand that may answer it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warta.corpus.language.marks import answering, marks
from warta.corpus.language.sentences import sentences
from warta.corpus.language.words import words
from warta.index.candidates import Hit
from warta.index.reader.features import Asked, Candidate
from warta.index.reader.vectors import WordVectors
from warta.index.weights import read_rarity

Column = NDArray[np.float64]
Meeting = NDArray[np.float32]

_COVERS = ("s", "h", "p", "n", "l", "sh", "shp", "shpl", "sp")
_ROLES = ("names", "others", "verbs", "own", "head", "numbers", "last", "first")
_BY_SENTENCE = (
    "value_window", "value_head", "number_window", "number_head", "name_window", "name_head",
    "new_window", "new_idf", "new_share2", "new_words", "in_headline", "after_head",
    "opens_pronoun", "attrib", "attrib_asked", "quoted_share", "asked_speaker_prev", "caps_new",
)  # fmt: skip
_GAPPED = (
    "soft_s", "soft_sh", "soft_shp", "soft_shpl", "window8", "cos_s", "cos_sh", "soft_h",
    "special_s", "special_sp", "tfidf_in_pool", "value_window", "hit_cosine", "hit_score",
)  # fmt: skip
MEETINGS = (
    # share of the question held, by s(entence), h(eadline), p(revious), n(ext), l(ead) and unions
    *(f"soft_{name}" for name in _COVERS), "adds_to_h", "adds_to_hp",
    *(f"{role}_{name}" for role in _ROLES for name in ("s", "shpl")), "own_h", "others_h",
    "worst_s", "worst_shpl", "rare_s", "rare_shpl",
    # what of the question its headline and lead lack
    "special_s", "special_sp", "special_mass", "tfidf_in_article", "tfidf_in_pool",
    "article_soft", "article_names", "article_worst", "window8", "window4",
    *_BY_SENTENCE,
    "ordinal", "relative", "sentences_in_article", "question_slots", "weight_total", "named_share",
    "cos_s", "cos_h", "cos_sh", "cos_s_h",
    "hit_cosine", "hit_score", "hit_coverage", "article_rank", "copies",
    *(f"{name}_gap" for name in _GAPPED),
)  # fmt: skip
"""The columns of `meetings`, in order."""

_WINDOW, _NARROW = 8, 4  # words on either side
_GAP = 8  # empty places between texts, so that no window crosses
_SOFT = 0.35  # cosine from which on a word begins to stand for another
_NOT_SAME = 0.95  # what a cosine counts beside 1 for equal terms
_NEW = 0.6  # nearness to the question up to which a word is new
_VERB = re.compile(r"(?:me[mnr]?|di|ber|ter|ke.*an$)\w{4,}|meng\w+|meny\w+|pe\w+an")
_DIGIT = re.compile(r"\d")
_QUOTATION = re.compile(r"[\"“]([^\"“”]+)")
_SAYS = re.compile(
    r"(?:kata|ujar|ucap|tutur|jelas|ungkap|tegas|imbuh|tambah|papar|terang|lanjut|sebut|tandas|"
    r"sambung|pungkas|tulis|cetus|beber|bilang|aku|kutip|akui|said|says|menurut|mengatakan|"
    r"menyebut|menyatakan|menjelaskan|mengungkapkan|menuturkan|menegaskan|menilai|mengaku|"
    r"berharap|meminta|menambahkan|memaparkan|berpendapat|mengungkap|menyampaikan|berujar|"
    r"bercerita|mengimbau|membantah|mengklaim|menulis|berkata|memastikan|menduga|"
    r"mengklarifikasi)(?:nya)?"
)
_SPEAKER_REACH = 6
_PRONOUNS = frozenset(
    "ia dia beliau mereka pihaknya pria wanita perempuan perusahaan he she they it".split()
)
_OPENING = 4  # words in which a pronoun opens a sentence


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, all (w,): `starts` in characters, `weights` rarity, 0 for stopwords."""

    folded: tuple[str, ...]
    terms: tuple[tuple[str, ...], ...]
    starts: NDArray[np.int64]
    capital: NDArray[np.bool_]
    weights: NDArray[np.float64]
    says: int
    """Place of the first verb of saying, −1 where there is none."""


@lru_cache(maxsize=8192)  # of a hundred answers with their headlines and neighbours
def read_words(text: str) -> Words:
    """Return the words of `text`."""
    rarity = read_rarity()
    found = words(text)
    unseen, by_term = rarity.unseen, rarity.by_term
    weights = [max((by_term.get(t, unseen) for t in w.terms), default=0.0) for w in found]
    says = (at for at, word in enumerate(found) if _SAYS.fullmatch(word.folded))
    return Words(
        folded=tuple(word.folded for word in found),
        terms=tuple(word.terms for word in found),
        starts=np.array([word.start for word in found], np.int64),
        capital=np.array([text[word.start].isupper() for word in found], np.bool_),
        weights=np.array(weights),
        says=next(says, -1),
    )


@lru_cache(maxsize=1024)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of the sentences of an article in order."""
    return tuple((span.start, span.end) for span in sentences(text))


@dataclass(frozen=True, slots=True)
class _Slot:
    """A word of the question: the terms that may stand for it, what it weighs and what it is."""

    word: str
    alternatives: tuple[tuple[str, float], ...]
    weight: float
    roles: frozenset[str]


def _slots(asked: Asked) -> list[_Slot]:
    read = read_words(asked.text)
    word_of: dict[str, str] = {}
    capital: set[str] = set()
    for at, (folded, terms) in enumerate(zip(read.folded, read.terms, strict=True)):
        for term in terms:
            word_of.setdefault(term, folded)
            if at and read.capital[at]:
                capital.add(term)
    own = {term for terms in read_words(asked.own).terms for term in terms}
    found = []
    last = len(asked.stems) - 1
    for at, (term, group) in enumerate(zip(asked.stems, asked.wanted, strict=True)):
        word = word_of.get(term, term)
        is_name = term in asked.names or term in capital
        roles = {
            "names": is_name, "others": not is_name, "verbs": _VERB.fullmatch(word) is not None,
            "own": term in own, "head": term == asked.focus, "first": at == 0, "last": at == last,
            "numbers": _DIGIT.search(term) is not None,
        }  # fmt: skip
        weight = max(weight for _, weight in group)
        found.append(
            _Slot(word, group, weight, frozenset(r for r, is_so in roles.items() if is_so))
        )
    return found


class _Texts:
    """Texts one behind the other with gaps: text i at the places `begin[i]:end[i]` of `size`."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.read = [read_words(text) for text in texts]
        lengths = np.array([len(read.folded) for read in self.read], np.int64)
        self.begin = np.cumsum(lengths + _GAP) - lengths
        self.end = self.begin + lengths
        self.size = int(self.end[-1]) + _GAP if len(texts) else _GAP
        owner = np.repeat(np.arange(len(texts)), lengths)
        self.places = (
            self.begin[owner] + np.arange(len(owner)) - (np.cumsum(lengths) - lengths)[owner]
        )

    def best(self, values: Meeting) -> Meeting:
        """(t, size) -> (t, texts): the greatest of each text, 0 for an empty one."""
        bounds = np.stack([self.begin, self.end], 1).ravel()
        found = np.maximum.reduceat(values, bounds, axis=1)[:, ::2]
        return np.where(self.end > self.begin, found, np.float32(0))


def _meet(slots: Sequence[_Slot], vectors: WordVectors, texts: _Texts) -> Meeting:
    """Return (slots, size): how near each word stands to each slot, 0..1."""
    met = np.zeros((len(slots), texts.size), np.float32)
    numbers: dict[str, int] = {}
    code = [numbers.setdefault(w, len(numbers)) for read in texts.read for w in read.folded]
    if not code or not slots:
        return met
    near = np.zeros((len(slots), len(numbers)), np.float32)
    meant = [
        (at, word)
        for at, slot in enumerate(slots)
        for word in dict.fromkeys([slot.word, *(term for term, _ in slot.alternatives)])
    ]
    cosines = vectors.of([word for _, word in meant]) @ vectors.of(list(numbers)).T
    np.maximum.at(near, [at for at, _ in meant], np.maximum(cosines, 0) * np.float32(_NOT_SAME))
    for number, at, value in _same(slots, texts, numbers):
        near[at, number] = max(near[at, number], value)
    met[:, texts.places] = near[:, code]
    return met


def _same(
    slots: Sequence[_Slot], texts: _Texts, numbers: Mapping[str, int]
) -> Iterator[tuple[int, int, float]]:
    """Yield (word, slot, value) where their terms are equal; a less likely translation is less."""
    wanted: dict[str, list[tuple[int, float]]] = {}
    for at, slot in enumerate(slots):
        top = slot.weight or 1.0
        for term, weight in slot.alternatives:
            wanted.setdefault(term, []).append((at, 0.6 + 0.4 * weight / top))
    for read in texts.read:
        for folded, terms in zip(read.folded, read.terms, strict=True):
            for term in terms:
                if term in wanted:
                    for at, value in wanted[term]:
                        yield numbers[folded], at, value


def _around(values: Meeting, reach: int) -> Meeting:
    """Return the greatest of `values` (t, w) less than `reach` places away, by doubling."""
    ahead, behind, width = values, values, 1
    while width < reach:
        step = min(width, reach - width)
        ahead, behind = ahead.copy(), behind.copy()
        np.maximum(ahead[:, :-step], ahead[:, step:].copy(), out=ahead[:, :-step])
        np.maximum(behind[:, step:], behind[:, :-step].copy(), out=behind[:, step:])
        width += step
    return np.maximum(ahead, behind)


def _soft(met: Meeting) -> Meeting:
    return np.asarray(np.clip((met - _SOFT) / (1 - _SOFT), 0, 1), np.float32)


@dataclass(frozen=True)
class Pool:
    """Candidates in their articles.

    `article` (n,): number of each one's article; `previous`, `following`: the sentences beside
    it, "" where there are none; `ordinal`, `count` (n,): its place in the article and of how many.
    """

    found: Sequence[Candidate]
    article: NDArray[np.int64]
    titles: tuple[str, ...]
    leads: tuple[str, ...]
    previous: tuple[str, ...]
    following: tuple[str, ...]
    ordinal: NDArray[np.int64]
    count: NDArray[np.int64]


def pool_of(found: Sequence[Candidate]) -> Pool:
    """Set the candidates, at least one, into their articles."""
    articles = {c.hit.article.id: c.hit.article for c in found}
    number = {article_id: at for at, article_id in enumerate(articles)}
    spans = [sentence_spans(article.text) for article in articles.values()]
    texts = [article.text for article in articles.values()]
    own = np.array([number[c.hit.article.id] for c in found], np.int64)
    starts = [np.array([start for start, _ in s]) for s in spans]
    ends = [np.array([end for _, end in s]) for s in spans]
    before, after, ordinal = [], [], []
    for candidate, article in zip(found, own.tolist(), strict=True):
        behind = int(np.searchsorted(ends[article], candidate.start + 1, "right"))
        ahead = int(np.searchsorted(starts[article], candidate.end - 1, "left"))
        text, here = texts[article], spans[article]
        before.append(text[slice(*here[behind - 1])] if behind else "")
        after.append(text[slice(*here[ahead])] if ahead < len(here) else "")
        ordinal.append(behind)
    return Pool(
        found=found,
        article=own,
        titles=tuple(article.title for article in articles.values()),
        leads=tuple(
            " ".join(text[start:end] for start, end in s[:2])
            for text, s in zip(texts, spans, strict=True)
        ),
        previous=tuple(before),
        following=tuple(after),
        ordinal=np.array(ordinal, np.int64),
        count=np.array([len(spans[article]) for article in own], np.int64),
    )


def meetings(asked: Asked, pool: Pool, vectors: WordVectors) -> NDArray[np.float32]:
    """Return (n, len(MEETINGS)) float32, a row for each candidate of the pool."""
    texts = _Texts(
        [*(c.text for c in pool.found), *pool.titles, *pool.previous, *pool.following, *pool.leads]
    )
    slots = _slots(asked)
    met = _meet(slots, vectors, texts)
    columns: dict[str, Column] = {}
    columns |= _held(slots, pool, texts.best(met))
    columns |= _beside(asked, slots, pool, texts, met)
    columns |= _whole(slots, pool, texts, vectors)
    columns |= _placed(slots, pool)
    rows = np.zeros((len(pool.found), len(MEETINGS)), np.float32)
    for at, name in enumerate(MEETINGS):
        if name in columns:
            rows[:, at] = columns[name]
    for name in _GAPPED:
        column = rows[:, MEETINGS.index(name)]
        rows[:, MEETINGS.index(f"{name}_gap")] = column - column.max()
    return rows


def _held(slots: Sequence[_Slot], pool: Pool, best: Meeting) -> dict[str, Column]:
    """Tell how much of the question each sentence holds, alone and with what stands around it."""
    n, k, own = len(pool.found), len(pool.titles), pool.article
    s, h = best[:, :n], best[:, n : n + k][:, own]
    p, after = best[:, n + k : 2 * n + k], best[:, 2 * n + k : 3 * n + k]
    lead = best[:, 3 * n + k :][:, own]
    sh, sp = np.maximum(s, h), np.maximum(s, p)
    shp = np.maximum(sh, p)
    shpl = np.maximum(shp, lead)
    held = dict(zip(_COVERS, (s, h, p, after, lead, sh, shp, shpl, sp), strict=True))
    weights = np.array([slot.weight for slot in slots])

    def cover(met: Meeting, role: str = "") -> Column:
        own_weights = weights * [not role or role in slot.roles for slot in slots]
        total = own_weights.sum() if len(slots) else 0.0
        if not total:
            return np.full(met.shape[1], -1.0)
        return np.asarray(own_weights @ _soft(met) / total, np.float64)

    columns = {f"soft_{name}": cover(met) for name, met in held.items()}
    columns["adds_to_h"] = columns["soft_sh"] - columns["soft_h"]
    columns["adds_to_hp"] = columns["soft_shp"] - cover(np.maximum(h, p))
    for role in _ROLES:
        columns |= {f"{role}_s": cover(s, role), f"{role}_shpl": cover(shpl, role)}
    columns |= {"own_h": cover(h, "own"), "others_h": cover(h, "others")}
    if not slots:
        return columns
    heavy = weights >= np.median(weights)
    rare = int(np.argmax(weights))
    of_article = np.stack([shpl[:, own == at].max(1) for at in range(k)], 1)[:, own]
    columns |= {
        "worst_s": s[heavy].min(0), "worst_shpl": shpl[heavy].min(0),
        "rare_s": s[rare], "rare_shpl": shpl[rare],
        "article_soft": cover(of_article), "article_names": cover(of_article, "names"),
        "article_worst": of_article[heavy].min(0),
    }  # fmt: skip
    return columns | _special(weights, pool, s, p, np.maximum(h, lead))


def _special(
    weights: NDArray[np.float64], pool: Pool, s: Meeting, p: Meeting, topic: Meeting
) -> dict[str, Column]:
    """Tell how much a sentence holds of what its topic or the other candidates do not hold."""
    soft = _soft(s)
    lacking = weights[:, None] * (1 - _soft(topic))
    mass = lacking.sum(0)
    own = pool.article
    counts = np.stack([soft[:, own == at].sum(1) for at in range(len(pool.titles))], 1)[:, own]
    in_article = weights[:, None] / np.maximum(counts, 1.0)
    in_pool = weights / np.maximum(soft.sum(1), 1.0)
    return {
        "special_s": (lacking * soft).sum(0) / np.maximum(mass, 1e-6),
        "special_sp": (lacking * _soft(np.maximum(s, p))).sum(0) / np.maximum(mass, 1e-6),
        "special_mass": mass / max(float(weights.sum()), 1e-6),
        "tfidf_in_article": (in_article * soft).sum(0) / np.maximum(in_article.sum(0), 1e-6),
        "tfidf_in_pool": in_pool @ soft / max(float(in_pool.sum()), 1e-6),
    }


def _beside(
    asked: Asked, slots: Sequence[_Slot], pool: Pool, texts: _Texts, met: Meeting
) -> dict[str, Column]:
    """Tell what stands near the question's words, and what a sentence says beyond them."""
    n = len(pool.found)
    weights = np.array([slot.weight for slot in slots])
    total = max(float(weights.sum()), 1e-6)
    soft = _soft(met)
    wide = weights @ _around(soft, _WINDOW) / total if slots else np.zeros(texts.size)
    narrow = weights @ _around(soft, _NARROW) / total if slots else np.zeros(texts.size)
    head = [at for at, slot in enumerate(slots) if "head" in slot.roles]
    meets_head = met[head].max(0) if head else np.zeros(texts.size, np.float32)
    near_head = _around(met[head], _NARROW).max(0) if head else np.zeros(texts.size)
    known = met.max(0) if slots else np.zeros(texts.size)
    names = {slot.word for slot in slots if "names" in slot.roles} or {s.word for s in slots}
    titles = [
        {t for terms in texts.read[n + at].terms for t in terms} for at in range(len(pool.titles))
    ]
    rows = np.zeros((n, len(_BY_SENTENCE)))
    for at, candidate in enumerate(pool.found):
        place = slice(int(texts.begin[at]), int(texts.end[at]))
        read = texts.read[at]
        if not read.folded:
            continue
        previous = texts.read[n + len(pool.titles) + at].folded
        row = _one(
            asked,
            candidate,
            read,
            titles[pool.article[at]],
            known[place],
            wide[place],
            near_head[place],
        )
        row |= _speech(candidate.text, read, names, previous)
        row["after_head"] = _after_head(meets_head[place], known[place])
        rows[at] = [row.get(name, 0.0) for name in _BY_SENTENCE]
    columns = {name: rows[:, at] for at, name in enumerate(_BY_SENTENCE)}
    best = texts.best(np.stack([wide, narrow]).astype(np.float32))[:, :n].astype(np.float64)
    return columns | {"window8": best[0], "window4": best[1]}


def _one(
    asked: Asked,
    candidate: Candidate,
    read: Words,
    title: set[str],
    known: NDArray[Any],
    wide: NDArray[Any],
    near_head: NDArray[Any],
) -> dict[str, float]:
    in_title = np.array([not title.isdisjoint(terms) for terms in read.terms], np.bool_)
    new = (read.weights > 0) & (known < _NEW) & ~in_title
    total = max(float(read.weights.sum()), 1e-6)
    capital = read.capital & (known < 0.9)
    capital[0] = False
    row = {
        "new_idf": float(read.weights[new].sum()),
        "new_share2": float(read.weights[new].sum()) / total,
        "new_words": float(new.sum()),
        "in_headline": float(read.weights[in_title].sum()) / total,
        "caps_new": float(capital.sum()),
        "new_window": float(wide[new].max()) if new.any() else 0.0,
    }
    found = marks(candidate.text)
    spans = [start for start, _ in answering(asked.form, found, asked.known)]
    facts = [fact.start for fact in found.facts if fact.value not in asked.known]
    for name, starts in (("value", spans), ("number", facts)):
        if starts:
            at = np.clip(np.searchsorted(read.starts, starts, "right") - 1, 0, None)
            row |= {
                f"{name}_window": float(wide[at].max()),
                f"{name}_head": float(near_head[at].max()),
            }
    if capital.any():
        row |= {
            "name_window": float(wide[capital].max()),
            "name_head": float(near_head[capital].max()),
        }
    return row


def _speech(text: str, read: Words, names: set[str], previous: Sequence[str]) -> dict[str, float]:
    """Tell who speaks, and whether somebody is only called "ia"."""
    says = read.says
    near = read.folded[max(0, says - _SPEAKER_REACH) : says + _SPEAKER_REACH] if says >= 0 else ()
    quoted = 0
    if '"' in text or "“" in text or "”" in text:
        quoted = sum(map(len, _QUOTATION.findall(text)))
    return {
        "attrib": float(says >= 0),
        "attrib_asked": float(not names.isdisjoint(near)),
        "quoted_share": min(1.0, quoted / len(text)),
        "opens_pronoun": float(not _PRONOUNS.isdisjoint(read.folded[:_OPENING])),
        "asked_speaker_prev": sum(name in previous for name in names) / max(len(names), 1),
    }


def _after_head(meets_head: NDArray[Any], known: NDArray[Any]) -> float:
    """Tell how new the word is that follows the noun asked for: "sabun *antiseptik*"."""
    at = int(meets_head.argmax())
    if meets_head[at] <= _NEW or at + 1 >= len(known):
        return 0.0
    return 1 - float(known[at + 1])


def _whole(
    slots: Sequence[_Slot], pool: Pool, texts: _Texts, vectors: WordVectors
) -> dict[str, Column]:
    """Compare question, sentence and headline by the mean vectors of their words."""
    n, k = len(pool.found), len(pool.titles)
    of = np.stack([_mean(read, vectors) for read in texts.read[: n + k]])
    sentence, title = of[:n], of[n:][pool.article]
    columns = {"cos_s_h": (sentence * title).sum(1).astype(np.float64)}
    meant = [
        (word, slot.weight)
        for slot in slots
        for word in dict.fromkeys([slot.word, *(term for term, _ in slot.alternatives[:2])])
    ]
    if not meant:
        return columns
    asked = np.array([w for _, w in meant], np.float32) @ vectors.of([word for word, _ in meant])
    asked = asked / max(float(np.linalg.norm(asked)), 1e-9)
    both = sentence + title
    lengths = np.maximum(np.linalg.norm(both, axis=1), 1e-9)
    return columns | {
        "cos_s": (sentence @ asked).astype(np.float64),
        "cos_h": (title @ asked).astype(np.float64),
        "cos_sh": (both @ asked / lengths).astype(np.float64),
    }


def _mean(read: Words, vectors: WordVectors) -> NDArray[np.float32]:
    weights = (
        read.weights.astype(np.float32)
        if read.weights.any()
        else np.ones(len(read.folded), np.float32)
    )
    if not len(weights):
        return np.zeros(vectors.dim, np.float32)
    mean = weights @ vectors.of(read.folded)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def _placed(slots: Sequence[_Slot], pool: Pool) -> dict[str, Column]:
    """Tell where a sentence stands in its article, and its article among the hits."""
    hits: list[Hit] = [candidate.hit for candidate in pool.found]
    ranks: dict[str, int] = {}
    for hit in sorted(hits, key=lambda hit: hit.rank):
        ranks.setdefault(hit.article.id, len(ranks))
    weights = np.array([slot.weight for slot in slots])
    named = sum(slot.weight for slot in slots if "names" in slot.roles)
    n = len(hits)
    return {
        "ordinal": pool.ordinal.astype(np.float64),
        "relative": pool.ordinal / np.maximum(pool.count, 1),
        "sentences_in_article": pool.count.astype(np.float64),
        "question_slots": np.full(n, float(len(slots))),
        "weight_total": np.full(n, float(weights.sum())),
        "named_share": np.full(n, named / max(float(weights.sum()), 1e-6)),
        "hit_cosine": np.array([hit.cosine for hit in hits]),
        "hit_score": np.array([hit.score for hit in hits]),
        "hit_coverage": np.array([hit.coverage for hit in hits]),
        "article_rank": np.array([float(ranks[hit.article.id]) for hit in hits]),
        "copies": np.array([float(len(hit.also)) for hit in hits]),
    }
