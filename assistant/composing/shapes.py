"""Which sentence comes first and which next, by what is asked and how a sentence reads.

The scorer judges every sentence by itself. Here it counts, too, that an answer is to be short,
firm and whole: of sentences nearly as likely the short one comes before the long one, the firm
one before the rumour, the whole one before what a scraper left of one.
"""

import re
from collections.abc import Sequence

from warta.assistant.question.head import asking_of
from warta.corpus.language.marks import answering, marks
from warta.corpus.language.names import Name, names
from warta.corpus.language.offices import may_be_a_person
from warta.index.reader.features import Asked, Candidate
from warta.index.reader.scorer import Scored

# Log-odds. On FacQA and IDK-MRC validation, refusals aside, seven sentences within 900 characters
# then hold an accepted answer in 0.960 and 0.895; the five most likely ones did in 0.948 and
# 0.876, in as many characters.
_LENGTH = 0.5 / 200  # for each character
_BESIDE = 0.5
_TOLD_ON = 2.0  # for a sentence that tells on where a reason or a way is asked for
_GOES_ON = 2  # sentences after the first one in which it is told on
_CONNECTED = 0.5  # for one that says "karena" or "dengan cara" there
_MEANT = 3.0  # for the sentence that names whom the first one calls "ia"
_HEDGED = 2.0
_BROKEN = 2.0
_LONG = 0.3
_ASKS = 2.0  # for a question as the first sentence
_UNFIT = 2.0  # for a first sentence without a number, date or name of the kind asked for
_LONGEST = 600  # characters; what is longer was hardly one sentence
_CLOSE = 0.6  # share of the first one's probability at which another may go first

_FAR = 0.35  # the same where the best one holds nothing of the kind, or a yes or no is wanted
_DECIDES = 1.5  # log-odds for a sentence that says or denies just what is asked
SURE = 0.95  # share of the question's words that such a sentence holds

