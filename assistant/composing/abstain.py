"""Answer, answer with care, or say no: decided by code, from the question and its hits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from warta.assistant.answer import Status
from warta.assistant.composing import missed
from warta.corpus.article import Article
from warta.corpus.language.marks import stem, stem_list
from warta.corpus.language.names import names
from warta.corpus.language.numbers import facts, holds_a_count
from warta.corpus.language.offices import TITLE
from warta.corpus.language.words import fold, terms
from warta.index.hit import Hit
from warta.index.query.lexicon import Lexicon
from warta.index.reader.asked import FORMS, kind_noun
from warta.index.reader.features import FEATURES, missing_terms
from warta.index.reader.reader import Reading as Ranking
from warta.index.weights import SCORER, Rows, Trees, read_json, read_rarity

if TYPE_CHECKING:
    from warta.assistant.question.question import Question
    from warta.index.snapshot.snapshot import Coverage

Reason = Literal["", "nothing", "unnamed", "not_this", "outside", "greeting"]
_BEST_OF = ("cover", "cover_near", "rarest", "names_shared", "names_near", "cover_passage")
_FIRST = (
    "cover", "cover_near", "cover_passage", "rarest", "rarest_near", "bigrams", "window", "bm25",
    "names_shared", "names_near", "names_whole", "numbers_shared", "focus_shared", "verb_shared",
    "fits", "fits_cover", "cue", "definition_lead", "order",
    "names_broken", "names_missing", "missing_rarity", "fits_distance", "new_share",
)  # fmt: skip
_SPEAK_AGAINST = missed.SPEAK_AGAINST | frozenset(
    ("names_broken", "names_missing", "missing_rarity", "fits_distance", "passage_missing",
     "passage_missing_rarity", "nowhere", "nowhere_rarity")
)  # fmt: skip
_SAY_NOTHING = frozenset(("new_share", "stems_of_question", *missed.FEATURES)) - (
    missed.SPEAK_AGAINST | missed.SPEAK_FOR
)
_MEANT = 3  # sentences that are looked at one by one
VERDICT_FEATURES = (
    "score", "score_second", "score_third",
    *(f"first_{name}" for name in (*_FIRST, *missed.FEATURES)),
    *(f"best_{name}" for name in _BEST_OF),
    "passage_missing", "passage_missing_rarity", "nowhere", "nowhere_rarity",
    *(f"asked_{form}" for form in FORMS),
    "stems_of_question",
)  # fmt: skip
# What must not count the other way, whatever the training sets suggest: +1 speaks for an answer.
DIRECTIONS = tuple(
    0 if bare.startswith("asked_") or bare in _SAY_NOTHING else -1 if bare in _SPEAK_AGAINST else 1
    for bare in (name.removeprefix("first_").removeprefix("best_") for name in VERDICT_FEATURES)
)
_LOOKED_AT = 5  # sentences of which one has to hold the amount that is asked for
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|(?<=\btahun )1[0-8]\d\d\b|(?<=\bin )1[0-8]\d\d\b")
_SWALLOWED = re.compile(r"^meng(?=[aiueo])")
_NUMBERED = frozenset(("percent", "money", "duration", "count"))
# A sentence that holds such a number or date as is asked for needs so much less to be believed.
_FITTING = 0.5
# Where the kind of person or sum that is asked for is not spoken of, so much of it is believed.
_UNSPOKEN = 0.6
_ALSO = {
    frozenset(("istri", "isteri", "suami", "pasangan")): (
        "menikah",
        "nikah",
        "kawin",
        "istri",
        "suami",
    ),
    frozenset(("ayah", "bapak", "ibu", "ibunda", "ayahanda")): ("anak", "putra", "putri"),
}
_NEAREST = 3
_ENGLISH = 0.7
_RARE = 5.5  # rarity from which on a question's first word is taken for a name


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities of being answerable: below `partial` with care, below `answer` not at all."""

    abstain: float
    partial: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said and why: `missing` names what occurs nowhere in the hits."""

    status: Status
    probability: float
    reason: Reason = ""
    missing: tuple[str, ...] = ()


class Judge:
    """Decides whether the hits answer the question; learnt on answerable and unanswerable ones."""

    def __init__(self, trees: Trees, thresholds: Thresholds) -> None:
        self._trees = trees
        self.thresholds = thresholds

    @classmethod
    def load(cls, path: Path = SCORER) -> Self:
        """Read the weights that ship, or those in `path`; raises ConfigError."""
        found = read_json(path)["answerable"]
        limits = Thresholds(float(found["abstain"]), float(found["partial"]))
        return cls(Trees.from_dict(found, VERDICT_FEATURES), limits)

    def decide(self, question: "Question", ranking: Ranking, hits: Sequence[Hit]) -> Verdict:
        """Return the verdict on a question whose sentences have been ranked."""
        if not ranking.sentences:
            return Verdict("abstained", 0.0, "nothing")
        if ranking.verdict == "said":
            return Verdict("answered", ranking.answerable)
        text = question.query or question.standalone
        missing = unmentioned(text, hits, english=ranking.asked.english)
        if question.since is None and question.until is None:
            missing += years_unmet(text, hits)
        reason: Reason = "unnamed" if missing else "not_this"
        return Verdict("abstained", ranking.answerable, reason, missing)

    def probability(self, ranking: Ranking) -> float:
        """Return the probability, 0..1, that the hits answer the question."""
        log_odds = self._trees(verdict_row(ranking))[0]
        return float(1 / (1 + np.exp(-log_odds)))


def _lacks_its_number(ranking: Ranking) -> bool:
    """Tell whether a number is asked for and none of the best sentences holds one."""
    asked = ranking.asked
    if asked.form not in _NUMBERED:
        return False
    if asked.form == "count":
        first = (scored.candidate.text for scored in ranking.sentences[:_MEANT])
        return not holds_a_count(asked.text, first)
    return not ranking.rows[:_LOOKED_AT, FEATURES.index("fits")].any()


def _lacks_its_kind(ranking: Ranking) -> bool:
    """Tell whether the best sentences, their passages and headlines leave out who or what sum."""
    noun = kind_noun(ranking.asked.text)
    also = next((words for nouns, words in _ALSO.items() if noun in nouns), ())
    wanted = {stem(word) for word in (noun, *also)} - {""}
    best = [scored.candidate.hit for scored in ranking.sentences[:_MEANT]]
    return bool(wanted) and not any(wanted & _held(hit) for hit in best)


def _first_fits(ranking: Ranking) -> bool:
    """Tell whether the best sentence holds such a number or date, and its passage every name."""
    if ranking.asked.form not in _NUMBERED and ranking.asked.form != "date":
        return False
    left_out = missed.row(ranking.asked, ranking.sentences[0].candidate)
    names_left_out = left_out[missed.FEATURES.index("capitals_missing_passage")]
    return bool(ranking.rows[0, FEATURES.index("fits")] > 0 and not names_left_out)


def verdict_row(ranking: Ranking) -> Rows:
    """Return (1, len(VERDICT_FEATURES)) float32 for a ranking with at least one sentence."""
    padded = [*ranking.scores[:_MEANT], *([-12.0] * _MEANT)][:_MEANT]
    first = [ranking.rows[0, FEATURES.index(name)] for name in _FIRST]
    first += missed.row(ranking.asked, ranking.sentences[0].candidate)
    best = [ranking.rows[:, FEATURES.index(name)].max() for name in _BEST_OF]
    forms = [float(ranking.asked.form == form) for form in FORMS]
    row = [*padded, *first, *best, *_missing(ranking), *forms, len(ranking.asked.stems)]
    return np.asarray([row], dtype=np.float32)


def _missing(ranking: Ranking) -> list[float]:
    """Return what of the question is missing in the best passage, and in all of them.

    Both as the share of its terms and as the rarity of the rarest.
    """
    held = [_held(scored.candidate.hit) for scored in ranking.sentences]
    everywhere = frozenset().union(*held)
    return [*missing_terms(ranking.asked, held[0]), *missing_terms(ranking.asked, everywhere)]


def _held(hit: Hit) -> frozenset[str]:
    return frozenset(stem_list(hit.passage.text)) | frozenset(stem_list(hit.article.title))


def unmentioned(question: str, hits: Sequence[Hit], *, english: bool = False) -> tuple[str, ...]:
    """Return the names of the question of which no hit mentions more than half of the words.

    A question's first word may be capitalised for that reason alone: it is a name only where it is
    as rare as names are. "British" is mentioned where "Inggris" is.
    """
    shown = "\n".join(f"{hit.article.title}\n{hit.passage.text}" for hit in hits)
    known = set(terms(shown))
    missing = []
    dates = [(fact.start, fact.end) for fact in facts(question) if fact.kind == "date"]
    for name in names(question):
        if any(start < name.end and name.start < end for start, end in dates):
            continue
        if name.initial and len(name.text.split()) == 1 and _is_common(name.text):
            continue
        own = _meant(TITLE.sub("", name.text), english=english)
        met = sum(not known.isdisjoint(group) for group in own)
        if own and met * 2 <= len(own):
            missing.append(name.text)
    return tuple(dict.fromkeys(missing))


def _is_common(word: str) -> bool:
    rarity = read_rarity()
    # "Mengetuai" is "diketuai" in the active: only there the stemmer sees the k of "ketua".
    readings = [terms(word), terms(_SWALLOWED.sub("dik", fold(word)))]
    found = [
        max((rarity.by_term.get(term, rarity.unseen) for term in reading), default=0.0)
        for reading in readings
    ]
    return not word.isupper() and min(found) < _RARE


def years_unmet(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Return the years of a question that no hit names and in which none was published.

    None where a hit is undated: it may be of that year.
    """
    if any(hit.article.published is None for hit in hits):
        return ()
    shown = "\n".join(f"{hit.article.title}\n{hit.passage.text}" for hit in hits)
    published = {str(hit.article.published.year) for hit in hits if hit.article.published}
    met = published | set(_YEAR.findall(shown))
    return tuple(year for year in _YEAR.findall(question) if year not in met)


