"""Which stretches of a message ask, each as a whole clause: its questions, in order."""

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import islice

from warta.assistant.question.asking import AskingSpan, asking_spans, wrapping_words
from warta.assistant.question.conversation import Thread, leans
from warta.assistant.question.ellipsis import own_words, subject_of
from warta.assistant.question.task import instruction_words
from warta.corpus.dates.phrases import find_range
from warta.corpus.language.characters import normalise
from warta.corpus.language.function_words import ENGLISH, INDONESIAN
from warta.index.reader.asked import asking_of


def lines_of(question: str) -> str:
    """Return a message in clean characters, its lines kept, spaces counted once."""
    lines = (" ".join(line.split()) for line in normalise(question).split("\n"))
    return "\n".join(line for line in lines if line)


_QUOTED = re.compile(
    r"\W*(?P<order>[^“”\"?!.\n]{3,60}?)\s*(?:“(?P<headline>[^\n]{12,})”|\"(?P<words>[^\"\n]{12,})\")\W*"
)


def quoted_topic(text: str) -> tuple[str, str] | None:
    """Return order and topic of a request for one quoted headline, None for anything else.

    "Linimasa “Siapa Ketua KPK dan Apa Tugasnya?”" asks one thing, whatever the headline says.
    """
    found = _QUOTED.fullmatch(text)
    if found is None or asking_of(found["order"]).word:
        return None
    return found["order"], found["headline"] or found["words"]