_HEDGE = re.compile(
    r"\b(?:dikabarkan|kabarnya|konon|beredar (?:kabar|isu|rumor|pesan|video|foto)|dirumorkan|"
    r"rumor(?:nya)?|gosip(?:nya)?|disebut-sebut|digadang-gadang|isu(?:nya)? (?:bahwa|beredar)|"
    r"hoaks?|kabar (?:bohong|burung)|reportedly|rumou?r(?:ed|s)?|allegedly|hoax)\b",
    re.IGNORECASE,
)
_ASKS_OF_RUMOUR = re.compile(r"\b(?:hoaks?|rumor|isu|kabar|gosip|hoax|rumou?r)\b", re.IGNORECASE)
_BROKEN_START = re.compile(r"[\W_]*[a-z]|[#,;:.)\]]|[\"“']\s*[,.]")
# ", menegaskan" after a title: the name between them was a link that the scraper dropped.
_HOLE = re.compile(
    r",\s*,|\(\s*[,)]|\s,(?=\w)|\b(?:dan|oleh|dengan|yaitu|adalah)\s*,\s|,\s*\.|"
    r"^(?:Pelatih|Ketua|Kepala|Direktur|Presiden|Menteri|Gubernur|Bupati|Wakil|Mantan|Aktor|Aktris|"
    r"Penyanyi|Pemain|Juru Bicara)\b[^,]{0,60}, (?:me|ber|di)\w+"
)
_LISTS = re.compile(
    r"\b(?:saja|aja|siapa-siapa|apa-apa)\b|^\W*(?:sebutkan|daftar|list|name)\b|\bwhat are\b|"
    r"\bwho (?:are|were)\b|\bwhich \w+s\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r",(?= )|\b(?:dan|serta|and)\b|;|\b\d\.")
_PRONOUN = re.compile(
    r"\b(?:ia|dia|beliau|mereka|menurutnya|pihaknya|he|she|they)\b|\b(?:kata|ujar|ucap|tutur)nya\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:karena|lantaran|sebab|akibat|disebabkan|penyebab\w*|demi|alasan\w*|dipicu|agar|supaya|"
    r"sehingga|because|due to)\b",
    re.IGNORECASE,
)
_MANNER = re.compile(
    r"\b(?:dengan (?:cara|men\w+|mem\w+|meng\w+)|caranya|cara|melalui|lewat|langkah\w*|sebaiknya|"
    r"bisa|harus|perlu|by \w+ing|through)\b",
    re.IGNORECASE,
)
_CONNECTIVES = {"reason": _CAUSE, "method": _MANNER}
_FACTS = frozenset(("percent", "money", "duration", "date", "count", "place", "person"))
_LISTED = 0.4  # log-odds for each further thing a sentence enumerates, where a list is asked for
_MOST_LISTED = 4


def shaped(asked: Asked, ranked: Sequence[Scored]) -> list[Scored]:
    """Return the sentences in the order in which they are worth telling."""
    if not ranked:
        return []
    lead = first(asked, ranked)
    rest = [scored for scored in ranked if scored is not lead]
    return [lead, *sorted(rest, key=lambda scored: -_value(asked, scored, lead.candidate))]


def first(asked: Asked, ranked: Sequence[Scored]) -> Scored:
    """Return the sentence to begin with: the best one, unless one nearly as likely reads better."""
    floor = _CLOSE * ranked[0].probability
    sure = asking_of(asked.text).head == "decision"
    if sure or (asked.form in _FACTS and not _fits(asked, ranked[0].candidate.text)):
        floor = _FAR * ranked[0].probability
    near = [scored for scored in ranked if scored.probability >= floor]

    def value(scored: Scored) -> float:
        sentence = scored.candidate.text
        decides = _DECIDES * (sure and covers(asked, sentence) >= SURE)
        return scored.score - _faults(asked, sentence) + _enumerated(asked, sentence) + decides

    return max(near, key=value)


def covers(asked: Asked, sentence: str) -> float:
    """Return the share of the question's words, by rarity, that a sentence holds itself."""
    own = {term for term, _ in marks(sentence).stems}
    met = sum(group[0][1] for group in asked.wanted if any(term in own for term, _ in group))
    return met / asked.total if asked.total else 0.0


def hedged(sentence: str) -> bool:
    """Tell whether a sentence passes on a rumour, or speaks of one."""
    return _HEDGE.search(sentence) is not None


def broken(sentence: str) -> bool:
    """Tell whether a sentence lost its beginning or a word to a scraper."""
    return _BROKEN_START.match(sentence) is not None or _HOLE.search(sentence) is not None


def leans(sentence: str) -> bool:
    """Tell whether a sentence calls whom it is about "ia", and names nobody before that."""
    pronoun = _PRONOUN.search(sentence)
    return pronoun is not None and not any(n.start < pronoun.start() for n in names(sentence))


def _names(sentence: Candidate) -> tuple[Name, ...]:
    return marks(sentence.text).names


def _faults(asked: Asked, sentence: str) -> float:
    faults = _BROKEN * broken(sentence) + _LONG * (len(sentence) > _LONGEST)
    faults += _ASKS * sentence.rstrip("\"”'’ ").endswith("?")
    if hedged(sentence) and not _ASKS_OF_RUMOUR.search(asked.text):
        faults += _HEDGED
    if asked.form in _FACTS and not _fits(asked, sentence):
        faults += _UNFIT
    return faults


def _fits(asked: Asked, sentence: str) -> bool:
    spans = answering(asked.form, marks(sentence), asked.known)
    if asked.form == "person":
        return any(may_be_a_person(sentence[start:end]) for start, end in spans)
    return bool(spans)


def _enumerated(asked: Asked, sentence: str) -> float:
    if not _LISTS.search(asked.text):
        return 0.0
    held = len(answering(asked.form, marks(sentence), asked.known)) if asked.form in _FACTS else 0
    return _LISTED * min(max(held - 1, len(_ITEM.findall(sentence)), 0), _MOST_LISTED)


def _value(asked: Asked, scored: Scored, lead: Candidate) -> float:
    sentence = scored.candidate
    value = scored.score - _LENGTH * len(sentence.text)
    value += _enumerated(asked, sentence.text) - _HEDGED * hedged(sentence.text)
    beside = sentence.hit.passage is lead.hit.passage and abs(sentence.ordinal - lead.ordinal) == 1
    if beside and sentence.ordinal < lead.ordinal and leans(lead.text):
        value += _MEANT * any(not name.initial or " " in name.text for name in _names(sentence))
    connective = _CONNECTIVES.get(asked.form)
    if connective is None:
        return value + _BESIDE * beside
    told_on = sentence.hit.passage is lead.hit.passage and (
        -1 <= sentence.ordinal - lead.ordinal <= _GOES_ON
    )
    return value + _TOLD_ON * told_on + _CONNECTED * (connective.search(sentence.text) is not None)