def _meant(name: str, *, english: bool) -> list[set[str]]:
    """Return for each term of a name what may stand for it in an article."""
    if english:
        return [{term for term, _ in group} for group in Lexicon.load().alternatives(name)]
    return [{term} for term in terms(name)]  # "Wali Kota Surabaya" is not any Wali Kota


def nearest(hits: Sequence[Hit], most: int = _NEAREST) -> tuple[Article, ...]:
    """Return the articles of the best hits, each once."""
    return tuple({hit.article.id: hit.article for hit in hits}.values())[:most]


_SAID = {
    "id": {
        "greeting": "Halo. Tanyakan sesuatu tentang isi arsip ini.",
        "nothing": "Tidak ada di arsip: tidak ada artikel yang cocok dengan pertanyaan ini.",
        "unnamed": "Tidak ada di arsip: tidak ada artikel yang menyebut {missing}.",
        "not_this": "Tidak ada di arsip: ada artikel tentang hal ini, tetapi tidak ada yang "
        "menjawab pertanyaan ini.",
        "outside": "Tidak ada di arsip: tidak ada artikel tentang ini yang terbit {range}.",
        "covers": "Arsip ini memuat {articles} artikel{days}.",
        "days": ", terbit {first} sampai {last}",
        "newest": "Artikel terdekat yang terbaru bertanggal {day}.",
        "between": "antara {since} dan {until}", "on": "pada {since}",
        "since": "sejak {since}", "until": "sampai {until}", "or": " atau ",
    },
    "en": {
        "greeting": "Hello. Ask something about what this archive holds.",
        "nothing": "Not in the archive: no article matches this question.",
        "unnamed": "Not in the archive: no article mentions {missing}.",
        "not_this": "Not in the archive: there are articles on this, but none that answers this "
        "question.",
        "outside": "Not in the archive: no article on this was published {range}.",
        "covers": "The archive holds {articles} articles{days}.",
        "days": ", published {first} to {last}",
        "newest": "The newest of the nearest articles is of {day}.",
        "between": "between {since} and {until}", "on": "on {since}",
        "since": "since {since}", "until": "up to {until}", "or": " or ",
    },
}  # fmt: skip
_MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}


