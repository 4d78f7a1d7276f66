"""Which sentences can be quoted as they stand, and what a sentence leans on.

A sentence is whole: it has its beginning, no hole that a scraper left, closed quotation marks, no
dateline. One that opens with a pronoun or a connective is quoted together with the sentence before
it, or stays out.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from warta.corpus.language.names import names
from warta.corpus.language.offices import may_be_a_person
from warta.corpus.language.sentences import leans, sentences
from warta.corpus.language.words import fold
from warta.corpus.passages import passages
from warta.index.candidates import Hit
from warta.index.reader.features import Candidate
from warta.index.search.corrections import named_headline

# Of the annotated sentences of `train` these gates lose 0.009 (a beginning or a word is missing)
# and, before two halves of a quotation are joined, 0.03 (quotation left open).
_NO_START = re.compile(r"[\W_]*[a-z]|[#,;:.)\]]|[\"“']\s*[,.]")
_HOLE = re.compile(
    r",\s*,|\(\s*[,)]|\s,(?=\w)|\b(?:dan|oleh|dengan|yaitu|adalah|atau|di)\s*[,.]|,\s*\.|"
    r"\b[a-z]+,(?=[a-z])"
)
# "Baca juga:Longsor di Lembah Menurut Ratna, dua warga hilang": another article's headline, and
# nothing tells where it ends. 2,185 in two archives of 38,000, no answer in `train`.
_POINTER = re.compile(r"\W*(?:baca|lihat|simak|tonton) (?:juga|selengkapnya)\b", re.IGNORECASE)
# "Setahun lebih, menyandang status": an opening whose subject was a link that a scraper dropped.
_NO_SUBJECT = re.compile(r"[^,]{3,60}, (?:me[mnl]\w+|ber\w+|siap|sudah|akan|sukses|mengaku)\b")
_ENDED = re.compile(r"[.!?…][\"”’')\]]*$")
# A question, and what announces a list that is not quoted with it.
_TELLS_NOTHING = re.compile(r"(?:\?[\"”]?|:\W*\d{0,2}\W*)$")
_GOES_ON = re.compile(
    r"(?:bahkan|sayangnya|kendati|selanjutnya|lantas|kemudian|sebelumnya|untuk (?:sekadar )?"
    r"diketahui|menurut (?:dia|pria|wanita)|lebih lanjut|tak hanya|tidak hanya|akhirnya|lalu)\b",
    re.IGNORECASE,
)
_DEFINITE = re.compile(
    r"(?:pria|lelaki|wanita|perempuan|gadis|pemuda|penyerang|pemain|gelandang|bek|kiper|pelatih|"
    r"pembalap|petinju|penyanyi|aktor|aktris|artis|presenter|pengacara|politikus|politisi|menteri|"
    r"korban|pelaku|tersangka)\b[^,.]{0,50}\b(?:itu|ini|tersebut)\b",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"(?:(?:[A-Za-z][\w.]*\.(?:com|co\.id|id|net|co|COM|CO\.ID|ID|NET|CO)\b|[A-Z]{4,}"
    r"(?: [A-Z]+)*|[A-Z]\w+ \([A-Z]\w+\))[,/ ]{0,3}(?:[A-Z][\w.]*(?: [A-Z]\w+)?)?"
    r"(?:[,/ ]+[A-Z][\w.]*)?(?: \([^)]{3,30}\))?) ?(?:--|[–—]|-) ?(?=[\"“A-Z0-9])"
)
# "Dalam berita itu disebutkan 340 hektare": a correction says so of what it takes back.
_TAKEN_BACK = re.compile(
    r"\b(?:disebut(?:kan)?|tertulis|(?:di|kami )tulis(?:kan)?|tercantum|kami sebut(?:kan)?)\b",
    re.IGNORECASE,
)
_RIGHTED = re.compile(r"\b(?:se(?:harus|mesti|benar)nya|yang benar|menjadi)\b", re.IGNORECASE)
_MARK = re.compile(r"[\"“”]|[’']{2}")
LONGEST = 600  # characters of what is quoted as one; a run of sentences without end is none
_PREDECESSORS = 2
_NEAR_TOP = 3  # sentences among which an opening is looked for
_SHORTEST = 25  # characters of an opening that tells something


def whole(text: str) -> bool:
    """Tell a sentence that has its beginning and end and lost nothing between them."""
    return not (torn(text) or _ENDED.search(text) is None or _open(text))


def torn(text: str) -> bool:
    """Tell a sentence that lost its beginning or a word."""
    return any((_NO_START.match(text), _HOLE.search(text), _POINTER.match(text)))


def quotable(sentence: Candidate) -> Candidate | None:
    """Return what to quote for a sentence, None where it cannot be quoted.

    That is the sentence without its dateline, with the other half of a quotation that was parted,
    and after the sentence it leans on.
    """
    found = _whole_quotation(_undated(sentence))
    if _open(found.text):
        closed = _closed(found)
        if closed is None:
            return None
        found = closed
    if torn(found.text) or len(found.text) > LONGEST or _is_taken_back(found):
        return None
    return _with_what_it_leans_on(found)


def _is_taken_back(sentence: Candidate) -> bool:
    """Tell what a correction repeats of the mistake, without what is right."""
    told = _TAKEN_BACK.search(sentence.text) and not _RIGHTED.search(sentence.text)
    return bool(told and named_headline(sentence.hit.article))


def after_its_name(sentence: Candidate, known: Collection[str]) -> Candidate:
    """Return a sentence after the one before it where only that one names somebody new.

    `known`: folded words of the question. "Penyerang berusia 22 tahun itu" answers no "siapa". On
    a third of train this is so for one lead in forty, and costs no answer.
    """
    before = _before(sentence)
    if before is None or torn(before.text) or _open(before.text):
        return sentence
    named = _names_anew(sentence.text, known) and not _DEFINITE.match(sentence.text)
    if named or not _names_anew(before.text, known):
        return sentence
    joined = spanning(before, sentence)
    return joined if len(joined.text) <= LONGEST else sentence


def _names_anew(text: str, known: Collection[str]) -> bool:
    return any(
        (" " in name.text or not name.initial)
        and may_be_a_person(name.text)
        and not all(word in known for word in fold(name.text).split())
        for name in names(text)
    )


def following(sentence: Candidate, most: int) -> list[Candidate]:
    """Return up to `most` sentences that follow in the same passage."""
    own = siblings(sentence.hit)
    later = [other for other in own if other.start >= sentence.end]
    return later[:most]


def opening(hit: Hit) -> Candidate | None:
    """Return the first sentence of a hit's article that can stand alone, in its first passage.

    One that goes on from another, or whose subject is missing, is taken where none is better.
    """
    found = [_undated(sentence) for sentence in siblings(opened(hit))]
    stands = [
        each for each in found
        if whole(each.text) and not leans(each.text) and len(each.text) >= _SHORTEST
    ]  # fmt: skip
    telling = (
        s for s in stands[:_NEAR_TOP] if not (_NO_SUBJECT.match(s.text) or _GOES_ON.match(s.text))
    )
    return next(telling, stands[0] if stands else None)


def opened(hit: Hit) -> Hit:
    """Return a hit with the first passage of its article."""
    first = hit.passage if hit.passage.ordinal == 0 else passages(hit.article)[0]
    return replace(hit, passage=first)


def standing(hit: Hit) -> list[Candidate]:
    """Return the sentences of a hit's passage that can be quoted and stand alone, in order."""
    found = (_undated(sentence) for sentence in siblings(hit))
    return [
        each for each in found
        if whole(each.text) and not leans(each.text) and not _TELLS_NOTHING.search(each.text)
        and _SHORTEST <= len(each.text) <= LONGEST
    ]  # fmt: skip


