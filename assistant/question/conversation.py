"""What a question takes over from the conversation, as topics that can be taken off one by one.

Turns form threads: a question with a subject of its own begins one, what leans on it goes on with
it. Only the thread that a question continues is looked at, so that nothing piles up. Whether a
question leans on the one before is told by a linear model, learned on the training questions'
follow-ups and on questions asked after somebody else's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

from warta.assistant.answer import Message
from warta.assistant.question.asking import asking_spans, shipped
from warta.assistant.question.ellipsis import OPENS, missing_piece, own_words, put_in, subject_of
from warta.assistant.question.understood import Topic
from warta.corpus.dates.phrases import find_range
from warta.corpus.language.characters import normalise
from warta.corpus.language.names import names
from warta.corpus.language.offices import may_be_a_person
from warta.corpus.language.words import terms, words
from warta.index.reader.asked import asking_of
from warta.index.weights import read_rarity

_TURNS = 8  # questions back that are looked at: a thread of eight follow-ups is rare
_LONGEST = 2000  # characters of a turn that are read
_SENTENCE = 300  # characters of an answer in which a name is looked for
_SUBJECT = 14  # words of an earlier question that are taken over

_POINTING = frozenset(
    "dia ia beliau mereka itu ini tersebut tsb tadi sana situ begitu gitu he she they him her his "
    "hers their them it its that this those these there keduanya kedua-duanya tuh nih".split()
)
# "said that the …", "is it true", "itu apa": no pointers.
_GOES_ON = frozenset("the a an he she they is was are were has true".split())
_NOT_NYA = frozenset(
    "hanya punya tanya bertanya ditanya nanya biasanya sebenarnya akhirnya katanya nyatanya "
    "misalnya umumnya sepertinya kabarnya harusnya seharusnya sebaiknya artinya maksudnya adanya "
    "khususnya rupanya sebelumnya selanjutnya berikutnya setidaknya caranya tentunya karenanya "
    "pokoknya resminya kenyataannya mempunyai emangnya rencananya aslinya namanya gimananya "
    "terakhirnya".split()
)
_UNITS = frozenset(
    "wib wita wit rp idr usd us persen km kg ha ton meter hektare orang unit kasus jiwa poin am pm "
    "tahun bulan hari jam menit detik cm mm liter mw gb mb".split()
)
_RARE = 6  # rarity from which on a word alone at the beginning of an answer is taken for a name
# "Apa reaksi ICW?" is a reaction to something.
_RELATES = frozenset(
    "reaksi tanggapan respons respon komentar sikap kata penyebab dampak akibat alasan kelanjutan "
    "reaction response comment impact".split()
)
# Log-odds of leaning that a question beside another one has more than one of a later turn: of 400
# pairs of unrelated questions of train 0.01 lean then instead of none.
_SAME_MESSAGE = 2.0
_MARKS = re.compile(r"\[\d+\]|\*\*|[“”\"]")


@dataclass(frozen=True, slots=True)
class Thread:
    """What a conversation is about: the question that began it, as it stands alone by now.

    `text` stands alone, `subject` is what it is about; `answer` is what was said to the last
    question of the thread, `head` what that question asked for. `beside`: that question stands in
    the same message; `told`: it is the background of one that names nothing itself.
    """

    text: str
    subject: str
    answer: str = ""
    head: str = "thing"
    beside: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A question as it stands alone; `exchanged`: it puts a piece into the one before."""

    text: str
    query: str
    topics: tuple[Topic, ...] = ()
    exchanged: bool = False
    thread: Thread | None = None


def thread_of(history: Sequence[Message], today: date) -> Thread | None:
    """Return what the turns before a question are about, None where they asked nothing."""
    asked = [at for at, m in enumerate(history) if m.role == "user" and m.content.strip()]
    thread: Thread | None = None
    for at in asked[-_TURNS:]:
        question = asked_in(history[at].content)
        if not question:
            continue
        turn = continued(question, thread, today)
        answer = next((m.content for m in history[at + 1 :] if m.role == "assistant"), "")
        going_on = turn.topics and not turn.exchanged and thread is not None
        begun = thread if going_on and thread else Thread(turn.text, subject_of(turn.text))
        thread = replace(begun, answer=answer, head=asking_of(question).head)
    return thread


def asked_in(message: str) -> str:
    """Return the last question of an earlier message, "" where it asked nothing."""
    text = " ".join(normalise(message[:_LONGEST]).split())
    found = asking_spans(text)
    return text[found[-1].start : found[-1].end] if found else ""


def continued(
    question: str, thread: Thread | None, today: date, without: Sequence[str] = ()
) -> TakenOver:
    """Return what `question` means after a thread; topics in `without` are not taken over."""
    if thread is None:
        return TakenOver(question, question)
    piece = missing_piece(question, today)
    if piece:
        text = put_in(piece, thread.text, today)
        kept = _kept(subject_of(thread.text), text)
        if kept in without:
            return TakenOver(question, question)
        return TakenOver(text, text, (Topic(kept, "story"),) if kept else (), True)
    if not leans(question, thread):
        return TakenOver(question, question)
    topics = tuple(topic for topic in _topics(question, thread) if topic.text not in without)
    return _with(question, topics)


def _kept(subject: str, text: str) -> str:
    """Return what of the subject before stands in the text with the piece exchanged."""
    left = set(text.strip(" ?.!,").replace(",", "").split())
    return " ".join(word for word in subject.split() if word.strip(",") in left).strip(" ,")


