"""Questions that name only what is different: "kalau di Surabaya?", "what about 2018?"."""

import re
from dataclasses import dataclass
from datetime import date

from warta.corpus.dates.phrases import find_range
from warta.corpus.language.function_words import QUESTION_WORDS
from warta.corpus.language.offices import PLACES
from warta.corpus.language.words import words

ASKING = (
    r"(?:apa|apakah|siapa|siapakah|kapan|kapankah|berapa|berapakah|brp|bagaimana|gimana|gmn|mana|"
    r"di ?mana|ke ?mana|dari ?mana|mengapa|kenapa|knp|dong|ya|sih|deh|kah|nih|tuh|juga|sendiri|"
    r"who|what|when|where|which|why|how(?: many| much)?)"
)
OPENS = re.compile(
    r"^\W*(?P<joint>(?:(?:ya|oke|ok|hmm|oh|eh|nah|dan|lalu|terus|trus|trs|lantas|kemudian|"
    r"sedangkan|sementara|tapi|tetapi|and|then|also|but|so|okay)\b[\s,]*)*)"
    r"(?P<ellipsis>(?:kalau|kalo|klo|kl|jika|(?:bagaimana|gimana|gmn|bgmn)(?: dengan| kalau| soal)|"
    r"(?:what|how) about|what of)\b)?\s*(?:untuk |soal |yang |yg |for |the )?",
    re.IGNORECASE,
)
_HOW_IS = re.compile(
    rf"^(?P<what>.{{2,60}}?)\s+(?:gimana|bagaimana|gmn)\b[\s,]*(?:{ASKING})?\W*$", re.IGNORECASE
)
_POINTING = re.compile(
    r"\b(?:dia|ia|beliau|mereka|itu|ini|tersebut|he|she|they|it|that|this|\w{3,}nya)\b",
    re.IGNORECASE,
)
_PREPOSITIONS = frozenset("di ke dari pada untuk oleh dengan in at for from to on by".split())
_PLACE_PREPOSITIONS = frozenset("di ke dari in at from".split())
_SCOPES = frozenset(
    "nasional indonesia dunia global internasional domestik pusat nationally nationwide national "
    "worldwide internationally".split()
)
_WORD = r"\b[a-z]?[A-Z][\w’'-]*"  # "iPhone" is one, too
_CAPITALISED = re.compile(rf"{_WORD}(?:\s+(?:{_WORD}|\d{{1,3}}\b|[IVX]+\b))*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_YEAR_ALONE = re.compile(r"(?:(?:in|di|pada|tahun|thn|for|year)\s+)*((?:19|20)\d\d)", re.IGNORECASE)
_SOURCED = re.compile(r"(?:menurut|versi|kata|according to)\b", re.IGNORECASE)
_MOST = 6  # words of a piece; what is longer is a question of its own


@dataclass(frozen=True, slots=True)
class _NameSlot:
    """A name of the earlier question, its place and the preposition before it."""

    text: str
    start: int
    end: int
    preposition: str


def own_words(text: str) -> list[str]:
    """Return the words that say what a question is about, folded, in order."""
    return [w.folded for w in words(text) if w.terms and w.folded not in QUESTION_WORDS]


_STRIPPED = re.compile(
    rf"\b{ASKING}(?:\s+(?:yang|yg|saja|aja|is|are|was|were|did|does|do))?(?!\w)|[?]+",
    re.IGNORECASE,
)


def subject_of(question: str) -> str:
    """Return a question without its asking words: what it is about."""
    text = OPENS.sub("", question, count=1)
    text = re.sub(r"\s+([,;)])", r"\1", " ".join(_STRIPPED.sub(" ", text).split()))
    return re.sub(r"^itu\s+|\s+itu$", "", text.strip(" ,;:-()"))


def missing_piece(question: str, today: date) -> str:
    """Return X of "kalau X?", "X gimana?", "and in X?"; "" for a question of another shape."""
    opened = OPENS.match(question)
    rest = question[opened.end() :] if opened else question
    if opened and opened["ellipsis"]:
        piece = re.sub(rf"(?:[\s,]+{ASKING})+\W*$", "", rest, flags=re.IGNORECASE).strip(" ?.!,")
        return piece if len(own_words(piece)) <= _MOST else ""
    how = _HOW_IS.match(question)
    if how and len(own_words(how["what"])) <= _MOST // 2 and not _POINTING.search(how["what"]):
        return how["what"].strip(" ,")
    joined = bool(opened and opened["joint"])
    return _only_a_date(question, today) or _only_a_name(rest, joined)


def _only_a_date(question: str, today: date) -> str:
    found = find_range(question, today)
    if found is None:
        return ""
    rest = OPENS.sub("", f"{question[: found.start]} {question[found.end :]}", count=1)
    return "" if own_words(rest) or _POINTING.search(rest) else found.text


def _only_a_name(rest: str, joined: bool) -> str:
    piece = rest.strip(" ?.!,")
    if not piece or len(piece.split()) > 4 or _POINTING.search(piece):
        return ""
    if re.search(rf"\b{ASKING}\b", piece, re.IGNORECASE):
        return ""
    return piece if joined or piece.split()[0].lower() in _PREPOSITIONS else ""


def put_in(piece: str, base: str, today: date) -> str:
    """Return the earlier question with a piece in the place of its like: date, place or name."""
    year = _YEAR_ALONE.fullmatch(piece)
    years = list(_YEAR.finditer(base))
    if year and years:
        return f"{base[: years[-1].start()]}{year[1]}{base[years[-1].end() :]}"
    new, old = find_range(piece, today), find_range(base, today)
    if new and len(new.text) >= len(piece) - 3:
        if old:
            base = " ".join(f"{base[: old.start]} {base[old.end :]}".split())
        return f"{base.rstrip(' ?.')} {piece}?"
    slot = _slot(piece, base)
    if slot is None:
        return f"{base.rstrip(' ?.')}, {piece}?"
    return " ".join(f"{base[: slot.start]}{piece}{base[slot.end :]}".split())


def _slot(piece: str, base: str) -> _NameSlot | None:
    """Return the name of the earlier question that a piece is most like."""
    if _POINTING.search(piece) or _SOURCED.match(piece):
        return None
    slots = [part for slot in _names(base) for part in _parted(slot, piece, base)]
    first = piece.split()[0].lower()
    if first in _PREPOSITIONS or first in _SCOPES:
        wanted = _PLACE_PREPOSITIONS if first in _SCOPES else {first}
        placed = [slot for slot in slots if slot.preposition in wanted]
        return _with_preposition(placed[0], base) if placed else None
    own = set(own_words(piece))
    if own and own <= PLACES and not any(c.isupper() for c in base[1:]):
        return _place_in(base)
    if not any(c.isupper() for c in piece) and len(own) > 1:
        return None  # a description, not a name
    alike = [slot for slot in slots if own & set(own_words(slot.text))]
    if alike:
        return alike[0]
    return max(slots, key=lambda slot: _likeness(slot, piece), default=None)


def _place_in(base: str) -> _NameSlot | None:
    """Return the last place of a question typed without capitals: "apbd maluku berapa"."""
    found = [w for w in words(base) if w.folded in PLACES]
    if not found:
        return None
    first = last = found[-1]
    for word in reversed(found[:-1]):
        if base[word.end : first.start].strip():
            break
        first = word
    return _NameSlot(base[first.start : last.end], first.start, last.end, "")


def _likeness(slot: _NameSlot, piece: str) -> tuple[int, int]:
    """Score how well a name can be exchanged; of equals the first is taken."""
    capital = any(c.isupper() for c in piece)
    length = len(slot.text.split()) == len(piece.split())
    acronym = capital and slot.text.isupper() == piece.isupper()
    return 2 * length + acronym + (slot.start > 0) - (slot.preposition != ""), -slot.start


# Kinds of bodies, offices and contests: what stands after them is exchanged, not they themselves.
_HEADS = frozenset(
    "provinsi kabupaten kota kecamatan desa gubernur bupati wali walikota ketua kepala menteri "
    "presiden kementerian dinas badan komisi partai fraksi polda polres polsek kodam korem kejati "
    "kejari pengadilan universitas institut bank liga piala timnas klub stadion bandara pelabuhan "
    "rsud pemprov pemkab pemkot dprd apbd umk ump ihk pdrb bpbd bmkg kpu kpud bawaslu bnn kanwil "
    "direktur rektor kapolda kapolres pangdam dubes galaxy iphone redmi oppo vivo seri".split()
)


def _parted(slot: "_NameSlot", piece: str, base: str) -> list["_NameSlot"]:
    """Return "Maluku" for the run "APBD Maluku" where no body is to be exchanged for another."""
    parts = slot.text.split()
    first = piece.split()[0]
    heads = parts[0].lower() in _HEADS or (parts[0].isupper() and not slot.text.isupper())
    like = (first.isupper() and len(first) > 1) or first.lower() in _HEADS
    if len(parts) < 2 or not heads or like:
        return [slot]
    start = slot.start + slot.text.index(parts[1], len(parts[0]))
    return [_NameSlot(base[start : slot.end], start, slot.end, slot.preposition)]


def _names(base: str) -> list[_NameSlot]:
    """Return the capitalised names of a question; the word it begins with counts as one alone."""
    found = []
    for match in _CAPITALISED.finditer(base):
        start, text = match.start(), match[0]
        if start == 0 and " " in text and not text.split()[0].isupper():
            start += len(text.split()[0]) + 1  # "Anggaran PUPR"
            text = base[start : match.end()]
        if own_words(text) and (not text.isdigit()):
            before = base[:start].split()
            last = before[-1].lower() if before else ""
            found.append(_NameSlot(text, start, match.end(), last if last in _PREPOSITIONS else ""))
    return found


def _with_preposition(slot: _NameSlot, base: str) -> _NameSlot:
    start = base[: slot.start].rstrip().rfind(" ") + 1
    return _NameSlot(base[start : slot.end], start, slot.end, "")