@lru_cache(maxsize=256)
def asked_in(clean: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the stretches that ask, and the others that hold words, in order."""
    if quoted_topic(clean):
        return (clean,), ()
    spans = _one_question(clean, asking_spans(clean))
    asked, dropped, end = [], [], 0
    for span in spans:
        first, last = _whole_clause(clean, max(end, 0), span.start, span.end)
        told = _told_before(clean[first:last])
        dropped.append(clean[end : first + told])
        text = " ".join(_ASIDE.sub("", _order(clean[first + told : last])).split())
        text = _GOES_ON.sub("", text) if first else text
        text = _THANKED.sub("", text)
        asked += _parted(_ordered(text, clean[last:]))
        end = last
        while end < len(clean) and clean[end] in "?!.":
            asked[-1] += clean[end] if clean[end] == "?" and not asked[-1].endswith("?") else ""
            end += 1
    dropped.append(clean[end:])
    if not spans and (order := _order(clean)) != clean:
        return (" ".join(order.split()),), ()
    asked = [text for text in asked if not _BARE_ORDER.fullmatch(text)] or asked
    return tuple(asked), tuple(" ".join(d.split()) for d in dropped if re.search(r"\w", d))


_ANY_DAY = date(2019, 9, 20)  # of asking, where only the words of a day are looked for
# A message that is one question up to its mark; dots of "dr.", "B.J." and "Prof." end nothing.
_TO_ITS_MARK = re.compile(r"(?:[^.?!\n]|\.(?=\S)|(?<=\b\w)\.|(?<=\b\w\w)\.|(?<=\bProf)\.)+\?+")


def _one_question(clean: str, spans: tuple[AskingSpan, ...]) -> tuple[AskingSpan, ...]:
    """Return the stretches of a message, joined where it is one sentence up to its mark.

    What begins with no asking word goes on with the one before. Of 7,740 questions typed 57 were
    parted at a comma, an initial or a foreign title ("Bagaimana Irwansyah, terpidana di Lahat, bisa
    ada di luar?").
    """
    if not spans or not _TO_ITS_MARK.fullmatch(clean):
        return spans
    joined = [replace(spans[0], start=0) if _is_day(clean[: spans[0].start]) else spans[0]]
    for span in spans[1:]:
        opening = " ".join(clean[span.start : span.end].split()[:_OPENING])
        initial = clean[joined[-1].end : span.start].startswith(".")
        if not initial and asking_of(opening).word:
            joined.append(span)
        else:
            joined[-1] = replace(joined[-1], end=span.end)
    joined[-1] = replace(joined[-1], end=len(clean))
    return tuple(joined)


def _is_day(before: str) -> bool:
    """Tell words before a question that are a day and nothing else: "Dua malam lalu,"."""
    found = find_range(before, _ANY_DAY)
    if found is None or not before.rstrip().endswith(","):
        return False
    rest = before[: found.start] + before[found.end :]
    return {word.lower() for word in re.findall(r"\w+", rest)} <= INDONESIAN | ENGLISH


# "(buat bahan rapat)", "-- Rina, desk nasional" behind a request.
_ASIDE = re.compile(
    r"\s*(?:\((?:buat|untuk|utk|for|bahan)\b[^)]*\)?|\s(?:--|—|–)\s+[A-Z]\w+[^?]*)\s*$"
)
# "ending Arthdal Chronicles Terima kasih": thanks behind a request without a mark.
_THANKED = re.compile(
    r"(?<=\w)(?<!ucapan)(?<!ucap)(?<!bilang)(?<!lagu)[\s,.]+"
    r"(?:terima ?kasih|makasih|makasi|trims|thanks|thank you|thx|suwun|nuhun)"
    r"(?:\s+(?:ya|yaa|kak|min|mas|banyak|sebelumnya|all|bgt))*\W*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"^(?:jadi|nah|so)\s+(?=\w+\s)", re.IGNORECASE)
_LEFT_OVER = re.compile(
    r"[^\S\n]+(?P<words>\w[\w/&'’-]*(?:[^\S\n]+\w[\w/&'’-]*){0,2})(?=\s*$|[.?!\n]|\s+(?:--|—|–|\()\s*)"
)
_OPENING = 3  # words of a stretch among which its asking word stands
_STOPS = ".?!\n:;,"


def _whole_clause(clean: str, least: int, start: int, end: int) -> tuple[int, int]:
    """Return a stretch with the order before it and the last words of its clause behind it.

    Of 1,260 own requests in wrappers the words of 90 were read without their last one
    ("kebocoran data penumpang Lion").
    """
    found = None if clean[end - 1] in _STOPS else _LEFT_OVER.match(clean, end)
    left = set(found["words"].lower().split()) if found else set()
    if found and not wrapping_words() & left and not left <= instruction_words():
        end = found.end("words")
    begins = max(clean.rfind(stop, least, start) for stop in _STOPS) + 1
    begins = max(begins, least)
    return (begins if _ORDERS.match(clean[begins:start]) else start), end


# "Kenapa …? Tolong jelaskan": the second asks for nothing more.
_BARE_ORDER = re.compile(
    r"\W*(?:tolong|mohon|coba|please)?\s*(?:jelaskan|jawab|dijawab|dijelaskan|explain|answer)"
    r"(?:\s+(?:ya|dong|dulu|please))*\W*",
    re.IGNORECASE,
)
# "Kenapa …? Tolong jelaskan", ", jelasin dong": what is asked is an explanation.
_EXPLAIN_IT = re.compile(
    r"[\s,.?!]+(?:(?:tolong|mohon|coba|please)\s+)?(?:di)?(?:jelas|terang)(?:kan|in)"
    r"(?:\s+(?:ya|dong|dulu))*(?=\s*(?:[\n.!,]|$))",
    re.IGNORECASE,
)


def _ordered(text: str, after: str) -> str:
    """Return a question without the order behind it; one to explain goes before it."""
    question, mark, order = text.rpartition("?")
    bare = question + mark if mark and _BARE_ORDER.fullmatch(order) else text
    found = _EXPLAIN_IT.search(text[len(bare.rstrip("?")) :]) or _EXPLAIN_IT.match(after)
    if found is None:
        found = _EXPLAIN_IT.search(bare)
        bare = bare[: found.start()] if found else bare
    return f"jelaskan {bare}" if found and _asks(bare) else bare


_ORDERS = re.compile(
    r"\W*(?:(?:tolong|mohon|minta|coba|please|bisa|buatkan|beri(?:kan)?|saya minta)\s+)*"
    r"(?:di)?(?:ringkas\w*|rangkum\w*|simpulkan|summar\w+|linimasa|kronologi|timeline|kumpulkan|kutip\w*|"
    r"cari(?:kan)?|find|bandingkan|compare|daftar\w*|sebutkan|list|jelaskan|terangkan|explain|"
    r"profil|urutkan)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[a-z0-9\"”)][.!?])\s+(?=[A-Z\"“])|\n")


def _order(text: str) -> str:
    """Return of a stretch of several sentences those that order something, else all of it."""
    pieces = _SENTENCE_END.split(text)
    orders = [piece for piece in pieces if _ORDERS.match(piece)]
    asks = any("?" in piece or asking_of(piece).word for piece in pieces if piece not in orders)
    return text if len(pieces) == 1 or not orders or asks else " ".join(orders)


_STOP = re.compile(r"(?<=[a-z0-9]{3})[.!]\s+(?=\w)")


def _told_before(text: str) -> int:
    """Return where the last sentence of a stretch begins, where it alone asks, else 0.

    "Lagi debat soal gempa Ambon. Kekuatannya berapa?": the first is a background.
    """
    begins = [stop.end() for stop in _STOP.finditer(text)]
    if not begins or _ORDERS.match(text):
        return 0
    before, last = text[: begins[-1]], text[begins[-1] :]
    asks = asking_of(last).word and "?" in last
    return begins[-1] if asks and not asking_of(before).word and own_words(last) else 0


_BESIDE = re.compile(
    r"\s*(?:,\s*|\s)(?:dan|serta|terus|trus|lalu|and)\s+|[.]\s+(?:terus|trus|lalu),?\s+",
    re.IGNORECASE,
)
_LEAST = 3  # words of its own of a question that stands beside another one
_MOST_JOINTS = 8  # looked at, both sides read at each; of 34,905 questions none has more than 3


def _parted(text: str, joints: int = _MOST_JOINTS) -> list[str]:
    """Return "berapa X di Y dan siapa ketua Z di W" as two: both ask, and can stand alone.

    Or where the second leans on the first: "dan siapa yang menyerahkan". Of `train` nine are parted
    so, all of which ask two things; without it 27 of 60 pairs joined by "dan" are read as two.
    """
    for number, joint in enumerate(islice(_BESIDE.finditer(text), joints), 1):
        sides = (text[: joint.start()], text[joint.end() :])
        if not all(_asks(side) for side in sides):
            continue
        held = [len(own_words(side)) for side in sides]
        first = asking_of(" ".join(sides[1].split()[:2])).word
        thread = Thread(sides[0], subject_of(sides[0]), beside=True)
        leaning = first and held[0] >= _LEAST - 1 and held[1] and leans(sides[1], thread)
        if min(held) >= _LEAST or leaning:
            return [sides[0], *_parted(sides[1], joints - number)]
    return [text]


def _asks(text: str) -> bool:
    asking = asking_of(text)
    return bool(asking.word) or asking.head == "decision"