def siblings(hit: Hit) -> list[Candidate]:
    """Return the sentences of a hit's passage, in order."""
    spans, passage = sentences(hit.passage.text), hit.passage
    return [
        Candidate(
            hit, passage.start + span.start, passage.start + span.end,
            passage.text[span.start : span.end], ordinal, len(spans),
        )
        for ordinal, span in enumerate(spans)
    ]  # fmt: skip


def _undated(sentence: Candidate) -> Candidate:
    found = _DATELINE.match(sentence.text)
    if found is None or found.end() >= len(sentence.text):
        return sentence
    cut = found.end()
    return replace(sentence, start=sentence.start + cut, text=sentence.text[cut:])


def _open(text: str) -> bool:
    """Tell a text in which a quotation is opened and not closed, or the other way.

    One mark may close another: “Kios siap," kata Ani.
    """
    if text.count('"') % 2 == 0 and text.count("“") == text.count("”"):
        return False
    inside = False
    for mark in _MARK.finditer(text):
        begins = _begins(text, mark)
        if begins is inside:
            return True
        inside = not inside
    return inside


def _begins(text: str, mark: re.Match[str]) -> bool | None:
    """Tell a mark that opens a quotation from one that closes it, None where it may be either."""
    before, after = text[: mark.start()][-1:], text[mark.end() :][:1]
    if (not before or before in " \n([") and after.isalnum():
        return True
    return False if before not in ("", " ") and not after.isalnum() else None