def _with(question: str, topics: Sequence[Topic]) -> TakenOver:
    if not topics:
        return TakenOver(question, question)
    asked = OPENS.sub("", question, count=1) or question
    asked = (asked[0].upper() + asked[1:]).rstrip(" ?")
    added = [topic.text for topic in topics]
    query = " ".join([asked, *(text.replace(";", "") for text in added)])
    return TakenOver(f"{asked} ({'; '.join(added)})?", query, tuple(topics))


def _topics(question: str, thread: Thread) -> list[Topic]:
    """Return the name that the last answer gave, where one was asked for, and the story."""
    topics = []
    known = set(own_words(f"{question} {thread.subject}"))
    name = _answered(thread)
    if name and not set(own_words(name)) <= known:
        topics.append(Topic(name, "name"))
    # "Sejak kapan beliau melatih Persija" says "pelatih Persija" already.
    if not set(terms(thread.subject)) <= set(terms(question)):
        topics.append(Topic(" ".join(thread.subject.split()[:_SUBJECT]), "story"))
    return topics


def _answered(thread: Thread) -> str:
    """Return the person, place or thing that the last answer named first, "" for none."""
    if thread.head not in ("person", "name", "place", "thing", "meaning", "office"):
        return ""
    text = _MARKS.sub("", thread.answer).strip()
    first = re.split(r"(?<=[a-z0-9)])[.!?](?:\s|$)|\n", text, maxsplit=1)[0]
    if len(first) > _SENTENCE:
        first = first[:_SENTENCE].rsplit(" ", 1)[0]
    short = len(first.split()) <= 4
    asked = set(own_words(thread.text))
    for name in names(first):
        own = set(own_words(name.text))
        single = name.initial and " " not in name.text
        if not own or own <= asked or own <= _UNITS:
            continue
        if single and not (short and _rarest(name.text)[0] >= _RARE):
            continue  # "Tiga pasal berubah" names nothing
        if any(c.isdigit() for c in name.text) or len(name.text) < 3:
            continue
        if thread.head == "person" and not may_be_a_person(name.text):
            continue
        if find_range(name.text, date(2020, 1, 1)) is None:
            return name.text
    return ""


def leans(question: str, thread: Thread) -> bool:
    """Tell whether a question needs the thread before it to be understood."""
    score = shipped("leaning").scores(leaning_features(question, thread))[0]
    return score + _SAME_MESSAGE * (thread.beside or thread.told) > 0


@lru_cache(maxsize=512)
def leaning_features(question: str, thread: Thread) -> tuple[str, ...]:
    """Return what speaks for or against leaning: pointers, own subject, shared words."""
    found = words(question)
    folded = [word.folded for word in found]
    own = own_words(question)
    before, said = set(own_words(thread.text)), set(own_words(thread.answer[:_SENTENCE]))
    named = [n for n in names(question) if not n.initial or " " in n.text]
    rare = _rarest(question)
    nya = [w for w in folded if re.fullmatch(r"\w{3,}nya", w) and w not in _NOT_NYA]
    around = zip(["", *folded], folded, [*folded[1:], ""], strict=False)
    points = [
        word for before_, word, after in around
        if word in _POINTING and not (word in ("that", "it") and after in _GOES_ON)
        and not (word == "itu" and before_ in ("apa", "apakah"))
    ]  # fmt: skip
    opened = OPENS.match(question)
    out = [
        f"own={min(len(own), 9)}",
        f"size={min(len(folded), 14)}",
        f"named={min(len(named), 2)}",
        f"rare={min(rare[0], 10)}",
        f"rare2={min(rare[1], 10)}",
        f"sum={min(int(sum(rare[2]) / 4), 14)}",
        f"nya={min(len(nya), 2)}",
        f"points={min(len(points), 2)}",
        f"shared={min(len(set(own) & before), 3)}",
        f"said={min(len(set(own) & said), 3)}",
        f"joint={bool(opened and opened['joint']):d}",
        f"cond={bool(opened and opened['ellipsis']):d}",
        f"fresh={min(len(set(own) - before - said), 8)}",
        f"year={any(w.isdigit() and len(w) == 4 for w in folded):d}",
        *(f"p={w}" for w in set(points)),
        *(f"o={w}" for w in folded[:2]),
        f"l={folded[-1] if folded else ''}",
    ]
    points_any = bool(points or nya)
    pointer = next((w for w in folded if w in points or w in nya), "")
    ahead = folded[: folded.index(pointer)] if pointer else []
    named_ahead = sum(w in own for w in ahead)
    relates = bool(_RELATES & set(folded[:3]))
    out += [
        f"rel={relates:d}{min(len(own), 4)}",
        f"po={points_any:d}{min(len(own), 9)}",
        f"ahead={points_any:d}{min(named_ahead, 3)}",
        f"pn={points_any:d}{min(len(named), 2)}",
        f"pr={points_any:d}{min(rare[0], 10)}",
        f"on={min(len(own), 9)}{min(len(named), 2)}",
        f"of={min(len(own), 6)}{min(rare[0], 10)}",
    ]
    return tuple(out)


_rarity = cache(read_rarity)


def rarest(question: str) -> int:
    """Return how rare the rarest word of a question is."""
    return _rarest(question)[0]


def _rarest(question: str) -> tuple[int, int, list[float]]:
    rarity = _rarity()
    found = sorted(
        (rarity.by_term.get(term, rarity.unseen) for term in terms(" ".join(own_words(question)))),
        reverse=True,
    )
    padded = [*found, 0.0, 0.0]
    return int(padded[0]), int(padded[1]), found