def refusal(
    verdict: Verdict,
    language: str,
    coverage: "Coverage",
    offered: Sequence[Article],
    days: tuple[date | None, date | None] = (None, None),
) -> str:
    """Return what is said instead of an answer, in the language of the question.

    `days` are the inclusive days of publication that were asked for.
    """
    language = language if language in _SAID else "id"
    said = _SAID[language]
    missing = said["or"].join(f"“{_plain(name)}”" for name in verdict.missing)
    parts = [
        said[verdict.reason or "not_this"].format(missing=missing, range=_range(language, *days)),
        said["covers"].format(
            articles=_grouped(language, coverage.articles),
            days=said["days"].format(
                first=long_day(language, coverage.first), last=long_day(language, coverage.last)
            )
            if coverage.first and coverage.last
            else "",
        ),
    ]
    newest = max((a.published for a in offered if a.published), default=None)
    if newest:
        parts.append(said["newest"].format(day=long_day(language, newest)))
    return " ".join(parts)


def long_day(language: str, day: date) -> str:
    """Return a day as it is written out: 7 Agustus 2024, 7 August 2024."""
    return f"{day.day} {_MONTHS[language].split()[day.month - 1]} {day.year}"


def _range(language: str, since: date | None, until: date | None) -> str:
    said = _SAID[language]
    key = "between" if since and until else "since" if since else "until"
    if since and since == until:
        key = "on"
    return said[key].format(
        since=long_day(language, since) if since else "",
        until=long_day(language, until) if until else "",
    )


def _grouped(language: str, number: int) -> str:
    grouped = f"{number:,}"
    return grouped.replace(",", ".") if language == "id" else grouped


def _plain(name: str) -> str:
    return name.replace("[", "(").replace("]", ")")