def _goes_on(text: str, inside: bool) -> bool:
    """Tell whether somebody still speaks at the end of a text, by whether he does before it."""
    for mark in _MARK.finditer(text):
        begins = _begins(text, mark)
        inside = not inside if begins is None else begins
    return inside


def _whole_quotation(sentence: Candidate) -> Candidate:
    """Return a sentence with all of the quotation within its paragraph that it is a part of.

    As it is where that is too long, or its end is missing. Of 1,760 questions that the encoder did
    not learn from, 34 are answered otherwise so and where marks of two shapes close each other: 10
    rightly that were not, none the other way.
    """
    passage, own = sentence.hit.passage, siblings(sentence.hit)
    first, inside, end = own[0], False, passage.start
    for each in own:
        if not inside or "\n" in passage.text[end - passage.start : each.start - passage.start]:
            if each.start > sentence.start:
                break
            first, inside = each, False
        inside, end = _goes_on(each.text, inside), each.end
        if not inside and end >= sentence.end:
            joined = spanning(_undated(first), each)
            grown = joined.start < sentence.start or joined.end > sentence.end
            fits = len(joined.text) <= LONGEST and not torn(joined.text) and not _open(joined.text)
            return joined if grown and fits else sentence
    return sentence


def _closed(sentence: Candidate) -> Candidate | None:
    """Return a sentence with the one beside it that holds the other half of its quotation."""
    own = siblings(sentence.hit)
    for other in own:
        beside = (other.ordinal - sentence.ordinal) in (1, -1)
        if beside and _open(other.text):
            first, last = sorted((sentence, other), key=lambda each: each.start)
            joined = spanning(first, last)
            if not _open(joined.text):
                return joined
    return None


def _before(sentence: Candidate) -> Candidate | None:
    own = [other for other in siblings(sentence.hit) if other.end <= sentence.start]
    return _undated(own[-1]) if own else None


def _with_what_it_leans_on(sentence: Candidate) -> Candidate:
    """Return a sentence after its predecessors, as many as it takes for the first to stand alone.

    The sentence as it is where there are none in its passage, or none that can be quoted.
    """
    found = sentence
    for _ in range(_PREDECESSORS):
        if not leans(found.text):
            break
        before = _before(found)
        if before is None or torn(before.text) or _open(before.text):
            return sentence
        found = spanning(before, found)
    return sentence if leans(found.text) or len(found.text) > LONGEST else found


def spanning(first: Candidate, last: Candidate) -> Candidate:
    """Return the text from one sentence to another of its passage as one."""
    start, passage = first.start, first.hit.passage
    text = passage.text[start - passage.start : last.end - passage.start]
    return replace(first, end=last.end, text=text)


def in_order(found: Sequence[Candidate]) -> list[Candidate]:
    """Return sentences with those of one article together, in the article's order."""
    place: dict[str, int] = {}
    for sentence in found:
        place.setdefault(sentence.hit.article.id, len(place))
    return sorted(found, key=lambda each: (place[each.hit.article.id], each.start))
